"""The digest as records: stories under watches, edits, volume, coverage; what was not seen, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from monitor.model.asked import ChannelId, DigestId, Format, ItemId, OutletId, PlanId, StoryId, Watch, WatchId
from monitor.model.found import Finding, Span
from monitor.model.polled import Feed, Rhythm
from monitor.model.trail import Carrier, First, NumberChange, Trail

MAIN: Final = PlanId("")
"""The digest of [digest] itself."""
DAYS_BEFORE: Final = 28
"""So many days the volume of a watch is compared with."""

RECENT: Final = timedelta(weeks=8)
LONG_AGO: Final = timedelta(weeks=52)
SEVERAL: Final = 16
"""A feed is judged by the hours in which it brought something, RECENT before its newest item: more than these; else by the newest
so many of LONG_AGO."""
Hours = tuple[int, int]
"""From an hour on, up to another one that is not counted in; hours since 1970, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What is known of when a feed brought something new; what its first poll found is left out.

    ``hours``: those, since 1970 (UTC), in which it did, ascending; ``items``: how many came in all of them. ``newest_at``: when
    the newest was first seen. ``since``, ``until``: when the feed answered first and last. ``unseen``: hours in which it could
    not be seen, as it failed or the monitor did not run; ascending, apart.
    """

    rhythm: Rhythm
    hours: tuple[int, ...]
    items: int
    newest_at: datetime
    since: datetime
    until: datetime
    unseen: tuple[Hours, ...] = ()


GapKind = Literal[
    "down",
    "network",
    "not_polled",
    "failing",
    "set_aside",
    "never_answered",
    "silent",
    "was_unreached",
    "was_failing",
    "overflow",
    "config",
    "unread",
    "no_text",
    "doubtful_text",
    "first_poll",
    "undelivered",
    "unsent_digest",
    "waiting",
]


Sureness = Literal["probable", "certain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that was not seen, and why. ``feed`` None: the monitor's own trouble. ``since`` None: not known.

    ``until`` None: it goes on. ``count``: tries that failed, feeds that were not reached, texts that are missing.
    Kind overflow: what was published from ``since`` to ``until`` probably scrolled away between two polls, ``count`` times.
    Kind silent: nothing new came since ``since``, where ``count`` items would be usual; ``longest``: the longest time without a
    new item that is known of the feed, in ``known`` of its past; ``sure``: probable where it may still be chance, or a holiday.
    Kind down with neither ``since`` nor more of it: the monitor did not run at all before ``until``.
    ``cause``: the failure's kind as in its error (monitor/errors.py), moved, or why a text is doubted; "" where there is none.
    """

    kind: GapKind
    feed: Feed | None
    since: datetime | None
    reason: str
    count: int = 1
    until: datetime | None = None
    longest: timedelta | None = None
    known: timedelta | None = None
    sure: Sureness | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletHealth:
    """One feed's line in the table of outlets. ``state`` new: never polled yet; quiet: silent against its own rhythm.

    ``items``: new ones in the window. ``pace``: time between polls, as found for it last; None: not known yet.
    """

    feed: Feed
    state: Literal["ok", "new", "quiet", "failing", "set_aside", "paused"]
    answered_at: datetime | None
    due_at: datetime
    items: int
    failures: int
    reason: str | None
    pace: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spotted:
    """An item that a watch found in the window: all that ranking and counting need to know of it.

    ``since``: when it was first seen; of what stood in its feed at the first look, when it is dated.
    """

    watch_id: WatchId
    item_id: ItemId
    story_id: StoryId
    outlet_id: OutletId
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Carriage:
    """How many outlets carry a story, and how many of them in a text of their own."""

    outlets: int
    own_texts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LastMatch:
    """A watch's newest item: when it was first seen, and the name of its outlet."""

    watch_id: WatchId
    at: datetime
    outlet_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """How much a watch found in the window, beside the same stretch of each of the 28 days before (longer windows: those days).

    ``days``: items of each, oldest first; None: the monitor did not run for most of it. ``usual``: what a window of this length
    usually has, by their median; None: too few of them are known. ``is_high``: so much more that it is worth a mark.
    """

    count: int
    days: tuple[int | None, ...]
    usual: float | None
    is_high: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """An item that was edited in the window, ``times`` times, the last time seen ``at``. ``is_gone``: its page went in it."""

    item_id: ItemId
    story_id: StoryId
    at: datetime
    times: int
    is_gone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemNamed:
    """What a line about an item names. ``title``: as it reads now. ``language``: its own, or its outlet's."""

    feed: Feed
    title: str
    link: str | None
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditNote:
    """What edits made of an item that a watch found: ``times`` of them, the last seen ``at``. ``title``: as it reads now.

    ``headline``: as a diff; (): it stayed. ``sentences``: those with a watched word that were edited, each as a diff. ``added``,
    ``removed``, ``changed``: how many sentences of its text were. ``is_gone``: its page is not there any more.
    """

    item_id: ItemId
    story_id: StoryId
    outlet_id: OutletId
    outlet_name: str
    outlet_language: str | None
    language: str | None
    title: str
    link: str | None
    at: datetime
    headline: tuple[Span, ...]
    sentences: tuple[tuple[Span, ...], ...]
    added: int
    removed: int
    changed: int
    numbers: tuple[NumberChange, ...] = ()
    is_gone: bool = False
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldStory:
    """One story of the window, whichever watches found it. ``carriers``: each outlet with its first item of it, first seen first.

    ``outlets``, ``own_texts``: how many carry it, and how many of them in a text of their own. ``first``: who had it first.
    ``trail``: what its first few copies made of it; None: it was not looked at that closely. ``is_continued``: it was found
    before this window, too.
    """

    id: StoryId
    carriers: tuple[Carrier, ...]
    outlets: int
    own_texts: int
    trail: Trail | None
    first: First
    edits: tuple[EditNote, ...]
    is_continued: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFound:
    """A story under one watch. ``finding``: its first item in the window that the watch found. ``items``: how many it found."""

    story_id: StoryId
    finding: Finding
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """Alerts of a watch that were raised in the window and not sent, as a person wanted none: watch muted, story acknowledged."""

    muted: int
    acked: int
    muted_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchFindings:
    """What one watch found in the window, most carried story first. ``more``: so many stories beside those.

    ``items``, ``outlets``: of all its stories. ``last_match``: when its newest item of all was first seen, and the outlet's name.
    ``history``: so many items, beside those, it found in what was stored before it was asked so; nobody was told of them.
    """

    watch: Watch
    last_match: datetime | None
    history: int = 0
    stories: tuple[StoryFound, ...] = ()
    more: int = 0
    items: int = 0
    outlets: int = 0
    last_outlet: str | None = None
    volume: Volume | None = None
    withheld: Withheld | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstCount:
    """How many stories an outlet had first."""

    outlet_id: OutletId
    outlet_name: str
    language: str | None
    stories: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Firsts:
    """Who was first, of the stories since ``since`` that a watch found and several outlets carry; most often first leads.

    ``untold``: so many more whose first polling can't tell. ``paces``: the shortest and the longest time between polls.
    """

    since: datetime
    outlets: tuple[FirstCount, ...]
    untold: int
    paces: tuple[timedelta, timedelta] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What was found and what was not seen in ``start`` ≤ time < ``stop``. ``period``: its local time, "2026-11-23T06:00".

    ``plan``: which digest of the config; "": that of [digest] itself. ``caught_up``: so many earlier periods that were missed as
    well were made with it. ``stories``: those that stand under a watch, each once. ``edits``: of items that a watch found, newest
    first; ``more_edits``: so many beside those. ``notes``: what is no gap, and yet to be known, told as gaps are. ``last_match``:
    id of the newest match that was stored when it was put together: what is stored later is in the next one.
    ``watches_left_out``, ``outlets_left_out``: so many that config.toml has are none of its plan's.
    """

    title: str
    timezone: str
    period: str
    start: datetime
    stop: datetime
    late: bool
    watches: tuple[WatchFindings, ...]
    gaps: tuple[Gap, ...]
    outlets: tuple[OutletHealth, ...]
    items_read: int
    config_fingerprint: str
    version: str
    plan: PlanId = MAIN
    caught_up: int = 0
    stories: tuple[ToldStory, ...] = ()
    edits: tuple[EditNote, ...] = ()
    more_edits: int = 0
    firsts: Firsts | None = None
    notes: tuple[Gap, ...] = ()
    items_matched: int = 0
    last_match: int = 0
    made_at: datetime | None = None
    watches_left_out: int = 0
    outlets_left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLife:
    """What is known of a plan. ``added_at``: since when config.toml has it; ``since``: with these times, in this zone.

    ``told_to``: where the window of its newest digest ends; None: none was made. ``first_run``: when the monitor first ran.
    """

    added_at: datetime
    since: datetime
    told_to: datetime | None
    first_run: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenDigest:
    """A digest in the words that it was stored in: one text for each form of file. ``stories``: those that it tells of."""

    plan: PlanId
    period: str
    words: tuple[tuple[Format, str], ...]
    stories: tuple[StoryId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SentWords:
    """A digest in the words in which channels get it: as plain text, as the HTML of a mail, as JSON for programs."""

    subject: str
    text: str
    mail: str
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDigest:
    """A digest that is to be sent to a channel, in the words it was frozen in. ``is_asked``: a person asked for it."""

    id: DigestId
    channel: ChannelId
    plan: PlanId
    period: str
    words: SentWords
    made_at: datetime
    tries: int
    is_asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestDelivery:
    """How it went with the promise to send one digest to one channel. ``reason``: what the channel answered last, if it failed.

    ``next_try_at``: while it is held, when it may be tried at the earliest.
    """

    plan: PlanId
    period: str
    channel: ChannelId
    state: Literal["held", "sent", "dead"]
    tries: int
    reason: str | None
    next_try_at: datetime
