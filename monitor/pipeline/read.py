"""One item's page, read the first time: fetch → extract → match, story → alert → store."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from monitor import again, cadence
from monitor.alert import allowed
from monitor.errors import ExtractError, FetchError, MonitorError
from monitor.model import Article, Failure, Feed, Match, Sketch, StoredItem, WatchId
from monitor.pipeline.edit import add_matches, batch_of
from monitor.pipeline.evidence import Proof, prove
from monitor.pipeline.line import Line, Setup, asked, besides
from monitor.pipeline.logged import about
from monitor.pipeline.page import address, as_failure, ask_page, fetch_page, is_twin, proof_of
from monitor.pipeline.promise import promise
from monitor.pipeline.settle import settle, settling, sketch_of, tell_more
from monitor.store import Writing
from monitor.url import canonical, place

log = logging.getLogger("monitor.read")

SELDOM = timedelta(minutes=15)
HOPELESS = frozenset({"robots", "blocked", "not_html", "too_big", "hostile", "internal"})
"""Failures that time does not mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What watches find in an item with its article. ``beside``: on its page outside of that; ``old``: who needs no article."""

    matches: tuple[Match, ...]
    beside: tuple[Match, ...]
    old: frozenset[WatchId]
    sketch: Sketch


async def read(line: Line, item: StoredItem) -> None:
    """Read the full text of an item and ask the watches about it; or say why it can't be had. Raises StoreError only."""
    try:
        await _read(line, item)
    except MonitorError:
        raise
    except Exception as error:
        # one page's surprise must not stop the others, nor be met again every second
        log.exception("%s: a fault of the monitor itself", item.feed.name, extra=about(item))
        failure = Failure(kind="internal", detail=f"a fault of the monitor itself ({type(error).__name__})", retryable=False)
        await _not_had(line, line.setup, item, failure)


async def _read(line: Line, item: StoredItem) -> None:
    feed = line.setup.feeds.get(item.feed.id, item.feed)
    if not feed.outlet.full_text:
        await _follow(line, feed, item)
        return
    began = line.now()
    try:
        answer, article = await ask_page(line, line.setup, feed, item)
    except (FetchError, ExtractError) as error:
        await _not_had(line, line.setup, item, as_failure(error))
        return
    told: bool | None = None
    proof: Proof = ()
    while told is None:
        # the watches in force now, not those of when the page was asked for
        setup = line.setup
        found = await asyncio.to_thread(found_in, setup, feed, item, article)
        proof = proof or (await proof_of(line, item, answer) if found.matches else ())
        take = partial(
            take_article,
            line=line,
            setup=setup,
            item=item,
            article=article,
            found=found,
            proof=proof,
            began=began,
        )
        told = await line.store.write(take)
    if told:
        log.info("%s: found in the full text of “%s”", item.feed.name, item.title, extra=about(item))


def found_in(setup: Setup, feed: Feed, item: StoredItem, article: Article) -> Found:
    """Ask the watches about an item with its article; and those that do not match whether their words stand beside it."""
    ask = partial(asked, setup, feed, about=item, page_language=article.language, title=item.title, summary=item.summary)
    matches = ask(text=article.text)
    found = {match.watch_id for match in matches}
    return Found(
        matches=matches,
        beside=tuple(match for match in besides(setup, feed, item, article) if match.watch_id not in found),
        old=frozenset(match.watch_id for match in ask()) if matches else frozenset(),
        sketch=sketch_of(item.title, item.summary, article),
    )


async def _follow(line: Line, feed: Feed, item: StoredItem) -> None:
    """Find out to which page an item's redirector leads; its text is not wanted."""
    try:
        answer = await fetch_page(line, line.setup, feed, item)
    except FetchError as error:
        await _not_had(line, line.setup, item, as_failure(error))
        return
    setup = line.setup
    known_by = await asyncio.to_thread(sketch_of, item.title, item.summary)

    def unit(tx: Writing) -> None:
        now, called = line.now(), canonical(answer.url, setup.config.urls.strip)
        if not tx.has_item(item.id):
            return
        tx.want_no_article(item.id, now)
        if not is_twin(tx, item, called, found=tx.matched_watches(item.id)):
            tx.readdress(item.id, called)
            _settle_unread(tx, setup, item, known_by, now)

    await line.store.write(unit)


