"""What may stand before and after a word so that it is still that word, per script and language. Data only; ``shape`` says how.

A new language: a table in the module of its script, its line in that module's ENDINGS, and labelled sentences in
tests/data/forms, a third of them with other words that must not be found.
"""

from __future__ import annotations

from typing import Final

from monitor.match.tables import cyrillic, latin, others, semitic
from monitor.match.tables.latin import ACRONYMS
from monitor.match.tables.others import NO_DIGITS, SUBSTRING_SCRIPTS
from monitor.match.tables.semitic import CONTRACTIONS, PREFIXES
from monitor.match.tables.shape import ANY, VOWELS, Clitic, Row

__all__ = [
    "ACRONYMS",
    "ANY",
    "COMMON_NOUNS",
    "CONTRACTIONS",
    "ENDINGS",
    "KNOWN_LANGUAGES",
    "NO_DIGITS",
    "OTHER_WORDS",
    "PREFIXES",
    "SAME_LANGUAGE",
    "SUBSTRING_SCRIPTS",
    "VOWELS",
    "Clitic",
    "Row",
]

COMMON_NOUNS: Final[dict[str, dict[str, tuple[Row, ...]]]] = {"LATIN": latin.COMMON_NOUNS}
"""What else a word takes that was typed in lower case, by script and language: plurals."""

ENDINGS: Final[dict[str, dict[str, tuple[Row, ...]]]] = {
    "LATIN": latin.ENDINGS,
    "CYRILLIC": cyrillic.ENDINGS,
    "ARABIC": semitic.ENDINGS,
    **others.ENDINGS,
}
"""By script and language."""

OTHER_WORDS: Final = frozenset({"hamas"})
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
