"""Host name → addresses that may be connected to. The wall between the monitor and the network that it stands in.

What is checked is what is connected to: names are looked up here, only addresses that pass are handed on, and every socket is
checked once more with the very address that it is about to connect to. A literal address, which nobody looks up, ends in the
same check, and a name that answers differently the second time (DNS rebinding) finds the same wall again.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Sequence

from monitor.errors import FetchError
from monitor.fetch import trouble
from monitor.url import is_public

Resolver = Callable[[str, int], Sequence[str]]
"""(name, port) → addresses. Blocking; raises OSError, as getaddrinfo does. It is called in a thread of its own."""

LOOKUP_SECONDS = 10.0
"""How long one name may take. A deadline that is nearer comes first."""
LOOKUPS_AT_ONCE = 64
"""Threads that may hang in lookups at once, those of fetches that are long over included."""


def system_resolver(host: str, port: int) -> tuple[str, ...]:
    """Ask the machine's own resolver. Raises OSError (socket.gaierror where the name is the trouble)."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return tuple(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def public(addresses: Sequence[str]) -> list[str]:
    """Give those addresses that are of the public internet. Raises FetchError (blocked) where none is."""
    allowed = [address for address in addresses if is_public(address)]
    if not allowed:
        raise blocked()
    return allowed


def blocked() -> FetchError:
    """Say that an address is not one of the public internet, without saying which: a redirect must not map the network."""
    return FetchError("blocked", "not an address of the public internet; `private = true` allows it", retryable=False)


class Lookups:
    """Resolves names in threads that nobody has to wait for.

    getaddrinfo can't be stopped. In a pool, a few hanging lookups would hold up every other one, and the interpreter would
    wait for them at exit; a daemon thread each does neither.
    """

    def __init__(self, resolver: Resolver) -> None:
        """Take the blocking function that does the asking."""
        self._resolver = resolver
        self._free = asyncio.Semaphore(LOOKUPS_AT_ONCE)

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """Give a name's addresses. Raises FetchError (dns, local)."""
        try:
            async with asyncio.timeout(LOOKUP_SECONDS):
                return await self._ask(host, port)
        except TimeoutError:
            raise FetchError("dns", f"no word from the name server within {LOOKUP_SECONDS:g} s") from None
        except (OSError, ValueError) as error:
            raise trouble.from_lookup(error) from None

    async def _ask(self, host: str, port: int) -> Sequence[str]:
        await self._free.acquire()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Sequence[str]] = loop.create_future()
        thread = threading.Thread(target=self._look_up, args=(host, port, loop, answer), name="lookup", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # no thread to be had
            self._free.release()
            raise OSError(str(error)) from error
        return await answer

    def _look_up(self, host: str, port: int, loop: asyncio.AbstractEventLoop, answer: asyncio.Future[Sequence[str]]) -> None:
        found: Sequence[str] | Exception
        try:
            found = self._resolver(host, port)
        except (OSError, ValueError) as error:
            found = error
        with contextlib.suppress(RuntimeError):  # the loop may be closed by now
            loop.call_soon_threadsafe(self._settle, answer, found)

    def _settle(self, answer: asyncio.Future[Sequence[str]], found: Sequence[str] | Exception) -> None:
        self._free.release()
        if answer.done():
            return
        if isinstance(found, Exception):
            answer.set_exception(found)
        else:
            answer.set_result(found)
