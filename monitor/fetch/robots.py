"""A place about to be asked → how long its host wants to be left alone, or FetchError: robots.txt says no (RFC 9309).

It asks for robots.txt through the door that it is handed, and remembers it in memory: at most 24 hours, for a bounded number of
origins and a bounded length of rules.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from monitor.errors import FetchError
from monitor.fetch.hop import Hop
from monitor.model import Fetched, Request, Secret, Unchanged

if TYPE_CHECKING:
    from protego import Protego

MAX_SIZE = 500 * 1024
"""Bytes that are read (RFC 9309 §2.5 asks for so many at least). Of a longer file its beginning counts, in whole lines."""
KEPT_SECONDS = 24 * 3600.0
"""RFC 9309 §2.4."""
FAILED_SECONDS = 300.0
"""How long a host that gave no robots.txt is not asked for it again."""
MAX_DELAY = 30.0
"""Seconds: the longest Crawl-delay that is honoured."""
_MAX_ORIGINS = 1_000
_MAX_LENGTH = 1024 * 1024
"""Characters of rules, of all origins together. They take some fifty times as much when parsed."""
_DEADLINE = timedelta(seconds=10)
_LONG = 20_000
"""Characters from which rules are parsed on a thread: half a megabyte of them would hold up every other request."""

_AGENT = re.compile(r"user[- ]?agent[ \t]*:[ \t]*(\*|[a-z0-9_-]*)", re.IGNORECASE)
_RULE = re.compile(r"(?:allow|disallow|crawl-delay)[ \t]*:", re.IGNORECASE)

Ask = Callable[[Request], Awaitable[Fetched | Unchanged]]
"""Fetch, as the door does; of a body that is too long it gives the beginning."""
_Key = tuple[str, bool, str | Secret | None, str | None]


@dataclass(frozen=True, slots=True)
class _Rules:
    """What one origin says to us. ``parsed`` None: nothing."""

    parsed: Protego | None
    delay: float
    length: int


@dataclass(frozen=True, slots=True)
class _Known:
    """Rules or why there are none, until then by the loop's clock."""

    found: _Rules | FetchError
    until: float

    @property
    def length(self) -> int:
        """Characters of rules."""
        return self.found.length if isinstance(self.found, _Rules) else 0


