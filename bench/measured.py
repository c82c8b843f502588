"""A command → how long it took, and what the whole tree of its processes took of the processors and of memory.

Processor time is the kernel's own sum over the process and all that it waited for. Memory is the proportional set size
(what is shared counts once), looked at a few times a second; Linux only.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

LOOK = 0.2
"""Seconds between two looks at the memory."""
LIMIT = 3_600.0
"""Seconds after which a command is killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a command took: seconds on the clock, seconds of processor, bytes at the peak. ``code``: its exit code."""

    seconds: float
    cpu: float
    memory: int
    code: int


class Peak:
    """Looks at the memory of a process and of all its descendants until it is told to stop; keeps the most it saw."""

    def __init__(self, pid: int) -> None:
        """Begin to look."""
        self.memory = 0
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        """Look no more; gives the most bytes that were seen."""
        self._over.set()
        self._thread.join()
        return self.memory

    def _look(self) -> None:
        while not self._over.wait(LOOK):
            self.memory = max(self.memory, sum(map(_memory, tree(self._pid))))


def tree(pid: int) -> Iterator[int]:
    """Give a process and its descendants."""
    yield pid
    try:
        children = [(task / "children").read_text().split() for task in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:
        return
    for child in (int(one) for some in children for one in some):
        yield from tree(child)


def processor(pid: int) -> float:
    """Give the seconds of processor that a running tree has taken so far, with those of its children that have ended."""
    return sum(map(_processor, tree(pid))) / os.sysconf("SC_CLK_TCK")


def _processor(pid: int) -> int:
    try:
        # proc(5): after the name, which may hold anything but ends with the last ")", the 12th to the 15th are times
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, fields[11:15]))


def _memory(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        # it has ended since
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def run(command: Sequence[str], *, folder: Path) -> Cost:
    """Run a command in a folder, where what it says goes to `log`, and wait for its end."""
    with (folder / "log").open("ab") as log:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        peak = Peak(process.pid)
        guard = threading.Timer(LIMIT, process.kill)
        guard.start()
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        guard.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(seconds=seconds, cpu=used.ru_utime + used.ru_stime, memory=peak.stop(), code=process.returncode)
