"""The engine under the door: libcurl, without cookies or anything else remembered."""

from __future__ import annotations

import ssl
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

import certifi

from monitor.errors import FetchError
from monitor.fetch import hop
from monitor.fetch.guard import Lookups
from monitor.fetch.transport import Proxy, Transport, Trust, pool
from monitor.model import Secret

_NO_PROXY = "`proxy` is not the http:// address of a proxy"


class Way(NamedTuple):
    """How a request goes. ``private``: any address may be connected to. ``proxy``, ``ca_file``: as in ``model.Request``."""

    private: bool
    proxy: str | Secret | None
    ca_file: str | None


class Ways:
    """The transports, one for each way, made when they are first needed."""

    def __init__(self, lookups: Lookups, trust: Trust | None) -> None:
        """Take where names are looked up, and whom to trust (None: the machine's list)."""
        self._lookups = lookups
        self._trust = trust
        # a kept connection is not checked again: one to a private address must serve no other request
        self._pools = {private: pool() for private in (True, False)}
        self._transports: dict[Way, Transport] = {}

    def transport(self, way: Way) -> Transport:
        """Give that for a way. Raises FetchError (local) where its proxy or its certificates can't be used."""
        found = self._transports.get(way)
        if found is None:
            found = self._transports[way] = self._opened(way)
        return found

    async def close(self) -> None:
        """Close every connection."""
        for each in self._pools.values():
            await each.aclose()

    def _opened(self, way: Way) -> Transport:
        try:
            trust = self._trust or system_trust()
        except OSError as error:
            raise FetchError("local", f"the list of trusted certificates could not be read: {error.strerror}") from None
        if way.ca_file is not None:
            trust = _with(trust, way.ca_file)
        proxy = _proxy(way.proxy) if way.proxy is not None else None
        return Transport(self._pools[way.private], self._lookups, private=way.private, trust=trust, proxy=proxy)


@cache
def system_trust() -> Trust:
    """Trust whom the machine trusts; where it names nobody (a bare container), the list that httpx brings along (certifi)."""
    places = ssl.get_default_verify_paths()
    folder = places.capath if places.capath and any(Path(places.capath).glob("*.[0-9]")) else None
    return Trust(file=places.cafile if places.cafile or folder else certifi.where(), folder=folder)


def _with(trust: Trust, ca_file: str) -> Trust:
    """Trust those in a file as well."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=ca_file)
        own = Path(ca_file).read_bytes()
        known = trust.text if trust.text is not None else Path(trust.file).read_bytes() if trust.file else b""
    except (OSError, ValueError):  # ssl.SSLError is an OSError; ValueError: a name with a NUL in it
        raise FetchError("local", "`ca_file`: no readable PEM file with certificates") from None
    return Trust(text=known + b"\n" + own, folder=trust.folder)


def _proxy(address: str | Secret) -> Proxy:
    """Read a proxy's address. Raises FetchError (local), and repeats nothing of it: it may hold a password."""
    try:
        url = hop.proxy(address.reveal() if isinstance(address, Secret) else address)
    except ValueError:
        raise FetchError("local", _NO_PROXY) from None
    name, _, password = url.userinfo.partition(b":")
    user = unquote_to_bytes(name) if url.userinfo else None
    word = unquote_to_bytes(password)
    if url.scheme != "http" or b"\0" in (user or b"") + word:
        # libcurl would speak to an https:// one in plain text, or end the password at the zero
        raise FetchError("local", _NO_PROXY)
    host = url.raw_host.decode("ascii")
    port = url.port or 80
    return Proxy(url=f"http://{f'[{host}]' if ':' in host else host}:{port}", host=host, port=port, user=user, password=word)
