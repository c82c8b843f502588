"""Endings in Latin letters, by language: what may be written on to a word so that it is still that word. Data only."""

from __future__ import annotations

from typing import Final

from monitor.match.tables.shape import ANY, Row

# A plural -s only where the word was typed in lower case: Hama is not Hamas.
_PLURAL_S: Final = (
    Row(becomes="s"),
    *(Row(ends=sound, becomes=f"{sound}es") for sound in ("s", "x", "z", "ch", "sh", "o")),
    Row(ends="y", becomes="ies", after="consonant"),
)
_ROMANCE_PLURAL: Final = (Row(becomes="s"), Row(becomes="es", after="consonant"))

COMMON_NOUNS: Final[dict[str, tuple[Row, ...]]] = {
    ANY: _PLURAL_S,
    "en": _PLURAL_S,
    "fr": (*_ROMANCE_PLURAL, Row(ends="al", becomes="aux"), Row(becomes="x", after="vowel")),
    "es": (*_ROMANCE_PLURAL, Row(ends="z", becomes="ces")),
    "pt": (*_ROMANCE_PLURAL, Row(ends="ao", becomes="ões ães"), Row(ends="m", becomes="ns"), Row(ends="l", becomes="is")),
    "ca": (*_ROMANCE_PLURAL, Row(ends="a", becomes="es")),
    "gl": _ROMANCE_PLURAL,
    "it": (Row(ends="o", becomes="i"), Row(ends="a", becomes="e"), Row(ends="e", becomes="i"), Row(ends="ca", becomes="che")),
    "nl": (Row(becomes="s en es"),),
}
"""Typed in lower case: plurals."""

# An acronym's plural: NGOs.
ACRONYMS: Final = (Row(becomes="s"),)

_GERMAN: Final = (
    # genitive; people and adjectives of a place: Idliber, Idlibern
    Row(becomes="s"),
    Row(becomes="es er ern ers en e", after="consonant"),
    Row(becomes="n er", after="vowel"),
)
_NORDIC: Final = (
    Row(becomes="s"),
    Row(becomes="en et er ene erne ar arna ens ets", after="consonant"),
    Row(becomes="n r", after="vowel"),
)

# Turkic names take an apostrophe, which is an edge by itself; headlines and other languages' newsrooms drop it.
_TURKISH: Final = (
    Row(becomes="da de ta te dan den tan ten daki deki taki teki dır dir tır tir la le lı li lu lü lık lik ca ce ça çe ki"),
    Row(becomes="lar ler ların lerin lara lere ları leri larda lerde lardan lerden lılar liler lular lüler"),
    Row(becomes="ın in un ün ı i u ü a e ım im", after="consonant"),
    Row(becomes="nın nin nun nün yı yi yu yü ya ye yla yle", after="vowel"),
)
_AZERI: Final = (
    Row(
        becomes="da də dan dən dakı dəki la lə lı li lu lü dır dir dur dür ca cə "
        "lar lər ların lərin lara lərə ları ləri larda lərdə"
    ),
    Row(becomes="ın in un ün ı i u ü a ə", after="consonant"),
    Row(becomes="nın nin nun nün nı ni nu nü ya yə", after="vowel"),
)

