"""Text of valid TOML → where every key stands. Pure.

tomllib keeps no positions, so the text is read a second time, only as deeply as positions need. It relies on tomllib having
accepted the text (TOML 1.0), and on the newline as its only line end.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

KeyPath = tuple[str | int, ...]
"""The names from the top down to a key; a number is a place in a list."""

_BLANK = re.compile(r"(?:[ \t\n]+|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY_PART = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_STRING = re.compile(
    r'''"""(?:[^\\]|\\.)*?"""(?:"{0,2})|\'\'\'.*?\'\'\'(?:'{0,2})|"(?:[^"\\\n]|\\.)*"|'[^'\n]*\'''',
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}\n#]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A header or a key with its value: ``start`` up to ``stop`` in the text. ``value_at`` is None for a header."""

    path: tuple[str, ...]
    table: tuple[str, ...]
    start: int
    stop: int
    value_at: int | None


def statements(text: str) -> Iterator[Statement]:
    """Give the headers and keys of valid TOML in the order of the file. ``[[x]]`` counts as ``[x]``."""
    table: tuple[str, ...] = ()
    at = _end(_BLANK, text, 0)
    while at < len(text):
        start = at
        if text[at] == "[":
            table, at = _key(text, _end(_SPACE, text, at + (2 if text.startswith("[[", at) else 1)))
            at = text.index("]", at) + (2 if text.startswith("]]", at) else 1)
            yield Statement(path=table, table=table, start=start, stop=at, value_at=None)
        else:
            key, at = _key(text, at)
            value_at = _end(_SPACE, text, at + 1)
            at = _value(text, value_at, (), {})
            yield Statement(path=table + key, table=table, start=start, stop=at, value_at=value_at)
        at = _end(_BLANK, text, at)


def members(text: str, statement: Statement) -> Iterator[Statement]:
    """Give the keys of an inline table as ``statements`` gives those of a file; none where the value is no such table."""
    if statement.value_at is None or not text.startswith("{", statement.value_at):
        return
    at = _end(_BLANK, text, statement.value_at + 1)
    while not text.startswith("}", at):
        start = at
        key, at = _key(text, at)
        value_at = _end(_SPACE, text, at + 1)
        at = _value(text, value_at, (), {})
        yield Statement(path=statement.path + key, table=statement.path, start=start, stop=at, value_at=value_at)
        at = _end(_BLANK, text, at)
        if text.startswith(",", at):
            at = _end(_BLANK, text, at + 1)


class Where:
    """The lines of one file, found when first asked for: a file without faults never needs them."""

    def __init__(self, text: str) -> None:
        """Take the text that tomllib read."""
        self._text = text

    def line(self, path: KeyPath) -> int:
        """Give the line (from 1) of a key, of the nearest table around it where it is not written, else 1.

        A one-line outlet or watch stands for its table: ``outlets.x.feed`` is where ``outlets.x`` is.
        """
        for known in (path, path[:2] + path[3:]):
            if known in self._lines:
                return self._lines[known]
        return self.line(path[:-1]) if path else 1

    @cached_property
    def _lines(self) -> dict[KeyPath, int]:
        offsets: dict[KeyPath, int] = {}
        for statement in statements(self._text):
            for depth in range(1, len(statement.path) + 1):
                offsets.setdefault(statement.path[:depth], statement.start)
            if statement.value_at is not None:
                _value(self._text, statement.value_at, statement.path, offsets)
        breaks = [found.start() for found in re.finditer("\n", self._text)]
        return {path: bisect_right(breaks, offset) + 1 for path, offset in offsets.items()}


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _key(text: str, at: int) -> tuple[tuple[str, ...], int]:
    """Read a dotted key; give its parts and the place of what follows it and the space after it."""
    parts = []
    while found := _KEY_PART.match(text, at):
        parts.append(_name(found.group()))
        at = _end(_SPACE, text, found.end())
        if not text.startswith(".", at):
            break
        at = _end(_SPACE, text, at + 1)
    return tuple(parts), at


def _name(part: str) -> str:
    if "\\" in part:
        return next(iter(tomllib.loads(f"{part} = 0")))
    return part[1:-1] if part[0] in "\"'" else part


def _value(text: str, at: int, path: KeyPath, offsets: dict[KeyPath, int]) -> int:
    """Note where the keys and list members inside a value begin; give the place after it."""
    if text.startswith("[", at):
        return _list(text, at, path, offsets)
    if text.startswith("{", at):
        return _inline(text, at, path, offsets)
    if found := _STRING.match(text, at):
        return found.end()
    return _end(_SCALAR, text, at)


def _list(text: str, at: int, path: KeyPath, offsets: dict[KeyPath, int]) -> int:
    at = _end(_BLANK, text, at + 1)
    index = 0
    while not text.startswith("]", at):
        offsets[(*path, index)] = at
        at = _end(_BLANK, text, _value(text, at, (*path, index), offsets))
        index += 1
        if text.startswith(",", at):
            at = _end(_BLANK, text, at + 1)
    return at + 1


def _inline(text: str, at: int, path: KeyPath, offsets: dict[KeyPath, int]) -> int:
    at = _end(_BLANK, text, at + 1)
    while not text.startswith("}", at):
        start = at
        key, at = _key(text, at)
        for depth in range(1, len(key) + 1):
            offsets.setdefault(path + key[:depth], start)
        at = _end(_BLANK, text, _value(text, _end(_SPACE, text, at + 1), path + key, offsets))
        if text.startswith(",", at):
            at = _end(_BLANK, text, at + 1)
    return at + 1
