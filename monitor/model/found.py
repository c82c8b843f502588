"""What was found in it and who is told: matches, alerts, messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from monitor.model.asked import AlertId, ChannelId, ItemId, OutletId, WatchId
from monitor.model.delivery import BundleKind
from monitor.model.polled import Feed
from monitor.model.question import Field
from monitor.model.trail import Carrier


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldText:
    """One text of an item and where it stands."""

    field: Field
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A watch found in an item: which term, which form, where, in what sentence.

    ``start`` and ``stop`` are character offsets into the field's own text; ``mark_start`` and ``mark_stop`` are where the form
    stands within ``sentence`` (at most 300 characters, cut at words, with … where cut).
    """

    watch_id: WatchId
    field: Field
    term: str
    form: str
    start: int
    stop: int
    sentence: str
    mark_start: int
    mark_stop: int


Reason = Literal[
    "found",
    "outlet",
    "language",
    "origin",
    "excluded",
    "apart",
    "field",
    "other_language",
    "other_word",
    "missing",
]
"""Why a watch matches an item, or not; the first that holds:

found: it does. outlet, language: its words stand there, yet it is not asked of that outlet or language. origin: likewise, a
condition of its query (outlet:, lang:, url:, author:). excluded: words that it must not have stand there, too. apart: they stand
too far from each other. field: they stand where it does not look. other_language: they would be forms of its words in another
language. other_word: its letters stand within other words. missing: some of its words, or all, stand nowhere.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a watch makes of an item, and why.

    ``matches``: what stands there and matters (for ``excluded`` what speaks against it). ``missing``: words that stand nowhere;
    of those of which one is enough none is named where one stands. ``languages``: for ``other_language``, BCP 47.
    ``others``: for ``other_word``, the words in which its letters stand.
    """

    watch_id: WatchId
    reason: Reason
    matches: tuple[Match, ...] = ()
    missing: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A watch's word on an item's page, outside its article: in a menu, a teaser, a comment. Told nobody; ``why`` shows it."""

    watch_id: WatchId
    term: str
    form: str
    sentence: str
    mark_start: int
    mark_stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A watch that is still to be asked about stored items with ids under ``below``.

    ``tells_since``: what was first seen since then is told as news; None: nothing is.
    """

    watch_id: WatchId
    below: ItemId
    tells_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of a text that was edited: it stayed the same, was removed, or was added."""

    kind: Literal["same", "removed", "added"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What an edit did to the sentence in which a watch was found. ``sentence``: as it reads now; None where it is gone."""

    kind: Literal["changed", "gone"]
    sentence: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceEdit:
    """A sentence with a watch in it that was edited: what it was, what became of it."""

    match_id: int
    watch_id: WatchId
    field: Field
    before: str
    fate: Fate


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What an item's entry or page said at one time. ``number`` 0: what was stored of it first. ``text`` None: forgotten.

    ``part``: feed (its headline and text there) or page (its article).
    """

    number: int
    part: Literal["feed", "page"]
    seen_at: datetime
    title: str | None
    text: str | None
    text_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What an item says, its newest words: headline, the feed's own text, the article ("": not had, or forgotten)."""

    id: ItemId
    title: str
    summary: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An item that a search found."""

    texts: Texts
    feed: Feed
    link: str | None
    language: str | None
    published: datetime | None
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """A stretch of one text of an item round the first place that was searched for, and the places in it, as offsets."""

    field: Field
    text: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """The promise to tell one channel about one story for one watch. ``key`` is stable: the same promise is never made twice.

    ``subject``: "story:7" or "item:7". ``occasion``: first, again_at, update, edit; ``number``: of one that comes again.
    ``hold_until``: not sent before. ``batch``: alerts of one channel and batch go out as one message (a feed's first poll); None:
    each on its own.
    """

    watch_id: WatchId
    channel: ChannelId
    item_id: ItemId
    subject: str
    occasion: str
    key: str
    raised_at: datetime
    hold_until: datetime
    batch: str | None = None
    number: int = 0
    held_for: Literal["text", "copy", "interval"] | None = None


EditKind = Literal["brought", "changed", "gone", "page_gone"]
"""An edit brought the watched word, changed the sentences with it, or took all of them out; or the page is not there any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One item under one watch, with all that a message or digest says of it. ``title``: as it reads now.

    ``edit``: what an edit has to do with what was found; None: nothing. ``rewritten``: sentences that were found, as
    they stood first, and as they read now ("": gone). ``copied``: which part of its text stood in its story before; None: it
    was the first. ``carried``: the other outlets that carry it, first seen first, not more than so many.
    """

    item_id: ItemId
    watch_id: WatchId
    matches: tuple[Match, ...]
    title: str
    link: str | None
    language: str | None
    outlet_id: OutletId
    outlet_name: str
    outlet_language: str | None
    label: str | None
    published: datetime | None
    seen_at: datetime
    article_doubt: str | None
    edit: EditKind | None = None
    copied: float | None = None
    is_own_text: bool = True
    rewritten: tuple[tuple[str, str], ...] = ()
    carried: tuple[Carrier, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAlert:
    """An alert that is to be sent, with what it tells and how often that was tried.

    ``refusals``: tries at which it was refused itself; ``hopeless``: at which trying again could not help. ``message``, ``kind``:
    the message in which it was first tried; None: it was not.
    """

    id: AlertId
    alert: Alert
    finding: Finding
    urgent: bool
    tries: int
    refusals: int = 0
    hopeless: int = 0
    message: str | None = None
    kind: BundleKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Words for a channel, in each form that a channel can want. ``key``: the idempotency key. ``json``: one JSON object.

    ``thread``: key of the first message that this channel took about the same story, or, of a digest, the name of its day; None:
    this is the first, or tells of many. ``brief``: a shorter ``json`` for whom that is too long; None: there is none.
    """

    key: str
    subject: str
    text: str
    html: str
    json: str
    thread: str | None = None
    brief: str | None = None


# ------------------------------------------------------------------------------------------------------------ the status


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchCount:
    """How many items a watch ever matched, and when the newest was first seen."""

    watch_id: WatchId
    ever: int
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One life of the daemon. ``stopped_at`` None: running, or killed. ``config_fault``: why a newer config is not in force.

    ``seen_at``: its last sign of life, of which it gives one a minute.
    """

    started_at: datetime
    seen_at: datetime
    stopped_at: datetime | None
    config: str
    config_fault: str | None
