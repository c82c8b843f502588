"""An address as a person types it → the feed behind it. Reaches the web only through the Fetch that it is handed."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import Literal
from urllib.parse import urljoin, urlsplit

from monitor import charset
from monitor.errors import FetchError, ParseError
from monitor.model import Document, Fetch, Fetched, Request
from monitor.text import one_line
from monitor.url import is_front_page, linkable

USUAL_PATHS = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feeds/posts/default")
_ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/html;q=0.8, */*;q=0.5"
_FEED_TYPES = frozenset(
    f"{top}/{kind}" for top in ("application", "text") for kind in ("rss+xml", "atom+xml", "feed+json", "rdf+xml", "rss", "xml")
)
_RELATIONS = frozenset({"alternate", "feed"})
# where a page is not the site's front, its feed may be below it
_PATHS_BELOW = ("feed", "rss.xml", "atom.xml", "index.xml")
_READ = 500_000
_MAX_NAMED = 6
_LONGEST_TITLE = 120
# html.parser is quadratic on comments that never end: it is given these tags alone
_TAG = re.compile(r"<(?:link|base)\b[^<>]{0,4000}>", re.IGNORECASE)
_HAS_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:(?!\d)")
# A page that is no feed may name one; one that hurts is left alone
_GO_ON = frozenset({"html", "not_a_feed", "empty", "garbage"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A feed that a page names. ``title``: as the page calls it, empty where it does not; somebody else's text."""

    url: str
    title: str
    is_comments: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovered:
    """A feed that was found and read. ``url``: where it came from at last, after redirects.

    ``found``: it is what was typed, or the page named it, or it stood at a usual path. ``others``: what the page names beside it.
    """

    url: str
    document: Document
    found: Literal["typed", "named", "usual"] = "typed"
    others: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    fetch: Fetch
    parse: Callable[[Fetched], Awaitable[Document]]
    deadline: timedelta
    max_size: int
    private: bool

    async def get(self, url: str) -> Fetched:
        """Get one address; raises FetchError."""
        wanted = Request(url=url, deadline=self.deadline, max_size=self.max_size, accept=_ACCEPT, private=self.private)
        fetched = await self.fetch(wanted)
        if not isinstance(fetched, Fetched):
            raise FetchError("protocol", f"{url} says that nothing has changed, but was never asked before")
        return fetched


async def discover(  # noqa: PLR0913 - a station can't read settings: whoever calls says what every request needs
    url: str,
    *,
    fetch: Fetch,
    parse: Callable[[Fetched], Awaitable[Document]],
    deadline: timedelta,
    max_size: int,
    private: bool,
) -> Discovered:
    """Find the feed: at the address itself, else where its page says, else at the usual paths of its host.

    A bare host gets https:// in front. ``deadline`` (each request's) and ``max_size`` (bytes) go into every request. Raises
    FetchError where the address itself can't be had, ParseError where no feed is found; both say what was tried.
    """
    search = _Search(fetch=fetch, parse=parse, deadline=deadline, max_size=max_size, private=private)
    page = await search.get(_checked(url))
    try:
        return Discovered(url=page.url, document=await parse(page))
    except ParseError as error:
        if error.kind not in _GO_ON:
            raise
    named = _named(page)
    usual = _usual(page.url, {one.url for one in named})
    says = "it names none"
    for place, candidate in enumerate((*(one.url for one in named), *usual)):
        found = await _tried(search, candidate)
        if isinstance(found, Discovered) and place < len(named):
            return replace(found, found="named", others=named[:place] + named[place + 1 :])
        if isinstance(found, Discovered):
            return replace(found, found="usual")
        if place == 0 and named:
            rest = f" (nor can {len(named) - 1} more)" if len(named) > 1 else ""
            says = f"it names {candidate}, which can't be read: {found}{rest}"
    paths = ", ".join(urlsplit(candidate).path for candidate in usual)
    raise ParseError("not_a_feed", f"no feed at {page.url}: it is none itself, {says}, and none is at {paths}")


def address(typed: str) -> str:
    """Give what was typed with https:// in front where it has no scheme. It may still be no address."""
    wanted = typed.strip().removeprefix("feed:")
    return wanted if _HAS_SCHEME.match(wanted) else f"https://{wanted.removeprefix('//')}"


def _checked(typed: str) -> str:
    wanted = linkable(address(typed), None)
    if wanted is None:
        raise FetchError("protocol", "that is no web address: an outlet's page or feed is wanted", retryable=False)
    return wanted


async def _tried(search: _Search, url: str) -> Discovered | FetchError | ParseError:
    """Give the feed at an address, or why there is none."""
    try:
        fetched = await search.get(url)
        return Discovered(url=fetched.url, document=await search.parse(fetched))
    except (FetchError, ParseError) as error:
        return error


def _named(page: Fetched) -> tuple[Named, ...]:
    """Give the feeds that a page names in its head, those of comments last."""
    head = _Head(page.url)
    for tag in _TAG.findall(charset.decoded(page.body[:_READ], content_type=page.content_type, inside="")):
        head.feed(tag)
    return tuple(sorted(head.feeds.values(), key=lambda one: one.is_comments))[:_MAX_NAMED]


def _usual(url: str, tried: Collection[str]) -> tuple[str, ...]:
    below = () if is_front_page(url) else _PATHS_BELOW
    candidates = dict.fromkeys((*(urljoin(url, path) for path in below), *(urljoin(url, path) for path in USUAL_PATHS)))
    return tuple(candidate for candidate in candidates if candidate not in tried)


class _Head(HTMLParser):
    """Collects ``<link rel=alternate>`` of a feed's type, by address."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._base = url
        self.feeds: dict[str, Named] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "base":
            self._base = linkable(said.get("href"), self._base) or self._base
        is_feed = said.get("type", "").partition(";")[0].strip().lower() in _FEED_TYPES
        link = linkable(said.get("href"), self._base)
        if link and is_feed and _RELATIONS & set(said.get("rel", "").lower().split()):
            title = one_line(said.get("title", ""), _LONGEST_TITLE)
            is_comments = "comment" in f"{title} {link}".lower()
            self.feeds.setdefault(link, Named(url=link, title=title, is_comments=is_comments))
