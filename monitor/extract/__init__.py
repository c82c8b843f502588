"""The bytes of a page → an Article, or why it is none. The only door to trafilatura; runs in a worker process.

trafilatura's default mode first (fewest missed words, and a missed alert costs more than a spare one); JSON-LD's articleBody only
where that gives under 250 characters. No network, no search for dates, no guesses.
"""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Literal

import lxml.html
from trafilatura import bare_extraction

from monitor.errors import ExtractError
from monitor.extract.doubt import doubt
from monitor.extract.page import Facts, decoded, facts, tree, without_scripts
from monitor.model import Article
from monitor.text import scrub

MAX_TEXT = 200_000
_ENOUGH = 250
# In old pages the table is the page: its cells hold paragraphs, and beside them the navigation
_LONG_CELL = 200
_MOSTLY_LINKS = 0.5
_PRUNED = (
    "//nav | //footer[not(ancestor::article)] | //aside | //dialog | //*[@id='comments' or @id='disqus_thread' or @hidden"
    " or @role='navigation' or @role='complementary' or @role='contentinfo' or @role='search']"
)
_ROW = re.compile(r"^\|\s*|\s*\|\s*$", re.MULTILINE)


def extract(body: bytes, *, url: str, content_type: str, title: str, language: str | None) -> Article:
    """Read the article of a page; ``title`` is the feed's own and only tells whether this is the article it speaks of.

    ``language``: what is known of it already (a primary subtag); where nothing is, the page's own word. ``published`` and
    ``title`` of the Article come from structured sources only. Raises ExtractError only: not_html, too_big, hostile, empty.
    """
    markup, scripts = without_scripts(decoded(body, content_type=content_type))
    page = tree(markup)
    said = facts(page, scripts)
    text, source = _text(page, said)
    if not text:
        why = "it is a page that only scripts can fill" if said.is_script_app else "there is no text in it that is an article"
        raise ExtractError("empty", why)
    return Article(
        url=url,
        title=said.title,
        text=text,
        source=source,
        doubt=doubt(text, facts=said, url=url, title=title, source=" ".join((markup, *scripts))),
        language=language or said.language,
        published=said.published,
    )


def _text(page: lxml.html.HtmlElement, said: Facts) -> tuple[str, Literal["page", "json-ld"]]:
    read = _read(_straightened(page))
    if len(read) < _ENOUGH and said.body and len(said.body) > len(read):
        return _tidy(said.body), "json-ld"
    return read, "page"


def _read(page: lxml.html.HtmlElement) -> str:
    found = bare_extraction(page, include_comments=False, include_tables=True, with_metadata=False)
    text = getattr(found, "text", None)
    return _tidy(text) if isinstance(text, str) else ""


def _tidy(text: str) -> str:
    lines = (" ".join(line.split()) for line in _ROW.sub("", scrub(text, MAX_TEXT)).split("\n"))
    return "\n".join(line for line in lines if line and line != "|")


def _straightened(page: lxml.html.HtmlElement) -> lxml.html.HtmlElement:
    """Give a copy without the parts that are never the article, and with the tables that only lay out a page undone."""
    copy = deepcopy(page)
    for element in copy.xpath(_PRUNED):
        if element.getparent() is not None and element.find(".//h1") is None:
            element.drop_tree()
    for table in list(copy.iter("table")):
        if _is_layout(table):
            _undo(table)
    return copy


def _is_layout(table: lxml.html.HtmlElement) -> bool:
    if table.get("role") == "presentation" or table.find(".//table") is not None:
        return True
    cells = table.iter("td")
    return any(cell.find(".//p") is not None or (_length(cell) > _LONG_CELL and cell.find(".//br") is not None) for cell in cells)


def _undo(table: lxml.html.HtmlElement) -> None:
    """Turn the cells of a table into plain divisions; those that mostly hold links are navigation and go."""
    for cell in list(table.iter("td", "th")):
        links = sum(_length(link) for link in cell.iter("a"))
        if links and links > _MOSTLY_LINKS * _length(cell) and cell.getparent() is not None:
            cell.drop_tree()
    for part in table.iter("table", "tbody", "thead", "tfoot", "tr", "td", "th"):
        part.tag = "div"


def _length(element: lxml.html.HtmlElement) -> int:
    return len("".join(element.itertext()).strip())
