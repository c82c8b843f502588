"""The bytes of a feed → a Document of Entries. The only module that knows feedparser's shapes; runs in a worker process.

feedparser is given bytes only, never a string (it opens files and fetches addresses), without a doctype, in UTF-8; neither its
dates nor its sanitizer nor its resolving of links is used.
"""

from __future__ import annotations

import copyreg
import io
import re
import xml.sax
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial

import feedparser.api
import feedparser.mixin

from monitor.errors import ParseError
from monitor.model import Document, Hints
from monitor.parse import gate, jsonfeed, sax, torn
from monitor.parse.dates import EARLIEST, Calendar
from monitor.parse.hints import hints
from monitor.parse.said import MAX_KEY, MAX_TITLE, Said, entry, plain_line, subtag
from monitor.url import linkable

MAX_ENTRIES = 2_000

# What feedparser lets out on hostile input, in place of setting bozo (feedparser #599)
_FAULTS = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError),
    *(re.error, xml.sax.SAXException),
)


def _hasten() -> None:
    """Spare feedparser what is not used of it. Nothing that it gives of what is read here changes by this."""
    # its own dates cost it a tenth of its time
    feedparser.registerDateHandler(lambda _: (1970, 1, 1, 0, 0, 0, 3, 1, 0))
    # it copies a small dictionary of texts for each text, deeply
    copyreg.pickle(feedparser.FeedParserDict, lambda found: (partial(feedparser.FeedParserDict, found), ()))
    feedparser.api.PREFERRED_XML_PARSERS[:] = [sax.__name__]
    # it joins the base to itself anew for every element: a fifth of its time where a feed has one
    safe = getattr(feedparser.mixin, _SAFE_BASE, None)
    if safe is not None:
        setattr(feedparser.mixin, _SAFE_BASE, lru_cache(maxsize=64)(safe))


_SAFE_BASE = "make_safe_absolute_uri"
_hasten()


def parse(body: bytes, *, url: str, content_type: str, now: datetime, is_whole: bool = True) -> Document:
    """Read a feed in RSS, Atom, RDF or JSON Feed; ``url``: the address that it came from at last; ``now``: aware.

    At most 2,000 entries, the newest where they are dated. Raises ParseError only: empty, html, doctype, not_a_feed, garbage.
    ``is_whole`` False: nothing vouches that the body came whole, so that its last entry counts only where it was closed.
    """
    text = gate.decoded(gate.unpacked(body), content_type=content_type).strip("\ufeff\x00 \t\r\n")
    if not text:
        raise ParseError("empty", "the body is empty")
    if text.startswith("{"):
        about, saids = jsonfeed.read(text)
        return _document(saids, _Around(kind="json", about=about, hints=Hints()), url=url, now=now)
    text = gate.rooted(text)
    root = gate.root_name(text)
    if root == "html" or (root not in gate.FEED_ROOTS and "html" in content_type):
        raise ParseError("html", "a web page, not a feed")
    if not root:
        raise ParseError("not_a_feed", "neither XML nor JSON Feed")
    whole = None if is_whole or gate.is_packed(body) else torn.came_whole(text)
    read = _read(text if whole is None else whole)
    saids = tuple(_said(found) for found in read.entries)
    if not saids and root not in gate.FEED_ROOTS:
        raise ParseError("not_a_feed", f"XML, but no feed: its root is <{plain_line(root, 40)}>")
    around = _Around(
        kind=_kind(read.version or "", root),
        about=_about(read.feed),
        hints=_hints(text, read.feed),
        is_sound=not read.bozo,
        is_torn=whole is not None,
    )
    return _document(saids, around, url=url, now=now)


def _read(text: str) -> feedparser.FeedParserDict:
    body = b"<?xml version='1.0' encoding='utf-8'?>\n" + gate.mended(text)
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        return feedparser.parse(io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except _FAULTS as error:
        raise ParseError("garbage", f"it can't be read ({type(error).__name__})") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """What stands round the entries. ``about``: the feed's own title, home_page_url and language, as far as it has them."""

    kind: str
    about: dict[str, str]
    hints: Hints
    is_sound: bool = False
    is_torn: bool = False


def _document(saids: tuple[Said, ...], around: _Around, *, url: str, now: datetime) -> Document:
    about = around.about
    language = subtag(about.get("language"))
    calendar = Calendar(now=now, language=language)
    entries = tuple(entry(said, url=url, language=language, calendar=calendar) for said in _newest(saids, calendar))
    return Document(
        kind=around.kind,
        title=plain_line(about.get("title"), MAX_TITLE),
        link=linkable(about.get("home_page_url"), url),
        language=language,
        entries=entries,
        hints=around.hints,
        # a date that was left unread for the sake of those before it would have been read without them
        is_sound=around.is_sound and not around.is_torn and len(saids) == len(entries) and not calendar.is_spent,
        is_torn=around.is_torn,
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


def _hints(text: str, feed: feedparser.FeedParserDict) -> Hints:
    ttl, period, frequency = (_text(feed, name) for name in ("ttl", "sy_updateperiod", "sy_updatefrequency"))
    return hints(text, ttl=ttl, period=period, frequency=frequency)


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
    # what counts the readers puts its own address in the place of the page's
    originals = (_text(found, "feedburner_origlink"), _text(found, "pheedo_origlink"))
    return tuple(each for each in (*originals, link) if each and len(each) <= 2 * MAX_KEY)


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
