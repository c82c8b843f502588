"""Request → Fetched | Unchanged | FetchError. The only door to the web, and to httpx.

It trusts nothing that comes back: time, size, redirects, addresses and unpacking are bounded here, whatever the server does.
httpx's transport is used without its client, which would keep cookies, read redirects and unpack bodies of its own accord.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Self

# httpx would load its own command line, and with it rich and pygments: a tenth of a second at every start
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

import httpx

from monitor.errors import FetchError
from monitor.fetch import answer, body, guard, hop, trouble, wire
from monitor.fetch.engine import Way, Ways
from monitor.fetch.guard import Lookups, Resolver, system_resolver
from monitor.fetch.head import Head
from monitor.fetch.hop import Hop
from monitor.fetch.robots import Robots
from monitor.fetch.transport import Trust
from monitor.fetch.turns import Turn, Turns
from monitor.fetch.wire import user_agent
from monitor.model import Fetched, Request, Unchanged
from monitor.url import is_inside

__all__ = ["Door", "Resolver", "user_agent"]

_ALONE = Turn(reuse=False, keep=False)
_RECEIPT_SECONDS = 1.0
"""So long the body of an answer to a POST is waited for. Its status has said all; a server that is cut off may log a fault."""


class Door:
    """An async context manager; ``fetch`` is what the others are handed (``model.Fetch``)."""

    def __init__(
        self,
        *,
        user_agent: str,
        at_once: int,
        now: Callable[[], datetime],
        resolver: Resolver = system_resolver,
        trust: Trust | None = None,
    ) -> None:
        """Take how many requests may run at once, the wall clock (aware, UTC), and whom to trust (None: the machine's list)."""
        self._user_agent = user_agent
        self._now = now
        self._turns = Turns(at_once)
        self._ways = Ways(Lookups(resolver), trust)
        self._robots = Robots(agent=user_agent, ask=self._fetch_beginning, clock=_monotonic)

    def change(self, *, user_agent: str, at_once: int) -> None:
        """Ask so from now on. Turns, pauses and what robots.txt said go on: hosts must not notice that a config was reread."""
        self._user_agent = user_agent
        self._turns.allow(at_once)

    async def __aenter__(self) -> Self:
        """Nothing is opened before it is needed."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close every connection."""
        await self._robots.close()
        self._turns.close()
        await self._ways.close()

    async def fetch(self, request: Request) -> Fetched | Unchanged:
        """Get what is at an address. Raises FetchError only. Of an answer to a POST the body is not given.

        One request at a time goes to a host, with its pause between. The deadline counts from a request's own turn, through all
        redirects; the time that it waits for others, or for a robots.txt, is not held against it.

        No address off the public internet is connected to unless the request is private. Through a proxy only what the address
        itself says can be checked (a literal address, localhost): the proxy resolves the names, and where they lead is its
        affair. The proxy's own address may be any.
        """
        return await self._fetch(request, body.whole if request.method == "GET" else _receipt)

    async def _fetch_beginning(self, request: Request) -> Fetched | Unchanged:
        return await self._fetch(request, body.beginning)

    async def _fetch(self, request: Request, read: body.Reader) -> Fetched | Unchanged:
        at = hop.first(request)
        left = request.deadline.total_seconds()
        clock = asyncio.get_running_loop().time
        while True:
            pause = request.pause.total_seconds()
            if request.robots:
                pause = max(pause, await self._robots.heed(request, at))
            turn = await self._begin(at, pause, left=left, yields=request.yields)
            began = clock()
            try:
                async with asyncio.timeout(left):
                    found = await self._ask(request, at, read, turn=turn)
            except TimeoutError:
                raise FetchError("timeout", f"no whole answer within {request.deadline.total_seconds():g} s") from None
            except FetchError as error:
                error.host = at.host
                raise
            finally:
                self._turns.end(at.host)
            if not isinstance(found, Hop):
                return found
            left -= clock() - began
            at = found

    async def _begin(self, at: Hop, pause: float, *, left: float, yields: bool) -> Turn:
        if not at.way:
            return await self._turns.begin(at.host, pause=pause, yields=yields)
        try:
            # a place that many are sent on to, and that hangs, must not hold all of them up in its line
            async with asyncio.timeout(left + pause):
                return await self._turns.begin(at.host, pause=pause, yields=yields)
        except TimeoutError:
            raise FetchError("timeout", "too many are sent on to the same place, which is slow") from None

    async def _ask(self, request: Request, at: Hop, read: body.Reader, *, turn: Turn) -> Fetched | Unchanged | Hop:
        # A kept connection may be closed by the other side just now: a GET is then sent again, a POST must not be.
        if request.method != "GET":
            turn = _ALONE
        way = Way(private=at.private, proxy=request.proxy, ca_file=request.ca_file)
        if request.proxy is not None and not at.private and is_inside(at.name):
            raise guard.blocked()
        transport = self._ways.transport(way)
        try:
            asked = wire.request(request, at, user_agent=self._user_agent, turn=turn)
            response = await transport.handle_async_request(asked)
        except FetchError as error:
            if request.proxy is None or error.kind != "dns":
                raise
            raise trouble.from_proxy_lookup(error) from None
        except trouble.ENGINE as error:
            # Not chained: the engine's errors hold the URL with its query, and the headers with their secrets.
            raise trouble.before_answer(error) from None
        try:
            return await self._take(request, at, response, read=read)
        except trouble.ENGINE as error:
            raise trouble.in_body(error) from None

    async def _take(self, request: Request, at: Hop, response: httpx.Response, *, read: body.Reader) -> Fetched | Unchanged | Hop:
        try:
            head = Head(response)
            if answer.is_unchanged(head):
                return answer.not_modified(request, at, head, now=self._now())
            if answer.is_redirect(head):
                return hop.onward(at, answer.location(request, head), status=head.status, permanent=answer.is_permanent(head))
            answer.check(request, head, self._now())
            content = await read(response, head, request.max_size)
            return answer.whole(request, at, head, body=content, now=self._now())
        finally:
            await response.aclose()


async def _receipt(response: httpx.Response, head: Head, max_size: int) -> body.Body:
    """Let a body come to its end where it does so soon: for one that drips or breaks off nothing must be sent again."""
    del head
    size = 0
    with contextlib.suppress(TimeoutError, *trouble.ENGINE):
        async with asyncio.timeout(_RECEIPT_SECONDS):
            async for piece in response.aiter_raw():
                size += len(piece)
                if size > max_size:
                    break
    return body.Body(b"", b"")


def _monotonic() -> float:
    return asyncio.get_running_loop().time()
