"""Endings of Latvian, Lithuanian, Albanian, Basque and Irish, by language. Data only. Marks are folded: ė, į, ų, ā, ķ, š."""

from __future__ import annotations

from typing import Final

from monitor.match.tables.shape import Clitic, Row, on

# Prauliņš, Latvian: An Essential Grammar (2012), chs. 2–3.
_LATVIAN: Final = (
    Row(ends="a", becomes="as ai u ā am ām ās"),
    Row(ends="e", becomes="es ei i ē u em ēm ēs"),
    Row(ends="s", becomes="a am u ā i iem os ie us", after="consonant"),
    # Ventspils, Ventspilī
    Row(ends="s", becomes="ij is im ī īs", after="consonant"),
    Row(ends="is", becomes="a im i ī u iem os us ja jam ju ji"),
    # names in the plural: Talsi, Talsos; Atēnas, Atēnu; but Mali is Mali
    Row(ends="i", becomes="u iem us os", after="consonant", at_least=5),
    Row(ends="as", becomes="u ām ās", at_least=5),
    Row(ends="tis", becomes=on("š", "a u i iem")),
    Row(ends="dis", becomes=on("ž", "a u i iem")),
    Row(ends="us", becomes="um u ū"),
    # a foreign name as it is spelled abroad
    Row(becomes="a ā u as ai am ē", after="consonant"),
)
_LATVIAN_NOUNS: Final = (
    *(Row(ends=ends, becomes="šu") for ends in ("te", "se")),
    Row(ends="de", becomes="žu"),
    # in the plural: plūdi, vēlēšanas
    Row(ends="i", becomes="u iem us os"),
    Row(ends="as", becomes="u ām ās"),
    Row(ends="es", becomes="u ēm ēs"),
)
_LATVIAN_ATTRIBUTES: Final = (
    Row(ends="ā", becomes="ajai ajā o ajām ajās"),
    Row(ends="ais", becomes="ā ajam o ajā ie o ajiem os ajos"),
    Row(ends="ie", becomes="o ajiem os ajos"),
    Row(ends="ās", becomes="o ajām ajās"),
)

# Ambrazas (ed.), Lithuanian Grammar (1997), part 2.
_LITHUANIAN_PLURAL: Final = "ų ams us ais uose"
_LITHUANIAN: Final = (
    Row(ends="as", becomes=f"o ui ą u e ai {_LITHUANIAN_PLURAL}"),
    Row(ends="is", becomes="io iui į iu yje iai ių iams ius iais iuose"),
    Row(ends="tis", becomes=on("či", "o ui u ai ų ams us ais uose")),
    Row(ends="dis", becomes=on("dži", "o ui u ai ų ams us ais uose")),
    Row(ends="ys", becomes="io iui į iu yje iai ių iams ius iais iuose"),
    Row(ends="us", becomes="aus ui ų umi uje ūs ums"),
    Row(ends="a", becomes="os ai ą oje ų oms omis ose as"),
    Row(ends="ė", becomes="ės ei ę ėje ių ėms ėmis ėse es"),
    Row(ends="ai", becomes=_LITHUANIAN_PLURAL),
    Row(ends="os", becomes="ų oms omis ose as"),
    Row(ends="ės", becomes="ių ėms ėmis ėse es"),
    # šalis, šalies
    Row(ends="is", becomes="ies imi ys ims imis yse"),
    # a foreign name as it is spelled abroad
    Row(becomes="as o ui ą u e", after="consonant"),
)
_LITHUANIAN_NOUNS: Final = (
    Row(ends="uo", becomes="ens eniui enį eniu enyje enys enų enis"),
    Row(ends="ris", becomes="rs rų"),
    Row(ends="žmogus", becomes="žmonės žmonių žmonėms žmones žmonėmis"),
)
_LITHUANIAN_ATTRIBUTES: Final = (
    Row(ends="oji", becomes="osios ajai ąją ąja ojoje"),
    Row(ends="asis", becomes="ojo ajam ąjį uoju ajame"),
    Row(ends="ieji", becomes="ųjų iesiems uosius aisiais"),
    Row(ends="osios", becomes="ųjų osioms ąsias"),
)

