"""What is stored of a window → store → health → Coverage: gaps, what is no gap and yet to be known, health. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.digest import Coverage, Stretch
from monitor.health import LEAST, Silence, gaps, health, is_heard, seems_silent, silence, without_secrets
from monitor.model import LONG_AGO, FeedId, FeedState, Gap, OutletId
from monitor.store import Reading

ALIVE = timedelta(minutes=5)
"""A monitor that gave no sign of life for so long does not run."""
UNTOLD_IN_A_STOP = frozenset({"not_polled"})
"""Gaps that say once more, while the monitor does not run, that it does not."""


def coverage(reading: Reading, window: Stretch, now: datetime, *, outlets: Collection[OutletId] | None = None) -> Coverage:
    """Say what was not seen in a window that ends about now: of some outlets, or of all (None), each thing once."""
    start, stop = window
    states = tuple(state for state in reading.states() if _is_asked(state.feed.outlet.id, outlets))
    silences = silences_of(reading, states, now)
    down = reading.down_gaps(start, min(stop, now))
    standing = gaps(states, now=now, silences=silences)
    known = (
        *(_ended(gap, stop, now=now) for gap in down),
        *_refused(reading, now),
        *(gap for gap in standing if gap.kind not in UNTOLD_IN_A_STOP or not _is_down(down)),
        *reading.outages(start, stop),
        *reading.overflows(start, stop),
        *reading.delivery_gaps(start, stop),
        *_there(reading.unread_gap(now, outlets=outlets)),
        *reading.text_gaps(start, stop),
    )
    return Coverage(
        gaps=tuple(_told(gap) for gap in known if gap.feed is None or _is_asked(gap.feed.outlet.id, outlets)),
        notes=_there(reading.baseline_gap(start, stop, outlets=outlets)),
        outlets=health(states, reading.items_by_feed(start, stop), now=now, silences=silences),
    )


def silences_of(reading: Reading, states: tuple[FeedState, ...], now: datetime) -> dict[FeedId, Silence]:
    """Judge who is silent. Only the past of those is looked up that their rhythm alone makes suspect."""
    heard = {state.feed.id: state for state in states if is_heard(state, now=now)}
    suspects = [
        (heard[feed], rhythm)
        for feed, rhythm in reading.rhythms(now - LEAST)
        if feed in heard and seems_silent(rhythm, heard[feed].answered_at or now)
    ]
    rests = reading.rests(now - LONG_AGO, now) if suspects else ()
    judged = {state.feed.id: reading.heard(state, rhythm, rests) for state, rhythm in suspects}
    found = {feed: silence(known) for feed, known in judged.items() if known}
    return {feed: one for feed, one in found.items() if one}


def _refused(reading: Reading, now: datetime) -> tuple[Gap, ...]:
    """Say that a newer config.toml is refused by the monitor that runs; one that was killed refuses nothing any more."""
    run = reading.last_run()
    fault = run.config_fault if run and run.stopped_at is None and now - run.seen_at <= ALIVE else None
    return (Gap(kind="config", feed=None, since=None, reason=fault),) if fault else ()


def _ended(gap: Gap, stop: datetime, *, now: datetime) -> Gap:
    """Let no time in a window that is long over last until now."""
    return replace(gap, until=stop) if gap.until is None and stop < now else gap


def _told(gap: Gap) -> Gap:
    """Let no reason carry a secret; what is wrong with a config.toml is told whole, and was shown without its own."""
    return gap if gap.kind == "config" else replace(gap, reason=without_secrets(gap.reason))


def _is_down(gaps: Collection[Gap]) -> bool:
    return any(gap.until is None for gap in gaps)


def _is_asked(outlet: OutletId, outlets: Collection[OutletId] | None) -> bool:
    return outlets is None or outlet in outlets


def _there(gap: Gap | None) -> tuple[Gap, ...]:
    return (gap,) if gap else ()
