"""What items are known again by, where outlets carry each other's texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model.asked import ItemId, OutletId, StoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What a text is known again by: 31-bit hashes, of runs of four words (or characters, where words are not parted).

    ``text_hash``: of the folded headline and text. ``tokens``: words, or characters. ``lead``: the first 120, ``rest``: every
    second of all by its hash, at most the smallest 256; both in the order of the text. ``numbers``: those of two digits and more.
    ``words``: every second of all words by its hash, at most the smallest 256. ``title``: the headline's
    words; ``is_headed``: one of those that are long stands in the text, or there is none.
    """

    text_hash: bytes
    tokens: int
    lead: tuple[int, ...]
    rest: tuple[int, ...]
    numbers: frozenset[int]
    words: frozenset[int]
    title: frozenset[int]
    is_headed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketched:
    """An item of the last two weeks that another may be a copy of. ``address``: its canonical URL."""

    item_id: ItemId
    story_id: StoryId
    outlet_id: OutletId
    address: str | None
    seen_at: datetime
    sketch: Sketch


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """What an item may be a copy of. ``worn``: its hashes that so many stories have that they say nothing."""

    items: tuple[Sketched, ...]
    worn: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """The story that an item belongs to, and which part of its text stood there before it (0 to 1)."""

    story_id: StoryId
    nearest: ItemId
    copied: float
