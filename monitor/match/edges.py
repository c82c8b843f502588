"""A place where a stem stands in a text → the whole form of the word there, or that it is another word. Touches nothing.

The text is folded and squeezed (``terms.squeeze``). A word ends where its script ends, at whatever is neither letter, mark nor
digit (so ' and - are edges: d'Idlib, Idlib-based, Idlib's), or where what is written on to it stands in ``tables``.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from monitor.match.scripts import DIGIT, MARK, script_of
from monitor.match.tables import (
    ANY,
    CLOSING,
    LEADING,
    LEANING,
    NO_DIGITS,
    OTHER_WORDS,
    PAIRS,
    SAME_LANGUAGE,
    SUBSTRING_SCRIPTS,
)
from monitor.match.terms import Parts, Stem, Term

if TYPE_CHECKING:
    from collections.abc import Mapping

# No head or tail in the tables is longer: a run that goes on is another word.
_LONGEST: Final = 24
_NONE: Final[Parts] = frozenset(("",))
# In Ukrainian and Belarusian the apostrophe is a letter: п'ять.
_APOSTROPHE_SCRIPTS: Final = frozenset({"CYRILLIC"})


def primary(language: str | None) -> str:
    """Give the subtag that the tables know a language by; ``ANY`` where none is known."""
    subtag = (language or ANY).lower().replace("_", "-").split("-", 1)[0]
    return SAME_LANGUAGE.get(subtag, subtag)


def form_at(text: str, span: tuple[int, int], *, term: Term, stem: Stem, language: str) -> tuple[int, int] | None:
    """Give the bounds of the form that holds ``stem`` at ``span``. None: it is not a form of ``term``."""
    start, stop = span
    if stem.is_dotted:
        return _dotted(text, span)
    if term.first_script in SUBSTRING_SCRIPTS and _is_part(text, span, term):
        return None
    # T-72 has a Cyrillic double
    head = _run(text, start, script=script_of(stem.key[0]), step=-1)
    tail = _run(text, stop, script=term.last_script, step=1)
    before = text[start - head : start]
    after = text[stop : stop + tail]
    if before not in _parts(stem.heads, language, otherwise=_NONE):
        return None
    if term.is_open:
        return start - head, _end(text, stop, script=term.last_script)
    if not (stem.is_whole and not after) and after not in _parts(stem.tails, language, otherwise=frozenset()):
        return None
    form = (start - head, stop + tail)
    word = text[form[0] : form[1]]
    return None if word in OTHER_WORDS and word != term.folded else form


def _is_part(text: str, span: tuple[int, int], term: Term) -> bool:
    """Say whether the letters are part of another word, where no spaces tell: within it, across two, or half a syllable."""
    start, stop = span
    if any(start >= place and text.startswith(word, start - place) for place, word in term.within):
        return True
    if text[start - 1 : start + 1] in PAIRS[0] and text[stop - 1 : stop + 1] in PAIRS[1]:
        return True
    if start and text[start - 1] in LEADING:
        return True
    after = text[stop : stop + 1]
    if not after or term.last_script not in SUBSTRING_SCRIPTS:
        return False
    return after in LEANING or unicodedata.category(after) in ("Mn", "Mc") or text[stop + 1 : stop + 2] in CLOSING


def _end(text: str, stop: int, *, script: str) -> int:
    """Give where the word ends that goes on at ``stop``, however long it is; where words run together, at once."""
    while stop < len(text) and _continues(text, stop, script=script, step=1):
        stop += 1
    return stop


def _parts(by_language: Mapping[str, Parts], language: str, *, otherwise: Parts) -> Parts:
    return by_language.get(language, by_language.get(ANY, otherwise))


def _run(text: str, place: int, *, script: str, step: int) -> int:
    """Count the characters beside ``place`` that belong to the same word."""
    length = 0
    at = place if step > 0 else place - 1
    while 0 <= at < len(text) and length < _LONGEST and _continues(text, at, script=script, step=step):
        length += 1
        at += step
    return length


def _continues(text: str, at: int, *, script: str, step: int) -> bool:
    char = text[at]
    if char == "'" and script in _APOSTROPHE_SCRIPTS:
        beyond = at + step
        return 0 <= beyond < len(text) and script_of(text[beyond]) == script == script_of(text[at - step])
    other = script_of(char)
    if not other:
        return False
    if script in SUBSTRING_SCRIPTS:
        return False
    if DIGIT in (script, other):
        return script == other or not {script, other} & NO_DIGITS
    return other in (script, MARK)


def _dotted(text: str, span: tuple[int, int]) -> tuple[int, int] | None:
    """U.S and its last full stop; not within E.U.S. or U.S.A."""
    start, stop = span
    # … is folded to three full stops, and says nothing
    if start and (script_of(text[start - 1]) or (text[start - 1] == "." and script_of(text[start - 2 : start - 1] or "."))):
        return None
    if stop < len(text) and script_of(text[stop]):
        return None
    if text[stop : stop + 1] != ".":
        return start, stop
    return None if stop + 1 < len(text) and script_of(text[stop + 1]) else (start, stop + 1)
