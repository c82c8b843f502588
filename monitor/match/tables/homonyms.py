"""Names that are everyday words of a language when they are printed without a capital. Data only.

From each language's standard dictionary: Turkish mali is "financial", Serbian "small", Swahili "property"; Finnish oman is "own".
"""

from __future__ import annotations

from typing import Final

from monitor.match.tables.shape import words

_SLAVIC: Final = words("mali peru gaza")

LOWER_CASE: Final[dict[str, frozenset[str]]] = {
    "en": words("turkey chad guinea nice reading mobile bath cork hull orange polish"),
    "fr": words("nice tours paris orange lens gap"),
    "es": words("lima granada leon paz victoria cuenca mar"),
    "pt": words("natal para acre vitoria lima"),
    "it": words("mali lima fermo"),
    "sq": words("mali"),
    "fi": words("oman"),
    "tr": words("mali ordu van bolu mus agri"),
    "az": words("mali"),
    **dict.fromkeys(("hr", "bs", "sr", "sl", "pl", "cs", "sk"), _SLAVIC),
    "sw": words("mali hama"),
    "tl": words("mali"),
    **dict.fromkeys(("id", "ms"), words("hama lima malang medan batu palu solo")),
}
"""By language, folded."""
