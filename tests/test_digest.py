"""What is ranked, folded and called usual in a digest: no store, no words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.digest import LISTED, TOLD, Standing, named, standings, stretches, told_in_full, volume
from monitor.model import Carriage, ItemId, OutletId, Spotted, StoryId, WatchId

IDLIB, CROSSINGS = WatchId("idlib"), WatchId("crossings")
MORNING = datetime(2026, 11, 23, 3, tzinfo=UTC)
DAY = timedelta(days=1)


def spotted(item: int, story: int, watch: WatchId = IDLIB, *, outlet: str = "orontes-post", hour: int = 0) -> Spotted:
    seen = MORNING - DAY + timedelta(hours=hour)
    return Spotted(watch_id=watch, item_id=ItemId(item), story_id=StoryId(story), outlet_id=OutletId(outlet), since=seen)


def carried(**own: int) -> dict[StoryId, Carriage]:
    return {StoryId(int(name[1:])): Carriage(outlets=own_texts, own_texts=own_texts) for name, own_texts in own.items()}


def stories(standing: Standing) -> list[int]:
    return [one.story_id for one in standing.ranked]


# ----------------------------------------------------------------------------------------------------------- the ranking


def test_what_more_outlets_tell_in_their_own_words_comes_first_and_then_the_newest() -> None:
    found = [spotted(1, 1, hour=1), spotted(2, 2, hour=2), spotted(3, 3, hour=3), spotted(4, 4, hour=4)]
    assert stories(standings(found, carried(s2=3))[IDLIB]) == [2, 4, 3, 1]


def test_a_copy_makes_no_story_weigh_as_much_as_an_own_text_does() -> None:
    weights = {StoryId(1): Carriage(outlets=9, own_texts=1), StoryId(2): Carriage(outlets=2, own_texts=2)}
    assert stories(standings([spotted(1, 1), spotted(2, 2)], weights)[IDLIB]) == [2, 1]


def test_a_story_is_led_by_its_first_item_and_counts_all_of_them() -> None:
    found = [spotted(7, 1, outlet="levant-wire", hour=5), spotted(9, 1, hour=2), spotted(8, 1, hour=2)]
    standing = standings(found, {})[IDLIB]
    assert [(one.item_id, one.items) for one in standing.ranked] == [(8, 3)]
    assert (standing.items, standing.outlets) == (3, 2)


def test_what_has_no_room_is_counted() -> None:
    standing = standings([spotted(n, n) for n in range(1, LISTED + 8)], {})[IDLIB]
    assert (len(standing.ranked), standing.more, standing.items) == (LISTED, 7, LISTED + 7)


def test_h17_what_one_outlet_floods_takes_no_other_outlets_news_its_place() -> None:
    news = spotted(1, 1, outlet="levant-wire", hour=-20)
    flood = [spotted(n, n, outlet="flooder", hour=n % 20) for n in range(2, 5000)]
    copied = {StoryId(n): Carriage(outlets=2, own_texts=1) for n in range(2, 5000)}
    for carriage in ({}, copied):
        standing = standings([*flood, news], carriage)
        assert news.story_id in told_in_full(standing, [IDLIB])


def test_a_story_of_two_watches_is_told_in_full_under_the_first_and_leaves_room_under_the_second() -> None:
    both = [spotted(n, n, watch) for n in range(1, TOLD + 1) for watch in (IDLIB, CROSSINGS)]
    standing = standings([*both, spotted(99, 99, CROSSINGS, hour=-5)], {})
    assert told_in_full(standing, [IDLIB, CROSSINGS]) == {*map(StoryId, range(1, TOLD + 1)), StoryId(99)}
    assert len(named(standing)) == TOLD + 1


@given(
    st.lists(
        st.tuples(st.integers(1, 30), st.integers(1, 6), st.sampled_from([IDLIB, CROSSINGS])),
        unique_by=lambda one: (one[0], one[2]),
    )
)
def test_every_item_is_counted_once_under_each_of_its_watches(pairs: list[tuple[int, int, WatchId]]) -> None:
    standing = standings([spotted(item, story, watch) for item, story, watch in pairs], {})
    for watch in (IDLIB, CROSSINGS):
        own = [(item, story) for item, story, each in pairs if each == watch]
        each = standing.get(watch, Standing())
        assert each.items == len(own) == sum(one.items for one in each.ranked)
        assert sorted(stories(each)) == sorted({story for _, story in own})


# ------------------------------------------------------------------------------------------------------------ the volume


def compared(start: datetime = MORNING - DAY, stop: datetime = MORNING) -> tuple[tuple[datetime, datetime], ...]:
    return stretches(start, stop, "UTC")


def usual(counts: list[int], count: int, *, known: int = 28) -> tuple[float | None, bool]:
    days = compared()
    found = dict(enumerate(counts))
    made = volume(count, found, days, lives=[(days[28 - known][0], MORNING)] if known else [], window=(MORNING - DAY, MORNING))
    return made.usual, made.is_high


def test_the_usual_count_is_the_median_which_one_big_day_does_not_move() -> None:
    assert usual([6] * 27 + [900], 17) == (6, True)


@pytest.mark.parametrize(("count", "is_high"), [(14, False), (15, True), (16, True)])
def test_a_count_is_marked_from_two_and_a_half_times_the_usual_on(count: int, is_high: bool) -> None:  # noqa: FBT001
    assert usual([6] * 28, count) == (6, is_high)


@pytest.mark.parametrize(("count", "is_high"), [(4, False), (5, True)])
def test_few_are_no_news_however_rare_they_are(count: int, is_high: bool) -> None:  # noqa: FBT001
    assert usual([0] * 28, count) == (0, is_high)


def test_what_is_usual_is_not_said_of_less_than_a_week() -> None:
    assert usual([6] * 28, 60, known=6) == (None, False)
    assert usual([6] * 28, 60, known=7) == (6, True)


def test_a_day_on_which_the_monitor_did_not_run_is_not_known_and_no_day_without_news() -> None:
    days = compared()
    lives = [(days[0][0], days[10][0] + timedelta(hours=11)), (days[11][0], MORNING)]
    made = volume(1, dict.fromkeys(range(28), 4), days, lives=lives, window=(MORNING - DAY, MORNING))
    assert [place for place, items in enumerate(made.days) if items is None] == [10]
    assert made.usual == 4


def test_a_window_of_half_a_day_is_compared_with_the_same_hours_of_other_days() -> None:
    days = stretches(MORNING - timedelta(hours=12), MORNING, "UTC")
    assert days[-1] == (MORNING - timedelta(hours=36), MORNING - DAY)
    assert len(days) == 28


def test_a_week_is_compared_with_seven_times_a_day() -> None:
    days = stretches(MORNING - 7 * DAY, MORNING, "UTC")
    assert days[-1] == (MORNING - 8 * DAY, MORNING - 7 * DAY)
    made = volume(50, dict.fromkeys(range(28), 3), days, lives=[(days[0][0], MORNING)], window=(MORNING - 7 * DAY, MORNING))
    assert (made.usual, made.is_high) == (21, False)


def test_the_hours_compared_stay_those_of_the_desk_s_clock_when_it_changes() -> None:
    zone = ZoneInfo("Europe/Berlin")
    stop = datetime(2026, 10, 26, 6, tzinfo=zone).astimezone(UTC)  # the clocks went back on the 25th
    days = stretches(stop - timedelta(hours=12), stop, "Europe/Berlin")
    assert {end.astimezone(zone).hour for _, end in days} == {6}
    assert {start.astimezone(zone).hour for start, _ in days} == {18}
