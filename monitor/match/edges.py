"""A place where a stem stands in a text → the whole form of the word there, or that it is another word. Touches nothing.

The text is folded and squeezed (``terms.squeeze``). A word ends where its script ends, at whatever is neither letter, mark nor
digit (so ' and - are edges: d'Idlib, Idlib-based, Idlib's), or where what is written on to it stands in ``tables``.
"""

from __future__ import annotations

import sys
import unicodedata
from typing import TYPE_CHECKING, Final

from monitor.match.endings import Parts, spoken
from monitor.match.scripts import DIGIT, MARK, script_of
from monitor.match.tables import (
    ANY,
    BETWEEN,
    CLOSING,
    LEADING,
    LEANING,
    NO_DIGITS,
    OPEN_BEFORE,
    OPEN_FROM,
    OTHER_WORDS,
    PAIRS,
    SAME_LANGUAGE,
    SUBSTRING_SCRIPTS,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.match.terms import Stem, Term

# No head or tail in the tables is longer: a run that goes on is another word.
_LONGEST: Final = 24
# What is longer is no word, and nobody wants to read all of it in an alert.
_ENDLESS: Final = 100
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
    if (term.within and _is_within(text, start, term)) or (term.first_script in SUBSTRING_SCRIPTS and _is_part(text, span, term)):
        return None
    # T-72 has a Cyrillic double
    heads = _parts(stem.heads, language, otherwise=_NONE)
    # where nothing may stand before it, one letter says enough
    head = _run(text, start, script=script_of(stem.key[0]), step=-1, most=1 if heads == _NONE else _LONGEST)
    if text[start - head : start] not in heads:
        return None
    if term.is_open:
        return start - head, _end(text, stop, script=term.last_script)
    tail = _run(text, stop, script=term.last_script, step=1)
    after = text[stop : stop + tail]
    if not _may_follow(after, term=term, stem=stem, language=language):
        return None
    form = (start - head, stop + tail)
    return None if _is_other(text, form, head=head, term=term) else form


def _may_follow(after: str, *, term: Term, stem: Stem, language: str) -> bool:
    if stem.is_whole and (not after or len(term.folded) >= OPEN_FROM.get(term.last_script, sys.maxsize)):
        return True
    if term.last_script in OPEN_BEFORE and len(term.folded) > 1 and _is_noun_ahead(after, term.last_script):
        return True
    return after in stem.tails.get(spoken(term.last_script, language), ())


def _is_noun_ahead(after: str, script: str) -> bool:
    """Say whether what goes on begins with a noun that is written on to names, at once or behind one syllable: 서울|대|병원."""
    nouns = OPEN_BEFORE[script]
    begins = (0, 1) if after[:1] in BETWEEN[script] else (0,)
    return any(after[begin : begin + length] in nouns for begin in begins for length in range(2, 6))


def _is_other(text: str, form: tuple[int, int], *, head: int, term: Term) -> bool:
    """Say whether it is another word, as it stands or behind something that is written on to that: حماس, كمال, وكمال."""
    words = (text[start : form[1]] for start in range(form[0], form[0] + head + 1))
    return any(word in OTHER_WORDS and word != term.folded for word in words)


def _is_within(text: str, start: int, term: Term) -> bool:
    """Say whether the letters are part of a longer word that is known."""
    return any(start >= place and text.startswith(word, start - place) for place, word in term.within)


def _is_part(text: str, span: tuple[int, int], term: Term) -> bool:
    """Say whether the letters are part of another word, where no spaces tell: across two, or half a syllable."""
    start, stop = span
    if text[start - 1 : start + 1] in PAIRS[0] and text[stop - 1 : stop + 1] in PAIRS[1]:
        return True
    if start and text[start - 1] in LEADING:
        return True
    after = text[stop : stop + 1]
    if not after or term.last_script not in SUBSTRING_SCRIPTS:
        return False
    return after in LEANING or unicodedata.category(after) in ("Mn", "Mc") or text[stop + 1 : stop + 2] in CLOSING


def name_at(text: str, form: tuple[int, int], *, words: tuple[Term, ...], at: int, language: str) -> tuple[int, int] | None:
    """Give the bounds of a name of several words whose word ``at`` stands at ``form``.

    The words stand side by side, each in a form of its own: Северная Осетия, в Северной Осетии. None: they don't.
    """
    start, stop = form
    for word in reversed(words[:at]):
        before = _form_before(text, start, word=word, language=language)
        if before is None:
            return None
        start = before[0]
    for word in words[at + 1 :]:
        after = _form_after(text, stop, word=word, language=language)
        if after is None:
            return None
        stop = after[1]
    return start, stop


def _form_before(text: str, start: int, *, word: Term, language: str) -> tuple[int, int] | None:
    stop = start - 1
    if stop < 1 or text[stop] != " ":
        return None
    for stem in word.stems:
        place = text.rfind(stem.key, max(0, stop - len(stem.key) - _LONGEST), stop)
        if place >= 0:
            form = form_at(text, (place, place + len(stem.key)), term=word, stem=stem, language=language)
            if form is not None and form[1] == stop:
                return form
    return None


def _form_after(text: str, stop: int, *, word: Term, language: str) -> tuple[int, int] | None:
    if text[stop : stop + 1] != " ":
        return None
    start = stop + 1
    for stem in word.stems:
        if text.startswith(stem.key, start):
            form = form_at(text, (start, start + len(stem.key)), term=word, stem=stem, language=language)
            if form is not None and form[0] == start:
                return form
    return None


def _end(text: str, stop: int, *, script: str) -> int:
    """Give where the word ends that goes on at ``stop``, or seems to have no end; where words run together, at once."""
    far = min(len(text), stop + _ENDLESS)
    while stop < far and _continues(text, stop, script=script, step=1):
        stop += 1
    return stop


def word_round(text: str, start: int, stop: int) -> tuple[int, int]:
    """Give the bounds of the run of letters, marks and digits in which a stretch of text stands, if it has an end."""
    least, most = max(0, start - _ENDLESS), min(len(text), stop + _ENDLESS)
    while start > least and script_of(text[start - 1]):
        start -= 1
    while stop < most and script_of(text[stop]):
        stop += 1
    return start, stop


def _parts(by_language: Mapping[str, Parts], language: str, *, otherwise: Parts) -> Parts:
    return by_language.get(language, by_language.get(ANY, otherwise))


def _run(text: str, place: int, *, script: str, step: int, most: int = _LONGEST) -> int:
    """Count the characters beside ``place`` that belong to the same word, up to ``most``."""
    length = 0
    at = place if step > 0 else place - 1
    while 0 <= at < len(text) and length < most and _continues(text, at, script=script, step=step):
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
