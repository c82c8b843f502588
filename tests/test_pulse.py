"""What the service manager hears: real daemons, and a socket that stands for it."""

from __future__ import annotations

import asyncio
import gc
import os
import re
import select
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desks import PATIENCE, Desk, configured, outlet, until
from fakes import Site, rss

from monitor import pulse
from monitor.cli import running
from monitor.daemon import Daemon
from monitor.pipeline import brief, last
from monitor.store import Store
from monitor.systemd import Supervisor, taken

WATCHDOG = 1.5
"""Seconds."""
FREEZING = Path(__file__).parent / "freezing.py"


class Manager:
    """A socket that hears datagrams, and the daemons that it starts."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self.heard: list[str] = []

    def listen(self, seconds: float = 0.0) -> bool:
        """Take what comes next; False where nothing does in time."""
        self.socket.settimeout(seconds or 0.001)
        try:
            self.heard.append(self.socket.recv(4096).decode())
        except TimeoutError:
            return False
        return True

    def awaits(self, *wanted: str) -> str:
        """Listen until a datagram has all these lines' beginnings."""
        while True:
            assert self.listen(PATIENCE), f"{wanted} never came; heard: {self.heard}"
            lines = self.heard[-1].splitlines()
            if all(any(line.startswith(one) for line in lines) for one in wanted):
                return self.heard[-1]

    def starts(self, desk: Desk, part: str, **environment: str) -> subprocess.Popen[str]:
        log = (desk.folder / "log").open("a")
        about = {"NOTIFY_SOCKET": self.address, "WATCHDOG_USEC": str(int(WATCHDOG * 1e6)), "MONITOR_FREEZE": part, **environment}
        process = subprocess.Popen(
            [sys.executable, str(FREEZING), "run", "-c", str(desk.config)],
            stdout=log,
            stderr=log,
            text=True,
            env={**os.environ, **about},
        )
        desk.running.append(process)
        return process


@pytest.fixture
def listening() -> Iterator[Callable[[str], Manager]]:
    """Give service managers, each with an address of its own."""
    with ExitStack() as opened:

        def manager(address: str) -> Manager:
            made = Manager(address)
            opened.callback(made.socket.close)
            return made

        yield manager


def test_the_service_manager_hears_of_a_whole_life(desk: Desk, listening: Callable[[str], Manager]) -> None:
    for name in ("a", "b"):
        desk.site.pages[f"/{name}.xml"] = rss((f"News of {name}", f"{desk.site.url}/{name}1", ""))
    desk.configure("a")
    manager = listening(f"@monitor-{os.getpid()}")
    process = manager.starts(desk, "tick", MONITOR_FROZEN="1")
    until((desk.state / "control.sock").exists, desk)
    desk.configure("a", "b", "missing", more='[digest]\nat = ["00:00"]\n')
    # before it is ready: neither lost nor fatal
    process.send_signal(signal.SIGHUP)
    assert not manager.listen(0.2), "it was ready before its first tick"

    process.send_signal(signal.SIGUSR2)
    assert re.fullmatch(r"READY=1\nSTATUS=Polling 1 feed(; next digest .*)?", manager.awaits("READY=1"))
    assert re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=\d+", manager.awaits("RELOADING=1"))
    assert "STATUS=Polling 3 feeds" in manager.awaits("READY=1")
    until(lambda: desk.ask("SELECT 1 FROM feed WHERE failures"), desk)
    assert re.search(r"STATUS=Polling 3 feeds; 1 failing; next digest \w{3} 00:00$", manager.awaits("STATUS=Polling 3 feeds; 1"))
    manager.awaits("WATCHDOG=1")

    desk.config.write_text(desk.config.read_text().replace("lang =", "lnag ="))
    asked = desk.type("service", "reload")
    assert (asked.returncode, asked.stderr.count('no such key "lnag"')) == (2, 3)
    manager.awaits("RELOADING=1")
    refused = manager.awaits("READY=1")
    assert re.search(r'STATUS=config.toml refused: .*no such key "lnag".* \(and 2 more\); Polling 3 feeds', refused)
    process.send_signal(signal.SIGTERM)
    manager.awaits("STOPPING=1")
    assert process.wait(10) == 0


