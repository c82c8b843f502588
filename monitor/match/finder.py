"""Terms and a text → every place where one stands, in the text's own offsets. One automaton finds, ``edges`` decides."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import unquote

from ahocorasick_rs import AhoCorasick

from monitor.fold import fold, fold_with_offsets
from monitor.match.edges import form_at
from monitor.match.scripts import script_of
from monitor.match.tables import LOWER_CASE, SUBSTRING_SCRIPTS
from monitor.match.terms import Stem, Term, squeeze, squeezed_places


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A term in a text: where in the source, which (its place in the finder's list), and where in the squeezed text."""

    start: int
    stop: int
    term: int
    first: int
    last: int


class Places:
    """All that was found in one text, in its order, the longer before the shorter; and how far apart places are."""

    def __init__(self, squeezed: str = "", found: Iterable[Place] = ()) -> None:
        """Take the folded and squeezed text, and what was found in it."""
        self._squeezed = squeezed
        self.found = sorted(found, key=lambda place: (place.start, -place.stop, place.term))

    @cached_property
    def by_term(self) -> dict[int, list[Place]]:
        """The places of each term that was found."""
        grouped: dict[int, list[Place]] = {}
        for place in self.found:
            grouped.setdefault(place.term, []).append(place)
        return grouped

    def words(self, place: Place) -> tuple[int, int]:
        """Give the numbers of the first and the last word that a place covers; a letter is one where words run together."""
        first = bisect_right(self._begins, place.first) - 1
        return first, max(first, bisect_right(self._begins, place.last - 1) - 1)

    @cached_property
    def _begins(self) -> list[int]:
        """Where the words of the squeezed text begin. An apostrophe or a full stop within a word parts it from nothing."""
        begins = []
        is_inside = False
        for at, char in enumerate(self._squeezed):
            script = script_of(char)
            if script in SUBSTRING_SCRIPTS:
                begins.append(at)
                is_inside = False
            elif script:
                if not is_inside:
                    begins.append(at)
                is_inside = True
            elif char not in "'.":
                is_inside = False
        return begins


class Finder:
    """All terms, ready to be looked for. Holds no state between two calls."""

    def __init__(self, terms: tuple[Term, ...]) -> None:
        """Build the automaton."""
        stems: dict[str, list[tuple[int, Stem]]] = {}
        for number, term in enumerate(terms):
            for stem in term.stems:
                stems.setdefault(stem.key, []).append((number, stem))
        self._terms = terms
        self._stems = tuple(tuple(group) for group in stems.values())
        self._automaton = AhoCorasick(list(stems))

    def find(self, text: str, language: str) -> Places:
        """Give every place of every term. ``language``: a subtag that the tables know (``edges.primary``)."""
        squeezed = squeeze(fold(text))
        forms = {
            (number, start, stop, stem.is_whole, form)
            for key, start, stop in self._automaton.find_matches_as_indexes(squeezed, overlapping=True)
            for number, stem in self._stems[key]
            if (form := form_at(squeezed, (start, stop), term=self._terms[number], stem=stem, language=language))
        }
        return Places(squeezed, self._cased(text, forms, language)) if forms else Places()

    def _cased(self, text: str, forms: Iterable[tuple[int, int, int, bool, tuple[int, int]]], language: str) -> Iterator[Place]:
        """Give the places where capitals (and marks) stand as the term wants them, in the source's own offsets."""
        source = _Source(text)
        for number, start, stop, is_whole, (first, last) in forms:
            term = self._terms[number]
            begin, end = source.bounds(first, last)
            if term.is_exact:
                is_right = unicodedata.normalize("NFC", text[begin:end]) == term.typed
            else:
                tail = source.cut(stop, last) if stop < last else ""
                printed = source.cut(start, stop)
                is_right = is_cased(term, printed, tail=tail, is_whole=is_whole)
                is_right = is_right and not (is_homonym(term, printed, language) and text[begin - 1 : begin] not in _TAGS)
                if language in MARKED_LANGUAGES:
                    is_right = is_right and is_marked(term, printed)
            if is_right:
                yield Place(start=begin, stop=end, term=number, first=first, last=last)


class _Source:
    """The way from a squeezed text back to what was printed."""

    def __init__(self, text: str) -> None:
        self._folded = fold_with_offsets(text)
        self._places = squeezed_places(self._folded.text)

    def bounds(self, start: int, stop: int) -> tuple[int, int]:
        """Give where in the source ``squeezed[start:stop]`` was printed."""
        return self._folded.source_span(self._places[start], self._places[stop - 1] + 1)

    def cut(self, start: int, stop: int) -> str:
        """Give what was printed there, read where it is an address."""
        begin, end = self.bounds(start, stop)
        return unquote(self._folded.source[begin:end])


def is_cased(term: Term, printed: str, *, tail: str, is_whole: bool) -> bool:
    """Say whether capitals stand where the term wants them.

    Up to three capitals are found in capitals only (US is not us), more in title case too, never all-lower. A name whose ending
    was cut off (Газа, газ-) has a capital, or it is the common word (газ, "gas") that is left without the ending.
    """
    first = next((char for char in printed if char.isalpha()), "")
    # scripts without capitals have nothing to say here
    if not first or first.lower() == first.upper():
        return True
    if term.kind == "short acronym":
        return printed.upper() == printed and tail.lower() == tail
    if term.kind == "acronym":
        return first.isupper() and tail.lower() == tail
    # a Su 35 is an aeroplane, and su 35 cumpleaños a birthday
    if term.kind == "name" and " " in printed and printed[-1].isdecimal():
        return first.isupper()
    return is_whole or term.kind == "word" or first.isupper()


# #mali, @mali, example.org/mali: names, though without a capital
_TAGS: Final = ("#", "@", "/", "_", "=")


def is_homonym(term: Term, printed: str, language: str) -> bool:
    """Say whether a name without its capital is another word of the language: mali yardım is financial aid."""
    return term.kind == "name" and printed.islower() and term.folded in LOWER_CASE.get(language, ())


MARKED_LANGUAGES: Final = frozenset({"vi"})
"""Where marks tell words apart of which a sentence has dozens."""


def is_marked(term: Term, printed: str) -> bool:
    """Say whether the marks are those that were typed; names of several syllables are also typed and printed without any.

    A name of one syllable has its capital too: Ý is Italy, ý is "thought", and y tế is health. After L. Thompson, A Vietnamese
    Grammar (1965).
    """
    typed, found = _marks(term.typed), _marks(printed)
    if " " in term.folded:
        return typed == found or not typed or not found
    return typed == found and (term.kind != "name" or printed[:1].isupper())


def _marks(text: str) -> list[str]:
    """Give the marks in no order: oà and òa are one syllable."""
    letters = unicodedata.normalize("NFD", text.lower())
    return sorted(char for char in letters if char == "đ" or unicodedata.combining(char))
