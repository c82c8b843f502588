"""An address as a person types it → the feed behind it. Reaches the web only through the Fetch that it is handed."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import urljoin

from monitor.errors import FetchError, ParseError
from monitor.model import Document, Fetch, Fetched, Request
from monitor.url import linkable

USUAL_PATHS = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feeds/posts/default")
_ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/html;q=0.8, */*;q=0.5"
_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"})
_READ = 500_000
_MAX_LINKED = 6
# html.parser is quadratic on comments that never end: it is given these tags alone
_TAG = re.compile(r"<(?:link|base)\b[^<>]{0,4000}>", re.IGNORECASE)
_HAS_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:(?!\d)")
# A page that is no feed may name one; one that hurts is left alone
_GO_ON = frozenset({"html", "not_a_feed", "empty", "garbage"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovered:
    """A feed that was found and read. ``url``: where it came from at last, after redirects."""

    url: str
    document: Document


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
    page = await search.get(_whole(url))
    try:
        return Discovered(url=page.url, document=await parse(page))
    except ParseError as error:
        if error.kind not in _GO_ON:
            raise
    linked = _linked(page)
    for candidate in (*linked, *_usual(page.url, linked)):
        found = await _tried(search, candidate)
        if found is not None:
            return found
    named = f"the {len(linked)} that it names can't be read" if linked else "it names none"
    raise ParseError("not_a_feed", f"no feed at {page.url}: it is none itself, {named}, and none is at {', '.join(USUAL_PATHS)}")


def _whole(typed: str) -> str:
    wanted = typed.strip().removeprefix("feed:")
    address = linkable(wanted if _HAS_SCHEME.match(wanted) else f"https://{wanted.removeprefix('//')}", None)
    if address is None:
        raise FetchError("protocol", "that is no web address: an outlet's page or feed is wanted", retryable=False)
    return address


async def _tried(search: _Search, url: str) -> Discovered | None:
    """Give the feed at an address; None where there is none, for whatever reason."""
    try:
        fetched = await search.get(url)
        return Discovered(url=fetched.url, document=await search.parse(fetched))
    except (FetchError, ParseError):
        return None


def _linked(page: Fetched) -> tuple[str, ...]:
    """Give the feeds that a page names in its head, those of comments last."""
    head = _Head(page.url)
    for tag in _TAG.findall(page.body[:_READ].decode("utf-8", "replace")):
        head.feed(tag)
    return tuple(dict.fromkeys(sorted(head.feeds, key=head.feeds.__getitem__)))[:_MAX_LINKED]


def _usual(url: str, tried: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(address for path in USUAL_PATHS if (address := urljoin(url, path)) not in tried)


class _Head(HTMLParser):
    """Collects ``<link rel=alternate>`` of a feed's type: the address, and whether it is one of comments."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._base = url
        self.feeds: dict[str, bool] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "base":
            self._base = linkable(said.get("href"), self._base) or self._base
        is_feed = said.get("type", "").partition(";")[0].strip().lower() in _FEED_TYPES
        link = linkable(said.get("href"), self._base)
        if link and is_feed and "alternate" in said.get("rel", "").lower().split():
            self.feeds.setdefault(link, "comment" in f"{said.get('title', '')} {link}".lower())
