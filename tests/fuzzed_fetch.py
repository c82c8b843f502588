"""The door to the web, and a server on loopback that answers it whatever a grammar makes: heads, lengths, chunks, redirects."""

from __future__ import annotations

import asyncio
import gzip
import traceback
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from fetching import no_way_out, opened
from fuzzing import SECRET, Door, is_line
from hypothesis import strategies as st

from monitor import fetch
from monitor.errors import FetchError
from monitor.fetch.hop import MAX_URL
from monitor.model import Fetched, Request, Secret, Unchanged, Validators
from monitor.url import MAX_LINK, linkable

KINDS = frozenset(
    ("dns", "connect", "tls", "timeout", "too_big", "bad_encoding", "truncated", "protocol", "redirect", "blocked", "http")
)
"""Every kind but local: this machine is not to blame for what a server says."""
MOST = 4_000
DEADLINE = timedelta(seconds=0.3)
HANGS = 20
"""Seconds: so long after its deadline, whatever else the machine does, a request is one that never ends."""

BODY = b"<rss><channel><title>Orontes Post</title></channel></rss>"
PACKED = gzip.compress(BODY * 3, mtime=0)
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
# fmt: off
FIRSTS = [
    b"HTTP/1.1 200 OK", b"HTTP/1.1 200", b"HTTP/1.0 200 OK", b"HTTP/1.1 206 Part", b"HTTP/1.1 204 None", b"HTTP/1.1 304 Same",
    b"HTTP/1.1 301 Moved", b"HTTP/1.1 302 Found", b"HTTP/1.1 308 There", b"HTTP/1.1 300 Many", b"HTTP/1.1 404 No",
    b"HTTP/1.1 503 Later", b"HTTP/1.1 429 Slower", b"HTTP/1.1 407 Who", b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK",
    b"HTTP/1.1 101 Switching", b"HTTP/2 200", b"HTTP/1.1 999 X", b"HTTP/1.1 0 X", b"HTTP/1.1 99999 X", b"HTTP/1.1 -1 X", b"",
    b"ICY 200 OK", b"HTTP/9.9 200 OK", b"\x16\x03\x01", b"HTTP/1.1 200 OK\nX: y",
    b"HTTP/1.1 103 Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 200 OK",
]
FIELDS = [
    b"Content-Length: %d" % len(BODY), b"Content-Length: 5", b"content-length: +57", b"Content-Length: 9" * 2,
    b"Content-Length: -1", b"Content-Length: 99999999999999999999", b"Transfer-Encoding: chunked", b"Transfer-Encoding: ",
    b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: identity", b"Content-Encoding: gzip",
    b"Content-Encoding: gzip, gzip", b"Content-Encoding: deflate", b"Content-Encoding: br", b"Content-Encoding: x",
    b"Location: /next", b"Location: http://127.0.0.1:{PORT}/b?c=d", b"Location: //u:p@127.0.0.1:{PORT}/", b"Location:",
    b"Location: file:///etc/passwd", b"Location: http://[::1", b"Location: \xff\xfe", b"Location: http://127.0.0.1:99999/",
    b"Location: ?a#b", b"Location: http://a b/", b"Location: https://127.0.0.1:{PORT}/", b"Location: " + b"/a" * 3000,
    b'ETag: "a"', b"ETag: W/\xc3\xa9", b"ETag: " + b"e" * 2000, b"Last-Modified: Mon, 23 Nov 2026 06:00:00 GMT",
    b"Last-Modified: \x01", b"Retry-After: 9", b"Retry-After: -1", b"Retry-After: " + b"9" * 400,
    b"Retry-After: Fri, 31 Dec 9999 23:59:59 GMT", b"Retry-After: Mon, 23 Nov 2026 06:00:00 -0000",
    b"Cache-Control: max-age=99999999999999999999",
    b"Cache-Control: no-cache, max-age=5", b"Expires: 0", b"Expires: Fri, 31 Dec 9999 23:59:59 -2359", b"Age: 1e9", b"Date: x",
    b"Content-Type: text/xml; charset=utf-8", b"Content-Type: \x1b[31m", b"Set-Cookie: a=b", b"Connection: keep-alive",
    b"Connection: close", b" folded: yes", b"No colon", b": no name", b"X: " + b"y" * 9000, b"Trailer: X",
    b"Content-Range: bytes 0-1/2", b"X\x00Y: z",
]
BODIES = [
    b"", BODY, PACKED, PACKED[:-9], PACKED + PACKED, PACKED + b"junk", gzip.compress(PACKED, mtime=0), zlib.compress(BODY),
    b"x" * (MOST + 1), CHUNKED, CHUNKED[:-7], CHUNKED.replace(b"0\r\n", b"0\r\nX: y\r\n"), b"ffffffffffffffffff\r\nx",
    b"-5\r\nx", b"5;a=b\r\nhello\r\n0\r\n\r\n", b"5\nhello\n0\n\n", b"%x\r\n%s\r\n0\r\n\r\n" % (len(PACKED), PACKED),
    b"\x1f\x8b", gzip.compress(bytes(3_000_000), mtime=0), b"HTTP/1.1 200 OK\r\n\r\n",
]
# fmt: on


