"""What is stored of a window → store → health, edits, story → digest → Digest. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor import __version__, digest
from monitor.digest import Facts, Frame, Standing, Stretch
from monitor.model import (
    MAIN,
    Carriage,
    Config,
    Digest,
    DigestPlan,
    Edited,
    Firsts,
    OutletId,
    PlanId,
    StoryId,
    ToldStory,
    Volume,
    WatchId,
)
from monitor.pipeline.covered import coverage
from monitor.pipeline.edited import notes
from monitor.pipeline.follow import follow_briefly
from monitor.store import Reading
from monitor.story import first

MOST_TRAILS = 30
"""Stories whose copies are compared sentence by sentence."""
MOST_EDITS = 40
"""Edited items that a digest looks at closely: those of the stories that it tells in full first."""
LISTED_EDITS = 12
FIRSTS = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The window of a digest. ``late``: made later than it should have been. ``due_at`` None: asked for, no period of its own.

    ``is_newest``: its plan owes no later one.
    """

    period: str
    start: datetime
    stop: datetime
    late: bool = False
    due_at: datetime | None = None
    plan: PlanId = MAIN
    caught_up: int = 0
    is_newest: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What is asked of the store: about which watches and outlets (None: all), from when to when."""

    watches: tuple[WatchId, ...]
    outlets: frozenset[OutletId] | None
    window: Stretch
    after: int | None
    until: int
    now: datetime


def plan_of(config: Config, plan: PlanId) -> DigestPlan:
    """Give a plan by its id; that of [digest] itself where config.toml has none of that name any more."""
    return next((one for one in config.digests if one.id == plan), config.digest)


def compose(reading: Reading, config: Config, window: Window, now: datetime) -> Digest:
    """Put together what is stored of a window: stories, edits, what is usual, gaps, the outlets' health."""
    # an item may be joined to another story between two questions: counts would not agree, or a story be named that is gone
    with reading.at_one_moment():
        return _composed(reading, config, window, now=now)


def _composed(reading: Reading, config: Config, window: Window, *, now: datetime) -> Digest:
    plan = plan_of(config, window.plan)
    asked = _Asked(
        watches=tuple(watch.id for watch in digest.watches_of(config, plan)),
        outlets=plan.outlets,
        window=(window.start, window.stop),
        after=reading.last_match_told(plan.id, now, start=window.start) if window.due_at else None,
        until=reading.newest_match(),
        now=now,
    )
    frame = Frame(
        plan=plan,
        period=window.period,
        start=window.start,
        stop=window.stop,
        late=window.late,
        made_at=now,
        caught_up=window.caught_up,
    )
    covered = coverage(reading, asked.window, now, outlets=asked.outlets)
    facts = _facts(reading, config, asked, read=sum(row.items for row in covered.outlets))
    return digest.compose(config, frame, facts, covered, version=__version__)


def _facts(reading: Reading, config: Config, asked: _Asked, *, read: int) -> Facts:
    spotted = reading.spotted(
        asked.window, asked.watches, outlets=asked.outlets, after=asked.after, until=asked.until, now=asked.now
    )
    carriage = reading.carriage({one.story_id for one in spotted})
    standing = digest.standings(spotted, carriage)
    matched = len({one.item_id for one in spotted})
    full = digest.told_in_full(standing, asked.watches)
    edited = reading.edited_in(asked.window, asked.watches, outlets=asked.outlets)
    edits = notes(reading, _first(edited, full), asked.window)
    stories = _stories(reading, standing, carriage=carriage, full=full, start=asked.window[0])
    quiet = [watch for watch in asked.watches if watch not in standing]
    return Facts(
        standing=standing,
        findings=reading.findings_of((one.item_id, watch) for watch, each in standing.items() for one in each.ranked),
        stories=digest.with_edits(stories, edits),
        volumes=_volumes(reading, config, asked, standing),
        last_matches={one.watch_id: one for one in reading.last_match_of(quiet, outlets=asked.outlets)},
        history=dict(reading.history(*asked.window, outlets=asked.outlets)),
        withheld=reading.withheld(asked.window),
        edits=tuple(sorted(edits, key=lambda note: note.at, reverse=True)[:LISTED_EDITS]),
        more_edits=max(len(edited) - LISTED_EDITS, 0),
        firsts=_firsts(reading, asked),
        items_read=read,
        items_matched=matched,
        last_match=asked.until,
    )


def _first(edited: tuple[Edited, ...], full: frozenset[StoryId]) -> tuple[Edited, ...]:
    """Put those of the stories that are told in full before the others, which stay newest first; MOST_EDITS at most."""
    return tuple(sorted(edited, key=lambda one: one.story_id not in full)[:MOST_EDITS])


def _stories(
    reading: Reading,
    standing: Mapping[WatchId, Standing],
    *,
    carriage: Mapping[StoryId, Carriage],
    full: frozenset[StoryId],
    start: datetime,
) -> tuple[ToldStory, ...]:
    named = digest.named(standing)
    shared = sorted((one for one in full if carriage[one].outlets > 1), key=lambda one: carriage[one].outlets, reverse=True)
    followed, names = frozenset(shared[:MOST_TRAILS]), reading.outlet_names()
    carriers, before = reading.story_carriers(named), reading.told_before(named, start)
    return tuple(
        _as_followed(
            ToldStory(
                id=story,
                carriers=carriers[story],
                outlets=carriage[story].outlets,
                own_texts=carriage[story].own_texts,
                trail=follow_briefly(reading, story, names) if story in followed else None,
                first=first(carriers[story]),
                edits=(),
                is_continued=story in before,
            )
        )
        for story in named
    )


def _as_followed(story: ToldStory) -> ToldStory:
    """Let the trail, which looked at the texts themselves, go before what each was taken for when it was stored."""
    known = {step.telling.item_id: step.is_own for step in story.trail.steps} if story.trail else {}
    carriers = tuple(replace(one, is_own=known.get(one.item_id, one.is_own)) for one in story.carriers)
    more = sum(one.is_own for one in carriers) - sum(one.is_own for one in story.carriers)
    return replace(story, carriers=carriers, own_texts=story.own_texts + more)


def _volumes(reading: Reading, config: Config, asked: _Asked, standing: Mapping[WatchId, Standing]) -> dict[WatchId, Volume]:
    compared = digest.stretches(*asked.window, config.timezone)
    return digest.volumes(
        {watch: standing.get(watch, Standing()).items for watch in asked.watches},
        reading.found_in(compared, asked.watches, outlets=asked.outlets),
        compared,
        lives=digest.Lives(ran=reading.lives(compared[0][0]), young=reading.young()),
        window=asked.window,
    )


def _firsts(reading: Reading, asked: _Asked) -> Firsts | None:
    """Say who was first of late; None where several outlets carried nothing."""
    since = asked.window[1] - FIRSTS
    counted, untold = reading.firsts(since, asked.watches)
    if not counted and not untold:
        return None
    paces = [state.pace for state in reading.states() if state.pace and not state.feed.outlet.paused]
    return Firsts(since=since, outlets=counted, untold=untold, paces=(min(paces), max(paces)) if paces else None)