# West Slavic. ie, ę, ą and ó are folded; k → c, g → dz, r → rz and the like before -e of names in -a.
_POLISH: Final = (
    Row(becomes="u a owi em iem ie y i ów om ami ach e", after="consonant"),
    Row(becomes="ski ska skie skiego skiej skim skich skimi skiemu", after="consonant"),
    Row(ends="a", becomes="y i ie ii ę ą o e"),
    Row(ends="ka", becomes="ce"),
    Row(ends="ga", becomes="dze"),
    Row(ends="ra", becomes="rze"),
    Row(ends="ta", becomes="cie"),
    Row(ends="da", becomes="dzie"),
    Row(ends="o", becomes="a u em ie"),
    Row(ends="y", becomes="ów om ami ach"),
)
_CZECH: Final = (
    Row(becomes="u a ovi em e ě y i ů om ům ech ích ami um", after="consonant"),
    Row(becomes="ský ská ské ského ském skému ským skou ských skými", after="consonant"),
    Row(ends="a", becomes="y u e ě o ou i í ii ami ách ám"),
    Row(ends="ha", becomes="ze"),
    Row(ends="ka", becomes="ce"),
    Row(ends="ra", becomes="ře"),
    Row(ends="ie", becomes="ii ií"),
    Row(ends="o", becomes="a u em ě"),
)
# Slovene, Croatian, Bosnian, Serbian in Latin letters
_SOUTH_SLAVIC: Final = (
    Row(becomes="a u om em e i ov ova ove ovi ima ih", after="consonant"),
    Row(becomes="ski ska sko skog skoj skom skih skim", after="consonant"),
    Row(ends="a", becomes="e i u o om ama"),
    Row(ends="ka", becomes="ci"),
    Row(ends="ga", becomes="zi"),
    Row(ends="o", becomes="a u om"),
)
_HUNGARIAN: Final = (
    Row(becomes="ban ben ba be ból ből ról ről tól től nak nek hoz hez höz ra re nál nél ig ért ként ul ül n t i k beli iak iek"),
    Row(becomes="on en ön ot et öt at ok ek ök ak +al +el +á +é", after="consonant"),
    Row(becomes="val vel vá vé ja je ban", after="vowel"),
)
_FINNISH: Final = (
    Row(becomes="issa issä ista istä iin illa illä ilta iltä ille in ia iä iksi ina inä itta ittä it ien", after="consonant"),
    Row(
        becomes="ssa ssä sta stä lla llä lta ltä lle n a ä ta tä ksi na nä tta ttä t aan ään en iin oon uun yyn öön hun",
        after="vowel",
    ),
    Row(becomes="ssakin ssäkin stakin lainen laiset laisten läinen läiset läisten", after="vowel"),
    Row(becomes="ilainen ilaiset ilaisten iläinen iläiset", after="consonant"),
)
_ESTONIAN: Final = (
    Row(becomes="i is ist il ilt ile isse iga iks ini ina ita", after="consonant"),
    Row(becomes="s st l lt le sse ga ks ni na ta t d", after="vowel"),
)
_ROMANIAN: Final = (Row(becomes="ul ului ule", after="consonant"), Row(ends="a", becomes="ei"), Row(ends="ia", becomes="iei"))
_ALBANIAN: Final = (Row(becomes="i in it u un ut", after="consonant"), Row(ends="a", becomes="ë en ës"))
_LATVIAN_LITHUANIAN: Final = (
    Row(ends="as", becomes="o ui ą u e ai ų"),
    Row(ends="is", becomes="io iui į iu yje"),
    Row(ends="a", becomes="os ai ą oje ā u as"),
    Row(ends="s", becomes="a am u ā"),
)

ENDINGS: Final[dict[str, tuple[Row, ...]]] = {
    # what isn't listed is as English: ' and - are edges, names take nothing
    ANY: (),
    "de": _GERMAN,
    **dict.fromkeys(("sv", "da", "no"), _NORDIC),
    "nl": (Row(becomes="s er", after="consonant"),),
    "tr": _TURKISH,
    "az": _AZERI,
    "pl": _POLISH,
    **dict.fromkeys(("cs", "sk"), _CZECH),
    **dict.fromkeys(("hr", "bs", "sr", "sl"), _SOUTH_SLAVIC),
    "hu": _HUNGARIAN,
    "fi": _FINNISH,
    "et": _ESTONIAN,
    "ro": _ROMANIAN,
    "sq": _ALBANIAN,
    **dict.fromkeys(("lt", "lv"), _LATVIAN_LITHUANIAN),
}
