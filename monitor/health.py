"""What is remembered of each feed → the table of outlets, and the gaps: what was not seen, and why. Touches nothing.

Feeds are never said to be well because nothing was heard of them: one that should have been polled and was not is a gap too.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from monitor.model import FeedId, FeedState, Gap, OutletHealth

OVERDUE = timedelta(hours=1)
"""A poll that is later than this is no longer merely in the queue: the monitor owes it."""
NOT_POLLED = "not polled, though it was due"

_State = Literal["ok", "new", "failing", "paused"]


def health(states: tuple[FeedState, ...], items: tuple[tuple[FeedId, int], ...], *, now: datetime) -> tuple[OutletHealth, ...]:
    """Give one line a feed, in the order of ``states``. ``items``: how many new ones each had in the window (absent: none).

    A feed that was not polled though due, or not reached for this machine's own trouble, fails with no failure to its name.
    """
    new = dict(items)
    return tuple(
        OutletHealth(
            feed=state.feed,
            state=_state(state, now),
            answered_at=state.answered_at,
            due_at=state.due_at,
            items=new.get(state.feed.id, 0),
            failures=state.failures,
            reason=_reason(state, now),
        )
        for state in states
    )


def gaps(states: tuple[FeedState, ...], *, now: datetime) -> tuple[Gap, ...]:
    """Give what cannot be seen now: our own trouble first, then the feeds', the longest of them first.

    The feeds that our own trouble keeps from us are one gap for each trouble, ``count`` says how many. A feed that fails is a gap
    since its last answer; one that never answered, since its first failure. A paused feed is no gap: the desk asked for it.
    """
    asked = [state for state in states if not state.feed.outlet.paused]
    unreached = [state for state in asked if _is_ours(state)]
    unpolled = [state for state in asked if not state.failures and not _is_ours(state) and _is_overdue(state, now)]
    ours = (_own("network", unreached), _own("not_polled", unpolled))
    theirs = sorted((_gap(state) for state in asked if state.failures), key=lambda gap: (gap.since is not None, gap.since or now))
    return (*(gap for gap in ours if gap), *theirs)


def _state(state: FeedState, now: datetime) -> _State:
    if state.feed.outlet.paused:
        return "paused"
    if state.failures or _is_ours(state) or _is_overdue(state, now):
        return "failing"
    return "ok" if state.polled_at else "new"


def _reason(state: FeedState, now: datetime) -> str | None:
    """Say why it fails; None where it does not."""
    return (state.reason or NOT_POLLED) if _state(state, now) == "failing" else None


def _gap(state: FeedState) -> Gap:
    return Gap(
        kind="failing" if state.answered_at else "never_answered",
        feed=state.feed,
        since=state.answered_at or state.failing_since,
        reason=state.reason or "no reason known",
        count=state.failures,
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
        reason=states[0].reason or NOT_POLLED,
        count=len(states),
    )


def _is_ours(state: FeedState) -> bool:
    """Say whether the last poll failed for this machine's own trouble: it has a reason, and no failure is charged for it."""
    return state.reason is not None and not state.failures


def _is_overdue(state: FeedState, now: datetime) -> bool:
    return now - state.due_at > OVERDUE
