"""P04: days of the monitor's life among faults, in seconds. The same as a command, and for a month of it: soak.py."""

from __future__ import annotations

from pathlib import Path

import pytest
import soak
from soak_events import opened
from soak_plan import DAY, is_calm, planned, spells

OUTLETS = ("orontes-post", "relief-desk", "vestnik", "hill-gazette", "late-edition")
SEED = 7
"""Short as it is, the plan of this one has of nearly everything."""


def _lived(folder: Path, *, days: float, minutes: float, outlets: int) -> None:
    with opened(folder, days=days, minutes=minutes, seed=SEED, outlets=outlets) as world:
        lived = soak.live(world, progress=False)
        assert not lived.faults, "\n".join((soak.table(lived), *lived.faults[:50]))


def test_p04_days_among_faults_and_kills_lose_nothing_and_tell_nothing_twice(tmp_path: Path) -> None:
    _lived(tmp_path, days=1.5, minutes=0.4, outlets=5)


@pytest.mark.long
def test_p04_a_month_among_faults_and_kills_loses_nothing_tells_nothing_twice_and_stays_as_small_as_it_was(
    tmp_path: Path,
) -> None:
    _lived(tmp_path, days=30, minutes=18, outlets=12)


def test_p04_the_plan_of_a_soak_is_told_by_its_seed_and_kills_nothing_in_the_calm_spells() -> None:
    events = planned(30, 7, outlets=OUTLETS)
    assert events == planned(30, 7, outlets=OUTLETS)
    assert events != planned(30, 8, outlets=OUTLETS)
    kills = [event.at for event in events if event.what in {"kill", "restart"}]
    assert len(kills) > 40
    assert not any(is_calm(at, 30) for at in kills)
    assert [(stop - start) / DAY >= 8 for start, stop in spells(30)] == [True, True]
    assert spells(10) == ()
    assert {event.what for event in events if is_calm(event.at, 30)} >= {"no network", "disk full", "database locked", "reload"}
