"""The tree of a watch, ready to be asked of an item → where the words stand that make it true, or None. Touches nothing."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Final, Literal, Protocol

from monitor.fold import fold
from monitor.match.edges import primary
from monitor.match.finder import Place, Places
from monitor.model import FIELDS, And, Field, FieldText, From, In, Loose, Near, Node, Not, Or, OutletId, Watch, Words

_WORD: Final = re.compile(r"\w+")
Condition = Literal["not", "near", "in", "outlet", "lang", "url", "author"]
"""What a tree wants beyond words: ``Seen.waived`` names those that are taken as met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A word that stands in a field."""

    field: Field
    place: Place


Hits = tuple[Hit, ...]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """An item as the trees see it: what was found in its fields, and where it is from. ``language`` "": not known."""

    fields: tuple[tuple[FieldText, Places], ...]
    outlet: OutletId
    language: str
    url: str
    author: str
    waived: frozenset[Condition] = frozenset()

    def places(self, fields: tuple[Field, ...], term: int) -> Hits:
        """Give where a term stands in these fields."""
        return tuple(
            Hit(field=field.field, place=place)
            for field, places in self.fields
            if field.field in fields
            for place in places.by_term.get(term, ())
        )

    def terms(self, fields: tuple[Field, ...]) -> set[int]:
        """Give the terms that stand in these fields."""
        return set(chain.from_iterable(places.by_term for field, places in self.fields if field.field in fields))

    def words(self, hit: Hit) -> tuple[int, int]:
        """Give the numbers of the first and last word that a hit covers in its field."""
        return next(places for field, places in self.fields if field.field == hit.field).words(hit.place)

    @cached_property
    def author_words(self) -> str:
        """The author's names, folded, each word between two spaces."""
        return spaced(self.author)

    @cached_property
    def folded_url(self) -> str:
        """The item's address, folded."""
        return fold(self.url)


class Asked(Protocol):
    """A part of a tree."""

    def seek(self, seen: Seen, fields: tuple[Field, ...]) -> Hits | None:
        """Give what makes this part true of an item, looked for in these fields; () where no word does. None: it is not true."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _AnyOf:
    """One of many words: asked at once, since a watch may have thousands."""

    terms: frozenset[int]

    def seek(self, seen: Seen, fields: tuple[Field, ...]) -> Hits | None:
        there = self.terms & seen.terms(fields)
        return tuple(hit for term in there for hit in seen.places(fields, term)) if there else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Some:
    """One of its parts."""

    parts: tuple[Asked, ...]

    def seek(self, seen: Seen, fields: tuple[Field, ...]) -> Hits | None:
        """See ``Asked``."""
        true = [hits for part in self.parts if (hits := part.seek(seen, fields)) is not None]
        return tuple(chain.from_iterable(true)) if true else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Each:
    """All of its parts."""

    parts: tuple[Asked, ...]

    def seek(self, seen: Seen, fields: tuple[Field, ...]) -> Hits | None:
        """See ``Asked``."""
        found: list[Hit] = []
        for part in self.parts:
            hits = part.seek(seen, fields)
            if hits is None:
                return None
            found.extend(hits)
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """No such part."""

    part: Asked

    def seek(self, seen: Seen, fields: tuple[Field, ...]) -> Hits | None:
        """See ``Asked``."""
        if "not" in seen.waived or (isinstance(self.part, _Origin) and self.part.is_open(seen)):
            return ()
        return () if self.part.seek(seen, fields) is None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """The part, in these fields alone."""

    fields: tuple[Field, ...]
    part: Asked

    def seek(self, seen: Seen, fields: tuple[Field, ...]) -> Hits | None:
        """See ``Asked``."""
        if "in" in seen.waived:
            return self.part.seek(seen, fields)
        return self.part.seek(seen, tuple(field for field in self.fields if field in fields))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Close:
    left: Asked
    right: Asked
    distance: int

    def seek(self, seen: Seen, fields: tuple[Field, ...]) -> Hits | None:
        left, right = self.left.seek(seen, fields), self.right.seek(seen, fields)
        if left is None or right is None:
            return None
        if "near" in seen.waived:
            return left + right
        near: list[Hit] = []
        for field in fields:
            ones, others = (_Side(seen, [hit for hit in hits if hit.field == field]) for hits in (left, right))
            near += [hit for hit in ones.hits if others.has_near(hit, seen, self.distance)]
            near += [hit for hit in others.hits if ones.has_near(hit, seen, self.distance)]
        return tuple(dict.fromkeys(near)) or None


class _Side:
    """One side of NEAR in one field, in the order of its words: two that stand 20,000 times each make too many pairs."""

    def __init__(self, seen: Seen, hits: list[Hit]) -> None:
        self.hits = hits
        self._by_width: dict[int, tuple[list[int], list[Hit]]] = {}
        for begin, end, hit in sorted(((*seen.words(hit), hit) for hit in hits), key=lambda one: one[0]):
            begins, there = self._by_width.setdefault(end - begin, ([], []))
            begins.append(begin)
            there.append(hit)

    def has_near(self, hit: Hit, seen: Seen, distance: int) -> bool:
        """Say whether one of these is close to a hit, and neither a part of the other."""
        first, last = seen.words(hit)
        for width, (begins, there) in self._by_width.items():
            close = range(bisect_left(begins, first - width - distance - 1), bisect_right(begins, last + distance + 1))
            # from both ends, since what lies in the middle may be a part of it
            ordered = chain.from_iterable(zip(close, reversed(close), strict=True))
            if any(not _is_one(hit.place, there[at].place) for at in ordered):
                return True
        return False


def _is_one(one: Place, other: Place) -> bool:
    return _is_within(one, other) or _is_within(other, one)


def _is_within(one: Place, other: Place) -> bool:
    """Say whether a place is no more than a part of another: one mention is not two that stand close together."""
    return other.first <= one.first and one.last <= other.last


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """All of some words close together: the narrowest windows that hold each of them."""

    terms: tuple[int, ...]
    distance: int

    def seek(self, seen: Seen, fields: tuple[Field, ...]) -> Hits | None:
        hits = {term: seen.places(fields, term) for term in dict.fromkeys(self.terms)}
        if not all(hits.values()):
            return None
        if "near" in seen.waived:
            return tuple(chain.from_iterable(hits.values()))
        close = (self._close(seen, [hit for some in hits.values() for hit in some if hit.field == field]) for field in fields)
        return tuple(dict.fromkeys(chain.from_iterable(close))) or None

    def _close(self, seen: Seen, hits: list[Hit]) -> Iterator[Hit]:
        """Give what stands in such windows. Each word's latest place is kept, and of those what no window had yet."""
        wanted = len(set(self.terms))
        last: dict[int, tuple[int, int]] = {}
        fresh: dict[int, Hit] = {}
        covered = far = 0
        for first, stop, hit in sorted(((*seen.words(hit), hit) for hit in hits), key=lambda one: one[:2]):
            begin, end = last.pop(hit.place.term, (0, -1))
            last[hit.place.term] = (first, stop)
            fresh[hit.place.term] = hit
            covered += (stop - first) - (end - begin)
            # a wide one may have been the farthest
            far = max(other for _, other in last.values()) if stop < far == end else max(far, stop)
            nearest, _ = next(iter(last.values()))
            if len(last) == wanted and far - nearest + 1 - covered <= self.distance:
                yield from fresh.values()
                fresh.clear()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Origin:
    kind: Literal["outlet", "lang", "url", "author"]
    value: str

    def is_open(self, seen: Seen) -> bool:
        """Say whether this can't be told of the item: what is in no known language may be in any."""
        return self.kind == "lang" and not seen.language

    def seek(self, seen: Seen, fields: tuple[Field, ...]) -> Hits | None:
        del fields
        return () if self.kind in seen.waived or self.is_open(seen) or self._is_met(seen) else None

    def _is_met(self, seen: Seen) -> bool:
        if self.kind == "outlet":
            return seen.outlet == self.value
        if self.kind == "lang":
            return seen.language == self.value
        return self.value in (seen.folded_url if self.kind == "url" else seen.author_words)


