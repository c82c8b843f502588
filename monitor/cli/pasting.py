"""config.toml as it stands, faults or not, and a watch's id → where `monitor suggest` has words pasted. It reads only."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.cli.finding import find
from monitor.config.lines import Where
from monitor.errors import MonitorError


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where words are pasted.

    ``opening``: the lines before them; ``words``: those that stand there, which are not to be lost; ``says``: what the lines are
    to take the place of, None: they stand alone.
    """

    opening: tuple[str, ...]
    words: tuple[str, ...] = ()
    says: str | None = None


def new(id: str) -> Place:
    """Give the place of a watch that is not there yet."""
    return Place(opening=(f"[watches.{id}]", "any = ["))


def place(id: str) -> Place:
    """Give the place of a watch's words: a second table of one name would be a fault."""
    path, text, watches = _there()
    if path is None or id not in watches:
        return new(id)
    value = watches[id]
    where = f"{path}:{Where(text).line(('watches', id))}"
    if isinstance(value, list):
        says = f"{where} has this watch already: put these lines in the place of its own"
        return Place(opening=(f"{id} = [",), words=_texts(value), says=says)
    if isinstance(value, dict) and isinstance(listed := value.get("any"), list):
        says = f"{where} has this watch already: put these lines in the place of its any = [...]"
        return Place(opening=("any = [",), words=_texts(listed), says=says)
    # words have no place beside a query
    free = next(name for number in itertools.count(2) if (name := f"{id}-{number}") not in watches)
    return Place(
        opening=new(free).opening, says=f"{where} has a watch {id} already, without a list of words: this is one beside it"
    )


def _there() -> tuple[Path | None, str, Mapping[str, object]]:
    """Give config.toml, its text and its watches. None: there is none, or none that can be read, and so nothing in the way."""
    try:
        path = find(None)
        text = path.read_text(encoding="utf-8-sig")
        watches = tomllib.loads(text).get("watches")
    except (MonitorError, OSError, ValueError):
        return None, "", {}
    return path, text, watches if isinstance(watches, dict) else {}


def _texts(listed: list[object]) -> tuple[str, ...]:
    return tuple(word for word in listed if isinstance(word, str))
