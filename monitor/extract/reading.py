"""The blocks of a page, and where the article is → its text. Touches nothing.

An extractor finds the article and then drops pieces of it: captions, the line under the headline, lists, a table, the last line.
So it is only asked where the article is; what stands there is read in full, but for what is furniture by the look of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import lxml.html

from monitor.extract import names
from monitor.extract.blocks import Block, extent, letters
from monitor.extract.region import Region, article_round

_LONG = 70
"""How long a block is that is no mere label, name or date."""
_NEXT = 4
_HALF = 0.5
_PROSE = re.compile(r"[.!?…:;؟۔।。！？][\"'”’»)\]」』]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read: the text; ``after``: the words that stand next below it and are none of it.

    ``dated``: the one date that its <time> elements give, as it stands there.
    """

    text: str = ""
    after: str = ""
    dated: str | None = None


def everything(found: Sequence[Block]) -> Reading:
    """Read all blocks but those that only lead elsewhere."""
    return Reading(text=_text([block for block in found if not _is_other(block)]))


def article(found: Sequence[Block], where: Region, *, headline: str) -> Reading:
    """Read the article. ``headline``: its letters, as the feed has it; it is no part of the text."""
    stretch = range(where.start, where.stop)
    inside = [place for place in stretch if place in where.taken or _belongs(found[place], where.element)]
    outside = [place for place in where.taken if place not in stretch and _is_prose(found[place])]
    kept = [place for place in sorted((*inside, *outside)) if not _is_other(found[place])]
    last = max(kept, default=0)
    return Reading(
        text=_text([found[place] for place in kept if letters(found[place].text) != headline]),
        after=" \n".join(block.text for block in found[last + 1 : last + 1 + _NEXT] if block.links < _HALF * block.size),
        dated=_dated(found[where.start].element, where.element) if where.start < len(found) else None,
    )


def _is_other(block: Block) -> bool:
    return block.is_link or block.is_advertisement


def _text(chosen: Sequence[Block]) -> str:
    """Join blocks, without headings under which nothing is left, and without what stands there twice."""
    end = len(chosen)
    while end and chosen[end - 1].heading:
        end -= 1
    seen: dict[str, int] = {}
    for number, block in enumerate(chosen[:end]):
        seen.setdefault(block.text if extent(block.text) >= _LONG else f"{block.text} {number}", number)
    return "\n".join(chosen[number].text for number in seen.values())


def _belongs(block: Block, region: lxml.html.HtmlElement) -> bool:
    """Say whether a block that the extractor left out is a piece of the article all the same."""
    if block.heading or extent(block.text) >= _LONG or block.element.tag == "figcaption":
        return True
    kinds = frozenset().union(*(names.kinds(each) for each in (block.element, *_close(block.element, region))))
    return "caption" in kinds or "byline" not in kinds


def _close(element: lxml.html.HtmlElement, region: lxml.html.HtmlElement) -> Iterable[lxml.html.HtmlElement]:
    """Give the two elements next round this one, inside the article's."""
    for depth, each in enumerate(element.iterancestors()):
        if each is region or depth > 1:
            return
        yield each


def _is_prose(block: Block) -> bool:
    """Say whether a block is a sentence at least, not a label or an imprint."""
    return extent(block.text) >= _LONG and _PROSE.search(block.text) is not None


def _dated(first: lxml.html.HtmlElement, region: lxml.html.HtmlElement) -> str | None:
    """Give the one date that <time> elements in and at the article mean; None where there is none, or several."""
    scope = next((each for each in (region, *region.iterancestors()) if each is first or each in first.iterancestors()), region)
    outer = article_round(scope)
    scope = outer if outer is not None else region if scope.tag in {"body", "html"} else scope
    times = list(scope.iter("time"))
    before = scope.getprevious()
    if not times and before is not None and letters(_said(before)) == letters(_time_in(before)):
        # alone above the article, and the only one of the page
        times = list(scope.getroottree().getroot().iter("time"))
    values = {each.get("datetime") for each in times if each.get("datetime")}
    return values.pop() if len(values) == 1 else None


def _time_in(element: lxml.html.HtmlElement) -> str:
    return next((_said(each) for each in element.iter("time")), "")


def _said(element: lxml.html.HtmlElement) -> str:
    return "".join(element.itertext())
