"""Which items carry one text, and what an alert is about. Pure.

An item is a story of its own: the items that carry one text are not joined yet.
"""

from __future__ import annotations

from monitor.model import StoryId


def subject(story_id: StoryId) -> str:
    """Name the story as an alert's subject."""
    return f"story:{story_id}"
