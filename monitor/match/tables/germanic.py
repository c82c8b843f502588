"""Endings of English, German, Dutch, Swedish, Danish, Norwegian and Icelandic, by language. Data only."""

from __future__ import annotations

from typing import Final

from monitor.match.tables.shape import ANY, Row, each_on, on

# A plural -s only where the word was typed in lower case: Hama is not Hamas.
# Quirk, Greenbaum, Leech & Svartvik, A Comprehensive Grammar of the English Language (1985), ch. 5.
PLURAL_S: Final = (
    Row(becomes="s"),
    *(Row(ends=sound, becomes=f"{sound}es") for sound in ("s", "x", "z", "ch", "sh", "o")),
    Row(ends="y", becomes="ies", after="consonant"),
    Row(ends="sis", becomes="ses"),
    Row(ends="child", becomes="children"),
    Row(ends="man", becomes="men"),
    Row(ends="fe", becomes="ves"),
    Row(ends="f", becomes="ves", after="l|ea|oa"),
)

# Duden 4, Die Grammatik (9th ed., 2016). Umlauts are folded: Stadt, Städte.
_GERMAN: Final = (
    # genitive; people and adjectives of a place: Idliber, Idlibern
    Row(becomes="s er ern ers erin erinnen"),
    # Bremer, Münchner
    Row(ends="en", becomes="er ern ers ner nern ners nerin nerinnen"),
    # but a Bomber is no Bombe
    Row(ends="e", becomes="er ern ers", after="[^b]"),
    # Basler, Zürcher
    Row(ends="el", becomes="ler lern lers", after="[sz]"),
    Row(ends="rich", becomes="rcher rchern rchers"),
    # every noun has a capital, so that what is typed with one may be no name: Rakete, Angriff; but Ulm is no elm (Ulme)
    Row(becomes="e es en", after="consonant", at_least=4),
    Row(becomes="n", after="[erl]", at_least=4),
    Row(becomes="nen", after="in", at_least=5),
    Row(becomes="se ses sen", after="nis", at_least=5),
    *(Row(ends=ends, becomes="en", at_least=5) for ends in ("um", "us")),
    Row(becomes="en", after="ei", at_least=5),
)
_GERMAN_NOUNS: Final = (
    Row(becomes="e es en", after="consonant"),
    Row(becomes="n", after="vowel"),
    Row(becomes="n", after="[rl]"),
    Row(becomes="en", after="ei"),
    *(Row(ends=ends, becomes="en", after="[a-z]{3}") for ends in ("um", "us")),
)
# Am Schwarzen Meer, der Vereinten Nationen, des Roten Kreuzes
_GERMAN_ATTRIBUTES: Final = (
    *(Row(ends=ends, becomes="e en em es er") for ends in ("e", "es", "er")),
    Row(becomes="es en e", after="consonant"),
)

# Haeseryn et al., Algemene Nederlandse Spraakkunst (2nd ed., 1997), ch. 3.
_DUTCH: Final = (Row(becomes="s er ers", after="consonant"), Row(becomes="s", after="e"))
_DUTCH_NOUNS: Final = (
    Row(becomes="s"),
    # a short vowel is kept short, a long one is written once: bom, bommen; boom, bomen
    Row(becomes="+en", after="CVC|^VC"),
    Row(becomes="en", after="CC|VVC|ik|es|er|or|ij|ee|ie"),
    # the vowel is long in the plural only: aanslag, aanslagen; lid, leden
    Row(becomes="en", after="dag|lag|rag|weg|dak|god|bod|log|vat|pad|hot|lot|hof"),
    Row(ends="schip", becomes="schepen"),
    Row(ends="lid", becomes="leden"),
    Row(becomes="eren", after="ind|ied"),
    *(Row(ends=ends, becomes=becomes, after="[a-z]{3}") for ends, becomes in (("is", "es"), ("us", "i"), ("um", "a"))),
    Row(becomes="n", after="e"),
    Row(becomes="en", after="i"),
    *(Row(ends=f"{vowel}{vowel}{last}", becomes=f"{vowel}{last}en") for vowel in "aeou" for last in "bdgklmnprt"),
    *(Row(ends=f"{vowel}{vowel}s", becomes=f"{vowel}zen") for vowel in "aeou"),
    *(Row(ends=f"{vowel}{vowel}f", becomes=f"{vowel}ven") for vowel in "aeou"),
    Row(ends="s", becomes="zen", after="VV|ij|[nlr]"),
    Row(ends="f", becomes="ven", after="VV|ij|[nlr]"),
    Row(ends="heid", becomes="heden"),
    Row(ends="stad", becomes="steden"),
)
_DUTCH_ATTRIBUTES: Final = (Row(becomes="e en", after="consonant"),)