def take_article(
    tx: Writing,
    *,
    line: Line,
    setup: Setup,
    item: StoredItem,
    article: Article,
    found: Found,
    proof: Proof,
    began: datetime,
) -> bool | None:
    """Store an article and what it raises; True: somebody is told. None, and nothing done: a reload changed what is asked.

    ``began``: when its page was asked for.
    """
    if line.setup is not setup:
        return None
    if not tx.has_item(item.id):
        # [keep] let it go meanwhile
        return False
    now = line.now()
    before = tx.matched_watches(item.id)
    there = frozenset(match.watch_id for match in found.matches)
    if called := address(article, setup.config.urls.strip):
        if is_twin(tx, item, called, found=before | there):
            return False
        tx.readdress(item.id, called)
    tx.add_article(item, article, now=now)
    if article.doubt is None and not tx.is_edited_since(item.id, began):
        _take_back(tx, setup, item, before - there)
    news, history = _divided(tx, item, found)
    add_matches(tx, setup, item.id, news, now=now)
    tx.add_matches(item.id, history, now=now, config=setup.config.fingerprint, is_history=True)
    tx.add_beside(item.id, found.beside)
    prove(tx, item.id, proof, config=setup.config.fingerprint)
    is_matched = bool(before | there)
    at = again.reread_at(now, is_matched=is_matched, now=now) if is_matched or article.doubt else None
    tx.plan_reread(item.id, at, was=item.reread_at)
    let_go(tx, setup, item, now)
    return _tell(tx, setup, item, found.sketch, watches=frozenset(match.watch_id for match in news), now=now)


def _tell(tx: Writing, setup: Setup, item: StoredItem, known_by: Sketch, *, watches: frozenset[WatchId], now: datetime) -> bool:
    """Settle the story of an item that was read, and promise to tell of it whom nobody told of that story; True: somebody is."""
    one = settling(tx, item, known_by)
    settled = settle(tx, one, now)
    if item.is_baseline:
        return False
    batch = batch_of(item.feed.id) if item.is_first_poll else None
    tell = partial(promise, tx, setup, watches, item_id=item.id, now=now, waits_for_text=False, batch=batch)
    return tell_more(tx, setup, one, settled, watches=watches, now=now) + tell(story_id=settled.story_id) > 0


def _settle_unread(tx: Writing, setup: Setup, item: StoredItem, known_by: Sketch, now: datetime) -> None:
    """Settle the story of an item whose feed's words are all that is had; what was promised of it waits no longer."""
    one = settling(tx, item, known_by)
    settled = settle(tx, one, now)
    if not item.is_baseline:
        news = frozenset(id for id, (_, is_history) in tx.found_at(item.id).items() if not is_history)
        tell_more(tx, setup, one, settled, watches=news, now=now)
    let_go(tx, setup, item, now)


def _divided(tx: Writing, item: StoredItem, found: Found) -> tuple[tuple[Match, ...], tuple[Match, ...]]:
    """Part what is found into what is news, and what was there before the watch was: a page that comes late is no news of that.

    What the watch is still to be asked about in its turn is left to that: it knows how far back is told.
    """
    young = found.old & tx.watches_after(item.seen_at) if found.old else frozenset[WatchId]()
    if not young:
        return found.matches, ()
    coming = young & {one.watch_id for one in tx.past() if one.below > item.id}
    history = young & {id for id, (_, is_history) in tx.found_at(item.id).items() if is_history}
    news = tuple(match for match in found.matches if match.watch_id not in coming | history)
    return news, tuple(match for match in found.matches if match.watch_id in history - coming)


def _take_back(tx: Writing, setup: Setup, item: StoredItem, watches: frozenset[WatchId]) -> None:
    """Take back what the whole text shows to be no match, unless somebody was told, or the watch itself is gone."""
    known = frozenset(watch.id for watch in setup.config.watches)
    tx.withdraw(item.id, watches & known)
    tx.drop_matches(item.id, watches & known)


def let_go(tx: Writing, setup: Setup, item: StoredItem, now: datetime) -> None:
    """Let an item's alerts go that waited for its text."""
    tx.release(item.id, urgent=True, until=now)
    tx.release(item.id, urgent=False, until=allowed(now, rules=setup.config.alerts, timezone=setup.config.timezone))


async def _not_had(line: Line, setup: Setup, item: StoredItem, failure: Failure) -> None:
    now = line.now()
    tries = item.article_tries + 1
    at = again.after_failure(failure, tries=tries, now=now)
    if failure.local and not line.network.is_down:
        # a proxy or a certificate that only a person can mend
        at = now + SELDOM
    rests = cadence.host_rests(failure, failures=tries, now=now)
    known_by = await asyncio.to_thread(sketch_of, item.title, item.summary) if at is None else None

    def unit(tx: Writing) -> None:
        if rests:
            # a page's "too many requests" is for pages: the feeds are few, and are what the desk listed
            tx.rest_pages(failure.host or place(item.link or ""), until=rests, now=now)
        if at is not None or known_by is None:
            assert at is not None
            tx.postpone_article(item.id, failure, at)
            return
        tx.give_up_article(item.id, failure, now)
        # nobody waits for it any longer, and it is asked for again all the same while it is young
        later = None if failure.kind in HOPELESS else again.reread_at(now, is_matched=False, now=now)
        tx.plan_reread(item.id, later, was=item.reread_at)
        _settle_unread(tx, setup, item, known_by, now)

    await line.store.write(unit)
    log.debug("%s: no full text of “%s”: %s", item.feed.name, item.title, failure.detail, extra=about(item))
