"""The bench: this monitor and the PyPI package `reader` poll the same farm in turns → a table of Markdown.

Every figure is of a whole process with its start, on a copy of the same state; each is checked against what the farm served
and what stands in the database afterwards, and a figure that does not hold ends the bench. Ratios are pair by pair.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from urllib.request import urlopen

import measured
from clients import NEWSBOAT_THREADS, READER_WORKERS, Client, Monitor, Newsboat, Reader
from farm import MODES, Count, address
from invented import ITEMS, MOVED, build

TITLES = {
    "cold": "all new",
    "304": "not modified (304)",
    "same": "same bytes, no validators",
    "date": "only the build date differs",
    "tenth": "1 in 10 changed",
    "most": "9 in 10 changed",
}
MEGABYTE = 1_000_000
COLD_ROUNDS = 3
MANY = 1_000
"""More feeds than these are polled cold once."""
WARMING = 10
"""Feeds of a first poll that is not counted: it writes Python's caches, and draws the programs into the disk's."""


class FarmProcess:
    """A farm that runs in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Take it as it starts, and wait for its port."""
        assert process.stdout is not None
        self.port = int(process.stdout.readline())

    def addresses(self, feeds: int) -> list[str]:
        """Give the URLs of the first feeds."""
        return [address(feed, self.port) for feed in range(feeds)]

    def begin(self, mode: str) -> None:
        """Let it answer so from now on, and count anew."""
        self._ask(f"mode?{mode}")

    def count(self) -> Count:
        """Ask what it has served."""
        return self._ask("count")

    def _ask(self, path: str) -> Count:
        with urlopen(f"http://127.0.0.1:{self.port}/{path}", timeout=10) as answer:
            return Count(**json.load(answer))


@contextmanager
def farming(folder: Path, feeds: int) -> Iterator[FarmProcess]:
    """Run a farm of at least so many feeds, which are kept in a folder."""
    build(folder, feeds)
    command = [sys.executable, str(Path(__file__).with_name("farm.py")), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield FarmProcess(process)
        finally:
            process.send_signal(signal.SIGTERM)


# ----------------------------------------------------------------------------------------------------------- checked


class WrongError(Exception):
    """A client did not do what it was measured for."""


def check(mode: str, feeds: int, *, count: Count, items: int, code: int) -> None:
    """Raise WrongError unless every feed was asked once, was answered as the mode has it, and all of its items are stored."""
    moved = sum(feed % 10 in MODES[mode].moved for feed in range(feeds))
    whole = feeds if mode == "cold" or not MODES[mode].validates else moved
    wanted = {
        "exit code": (code, 0),
        "requests": (count.requests, feeds),
        "feeds asked": (count.asked, feeds),
        "feeds asked again": (count.again, 0),
        "other addresses": (count.unknown, 0),
        "answers in whole": (count.whole, whole),
        "answers not modified": (count.unchanged, feeds - whole),
        "answers not packed": (count.plain, 0),
        "items stored": (items, feeds * ITEMS + moved * MOVED),
    }
    wrong = [f"{name}: {found:,}, not {right:,}" for name, (found, right) in wanted.items() if found != right]
    if wrong:
        raise WrongError("; ".join(wrong))


# ---------------------------------------------------------------------------------------------------------- measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One poll of every feed by one client. ``cpu``: seconds of processor; ``memory``: bytes at the peak."""

    feeds: int
    mode: str
    client: str
    round: int
    seconds: float
    cpu: float
    memory: int
    connections: int

    @property
    def speed(self) -> float:
        """Feeds a second."""
        return self.feeds / self.seconds


def measure(client: Client, farm: FarmProcess, mode: str, *, feeds: int, number: int) -> Figure:
    """Let a client poll once in a mode, and check what it did. Raises WrongError."""
    client.restore("empty" if mode == "cold" else "polled")
    farm.begin(mode)
    cost = measured.run(client.command(), folder=client.folder)
    count = farm.count()
    try:
        check(mode, feeds, count=count, items=client.items(), code=cost.code)
    except WrongError as error:
        raise WrongError(f"{client.name}, {feeds:,} feeds, {mode}: {error}\n{client.log()}") from None
    say(f"  {client.name:9}{cost.seconds:8.2f} s{cost.cpu:8.2f} s CPU{cost.memory / MEGABYTE:8.0f} MB")
    return Figure(
        feeds=feeds,
        mode=mode,
        client=client.name,
        round=number,
        seconds=cost.seconds,
        cpu=cost.cpu,
        memory=cost.memory,
        connections=count.connections,
    )


def in_turns(clients: Sequence[Client], farm: FarmProcess, modes: Sequence[str], *, feeds: int, rounds: int) -> Iterator[Figure]:
    """Measure every client in every mode at one number of feeds, one after the other, round by round."""
    for client in clients:
        client.begin(farm.addresses(feeds))
    # what the others start from is what a first cold poll leaves
    for mode in ("cold", *(mode for mode in modes if mode != "cold")):
        for number in range(rounds_of(mode, rounds, feeds) if mode in modes else 1):
            say(f"{feeds:,} feeds, {mode}, round {number + 1}")
            for client in clients:
                figure = measure(client, farm, mode, feeds=feeds, number=number)
                if mode == "cold" and number == 0:
                    keep(client, farm)
                if mode in modes:
                    yield figure


