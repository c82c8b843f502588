"""What proves it: items with all that is known of them, the answers that were kept, and what is wrong with those."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NewType

from monitor.model.asked import ArticleState, ChannelId, ItemId, OutletId, StoryId, WatchId
from monitor.model.found import Match, SentenceEdit, Version
from monitor.model.polled import Feed, Record

RecordId = NewType("RecordId", int)
Part = Literal["feed", "page"]
"""Where a record or a revision is of: the item's entry in the feed, or its page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which items are asked for: those with a match found in ``since`` ≤ time < ``until``; None: whatever it is."""

    since: datetime | None = None
    until: datetime | None = None
    watch_id: WatchId | None = None
    outlet_id: OutletId | None = None
    item_id: ItemId | None = None
    story_id: StoryId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedRecord:
    """An answer that proves what is stored of an item. ``config``: fingerprint of the config.toml then in force."""

    part: Part
    record: Record
    config: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMatch:
    """A match, when it was found, and the fingerprint of the config.toml that asked.

    ``is_history``: it stood in what was stored before the watch was asked so, and told nobody.
    """

    match: Match
    found_at: datetime
    config: str
    is_history: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadArticle:
    """An item's article as it was read first. ``text`` None: forgotten. ``text_hash``: hex digits of the text's SHA-256."""

    url: str
    title: str | None
    text: str | None
    text_hash: str
    source: str
    doubt: str | None
    language: str | None
    published: datetime | None
    read_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SentAlert:
    """An alert that a channel took."""

    watch_id: WatchId
    channel: ChannelId
    occasion: str
    key: str
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvedItem:
    """An item with all that is known of it. ``article_reason``: why its text is not had.

    ``sentence_edits``: what each revision, by its number, did to the sentences that were found. ``entry_hash``: of what its entry
    says now, hex digits. ``forgotten_at``: when its texts were deleted.
    """

    id: ItemId
    story_id: StoryId
    feed: Feed
    guid: str | None
    link: str | None
    canonical_url: str | None
    title: str
    summary: str
    author: str | None
    language: str | None
    published: datetime | None
    published_raw: str | None
    seen_at: datetime
    entry_hash: str | None
    edited_at: datetime | None
    gone_at: datetime | None
    forgotten_at: datetime | None
    article_state: ArticleState
    article_reason: str | None
    article: ReadArticle | None
    revisions: tuple[Version, ...]
    sentence_edits: tuple[tuple[int, SentenceEdit], ...]
    matches: tuple[FoundMatch, ...]
    alerts: tuple[SentAlert, ...]
    records: tuple[LinkedRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something in an evidence file that is not as it was written. ``start``: bytes into the file.

    ``record``: the answer that the database knows there, None where it knows none.
    """

    file: str
    start: int
    reason: str
    record: Record | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was found in an evidence file: how many ``records`` the database knows in it, and every fault.

    ``strays``: answers that it does not know, as a kill leaves them between the file and the database. ``is_unfinished``: it ends
    within a record that nothing refers to, as a kill leaves it.
    """

    file: str
    records: int
    strays: int
    is_unfinished: bool
    faults: tuple[Fault, ...]
