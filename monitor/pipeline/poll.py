"""One look at one feed: fetch → cut → parse → identify → match → alert → store."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import ParamSpec, Protocol, TypeVar

from monitor import cadence
from monitor.edits import letters
from monitor.errors import FetchError, MonitorError, ParseError
from monitor.identify import identify
from monitor.model import (
    Document,
    Failure,
    Feed,
    FeedState,
    Fetched,
    FetchRules,
    Item,
    ItemId,
    KnownItem,
    Outlet,
    Record,
    Request,
    Unchanged,
    Validators,
)
from monitor.pipeline.edit import Edit
from monitor.pipeline.line import FEED_TYPES, Line, Setup, asked
from monitor.pipeline.paper import Paper, is_to_be_read, read_paper
from monitor.pipeline.settle import sketch_of
from monitor.pipeline.take import FEED_FIELDS, NOT_MODIFIED, Asked, Former, Look, Met, Taken, edited, take
from monitor.store import Reading, Writing
from monitor.url import hides_target, host, place, without_keys

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger("monitor.poll")

LOCAL = "local"
BELIEVED = timedelta(hours=12)
"""So long after a whole body an outlet's "not modified" is believed."""
MOVED = 3
"""So many polls in a row must be sent on to one address before it is proposed to the desk."""
FEW = 4
SHORT = 20_000
"""So many entries, of so many characters in all, are looked at on the loop itself."""
_UNKNOWN = Validators()
KILLERS = frozenset({"crashed", "too_slow"})
"""Failures that cost a worker process."""


async def poll(line: Line, state: FeedState) -> None:
    """Poll a feed and put what is new into the store, with its alerts, in one transaction. Raises StoreError only."""
    feed = line.setup.feeds.get(state.feed.id)
    if feed is None:
        # taken out of config.toml since it was due
        return
    try:
        await _poll(line, state, feed)
        listed = line.setup.feeds.get(feed.id)
        if listed is not None and listed.outlet != feed.outlet:
            # its lines in config.toml were edited while it was asked as the old ones said: they are tried at once all the same
            await line.store.write(lambda tx: tx.hasten([feed.id], line.now()))
    except MonitorError:
        raise
    except Exception as error:
        # one feed's surprise must not stop the others, nor be met again every second
        log.exception("%s: a fault of the monitor itself", state.feed.name, extra={"feed": feed.id, "outlet": feed.outlet.id})
        await _failed(
            line, feed, state, Failure(kind="internal", detail=f"a fault of the monitor itself ({type(error).__name__})")
        )


async def _poll(line: Line, state: FeedState, feed: Feed) -> None:
    answer: Fetched | Unchanged | None = None
    # that an outlet on the desk's own network answers does not mean that the others can be reached
    is_evidence = not feed.outlet.private or line.network.counts_private
    try:
        answer = _without_keys(await _asked(line, state, feed))
        paper = await read_paper(line, state, feed, answer) if isinstance(answer, Fetched) else None
    except (FetchError, ParseError) as error:
        page = answer.validators.body_hash if answer else None
        failure = _failure(error)
        if is_evidence:
            failure = line.network.failed(host(feed.url), feed.id, failure, page=page)
        await _failed(line, feed, state, failure)
        return
    came_back = is_evidence and line.network.answered(host(feed.url))
    jitter = line.jitter()
    record: Record | None = None
    while True:
        # the watches in force now, not those of when the feed was asked: an answer may have waited for its turn
        setup = line.setup
        met = await _met(line, setup, feed, paper) if paper else Met()
        if record is None and isinstance(answer, Fetched) and any(one.is_proof for one in met.items):
            record = await line.evidence.keep(answer)
        look = Look(setup=setup, state=state, feed=feed, answer=answer, paper=paper, met=met, came_back=came_back, record=record)
        taken = await line.store.write(partial(take, line=line, look=look, jitter=jitter))
        if taken is not None:
            if taken.pages and taken.at and isinstance(answer, Fetched):
                line.evidence.hold(feed.id, taken.at.replace(microsecond=0), record or answer)
            line.tally.polls["new items" if taken.new else "unchanged"] += 1
            line.tally.items += taken.new
            _report(look, taken)
            return


