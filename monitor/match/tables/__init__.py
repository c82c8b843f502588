"""What may stand before and after a word so that it is still that word, per script and language. Data only; ``shape`` says how.

A new language: a table in the module of its kin, its line in that module's NAMES (and NOUNS for what only words typed in lower
case take, ATTRIBUTES for what only a word beside another one of its name takes), and labelled sentences in tests/data/forms, a
third of them with other words that must not be found.
"""

from __future__ import annotations

from typing import Final

from monitor.match.tables import baltic, cyrillic, latin, others, semitic
from monitor.match.tables.latin import ACRONYMS
from monitor.match.tables.others import NO_DIGITS, SUBSTRING_SCRIPTS
from monitor.match.tables.semitic import CONTRACTIONS
from monitor.match.tables.shape import ANY, NOTHING, VOWELS, Clitic, Row

__all__ = [
    "ACRONYMS",
    "ANY",
    "ATTRIBUTES",
    "COMMON_NOUNS",
    "CONTRACTIONS",
    "ENDINGS",
    "KNOWN_LANGUAGES",
    "NOTHING",
    "NO_DIGITS",
    "OTHER_WORDS",
    "PARTICLES",
    "PREFIXES",
    "SAME_LANGUAGE",
    "SUBSTRING_SCRIPTS",
    "VOWELS",
    "Clitic",
    "Row",
]

# F-16s, T-72s
_NUMBERED: Final[dict[str, tuple[Row, ...]]] = {ANY: latin.ACRONYMS}

COMMON_NOUNS: Final[dict[str, dict[str, tuple[Row, ...]]]] = {
    "LATIN": latin.COMMON_NOUNS,
    "CYRILLIC": cyrillic.COMMON_NOUNS,
    **others.COMMON_NOUNS,
    "DIGIT": _NUMBERED,
}
"""What else a word takes that was typed in lower case, by script and language: plurals."""

ATTRIBUTES: Final[dict[str, dict[str, tuple[Row, ...]]]] = {
    "LATIN": latin.ATTRIBUTES,
    "CYRILLIC": cyrillic.ATTRIBUTES,
    **others.ATTRIBUTES,
}
"""What else a word takes beside another one of its name, by script and language: adjectives."""

ENDINGS: Final[dict[str, dict[str, tuple[Row, ...]]]] = {
    "LATIN": latin.ENDINGS,
    "CYRILLIC": cyrillic.ENDINGS,
    "ARABIC": semitic.ENDINGS,
    **others.ENDINGS,
}
"""By script and language."""

PARTICLES: Final[dict[str, dict[str, tuple[Row, ...]]]] = {"LATIN": baltic.PARTICLES, "DIGIT": _NUMBERED}
"""What a word of two letters within a name becomes, by script and language; it takes nothing else."""

PREFIXES: Final[dict[str, dict[str, tuple[tuple[Clitic, ...], ...]]]] = {**semitic.PREFIXES, "LATIN": baltic.PREFIXES}
"""What is written on to the front of a word, by script and language."""

OTHER_WORDS: Final = frozenset({"hamas", "хамас", "χαμασ"})
"""Words of their own that look like a form of a name and never are one."""

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

KNOWN_LANGUAGES: Final = frozenset(
    language for tables in (ENDINGS, COMMON_NOUNS, PREFIXES) for by_language in tables.values() for language in by_language
) - {ANY}
"""The languages that have rules of their own."""
