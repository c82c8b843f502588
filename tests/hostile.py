"""A hostile web server on loopback: the path names the fault, what follows the question mark is its argument.

``async with serving() as server: server.url("drip")``; what was asked stands in ``server.seen``. Real sockets, real bytes.
"""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    import ssl

BODY = b"<rss><channel><title>Orontes Post</title></channel></rss>"
ETAG = '"a/b+c=="'
DATE = "Mon, 23 Nov 2026 06:00:00 GMT"
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One request as it came in. ``headers``: lower-case names."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Hostile:
    """A running server. ``busiest``: the most requests that it ever had in hand at once. ``connections``: ever taken.

    ``pages``: what else is answered, by path. ``began``, ``ended``: when, by the loop's clock, each answer was.
    """

    scheme: str
    port: int = 0
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0
    busy: int = 0
    busiest: int = 0
    talks: set[asyncio.Task[None]] = field(default_factory=set)
    pages: dict[str, Callable[[Call], Awaitable[None]]] = field(default_factory=dict)
    began: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)

    @property
    def gaps(self) -> list[float]:
        """Seconds between the end of each answer and the beginning of the next."""
        return [after - before for before, after in zip(self.ended, self.began[1:], strict=False)]

    async def at_rest(self) -> None:
        """Wait until every connection is over."""
        while self.talks:
            await asyncio.wait(self.talks)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """Give the address of a fault."""
        return f"{self.scheme}://{host}:{self.port}/{path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a fault is given: the connection, the request and the argument of the path."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    seen: Seen
    argument: str

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, body: bytes = BODY, status: str = "200 OK", **headers: str) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self.send("\r\n".join([*lines, "", ""]).encode() + body)

    def break_off(self) -> None:
        """Reset the connection, as a server that crashed does."""
        connection = self.writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@asynccontextmanager