def spaced(text: str) -> str:
    """Fold a name or names, each word between two spaces: so that a whole word can be asked for."""
    return f" {' '.join(_WORD.findall(fold(text)))} "


def tree_of(watch: Watch) -> Node | None:
    """Give what a watch asks of an item's words as one tree. None: nothing that could ever be found."""
    parts: list[Node] = [] if watch.query is None else [watch.query]
    if watch.any:
        parts.append(_some(watch.any))
    parts.extend(Words(text=word) for word in watch.all)
    if not parts:
        return None
    if watch.none:
        parts.append(Not(part=_some(watch.none)))
    if watch.languages is not None:
        languages = tuple(From(kind="lang", value=each) for each in sorted(watch.languages))
        parts.append(Or(parts=languages) if len(languages) > 1 else languages[0])
    tree = And(parts=tuple(parts)) if len(parts) > 1 else parts[0]
    return tree if watch.fields == FIELDS else In(fields=watch.fields, part=tree)


def _some(words: tuple[str, ...]) -> Node:
    parts = tuple(Words(text=word) for word in words)
    return Or(parts=parts) if len(parts) > 1 else parts[0]


def words_in(node: Node) -> Iterator[Words]:
    """Give every word of a tree, in its order."""
    match node:
        case Words():
            yield node
        case Loose():
            yield from (Words(text=word) for word in node.words)
        case Near():
            yield from words_in(node.left)
            yield from words_in(node.right)
        case And() | Or():
            for part in node.parts:
                yield from words_in(part)
        case Not() | In():
            yield from words_in(node.part)
        case From():
            pass


def compiled(node: Node, numbers: dict[Words, int]) -> Asked:  # noqa: PLR0911  one for each kind of node
    """Make a tree ready to be asked. ``numbers``: each word's place among the terms; one that has none is never found."""
    match node:
        case Words():
            return _AnyOf(terms=frozenset((numbers.get(node, -1),)))
        case Loose():
            return _Window(terms=tuple(numbers.get(Words(text=word), -1) for word in node.words), distance=node.distance)
        case Near():
            return _Close(left=compiled(node.left, numbers), right=compiled(node.right, numbers), distance=node.distance)
        case And():
            return Each(parts=tuple(compiled(part, numbers) for part in node.parts))
        case Or():
            plain = frozenset(numbers.get(part, -1) for part in node.parts if isinstance(part, Words))
            others = tuple(compiled(part, numbers) for part in node.parts if not isinstance(part, Words))
            words = (_AnyOf(terms=plain),) if plain else ()
            return Some(parts=(*words, *others)) if others else _AnyOf(terms=plain)
        case Not():
            return Without(part=compiled(node.part, numbers))
        case In():
            return Within(fields=node.fields, part=compiled(node.part, numbers))
        case From():
            return _Origin(kind=node.kind, value=_value(node))


def _value(node: From) -> str:
    if node.kind == "lang":
        return primary(node.value)
    if node.kind == "author":
        return spaced(node.value)
    return fold(node.value) if node.kind == "url" else node.value
