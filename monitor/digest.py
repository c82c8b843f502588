"""What is stored of a window → Digest: stories ranked and told once, volume against what is usual. Touches only zone data."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

from monitor.model import (
    DAYS_BEFORE,
    Carriage,
    Config,
    Digest,
    DigestPlan,
    EditNote,
    Finding,
    Firsts,
    Gap,
    ItemId,
    LastMatch,
    OutletHealth,
    OutletId,
    Spotted,
    StoryFound,
    StoryId,
    ToldStory,
    Volume,
    Watch,
    WatchFindings,
    WatchId,
    Withheld,
)

LISTED: Final = 100
"""Stories of one watch that a digest names; those beyond are counted."""
TOLD: Final = 12
"""Stories of one watch that are told in full."""
_TURN: Final = TOLD // 2
FEWEST_DAYS: Final = 7
"""So many days must be known before it is said what is usual."""
HIGH: Final = 2.5
"""So many times the usual count is marked ..."""
HIGH_FROM: Final = 5
"""... if there are so many at least: two where there mostly are none is no news."""
_DAY: Final = timedelta(days=1)
_LONG: Final = timedelta(hours=36)
"""A window longer than this is compared by its days; a shorter one with the same hours of each day."""
_ALONE: Final = Carriage(outlets=1, own_texts=1)

Stretch = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A story under one watch: its first item in the window that the watch found, and how many it found."""

    story_id: StoryId
    item_id: ItemId
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What one watch found: the stories that are named, best first, how many more, and of how many items and outlets."""

    ranked: tuple[Ranked, ...] = ()
    more: int = 0
    items: int = 0
    outlets: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the store says of a window, beside its coverage. ``volumes``: of each watch. ``history``: as in WatchFindings."""

    standing: Mapping[WatchId, Standing]
    findings: Mapping[tuple[ItemId, WatchId], Finding]
    stories: tuple[ToldStory, ...]
    volumes: Mapping[WatchId, Volume]
    last_matches: Mapping[WatchId, LastMatch]
    history: Mapping[WatchId, int]
    withheld: Mapping[WatchId, Withheld]
    edits: tuple[EditNote, ...]
    more_edits: int
    firsts: Firsts | None
    items_read: int
    items_matched: int
    last_match: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was not seen, and why; what is no gap, and yet to be known; one line for each feed."""

    gaps: tuple[Gap, ...]
    notes: tuple[Gap, ...]
    outlets: tuple[OutletHealth, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Which digest it is: its plan, period and window, and whether it is late; ``caught_up``: as in Digest."""

    plan: DigestPlan
    period: str
    start: datetime
    stop: datetime
    late: bool
    made_at: datetime
    caught_up: int = 0


# ----------------------------------------------------------------------------------------------------------- the ranking


def standings(spotted: Iterable[Spotted], carriage: Mapping[StoryId, Carriage]) -> dict[WatchId, Standing]:
    """Rank the stories of each watch: those with most own texts first, then those that most outlets carry, then the newest.

    A copy bears out nothing, so own texts count before carriers. Of what no second text bears out, an outlet's first six stand
    before the next six of any: what one outlet floods must not hide another's news.
    """
    by_watch: dict[WatchId, dict[StoryId, list[Spotted]]] = defaultdict(lambda: defaultdict(list))
    for one in spotted:
        by_watch[one.watch_id][one.story_id].append(one)
    return {watch: _standing(stories, carriage) for watch, stories in by_watch.items()}


def _standing(stories: Mapping[StoryId, list[Spotted]], carriage: Mapping[StoryId, Carriage]) -> Standing:
    def weight(story: StoryId) -> tuple[int, int, datetime, int]:
        carried = carriage.get(story, _ALONE)
        newest = max(stories[story], key=_age)
        return carried.own_texts, carried.outlets, newest.since, newest.item_id

    best = _in_turn(sorted(stories, key=weight, reverse=True), stories, carriage)
    return Standing(
        ranked=tuple(
            Ranked(story_id=story, item_id=min(stories[story], key=_age).item_id, items=len(stories[story]))
            for story in best[:LISTED]
        ),
        more=max(len(best) - LISTED, 0),
        items=sum(map(len, stories.values())),
        outlets=len({one.outlet_id for items in stories.values() for one in items}),
    )


def _in_turn(
    best: Sequence[StoryId], stories: Mapping[StoryId, list[Spotted]], carriage: Mapping[StoryId, Carriage]
) -> list[StoryId]:
    before: Counter[OutletId] = Counter()
    rounds: dict[StoryId, tuple[int, int]] = {}
    for story in best:
        own_texts = carriage.get(story, _ALONE).own_texts
        outlet = min(stories[story], key=_age).outlet_id
        is_alone = own_texts <= _ALONE.own_texts
        rounds[story] = -own_texts, before[outlet] // _TURN if is_alone else 0
        before[outlet] += is_alone
    return sorted(best, key=lambda story: rounds[story])


def _age(one: Spotted) -> tuple[datetime, int]:
    return one.since, one.item_id


def named(standing: Mapping[WatchId, Standing]) -> tuple[StoryId, ...]:
    """Give every story that is named under some watch, once."""
    return tuple(dict.fromkeys(one.story_id for each in standing.values() for one in each.ranked))


def told_in_full(standing: Mapping[WatchId, Standing], watches: Sequence[WatchId]) -> frozenset[StoryId]:
    """Give the stories that are told in full: under the first watch that has them, TOLD of each."""
    told: set[StoryId] = set()
    for watch in watches:
        own = [one.story_id for one in standing.get(watch, Standing()).ranked if one.story_id not in told]
        told.update(own[:TOLD])
    return frozenset(told)