async def serving(trust: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> AsyncIterator[Hostile]:
    """Serve every fault below on a free port of ``host``, over TLS where ``trust`` is given."""
    hostile = Hostile("https" if trust else "http")

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        hostile.talks.add(task)
        task.add_done_callback(hostile.talks.discard)
        hostile.connections += 1
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await _turn(hostile, reader, writer):
                pass
        writer.close()

    server = await asyncio.start_server(talk, host, 0, ssl=trust)
    hostile.port = server.sockets[0].getsockname()[1]
    try:
        yield hostile
    finally:
        server.close()
        for task in hostile.talks:
            task.cancel()
        await asyncio.gather(*hostile.talks, return_exceptions=True)


async def _turn(hostile: Hostile, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    seen = Seen(method=method, target=target, headers=headers, body=body)
    hostile.seen.append(seen)
    path, _, argument = target.lstrip("/").partition("?")
    hostile.busy += 1
    hostile.busiest = max(hostile.busiest, hostile.busy)
    clock = asyncio.get_running_loop().time
    hostile.began.append(clock())
    try:
        await (hostile.pages.get(path) or FAULTS[path])(Call(reader=reader, writer=writer, seen=seen, argument=unquote(argument)))
    finally:
        hostile.busy -= 1
        hostile.ended.append(clock())
    return path in KEEPS_OPEN and headers.get("connection") != "close"


# --- plain answers


async def feed(call: Call) -> None:
    """Answer as a well-behaved feed that knows a conditional request."""
    if call.seen.headers.get("if-none-match") == ETAG:
        await call.answer(b"", "304 Not Modified")
        return
    await call.answer(ETag=ETAG, Last_Modified=DATE, Content_Type="application/rss+xml")


async def head(call: Call) -> None:
    """Send the argument as header lines, parted by |."""
    await call.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + call.argument.replace("|", "\r\n").encode() + b"\r\n\r\nok")


async def status(call: Call) -> None:
    """Send any status: ``503`` or ``503|Retry-After: 120``."""
    code, _, more = call.argument.partition("|")
    await call.send(
        f"HTTP/1.1 {code} Words of the server\r\nContent-Length: 0\r\n{more + chr(13) + chr(10) if more else ''}\r\n".encode()
    )


async def slow(call: Call) -> None:
    """Answer well, after the argument's seconds."""
    await asyncio.sleep(float(call.argument))
    await call.answer()


async def packed(call: Call) -> None:
    await call.answer(gzip.compress(BODY * 20), Content_Encoding="gzip")


async def empty(call: Call) -> None:
    await call.answer(b"")


def saying(text: str | bytes, status: str = "200 OK", **headers: str) -> Callable[[Call], Awaitable[None]]:
    """Give a page for ``Hostile.pages``."""

    async def answer(call: Call) -> None:
        await call.answer(text if isinstance(text, bytes) else text.encode(), status, **headers)

    return answer


# --- broken off, short, long


async def reset(call: Call) -> None:
    await call.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
    await asyncio.sleep(0.05)
    call.break_off()


async def hangup(call: Call) -> None:
    """Close without a word."""


async def shortcl(call: Call) -> None:
    await call.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort")


async def longcl(call: Call) -> None:
    await call.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" + b"0123456789" * 10)


async def twocl(call: Call) -> None:
    await call.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nContent-Length: 20\r\n\r\n" + b"0123456789" * 2)


async def nocl(call: Call) -> None:
    await call.send(b"HTTP/1.1 200 OK\r\n\r\nall until the end")


async def badchunk(call: Call) -> None:
    await call.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nabc\r\n0\r\n\r\n")


async def truncchunk(call: Call) -> None:
    await call.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc")


async def garbage(call: Call) -> None:
    await call.send(bytes(range(256)) * 8)


async def http09(call: Call) -> None:
    await call.send(b"<html>no status line at all</html>")


async def raw(call: Call) -> None:
    """Send the argument itself, given in hexadecimal."""
    await call.send(bytes.fromhex(call.argument))


# --- slow


async def drip(call: Call) -> None:
    await call.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        await call.send(b"x")
        await asyncio.sleep(0.05)


async def dripheader(call: Call) -> None:
    await call.send(b"HTTP/1.1 200 OK\r\n")
    for number in range(100_000):
        await call.send(b"X-%d: y\r\n" % number)
        await asyncio.sleep(0.05)


async def hang(call: Call) -> None:
    """Say nothing, until whoever asked has gone."""
    await call.reader.read()


async def interim(call: Call) -> None:
    """Say 100 Continue, for ever."""
    while True:
        await call.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        await asyncio.sleep(0.01)


# --- too much


async def infinite(call: Call) -> None:
    await call.send(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        await call.send(b"x" * 65_536)


async def headerflood(call: Call) -> None:
    await call.send(b"HTTP/1.1 200 OK\r\n")
    for number in range(10_000_000):
        await call.send(b"X-%d: %s\r\n" % (number, b"y" * 1000))


async def headerline(call: Call) -> None:
    await call.send(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        await call.send(b"y" * 65_536)


async def setcookies(call: Call) -> None:
    cookies = "".join(f"Set-Cookie: c{number}=v{number}; Path=/\r\n" for number in range(int(call.argument)))
    await call.send(f"HTTP/1.1 200 OK\r\n{cookies}Content-Length: 2\r\n\r\nok".encode())


async def gzbomb(call: Call) -> None:
    """Send the argument's megabytes of zeros, packed."""
    await call.send(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
    packer = zlib.compressobj(wbits=31)
    for _ in range(int(call.argument)):
        await call.send(packer.compress(bytes(MEGABYTE)))
    await call.send(packer.flush())


async def gzgzbomb(call: Call) -> None:
    await call.answer(gzip.compress(gzip.compress(bytes(10 * MEGABYTE))), Content_Encoding="gzip, gzip")


async def brbomb(call: Call) -> None:
    await call.answer(bytes.fromhex("cfffff7ff82700e2b1407200") * 100, Content_Encoding="br")


async def encchain(call: Call) -> None:
    await call.answer(gzip.compress(BODY), Content_Encoding=", ".join(["gzip"] * int(call.argument)))


async def badgzip(call: Call) -> None:
    await call.answer(b"this was never packed", Content_Encoding="gzip")


async def truncgzip(call: Call) -> None:
    await call.answer(gzip.compress(BODY * 10)[:-12], Content_Encoding="gzip")


async def twogzip(call: Call) -> None:
    await call.answer(gzip.compress(BODY) + gzip.compress(BODY), Content_Encoding="gzip")


# --- redirects and lies


async def to(call: Call) -> None:
    """Redirect to the argument: ``http://...``, or ``308|http://...``."""
    code, bar, target = call.argument.partition("|")
    await call.answer(b"", f"{code if bar else 302} Over there", Location=target if bar else code)


async def slowto(call: Call) -> None:
    """Redirect after a while: ``0.3|/feed``."""
    seconds, _, target = call.argument.partition("|")
    await asyncio.sleep(float(seconds))
    await call.answer(b"", "302 At last", Location=target)


async def nolocation(call: Call) -> None:
    await call.answer(b"", "302 Somewhere")


async def circle(call: Call) -> None:
    await call.answer(b"", "302 Round", Location="/circle?" + ("b" if call.argument == "a" else "a"))


async def chain(call: Call) -> None:
    """Redirect as often as the argument says, then give the feed."""
    if call.argument == "0":
        await call.answer()
        return
    await call.answer(b"", "301 Further", Location=f"/chain?{int(call.argument) - 1}")


async def lie304(call: Call) -> None:
    await call.answer(b"", "304 Not Modified")


KEEPS_OPEN = {"feed", "head", "status", "slow", "packed", "empty", "setcookies", "to", "lie304"}

FAULTS: dict[str, Callable[[Call], Awaitable[None]]] = {
    fault.__name__: fault
    for fault in (
        feed, head, status, slow, packed, empty,
        reset, hangup, shortcl, longcl, twocl, nocl, badchunk, truncchunk, garbage, http09, raw,
        drip, dripheader, hang, interim,
        infinite, headerflood, headerline, setcookies, gzbomb, gzgzbomb, brbomb, encchain, badgzip, truncgzip, twogzip,
        to, slowto, nolocation, circle, chain, lie304,
    )
}  # fmt: skip

# --- what the tests of the whole daemon add: `page?NAME` gives what a test put into PAGES

PAGES: dict[str, tuple[str, bytes]] = {}
"""Content type and body, by name."""


async def page(call: Call) -> None:
    content_type, body = PAGES[call.argument]
    await call.answer(body, Content_Type=content_type)


async def openended(call: Call) -> None:
    """Send a page without saying how long it is, and close."""
    content_type, body = PAGES[call.argument]
    await call.send(f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n\r\n".encode() + body)


async def halfpage(call: Call) -> None:
    """Send a page that was said to be longer, and close."""
    content_type, body = PAGES[call.argument]
    await call.send(f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: 100000\r\n\r\n".encode() + body)


async def resetpage(call: Call) -> None:
    """Send a page that was said to be longer, and reset the connection."""
    await halfpage(call)
    await asyncio.sleep(0.05)
    call.break_off()


async def again(call: Call) -> None:
    """Redirect to the very same address."""
    await call.answer(b"", "302 Here", Location=call.seen.target)


async def cached304(call: Call) -> None:
    """Answer as a cache does that compares with what it has itself, unless it is told not to."""
    if "no-cache" in call.seen.headers.get("cache-control", ""):
        await page(call)
        return
    await call.answer(b"", "304 Not Modified")


async def nocontent(call: Call) -> None:
    await call.send(b"HTTP/1.1 204 No Content\r\n\r\n")


async def rude(call: Call) -> None:
    """Refuse in words that repaint a terminal."""
    await call.send(b"HTTP/1.1 500 \x1b[2J\x1b]52;c;aGFjaw==\x07 gone\x08\r\nX-Why: \x1b[31m\r\nContent-Length: 0\r\n\r\n")


FAULTS |= {
    fault.__name__: fault for fault in (page, openended, halfpage, resetpage, again, cached304, nocontent, rude)
}  # fmt: skip
