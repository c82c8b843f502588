"""What came back: from a feed's address to its items and articles."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from monitor.model.asked import ArticleState, FeedId, ItemId, Outlet, Secret, StoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What makes the next request conditional (RFC 9110 §8.8), verbatim, and the SHA-256 of the body they came with."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One URL that is polled, for one outlet."""

    id: FeedId
    outlet: Outlet
    url: str
    title: str | None = None

    @property
    def name(self) -> str:
        """What the desk calls it: the outlet's name, else the feed's own title, else the outlet's id."""
        return self.outlet.name or self.title or self.outlet.id


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What is remembered of a feed between polls. ``failures``: in a row. ``reason``: why it last failed, one line."""

    feed: Feed
    validators: Validators
    due_at: datetime
    polled_at: datetime | None = None
    answered_at: datetime | None = None
    first_answered_at: datetime | None = None
    full_at: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    kind: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One thing asked of the web. ``deadline`` bounds the whole of it: resolving, connecting, every redirect, the body."""

    url: str = field(repr=False)
    deadline: timedelta
    max_size: int
    method: Literal["GET", "POST"] = "GET"
    accept: str = "*/*"
    headers: tuple[tuple[str, str | Secret], ...] = ()
    body: bytes | None = None
    validators: Validators = Validators()
    private: bool = False
    follow: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A whole answer with status 200 to 299. ``body`` is decoded of its content coding. ``url``: where it came from at last."""

    requested_url: str
    url: str
    status: int
    content_type: str
    body: bytes
    validators: Validators
    fetched_at: datetime
    redirects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """Nothing new there: a 304, or (``status`` 200) the same bytes as last time."""

    url: str
    status: int
    validators: Validators
    fetched_at: datetime


Fetch = Callable[[Request], Awaitable[Fetched | Unchanged]]
"""What whoever needs the web is handed. Raises FetchError only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An expected failure as a value. ``local``: this machine's own trouble.

    ``kind`` as in the error it came from, or internal: a fault of the monitor. ``status``: the HTTP status, of kind http.
    """

    kind: str
    detail: str
    retryable: bool = True
    retry_after: timedelta | None = None
    local: bool = False
    status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one feed document says about one thing. All texts are plain, scrubbed text; None where the feed says nothing.

    ``link`` is absolute http(s). ``published`` is None where no date could be trusted; ``published_raw`` is what stood there.
    ``text`` is the feed's own long text (content), ``summary`` its short one.
    """

    guid: str | None
    link: str | None
    title: str | None
    summary: str | None
    text: str | None
    author: str | None
    published: datetime | None
    published_raw: str | None
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a feed says, entries in the document's own order. ``kind``: rss, atom, rdf, json. ``language`` as for Outlet."""

    kind: str
    title: str | None
    link: str | None
    language: str | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry with an identity. It is known within its feed if any of ``keys`` is known there.

    ``title`` is never empty (the first words of the text where the feed gives none). ``published`` lies in [1990, now + 1 day].
    ``summary`` is all of the feed's own text, without repeating the title.
    """

    keys: tuple[str, ...]
    guid: str | None
    link: str | None
    canonical_url: str | None
    title: str
    summary: str
    author: str | None
    published: datetime | None
    published_raw: str | None
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredItem:
    """An item as the store gives it back. ``is_baseline``: too old to alert when its feed was first polled."""

    id: ItemId
    story_id: StoryId
    feed: Feed
    link: str | None
    title: str
    summary: str
    language: str | None
    published: datetime | None
    seen_at: datetime
    is_baseline: bool
    is_first_poll: bool
    article_state: ArticleState
    article_tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The full text read from an item's page, plain, paragraphs parted by newlines.

    ``source``: page or json-ld: which step of the chain gave it. ``doubt``: why it may not be the article (None: no doubt):
    paywall, consent, javascript, wall, soft_404, cut, short, other_page.
    """

    url: str
    title: str | None
    text: str
    source: Literal["page", "json-ld"]
    doubt: str | None
    language: str | None
    published: datetime | None
