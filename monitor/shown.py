"""GET on a loopback port → what the monitor shows of itself there. Nothing can be asked for but what is handed in.

A page in the desk's own browser may be made to ask this port under a name of its own (DNS rebinding): only the names of this
machine are answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

log = logging.getLogger("monitor.shown")

LONGEST: Final = 8_192
"""Bytes of a request's head."""
PATIENCE: Final = 10.0
"""Seconds that a request has, with its answer."""
AT_ONCE: Final = 8
"""So many are answered at the same time, others are sent away; so many more may hold the line, and then the oldest is let go."""
_HERE: Final = re.compile(r"(?:127(?:\.[0-9]{1,3}){3}|localhost|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An answer. ``kind``: its media type."""

    status: HTTPStatus
    body: bytes
    kind: str = "text/plain; charset=utf-8"


Show = Callable[[], Awaitable[Shown]]


class Window:
    """Listens on one address at a time."""

    def __init__(self, **pages: Show) -> None:
        """Take what is shown, by its path without the slash. Nothing listens before `open`."""
        self._pages: Mapping[str, Show] = {f"/{name}": show for name, show in pages.items()}
        self._server: asyncio.Server | None = None
        self._at: tuple[str, int] | None = None
        self._busy = 0
        self._idle: dict[asyncio.StreamWriter, None] = {}
        self._why: str | None = None

    async def open(self, at: tuple[str, int] | None) -> None:
        """Listen there and nowhere else; None: nowhere. That it can't be done is logged, once: all else works without."""
        if at == self._at and (self._server or at is None):
            return
        self.close()
        self._at = at
        if at is None:
            return
        try:
            self._server = await asyncio.start_server(self._serve, *at, limit=LONGEST)
        except OSError as error:
            why = f"{at[0]}:{at[1]}: can't be listened on, so no metrics are shown: {error.strerror or error}"
            if why != self._why:
                log.error("%s. It is tried again every minute", why)  # noqa: TRY400  a port in use needs no traceback
            self._why = why
            return
        self._why = None
        log.info("Metrics on http://%s:%d/metrics, and /healthz", f"[{at[0]}]" if ":" in at[0] else at[0], at[1])

    def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            # what comes too slowly, or is no request at all, hears nothing
            with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                async with asyncio.timeout(PATIENCE):
                    self._holds(writer)
                    head = await reader.readuntil(b"\r\n\r\n")
                    self._idle.pop(writer, None)
                    shown = await self._answer(head)
                    self._holds(writer)
                    writer.write(_written(shown))
                    await writer.drain()
        finally:
            self._idle.pop(writer, None)
            writer.close()

    def _holds(self, writer: asyncio.StreamWriter) -> None:
        """Count one that says nothing or does not listen. It must keep nobody out: whoever looks after us takes 503 for ill."""
        self._idle[writer] = None
        if len(self._idle) > AT_ONCE:
            longest = next(iter(self._idle))
            del self._idle[longest]
            longest.transport.abort()

    async def _answer(self, head: bytes) -> Shown:
        request, *lines = head.decode("latin-1").split("\r\n")
        method, _, rest = request.partition(" ")
        hosts = [value.strip() for name, _, value in (line.partition(":") for line in lines) if name.lower() == "host"]
        if len(hosts) != 1 or not _HERE.fullmatch(hosts[0]):
            return _refused(HTTPStatus.MISDIRECTED_REQUEST, "only who asks this machine by its own name is answered")
        if method != "GET":
            return _refused(HTTPStatus.METHOD_NOT_ALLOWED, "there is nothing but GET")
        show = self._pages.get(rest.split(" ")[0].split("?")[0])
        if show is None:
            return _refused(HTTPStatus.NOT_FOUND, f"there is {' and '.join(self._pages)}")
        if self._busy == AT_ONCE:
            return _refused(HTTPStatus.SERVICE_UNAVAILABLE, "too many ask at once")
        self._busy += 1
        try:
            return await show()
        except Exception:
            log.exception("a fault of the monitor itself; it goes on")
            return _refused(HTTPStatus.INTERNAL_SERVER_ERROR, "a fault of the monitor itself")
        finally:
            self._busy -= 1


def _refused(status: HTTPStatus, why: str) -> Shown:
    return Shown(status=status, body=f"{why}\n".encode())


def _written(shown: Shown) -> bytes:
    lines = [
        f"HTTP/1.1 {shown.status.value} {shown.status.phrase}",
        f"Content-Type: {shown.kind}",
        f"Content-Length: {len(shown.body)}",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
    ]
    if shown.status is HTTPStatus.METHOD_NOT_ALLOWED:
        lines.append("Allow: GET")
    return "\r\n".join((*lines, "", "")).encode("latin-1") + shown.body
