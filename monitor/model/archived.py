"""What the archive shows: digests as its list has them, and stories with all that is known of them, changes as diffs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model.asked import DigestId, Format, PlanId, StoryId, WatchId
from monitor.model.found import Span
from monitor.model.proved import Part, ProvedItem, SentAlert
from monitor.model.trail import Step, Trail


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchTally:
    """What a digest has of one watch. ``name``: as a heading has it."""

    id: WatchId
    name: str
    items: int
    stories: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDigest:
    """A digest that was made and is kept, without its words. ``forms``: the files that it was worded for.

    ``watches``, ``gaps``: what it counted. ``is_asked``: a person asked for it.
    """

    id: DigestId
    plan: PlanId
    period: str
    made_at: datetime
    is_late: bool
    is_asked: bool
    watches: tuple[WatchTally, ...]
    gaps: int
    forms: tuple[Format, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reworded:
    """What a copy changed of the text it is nearest to, as diffs; (): nothing. ``more``: so many sentences beside those."""

    headline: tuple[Span, ...]
    dateline: tuple[Span, ...]
    sentences: tuple[tuple[Span, ...], ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemEdit:
    """One edit of an item's entry or page, as a diff. ``lines``: those of its text that changed; ``more``: so many beside.

    ``is_kept``: its texts are still there, so that the lines can be told.
    """

    number: int
    part: Part
    seen_at: datetime
    headline: tuple[Span, ...]
    lines: tuple[tuple[Span, ...], ...]
    more: int
    is_kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryItem:
    """One item of a story: where it stands on the trail, what it changed, what was edited in it since, what proves it.

    ``reworded`` None: there was no text before it, or its words are not kept. ``more_edits``: so many older ones beside.
    """

    step: Step
    proved: ProvedItem
    reworded: Reworded | None
    edits: tuple[ItemEdit, ...]
    more_edits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeStory:
    """A story with all that is known of it, but for its full texts. ``items``: the first of it; ``trail`` has all.

    ``alerts``: those that were sent of it. ``told_in``: the digests that tell of it and are kept, newest first.
    """

    id: StoryId
    trail: Trail
    items: tuple[StoryItem, ...]
    alerts: tuple[SentAlert, ...]
    told_in: tuple[KeptDigest, ...]
