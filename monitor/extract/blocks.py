"""A tree → its text in blocks, in the order of the page: paragraphs, lines, items, captions, rows. Touches nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import lxml.html
from lxml import etree

from monitor.extract.phrases import ADVERTISEMENT, READ_ALSO


def _set_of(*words: str) -> frozenset[str]:
    return frozenset(" ".join(words).split())


_INLINE = _set_of(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark math nobr output picture q rb rp rt",
    "rtc ruby s samp small source span strike strong sub sup time tt u var wbr",
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_CELLS = frozenset(("td", "th"))
_SHOWN_AS_BLOCK = re.compile(r"display\s*:\s*(?:block|flex|grid|list-item|table)\b", re.IGNORECASE)
_HERE = ("#", "javascript:", "mailto:", "tel:")
_BLANK_LINES = re.compile(r"\n\s*\n")
_NO_LETTER = re.compile(r"[\W_]+")
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_DENSITY = 3
_ITEMS = frozenset(("tr", "td", "th", "li", "dd", "dt", "figcaption", "caption"))
"""What is judged with the list or table that it stands in."""
_LINKED = 0.85
_SPARE = 8
_MAX_ADVERTISEMENT = 200
_SIGNS = ' -–—•·»›>*:[(«"“'


@dataclass(slots=True)
class Block:
    """A piece of text that stands for itself, spaces tidied.

    ``element``: the nearest one that is no mere part of a line. ``size``: its characters without spaces; ``links``: those of them
    that lead elsewhere, in so many ``targets``.
    """

    text: str
    element: lxml.html.HtmlElement
    size: int
    links: int
    targets: int

    @property
    def heading(self) -> bool:
        """Whether it is a heading."""
        return self.element.tag in _HEADINGS

    @property
    def is_advertisement(self) -> bool:
        """Whether it says of itself that it is paid for."""
        return self.size <= _MAX_ADVERTISEMENT and ADVERTISEMENT.match(self.text) is not None

    @property
    def is_link(self) -> bool:
        """Whether it only leads elsewhere: a headline of another story, a button, “read also: …”."""
        if not self.targets or self.element.tag in _ITEMS:
            return False
        if self.links >= _LINKED * self.size:
            return True
        label = READ_ALSO.match(self.text.lstrip(_SIGNS))
        # “See also the map of …” is a sentence with a link in it
        return label is not None and self.size - self.links <= label.end() + _SPARE


def squeezed(text: str) -> str:
    """Take out all spaces, so that texts compare whatever stands between their tags."""
    return "".join(text.split())


def letters(text: str) -> str:
    """Give the letters and digits of a text, so that texts compare whatever became of its spaces, signs and joiners."""
    return _NO_LETTER.sub("", text)


def folded(text: str) -> str:
    """Fold what two spellings of one headline differ in: case, accents, harakat, tatweel."""
    if text.isascii():
        return text.lower()
    loose = unicodedata.normalize("NFKD", text.casefold()).replace("ـ", "")
    return unicodedata.normalize("NFC", "".join(char for char in loose if not unicodedata.combining(char)))


def extent(text: str) -> int:
    """Measure a text in characters of an alphabet: one of Chinese, Japanese or Korean says as much as three of ours."""
    return len(text) if text.isascii() else len(text) + (_DENSITY - 1) * len(_DENSE.findall(text))


def leads_away(link: lxml.html.HtmlElement) -> bool:
    """Say whether a link leads to another page."""
    target = (link.get("href") or "").strip().lower()
    return bool(target) and not target.startswith(_HERE)


def stay(page: lxml.html.HtmlElement, addresses: Iterable[str]) -> None:
    """Let the links to these addresses lead nowhere: a headline's to its own page, a live blog's posts' to themselves."""
    own = {form for address in addresses for form in _forms(address)}
    for link in page.iter("a"):
        target = (link.get("href") or "").strip().partition("#")[0]
        if target in own or target.partition("?")[0] in own:
            link.set("href", "#")


def _forms(address: str) -> tuple[str, ...]:
    """Give an address as pages write it: in full, and without its host; none of a site's home, to which every page leads."""
    bare = address.partition("#")[0]
    with suppress(ValueError):
        parts = urlsplit(bare)
        if len(parts.path) > 1 or parts.query:
            return bare, f"{parts.path}?{parts.query}" if parts.query else parts.path
    return ()


def is_block(element: lxml.html.HtmlElement) -> bool:
    """Say whether an element stands for itself, rather than in a line of text.

    A custom element (HTML §4.13) does so, unless it stands among words.
    """
    if element.tag in _INLINE:
        style = element.get("style")
        return style is not None and _SHOWN_AS_BLOCK.search(style) is not None
    if "-" in element.tag or ":" in element.tag:
        return not _stands_among_words(element)
    return True


def _stands_among_words(element: lxml.html.HtmlElement) -> bool:
    parent, before = element.getparent(), element.getprevious()
    left = before.tail if before is not None else parent.text if parent is not None else None
    return bool((left or "").strip() or (element.tail or "").strip())


def blocks(root: lxml.html.HtmlElement) -> list[Block]:
    """Part the text under an element into blocks. Rows of a table that was left a table are one each."""
    return list(_Walk(root).blocks())


class _Walk:
    """One way through a tree, from its first tag to its last."""

    def __init__(self, root: lxml.html.HtmlElement) -> None:
        self._root = root
        self._open: list[lxml.html.HtmlElement] = []
        self._parts: list[str] = []
        self._links = self._targets = self._in_link = self._in_row = 0

    def blocks(self) -> Iterator[Block]:
        """Give the blocks in order."""
        for event, element in etree.iterwalk(self._root, events=("start", "end")):
            yield from self._enter(element) if event == "start" else self._leave(element)
        yield from self._flushed()

    def _enter(self, element: lxml.html.HtmlElement) -> Iterator[Block]:
        tag = element.tag
        if tag == "a" and leads_away(element):
            self._in_link += 1
            self._targets += 1
        elif tag == "br":
            if self._in_row or (self._open and self._open[-1].tag in _HEADINGS):
                self._parts.append(" ")
            else:
                yield from self._flushed()
        elif tag in _CELLS and self._in_row:
            self._parts.append(" | " if "".join(self._parts).strip() else "")
        elif is_block(element):
            if self._in_row:
                self._parts.append(" ")
            else:
                yield from self._flushed()
                self._open.append(element)
            self._in_row += tag == "tr"
        self._say(element.text)

    def _leave(self, element: lxml.html.HtmlElement) -> Iterator[Block]:
        tag = element.tag
        if tag == "a" and leads_away(element):
            self._in_link -= 1
        elif self._in_row and tag != "tr":
            self._parts.append(" " if is_block(element) else "")
        elif self._open and self._open[-1] is element:
            yield from self._flushed()
            self._open.pop()
            self._in_row -= tag == "tr"
        if element is not self._root:
            self._say(element.tail)

    def _say(self, text: str | None) -> None:
        if text:
            self._parts.append(text)
            if self._in_link:
                self._links += len(squeezed(text))

    def _flushed(self) -> Iterator[Block]:
        whole = "".join(self._parts)
        element = self._open[-1] if self._open else self._root
        links, targets = self._links, self._targets
        self._parts, self._links, self._targets = [], 0, self._in_link
        pieces = _BLANK_LINES.split(whole) if element.tag == "pre" else (whole,)
        for text in (" ".join(piece.split()) for piece in pieces):
            if text.strip("| "):
                yield Block(text=text, element=element, size=len(squeezed(text)), links=links, targets=targets)
