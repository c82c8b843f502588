"""A folded and squeezed text → where each part of it was printed, worked out only where that is asked. Touches nothing.

Keeping an offset for every character costs ten times what folding does, and most of a text has no word in it that is looked for.
So the source is parted before plain spaces, across which nothing folds: for most parts it can be seen that each character gave
one, of the others the length is folded, and only the one round a place is folded with its offsets.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from typing import Final
from urllib.parse import unquote

from monitor.fold import Folded, fold, fold_with_offsets
from monitor.match.terms import squeezed_places

_PART: Final = 200
"""Characters of a part, more or less."""
_SMALL_AFTER: Final = ("#", "@", "/", "_", "-", ".")
_TELLING: Final = frozenset("#@%&<")
"""Signs that begin what folds as one: a hashtag, an escape."""


class _Odd(dict[str, bool]):
    """Whether a character gives more or less than one, or melts into the one before it; worked out once for each."""

    def __missing__(self, char: str) -> bool:
        is_odd = len(fold(char)) != 1 or unicodedata.category(char)[0] in "MC" or char in _TELLING or _is_jamo(char)
        self[char] = is_odd
        return is_odd


def _is_jamo(char: str) -> bool:
    return "\u1100" <= unicodedata.normalize("NFKD", char)[0] <= "\u11ff" and not "\uac00" <= char <= "\ud7a3"


_ODD: Final = _Odd({"\n": False})


class Source:
    """The way from a squeezed text back to what was printed."""

    def __init__(self, text: str, folded: str, squeezed: str) -> None:
        """Take the text as printed, as ``fold`` gives it, and as ``squeeze`` does."""
        self._text = text
        self.squeezed = squeezed
        # squeezing only ever shortens
        self._places: Sequence[int] = range(len(folded)) if len(squeezed) == len(folded) else squeezed_places(folded)
        odd = {char for char in set(text) if _ODD[char]}
        self._is_plain = not odd and len(folded) == len(text)
        self._begins, self._folded_begins = ([0], [0]) if self._is_plain else _parts(text, folded, odd)
        self._traced: dict[tuple[int, int], Folded] = {}

    @cached_property
    def _has_capitals(self) -> bool:
        return self._text.lower() != self._text

    def is_low_at(self, start: int) -> bool:
        """Say whether no capital is to be had there: in a text without any, a hashtag, or an address."""
        begin, _ = self.bounds(start, start + 1)
        return not self._has_capitals or self._text[max(0, begin - 1) : begin] in _SMALL_AFTER

    def bounds(self, start: int, stop: int) -> tuple[int, int]:
        """Give where in the source ``squeezed[start:stop]`` was printed."""
        first, last = self._places[start], self._places[stop - 1]
        if self._is_plain:
            return first, last + 1
        one = bisect_right(self._folded_begins, first) - 1
        other = bisect_right(self._folded_begins, last)
        begin, shift = self._begins[one], self._folded_begins[one]
        traced = self._traced.get((one, other))
        if traced is None:
            end = self._begins[other] if other < len(self._begins) else len(self._text)
            traced = self._traced[one, other] = fold_with_offsets(self._text[begin:end])
        found = traced.source_span(first - shift, last + 1 - shift)
        return begin + found[0], begin + found[1]

    def cut(self, start: int, stop: int) -> str:
        """Give what was printed there, read where it is an address."""
        begin, end = self.bounds(start, stop)
        return unquote(self._text[begin:end])


def _parts(text: str, folded: str, odd: set[str]) -> tuple[list[int], list[int]]:
    """Give where each part begins, in the text and in the folded text."""
    begins, folded_begins = [0], [0]
    while (space := text.find(" ", begins[-1] + _PART)) >= 0:
        folded_begins.append(folded_begins[-1] + _length(text[begins[-1] : space], odd))
        begins.append(space)
    if folded_begins[-1] + _length(text[begins[-1] :], odd) != len(folded):
        # parts that fold otherwise than the whole would mark the wrong words
        return [0], [0]
    return begins, folded_begins


def _length(part: str, odd: set[str]) -> int:
    return len(part) if odd.isdisjoint(part) else len(fold(part))
