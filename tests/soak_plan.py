"""What happens in a soak, and when: days and a seed → events, oldest first. Pure: the same seed gives the same events.

The kills come in spells. Between them lie two calm spells, three tenths of all days each, which one process lives through;
everything else goes on in them. A soak that is too short for that is killed all the time.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

HOUR, DAY = 3600.0, 86400.0
SPELLS = ((0.12, 0.42), (0.55, 0.85))
"""The calm spells, as shares of all days."""
LEAST = 8.0
"""Days that a calm spell has at least, for its growth to say anything."""
QUIET_AT_FIRST = 2 * HOUR
"""So long nothing fails: a first poll that came a day late would rightly tell of nothing."""
KINDS = ("title", "text", "both", "title", "text", "none")
HOWS = ("starting", "working", "working", "working", "reloading", "stopping")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Event:
    """``what`` happens at ``at`` (seconds since the beginning), to ``whom`` if to anybody, and lasts for ``lasts`` seconds."""

    at: float
    what: str
    whom: tuple[str, ...] = ()
    lasts: float = 0.0


def spells(days: float) -> tuple[tuple[float, float], ...]:
    """Give when the calm spells begin and end, in seconds; none where they would be too short."""
    if any((stop - start) * days < LEAST for start, stop in SPELLS):
        return ()
    return tuple((start * days * DAY, stop * days * DAY) for start, stop in SPELLS)


def is_calm(at: float, days: float) -> bool:
    """Say whether nothing is killed at this time."""
    return any(start <= at < stop for start, stop in spells(days))


def planned(days: float, seed: int, *, outlets: tuple[str, ...]) -> tuple[Event, ...]:
    """Give all that happens. The last outlet is added on the second day."""
    chance = random.Random(seed)
    end = days * DAY
    events = [
        *_news(chance, end, outlets),
        *_troubles(chance, end, outlets),
        *_reloads(chance, end, outlets),
        *(
            event
            for event in _spread(chance, end, "kill", every=4 * HOUR, whom=HOWS)
            if not is_calm(event.at, days) and event.at > QUIET_AT_FIRST
        ),
        *(event for event in _spread(chance, end, "restart", every=DAY) if not is_calm(event.at, days)),
    ]
    return tuple(sorted(event for event in events if event.at < end))


def _spread(  # noqa: PLR0913 - what happens, how often, to whom and for how long
    chance: random.Random,
    end: float,
    what: str,
    *,
    every: float,
    whom: tuple[str, ...] = (),
    lasts: tuple[float, float] = (0.0, 0.0),
) -> Iterator[Event]:
    at = QUIET_AT_FIRST + chance.expovariate(1 / every)
    while at < end:
        yield Event(at=at, what=what, whom=(chance.choice(whom),) if whom else (), lasts=chance.uniform(*lasts))
        at += max(lasts[1], HOUR / 4) + chance.expovariate(1 / every)


def _news(chance: random.Random, end: float, outlets: tuple[str, ...]) -> Iterator[Event]:
    """Give the stories: each outlet's own, and every fourth carried by some of the others too."""
    for number, outlet in enumerate(outlets):
        # one that was just listed is known before it says anything
        at, every = (1.5 * DAY, 6 * HOUR) if number == len(outlets) - 1 else (0.0, (4 + number % 5 * 3) * HOUR)
        while (at := at + chance.expovariate(1 / every)) < end:
            others = [one for one in outlets[:-1] if one != outlet]
            carried = tuple(chance.sample(others, chance.randint(1, 3))) if chance.random() < 0.25 else ()
            yield Event(at=at, what=f"publish {chance.choice(KINDS)}", whom=(outlet, *carried))


def _troubles(chance: random.Random, end: float, outlets: tuple[str, ...]) -> Iterator[Event]:
    yield from _spread(chance, end, "no network", every=2 * DAY, lasts=(HOUR, 8 * HOUR))
    yield from _spread(chance, end, "no name", every=DAY, whom=outlets, lasts=(2 * HOUR, DAY))
    yield from _spread(chance, end, "lies", every=DAY, whom=outlets, lasts=(6 * HOUR, 2 * DAY))
    yield from _spread(chance, end, "receiver away", every=4 * DAY, whom=("hook", "mail"), lasts=(6 * HOUR, DAY))
    yield from _spread(chance, end, "disk full", every=2.5 * DAY, lasts=(HOUR, 8 * HOUR))
    yield from _spread(chance, end, "database locked", every=1.5 * DAY, lasts=(HOUR / 3, 5 * HOUR))


def _reloads(chance: random.Random, end: float, outlets: tuple[str, ...]) -> Iterator[Event]:
    yield Event(at=DAY, what="add", whom=(outlets[-1],))
    yield from _spread(chance, end, "remove", every=2 * DAY, whom=outlets[:-1], lasts=(4 * HOUR, 1.5 * DAY))
    yield from _spread(chance, end, "pace", every=DAY, whom=outlets[:-1])
    yield from _spread(chance, end, "words", every=DAY)
    yield from _spread(chance, end, "no wheat", every=4 * DAY, lasts=(HOUR, 12 * HOUR))
    yield from _spread(chance, end, "broken config", every=DAY)
    yield from _spread(chance, end, "reload", every=DAY)
