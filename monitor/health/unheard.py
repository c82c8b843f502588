"""Feeds that fail, and of which that was told → of which it is to be told now, and which answer again. Touches nothing.

Outlets seldom fail alone: a host goes down with all its feeds, and each finds out at its own pace. What is nearly as long in
trouble is told with the first, so that one trouble is one message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model import FeedId, FeedState

BREATH = timedelta(hours=1)
"""Between two messages about outlets at least; less where [health] warn_after is shorter."""
NEARLY = 6
"""A feed is told with others when no more than so small a part of [health] warn_after is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheard:
    """What is to be told: who does not answer, the longest first, and who answers again. ``dropped``: is asked no more."""

    failing: tuple[FeedState, ...] = ()
    answering: tuple[FeedState, ...] = ()
    dropped: tuple[FeedId, ...] = ()

    @property
    def is_news(self) -> bool:
        """Whether there is anything to be told."""
        return bool(self.failing or self.answering)


def unheard(
    states: tuple[FeedState, ...], told: Mapping[FeedId, datetime], *, after: timedelta, now: datetime, reached_since: datetime
) -> Unheard:
    """Say what is to be told. ``states``: every feed that fails or was told of; ``told``: when that was; ``after``: of how long.

    Only a poll since ``reached_since`` counts: what failed before that failed for this machine's own trouble, or may have.
    """
    asked = {state.feed.id: state for state in states if not state.feed.outlet.paused}
    failing = {
        id: since for id, state in asked.items() if (since := _failing_since(state, now, reached_since)) and id not in told
    }
    first = min(failing.values(), default=now)
    is_due = now - first >= after
    chosen = sorted(
        (id for id, since in failing.items() if is_due and now - since >= after - after / NEARLY), key=failing.__getitem__
    )
    return Unheard(
        failing=tuple(asked[id] for id in chosen),
        answering=tuple(state for id, state in asked.items() if id in told and _answers(state)),
        dropped=tuple(id for id in told if id not in asked),
    )


def is_time(last: datetime | None, *, after: timedelta, now: datetime) -> bool:
    """Say whether somebody may be told now, who was told ``last`` then: not twice within the hour."""
    return last is None or not now - min(BREATH, after) < last <= now


def _failing_since(state: FeedState, now: datetime, reached_since: datetime) -> datetime | None:
    """Give since when a feed fails, if its last poll says so and the monitor owes it no other; None where it does not."""
    is_asked = state.polled_at is not None and state.polled_at >= reached_since and state.due_at > now
    return state.failing_since if state.failures and is_asked else None


def _answers(state: FeedState) -> bool:
    return not state.failures and state.reason is None and state.answered_at is not None
