"""What may stand before and after a word so that it is still that word, per script and language. Data only.

For whoever knows the language and not the code. A row of ENDINGS reads: a word that ends in ``ends`` (with a consonant or a
vowel before that, where ``after`` says so) also stands in the text with ``ends`` replaced by each of ``becomes``. Write endings
as they are printed, marks and all: they are folded on loading. ``+`` is the word's last letter once more.

The rows are the regular noun endings that a school grammar of each language lists, cut down to those that names of places,
people and things take in news. Not in here, so never matched: stem changes that a rule can't tell, and derived words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

After = Literal["any", "consonant", "vowel"]

VOWELS: Final = frozenset("aeiouyə" + "аеиоуыэюяіїєў" + "αεηιουω")
"""Folded vowels of the scripts that ENDINGS covers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """``ends`` "" and ``after``: the word is left whole, and its last letter is such a one."""

    ends: str = ""
    becomes: str
    after: After = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clitic:
    """A word written as one with the next: only before words of ``at_least`` letters that don't end in ``not_before_final``."""

    letters: str
    at_least: int = 1
    not_before_final: str = ""


ANY: Final = ""
"""The language where it isn't known, or where the text's language is written in another script than the word."""

# ── scripts ──

# No spaces between words: a word is found wherever its letters are. Dictionary-based borders lose true hits (measured).
SUBSTRING_SCRIPTS: Final = frozenset({"CJK", "HIRAGANA", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN"})

# A digit beside a letter continues the word, but not in these: 2024年, 2024년.
NO_DIGITS: Final = SUBSTRING_SCRIPTS | {"KATAKANA", "HANGUL"}

# ── what is written on to the front ──

# Arabic: conjunction + preposition + article; ل + ال is written لل. A short word with a letter more is another word, hence the
# guard; an adjective in ي with the article is mostly one ("the financial"), not the name ("Mali"). Standard Arabic grammar.
_ARABIC_PREFIXES: Final = (
    (Clitic(letters=""), Clitic(letters="و", at_least=3), Clitic(letters="ف", at_least=3)),
    (Clitic(letters=""), Clitic(letters="ب", at_least=3), Clitic(letters="ك", at_least=3), Clitic(letters="ل", at_least=3)),
    (Clitic(letters=""), Clitic(letters="ال", at_least=3, not_before_final="ي")),
)

# Hebrew: ו + ש or כש + ב ל מ כ + ה. The article before a short name makes another word too often. Standard Hebrew grammar.
_HEBREW_PREFIXES: Final = (
    (Clitic(letters=""), Clitic(letters="ו", at_least=3)),
    (Clitic(letters=""), Clitic(letters="ש", at_least=3), Clitic(letters="כש", at_least=3)),
    (Clitic(letters=""), *(Clitic(letters=letter, at_least=3) for letter in "בלמכ")),
    (Clitic(letters=""), Clitic(letters="ה", at_least=4)),
)

# Persian, Urdu, Kurdish, Pashto, Uyghur and Sindhi write such words apart; Yiddish too.
PREFIXES: Final[dict[str, dict[str, tuple[tuple[Clitic, ...], ...]]]] = {
    "ARABIC": {
        ANY: _ARABIC_PREFIXES,
        "ar": _ARABIC_PREFIXES,
        **dict.fromkeys(("fa", "ur", "ckb", "ku", "ps", "ug", "sd", "ks"), ()),
    },
    "HEBREW": {ANY: _HEBREW_PREFIXES, "he": _HEBREW_PREFIXES, "yi": ()},
}

CONTRACTIONS: Final = (("ARABIC", "لال", "لل"),)
"""(script, two written together, what is printed)."""

# ── what is written on to the end ──

# A plural -s only where the word was typed in lower case: Hama is not Hamas.
_PLURAL_S: Final = (
    Row(becomes="s"),
    *(Row(ends=sound, becomes=f"{sound}es") for sound in ("s", "x", "z", "ch", "sh", "o")),
    Row(ends="y", becomes="ies", after="consonant"),
)
_ROMANCE_PLURAL: Final = (Row(becomes="s"), Row(becomes="es", after="consonant"))

COMMON_NOUNS: Final[dict[str, dict[str, tuple[Row, ...]]]] = {
    "LATIN": {
        ANY: _PLURAL_S,
        "en": _PLURAL_S,
        "fr": (*_ROMANCE_PLURAL, Row(ends="al", becomes="aux"), Row(becomes="x", after="vowel")),
        "es": (*_ROMANCE_PLURAL, Row(ends="z", becomes="ces")),
        "pt": (*_ROMANCE_PLURAL, Row(ends="ao", becomes="ões ães"), Row(ends="m", becomes="ns"), Row(ends="l", becomes="is")),
        "ca": (*_ROMANCE_PLURAL, Row(ends="a", becomes="es")),
        "gl": _ROMANCE_PLURAL,
        "it": (Row(ends="o", becomes="i"), Row(ends="a", becomes="e"), Row(ends="e", becomes="i"), Row(ends="ca", becomes="che")),
        "nl": (Row(becomes="s en es"),),
    },
}
"""Typed in lower case: plurals."""

# An acronym's plural: NGOs.
ACRONYMS: Final = (Row(becomes="s"),)

OTHER_WORDS: Final = frozenset({"hamas"})
"""Words of their own that look like a form of a name and never are one."""

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

_RUSSIAN: Final = (
    Row(becomes="а у ом е ы и ов ев ам ами ах ой ою ым ых ым", after="consonant"),
    Row(becomes="ск ский ская ское ского ской скому ским скую ские ских скими ском", after="consonant"),
    Row(ends="а", becomes="ы и у е ой ою ей"),
    Row(ends="я", becomes="и ю е ей ею"),
    Row(ends="ь", becomes="я ю ем ём е и ью ей ям ями ях"),
    Row(ends="й", becomes="я ю ем е и ев ям ями ях"),
    Row(ends="о", becomes="а у ом е"),
    Row(ends="ы", becomes="ам ами ах"),
    Row(ends="ый", becomes="ого ому ым ом ая ой ую ые ых ыми"),
    Row(ends="ий", becomes="ого ому им ом его ему ем ая ой ую ие их ими"),
    Row(ends="ая", becomes="ой ую"),
)
_UKRAINIAN: Final = (
    Row(becomes="а у ові ом ем і и ів ам ами ах ою", after="consonant"),
    Row(becomes="ський ська ське ського ській ську ською ським ському ські ських", after="consonant"),
    # the vowel of a closed syllable: Київ, Києва; Харків, Харкова
    Row(ends="їв", becomes="єва єву євом єві"),
    Row(ends="ів", becomes="ова ову овом ові ева еву евом еві"),
    Row(ends="іль", becomes="оля олю олем олі еля елю елем елі"),
    Row(ends="ія", becomes="ії ію ією"),
    Row(ends="а", becomes="и і у ою ей о"),
    Row(ends="ка", becomes="ці"),
    Row(ends="га", becomes="зі"),
    Row(ends="я", becomes="і ю ею ї є"),
    Row(ends="ь", becomes="я ю ем і ей ям ями ях"),
    Row(ends="й", becomes="я ю єм ї єві"),
    Row(ends="о", becomes="а у ом і"),
    Row(ends="ий", becomes="ого ому им ій"),
)
_SERBIAN: Final = (
    Row(becomes="а у ом ем е и ови ова има", after="consonant"),
    Row(becomes="ски ска ско ског ској ском ских ским", after="consonant"),
    Row(ends="а", becomes="е и у о ом ама"),
    Row(ends="ка", becomes="ци"),
    Row(ends="га", becomes="зи"),
    Row(ends="о", becomes="а у ом"),
)
# Bulgarian and Macedonian have no cases but an article
_ARTICLE: Final = (
    Row(becomes="а ът ов ове овете ци от та то те и ите", after="consonant"),
    Row(becomes="та то те", after="vowel"),
    Row(becomes="ски ска ско ските ската ското", after="consonant"),
)
_GREEK: Final = (
    Row(ends="ος", becomes="ου ο ον οι ους ων ε"),
    Row(ends="ας", becomes="α"),
    Row(ends="ης", becomes="η"),
    Row(ends="α", becomes="ας ες ων αν"),
    Row(ends="η", becomes="ης ην ες ων εις εων"),
    Row(ends="ο", becomes="ου α ων"),
    Row(ends="ι", becomes="ιου ια ιων"),
    Row(becomes="ς ν", after="vowel"),
)

# Korean: particles, after one of the nouns that are written on to a place (province, city, side, origin ...) or none.
_JOSA: Final = (
    "은 는 이 가 을 를 의 에 에서 에게 께 한테 로 으로 와 과 도 만 부터 까지 처럼 보다 나 이나 라 이라 라고 이라고 며 이며 "
    "란 이란 라는 이라는 인 이다 였다 이었다 조차 마저 밖에 뿐 에는 에도 에만 에의 에서는 에서도 에서의 에서만 에서부터 로는 "
    "로도 로의 로부터 으로는 으로도 으로의 으로부터 와의 과의 와는 과는 와도 과도 만의 만이 만을 까지의 까지도 부터의 "
    "들 들이 들은 들을 들의 들에게 들과 들도"
)
_WRITTEN_ON: Final = ("", "주", "시", "군", "현", "성", "측", "발", "행", "내", "산", "등", "식", "인")
_KOREAN: Final = (Row(becomes=" ".join(noun + josa for noun in _WRITTEN_ON for josa in ("", *_JOSA.split()) if noun + josa)),)

# Persian plural and Sorani case endings where they are written on without ZWNJ
_PERSIAN: Final = (Row(becomes="ها های هایی"),)
_SORANI: Final = (Row(becomes="دا وە ەوە ی یش ش یان ەکە ەکان"),)
_GEORGIAN: Final = (
    Row(becomes="ი ის ს მა ით ში ზე თან დან იდან ად ისთვის", after="consonant"),
    Row(ends="ი", becomes="ის ს მა ით ში ზე თან იდან ად ისთვის"),
    Row(ends="ა", becomes="ის ამ ას აში აზე იდან ათი"),
)
_ARMENIAN: Final = (Row(becomes="ի ում ից ով ը ն ին ներ ների ներում"),)

ENDINGS: Final[dict[str, dict[str, tuple[Row, ...]]]] = {
    "LATIN": {
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
    },
    "CYRILLIC": {
        ANY: (*_RUSSIAN, *_UKRAINIAN, *_SERBIAN),
        "ru": _RUSSIAN,
        **dict.fromkeys(("uk", "be"), (*_UKRAINIAN, *_RUSSIAN)),
        "sr": _SERBIAN,
        **dict.fromkeys(("bg", "mk"), _ARTICLE),
    },
    "GREEK": {ANY: _GREEK},
    "HANGUL": {ANY: _KOREAN},
    "ARABIC": {ANY: (), "fa": _PERSIAN, "ckb": _SORANI, "ku": _SORANI},
    "GEORGIAN": {ANY: _GEORGIAN},
    "ARMENIAN": {ANY: _ARMENIAN},
}

SAME_LANGUAGE: Final = {
    "iw": "he",
    "nb": "no",
    "nn": "no",
    "sh": "hr",
    "in": "id",
    "ji": "yi",
    "cnr": "sr",
    "arz": "ar",
    "pes": "fa",
}
"""Codes that mean a language under which a table stands."""
