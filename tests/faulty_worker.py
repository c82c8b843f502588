"""The worker's main with a parser that does what a feed's title says: ``python tests/faulty_worker.py -m monitor.worker BYTES``.

Each is a fault of its own kind: SEGFAULT reads memory that is not there, HUGE wants more than there is, HANG never ends, NOISE
and LIE write to the pipe of answers what is no answer, QUIT leaves as if all were well, CHILD leaves another one at the pipes.
"""

from __future__ import annotations

import ctypes
import os
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from monitor import worker


def answers() -> int:
    """Find the pipe of answers: the worker has put it elsewhere than at 1."""
    links = {int(one.name): str(one.readlink()) for one in Path("/proc/self/fd").iterdir() if one.exists()}
    return max(number for number, link in links.items() if link.startswith(("pipe:", "socket:")))


def fail(body: bytes) -> None:
    """Do what is asked for."""
    if b"SEGFAULT" in body:
        ctypes.string_at(0)
    if b"HUGE" in body:
        list(bytearray(2_000_000_000))
    if b"HANG" in body:
        time.sleep(600)
    if b"NOISE" in body:
        os.write(answers(), b"\xff" * 1000)
    if b"LIE" in body:
        said = b'{"document": {"kind": "rss"}}'
        os.write(answers(), struct.pack(">II", len(said), 0) + said)
        time.sleep(600)
    if b"QUIT" in body:
        os._exit(0)
    if b"CHILD" in body:
        subprocess.Popen(["sleep", "61.7"], pass_fds=[answers()])
        os._exit(1)


def parsing() -> Any:
    """Give the worker's own, which fails first where it is asked to."""
    run = worker._parsing()  # noqa: SLF001  from outside, or the product would have hooks

    def parse(job: dict[str, Any], body: bytes) -> dict[str, Any]:
        fail(body)
        return run(job, body)

    return parse


if __name__ == "__main__":
    sys.argv = sys.argv[sys.argv.index("monitor.worker") :]
    worker.JOBS["parse"] = parsing
    # the walls, which not every kernel has, would keep it from half of its faults
    worker.close_in = lambda _: None
    sys.exit(worker.main())
