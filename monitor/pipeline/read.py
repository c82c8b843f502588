"""One item's page: fetch → extract → match, story → alert → store."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from functools import partial

from monitor import cadence
from monitor.alert import allowed, raise_alerts
from monitor.errors import ExtractError, FetchError, MonitorError
from monitor.model import Article, Failure, Feed, Fetched, FieldText, Match, Request, StoredItem, WatchId
from monitor.pipeline.line import PAGE_SIZE, PAGE_TYPES, Line, Setup
from monitor.store import Writing
from monitor.story import subject
from monitor.url import host, origin, place

log = logging.getLogger("monitor.read")

SELDOM = timedelta(minutes=15)


async def read(line: Line, item: StoredItem) -> None:
    """Read the full text of an item and ask the watches about it; or say why it can't be had. Raises StoreError only."""
    try:
        await _read(line, item)
    except MonitorError:
        raise
    except Exception as error:
        # one page's surprise must not stop the others, nor be met again every second
        log.exception("%s: a fault of the monitor itself", item.feed.name, extra={"item": item.id})
        failure = Failure(kind="internal", detail=f"a fault of the monitor itself ({type(error).__name__})", retryable=False)
        await _not_had(line, line.setup, item, failure)


async def _read(line: Line, item: StoredItem) -> None:
    feed = line.setup.feeds.get(item.feed.id, item.feed)
    try:
        article = await _article(line, line.setup, feed, item)
    except (FetchError, ExtractError) as error:
        await _not_had(line, line.setup, item, _failure(error))
        return
    told = None
    while told is None:
        # the watches in force now, not those of when the page was asked for
        setup = line.setup
        matches = await asyncio.to_thread(_matches, setup, feed, item, article)
        told = await line.store.write(partial(_take, line=line, setup=setup, item=item, article=article, matches=matches))
    if told:
        log.info("%s: found in the full text of “%s”", feed.name, item.title, extra={"item": item.id})


async def _article(line: Line, setup: Setup, feed: Feed, item: StoredItem) -> Article:
    link = item.link or ""
    rules, outlet = setup.config.fetch, feed.outlet
    is_own = host(link) == host(feed.url)
    request = Request(
        url=link,
        deadline=rules.timeout,
        max_size=PAGE_SIZE,
        accept=PAGE_TYPES,
        # a subscriber's headers, and the leave to ask one's own network, are the outlet's own, whatever its feed links to
        headers=outlet.headers if origin(link) == origin(feed.url) else (),
        private=rules.private or (outlet.private and is_own),
        pause=rules.pause if outlet.pause is None else outlet.pause,
        robots=rules.robots,
        # pages that hang must not keep feeds waiting
        yields=True,
        proxy=outlet.proxy or (None if outlet.private and is_own else rules.proxy),
        ca_file=outlet.ca_file if is_own else None,
    )
    answer = await line.fetch(request)
    if line.network.is_down:
        # no page says that the network is back: it may be the login page that stands before all of them
        raise FetchError("local", "this machine's network gives no outlet's own pages")
    if not isinstance(answer, Fetched):
        raise FetchError("protocol", "answered “not modified” to a first request")
    return await line.workers.extract(
        answer, title=item.title, language=outlet.language or item.language, selector=outlet.selector
    )


def _matches(setup: Setup, feed: Feed, item: StoredItem, article: Article) -> tuple[Match, ...]:
    fields = (
        FieldText(field="title", text=item.title),
        FieldText(field="summary", text=item.summary),
        FieldText(field="text", text=article.text),
    )
    language = feed.outlet.language or item.language or article.language
    return setup.matcher.matches(fields, language=language, outlet=feed.outlet.id)


def _take(  # noqa: PLR0913  the doors, the item, and what became of it
    tx: Writing, *, line: Line, setup: Setup, item: StoredItem, article: Article, matches: tuple[Match, ...]
) -> bool | None:
    """Store an article and what it raises; True: somebody is told. None, and nothing done: a reload changed what is asked."""
    if line.setup is not setup:
        return None
    now = line.now()
    before = tx.matched_watches(item.id)
    found = frozenset(match.watch_id for match in matches)
    tx.add_article(item, article, now=now)
    tx.settle_story(item.story_id, now)
    if article.doubt is None:
        _take_back(tx, setup, item, before - found)
    tx.add_matches(item.id, matches, now=now, config=setup.config.fingerprint)
    _let_go(tx, setup, item, now)
    if item.is_baseline:
        return False
    alerts = raise_alerts(
        setup.config.watches,
        matches,
        item_id=item.id,
        subject=subject(item.story_id),
        now=now,
        rules=setup.config.alerts,
        timezone=setup.config.timezone,
        waits_for_text=False,
        batch=f"first poll of feed {item.feed.id}" if item.is_first_poll else None,
    )
    return tx.add_alerts(alerts, setup.urgent) > 0


def _take_back(tx: Writing, setup: Setup, item: StoredItem, watches: frozenset[WatchId]) -> None:
    """Take back what the whole text shows to be no match, unless somebody was told, or the watch itself is gone."""
    asked = frozenset(watch.id for watch in setup.config.watches)
    tx.withdraw(item.id, watches & asked)
    tx.drop_matches(item.id, watches & asked)


def _let_go(tx: Writing, setup: Setup, item: StoredItem, now: datetime) -> None:
    tx.release(item.id, urgent=True, until=now)
    tx.release(item.id, urgent=False, until=allowed(now, rules=setup.config.alerts, timezone=setup.config.timezone))


async def _not_had(line: Line, setup: Setup, item: StoredItem, failure: Failure) -> None:
    now = line.now()
    tries = item.article_tries + 1
    again = cadence.article_after_failure(failure, tries=tries, now=now)
    if failure.local and not line.network.is_down:
        # a proxy or a certificate that only a person can mend
        again = now + SELDOM
    rests = cadence.host_rests(failure, failures=tries, now=now)

    def unit(tx: Writing) -> None:
        if rests:
            # a page's "too many requests" is for pages: the feeds are few, and are what the desk listed
            tx.rest_pages(failure.host or place(item.link or ""), until=rests, now=now)
        if again is not None:
            tx.postpone_article(item.id, failure, again)
            return
        tx.give_up_article(item.id, failure, now)
        tx.settle_story(item.story_id, now)
        _let_go(tx, setup, item, now)

    await line.store.write(unit)
    log.debug("%s: no full text of “%s”: %s", item.feed.name, item.title, failure.detail, extra={"item": item.id})


def _failure(error: FetchError | ExtractError) -> Failure:
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
