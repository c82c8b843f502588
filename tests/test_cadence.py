"""When a feed and a page are asked again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.cadence import DAILY, after_answer, after_failure, article_after_failure, pace
from monitor.model import Failure, FetchRules

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
DOWN = Failure(kind="http", detail="503 Service Unavailable")


def test_an_outlets_own_pace_overrides_the_bounds() -> None:
    assert pace(timedelta(minutes=2), FetchRules()) == timedelta(minutes=2)
    assert pace(None, FetchRules()) == QUARTER
    assert pace(None, FetchRules(every=timedelta(minutes=1))) == timedelta(minutes=5)


@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True))
def test_a_feed_that_fails_for_ever_is_still_probed_daily(failures: int, jitter: float) -> None:
    due = after_failure(QUARTER, DOWN, failures=failures, now=NOW, jitter=jitter)
    assert NOW < due <= NOW + DAILY * 1.05


def test_waits_double_from_failure_to_failure() -> None:
    waits = [after_failure(QUARTER, DOWN, failures=count, now=NOW, jitter=0.5) - NOW for count in (1, 2, 3)]
    assert waits == [QUARTER, QUARTER * 2, QUARTER * 4]


@pytest.mark.parametrize(("asked", "given"), [(1, QUARTER), (3600, timedelta(hours=1)), (99_999_999, DAILY)])
def test_n29_what_a_server_asks_for_is_honoured_within_a_day(asked: int, given: timedelta) -> None:
    failure = Failure(kind="http", detail="429 Too Many Requests", retry_after=timedelta(seconds=asked))
    assert after_failure(QUARTER, failure, failures=1, now=NOW, jitter=0.5) - NOW == given


def test_n28_a_feed_that_is_gone_is_probed_daily_at_once() -> None:
    gone = Failure(kind="http", detail="410 Gone", status=410)
    assert after_failure(QUARTER, gone, failures=1, now=NOW, jitter=0.5) - NOW == DAILY


def test_our_own_trouble_is_looked_at_again_in_a_minute() -> None:
    own = Failure(kind="local", detail="no network", local=True)
    due = after_failure(QUARTER, own, failures=0, now=NOW, jitter=0.9)
    assert timedelta(minutes=1) <= due - NOW <= timedelta(seconds=90)


@given(st.floats(0, 1, exclude_max=True))
def test_feeds_of_one_pace_drift_apart(jitter: float) -> None:
    assert abs((after_answer(QUARTER, now=NOW, jitter=jitter) - NOW) / QUARTER - 1) <= 0.051


def test_a_page_is_asked_for_three_times_more_and_then_given_up() -> None:
    waits = [article_after_failure(DOWN, tries=count, now=NOW) for count in (1, 2, 3, 4)]
    assert waits == [NOW + timedelta(minutes=1), NOW + timedelta(minutes=5), NOW + timedelta(minutes=30), None]


def test_a_page_that_is_not_there_is_given_up_at_once() -> None:
    missing = Failure(kind="http", detail="404 Not Found", retryable=False)
    assert article_after_failure(missing, tries=1, now=NOW) is None
