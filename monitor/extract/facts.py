"""A page's tree and its scripts → what the page says of itself in structured form: JSON-LD, meta, microdata. Guesses nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import lxml.html

from monitor.text import one_line, to_text
from monitor.url import canonical, linkable

_MAX_TITLE = 500
_MAX_JSON_DEPTH = 6
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

_ARTICLE_TYPE = re.compile(r"(?:\w*Article|BlogPosting|Report|LiveBlogPosting)")
_LANGUAGE = re.compile(r"\s*([a-zA-Z]{2,3})(?:[-_].*)?\s*", re.DOTALL)
_DATES = ("article:published_time", "parsely-pub-date", "dc.date.issued", "dcterms.issued")
# Facebook's word for a page behind a wall, wholly or after so many
_GATED = frozenset({"locked", "metered"})
_RFC_5322 = re.compile(r"(?:[A-Z][a-z]{2}, ?)?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}(?::\d{2})?(?: \S+)?")
_PARTED = re.compile(r"\s+[|\-–—·•:»]+\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a page says of itself. ``heads``: its <title>, og:title and every <h1>. ``body``: JSON-LD's articleBody, if any.

    ``published``: by JSON-LD, meta or microdata. ``canonical``: absolute; None where it names none, or several.
    """

    title: str | None
    heads: tuple[str, ...]
    published: datetime | None
    language: str | None
    body: str | None
    canonical: str | None
    is_free: bool
    is_script_app: bool


def facts(page: lxml.html.HtmlElement, scripts: tuple[str, ...], *, url: str, title: str) -> Facts:
    """Read what a page says of itself. ``url``: where it came from at last; ``title``: what the feed calls its article."""
    address = _canonical(page, url)
    metas = _metas(page)
    sites = _sites(scripts, metas)
    said = _own(tuple(_articles(scripts)), pages={canonical(each) for each in (url, address) if each}, title=title)
    og_title = metas.get("og:title")
    heads = [_plain(text) for text in (page.findtext(".//title"), og_title, *(_whole(head) for head in page.iter("h1")))]
    moments = (moment(value) for value in (said.get("datePublished"), *(metas.get(name) for name in _DATES), _marked(page)))
    spoken = _LANGUAGE.fullmatch(page.get("lang") or page.get("{http://www.w3.org/XML/1998/namespace}lang") or "")
    body = said.get("articleBody")
    free = said.get("isAccessibleForFree")
    is_gated = str(free).lower().rpartition("/")[2] == "false" or metas.get("article:content_tier", "").lower() in _GATED
    return Facts(
        title=_headline(said.get("headline"), sites) or _headline(og_title, sites) or _headline(_marked_headline(page), sites),
        heads=tuple(filter(None, heads)),
        published=next(filter(None, moments), None),
        language=spoken[1].lower() if spoken else None,
        body=to_text(body) if isinstance(body, str) else None,
        canonical=address,
        is_free=not is_gated,
        is_script_app=_is_script_app(page),
    )


def moment(value: object) -> datetime | None:
    """Read a date as ISO 8601 or RFC 5322 has it, without zone as UTC; none before 1990.

    A date in the future is for who knows the time to refuse.
    """
    if not isinstance(value, str):
        return None
    written = value.strip()
    try:
        found = parsedate_to_datetime(written) if _RFC_5322.fullmatch(written) else datetime.fromisoformat(written)
        found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return found if found >= _EARLIEST else None


def _plain(value: object) -> str | None:
    return one_line(to_text(value[: 10 * _MAX_TITLE]), _MAX_TITLE) or None if isinstance(value, str) else None


def _headline(value: object, sites: frozenset[str]) -> str | None:
    """Give a headline without the site's name behind it; None where it is nothing but that name."""
    said = _plain(value)
    if said is None or said.casefold() in sites:
        return None
    *_, last = _PARTED.finditer(said) if _PARTED.search(said) else (None,)
    return said[: last.start()] if last and said[last.end() :].casefold() in sites else said


def _whole(element: lxml.html.HtmlElement) -> str:
    return "".join(element.itertext())


def _metas(page: lxml.html.HtmlElement) -> dict[str, str]:
    """Give the content of every <meta> by its name or property; the first of each counts."""
    found: dict[str, str] = {}
    for element in page.iter("meta"):
        content = (element.get("content") or "").strip()
        for name in (element.get("property"), element.get("name")):
            if name and content:
                found.setdefault(name.strip().lower(), content)
    return found


