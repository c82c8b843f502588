"""One look at one feed: fetch → cut → parse → identify → match → alert → store."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
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
    Overlap,
    Request,
    Rhythm,
    Unchanged,
    Validators,
)
from monitor.pipeline.line import FEED_TYPES, Line, Setup
from monitor.pipeline.paper import Paper, read_paper
from monitor.store import Writing
from monitor.story import subject, text_hash
from monitor.url import host

log = logging.getLogger("monitor.poll")

LOCAL = "local"
NOT_MODIFIED = 304
BELIEVED = timedelta(hours=12)
"""So long after a whole body an outlet's "not modified" is believed."""
BACKDATED = timedelta(hours=1)
"""An item dated so long before a "not modified" was there when it was said; a smaller difference may be the outlet's clock."""
MOVED = 3
"""So many polls in a row must be sent on to one address before it is proposed to the desk."""
KILLERS = frozenset({"crashed", "too_slow"})
"""Failures that cost a worker process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fresh:
    """An item that the store does not know, and where the watches stand in it. ``page``: it has one, and it is to be read."""

    item: Item
    matches: tuple[Match, ...]
    page: bool
    text_hash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """A poll that was answered: by whom, with what, and which items of it the store does not know.

    ``paper`` None: unchanged. ``known``: how many items of it the store knows. ``came_back``: from trouble of this machine's own.
    """

    setup: Setup
    state: FeedState
    feed: Feed
    answer: Fetched | Unchanged
    paper: Paper | None
    fresh: tuple[_Fresh, ...]
    known: int
    came_back: bool

    @property
    def overlap(self) -> Overlap | None:
        """How the document meets what was known; None where it said nothing new."""
        if self.paper is None or self.paper.document is None:
            return None
        return Overlap(entries=len(self.fresh) + self.known, known=self.known)


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
    answer: Fetched | Unchanged | None = None
    try:
        answer = await _asked(line, state, feed)
        paper = await read_paper(line, state, answer) if isinstance(answer, Fetched) else None
    except (FetchError, ParseError) as error:
        page = answer.validators.body_hash if answer else None
        await _failed(line, feed, state, line.network.failed(host(feed.url), feed.id, _failure(error), page=page))
        return
    came_back = line.network.answered(host(feed.url))
    jitter = line.jitter()
    while True:
        # the watches in force now, not those of when the feed was asked: an answer may have waited for its turn
        setup = line.setup
        fresh, known = await _fresh(line, setup, feed, paper) if paper else ((), 0)
        look = _Look(
            setup=setup, state=state, feed=feed, answer=answer, paper=paper, fresh=fresh, known=known, came_back=came_back
        )
        taken = await line.store.write(partial(_take, line=line, look=look, jitter=jitter))
        if taken is not None:
            _report(look, taken)
            return


async def _asked(line: Line, state: FeedState, feed: Feed) -> Fetched | Unchanged:
    request = _request(line.setup, feed, state, line.now())
    try:
        return await line.fetch(request)
    except FetchError as error:
        if error.status != NOT_MODIFIED:
            raise
    # "not modified" where nothing was sent to compare with: a cache on the way, most often
    return await line.fetch(replace(request, validators=Validators(), fresh=True))


def _request(setup: Setup, feed: Feed, state: FeedState, now: datetime) -> Request:
    rules = setup.config.fetch
    outlet = feed.outlet
    # a 304 is a claim: twice a day, and where it was untrue once, the whole body is asked for
    is_believed = state.lied_at is None and state.full_at is not None and timedelta() <= now - state.full_at < BELIEVED
    return Request(
        url=feed.url,
        deadline=rules.timeout,
        max_size=rules.max_size,
        accept=FEED_TYPES,
        headers=outlet.headers,
        validators=state.validators if is_believed else Validators(body_hash=state.validators.body_hash),
        private=outlet.private or rules.private,
        pause=rules.pause if outlet.pause is None else outlet.pause,
        fresh=state.full_at is not None and not is_believed,
        proxy=outlet.proxy or rules.proxy,
        ca_file=outlet.ca_file,
    )


def _failure(error: FetchError | ParseError) -> Failure:
    if isinstance(error, ParseError):
        return Failure(kind=error.kind, detail=error.detail, local=error.kind == LOCAL)
    return Failure(
        kind=error.kind,
        detail=error.detail,
        retryable=error.retryable,
        retry_after=error.retry_after,
        local=error.kind == LOCAL,
        status=error.status,
    )


async def _fresh(line: Line, setup: Setup, feed: Feed, paper: Paper) -> tuple[tuple[_Fresh, ...], int]:
    """Give the items of a body that the store does not know, with where the watches stand in them, and how many it knows."""
    if paper.document is None:
        return (), paper.entries
    # folding and matching take milliseconds an item, which the loop and the writer have better uses for
    items = await asyncio.to_thread(identify, paper.document, paper.beside)
    keys = [key for item in items for key in item.keys]
    stored = frozenset() if paper.is_first else await line.store.read(lambda store: store.known(feed.id, keys))
    unknown = [item for item in items if stored.isdisjoint(item.keys)]
    fresh = await asyncio.to_thread(lambda: tuple(_asked_about(setup, feed, item) for item in unknown)) if unknown else ()
    return fresh, len(items) - len(unknown) + len(paper.beside)


def _asked_about(setup: Setup, feed: Feed, item: Item) -> _Fresh:
    fields = (FieldText(field="title", text=item.title), FieldText(field="summary", text=item.summary))
    page = feed.outlet.full_text and item.link is not None
    return _Fresh(
        item=item,
        matches=setup.matcher.matches(fields, language=feed.outlet.language or item.language, outlet=feed.outlet.id),
        page=page,
        text_hash=None if page else text_hash(item.title, item.summary),
    )


def _take(tx: Writing, *, line: Line, look: _Look, jitter: float) -> _Taken | None:
    """Put a look into the store; None, and nothing done, where a reload has changed what is asked since."""
    if line.setup is not look.setup:
        return None
    # the time of this transaction: a digest is made in one of its own, so nothing falls between two windows
    now = line.now()
    stored = set(tx.known(look.feed.id, [key for fresh in look.fresh for key in fresh.item.keys])) if look.fresh else set()
    counted: list[_Taken] = []
    published: list[datetime | None] = []
    for fresh in look.fresh:
        # two of them may share a key, and another poll may have been quicker
        if stored.isdisjoint(fresh.item.keys):
            stored.update(fresh.item.keys)
            counted.append(_take_item(tx, look, fresh, now))
            published.append(fresh.item.published)
    new = len(counted)
    rhythm = cadence.counted(tx.rhythm(look.feed.id), published, now=now)
    after = _after(look, rhythm, now=now, jitter=jitter)
    tx.remember_answer(after, title=_document(look).title if look.paper and look.paper.document else None)
    if look.paper is not None:
        tx.remember_document(look.feed.id, pieces=look.paper.pieces, rhythm=rhythm)
    tx.add_poll(
        look.state,
        now=now,
        entries=look.paper.entries if look.paper else 0,
        new_items=new,
        size=len(look.answer.body) if isinstance(look.answer, Fetched) else 0,
        missed=cadence.missed(look.state, look.overlap, published, now=now) if look.overlap else None,
    )
    if look.came_back:
        # what could not be asked meanwhile is asked once each, and not all in the same moment
        tx.catch_up(now=now, within=timedelta(seconds=min(len(look.setup.feeds) / 20, 300)))
    return _Taken(new=new, matched=sum(one.matched for one in counted), silent=sum(one.silent for one in counted))


def _document(look: _Look) -> Document:
    assert look.paper is not None
    assert look.paper.document is not None
    return look.paper.document


def _after(look: _Look, rhythm: Rhythm, *, now: datetime, jitter: float) -> FeedState:
    """Give what is remembered of a feed after a poll that was answered."""
    before, answer = look.state, look.answer
    document = look.paper.document if look.paper else None
    is_full = answer.status != NOT_MODIFIED
    lied_at = before.lied_at or (now if _is_liar(look) else None)
    moved_to = answer.manner.moved_to
    dates = [fresh.item.published for fresh in look.fresh if fresh.item.published]
    hints = document.hints if document else before.hints
    found = cadence.after_answer(
        replace(before, rhythm=rhythm, hints=hints),
        look.overlap,
        every=look.feed.outlet.every,
        rules=look.setup.config.fetch,
        manner=answer.manner,
        now=now,
        jitter=jitter,
    )
    return replace(
        before,
        due_at=found.due_at,
        pace=found.pace,
        hints=hints,
        validators=Validators(body_hash=answer.validators.body_hash) if lied_at else answer.validators,
        polled_at=now,
        answered_at=now,
        first_answered_at=before.first_answered_at or now,
        full_at=now if is_full else before.full_at,
        unchanged_at=before.unchanged_at if is_full else now,
        lied_at=lied_at,
        newest_at=max([*dates, before.newest_at] if before.newest_at else dates, default=None),
        moved_to=moved_to,
        moved_times=before.moved_times + 1 if moved_to and moved_to == before.moved_to else int(moved_to is not None),
    )


def _is_liar(look: _Look) -> bool:
    """Say whether a body that was asked for whole shows that "not modified" was untrue: it has items that were there then."""
    before, after = look.state, look.answer.validators
    if look.answer.status == NOT_MODIFIED or not look.fresh or before.unchanged_at is None or before.full_at is None:
        return False
    if before.unchanged_at <= before.full_at:
        return False
    names = (before.validators.etag, before.validators.last_modified)
    is_same = any(names) and names == (after.etag, after.last_modified)
    return is_same or any(fresh.item.published and fresh.item.published < before.unchanged_at - BACKDATED for fresh in look.fresh)


def _take_item(tx: Writing, look: _Look, fresh: _Fresh, now: datetime) -> _Taken:
    config, item, matches = look.setup.config, fresh.item, fresh.matches
    first_poll = look.state.first_answered_at is None
    told = is_told(item.published, first_poll=first_poll, now=now, rules=config.alerts)
    item_id, story_id = tx.add_item(
        look.feed.id,
        item,
        now=now,
        is_baseline=not told,
        is_first_poll=first_poll,
        read_page=fresh.page,
        text_hash=fresh.text_hash,
    )
    if not matches:
        return _Taken()
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
            waits_for_text=fresh.page,
            batch=f"first poll of feed {look.feed.id}" if first_poll else None,
        )
        tx.add_alerts(alerts, look.setup.urgent)
    return _Taken(matched=1, silent=int(not told))


async def _failed(line: Line, feed: Feed, state: FeedState, failure: Failure) -> None:
    now = line.now()
    failures = state.failures + (0 if failure.local else 1)
    strikes = state.strikes + (1 if failure.kind in KILLERS and not failure.local else 0)
    due_at = cadence.after_failure(
        failure,
        every=feed.outlet.every,
        rules=line.setup.config.fetch,
        failures=failures,
        strikes=strikes,
        now=now,
        jitter=line.jitter(),
    )
    rests = cadence.host_rests(failure, failures=failures, now=now)
    cleared = line.network.cleared()

    def unit(tx: Writing) -> None:
        tx.remember_failure(state, failure, now=now, due_at=due_at, strikes=strikes)
        tx.uncharge(cleared, due_at=due_at)
        if rests:
            tx.rest_host(host(feed.url), until=rests, now=now)

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
    if look.paper is not None and look.paper.document is not None:
        count = look.paper.entries
        said = f"{count} {'entry' if count == 1 else 'entries'}, {taken.new} new"
    if taken.matched:
        said += f", {taken.matched} matched"
    if taken.silent:
        said += f" ({taken.silent} older {'match' if taken.silent == 1 else 'matches'} not alerted: first poll)"
    document = look.paper.document if look.paper else None
    name = look.feed.outlet.name or (document.title if document else None) or look.feed.name
    # an outlet that still says nothing is not for the log of a desk with thousands
    level = logging.INFO if look.paper is not None and look.paper.document is not None else logging.DEBUG
    log.log(level, "%s: %s", name, said, extra={"feed": look.feed.id, "outlet": look.feed.outlet.id})
    moved_to = look.answer.manner.moved_to
    if moved_to and moved_to == look.state.moved_to and look.state.moved_times + 1 == MOVED:
        log.warning("%s: moved for good to %s; put that address into config.toml", name, moved_to, extra={"feed": look.feed.id})


def _minutes(wait: timedelta) -> str:
    seconds = int(wait.total_seconds())
    return f"{seconds} s" if seconds < 2 * 60 else f"{seconds // 60} min"
