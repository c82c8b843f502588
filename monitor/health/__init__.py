"""What is remembered of each feed → the table of outlets, and the gaps: what was not seen, and why. Touches nothing.

Feeds are never said to be well because nothing was heard of them: one that should have been polled and was not is a gap, and so
is one that answers and brings nothing new for longer than it ever does (monitor/health/silence.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal

from monitor.health.silence import LEAST, Silence, seems_silent, silence
from monitor.health.unheard import Before, Unheard, is_time, unheard
from monitor.model import FeedId, FeedState, Gap, OutletHealth
from monitor.text import scrub

__all__ = [
    "LEAST",
    "NOT_POLLED",
    "Before",
    "Silence",
    "Unheard",
    "gaps",
    "health",
    "is_heard",
    "is_time",
    "moved_to",
    "notes",
    "seems_silent",
    "silence",
    "unheard",
    "without_secrets",
]

OVERDUE = timedelta(hours=1)
"""A poll that is later than this is no longer merely in the queue: the monitor owes it."""
NOT_POLLED = "not polled, though it was due"
GONE = 410
STRIKES = 3
"""So many workers in a row that died over a feed put it aside for a day."""
MOVED = 3
"""So many polls in a row that were redirected for good to one address: only then is it proposed (a mistake is mended by then)."""

_LONGEST = 200
"""Characters of a reason, or of an address, that a note shows."""

_GONE = "410 Gone: its outlet took it down for good"
_PUT_ASIDE = "put aside for a day: reading it killed a worker {} times"

_SECRETS = re.compile(r"(?<=://)[^\s/@]+@|(?<=[?&])[^\s=&]*=[^\s&)”]+")
"""What an address may have in it that is nobody's business: a name with a password, and the values of its query."""

_State = Literal["ok", "new", "quiet", "failing", "set_aside", "paused"]
_NONE: Final[Mapping[FeedId, Silence]] = MappingProxyType({})


def health(
    states: tuple[FeedState, ...],
    items: tuple[tuple[FeedId, int], ...],
    *,
    now: datetime,
    silences: Mapping[FeedId, Silence] = _NONE,
) -> tuple[OutletHealth, ...]:
    """Give one line a feed, in the order of ``states``. ``items``: how many new ones each had in the window (absent: none).

    A feed that was not polled though due, or not reached for this machine's own trouble, fails with no failure to its name.
    """
    new = dict(items)
    return tuple(
        OutletHealth(
            feed=state.feed,
            state=_state(state, now, silences),
            answered_at=state.answered_at,
            due_at=state.due_at,
            items=new.get(state.feed.id, 0),
            failures=state.failures,
            reason=_reason(state, now),
            pace=state.pace,
        )
        for state in states
    )


def gaps(states: tuple[FeedState, ...], *, now: datetime, silences: Mapping[FeedId, Silence] = _NONE) -> tuple[Gap, ...]:
    """Give what cannot be seen now: our own trouble first, then the feeds', the longest of them first, then who is silent.

    The feeds that our own trouble keeps from us are one gap for each trouble, ``count`` says how many. A feed that fails is a gap
    since its last answer; one that never answered, since its first failure. A paused feed is no gap: the desk asked for it.
    """
    asked = [state for state in states if not state.feed.outlet.paused]
    unreached = [state for state in asked if _is_ours(state)]
    unpolled = [state for state in asked if not state.failures and not _is_ours(state) and _is_overdue(state, now)]
    ours = (_own("network", unreached), _own("not_polled", unpolled))
    theirs = sorted((_gap(state) for state in asked if state.failures), key=lambda gap: (gap.since is not None, gap.since or now))
    quiet = [_silent(state, silences[state.feed.id]) for state in asked if _state(state, now, silences) == "quiet"]
    return (*(gap for gap in ours if gap), *theirs, *sorted(quiet, key=lambda gap: (gap.sure == "probable", gap.since or now)))


def without_secrets(reason: str) -> str:
    """Give a reason on one line, at no great length, and without what an address in it may hold that is nobody's business."""
    return _SECRETS.sub("…", _line(reason, _LONGEST))


