"""The bytes of feeds: grammars of RSS, Atom, RDF and JSON Feed gone wrong, and what cutting and parsing make of any of them."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from fuzzing import NOW, URL, Door, are_texts, is_line
from hypothesis import strategies as st
from test_cut import check, farm_atom, farm_rss

from monitor import worker
from monitor.cut import MAX_PIECES, cut
from monitor.demo.feeds import CONTENT_TYPES, feed
from monitor.demo.outlets import demo_outlets
from monitor.errors import ExtractError, ParseError
from monitor.identify import identify
from monitor.model import Document
from monitor.parse import parse
from monitor.workers.answers import PARSE_KINDS, document, record

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


def law(example: tuple[bytes, str]) -> None:
    """Say that a feed is a Document within all caps, or a ParseError, and the same again; and that items can be made of it."""
    body, said = example
    content_type = "".join(filter(str.isprintable, said))[:200]
    sheet = cut(body, content_type=content_type)
    assert sheet is None or 0 < len(sheet.pieces) == len(sheet.digests) <= MAX_PIECES
    first, again = (_parsed(body, content_type) for _ in range(2))
    assert first == again
    if isinstance(first, Document):
        _is_well(first)


def _parsed(body: bytes, content_type: str) -> Document | tuple[str, str]:
    try:
        return parse(body, url=URL, content_type=content_type, now=NOW, is_whole=bool(len(body) % 2))
    except ParseError as error:
        return refusal(error, PARSE_KINDS)


def refusal(error: ParseError | ExtractError, kinds: frozenset[str]) -> tuple[str, str]:
    """Give a refusal as a value; it has one of the kinds that a worker may name, and is told in one line."""
    assert error.kind in kinds
    assert is_line(error.detail)
    return error.kind, error.detail


def framed(name: str, told: object) -> dict[str, Any]:
    """Say a record as a worker does, and hear it as its master does."""
    said = json.dumps({name: told}, default=worker._plain, ensure_ascii=False)  # noqa: SLF001  the very frames
    heard: dict[str, Any] = json.loads(said.encode())
    return heard


def _is_well(found: Document) -> None:
    spoken = worker._spoken(found)  # noqa: SLF001
    answer = framed("document", worker._told(spoken))  # noqa: SLF001
    assert record(answer, "document", read=document, kinds=PARSE_KINDS, error=ParseError) == spoken
    assert are_texts(found.title)
    for one in found.entries:
        assert are_texts(one.guid, one.link, one.title, one.summary, one.text, one.author, one.published_raw)
        assert one.title is None or is_line(one.title)
        assert one.published is None or EARLIEST <= one.published <= NOW + timedelta(days=1)
    items = identify(found)
    assert len(items) <= len(found.entries)
    assert all(item.keys and is_line(item.title) for item in items)


# ------------------------------------------------------------------------------------------------------------- grammar

SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
)
# fmt: off
VALUES = [
    "", "Floods", "&lt;p&gt;a&lt;/p&gt;", "<![CDATA[<b>x</b>]]>", "<![CDATA[", "]]>", "&amp;amp;", "&nbsp;", "&#xD800;",
    "&#x110000;", "&#0;", "&x;", "&", "\x00", "\x1b[2J", "\u202e", "\ufffe", "إدلب", "伊", "<p>open", "</p>", "<!-- ", "-->",
    "<?pi ?>", "<div xmlns='http://www.w3.org/1999/xhtml'>d</div>", "https://a.example/1", "/1", "javascript:alert(1)",
    "http://[", "true", "http://a b/", "//h.example", "x" * 2100, "9" * 400, "-1", "1e309", " \n ",
    "Mon, 31 Feb 2026 25:61:61 +9999", "0000-00-00", "2026-11-22T05:00:00Z", "9999-12-31T23:59:59-23:59", "-0001-01-01",
    "٢٢ نوفمبر ٢٠٢٦", "1795000000000", "PHA+YjwvcD4=",
]
NAMES = [
    "title", "link", "guid", "description", "pubDate", "author", "category", "content:encoded", "dc:date", "dc:creator",
    "language", "ttl", "id", "updated", "published", "summary", "content", "entry", "item", "rss", "channel", "feed", "image",
    "media:group", "media:content", "source", "enclosure", "rdf:RDF", "atom:link", "skipHours", "hour", "skipDays", "day",
    "itunes:summary", "html", "x:y", "TITLE", "a" * 300, "div", "script", "name", "contributor", "textarea", "cloud",
    "georss:point", "psc:chapter",
]
ATTRIBUTES = [
    "", "", "", "", ' type="html"', ' type="xhtml"', ' type="text/html" mode="base64"', ' href="a/1"', ' xml:base="http://["',
    ' rel="alternate" href="//x.example/2"', ' xml:base="b/"', ' xml:lang="ar"', " isPermaLink='false'", " a=1", ' a="',
    ' xmlns="urn:x"', ' xmlns:q="urn:q" q:a="1"', ' a="1" a="2"', ' url="u" type="audio/mpeg"', ' rdf:about="http://["',
]
ROOTS = [
    ("<rss version='2.0' {}><channel>", "item", "</channel></rss>"),
    ("<feed xmlns='http://www.w3.org/2005/Atom' {}>", "entry", "</feed>"),
    ("<rdf:RDF xmlns='http://purl.org/rss/1.0/' {}><channel/>", "item", "</rdf:RDF>"), ("<channel>", "item", ""),
    ("", "item", ""), ("<html>", "p", "</html>"),
]
PROLOGS = [
    "", "<?xml version='1.0'?>", "<?xml version='1.0' encoding='windows-1251'?>", "<?xml version='1.0' encoding='utf-16'?>",
    "\ufeff", "<?xml encoding='x'?>", "junk ", "<!DOCTYPE rss>", '<!DOCTYPE r [<!ENTITY a "b">]>', "<!-- c -->",
    "<?xml-stylesheet href='x'?>", "<!DOCTYPE html>",
]
CHARSETS = [
    "utf-8", "utf-8", "utf-8", "utf-16", "utf-16-le", "cp1251", "koi8-r", "shift-jis", "utf-7", "utf-32",
]
TYPES = [
    "application/rss+xml", "text/xml; charset=utf-8", "text/html", "application/json", "", "text/xml; charset=utf-16",
    "text/xml;charset=windows-1251", "text/plain; charset=utf-7", "x; charset=undefined", "text/xml; charset=idna",
    'text/xml; charset="', "application/feed+json; charset=hex",
]
JSON_NAMES = [
    "id", "url", "title", "content_html", "content_text", "summary", "date_published", "author", "authors", "language", "name",
    "external_url",
]
# fmt: on


def element(names: list[str], attributes: list[str], inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Make an element, which is closed nine times of eleven."""
    return st.builds(
        lambda name, more, parts, end: f"<{name}{more}>{''.join(parts)}{end.format(name)}",
        st.sampled_from(names),
        st.sampled_from(attributes),
        st.lists(inside, max_size=4),
        st.sampled_from(["</{}>"] * 9 + ["", "</x>"]),
    )


