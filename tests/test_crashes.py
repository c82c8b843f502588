"""L01, L15: the monitor is killed at every point of its way and at random, and what it promised is kept all the same.

One world outlives all its kills, and each test asks it for one thing: a world of its own for each would take minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import crash_oracle
import pytest
from crash_world import ADDRESSES, BATCH, OUTLETS, World, opened
from crashing import POINTS
from desks import until

SELDOM = {"at_shutdown": 3}
"""Points that are passed so often at most in one life."""


def _killed_at_each_point(world: World, times: int) -> None:
    for number, point in enumerate(POINTS):
        world.publish(*OUTLETS if number % 4 == 1 else ())
        # that it dies at all shows that the point is there: nothing else kills it
        world.die_at(f"{point}:{min(times, SELDOM.get(point, times))}")
    assert world.kills == [f"{point}:{min(times, SELDOM.get(point, times))}" for point in POINTS]


def _killed_at_random(world: World, times: int) -> None:
    for number in range(times):
        world.publish(*OUTLETS if number % 3 == 1 else ())
        world.die_somewhen()


def _worlds() -> Iterator[object]:
    yield pytest.param((_killed_at_each_point, 1, 1), id="at each point")
    yield pytest.param((_killed_at_random, 10, 1), id="at random")
    for times in (2, 5):
        yield pytest.param((_killed_at_each_point, times, times), id=f"at each point, time {times}", marks=pytest.mark.long)
    for seed in range(2, 7):
        yield pytest.param((_killed_at_random, 10, seed), id=f"at random, seed {seed}", marks=pytest.mark.long)


@pytest.fixture(scope="module", params=list(_worlds()))
def outlived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give a world in which the monitor was killed and killed again, and then lived until all was told."""
    kill, times, seed = request.param
    with opened(tmp_path_factory.mktemp("world"), seed=seed) as world:
        kill(world, times)
        world.live_on()
        yield world


def _holds(world: World, law: Callable[[World], Iterator[str]]) -> None:
    faults = list(law(world))
    assert not faults, f"seed {world.seed}, killed {world.kills}, in {world.desk.folder}: {len(faults)} faults:\n" + "\n".join(
        faults[:20]
    )


def test_l01_every_item_is_stored_exactly_once(outlived: World) -> None:
    _holds(outlived, crash_oracle.items)


def test_l01_everybody_who_should_be_told_of_a_story_is_told(outlived: World) -> None:
    _holds(outlived, crash_oracle.promises)


def test_l01_nobody_is_told_what_no_watch_asked_for(outlived: World) -> None:
    _holds(outlived, crash_oracle.inventions)


def test_l01_l15_a_message_comes_again_only_where_a_kill_met_it_on_its_way(outlived: World) -> None:
    _holds(outlived, crash_oracle.repeats)


def test_l01_a_kill_meets_one_message_of_a_channel_at_most(outlived: World) -> None:
    _holds(outlived, crash_oracle.flights)


def test_l01_an_alert_that_comes_again_bears_the_same_key(outlived: World) -> None:
    _holds(outlived, crash_oracle.keys)


def test_l01_a_story_is_told_once_however_many_carry_it(outlived: World) -> None:
    _holds(outlived, crash_oracle.copies)


def test_l01_the_database_is_whole(outlived: World) -> None:
    _holds(outlived, crash_oracle.database)


def test_l01_the_archive_of_digests_is_whole(outlived: World) -> None:
    _holds(outlived, crash_oracle.archive)


def test_l01_no_process_and_no_fault_of_its_own_is_left(outlived: World) -> None:
    _holds(outlived, crash_oracle.remains)


def test_l01_what_was_on_its_way_as_one_message_goes_as_that_again_though_more_came_up(tmp_path: Path) -> None:
    with opened(tmp_path, seed=1, share=0, first=(BATCH,) * 12) as world:
        # no page can be read: what the headlines raise waits together, and goes out as one
        world.configure(group_wait="3m")
        pages = world.sites[BATCH].pages
        whole = dict(pages)
        pages.update({path: 500 for path in pages if path != "/feed.xml"})
        world.die_at("after_send:1", most=0)
        assert [len(told.alerts) > 1 for told in world.hook.told if told.alerts] == [True]
        promised = world.desk.ask("SELECT count(*) FROM alert")
        pages.update(whole)
        world.hook.share = 1
        process = world.start()
        until(lambda: world.hook.refused and world.desk.ask("SELECT count(*) FROM alert") > promised, world.desk)
        world.kill(process, "refused")
        # all of it is due now
        until(lambda: world.desk.ask("SELECT max(next_try_at) FROM alert WHERE state = 'held'") < [(world.now,)], world.desk)
        world.hook.share = 0
        world.live_on()
        _holds(world, crash_oracle.promises)
        _holds(world, crash_oracle.keys)


def test_l15_an_address_that_took_a_mail_is_left_alone_when_another_gets_it_after_a_kill(tmp_path: Path) -> None:
    with opened(tmp_path, seed=1, share=0, first=OUTLETS[:2]) as world:
        # one address takes it, the other one never does
        world.post.busy = set(ADDRESSES[1:])
        process = world.start()
        refused = "SELECT count(*) FROM alert WHERE channel = 'mail' AND state = 'held' AND tries > 1"
        until(lambda: world.desk.ask(refused)[0][0] == len(OUTLETS[:2]), world.desk)
        world.kill(process, "refused")
        world.post.busy = set()
        world.live_on()
        _holds(world, crash_oracle.promises)
        _holds(world, crash_oracle.twice_mailed)
