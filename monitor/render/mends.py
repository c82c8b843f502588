"""A gap → what the desk can do about it, and in which line of config.toml. Touches nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from monitor.model import Gap, GapKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """What can be done about a gap: our words, the table of config.toml or none, our words again."""

    before: str
    table: str | None = None
    after: str = ""


OUR_PACE: Final = (5, 2, 1)
"""Minutes that are proposed as an outlet's `every`, the first that is sooner than it is polled now."""

FASTEST: Final = " It is polled as often as may be."
FASTER: Final = ' To see more: every = "{minutes}m" in '
SURELY: Final[Mapping[GapKind, str]] = {
    "silent": " See whether its site has news. If so, `monitor add` with the site’s address finds the feed that it has now;"
    " if it has none, paused = true ends this: in ",
    "set_aside": " It is tried again each day; paused = true ends that: in ",
}
IN_CONFIG: Final = " In config.toml: "
FIND: Final = " `monitor add` with its site’s address finds the feed that it has now; the old one is in "
FAILING: Final[Mapping[str, str]] = {
    "moved": FIND,
    "404": FIND,
    "410": FIND,
    "not_a_feed": FIND,
    "html": FIND,
    "garbage": FIND,
    "401": ' Where it wants a login: headers = { Authorization = { env = "NAME" } } in ',
    "403": " It keeps the monitor out. Where it wants a login: headers = ... in ",
    "429": " It wants to be asked less often: a longer every = ... in ",
    "dns": " Is its address still right? It is in ",
    "tls": " Where its certificate is from your own network: ca_file = ... in ",
    "blocked": " Where it is on your own network: private = true in ",
    "timeout": " Where it only needs longer: timeout = ... in [fetch]. Its address is in ",
    "too_big": " Where it only is long: max_size = ... in [fetch]. Its address is in ",
}
NO_TEXT_WANTED: Final = " Where that is so for all its pages, full_text = false has only the feed’s words read: in "
SELECTOR: Final = ' Where its pages are laid out oddly, selector = "..." says where the article is: in '
LOGIN: Final = " With a subscription: headers = { Cookie = { env = ... } }; without: full_text = false, in "
TEXTS: Final[Mapping[str, str]] = {
    "401": LOGIN,
    "403": NO_TEXT_WANTED,
    "robots": NO_TEXT_WANTED,
    "not_html": NO_TEXT_WANTED,
    "javascript": NO_TEXT_WANTED,
    "wall": NO_TEXT_WANTED,
    "consent": NO_TEXT_WANTED,
    "empty": SELECTOR,
    "short": SELECTOR,
    "cut": SELECTOR,
    "paywall": LOGIN,
}

_STATUS = re.compile(r"(\d{3})\b")


def mend(gap: Gap, pace: timedelta | None) -> Mend | None:
    """Say what can be done about a gap; None where nothing is known to help. ``pace``: the time between polls of its feed."""
    if gap.feed is None:
        return None
    table = f"[outlets.{gap.feed.outlet.id}]"
    if gap.kind == "overflow":
        return _faster(table, pace)
    words = SURELY.get(gap.kind) or (TEXTS.get(_cause(gap)) if gap.kind in {"no_text", "doubtful_text"} else None)
    if gap.kind in {"failing", "never_answered"}:
        words = FAILING.get(_cause(gap), IN_CONFIG)
    return Mend(before=words, table=table, after=".") if words else None


def _faster(table: str, pace: timedelta | None) -> Mend:
    """Give the line that has a feed polled more often than now, down to each minute."""
    sooner = next((minutes for minutes in OUR_PACE if pace is None or timedelta(minutes=minutes) < pace), None)
    return Mend(before=FASTEST) if sooner is None else Mend(before=FASTER.format(minutes=sooner), table=table, after=".")


def _cause(gap: Gap) -> str:
    """Give the kind of a failure; of an answer with an HTTP status that, with which its reason begins."""
    status = _STATUS.match(gap.reason) if gap.cause == "http" else None
    return status[1] if status else gap.cause
