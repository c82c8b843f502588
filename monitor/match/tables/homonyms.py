"""Names that are everyday words of a language when they are printed without a capital. Data only.

From each language's standard dictionary: a turkey is a bird, paris are bets. Not the short ones: no name of four letters is found
without its capital (``finder.is_cased``).
"""

from __future__ import annotations

from typing import Final

from monitor.match.tables.shape import words

LOWER_CASE: Final[dict[str, frozenset[str]]] = {
    "en": words("turkey guinea reading mobile orange polish"),
    "fr": words("tours paris orange"),
    "es": words("granada victoria cuenca"),
    "pt": words("natal vitoria"),
    "it": words("fermo"),
    **dict.fromkeys(("id", "ms"), words("malang medan")),
}
"""By language, folded."""
