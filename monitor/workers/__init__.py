"""Fetched → Document or Article, read in processes that can be killed. The only door to processes; it says what they may take.

Feeds and pages are hostile: some take a parser past any time, memory or stack, where neither a thread nor a timeout can stop it.
So each is read by ``python -m monitor.worker``, which has no network, no database, no secret; it is killed when its time is up.
What it answers is taken for hostile too: JSON, validated into records.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import struct
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from monitor.errors import ExtractError, ParseError, WorkerError
from monitor.model import Article, Document, Fetched
from monitor.workers.answers import EXTRACT_KINDS, PARSE_KINDS, article, document, record

# The worker's own side of this stands in worker.py, which a station can't import
_HEADER = struct.Struct(">II")
_OUT_OF_MEMORY = 12
_MAX_ANSWER = 64_000_000
_MAX_JOBS = 500
_KILLED = frozenset(("too_slow", "crashed", "garbage"))
_START_LIMIT = timedelta(seconds=20)
_REAP_LIMIT = timedelta(seconds=5)
_DESCRIPTORS = 12
"""To start a process takes nine for a moment; uvloop 0.23 keeps for good those it got where it gets fewer."""
_ROOT = Path(__file__).resolve().parents[2]
_Answer = dict[str, object]
_Record = TypeVar("_Record")
_DOCUMENT = partial(record, name="document", read=document, kinds=PARSE_KINDS, error=ParseError)
_ARTICLE = partial(record, name="article", read=article, kinds=EXTRACT_KINDS, error=ExtractError)


class Workers:
    """At most ``count`` worker processes, started when first needed; jobs wait in line, first come first served.

    ``time_limit`` is for one job, without the loading of libraries; ``memory_limit``: bytes of address space for each process.
    """

    def __init__(self, count: int = 2, *, time_limit: timedelta = timedelta(seconds=5), memory_limit: int = 700_000_000) -> None:
        """Take the limits; starts nothing yet."""
        self._time_limit = time_limit
        self._memory_limit = memory_limit
        self._count = count
        self._places = asyncio.Semaphore(count)
        self._all: set[_Worker] = set()
        self._idle: list[_Worker] = []
        self._is_closed = False
        self.killed = 0
        """So many died, or had to be killed, over what they read."""

    async def __aenter__(self) -> Self:
        """Start nothing yet."""
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None) -> None:
        """Kill and reap all of them."""
        await self.aclose()

    async def aclose(self) -> None:
        """Kill and reap every worker, busy ones too; whoever waits for one gets an error of kind local."""
        self._is_closed = True
        for worker in self._all:
            worker.kill()
        # whoever had a busy one sees it die and reaps it; whoever waits in line is turned away
        for _ in range(self._count):
            await self._places.acquire()
        await asyncio.gather(*(self._end(worker) for worker in tuple(self._all)))
        for _ in range(self._count):
            self._places.release()

    async def parse(self, fetched: Fetched, *, now: datetime, language: str | None = None) -> Document:
        """Read a feed. ``language``: the outlet's; where none is given, each entry's is detected. Raises ParseError only."""
        about = {"url": fetched.url, "content_type": fetched.content_type, "is_whole": fetched.is_whole, "language": language}
        try:
            return await self._answer({"job": "parse", "now": now.isoformat(), **about}, fetched.body, read=_DOCUMENT)
        except WorkerError as error:
            raise ParseError(_blamed(error), error.detail) from error

    async def extract(self, fetched: Fetched, *, title: str, language: str | None, selector: str | None = None) -> Article:
        """Read a page; ``title``: the feed's own, to tell whether this is the article. Raises ExtractError only.

        ``language``: as above. ``selector``: where the outlet has its articles, CSS.
        """
        known = {"title": title, "language": language, "selector": selector}
        job = {"job": "extract", "url": fetched.url, "content_type": fetched.content_type, **known}
        try:
            return await self._answer(job, fetched.body, read=_ARTICLE)
        except WorkerError as error:
            raise ExtractError(_blamed(error), error.detail) from error

    async def _answer(self, job: Mapping[str, object], body: bytes, *, read: Callable[[_Answer], _Record]) -> _Record:
        async with self._places:
            while True:
                worker = await self._worker()
                is_fresh = worker.jobs == 0
                try:
                    return await self._ask(worker, job, body, read=read)
                except _NotTakenError:
                    # it died in its sleep, not of this job: another one gets it
                    if is_fresh:
                        raise

    async def _worker(self) -> _Worker:
        self._refuse_if_closed()
        if self._idle:
            return self._idle.pop()
        worker = await _Worker.started(self._memory_limit)
        self._all.add(worker)
        try:
            self._refuse_if_closed()
        except WorkerError:
            await self._end(worker)
            raise
        return worker

    def _refuse_if_closed(self) -> None:
        if self._is_closed:
            raise WorkerError("local", "the monitor is stopping")

    async def _ask(
        self, worker: _Worker, job: Mapping[str, object], body: bytes, *, read: Callable[[_Answer], _Record]
    ) -> _Record:
        is_whole = False
        try:
            found = read(await worker.ask(job, body, time_limit=self._time_limit))
            is_whole = worker.jobs < _MAX_JOBS
        except (ParseError, ExtractError):
            is_whole = worker.jobs < _MAX_JOBS
            raise
        except WorkerError as error:
            # also one that answered what is no record: it was taken over, and must see no other outlet's feed
            self.killed += error.kind in _KILLED
            raise
        finally:
            # also where the waiting was cancelled: a worker in the middle of a job would answer the next one with it
            if is_whole and not self._is_closed:
                self._idle.append(worker)
            else:
                await self._end(worker)
        return found

    async def _end(self, worker: _Worker) -> None:
        await worker.end()
        self._all.discard(worker)


class _NotTakenError(WorkerError):
    """The worker was gone before it took the job."""


class _Worker:
    """One process; speaks frames with it."""

    def __init__(self, process: asyncio.subprocess.Process, memory_limit: int) -> None:
        self._process = process
        self._memory_limit = memory_limit
        self.jobs = 0

    @classmethod
    async def started(cls, memory_limit: int) -> Self:
        """Start one: no environment but a locale (so no secret), none of our files, a session of its own (so no Ctrl-C)."""
        try:
            _check_room()
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-E", "-s", "-m", "monitor.worker", str(memory_limit)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={"LANG": "C.UTF-8", "PATH": os.defpath},
                cwd=_ROOT,
                start_new_session=True,
            )
        except OSError as error:
            raise WorkerError("local", f"no worker process could be started: {error.strerror}") from error
        return cls(process, memory_limit)

    async def ask(self, job: Mapping[str, object], body: bytes, *, time_limit: timedelta) -> dict[str, object]:
        """Hand it one job and wait for the answer; raises WorkerError, after which the process must be ended."""
        head = json.dumps(job).encode("ascii")
        try:
            async with asyncio.timeout(_START_LIMIT.total_seconds()):
                await self._send(_HEADER.pack(len(head), len(body)) + head + body)
                if await self._frame() != {"taken": True}:
                    raise WorkerError("garbage", "the worker process spoke out of turn")
        except TimeoutError as error:
            raise WorkerError("local", "the worker process did not start in time") from error
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            # nothing of the job was looked at yet: this machine does not let it start
            raise _NotTakenError("local", await self._epitaph()) from error
        self.jobs += 1
        try:
            async with asyncio.timeout(time_limit.total_seconds()):
                return await self._frame()
        except TimeoutError as error:
            raise WorkerError("too_slow", f"it could not be read within {time_limit.total_seconds():g} s") from error
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise WorkerError("crashed", await self._epitaph()) from error

    async def _send(self, frame: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(frame)
            await self._process.stdin.drain()
        except RuntimeError as error:
            # uvloop's word for a pipe whose other end is known to be gone
            raise ConnectionResetError(str(error)) from error

    async def _frame(self) -> dict[str, object]:
        assert self._process.stdout is not None
        length, rest = _HEADER.unpack(await self._process.stdout.readexactly(_HEADER.size))
        if rest or length > _MAX_ANSWER:
            raise WorkerError("garbage", "the worker process spoke nonsense")
        try:
            answer = json.loads(await self._process.stdout.readexactly(length))
        except (ValueError, RecursionError) as error:
            raise WorkerError("garbage", "the worker process spoke nonsense") from error
        if not isinstance(answer, dict):
            raise WorkerError("garbage", "the worker process spoke nonsense")
        return answer

    async def _epitaph(self) -> str:
        """Say what it died of."""
        await self.end()
        code = self._process.returncode
        if code == _OUT_OF_MEMORY:
            return f"reading it took more than {self._memory_limit // 1_000_000} MB of memory"
        return f"the process that read it died ({f'signal {-code}' if code and code < 0 else f'exit {code}'})"

    async def end(self) -> None:
        """Kill and reap it; what it still says is read away, so that its pipes close."""
        self.kill()
        for _ in range(2):
            with suppress(TimeoutError):
                async with asyncio.timeout(_REAP_LIMIT.total_seconds()):
                    await self._process.communicate()
                    return
            # it is dead itself, and something that it started holds its pipes: it is of the same session
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def kill(self) -> None:
        """Kill it, unless it has ended by itself: then its code says of what."""
        assert self._process.stdout is not None
        if self._process.returncode is None and not self._process.stdout.at_eof():
            # not its own kill(), which looks first whether it has died, and so takes its code from asyncio, that waits for it
            # (https://github.com/python/cpython/issues/87744)
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)


def _check_room() -> None:
    """Raise OSError where a process could not be started for want of descriptors."""
    with ExitStack() as taken:
        for _ in range(_DESCRIPTORS):
            taken.callback(os.close, os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC))


def _blamed(error: WorkerError) -> str:
    """Say whose fault it is: this machine's (local), or the job's."""
    return "crashed" if error.kind == "garbage" else error.kind
