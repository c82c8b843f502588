"""A story's items in the store → its trail: store → edits (what runs on by itself is left out) → story."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from monitor.edits import essence
from monitor.model import OutletId, StoryId, Trail
from monitor.store import Reading
from monitor.store.telling import MOST_TELLINGS
from monitor.story import trail


def follow(
    known: Reading, story_id: StoryId, *, most: int = MOST_TELLINGS, names: Mapping[OutletId, str] | None = None
) -> Trail | None:
    """Follow a story from outlet to outlet, through its first items; None where nothing of it is stored (any more).

    ``names``: of the outlets, where they are at hand.
    """
    told = tuple(replace(one, text=essence(one.text, titles=(one.headline,))) for one in known.tellings(story_id, most))
    return trail(told, names or known.outlet_names()) if told else None
