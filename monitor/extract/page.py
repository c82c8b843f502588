"""The bytes of a page → a tree, and what the page says of itself in structured form. Touches nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import lxml.html
from lxml import etree

from monitor import charset
from monitor.errors import ExtractError
from monitor.text import one_line, to_text

MAX_SIZE = 2_000_000
MAX_TAG = 64_000
_MAX_TITLE = 500
_MAX_JSON_DEPTH = 6
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

_HTML_TYPES = ("html", "text/plain", "xml", "octet-stream")
_BINARY = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"RIFF", b"\x1f\x8b", b"ID3", b"\x00\x00\x00")
_META_CHARSET = re.compile(rb"<(?:meta|\?xml)\b[^>]{0,300}?(?:charset|encoding)\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_META_HEAD = 4_000
_NO_TEXT = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|&#(?:[xX]0*[dD][89a-fA-F][0-9a-fA-F]{2}|0*5[5-7]\d{3});?"
)
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,300}\?>", re.IGNORECASE)
_ARTICLE_TYPE = re.compile(r"(?:\w*Article|BlogPosting|Report|LiveBlogPosting)")
_LANGUAGE = re.compile(r"\s*([a-zA-Z]{2,3})(?:[-_].*)?\s*", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a page says of itself. ``heads``: its <title>, og:title and every <h1>. ``body``: JSON-LD's articleBody, if any."""

    title: str | None
    heads: tuple[str, ...]
    published: datetime | None
    language: str | None
    body: str | None
    is_free: bool
    is_script_app: bool


def decoded(body: bytes, *, content_type: str) -> str:
    """Decode a page: BOM, UTF-8 where the bytes bear it out, header, meta; raises ExtractError where it is no page."""
    if len(body) > MAX_SIZE:
        raise ExtractError("too_big", f"the page has more than {MAX_SIZE // 1_000_000} MB")
    kind = content_type.partition(";")[0].strip().lower()
    if (kind and not any(name in kind for name in _HTML_TYPES)) or body.startswith(_BINARY):
        raise ExtractError("not_html", f"not a web page, but {one_line(kind, 60) or 'something else'}")
    if not body.strip():
        raise ExtractError("empty", "the page is empty")
    meta = _META_CHARSET.search(body, 0, _META_HEAD)
    inside = meta[1].decode("ascii", "replace").lower() if meta else ""
    text = _NO_TEXT.sub(" ", charset.decoded(body, content_type=content_type, inside=inside))
    if "<" not in text:
        raise ExtractError("not_html", "not a web page: there is no tag in it")
    return text


def tree(text: str) -> lxml.html.HtmlElement:
    """Parse a page, scripts and comments taken out; raises ExtractError where it would hurt the parser, or can't be parsed."""
    bare = _XML_DECLARATION.sub("", text, count=1)
    if _longest_tag(bare) > MAX_TAG:
        raise ExtractError("hostile", f"a tag of the page has more than {MAX_TAG // 1_000} KB")
    try:
        return lxml.html.document_fromstring(bare)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise ExtractError("empty", "the page can't be parsed") from error


def without_scripts(text: str) -> tuple[str, tuple[str, ...]]:
    """Cut the scripts out of a page, in one pass; give the rest, and the scripts, each with its opening tag's attributes."""
    lower = text.lower() if len(text.lower()) == len(text) else text
    kept, scripts, position = [], [], 0
    while (start := lower.find("<script", position)) >= 0:
        end = lower.find("</script", start)
        if end < 0:
            break
        kept.append(text[position:start])
        scripts.append(text[start + len("<script") : end])
        close = lower.find(">", end)
        position = close + 1 if close >= 0 else len(text)
    kept.append(text[position:])
    return "".join(kept), tuple(scripts)


def _longest_tag(text: str) -> int:
    longest = 0
    for piece in text.split(">"):
        if len(piece) > MAX_TAG and (opening := re.search(r"<[a-zA-Z]", piece)):
            longest = max(longest, len(piece) - opening.start())
    return longest


