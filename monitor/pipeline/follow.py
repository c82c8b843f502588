"""A story's items in the store → its trail: store → edits (what runs on by itself is left out) → story."""

from __future__ import annotations

from dataclasses import replace

from monitor.edits import essence
from monitor.model import OutletId, StoryId, Telling, Trail
from monitor.store import Reading
from monitor.story import trail


def follow(known: Reading, story_id: StoryId) -> Trail | None:
    """Follow a story from outlet to outlet; None where nothing of it is stored (any more)."""
    return followed(known.tellings(story_id), known.outlet_names())


def followed(tellings: tuple[Telling, ...], names: dict[OutletId, str]) -> Trail | None:
    """Follow items from outlet to outlet; None where there are none. ``names``: of all outlets, for whom a text credits."""
    told = tuple(replace(one, text=essence(one.text, titles=(one.headline,))) for one in tellings)
    return trail(told, names) if told else None