def test_l24_signs_of_life_end_with_what_they_are_a_sign_of(
    tmp_path: Path, site: Site, listening: Callable[[str], Manager]
) -> None:
    site.pages["/a.xml"] = rss(("News of a", f"{site.url}/1", ""))
    said = {
        "loop": "the loop is frozen",
        "writer": f"nothing was committed for {WATCHDOG} s",
        "poll": "what was begun at 127.0.0.1",
    }
    hangs = {"loop": "in ticked", "writer": "in committed"}
    with site.serving(), ExitStack() as ends:
        watched: list[tuple[str, Desk, Manager, subprocess.Popen[str]]] = []
        for part in said:
            desk = Desk(tmp_path / part, site)
            desk.folder.mkdir()
            desk.configure("a", more='[fetch]\ntimeout = "1s"\n')
            manager = listening(str(desk.folder / "notify"))
            watched.append((part, desk, manager, process := manager.starts(desk, part, PYTHONFAULTHANDLER="1")))
            ends.callback(process.wait)
            ends.callback(process.kill)
        for _, _, manager, process in watched:
            manager.awaits("WATCHDOG=1")
            process.send_signal(signal.SIGUSR1)
        for part, desk, _, _ in watched:
            desk.hasten()
            until(lambda part=part, desk=desk: said[part] in desk.log, desk)
        sockets = {manager.socket: part for part, _, manager, _ in watched}
        for _, _, manager, _ in watched:
            while manager.listen():
                pass
        # two signs of each are due in this time
        assert [sockets[one] for one in select.select(list(sockets), [], [], 2 * WATCHDOG / 3 + 0.2)[0]] == []
        # what the service manager does then; the process ends of it, whatever hangs
        for part, desk, _, process in watched:
            process.send_signal(signal.SIGABRT)
            assert process.wait(PATIENCE) == -signal.SIGABRT
            _, _, stacks = desk.log.partition("Fatal Python error: Aborted")
            assert hangs.get(part, "in run") in stacks
            assert stacks.count("hread 0x") >= 2


def test_l11_a_monitor_that_was_stopped_for_long_polls_each_feed_once_and_is_taken_for_no_hang(
    desk: Desk, listening: Callable[[str], Manager]
) -> None:
    paths = ["/a.xml", "/b.xml"]
    for path in paths:
        desk.site.pages[path] = rss((f"News of {path}", f"{desk.site.url}{path}1", ""))
    desk.configure("a", "b")
    manager = listening(f"@monitor-stopped-{os.getpid()}")
    # a sign each second; a disk that is busy for one is no hang
    process = manager.starts(desk, "nothing", WATCHDOG_USEC="3000000")
    until(lambda: desk.ask("SELECT count(*) FROM feed WHERE answered_at") == [(2,)], desk)
    manager.awaits("WATCHDOG=1")

    is_stopped = False
    while not is_stopped:
        process.send_signal(signal.SIGSTOP)
        try:
            # what would be due by then
            desk.hasten()
            is_stopped = True
        except sqlite3.OperationalError:
            # in the middle of a transaction
            process.send_signal(signal.SIGCONT)
    while manager.listen():
        pass
    # two that were due make it a stop
    assert not manager.listen(2.5)
    process.send_signal(signal.SIGCONT)
    for _ in range(3):
        manager.awaits("WATCHDOG=1")
    until(lambda: [desk.site.asked.count(path) for path in paths] == [2, 2], desk)
    assert desk.ask("SELECT min(due_at) > unixepoch() FROM feed") == [(1,)]
    assert "No sign of life" not in desk.log


