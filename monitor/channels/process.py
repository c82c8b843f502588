"""A program + bytes for its standard input → how it ended and what it said. The channels' only door to processes."""

from __future__ import annotations

import asyncio
import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Final

KEPT: Final = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ")
"""What a program is given of the monitor's environment. All else stays: secrets stand there, and systemd's sockets."""

_MOST_WAITED: Final = 0.05
"""Seconds between two looks at whether it has ended, where neither of its pipes says so."""
_LAST_WORDS: Final = 0.5
"""Seconds for what it said to arrive once it has ended: what it left behind may hold its output open for ever."""
_CHUNK: Final = 65_536
_REAPED: Final = 2.0
"""Seconds that a cancelled delivery waits for the program to be gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a program ended. ``code``: its exit code, minus the signal it died of, None where its time was up.

    ``output``: the beginning of what it wrote to standard output, and to standard error where the two are one.
    """

    code: int | None
    output: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to start. ``errors``: where its standard error goes, as subprocess has it. ``most``: bytes of output that are kept."""

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    errors: int = subprocess.STDOUT
    most: int = 10_000
    cwd: str = "/"

    def start(self) -> subprocess.Popen[bytes]:
        """Start it: no shell, a session of its own, none of our files. Raises OSError, ValueError."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        return subprocess.Popen(  # noqa: S603  the desk wrote down what to run
            self.argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            env={"PATH": os.defpath, **kept, **self.env},
            cwd=self.cwd,
            start_new_session=True,
        )


async def run(program: Program, given: bytes, *, thread: ThreadPoolExecutor, seconds: float) -> Ended:
    """Run it off the event loop; whoever has not ended after ``seconds`` is killed, with all that it started in its session.

    Raises OSError where it could not be started. Cancelled, it is killed likewise.
    """
    stop = threading.Event()
    work = asyncio.get_running_loop().run_in_executor(thread, _attended, program, given, stop, time.monotonic() + seconds)
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        stop.set()
        # waited for, since whoever calls this off may be about to end the monitor, and then nobody would kill it
        await asyncio.wait({work}, timeout=_REAPED)
        if work.done():
            work.exception()
        raise


def attended(program: Program, given: bytes, *, seconds: float) -> Ended:
    """Run it here and now. Raises OSError where it could not be started."""
    return _attended(program, given, threading.Event(), time.monotonic() + seconds)


def _attended(program: Program, given: bytes, stop: threading.Event, ends_at: float) -> Ended:
    if stop.is_set() or time.monotonic() >= ends_at:
        return Ended(code=None, output=b"")
    process = program.start()
    assert process.stdin is not None
    assert process.stdout is not None
    talk = _Talk(given=memoryview(given), most=program.most)
    try:
        with process.stdin, process.stdout, selectors.DefaultSelector() as waiting:
            os.set_blocking(process.stdin.fileno(), False)
            waiting.register(process.stdin, selectors.EVENT_WRITE, talk.feed)
            waiting.register(process.stdout, selectors.EVENT_READ, talk.listen)
            is_over = _talked(process, waiting, stop, ends_at)
    finally:
        if process.returncode is None:
            _kill(process)
    return Ended(code=process.returncode if is_over else None, output=bytes(talk.heard))


def _talked(process: subprocess.Popen[bytes], waiting: selectors.BaseSelector, stop: threading.Event, ends_at: float) -> bool:
    """Talk until it has ended and its output with it; False where it was not to go on so long."""
    closes_at = ends_at
    while waiting.get_map() or process.poll() is None:
        now = time.monotonic()
        if stop.is_set() or now >= closes_at:
            break
        if process.poll() is not None:
            closes_at = min(closes_at, now + _LAST_WORDS)
        for key, _ in waiting.select(min(_MOST_WAITED, closes_at - now)):
            if not key.data(key.fileobj):
                waiting.unregister(key.fileobj)
                key.fileobj.close()  # type: ignore[union-attr]
        if not waiting.get_map():
            with suppress(subprocess.TimeoutExpired):
                process.wait(min(_MOST_WAITED, max(0.0, closes_at - time.monotonic())))
        closes_at = closes_at if process.poll() is None else min(closes_at, time.monotonic() + _LAST_WORDS)
    return process.poll() is not None


@dataclass(slots=True, kw_only=True)
class _Talk:
    """What is still to be said to a program, and the beginning of what it said."""

    given: memoryview
    most: int
    heard: bytearray = field(default_factory=bytearray)

    def feed(self, pipe: IO[bytes]) -> bool:
        """Hand on a piece; False: that was all, or it does not listen."""
        try:
            self.given = self.given[os.write(pipe.fileno(), self.given[:_CHUNK]) :]
        except BlockingIOError:
            return True
        except OSError:
            return False
        return bool(self.given)

    def listen(self, pipe: IO[bytes]) -> bool:
        """Take a piece; False: it says no more. What is past ``most`` is read and dropped, or it could not go on."""
        piece = os.read(pipe.fileno(), _CHUNK)
        self.heard += piece[: max(0, self.most - len(self.heard))]
        return bool(piece)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the whole session's group, and reap its head."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_REAPED)
