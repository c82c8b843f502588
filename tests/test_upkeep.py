"""The database is copied each day and checked each week, and what goes wrong with it is told."""

from __future__ import annotations

import asyncio
import json
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from desks import configured, outlet, rows, typed
from fakes import Site, rss

from monitor import upkeep
from monitor.daemon import Daemon
from monitor.errors import StoreError
from monitor.model import Chore, Config, Done
from monitor.store import DATABASE, Reading, Store, Writing, back_up, daily, newest
from monitor.store.backups import superfluous
from monitor.store.copying import RESERVE, copy
from monitor.upkeep import Care

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
BEYOND = 400
"""Rows that take more pages than the schema's own."""


@asynccontextmanager
async def cared_for(config: Config, *, at: datetime) -> AsyncIterator[tuple[Daemon, Care]]:
    """Open a monitor whose clock is in the test's hand, and what takes care of its database."""
    async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
        daemon.line.now = lambda: at
        yield daemon, Care(daemon.line, is_doubtful=False)


async def done(daemon: Daemon) -> dict[Chore, Done]:
    return await daemon.store.read(Reading.upkeep)


async def grow(store: Store, rows: int = BEYOND) -> None:
    await store.write(lambda tx: [tx.start_run("x" * 2000, NOON) for _ in range(rows)])


def database_of(config: Config) -> Path:
    return Path(config.state) / DATABASE


