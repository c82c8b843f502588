"""The engine under the door: httpx's transport over aiohttp, without cookies, proxies or anything else remembered."""

from __future__ import annotations

import ssl

import httpx
from aiohttp import ClientSession, DummyCookieJar, TCPConnector
from httpx_aiohttp import AiohttpTransport

from monitor.fetch.guard import GuardedResolver, Lookups, public_socket
from monitor.fetch.turns import KEPT_SECONDS

_MAX_HEADERS = 256
_MAX_HEADER = 8_190


def system_trust() -> ssl.SSLContext:
    """Trust whom the machine trusts; where it names nobody (a bare container), the list that httpx brings along (certifi)."""
    context = ssl.create_default_context()
    return context if context.cert_store_stats()["x509_ca"] else httpx.create_ssl_context(trust_env=False)


def transport(lookups: Lookups, *, private: bool, keep: bool, trust: ssl.SSLContext) -> AiohttpTransport:
    """Open a pool of connections. Private and public ones never share a pool: a kept connection is not checked again.

    ``keep`` False closes every connection after its one answer. The header alone would not: where a server says nothing of
    closing, aiohttp hands the connection on, and the next request is lost with it.
    """
    connector = TCPConnector(
        resolver=GuardedResolver(lookups, private=private),
        use_dns_cache=False,  # every new connection asks, so that every one passes the guard
        socket_factory=None if private else public_socket,
        ssl=trust,
        limit=0,  # turns.py bounds them
        force_close=not keep,
        keepalive_timeout=KEPT_SECONDS if keep else None,
    )
    session = ClientSession(
        connector=connector,
        cookie_jar=DummyCookieJar(),
        trust_env=False,
        skip_auto_headers=("Content-Type", "User-Agent", "Accept", "Accept-Encoding"),
        max_headers=_MAX_HEADERS,
        max_line_size=_MAX_HEADER,
        max_field_size=_MAX_HEADER,
    )
    return AiohttpTransport(client=session, verify=trust, trust_env=False)