MARKUP = st.recursive(st.sampled_from(VALUES), lambda inside: element(NAMES, ATTRIBUTES, inside), max_leaves=12)


def _feed(prolog: str, root: tuple[str, str, str], parts: list[list[str]], end: str) -> str:
    opening, name, closing = root
    items = "\n".join(f"<{name}>{''.join(part)}</{name}>" for part in parts)
    return f"{prolog}{opening.replace('{}', SPACES)}{items}{closing}{end}"


XML = st.builds(
    lambda text, charset: text.encode(charset, "replace"),
    st.builds(
        _feed,
        st.sampled_from(PROLOGS),
        st.sampled_from(ROOTS[:3]) | st.sampled_from(ROOTS),
        st.lists(st.lists(MARKUP, min_size=1, max_size=5), max_size=4),
        st.sampled_from(["", "", "", "<!-- end -->", "junk", "<", "&", "<rss>"]),
    ),
    st.sampled_from(CHARSETS),
)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.sampled_from([0, -1, 10**400, 1e308, float("nan"), float("inf"), *VALUES]),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.sampled_from(JSON_NAMES), inside, max_size=4),
    max_leaves=8,
)
JSON = st.builds(
    lambda top, items, end: (json.dumps({"version": "https://jsonfeed.org/version/1.1", **top, "items": items}) + end).encode(),
    st.dictionaries(st.sampled_from([*JSON_NAMES, "home_page_url", "items", "hubs", "version"]), JSON_VALUES, max_size=4),
    JSON_VALUES | st.lists(st.dictionaries(st.sampled_from(JSON_NAMES), JSON_VALUES, max_size=6), max_size=4),
    st.sampled_from(["", "", "", "}", "\x00", " junk"]),
)
BITTEN = st.builds(
    lambda body, start, length, odd: body[:start] + odd + body[start + length :],
    XML | JSON,
    st.integers(0, 1500),
    st.integers(0, 40),
    st.sampled_from([b"", b"<", b"&", b"\xff", b"\x00", b"<!DOCTYPE x [", b"<![CDATA[", b"]]>", b"</item>", b"</channel></rss>"]),
)
DEMO = tuple(
    (feed(one, home="http://127.0.0.1:8700", start=NOW, is_edited=False)[:6_000], CONTENT_TYPES[one.format])
    for one in demo_outlets()
)
FEEDS = st.tuples(XML | XML | JSON | BITTEN | BITTEN | XML.map(gzip.compress), st.sampled_from(TYPES))
WORDS = (
    *(*VALUES, *ATTRIBUTES, *PROLOGS, *TYPES, *JSON_NAMES, '"', "{", "["),
    *(mark.format(name) for name in NAMES for mark in ("<{}>", "</{}>", "<{}/>")),
)
WHOLE = tuple((made(2), "text/xml") for made in (farm_rss, farm_atom))
PARSE = Door(name="parse", grammar=FEEDS, law=law, seeds=(*DEMO, *WHOLE), words=WORDS)
CUT = Door(name="cut", grammar=FEEDS, law=lambda example: check(*example), seeds=WHOLE, words=WORDS)
"""What a feed says in parts, which test_cut.py tries on feeds of its own: here on whatever leads to new code."""
