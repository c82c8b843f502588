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
class Hints:
    """What a feed's own document says of how often it wants to be polled: wishes, not orders.

    ``ttl``: RSS 2.0's ttl, or the Syndication module's period / frequency. ``skip_hours`` (0 to 23) and ``skip_days`` (0, Monday,
    to 6): when RSS 2.0 readers may stay away, UTC.
    """

    ttl: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """When a feed publishes: how many items came in each hour of the week, older weeks counting less and less.

    ``hours``: 168 numbers, from Monday 00:00 UTC on, or none before the first item. ``since``: when counting began.
    """

    hours: tuple[float, ...] = ()
    since: datetime | None = None
    counted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """How a feed's document meets the one before it: ``known`` of its ``entries`` had been seen already."""

    entries: int
    known: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What an entry is called, as 8-byte hashes (empty: it has no such name): what two entries share identifies neither.

    ``whole``: all that the entry says. ``day``: its headline with the second that it is dated to. ``guid``, ``link``: four bytes
    of what the desk's [urls] leaves of it, four of what stands there.
    """

    whole: bytes
    guid: bytes
    link: bytes
    day: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One raw item of the document that a feed gave last: the 16-byte digest of its bytes, and what its entry is called."""

    digest: bytes
    called: Called


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What is remembered of a feed between polls. ``failures``: in a row. ``reason``: why it last failed, one line.

    ``pace``: the time between polls that was found for it last. ``status``: the HTTP status that it last failed with.
    ``unchanged_at``: when it last said "not modified"; ``lied_at``: when that was found to be untrue, since then it is asked for
    the whole. ``parsed_at``: when all its entries were read last, the known ones too. ``moved_to``: where permanent redirects
    led, ``moved_times`` polls in a row. ``strikes``: so many times in a row a worker died over it. ``newest_at``: the newest date
    that an item of it had. ``rhythm`` is left out where many are asked for.
    """

    feed: Feed
    validators: Validators
    due_at: datetime
    polled_at: datetime | None = None
    answered_at: datetime | None = None
    first_answered_at: datetime | None = None
    full_at: datetime | None = None
    parsed_at: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    kind: str | None = None
    reason: str | None = None
    status: int | None = None
    pace: timedelta | None = None
    hints: Hints = Hints()
    rhythm: Rhythm = Rhythm()
    unchanged_at: datetime | None = None
    lied_at: datetime | None = None
    moved_to: str | None = None
    moved_times: int = 0
    strikes: int = 0
    newest_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One thing asked of the web. ``deadline`` bounds the whole of it: resolving, connecting, every redirect, the body.

    ``pause``: the time that its hosts are left alone after an answer, before they are asked again. ``robots``: robots.txt is
    heeded, at every hop (RFC 9309). ``yields``: it and its like always leave room for others. ``fresh``: no cache on the way may
    answer. ``proxy``: the address of an HTTP proxy. ``ca_file``: a PEM file with certificates to trust beside the machine's own.
    """

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
    pause: timedelta = timedelta()
    robots: bool = False
    yields: bool = False
    fresh: bool = False
    proxy: str | Secret | None = None
    ca_file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """What a server asks of its next visitor.

    ``max_age``: how long its answer stays fresh (RFC 9111 §4.2.1: Cache-Control, Expires, less Age). ``retry_after``: RFC 9110
    §10.2.3, not yet clamped. ``moved_to``: where permanent redirects (301, 308) and no others led.
    """

    max_age: timedelta | None = None
    retry_after: timedelta | None = None
    moved_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """One answer on the way that sent on to another address: whose, and its HTTP status."""

    url: str
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An answer with status 200 to 299. ``body`` is decoded of its content coding. ``url``: where it came from at last.

    ``raw``: the body as it came, still packed (chunks are undone). ``head``: the header lines as they came. ``way``: the
    redirects that led there, in order. ``is_whole``: something vouches that the body came whole (RFC 9112 §8: its length, its
    chunks, or the end of its packing); else it ended where the connection did, for whatever reason.
    """

    requested_url: str
    url: str
    status: int
    content_type: str
    body: bytes
    validators: Validators
    fetched_at: datetime
    manner: Manner = Manner()
    is_whole: bool = True
    raw: bytes = b""
    head: tuple[tuple[bytes, bytes], ...] = ()
    way: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Where an answer is kept as it came: bytes ``start`` to ``start + length`` of a file of the evidence folder.

    ``digest``: "sha256:" and hex digits, of the body as it came (Fetched.raw).
    """

    file: str
    start: int
    length: int
    url: str
    status: int
    fetched_at: datetime
    digest: str
    way: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """Nothing new there: a 304, or (``status`` 200) the same bytes as last time."""

    url: str
    status: int
    validators: Validators
    fetched_at: datetime
    manner: Manner = Manner()


Fetch = Callable[[Request], Awaitable[Fetched | Unchanged]]
"""What whoever needs the web is handed. Raises FetchError only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An expected failure as a value. ``local``: this machine's own trouble.

    ``kind`` as in the error it came from, or internal: a fault of the monitor. ``status``: the HTTP status, of kind http.
    ``host``: whose answer it was, after redirects.
    """

    kind: str
    detail: str
    retryable: bool = True
    retry_after: timedelta | None = None
    local: bool = False
    status: int | None = None
    host: str | None = None


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
    """What a feed says, entries in the document's own order. ``kind``: rss, atom, rdf, json. ``language`` as for Outlet.

    ``is_sound``: it is well-formed, so that each of its items says the same when it is read without the others.
    ``is_torn``: it broke off before its root element ended, and nothing vouches for the body: an entry in which it did so is left
    out, and the body validates nothing.
    """

    kind: str
    title: str | None
    link: str | None
    language: str | None
    entries: tuple[Entry, ...]
    hints: Hints = Hints()
    is_sound: bool = False
    is_torn: bool = False


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
class KnownItem:
    """What tells whether an entry that is known was edited. ``id`` None: its item was deleted.

    ``entry_hash``: of what it said last, to the letter.
    """

    id: ItemId | None
    entry_hash: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredItem:
    """An item as the store gives it back. ``is_baseline``: too old to alert when its feed was first polled.

    ``title`` and ``summary``: its entry's newest words. ``article_at``: when its page was read, or given up; ``edited_at``: when
    it was last seen to be edited; ``reread_at``: when it is read again.
    """

    id: ItemId
    story_id: StoryId
    feed: Feed
    link: str | None
    title: str
    summary: str
    author: str | None
    language: str | None
    published: datetime | None
    seen_at: datetime
    is_baseline: bool
    is_first_poll: bool
    article_state: ArticleState
    article_tries: int
    article_at: datetime | None
    edited_at: datetime | None = None
    reread_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredWords:
    """An item with all that it says now. ``text``: its article's; None: not had, or forgotten. ``page_language``: of that."""

    item: StoredItem
    text: str | None
    page_language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The full text read from an item's page, plain, paragraphs parted by newlines.

    ``source``: which step of the chain gave it: the outlet's selector, the page, or its JSON-LD. ``doubt``: why it may not be the
    article (None: no doubt): paywall, consent, javascript, wall, soft_404, cut, short, other_page. ``canonical``: the address
    that the page calls its own, absolute; a claim, to be believed or not. ``page``: all that the page says, menus and teasers,
    too; never stored.
    """

    url: str
    title: str | None
    text: str
    source: Literal["selector", "page", "json-ld"]
    doubt: str | None
    language: str | None
    published: datetime | None
    canonical: str | None = None
    page: str = ""
