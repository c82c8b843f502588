"""Alerts: whom, when, how often."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alert import Bundle, allowed, is_told, next_try, plan, raise_alerts
from monitor.model import (
    Alert,
    AlertId,
    AlertRules,
    ChannelId,
    Finding,
    ItemId,
    Match,
    OpenAlert,
    OutletId,
    Watch,
    WatchId,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NIGHT = AlertRules(quiet=(22 * 60, 6 * 60))
PHONE, MAIL = ChannelId("phone"), ChannelId("mail")


def at(text: str, zone: str = "UTC", fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def watch(name: str = "idlib", *, channels: tuple[ChannelId, ...] = (PHONE, MAIL), urgent: bool = False) -> Watch:
    return Watch(id=WatchId(name), any=("Idlib",), channels=channels, urgent=urgent)


def match(name: str = "idlib") -> Match:
    return Match(
        watch_id=WatchId(name),
        field="title",
        term="Idlib",
        form="Idlib",
        start=0,
        stop=5,
        sentence="Idlib",
        mark_start=0,
        mark_stop=5,
    )


def raised(*watches: Watch, matches: tuple[Match, ...] = (match(),), now: datetime = NOON, **facts: Any) -> tuple[Alert, ...]:
    usual = {
        "item_id": ItemId(7),
        "subject": "story:7",
        "rules": AlertRules(),
        "timezone": "UTC",
        "waits_for_text": True,
        "batch": None,
    }
    found = {each.watch_id for each in matches}
    return raise_alerts(watches or (watch(),), found, now=now, **(usual | facts))


def open_alert(number: int, *, batch: str | None = None, urgent: bool = False, minutes: int = 0) -> OpenAlert:
    alert = Alert(
        watch_id=WatchId("idlib"),
        channel=PHONE,
        item_id=ItemId(number),
        subject=f"story:{number}",
        occasion="first",
        key=f"{number:032x}",
        raised_at=NOON + timedelta(minutes=minutes),
        hold_until=NOON,
        batch=batch,
    )
    finding = Finding(
        item_id=ItemId(number),
        watch_id=WatchId("idlib"),
        matches=(match(),),
        title="Idlib",
        link=None,
        language=None,
        outlet_id=OutletId("orontes-post"),
        outlet_name="Orontes Post",
        outlet_language=None,
        label=None,
        published=None,
        seen_at=NOON,
        article_doubt=None,
    )
    return OpenAlert(id=AlertId(number), alert=alert, finding=finding, urgent=urgent, tries=0)


# ---- raise_alerts


def test_each_channel_of_a_matched_watch_is_promised_one_alert_however_often_the_word_stands_there() -> None:
    alerts = raised(watch(channels=(PHONE, MAIL, PHONE)), matches=(match(), match()))
    assert [each.channel for each in alerts] == [PHONE, MAIL]


def test_a_watch_that_was_not_found_or_has_no_channels_promises_nothing() -> None:
    alerts = raised(watch("idlib", channels=()), watch("crossings"), watch("harim"), matches=(match("idlib"), match("harim")))
    assert {each.watch_id for each in alerts} == {"harim"}


def test_the_key_is_one_promises_and_no_others() -> None:
    first = raised()
    assert [each.key for each in first] == [each.key for each in raised(waits_for_text=False)]
    # a database that is begun anew counts its stories from one again
    others = raised(watch("other"), matches=(match("other"),)) + raised(subject="item:7") + raised(now=NOON + timedelta(days=3))
    keys = {each.key for each in first + others}
    assert len(keys) == len(first + others)
    assert all(len(key) == 32 and int(key, 16) >= 0 for key in keys)


@pytest.mark.parametrize(
    ("now", "urgent", "waits", "until"),
    [
        ("2026-11-23 12:00", False, True, "2026-11-23 12:00:30"),
        ("2026-11-23 12:00", False, False, "2026-11-23 12:00"),
        ("2026-11-23 12:00", True, True, "2026-11-23 12:00"),
        ("2026-11-23 23:00", False, False, "2026-11-24 06:00"),
        ("2026-11-23 23:00", True, True, "2026-11-23 23:00"),
        ("2026-11-24 05:59", False, True, "2026-11-24 06:00"),
        ("2026-11-24 06:00", False, False, "2026-11-24 06:00"),
        ("2026-11-23 21:59:50", False, True, "2026-11-24 06:00"),
        ("2026-11-23 21:59:50", False, False, "2026-11-23 21:59:50"),
    ],
)
def test_an_alert_is_held_for_its_text_and_through_quiet_hours_unless_it_is_urgent(
    now: str,
    until: str,
    *,
    urgent: bool,
    waits: bool,
) -> None:
    zone = "Asia/Damascus"
    alerts = raised(watch(urgent=urgent), now=at(now, zone), rules=NIGHT, timezone=zone, waits_for_text=waits)
    assert {each.hold_until for each in alerts} == {at(until, zone)}


def test_what_one_night_held_goes_out_as_one_and_what_another_held_does_not_join_it() -> None:
    batches = [raised(now=at(now), rules=NIGHT)[0].batch for now in ("2026-11-23 22:00", "2026-11-24 05:00", "2026-11-24 22:00")]
    assert batches[0] is not None
    assert batches[0] == batches[1] != batches[2]
    assert raised(now=NOON, rules=NIGHT)[0].batch is None
    assert raised(now=at("2026-11-23 22:00"), rules=NIGHT, batch="first poll of feed 3")[0].batch == "first poll of feed 3"


def test_an_urgent_alert_of_a_first_poll_does_not_share_a_batch_with_those_that_wait() -> None:
    watches = (watch("calm"), watch("hot", urgent=True), watch("hotter", urgent=True))
    found = tuple(match(each.id) for each in watches)
    calm, hot, hotter = (
        each.batch for each in raised(*watches, matches=found, batch="first poll of feed 3") if each.channel == PHONE
    )
    assert calm == "first poll of feed 3"
    assert hot == hotter not in {calm, None}


# ---- quiet hours


@pytest.mark.parametrize(
    ("zone", "quiet", "now", "fold", "until"),
    [
        # quiet by day, and by night past midnight
        ("UTC", (13 * 60, 14 * 60), "2026-11-23 13:30", 0, "2026-11-23T14:00"),
        ("UTC", (13 * 60, 14 * 60), "2026-11-23 14:00", 0, "2026-11-23T14:00"),
        ("UTC", (22 * 60, 24 * 60), "2026-11-23 22:30", 0, "2026-11-24T00:00"),
        ("UTC", (0, 0), "2026-11-23 00:00", 0, "2026-11-23T00:00"),
        # Berlin's clocks go from 02:00 to 03:00 on 29 March 2026: a night of seven hours, and an end that does not exist
        ("Europe/Berlin", (22 * 60, 6 * 60), "2026-03-28 23:00", 0, "2026-03-29T04:00"),
        ("Europe/Berlin", (22 * 60, 2 * 60 + 30), "2026-03-28 23:00", 0, "2026-03-29T01:30"),
        # and from 03:00 to 02:00 on 25 October: an end that comes twice
        ("Europe/Berlin", (22 * 60, 2 * 60 + 30), "2026-10-25 02:10", 0, "2026-10-25T00:30"),
        ("Europe/Berlin", (22 * 60, 2 * 60 + 30), "2026-10-25 02:10", 1, "2026-10-25T01:30"),
    ],
)
def test_quiet_hours_end_when_the_clock_on_the_wall_says_so(
    zone: str, quiet: tuple[int, int], now: str, fold: int, until: str
) -> None:
    assert allowed(at(now, zone, fold), rules=AlertRules(quiet=quiet), timezone=zone) == at(until)


zones = st.sampled_from(
    ["UTC", "Asia/Damascus", "Europe/Berlin", "Asia/Beirut", "America/St_Johns", "Pacific/Apia", "Asia/Kathmandu"]
)
moments = st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - st wants them naive


@given(moment=moments, zone=zones, start=st.integers(0, 1439), length=st.integers(1, 12 * 60))
def test_quiet_hours_never_hasten_an_alert_and_never_let_it_out_into_themselves(
    moment: datetime,
    zone: str,
    start: int,
    length: int,
) -> None:
    rules = AlertRules(quiet=(start, (start + length) % 1440))
    goes = allowed(moment, rules=rules, timezone=zone)
    assert moment <= goes <= moment + timedelta(hours=26)
    assert allowed(goes, rules=rules, timezone=zone) == goes


# ---- first poll


def test_h17_a_feeds_first_poll_tells_what_is_of_the_last_day_and_later_polls_tell_all() -> None:
    def told(published: datetime | None, *, first_poll: bool) -> bool:
        return is_told(published, first_poll=first_poll, now=NOON, rules=AlertRules())

    day = timedelta(hours=24)
    assert told(NOON - day, first_poll=True)
    assert told(NOON + timedelta(hours=3), first_poll=True)
    assert not told(NOON - day - timedelta(seconds=1), first_poll=True)
    assert not told(None, first_poll=True)
    assert told(NOON - 30 * day, first_poll=False)
    assert told(None, first_poll=False)


# ---- plan


def kinds(bundles: tuple[Bundle, ...]) -> list[tuple[str, int]]:
    return [(each.kind, len(each.alerts)) for each in bundles]


def test_few_alerts_of_a_first_poll_go_one_by_one_and_many_as_one() -> None:
    five = tuple(open_alert(number, batch="feed:3") for number in range(5))
    assert kinds(plan(five, sent_last_hour=0, rules=AlertRules())) == [("one", 1)] * 5
    six = (*five, open_alert(5, batch="feed:3"), open_alert(6, batch="feed:4"), open_alert(7))
    assert kinds(plan(six, sent_last_hour=0, rules=AlertRules())) == [("first_poll", 6), ("one", 1), ("one", 1)]


def test_what_a_night_held_goes_out_as_one() -> None:
    night = raised(now=at("2026-11-23 23:00"), rules=NIGHT)[0].batch
    held = tuple(open_alert(number, batch=night) for number in range(2))
    assert kinds(plan((*held, open_alert(3)), sent_last_hour=0, rules=AlertRules())) == [("summary", 2), ("one", 1)]
    assert kinds(plan(held[:1], sent_last_hour=0, rules=AlertRules())) == [("one", 1)]


def test_h17_the_message_past_the_limit_is_one_summary_and_then_there_is_silence_until_the_hour_has_passed() -> None:
    flood = tuple(open_alert(number, minutes=number) for number in range(5000))
    rules = AlertRules(max_per_hour=12)
    assert kinds(plan(flood, sent_last_hour=0, rules=rules)) == [("one", 1)] * 12 + [("summary", 4988)]
    assert kinds(plan(flood, sent_last_hour=12, rules=rules)) == [("summary", 5000)]
    assert plan(flood, sent_last_hour=13, rules=rules) == ()


def test_an_urgent_alert_comes_first_passes_the_limit_and_is_never_buried_in_a_summary() -> None:
    alerts = (*(open_alert(number) for number in range(4)), open_alert(9, urgent=True, minutes=5))
    rules = AlertRules(max_per_hour=1)
    assert [(each.kind, [one.id for one in each.alerts]) for each in plan(alerts, sent_last_hour=0, rules=rules)] == [
        ("one", [9]),
        ("one", [0]),
        ("summary", [1, 2, 3]),
    ]
    assert [each.alerts[0].id for each in plan(alerts, sent_last_hour=2, rules=rules)] == [9]


open_alerts = st.lists(
    st.builds(
        lambda batch, urgent, minutes: (batch, urgent, minutes),
        st.sampled_from([None, None, "feed:1", "feed:2", "quiet:2026-11-24T06:00Z"]),
        st.booleans(),
        st.integers(0, 90),
    ),
    max_size=40,
).map(lambda rows: tuple(open_alert(n, batch=b, urgent=u, minutes=m) for n, (b, u, m) in enumerate(rows)))


@given(alerts=open_alerts, sent=st.integers(0, 16), limit=st.integers(0, 14))
def test_no_alert_is_told_twice_none_is_lost_and_the_limit_holds(alerts: tuple[OpenAlert, ...], sent: int, limit: int) -> None:
    bundles = plan(alerts, sent_last_hour=sent, rules=AlertRules(max_per_hour=limit))
    told = [each.id for bundle in bundles for each in bundle.alerts]
    calm = [bundle for bundle in bundles if not bundle.is_urgent]
    assert len(told) == len(set(told))
    assert {each.id for each in alerts if each.urgent} <= set(told)
    assert sent > limit or set(told) == {each.id for each in alerts}
    assert not calm or sent + len(calm) <= limit + 1
    assert not any(bundle.is_urgent for bundle in bundles if bundle.kind == "summary")
    assert [bundle.is_urgent for bundle in bundles] == sorted((bundle.is_urgent for bundle in bundles), reverse=True)
    assert all((bundle.kind == "one") == (len(bundle.alerts) == 1) for bundle in bundles)


@given(alerts=open_alerts)
def test_the_plan_does_not_depend_on_the_order_in_which_alerts_are_read(alerts: tuple[OpenAlert, ...]) -> None:
    rules = AlertRules()
    assert plan(alerts[::-1], sent_last_hour=5, rules=rules) == plan(alerts, sent_last_hour=5, rules=rules)


# ---- next_try


def later(tries: int, *, asked: timedelta | None = None, jitter: float = 0.5, age: timedelta = timedelta(0)) -> timedelta | None:
    when = next_try(tries, raised_at=NOON - age, now=NOON, retry_after=asked, jitter=jitter)
    return None if when is None else when - NOON


def test_tries_come_at_doubling_distances_from_half_a_minute_to_an_hour() -> None:
    assert [later(tries) for tries in (1, 2, 3)] == [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2)]
    assert later(8) == later(100_000) == timedelta(hours=1)
    assert later(1, jitter=0.0) == timedelta(seconds=24)


def test_what_the_server_asks_for_is_kept_to_up_to_a_day() -> None:
    assert later(1, asked=timedelta(minutes=7)) == timedelta(minutes=7)
    assert later(8, asked=timedelta(minutes=7)) == timedelta(hours=1)
    assert later(1, asked=timedelta(days=300)) == timedelta(days=1)
    assert later(1, asked=timedelta(seconds=-5)) == timedelta(seconds=30)


def test_a_promise_is_given_up_after_five_days() -> None:
    assert later(200, age=timedelta(days=5) - timedelta(seconds=1)) is not None
    assert later(1, age=timedelta(days=5)) is None


@given(tries=st.integers(1, 500), jitter=st.floats(0, 1, exclude_max=True))
def test_a_try_is_never_further_off_than_72_minutes_unless_the_server_asks(tries: int, jitter: float) -> None:
    wait = later(tries, jitter=jitter)
    assert wait is not None
    assert timedelta(seconds=24) <= wait <= timedelta(minutes=72)


def test_a_bundle_is_urgent_if_any_of_its_alerts_is() -> None:
    calm = open_alert(1)
    assert Bundle(alerts=(calm, replace(calm, urgent=True)), kind="first_poll").is_urgent
    assert not Bundle(alerts=(calm,), kind="one").is_urgent
