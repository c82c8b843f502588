"""Which items carry one text, what an alert is about, a story's way from outlet to outlet. Pure; uses fold and text."""

from __future__ import annotations

from monitor.model import AlertRules, ItemId, StoryId
from monitor.story.aligned import Compared, compare, parted
from monitor.story.join import WINDOW, Arrival, copied, is_update, joined
from monitor.story.numbers import changed_numbers
from monitor.story.sketch import sketch
from monitor.story.trail import first, is_credited, trail

__all__ = [
    "WINDOW",
    "Arrival",
    "Compared",
    "changed_numbers",
    "compare",
    "copied",
    "first",
    "is_credited",
    "is_update",
    "joined",
    "parted",
    "sketch",
    "subject",
    "trail",
]


def subject(story_id: StoryId, item_id: ItemId, *, rules: AlertRules) -> str:
    """Name what an alert is about: the story, or the item where the desk wants to be told of each."""
    return f"item:{item_id}" if rules.per == "item" else f"story:{story_id}"
