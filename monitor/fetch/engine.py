"""The engine under the door: httpx's transport over aiohttp, without cookies or anything else remembered.

Pools are opened when they are first needed: for each kind of address, proxy and trust its own, and closed together.
"""

from __future__ import annotations

import base64
import ssl
from typing import NamedTuple

import httpx
from aiohttp import ClientSession, DummyCookieJar, TCPConnector

from monitor.errors import FetchError
from monitor.fetch import hop
from monitor.fetch.guard import GuardedResolver, Lookups, public_socket
from monitor.fetch.lean import trusting_nobody
from monitor.fetch.transport import Transport
from monitor.fetch.turns import KEPT_SECONDS
from monitor.model import Secret

_MAX_HEADERS = 256
_MAX_HEADER = 8_190


class Way(NamedTuple):
    """What two requests must have in common to share a pool. A kept connection is not checked again.

    ``private``: any address may be connected to. ``keep`` False closes every connection after its one answer. The header alone
    would not: where a server says nothing of closing, aiohttp hands the connection on, and the next request is lost with it.
    ``secure``: https. ``proxy``, ``ca_file``: as in ``model.Request``.
    """

    private: bool
    keep: bool
    secure: bool
    proxy: str | Secret | None
    ca_file: str | None


class Pools:
    """The transports, one for each way."""

    def __init__(self, lookups: Lookups, trust: ssl.SSLContext | None) -> None:
        """Take where names are looked up, and whom to trust (None: the machine's list)."""
        self._lookups = lookups
        self._given = trust
        self._trusts: dict[str | None, ssl.SSLContext] = {}
        self._transports: dict[Way, Transport] = {}

    def transport(self, way: Way) -> Transport:
        """Give the pool for a way. Raises FetchError (local) where its proxy or its certificates can't be used."""
        found = self._transports.get(way)
        if found is None:
            found = self._transports[way] = self._opened(way)
        return found

    async def close(self) -> None:
        """Close every connection."""
        while self._transports:
            _, transport = self._transports.popitem()
            await transport.aclose()

    def _opened(self, way: Way) -> Transport:
        # whom the machine trusts takes a tenth of a second to read: plain http trusts nobody, and would be refused with TLS
        trust = self._trust(way.ca_file) if way.secure else trusting_nobody()
        proxy = _tunnel(way.proxy) if way.proxy is not None else None
        # The proxy is the user's own choice, so that it may stand on the user's own network
        anywhere = way.private or proxy is not None
        connector = TCPConnector(
            resolver=GuardedResolver(self._lookups, private=anywhere),
            use_dns_cache=False,  # every new connection asks, so that every one passes the guard
            socket_factory=None if anywhere else public_socket,
            ssl=trust,
            limit=0,  # turns.py bounds them
            force_close=not way.keep,
            keepalive_timeout=KEPT_SECONDS if way.keep else None,
        )
        session = ClientSession(
            connector=connector,
            cookie_jar=DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            skip_auto_headers=("Content-Type", "User-Agent", "Accept", "Accept-Encoding"),
            max_headers=_MAX_HEADERS,
            max_line_size=_MAX_HEADER,
            max_field_size=_MAX_HEADER,
        )
        return Transport(session, proxy=proxy)

    def _trust(self, ca_file: str | None) -> ssl.SSLContext:
        found = self._trusts.get(ca_file)
        if found is None:
            found = self._trusts[ca_file] = self._loaded(ca_file)
        return found

    def _loaded(self, ca_file: str | None) -> ssl.SSLContext:
        if ca_file is None:
            return self._given or system_trust()
        context = _copy(self._given) if self._given else system_trust()
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ValueError):  # ssl.SSLError is an OSError; ValueError: a name with a NUL in it
            raise FetchError("local", "`ca_file`: no readable PEM file with certificates") from None
        return context


def system_trust() -> ssl.SSLContext:
    """Trust whom the machine trusts; where it names nobody (a bare container), the list that httpx brings along (certifi)."""
    context = ssl.create_default_context()
    return context if context.cert_store_stats()["x509_ca"] else httpx.create_ssl_context(trust_env=False)


def proxy_credentials(address: str | Secret) -> list[tuple[bytes, bytes]]:
    """Give the header that a proxy wants its user and password in; none where its address holds none. Raises as ``_proxy``.

    A tunnel is told when it is dug (``Pools``), but a plain-http request must bring it along: aiohttp would not add it there.
    """
    proxy = _proxy(address)
    if not proxy.userinfo:
        return []
    pair = f"{proxy.username}:{proxy.password}".encode()
    return [(b"Proxy-Authorization", b"Basic " + base64.b64encode(pair))]


def _copy(trust: ssl.SSLContext) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=b"".join(trust.get_ca_certs(binary_form=True)))


def _proxy(address: str | Secret) -> httpx.URL:
    """Read a proxy's address. Raises FetchError (local), and repeats nothing of it: it may hold a password."""
    try:
        return hop.proxy(address.reveal() if isinstance(address, Secret) else address)
    except ValueError:
        raise FetchError("local", "`proxy` is not the http:// address of a proxy") from None


def _tunnel(address: str | Secret) -> httpx.Proxy:
    bare = _proxy(address).copy_with(username=None, password=None)
    return httpx.Proxy(bare, headers=proxy_credentials(address))