def is_heard(state: FeedState, *, now: datetime) -> bool:
    """Say whether a feed is polled and answers, so that it may be called silent if it brings nothing."""
    return _state(state, now, _NONE) == "ok"


def moved_to(state: FeedState) -> str | None:
    """Give the address that a feed moved to for good, on one line without controls; None where it did not, or hardly."""
    return _line(state.moved_to, len(state.moved_to)) if state.moved_to and state.moved_times >= MOVED else None


def notes(state: FeedState) -> tuple[str, ...]:
    """Say what is to be known of a feed, what matters most first, each on one line without controls."""
    said = [_PUT_ASIDE.format(state.strikes)] if state.strikes >= STRIKES else []
    if _is_gone(state):
        said.append(f"{_GONE}; asked once a day. `monitor add` may find its new address")
    elif state.reason is not None:
        said.append(f"{_line(state.reason, _LONGEST)}{_tries(state)}")
    if (moved := moved_to(state)) is not None:
        address = moved if len(moved) <= _LONGEST else f"{moved[:_LONGEST]}…"
        said.append(f"moved for good to {address} ({state.moved_times} polls): put that address into config.toml")
    if state.lied_at is not None:
        said.append("says “not modified” when it is not; asked for the whole each time")
    return tuple(said)


def _tries(state: FeedState) -> str:
    if not state.failures:
        return " (not the outlet’s fault)"
    return f", {state.failures} {'try' if state.failures == 1 else 'tries'}"


def _state(state: FeedState, now: datetime, silences: Mapping[FeedId, Silence]) -> _State:
    if state.feed.outlet.paused:
        return "paused"
    if state.failures and state.strikes >= STRIKES:
        return "set_aside"
    if state.failures or _is_ours(state) or _is_overdue(state, now):
        return "failing"
    if state.feed.id in silences:
        return "quiet"
    return "ok" if state.polled_at else "new"


def _reason(state: FeedState, now: datetime) -> str | None:
    """Say why it fails; None where it does not."""
    return (_why(state) or NOT_POLLED) if _state(state, now, _NONE) in {"failing", "set_aside"} else None


def _why(state: FeedState) -> str | None:
    """Say why the last poll failed, the lasting reason before the latest; None where it did not."""
    if state.failures and state.strikes >= STRIKES:
        return _PUT_ASIDE.format(state.strikes)
    if _is_gone(state):
        return f"{_GONE}; asked once a day"
    return without_secrets(state.reason) if state.reason else None


def _gap(state: FeedState) -> Gap:
    kind: Literal["failing", "set_aside", "never_answered"] = "failing" if state.answered_at else "never_answered"
    return Gap(
        kind="set_aside" if state.strikes >= STRIKES else kind,
        feed=state.feed,
        since=state.answered_at or state.failing_since,
        reason=_why(state) or "no reason known",
        count=state.failures,
        cause="moved" if moved_to(state) else state.kind or "",
    )


def _silent(state: FeedState, silence: Silence) -> Gap:
    return Gap(
        kind="silent",
        feed=state.feed,
        since=silence.since,
        reason="",
        count=silence.items,
        longest=silence.longest,
        known=silence.known,
        sure=silence.sure,
    )


def _own(kind: Literal["network", "not_polled"], states: list[FeedState]) -> Gap | None:
    """Give one gap for all feeds that one trouble of ours keeps from us; None where there is none."""
    if not states:
        return None
    answers = [state.answered_at for state in states if state.answered_at]
    return Gap(
        kind=kind,
        feed=None,
        since=min(answers) if answers else None,
        reason=_why(states[0]) or NOT_POLLED,
        count=len(states),
    )


def _is_gone(state: FeedState) -> bool:
    return bool(state.failures) and state.status == GONE


def _line(text: str, limit: int) -> str:
    return scrub(text, limit).replace("\n", " ")


def _is_ours(state: FeedState) -> bool:
    """Say whether the last poll failed for this machine's own trouble: it has a reason, and no failure is charged for it."""
    return state.reason is not None and not state.failures


def _is_overdue(state: FeedState, now: datetime) -> bool:
    return now - state.due_at > OVERDUE
