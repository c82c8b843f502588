"""A URL as written → the one place that is asked, and from there to the next.

A URL is taken apart once, and put together again from checked parts: what follows can't read another host out of it.
"""

from __future__ import annotations

import re
import socket
import unicodedata
from dataclasses import dataclass
from ipaddress import IPv4Address

import httpx

from monitor.errors import FetchError
from monitor.model import Redirect, Request

MAX_REDIRECTS = 5
MAX_URL = 8_000
"""Characters. RFC 9110 §4.1 asks for 8,000 at least, and servers take little more."""

_MAX_PORT = 65_535
_PORTS = {"http": 80, "https": 443}
_AUTHORITY = re.compile(r"(https?://)([^/?#\\]*)(.*)", re.IGNORECASE | re.DOTALL)
_NUMBERS = re.compile(r"[0-9a-fx.]+")
_NAME = re.compile(r"(?=.{1,254}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")
_IPV6 = re.compile(r"[0-9a-f:.]+")
# What most feeds look like: nothing in it has a second spelling that had to be brought to this one. It saves 0.05 ms a request.
_TIDY = re.compile(
    r"""(https?)://
        ( (?: [a-z0-9] (?:[a-z0-9-]{0,30}[a-z0-9])? \. ){1,7} [a-z]{2,24}
          | (?: (?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9]) (?:\.(?=[0-9])|(?=[:/])) ){4} )
        (?: : ([1-9][0-9]{3}|[1-5][0-9]{4}) )?
        (?: / (?: [a-zA-Z0-9_-] [a-zA-Z0-9._-]* )? )+
        (?: \? [a-zA-Z0-9._=&-]+ )?""",
    re.VERBOSE | re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One place on the way to an answer. ``text``: its URL. ``host``: host:port, what turns are taken by.

    ``private``, ``is_origin``: until the way leaves the first host, or its origin. ``way``: the redirects that led here.
    ``is_permanent``: every one of them was.
    """

    url: httpx.URL
    text: str
    host: str
    private: bool
    is_origin: bool = True
    way: tuple[Redirect, ...] = ()
    is_permanent: bool = True

    @property
    def name(self) -> str:
        """The host without its port, as it goes on the wire; an IPv6 address without brackets."""
        return self.host.rpartition(":")[0]

    @property
    def origin(self) -> str:
        """scheme://host:port (RFC 6454)."""
        return f"{self.url.scheme}://{self.host}"

    @property
    def moved_to(self) -> str | None:
        """Where the first address has moved for good; None: nowhere, or some redirect was of another kind."""
        return self.text if self.way and self.is_permanent else None


def first(request: Request) -> Hop:
    """Give where a request begins. Raises FetchError (protocol)."""
    if (tidy := _TIDY.fullmatch(request.url)) and len(request.url) <= MAX_URL:
        scheme, name, port = tidy.groups()
        host = f"{name}:{port or _PORTS[scheme]}"
        return Hop(url=httpx.URL(request.url), text=request.url, host=host, private=request.private)
    try:
        url = _parse(request.url)
    except ValueError as error:
        raise FetchError("protocol", str(error), retryable=False) from None
    return Hop(url=url, text=str(url), host=_place(url), private=request.private)


def onward(hop: Hop, location: str | None, *, status: int, permanent: bool) -> Hop:
    """Follow a redirect. Raises FetchError (redirect)."""
    if location is None:
        raise FetchError("redirect", "a redirect that does not say where to")
    try:
        url = _parse(str(hop.url.join(location)))
    except (ValueError, httpx.InvalidURL):
        raise FetchError("redirect", "a redirect to no address that may be followed", retryable=False) from None
    if hop.url.scheme == "https" and url.scheme == "http":
        raise FetchError("redirect", "a redirect from https down to http", retryable=False)
    way = (*hop.way, Redirect(url=hop.text, status=status))
    if len(way) > MAX_REDIRECTS:
        raise FetchError("redirect", f"more than {MAX_REDIRECTS} redirects")
    text, place = str(url), _place(url)
    if any(text == past.url for past in way):
        raise FetchError("redirect", "a redirect that goes round in a circle")
    return Hop(
        url=url,
        text=text,
        host=place,
        private=hop.private and place.rpartition(":")[0] == hop.name,
        is_origin=hop.is_origin and place == hop.host and url.scheme == hop.url.scheme,
        way=way,
        is_permanent=hop.is_permanent and permanent,
    )


def proxy(text: str) -> httpx.URL:
    """Read a proxy's address, which may hold a user and a password. Raises ValueError, and repeats nothing of it."""
    try:
        url = httpx.URL(text)
        _check(url)
    except (httpx.InvalidURL, ValueError):
        raise ValueError("not a valid address") from None
    if url.scheme not in _PORTS:
        raise ValueError("not an http or https address")
    return url


def _parse(text: str) -> httpx.URL:
    """Read a URL. Raises ValueError, with words that say what is wrong and repeat nothing of it."""
    if len(text) > MAX_URL:
        raise ValueError(f"an address of more than {MAX_URL} characters")
    try:
        url = httpx.URL(_plain(text))
    except (httpx.InvalidURL, ValueError):
        raise ValueError("not a valid address") from None
    if url.scheme not in _PORTS:
        raise ValueError("not an http or https address")
    if url.userinfo:
        raise ValueError("a user name in the address; use headers instead")
    _check(url)
    return httpx.URL(scheme=url.scheme, host=_host(url), port=url.port, raw_path=url.raw_path)


def _check(url: httpx.URL) -> None:
    host = _host(url)
    if not (_IPV6 if ":" in host else _NAME).fullmatch(host):
        raise ValueError("no valid host in the address")
    if url.port is not None and not 0 < url.port <= _MAX_PORT:
        raise ValueError("no valid port in the address")


def _plain(text: str) -> str:
    """Bring a host to the spelling that is connected to: full-width letters, and addresses as decimal, hex or octal numbers."""
    parts = _AUTHORITY.fullmatch(text)
    if parts is None:
        return text
    scheme, authority, rest = parts.groups()
    host, colon, port = unicodedata.normalize("NFKC", authority).replace("。", ".").partition(":")
    return f"{scheme}{_dotted(host.lower())}{colon}{port}{rest}"


def _dotted(host: str) -> str:
    """Write 2130706433, 0x7f.1 or 0177.0.0.1 as 127.0.0.1, as the system's resolver reads it; leave names alone."""
    if not _NUMBERS.fullmatch(host):
        return host
    try:
        return str(IPv4Address(socket.inet_aton(host)))
    except OSError:
        return host


def _host(url: httpx.URL) -> str:
    """Give the host as it goes on the wire; ``url.host`` would decode it, and raise on what only looks like IDNA."""
    return url.raw_host.decode("ascii")


def _place(url: httpx.URL) -> str:
    return f"{_host(url)}:{url.port or _PORTS[url.scheme]}"
