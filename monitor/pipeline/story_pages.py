"""A story in the store → all that its page in the archive shows: store → edits, story → WholeStory. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from monitor.edits import diff, shortened
from monitor.model import (
    Copy,
    DigestId,
    ItemEdit,
    ItemId,
    KeptDigest,
    OutletId,
    ProvedItem,
    Reworded,
    SentAlert,
    Span,
    Step,
    StoryId,
    StoryItem,
    Telling,
    Trail,
    Version,
    WholeStory,
)
from monitor.pipeline.follow import LONGEST, followed
from monitor.pipeline.revised import changes, revised
from monitor.store import Reading

ITEMS = 40
"""Items of a story whose page tells all of them; the others are counted."""
SENTENCES = 12
EDITS = 5
"""Edits of one item that are told, the newest; of a whole page MOST_EDITS: a page that is edited all day is not to take hours."""
MOST_EDITS = 20
LINES = 12
ALERTS = 200
DIGESTS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What the store has of a story, read in one go; working it out takes longer, and is done elsewhere."""

    id: StoryId
    tellings: tuple[Telling, ...]
    names: dict[OutletId, str]
    items: dict[ItemId, tuple[ProvedItem, tuple[Version, ...]]]
    alerts: tuple[SentAlert, ...]
    told_in: tuple[KeptDigest, ...]


def gather(known: Reading, story_id: StoryId, *, without: frozenset[DigestId] = frozenset()) -> Gathered:
    """Read what is stored of a story. ``without``: digests that are about to be deleted."""
    with known.at_one_moment():
        tellings = known.tellings(story_id)
        first = [one.item_id for one in tellings[:ITEMS]]
        return Gathered(
            id=story_id,
            tellings=tellings,
            names=known.outlet_names(),
            items={item_id: (known.proved(item_id), known.versions(item_id)) for item_id in first},
            alerts=known.alerts_sent(story_id, ALERTS),
            told_in=tuple(one for one in known.digests_telling(story_id, DIGESTS) if one.id not in without),
        )


def whole_story(gathered: Gathered) -> WholeStory | None:
    """Work out a story's way and what was changed on it; None where nothing of it is stored (any more)."""
    trail = followed(gathered.tellings, gathered.names, longest=LONGEST)
    if trail is None:
        return None
    return WholeStory(
        id=gathered.id,
        trail=trail,
        items=tuple(_items(gathered, trail)),
        alerts=gathered.alerts,
        told_in=gathered.told_in,
    )


def _items(gathered: Gathered, trail: Trail) -> Iterator[StoryItem]:
    left = MOST_EDITS
    for step in trail.steps:
        if step.telling.item_id in gathered.items:
            item = _item(step, *gathered.items[step.telling.item_id], most=min(left, EDITS))
            left -= len(item.edits)
            yield item


def _item(step: Step, proved: ProvedItem, versions: tuple[Version, ...], *, most: int) -> StoryItem:
    titles = frozenset(one.title for one in versions if one.title)
    pairs = changes(versions)
    told: tuple[ItemEdit, ...] = tuple(revised(pairs[len(pairs) - min(most, len(pairs)) :], titles, most=LINES))
    return StoryItem(
        step=step,
        proved=proved,
        reworded=_reworded(step.copy) if step.copy else None,
        edits=told,
        more_edits=len({after.number for _, after in pairs} - {edit.number for edit in told}),
    )


def _reworded(copy: Copy) -> Reworded:
    total = len(copy.changed) + len(copy.added) + len(copy.removed)
    return Reworded(
        headline=diff(*copy.headline) if copy.headline else (),
        dateline=diff(*copy.dateline) if copy.dateline else (),
        sentences=tuple(shortened(one) for one in islice(_sentences(copy), SENTENCES)),
        more=max(total - SENTENCES, 0),
    )


def _sentences(copy: Copy) -> Iterator[tuple[Span, ...]]:
    """Give what changed, sentence by sentence: what was changed first, as that is what is looked for."""
    for before, after in copy.changed:
        yield diff(before, after)
    for kind, sentences in (("added", copy.added), ("removed", copy.removed)):
        for sentence in sentences:
            yield (Span(kind="added" if kind == "added" else "removed", text=sentence),)
