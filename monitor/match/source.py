"""A folded and squeezed text → where each part of it was printed, worked out only where that is asked. Touches nothing.

Keeping an offset for every character costs ten times what folding does, and most of a text has no word in it that is looked for.
So the source is parted before plain spaces, across which nothing folds: the parts are folded fast for their lengths alone, and
only the one round a place is folded with its offsets.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

from monitor.fold import fold, fold_with_offsets
from monitor.match.terms import squeezed_places

_PART: Final = 200
"""Characters of a part, more or less."""


class Source:
    """The way from a squeezed text back to what was printed."""

    def __init__(self, text: str, folded: str) -> None:
        """Take the text as printed, and as ``fold`` gives it."""
        self._text = text
        self._places = squeezed_places(folded)
        self._begins, self._folded_begins = _parts(text, folded)

    def bounds(self, start: int, stop: int) -> tuple[int, int]:
        """Give where in the source ``squeezed[start:stop]`` was printed."""
        first, last = self._places[start], self._places[stop - 1]
        one = bisect_right(self._folded_begins, first) - 1
        other = bisect_right(self._folded_begins, last)
        begin = self._begins[one]
        end = self._begins[other] if other < len(self._begins) else len(self._text)
        shift = self._folded_begins[one]
        found = fold_with_offsets(self._text[begin:end]).source_span(first - shift, last + 1 - shift)
        return begin + found[0], begin + found[1]

    def cut(self, start: int, stop: int) -> str:
        """Give what was printed there."""
        begin, end = self.bounds(start, stop)
        return self._text[begin:end]


def _parts(text: str, folded: str) -> tuple[list[int], list[int]]:
    """Give where each part begins, in the text and in the folded text."""
    begins, folded_begins = [0], [0]
    while (space := text.find(" ", begins[-1] + _PART)) >= 0:
        folded_begins.append(folded_begins[-1] + len(fold(text[begins[-1] : space])))
        begins.append(space)
    if folded_begins[-1] + len(fold(text[begins[-1] :])) != len(folded):
        # parts that fold otherwise than the whole would mark the wrong words
        return [0], [0]
    return begins, folded_begins
