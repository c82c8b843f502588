"""Text → the same text as a reader hears it: one form for all spellings of a word, with offsets back. Touches nothing.

The rule is MATCHING.md §1, "Fold". Two laws hold: what is canonically equal (Unicode NFC, NFD) folds equal, and folding twice
is folding once. Marks are stripped in Latin, Greek, Arabic and Hebrew only (elsewhere バ would become ハ, and कुल कल); in
Cyrillic only those that make no letter of their own, such as stress marks, and ё, which is mostly printed as е.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """A folded text. ``offsets[i]`` is where in ``source`` the character (with its marks) begins that gave ``text[i]``."""

    source: str
    text: str
    offsets: Sequence[int]

    def source_span(self, start: int, stop: int) -> tuple[int, int]:
        """Give the whole source characters behind ``text[start:stop]``, with their marks, without invisible signs at the end."""
        begin, last = self.offsets[start], self.offsets[stop - 1]
        after = stop
        while after < len(self.offsets) and self.offsets[after] <= last:
            after += 1
        end = self.offsets[after] if after < len(self.offsets) else len(self.source)
        while end > last + 1 and unicodedata.category(self.source[end - 1]) == "Cf":
            end -= 1
        return begin, end


def fold(text: str) -> str:
    """Fold a text; always equal to ``fold_with_offsets(text).text``, and much faster."""
    if text.isascii():
        return _split_hashtags(text).lower() if "#" in text else text.lower()
    seen = text.translate(_INVISIBLE) if _HAS_INVISIBLE.search(text) else text
    if _ZWNJ in seen:
        seen = _ZWNJ_EDGE.sub(" ", seen).replace(_ZWNJ, "")
    composed = unicodedata.normalize("NFKC", seen)
    if "#" in composed:
        composed = _split_hashtags(composed)
    letters = composed.translate(_LETTERS)
    if _ACCENT.search(letters):
        letters, _ = _without_loose_marks(letters, range(len(letters)))
    return _one_script(letters)


def fold_with_offsets(text: str) -> Folded:
    """Fold a text and keep the way back into it: only for texts that are to be shown or marked."""
    if text.isascii() and "#" not in text:
        return Folded(source=text, text=text.lower(), offsets=range(len(text)))
    composed, offsets = _compose(text)
    composed, offsets = _with_breaks(composed, offsets)
    letters: list[str] = []
    places: list[int] = []
    for char, offset in zip(composed, offsets, strict=True):
        image = char.translate(_LETTERS)
        letters.append(image)
        places.extend([offset] * len(image))
    folded, places = _without_loose_marks("".join(letters), places)
    return Folded(source=text, text=_one_script(folded), offsets=tuple(places))


# ── 1. what is not seen, and composition ──

_ZWNJ: Final = "\u200c"
_ARABIC: Final = "\u0600-\u06ff\u0750-\u077f\u0870-\u08ff\ufb50-\ufdff\ufe70-\ufefc"
# Between Arabic letters ZWNJ parts a word from its ending (ادلب‌نشینان), as a space would; elsewhere it is noise.
_ZWNJ_EDGE: Final = re.compile(f"(?<=[{_ARABIC}]){_ZWNJ}+")
_IS_ARABIC: Final = re.compile(f"[{_ARABIC}]")


def _spread(*ranges: tuple[int, int]) -> list[int]:
    return [code for first, last in ranges for code in range(first, last + 1)]


_ARABIC_MARKS: Final = _spread((0x610, 0x61A), (0x64B, 0x65F), (0x670, 0x670), (0x6D6, 0x6DC), (0x6DF, 0x6E4), (0x6E7, 0x6E8))
_MORE_ARABIC_MARKS: Final = _spread((0x6EA, 0x6ED), (0x898, 0x89F), (0x8CA, 0x8E1), (0x8E3, 0x8FF))
_HEBREW_POINTS: Final = _spread((0x591, 0x5BD), (0x5BF, 0x5BF), (0x5C1, 0x5C2), (0x5C4, 0x5C5), (0x5C7, 0x5C7), (0xFB1E, 0xFB1E))
# tatweel, and the presentation forms of a mark on a tatweel
_TATWEEL: Final = [0x640, 0xFE71, 0xFE77, 0xFE79, 0xFE7B, 0xFE7D, 0xFE7F, *range(0xFCF2, 0xFCF5)]
# soft hyphen, zero-width and bidi signs, variation selectors, tags, Hangul and Mongolian fillers
_FORMAT_SIGNS: Final = [
    *[0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x3164, 0xFEFF, 0xFFA0, 0x200B, 0x200D, 0x200E, 0x200F],
    *_spread((0x180B, 0x180F), (0x202A, 0x202E), (0x2060, 0x206F), (0xFE00, 0xFE0F), (0xE0000, 0xE01EF)),
]
_MARKS: Final = frozenset(_ARABIC_MARKS + _MORE_ARABIC_MARKS + _HEBREW_POINTS)
_DROPPED: Final = _MARKS | frozenset(_TATWEEL + _FORMAT_SIGNS)
# NFKC would make a space and an accent of the acute, which is typed for an apostrophe
_INVISIBLE: Final[dict[int, str | None]] = {**dict.fromkeys(_DROPPED), 0xB4: "'", 0x1FFD: "'"}
# a charset of ranges is scanned ten times faster than a text is translated
_HAS_INVISIBLE: Final = re.compile(
    "[\xad\xb4\u034f\u0591-\u05c7\u0610-\u061c\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u0898-\u08ff\u115f\u1160\u180b-\u180f\u1ffd"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufb1e\ufcf2-\ufcf4\ufe00-\ufe0f\ufe71-\ufe7f\ufeff\uffa0\U000e0000-\U000e01ef]"
)


class _Joins(dict[str, bool]):
    """Whether a character can melt into the one before it (a mark, a conjoining jamo); worked out once for each."""

    def __missing__(self, char: str) -> bool:
        first = unicodedata.normalize("NFKD", char)[0]
        joins = unicodedata.category(first)[0] == "M" or "\u1160" <= first <= "\u11ff"
        self[char] = joins
        return joins


_JOINS: Final = _Joins()


def _compose(text: str) -> tuple[str, list[int]]:
    """Do step 1 of ``fold`` character by character: a character with all that melts into it has one offset."""
    seen: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        kept = char.translate(_INVISIBLE)
        if char == _ZWNJ:
            kept = " " if seen and _IS_ARABIC.match(seen[-1][-1]) else ""
        if kept and seen and _JOINS[kept]:
            seen[-1] += kept
        elif kept:
            seen.append(kept)
            places.append(place)
    composed = [unicodedata.normalize("NFKC", part) for part in seen]
    offsets = [place for part, place in zip(composed, places, strict=True) for _ in part]
    return "".join(composed), offsets


# ── 2. #SaveIdlib is three words' worth of sense, not one ──

_HASHTAG: Final = re.compile(r"#\w+")


def _breaks(text: str) -> list[int]:
    """Give where words begin inside the hashtags: ``#Save|Idlib``, ``#US|Aid``."""
    return [
        place
        for tag in _HASHTAG.finditer(text)
        for place in range(tag.start() + 2, tag.end())
        if text[place].isupper() and (text[place - 1].islower() or _opens_word(text, place, tag.end()))
    ]


