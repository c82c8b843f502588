"""One digest for each local period: two years of hourly looks at clocks that jump, on machines that sleep and are restarted.

What is expected is counted from the calendar: every nominal local time once, skipped or doubled, due when a clock that is looked
at every minute first shows it or has passed it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from ledgers import NOON, Ledger, config_of
from sqlite_utils import Database

from monitor.model import MAIN, Digest, DigestPlan, PlanId, PlanLife, SentWords, Watch, WatchId
from monitor.period import MOST, Owed, last_due, owed
from monitor.pipeline import brief_due, due_windows
from monitor.store import Writing
from monitor.store.schema import migrations

ZONES = ["Europe/Berlin", "Asia/Beirut", "Africa/Cairo", "America/Santiago", "Australia/Lord_Howe", "UTC"]
START, STOP = datetime(2025, 1, 1, 0, 7, tzinfo=UTC), datetime(2027, 1, 1, 0, 7, tzinfo=UTC)
HOUR, MINUTE, DAY, NONE = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1), timedelta()
WORDS = SentWords(subject="", text="", mail="", payload="")
Nominal = Callable[[datetime], Iterator[datetime]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A plan, and the local times of one day that it names, told without it."""

    plan: DigestPlan
    of_day: Nominal

    @property
    def name(self) -> str:
        return self.plan.cron or " ".join(self.plan.at)


def rule(*hours: str, cron: str | None = None, on: int | None = None) -> Rule:
    """Make one: at these hours, every day or on one weekday (0 is Monday); as ``at``, or as a cron line that says the same."""

    def of_day(day: datetime) -> Iterator[datetime]:
        for hour in hours if on in (None, day.weekday()) else ():
            yield datetime.fromisoformat(f"{day:%Y-%m-%d}T{hour}")

    plan = DigestPlan(at=() if cron else hours, cron=cron, formats=(), send=(), directory="digest")
    return Rule(plan, of_day)


MIDNIGHT, NIGHT, TWICE = rule("00:00"), rule("02:30"), rule("06:00", "18:00")
WEEKLY = rule("00:00", cron="0 0 * * mon", on=0)
SIX_TIMES = rule(*(f"{hour:02}:30" for hour in range(0, 24, 4)), cron="30 */4 * * *")
HOURLY = rule(*(f"{hour:02}:00" for hour in range(24)), cron="0 * * * *")


def shown(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)


def first_shown(nominal: datetime, zone: ZoneInfo) -> datetime:
    """Give when a clock first shows a local time, or has passed it without."""
    as_utc = nominal.replace(tzinfo=UTC)
    offsets = {(as_utc + side).astimezone(zone).utcoffset() or timedelta() for side in (-DAY, DAY)}
    guesses = sorted(as_utc - offset for offset in offsets)
    right = [guess for guess in guesses if shown(guess, zone) == nominal]
    at = right[0] if right else guesses[0] - 2 * HOUR
    while shown(at, zone) < nominal:
        at += MINUTE
    return at


def expected(each: Rule, zone: str, start: datetime, stop: datetime) -> dict[datetime, str]:
    """Give the periods that are due from ``start`` to ``stop``. Two local times that a gap pushes onto one instant are one."""
    days = (shown(start, ZoneInfo(zone)) + number * DAY for number in range(-1, (stop - start).days + 2))
    nominal = sorted(time for day in days for time in each.of_day(day))
    due = {first_shown(time, ZoneInfo(zone)): f"{time:%Y-%m-%dT%H:%M}" for time in nominal}
    return {at: name for at, name in due.items() if start <= at <= stop}


def in_memory() -> Database:
    database = Database(memory=True)
    migrations.apply(database)
    return database


