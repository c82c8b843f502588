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
from monitor.model import Request

MAX_REDIRECTS = 5
MAX_URL = 8_000
"""Characters. RFC 9110 §4.1 asks for 8,000 at least, and servers take little more."""

_MAX_PORT = 65_535
_PORTS = {"http": 80, "https": 443}
_AUTHORITY = re.compile(r"(https?://)([^/?#\\]*)(.*)", re.IGNORECASE | re.DOTALL)
_NUMBERS = re.compile(r"[0-9a-fx.]+")
_NAME = re.compile(r"(?=.{1,254}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")
_IPV6 = re.compile(r"[0-9a-f:.]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One place on the way to an answer. ``private``, ``is_origin``: until the way leaves the first host, or its origin."""

    url: httpx.URL
    private: bool
    is_origin: bool = True
    redirects: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """host:port, what turns are taken by."""
        return f"{_host(self.url)}:{_port(self.url)}"


def first(request: Request) -> Hop:
    """Give where a request begins. Raises FetchError (protocol)."""
    try:
        return Hop(url=_parse(request.url), private=request.private)
    except ValueError as error:
        raise FetchError("protocol", str(error), retryable=False) from None


def onward(hop: Hop, location: str | None) -> Hop:
    """Follow a redirect. Raises FetchError (redirect)."""
    if location is None:
        raise FetchError("redirect", "a redirect that does not say where to")
    try:
        url = _parse(str(hop.url.join(location)))
    except (ValueError, httpx.InvalidURL):
        raise FetchError("redirect", "a redirect to no address that may be followed", retryable=False) from None
    if hop.url.scheme == "https" and url.scheme == "http":
        raise FetchError("redirect", "a redirect from https down to http", retryable=False)
    if len(hop.redirects) == MAX_REDIRECTS:
        raise FetchError("redirect", f"more than {MAX_REDIRECTS} redirects")
    if str(url) in (*hop.redirects, str(hop.url)):
        raise FetchError("redirect", "a redirect that goes round in a circle")
    return Hop(
        url=url,
        private=hop.private and _host(url) == _host(hop.url),
        is_origin=hop.is_origin and _origin(url) == _origin(hop.url),
        redirects=(*hop.redirects, str(url)),
    )


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
    host = _host(url)
    if not (_IPV6 if ":" in host else _NAME).fullmatch(host):
        raise ValueError("no valid host in the address")
    if url.port is not None and not 0 < url.port <= _MAX_PORT:
        raise ValueError("no valid port in the address")
    return httpx.URL(scheme=url.scheme, host=host, port=url.port, raw_path=url.raw_path)


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


def _port(url: httpx.URL) -> int:
    return url.port or _PORTS[url.scheme]


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, _host(url), _port(url)
