"""A poll that was answered → the store: its items, their alerts, and what is remembered of the feed, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from monitor import cadence
from monitor.alert import is_told
from monitor.edits import fingerprint
from monitor.model import (
    Document,
    Feed,
    FeedState,
    Fetched,
    Field,
    Hints,
    Item,
    ItemId,
    Match,
    Overlap,
    Record,
    Rhythm,
    SentenceEdit,
    Sketch,
    Unchanged,
    Validators,
    Version,
    WatchId,
)
from monitor.pipeline.edit import Edit, batch_of, edit, tell_edit
from monitor.pipeline.evidence import prove
from monitor.pipeline.line import Line, Setup, asked
from monitor.pipeline.paper import Paper
from monitor.pipeline.promise import promise
from monitor.pipeline.settle import Settled, Settling, expect, settle, tell_more
from monitor.store import MOST, Writing
from monitor.story import WINDOW

FEED_FIELDS: tuple[Field, ...] = ("title", "summary")
NOT_MODIFIED = 304
BACKDATED = timedelta(hours=1)
"""An item dated so long before a "not modified" was there when it was said; a smaller difference may be the outlet's clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An item and where the watches stand in it. ``page``: it has one, and it is to be read. ``entry_hash``: of its words.

    ``sketch``: what they are known again by; None where no watch is found in them: that can wait.
    ``edit``: what they mean for the words it had, where it is known and had others.
    """

    item: Item
    matches: tuple[Match, ...]
    page: bool
    entry_hash: bytes
    sketch: Sketch | None
    edit: Edit | None = None

    @property
    def is_proof(self) -> bool:
        """Whether what the feed says of it has to be kept: a watch finds it, or found what it said before."""
        return bool(self.matches) or (self.edit is not None and self.edit.is_matched)


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """What an item said before. ``watched``: its sentences with a watch in them; ``is_matched``: any watch was found in it.

    ``page``: what its article says; ``young``: the watches that were not asked of it yet.
    """

    version: Version | None
    page: str | None
    young: frozenset[WatchId]
    watched: tuple[SentenceEdit, ...]
    is_matched: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """What a body says that matters. ``items``: those that the store does not know, or not with these words.

    ``known``: how many others it has.
    """

    items: tuple[Asked, ...] = ()
    known: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A poll that was answered: by whom, with what, and what the store makes of it.

    ``paper`` None: unchanged. ``came_back``: from trouble of this machine's own. ``fresh``: the items that are new, once that is
    known for sure. ``record``: where the feed's answer is kept, if any item in it matched.
    """

    setup: Setup
    state: FeedState
    feed: Feed
    answer: Fetched | Unchanged
    paper: Paper | None
    met: Met
    came_back: bool
    record: Record | None = None
    fresh: tuple[Asked, ...] = ()

    @property
    def overlap(self) -> Overlap | None:
        """How the document meets what was known; None where it said nothing new."""
        if self.paper is None or self.paper.document is None:
            return None
        entries = len(self.met.items) + self.met.known
        return Overlap(entries=entries, known=entries - len(self.fresh))


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a poll put into the store, and when. ``pages``: whether any of its new items has one to be read."""

    at: datetime | None = None
    pages: bool = False
    new: int = 0
    matched: int = 0
    silent: int = 0
    edited: int = 0


def take(tx: Writing, *, line: Line, look: Look, jitter: float) -> Taken | None:
    """Put a look into the store; None, and nothing done, where a reload has changed what is asked since."""
    if line.setup is not look.setup:
        return None
    # the time of this transaction: a digest is made in one of its own, so nothing falls between two windows
    now = line.now()
    if _says_nothing(look):
        found = _next(look, tx.rhythm(look.feed.id), look.state.hints, now=now, jitter=jitter)
        tx.remember_unchanged(look.feed.id, now=now, pace=found.pace, due_at=found.due_at)
        tx.add_poll(look.state, now=now, entries=0, new_items=0, size=0)
        return Taken()
    look, taken = _take_items(tx, look, now)
    published = [one.item.published for one in look.fresh]
    rhythm = cadence.counted(tx.rhythm(look.feed.id), published, now=now)
    after = _after(look, rhythm, now=now, jitter=jitter)
    tx.remember_answer(after, title=_document(look).title if look.paper and look.paper.document else None)
    if look.paper is not None and look.paper.pieces is not None:
        tx.remember_document(look.feed.id, pieces=look.paper.pieces, rhythm=rhythm)
    tx.add_poll(
        look.state,
        now=now,
        entries=look.paper.entries if look.paper else 0,
        new_items=taken.new,
        size=len(look.answer.body) if isinstance(look.answer, Fetched) else 0,
        missed=cadence.missed(look.state, look.overlap, published, now=now) if look.overlap else None,
    )
    if look.came_back:
        # what could not be asked meanwhile is asked once each, and not all in the same moment
        tx.catch_up(now=now, within=timedelta(seconds=min(len(look.setup.feeds) / 20, 300)))
    return taken


def _take_items(tx: Writing, look: Look, now: datetime) -> tuple[Look, Taken]:
    """Store the items that are new, and what was edited of the others; give the look with those that were new."""
    keys = [key for one in look.met.items for key in one.item.keys]
    stored = tx.known_items(look.feed.id, keys) if keys else {}
    pairs = [(one, next((stored[key] for key in one.item.keys if key in stored), None)) for one in look.met.items]
    # of two entries that are one item, one may still say what is stored; the other is then no edit, or they would take turns
    settled = {known.id for one, known in pairs if known and known.entry_hash == one.entry_hash}
    met: set[str] = set()
    fresh: list[Asked] = []
    counted: list[Taken] = []
    for one, known in pairs:
        if known is None:
            if met.isdisjoint(one.item.keys):
                # two of them may share a key
                met.update(one.item.keys)
                counted.append(_take_item(tx, look, one, now))
                fresh.append(one)
        elif known.id is None:
            tx.remember_met(look.feed.id, one.item.keys, now)
        elif known.entry_hash != one.entry_hash:
            counted.append(_take_edit(tx, look, one, item_id=known.id, is_other=known.id in settled, now=now))
            settled.add(known.id)
    taken = Taken(
        at=now,
        pages=any(one.page for one in fresh),
        new=len(fresh),
        matched=sum(one.matched for one in counted),
        silent=sum(one.silent for one in counted),
        edited=sum(one.edited for one in counted),
    )
    return replace(look, fresh=tuple(fresh)), taken


def _says_nothing(look: Look) -> bool:
    """Tell a poll that changes nothing of what is remembered but its times: what nearly all polls are."""
    before = look.state
    was_well = before.answered_at is not None and before.reason is None and not look.came_back
    return was_well and look.answer.status == NOT_MODIFIED and before.moved_to is None and look.answer.manner.moved_to is None


def _next(look: Look, rhythm: Rhythm, hints: Hints, *, now: datetime, jitter: float) -> cadence.Next:
    return cadence.after_answer(
        replace(look.state, rhythm=rhythm, hints=hints),
        look.overlap,
        every=look.feed.outlet.every,
        rules=look.setup.config.fetch,
        manner=look.answer.manner,
        now=now,
        jitter=jitter,
    )


def _document(look: Look) -> Document:
    assert look.paper is not None
    assert look.paper.document is not None
    return look.paper.document


def _after(look: Look, rhythm: Rhythm, *, now: datetime, jitter: float) -> FeedState:
    """Give what is remembered of a feed after a poll that was answered."""
    before, answer = look.state, look.answer
    document = look.paper.document if look.paper else None
    is_torn = document is not None and document.is_torn
    is_full = answer.status != NOT_MODIFIED
    lied_at = before.lied_at or (now if _is_liar(look) else None)
    moved_to = answer.manner.moved_to
    dates = [fresh.item.published for fresh in look.fresh if fresh.item.published]
    hints = document.hints if document else before.hints
    found = _next(look, rhythm, hints, now=now, jitter=jitter)
    return replace(
        before,
        due_at=found.due_at,
        pace=found.pace,
        hints=hints,
        validators=_validated(answer, is_torn=is_torn, is_liar=lied_at is not None),
        polled_at=now,
        answered_at=now,
        # a body that is empty, or broke off, is no baseline: what was there before would come as news with the next one
        first_answered_at=before.first_answered_at or (None if is_torn or (look.paper and not look.paper.entries) else now),
        full_at=now if is_full and not is_torn else before.full_at,
        parsed_at=now if look.paper is not None and look.paper.is_whole else before.parsed_at,
        unchanged_at=before.unchanged_at if is_full else now,
        lied_at=lied_at,
        newest_at=max([*dates, before.newest_at] if before.newest_at else dates, default=None),
        moved_to=moved_to,
        moved_times=before.moved_times + 1 if moved_to and moved_to == before.moved_to else int(moved_to is not None),
    )


def _validated(answer: Fetched | Unchanged, *, is_torn: bool, is_liar: bool) -> Validators:
    """Say what the next request may be compared with: nothing after a body that broke off, or it would hide what it lacked."""
    if is_torn:
        return Validators()
    return Validators(body_hash=answer.validators.body_hash) if is_liar else answer.validators


def _is_liar(look: Look) -> bool:
    """Say whether a body that was asked for whole shows that "not modified" was untrue: it has items that were there then."""
    before, after = look.state, look.answer.validators
    if look.answer.status == NOT_MODIFIED or not look.fresh or before.unchanged_at is None or before.full_at is None:
        return False
    if before.unchanged_at <= before.full_at:
        return False
    names = (before.validators.etag, before.validators.last_modified)
    is_same = any(names) and names == (after.etag, after.last_modified)
    return is_same or any(fresh.item.published and fresh.item.published < before.unchanged_at - BACKDATED for fresh in look.fresh)


def _take_item(tx: Writing, look: Look, one: Asked, now: datetime) -> Taken:
    config, item, matches = look.setup.config, one.item, one.matches
    first_poll = look.state.first_answered_at is None
    # what has no date and was not there at an earlier look is new, whether or not that look had a baseline
    is_undated_news = item.published is None and look.state.answered_at is not None
    told = is_undated_news or is_told(item.published, first_poll=first_poll, now=now, rules=config.alerts)
    # what is older than anything that is kept may have been here before; by a clock that may stand years ahead everything is
    told = told and (item.published is None or item.published > now - config.keep.items or tx.was_away(now))
    item_id, story_id = tx.add_item(
        look.feed.id,
        item,
        now=now,
        is_baseline=not told,
        is_first_poll=first_poll,
        read_page=one.page,
        entry_hash=one.entry_hash,
    )
    if one.sketch is None:
        if not one.page and item.published is not None and item.published < now - WINDOW:
            # nothing is a copy of what is so old
            tx.settle_story(story_id, now)
        return Taken()
    tx.add_matches(item_id, matches, now=now, config=config.fingerprint)
    prove(tx, item_id, (("feed", look.record),), config=config.fingerprint)
    known = Settling(
        item_id=item_id,
        story_id=story_id,
        outlet_id=look.feed.outlet.id,
        address=item.canonical_url,
        seen_at=now,
        published=item.published,
        sketch=one.sketch,
    )
    _tell(tx, look, one, known, told=told, now=now)
    return Taken(matched=1, silent=int(not told))


def _tell(tx: Writing, look: Look, one: Asked, known: Settling, *, told: bool, now: datetime) -> None:
    """Promise to tell of a matched item; what is all there is of it settles its story first."""
    watches = frozenset(match.watch_id for match in one.matches)
    settled = Settled(story_id=known.story_id) if one.page else settle(tx, known, now)
    if not told:
        return
    tell_more(tx, look.setup, known, settled, watches=watches, now=now)
    promise(
        tx,
        look.setup,
        watches,
        item_id=known.item_id,
        story_id=settled.story_id,
        now=now,
        waits_for_text=one.page,
        batch=batch_of(look.feed.id) if look.state.first_answered_at is None else None,
    )
    if one.page:
        expect(tx, look.setup, known, now)


def edited(setup: Setup, feed: Feed, item: Item, *, former: Former) -> Edit:
    """Compare what an entry says now with what it said before; the article, where there is one, is a part of both."""
    title, summary = (former.version.title or "", former.version.text or "") if former.version else ("", "")
    ask = partial(asked, setup, feed, about=item, text=former.page)
    return edit(
        former.watched,
        matches=ask(title=item.title, summary=item.summary),
        old=ask(title=title, summary=summary) if former.young else (),
        young=former.young,
        title=item.title,
        text=item.summary,
        is_matched=former.is_matched,
        is_edit=former.version is None or fingerprint(title, summary) != fingerprint(item.title, item.summary),
    )


def _take_edit(tx: Writing, look: Look, one: Asked, *, item_id: ItemId, is_other: bool, now: datetime) -> Taken:
    """Store what an entry says now that was known with other words, and tell what only these words raise.

    ``is_other``: another entry of the document is this item as well, and is the one that is remembered.
    """
    setup, item, found = look.setup, one.item, one.edit
    if found is None:
        # it was new a moment ago
        return Taken()
    raises = found.watches - tx.matched_watches(item_id)
    if not raises and (is_other or not found.is_edit):
        if not is_other:
            tx.remember_words(item_id, one.entry_hash)
        return Taken()
    if not is_other:
        tx.remember_entry(item_id, one.entry_hash, is_wanted=bool(one.matches), now=now)
    revision = tx.add_revision(item_id, part="feed", title=item.title, text=item.summary, now=now)
    if one.is_proof:
        prove(tx, item_id, (("feed", look.record),), config=setup.config.fingerprint)
    if revision:
        tx.add_sentence_edits(revision.id, found.sentences)
    # what cannot be stored any more is told all the same
    number = revision.number if revision else MOST
    matched = tell_edit(tx, setup, item_id, found, number=number, now=now)
    return Taken(edited=1, matched=int(matched))
