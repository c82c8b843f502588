"""A process and its children → how much memory, threads and open files they take over time, and whether that is flat.

Flat: in a calm spell that one process lived through, the median of the last third is not over that of the third before by more
than MORE of it and SLACK. What is filled in the first third (caches, workers, the days that [keep] keeps) is no growth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

MORE = 0.05
SLACK = {"memory": 2.0, "own memory": 2.0, "threads": 1.0, "descriptors": 2.0, "log": 4.0}
"""Megabytes, and pieces: what one worker or one read more makes."""
SHOWN = (*SLACK, "database")
"""The database holds the digests of ninety days, and rightly grows with them."""
FEW = 30
"""So few samples say nothing."""
_MB = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What was taken at a time: ``day`` of the world; megabytes, and pieces. ``pid``: whose it is."""

    day: float
    pid: int
    taken: dict[str, float]


@dataclass(slots=True)
class Spell:
    """The samples of one calm spell, from ``start`` to ``stop`` (seconds since the beginning)."""

    start: float
    stop: float
    samples: list[Sample] = field(default_factory=list)

    def at(self, what: str, third: int) -> float:
        """Give the median of a third (0, 1, 2)."""
        size = len(self.samples) / 3
        return median(one.taken[what] for one in self.samples[int(third * size) : int((third + 1) * size)])

    def faults(self) -> Iterator[str]:
        """Find what is not flat."""
        if len(self.samples) < FEW:
            yield f"there are {len(self.samples)} samples only"
            return
        if len({one.pid for one in self.samples}) > 1:
            yield "a calm spell was lived by more than one process"
        for what, slack in SLACK.items():
            before, after = self.at(what, 1), self.at(what, 2)
            if after > before * (1 + MORE) + slack:
                first, last = self.samples[0].day, self.samples[-1].day
                yield f"{what} grew from {before:.1f} to {after:.1f} between day {first:.1f} and {last:.1f}"


def sample(pid: int, state: Path, day: float) -> Sample | None:
    """Look at a process; None: it has ended."""
    try:
        children = [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in _children(task)]
        own = _shared_out(pid)
        return Sample(
            day=day,
            pid=pid,
            taken={
                "memory": (own + sum(_shared_out(child) for child in children)) / 1e3,
                "own memory": own / 1e3,
                "threads": len(list(Path(f"/proc/{pid}/task").iterdir())),
                "descriptors": len(list(Path(f"/proc/{pid}/fd").iterdir())),
                "database": _size(state / "monitor.db"),
                "log": _size(state / "monitor.db-wal"),
            },
        )
    except (FileNotFoundError, ProcessLookupError):
        return None


def _children(task: Path) -> list[str]:
    try:
        return (task / "children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _shared_out(pid: int) -> int:
    """Give the kilobytes of a process, what it shares with others counted in parts (PSS); 0: it has ended."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(re.findall(r"^Pss:\s*(\d+) kB", rollup, re.MULTILINE)[0])


def _size(path: Path) -> float:
    try:
        return path.stat().st_size / _MB
    except FileNotFoundError:
        return 0.0
