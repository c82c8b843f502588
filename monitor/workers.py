"""Fetched → Document or Article, read in processes that can be killed. The only door to processes; it says what they may take.

Feeds and pages are hostile: some take a parser past any time, memory or stack, where neither a thread nor a timeout can stop it.
So each is read by ``python -m monitor.worker``, which has no network, no database, no secret; it is killed when its time is up.
What it answers is taken for hostile too: JSON, validated into records.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import struct
import sys
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TypeVar, cast, get_args

from monitor.errors import ExtractError, ParseError, WorkerError
from monitor.model import Article, Document, Entry, Fetched, Hints
from monitor.url import linkable

# The worker's own side of this stands in worker.py, which a station can't import
_HEADER = struct.Struct(">II")
_OUT_OF_MEMORY = 12
_MAX_ANSWER = 64_000_000
_MAX_ENTRIES = 2_000
_MAX_JOBS = 500
_START_LIMIT = timedelta(seconds=20)
_REAP_LIMIT = timedelta(seconds=5)
_ROOT = Path(__file__).resolve().parent.parent

_Source = Literal["page", "json-ld"]
_KINDS = frozenset({"rss", "atom", "rdf", "json"})
_PARSE_KINDS = frozenset({"not_a_feed", "html", "empty", "doctype", "garbage"})
_EXTRACT_KINDS = frozenset({"not_html", "too_big", "hostile", "empty"})
_DOUBTS = frozenset({"paywall", "consent", "javascript", "wall", "soft_404", "cut", "short", "other_page"})
_LANGUAGE = re.compile(r"[a-z]{2,3}")
# What ``linkable`` gives back as it is; most links are so plain, and this is ten times as fast, in the daemon's own process
_PLAIN_LINK = re.compile(
    r"https?://[a-z0-9][a-z0-9.-]*(?::\d{1,4})?(?:/[\w.~!$&'()*+,;=:@%/-]*)?(?:\?[\w.~!$&'()*+,;=:@%/?-]+)?(?:#[\w.~!$&'()*+,;=:@%/?-]+)?",
    re.ASCII,
)

_DOCUMENT = frozenset(Document.__slots__)
_HINTS = frozenset(Hints.__slots__)
_ENTRY = frozenset(Entry.__slots__)
_ARTICLE = frozenset(Article.__slots__)
_MAX_TTL = timedelta(days=365)

_Record = TypeVar("_Record")


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
            answer = await self._answer({"job": "parse", "now": now.isoformat(), **about}, fetched.body)
            return _record(answer, "document", read=_document, kinds=_PARSE_KINDS, error=ParseError)
        except WorkerError as error:
            raise ParseError(_blamed(error), error.detail) from error

    async def extract(self, fetched: Fetched, *, title: str, language: str | None) -> Article:
        """Read a page; ``title``: the feed's own, to tell if this is the article; ``language``: as above. Raises ExtractError."""
        job = {"job": "extract", "url": fetched.url, "content_type": fetched.content_type, "title": title, "language": language}
        try:
            answer = await self._answer(job, fetched.body)
            return _record(answer, "article", read=_article, kinds=_EXTRACT_KINDS, error=ExtractError)
        except WorkerError as error:
            raise ExtractError(_blamed(error), error.detail) from error

    async def _answer(self, job: Mapping[str, object], body: bytes) -> dict[str, object]:
        async with self._places:
            while True:
                worker = await self._worker()
                is_fresh = worker.jobs == 0
                try:
                    return await self._ask(worker, job, body)
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

    async def _ask(self, worker: _Worker, job: Mapping[str, object], body: bytes) -> dict[str, object]:
        is_whole = False
        try:
            answer = await worker.ask(job, body, time_limit=self._time_limit)
            is_whole = worker.jobs < _MAX_JOBS
        finally:
            # also where the waiting was cancelled: a worker in the middle of a job would answer the next one with it
            if is_whole and not self._is_closed:
                self._idle.append(worker)
            else:
                await self._end(worker)
        return answer

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
            raise _NotTakenError("crashed", await self._epitaph()) from error
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
        self._process.stdin.write(frame)
        await self._process.stdin.drain()

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
        try:
            async with asyncio.timeout(_REAP_LIMIT.total_seconds()):
                await self._process.communicate()
        except TimeoutError:
            # something it started holds its pipes; it is dead itself
            return

    def kill(self) -> None:
        """Kill it, unless it has ended by itself: then its code says of what."""
        assert self._process.stdout is not None
        if self._process.returncode is None and not self._process.stdout.at_eof():
            with suppress(ProcessLookupError):
                self._process.kill()


def _blamed(error: WorkerError) -> str:
    """Say whose fault it is: this machine's (local), or the job's."""
    return "crashed" if error.kind == "garbage" else error.kind


