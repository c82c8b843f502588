"""Watches and the texts of an item → matches. Pure: one automaton finds, ``edges`` decides, each watch's ``tree`` judges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from monitor.match.edges import primary
from monitor.match.finder import Finder, Place
from monitor.match.overlaps import Overlap, overlaps, spoiled
from monitor.match.reasons import absent, unmet
from monitor.match.tables import KNOWN_LANGUAGES
from monitor.match.terms import Term, compile_term
from monitor.match.tree import Asked, Condition, Hits, Seen, compiled, tree_of, words_in
from monitor.model import FIELDS, FieldText, Match, Node, OutletId, Verdict, Watch, WatchId, Words
from monitor.text import sentence

__all__ = ["KNOWN_LANGUAGES", "Condition", "Matcher", "Overlap", "compile_watches", "overlaps", "spoiled", "words_in"]

_MOST_PER_FIELD: Final = 5
# a Match's sentence has 300 characters at most; two of them may be …
_SENTENCE: Final = 298
_WIDER: Final = 4 * _SENTENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """A watch, its tree, and the terms in it."""

    watch: Watch
    node: Node
    tree: Asked
    words: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matcher:
    """All watches, ready to be asked of an item. Made by ``compile_watches``; holds no state between two calls."""

    _questions: tuple[_Question, ...]
    _by_term: tuple[tuple[int, ...], ...]
    _terms: tuple[Term, ...]
    _finder: Finder

    def matches(  # noqa: PLR0913  the facts of one item
        self,
        fields: tuple[FieldText, ...],
        *,
        language: str | None,
        outlet: OutletId,
        url: str | None = None,
        author: str | None = None,
        waived: frozenset[Condition] = frozenset(),
    ) -> tuple[Match, ...]:
        """Ask every watch of one item. ``language``: the item's own, a BCP 47 tag; None where it isn't known.

        ``url``: where its page is; ``author``: who signed it; ``waived``: what is taken as met. Of each watch and field the first
        five places are given; by watch, then title, summary, text, then start.
        """
        seen = self._seen(fields, language=language, outlet=outlet, url=url, author=author)
        seen = replace(seen, waived=waived) if waived else seen
        there = {term for _, places in seen.fields for term in places.by_term}
        wanted = sorted({number for term in there for number in self._by_term[term]})
        return tuple(match for number in wanted for match in self._matches(self._questions[number], seen))

    def verdicts(
        self, fields: tuple[FieldText, ...], *, language: str | None, outlet: OutletId, url: str | None, author: str | None
    ) -> tuple[Verdict, ...]:
        """Say of every watch why it matches one item, or why not. The item is given as to ``matches``."""
        seen = self._seen(fields, language=language, outlet=outlet, url=url, author=author)
        return tuple(self._verdict(question, seen) for question in self._questions)

    def _seen(
        self, fields: tuple[FieldText, ...], *, language: str | None, outlet: OutletId, url: str | None, author: str | None
    ) -> Seen:
        known = primary(language)
        ordered = sorted(fields, key=lambda field: FIELDS.index(field.field))
        found = tuple((field, self._finder.find(field.text, known)) for field in ordered)
        return Seen(fields=found, outlet=outlet, language=known, url=url or "", author=author or "")

    def _verdict(self, question: _Question, seen: Seen) -> Verdict:
        watch = question.watch
        if hits := question.tree.seek(seen, FIELDS):
            is_asked = watch.outlets is None or seen.outlet in watch.outlets
            return Verdict(
                watch_id=watch.id, reason="found" if is_asked else "outlet", matches=tuple(self._shown(watch.id, hits, seen))
            )
        if failed := unmet(question.tree, seen):
            reason, hits = failed
            return Verdict(watch_id=watch.id, reason=reason, matches=tuple(self._shown(watch.id, hits, seen)))
        return self._in_other_words(question, seen)

    def _in_other_words(self, question: _Question, seen: Seen) -> Verdict:
        """Say whether words that are missing would be there if the language were another, or only stand within other words."""
        watch = question.watch
        there = {self._terms[term].typed for _, places in seen.fields for term in places.by_term}
        missing = absent(question.node, lambda word: word.text in there)
        found: list[tuple[str, tuple[Match, ...]]] = []
        for language in sorted(KNOWN_LANGUAGES - {seen.language}):
            spoken = replace(
                seen,
                fields=tuple((field, self._finder.find(field.text, language)) for field, _ in seen.fields),
                waived=frozenset(("lang",)),
            )
            if hits := question.tree.seek(spoken, FIELDS):
                found.append((language, tuple(self._shown(watch.id, hits, spoken))))
        if found:
            languages = tuple(language for language, _ in found)
            return Verdict(watch_id=watch.id, reason="other_language", matches=found[0][1], missing=missing, languages=languages)
        within = [self._finder.within(field.text, question.words) for field, _ in seen.fields]
        others = tuple(dict.fromkeys(word for words in within for word in words))
        return Verdict(watch_id=watch.id, reason="other_word" if others else "missing", missing=missing, others=others)

    def _matches(self, question: _Question, seen: Seen) -> Iterator[Match]:
        watch = question.watch
        if watch.outlets is not None and seen.outlet not in watch.outlets:
            return
        if hits := question.tree.seek(seen, FIELDS):
            yield from self._shown(watch.id, hits, seen)

    def _shown(self, watch: WatchId, hits: Hits, seen: Seen) -> Iterator[Match]:
        for field, _ in seen.fields:
            apart = _apart(hit.place for hit in hits if hit.field == field.field)
            for place in islice(apart, _MOST_PER_FIELD):
                yield _match(watch, field, place=place, term=self._terms[place.term].typed)


def _apart(places: Iterable[Place]) -> Iterator[Place]:
    """Leave out what lies within a place before it: two terms of a watch on one word are one match."""
    end = 0
    for place in sorted(places, key=lambda place: (place.start, -place.stop, place.term)):
        if place.start >= end:
            yield place
            end = place.stop


def _match(watch: WatchId, field: FieldText, *, place: Place, term: str) -> Match:
    text = field.text
    begin, end = sentence(text, place.start, place.stop, limit=_SENTENCE)
    whole_begin, whole_end = sentence(text, place.start, place.stop, limit=_WIDER)
    before = "…" if begin > whole_begin else ""
    after = "…" if end < whole_end else ""
    mark = place.start - begin + len(before)
    form = text[place.start : place.stop].replace("\n", " ")
    return Match(
        watch_id=watch,
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
    trees = tuple((watch, tree) for watch in watches if (tree := tree_of(watch)) is not None)
    typed = dict.fromkeys(word for _, tree in trees for word in words_in(tree))
    made = ((word, compile_term(word.text, is_open=word.is_open, is_exact=word.is_exact)) for word in typed)
    known = [(word, term) for word, term in made if term is not None]
    terms = tuple(term for _, term in known)
    numbers = {word: number for number, (word, _) in enumerate(known)}
    questions = tuple(_question(watch, tree, numbers) for watch, tree in trees)
    by_term: list[list[int]] = [[] for _ in terms]
    for place, question in enumerate(questions):
        for number in question.words:
            by_term[number].append(place)
    return Matcher(_questions=questions, _by_term=tuple(map(tuple, by_term)), _terms=terms, _finder=Finder(terms))


def _question(watch: Watch, tree: Node, numbers: dict[Words, int]) -> _Question:
    words = {numbers[word] for word in words_in(tree) if word in numbers}
    return _Question(watch=watch, node=tree, tree=compiled(tree, numbers), words=tuple(words))
