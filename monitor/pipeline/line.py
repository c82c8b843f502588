"""What the stages work with: the doors that are open, and the setup that a reload swaps whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.channels import Opened
from monitor.match import Matcher
from monitor.model import ChannelId, Config, Feed, FeedId, Fetch, FieldText, Match, WatchId
from monitor.pipeline.evidence import Evidence
from monitor.pipeline.index import Indexing
from monitor.pipeline.network import Network
from monitor.store import Store, Writing
from monitor.workers import Workers

FEED_TYPES = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
PAGE_TYPES = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
PAGE_SIZE = 2_000_000
"""A page longer than this, decoded, is not read: every extractor takes many seconds over one."""
RESTS_AT_MOST = timedelta(hours=1)


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

    ``resting``: until when a channel that failed is left alone. ``unrecorded``: what a channel took, or refused, and the database
    could not be told yet. ``files_due``: the newest digest's files may be missing; ``files_fault``: why they could
    not be written.
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
    resting: dict[ChannelId, datetime] = field(default_factory=dict)
    unrecorded: dict[ChannelId, list[Callable[[Writing], None]]] = field(default_factory=dict)

    def is_open(self, channel: Opened) -> bool:
        """Say whether a channel is the one in force, and not one that a reload has replaced."""
        return self.setup.channels.get(channel.id) is channel

    def rests(self, channel: ChannelId, now: datetime) -> bool:
        """Say whether a channel is left alone for now; a clock that was set back ends it."""
        until = self.resting.get(channel)
        return until is not None and until - RESTS_AT_MOST <= now < until


def asked(
    setup: Setup,
    feed: Feed,
    *,
    language: str | None,
    title: str,
    summary: str,
    text: str | None = None,
    page_language: str | None = None,
) -> tuple[Match, ...]:
    """Ask every watch about the texts of an item. ``language``: its entry's own; ``page_language``: its article's.

    The outlet's counts alone where the desk gives it; else a watch may find it in either, mostly one and the same: what the
    headline was found to say in its own language is not taken back for the sake of a page in another.
    """
    fields = [FieldText(field="title", text=title), FieldText(field="summary", text=summary)]
    if text is not None:
        fields.append(FieldText(field="text", text=text))
    own = dict.fromkeys(filter(None, (page_language, language)))
    found: tuple[Match, ...] = ()
    for each in (feed.outlet.language,) if feed.outlet.language else tuple(own) or (None,):
        known = {match.watch_id for match in found}
        matches = setup.matcher.matches(tuple(fields), language=each, outlet=feed.outlet.id)
        found += tuple(match for match in matches if match.watch_id not in known)
    return found
