"""A page's tree → the same without what is certainly no article: what nobody sees, what is named or marked as something else.

A missed alert costs more than a spare one, so nothing is taken out that may be the article: not what holds the headline, and
nothing large, whatever it is called.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

import lxml.html

from monitor.extract import names
from monitor.extract.blocks import folded, leads_away, letters, squeezed
from monitor.extract.phrases import NEWSLETTER, SIGN_UP

_NO_TEXT = (
    *("script", "style", "template", "iframe", "object", "embed", "applet", "canvas", "svg", "map", "audio", "video", "select"),
    *(
        "option",
        "datalist",
        "textarea",
        "input",
        "meter",
        "progress",
        "marquee",
        "rp",
        "rt",
        "rtc",
        "noscript",
        "head",
        "frameset",
    ),
    *("amp-ad", "amp-embed", "amp-sticky-ad", "amp-consent", "amp-sidebar", "amp-iframe", "amp-analytics", "noframes"),
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_TAGGED = frozenset(("nav", "footer", "header", "aside", "dialog", "form", "button"))
_DIALOGS = frozenset(("dialog", "alertdialog"))
_MARKED = _DIALOGS | {"navigation", "contentinfo", "banner", "search", "menu", "menubar", "toolbar", "complementary"}
_NO_LISTS = frozenset(("body", "html", "p", "tr", "td", "th", "tbody", "thead", *_HEADINGS))
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_LARGE = 0.4
"""Which share of a page's text (links left out) nothing has that is only furniture."""
_LEAST = 60
"""Characters that have to be left of a page before its comments or its consent dialog, however long, are taken out."""
_MUCH = 250
_MOSTLY_LINKS = 0.75
_LONG_CELL = 200
_MAX_LABEL = 20
_NOTICE = 400
_MAX_HEAD = 400
_BOX = 200
_HANDLE = 30
_BOXES = frozenset(("div", "section", "aside", "form", "figure", "li"))
_Verdict = Literal["likely", "sure"] | None
"""That an element is furniture; None: no word on that."""
_ALIKE = 0.6


@dataclass(slots=True)
class Size:
    """How many characters an element has, without spaces; how many of them lead elsewhere, in how many links."""

    all: int = 0
    links: int = 0
    targets: int = 0

    @property
    def words(self) -> int:
        """Those that lead nowhere."""
        return self.all - self.links


def sizes(root: lxml.html.HtmlElement) -> dict[lxml.html.HtmlElement, Size]:
    """Measure every element of a tree."""
    # from the last to the first, and so it is let go of in that order: lxml looks through all of a part taken out of its page
    # for each element that is let go of before those in front of it
    found = {element: Size() for element in reversed(list(root.iter("*")))}
    for element, size in found.items():
        size.all += len(squeezed(element.text)) if element.text else 0
        if element.tag == "a" and leads_away(element):
            size.links, size.targets = size.all, 1
        parent = found.get(element.getparent())
        if parent is not None:
            parent.all += size.all + (len(squeezed(element.tail)) if element.tail else 0)
            parent.links += size.links
            parent.targets += size.targets
    return found


