"""The bytes of a feed → a Document of Entries. The only module that knows feedparser's shapes; runs in a worker process.

feedparser is given bytes only, never a string (it opens files and fetches addresses), without a doctype, in UTF-8; neither its
dates nor its sanitizer nor its resolving of links is used.
"""

from __future__ import annotations

import io
import re
import xml.sax
from datetime import datetime

import feedparser

from monitor.errors import ParseError
from monitor.model import Document
from monitor.parse import gate, jsonfeed
from monitor.parse.dates import EARLIEST, Calendar
from monitor.parse.said import MAX_KEY, MAX_TITLE, Said, entry, plain_line, subtag
from monitor.url import linkable

MAX_ENTRIES = 2_000

# What feedparser lets out on hostile input, in place of setting bozo (feedparser #599)
_FAULTS = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError),
    *(re.error, xml.sax.SAXException),
)


def parse(body: bytes, *, url: str, content_type: str, now: datetime) -> Document:
    """Read a feed in RSS, Atom, RDF or JSON Feed; ``url``: the address that it came from at last; ``now``: aware.

    At most 2,000 entries, the newest where they are dated. Raises ParseError only: empty, html, doctype, not_a_feed, garbage.
    """
    text = gate.decoded(gate.unpacked(body), content_type=content_type).strip("\ufeff\x00 \t\r\n")
    if not text:
        raise ParseError("empty", "the body is empty")
    if text.startswith("{"):
        about, saids = jsonfeed.read(text)
        return _document(saids, kind="json", about=about, url=url, now=now)
    text = gate.rooted(text)
    root = gate.root_name(text)
    if root == "html" or (root not in gate.FEED_ROOTS and "html" in content_type):
        raise ParseError("html", "a web page, not a feed")
    if not root:
        raise ParseError("not_a_feed", "neither XML nor JSON Feed")
    read = _read(text)
    saids = tuple(_said(found) for found in read.entries)
    if not saids and root not in gate.FEED_ROOTS:
        raise ParseError("not_a_feed", f"XML, but no feed: its root is <{plain_line(root, 40)}>")
    return _document(saids, kind=_kind(read.version or "", root), about=_about(read.feed), url=url, now=now)


def _read(text: str) -> feedparser.FeedParserDict:
    body = b"<?xml version='1.0' encoding='utf-8'?>\n" + gate.mended(text).encode()
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        return feedparser.parse(io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except _FAULTS as error:
        raise ParseError("garbage", f"it can't be read ({type(error).__name__})") from error


def _document(saids: tuple[Said, ...], *, kind: str, about: dict[str, str], url: str, now: datetime) -> Document:
    language = subtag(about.get("language"))
    calendar = Calendar(now=now, language=language)
    return Document(
        kind=kind,
        title=plain_line(about.get("title"), MAX_TITLE),
        link=linkable(about.get("home_page_url"), url),
        language=language,
        entries=tuple(entry(said, url=url, language=language, calendar=calendar) for said in _newest(saids, calendar)),
    )


def _newest(saids: tuple[Said, ...], calendar: Calendar) -> tuple[Said, ...]:
    """Give at most 2,000, in their own order: the newest; what has no date gives way first."""
    if len(saids) <= MAX_ENTRIES:
        return saids
    moments = [next(filter(None, map(calendar.read, said.dates)), EARLIEST) for said in saids]
    newest = sorted(range(len(saids)), key=lambda place: moments[place], reverse=True)[:MAX_ENTRIES]
    return tuple(saids[place] for place in sorted(newest))


def _kind(version: str, root: str) -> str:
    if version.startswith("atom") or root == "feed":
        return "atom"
    return "rdf" if root == "rdf" else "rss"


def _about(feed: feedparser.FeedParserDict) -> dict[str, str]:
    found = {"title": _text(feed, "title"), "home_page_url": _text(feed, "link"), "language": _text(feed, "language")}
    return {name: value for name, value in found.items() if value}


def _said(found: feedparser.FeedParserDict) -> Said:
    return Said(
        guid=_text(found, "id"),
        links=_links(found),
        title=_text(found, "title"),
        texts=_texts(found),
        author=_text(found, "author"),
        dates=tuple(filter(None, (_text(found, name) for name in ("published", "updated", "created")))),
        language=_text(found, "language") or _text(found.get("title_detail"), "language"),
    )


def _links(found: feedparser.FeedParserDict) -> tuple[str, ...]:
    """Give the entry's links, best first; a link that feedparser made up of a guid is one only where the guid is an address."""
    link, guid = _text(found, "link"), _text(found, "id")
    if link and link == guid and not link.lower().startswith(("http://", "https://")):
        link = None
    return tuple(each for each in (_text(found, "feedburner_origlink"), link) if each and len(each) <= 2 * MAX_KEY)


def _texts(found: feedparser.FeedParserDict) -> tuple[str, ...]:
    contents = found.get("content")
    parts = [part for part in contents if _is_text(part)] if isinstance(contents, list) else []
    values = [_text(part, "value") for part in parts]
    # media:description and itunes:summary arrive as the summary where there is no other
    return tuple(dict.fromkeys(filter(None, [*values, _text(found, "summary")])))


def _is_text(part: object) -> bool:
    kind = (_text(part, "type") or "text/html").lower()
    return kind.startswith("text/") or kind.endswith("xml")


def _text(found: object, name: str) -> str | None:
    """Give a value where it is a text that says something; feedparser's shapes are never trusted to be what they should."""
    # dict's own get: feedparser's answers for keys that are not there
    value = dict.get(found, name) if isinstance(found, dict) else None
    return value if isinstance(value, str) and value.strip() else None
