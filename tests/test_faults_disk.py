"""A database that takes nothing: a disk that is full or may only be read, another program's lock."""

from __future__ import annotations

import asyncio
import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from desks import Desk, configured, outlet, rows, typed, until
from fakes import Site, rss
from test_channels import Post, mail_server

from monitor import rest
from monitor.daemon import Daemon
from monitor.errors import AlreadyRunningError, StoreError
from monitor.model import Config
from monitor.pipeline import brief, last
from monitor.store import DATABASE, Store, back_up
from monitor.store.lock import holder
from monitor.store.reserve import ROOM, Reserve
from monitor.wishes import Wishes

SMALL = ROOM + (8 << 20)
"""Bytes of a disk that has room for a reserve, and not much more."""
DAY = timedelta(days=1)


# ---- a full disk


@contextmanager
def small_disk(at: Path) -> Iterator[Path]:
    """Put a disk of its own at a path."""
    at.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "none", at], check=False, capture_output=True)
    if made.returncode:
        pytest.skip("a disk of its own wants root and a kernel that lets it mount one")
    try:
        yield at
    finally:
        subprocess.run(["umount", "-l", at], check=True)


def fill(disk: Path) -> Path:
    """Take the last byte of a disk."""
    junk = disk / "junk"
    with junk.open("ab", buffering=0) as file:
        free = os.statvfs(disk)
        file.write(bytes(free.f_bavail * free.f_frsize))
    assert os.statvfs(disk).f_bavail == 0
    return junk


def news(site: Site, *titles: str) -> None:
    site.pages["/feed.xml"] = rss(*((title, f"{site.url}/{title.replace(' ', '-')}", "x" * 2000) for title in titles))


@asynccontextmanager
async def running(folder: Path, site: Site, more: str = "") -> AsyncIterator[tuple[Daemon, Config]]:
    """Give a monitor that works only when it is told to; alerts wait for nothing."""
    text = outlet(site, more=f'[alerts]\ngroup_wait = "0s"\nper = "item"\n{more}').replace('lang = "en"', "full_text = false")
    config = configured(folder, text)
    with site.serving():
        async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
            yield daemon, config


async def look(daemon: Daemon) -> None:
    """Poll what there is to poll, as a tick does that finds it due."""
    with closing(sqlite3.connect(Path(daemon.config.state) / DATABASE)) as db:
        db.execute("UPDATE feed SET due_at = 0")
        db.commit()
    await tick(daemon)


async def tick(daemon: Daemon) -> None:
    await daemon.rounds.guard(daemon.rounds.tick())
    await asyncio.gather(*daemon.rounds.polling.values())


async def send(daemon: Daemon) -> None:
    await daemon.rounds.guard(daemon.rounds.tell())
    await asyncio.gather(*daemon.rounds.telling.values())


def subjects(site: Site) -> list[str]:
    return [post["subject"] for post in site.posts if post["kind"] == "notice"]


async def test_l05_on_a_full_disk_what_was_promised_is_sent_once_a_channel_is_told_and_nothing_is_lost(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "PAUSE", 0.0)
    monkeypatch.setattr(rest, "BLIND", 0.0)
    with small_disk(tmp_path / "state") as disk:
        async with running(tmp_path, site, "max_per_hour = 1000\n") as (daemon, config):
            news(site, *(f"Idlib {number}" for number in range(40)))
            await look(daemon)
            await daemon.care.look()
            junk = fill(disk)
            # what cannot be recorded is not sent again and again; the reserve is given up for it, and it goes out
            for _ in range(3):
                await send(daemon)
            assert len(site.told) == len(set(site.told)) == 40
            assert rows(config, "SELECT state, count(*) FROM alert GROUP BY state") == [("sent", 40)]

            asked, missed = len(site.asked), ["Idlib while it was full"]
            news(site, *missed)
            await look(daemon)
            for _ in range(3):
                await tick(daemon)
                await daemon.rounds.rest.tell()
            assert len(site.asked) == asked
            assert subjects(site) == ["The monitor can store nothing and polls no outlet"]
            # a person can still ask for things, and the digest comes
            wishes = Wishes(daemon.store, lambda: ZoneInfo("UTC"))
            assert (await wishes.mute(watch="idlib", seconds=60)).ok
            assert await brief(daemon.line, last(DAY, datetime.now(UTC), "UTC"))
            with pytest.raises(StoreError, match="too little room for a copy"):
                back_up(disk / DATABASE, datetime.now(UTC).date())
            assert rows(config, "SELECT count(*) FROM digest") == [(1,)]

            junk.unlink()
            assert (await wishes.unmute(watch="idlib")).ok
            for _ in range(2):
                await look(daemon)
                await send(daemon)
            assert daemon.rounds.fault is None
            assert len(site.told) == len(set(site.told)) == 41
            assert (disk / f"{DATABASE}.reserve").stat().st_blocks > 0
            assert rows(config, "PRAGMA integrity_check") == [("ok",)]


