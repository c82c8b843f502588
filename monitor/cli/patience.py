"""What takes long → a bar or a moving line on standard error, where somebody sits before it; nothing in a pipe, or with -q."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

import click

from monitor.cli.volume import is_quiet

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

SOON: Final = 1.0
"""Seconds after which somebody asks what takes so long."""
T = TypeVar("T")


def is_watched() -> bool:
    """Say whether a bar would be seen, and is wanted."""
    return sys.stderr.isatty() and not is_quiet()


def shown(things: Iterable[T], total: int, label: str) -> Iterator[T]:
    """Go through ``total`` things; where somebody watches, with a bar as soon as that takes over a second."""
    began = time.monotonic()
    with ExitStack() as closing:
        bar = None
        for done, thing in enumerate(things):
            yield thing
            if bar is not None:
                bar.update(1)
            elif time.monotonic() - began > SOON and is_watched():
                drawn: ProgressBar[int] = click.progressbar(length=total, label=label, file=sys.stderr)
                bar = closing.enter_context(drawn)
                bar.update(done + 1)


@contextmanager
def waiting(label: str) -> Iterator[None]:
    """Show a moving line while something takes over a second of which nobody knows how far it is."""
    if not is_watched():
        yield
        return
    from rich.console import Console  # noqa: PLC0415  for a terminal alone

    status = Console(stderr=True).status(label)
    timer = threading.Timer(SOON, status.start)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        status.stop()