@dataclass(slots=True)
class Monitor:
    """What the monitor does about its digests, on a real database in memory.

    ``made``: how often it stored one; ``real``: when it was, of each period, by a clock that is right.
    """

    plan: DigestPlan
    zone: str
    tx: Writing = field(default_factory=lambda: Writing(in_memory()))
    made: int = 0
    real: dict[datetime, datetime] = field(default_factory=dict)

    def start(self, now: datetime) -> None:
        self.tx.bound_waits(now)
        self.tx.sync_plans({self.plan.id: f"{self.plan.at} {self.plan.cron} {self.zone}"}, now)
        self.tx.start_run("abc123", now)

    def look(self, now: datetime, *, ahead: timedelta = NONE) -> None:
        life = self.tx.plan_life(self.plan.id, now + ahead)
        assert life
        for one in owed(self.plan, self.zone, life, now=now + ahead):
            self.keep(one, now + ahead)
            self.real[one.period.at] = now

    def keep(self, one: Owed, now: datetime) -> None:
        digest = Digest(
            title="Desk",
            timezone=self.zone,
            period=one.period.name,
            start=one.start,
            stop=one.stop,
            late=one.late,
            watches=(),
            gaps=(),
            outlets=(),
            items_read=0,
            config_fingerprint="abc123",
            version="0",
            plan=self.plan.id,
        )
        facts = {"is_asked": False, "now": now, "sent": WORDS, "files": {}, "counts": "{}", "send": ()}
        assert self.tx.add_digest(digest, due_at=one.period.at, **facts), one  # type: ignore[arg-type]
        self.made += 1

    def rows(self, until: datetime = STOP) -> list[tuple[datetime, str, datetime, datetime, datetime]]:
        """Give due, period, start, stop, made of the digests that were due up to then."""
        query = "SELECT due_at, start_at, stop_at, made_at, period FROM digest WHERE due_at <= ? ORDER BY due_at"
        found = self.tx.db.execute(query, [int(until.timestamp())]).fetchall()
        return [(*(datetime.fromtimestamp(moment, UTC) for moment in row[:4]), row[4]) for row in found]  # type: ignore[misc]


def is_whole(monitor: Monitor, wanted: dict[datetime, str], until: datetime = STOP) -> None:
    """Check that each period has its digest, and that the windows leave nothing out and tell nothing twice."""
    rows = monitor.rows(until)
    assert {row[0]: row[4] for row in rows} == wanted
    assert len(rows) == len(wanted)
    assert all(before[2] == after[1] for before, after in pairwise(rows))
    assert all(start < stop and due <= stop <= made for due, start, stop, made, _ in rows)


def asleep(dice: random.Random, longest: int) -> timedelta:
    """Say for how long the machine sleeps from now on: mostly not at all, at times for many hours."""
    return timedelta() if dice.random() > 0.02 else dice.randint(1, longest) * HOUR


def walk(each: Rule, zone: str, longest: int) -> Monitor:
    """Look every hour that the machine is awake, for two years."""
    dice = random.Random(f"{zone} {each.name}")
    monitor = Monitor(each.plan, zone)
    monitor.start(START)
    now = START
    while now < STOP:
        monitor.look(now)
        now += HOUR
        if nap := asleep(dice, longest):
            now += nap
            if dice.random() < 0.5:
                monitor.start(now)
    monitor.look(STOP)
    return monitor


@pytest.mark.untraced
@pytest.mark.parametrize("each", [MIDNIGHT, NIGHT, TWICE, WEEKLY], ids=lambda each: each.name)
@pytest.mark.parametrize("zone", ZONES)
def test_l10_every_local_period_of_two_years_has_one_digest(zone: str, each: Rule) -> None:
    monitor = walk(each, zone, longest=20 * 24)
    wanted = expected(each, zone, START, STOP)
    is_whole(monitor, wanted)
    assert monitor.made == len(wanted)


@pytest.mark.untraced
@pytest.mark.parametrize("each", [SIX_TIMES, HOURLY], ids=lambda each: each.name)
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.long
def test_l10_every_hour_of_two_years_has_one_digest(zone: str, each: Rule) -> None:
    monitor = walk(each, zone, longest=90)
    wanted = expected(each, zone, START, STOP)
    is_whole(monitor, wanted)
    assert monitor.made == len(wanted)