# Teleman, Hellberg & Andersson, Svenska Akademiens grammatik (1999), vol. 2; Hansen & Heltoft, Grammatik over det Danske Sprog
# (2011); Faarlund, Lie & Vannebo, Norsk referansegrammatikk (1997). A name takes the genitive and no article.
_NORDIC: Final = (Row(becomes="s"),)
_SWEDISH: Final = (*_NORDIC, Row(becomes="bo bon bor borna bos bons bors bornas"))
_NORDIC_SHORTENED: Final = "en ar arna er erne ene et e ens ets ers ernes enes"
_NORDIC_NOUNS: Final = (
    Row(becomes="en et er ene erne ar arna erna e ens ets ers enes ernes arnas ernas es", after="consonant"),
    Row(becomes="+en +et +er +ene +erne +ar +arna +ens +ets +ers +enes +ernes", after="CVC"),
    Row(becomes="ar arna ars arnas er erna erne ene et en ens ets ers ernas ernes enes", after="[oyuåi]"),
    Row(becomes="n r t na rna rne ne ns ts rs nas rnas rnes nes", after="vowel"),
    Row(ends="a", becomes="or orna ors ornas er erne ene"),
    *(Row(ends=f"e{last}", becomes=on(last, _NORDIC_SHORTENED)) for last in "lnr"),
    # a double consonant is written once before another: gissel, gisler
    *(Row(ends=f"{one}{one}el", becomes=on(f"{one}l", _NORDIC_SHORTENED)) for one in "dkmpst"),
    # minister, ministern; lærer, lærerne; läkare, läkarna; fånge, fångar
    Row(becomes="n ns ne nes", after="e[lr]"),
    Row(ends="are", becomes="arna arnas"),
    Row(ends="e", becomes="ar arna ars arnas"),
    # the vowel changes; in Swedish only its marks do
    *(
        Row(ends=one, becomes=each_on(other, "∅ ene s enes"))
        for one, other in (("barn", "børn"), ("mand", "mænd"), ("mann", "menn"))
    ),
    *(
        Row(ends=one, becomes=each_on(other, "er erne ene ers ernes enes"))
        for one, other in (
            ("hånd", "hænd hend"),
            ("bog", "bøg"),
            ("bok", "bøk"),
            ("nat", "nætt"),
            ("natt", "nett"),
            ("kraft", "kræft kreft"),
        )
    ),
)
# The feminine: bomba, brua, regjeringa; the neuter plural: barna.
_NORWEGIAN_NOUNS: Final = (*_NORDIC_NOUNS, Row(ends="e", becomes="a as"), Row(becomes="a as"))

# Einarsson, Icelandic: Grammar, Texts, Glossary (1945).
_ICELANDIC: Final = (
    Row(becomes="s i ar ur um is", after="consonant"),
    Row(ends="ur", becomes="∅ i s ar"),
    Row(ends="a", becomes="u"),
    Row(ends="i", becomes="a ar"),
    Row(ends="ir", becomes="a um"),
    Row(ends="ar", becomes="a um"),
    Row(becomes="s r", after="vowel"),
    Row(ends="nn", becomes="n ni ns"),
    Row(ends="ll", becomes="l li ls"),
)
_ICELANDIC_NOUNS: Final = (
    Row(becomes="inn inum ins in ið sins ina inni innar id inu arnir ana unum anna irnar", after="consonant"),
    Row(ends="ur", becomes="inn inum ins ir arnir ana um unum"),
    Row(ends="a", becomes="an una unni unnar ur urnar um unum na"),
    Row(ends="i", becomes="inn ann anum ans arnir"),
)

NAMES: Final[dict[str, tuple[Row, ...]]] = {
    # what isn't listed is as English: ' and - are edges, names take nothing
    ANY: (),
    "de": _GERMAN,
    "nl": _DUTCH,
    "sv": _SWEDISH,
    **dict.fromkeys(("da", "no"), _NORDIC),
    "is": _ICELANDIC,
}

NOUNS: Final[dict[str, tuple[Row, ...]]] = {
    ANY: PLURAL_S,
    "en": PLURAL_S,
    "de": _GERMAN_NOUNS,
    "nl": _DUTCH_NOUNS,
    **dict.fromkeys(("sv", "da"), _NORDIC_NOUNS),
    "no": _NORWEGIAN_NOUNS,
    "is": _ICELANDIC_NOUNS,
}

ATTRIBUTES: Final[dict[str, tuple[Row, ...]]] = {"de": _GERMAN_ATTRIBUTES, "nl": _DUTCH_ATTRIBUTES}
