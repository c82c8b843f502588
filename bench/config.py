"""10,000 outlets in one config.toml → what reading it, `monitor check` and a reload cost, beside reading its TOML alone.

Everything happens on this machine and nothing is polled: the outlets are paused, which a reload treats as it treats any other.
A reload brings a hundred outlets more, a hundred less, a hundred with another pace, another watch and another [fetch] every, so
that it touches every feed. ``held``: the longest time in which the daemon's loop did nothing else.

    python bench/config.py [--outlets 10000] [--rounds 5]
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle, pairwise
from pathlib import Path

import measured
from run import say

from monitor.config import load
from monitor.daemon import Daemon
from monitor.model import Config

WATCHES = 30
MOVED = 100
STEP = 0.005
"""Seconds between two looks at whether the loop is free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reload:
    """Seconds on the clock, of processor, and that the loop was held at the longest."""

    seconds: float
    cpu: float
    held: float


def written(outlets: int, *, state: Path, first: int = 0, every: str = "15m") -> str:
    """Write a config of so many outlets, numbered from ``first``; a third of them with options, ``every`` among them."""
    lines = [_outlet(number, every if number < first + MOVED else "30m") for number in range(first, first + outlets)]
    watches = [f'place-{number} = ["Place{number}", "Idlib {number}", "إدلب {number}"]' for number in range(WATCHES)]
    grouped = '[watches.grouped]\nany = ["Harim"]\ngroups = ["g1", "g2"]\n'
    head = f'state = "{state}"\ntimezone = "UTC"\n[fetch]\nevery = "{every}"\n'
    return f"{head}[outlets]\n" + "\n".join(lines) + "\n[watches]\n" + "\n".join(watches) + f"\n{grouped}"


def _outlet(number: int, every: str) -> str:
    feed = f'feed = "https://host{number}.example/feed.xml", paused = true'
    if number % 3:
        return f"outlet-{number} = {{ {feed} }}"
    return (
        f'outlet-{number} = {{ {feed}, name = "Outlet {number}", lang = "ar", every = "{every}", groups = ["g{number % 20}"] }}'
    )


def median_cpu(job: Callable[[], object], rounds: int) -> float:
    """Give the median of the seconds of processor that a job takes in this process."""
    taken = []
    for _ in range(rounds):
        began = time.process_time()
        job()
        taken.append(time.process_time() - began)
    return statistics.median(taken)


async def reloads(path: Path, texts: tuple[str, str], rounds: int) -> list[Reload]:
    """Open a daemon on the first text, and reload the other and the first in turn."""
    turns = cycle(texts)

    def read() -> Config:
        path.write_text(next(turns), encoding="utf-8")
        return load(path, environ={}, home=path.parent)

    async with Daemon(read(), load=read, say=say) as daemon:
        return [await _reload(daemon) for _ in range(rounds)]


async def _reload(daemon: Daemon) -> Reload:
    looks: list[float] = []

    async def look() -> None:
        while True:
            looks.append(time.monotonic())
            await asyncio.sleep(STEP)

    looking = asyncio.create_task(look())
    await asyncio.sleep(0)
    began, cpu = time.monotonic(), time.process_time()
    reply = await daemon.reload()
    seconds, cpu = time.monotonic() - began, time.process_time() - cpu
    looks.append(time.monotonic())
    looking.cancel()
    if not reply.ok:
        sys.exit(reply.says)
    return Reload(seconds=seconds, cpu=cpu, held=max(after - before for before, after in pairwise(looks)))


def main() -> None:
    """Measure, and print a table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--outlets", type=int, default=10_000)
    asked.add_argument("--rounds", type=int, default=5)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "config.toml"
        before = written(given.outlets, state=folder / "state")
        after = written(given.outlets, state=folder / "state", first=MOVED, every="20m").replace("Idlib 7", "Idleb 7")
        path.write_text(before, encoding="utf-8")
        plain = median_cpu(lambda: tomllib.loads(before), given.rounds)
        read = median_cpu(lambda: load(path, environ={}, home=folder), given.rounds)
        command = [sys.executable, "-m", "monitor", "check", "-c", str(path)]
        checks = [measured.run(command, folder=folder) for _ in range(given.rounds)]
        reloaded = asyncio.run(reloads(path, (before, after), given.rounds))
    held = [one.held for one in reloaded]
    rows = (
        ("its TOML alone (tomllib)", None, plain),
        ("the whole config, checked", None, read),
        ("monitor check, with its start", [one.seconds for one in checks], statistics.median(one.cpu for one in checks)),
        ("a reload", [one.seconds for one in reloaded], statistics.median(one.cpu for one in reloaded)),
    )
    say(f"{given.outlets:,} outlets, median of {given.rounds}")
    for what, seconds, cpu in rows:
        clock = "" if seconds is None else f"{statistics.median(seconds):.2f} s"
        say(f"  {what:<30} {clock:>8}  {cpu:6.2f} s CPU  {cpu / plain:5.1f} x")
    say(f"  a reload held the loop for {statistics.median(held):.2f} s, {max(held):.2f} s at the most")


if __name__ == "__main__":
    main()
