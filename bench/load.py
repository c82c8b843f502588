"""A long look: the daemon keeps thousands of outlets for minutes → how late it was, and what its processes took.

The outlets are the farm's, every 15 minutes each, one in ten with news; how late each poll began is what the monitor itself
wrote into its database. With --warm every feed was polled once before, and the feeds fall due evenly; without, all are new.
"""

from __future__ import annotations

import argparse
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import measured
from clients import Monitor
from farm import Count
from run import MEGABYTE, FarmProcess, farming, say

EVERY = "15m"
SECONDS = 15 * 60
MODE = "tenth"
STEP = 10.0
"""Seconds between two lines of progress."""
PATIENCE = 30.0
"""Seconds that the daemon has to stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a look found. ``late``: seconds, of each row of polls alike and of each feed that still waited, in order.

    ``polls``: ended since the start. ``waiting``: feeds that were due and not polled when time was up.
    """

    seconds: float
    cpu: float
    memory: int
    late: tuple[int, ...]
    polls: int
    failed: int
    waiting: int
    count: Count


def prepare(monitor: Monitor, farm: FarmProcess, feeds: int) -> None:
    """Poll every feed once, and let them fall due one after the other over the interval."""
    farm.begin("cold")
    cost = measured.run(monitor.command(), folder=monitor.folder)
    say(f"prepared in {cost.seconds:.0f} s, {cost.cpu:.0f} s CPU")
    with closing(sqlite3.connect(monitor.database)) as opened, opened:
        opened.execute("UPDATE feed SET due_at = unixepoch() + 5 + id * ? / ?", [SECONDS, feeds])


def watch(monitor: Monitor, farm: FarmProcess, *, seconds: float) -> Load:
    """Let the daemon work for so long."""
    farm.begin(MODE)
    began = int(time.time())
    before = sum(polls for _, polls, _ in rows(monitor.database, 0))
    with (monitor.folder / "log").open("ab") as log:
        process = subprocess.Popen(monitor.daemon(), cwd=monitor.folder, stdout=log, stderr=log)
    peak = measured.Peak(process.pid)
    started = time.perf_counter()
    while (left := started + seconds - time.perf_counter()) > 0 and process.poll() is None:
        time.sleep(min(STEP, left))
        passed = time.perf_counter() - started
        say(f"{passed:5.0f} s: {farm.count().requests:6,} requests, {measured.processor(process.pid):6.1f} s CPU")
    cpu, passed, ended = measured.processor(process.pid), time.perf_counter() - started, int(time.time())
    process.send_signal(signal.SIGTERM)
    process.wait(PATIENCE)
    if process.returncode or passed < seconds:
        sys.exit(f"load: the daemon ended with {process.returncode} after {passed:.0f} s\n{monitor.log()}")
    found, waiting = rows(monitor.database, began), overdue(monitor.database, ended)
    return Load(
        seconds=passed,
        cpu=cpu,
        memory=peak.stop(),
        late=tuple(sorted([late for late, _, _ in found] + waiting)),
        polls=sum(polls for _, polls, _ in rows(monitor.database, 0)) - before,
        failed=sum(polls for _, polls, outcome in found if outcome == "failed"),
        waiting=len(waiting),
        count=farm.count(),
    )


def rows(database: Path, since: int) -> list[tuple[int, int, str]]:
    """Give (worst lateness, polls, outcome) of each row of polls that went on after ``since``, in Unix seconds."""
    if not database.exists():
        return []
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
        found: list[tuple[int, int, str]] = opened.execute(
            "SELECT late, times, outcome FROM poll WHERE until >= ?", [since]
        ).fetchall()
    return found


def overdue(database: Path, now: int) -> list[int]:
    """Give how many seconds each feed waits that is due: one that is never polled would be late in no row."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
        return [late for (late,) in opened.execute("SELECT ? - due_at FROM feed WHERE due_at < ?", [now, now])]


def share(values: Sequence[int], part: float) -> int:
    """Give the value that so great a part of sorted values does not exceed."""
    return values[min(int(len(values) * part), len(values) - 1)] if values else 0


def report(load: Load, *, feeds: int, is_warm: bool) -> str:
    """Write what was found, as Markdown."""
    cells = {
        "feeds": f"{feeds:,}, {'all known' if is_warm else 'all new'}, every {EVERY}",
        "polls": f"{load.polls:,} in {load.seconds / 60:.1f} min ({load.polls / load.seconds:.1f}/s), {load.failed} failed, "
        f"{load.waiting} waiting at the end",
        "lateness p50 / p95 / most": " / ".join(f"{share(load.late, part)} s" for part in (0.5, 0.95, 1)),
        "processor": f"{load.cpu:.0f} s, {100 * load.cpu / load.seconds:.0f} % of one core",
        "memory of all processes, peak": f"{load.memory / MEGABYTE:,.0f} MB",
        "served": f"{load.count.requests:,} requests, {load.count.whole:,} whole, {load.count.unchanged:,} not modified",
    }
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {cell} |" for name, cell in cells.items())])


def main() -> int:
    """Prepare, watch, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=10_000, help="default: %(default)s")
    parser.add_argument("--minutes", type=float, default=10, help="default: %(default)s")
    parser.add_argument("--warm", action="store_true", help="begin with every feed polled once")
    parser.add_argument(
        "--data", type=Path, default=Path(tempfile.gettempdir()) / "monitor-bench", help="the feeds are kept here"
    )
    parser.add_argument("--monitor", default=sys.executable, metavar="PYTHON", help="where the monitor is installed")
    told = parser.parse_args()
    with farming(told.data, told.feeds) as farm, tempfile.TemporaryDirectory(prefix="load-", dir=told.data) as made:
        monitor = Monitor(Path(made) / "monitor", told.monitor)
        monitor.begin(farm.addresses(told.feeds))
        monitor.configure(farm.addresses(told.feeds), every=EVERY)
        if told.warm:
            prepare(monitor, farm, told.feeds)
        load = watch(monitor, farm, seconds=told.minutes * 60)
    sys.stdout.write(f"{report(load, feeds=told.feeds, is_warm=told.warm)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
