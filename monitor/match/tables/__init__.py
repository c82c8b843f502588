"""What may stand before and after a word so that it is still that word, per script and language. Data only; ``shape`` says how.

A new language: a table in the module of its script, its line in that module's ENDINGS, and labelled sentences in
tests/data/forms, a third of them with other words that must not be found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from monitor.match.tables import african, asian, cyrillic, han, indic, iranian, latin, others, semitic
from monitor.match.tables.asian import CLOSING, LEADING, LEANING, NO_DIGITS, SUBSTRING_SCRIPTS
from monitor.match.tables.homonyms import LOWER_CASE
from monitor.match.tables.latin import ACRONYMS
from monitor.match.tables.semitic import CONTRACTIONS
from monitor.match.tables.shape import ANY, VOWELS, After, Clitic, Row

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ACRONYMS",
    "ANY",
    "CLOSING",
    "COMMON_NOUNS",
    "CONTRACTIONS",
    "ENDINGS",
    "LEADING",
    "LEANING",
    "LONGER",
    "LOWER_CASE",
    "NAMES",
    "NO_DIGITS",
    "OTHER_WORDS",
    "PAIRS",
    "PREFIXES",
    "SAME_LANGUAGE",
    "SUBSTRING_SCRIPTS",
    "VOWELS",
    "After",
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


COMMON_NOUNS: Final = _together({"LATIN": latin.COMMON_NOUNS}, african.COMMON_NOUNS)
"""What else a word takes that was typed in lower case, by script and language: plurals."""

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

PREFIXES: Final = _together(semitic.PREFIXES, iranian.PREFIXES, african.PREFIXES, asian.PREFIXES)
"""By script and language: slots, each of which holds one of its clitics or none."""

NAMES: Final = semitic.NAMES | asian.NAMES
"""Names that take no article and no endings (``Clitic.for_names``, ``Row.for_names``)."""

OTHER_WORDS: Final = frozenset({"hamas"}) | semitic.OTHER_WORDS | indic.OTHER_WORDS | asian.OTHER_WORDS
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
    "apc": "ar",
    "arb": "ar",
    "pes": "fa",
    "prs": "fa",
    "kmr": "ku",
    "fil": "tl",
}
"""Codes that mean a language under which a table stands."""
