"""A folder of invented feeds → outlets on loopback, each with an address of its own, far faster than any client.

``farm.py FOLDER --port N`` serves until it is told to stop. ``/feed/I`` on any 127.x.y.z is the feed of that number;
``/mode?NAME`` says how feeds are answered from now on, and begins the count anew; ``/count`` tells what was served since.
Linux only: one socket bound to the loopback device answers for all of 127/8, and for nothing that comes from outside.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from gzip import decompress
from pathlib import Path

from invented import STATES, Pack, kind

FIRST, BUILT, MOVED = range(len(STATES))
DAY = b"Mon, 05 Jan 2026 1%d:00:00 GMT"
_LOOPBACK = b"lo\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """How the farm answers. ``moved``: which of ten feeds have new items. ``state``: the body of the others.

    ``validates``: an ETag and a Last-Modified are sent, and "not modified" is answered to who sends them back.
    """

    moved: range = range(0)
    state: int = FIRST
    validates: bool = True

    def state_of(self, feed: int) -> int:
        """Give the place in STATES of what a feed is just now."""
        return MOVED if feed % 10 in self.moved else self.state


MODES = {
    "cold": Mode(),
    "304": Mode(),
    "same": Mode(validates=False),
    "date": Mode(state=BUILT, validates=False),
    "tenth": Mode(moved=range(1)),
    "most": Mode(moved=range(1, 10)),
}
"""cold and 304 differ only in what the client brings along."""


@dataclass(slots=True)
class Count:
    """What was served since the mode was set. ``asked``: different feeds; ``again``: requests for one asked before."""

    mode: str = "cold"
    requests: int = 0
    asked: int = 0
    again: int = 0
    whole: int = 0
    unchanged: int = 0
    unknown: int = 0
    plain: int = 0
    bytes: int = 0
    connections: int = 0


def address(feed: int, port: int) -> str:
    """Give the URL of a feed, on a host that has no other."""
    place = feed + 1
    return f"http://127.{1 + (place >> 16)}.{place >> 8 & 255}.{place & 255}:{port}/feed/{feed}"


class Farm:
    """The feeds, how they are answered, and what was asked."""

    def __init__(self, pack: Pack) -> None:
        """Take the feeds; every one is as it first was."""
        self._pack = pack
        self.begin("cold")

    def begin(self, mode: str) -> None:
        """Answer so from now on, and count anew. Raises KeyError where there is no such mode."""
        self._mode = MODES[mode]
        self.count = Count(mode=mode)
        self._asked = bytearray(self._pack.feeds)

    def answer(self, head: bytes) -> tuple[bytes, bytes | memoryview]:
        """Give the head and the body of the answer to a request's head."""
        path = head.split(b" ", 2)[1]
        if path.startswith(b"/feed/") and path[6:].isdigit() and int(path[6:]) < self._pack.feeds:
            return self._feed(int(path[6:]), head)
        if path == b"/count" or (path.startswith(b"/mode?") and path[6:].decode("ascii", "replace") in MODES):
            if path != b"/count":
                self.begin(path[6:].decode())
            said = json.dumps(asdict(self.count)).encode()
            return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % len(said), said
        self.count.requests += 1
        self.count.unknown += 1
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n", b""

    def _feed(self, feed: int, head: bytes) -> tuple[bytes, bytes | memoryview]:
        count = self.count
        count.requests += 1
        count.again += self._asked[feed]
        count.asked += not self._asked[feed]
        self._asked[feed] = 1
        state = self._mode.state_of(feed)
        validators = b""
        if self._mode.validates:
            tag, day = b'"%d-%d"' % (feed, state), DAY % state
            if _is_current(head, tag, day):
                count.unchanged += 1
                return b"HTTP/1.1 304 Not Modified\r\nETag: %b\r\n" % tag, b""
            validators = b"ETag: %b\r\nLast-Modified: %b\r\n" % (tag, day)
        body: bytes | memoryview = self._pack.gzipped(feed, state)
        coding = b"Content-Encoding: gzip\r\n"
        if b"gzip" not in (_header(head, b"accept-encoding") or b""):
            count.plain += 1
            body, coding = decompress(body), b""
        count.whole += 1
        count.bytes += len(body)
        return (
            b"HTTP/1.1 200 OK\r\nContent-Type: %b; charset=utf-8\r\nVary: Accept-Encoding\r\nContent-Length: %d\r\n%b%b"
            % (kind(feed).encode(), len(body), coding, validators),
            body,
        )


def _header(head: bytes, name: bytes) -> bytes | None:
    """Give a header's value; ``name`` in lower case. None: it was not sent."""
    start = head.lower().find(b"\r\n%b:" % name)
    if start < 0:
        return None
    start += len(name) + 3
    return head[start : head.find(b"\r\n", start)].strip()


def _is_current(head: bytes, tag: bytes, day: bytes) -> bool:
    # RFC 9110 §13.1.3: a date is not looked at where a tag was sent
    known = _header(head, b"if-none-match")
    return tag in known if known is not None else _header(head, b"if-modified-since") == day


class _Talk(asyncio.Protocol):
    """One connection: heads of requests in, answers out, in their order."""

    def __init__(self, farm: Farm) -> None:
        self._farm = farm
        self._unread = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "writelines")
        self._transport = transport  # type: ignore[assignment]  # uvloop's is none of asyncio's classes
        self._farm.count.connections += 1

    def data_received(self, data: bytes) -> None:
        *heads, self._unread = (self._unread + data).split(b"\r\n\r\n")
        for head in heads:
            self._answer(head + b"\r\n")

    def _answer(self, request: bytes) -> None:
        assert self._transport is not None
        head, body = self._farm.answer(request)
        is_last = b"close" in (_header(request, b"connection") or b"").lower()
        self._transport.writelines((head, b"Connection: close\r\n\r\n" if is_last else b"\r\n", body))
        if is_last:
            self._transport.close()


def listening(port: int) -> socket.socket:
    """Open the socket that answers for every address of the loopback device. Raises OSError where that can't be."""
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, _LOOPBACK)
    opened.bind(("0.0.0.0", port))  # noqa: S104  bound to the device: nothing comes in from outside
    opened.settimeout(0)
    return opened


async def serve(folder: Path, port: int) -> None:
    """Serve what is in a folder until SIGTERM or SIGINT; says its port on standard output once it answers."""
    farm = Farm(Pack(folder))
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    with listening(port) as opened:
        server = await loop.create_server(lambda: _Talk(farm), sock=opened, backlog=4096)
        gc.freeze()
        sys.stdout.write(f"{opened.getsockname()[1]}\n")
        sys.stdout.flush()
        await stop.wait()
        server.close()


def _runner() -> Callable[..., None]:
    try:
        import uvloop  # noqa: PLC0415  the farm is faster with it, and works without
    except ImportError:
        return asyncio.run
    run: Callable[..., None] = uvloop.run
    return run


def main() -> None:
    """Serve."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where invented.build wrote the feeds")
    parser.add_argument("--port", type=int, default=0, help="default: one that is free")
    told = parser.parse_args()
    _runner()(serve(told.folder, told.port))


if __name__ == "__main__":
    main()
