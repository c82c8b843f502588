"""The blocks of a page, what an extractor made of it, and its headline → where the article is. Touches nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import lxml.html

from monitor.extract.blocks import Block, extent, letters

_SURE = 20
"""How long a block is that can't stand in the extractor's text by chance."""
_FOUND = 0.6
"""How much of the extractor's text is found again among the blocks, unless it is another text altogether."""
_SHARE = 0.7
"""How much of that the article's own element holds at least."""
_MOST = 0.6
_UNTAKEN = 0.3
"""What a block that the extractor left out weighs, beside one that it took."""
_FEW_LINKS = 0.3
_SMALL = 500
_SCHEMA = re.compile(r"schema\.org/\w*(?:Article|Posting|Report)$")
_WHOLE = frozenset(("body", "html"))
_LINES = frozenset(("p", "li", "dd", "dt", "tr", "td", "pre", "blockquote", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Where the article is: its element; its first block and the one behind its last; the blocks that the extractor took."""

    element: lxml.html.HtmlElement
    start: int
    stop: int
    taken: frozenset[int]


def region(found: Sequence[Block], *, taken: str, heads: Sequence[lxml.html.HtmlElement]) -> Region | None:
    """Find the article. ``taken``: the extractor's text; ``heads``: what prints the headline.

    None where there are no blocks, or the extractor's text is hardly to be found among them.
    """
    places = _places(found, taken)
    if not found or (
        extent(taken) > _SMALL and sum(len(letters(found[place].text)) for place in places) < _FOUND * len(letters(taken))
    ):
        return None
    element = _holder(found, places or range(len(found)))
    under = _under_headline(found, places, heads)
    if under is not None:
        inside = _inside(found, under)
        # the extractor went astray, or took in half of the page, or only some of what stands under the headline
        if element not in set(under.iter("*")) or _is_all_of_it(found, places, inside):
            element = under
            held = [place for place in places if place in inside]
            places = held if 2 * _extent(found, held) < _extent(found, places) else places
    start, stop = _bounds(found, places, element=element, headed=frozenset(each for head in heads for each in head.iter("*")))
    return Region(element=element, start=start, stop=stop, taken=frozenset(places))


def article_round(element: lxml.html.HtmlElement) -> lxml.html.HtmlElement | None:
    """Give the element round this one (or itself) that is marked as an article; None where none is."""
    for each in (element, *element.iterancestors()):
        if each.tag == "article" or each.get("role") == "article" or _SCHEMA.search(each.get("itemtype") or ""):
            return each
    return None


def _places(found: Sequence[Block], taken: str) -> list[int]:
    """Give the places of those blocks that stand in the extractor's text."""
    whole = letters(taken)
    places, position = [], 0
    for place, block in enumerate(found):
        text = letters(block.text)
        if extent(text) < _SURE:
            continue
        at = whole.find(text, position)
        if at >= 0:
            position = at + len(text)
        if at >= 0 or text in whole:
            places.append(place)
    return places


def _paths(found: Sequence[Block], places: Iterable[int]) -> Iterator[tuple[Block, lxml.html.HtmlElement]]:
    """Give each block with each element that it stands in, the inner before the outer."""
    for place in places:
        yield found[place], found[place].element
        for element in found[place].element.iterancestors():
            yield found[place], element


def _holder(found: Sequence[Block], places: Sequence[int]) -> lxml.html.HtmlElement:
    """Find the smallest element that holds nearly all of the places, widened while what it gains is mostly theirs."""
    held: dict[lxml.html.HtmlElement, int] = {}
    for block, element in _paths(found, places):
        held[element] = held.get(element, 0) + block.size
    total = sum(found[place].size for place in places)
    # dictionaries keep their order: of one path, the inner element comes first
    holder = next(element for element, weight in held.items() if weight >= _SHARE * total)
    if len(_inside(found, holder)) == 1 and holder.getparent() is not None and (holder.tag in _LINES or _is_one_of_many(holder)):
        # one long paragraph is not all of an article, however little the others say
        holder = holder.getparent()
    if held[holder] == total:
        return holder
    words: dict[lxml.html.HtmlElement, int] = {}
    for block, element in _paths(found, range(len(found))):
        words[element] = words.get(element, 0) + block.size - block.links
    for wider in holder.iterancestors():
        gain = held[wider] - held[holder]
        if gain and wider.tag not in _WHOLE and gain >= words[wider] - words[holder] - gain:
            holder = wider
    return holder


def _is_one_of_many(element: lxml.html.HtmlElement) -> bool:
    """Say whether another element like this one stands beside it: a paragraph in all but its name."""
    parent = element.getparent()
    if parent is None:
        return False
    alike = [each for each in parent if each.tag == element.tag and each.get("class") == element.get("class")]
    return len(alike) > 1


def _under_headline(
    found: Sequence[Block], places: Sequence[int], heads: Sequence[lxml.html.HtmlElement]
) -> lxml.html.HtmlElement | None:
    """Find the smallest element that holds a printed headline and most of what may be its text; None where there is none."""
    taken = frozenset(places)
    weights = [
        0.0 if block.is_link or block.heading else extent(block.text) * (1 if place in taken else _UNTAKEN)
        for place, block in enumerate(found)
    ]
    held: dict[lxml.html.HtmlElement, float] = {}
    for place, block in enumerate(found):
        for element in (block.element, *block.element.iterancestors()):
            held[element] = held.get(element, 0.0) + weights[place]
    enough = _MOST * sum(weights)
    above = (next((each for each in head.iterancestors() if held.get(each, 0.0) >= enough), None) for head in heads)
    return min((each for each in above if each is not None and each.tag not in _WHOLE), key=held.__getitem__, default=None)


def _is_all_of_it(found: Sequence[Block], places: Sequence[int], inside: Iterable[int]) -> bool:
    """Say whether what stands under the headline, beside what the extractor took, is little enough to be the article's too."""
    blocks = [found[place] for place in inside]
    words = sum(extent(block.text) for block in blocks if not block.is_link)
    links = sum(block.links for block in blocks)
    taken = _extent(found, places)
    return links < _FEW_LINKS * sum(block.size for block in blocks) and words - taken <= max(taken, _SMALL)


def _bounds(
    found: Sequence[Block], places: Sequence[int], *, element: lxml.html.HtmlElement, headed: frozenset[lxml.html.HtmlElement]
) -> tuple[int, int]:
    """Give where the article starts and stops: at its headline, if that stands above it; at the end of its element."""
    inside = _inside(found, element)
    taken = [place for place in places if place in inside]
    first = taken[0] if taken else inside.stop - 1
    above = [place for place in range(first + 1) if found[place].element in headed]
    outer = article_round(element)
    stop = _inside(found, outer).stop if outer is not None else inside.stop
    return above[-1] if above else inside.start, stop


def _inside(found: Sequence[Block], element: lxml.html.HtmlElement) -> range:
    """Give the places of the blocks in an element: as they come in the page's order, they are one stretch."""
    elements = set(element.iter("*"))
    inside = [place for place, block in enumerate(found) if block.element in elements]
    return range(inside[0], inside[-1] + 1) if inside else range(0)


def _extent(found: Sequence[Block], places: Iterable[int]) -> int:
    return sum(extent(found[place].text) for place in places)
