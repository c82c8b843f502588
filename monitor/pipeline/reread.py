"""One item's page, read again: fetch → extract → edits, match → alert → store.

For its edits, where a watch was found in it; in hope of the text, where that could not be had, or may not be the article.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from monitor import again, cadence
from monitor.edits import fingerprint
from monitor.errors import ExtractError, FetchError, MonitorError
from monitor.model import Article, Failure, Feed, Match, SentenceEdit, StoredItem, Version
from monitor.pipeline.edit import Edit, edit, tell_edit
from monitor.pipeline.evidence import Proof, prove
from monitor.pipeline.line import Line, Setup, asked
from monitor.pipeline.page import as_failure, ask_page, proof_of
from monitor.pipeline.read import take_article
from monitor.store import Reading, Writing
from monitor.url import place

log = logging.getLogger("monitor.read")

GONE = frozenset({404, 410})
SOON = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of an item's page: its newest version, what speaks against it, and the watched sentences in its text.

    ``titles``: every headline that the item ever had. ``is_matched``: any watch was found in it.
    """

    version: Version | None
    doubt: str | None
    watched: tuple[SentenceEdit, ...]
    titles: tuple[str, ...]
    is_matched: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """A page that was read again: what it says now, and what it said last (None: it was never had).

    ``matches``: where the watches stand in it now. ``is_edit``: it says something else, and is the article where it was before.
    """

    article: Article
    before: Version | None
    doubt: str | None
    matches: tuple[Match, ...]
    edit: Edit
    is_edit: bool


async def reread(line: Line, item: StoredItem) -> None:
    """Read an item's page again, and store and tell what it says now that it did not say before. Raises StoreError only."""
    try:
        await _reread(line, item)
    except MonitorError:
        raise
    except Exception:
        log.exception("%s: a fault of the monitor itself", item.feed.name, extra={"item": item.id})
        await line.store.write(lambda tx: tx.plan_reread(item.id, None))


async def _reread(line: Line, item: StoredItem) -> None:
    feed = line.setup.feeds.get(item.feed.id, item.feed)
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
        is_news = found.before is None or found.is_edit
        if is_news and (found.matches or known.is_matched):
            proof = proof or await proof_of(line, item, answer)
        told = await line.store.write(partial(_take, line=line, setup=setup, item=item, found=found, proof=proof))
    if told:
        log.info("%s: found in “%s”, which was edited", feed.name, item.title, extra={"item": item.id})


def _known(store: Reading, item: StoredItem) -> Known:
    return Known(
        version=store.latest(item.id, "page"),
        doubt=store.doubt(item.id),
        watched=store.watched_sentences(item.id, ("text",)),
        titles=store.titles(item.id),
        is_matched=store.is_matched(item.id),
    )


def _compared(setup: Setup, feed: Feed, item: StoredItem, *, article: Article, known: Known) -> Again:
    words = {"title": item.title, "summary": item.summary}
    ask = partial(asked, setup, feed, language=item.language, page_language=article.language, **words)
    matches = ask(text=article.text)
    before = known.version
    # a page that was not surely the article told nothing of its words
    old = ask(text=before.text or "") if before is not None and known.doubt is None and matches else ()
    return Again(
        article=article,
        before=before,
        doubt=known.doubt,
        matches=matches,
        edit=edit(known.watched, old, title=article.title or "", text=article.text, is_matched=known.is_matched),
        is_edit=before is not None and _is_edit(article, before, known),
    )


def _is_edit(article: Article, before: Version, known: Known) -> bool:
    if before.text is None or (article.doubt is not None and article.doubt != known.doubt):
        return False
    # a headline that is not given this time was not taken away: the page's own word for it comes and goes
    title, headline = (before.title, article.title) if before.title and article.title else ("", "")
    titles = (*known.titles, article.title or "")
    return fingerprint(title, before.text, titles=titles) != fingerprint(headline, article.text, titles=titles)


def _take(tx: Writing, *, line: Line, setup: Setup, item: StoredItem, found: Again, proof: Proof) -> bool | None:
    """Store what a page says now; True: somebody is told. None, and nothing done: a reload changed what is asked."""
    if found.before is None:
        return take_article(tx, line=line, setup=setup, item=item, article=found.article, matches=found.matches, proof=proof)
    if line.setup is not setup:
        return None
    now = line.now()
    tx.remember_gone(item.id, now if found.article.doubt == "soft_404" else None)
    told = _take_edit(tx, setup, item, found=found, proof=proof, now=now) if found.is_edit else False
    tx.plan_reread(item.id, _next(tx, item, is_doubted=found.article.doubt is not None, now=now))
    return told


def _take_edit(tx: Writing, setup: Setup, item: StoredItem, *, found: Again, proof: Proof, now: datetime) -> bool:
    article = found.article
    revision = tx.add_revision(item.id, part="page", title=article.title, text=article.text, now=now)
    if revision is None:
        return False
    tx.add_sentence_edits(revision.id, found.edit.sentences)
    prove(tx, item.id, proof, config=setup.config.fingerprint)
    if article.doubt != found.doubt:
        tx.mend_article(item.id, article)
    return tell_edit(tx, setup, item.id, matches=found.matches, old=found.edit.old, number=revision.number, now=now)


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
            tx.plan_reread(item.id, now + SOON)
            return
        if is_gone:
            tx.remember_gone(item.id, now)
        tx.plan_reread(item.id, _next(tx, item, is_doubted=True, now=now))

    await line.store.write(unit)
    if is_gone:
        log.info("%s: the page of “%s” is gone (%s)", item.feed.name, item.title, failure.detail, extra={"item": item.id})
