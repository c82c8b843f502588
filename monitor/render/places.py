"""StoryItem → its headline and the sentences with watched words, as they read now. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from monitor.model import Field, FoundMatch, ProvedItem, StoryItem
from monitor.render.passages import as_now


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A match in an item, with its sentence as it reads now and the words in it."""

    item: StoryItem
    found: FoundMatch
    sentence: str
    marks: tuple[tuple[int, int], ...]


def newest_title(item: ProvedItem, first: str) -> str:
    """Give an item's headline as its entry has it now. ``first``: as it was first."""
    return next((one.title for one in reversed(item.revisions) if one.part == "feed" and one.title), first)


def places_of(item: StoryItem) -> Iterator[Place]:
    """Give where words stand in an item; what an edit took out stands nowhere."""
    rewritten: dict[Field, dict[str, str]] = {}
    firsts: dict[int, str] = {}
    for _, edit in item.proved.sentence_edits:
        # a later edit is one of what an earlier one had made of it
        first = firsts.setdefault(edit.match_id, edit.before)
        rewritten.setdefault(edit.field, {})[first] = edit.fate.sentence or ""
    for found in item.proved.matches:
        sentence, marks = as_now(found.match, rewritten.get(found.match.field, {}))
        if sentence:
            yield Place(item=item, found=found, sentence=sentence, marks=tuple(marks))