@pytest.mark.untraced
@pytest.mark.parametrize("each", [SIX_TIMES, HOURLY], ids=lambda each: each.name)
@pytest.mark.parametrize("zone", ZONES)
def test_l10_the_hours_round_each_change_of_the_clocks_have_one_digest_each(zone: str, each: Rule) -> None:
    for day in range((STOP - START).days):
        start = START + day * DAY
        if shown(start, ZoneInfo(zone)) + 3 * DAY == shown(start + 3 * DAY, ZoneInfo(zone)):
            continue
        monitor = Monitor(each.plan, zone)
        monitor.start(start)
        dice = random.Random(f"{zone} {day}")
        now = start
        while now < start + 4 * DAY:
            now += dice.choice((1, 1, 1, 2, 30)) * HOUR
            monitor.look(now)
        is_whole(monitor, expected(each, zone, start, now), now)


@pytest.mark.untraced
@pytest.mark.parametrize("each", [NIGHT, TWICE], ids=lambda each: each.name)
@pytest.mark.parametrize("zone", ["Europe/Berlin", "Africa/Cairo", "Australia/Lord_Howe"])
def test_l09_a_clock_that_runs_ahead_and_comes_back_costs_no_period_its_digest(zone: str, each: Rule) -> None:
    dice = random.Random(f"ahead {zone} {each.name}")
    ends = START + 300 * DAY
    wanted = expected(each, zone, START, ends)
    monitor = Monitor(each.plan, zone)
    monitor.start(START)
    now, ahead, past = START, NONE, START
    too_soon: set[datetime] = set()
    while now < ends:
        now += HOUR
        if not ahead:
            for at in [at for at in wanted if now - HOUR < at <= now]:
                # a monitor looks every few seconds
                monitor.look(at + timedelta(seconds=10))
        monitor.look(now, ahead=ahead)
        if ahead and dice.random() < 0.3:
            # what was made of the future is made again as it comes, by a machine that is awake then
            past, ahead = max(past, now + ahead), NONE
            too_soon |= {due for due, _, _, made, _ in monitor.rows(past) if made > now + MINUTE}
            if dice.random() < 0.5:
                monitor.start(now)
            monitor.look(now)
        elif not ahead and now > past:
            now += asleep(dice, 100)
            ahead = dice.choice((0,) * 60 + (1, 5, 30, 200)) * HOUR
    monitor.look(now)
    is_whole(monitor, {**wanted, **expected(each, zone, ends, now)}, now)
    made_again = {due for due in too_soon if due <= now}
    assert made_again
    assert all(monitor.real[due] >= due for due in made_again)


def life(since: datetime, told_to: datetime | None, *, added_at: datetime = START) -> PlanLife:
    return PlanLife(added_at=added_at, since=since, told_to=told_to, first_run=START)


def names(plan: DigestPlan, of: PlanLife, now: datetime) -> list[str]:
    return [f"{one.period.name} {one.start:%dT%H:%M}-{one.stop:%dT%H:%M}" for one in owed(plan, "UTC", of, now=now)]


def test_l09_a_clock_that_is_wrong_by_a_year_makes_no_thousands_of_digests() -> None:
    told_to = START + DAY
    due = owed(HOURLY.plan, "UTC", life(START, told_to), now=told_to + 365 * DAY)
    assert len(due) == MOST
    assert due[0].start == told_to
    assert [one.period.at for one in due] == [due[-1].period.at - back * HOUR for back in range(MOST - 1, -1, -1)]
    assert due[-1].stop == told_to + 365 * DAY


def test_many_times_that_a_gap_pushes_onto_one_instant_count_once() -> None:
    told_to = datetime(2026, 3, 29, 0, 10, tzinfo=UTC)
    every_minute = rule(cron="* * * * *").plan
    due = owed(every_minute, "Europe/Berlin", life(START, told_to), now=told_to + 80 * MINUTE)
    assert [one.period.at for one in due] == [told_to + number * MINUTE for number in range(1, 81)]


