"""A watch's words → those that say nothing that another of them does not say already. Touches nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from monitor.match.finder import Finder
from monitor.match.tables import ANY
from monitor.match.terms import compile_term


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """``inner`` is found wherever ``outer`` is. ``is_same``: and the other way round."""

    outer: str
    inner: str
    is_same: bool


def spoiled(wanted: tuple[str, ...], unwanted: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Give the wanted words that hold an unwanted one, with that: whatever they are found in is left out for it."""
    made = ((word, compile_term(word)) for word in dict.fromkeys(unwanted))
    known = [(word, term) for word, term in made if term is not None]
    finder = Finder(tuple(term for _, term in known))
    for word in dict.fromkeys(wanted):
        if found := sorted(finder.find(word, ANY).by_term):
            yield word, known[found[0]][0]


def overlaps(words: tuple[str, ...]) -> Iterator[Overlap]:
    """Give the words that hold another of them: whoever looks for that one finds them already. In the order given."""
    made = ((word, compile_term(word)) for word in dict.fromkeys(words))
    known = [(word, term) for word, term in made if term is not None]
    finder = Finder(tuple(term for _, term in known))
    holds = {word: [known[number][0] for number in sorted(finder.find(word, ANY).by_term)] for word, _ in known}
    told: set[str] = set()
    for outer, inside in holds.items():
        inner = next((word for word in inside if word != outer and word not in told), None)
        if inner is not None:
            told.add(outer)
            yield Overlap(outer=outer, inner=inner, is_same=outer in holds[inner])
