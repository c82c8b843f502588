"""One item's page, read again: fetch → extract → edits, match → alert → store.

For its edits, where a watch was found in it; in hope of the text, where that could not be had, or may not be the article.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from monitor import again, cadence
from monitor.edits import fingerprint
from monitor.errors import ExtractError, FetchError, MonitorError
from monitor.model import Article, Failure, Feed, SentenceEdit, StoredItem, Version, WatchId
from monitor.pipeline.edit import Edit, edit, tell_edit
from monitor.pipeline.evidence import Proof, prove
from monitor.pipeline.line import Line, Setup, asked
from monitor.pipeline.logged import about
from monitor.pipeline.page import as_failure, ask_page, proof_of
from monitor.pipeline.read import Found, found_in, take_article
from monitor.store import MOST, Reading, Writing
from monitor.url import place

log = logging.getLogger("monitor.read")

GONE = frozenset({404, 410})
SOON = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of an item's page: its newest version, what speaks against it, and the watched sentences in its text.

    ``titles``: every headline that the item ever had. ``watches``: those that were found in it;
    ``young``: those that were not asked of it yet.
    """

    version: Version | None
    doubt: str | None
    watched: tuple[SentenceEdit, ...]
    titles: tuple[str, ...]
    watches: frozenset[WatchId]
    young: frozenset[WatchId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """A page that was read again: what it says now, and what it said last (None: it was never had)."""

    article: Article
    before: Version | None
    doubt: str | None
    edit: Edit
    found: Found


async def reread(line: Line, item: StoredItem) -> None:
    """Read an item's page again, and store and tell what it says now that it did not say before. Raises StoreError only."""
    try:
        await _reread(line, item)
    except MonitorError:
        raise
    except Exception:
        log.exception("%s: a fault of the monitor itself", item.feed.name, extra=about(item))
        await line.store.write(lambda tx: tx.plan_reread(item.id, None, was=item.reread_at))


async def _reread(line: Line, item: StoredItem) -> None:
    feed, began = line.setup.feeds.get(item.feed.id, item.feed), line.now()
    if not feed.outlet.full_text:
        # since its lines in config.toml were edited
        await line.store.write(lambda tx: tx.plan_reread(item.id, None, was=item.reread_at))
        return
    try:
        answer, article = await ask_page(line, line.setup, feed, item)
    except (FetchError, ExtractError) as error:
        await _not_had(line, item, as_failure(error))
        return
    known = await line.store.read(lambda store: _known(store, item))
    told: bool | None = None
    proof: Proof = ()
    while told is None:
        setup = line.setup
        found = await asyncio.to_thread(_compared, setup, feed, item, article=article, known=known)
        is_news = found.before is None or found.edit.is_edit
        if is_news and (found.edit.matches or known.watches):
            proof = proof or await proof_of(line, item, answer)
        take = partial(_take, line=line, setup=setup, item=item, found=found, proof=proof, began=began)
        told = await line.store.write(take)
    if told:
        log.info("%s: found in “%s”, which was edited", item.feed.name, item.title, extra=about(item))


def _known(store: Reading, item: StoredItem) -> Known:
    version = store.latest(item.id, "page")
    return Known(
        version=version,
        young=store.watches_after(version.seen_at) if version else frozenset(),
        doubt=store.doubt(item.id),
        watched=store.watched_sentences(item.id, ("text",)),
        titles=store.titles(item.id),
        watches=store.matched_watches(item.id),
    )


def _compared(setup: Setup, feed: Feed, item: StoredItem, *, article: Article, known: Known) -> Again:
    ask = partial(asked, setup, feed, about=item, page_language=article.language, title=item.title, summary=item.summary)
    first = found_in(setup, feed, item, article)
    before = known.version
    # a page that was not surely the article told nothing of its words
    old = ask(text=before.text or "") if before is not None and known.doubt is None and known.young else ()
    # what changes by itself is no edit; yet a watch that is found in it now, and was not, is
    raises = {match.watch_id for match in first.matches} - known.watches - {match.watch_id for match in old}
    found = edit(
        known.watched,
        matches=first.matches,
        old=old,
        young=known.young,
        title=article.title or "",
        text=article.text,
        is_matched=bool(known.watches),
        is_edit=before is not None and (bool(raises) or _is_edit(article, before, known)),
    )
    return Again(article=article, before=before, doubt=known.doubt, edit=found, found=first)


def _is_edit(article: Article, before: Version, known: Known) -> bool:
    if article.doubt is not None and known.doubt is None:
        # a wall, or another page, that stands before it now
        return False
    if before.text is None:
        # it is not kept any more, but for its hash
        return hashlib.sha256(article.text.encode()).hexdigest() != before.text_hash
    # a headline that is not given this time was not taken away: the page's own word for it comes and goes
    title, headline = (before.title, article.title) if before.title and article.title else ("", "")
    titles = (*known.titles, article.title or "")
    return fingerprint(title, before.text, titles=titles) != fingerprint(headline, article.text, titles=titles)


def _take(tx: Writing, *, line: Line, setup: Setup, item: StoredItem, found: Again, proof: Proof, began: datetime) -> bool | None:
    """Store what a page says now; True: somebody is told. None, and nothing done: a reload changed what is asked."""
    if found.before is None:
        return take_article(
            tx,
            line=line,
            setup=setup,
            item=item,
            article=found.article,
            found=found.found,
            proof=proof,
            began=began,
        )
    if line.setup is not setup:
        return None
    if not tx.has_item(item.id):
        # [keep] let it go meanwhile
        return False
    now = line.now()
    tx.remember_gone(item.id, now if found.article.doubt == "soft_404" else None)
    told = _take_edit(tx, setup, item, found=found, proof=proof, now=now) if found.edit.is_edit else False
    tx.plan_reread(item.id, _next(tx, item, is_doubted=found.article.doubt is not None, now=now), was=item.reread_at)
    return told


def _take_edit(tx: Writing, setup: Setup, item: StoredItem, *, found: Again, proof: Proof, now: datetime) -> bool:
    article = found.article
    revision = tx.add_revision(item.id, part="page", title=article.title, text=article.text, now=now)
    if revision:
        tx.add_sentence_edits(revision.id, found.edit.sentences)
    prove(tx, item.id, proof, config=setup.config.fingerprint)
    if found.doubt is not None and article.doubt != found.doubt:
        tx.mend_article(item.id, article)
    # what cannot be stored any more is told all the same
    number = revision.number if revision else MOST
    if item.is_baseline and found.doubt is not None:
        # what was there all along behind a wall is as old as its item, and not for a first poll to tell
        tx.add_matches(item.id, found.edit.matches, now=now, config=setup.config.fingerprint, revision=number)
        return False
    return tell_edit(tx, setup, item.id, found.edit, number=number, now=now)


def _next(tx: Writing, item: StoredItem, *, is_doubted: bool, now: datetime) -> datetime | None:
    is_matched = tx.is_matched(item.id)
    if item.article_at is None or not (is_matched or is_doubted):
        return None
    return again.reread_at(item.article_at, is_matched=is_matched, now=now)


async def _not_had(line: Line, item: StoredItem, failure: Failure) -> None:
    """Plan the next look at a page that could not be had now; one that was read and is not there any more is gone."""
    now = line.now()
    is_gone = failure.status in GONE and item.article_state == "read"
    rests = cadence.host_rests(failure, failures=1, now=now)

    def unit(tx: Writing) -> None:
        if rests:
            tx.rest_pages(failure.host or place(item.link or ""), until=rests, now=now)
        if failure.local:
            tx.plan_reread(item.id, now + SOON, was=item.reread_at)
            return
        if is_gone:
            tx.remember_gone(item.id, now)
        following = _next(tx, item, is_doubted=True, now=now)
        soon = again.after_edit(item.edited_at, now=now) if failure.retryable else None
        tx.plan_reread(item.id, min(filter(None, (following, soon)), default=None), was=item.reread_at)

    await line.store.write(unit)
    if is_gone:
        log.info("%s: the page of “%s” is gone (%s)", item.feed.name, item.title, failure.detail, extra=about(item))