def _opens_word(text: str, place: int, end: int) -> bool:
    return text[place - 1].isupper() and place + 1 < end and text[place + 1].islower()


def _split_hashtags(text: str) -> str:
    return " ".join(text[first:last] for first, last in pairwise([0, *_breaks(text), len(text)]))


def _with_breaks(text: str, offsets: list[int]) -> tuple[str, list[int]]:
    breaks = _breaks(text)
    if not breaks:
        return text, offsets
    places: list[int] = []
    for first, last in pairwise([0, *breaks, len(text)]):
        places.extend(offsets[first:last])
        # the space between is nowhere in the source: it stands where the next word begins
        places.extend(offsets[last : last + 1])
    return _split_hashtags(text), places


# ── 3. letters ──

_SAME_LETTERS: Final = {
    "ı": "i",
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "ħ": "h",
    "æ": "ae",
    "œ": "oe",
    # Cyrillic: ё is mostly printed as е; the graves only tell two words apart in Bulgarian and Macedonian
    **dict(zip("ёѐѝ", "ееи", strict=True)),
    # Arabic: the alefs, hamza on its seats, alef maqsura, ta marbuta; Persian, Urdu and Kurdish kaf, ya and ha
    **dict(zip("أإآٱٲٳٵ", "ا" * 7, strict=True)),
    **dict(zip("ؤٶئىیۍېٸ", "ووييييي" + "ي", strict=True)),
    **dict(zip("ةہھۀۂۃەۿ", "ه" * 8, strict=True)),
    **dict(zip("کڪ", "كك", strict=True)),
    # quotes and hyphens of all lands
    **dict.fromkeys("’‘‛ʼʻʹʾʿ′ʽ׳՚", "'"),
    **dict.fromkeys("“”„‟″״«»", '"'),
    **dict.fromkeys("‐‑‒–—―−﹘－֊־⸺⸻", "-"),
}
_STRIPPED_SCRIPTS: Final = ("LATIN ", "GREEK ", "ARABIC ", "HEBREW ")