def heads(measured: Mapping[lxml.html.HtmlElement, Size], titles: Iterable[str]) -> tuple[lxml.html.HtmlElement, ...]:
    """Find the elements that print one of these titles (folded): headings that do so more or less, others to the letter."""
    wanted = {letters(title) for title in titles} - {""}
    if not wanted:
        return ()
    longest = max(map(len, wanted))
    found = []
    for element, size in measured.items():
        is_heading = element.tag in _HEADINGS
        if not 0 < size.all <= (_MAX_HEAD if is_heading else longest + longest // 4 + 8) or element.tag in {"a", "title"}:
            continue
        said = letters(folded("".join(element.itertext())))
        if said in wanted or (is_heading and any(_are_alike(said, title) for title in wanted)):
            found.append(element)
    return tuple(element for element in reversed(found) if next(element.iterancestors("a"), None) is None)


def _are_alike(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return shorter in longer and len(shorter) >= _ALIKE * len(longer)


def without_unseen(root: lxml.html.HtmlElement) -> None:
    """Take out what is never shown as text."""
    for element in list(root.iter(*_NO_TEXT)):
        drop(element)


def drop(element: lxml.html.HtmlElement) -> None:
    """Take an element out, unless it is the root or gone already; what stands behind it stays."""
    if element.getparent() is not None:
        element.drop_tree()


class Pruning:
    """Takes the furniture out of a tree.

    ``heads``: the elements that print the article's headline, or else those of the first rank. ``notices``: the words of what was
    taken out though it is shown and leads nowhere.
    """

    def __init__(self, root: lxml.html.HtmlElement, titles: Iterable[str], *, kept: Iterable[lxml.html.HtmlElement] = ()) -> None:
        """Measure the tree, which must hold nothing unseen any more.

        ``titles``: what the article is called, folded. ``kept``: what is the article, whatever it looks like.
        """
        self._root = root
        self._sizes = sizes(root)
        self.heads = heads(self._sizes, titles) or tuple(root.iter("h1"))
        self._holders = {each for head in self.heads for each in (head, *head.iterancestors())} | set(kept)
        self.notices: list[str] = []
        self._is_smaller = False

    def prune(self) -> None:
        """Take out what is hidden, marked or named as something else, teasers of other articles, and lists of links."""
        boxes = frozenset(self._sign_up_boxes())
        self._take(lambda element: "likely" if element in boxes else None)
        self._take(self._marked)
        # a dialog may have had more words than the article, beside which it would seem small
        self._measure()
        told = len(self.notices)
        self._take(_hidden)
        del self.notices[told:]
        self._take(self._other_article)
        self._measure()
        self._take(_named)
        self._measure()
        self._take(self._list_of_links)

    def _measure(self) -> None:
        """Measure what is left, where anything was taken out since."""
        if self._is_smaller:
            self._sizes = sizes(self._root)
            self._is_smaller = False

    def _take(self, judge: Callable[[lxml.html.HtmlElement], _Verdict]) -> None:
        """Take out what is judged to be furniture; what may be the article all the same loses its misleading name instead."""
        wanted: dict[lxml.html.HtmlElement, _Verdict] = {}
        within: set[lxml.html.HtmlElement] = set()
        for element in self._root.iter("*"):
            if element is self._root or element in within or (verdict := judge(element)) is None:
                continue
            if self._may_be_article(element, verdict):
                _rename(element)
                continue
            wanted[element] = verdict
            within.update(element.iter("*"))
        if judge is _named and self._is_all(wanted):
            # names that stand on everything say nothing
            return
        self._is_smaller = self._is_smaller or bool(wanted)
        for element in wanted:
            drop(element)
            size = self._sizes[element]
            if size.links < size.words <= _NOTICE:
                self.notices.append(" ".join("".join(element.itertext()).split()))

    def _is_all(self, wanted: Iterable[lxml.html.HtmlElement]) -> bool:
        words = sum(self._sizes[element].words for element in wanted)
        return words >= _MUCH and self._sizes[self._root].words - words < _LEAST

    def _may_be_article(self, element: lxml.html.HtmlElement, verdict: Literal["likely", "sure"]) -> bool:
        """Say whether an element holds the headline, or so much of the page's words that it can't be mere furniture.

        What is surely none may be as large as it likes, as long as something is left without it.
        """
        if element in self._holders:
            return True
        all_of_it, words = self._sizes[self._root].words, self._sizes[element].words
        return all_of_it - words < _LEAST if verdict == "sure" else words > _LARGE * all_of_it

    def _sign_up_boxes(self) -> Iterator[lxml.html.HtmlElement]:
        """Find the small boxes that ask for an address, to send a newsletter to."""
        limit = min(_BOX, self._sizes[self._root].words // 4)
        for handle in self._root.iter("a", "button"):
            said = "".join(handle.itertext()).strip() if self._sizes[handle].all <= _HANDLE else ""
            if not said or not SIGN_UP.fullmatch(said):
                continue
            around = list(
                takewhile(lambda each: self._sizes[each].words <= limit and each not in self._holders, handle.iterancestors())
            )
            box = next((each for each in reversed(around) if each.tag in _BOXES), None)
            if box is not None and NEWSLETTER.search("".join(box.itertext())):
                yield box

    def _marked(self, element: lxml.html.HtmlElement) -> _Verdict:
        tag, role = element.tag, element.get("role")
        if tag not in _TAGGED and role not in _MARKED:
            return None
        if tag == "dialog" or role in _DIALOGS:
            return "sure"
        within = {each.tag for each in element.iterancestors()}
        is_spared = (
            # accordions have their headings in buttons
            (tag == "button" and within & {*_HEADINGS, "summary", "dt"})
            # a box of facts or a quotation stands in the article, other things beside it
            or ((tag == "aside" or role == "complementary") and "article" in within)
            or (tag == "footer" and within & {"article", "blockquote", "figure"})
            or ((tag == "header" or role == "banner") and (within & {"article", "main"} or not self.heads))
        )
        return None if is_spared else "likely"

    def _other_article(self, element: lxml.html.HtmlElement) -> _Verdict:
        """Judge an <article> that has not the headline: it is another one, that goes on below, or only its teaser."""
        heading = next(element.iter(*_HEADINGS), None) if element.tag == "article" and element not in self._holders else None
        if heading is None:
            return None
        if self._sizes[heading].links > _MOSTLY_LINKS * self._sizes[heading].all:
            return "likely"
        holder = next((each for head in self.heads for each in head.iterancestors("article")), None)
        is_below = holder is not None and holder not in set(element.iterancestors())
        # a live blog's posts have lesser headings than the whole
        return "sure" if is_below and any(head.tag == heading.tag for head in self.heads) else None

    def _list_of_links(self, element: lxml.html.HtmlElement) -> _Verdict:
        size, is_list = self._sizes[element], element.tag in {"ul", "ol"}
        if not size.targets or element.tag in _NO_LISTS or (size.targets == 1 and not is_list):
            return None
        return "likely" if size.links > _MOSTLY_LINKS * size.all or (is_list and _is_labelled(size)) else None


def _hidden(element: lxml.html.HtmlElement) -> _Verdict:
    """Judge what nobody sees; streamed pages, and pages under an open dialog, hide all of themselves until a script has run."""
    style = element.get("style")
    is_hidden = "hidden" in element.attrib or element.get("aria-hidden") == "true" or (style and _HIDDEN.search(style))
    return "likely" if is_hidden and "folded" not in names.kinds(element) else None


def _named(element: lxml.html.HtmlElement) -> _Verdict:
    kinds = names.kinds(element)
    if kinds & {"comments", "consent"}:
        return "sure"
    # a player's handles and what it plays next are none of the article, but what is shown may be explained there
    is_player = "player" in kinds and not any(_is_caption(each) for each in element.iter("*"))
    return "likely" if "furniture" in kinds or is_player else None


def _is_caption(element: lxml.html.HtmlElement) -> bool:
    return element.tag == "figcaption" or "caption" in names.kinds(element)


def _rename(element: lxml.html.HtmlElement) -> None:
    """Make an element say nothing of what it is, lest it be taken out by others."""
    for name in ("class", "id", "role", "style", "hidden", "aria-hidden"):
        element.attrib.pop(name, None)
    if element.tag in _TAGGED:
        element.tag = "div"


def _is_labelled(size: Size) -> bool:
    return size.words <= _MAX_LABEL and size.links > size.words


def straighten(root: lxml.html.HtmlElement) -> None:
    """Undo the tables that only lay out a page, as pages of old do."""
    for table in list(root.iter("table")):
        if _is_layout(table):
            _undo(table)


def _is_layout(table: lxml.html.HtmlElement) -> bool:
    if table.get("role") in {"presentation", "none"} or table.find(".//table") is not None:
        return True
    cells = table.iter("td")
    return any(cell.find(".//p") is not None or (_length(cell) > _LONG_CELL and cell.find(".//br") is not None) for cell in cells)


def _undo(table: lxml.html.HtmlElement) -> None:
    """Turn the cells of a table into plain divisions; those that mostly hold links are navigation and go."""
    for cell in list(table.iter("td", "th")):
        links = sum(_length(link) for link in cell.iter("a"))
        if links and links > 0.5 * _length(cell) and cell.getparent() is not None:
            cell.drop_tree()
    for part in table.iter("table", "tbody", "thead", "tfoot", "tr", "td", "th"):
        part.tag = "div"


def _length(element: lxml.html.HtmlElement) -> int:
    return len("".join(element.itertext()).strip())
