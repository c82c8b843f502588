"""The other side of the bench: the PyPI package `reader` adds feeds to its database (add), or polls all of them (poll).

``reader_poll.py add DATABASE FILE``: one address a line; ``reader_poll.py poll DATABASE WORKERS``: its threads.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from reader import make_reader


def add(database: str, addresses: str) -> None:
    """Put addresses into a database, new where there is none."""
    with make_reader(database) as reader:
        for address in Path(addresses).read_text(encoding="ascii").split():
            reader.add_feed(address)


def poll(database: str, workers: str) -> None:
    """Poll all, due or not: since 3.21 only those that are due would be asked."""
    with make_reader(database) as reader:
        reader.update_feeds(workers=int(workers), scheduled=False)


if __name__ == "__main__":
    if importlib.util.find_spec("niquests"):
        # it puts another urllib3 under reader, which is then not what its users run
        sys.exit("niquests is installed in this environment; reader is measured without it")
    {"add": add, "poll": poll}[sys.argv[1]](*sys.argv[2:])
