"""A sentence and what it became → the numbers in it that changed. Pure.

The digits of every script are read; 1,000 and 1.000 and 1 000 are one number. Number words are not read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Final

from monitor.model import NumberChange

_MOST: Final = 60
"""Numbers of one sentence that are compared: a table in one line has hundreds."""
_LONGEST: Final = 40
_GROUP: Final = "[,.'’\u00a0\u202f\u2009 \u066c\u060c\uff0c]"
_NUMBER: Final = re.compile(
    # in groups, whatever parts them, with a fraction or without; or plain
    rf"(?<!\d)(?:(?![0٠۰०০０])\d{{1,3}}(?P<sep>{_GROUP})\d{{2,3}}(?:(?P=sep)\d{{2,3}})*(?<=\d\d\d)(?!\d)|\d+)(?:[.,\u066b]\d+)?"
)
_SEPARATORS: Final = re.compile(_GROUP)


def changed_numbers(pairs: Iterable[tuple[str, str]]) -> tuple[NumberChange, ...]:
    """Give the numbers that read otherwise, in pairs, for sentences as they were and as they became."""
    return tuple(change for before, after in pairs for change in _changed(before, after))


def _changed(before: str, after: str) -> Iterable[NumberChange]:
    old, new = _numbers(before), _numbers(after)
    values = [value for _, value in old], [value for _, value in new]
    for kind, start, stop, begin, end in SequenceMatcher(None, *values, autojunk=False).get_opcodes():
        if kind != "replace":
            continue
        for (was, _), (is_, _) in zip(old[start:stop], new[begin:end], strict=False):
            yield NumberChange(before=was, after=is_, sentence=after)


def _numbers(text: str) -> list[tuple[str, str]]:
    """Give the numbers of a sentence as they stand there, and as they compare."""
    found = []
    for place in _NUMBER.finditer(text):
        if len(place[0]) <= _LONGEST:
            found.append((place[0], _value(place[0], is_grouped=place["sep"])))
        if len(found) == _MOST:
            break
    return found


def _value(shown: str, *, is_grouped: str | None) -> str:
    digits = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in shown)
    if is_grouped is not None:
        digits = digits.replace(is_grouped, "")
    whole, _, fraction = _SEPARATORS.sub(".", digits.replace("\u066b", ".")).partition(".")
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole
