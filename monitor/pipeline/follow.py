"""A story's items in the store → its trail: store → edits (what runs on by itself is left out) → story."""

from __future__ import annotations

from dataclasses import replace

from monitor.edits import essence
from monitor.model import StoryId, Trail
from monitor.store import Reading
from monitor.story import trail


def follow(known: Reading, story_id: StoryId) -> Trail | None:
    """Follow a story from outlet to outlet; None where nothing of it is stored (any more)."""
    told = tuple(replace(one, text=essence(one.text, titles=(one.headline,))) for one in known.tellings(story_id))
    return trail(told, known.outlet_names()) if told else None
