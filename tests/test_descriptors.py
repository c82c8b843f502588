"""No descriptor to be had (L14): a real daemon that may open nothing more blames nobody, and goes on where it was."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pytest
import uvloop
from desks import Desk, until
from fakes import rss
from fetching import asking, fault
from hostile import Hostile
from test_workers import GOOD, NOW, children, fetched

from monitor.errors import FetchError, ParseError
from monitor.fetch import Door
from monitor.fetch.guard import Lookups, system_resolver
from monitor.workers import Workers

NAMES = ("a", "b", "c")
ROOM = 4000


def files(pid: int | None = None) -> set[int]:
    """Give the descriptors that a process has open (None: this one)."""
    if pid is not None:
        return {int(one.name) for one in Path(f"/proc/{pid}/fd").iterdir()}
    # looking takes one itself, and that is the first that is free
    own = os.dup(0)
    os.close(own)
    return {int(one.name) for one in Path("/proc/self/fd").iterdir()} - {own}


def below(room: int, taken: set[int]) -> int:
    """Give the limit below which so many numbers are free."""
    return next(islice((number for number in range(ROOM) if number not in taken), room, None))


def publish(desk: Desk, *headlines: str) -> None:
    for name in NAMES:
        items = ((f"Idlib, {one} of {name}", f"mailto:{one}@{name}.example", "") for one in headlines)
        desk.site.pages[f"/{name}.xml"] = rss(*items, title=name)


def allow(process: subprocess.Popen[str], most: int) -> None:
    resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (most, ROOM))


def test_l14_a_monitor_that_may_open_nothing_more_blames_no_feed_and_misses_nothing_once_it_may(desk: Desk) -> None:
    publish(desk, "first")
    desk.configure(*NAMES)
    process = desk.start()
    until(lambda: len(desk.site.told) == len(NAMES), desk)
    for worker in children(process.pid):
        os.kill(worker, signal.SIGKILL)
    until(lambda: not children(process.pid), desk)
    publish(desk, "first", "second")
    # first nothing can be connected to; then it can, and no worker be started to read what came
    for room, why in ((0, "too many open files"), (6, "no worker process could be started: Too many open files")):
        before = files(process.pid)
        allow(process, below(room, before))
        desk.hasten()
        of_that = f"SELECT count(*) FROM feed WHERE failure_kind = 'local' AND failure_reason = '{why}'"
        until(lambda of_that=of_that: desk.ask(of_that) == [(len(NAMES),)], desk)
        assert desk.ask("SELECT sum(failures), max(due_at) - unixepoch() <= 90 FROM feed") == [(0, 1)]
        assert desk.log.count("This machine's own trouble") == 1
    allow(process, ROOM)
    desk.hasten()
    until(lambda: len(desk.site.told) == 2 * len(NAMES), desk)
    assert len(set(desk.site.told)) == 2 * len(NAMES)
    assert "fault of the monitor itself" not in desk.log
    # nothing was left open by all that failed, but the two pipes that each worker has
    until(lambda: len(files(process.pid)) <= len(before) + 2 * len(children(process.pid)), desk)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


@contextmanager
def few(more: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (below(more, files()), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_l14_a_worker_that_could_not_be_started_costs_no_descriptor_and_one_that_died_asleep_no_job() -> None:
    async def work() -> None:
        async with Workers(1) as workers:
            await workers.parse(fetched(GOOD), now=NOW)
            (pid,) = children()
            os.kill(pid, signal.SIGKILL)
            async with asyncio.timeout(10):
                while os.path.exists(f"/proc/{pid}"):  # noqa: ASYNC110, ASYNC240, PTH110  nothing tells of it
                    await asyncio.sleep(0.01)
            # the pipes of the dead one are closed, which the loop says in words of its own
            assert (await workers.parse(fetched(GOOD), now=NOW)).title == "Desk"
            (pid,) = children()
            os.kill(pid, signal.SIGKILL)
            before = files()
            for room in range(10):
                with few(room), pytest.raises(ParseError, match="Too many open files") as caught:
                    await workers.parse(fetched(GOOD), now=NOW)
                assert caught.value.kind == "local"
            assert files() <= before
            assert (await workers.parse(fetched(GOOD), now=NOW)).title == "Desk"

    # the loop that `monitor run` has
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work())


@pytest.mark.parametrize("room", [0, 1])
async def test_l14_too_many_open_files_are_not_the_outlets_fault(door: Door, server: Hostile, room: int) -> None:
    await door.fetch(asking(server.url("feed")))
    with few(room):
        error = await fault(door, asking(server.url("feed")))
    assert (error.kind, error.detail) == ("local", "too many open files")


async def test_l14_a_name_that_could_not_be_asked_for_is_not_said_to_be_missing() -> None:
    with few(0), pytest.raises(FetchError) as caught:
        await Lookups(system_resolver).addresses("no-such.invalid", 80)
    assert caught.value.kind == "local"


def test_l14_a_start_with_too_few_descriptors_says_how_many_it_takes(desk: Desk) -> None:
    desk.configure("a")
    program = (
        "import resource, sys\nfrom monitor.cli import main\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))\nsys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "-c", str(desk.config), "run"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("only 40 files may be open here at once, and 64 are needed at the least: raise it with ")