def test_a_time_that_comes_twice_is_due_from_the_first_on() -> None:
    # 02:07 for the second time, and 02:30 was an hour before 02:30
    period = last_due(NIGHT.plan, "Europe/Berlin", datetime(2026, 10, 25, 1, 7, tzinfo=UTC))
    assert period
    assert period.name == "2026-10-25T02:30"


def test_what_was_missed_is_late_and_ends_at_its_own_hour_but_the_newest() -> None:
    now = datetime(2025, 3, 9, 18, 0, 9, tzinfo=UTC)
    due = owed(TWICE.plan, "UTC", life(START, now - DAY), now=now)
    assert [(one.period.name, one.late) for one in due] == [("2025-03-09T06:00", True), ("2025-03-09T18:00", False)]
    assert [one.stop for one in due] == [due[0].period.at, now]


def test_what_was_due_before_the_first_run_was_not_missed() -> None:
    first = datetime(2025, 3, 9, 17, 59, tzinfo=UTC)
    fresh = replace(life(first, None, added_at=first), first_run=first)
    assert names(TWICE.plan, fresh, first) == []
    assert names(TWICE.plan, fresh, first + MINUTE) == ["2025-03-09T18:00 09T17:59-09T18:00"]


def test_a_digest_that_is_new_in_the_config_owes_nothing_of_before_and_tells_of_a_whole_period() -> None:
    added = datetime(2025, 3, 12, 12, 0, tzinfo=UTC)
    fresh = life(added, None, added_at=added)
    assert names(WEEKLY.plan, fresh, added + DAY) == []
    assert names(WEEKLY.plan, fresh, datetime(2025, 3, 17, 0, 0, tzinfo=UTC)) == ["2025-03-17T00:00 10T00:00-17T00:00"]


def test_one_that_comes_back_into_the_config_begins_anew_and_tells_nothing_twice() -> None:
    added = datetime(2025, 3, 12, 12, 0, tzinfo=UTC)
    now = datetime(2025, 3, 17, 0, 0, tzinfo=UTC)
    assert names(WEEKLY.plan, life(added, START + DAY, added_at=added), now) == ["2025-03-17T00:00 10T00:00-17T00:00"]
    assert names(WEEKLY.plan, life(added, added - DAY, added_at=added), now) == ["2025-03-17T00:00 11T12:00-17T00:00"]


def test_other_times_owe_one_digest_for_all_that_was_due_before_them() -> None:
    told_to = datetime(2025, 3, 9, 6, 0, 5, tzinfo=UTC)
    changed = datetime(2025, 3, 9, 19, 30, tzinfo=UTC)
    assert names(HOURLY.plan, life(changed, told_to), changed + HOUR) == [
        "2025-03-09T19:00 09T06:00-09T19:00",
        "2025-03-09T20:00 09T19:00-09T20:30",
    ]


def test_a_plan_that_was_first_seen_by_a_clock_since_set_back_owes_the_newest_alone() -> None:
    now = datetime(2025, 3, 9, 19, 30, tzinfo=UTC)
    wrong = life(now + 300 * DAY, None, added_at=now + 300 * DAY)
    assert names(TWICE.plan, replace(wrong, first_run=now + 300 * DAY), now) == ["2025-03-09T18:00 09T06:00-09T19:30"]


# ---------------------------------------------------------------------------------------------- the line and its channels


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    folder = tmp_path / "digest"
    plan = DigestPlan(
        at=("02:30",), cron=None, formats=("md",), send=(config_of("desk", watches=()).channels[0].id,), directory=str(folder)
    )
    weekly = replace(plan, id=PlanId("weekly"), at=(), cron="0 0 * * mon", directory=str(folder / "weekly"))
    watch = Watch(id=WatchId("idlib"), any=("Item",))
    config = replace(config_of("desk", watches=(watch,)), timezone="Europe/Berlin", digest=plan, digests=(weekly,))
    made = Ledger(path=tmp_path / "monitor.db", config=config)
    yield made
    made.close()


def look(ledger: Ledger) -> None:
    ledger.do(brief_due(ledger.line))
    ledger.tell()


def told(ledger: Ledger) -> list[str]:
    return [receipt.message.key.rsplit("-", 1)[0] for receipt in ledger.receipts["desk"]]