async def test_l09_a_clock_that_stands_years_ahead_for_an_hour_has_nothing_deleted(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.pages["/feed.xml"] = rss(("Rain floods Idlib", f"{site.url}/1", ""))
    config = configured(tmp_path, outlet(site))
    ahead = [timedelta()]
    monkeypatch.setattr("monitor.daemon.utc_now", lambda: datetime.now(UTC) + ahead[0])
    with site.serving():
        # it jumps while the monitor runs, and stands so at the next start
        for _ in range(2):
            async with Daemon(config, load=lambda: config, say=print) as daemon:
                await daemon.once()
                ahead[0] = timedelta(days=3000)
                await daemon._live_on()  # noqa: SLF001
                await daemon._upkeep()  # noqa: SLF001
                assert rows(config, "SELECT count(*) FROM item") == [(1,)]
    # it was right after all
    ahead[0] += timedelta(days=1, minutes=1)
    async with Daemon(config, load=lambda: config, say=print) as daemon:
        await daemon._upkeep()  # noqa: SLF001
    assert rows(config, "SELECT count(*) FROM item") == [(0,)]


@pytest.mark.parametrize("kind", ["empty", "leads nowhere"])
async def test_what_has_a_backups_name_and_is_none_is_told_and_does_not_pass_for_one(
    tmp_path: Path, site: Site, kind: str
) -> None:
    config = configured(tmp_path, outlet(site))
    async with cared_for(config, at=NOON) as (daemon, care):
        place = database_of(config).parent / "backup" / "2026-11-23.db"
        place.parent.mkdir()
        place.symlink_to(tmp_path / "nothing") if kind == "leads nowhere" else place.touch()
        await care.look()
        assert "is there already" in str((await done(daemon))["backup"].trouble)
        assert newest(database_of(config)) is None


def test_seven_days_and_the_last_of_four_weeks_are_kept() -> None:
    kept: set[date] = set()
    today = date(2026, 1, 1)
    for _ in range(120):
        kept.add(today)
        kept -= set(superfluous(kept, today))
        today += DAY
    days = sorted(kept, reverse=True)
    assert days[:7] == [today - n * DAY for n in range(1, 8)]
    # the last Sundays, after the days of a week that is only in part beyond the seven
    assert [f"{day:%a %d}" for day in days[7:]] == ["Thu 23", "Sun 19", "Sun 12", "Sun 05"]


def test_l09_backups_made_by_a_clock_that_ran_ahead_cost_none_of_the_others() -> None:
    today = date(2026, 11, 23)
    ahead = [date(2100, 1, 1) + n * DAY for n in range(9)]
    assert superfluous([today, *ahead], today) == []


async def test_a_backup_is_made_once_a_local_day_and_is_the_database_of_that_moment(
    tmp_path: Path, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    config = configured(tmp_path, outlet(site))
    async with cared_for(config, at=NOON) as (daemon, care):
        await grow(daemon.store)
        await care.look()
        first = daily(database_of(config))[NOON.date()]
        before = first.stat().st_mtime_ns
        await grow(daemon.store, 1)
        await care.look()
        assert first.stat().st_mtime_ns == before
        daemon.line.now = lambda: NOON + DAY
        await care.look()
        assert list(daily(database_of(config))) == [(NOON + DAY).date(), NOON.date()]
        assert (await done(daemon))["backup"].trouble is None
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    with sqlite3.connect(first) as copied:
        # with the life of the monitor itself
        assert copied.execute("SELECT count(*) FROM run").fetchone() == (BEYOND + 1,)
    assert list(first.parent.glob(".*")) == []
    # who lost the database itself is told what is left of it
    database_of(config).unlink()
    async with cared_for(config, at=NOON):
        assert f"There is a backup of another: `monitor db restore {first.with_name('2026-11-24.db')}`" in caplog.text


async def test_l23_a_copy_made_while_the_monitor_writes_is_of_one_moment(tmp_path: Path) -> None:
    store = Store(tmp_path / DATABASE)
    await grow(store)
    stop = asyncio.Event()

    def pair(tx: Writing) -> None:
        tx.start_run("a", NOON)
        tx.start_run("b", NOON)

    async def write() -> int:
        number = 0
        while not stop.is_set():
            await store.write(pair)
            number += 1
        return number

    writing = asyncio.create_task(write())
    await store.write(pair)
    await asyncio.to_thread(copy, tmp_path / DATABASE, tmp_path / "copy.db")
    stop.set()
    assert await writing > 0
    store.close()
    with sqlite3.connect(tmp_path / "copy.db") as copied:
        counted = copied.execute("SELECT count(*) FILTER (WHERE config = 'a') - count(*) FILTER (WHERE config = 'b') FROM run")
        assert counted.fetchone() == (0,)


def test_l23_nothing_is_written_over_and_a_copy_that_a_kill_left_half_is_no_backup(tmp_path: Path) -> None:
    Store(tmp_path / DATABASE).close()
    kept = tmp_path / "kept.db"
    kept.write_bytes(b"mine")
    with pytest.raises(StoreError, match="is there already"):
        copy(tmp_path / DATABASE, kept)
    assert kept.read_bytes() == b"mine"
    program = f"""
import os, signal, sqlite3, sys
from datetime import date
from pathlib import Path
import monitor.store.copying as copying
from monitor.store import back_up
copying.found = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
back_up(Path({str(tmp_path / DATABASE)!r}), date(2026, 11, 23))
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -signal.SIGKILL
    assert [path.name for path in (tmp_path / "backup").iterdir()] == [".2026-11-23.db.unfinished"]
    assert newest(tmp_path / DATABASE) is None
    made = back_up(tmp_path / DATABASE, date(2026, 11, 24))
    assert list((tmp_path / "backup").iterdir()) == [made]


async def test_l23_a_backup_for_which_there_is_no_room_leaves_nothing_and_takes_no_others_place(tmp_path: Path) -> None:
    store = Store(tmp_path / DATABASE)
    old = back_up(tmp_path / DATABASE, date(2026, 11, 23))
    await grow(store)
    store.close()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / DATABASE).stat().st_size // 2, hard))
    try:
        with pytest.raises(StoreError, match="cannot be copied"):
            back_up(tmp_path / DATABASE, date(2026, 11, 24))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(old.parent.iterdir()) == [old]
    made = back_up(tmp_path / DATABASE, date(2026, 11, 24))
    assert newest(tmp_path / DATABASE) == made


async def test_l23_where_there_is_no_room_for_a_backup_it_is_told_and_tried_again(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    config = configured(tmp_path, outlet(site))
    full = shutil.disk_usage(tmp_path)._replace(free=RESERVE)
    async with cared_for(config, at=NOON) as (daemon, care):
        with monkeypatch.context() as disk:
            disk.setattr(shutil, "disk_usage", lambda _: full)
            await care.look()
            await care.look()
        assert "too little room" in str((await done(daemon))["backup"].trouble)
        assert caplog.text.count("No backup: ") == 1
        assert "No backup: there is none yet. The last try, " in typed(config, "status").stdout
        # room was made: it is seen within the hour
        await care.look()
        assert daily(database_of(config)) == {}
        daemon.line.now = lambda: NOON + timedelta(hours=1)
        await care.look()
        assert list(daily(database_of(config))) == [NOON.date()]
        assert (await done(daemon))["backup"].trouble is None


async def test_damage_is_found_told_to_a_channel_once_and_costs_no_old_backup(
    tmp_path: Path, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    config = configured(tmp_path, outlet(site))
    async with cared_for(config, at=NOON) as (daemon, care):
        await care.look()
        old = daily(database_of(config))[NOON.date()]
        for number in range(30, 50):
            shutil.copy(old, old.with_name(f"{(NOON - number * DAY).date()}.db"))
        # an index that lacks what its table has: the file reads well, and answers wrongly
        await daemon.store.write(lambda tx: [tx.db.conn.execute(sql) for sql in UNHINGED])
        daemon.line.now = lambda: NOON + timedelta(days=7)
        await care.look()
        assert "wrong # of entries in index" in str((await done(daemon))["check"].trouble)
        daemon.line.now = lambda: NOON + timedelta(days=8)
        await care.look()
        assert len(daily(database_of(config))) == 23
    assert f"monitor db restore {old.with_name('2026-11-30.db')}" in caplog.text
    seen = typed(config, "status")
    assert "The database is damaged: " in seen.stdout
    assert "wrong # of entries" in json.loads(typed(config, "status", "--json").stdout)["upkeep"]["check"]["trouble"]
    told = rows(config, "SELECT channel, about, subject FROM notice")
    assert told == [("hook", "database", "The monitor's database is damaged")]


UNHINGED = (
    "INSERT INTO outlet (id, is_listed) VALUES ('gone', 0)",
    "INSERT INTO feed (outlet_id, url, host, is_listed, is_paused, due_at) VALUES ('gone', 'x', 'x', 0, 0, 0)",
    "PRAGMA writable_schema = ON",
    "UPDATE sqlite_schema SET sql = 'CREATE INDEX feed_of_host ON feed (host) WHERE host <> ''x''' WHERE name = 'feed_of_host'",
)


async def test_after_a_kill_the_database_is_looked_through_and_after_an_orderly_end_it_is_not(tmp_path: Path, site: Site) -> None:
    config = configured(tmp_path, outlet(site))

    async def checked() -> object:
        async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
            daemon.line.now = lambda: NOON
            await daemon.store.write(lambda tx: tx.remember_upkeep("check", NOON - DAY, trouble=None))
            await daemon.care.look()
            return (await done(daemon))["check"].done_at

    await checked()
    assert await checked() == NOON - DAY
    with sqlite3.connect(database_of(config)) as db:
        db.execute("UPDATE run SET stopped_at = NULL")
    db.close()
    assert await checked() == NOON


async def test_l06_a_log_that_grows_under_somebody_who_reads_for_long_is_told_once(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(upkeep, "LONG_LOG", 500_000)
    config = configured(tmp_path, outlet(site))
    async with cared_for(config, at=NOON) as (daemon, care):
        await care.look()
        assert "reads the database for long" not in caplog.text
        other = sqlite3.connect(database_of(config), isolation_level=None)
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM run").fetchone()
        await grow(daemon.store)
        await care.look()
        await care.look()
        other.close()
    assert caplog.text.count("another program reads the database for long") == 1


async def test_l07_damage_that_a_monitor_meets_while_it_runs_is_told_with_what_to_type(tmp_path: Path) -> None:
    store = Store(tmp_path / DATABASE)
    await grow(store)
    await store.settle()
    with sqlite3.connect(tmp_path / DATABASE) as other:
        page = other.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'feed'").fetchone()[0]
    other.close()
    with (tmp_path / DATABASE).open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\x5a" * 4096)
    with pytest.raises(StoreError, match=r"it is damaged \(database disk image is malformed\); `monitor db check` says how"):
        await store.read(Reading.states)
    store.close()
