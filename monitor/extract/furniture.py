"""A page's tree → the same without what is certainly no article: what nobody sees, what is named or marked as something else.

A missed alert costs more than a spare one, so nothing is taken out that may be the article: not what holds the headline, and
nothing large, whatever it is called.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import lxml.html

from monitor.extract import names
from monitor.extract.blocks import folded, leads_away, letters, squeezed

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
_TAGGED = frozenset(("nav", "footer", "header", "aside", "dialog", "form", "button"))
_DIALOGS = frozenset(("dialog", "alertdialog"))
_MARKED = _DIALOGS | {"navigation", "contentinfo", "banner", "search", "menu", "menubar", "toolbar", "complementary"}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_LARGE = 0.4
"""Which share of a page's text (links left out) nothing has that is only furniture."""
_LEAST = 60
"""Characters that have to be left of a page before its comments or its consent dialog, however long, are taken out."""
_MOSTLY_LINKS = 0.75
_LONG_CELL = 200
_MAX_LABEL = 20
_NOTICE = 400
_MAX_HEAD = 400
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

    def __init__(self, root: lxml.html.HtmlElement, titles: Iterable[str]) -> None:
        """Measure the tree, which must hold nothing unseen any more. ``titles``: what the article is called, folded."""
        self._root = root
        self._sizes = sizes(root)
        self.heads = heads(self._sizes, titles) or tuple(root.iter("h1"))
        self._holders = {each for head in self.heads for each in (head, *head.iterancestors())}
        self.notices: list[str] = []

    def prune(self) -> None:
        """Take out what is hidden, marked or named as something else, teasers of other articles, and lists of links."""
        self._take(self._is_hidden)
        self.notices.clear()
        self._take(self._is_marked)
        self._take(self._is_other_article)
        self._take(self._is_named)
        self._sizes = sizes(self._root)
        self._take(self._is_list_of_links)

    def _take(self, is_wanted: Callable[[lxml.html.HtmlElement], bool]) -> None:
        for element in [each for each in self._root.iter("*") if each is not self._root and is_wanted(each)]:
            if element.getparent() is not None:
                drop(element)
                if self._sizes[element].words <= _NOTICE and self._sizes[element].words > self._sizes[element].links:
                    self.notices.append(" ".join("".join(element.itertext()).split()))

    def _may_be_article(self, element: lxml.html.HtmlElement) -> bool:
        """Say whether an element holds the headline, or so much of the page's words that it can't be mere furniture."""
        return element in self._holders or self._sizes[element].words > _LARGE * self._sizes[self._root].words

    def _leaves_the_article(self, element: lxml.html.HtmlElement) -> bool:
        """Say whether enough is left without an element of which names say that it is never the article."""
        if element in self._holders:
            return False
        return self._sizes[self._root].words - self._sizes[element].words >= _LEAST

    def _is_hidden(self, element: lxml.html.HtmlElement) -> bool:
        style = element.get("style")
        hidden = (
            "hidden" in element.attrib or element.get("aria-hidden") == "true" or (style is not None and _HIDDEN.search(style))
        )
        # streamed pages and pages under an open dialog hide all of themselves until a script has run
        return bool(hidden) and not self._may_be_article(element)

    def _is_marked(self, element: lxml.html.HtmlElement) -> bool:
        tag, role = element.tag, element.get("role")
        if tag not in _TAGGED and role not in _MARKED:
            return False
        if tag == "dialog" or role in _DIALOGS:
            return self._leaves_the_article(element)
        within = {each.tag for each in element.iterancestors()}
        is_spared = (
            # accordions have their headings in buttons
            (tag == "button" and within & {*_HEADINGS, "summary", "dt"})
            # a box of facts or a quotation stands in the article, other things beside it
            or ((tag == "aside" or role == "complementary") and "article" in within)
            or (tag == "footer" and within & {"article", "blockquote", "figure"})
            or ((tag == "header" or role == "banner") and (within & {"article", "main"} or not self.heads))
        )
        return not is_spared and (tag == "button" or not self._may_be_article(element))

    def _is_other_article(self, element: lxml.html.HtmlElement) -> bool:
        """Say whether an <article> is another one than that of the headline: one that goes on below, or only its teaser."""
        if element.tag != "article" or element in self._holders:
            return False
        heading = next(element.iter(*_HEADINGS), None)
        if heading is None:
            return False
        if self._sizes[heading].links > _MOSTLY_LINKS * self._sizes[heading].all:
            return not self._may_be_article(element)
        holder = next((each for head in self.heads for each in head.iterancestors("article")), None)
        is_below = holder is not None and holder not in set(element.iterancestors())
        return is_below and any(head.tag == heading.tag for head in self.heads)

    def _is_named(self, element: lxml.html.HtmlElement) -> bool:
        kinds = names.kinds(element)
        if kinds & {"comments", "consent"}:
            return self._leaves_the_article(element)
        return "furniture" in kinds and not self._may_be_article(element)

    def _is_list_of_links(self, element: lxml.html.HtmlElement) -> bool:
        size = self._sizes[element]
        if not size.targets or element in self._holders or element.tag in {"body", "html", "tr", "td", "th", "tbody", "thead"}:
            return False
        if element.tag in {"p", *_HEADINGS} or (size.targets == 1 and element.tag not in {"ul", "ol"}):
            return False
        return size.links > _MOSTLY_LINKS * size.all or (element.tag in {"ul", "ol"} and _is_labelled(size))


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
