"""The table of outlets and the gaps, from what is remembered of each feed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unicodedata import category

from hypothesis import given
from hypothesis import strategies as st

from monitor.health import NOT_POLLED, gaps, health, moved_to, notes
from monitor.model import Feed, FeedId, FeedState, Outlet, OutletId, Validators

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def feed(name: str = "orontes-post", *, number: int = 1, paused: bool = False) -> Feed:
    outlet = Outlet(id=OutletId(name), feeds=(f"https://{name}.example/rss",), paused=paused)
    return Feed(id=FeedId(number), outlet=outlet, url=outlet.feeds[0])


def well(one: Feed) -> FeedState:
    return FeedState(
        feed=one, validators=Validators(), due_at=NOW + 5 * MINUTE, polled_at=NOW - 10 * MINUTE, answered_at=NOW - 10 * MINUTE
    )


def failing(one: Feed, *, answered: datetime | None, tries: int = 7) -> FeedState:
    return FeedState(
        feed=one,
        validators=Validators(),
        due_at=NOW + 42 * MINUTE,
        polled_at=NOW - 3 * MINUTE,
        answered_at=answered,
        failures=tries,
        failing_since=NOW - 300 * MINUTE,
        kind="http",
        reason="503 Service Unavailable",
    )


def never_polled(one: Feed, *, due: datetime) -> FeedState:
    return FeedState(feed=one, validators=Validators(), due_at=due)


def test_a_feed_that_answers_is_well_and_no_gap() -> None:
    states = (well(feed()),)
    (row,) = health(states, ((FeedId(1), 21),), now=NOW)
    assert (row.state, row.items, row.failures, row.reason) == ("ok", 21, 0, None)
    assert row.answered_at == NOW - 10 * MINUTE
    assert gaps(states, now=NOW) == ()


def test_a_failing_feed_is_a_gap_since_its_last_answer_with_reason_and_tries() -> None:
    states = (failing(feed(), answered=NOW - 310 * MINUTE),)
    (row,) = health(states, (), now=NOW)
    assert (row.state, row.items, row.failures, row.reason) == ("failing", 0, 7, "503 Service Unavailable")
    (gap,) = gaps(states, now=NOW)
    assert (gap.kind, gap.since, gap.reason, gap.count) == ("failing", NOW - 310 * MINUTE, "503 Service Unavailable", 7)


def test_a_feed_that_never_answered_is_a_gap_since_its_first_failure() -> None:
    (gap,) = gaps((failing(feed(), answered=None, tries=3),), now=NOW)
    assert (gap.kind, gap.since, gap.count) == ("never_answered", NOW - 300 * MINUTE, 3)


def test_a_feed_just_added_is_new_and_no_gap() -> None:
    states = (never_polled(feed(), due=NOW - 2 * MINUTE),)
    assert health(states, (), now=NOW)[0].state == "new"
    assert gaps(states, now=NOW) == ()


def test_feeds_that_should_have_been_polled_long_ago_are_one_gap_of_ours_and_no_failure_of_theirs() -> None:
    asleep = replace(well(feed(number=2)), due_at=NOW - timedelta(hours=5), answered_at=NOW - timedelta(hours=5))
    states = (never_polled(feed(), due=NOW - timedelta(hours=5)), asleep)
    assert [(row.state, row.failures, row.reason) for row in health(states, (), now=NOW)] == [("failing", 0, NOT_POLLED)] * 2
    (gap,) = gaps(states, now=NOW)
    assert (gap.kind, gap.feed, gap.since, gap.count) == ("not_polled", None, NOW - timedelta(hours=5), 2)


def test_feeds_that_no_network_leads_to_are_one_gap_of_ours_and_none_of_them_is_well() -> None:
    lost = {"kind": "local", "reason": "no network"}
    states = tuple(replace(well(feed(number=number)), answered_at=NOW - number * MINUTE, **lost) for number in range(1, 17))
    assert {row.state for row in health(states, (), now=NOW)} == {"failing"}
    (gap,) = gaps(states, now=NOW)
    assert (gap.kind, gap.reason, gap.since, gap.count) == ("network", "no network", NOW - 16 * MINUTE, 16)


def test_a_paused_feed_is_no_gap_but_stands_in_the_table() -> None:
    states = (failing(feed(paused=True), answered=None),)
    (row,) = health(states, (), now=NOW)
    assert (row.state, row.reason) == ("paused", None)
    assert gaps(states, now=NOW) == ()


def test_the_longest_gap_comes_first() -> None:
    states = (
        failing(feed("short", number=1), answered=NOW - 20 * MINUTE),
        failing(feed("long", number=2), answered=NOW - timedelta(days=3)),
        well(feed("well", number=3)),
        never_polled(feed("never", number=4), due=NOW - timedelta(days=9)),
    )
    found = gaps(states, now=NOW)
    assert [gap.feed.outlet.id if gap.feed else gap.kind for gap in found] == ["not_polled", "long", "short"]


def test_a_feed_that_is_well_has_no_note_and_one_that_fails_has_its_reason_and_tries() -> None:
    assert notes(well(feed())) == ()
    assert notes(failing(feed(), answered=NOW)) == ("503 Service Unavailable, 7 tries",)
    assert notes(failing(feed(), answered=NOW, tries=1)) == ("503 Service Unavailable, 1 try",)
    assert notes(replace(well(feed()), kind="local", reason="no network")) == ("no network (not the outlet’s fault)",)


def test_a_feed_that_was_taken_down_for_good_says_so_in_its_note_its_row_and_its_gap() -> None:
    state = replace(failing(feed(), answered=NOW - timedelta(days=3)), status=410, reason="410 Gone")
    gone = "410 Gone: its outlet took it down for good; asked once a day"
    assert notes(state) == (f"{gone}. `monitor add` may find its new address",)
    assert health((state,), (), now=NOW)[0].reason == gone
    (gap,) = gaps((state,), now=NOW)
    assert (gap.kind, gap.reason, gap.count) == ("failing", gone, 7)


def test_a_feed_that_kills_workers_says_so_from_the_third_time_on() -> None:
    state = replace(failing(feed(), answered=None, tries=3), kind="crashed", reason="its reader died", strikes=3)
    aside = "put aside for a day: reading it killed a worker 3 times"
    assert notes(state) == (aside, "its reader died, 3 tries")
    assert health((state,), (), now=NOW)[0].reason == aside
    assert gaps((state,), now=NOW)[0].reason == aside
    twice = replace(state, strikes=2)
    assert notes(twice) == ("its reader died, 3 tries",)
    assert gaps((twice,), now=NOW)[0].reason == "its reader died"


def test_a_new_address_is_proposed_once_three_polls_led_there() -> None:
    state = replace(well(feed()), moved_to="https://new.example/rss", moved_times=2)
    assert (moved_to(state), notes(state)) == (None, ())
    thrice = replace(state, moved_times=3)
    assert moved_to(thrice) == "https://new.example/rss"
    assert notes(thrice) == ("moved for good to https://new.example/rss (3 polls): put that address into config.toml",)
    assert health((thrice,), (), now=NOW)[0].reason is None


def test_what_matters_most_is_noted_first() -> None:
    state = failing(feed(), answered=NOW)
    state = replace(state, strikes=4, lied_at=NOW, moved_to="https://new.example/rss", moved_times=9)
    assert [note.split()[0] for note in notes(state)] == ["put", "503", "moved", "says"]
    assert "asked for the whole each time" in notes(state)[-1]


@given(st.text(), st.text())
def test_no_note_carries_control_characters_or_a_flood_to_the_terminal(reason: str, address: str) -> None:
    state = replace(failing(feed(), answered=NOW), reason=reason, moved_to=f"https://h\x1b[2J\u202e{address * 50}", moved_times=3)
    said = "; ".join(notes(state))
    assert not [ch for ch in said + (moved_to(state) or "") if category(ch) in {"Cc", "Zl", "Zp"} or ch in "\u202e\u2066"]
    assert len(said) < 700


ages = st.none() | st.integers(0, 10_000).map(lambda minutes: NOW - minutes * MINUTE)


@given(answered=ages, due=st.integers(-5_000, 5_000), failures=st.integers(0, 3), paused=st.booleans(), polled=st.booleans())
def test_every_feed_has_its_line_and_no_failing_feed_goes_without_a_gap(
    *, answered: datetime | None, due: int, failures: int, paused: bool, polled: bool
) -> None:
    state = FeedState(
        feed=feed(paused=paused),
        validators=Validators(),
        due_at=NOW + due * MINUTE,
        polled_at=NOW - MINUTE if polled or answered or failures else None,
        answered_at=answered,
        failures=failures,
    )
    (row,) = health((state,), (), now=NOW)
    found = gaps((state,), now=NOW)
    assert bool(found) == (row.state == "failing")
    assert (row.reason is not None) <= (row.state == "failing")
