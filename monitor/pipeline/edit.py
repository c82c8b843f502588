"""What an edit raises: edits → what became of the watched sentences; alert → promises, for what only the new words say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.alert import Occasion
from monitor.edits import fates
from monitor.model import FeedId, ItemId, Match, SentenceEdit, WatchId
from monitor.pipeline.line import Setup
from monitor.pipeline.promise import promise
from monitor.store import Writing
from monitor.story import subject


def batch_of(feed_id: FeedId) -> str:
    """Name the message in which the many alerts of a feed's first poll go out together."""
    return f"first poll of feed {feed_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What new words mean for the old ones. ``matches``: where the watches stand in the item now.

    ``sentences``: the watched ones that changed, or are gone. ``old``: the watches that are younger than the old words and find
    those, too: they tell nothing of what was there before. ``is_matched``: any watch was found in the item before. ``is_edit``:
    more changed than what changes by itself.
    """

    matches: tuple[Match, ...]
    sentences: tuple[SentenceEdit, ...]
    old: frozenset[WatchId]
    is_matched: bool
    is_edit: bool

    @property
    def watches(self) -> frozenset[WatchId]:
        """The watches that find the item now."""
        return frozenset(match.watch_id for match in self.matches)


def edit(
    watched: Iterable[SentenceEdit],
    *,
    matches: tuple[Match, ...],
    old: Iterable[Match],
    young: frozenset[WatchId],
    title: str,
    text: str,
    is_matched: bool,
    is_edit: bool,
) -> Edit:
    """Compare what was found in former words (``old``: by the watches in force) with a new headline and text."""
    known = tuple(watched)
    now = {"title": fates([one.before for one in known if one.field == "title"], title)}
    now["text"] = fates([one.before for one in known if one.field != "title"], text)
    changed = [(one, now["title" if one.field == "title" else "text"].get(one.before)) for one in known]
    return Edit(
        matches=matches,
        sentences=tuple(replace(one, fate=found) for one, found in changed if found and found.sentence != one.before),
        old=frozenset(match.watch_id for match in old) & young,
        is_matched=is_matched,
        is_edit=is_edit,
    )


def add_matches(tx: Writing, setup: Setup, item_id: ItemId, matches: tuple[Match, ...], *, now: datetime) -> None:
    """Store what was found in an item: in its article, and in the newest words of its entry."""
    newest = tx.latest(item_id, "feed")
    for is_text, number in ((True, 0), (False, newest.number if newest else 0)):
        found = tuple(match for match in matches if (match.field == "text") is is_text)
        tx.add_matches(item_id, found, now=now, config=setup.config.fingerprint, revision=number)


def tell_edit(tx: Writing, setup: Setup, item_id: ItemId, found: Edit, *, number: int, now: datetime) -> bool:
    """Store what watches find in a revision that did not find the item before, and tell it; False: none does.

    One that was found before and told nobody, because other words spoke against it, tells now.
    """
    before = tx.matched_watches(item_id)
    fresh = tuple(match for match in found.matches if match.watch_id not in before)
    tx.add_matches(item_id, fresh, now=now, config=setup.config.fingerprint, revision=number)
    news = found.watches - found.old
    made = promise(tx, setup, news, item_id=item_id, story_id=tx.story_of(item_id), now=now, waits_for_text=False)
    made += _tell_changed(tx, setup, item_id, found, number=number, now=now)
    return bool(fresh or made)


def _tell_changed(tx: Writing, setup: Setup, item_id: ItemId, found: Edit, *, number: int, now: datetime) -> int:
    """Tell those who want it that the sentences were edited of which they were told."""
    story_id = tx.story_of(item_id)
    told = tx.told_of(subject(story_id, item_id, rules=setup.config.alerts))
    wanted = {watch.id for watch in setup.config.watches if watch.on_edit} & {one.watch_id for one in found.sentences}
    watches = frozenset(id for id in wanted & told.keys() if told[id].at < now)
    occasion = Occasion(kind="edit", number=number, after={id: told[id].at for id in watches})
    return promise(tx, setup, watches, item_id=item_id, story_id=story_id, now=now, waits_for_text=False, occasion=occasion)