def _without_keys(answer: Fetched | Unchanged) -> Fetched | Unchanged:
    """Take the keys out of the addresses of an answer: all that is stored, kept as evidence or logged of it has none."""
    moved_to = answer.manner.moved_to
    manner = replace(answer.manner, moved_to=without_keys(moved_to)) if moved_to else answer.manner
    if not isinstance(answer, Fetched):
        return replace(answer, manner=manner)
    way = tuple(replace(hop, url=without_keys(hop.url)) for hop in answer.way)
    return replace(answer, url=without_keys(answer.url), way=way, manner=manner)


async def _asked(line: Line, state: FeedState, feed: Feed) -> Fetched | Unchanged:
    request = _request(line.setup, feed, state, line.now())
    try:
        return await line.fetch(request)
    except FetchError as error:
        if error.status != NOT_MODIFIED:
            raise
    # "not modified" where nothing was sent to compare with: a cache on the way, most often
    return await line.fetch(replace(request, validators=_UNKNOWN, fresh=True))


def _request(setup: Setup, feed: Feed, state: FeedState, now: datetime) -> Request:
    # a 304 is a claim: twice a day, and where it was untrue once, the whole body is asked for
    is_believed = state.lied_at is None and state.full_at is not None and timedelta() <= now - state.full_at < BELIEVED
    known = state.validators if is_believed else Validators(body_hash=state.validators.body_hash)
    is_fresh = state.full_at is not None and not is_believed
    if is_to_be_read(state, keep=setup.config.keep.items, now=now):
        known = _UNKNOWN
    return feed_request(setup.config.fetch, feed.outlet, feed.url, validators=known, fresh=is_fresh)


def feed_request(
    rules: FetchRules, outlet: Outlet, url: str, *, validators: Validators = _UNKNOWN, fresh: bool = False
) -> Request:
    """Give what is asked of a feed: the whole of it, unless the validators say that it is known. ``fresh``: as in Request."""
    return Request(
        url=url,
        validators=validators,
        fresh=fresh,
        deadline=rules.timeout,
        max_size=rules.max_size,
        accept=FEED_TYPES,
        headers=outlet.headers,
        private=outlet.private or rules.private,
        pause=rules.pause if outlet.pause is None else outlet.pause,
        # what stands on the desk's own network is not reached by way of a proxy outside
        proxy=outlet.proxy or (None if outlet.private else rules.proxy),
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
        host=error.host,
    )


async def _met(line: Line, setup: Setup, feed: Feed, paper: Paper) -> Met:
    """Give the items of a body that the store does not know, or knows with other words, with where the watches stand in them."""
    if paper.document is None:
        return Met(known=paper.entries)
    # folding and matching take a tenth of a millisecond an item, and more, which the loop and the writer have better uses for;
    # of a few short ones it is cheaper than to ask another thread
    beside: _Run = _at_once if _is_short(paper.document) else asyncio.to_thread
    items = await beside(partial(identify, strip=setup.config.urls.strip), paper.document, paper.beside)
    keys = [key for item in items for key in item.keys]
    stored = {} if paper.is_first else await line.store.read(lambda store: store.known_items(feed.id, keys))
    met, changed = await beside(_sorted_out, setup, feed, items, stored=stored, beside=len(paper.beside))
    if not changed:
        return met
    former = await line.store.read(lambda store: tuple(_former(store, item_id) for item_id in changed.values()))
    edits = await beside(_edits, setup, feed, changed, former)
    return replace(met, items=tuple(replace(one, edit=edits.get(one.item)) for one in met.items))


