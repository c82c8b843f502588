"""What the stages work with: the doors that are open, and the setup that a reload swaps whole."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from monitor.channels import Opened
from monitor.match import Matcher
from monitor.model import (
    Article,
    ChannelId,
    Config,
    Feed,
    FeedId,
    Fetch,
    FieldText,
    Item,
    Match,
    StoredItem,
    StoredWords,
    Tally,
    Told,
    Verdict,
    WatchId,
)
from monitor.pipeline.evidence import Evidence
from monitor.pipeline.index import Indexing
from monitor.pipeline.network import Network
from monitor.store import Store, Writing
from monitor.workers import Workers

FEED_TYPES = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
PAGE_TYPES = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
PAGE_SIZE = 2_000_000
"""A page longer than this, decoded, is not read: every extractor takes many seconds over one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What config.toml made of the monitor: replaced as one whole, never changed."""

    config: Config
    feeds: dict[FeedId, Feed]
    matcher: Matcher
    channels: dict[ChannelId, Opened]

    @property
    def urgent(self) -> frozenset[WatchId]:
        """The watches whose alerts wait for nothing."""
        return frozenset(watch.id for watch in self.config.watches if watch.urgent)


@dataclass(slots=True, kw_only=True)
class Line:
    """The open doors. ``now`` gives aware UTC; ``jitter`` gives [0, 1). A reload replaces ``setup`` and ``fetch``.

    ``unrecorded``: what a channel took, or refused, and the database could not be told yet. ``files_due``: the newest digest's
    files may be missing; ``files_fault``: why they could not be written; ``shelving``: who holds it changes the archive.
    ``sending``: when each channel was handed the message that it has not taken yet, by the loop's clock.
    ``digests_due_at``: when it was first seen that digests are due which are not made yet; None: none is.
    """

    store: Store
    fetch: Fetch
    workers: Workers
    now: Callable[[], datetime]
    jitter: Callable[[], float]
    network: Network
    setup: Setup
    evidence: Evidence = field(default_factory=Evidence)
    indexing: Indexing = field(default_factory=Indexing)
    files_due: bool = True
    files_fault: str | None = None
    digests_due_at: datetime | None = None
    shelving: asyncio.Lock = field(default_factory=asyncio.Lock)
    tally: Tally = field(default_factory=Tally)
    sending: dict[ChannelId, float] = field(default_factory=dict)
    unrecorded: dict[ChannelId, list[Callable[[Writing], Told]]] = field(default_factory=dict)

    def is_open(self, channel: Opened) -> bool:
        """Say whether a channel is the one in force, and not one that a reload has replaced."""
        return self.setup.channels.get(channel.id) is channel


def asked(
    setup: Setup,
    feed: Feed,
    *,
    about: Item | StoredItem,
    title: str,
    summary: str,
    text: str | None = None,
    page_language: str | None = None,
) -> tuple[Match, ...]:
    """Ask every watch about the texts of an item. ``about``: where it is from; ``page_language``: its article's.

    The outlet's language counts alone where the desk gives it; else a watch may find it in either, mostly one and the same: what
    the headline was found to say in its own language is not taken back for the sake of a page in another.
    """
    return _found(setup.matcher, _fields(title, summary, text), feed=feed, about=about, page_language=page_language)


def besides(setup: Setup, feed: Feed, item: StoredItem, article: Article) -> tuple[Match, ...]:
    """Give where words that watches lack in an item stand on its page outside the article."""
    fields = _fields(item.title, item.summary, article.text)
    where = partial(setup.matcher.besides, fields, article.page, outlet=feed.outlet.id, url=item.link, author=item.author)
    return tuple(match for each in _languages(feed, item, article.language) for match in where(language=each))


def found_by(matcher: Matcher, stored: StoredWords) -> tuple[Match, ...]:
    """Ask watches about an item as it reads now, as ``asked`` would."""
    item = stored.item
    fields = _fields(item.title, item.summary, stored.text)
    return _found(matcher, fields, feed=item.feed, about=item, page_language=stored.page_language)


def _found(
    matcher: Matcher, fields: tuple[FieldText, ...], *, feed: Feed, about: Item | StoredItem, page_language: str | None
) -> tuple[Match, ...]:
    found: tuple[Match, ...] = ()
    for each in _languages(feed, about, page_language):
        known = {match.watch_id for match in found}
        matches = matcher.matches(fields, language=each, outlet=feed.outlet.id, url=about.link, author=about.author)
        found += tuple(match for match in matches if match.watch_id not in known)
    return found


def judged(matcher: Matcher, stored: StoredWords) -> tuple[Verdict, ...]:
    """Say of every watch why it matches an item as it reads now, or why not: as ``asked`` would ask."""
    item = stored.item
    fields = _fields(item.title, item.summary, stored.text)
    told: dict[WatchId, Verdict] = {}
    for each in _languages(item.feed, item, stored.page_language):
        for verdict in matcher.verdicts(fields, language=each, outlet=item.feed.outlet.id, url=item.link, author=item.author):
            if verdict.watch_id not in told or verdict.reason == "found":
                told[verdict.watch_id] = verdict
    return tuple(told.values())


def _fields(title: str, summary: str, text: str | None) -> tuple[FieldText, ...]:
    fields = (FieldText(field="title", text=title), FieldText(field="summary", text=summary))
    return fields if text is None else (*fields, FieldText(field="text", text=text))


def _languages(feed: Feed, about: Item | StoredItem, page_language: str | None) -> tuple[str | None, ...]:
    if feed.outlet.language:
        return (feed.outlet.language,)
    return tuple(dict.fromkeys(filter(None, (page_language, about.language)))) or (None,)
