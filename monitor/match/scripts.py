"""A folded character → the script it belongs to. Touches nothing."""

from __future__ import annotations

import unicodedata
from typing import Final

DIGIT: Final = "DIGIT"
MARK: Final = "COMBINING"

# The Unicode name says the script in its first word, but for these.
_BY_FIRST_WORD: Final = {"KATAKANA-HIRAGANA": "KATAKANA", "IDEOGRAPHIC": "CJK"}


class _Scripts(dict[str, str]):
    """Worked out once for each character; "" where it is no part of a word."""

    def __missing__(self, char: str) -> str:
        script = _script(char)
        self[char] = script
        return script


def _script(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Nd":
        return DIGIT
    if category[0] not in "LM":
        return ""
    first = unicodedata.name(char, "UNNAMED").split(" ", 1)[0]
    return _BY_FIRST_WORD.get(first, first)


_SCRIPTS: Final = _Scripts()


def script_of(char: str) -> str:
    """Give ``LATIN``, ``CYRILLIC``, ``CJK`` ...; ``DIGIT``; ``COMBINING`` for a mark of no script; "" for anything else."""
    return _SCRIPTS[char]
