"""Request → Fetched | Unchanged | FetchError. The only door to the web, and to httpx.

It trusts nothing that comes back: time, size, redirects, addresses and unpacking are bounded here, whatever the server does.
httpx's transport is used without its client, which would keep cookies, read redirects and unpack bodies of its own accord.
"""

from __future__ import annotations

import asyncio
import itertools
import ssl
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime
from http import HTTPStatus
from types import TracebackType
from typing import Self

import httpx

from monitor.errors import FetchError
from monitor.fetch import answer, body, engine, hop, trouble
from monitor.fetch.guard import Lookups, Resolver, system_resolver
from monitor.fetch.hop import Hop
from monitor.fetch.turns import Turns
from monitor.model import Fetched, Request, Secret, Unchanged

__all__ = ["Door", "Resolver"]

CONNECT_SECONDS = 5.0
"""For one address: TCP and TLS. A deadline that is nearer comes first."""


class Door:
    """An async context manager; ``fetch`` is what the others are handed (``model.Fetch``)."""

    def __init__(
        self,
        *,
        user_agent: str,
        at_once: int,
        now: Callable[[], datetime],
        resolver: Resolver = system_resolver,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """Take how many requests may run at once, the wall clock (aware, UTC), and whom to trust (None: the machine's list)."""
        self._user_agent = user_agent
        self._now = now
        self._resolver = resolver
        self._trust = trust
        self._turns = Turns(at_once)
        self._open = AsyncExitStack()
        self._transports: dict[tuple[bool, bool], httpx.AsyncBaseTransport] = {}

    async def __aenter__(self) -> Self:
        """Open the pools: private and public, each with connections that are kept and with such that are not."""
        trust = self._trust or engine.system_trust()
        lookups = Lookups(self._resolver)
        for private, keep in itertools.product((False, True), repeat=2):
            transport = engine.transport(lookups, private=private, keep=keep, trust=trust)
            self._open.push_async_callback(transport.aclose)
            self._transports[private, keep] = transport
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close every connection."""
        await self._open.aclose()

    async def fetch(self, request: Request) -> Fetched | Unchanged:
        """Get what is at an address. Raises FetchError only.

        One request at a time goes to a host. The deadline counts from a request's own turn, through all redirects; the time
        that it waits for others is not held against it.
        """
        at = hop.first(request)
        left = request.deadline.total_seconds()
        clock = asyncio.get_running_loop().time
        while True:
            async with self._turns.turn(at.host) as keep:
                began = clock()
                found = await self._in_time(request, at, left=left, keep=keep)
                left -= clock() - began
            if not isinstance(found, Hop):
                return found
            at = found

    async def _in_time(self, request: Request, at: Hop, *, left: float, keep: bool) -> Fetched | Unchanged | Hop:
        try:
            async with asyncio.timeout(left):
                return await self._ask(request, at, keep=keep)
        except TimeoutError:
            raise FetchError("timeout", f"no whole answer within {request.deadline.total_seconds():g} s") from None

    async def _ask(self, request: Request, at: Hop, *, keep: bool) -> Fetched | Unchanged | Hop:
        # A kept connection may be closed by the other side just now: a GET is then sent again, a POST must not be.
        keep = keep and request.method == "GET"
        try:
            response = await self._transports[at.private, keep].handle_async_request(self._wire(request, at, keep=keep))
        except trouble.ENGINE as error:
            # Not chained: the engine's errors hold the URL with its query, and the headers with their secrets.
            raise trouble.before_answer(error) from None
        try:
            return await self._take(request, at, response)
        except trouble.ENGINE as error:
            raise trouble.in_body(error) from None

    async def _take(self, request: Request, at: Hop, response: httpx.Response) -> Fetched | Unchanged | Hop:
        try:
            status = response.status_code
            if status == HTTPStatus.NOT_MODIFIED:
                return answer.not_modified(request, at, self._now())
            if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
                return hop.onward(at, answer.location(request, response))
            answer.check(response, self._now())
            content = await body.read(response, request.max_size)
            return answer.whole(request, at, response, body=content, now=self._now())
        finally:
            await response.aclose()

    def _wire(self, request: Request, at: Hop, *, keep: bool) -> httpx.Request:
        headers = httpx.Headers({b"User-Agent": self._user_agent.encode(), b"Accept": request.accept.encode()})
        if at.is_origin:
            headers.update([(name.encode(), _plain(value).encode()) for name, value in request.headers])
        headers["Accept-Encoding"] = "gzip"
        if not keep:
            headers["Connection"] = "close"
        if answer.is_conditional(request):
            headers.update(_conditions(request))
        timeout = {"connect": CONNECT_SECONDS}
        return httpx.Request(request.method, at.url, headers=headers, content=request.body, extensions={"timeout": timeout})


def _plain(value: str | Secret) -> str:
    return value.reveal() if isinstance(value, Secret) else value


def _conditions(request: Request) -> dict[str, str]:
    """Give the validators back as they came (RFC 9110 §13.1)."""
    wanted = {"If-None-Match": request.validators.etag, "If-Modified-Since": request.validators.last_modified}
    return {name: value for name, value in wanted.items() if value}
