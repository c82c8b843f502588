"""Watches and the texts of an item → matches. Pure: one automaton finds, ``edges`` decides, each watch's ``tree`` judges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, islice
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

__all__ = ["KNOWN_LANGUAGES", "Matcher", "Overlap", "compile_watches", "overlaps", "spoiled", "words_in"]

_MOST_PER_FIELD: Final = 5
# a Match's sentence has 300 characters at most; two of them may be …
_SENTENCE: Final = 298
_WIDER: Final = 4 * _SENTENCE
_BESIDE: Final = frozenset[Condition]({"not", "near"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """A watch, its tree, and the terms in it."""

    watch: Watch
    node: Node
    tree: Asked
    words: tuple[int, ...]


class _Otherwise:
    """What an item would be read as in other languages, and the words round what was no word: looked for once for all watches."""

    def __init__(self, finder: Finder, seen: Seen) -> None:
        self._finder = finder
        self._seen = seen

    @cached_property
    def spoken(self) -> tuple[tuple[str, Seen], ...]:
        fields = [field for field, _ in self._seen.fields]
        languages = sorted(KNOWN_LANGUAGES - {self._seen.language})
        read = ((each, tuple((field, self._finder.find(field.text, each)) for field in fields)) for each in languages)
        return tuple((each, replace(self._seen, fields=found, waived=frozenset(("lang",)))) for each, found in read)

    @cached_property
    def within(self) -> tuple[dict[int, tuple[str, ...]], ...]:
        return tuple(self._finder.within(field.text) for field, _ in self._seen.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matcher:
    """All watches, ready to be asked of an item. Made by ``compile_watches``; holds no state between two calls."""

    _questions: tuple[_Question, ...]
    _by_term: tuple[tuple[int, ...], ...]
    _terms: tuple[Term, ...]
    _finder: Finder

    def matches(
        self,
        fields: tuple[FieldText, ...],
        *,
        language: str | None,
        outlet: OutletId,
        url: str | None = None,
        author: str | None = None,
    ) -> tuple[Match, ...]:
        """Ask every watch of one item. ``language``: the item's own, a BCP 47 tag; None where it isn't known.

        ``url``: where its page is; ``author``: who signed it. Of each watch and field the first five places are given; by watch,
        then title, summary, text, then start.
        """
        seen = self._seen(fields, language=language, outlet=outlet, url=url, author=author)
        return tuple(
            match
            for question in self._wanted(seen)
            if (hits := question.tree.seek(seen, FIELDS))
            for match in self._shown(question.watch.id, hits, seen)
        )

    def besides(  # noqa: PLR0913  the facts of one item
        self,
        fields: tuple[FieldText, ...],
        page: str,
        *,
        language: str | None,
        outlet: OutletId,
        url: str | None = None,
        author: str | None = None,
    ) -> tuple[Match, ...]:
        """Give for each watch the first place on an item's page of a word that stands in none of its texts and is wanted there.

        How far from others it stands, and beside what, does not matter: it is not the article's.
        """
        feeds = tuple(field for field in fields if field.field != "text")
        whole = (*feeds, FieldText(field="text", text=page))
        seen = replace(self._seen(whole, language=language, outlet=outlet, url=url, author=author), waived=_BESIDE)
        wanted = self._wanted(seen)
        there = {term for field in fields for term in self._finder.find(field.text, seen.language).by_term} if wanted else set()
        found: list[Match] = []
        for question in wanted:
            hits = question.tree.seek(seen, FIELDS) or ()
            lacking = tuple(hit for hit in hits if hit.field == "text" and hit.place.term not in there)
            found.extend(islice(self._shown(question.watch.id, lacking, seen), 1))
        return tuple(found)

    def verdicts(
        self, fields: tuple[FieldText, ...], *, language: str | None, outlet: OutletId, url: str | None, author: str | None
    ) -> tuple[Verdict, ...]:
        """Say of every watch why it matches one item, or why not. The item is given as to ``matches``."""
        seen = self._seen(fields, language=language, outlet=outlet, url=url, author=author)
        otherwise = _Otherwise(self._finder, seen)
        return tuple(self._verdict(question, seen, otherwise) for question in self._questions)

    def _seen(
        self, fields: tuple[FieldText, ...], *, language: str | None, outlet: OutletId, url: str | None, author: str | None
    ) -> Seen:
        known = primary(language)
        ordered = sorted(fields, key=lambda field: FIELDS.index(field.field))
        found = tuple((field, self._finder.find(field.text, known)) for field in ordered)
        return Seen(fields=found, outlet=outlet, language=known, url=url or "", author=author or "")

    def _verdict(self, question: _Question, seen: Seen, otherwise: _Otherwise) -> Verdict:
        watch = question.watch
        if hits := question.tree.seek(seen, FIELDS):
            is_asked = watch.outlets is None or seen.outlet in watch.outlets
            return Verdict(
                watch_id=watch.id, reason="found" if is_asked else "outlet", matches=tuple(self._shown(watch.id, hits, seen))
            )
        if failed := unmet(question.tree, seen):
            reason, hits = failed
            return Verdict(watch_id=watch.id, reason=reason, matches=tuple(self._shown(watch.id, hits, seen)))
        return self._in_other_words(question, seen, otherwise)

    def _in_other_words(self, question: _Question, seen: Seen, otherwise: _Otherwise) -> Verdict:
        """Say whether words that are missing would be there if the language were another, or only stand within other words."""
        watch = question.watch
        there = {self._terms[term].typed for _, places in seen.fields for term in places.by_term}
        missing = absent(question.node, lambda word: word.text in there)
        found: list[tuple[str, tuple[Match, ...]]] = []
        for language, spoken in otherwise.spoken:
            if hits := question.tree.seek(spoken, FIELDS):
                found.append((language, tuple(self._shown(watch.id, hits, spoken))))
        if found:
            languages = tuple(language for language, _ in found)
            return Verdict(watch_id=watch.id, reason="other_language", matches=found[0][1], missing=missing, languages=languages)
        sought = [term for term in question.words if self._terms[term].typed in missing]
        others = tuple(dict.fromkeys(chain.from_iterable(words.get(term, ()) for words in otherwise.within for term in sought)))
        present = tuple(hit for term in question.words if term not in sought for hit in seen.places(FIELDS, term))
        return Verdict(
            watch_id=watch.id,
            reason="other_word" if others else "missing",
            matches=tuple(self._shown(watch.id, present, seen)),
            missing=missing,
            others=others,
        )

    def _wanted(self, seen: Seen) -> tuple[_Question, ...]:
        """Give the questions that are asked of an item's outlet and have a word there."""
        there = {term for _, places in seen.fields for term in places.by_term}
        wanted = (self._questions[number] for number in sorted({number for term in there for number in self._by_term[term]}))
        return tuple(one for one in wanted if one.watch.outlets is None or seen.outlet in one.watch.outlets)

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
    # a letter may bear as many marks as a page has room for
    stop = min(place.stop, place.start + _SENTENCE)
    begin, end = sentence(text, place.start, stop, limit=_SENTENCE)
    whole_begin, whole_end = sentence(text, place.start, stop, limit=_WIDER)
    before = "…" if begin > whole_begin else ""
    after = "…" if end < whole_end else ""
    mark = place.start - begin + len(before)
    form = text[place.start : stop].replace("\n", " ")
    return Match(
        watch_id=watch,
        field=field.field,
        term=term,
        form=form,
        start=place.start,
        stop=stop,
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
