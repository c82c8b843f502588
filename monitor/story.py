"""Text → what it is compared by; which subject an alert is about. Pure.

An item is a story of its own: the items that carry one text are not joined yet.
"""

from __future__ import annotations

import hashlib

from monitor.fold import fold
from monitor.model import StoryId


def text_hash(title: str, text: str) -> str:
    """Give the SHA-256, in hex, of the folded headline and text: equal for copies that differ in case, accents, spacing only."""
    return hashlib.sha256(" ".join(fold(f"{title}\n{text}").split()).encode()).hexdigest()


def subject(story_id: StoryId) -> str:
    """Name the story as an alert's subject."""
    return f"story:{story_id}"
