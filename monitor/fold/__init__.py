"""Text → the same text as a reader hears it: one form for all spellings of a word, with offsets back. Touches nothing.

The rule is MATCHING.md §1, "Fold". Two laws hold: what is canonically equal (Unicode NFC, NFD) folds equal, and folding twice
is folding once. Marks are stripped in Latin, Greek, Arabic and Hebrew only (elsewhere バ would become ハ, and कुल कल); in
Cyrillic only those that make no letter of their own, such as stress marks, and ё, which is mostly printed as е; in Devanagari
only the dot of Persian sounds, which every other newsroom leaves out. What stands for letters (%XX, entities, tags) is read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from monitor.fold.codes import decoded, has_codes
from monitor.fold.letters import BARE_CONSONANTS, DROPPED, LETTERS
from monitor.fold.looks import one_script

_PASSES: Final = 20
"""So often codes may stand for codes: what was escaped more than twenty times over is nobody's word."""


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
    for _ in range(_PASSES):
        if has_codes(text):
            text, _places = decoded(text)
        folded = _fold(text)
        if folded == text or not has_codes(folded):
            break
        text = folded
    return folded


def fold_with_offsets(text: str) -> Folded:
    """Fold a text and keep the way back into it: only for texts that are to be shown or marked."""
    source = text
    offsets: Sequence[int] = range(len(text))
    for _ in range(_PASSES):
        read, places = decoded(text) if has_codes(text) else (text, range(len(text)))
        inner = _fold_with_offsets(read)
        offsets = tuple(offsets[places[offset]] for offset in inner.offsets)
        if inner.text == text or not has_codes(inner.text):
            break
        text = inner.text
    return Folded(source=source, text=inner.text, offsets=offsets)


def _fold(text: str) -> str:
    if text.isascii():
        return (_split(text, _breaks(text)) if _is_tagged(text) else text).lower()
    seen = text.translate(_INVISIBLE) if _HAS_INVISIBLE.search(text) else text
    if _ZWNJ in seen:
        seen = _ZWNJ_EDGE.sub(" ", seen).replace(_ZWNJ, "")
    composed = unicodedata.normalize("NFKC", seen)
    is_tagged = _is_tagged(composed)
    if is_tagged:
        composed = _split(composed, _breaks(composed))
    letters = composed.translate(LETTERS)
    if _ACCENT.search(letters):
        letters, _ = _without_loose_marks(letters, range(len(letters)))
    if _RESPELT_SCRIPTS.search(letters):
        letters = _SPELLINGS.sub(_respelling, letters)
    # once more: some of its letters are letters only now
    return one_script(_split(letters, _numbers(letters)) if is_tagged else letters)


def _fold_with_offsets(text: str) -> Folded:
    if text.isascii() and not _is_tagged(text):
        return Folded(source=text, text=text.lower(), offsets=range(len(text)))
    composed, offsets = _compose(text)
    composed, offsets = _with_breaks(composed, offsets, _breaks(composed))
    letters: list[str] = []
    places: list[int] = []
    for char, offset in zip(composed, offsets, strict=True):
        image = char.translate(LETTERS)
        letters.append(image)
        places.extend([offset] * len(image))
    folded, places = _without_loose_marks("".join(letters), places)
    folded, places = _respelt(folded, places)
    folded, places = _with_breaks(folded, places, _numbers(folded))
    return Folded(source=text, text=one_script(folded), offsets=tuple(places))


# ── 1. what is not seen, and composition ──

_ZWNJ: Final = "\u200c"
_ARABIC: Final = "\u0600-\u06ff\u0750-\u077f\u0870-\u08ff\ufb50-\ufdff\ufe70-\ufefc"
# Between Arabic letters ZWNJ parts a word from its ending (ادلب‌نشینان), as a space would; elsewhere it is noise.
_ZWNJ_EDGE: Final = re.compile(f"(?<=[{_ARABIC}]){_ZWNJ}+")
_IS_ARABIC: Final = re.compile(f"[{_ARABIC}]")


# NFKC would make a space and an accent of the acute, which is typed for an apostrophe
_INVISIBLE: Final[dict[int, str | None]] = {
    **dict.fromkeys(DROPPED),
    0xB4: "'",
    0x1FFD: "'",
    **{ord(letter): letters for letter, letters in BARE_CONSONANTS.items()},
}
# a charset of ranges is scanned ten times faster than a text is translated
_HAS_INVISIBLE: Final = re.compile(
    "[\xad\xb4\u034f\u0591-\u05c7\u0610-\u061c\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u0898-\u08ff\u09ce\u0d7a-\u0d7f\u115f\u1160\u180b-\u180f\u1ffd"
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

_HASHTAG: Final = re.compile(r"[#@]\w+")
# #Idlib2026, but not #H5N1
_NUMBERED_TAG: Final = re.compile(r"[#@][^\W\d]*[^\W\d_](?=\d+(?!\w))")


def _is_tagged(text: str) -> bool:
    return "#" in text or "@" in text


def _breaks(text: str) -> list[int]:
    """Give where words begin inside the hashtags and mentions: ``#Save|Idlib``, ``#US|Aid``, ``#Idlib|2026``."""
    capitals = {
        place
        for tag in _HASHTAG.finditer(text)
        for place in range(tag.start() + 2, tag.end())
        if text[place].isupper() and (text[place - 1].islower() or _opens_word(text, place, tag.end()))
    }
    return sorted(capitals.union(_numbers(text)))


def _numbers(text: str) -> list[int]:
    return [tag.end() for tag in _NUMBERED_TAG.finditer(text)]


def _opens_word(text: str, place: int, end: int) -> bool:
    return text[place - 1].isupper() and place + 1 < end and text[place + 1].islower()


def _split(text: str, breaks: list[int]) -> str:
    return " ".join(text[first:last] for first, last in pairwise([0, *breaks, len(text)])) if breaks else text


def _with_breaks(text: str, offsets: list[int], breaks: list[int]) -> tuple[str, list[int]]:
    if not breaks:
        return text, offsets
    places: list[int] = []
    for first, last in pairwise([0, *breaks, len(text)]):
        places.extend(offsets[first:last])
        # the space between is nowhere in the source: it stands where the next word begins
        places.extend(offsets[last : last + 1])
    return _split(text, breaks), places


# ── 3. letters: the tables stand in ``letters`` and ``looks`` ──

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


# One word, spelt by two rules: a nasal before a stop has a sign of its own (मुम्बई, मुंबई); the dot of Persian sounds is left out
# (गाज़ा, गाजा); a Thai tone mark is typed before or after one half of a vowel.
_RESPELT_SCRIPTS: Final = re.compile("[\u0900-\u097f\u0e4d]")
_SPELLINGS: Final = re.compile("[ङञणनम]्(?=[क-घच-झट-ढत-धप-भ])|(?<=[कखगजफ])(़+)|ํ([่-๋])(?=า)")


def _respelling(found: re.Match[str]) -> str:
    dots, tone = found.groups()
    if dots:
        return ""
    return f"{tone}ํ" if tone else "ं"


def _respelt(text: str, places: Sequence[int]) -> tuple[str, list[int]]:
    letters: list[str] = []
    kept: list[int] = []
    position = 0
    for found in _SPELLINGS.finditer(text):
        new = _respelling(found)
        letters += (text[position : found.start()], new)
        kept.extend((*places[position : found.start()], *places[found.start() : found.start() + len(new)]))
        position = found.end()
    return "".join((*letters, text[position:])), [*kept, *places[position:]]
