"""Watches that are new or changed, and what is stored already: store → match, story → alert → store, beside the other work."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from monitor import again
from monitor.alert import LOOK_BACK
from monitor.match import compile_watches
from monitor.model import ItemId, Match, Past, StoredWords, WatchId
from monitor.pipeline.line import Line, Setup, asked
from monitor.pipeline.logged import about
from monitor.pipeline.promise import promise
from monitor.pipeline.settle import settle, settling, sketch_of
from monitor.store import Writing

log = logging.getLogger("monitor.recall")

BREATH = 0.05
"""Seconds between two steps, about as long as one takes: news goes first."""
STEP = 50
"""Items that are asked about in one transaction: others wait for the writer, and for the interpreter, meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Watches that have come equally far: asked together. ``setup``: with a matcher of them alone."""

    force: Setup
    setup: Setup
    past: tuple[Past, ...]
    least: ItemId | None

    @property
    def ids(self) -> frozenset[WatchId]:
        return frozenset(one.watch_id for one in self.past)


@dataclass(slots=True)
class Recalling:
    """Asks new and changed watches about what is stored, newest items first; silently, but where a watch has a `look_back`."""

    _group: _Group | None = None
    _asked: Counter[WatchId] = field(default_factory=Counter)
    _found: Counter[WatchId] = field(default_factory=Counter)

    async def recall(self, line: Line, *, most: int | None = None) -> None:
        """Ask on until all is asked, or so many items were. Raises StoreError."""
        looked_at = 0
        while most is None or looked_at < most:
            group = await self._next(line)
            if group is None:
                return
            below, least = group.past[0].below, group.least
            stored = await line.store.read(lambda store: store.stored_words(below=below, least=least, limit=STEP))  # noqa: B023
            found = await asyncio.to_thread(_all_asked, group.setup, stored)
            done = await line.store.write(partial(_take, line=line, group=group, stored=stored, found=found))
            looked_at += len(stored)
            await asyncio.sleep(BREATH)
            if done:
                self._count(group, stored, found, is_last=len(stored) < STEP and least is None)

    async def _next(self, line: Line) -> _Group | None:
        force = line.setup
        past = await line.store.read(lambda store: store.past())
        listed = {watch.id: watch for watch in force.config.watches}
        pending = [one for one in past if one.watch_id in listed]
        if not pending:
            self._group = None
            return None
        top = tuple(one for one in pending if one.below == pending[0].below)
        least = next((one.below for one in pending if one.below < pending[0].below), None)
        known = self._group
        ids = frozenset(one.watch_id for one in top)
        if known is not None and known.force is force and known.ids == ids:
            self._group = replace(known, past=top, least=least)
        else:
            if known is not None and known.force is not force:
                # what was asked before may have been another question
                self._asked.clear()
                self._found.clear()
            matcher = await asyncio.to_thread(compile_watches, tuple(listed[id] for id in sorted(ids)))
            self._group = _Group(force=force, setup=replace(force, matcher=matcher), past=top, least=least)
        return self._group

    def _count(self, group: _Group, stored: tuple[StoredWords, ...], found: list[tuple[Match, ...]], *, is_last: bool) -> None:
        for id in group.ids:
            self._asked[id] += len(stored)
            self._found[id] += sum(any(match.watch_id == id for match in matches) for matches in found)
            if is_last:
                counts = self._found.pop(id), self._asked.pop(id)
                log.info("%s: asked of what is stored: found in %d of %d items", id, *counts, extra={"watch": id})


def _all_asked(setup: Setup, stored: tuple[StoredWords, ...]) -> list[tuple[Match, ...]]:
    found: list[tuple[Match, ...]] = []
    for one in stored:
        try:
            found.append(ask_stored(setup, one))
        except Exception:
            # one item's surprise must not keep the watch from all the others, for ever
            log.exception("item %d: a fault of the monitor itself", one.item.id, extra=about(one.item))
            found.append(())
    return found


def ask_stored(setup: Setup, stored: StoredWords) -> tuple[Match, ...]:
    """Ask the watches about an item as it reads now."""
    item = stored.item
    feed = setup.feeds.get(item.feed.id, item.feed)
    return asked(
        setup,
        feed,
        about=item,
        title=item.title,
        summary=item.summary,
        text=stored.text,
        page_language=stored.page_language,
    )


def _take(tx: Writing, *, line: Line, group: _Group, stored: tuple[StoredWords, ...], found: list[tuple[Match, ...]]) -> bool:
    """Store what was found; False, and nothing done: a reload changed what is asked, or a page or an edit came meanwhile."""
    if line.setup is not group.force:
        return False
    matched = [one for one, matches in zip(stored, found, strict=True) if matches]
    if any(tx.stored_item(one.item.id) not in (one, None) for one in matched):
        # what it says now may speak against it
        return False
    now = line.now()
    for one, matches in zip(stored, found, strict=True):
        if matches and tx.has_item(one.item.id):
            _take_item(tx, group, one, matches, now=now)
    below = stored[-1].item.id if len(stored) == STEP else group.least
    tx.ask_on(group.ids, was=group.past[0].below, below=below)
    return True


def _take_item(tx: Writing, group: _Group, one: StoredWords, matches: tuple[Match, ...], *, now: datetime) -> None:
    item, config = one.item, group.force.config
    told_since = {past.watch_id: past.tells_since for past in group.past}
    told = tuple(match for match in matches if _is_told(one, told_since[match.watch_id]))
    silent = tuple(match for match in matches if match not in told)
    tx.add_matches(item.id, told, now=now, config=config.fingerprint)
    tx.add_matches(item.id, silent, now=now, config=config.fingerprint, is_history=True)
    if item.reread_at is None and item.article_at is not None:
        # edited it may be yet
        tx.plan_reread(item.id, again.reread_at(item.article_at, is_matched=True, now=now), was=None)
    story_id = item.story_id
    if told and item.article_state == "not_wanted" and not tx.is_sketched(item.id):
        # its turn to be settled may not have come yet
        story_id = settle(tx, settling(tx, item, sketch_of(item.title, item.summary)), now).story_id
    for watch_id in dict.fromkeys(match.watch_id for match in told):
        promise(
            tx,
            group.force,
            (watch_id,),
            item_id=item.id,
            story_id=story_id,
            now=now,
            # the others of its kind are still being found, and many go out as one message
            waits_for_text=True,
            batch=f"{LOOK_BACK} {watch_id}",
        )
        tx.tell_history(item.id, (watch_id,), now=now)


def _is_told(one: StoredWords, since: datetime | None) -> bool:
    return since is not None and not one.item.is_baseline and one.item.seen_at >= since
