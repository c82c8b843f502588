"""Words with letters of another script that only look right → the script they are meant in."""

from __future__ import annotations

import re
from typing import Final

_TO_LATIN: Final = str.maketrans("авсеһніјкморѕтухԁԛԝӏ", "abcehhijkmopstyxdqwl")
_TO_CYRILLIC: Final = str.maketrans("abcehijkmopstyx", "авсеніјкморѕтух")
_CYRILLIC_CLASS: Final = "\u0400-\u0481\u048a-\u052f"
_CYRILLIC: Final = re.compile(f"[{_CYRILLIC_CLASS}]")
_LATIN: Final = re.compile("[a-z]")
_MIXED: Final = re.compile(f"[a-z](?:(?=[{_CYRILLIC_CLASS}])|(?<=[{_CYRILLIC_CLASS}].))")
# %d0 in an address is no word
_MIXED_WORD: Final = re.compile(f"(?<!%)(?<!%[0-9a-f])[a-z{_CYRILLIC_CLASS}]+")
_LATIN_ENDING: Final = re.compile(f"[a-z]+[{_CYRILLIC_CLASS}]{{2,}}\\Z")

# the capitals are what looks alike
_GREEK_TO_LATIN: Final = str.maketrans("αβεζηικμνορτυχ", "abezhikmnoptyx")
_LATIN_TO_GREEK: Final = str.maketrans("abezhikmnoptyxv", "αβεζηικμνορτυχν")
_GREEK: Final = re.compile("[α-ω]")
# beside Cyrillic letters a word is left alone: mended, it could be mended again
_WITH_GREEK: Final = re.compile(f"(?<![%a-zα-ω{_CYRILLIC_CLASS}])(?<!%[0-9a-f])[a-zα-ω]+(?![a-zα-ω{_CYRILLIC_CLASS}])")
_FEW: Final = 3


def one_script(text: str) -> str:
    """Mend each word of a folded text that has letters of another script which only look right."""
    # hardly any text has letters of both scripts, and to find that out costs a tenth of looking for words of both
    if not _LATIN.search(text):
        return text
    mended = _MIXED_WORD.sub(_mended, text) if _CYRILLIC.search(text) and _MIXED.search(text) else text
    return _WITH_GREEK.sub(_without_greek, mended) if _GREEK.search(mended) else mended


def _mended(found: re.Match[str]) -> str:
    """Bring a word to the script of most of its letters, or else to the other, if all others have a double there.

    A Latin name with a Cyrillic ending of its own (COVIDом) is left alone: there the change of script is the word's edge.
    """
    word = found[0]
    latin = sum(char <= "z" for char in word)
    is_latin = latin * 2 >= len(word)
    has_ending = _LATIN_ENDING.match(word) is not None
    if latin in (0, len(word)) or (is_latin and has_ending):
        return word
    for to_latin in (is_latin, not is_latin):
        mended = word.translate(_TO_LATIN if to_latin else _TO_CYRILLIC)
        if all((char <= "z") == to_latin for char in mended) and not (to_latin and has_ending):
            return mended
    return word


def _without_greek(found: re.Match[str]) -> str:
    """Do the same for a word of which a third at most is Greek among Latin letters, or Latin among Greek: no μm, no β-cells."""
    word = found[0]
    latin = sum(char <= "z" for char in word)
    if latin in (0, len(word)) or min(latin, len(word) - latin) * _FEW > len(word):
        return word
    is_latin = latin * 2 > len(word)
    mended = word.translate(_GREEK_TO_LATIN if is_latin else _LATIN_TO_GREEK)
    return mended if all((char <= "z") == is_latin for char in mended) else word


def in_other_script(word: str) -> str | None:
    """Give a word in letters that look the same, of the other script: Т-72 and T-72. None where one has no double."""
    for table, is_latin in ((_TO_LATIN, True), (_TO_CYRILLIC, False)):
        other = word.translate(table)
        letters = [char for char in other if char.isalpha()]
        if other != word and all((char <= "z") == is_latin for char in letters):
            return other
    return None
