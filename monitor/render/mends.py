"""A gap → what the desk can do about it, and in which line of config.toml. Touches nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from monitor.model import Gap
from monitor.render.english_gaps import FAILING, FASTER, FASTEST, IN_CONFIG, SURELY, TEXTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """What can be done about a gap: our words, the table of config.toml or none, our words again."""

    before: str
    table: str | None = None
    after: str = ""


OUR_PACE: Final = (5, 2, 1)
"""Minutes that are proposed as an outlet's `every`, the first that is sooner than it is polled now."""

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