def keep(client: Client, farm: FarmProcess) -> None:
    """Keep what a first poll left, once the client has its validators."""
    for _ in range(client.polls_more):
        farm.begin("cold")
        measured.run(client.command(), folder=client.folder)
    client.keep("polled")


def rounds_of(mode: str, rounds: int, feeds: int) -> int:
    """Give how often a mode is measured: a cold poll takes `reader` minutes, and differs least."""
    return min(rounds, COLD_ROUNDS if feeds <= MANY else 1) if mode == "cold" else rounds


# ------------------------------------------------------------------------------------------------------------- told


def table(figures: Sequence[Figure]) -> str:
    """Write the medians as Markdown, with the ratio of speeds pair by pair: its median, and the least and the greatest."""
    others = sorted({figure.client for figure in figures} - {Monitor.name}, key=("reader", "newsboat").index)
    names = [Monitor.name, *others]
    head = ["feeds", "mode", *(f"{name}, feeds/s" for name in names), *(f"to {name}" for name in others)]
    head += [f"{name}, CPU s per 1,000" for name in names] + [f"{name}, peak MB" for name in names]
    lines = [head, ["--:", "---", *["--:"] * (len(head) - 2)]]
    for feeds, mode in dict.fromkeys((figure.feeds, figure.mode) for figure in figures):
        some = [figure for figure in figures if (figure.feeds, figure.mode) == (feeds, mode)]
        lines.append([f"{feeds:,}", TITLES[mode], *_cells(some, names)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cells(figures: Sequence[Figure], names: Sequence[str]) -> list[str]:
    by_name = {name: [figure for figure in figures if figure.client == name] for name in names}
    ours = by_name[Monitor.name]
    speeds = [f"{median(one.speed for one in by_name[name]):,.0f}" for name in names]
    ratios = [_ratio([one.speed / other.speed for one, other in zip(ours, by_name[name], strict=True)]) for name in names[1:]]
    cpu = [f"{median(one.cpu / one.feeds * 1_000 for one in by_name[name]):.2f}" for name in names]
    memory = [f"{median(one.memory / MEGABYTE for one in by_name[name]):,.0f}" for name in names]
    return [*speeds, *ratios, *cpu, *memory]


def _ratio(pairs: Sequence[float]) -> str:
    return f"**{median(pairs):.1f}** ({min(pairs):.1f}–{max(pairs):.1f})"


def say(words: str) -> None:
    """Tell how far it is."""
    sys.stderr.write(f"{words}\n")


def settings() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", default="250,1000,4000", help="numbers of feeds (default: %(default)s)")
    parser.add_argument("--modes", default=",".join(MODES), help="default: %(default)s")
    parser.add_argument("--rounds", type=int, default=5, help="default: %(default)s; cold: 3 at most, 1 over 1,000 feeds")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every single figure there")
    parser.add_argument(
        "--data", type=Path, default=Path(tempfile.gettempdir()) / "monitor-bench", help="the feeds are kept here"
    )
    parser.add_argument("--monitor", default=sys.executable, metavar="PYTHON", help="where the monitor is installed")
    parser.add_argument("--reader", default=sys.executable, metavar="PYTHON", help="where reader is installed")
    parser.add_argument("--newsboat", action="store_true", help="measure newsboat beside them, where it is installed")
    told = parser.parse_args()
    if told.newsboat and not shutil.which("newsboat"):
        parser.error("newsboat is not installed")
    told.feeds = [int(number) for number in told.feeds.split(",")]
    told.modes = told.modes.split(",")
    if unknown := set(told.modes) - set(MODES):
        parser.error(f"no such mode: {', '.join(sorted(unknown))}. There are {', '.join(MODES)}")
    return told


def main() -> int:
    """Measure, and print the table."""
    told = settings()
    figures: list[Figure] = []
    with farming(told.data, max(told.feeds)) as farm, tempfile.TemporaryDirectory(prefix="bench-", dir=told.data) as made:
        folder = Path(made)
        clients: list[Client] = [Monitor(folder / "monitor", told.monitor), Reader(folder / "reader", told.reader)]
        if told.newsboat:
            clients.append(Newsboat(folder / "newsboat"))
        try:
            say("warming up")
            list(in_turns(clients, farm, ["304"], feeds=WARMING, rounds=1))
            for feeds in told.feeds:
                figures += in_turns(clients, farm, told.modes, feeds=feeds, rounds=told.rounds)
        except WrongError as error:
            say(f"bench: {error}")
            return 1
    beside = f"newsboat: {NEWSBOAT_THREADS} threads" if told.newsboat else "newsboat was not measured"
    rounds = f"{told.rounds} rounds in turns (cold: {COLD_ROUNDS} at most, 1 over {MANY:,} feeds)"
    sys.stdout.write(f"{table(figures)}\n\nMedians of {rounds}; reader: {READER_WORKERS} workers; {beside}.\n")
    if told.json:
        told.json.write_text(json.dumps([asdict(figure) for figure in figures], indent=1), encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
