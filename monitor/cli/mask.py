"""The umask of a command: what it makes is its user's alone, but for what a person asks for at a place of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

OURS: Final = 0o077
_NOBODY_WRITES: Final = 0o002
"""What everybody on a machine may write is changed by anybody; no umask of a person's is taken to mean that."""
_theirs: list[int] = []


@contextmanager
def private() -> Iterator[None]:
    """Let nobody else read or write what is made meanwhile: databases, digests and configs say what a desk watches."""
    _theirs.append(os.umask(OURS))
    try:
        yield
    finally:
        os.umask(_theirs.pop())


@contextmanager
def as_asked() -> Iterator[None]:
    """Make what a person asked for by name as their own umask has it, as any program does: it may be for others to read."""
    if not _theirs:
        yield
        return
    ours = os.umask(_theirs[-1] | _NOBODY_WRITES)
    try:
        yield
    finally:
        os.umask(ours)