def facts(page: lxml.html.HtmlElement, scripts: tuple[str, ...]) -> Facts:
    """Read what a page says of itself: JSON-LD, og: and article: properties, <time>; nothing is guessed from its text."""
    said = next(iter(_articles(scripts)), {})
    og_title = _meta(page, "og:title")
    heads = [_plain(text) for text in (page.findtext(".//title"), og_title, *(_whole(head) for head in page.iter("h1")))]
    moments = (_moment(value) for value in (said.get("datePublished"), _meta(page, "article:published_time"), _time(page)))
    spoken = _LANGUAGE.fullmatch(page.get("lang") or page.get("{http://www.w3.org/XML/1998/namespace}lang") or "")
    body = said.get("articleBody")
    free = said.get("isAccessibleForFree")
    return Facts(
        title=_plain(said.get("headline")) or _plain(og_title),
        heads=tuple(filter(None, heads)),
        published=next(filter(None, moments), None),
        language=spoken[1].lower() if spoken else None,
        body=to_text(body) if isinstance(body, str) else None,
        is_free=not (free is False or (isinstance(free, str) and free.lower() == "false")),
        is_script_app=_is_script_app(page),
    )


def _plain(value: object) -> str | None:
    return one_line(to_text(value[: 10 * _MAX_TITLE]), _MAX_TITLE) or None if isinstance(value, str) else None


def _whole(element: lxml.html.HtmlElement) -> str:
    return "".join(element.itertext())


def _meta(page: lxml.html.HtmlElement, name: str) -> str | None:
    for element in page.iter("meta"):
        if name in (element.get("property"), element.get("name")):
            return str(element.get("content") or "") or None
    return None


def _articles(scripts: tuple[str, ...]) -> Iterator[dict[str, object]]:
    """Find the articles in a page's JSON-LD (schema.org/Article)."""
    for script in scripts:
        attributes, _, content = script.partition(">")
        if "ld+json" not in attributes.lower():
            continue
        try:
            found = json.loads(content.strip().removeprefix("<!--").removesuffix("-->"), strict=False)
        except (ValueError, RecursionError):
            continue
        for each in _objects(found, _MAX_JSON_DEPTH):
            kinds = each.get("@type")
            named = kinds if isinstance(kinds, list) else [kinds]
            if any(isinstance(kind, str) and _ARTICLE_TYPE.fullmatch(kind) for kind in named):
                yield each


def _objects(found: object, depth: int) -> Iterator[dict[str, object]]:
    """Walk the places where the page's own article can stand: the top, a list, @graph, mainEntity; not what it links to."""
    if depth and isinstance(found, list):
        for each in found:
            yield from _objects(each, depth - 1)
    elif depth and isinstance(found, dict):
        yield found
        for name in ("@graph", "mainEntity"):
            yield from _objects(found.get(name), depth - 1)


def _time(page: lxml.html.HtmlElement) -> str | None:
    """Give the one date that the page's <time> elements mean: marked as the publication's, or the only one there is."""
    times = [element for element in page.iter("time") if element.get("datetime")]
    marked = [element for element in times if element.get("itemprop") == "datePublished" or "pubdate" in element.attrib]
    values = dict.fromkeys(str(element.get("datetime")) for element in marked or times)
    return next(iter(values)) if len(values) == 1 else None


def _moment(value: object) -> datetime | None:
    """Read an ISO 8601 date, without zone as UTC; none before 1990. A date in the future is for who knows the time to refuse."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment >= _EARLIEST else None


def _is_script_app(page: lxml.html.HtmlElement) -> bool:
    """Tell whether the page is an empty root that scripts are to fill."""
    for element in page.iter("div", "main"):
        named = (element.get("id") or "").lower() in {"root", "app", "__next", "__nuxt", "app-root", "react-root", "main-app"}
        if named and not _whole(element).strip():
            return True
    return False
