"""An item's page: fetch → extract, as its outlet wants to be asked."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from monitor.errors import ExtractError, FetchError
from monitor.identify import resolved
from monitor.model import Article, Failure, Feed, Fetched, FetchRules, Outlet, Request, StoredItem, WatchId
from monitor.pipeline.evidence import Proof
from monitor.pipeline.line import PAGE_SIZE, PAGE_TYPES, Line, Setup
from monitor.store import Writing
from monitor.url import canonical, hides_target, host, is_front_page, origin


async def ask_page(line: Line, setup: Setup, feed: Feed, item: StoredItem) -> tuple[Fetched, Article]:
    """Fetch an item's page and read its article. Raises FetchError, ExtractError."""
    answer = await fetch_page(line, setup, feed, item)
    outlet = feed.outlet
    article = await line.workers.extract(answer, title=item.title, language=outlet.language, selector=outlet.selector)
    return answer, article


async def fetch_page(line: Line, setup: Setup, feed: Feed, item: StoredItem) -> Fetched:
    """Fetch an item's page. Raises FetchError."""
    request = page_request(setup.config.fetch, feed.outlet, feed.url, link=item.link or "")
    answer = await line.fetch(request)
    if line.network.is_down:
        # no page says that the network is back: it may be the login page that stands before all of them
        raise FetchError("local", "this machine's network gives no outlet's own pages")
    if not isinstance(answer, Fetched):
        raise FetchError("protocol", "answered “not modified” to a first request")
    return answer


def page_request(rules: FetchRules, outlet: Outlet, feed: str, *, link: str) -> Request:
    """Give how an outlet's page is asked for. ``feed``: the address of the feed that links to it."""
    is_own = host(link) == host(feed)
    return Request(
        url=link,
        deadline=rules.timeout,
        max_size=PAGE_SIZE,
        accept=PAGE_TYPES,
        # a subscriber's headers, and the leave to ask one's own network, are the outlet's own, whatever its feed links to
        headers=outlet.headers if origin(link) == origin(feed) else (),
        private=rules.private or (outlet.private and is_own),
        pause=rules.pause if outlet.pause is None else outlet.pause,
        robots=rules.robots,
        # pages that hang must not keep feeds waiting
        yields=True,
        proxy=outlet.proxy or (None if outlet.private and is_own else rules.proxy),
        ca_file=outlet.ca_file if is_own else None,
    )


async def proof_of(line: Line, item: StoredItem, page: Fetched) -> Proof:
    """Keep an item's page, and the feed in which the item stood, as they came."""
    return ("page", await line.evidence.keep(page)), ("feed", await line.evidence.feed_of(item.feed.id, item.seen_at))


def is_twin(tx: Writing, item: StoredItem, called: str, *, found: frozenset[WatchId]) -> bool:
    """Tell whether the page that a redirector hid shows an item to be one that its feed gave before; it is then no more.

    A feed may have each poll's links made anew, and its guids with them. One in which watches are ``found`` that were not found
    in the other says something new, and stays.
    """
    if item.link is None or not hides_target(item.link):
        return False
    twin = tx.name_item(item.feed.id, resolved(called, item.title), item.id)
    return twin != item.id and found <= tx.matched_watches(twin) and tx.merge(item.id, twin)


def address(article: Article, strip: AbstractSet[str]) -> str | None:
    """Give an article's canonical URL, for comparing: what its page calls itself where the host is the same, else where it stood.

    None where the page may be another one. A site's front page as the name of all its pages (a common slip) is none.
    ``strip``: as ``canonical`` takes it.
    """
    if article.doubt is not None:
        return None
    named = article.canonical
    if named is None or host(named) != host(article.url) or is_front_page(canonical(named)):
        named = article.url
    return canonical(named, strip)


def as_failure(error: FetchError | ExtractError) -> Failure:
    """Give an error as a value."""
    if isinstance(error, ExtractError):
        # a worker that died may have been killed for another's sake: the page gets a second chance
        again = error.kind in {"crashed", "too_slow"}
        return Failure(kind=error.kind, detail=error.detail, retryable=again, local=error.kind == "local")
    return Failure(
        kind=error.kind,
        detail=error.detail,
        retryable=error.retryable,
        retry_after=error.retry_after,
        local=error.kind == "local",
        status=error.status,
        host=error.host,
    )