def test_l05_a_monitor_that_is_killed_on_a_full_disk_starts_again_and_sends_what_was_promised(desk: Desk) -> None:
    desk.site.pages["/a.xml"] = rss(("Idlib before", f"{desk.site.url}/1", ""))
    desk.site.post_status = 503
    with small_disk(desk.state) as disk:
        desk.configure("a")
        process = desk.start()
        until(lambda: desk.site.refused, desk)
        # which it makes within a minute
        Reserve(disk / DATABASE).keep()
        junk = fill(disk)
        process.kill()
        process.wait()
        desk.site.post_status = 204
        desk.site.pages["/a.xml"] = rss(("Idlib while it was full", f"{desk.site.url}/2", ""))
        process, asked = desk.start(), len(desk.site.asked)
        until(lambda: desk.ask("SELECT 1 FROM alert WHERE state = 'sent'"), desk)
        assert len(desk.site.asked) == asked
        assert "the disk is full; polling rests" in desk.log
        junk.unlink()
        desk.hasten()
        until(lambda: len(desk.site.told) == 2, desk)
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert len(set(desk.site.told)) == 2
        assert desk.ask("PRAGMA integrity_check") == [("ok",)]


async def test_l05_what_a_limit_of_the_process_cuts_off_is_stored_and_told_once_after_it(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "PAUSE", 0.0)
    async with running(tmp_path, site) as (daemon, config):
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        size = (tmp_path / "state" / f"{DATABASE}-wal").stat().st_size
        news(site, *(f"Idlib {number}" for number in range(9)))
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        try:
            for _ in range(2):
                await tick(daemon)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert "could not write: disk I/O error" in str(daemon.rounds.fault)
        assert rows(config, "SELECT count(*) FROM item") == [(0,)]
        for _ in range(2):
            await look(daemon)
            await send(daemon)
        assert daemon.rounds.fault is None
        assert len(site.told) == len(set(site.told)) == 9
        assert rows(config, "PRAGMA integrity_check") == [("ok",)]


def test_l05_status_and_digest_say_at_once_that_nothing_is_stored_and_why(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    # a pipe of no width, in which no line is broken
    monkeypatch.delenv("COLUMNS", raising=False)
    desk.site.pages["/a.xml"] = rss(("Idlib before", f"{desk.site.url}/1", ""))
    desk.configure("a")
    process = desk.start()
    until(lambda: desk.site.told, desk)
    assert (said_of(desk)["not_well"], said_of(desk)["unstored_since"]) == ([], None)
    assert "stored nothing" not in typed(desk, "status").stdout + typed(desk, "digest").stderr
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = (desk.state / f"{DATABASE}-wal").stat().st_size
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, hard))
    desk.site.pages["/a.xml"] = rss(*((f"Idlib {number}", f"{desk.site.url}/{number}", "x" * 2000) for number in range(9)))
    desk.hasten()
    until(lambda: "polling rests" in desk.log, desk)

    why = "the database could not write: disk I/O error"
    wrong = typed(desk, "status").stdout.splitlines()[1]
    assert re.fullmatch(rf"The running monitor has stored nothing since \d\d:\d\d, so nothing is polled: {why}\.", wrong)
    said = said_of(desk)
    assert (said["not_well"], said["unstored_since"] >= said["started_at"]) == ([f"the database takes no writes: {why}"], True)
    lacks = rf"The monitor has stored nothing since \d\d:\d\d \({why}\): this digest lacks what came since\.\n"
    assert re.fullmatch(lacks, typed(desk, "digest").stderr)


def said_of(desk: Desk) -> dict[str, Any]:
    return dict(json.loads(typed(desk, "status", "--json").stdout))


# ---- another program's lock, another's disk


