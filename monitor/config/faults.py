"""What is wrong, and where → lines for the person who can mend it, without secrets. Pure."""

from __future__ import annotations

import difflib
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Collection, Iterable

from monitor.config.lines import KeyPath, Where

_LONGEST = 120
"""Characters of a value that a fault shows."""

_FEW = 8
_MANY, _NEIGHBOURS = 1000, 50
_SCHEME = re.compile(r"[^@/]*/{2,}|")
"""Whatever stands before two slashes: who mistypes https:// has a password behind it all the same."""
_NO_PORT = re.compile(r"(/{2,}[^:/@\[]*:)(?![0-9]{1,5}(?:[/?#]|$))[^/?#]+")
_VALUE = re.compile("[:=]")
_AFTER_PATH = re.compile(r"([?#]).+", re.DOTALL)
_PLACE = re.compile(r"(?:localhost|\[|[\w-]+(?:\.[\w-]+)+)\.?(?=[:/?#]|$)")
"""How an address begins that lacks its scheme: with a host that has a dot in its name."""
_TOKEN = re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{20,}")


class Faults:
    """All that is wrong in one file, gathered while it is read."""

    def __init__(self, where: Where) -> None:
        """Begin with none."""
        self._where = where
        self._found: list[tuple[KeyPath, str]] = []

    def __len__(self) -> int:
        """Count them."""
        return len(self._found)

    @property
    def found(self) -> tuple[tuple[KeyPath, str], ...]:
        """Give every fault, each with its key, in the order found."""
        return tuple(self._found)

    def add(self, path: KeyPath, message: str) -> None:
        """Note one fault at a key. ``message`` is without secrets already."""
        self._found.append((path, message))

    def line(self, path: KeyPath) -> int:
        """Give the line of a key, for a fault that speaks of another line."""
        return self._where.line(path)

    def printed(self, file: str) -> tuple[str, ...]:
        """Give whole lines in the order of the file; two of one line stay in the order found."""
        lines = sorted(((self._where.line(path), dotted(path), message) for path, message in self._found), key=lambda row: row[0])
        return tuple(f"{file}:{line}: {f'{key}: ' if key else ''}{message}" for line, key, message in lines)


def dotted(path: KeyPath) -> str:
    """Write a path as in TOML: ``outlets.relief-desk.feed``. Places in lists are left out; odd names are quoted.

    An odd name is cut at its first colon or equals sign: someone may have written a whole header, value and all, as a key.
    """
    return ".".join(part if is_id(part) else quoted(_VALUE.split(part)[0]) for part in path if isinstance(part, str))


def is_id(name: str) -> bool:
    """Say whether a name is letters (of any script, with their marks), digits, ``-`` and ``_`` only."""
    return bool(name) and all(ch in "-_" or unicodedata.category(ch)[0] in "LMN" for ch in name)


def quoted(value: str) -> str:
    """Show a value in double quotes: one line, not too long, without what it may hold of secrets."""
    shown = _TOKEN.sub("****", _without_user(_printable(value)))
    return quoted_address(value) if "://" in value else _cut(shown)


def quoted_address(value: str) -> str:
    """Show an address in double quotes, likewise; all behind ``?`` or ``#`` is hidden as well, and all of what is none.

    In the place of an address people paste what belongs to it: a key, a password.
    """
    shown = _AFTER_PATH.sub(r"\1****", _without_user(_printable(value)))
    is_address = "//" in shown or "@" in shown or _PLACE.match(shown)
    return _cut(_TOKEN.sub("****", shown)) if is_address else '"****"'


def did_you_mean(wrong: str, right: Iterable[str]) -> str:
    """Give `` Did you mean "every"?``, with its leading space, or nothing where no right word is near."""
    by_folded = {word.casefold(): word for word in right}
    near = difflib.get_close_matches(wrong.casefold(), _neighbours(wrong.casefold(), by_folded), n=1)
    return f' Did you mean "{by_folded[near[0]]}"?' if near else ""


def _neighbours(wrong: str, words: Collection[str]) -> Collection[str]:
    """Give those that may be near: of thousands, those that begin or end most like it, as comparing with all takes long."""
    if len(words) <= _MANY:
        return words
    forwards, backwards = sorted(words), sorted(word[::-1] for word in words)
    at, back = bisect_left(forwards, wrong), bisect_left(backwards, wrong[::-1])
    return [
        *forwards[max(0, at - _NEIGHBOURS) : at + _NEIGHBOURS],
        *(word[::-1] for word in backwards[max(0, back - _NEIGHBOURS) : back + _NEIGHBOURS]),
    ]


def nearest(wrong: str, right: Iterable[str]) -> str:
    """Give the right word that is near, else which there are, with a leading space; of many the first few and their number."""
    known = sorted(right)
    if found := did_you_mean(wrong, known):
        return found
    more = f" and {len(known) - _FEW} more" if len(known) > _FEW else ""
    return f" There are: {', '.join(known[:_FEW])}{more}" if known else " There is none"


def _printable(value: str) -> str:
    return "".join(ch if ch.isprintable() else " " for ch in value)


def _without_user(value: str) -> str:
    """Hide a password or a lone user name. Greedy up to the last ``@``: a password may itself hold ``@``, ``/`` or ``:``."""
    front, at, rest = value.rpartition("@")
    if not at:
        # the @ may be what was forgotten
        return _NO_PORT.sub(r"\1****", value)
    found = _SCHEME.match(front)
    scheme = found[0] if found else ""
    user, colon, _ = front[len(scheme) :].partition(":")
    if colon:
        return f"{scheme}{user}:****@{rest}"
    return value if "/" in user else f"{scheme}****@{rest}"


def _cut(shown: str) -> str:
    return f'"{shown[:_LONGEST]}…"' if len(shown) > _LONGEST else f'"{shown}"'