class _Server:
    """Says the next of its answers at every connection; ``ending``: how the last of them ends."""

    def __init__(self) -> None:
        self.answers: list[bytes] = []
        self.ending = 0
        self.asked = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._turn(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    async def _turn(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer once; True: another request may come, whatever was left lying on the wire."""
        await reader.readuntil(b"\r\n\r\n")
        answer = self.answers[min(self.asked, len(self.answers) - 1)] if self.answers else b""
        self.asked += 1
        for part in (answer[: len(answer) // 2], answer[len(answer) // 2 :]):
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0)
        if self.ending % 50 == 1:
            await reader.read()
        elif self.ending % 5 == 2:
            writer.transport.abort()
        return self.is_kept_open

    @property
    def is_kept_open(self) -> bool:
        return self.ending % 20 == 3


class Wire:
    """The door beside the server, in a loop of its own. ``law``: what holds whatever the server says."""

    def __init__(self, runner: asyncio.Runner, door: fetch.Door) -> None:
        self._runner = runner
        self._door = door
        self._server = _Server()
        self._faults: list[object] = []
        runner.get_loop().set_exception_handler(lambda _, fault: self._faults.append(fault))
        listening = runner.run(asyncio.start_server(self._server.talk, "127.0.0.1", 0))
        self._port = listening.sockets[0].getsockname()[1]

    def law(self, example: tuple[list[bytes], int, int]) -> None:
        answers, self._server.ending, number = example
        here = str(self._port).encode()
        self._server.answers = [answer.replace(b"{PORT}", here) for answer in answers]
        self._server.asked = 0
        self._faults.clear()
        is_conditional = bool(number % 2)
        for came in self._runner.run(self._ask(self._request(is_conditional=is_conditional))):
            if isinstance(came, FetchError):
                _is_typed(came)
            elif isinstance(came, BaseException):
                raise came
            else:
                _is_well(came, is_conditional=is_conditional)
        # a connection that the server itself broke off is none of the door's
        assert not self._faults, self._faults

    def _request(self, *, is_conditional: bool) -> Request:
        known = Validators(etag='"a"', last_modified="Mon, 23 Nov 2026 06:00:00 GMT", body_hash="0")
        return Request(
            url=f"http://127.0.0.1:{self._port}/feed?key={SECRET}",
            deadline=DEADLINE,
            max_size=MOST,
            headers=(("X-Key", Secret(SECRET)),),
            validators=known if is_conditional else Validators(),
            private=True,
        )

    async def _ask(self, request: Request) -> list[Fetched | Unchanged | BaseException]:
        """Ask once; twice where a connection stays open, which the door keeps only for whoever waits for it."""
        times = 2 if self._server.is_kept_open else 1
        async with asyncio.timeout(HANGS):
            return await asyncio.gather(*(self._door.fetch(request) for _ in range(times)), return_exceptions=True)


def _is_typed(error: FetchError) -> None:
    assert error.kind in KINDS, error.kind
    assert is_line(error.detail)
    assert SECRET not in "".join(traceback.format_exception(error))
    assert error.retry_after is None or error.retry_after >= timedelta()


def _is_well(came: Fetched | Unchanged, *, is_conditional: bool) -> None:
    assert _is_address(came.url)
    for validator in (came.validators.etag, came.validators.last_modified):
        assert validator is None or (validator.isascii() and is_line(validator))
    assert all(wish is None or wish >= timedelta() for wish in (came.manner.max_age, came.manner.retry_after))
    assert came.manner.moved_to is None or _is_address(came.manner.moved_to)
    if isinstance(came, Unchanged):
        assert is_conditional
        return
    assert 200 <= came.status < 300
    assert len(came.body) <= MOST
    assert not came.content_type or is_line(came.content_type)
    assert all(300 <= hop.status < 400 and _is_address(hop.url) for hop in came.way)


def _is_address(url: str) -> bool:
    """Say whether it may be followed: as it could be linked, or longer than what is linked (8,000 are asked for at the most)."""
    return linkable(url, None) == url or MAX_LINK < len(url) <= MAX_URL


@contextmanager
def wire() -> Iterator[Wire]:
    """Open a door that leads nowhere but to its own server."""
    with no_way_out(), asyncio.Runner() as runner:
        door = runner.run(_opened())
        try:
            yield Wire(runner, door)
        finally:
            runner.run(door.__aexit__(None, None, None))


async def _opened() -> fetch.Door:
    return await opened().__aenter__()


def _answer(first: bytes, fields: list[bytes], body: bytes, end: bytes) -> bytes:
    return end.join([first, *fields, b""]) + end + body


ANSWERS = st.builds(
    _answer,
    st.sampled_from(FIRSTS[:14]) | st.sampled_from(FIRSTS),
    st.lists(st.sampled_from(FIELDS), max_size=4),
    st.sampled_from(BODIES) | st.binary(max_size=30),
    st.sampled_from([b"\r\n"] * 6 + [b"\n", b"\r"]),
)


def fetch_door(wire: Wire) -> Door:
    lines = tuple(line.decode("latin-1") for line in (*FIRSTS, *FIELDS))
    return Door(
        name="fetch",
        grammar=st.tuples(st.lists(ANSWERS, min_size=1, max_size=4), st.integers(0, 99), st.integers(0, 1)),
        law=wire.law,
        seeds=tuple(([_answer(FIRSTS[0], [each], body, b"\r\n")], 0, 1) for each in FIELDS for body in BODIES[:3]),
        words=(*lines, "\r\n", "\r\n\r\n", "\n", ": ", "0\r\n\r\n", "chunked", "gzip", "{PORT}", "HTTP/1.1", "\t", ";"),
    )
