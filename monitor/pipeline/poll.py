"""One look at one feed: fetch → parse → identify → match → alert → store."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from monitor import cadence
from monitor.alert import is_told, raise_alerts
from monitor.errors import FetchError, MonitorError, ParseError
from monitor.identify import identify
from monitor.model import (
    Document,
    Failure,
    Feed,
    FeedState,
    Fetched,
    FieldText,
    Item,
    Match,
    Request,
    Unchanged,
    Validators,
)
from monitor.pipeline.line import FEED_TYPES, Line, Setup
from monitor.store import Writing
from monitor.story import subject, text_hash
from monitor.url import host

log = logging.getLogger("monitor.poll")

LOCAL = "local"
NOT_MODIFIED = 304
BELIEVED = timedelta(hours=12)
"""So long after a whole body an outlet's "not modified" is believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """A poll that was answered: by whom, with what, and which items of it the store does not know."""

    setup: Setup
    state: FeedState
    feed: Feed
    answer: Fetched | Unchanged
    document: Document | None
    fresh: tuple[tuple[Item, tuple[Match, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """What a poll put into the store."""

    new: int = 0
    matched: int = 0
    silent: int = 0


async def poll(line: Line, state: FeedState) -> None:
    """Poll a feed and put what is new into the store, with its alerts, in one transaction. Raises StoreError only."""
    feed = line.setup.feeds.get(state.feed.id)
    if feed is None:
        # taken out of config.toml since it was due
        return
    try:
        await _poll(line, state, feed)
    except MonitorError:
        raise
    except Exception as error:
        # one feed's surprise must not stop the others, nor be met again every second
        log.exception("%s: a fault of the monitor itself", feed.name, extra={"feed": feed.id})
        await _failed(
            line, feed, state, Failure(kind="internal", detail=f"a fault of the monitor itself ({type(error).__name__})")
        )


async def _poll(line: Line, state: FeedState, feed: Feed) -> None:
    try:
        answer = await line.fetch(_request(line.setup, feed, state, line.now()))
        document = await line.workers.parse(answer, now=line.now()) if isinstance(answer, Fetched) else None
    except FetchError as error:
        failure = Failure(
            kind=error.kind,
            detail=error.detail,
            retryable=error.retryable,
            retry_after=error.retry_after,
            local=error.kind == LOCAL,
            status=error.status,
        )
        await _failed(line, feed, state, line.network.failed(host(feed.url), feed.id, failure))
        return
    except ParseError as error:
        await _failed(line, feed, state, Failure(kind=error.kind, detail=error.detail, local=error.kind == LOCAL))
        return
    line.network.answered(host(feed.url))
    jitter = line.jitter()
    while True:
        # the watches in force now, not those of when the feed was asked: an answer may have waited for its turn
        setup = line.setup
        fresh = await _fresh(line, setup, feed, document) if document else ()
        look = _Look(setup=setup, state=state, feed=feed, answer=answer, document=document, fresh=fresh)
        taken = await line.store.write(partial(_take, line=line, look=look, jitter=jitter))
        if taken is not None:
            _report(look, taken)
            return


def _request(setup: Setup, feed: Feed, state: FeedState, now: datetime) -> Request:
    rules = setup.config.fetch
    # a 304 is a claim: twice a day the whole body is asked for
    is_believed = state.full_at is not None and timedelta() <= now - state.full_at < BELIEVED
    return Request(
        url=feed.url,
        deadline=rules.timeout,
        max_size=rules.max_size,
        accept=FEED_TYPES,
        headers=feed.outlet.headers,
        validators=state.validators if is_believed else Validators(),
        private=feed.outlet.private or rules.private,
    )


async def _fresh(line: Line, setup: Setup, feed: Feed, document: Document) -> tuple[tuple[Item, tuple[Match, ...]], ...]:
    items = identify(document)
    keys = [key for item in items for key in item.keys]
    known = await line.store.read(lambda store: store.known(feed.id, keys))
    unknown = [item for item in items if known.isdisjoint(item.keys)]
    # folding and matching take milliseconds an item, which the loop and the writer have better uses for
    return await asyncio.to_thread(lambda: tuple((item, _matches(setup, feed, item)) for item in unknown))


def _matches(setup: Setup, feed: Feed, item: Item) -> tuple[Match, ...]:
    fields = (FieldText(field="title", text=item.title), FieldText(field="summary", text=item.summary))
    return setup.matcher.matches(fields, language=feed.outlet.language or item.language, outlet=feed.outlet.id)


def _take(tx: Writing, *, line: Line, look: _Look, jitter: float) -> _Taken | None:
    """Put a look into the store; None, and nothing done, where a reload has changed what is asked since."""
    if line.setup is not look.setup:
        return None
    # the time of this transaction: a digest is made in one of its own, so nothing falls between two windows
    now = line.now()
    counted = [_take_item(tx, look, item, matches, now) for item, matches in look.fresh]
    every = cadence.pace(look.feed.outlet.every, look.setup.config.fetch)
    tx.remember_answer(
        look.feed.id,
        validators=look.answer.validators,
        title=look.document.title if look.document else None,
        is_full=look.answer.status != NOT_MODIFIED,
        now=now,
        due_at=cadence.after_answer(every, now=now, jitter=jitter),
    )
    new = sum(one.new for one in counted)
    tx.add_poll(
        look.feed.id,
        now=now,
        entries=len(look.document.entries) if look.document else 0,
        new_items=new,
        size=len(look.answer.body) if isinstance(look.answer, Fetched) else 0,
    )
    return _Taken(new=new, matched=sum(one.matched for one in counted), silent=sum(one.silent for one in counted))


def _take_item(tx: Writing, look: _Look, item: Item, matches: tuple[Match, ...], now: datetime) -> _Taken:
    config = look.setup.config
    first_poll = look.state.first_answered_at is None
    told = is_told(item.published, first_poll=first_poll, now=now, rules=config.alerts)
    read_page = look.feed.outlet.full_text and item.link is not None
    stored = tx.add_item(look.feed.id, item, now=now, is_baseline=not told, is_first_poll=first_poll, read_page=read_page)
    if stored is None:
        return _Taken()
    item_id, story_id = stored
    if not read_page:
        tx.settle_story(story_id, text_hash=text_hash(item.title, item.summary), now=now)
    tx.add_matches(item_id, matches, now=now, config=config.fingerprint)
    if told:
        alerts = raise_alerts(
            config.watches,
            matches,
            item_id=item_id,
            subject=subject(story_id),
            now=now,
            rules=config.alerts,
            timezone=config.timezone,
            waits_for_text=read_page,
            batch=f"first poll of feed {look.feed.id}" if first_poll else None,
        )
        tx.add_alerts(alerts, look.setup.urgent)
    return _Taken(new=1, matched=int(bool(matches)), silent=int(bool(matches) and not told))


async def _failed(line: Line, feed: Feed, state: FeedState, failure: Failure) -> None:
    now = line.now()
    failures = state.failures + (0 if failure.local else 1)
    every = cadence.pace(feed.outlet.every, line.setup.config.fetch)
    due_at = cadence.after_failure(every, failure, failures=failures, now=now, jitter=line.jitter())
    cleared = line.network.cleared()

    def unit(tx: Writing) -> None:
        tx.remember_failure(feed.id, failure, now=now, due_at=due_at)
        tx.uncharge(cleared, due_at=due_at)

    await line.store.write(unit)
    if not failure.local:
        log.warning(
            "%s: %s (%s); asked again in %s",
            feed.name,
            failure.detail,
            failure.kind,
            _minutes(due_at - now),
            extra={"feed": feed.id, "outlet": feed.outlet.id},
        )


def _report(look: _Look, taken: _Taken) -> None:
    said = "unchanged"
    if look.document is not None:
        count = len(look.document.entries)
        said = f"{count} {'entry' if count == 1 else 'entries'}, {taken.new} new"
    if taken.matched:
        said += f", {taken.matched} matched"
    if taken.silent:
        said += f" ({taken.silent} older {'match' if taken.silent == 1 else 'matches'} not alerted: first poll)"
    name = look.feed.outlet.name or (look.document.title if look.document else None) or look.feed.name
    log.info("%s: %s", name, said, extra={"feed": look.feed.id, "outlet": look.feed.outlet.id})


def _minutes(wait: timedelta) -> str:
    seconds = int(wait.total_seconds())
    return f"{seconds} s" if seconds < 2 * 60 else f"{seconds // 60} min"
