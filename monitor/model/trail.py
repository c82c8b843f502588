"""A story's way from outlet to outlet: who told it when, what each copy made of it, and how sure polling lets us be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from monitor.model.asked import ItemId, OutletId, StoryId

FirstBy = Literal["alone", "polls", "dates", "unknown"]

OWN_BELOW: Final = 0.7
"""A text of which less than this share stood in its story before is the outlet's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One item of a story, with its words as they were stored first. ``text``: the article; where it is not had, the feed's own.

    ``unseen_at``: when its feed was last looked at without it; None: it stood there at the first look, nobody knows since when.
    ``copied``: the share of it that stood in its story before, as it was settled; None: it was the first.
    ``is_whole``: the article was had. ``is_forgotten``: its texts were deleted.
    """

    item_id: ItemId
    outlet_id: OutletId
    outlet_name: str
    label: str | None
    language: str | None
    link: str | None
    headline: str
    text: str
    author: str | None
    published: datetime | None
    seen_at: datetime
    unseen_at: datetime | None
    copied: float | None
    is_whole: bool
    is_forgotten: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What a text says of where it is from. ``outlet_id``: the outlet of the desk's that is named; None: none that it lists."""

    line: str
    name: str
    outlet_id: OutletId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberChange:
    """A number that reads otherwise in a copy, and the sentence there that has it."""

    before: str
    after: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What a telling made of an earlier one, the one that its text is nearest to.

    ``copied``: the share of its words that stood there, 0 to 1. ``changed``: sentences as they were and as they became.
    ``headline``, ``dateline``: likewise; None: the same, or (dateline) none in either.
    """

    of: ItemId
    copied: float
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[tuple[str, str], ...]
    headline: tuple[str, str] | None
    numbers: tuple[NumberChange, ...]
    dateline: tuple[str, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One telling on a trail. ``copy`` None: there was none before it, or its words are not kept. ``is_own``: its own text."""

    telling: Telling
    copy: Copy | None
    credit: Credit | None
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """Who had a story first. ``seen``: the item that was seen first; ``dated``: that with the earliest date; None: none has one.

    ``by``: what tells who was first: only one outlet carries it (``alone``), no other had it when it was seen there (``polls``),
    the outlets' own dates (``dates``), or nothing does (``unknown``). ``outlets``: the outlet that was first, or, where that is
    not known, all that may have been.
    """

    seen: ItemId
    dated: ItemId | None
    by: FirstBy
    outlets: tuple[OutletId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """The way of one story, in the order in which its items were first seen."""

    steps: tuple[Step, ...]
    first: First

    @property
    def outlets(self) -> int:
        """How many outlets carry it."""
        return len({step.telling.outlet_id for step in self.steps})

    @property
    def own_texts(self) -> int:
        """How many of them have a text of their own."""
        return len({step.telling.outlet_id for step in self.steps if step.is_own})


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """An outlet that carries a story, with its first item of it. ``copied``, ``unseen_at``: as in Telling.

    ``is_own``: its text is the outlet's own: less than OWN_BELOW of it was copied, and it credits no other outlet of the story.
    """

    item_id: ItemId
    outlet_id: OutletId
    outlet_name: str
    label: str | None
    link: str | None
    published: datetime | None
    seen_at: datetime
    copied: float | None
    is_own: bool = True
    outlet_language: str | None = None
    unseen_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPlace:
    """Where an item stands in its story. ``settled_at`` None: provisional. ``items``: the story's, in order of first seen."""

    story_id: StoryId
    settled_at: datetime | None
    copied: float | None
    items: tuple[ItemId, ...]
