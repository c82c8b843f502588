"""The store: what is written is there after a crash, once, and whole."""

from __future__ import annotations

import os
import random
import resource
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import AlreadyRunningError, RefusedError, StoreError
from monitor.model import (
    Alert,
    And,
    Called,
    ChannelId,
    Failure,
    Feed,
    FeedState,
    From,
    Gap,
    Hints,
    Item,
    ItemId,
    Match,
    Or,
    Outlet,
    OutletId,
    Piece,
    Rhythm,
    Validators,
    Watch,
    WatchId,
    Words,
)
from monitor.store import Reading, Store, Writing, holder, open_reader

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
OUTLET = Outlet(id=OutletId("orontes-post"), feeds=("https://orontes-post.example/feed.xml",), name="Orontes Post")
WATCH = Watch(id=WatchId("idlib"), any=("Idlib",), channels=(ChannelId("log"),))


def item(number: int, *, key: str | None = None) -> Item:
    return Item(
        keys=(key or f"g:{number}",),
        guid=str(number),
        link=f"https://orontes-post.example/{number}",
        canonical_url=f"orontes-post.example/{number}",
        title=f"Item {number}",
        summary="",
        author=None,
        published=NOW,
        published_raw=None,
        language="en",
    )


def match(field: str = "title") -> Match:
    return Match(
        watch_id=WATCH.id,
        field="title" if field == "title" else "text",
        term="Idlib",
        form="Idlib",
        start=0,
        stop=5,
        sentence="Idlib",
        mark_start=0,
        mark_stop=5,
    )


def alert(item_id: ItemId, *, hold: timedelta = timedelta(), batch: str | None = None) -> Alert:
    return Alert(
        watch_id=WATCH.id,
        channel=ChannelId("log"),
        item_id=item_id,
        subject=f"story:{item_id}",
        occasion="first",
        key=f"key-{item_id}",
        raised_at=NOW,
        hold_until=NOW + hold,
        batch=batch,
    )


def add(tx: Writing, feed: Feed, one: Item) -> ItemId | None:
    if tx.known_items(feed.id, one.keys):
        return None
    return tx.add_item(feed.id, one, now=NOW, is_baseline=False, is_first_poll=False, read_page=True, entry_hash=b"")[0]


def at_once(_place: int, _of: int) -> datetime:
    return NOW


def state_of(feed: Feed, **more: Any) -> FeedState:
    return FeedState(**({"feed": feed, "validators": Validators(), "due_at": NOW} | more))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = Store(tmp_path / "monitor.db")
    yield opened
    opened.close()


@pytest.fixture
async def feed(store: Store) -> Feed:
    return (await store.write(lambda tx: tx.sync((OUTLET,), (WATCH,), due=at_once)))[0]


async def test_an_item_is_stored_once_under_any_of_its_keys(store: Store, feed: Feed) -> None:
    first = await store.write(lambda tx: add(tx, feed, item(1)))
    again = await store.write(lambda tx: add(tx, feed, item(2, key="g:1")))
    assert first is not None
    assert again is None
    assert (
        await store.read(lambda reading: sum(items for _, items in reading.items_by_feed(NOW, NOW + timedelta(seconds=1)))) == 1
    )


async def test_a_promise_is_made_once(store: Store, feed: Feed) -> None:
    item_id = await store.write(lambda tx: add(tx, feed, item(1)))
    assert item_id
    made = [await store.write(lambda tx: tx.add_alerts((alert(item_id),), frozenset())) for _ in range(3)]
    assert made == [1, 0, 0]


async def test_a_unit_of_work_that_fails_leaves_nothing_and_harms_no_other(store: Store, feed: Feed) -> None:
    def broken(tx: Writing) -> None:
        add(tx, feed, item(1))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.write(broken)
    assert await store.write(lambda tx: add(tx, feed, item(2)))
    seen = await store.read(lambda reading: sum(items for _, items in reading.items_by_feed(NOW, NOW + timedelta(seconds=1))))
    assert seen == 1


