"""The bytes of a page → an Article, or why it is none. The only door to trafilatura; runs in a worker process.

Where the outlet has a selector, what that selects; else the page without its furniture, of which trafilatura's default mode says
where the article is (it has the fewest missed words, and a missed alert costs more than a spare one); JSON-LD's articleBody only
where that gives under 250 characters. No network, no search for dates, no guesses.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import lxml.html
from trafilatura import bare_extraction

from monitor.errors import ExtractError
from monitor.extract.blocks import blocks, extent, folded, letters, stay
from monitor.extract.doubt import Found, doubt
from monitor.extract.facts import Facts, facts, moment
from monitor.extract.furniture import Pruning, straighten, without_unseen
from monitor.extract.page import decoded, tree, without_scripts
from monitor.extract.reading import Reading, article, everything
from monitor.extract.region import region
from monitor.extract.selected import selected
from monitor.extract.written import is_written_in
from monitor.model import Article
from monitor.text import scrub, to_text

MAX_TEXT = 200_000
_ENOUGH = 250
_NOTICES = 5_000


def extract(  # noqa: PLR0913  a page, and what is known of it
    body: bytes, *, url: str, content_type: str, title: str, language: str | None, selector: str | None = None
) -> Article:
    """Read the article of a page; ``title`` is the feed's own: it tells where the article is, and whether this page has it.

    ``language``: what is known of it already (a primary subtag); where nothing is, the page's own word, unless its letters say
    otherwise. ``selector``: where the outlet has its articles, CSS; what it selects is read if it selects anything. ``published``
    and ``title`` of the Article come from structured sources only. Raises ExtractError only: not_html, too_big, hostile, empty.
    """
    markup, scripts = without_scripts(decoded(body, content_type=content_type))
    page = tree(markup)
    said = facts(page, scripts, url=url, title=title)
    stay(page, tuple(filter(None, (url, said.canonical))))
    source: Literal["selector", "page", "json-ld"] = "selector"
    reading = _selected(page, selector) if selector else Reading()
    if not reading.text:
        reading, source = _read(page, title=title, said=said), "page"
    if source == "page" and extent(reading.text) < _ENOUGH and said.body and len(said.body) > len(reading.text):
        reading, source = Reading(text=said.body), "json-ld"
    text = _tidy(reading.text)
    if not text:
        why = "it is a page that only scripts can fill" if said.is_script_app else "there is no text in it that is an article"
        raise ExtractError("empty", why)
    found = Found(text=text, after=reading.after, url=url, source=" ".join((markup, *scripts)), title=title)
    return Article(
        url=url,
        title=said.title,
        text=text,
        source=source,
        doubt=doubt(found, said),
        language=language or (said.language if said.language and is_written_in(said.language, text) else None),
        published=said.published or moment(reading.dated),
        canonical=said.canonical,
        page=scrub(to_text(markup), MAX_TEXT),
    )


def _selected(page: lxml.html.HtmlElement, selector: str) -> Reading:
    """Read what a selector selects, but for what is furniture in it; empty where it selects nothing, or no text."""
    root = selected(page, selector)
    if root is None:
        return Reading()
    without_unseen(root)
    Pruning(root, (), kept=list(root)).prune()
    straighten(root)
    return everything(blocks(root))


def _read(page: lxml.html.HtmlElement, *, title: str, said: Facts) -> Reading:
    """Read the article where there is no telling where it is; takes the page apart."""
    spare = page.xpath("//body//noscript")
    without_unseen(page)
    pruning = Pruning(page, (folded(title), folded(said.title or "")))
    pruning.prune()
    straighten(page)
    found = blocks(page)
    taken = _taken(page)
    where = region(found, taken=taken, heads=pruning.heads)
    reading = article(found, where, headline=letters(title)) if where is not None else Reading()
    if not reading.text:
        # an app's page: what it says to those without scripts tells that, or is the article
        unscripted = "\n".join(block.text for each in spare for block in blocks(each))
        return Reading(text=taken or unscripted)
    return replace(reading, after=" \n".join((reading.after, *pruning.notices))[:_NOTICES])


def _taken(page: lxml.html.HtmlElement) -> str:
    found = bare_extraction(page, include_comments=False, include_tables=True, with_metadata=False)
    text = getattr(found, "text", None)
    return text if isinstance(text, str) else ""


def _tidy(text: str) -> str:
    lines = (" ".join(line.split()).strip("| ") for line in scrub(text, MAX_TEXT).split("\n"))
    return "\n".join(line for line in lines if line)
