"""A story's items in the store → its trail: store → edits (what runs on by itself is left out) → story."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from monitor.edits import essence
from monitor.model import OutletId, StoryId, Telling, Trail
from monitor.store import Reading
from monitor.story import trail

BRIEFLY = 6
LONGEST = 30_000
"""Characters of a text: a long article is of 10,000."""


def follow(known: Reading, story_id: StoryId) -> Trail | None:
    """Follow a story from outlet to outlet; None where nothing of it is stored (any more)."""
    return followed(known.tellings(story_id), known.outlet_names())


def follow_briefly(known: Reading, story_id: StoryId, names: Mapping[OutletId, str]) -> Trail | None:
    """Follow a story through its first few items, and no further than LONGEST characters into each: one of many stories.

    ``names``: of the outlets.
    """
    return followed(known.tellings(story_id, BRIEFLY), names, longest=LONGEST)


def followed(tellings: tuple[Telling, ...], names: Mapping[OutletId, str], *, longest: int | None = None) -> Trail | None:
    """Follow items that were read already; None where there are none. ``longest``: characters of each text; None: all."""
    told = tuple(replace(one, text=essence(one.text[:longest], titles=(one.headline,))) for one in tellings)
    return trail(told, names) if told else None