async def test_l06_a_database_that_another_program_holds_delays_and_is_told_and_nothing_is_lost(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "PAUSE", 0.0)
    monkeypatch.setattr(rest, "BLIND", 0.0)
    async with running(tmp_path, site) as (daemon, config):
        news(site, "Idlib before")
        other = sqlite3.connect(tmp_path / "state" / DATABASE, isolation_level=None)
        with closing(other):
            # for a moment: it waits, and nobody notices
            other.execute("BEGIN EXCLUSIVE")
            await daemon.rounds.tick()
            polls = list(daemon.rounds.polling.values())
            assert not (await asyncio.wait(polls, timeout=0.2))[0]
            other.execute("ROLLBACK")
            await asyncio.gather(*polls)
            assert (daemon.rounds.fault, rows(config, "SELECT count(*) FROM item")) == (None, [(1,)])

            # for long: of five seconds each time that it is tried, as many milliseconds here
            await daemon.store.write(lambda tx: tx.db.execute("UPDATE feed SET due_at = 0"))
            daemon.store._db.conn.execute("PRAGMA busy_timeout = 5")  # noqa: SLF001
            news(site, "Idlib before", "Idlib meanwhile")
            other.execute("BEGIN EXCLUSIVE")
            for _ in range(3):
                await tick(daemon)
                await send(daemon)
                await daemon.rounds.rest.tell()
            assert "database is locked" in str(daemon.rounds.fault)
            assert (site.told, subjects(site)) == ([], ["The monitor can store nothing and polls no outlet"])
            other.execute("ROLLBACK")
        for _ in range(2):
            await tick(daemon)
            await send(daemon)
        assert daemon.rounds.fault is None
        assert len(site.told) == len(set(site.told)) == 2


def test_l08_a_disk_that_may_only_be_read_ends_with_77_its_path_and_whose_it_is(desk: Desk) -> None:
    desk.configure("a")
    with small_disk(desk.state) as disk:
        Store(disk / DATABASE).close()
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        done = desk.type("run")
    assert done.returncode == 77
    assert (
        f"{disk / DATABASE}.lock: cannot be opened: Read-only file system; {disk / DATABASE}.lock belongs to root" in done.stderr
    )


# ---- files that are taken away under it


async def test_l07_a_database_that_is_moved_away_while_it_runs_takes_nothing_and_that_is_told(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "PAUSE", 0.0)
    monkeypatch.setattr(rest, "BLIND", 0.0)
    state, away = tmp_path / "state", tmp_path / "away"
    async with running(tmp_path, site) as (daemon, config):
        news(site, "Idlib before")
        await look(daemon)
        await send(daemon)
        daemon.store._db.conn.execute("UPDATE feed SET due_at = 0")  # noqa: SLF001  nobody else can reach it now
        state.rename(away)
        # somebody starts another in its place
        state.mkdir()
        with closing(Store(state / DATABASE)):
            news(site, "Idlib before", "Idlib meanwhile")
            await tick(daemon)
            await send(daemon)
            await daemon.rounds.rest.tell()
            assert "moved, deleted or replaced" in str(daemon.rounds.fault)
            assert (len(site.told), subjects(site)) == (1, ["The monitor can store nothing and polls no outlet"])
        shutil.rmtree(state)
        away.rename(state)
        for _ in range(2):
            await look(daemon)
            await send(daemon)
        assert daemon.rounds.fault is None
        assert len(site.told) == len(set(site.told)) == 2
        assert rows(config, "PRAGMA integrity_check") == [("ok",)]


async def test_l13_a_lock_that_was_deleted_while_it_runs_is_taken_again(tmp_path: Path) -> None:
    with closing(Store(tmp_path / DATABASE)) as store:
        (tmp_path / f"{DATABASE}.lock").unlink()
        await store.write(lambda tx: tx.start_run("config", datetime.now(UTC)))
        with pytest.raises(AlreadyRunningError):
            Store(tmp_path / DATABASE)
        assert holder(tmp_path / DATABASE) == os.getpid()


async def test_l05_a_mail_that_says_nothing_can_be_stored_goes_once_to_each_address_and_is_not_repeated_at_every_look(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "BLIND", 0.0)
    post = Post(codes={"b@desk.example": "451 come back later"})
    with mail_server(post) as port:
        mail = (
            f'[channels.mail]\ntype = "email"\nprivate = true\nsmtp = "smtp://127.0.0.1:{port}"\n'
            'from = "m@desk.example"\nto = ["a@desk.example", "b@desk.example"]\n'
        )
        async with running(tmp_path, site, f'[health]\nalert = ["mail"]\n{mail}') as (daemon, _):
            daemon.rounds.rest.met(StoreError("the database could not write: database is locked"))
            for _ in range(3):
                await daemon.rounds.rest.tell()
            assert [to for to, _ in post.taken] == [("a@desk.example",)]
            daemon.rounds.rest._told_next = 0.0  # noqa: SLF001  minutes later
            post.codes.clear()
            await daemon.rounds.rest.tell()
            assert [to for to, _ in post.taken] == [("a@desk.example",), ("b@desk.example",)]
            await daemon.rounds.rest.tell()
    assert len(post.taken) == 2