class _Run(Protocol):
    """Runs a function, here or in another thread."""

    async def __call__(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Give what the function gives."""


async def _at_once(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    return function(*args, **kwargs)


def _sorted_out(
    setup: Setup, feed: Feed, items: tuple[Item, ...], *, stored: Mapping[str, KnownItem], beside: int
) -> tuple[Met, dict[Item, ItemId]]:
    """Sort the items of a body: those that are new, or say other words than they did, and those that are known as they are.

    Gives those with other words as well, each with the item that it is.
    """
    wanted: list[Asked] = []
    changed: dict[Item, ItemId] = {}
    for item in items:
        known = next((stored[key] for key in item.keys if key in stored), None)
        if known is not None and known.id is not None:
            if known.entry_hash == letters(item.title, item.summary):
                continue
            changed[item] = known.id
        wanted.append(_asked_about(setup, feed, item))
    return Met(items=tuple(wanted), known=len(items) - len(wanted) + beside), changed


def _former(store: Reading, item_id: ItemId) -> Former:
    version, page = store.latest(item_id, "feed"), store.latest(item_id, "page")
    return Former(
        version=version,
        page=page.text if page and store.doubt(item_id) is None else None,
        young=store.watches_after(version.seen_at) if version else frozenset(),
        watched=store.watched_sentences(item_id, FEED_FIELDS),
        is_matched=store.is_matched(item_id),
    )


def _edits(setup: Setup, feed: Feed, changed: Iterable[Item], former: Iterable[Former]) -> dict[Item, Edit]:
    return {item: edited(setup, feed, item, former=before) for item, before in zip(changed, former, strict=True)}


def _is_short(document: Document) -> bool:
    said = sum(len(entry.summary or "") + len(entry.text or "") for entry in document.entries)
    return len(document.entries) <= FEW and said <= SHORT


def _asked_about(setup: Setup, feed: Feed, item: Item) -> Asked:
    matches = asked(setup, feed, about=item, title=item.title, summary=item.summary)
    # what a redirector hides is found out, once, also where the text is not wanted
    page = item.link is not None and (feed.outlet.full_text or hides_target(item.link))
    return Asked(
        item=item,
        matches=matches,
        page=page,
        entry_hash=letters(item.title, item.summary),
        sketch=sketch_of(item.title, item.summary) if matches else None,
    )


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
        if rests and failure.host in {None, place(feed.url)}:
            # where it was sent on, the one that is busy is not the one that the others are asked of
            tx.rest_host(place(feed.url), until=rests, now=now)

    await line.store.write(unit)
    line.tally.polls["failed"] += 1
    if not failure.local and not line.network.is_to_blame(failure):
        log.warning(
            "%s: %s (%s); asked again in %s",
            state.feed.name,
            failure.detail,
            failure.kind,
            _minutes(due_at - now),
            extra={"feed": feed.id, "outlet": feed.outlet.id},
        )


def _report(look: Look, taken: Taken) -> None:
    said = "unchanged"
    if look.paper is not None and look.paper.document is not None:
        count = look.paper.entries
        said = f"{count} {'entry' if count == 1 else 'entries'}, {taken.new} new"
        if taken.edited:
            said += f", {taken.edited} edited"
    if taken.matched:
        said += f", {taken.matched} matched"
    if taken.silent:
        said += f" ({taken.silent} older {'match' if taken.silent == 1 else 'matches'} not alerted: first poll)"
    document = look.paper.document if look.paper else None
    name = look.feed.outlet.name or (document.title if document else None) or look.state.feed.name
    # an outlet that still says nothing is not for the log of a desk with thousands
    level = logging.INFO if look.paper is not None and look.paper.document is not None else logging.DEBUG
    extra = {"feed": look.feed.id, "outlet": look.feed.outlet.id}
    log.log(level, "%s: %s", name, said, extra=extra)
    moved_to = look.answer.manner.moved_to
    if moved_to and moved_to == look.state.moved_to and look.state.moved_times + 1 == MOVED:
        log.warning("%s: moved for good to %s; put that address into config.toml", name, moved_to, extra=extra)


def _minutes(wait: timedelta) -> str:
    seconds = int(wait.total_seconds())
    return f"{seconds} s" if seconds < 2 * 60 else f"{seconds // 60} min"
