"""httpx's Request → httpx's Response, carried by libcurl: on the event loop, with pycurl's own driver for it.

libcurl does what HTTP/1.1 and TLS want of a client, and nothing else here: it resolves no name, follows no redirect, unpacks no
body, keeps no cookie, and heeds nothing of the environment. Of 304s it carries twice as many a second as aiohttp.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
import sys
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Protocol

import httpx
import pycurl

from monitor.errors import FetchError
from monitor.fetch.guard import Lookups, public
from monitor.fetch.turns import KEPT_ALIVE, KEPT_SECONDS

CONNECT_SECONDS = 5.0
"""For TCP and TLS together. A deadline that is nearer comes first."""

_IDLE = 64
"""So many handles are kept for the next request; to make one takes longer than to send one."""
# libcurl knows these better, or would say them of itself
_ITS_OWN = frozenset({b"content-length", b"transfer-encoding"})
_UNSAID = {b"expect": b"Expect:", b"content-type": b"Content-Type:", b"proxy-connection": b"Proxy-Connection:"}
_BREAKING = re.compile(rb"[\r\n\0]")
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})(?: |\r?\n)")
_SWITCHING = 101
_FINAL = 200
_REFUSED = 300
_STOP = 0
"""What a callback gives that has had enough: libcurl then breaks the exchange off."""


class BrokenError(Exception):
    """What libcurl says of an exchange that failed. ``number``: errno, 0 where there is none; ``words``: only ours or its own.

    ``tunnel``: the status with which a proxy refused to dig a tunnel, else 0. ``proxied``: it went through one.
    """

    def __init__(self, code: int, words: str, *, number: int, tunnel: int, proxied: bool) -> None:
        """Take libcurl's code (CURLE_...)."""
        super().__init__(code, words)
        self.code = code
        self.words = words
        self.number = number
        self.tunnel = tunnel
        self.proxied = proxied


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whose certificates are trusted: ``text``, PEM; None: those in ``file`` and ``folder``, as OpenSSL names such places."""

    text: bytes | None = None
    file: str | None = None
    folder: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """An HTTP proxy, and who one is there."""

    url: str
    host: str
    port: int
    user: bytes | None = None
    password: bytes = b""


def pool() -> pycurl.AsyncCurlMulti:
    """Open a pool of connections. libcurl uses a kept one again for the same host, proxy and trust alone."""
    made = pycurl.AsyncCurlMulti()
    made.setopt(pycurl.M_MAXCONNECTS, KEPT_ALIVE)
    return made


class Transport(httpx.AsyncBaseTransport):
    """A way to the web. ``private`` False: it connects to public addresses only. ``proxy``'s own may be any."""

    def __init__(
        self, pool: pycurl.AsyncCurlMulti, lookups: Lookups, *, private: bool, trust: Trust, proxy: Proxy | None
    ) -> None:
        """Take the connections, which whoever made them closes, and where names are looked up."""
        self._multi = pool
        self._lookups = lookups
        self._anywhere = private or proxy is not None
        self._trust = trust
        self._proxy = proxy
        self._idle: list[pycurl.Curl] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and give the answer once its head is there; it must be closed.

        Raises FetchError (dns, blocked, local), BrokenError, OSError, and ValueError for what can't be put on the wire.
        """
        lines = _lines(request)
        found = await self._resolved(request.url)
        is_tunnelled = self._proxy is not None and request.url.scheme == "https"
        exchange = _Exchange(self, self._idle.pop() if self._idle else pycurl.Curl(), is_tunnelled=is_tunnelled)
        curl = exchange.curl
        try:
            curl.setopt(pycurl.URL, str(request.url))
            curl.setopt(pycurl.HTTPHEADER, lines)
            if found:
                curl.setopt(pycurl.RESOLVE, found)
                # nor may libcurl look up any other name, however it came to one
                curl.setopt(pycurl.RESOLVER_START_FUNCTION, _refuse)
            if request.method == "POST":
                curl.setopt(pycurl.POSTFIELDS, request.content)
            self._settle(curl, request)
            curl.setopt(pycurl.HEADERFUNCTION, exchange.take_line)
            curl.setopt(pycurl.WRITEFUNCTION, exchange.take_piece)
            curl.setopt(pycurl.OPENSOCKETFUNCTION, exchange.open_anywhere if self._anywhere else exchange.open_public)
            return await exchange.head()
        except BaseException:
            exchange.end()
            raise

    def _settle(self, curl: pycurl.Curl, request: httpx.Request) -> None:
        for option, value in _ALWAYS:
            curl.setopt(option, value)
        if not request.extensions.get("reuse"):
            curl.setopt(pycurl.FRESH_CONNECT, 1)
        if not request.extensions.get("keep"):
            curl.setopt(pycurl.FORBID_REUSE, 1)
        # empty, and not left out: the environment may name others
        curl.setopt(pycurl.NOPROXY, "")
        if self._proxy is None:
            curl.setopt(pycurl.PROXY, "")
        else:
            curl.setopt(pycurl.PROXY, self._proxy.url)
            # its own would tell the proxy every version that it is made of
            curl.setopt(pycurl.PROXYHEADER, ["User-Agent:"])
            if self._proxy.user is not None:
                curl.setopt(pycurl.PROXYUSERNAME, self._proxy.user)
                curl.setopt(pycurl.PROXYPASSWORD, self._proxy.password)
        if request.url.scheme == "https":
            _settle_trust(curl, self._trust)

    async def _resolved(self, url: httpx.URL) -> list[str]:
        """Look up the name that is to be connected to, and give it as libcurl takes it; nothing for an address."""
        host, port = (self._proxy.host, self._proxy.port) if self._proxy else (url.raw_host.decode("ascii"), _port(url))
        if _is_address(host):
            if not self._anywhere:
                public([host])
            return []
        found = await self._lookups.addresses(host, port)
        if not found:
            raise FetchError("dns", "no address for that name")
        allowed = found if self._anywhere else public(found)
        # the plus lets libcurl forget it by and by
        return [f"+{host}:{port}:{','.join(f'[{each}]' if ':' in each else each for each in allowed)}"]

    def start(self, curl: pycurl.Curl) -> asyncio.Future[pycurl.Curl]:
        """Let an exchange begin."""
        running: asyncio.Future[pycurl.Curl] = self._multi.add_handle(curl)
        return running

    def broken(self, curl: pycurl.Curl, error: pycurl.error, *, tunnel: int) -> BrokenError:
        """Tell what broke an exchange; ``tunnel``: the status with which its proxy refused, else 0."""
        code, *_ = error.args
        return BrokenError(
            code,
            curl.errstr(),
            number=curl.getinfo(pycurl.OS_ERRNO),
            tunnel=tunnel,
            proxied=self._proxy is not None,
        )

    def stop(self, curl: pycurl.Curl, future: asyncio.Future[pycurl.Curl] | None) -> None:
        """Break off an exchange that is not over, and keep its handle for another."""
        if future is not None and not future.done() and not self._multi.closed:
            self._multi.remove_handle(curl)
        # a moment later: pycurl still looks back at a future that was cancelled, and would take the next one for it
        asyncio.get_running_loop().call_soon(self._keep, curl)

    def _keep(self, curl: pycurl.Curl) -> None:
        if len(self._idle) < _IDLE:
            curl.reset()
            self._idle.append(curl)


class _Address(Protocol):
    """What libcurl says of an address that it is about to connect to; of ``addr`` the first is the number itself."""

    family: int
    socktype: int
    protocol: int
    addr: tuple[str, int]


class _Exchange(httpx.AsyncByteStream):
    """One request and its answer: the head as it comes, then the body in pieces. libcurl calls what begins with ``take``."""

    def __init__(self, transport: Transport, curl: pycurl.Curl, *, is_tunnelled: bool) -> None:
        self.curl = curl
        self._transport = transport
        self._is_digging = is_tunnelled
        self._tunnel = 0
        self._is_first_line = True
        self._running: asyncio.Future[pycurl.Curl] | None = None
        self._news: asyncio.Future[None] | None = None
        self._status = 0
        self._fields: list[tuple[bytes, bytes]] = []
        self._has_head = False
        self._pieces: deque[bytes] = deque()
        self._failure: Exception | None = None
        self._is_over = self._is_ended = False

    # ------------------------------------------------------------------------------------------------- told by libcurl

    def take_line(self, line: bytes) -> int | None:
        """Take a line of a head. There may be several: of interim answers (RFC 9110 §15.2) the last one counts.

        What libcurl takes for the end of the head and is none here breaks the exchange off: nothing may come in unread.
        """
        if self._has_head:
            # trailers
            return None
        if self._is_first_line:
            return self._take_status(line)
        if line.strip(b"\r\n"):
            self._take_field(line)
            return None
        self._is_first_line = True
        if self._status >= _FINAL and self._is_digging:
            self._is_digging = False
        elif self._status >= _FINAL:
            self._has_head = True
            self._tell()
        return None

    def _take_status(self, line: bytes) -> int | None:
        found = _STATUS.match(line)
        self._status = int(found[1]) if found else 0
        self._fields.clear()
        self._is_first_line = False
        if self._is_digging and self._status >= _REFUSED:
            # what a proxy says behind its refusal libcurl would read to the end, however long, with an eye on nothing else
            self._tunnel = self._status
            return _STOP
        is_interim = self._status // 100 == 1 and self._status != _SWITCHING
        return None if is_interim or self._status >= _FINAL else _STOP

    def _take_field(self, line: bytes) -> None:
        if line[:1] in b" \t":
            # a line that goes on (obs-fold); where there is none that it could go on, it says nothing
            if self._fields:
                name, value = self._fields.pop()
                self._fields.append((name, value + b" " + line.strip()))
            return
        name, _, value = line.partition(b":")
        if name and not name[-1:].isspace():
            # "Content-Length : 9" is none for libcurl either
            self._fields.append((name, value.strip()))

    def take_piece(self, piece: bytes) -> int | None:
        """Take a piece of the body."""
        if not self._has_head:
            return _STOP
        self._pieces.append(piece)
        self._tell()
        return None

    def open_public(self, purpose: int, address: _Address) -> socket.socket | int:
        """Open the socket for one address, the last moment before connecting: the wall where nothing can be slipped through."""
        try:
            public([address.addr[0]])
        except FetchError as error:
            self._failure = error
            return int(pycurl.SOCKET_BAD)
        return self.open_anywhere(purpose, address)

    def open_anywhere(self, _purpose: int, address: _Address) -> socket.socket | int:
        """Open the socket for one address, and tell the interpreter's audit hooks, as Python's own connecting does."""
        try:
            opened = socket.socket(address.family, address.socktype, address.protocol)
            asyncio.get_running_loop().call_soon(opened.close)
            # pycurl takes a copy of it, once this is over; that there is no room for one it does not tell
            os.close(os.dup(opened.fileno()))
            sys.audit("socket.connect", opened, address.addr)
        except OSError as error:
            self._failure = error
            return int(pycurl.SOCKET_BAD)
        return opened

    def _take_end(self, running: asyncio.Future[pycurl.Curl]) -> None:
        self._is_over = True
        error = None if running.cancelled() else running.exception()
        if not isinstance(error, pycurl.error):
            self._failure = None
        elif self._failure is None or error.args[0] != pycurl.E_COULDNT_CONNECT:
            # that a socket could not be had for one address says nothing of what broke at the next one
            self._failure = self._transport.broken(self.curl, error, tunnel=self._tunnel)
        self._tell()

    def _tell(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    # ---------------------------------------------------------------------------------------------------- asked by us

    async def head(self) -> httpx.Response:
        """Begin, and give the answer once its head is there."""
        self._running = self._transport.start(self.curl)
        self._running.add_done_callback(self._take_end)
        while not self._has_head:
            if self._is_over:
                raise self._failure or BrokenError(pycurl.E_GOT_NOTHING, "", number=0, tunnel=0, proxied=False)
            await self._more()
        return httpx.Response(self._status, headers=self._fields, stream=self)

    async def _more(self) -> None:
        self._news = asyncio.get_running_loop().create_future()
        await self._news

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the body as it comes. Raises BrokenError where it does not come whole."""
        while True:
            while self._pieces:
                yield self._pieces.popleft()
            if self._is_over:
                break
            await self._more()
        if self._failure is not None:
            raise self._failure

    async def aclose(self) -> None:
        """Be done with it; a connection with a body that was not read to its end is closed."""
        self.end()

    def end(self) -> None:
        """Break it off where it is not over."""
        if not self._is_ended:
            self._is_ended = True
            self._pieces.clear()
            self._transport.stop(self.curl, self._running)


