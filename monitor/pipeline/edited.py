"""What was edited in a window: store → edits, story → notes, for the digest. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from monitor.edits import diff, essence
from monitor.model import Edited, EditNote, Span, Version
from monitor.store import Reading
from monitor.store.briefing import Stretch
from monitor.story import Compared, changed_numbers, compare, parted

MOST_SENTENCES = 3
"""Watched sentences of one edit that are shown."""
MOST_NUMBERS = 3
LONGEST = 30_000
"""Characters of a text: a long article is of 10,000."""

_Part = Literal["feed", "page"]
_Change = tuple[Version, Version]


def notes(known: Reading, edited: Iterable[Edited], window: Stretch) -> tuple[EditNote, ...]:
    """Say what became of edited items, between what they said before the window and at its end."""
    return tuple(_note(known, one, window) for one in edited)


def _note(known: Reading, one: Edited, window: Stretch) -> EditNote:
    named = known.item_named(one.item_id)
    versions = known.versions(one.item_id)
    feed, page = (_change(versions, part, window) for part in ("feed", "page"))
    headline = _headline(feed) or _headline(page)
    compared = _compared(page or feed, tuple(version.title for version in versions if version.title))
    titles = {" ".join((version.title or "").split()) for version in versions}
    # a headline is told as such
    pairs = [pair for pair in known.edited_sentences(one.item_id, window) if " ".join(pair[0].split()) not in titles]
    changed = [*([headline] if headline else []), *(compared.changed if compared else ())]
    return EditNote(
        item_id=one.item_id,
        story_id=one.story_id,
        outlet_id=named.feed.outlet.id,
        outlet_name=named.feed.name,
        outlet_language=named.feed.outlet.language,
        language=named.language,
        title=named.title,
        link=named.link,
        at=one.at,
        headline=diff(*headline) if headline else (),
        sentences=tuple(_spans(before, after) for before, after in pairs[:MOST_SENTENCES]),
        added=len(compared.added) if compared else 0,
        removed=len(compared.removed) if compared else 0,
        changed=len(compared.changed) if compared else 0,
        numbers=changed_numbers(changed)[:MOST_NUMBERS],
        is_gone=one.is_gone,
        times=max(one.times, 1),
    )


def _change(versions: tuple[Version, ...], part: _Part, window: Stretch) -> _Change | None:
    """Give what a part said before the window and what it says at its end; None where nothing of it was edited in it."""
    told = [version for version in versions if version.part == part and version.seen_at < window[1]]
    fresh = [version for version in told if version.number and version.seen_at >= window[0]]
    before = [version for version in told if fresh and version.number < fresh[0].number]
    return (before[-1], fresh[-1]) if before else None


def _headline(change: _Change | None) -> tuple[str, str] | None:
    if change is None:
        return None
    before, after = (version.title or "" for version in change)
    return (before, after) if before and after and before.split() != after.split() else None


def _compared(change: _Change | None, titles: tuple[str, ...]) -> Compared | None:
    """Compare the texts, without what changes by itself; None where one of them is not kept."""
    if change is None or any(version.text is None for version in change):
        return None
    before, after = (parted(essence((version.text or "")[:LONGEST], titles=titles)) for version in change)
    return compare(before, after)


def _spans(before: str, after: str) -> tuple[Span, ...]:
    return diff(before, after) if after else (Span(kind="removed", text=before),)