class _Letters(dict[int, str]):
    """Each character's image, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        image = _image(chr(code))
        self[code] = image
        return image


def _image(char: str) -> str:
    if ord(char) in _DROPPED:
        return ""
    if not char.isascii() and char.isspace():
        return " "
    if unicodedata.category(char)[0] == "M":
        return char
    lower = char.casefold()
    if unicodedata.name(char, "").startswith(_STRIPPED_SCRIPTS):
        lower = "".join(part for part in unicodedata.normalize("NFKD", lower) if unicodedata.category(part)[0] != "M")
    return "".join(_SAME_LETTERS.get(part, part) for part in lower)


_LETTERS: Final = _Letters()

_BASES: Final = (
    "a-z\u00df-\u02af\u0370-\u0482\u048a-\u052f\u1c80-\u1c8f\u1d00-\u1dbf\u1e00-\u1fff\u2c60-\u2c7f\ua640-\ua66e\ua720-\ua7ff"
)
_ACCENTS: Final = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f"
# What is still loose after composition makes no letter of its own: й is composed by now, и with a stress mark never is.
_ACCENT: Final = re.compile(f"[{_ACCENTS}]")
_BASE: Final = re.compile(f"[{_BASES}]")


def _loose_marks(text: str) -> list[int]:
    """Give where accents are left after composition that make no letter: й is composed by now, и with a stress mark never is.

    Marks of other scripts may stand between (composition looks past them too), else folding twice would find another one.
    """
    loose: list[int] = []
    is_stripped = False
    for place, char in enumerate(text):
        if _ACCENT.match(char):
            if is_stripped:
                loose.append(place)
        elif unicodedata.combining(char) == 0:
            is_stripped = _BASE.match(char) is not None
    return loose


def _without_loose_marks(text: str, places: Sequence[int]) -> tuple[str, list[int]]:
    loose = frozenset(_loose_marks(text)) if _ACCENT.search(text) else frozenset[int]()
    kept = [place for place in range(len(text)) if place not in loose]
    return "".join(text[place] for place in kept), [places[place] for place in kept]


# ── 4. letters of another script that only look right ──

_CYRILLIC_LOOKS: Final = "авсеһніјкморѕтухԁԛԝӏ"
_LATIN_LOOKS: Final = "abcehhijkmopstyxdqwl"
_TO_LATIN: Final = str.maketrans(_CYRILLIC_LOOKS, _LATIN_LOOKS)
_TO_CYRILLIC: Final = str.maketrans("abcehijkmopstyx", "авсеніјкморѕтух")
_CYRILLIC_CLASS: Final = "\u0400-\u0481\u048a-\u052f"
_CYRILLIC: Final = re.compile(f"[{_CYRILLIC_CLASS}]")
_LATIN: Final = re.compile("[a-z]")
_MIXED: Final = re.compile(f"[a-z](?:(?=[{_CYRILLIC_CLASS}])|(?<=[{_CYRILLIC_CLASS}].))")
_MIXED_WORD: Final = re.compile(f"[a-z{_CYRILLIC_CLASS}]+")
_LATIN_ENDING: Final = re.compile(f"[a-z]+[{_CYRILLIC_CLASS}]{{2,}}\\Z")


def _one_script(text: str) -> str:
    # hardly any text has letters of both scripts, and to find that out costs a tenth of looking for words of both
    if not _CYRILLIC.search(text) or not _LATIN.search(text) or not _MIXED.search(text):
        return text
    return _MIXED_WORD.sub(_mended, text)


def _mended(found: re.Match[str]) -> str:
    """Bring a word to the script of most of its letters, if all others have a double there.

    A Latin name with a Cyrillic ending of its own (COVIDом) is left alone: there the change of script is the word's edge.
    """
    word = found[0]
    latin = sum(char <= "z" for char in word)
    is_latin = latin * 2 >= len(word)
    if latin in (0, len(word)) or (is_latin and _LATIN_ENDING.match(word)):
        return word
    mended = word.translate(_TO_LATIN if is_latin else _TO_CYRILLIC)
    return mended if all((char <= "z") == is_latin for char in mended) else word
