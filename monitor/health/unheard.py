"""Feeds that fail or are silent, and of which that was told → of which it is to be told now, and of which it is over. Pure.

Outlets seldom fail alone: a host goes down with all its feeds, and each finds out at its own pace. What is nearly as long in
trouble is told with the first, so that one trouble is one message.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from monitor.health.silence import Silence
from monitor.model import Ailment, FeedId, FeedState

BREATH = timedelta(hours=1)
"""Between two messages about outlets at least; less where [health] warn_after is shorter."""
NEARLY = 6
"""A feed is told with others when no more than so small a part of [health] warn_after is missing."""

_Ailing = tuple[FeedId, Ailment]
_NONE: Final[Mapping[FeedId, Silence]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheard:
    """What is to be told: who does not answer, the longest first, who is silent, and who answers or brings news again.

    ``dropped``: what nobody is told of any more, as the feed is asked no more.
    """

    failing: tuple[FeedState, ...] = ()
    silent: tuple[FeedState, ...] = ()
    answering: tuple[FeedState, ...] = ()
    speaking: tuple[FeedState, ...] = ()
    dropped: tuple[_Ailing, ...] = ()

    @property
    def begun(self) -> Iterator[_Ailing]:
        """What is told of for the first time."""
        yield from ((state.feed.id, "failing") for state in self.failing)
        yield from ((state.feed.id, "silent") for state in self.silent)

    @property
    def ended(self) -> Iterator[_Ailing]:
        """What is over, or told of no more."""
        yield from ((state.feed.id, "failing") for state in self.answering)
        yield from ((state.feed.id, "silent") for state in self.speaking)
        yield from self.dropped

    @property
    def is_news(self) -> bool:
        """Whether there is anything to be told."""
        return bool(self.failing or self.silent or self.answering or self.speaking)


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What is known from before: what was ``told``; who brought news since it was told to be silent (``spoken``).

    Only a poll since ``reached_since`` counts: what failed before that failed for this machine's own trouble, or may have.
    """

    told: Collection[_Ailing] = ()
    spoken: Collection[FeedId] = ()
    reached_since: datetime


def unheard(
    states: tuple[FeedState, ...], before: Before, *, after: timedelta, now: datetime, silences: Mapping[FeedId, Silence] = _NONE
) -> Unheard:
    """Say what is to be told. ``states``: every feed that ails or was told of; ``after``: how long one has to fail.

    Only who is silent for certain is told of: a message is not taken back.
    """
    told = before.told
    asked = {state.feed.id: state for state in states if not state.feed.outlet.paused}
    well = [state for state in asked.values() if _answers(state)]
    silent = {id for id, one in silences.items() if one.sure == "certain" and (id, "silent") not in told}
    return Unheard(
        failing=_failing(asked, before, after=after, now=now),
        silent=tuple(state for state in well if state.feed.id in silent),
        answering=tuple(state for state in well if (state.feed.id, "failing") in told),
        speaking=tuple(state for state in well if (state.feed.id, "silent") in told and state.feed.id in before.spoken),
        dropped=tuple((id, what) for id, what in told if id not in asked),
    )


def is_time(last: datetime | None, *, after: timedelta, now: datetime) -> bool:
    """Say whether somebody may be told now, who was told ``last`` then: not twice within the hour."""
    return last is None or not now - min(BREATH, after) < last <= now


def _failing(asked: Mapping[FeedId, FeedState], before: Before, *, after: timedelta, now: datetime) -> tuple[FeedState, ...]:
    since = {id: at for id, state in asked.items() if (at := _failing_since(state, now, before.reached_since))}
    untold = sorted((id for id in since if (id, "failing") not in before.told), key=since.__getitem__)
    if not untold or now - since[untold[0]] < after:
        return ()
    return tuple(asked[id] for id in untold if now - since[id] >= after - after / NEARLY)


def _failing_since(state: FeedState, now: datetime, reached_since: datetime) -> datetime | None:
    """Give since when a feed fails, if its last poll says so and the monitor owes it no other; None where it does not."""
    is_asked = state.polled_at is not None and state.polled_at >= reached_since and state.due_at > now
    return state.failing_since if state.failures and is_asked else None


def _answers(state: FeedState) -> bool:
    return not state.failures and state.reason is None and state.answered_at is not None
