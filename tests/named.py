"""`monitor`, with names of the tests' own: ``python tests/named.py run -c config.toml``. The rest is the real program.

NAMES names a JSON file that is read at every look-up. A name there has a list of addresses, "none" (there is no such name),
"hang" (the resolver never answers), or a list of lists, of which each look-up gets the next. Other names do not exist.

Nothing gets past loopback: a connection to any other address is refused, and its address is written into FENCE.
"""

from __future__ import annotations

import errno
import ipaddress
import json
import os
import runpy
import socket
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

_ask = socket.getaddrinfo
_asked: Counter[str] = Counter()


def addresses(name: str) -> list[str]:
    """Give a name's addresses, as the table has them now. Raises OSError where it has none."""
    known = json.loads(Path(os.environ["NAMES"]).read_text()).get(name, "none")
    if known == "hang":
        threading.Event().wait()
    if known == "none":
        raise socket.gaierror(socket.EAI_NONAME, "no such name")
    if isinstance(known[0], list):
        known = known[_asked[name] % len(known)]
        _asked[name] += 1
    return list(known)


def getaddrinfo(host: Any, port: Any, *more: Any, **named: Any) -> list[Any]:
    """Stand in for socket's own."""
    try:
        ipaddress.ip_address(host or "")
    except ValueError:
        return [found for address in addresses(str(host)) for found in _ask(address, port, *more, **named)]
    return list(_ask(host, port, *more, **named))


def fence(event: str, details: tuple[Any, ...]) -> None:
    """Refuse to connect past loopback."""
    if event != "socket.connect" or details[0].family not in {socket.AF_INET, socket.AF_INET6}:
        return
    address = str(details[1][0])
    if not ipaddress.ip_address(address).is_loopback:
        with Path(os.environ["FENCE"]).open("a") as refused:
            refused.write(f"{address}\n")
        raise ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))


if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[1])
    sys.addaudithook(fence)
    socket.getaddrinfo = getaddrinfo
    runpy.run_module("monitor", run_name="__main__", alter_sys=True)