async def test_a_batch_waits_until_none_of_it_is_held_back(store: Store, feed: Feed) -> None:
    def unit(tx: Writing) -> None:
        for number, hold in ((1, 0), (2, 30)):
            item_id = add(tx, feed, item(number))
            assert item_id
            tx.add_matches(item_id, (match(),), now=NOW, config="abc")
            tx.add_alerts((alert(item_id, hold=timedelta(seconds=hold), batch="first poll"),), frozenset())

    await store.write(unit)
    channel = ChannelId("log")
    assert await store.read(lambda reading: reading.open_alerts(channel, NOW)) == ()
    later = await store.read(lambda reading: reading.open_alerts(channel, NOW + timedelta(seconds=30)))
    assert [one.finding.title for one in later] == ["Item 1", "Item 2"]
    assert later[0].finding.matches == (match(),)


async def test_a_batch_of_thousands_is_looked_through_once(store: Store, feed: Feed) -> None:
    def unit(tx: Writing) -> None:
        item_id = add(tx, feed, item(1))
        assert item_id
        many = (replace(alert(item_id, batch="look back: idlib"), subject=f"story:{n}", key=f"key-{n}") for n in range(2_000))
        tx.add_alerts(tuple(many), frozenset())

    def counted(reading: Reading) -> tuple[int, int]:
        steps: list[None] = []
        reading.db.conn.set_progress_handler(lambda: steps.append(None), 1_000)
        found = len(reading.open_alerts(ChannelId("log"), NOW))
        reading.db.conn.set_progress_handler(None, 0)
        return found, len(steps)

    await store.write(unit)
    found, thousands = await store.read(counted)
    assert found == 2_000
    # each compared with each other: some twenty million steps of the database's own machine
    assert thousands < 2_000


async def test_a_watch_of_more_outlets_than_a_query_can_name_hides_no_other(store: Store) -> None:
    outlets = tuple(From(kind="outlet", value=f"orontes-post-{number}") for number in range(1_500))
    query = And(parts=(Words(text="Idlib"), Or(parts=outlets)))
    await store.write(lambda tx: tx.sync((), (WATCH, Watch(id=WatchId("wide"), query=query)), due=at_once))
    assert await store.read(lambda reading: set(reading.watches_in_force())) == {WATCH.id}


async def test_what_the_full_text_denies_is_withdrawn_unless_somebody_was_told(store: Store, feed: Feed) -> None:
    def unit(tx: Writing) -> tuple[ItemId, ItemId]:
        ids = [add(tx, feed, item(number)) for number in (1, 2)]
        assert ids[0]
        assert ids[1]
        for item_id in (ids[0], ids[1]):
            tx.add_matches(item_id, (match(),), now=NOW, config="abc")
            tx.add_alerts((alert(item_id),), frozenset())
        opened = tx.open_alerts(ChannelId("log"), NOW)
        tx.remember_delivery((opened[0].id,), message="m", now=NOW, reason=None, next_try=None)
        for item_id in (ids[0], ids[1]):
            tx.withdraw(item_id, [WATCH.id])
            tx.drop_matches(item_id, [WATCH.id])
        return ids[0], ids[1]

    told, untold = await store.write(unit)
    assert await store.read(lambda reading: reading.matches(told, WATCH.id)) == (match(),)
    assert await store.read(lambda reading: reading.matches(untold, WATCH.id)) == ()
    assert await store.read(lambda reading: reading.open_alerts(ChannelId("log"), NOW)) == ()


async def test_an_outlet_taken_out_of_the_config_rests_and_keeps_its_items(store: Store, feed: Feed) -> None:
    await store.write(lambda tx: add(tx, feed, item(1)))
    await store.write(lambda tx: tx.sync((), (), due=at_once))
    assert await store.read(lambda reading: reading.due_feeds(NOW, 10, each=9)) == ()
    assert (
        await store.read(lambda reading: sum(items for _, items in reading.items_by_feed(NOW, NOW + timedelta(seconds=1)))) == 1
    )
    back = await store.write(lambda tx: tx.sync((OUTLET,), (WATCH,), due=at_once))
    assert back[0].id == feed.id


async def test_a_feed_remembers_its_failures_and_forgets_them_with_an_answer(store: Store, feed: Feed) -> None:
    failure = Failure(kind="http", detail="503 Service Unavailable")
    for minute in (1, 2):
        now = NOW + timedelta(minutes=minute)
        await store.write(lambda tx, now=now: tx.remember_failure(state_of(feed), failure, now=now, due_at=now, strikes=0))
    own = Failure(kind="local", detail="no network", local=True)
    await store.write(lambda tx: tx.remember_failure(state_of(feed), own, now=NOW, due_at=NOW, strikes=0))
    state = (await store.read(lambda reading: reading.states()))[0]
    assert (state.failures, state.failing_since) == (2, NOW + timedelta(minutes=1))
    await store.write(
        lambda tx: tx.remember_answer(state_of(feed, validators=Validators(etag='"a"'), answered_at=NOW), title="Orontes")
    )
    state = (await store.read(lambda reading: reading.states()))[0]
    assert (state.failures, state.failing_since, state.reason, state.validators.etag) == (0, None, None, '"a"')