def _record(
    answer: dict[str, object],
    name: str,
    *,
    read: Callable[[dict[str, object]], _Record],
    kinds: Collection[str],
    error: type[ParseError | ExtractError],
) -> _Record:
    """Turn an answer into the record, or into the error that it tells of; whatever it is else raises WorkerError."""
    try:
        if set(answer) == {"error"}:
            told = _Told(answer["error"], frozenset({"kind", "detail"}))
            kind, detail = told.one_of("kind", kinds), " ".join(told.text("detail", 1_000).split())
        else:
            return read(cast("dict[str, object]", _Told(answer, frozenset({name})).inner(name)))
    except (ValueError, TypeError, OverflowError) as fault:
        raise WorkerError("garbage", "the worker process spoke nonsense") from fault
    raise error(kind, detail)


class _Told:
    """An object out of JSON whose every value must be what it should; raises ValueError where one is not."""

    def __init__(self, found: object, names: frozenset[str]) -> None:
        if not isinstance(found, dict) or found.keys() != names:
            raise ValueError("not the names that are wanted")
        self._found: dict[str, object] = found

    def inner(self, name: str) -> object:
        return self._found[name]

    def text(self, name: str, limit: int) -> str:
        value = self._found[name]
        if not isinstance(value, str) or len(value) > limit:
            raise ValueError(f"{name} is no text, or too long")
        value.encode()
        return value

    def maybe(self, name: str, limit: int) -> str | None:
        return None if self._found[name] is None else self.text(name, limit)

    def one_of(self, name: str, values: Collection[str]) -> str:
        value = self.text(name, 100)
        if value not in values:
            raise ValueError(f"{name} is none of those known")
        return value

    def link(self, name: str) -> str | None:
        value = self.maybe(name, 2_000)
        if value is not None and not _PLAIN_LINK.fullmatch(value) and linkable(value, None) != value:
            raise ValueError(f"{name} may not be linked")
        return value

    def language(self, name: str) -> str | None:
        value = self.maybe(name, 3)
        if value is not None and not _LANGUAGE.fullmatch(value):
            raise ValueError(f"{name} is no language")
        return value

    def moment(self, name: str) -> datetime | None:
        value = self.maybe(name, 40)
        if value is None:
            return None
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(f"{name} has no zone")
        return moment.astimezone(UTC)

    def claim(self, name: str) -> bool:
        value = self._found[name]
        if value is not True and value is not False:
            raise ValueError(f"{name} is neither true nor false")
        return value is True

    def span(self, name: str, limit: timedelta) -> timedelta | None:
        value = self._found[name]
        if value is None:
            return None
        if type(value) not in {int, float} or not 0 < cast("float", value) <= limit.total_seconds():
            raise ValueError(f"{name} is no time, or too long")
        return timedelta(seconds=cast("float", value))

    def numbers(self, name: str, allowed: range) -> frozenset[int]:
        value = self._found[name]
        if not isinstance(value, list) or len(value) > len(allowed):
            raise ValueError(f"{name} is no list, or too long")
        if not all(type(each) is int and each in allowed for each in value):
            raise ValueError(f"{name} has a number in it that can't be")
        return frozenset(value)


def _document(found: object) -> Document:
    told = _Told(found, _DOCUMENT)
    entries = told.inner("entries")
    if not isinstance(entries, list) or len(entries) > _MAX_ENTRIES:
        raise ValueError("no entries, or too many")
    return Document(
        kind=told.one_of("kind", _KINDS),
        title=told.maybe("title", 500),
        link=told.link("link"),
        language=told.language("language"),
        entries=tuple(map(_entry, entries)),
        hints=_hints(told.inner("hints")),
        is_sound=told.claim("is_sound"),
        is_torn=told.claim("is_torn"),
    )


def _hints(found: object) -> Hints:
    told = _Told(found, _HINTS)
    return Hints(
        ttl=told.span("ttl", _MAX_TTL),
        skip_hours=told.numbers("skip_hours", range(24)),
        skip_days=told.numbers("skip_days", range(7)),
    )


def _entry(found: object) -> Entry:
    told = _Told(found, _ENTRY)
    return Entry(
        guid=told.maybe("guid", 2_000),
        link=told.link("link"),
        title=told.maybe("title", 500),
        summary=told.maybe("summary", 20_000),
        text=told.maybe("text", 200_000),
        author=told.maybe("author", 200),
        published=told.moment("published"),
        published_raw=told.maybe("published_raw", 200),
        language=told.language("language"),
    )


def _article(found: object) -> Article:
    told = _Told(found, _ARTICLE)
    return Article(
        url=told.text("url", 10_000),
        title=told.maybe("title", 500),
        text=told.text("text", 200_000),
        source=cast("_Source", told.one_of("source", get_args(_Source))),
        doubt=None if told.inner("doubt") is None else told.one_of("doubt", _DOUBTS),
        language=told.language("language"),
        published=told.moment("published"),
    )
