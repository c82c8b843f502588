"""Watches and the texts of an item → matches. Pure: one automaton finds the candidates, ``edges`` decides on each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from ahocorasick_rs import AhoCorasick

from monitor.fold import Folded, fold, fold_with_offsets
from monitor.match.edges import form_at, primary
from monitor.match.terms import Stem, Term, compile_term, squeeze, squeezed_places
from monitor.model import Field, FieldText, Match, OutletId, Watch
from monitor.text import sentence

__all__ = ["Matcher", "compile_watches"]

_FIELDS: Final[tuple[Field, ...]] = ("title", "summary", "text")
_MOST_PER_FIELD: Final = 5
# a Match's sentence has 300 characters at most; two of them may be …
_SENTENCE: Final = 298
_WIDER: Final = 4 * _SENTENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A term in a text: which, and where in the source."""

    term: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A watch with its terms as places in the matcher's list."""

    watch: Watch
    any: frozenset[int]
    all: frozenset[int]
    none: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matcher:
    """All watches, ready to be asked of an item. Made by ``compile_watches``; holds no state between two calls."""

    _asked: tuple[_Asked, ...]
    _terms: tuple[Term, ...]
    _stems: tuple[tuple[tuple[int, Stem], ...], ...]
    _automaton: AhoCorasick

    def matches(self, fields: tuple[FieldText, ...], *, language: str | None, outlet: OutletId) -> tuple[Match, ...]:
        """Ask every watch of one item. ``language``: the item's own, a BCP 47 tag; None where it isn't known.

        A watch matches if, in its fields taken together, one of its ``any`` and each of its ``all`` stands and none of its
        ``none``. Of each watch and field the first five places are given; by watch, then title, summary, text, then start.
        """
        ordered = sorted(fields, key=lambda field: _FIELDS.index(field.field))
        found = [(field, self._find(field.text, primary(language))) for field in ordered]
        if not any(places for _, places in found):
            return ()
        return tuple(
            match
            for asked in self._asked
            if asked.watch.outlets is None or outlet in asked.watch.outlets
            for match in self._matches(asked, found)
        )

    def _matches(self, asked: _Asked, found: list[tuple[FieldText, list[_Found]]]) -> Iterator[Match]:
        looked_at = [(field, places) for field, places in found if field.field in asked.watch.fields]
        seen = {place.term for _, places in looked_at for place in places}
        if (asked.any and not asked.any & seen) or not asked.all <= seen or asked.none & seen:
            return
        wanted = asked.any | asked.all
        for field, places in looked_at:
            apart = _apart(place for place in places if place.term in wanted)
            for place in islice(apart, _MOST_PER_FIELD):
                yield _match(asked.watch, field, place=place, term=self._terms[place.term].typed)

    def _find(self, text: str, language: str) -> list[_Found]:
        """Give every place of every term, in the order of the text, the longer before the shorter."""
        squeezed = squeeze(fold(text))
        forms = {
            (number, span, form)
            for key, start, stop in self._automaton.find_matches_as_indexes(squeezed, overlapping=True)
            for number, stem in self._stems[key]
            if (form := form_at(squeezed, (start, stop), term=self._terms[number], stem=stem, language=language))
            for span in ((start, stop, stem.is_whole),)
        }
        if not forms:
            return []
        source = _Source(fold_with_offsets(text))
        found = {
            _Found(term=number, start=bounds[0], stop=bounds[1])
            for number, (start, stop, is_whole), form in forms
            for bounds in (source.bounds(*form),)
            if _is_cased(self._terms[number], source.cut(start, stop), tail=source.tail(stop, form[1]), is_whole=is_whole)
        }
        return sorted(found, key=lambda place: (place.start, -place.stop, place.term))


class _Source:
    """The way from a squeezed text back to what was printed."""

    def __init__(self, folded: Folded) -> None:
        self._folded = folded
        self._places = squeezed_places(folded.text)

    def bounds(self, start: int, stop: int) -> tuple[int, int]:
        """Give where in the source ``squeezed[start:stop]`` was printed."""
        return self._folded.source_span(self._places[start], self._places[stop - 1] + 1)

    def cut(self, start: int, stop: int) -> str:
        """Give what was printed there."""
        begin, end = self.bounds(start, stop)
        return self._folded.source[begin:end]

    def tail(self, start: int, stop: int) -> str:
        """Give what was printed there; "" for an empty span."""
        return self.cut(start, stop) if start < stop else ""


def _is_cased(term: Term, printed: str, *, tail: str, is_whole: bool) -> bool:
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
    return is_whole or term.kind == "word" or first.isupper()


def _apart(places: Iterator[_Found]) -> Iterator[_Found]:
    """Leave out what lies within a place before it: two terms of a watch on one word are one match."""
    end = 0
    for place in places:
        if place.start >= end:
            yield place
            end = place.stop


def _match(watch: Watch, field: FieldText, *, place: _Found, term: str) -> Match:
    text = field.text
    begin, end = sentence(text, place.start, place.stop, limit=_SENTENCE)
    whole_begin, whole_end = sentence(text, place.start, place.stop, limit=_WIDER)
    before = "…" if begin > whole_begin else ""
    after = "…" if end < whole_end else ""
    mark = place.start - begin + len(before)
    form = text[place.start : place.stop].replace("\n", " ")
    return Match(
        watch_id=watch.id,
        field=field.field,
        term=term,
        form=form,
        start=place.start,
        stop=place.stop,
        sentence=f"{before}{text[begin:end]}{after}".replace("\n", " "),
        mark_start=mark,
        mark_stop=mark + len(form),
    )


def compile_watches(watches: tuple[Watch, ...]) -> Matcher:
    """Make one matcher of all watches. A term without a letter or digit in it is never found."""
    typed = dict.fromkeys(word for watch in watches for word in (*watch.any, *watch.all, *watch.none))
    compiled = [(word, term) for word in typed if (term := compile_term(word)) is not None]
    terms = tuple(term for _, term in compiled)
    numbers = {word: number for number, (word, _) in enumerate(compiled)}
    stems: dict[str, list[tuple[int, Stem]]] = {}
    for number, term in enumerate(terms):
        for stem in term.stems:
            stems.setdefault(stem.key, []).append((number, stem))
    return Matcher(
        _asked=tuple(_asked(watch, numbers) for watch in watches),
        _terms=terms,
        _stems=tuple(tuple(group) for group in stems.values()),
        _automaton=AhoCorasick(list(stems)),
    )


def _asked(watch: Watch, numbers: dict[str, int]) -> _Asked:
    # -1 is never found: a term that has no letter stands for nothing, but "all of these" still wants it
    any_, all_, none = (frozenset(numbers.get(word, -1) for word in words) for words in (watch.any, watch.all, watch.none))
    return _Asked(watch=watch, any=any_, all=all_, none=none)