async def test_l09_a_feed_polled_by_a_clock_since_set_back_is_due(store: Store, feed: Feed) -> None:
    ahead = NOW + timedelta(days=30)
    await store.write(
        lambda tx: tx.remember_answer(state_of(feed, polled_at=ahead, due_at=ahead + timedelta(minutes=15)), title=None)
    )
    assert [state.feed.id for state in await store.read(lambda reading: reading.due_feeds(NOW, 10, each=9))] == [feed.id]


@pytest.mark.usefixtures("store")
async def test_a_second_instance_is_told_who_runs(tmp_path: Path) -> None:
    with pytest.raises(AlreadyRunningError, match=f"pid {os.getpid()}"):
        Store(tmp_path / "monitor.db")
    assert holder(tmp_path / "monitor.db") == os.getpid()


async def test_the_lock_goes_with_the_process(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    Store(path).close()
    assert holder(path) is None
    Store(path).close()


_WRITING = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from monitor.store import Store
async def main():
    store = Store(Path(sys.argv[1]))
    while True:
        number = await store.write(lambda tx: tx.start_run("x" * 500, datetime.now(UTC)))
        print(number, flush=True)
asyncio.run(main())
"""


@pytest.mark.parametrize("kills", [3, pytest.param(120, marks=pytest.mark.long)])
def test_l02_an_acknowledged_write_survives_kill_9(tmp_path: Path, kills: int) -> None:
    path, dice = tmp_path / "monitor.db", random.Random(kills)
    for _ in range(kills):
        writing = subprocess.Popen([sys.executable, "-c", _WRITING, path], stdout=subprocess.PIPE, text=True)
        assert writing.stdout is not None
        for _ in range(dice.randint(1, 60)):
            assert writing.stdout.readline()
        writing.kill()
        *_, last = writing.communicate()[0].split() or ["1"]
        db = open_reader(path)
        assert db.execute("SELECT count(*) FROM run").fetchone()[0] >= int(last)
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        db.close()


@pytest.mark.parametrize("content", [b"", b"garbage" * 100, b"SQLite format 3\0" + b"\xff" * 52 + b"MON1" + b"\xff" * 4096])
def test_l07_a_damaged_database_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "monitor.db"
    path.write_bytes(content)
    with pytest.raises(RefusedError, match="the database is damaged"):
        Store(path)
    assert path.read_bytes() == content
    assert holder(path) is None


def test_l07_another_programs_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    foreign = sqlite3.connect(path)
    foreign.execute("PRAGMA application_id = 1234")
    foreign.execute("CREATE TABLE theirs (a)")
    foreign.close()
    with pytest.raises(RefusedError, match="another program"):
        Store(path)


def test_l22_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    Store(path).close()
    newer = sqlite3.connect(path)
    newer.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('monitor', 'm999_later', '2030')")
    newer.commit()
    newer.close()
    with pytest.raises(RefusedError, match="newer version"):
        Store(path)


@pytest.mark.parametrize("room", [0, 8192])
def test_l05_a_full_disk_is_no_missing_permission_and_is_tried_again(tmp_path: Path, room: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        with pytest.raises(StoreError):
            Store(tmp_path / "monitor.db")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    Store(tmp_path / "monitor.db").close()


def test_a_reader_without_a_database_says_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="monitor run"):
        open_reader(tmp_path / "monitor.db")


def test_the_database_is_for_its_owner_only(tmp_path: Path) -> None:
    Store(tmp_path / "monitor.db").close()
    assert (tmp_path / "monitor.db").stat().st_mode & 0o077 == 0


def test_every_table_is_strict_and_every_column_of_an_id_is_a_foreign_key(tmp_path: Path) -> None:
    Store(tmp_path / "monitor.db").close()
    db = open_reader(tmp_path / "monitor.db")
    tables = {
        row["name"]: row
        for row in db.query("SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
    }
    ours = {name for name in tables if not name.startswith(("sqlite_", "_sqlite"))}
    assert {"outlet", "feed", "poll", "item", "article", "story", "watch", "match", "alert", "delivery", "digest"} <= ours
    assert all(tables[name]["strict"] for name in ours)
    for name in ours:
        linked = {key.column for key in db.table(name).foreign_keys}
        assert {column.name for column in db.table(name).columns if column.name.endswith("_id")} == linked
    db.close()


async def test_polls_that_go_alike_are_one_line_of_the_history_and_old_lines_are_forgotten_in_steps(
    store: Store, feed: Feed
) -> None:
    def unit(tx: Writing) -> None:
        # minutes after the first, and new items; None: it failed
        for minute, new in (
            (0, 0),
            (1, 1),
            (2, 0),
            (3, 2),
            (4, None),
            (5, None),
            (6, 0),
            (7, 0),
            (3001, 0),
            (3002, 3),
            (3003, 0),
        ):
            now = NOW + timedelta(minutes=minute)
            state = state_of(feed, due_at=now - timedelta(seconds=min(minute, 60) if minute != 6 else 1))
            if new is None:
                tx.remember_failure(state, Failure(kind="dns", detail="x"), now=now, due_at=now, strikes=0)
            else:
                tx.add_poll(state, now=now, entries=1, new_items=new, size=1)

    await store.write(unit)
    query = "SELECT outcome, times, (until - at) / 60 AS span, late, new_items FROM poll ORDER BY id"
    history = await store.read(lambda reading: [tuple(row.values()) for row in reading.db.query(query)])
    assert history == [
        ("new items", 4, 3, 3, 3),
        ("failed", 2, 1, 5, 0),
        ("unchanged", 1, 0, 1, 0),
        ("unchanged", 2, 2994, 60, 0),
        ("new items", 2, 1, 60, 3),
    ]
    later = NOW + timedelta(days=3)
    assert await store.write(lambda tx: tx.forget_polls(later, 3)) == 3
    assert await store.write(lambda tx: tx.forget_polls(later, 3)) == 2


async def test_what_is_remembered_of_a_feed_comes_back_as_it_was(store: Store, feed: Feed) -> None:
    wanted = state_of(
        feed,
        validators=Validators(etag='"a"', last_modified="yesterday", body_hash="b" * 64),
        polled_at=NOW,
        answered_at=NOW,
        first_answered_at=NOW,
        full_at=NOW,
        unchanged_at=NOW,
        lied_at=NOW,
        newest_at=NOW,
        pace=timedelta(minutes=7),
        hints=Hints(ttl=timedelta(hours=1), skip_hours=frozenset({0, 23}), skip_days=frozenset({6})),
        moved_to="https://orontes-post.example/new.xml",
        moved_times=2,
    )
    pieces = (
        Piece(digest=b"d" * 16, called=Called(whole=b"w" * 8, guid=b"g" * 8, link=b"", day=b"y" * 8)),
        Piece(digest=b"e" * 16, called=Called(whole=b"v" * 8, guid=b"", link=b"l" * 8, day=b"")),
    )
    rhythm = Rhythm(hours=(0.5,) * 168, since=NOW - timedelta(days=9), counted_at=NOW)

    def unit(tx: Writing) -> None:
        tx.remember_answer(wanted, title=None)
        tx.remember_document(feed.id, pieces=pieces, rhythm=rhythm)

    await store.write(unit)
    (state,) = await store.read(lambda reading: reading.states())
    assert replace(state, feed=feed) == wanted
    assert await store.read(lambda reading: (reading.pieces(feed.id), reading.rhythm(feed.id))) == (pieces, rhythm)
    await store.write(lambda tx: tx.remember_document(feed.id, pieces=(), rhythm=Rhythm()))
    assert await store.read(lambda reading: (reading.pieces(feed.id), reading.rhythm(feed.id))) == ((), Rhythm())


async def test_a_host_that_asked_for_rest_holds_back_all_its_feeds_until_then(store: Store) -> None:
    two = Outlet(id=OutletId("a"), feeds=("https://a.example/1", "https://a.example/2", "https://b.example/1"))
    await store.write(lambda tx: tx.sync((two,), (), due=at_once))
    until = NOW + timedelta(minutes=5)
    await store.write(lambda tx: tx.rest_host("a.example:443", until=until, now=NOW))
    await store.write(lambda tx: tx.rest_host("a.example:443", until=until - timedelta(minutes=1), now=NOW))
    due = await store.read(lambda reading: [state.feed.url for state in reading.due_feeds(NOW, 9, each=9)])
    assert due == ["https://b.example/1"]
    assert await store.read(lambda reading: reading.resting_hosts(NOW)) == ({"a.example:443"}, {"a.example:443"})
    assert await store.read(lambda reading: reading.resting_hosts(until)) == (frozenset(), frozenset())
    assert len(await store.read(lambda reading: reading.due_feeds(until, 9, each=9))) == 3


async def test_what_our_own_trouble_kept_back_is_caught_up_with_over_a_while_and_nothing_else_is_moved(store: Store) -> None:
    urls = tuple(f"https://a.example/{number}" for number in range(40))
    feeds = await store.write(lambda tx: tx.sync((Outlet(id=OutletId("a"), feeds=urls),), (), due=at_once))
    own = Failure(kind="local", detail="no network", local=True)
    theirs = Failure(kind="http", detail="503 Service Unavailable")

    def unit(tx: Writing) -> None:
        for feed in feeds[:-1]:
            tx.remember_failure(state_of(feed), own, now=NOW, due_at=NOW, strikes=0)
        tx.remember_failure(state_of(feeds[-1]), theirs, now=NOW, due_at=NOW, strikes=0)
        tx.catch_up(now=NOW, within=timedelta(seconds=30))

    await store.write(unit)
    due = {state.feed.id: state.due_at - NOW for state in await store.read(lambda reading: reading.states())}
    assert due.pop(feeds[-1].id) == timedelta()
    assert max(due.values()) < timedelta(seconds=30)
    assert len(set(due.values())) > 5


async def test_what_scrolled_away_between_two_polls_is_a_gap_of_its_window(store: Store, feed: Feed) -> None:
    def unit(tx: Writing) -> None:
        for hour in (5, 7):
            missed = (NOW + timedelta(hours=hour - 2), NOW + timedelta(hours=hour - 1))
            tx.add_poll(state_of(feed), now=NOW + timedelta(hours=hour), entries=9, new_items=9, size=1, missed=missed)

    await store.write(unit)

    async def overflows(start: float, stop: float) -> tuple[Gap, ...]:
        return await store.read(lambda reading: reading.overflows(NOW + timedelta(hours=start), NOW + timedelta(hours=stop)))

    (gap,) = await overflows(0, 9)
    assert gap.feed
    assert (gap.kind, gap.feed.id, gap.count) == ("overflow", feed.id, 2)
    assert (gap.since, gap.until) == (NOW + timedelta(hours=3), NOW + timedelta(hours=6))
    assert await overflows(7.5, 9) == ()


async def test_l19_ten_thousand_outlets_that_did_not_change_are_taken_over_without_a_write(store: Store) -> None:
    outlets = tuple(Outlet(id=OutletId(f"o{number}"), feeds=(f"https://o{number}.example/",)) for number in range(10_000))
    first = await store.write(lambda tx: tx.sync(outlets, (), due=at_once))

    def again(tx: Writing) -> tuple[tuple[Feed, ...], int]:
        before = tx.db.conn.total_changes
        return tx.sync(outlets, (), due=at_once), tx.db.conn.total_changes - before

    second, writes = await store.write(again)
    assert first == second
    assert writes == 0


def test_the_readers_answers_are_the_same_on_a_read_only_connection(tmp_path: Path) -> None:
    Store(tmp_path / "monitor.db").close()
    db = open_reader(tmp_path / "monitor.db")
    reading = Reading(db)
    assert (reading.states(), reading.last_run(), reading.outbox().held, reading.watch_counts()) == ((), None, 0, ())
    with pytest.raises(sqlite3.OperationalError):
        db.execute("DELETE FROM item")
    db.close()


async def test_times_when_the_monitor_did_not_run_are_a_gap_and_short_rests_are_none(store: Store) -> None:
    def hours(number: float) -> datetime:
        return NOW + timedelta(hours=number)

    def unit(tx: Writing) -> None:
        # the life that began at 1.2 was killed, and showed itself last at 2
        for began, seen, ended in ((0, 1, 1), (1.2, 2, None), (5, 6, 6), (9, 20, None)):
            run = tx.start_run("abc", hours(began))
            assert tx.live_on(run, now=hours(seen), lull=timedelta(days=1)) == run
            if ended:
                tx.end_run(run, hours(ended))

    await store.write(unit)

    async def gap(start: float, stop: float) -> Gap | None:
        gaps = await store.read(lambda reading: reading.down_gaps(hours(start), hours(stop)))
        # that it began with the window is another matter
        return next((one for one in gaps if one.since), None)

    whole = await gap(0, 20)
    assert whole
    assert (whole.kind, whole.since, whole.until, whole.count) == ("down", hours(2), hours(9), 2)
    assert await gap(0, 1.9) is None
    assert await gap(9, 20) is None
    part = await gap(5.5, 8)
    assert part
    assert (part.since, part.until) == (hours(6), None)
    killed = await gap(9, 21)
    assert killed
    assert (killed.since, killed.until) == (hours(20), None)


async def test_pages_that_wait_for_long_to_be_read_are_a_gap_and_those_in_the_queue_are_none(store: Store, feed: Feed) -> None:
    later = NOW + timedelta(minutes=31)
    assert await store.read(lambda reading: reading.unread_gap(later)) is None
    await store.write(lambda tx: add(tx, feed, item(1)))
    assert await store.read(lambda reading: reading.unread_gap(NOW + timedelta(minutes=29))) is None
    gap = await store.read(lambda reading: reading.unread_gap(later))
    assert gap
    assert (gap.kind, gap.count, gap.since) == ("unread", 1, NOW)


async def test_a_window_from_before_the_monitor_first_ran_says_when_it_began(store: Store) -> None:
    day = NOW - timedelta(days=1)
    (never,) = await store.read(lambda reading: reading.down_gaps(day, NOW))
    assert (never.kind, never.since, never.until) == ("down", None, None)
    await store.write(lambda tx: tx.start_run("abc", NOW))
    (began,) = await store.read(lambda reading: reading.down_gaps(day, NOW + timedelta(seconds=30)))
    assert (began.kind, began.since, began.until) == ("down", None, NOW)
    after = NOW + timedelta(seconds=1)
    later = await store.read(lambda reading: reading.down_gaps(after, after + timedelta(seconds=30)))
    assert [one for one in later if one.since is None] == []


async def test_a_monitor_that_slept_is_a_gap_though_it_never_ended(store: Store) -> None:
    def unit(tx: Writing) -> tuple[int, int]:
        first = run = tx.start_run("abc", NOW)
        tx.remember_config(run, config="abc", fault="a newer one is refused")
        for hour in (0.25, 0.5, 9, 9.25):
            run = tx.live_on(run, now=NOW + timedelta(hours=hour), lull=timedelta(minutes=30))
        return first, run

    first, run = await store.write(unit)
    assert run != first
    began, gap = await store.read(lambda reading: reading.down_gaps(NOW, NOW + timedelta(hours=9.3)))
    assert (began.since, began.until) == (None, NOW)
    assert (gap.kind, gap.since, gap.until) == ("down", NOW + timedelta(minutes=30), NOW + timedelta(hours=9))
    awake = await store.read(lambda reading: reading.last_run())
    assert awake
    assert (awake.config, awake.config_fault) == ("abc", "a newer one is refused")


async def test_l09_what_a_clock_that_ran_ahead_put_off_waits_no_longer_than_anything_may(store: Store, feed: Feed) -> None:
    def unit(tx: Writing) -> None:
        item_id = add(tx, feed, item(1))
        assert item_id
        tx.add_alerts((alert(item_id, hold=timedelta(days=300)),), frozenset())
        tx.postpone_article(item_id, Failure(kind="http", detail="503"), NOW + timedelta(days=300))
        tx.bound_waits(NOW)

    await store.write(unit)
    assert await store.read(lambda reading: reading.due_articles(NOW + timedelta(hours=1), 9, each=9))
    assert await store.read(lambda reading: reading.open_alerts(ChannelId("log"), NOW + timedelta(days=1)))


async def test_an_outage_that_is_over_is_still_a_gap_of_its_window(store: Store, feed: Feed) -> None:
    failure = Failure(kind="http", detail="503 Service Unavailable")

    def unit(tx: Writing) -> None:
        for hour, answered in ((0, True), (1, False), (5, False), (6, True), (6.25, True), (9, True)):
            at = NOW + timedelta(hours=hour)
            if answered:
                tx.add_poll(state_of(feed), now=at, entries=1, new_items=0, size=1)
            else:
                tx.remember_failure(state_of(feed), failure, now=at, due_at=at, strikes=0)

    await store.write(unit)

    async def outages(start: float, stop: float) -> tuple[Gap, ...]:
        return await store.read(lambda reading: reading.outages(NOW + timedelta(hours=start), NOW + timedelta(hours=stop)))

    (gap,) = await outages(-1, 10)
    assert (gap.kind, gap.since, gap.until, gap.reason) == (
        "was_failing",
        NOW + timedelta(hours=1),
        NOW + timedelta(hours=6),
        "503 Service Unavailable",
    )
    assert await outages(6.1, 10) == ()


async def test_a_busy_page_silences_no_feed_and_a_wrong_clock_puts_no_feed_off_for_ever(store: Store) -> None:
    ahead = NOW + timedelta(days=400)
    outlet = Outlet(id=OutletId("a"), feeds=("https://a.example/1", "https://a.example/2"))
    await store.write(lambda tx: tx.sync((outlet,), (), due=lambda _place, _of: ahead))
    await store.write(lambda tx: tx.bound_waits(NOW))
    later = NOW + timedelta(days=1)
    assert len(await store.read(lambda reading: reading.due_feeds(later, 9, each=9))) == 2
    await store.write(lambda tx: tx.rest_pages("a.example:443", until=later + timedelta(hours=1), now=later))
    assert len(await store.read(lambda reading: reading.due_feeds(later, 9, each=9))) == 2
    assert await store.read(lambda reading: reading.resting_hosts(later)) == (frozenset(), {"a.example:443"})


async def test_a_host_with_thousands_of_feeds_stands_before_no_other(store: Store) -> None:
    many = Outlet(id=OutletId("a"), feeds=tuple(f"https://a.example/{number}" for number in range(50)))
    one = Outlet(id=OutletId("b"), feeds=("https://b.example/1",))
    await store.write(lambda tx: tx.sync((many, one), (), due=at_once))
    due = await store.read(lambda reading: reading.due_feeds(NOW, 5, each=4))
    assert [state.feed.outlet.id for state in due] == ["a"] * 4 + ["b"]


def test_a_database_of_before_the_first_release_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    Store(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 0")
    db.close()
    with pytest.raises(RefusedError, match="move it away"):
        Store(path)


async def test_what_was_withdrawn_while_others_were_sent_is_not_sent_and_may_be_promised_again(store: Store, feed: Feed) -> None:
    first = await store.write(lambda tx: add(tx, feed, item(1)))
    second = await store.write(lambda tx: add(tx, feed, item(2)))
    assert first
    assert second
    await store.write(lambda tx: tx.add_alerts((alert(first), alert(second)), frozenset()))
    waiting = await store.read(lambda read: read.open_alerts(ChannelId("log"), NOW))
    # the second item turns out to be the first under another name
    assert await store.write(lambda tx: tx.merge(second, first))
    leased = await store.write(lambda tx: tx.lease([one.id for one in waiting], NOW, message="m", kind="summary"))
    assert leased == {waiting[0].id}
    # and one whose alert is being sent is not let go
    third = await store.write(lambda tx: add(tx, feed, item(3)))
    assert third
    await store.write(lambda tx: tx.add_alerts((alert(third),), frozenset()))
    (_, open_third) = await store.read(lambda read: read.open_alerts(ChannelId("log"), NOW))
    await store.write(lambda tx: tx.lease([open_third.id], NOW + timedelta(minutes=5), message="m", kind="one"))
    assert not await store.write(lambda tx: tx.merge(third, first))


async def test_a_withdrawn_promise_can_be_made_again(store: Store, feed: Feed) -> None:
    item_id = await store.write(lambda tx: add(tx, feed, item(1)))
    assert item_id
    await store.write(lambda tx: tx.add_alerts((alert(item_id),), frozenset()))
    await store.write(lambda tx: tx.withdraw(item_id, [WATCH.id]))
    assert await store.read(lambda read: read.open_alerts(ChannelId("log"), NOW)) == ()
    assert await store.write(lambda tx: tx.add_alerts((replace(alert(item_id), key="another"),), frozenset())) == 1
    assert len(await store.read(lambda read: read.open_alerts(ChannelId("log"), NOW))) == 1