async def test_l11_what_hangs_is_overdue_and_a_machine_that_slept_is_not(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hole:
        config = configured(tmp_path, outlet(site).replace(site.url, f"http://127.0.0.1:{hole.getsockname()[1]}"))
        async with Daemon(config, load=lambda: config, say=print) as daemon:
            rounds = daemon.rounds
            await rounds.tick()
            assert rounds.polling
            assert rounds.overdue(tick=60) is None
            loop = asyncio.get_running_loop()
            with monkeypatch.context() as later:
                then = loop.time() + 100_000
                later.setattr(loop, "time", lambda: then)
                assert rounds.overdue(tick=60) == "no tick ended for 100000 s"
                assert "127.0.0.1" in str(rounds.overdue(tick=1_000_000))
                rounds.woke()
                assert rounds.overdue(tick=60) is None
                rounds.line.sending[daemon.config.channels[0].id] = then - 301
                assert rounds.overdue(tick=60) == "what was begun at hook has not ended for 301 s"
            hole.close()


@pytest.mark.parametrize("slow", [("reader", 0.3, 2), ("writer", 4.5, 1)])
async def test_signs_of_life_do_not_wait_for_somebody_who_reads_or_writes_for_long(
    tmp_path: Path, site: Site, listening: Callable[[str], Manager], slow: tuple[str, float, int]
) -> None:
    held, watchdog, signs = slow
    manager, goes_on = listening(str(tmp_path / "notify")), threading.Event()
    config = configured(tmp_path, outlet(site))
    supervisor = Supervisor(address=manager.address)
    async with Daemon(config, load=lambda: config, say=print, supervisor=supervisor) as daemon:
        daemon.pulse._watchdog = watchdog  # noqa: SLF001  a whole one takes 90 s
        hold = daemon.store.read if held == "reader" else daemon.store.write
        work = asyncio.create_task(hold(lambda _: goes_on.wait(PATIENCE)))
        beating = asyncio.create_task(daemon.pulse.beat())
        try:
            async with asyncio.timeout(PATIENCE / 2):
                while sum("WATCHDOG=1" in one for one in manager.heard) < signs:
                    daemon.rounds.woke()
                    manager.listen()
                    await asyncio.sleep(0.01)
        finally:
            goes_on.set()
            beating.cancel()
            await work


async def test_l22_that_it_is_ready_is_said_again_to_a_service_manager_that_had_no_ear_for_it(
    tmp_path: Path, site: Site, listening: Callable[[str], Manager], monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = listening(str(tmp_path / "notify"))
    supervisor = Supervisor(address=manager.address, watchdog=timedelta(seconds=0.3))
    while supervisor.tell("STATUS=busy") is True:
        pass
    config = configured(tmp_path, outlet(site))
    async with Daemon(config, load=lambda: config, say=print, supervisor=supervisor) as daemon:
        waiting = asyncio.create_task(daemon.pulse.ready())
        # the loop goes on
        assert not (await asyncio.wait((waiting,), timeout=0.2))[0]
        monkeypatch.setattr(pulse, "PATIENCE", 0)
        waiting.cancel()
        await daemon.pulse.ready()
        while manager.listen():
            assert manager.heard.pop() == "STATUS=busy"
        beating = asyncio.create_task(daemon.pulse.beat())
        async with asyncio.timeout(PATIENCE):
            while not any(one.startswith("READY=1\nSTATUS=Polling 1 feed") for one in manager.heard):
                manager.listen()
                await asyncio.sleep(0.01)
        beating.cancel()


async def test_a_digest_of_minutes_holds_up_neither_the_ticks_nor_the_end(tmp_path: Path, site: Site) -> None:
    config, goes_on = configured(tmp_path, outlet(site)), threading.Event()
    try:
        async with Daemon(config, load=lambda: config, say=print) as daemon:
            work = asyncio.create_task(daemon.store.study(lambda _: goes_on.wait(2 * PATIENCE)))
            digest = asyncio.create_task(brief(daemon.line, last(timedelta(days=1), datetime.now(UTC), "UTC")))
            async with asyncio.timeout(PATIENCE):
                await daemon.rounds.tick()
            # it does wait there, and not where the ticks ask
            assert not (await asyncio.wait((digest,), timeout=1))[0]
        # what still reads was not waited for
        assert not work.done()
        digest.cancel()
    finally:
        goes_on.set()


def test_l22_a_long_check_of_the_database_asks_for_more_time(listening: Callable[[str], Manager], tmp_path: Path) -> None:
    manager = listening(str(tmp_path / "notify"))
    opening: Future[Store] = Future()

    class Told(Supervisor):
        def extend(self, seconds: int, status: str) -> None:
            super().extend(seconds, status)
            opening.set_exception(KeyError)

    with pytest.raises(KeyError):
        running._opened(opening, Told(address=manager.address), every=0.01)  # noqa: SLF001
    assert manager.awaits("EXTEND_TIMEOUT_USEC") == "EXTEND_TIMEOUT_USEC=60000000\nSTATUS=Checking the database"


def test_what_it_starts_does_not_speak_for_it() -> None:
    environ = {"NOTIFY_SOCKET": "/run/notify", "WATCHDOG_USEC": "3000000", "WATCHDOG_PID": str(os.getpid()), "PATH": "/bin"}
    supervisor = taken(environ)
    assert (supervisor.address, str(supervisor.watchdog)) == ("/run/notify", "0:00:03")
    assert environ == {"PATH": "/bin"}


def test_a_watchdog_that_is_meant_for_another_process_is_not_heeded() -> None:
    assert taken({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "1"}).watchdog is None


async def test_told_to_stop_while_it_starts_it_leaves_nothing_begun_that_nobody_waits_for(tmp_path: Path, site: Site) -> None:
    config = configured(tmp_path, outlet(site))
    with warnings.catch_warnings(record=True) as warned:
        async with Daemon(config, load=lambda: config, say=print) as daemon:
            daemon.stop()
            await daemon.run()
        gc.collect()
    assert [str(one.message) for one in warned] == []
