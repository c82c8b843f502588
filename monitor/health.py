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

    A feed whose poll is overdue is failing, with no failure of its own to its name.
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


def gaps(states: tuple[FeedState, ...], *, now: datetime, start: datetime) -> tuple[Gap, ...]:
    """Give what of the window from ``start`` could not be seen, longest gap first.

    A feed that fails now, whenever it last answered (``since``), its failures counted; one that never answered, ``since`` its
    first failure; one that was due and was not polled in the window at all, with ``count`` 0. A paused feed is no gap: the
    desk asked for it, and the table says so.
    """
    found = [gap for state in states if (gap := _gap(state, now, start=start)) is not None]
    return tuple(sorted(found, key=lambda gap: (gap.since is not None, gap.since or now)))


def _state(state: FeedState, now: datetime) -> _State:
    if state.feed.outlet.paused:
        return "paused"
    if state.failures or _is_overdue(state, now):
        return "failing"
    return "ok" if state.polled_at else "new"


def _reason(state: FeedState, now: datetime) -> str | None:
    """Say why it fails; None where it does not."""
    if _state(state, now) != "failing":
        return None
    return state.reason if state.failures else NOT_POLLED


def _gap(state: FeedState, now: datetime, *, start: datetime) -> Gap | None:
    """Give the feed's gap in the window; None where it has none."""
    if _state(state, now) != "failing":
        return None
    if not state.failures and state.answered_at is not None and state.answered_at >= start:
        return None
    answered = state.answered_at is not None
    return Gap(
        kind="failing" if answered else "never_answered",
        feed=state.feed,
        since=state.answered_at or state.failing_since,
        reason=_reason(state, now) or "no reason known",
        count=state.failures,
    )


def _is_overdue(state: FeedState, now: datetime) -> bool:
    return now - state.due_at > OVERDUE
