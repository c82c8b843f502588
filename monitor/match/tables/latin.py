"""Endings in Latin letters, by language: what may be written on to a word so that it is still that word. Data only."""

from __future__ import annotations

from typing import Final

from monitor.match.tables import baltic, germanic, romance, slavic, turkic, uralic
from monitor.match.tables.shape import Row

# An acronym's plural: NGOs.
ACRONYMS: Final = (Row(becomes="s"),)

ENDINGS: Final[dict[str, tuple[Row, ...]]] = {
    **germanic.NAMES,
    **romance.NAMES,
    **slavic.NAMES,
    **uralic.NAMES,
    **baltic.NAMES,
    **turkic.LATIN,
}
COMMON_NOUNS: Final[dict[str, tuple[Row, ...]]] = {
    **germanic.NOUNS,
    **romance.NOUNS,
    **slavic.NOUNS,
    **uralic.NOUNS,
    **baltic.NOUNS,
    **turkic.LATIN_NOUNS,
}
ATTRIBUTES: Final[dict[str, tuple[Row, ...]]] = {
    **germanic.ATTRIBUTES,
    **romance.ATTRIBUTES,
    **slavic.ATTRIBUTES,
    **uralic.ATTRIBUTES,
    **baltic.ATTRIBUTES,
}