class Robots:
    """Every origin's robots.txt, asked for when first needed, and once for all who need it at the moment."""

    def __init__(self, *, agent: str, ask: Ask, clock: Callable[[], float]) -> None:
        """Take the User-Agent, whose name before the slash is the product token (RFC 9309 §2.2.1), the door, and seconds."""
        self._token = agent.partition("/")[0].strip().lower()
        self._ask = ask
        self._clock = clock
        self._known: OrderedDict[_Key, _Known] = OrderedDict()
        self._length = 0
        self._asking: dict[_Key, asyncio.Task[_Rules]] = {}

    async def heed(self, request: Request, hop: Hop) -> float:
        """Give the host's Crawl-delay in seconds, at most 30.

        Raises FetchError: robots, or the kind that asking for robots.txt failed with.
        """
        rules = await self._rules(request, hop)
        if rules.parsed is not None and not rules.parsed.can_fetch(hop.text, self._token):
            raise FetchError(
                "robots",
                "robots.txt of that host does not allow it; `robots = false` in [fetch] reads it all the same",
                retryable=False,
            )
        return rules.delay

    async def close(self) -> None:
        """Break off what is still being asked."""
        asking = list(self._asking.values())
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    async def _rules(self, request: Request, hop: Hop) -> _Rules:
        # What may be connected to, and by which way, decides what is found: no outcome of one is handed to the other
        key = (hop.origin, hop.private, request.proxy, request.ca_file)
        known = self._known.get(key)
        if known is not None and self._clock() < known.until:
            self._known.move_to_end(key)
            if isinstance(known.found, _Rules):
                return known.found
            raise _again(known.found)
        task = self._asking.get(key)
        if task is None:
            task = self._asking[key] = asyncio.create_task(self._found(key, request, hop))
            task.add_done_callback(lambda done: self._asked(key, done))
        try:
            return await asyncio.shield(task)
        except FetchError as error:
            raise _again(error) from None

    def _asked(self, key: _Key, task: asyncio.Task[_Rules]) -> None:
        del self._asking[key]
        if not task.cancelled():
            task.exception()  # whoever asked may be gone by now

    async def _found(self, key: _Key, request: Request, hop: Hop) -> _Rules:
        try:
            rules = await self._read(request, hop)
        except FetchError as error:
            failed = FetchError(
                error.kind,
                f"robots.txt: {error.detail}",
                retryable=error.retryable or error.kind == "http",
                status=error.status,
                retry_after=error.retry_after,
            )
            if error.kind != "local":  # this machine's own trouble may be over in a moment
                self._remember(key, _Known(failed, self._clock() + FAILED_SECONDS))
            raise failed from None
        self._remember(key, _Known(rules, self._clock() + KEPT_SECONDS))
        return rules

    async def _read(self, request: Request, hop: Hop) -> _Rules:
        asked = Request(
            url=f"{hop.url.scheme}://{hop.url.netloc.decode('ascii')}/robots.txt",
            deadline=min(_DEADLINE, request.deadline),
            max_size=MAX_SIZE,
            accept="text/plain, */*;q=0.1",
            private=hop.private,
            pause=request.pause,
            yields=request.yields,
            proxy=request.proxy,
            ca_file=request.ca_file,
        )
        try:
            answer = await self._ask(asked)
        except FetchError as error:
            if _is_absent(error):
                return _Rules(None, 0.0, 0)
            raise
        body = answer.body if isinstance(answer, Fetched) else b""
        if len(body) < _LONG:
            return _parse(body, self._token)
        return await asyncio.to_thread(_parse, body, self._token)

    def _remember(self, key: _Key, known: _Known) -> None:
        old = self._known.pop(key, None)
        self._length += known.length - (old.length if old else 0)
        self._known[key] = known
        while len(self._known) > _MAX_ORIGINS or self._length > _MAX_LENGTH:
            _, forgotten = self._known.popitem(last=False)
            self._length -= forgotten.length


def _is_absent(error: FetchError) -> bool:
    """Whether an origin has no robots.txt, so that everything is allowed: 4xx (but 429), or more redirects than it is worth.

    RFC 9309 §2.3.1.2 and 2.3.1.3. What could not be reached may not be crawled (§2.3.1.4).
    """
    if error.kind == "redirect":
        return True
    status = error.status or 0
    is_refused = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return error.kind == "http" and is_refused and status != HTTPStatus.TOO_MANY_REQUESTS


def _again(error: FetchError) -> FetchError:
    """Make an error anew: one that is raised twice drags the first one's traceback along."""
    return FetchError(error.kind, error.detail, retryable=error.retryable, status=error.status, retry_after=error.retry_after)


def _parse(body: bytes, token: str) -> _Rules:
    text = body.decode("utf-8", errors="replace").removeprefix("\ufeff")
    if len(body) == MAX_SIZE:
        text = text[: text.rfind("\n") + 1]
    lines = _ours(text, token)
    if not lines:
        return _Rules(None, 0.0, 0)
    rules = "\n".join(("User-agent: *", *lines))
    from protego import Protego  # noqa: PLC0415  for who reads articles

    parsed = Protego.parse(rules)
    return _Rules(parsed, min(parsed.crawl_delay(token) or 0.0, MAX_DELAY), len(rules))


def _ours(text: str, token: str) -> list[str]:
    """Give the rules of the groups that name us, else of those for everybody (RFC 9309 §2.2.1).

    Protego would do it, but it keeps every group, and writes each rule into every agent of its group: half a megabyte of
    agents and rules is minutes of work and gigabytes.
    """
    rules: dict[str, list[str]] = {}
    named: set[str] = set()
    is_naming = False
    for raw in text.splitlines():
        line = raw.partition("#")[0].strip()
        agent = _AGENT.match(line)
        if agent is not None:
            named = named if is_naming else set()
            is_naming = True
            name = agent[1].lower()
            if name in {"*", token}:
                named.add(name)
                rules.setdefault(name, [])
        elif _RULE.match(line):
            is_naming = False
            for name in named:
                rules[name].append(line)
    return rules.get(token, rules.get("*", []))
