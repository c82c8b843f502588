"""What may stand before and after a word so that it is still that word, per script and language. Data only; ``shape`` says how.

A new language: a table in the module of its kin, its line in that module's NAMES (and NOUNS for what only words typed in lower
case take, ATTRIBUTES for what only a word beside another one of its name takes), and labelled sentences in tests/data/forms, a
third of them with other words that must not be found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from monitor.match.tables import african, asian, baltic, cyrillic, han, indic, iranian, latin, others, semitic
from monitor.match.tables.asian import BETWEEN, CLOSING, LEADING, LEANING, NO_DIGITS, OPEN_BEFORE, OPEN_FROM, SUBSTRING_SCRIPTS
from monitor.match.tables.homonyms import FOLDED_TOGETHER, LOWER_CASE, TITLE_CASE
from monitor.match.tables.latin import ACRONYMS
from monitor.match.tables.semitic import ARTICLED, ARTICLES, CONTRACTIONS, FIRST_PLURALS, MELTING, UNJOINED
from monitor.match.tables.shape import ANY, NOTHING, VOWELS, Clitic, Row

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ACRONYMS",
    "ANY",
    "ARTICLED",
    "ARTICLES",
    "ATTRIBUTES",
    "BETWEEN",
    "CLOSING",
    "COMMON_NOUNS",
    "CONTRACTIONS",
    "ENDINGS",
    "FIRST_PLURALS",
    "FOLDED_TOGETHER",
    "KNOWN_LANGUAGES",
    "LEADING",
    "LEANING",
    "LONGER",
    "LOWER_CASE",
    "MELTING",
    "NAMES",
    "NOTHING",
    "NO_DIGITS",
    "OPEN_BEFORE",
    "OPEN_FROM",
    "OTHER_WORDS",
    "PAIRS",
    "PARTICLES",
    "PREFIXES",
    "SAME_LANGUAGE",
    "SUBSTRING_SCRIPTS",
    "TITLE_CASE",
    "UNJOINED",
    "VOWELS",
    "Clitic",
    "Row",
]

_Rows = TypeVar("_Rows")


def _together(*tables: Mapping[str, Mapping[str, _Rows]]) -> dict[str, dict[str, _Rows]]:
    """Bring the languages of one script together that stand in several modules."""
    whole: dict[str, dict[str, _Rows]] = {}
    for table in tables:
        for script, by_language in table.items():
            whole.setdefault(script, {}).update(by_language)
    return whole


# F-16s, T-72s
_NUMBERED: Final[dict[str, tuple[Row, ...]]] = {ANY: latin.ACRONYMS}

COMMON_NOUNS: Final = _together(
    {"LATIN": latin.COMMON_NOUNS, "CYRILLIC": cyrillic.COMMON_NOUNS, "DIGIT": _NUMBERED},
    others.COMMON_NOUNS,
    african.COMMON_NOUNS,
    iranian.COMMON_NOUNS,
)
"""What else a word takes that was typed in lower case, by script and language: plurals."""

ATTRIBUTES: Final[dict[str, dict[str, tuple[Row, ...]]]] = {
    "LATIN": latin.ATTRIBUTES,
    "CYRILLIC": cyrillic.ATTRIBUTES,
    **others.ATTRIBUTES,
}
"""What else a word takes beside another one of its name, by script and language: adjectives."""

ENDINGS: Final = _together(
    {"LATIN": latin.ENDINGS, "CYRILLIC": cyrillic.ENDINGS},
    others.ENDINGS,
    semitic.ENDINGS,
    iranian.ENDINGS,
    indic.ENDINGS,
    african.ENDINGS,
    asian.ENDINGS,
)
"""By script and language."""

PARTICLES: Final[dict[str, dict[str, tuple[Row, ...]]]] = {"LATIN": baltic.PARTICLES, "DIGIT": _NUMBERED}
"""What a word of two letters within a name becomes, by script and language; it takes nothing else."""

PREFIXES: Final = _together(semitic.PREFIXES, iranian.PREFIXES, african.PREFIXES, asian.PREFIXES, {"LATIN": baltic.PREFIXES})
"""What is written on to the front of a word, by script and language: slots, each of which holds one of its clitics or none."""

NAMES: Final = semitic.NAMES | iranian.NAMES | asian.NAMES
"""Names that take no article and no endings (``Clitic.for_names``, ``Row.for_names``)."""

OTHER_WORDS: Final = (
    frozenset({"hamas", "хамас", "χαμασ"}) | semitic.OTHER_WORDS | indic.OTHER_WORDS | asian.OTHER_WORDS | african.OTHER_WORDS
)
"""Words of their own that look like a form of a name and never are one."""

LONGER: Final = han.LONGER
PAIRS: Final = han.PAIRS

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
    "fil": "tl",
    "kmr": "ku",
    "prs": "fa",
    "arb": "ar",
    "apc": "ar",
}
"""Codes that mean a language under which a table stands."""

KNOWN_LANGUAGES: Final = frozenset(
    language for tables in (ENDINGS, COMMON_NOUNS, PREFIXES) for by_language in tables.values() for language in by_language
) - {ANY}
"""The languages that have rules of their own."""