# Newmark, Hubbard & Prifti, Standard Albanian: A Reference Grammar (1982), ch. 4. A name is listed with its article or without.
_ALBANIAN: Final = (
    Row(becomes="i in it u un ut", after="consonant"),
    Row(ends="a", becomes="ë ën ës"),
    Row(ends="a", becomes="∅ së në", after="i"),
    Row(ends="ë", becomes="a ën ës"),
    *(Row(ends=f"ë{last}", becomes=on(last, "a e ën ës i in it")) for last in "rln"),
    Row(becomes="n t", after="[iu]"),
    Row(becomes="ja je jen jes", after="[ie]"),
    # Shqipëri, Shqipërisë; but Malia is a first name
    Row(becomes="a së në", after="i", at_least=5),
    Row(becomes="s n ja jen jes", after="[oe]"),
    # listed with its article: Parisi, në Paris; Londra, në Londër. But Kurti is no Kurt
    Row(ends="i", becomes="∅", after="consonant", at_least=6),
    *(Row(ends=f"{last}a", becomes=f"ë{last}", after="consonant") for last in "rln"),
)
_ALBANIAN_NOUNS: Final = (
    Row(ends="i", becomes="∅ e et"),
    Row(becomes="e et eve ve a at ash ë ët ëve ësh", after="consonant"),
    Row(ends="ë", becomes="at ash ave a"),
    Row(becomes="t ve sh të", after="vowel"),
    Row(becomes="ra rat rave je jet jeve", after="consonant"),
    Row(ends="ë", becomes="ëra ërat ërave"),
    Row(ends="ër", becomes="ra rat rave"),
    Row(ends="k", becomes="q qtë qve"),
    Row(ends="ll", becomes="j jt jve"),
    Row(ends="i", becomes="iri irin irit ijtë ijve inj injtë"),
)

# Hualde & Ortiz de Urbina (eds.), A Grammar of Basque (2003), part 3.
_BASQUE: Final = (
    Row(becomes="en eko era etik ek ez i ren rekin", after="consonant"),
    Row(becomes="n ko ra tik k ri ren rekin z", after="vowel"),
    Row(ends="a", becomes="eko era etik en", after="e"),
    Row(ends="ea", becomes="eko era etik en"),
)
_BASQUE_NOUNS: Final = (Row(becomes="a ak aren ari arekin eak en ei ekin etan etako etatik"),)

# Christian Brothers, New Irish Grammar (1980). What stands before hides the first letter: i gCorcaigh, i mBaile Átha Cliath.
_IRISH_PREFIXES: Final = (tuple(Clitic(letters=letters) for letters in ("", "m", "g", "n", "d", "b", "bh", "h", "t")),)
_IRISH: Final = (Row(ends="e", becomes="inn eann"),)

NAMES: Final[dict[str, tuple[Row, ...]]] = {"lv": _LATVIAN, "lt": _LITHUANIAN, "sq": _ALBANIAN, "eu": _BASQUE, "ga": _IRISH}
NOUNS: Final[dict[str, tuple[Row, ...]]] = {
    "lv": _LATVIAN_NOUNS,
    "lt": _LITHUANIAN_NOUNS,
    "sq": _ALBANIAN_NOUNS,
    "eu": _BASQUE_NOUNS,
}
# The article between two words follows the first: Deti i Zi, Detin e Zi, Detit të Zi.
PARTICLES: Final[dict[str, tuple[Row, ...]]] = {
    "sq": tuple(Row(ends=article, becomes="i e të së") for article in ("i", "e", "të", "së"))
}
PREFIXES: Final[dict[str, tuple[tuple[Clitic, ...], ...]]] = {"ga": _IRISH_PREFIXES}
ATTRIBUTES: Final[dict[str, tuple[Row, ...]]] = {"lv": _LATVIAN_ATTRIBUTES, "lt": _LITHUANIAN_ATTRIBUTES}