# ------------------------------------------------------------------------------------------------------------ the volume


def stretches(start: datetime, stop: datetime, timezone: str) -> tuple[Stretch, ...]:
    """Give the 28 stretches that a window is compared with, oldest first: the same local hours of the days before.

    Where the window is longer than a day and a half: the days before it.
    """
    zone = ZoneInfo(timezone)
    if stop - start > _LONG:
        return tuple((_days_before(start, days, zone), _days_before(start, days - 1, zone)) for days in range(DAYS_BEFORE, 0, -1))
    return tuple((_days_before(start, days, zone), _days_before(stop, days, zone)) for days in range(DAYS_BEFORE, 0, -1))


def _days_before(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Go back by the desk's calendar: 06:00 stays 06:00 over a change of the clocks."""
    return (moment.astimezone(zone) - timedelta(days=days)).astimezone(moment.tzinfo)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lives:
    """When the monitor ran. ``young``: watches that know nothing of what was stored before then, as they were not asked yet."""

    ran: Sequence[Stretch]
    young: Mapping[WatchId, datetime]

    def of(self, watch: WatchId) -> Sequence[Stretch]:
        """Give when it ran and a watch was asked."""
        since = self.young.get(watch)
        return self.ran if since is None else tuple((max(start, since), stop) for start, stop in self.ran if stop > since)


def volume(
    count: int, found: Mapping[int, int], compared: Sequence[Stretch], *, lives: Sequence[Stretch], window: Stretch
) -> Volume:
    """Set a count beside those of the stretches (``found``, by place) in which the monitor ran for at least half of the time.

    The median, as one big day must not make the next one look small. ``lives``: when the monitor ran, and the watch was asked.
    """
    days = tuple(found.get(place, 0) if _is_known(stretch, lives) else None for place, stretch in enumerate(compared))
    known = [items for items in days if items is not None]
    length = window[1] - window[0]
    usual = median(known) * (length / _DAY if length > _LONG else 1) if len(known) >= FEWEST_DAYS else None
    is_high = usual is not None and count >= HIGH_FROM and count >= HIGH * usual
    return Volume(count=count, days=days, usual=usual, is_high=is_high)


def volumes(
    counts: Mapping[WatchId, int],
    found: Mapping[WatchId, Mapping[int, int]],
    compared: Sequence[Stretch],
    *,
    lives: Lives,
    window: Stretch,
) -> dict[WatchId, Volume]:
    """Give the volume of each watch, in the order of ``counts``: how many items each found in the window."""
    return {
        watch: volume(count, found.get(watch, {}), compared, lives=lives.of(watch), window=window)
        for watch, count in counts.items()
    }


def _is_known(stretch: Stretch, lives: Sequence[Stretch]) -> bool:
    start, stop = stretch
    ran = sum((max(min(stop, end) - max(start, began), timedelta()) for began, end in lives), timedelta())
    return ran * 2 >= stop - start


# ------------------------------------------------------------------------------------------------------------ the digest


def compose(config: Config, frame: Frame, facts: Facts, coverage: Coverage, *, version: str) -> Digest:
    """Put a digest together: every watch of its plan has its place, found or not, in the config's order. Times are aware UTC."""
    return Digest(
        title=config.title,
        timezone=config.timezone,
        plan=frame.plan.id,
        period=frame.period,
        start=frame.start,
        stop=frame.stop,
        late=frame.late,
        caught_up=frame.caught_up,
        made_at=frame.made_at,
        watches_left_out=len(config.watches) - len(watches_of(config, frame.plan)),
        outlets_left_out=sum(outlet.id not in frame.plan.outlets for outlet in config.outlets) if frame.plan.outlets else 0,
        watches=tuple(_found(watch, facts) for watch in watches_of(config, frame.plan)),
        stories=facts.stories,
        edits=facts.edits,
        more_edits=facts.more_edits,
        firsts=facts.firsts,
        gaps=coverage.gaps,
        notes=coverage.notes,
        outlets=coverage.outlets,
        items_read=facts.items_read,
        items_matched=facts.items_matched,
        last_match=facts.last_match,
        config_fingerprint=config.fingerprint,
        version=version,
    )


def watches_of(config: Config, plan: DigestPlan) -> tuple[Watch, ...]:
    """Give the watches that a digest tells of."""
    return tuple(watch for watch in config.watches if plan.watches is None or watch.id in plan.watches)


def _found(watch: Watch, facts: Facts) -> WatchFindings:
    standing, last = facts.standing.get(watch.id, Standing()), facts.last_matches.get(watch.id)
    return WatchFindings(
        watch=watch,
        stories=tuple(
            StoryFound(story_id=one.story_id, finding=facts.findings[one.item_id, watch.id], items=one.items)
            for one in standing.ranked
        ),
        more=standing.more,
        items=standing.items,
        outlets=standing.outlets,
        volume=facts.volumes.get(watch.id),
        last_match=last.at if last else None,
        last_outlet=last.outlet_name if last else None,
        history=facts.history.get(watch.id, 0),
        withheld=facts.withheld.get(watch.id),
    )


def with_edits(stories: Iterable[ToldStory], edits: Iterable[EditNote]) -> tuple[ToldStory, ...]:
    """Give each story the edits of its own items."""
    of_story: dict[StoryId, list[EditNote]] = defaultdict(list)
    for edit in edits:
        of_story[edit.story_id].append(edit)
    return tuple(replace(story, edits=tuple(of_story.get(story.id, ()))) for story in stories)