_ALWAYS: Sequence[tuple[int, object]] = (
    (pycurl.NOSIGNAL, 1),
    (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
    (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1),
    (pycurl.SSLVERSION, pycurl.SSLVERSION_TLSv1_2),
    (pycurl.HTTP_CONTENT_DECODING, 0),
    (pycurl.PATH_AS_IS, 1),
    (pycurl.CONNECTTIMEOUT_MS, int(CONNECT_SECONDS * 1000)),
    (pycurl.MAXAGE_CONN, int(KEPT_SECONDS)),
)


def _settle_trust(curl: pycurl.Curl, trust: Trust) -> None:
    # the places that were compiled in are those of another system
    for option, place in ((pycurl.CAINFO, trust.file), (pycurl.CAPATH, trust.folder)):
        if place is None:
            curl.unsetopt(option)
        else:
            curl.setopt(option, place)
    if trust.text is not None:
        curl.setopt(pycurl.CAINFO_BLOB, trust.text)


def _lines(request: httpx.Request) -> list[bytes]:
    """Write the header lines. Raises ValueError where one would become two."""
    fields = {name.lower(): (name, value) for name, value in request.headers.raw}
    lines = [name + b": " + value if value else name + b";" for key, (name, value) in fields.items() if key not in _ITS_OWN]
    lines += [line for key, line in _UNSAID.items() if key not in fields]
    if _BREAKING.search(b"".join(lines)):
        raise ValueError("a header of more than one line")
    return lines


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _refuse() -> int:
    return 1


def _port(url: httpx.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)