def test_l11_a_machine_that_sleeps_and_is_killed_sends_each_digest_once(ledger: Ledger) -> None:
    dice = random.Random(7)
    ledger.now = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
    ledger.kill()
    began = ledger.now
    while ledger.now < datetime(2026, 11, 30, 12, 0, tzinfo=UTC):
        ledger.raise_item("idlib")
        ledger.channels["desk"].mode = dice.choice(("take", "take", "take", "busy", "killed_before"))
        look(ledger)
        ledger.now += dice.choice((2, 5, 11, 50)) * HOUR
        if dice.random() < 0.2:
            ledger.kill()
    ledger.channels["desk"].mode = "take"
    look(ledger)
    ends = ledger.now
    ledger.wait(DAY, step=HOUR)
    for plan, each in ((MAIN, NIGHT), (PlanId("weekly"), WEEKLY)):
        wanted = expected(each, "Europe/Berlin", began, ends)
        rows = ledger.ask(f"SELECT due_at, start_at, stop_at FROM digest WHERE plan = '{plan}' ORDER BY due_at")
        assert [datetime.fromtimestamp(row[0], UTC) for row in rows] == list(wanted)
        assert all(before[2] == after[1] for before, after in pairwise(rows))
    assert sorted(told(ledger)) == sorted(set(told(ledger)))
    assert len(told(ledger)) == ledger.ask("SELECT count(*) FROM digest_delivery")[0][0]


def test_of_several_that_were_slept_through_an_empty_one_is_kept_and_not_sent(ledger: Ledger) -> None:
    ledger.now = NOON
    ledger.kill()
    ledger.now = NOON + DAY
    look(ledger)
    ledger.now += 13 * HOUR
    ledger.raise_item("idlib")
    ledger.now += 3 * DAY + 31 * MINUTE
    windows = ledger.do(due_windows(ledger.line, ledger.config.digest))
    assert [window.caught_up for window in windows] == [0, 0, 0, 3]
    look(ledger)
    rows = ledger.ask(
        "SELECT period, is_late, id IN (SELECT digest_id FROM digest_delivery) FROM digest WHERE plan = '' ORDER BY id"
    )
    assert rows == [
        ("2026-11-24T02:30", 1, 1),
        ("2026-11-25T02:30", 1, 1),
        ("2026-11-26T02:30", 1, 0),
        ("2026-11-27T02:30", 1, 0),
        ("2026-11-28T02:30", 0, 1),
    ]


def test_one_that_comes_back_into_the_config_tells_nothing_of_the_weeks_that_it_was_away(ledger: Ledger) -> None:
    whole = ledger.config
    ledger.now = NOON
    ledger.kill()
    ledger.now += 7 * DAY
    look(ledger)
    ledger.config = replace(whole, digests=())
    ledger.kill()
    for _ in range(19):
        ledger.raise_item("idlib")
        ledger.now += DAY
    ledger.config = whole
    ledger.kill()
    ledger.raise_item("idlib")
    # from Monday the 14th on the newest is of the week since the 7th
    ledger.now += 2 * DAY
    look(ledger)
    (words,) = ledger.ask(
        "SELECT words FROM digest JOIN digest_words ON digest_id = id AND form = 'md' WHERE period = '2026-12-21T00:00'"
    )
    assert {int(number) for number in re.findall(r"Item\W+(\d+)", words[0])} == set(range(15, 21))


def test_l09_what_was_found_by_a_clock_that_ran_a_year_ahead_is_in_the_next_digest(ledger: Ledger) -> None:
    ledger.now = NOON
    ledger.kill()
    ledger.now += DAY
    look(ledger)
    ledger.now += 365 * DAY
    ledger.raise_item("idlib")
    ledger.now -= 364 * DAY
    look(ledger)
    ledger.now += DAY
    look(ledger)
    told = ledger.ask("SELECT period FROM digest JOIN digest_story ON digest_id = id WHERE plan = ''")
    assert told == [("2026-11-25T02:30",)]