def _canonical(page: lxml.html.HtmlElement, url: str) -> str | None:
    """Give the address that the page calls its own; None where it names none that may be linked, or two that differ."""
    links = [link for link in page.iter("link") if "canonical" in (link.get("rel") or "").lower().split()]
    # one in the body may be anybody's: a comment's
    in_head = [link for link in links if next(link.iterancestors("head"), None) is not None]
    named = {linkable(link.get("href"), url) for link in in_head or links}
    if not named:
        named = {linkable(_metas(page).get("og:url"), url)}
    return named.pop() if len(named) == 1 else None


def _json(scripts: tuple[str, ...]) -> Iterator[dict[str, object]]:
    """Give every object of a page's JSON-LD where its own article can stand: the top, a list, @graph, mainEntity."""
    for script in scripts:
        attributes, _, content = script.partition(">")
        if "ld+json" not in attributes.lower():
            continue
        try:
            found = json.loads(content.strip().removeprefix("<!--").removesuffix("-->"), strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _objects(found, _MAX_JSON_DEPTH)


def _articles(scripts: tuple[str, ...]) -> Iterator[dict[str, object]]:
    """Find the articles in a page's JSON-LD (schema.org/Article)."""
    for each in _json(scripts):
        kinds = each.get("@type")
        named = kinds if isinstance(kinds, list) else [kinds]
        if any(isinstance(kind, str) and _ARTICLE_TYPE.fullmatch(kind.rpartition("/")[2]) for kind in named):
            yield each


def _own(articles: tuple[dict[str, object], ...], *, pages: set[str], title: str) -> dict[str, object]:
    """Choose the page's own article among those that it describes: by address, by headline; none where neither tells."""
    if len(articles) <= 1:
        return articles[0] if articles else {}
    by_address = (each for each in articles if any(canonical(address) in pages for address in _addresses(each)))
    by_title = (each for each in articles if (_plain(each.get("headline")) or "").casefold() == title.casefold())
    kinds = {json.dumps([each.get("headline"), each.get("datePublished")], default=str) for each in articles}
    same = iter(articles[:1] if len(kinds) == 1 else ())
    return next(by_address, None) or next(by_title, None) or next(same, {})


def _addresses(article: dict[str, object]) -> Iterator[str]:
    for name in ("url", "mainEntityOfPage", "@id"):
        value = article.get(name)
        for each in (value, value.get("@id"), value.get("url")) if isinstance(value, dict) else (value,):
            if isinstance(each, str):
                yield each.partition("#")[0]


def _objects(found: object, depth: int) -> Iterator[dict[str, object]]:
    if depth and isinstance(found, list):
        for each in found:
            yield from _objects(each, depth - 1)
    elif depth and isinstance(found, dict):
        yield found
        for name in ("@graph", "mainEntity"):
            yield from _objects(found.get(name), depth - 1)


def _sites(scripts: tuple[str, ...], metas: dict[str, str]) -> frozenset[str]:
    """Give what the page calls its site, in lower case: og:site_name, a JSON-LD publisher or WebSite."""
    named: list[object] = [metas.get("og:site_name")]
    for each in _json(scripts):
        publisher = each.get("publisher")
        named.append(publisher.get("name") if isinstance(publisher, dict) else None)
        if each.get("@type") == "WebSite":
            named.append(each.get("name"))
    return frozenset(name.casefold() for name in map(_plain, named) if name)


def _marked(page: lxml.html.HtmlElement) -> str | None:
    """Give the one date that the page's microdata (or hAtom's title of an abbr) marks as the publication's."""
    marked = [element for element in page.iter() if _is_marked(element)]
    values = (element.get("content") or element.get("datetime") or element.get("title") for element in marked)
    found = dict.fromkeys(value.strip() for value in values if value)
    return next(iter(found)) if len(found) == 1 else None


def _marked_headline(page: lxml.html.HtmlElement) -> str | None:
    """Give the one headline that the page's microdata marks."""
    marked = [element for element in page.iter() if "headline" in (element.get("itemprop") or "").split()]
    found = dict.fromkeys((element.get("content") or " ".join(_whole(element).split())) for element in marked)
    return next(iter(found)) if len(found) == 1 else None


def _is_marked(element: lxml.html.HtmlElement) -> bool:
    if "datePublished" in (element.get("itemprop") or "").split():
        return True
    return element.tag == "time" and "pubdate" in element.attrib


def _is_script_app(page: lxml.html.HtmlElement) -> bool:
    """Tell whether the page is an empty root that scripts are to fill."""
    for element in page.iter("div", "main"):
        named = (element.get("id") or "").lower() in {"root", "app", "__next", "__nuxt", "app-root", "react-root", "main-app"}
        if named and not _whole(element).strip():
            return True
    return False


def is_home(address: str | None) -> bool:
    """Say whether an address is a site's own, not one of its pages'."""
    return address is not None and urlsplit(address).path in {"", "/"} and not urlsplit(address).query
