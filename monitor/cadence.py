"""What is remembered of a feed → when it is polled next. Pure.

A feed's *rhythm* says how many items it brings in each hour of the week. It is asked again when a sixth of an item is expected:
that is the longest time it is left alone. Beneath that, the share of entries that were known already shortens the time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.model import Failure, FeedState, FetchRules, Hints, Manner, Overlap, Rhythm

DAILY = timedelta(days=1)
SOONEST = timedelta(minutes=1)
HOUR = timedelta(hours=1)
WEEK = timedelta(weeks=1)
LAST = datetime.max.replace(tzinfo=UTC)
FIRST = datetime.min.replace(tzinfo=UTC)
GONE = 410
BUSY = frozenset({429, 503})

APART = timedelta(milliseconds=250)
"""Between the first polls of two feeds: sixteen start within four seconds, and a list of thousands not all at once."""
LOOKS = 6
"""Looks for each item that is expected: an item waits about a twelfth of the usual gap between two of them."""
LEAST_LOOKS = 4
"""Looks in the mean gap between two items, whatever the hour: what comes at an unusual hour waits for a quarter of that gap."""
SHAPED = 0.7
"""The share of the items that is expected at the hours that brought them before; the rest may come at any hour."""
SHAPE_WEEKS = 0.5
"""So many weeks make the shape of the week as trusty as that of the day: before each weekday was seen, days are alike."""
HALF_LIFE = timedelta(weeks=2)
"""A newsroom's habits last for months, a season's or a crisis's for weeks."""
HORIZON = timedelta(weeks=4)
"""What is older does not count, and who is silent for longer is got to know anew when it returns."""
SURMISED = 5.0
"""Items that the usual pace is worth as a guess, beside those that were counted. It fades as they do."""
PATIENCE = 3.0
"""Items that may stay out before silence is more than chance: one in twenty times, for what comes at random."""
RELUCTANCE = 4.0
"""How slowly a silent feed is given up: it ends up asked every 24th of its silence, so once a day after 24 days."""
STRIKES = 3
"""So many workers in a row died over a feed before it is put aside for a day."""
HINT_CEILING = timedelta(hours=1)
"""No publisher's hint lengthens a wait past this: a ttl of a day is a default somewhere, not knowledge of the news."""
LONGEST_REST = timedelta(hours=1)
"""For a whole host that is too busy, whatever it says to one feed of it."""

_HOURS = 168
_TAU = HALF_LIFE / WEEK / math.log(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """When a feed is polled next. ``pace``: the time between polls found for it, without jitter, hints or Retry-After."""

    due_at: datetime
    pace: timedelta


def spread(place: int, of: int, *, every: timedelta, now: datetime) -> datetime:
    """Give the first poll of the ``place``-th (from 0) of ``of`` newly listed feeds: over the interval, and few feeds soon."""
    return _later(now, min(every / max(of, 1), APART) * place)


def usual(every: timedelta | None, rules: FetchRules) -> timedelta:
    """Give the time between polls before a rhythm is known: the outlet's own `every`, else [fetch] every within its bounds."""
    return every or min(max(rules.every, rules.min), rules.max)


def counted(rhythm: Rhythm, moments: Sequence[datetime | None], *, now: datetime) -> Rhythm:
    """Give the rhythm with new items added, each at the time it was published (UTC), weighing less the older it is.

    None, the future and what lies more than four weeks back mean now, since it was not there before; but at the first count they
    weigh nothing: what a feed held before it was first looked at came at no known time. After four weeks of silence, or a clock
    that jumped so far, counting begins anew; what is left of the old weights stays.
    """
    if not moments:
        return rhythm
    is_first = rhythm.since is None
    dated = [at if at is not None and at <= now else now for at in moments if at is not None or not is_first]
    recent = [at if now - at <= HORIZON else now for at in dated if now - at <= HORIZON or not is_first]
    lasting = _faded(now, rhythm.counted_at)
    hours = [weight * lasting for weight in rhythm.hours] or [0.0] * _HOURS
    for at in recent:
        hours[at.weekday() * 24 + at.hour] += _faded(now, at)
    return Rhythm(
        hours=tuple(hours) if recent or rhythm.hours else (),
        since=_since(rhythm, recent, reaches_back=len(recent) < len(dated), now=now),
        counted_at=now,
    )


def _since(rhythm: Rhythm, recent: list[datetime], *, reaches_back: bool, now: datetime) -> datetime:
    """Give when counting began. A feed with few recent items and older ones had four quiet weeks, not a quick start."""
    if rhythm.since is None and reaches_back and len(recent) < SURMISED:
        return now - min(HORIZON, now - FIRST)
    earliest = min(recent, default=now)
    is_anew = rhythm.counted_at is None or abs(now - rhythm.counted_at) > HORIZON
    return earliest if is_anew or rhythm.since is None else min(rhythm.since, earliest)


def after_answer(  # noqa: PLR0913 - what decides a poll is so many things, each of its own kind
    state: FeedState,
    overlap: Overlap | None,
    *,
    every: timedelta | None,
    rules: FetchRules,
    manner: Manner,
    now: datetime,
    jitter: float,
) -> Next:
    """Give the next poll of a feed that answered. ``overlap`` None: nothing new came. ``jitter``: in [0, 1), for ±5 %.

    ``state`` is as it was before this poll, but for its rhythm and hints. The outlet's own `every` overrides rhythm, overlap and
    hints. What the server asked for (Retry-After) is waited for at least, up to a day.
    """
    if every is not None:
        return Next(due_at=_due(now, every, asked=manner.retry_after, jitter=jitter), pace=every)
    pace = _pace(state, overlap, rules=rules, now=now)
    wait = _hinted(pace, state.hints, max_age=manner.max_age, ceiling=min(HINT_CEILING, rules.max), now=now)
    return Next(due_at=_due(now, wait, asked=manner.retry_after, jitter=jitter), pace=pace)


def after_failure(  # noqa: PLR0913 - the same
    failure: Failure,
    *,
    every: timedelta | None,
    rules: FetchRules,
    failures: int,
    strikes: int,
    now: datetime,
    jitter: float,
) -> datetime:
    """Give the next poll after a failed one; ``failures`` and ``strikes`` count it.

    The wait doubles up to a daily probe, and never ends: a feed is not switched off. One that is gone (410), or that workers died
    over again and again, is probed daily at once. What the server asked for (RFC 9110 §10.2.3) is honoured between a minute and a
    day. This machine's own trouble is looked at again in a minute.
    """
    if failure.local:
        return _later(now, SOONEST * (1 + jitter / 2))
    pace = usual(every, rules)
    wait = max(pace, DAILY)
    if pace < DAILY and failure.status != GONE and strikes < STRIKES:
        wait = min(pace * 2 ** min(max(failures - 1, 0), 12), DAILY)
    return _due(now, wait, asked=failure.retry_after, jitter=jitter)


def host_rests(failure: Failure, *, failures: int, now: datetime) -> datetime | None:
    """Give until when nothing is asked of a host that is too busy (429, 503); None: it is not. ``failures`` counts this one.

    RFC 6585 §4, RFC 9110 §15.6.4: what it asks for, between a minute and an hour; else a minute that doubles up to an hour. The
    feed that was told to wait for longer does; its neighbours, who were not asked, must not fall silent for a day unseen.
    """
    if failure.status not in BUSY:
        return None
    own = min(SOONEST * 2 ** min(max(failures - 1, 0), 6), LONGEST_REST)
    return _later(now, min(_clamped(failure.retry_after) or own, LONGEST_REST))


def missed(
    state: FeedState, overlap: Overlap, moments: Sequence[datetime | None], *, now: datetime
) -> tuple[datetime, datetime] | None:
    """Give the stretch in which items probably scrolled away between two polls; None where nothing was lost.

    ``state`` is as it was before this poll, ``moments`` are the dates of the document's entries. A document that shares nothing
    with what was known lost what lies between the newest item known before and its own oldest, unless the two overlap in time: a
    site that gave all its items new names lost none.
    """
    if state.first_answered_at is None or overlap.known or not overlap.entries:
        return None
    looked = state.answered_at or state.first_answered_at
    since = min(state.newest_at or looked, looked)  # no item known then was from after that look, whatever it was dated to
    until = min((at for at in moments if at is not None and at <= now), default=now)
    return (since, until) if since < until else None


# ------------------------------------------------------------------------------------------------------------- the pace


def _pace(state: FeedState, overlap: Overlap | None, *, rules: FetchRules, now: datetime) -> timedelta:
    """Give the time between polls: what the rhythm allows, times what overlap left of it."""
    allowed = _allowed(state.rhythm, rules=rules, now=now, watched=_watched(state, rules=rules, now=now))
    if state.first_answered_at is None:
        return allowed
    if state.rhythm.since is None:  # it has never brought anything: given up as slowly as one that has fallen silent
        return min(max(state.pace or allowed, allowed) * (1 + 1 / (LOOKS * RELUCTANCE)), rules.max)
    share = _share_left(state, allowed, rules=rules)
    known = 1.0 if overlap is None or overlap.entries <= 0 else overlap.known / overlap.entries
    if known < 1 / 3:
        share /= 2
    elif known > 2 / 3:
        share = min(share * 1.5, 1.0)
    return max(allowed * share, rules.min) if share < 1 else allowed


def _share_left(state: FeedState, allowed: timedelta, *, rules: FetchRules) -> float:
    """Give which share of the time that the rhythm allowed last time was taken, in (0, 1].

    The share lasts from poll to poll, not the time: what the rhythm allows is minutes at a busy hour and half a day at night.
    """
    if state.pace is None or state.pace >= allowed:
        return 1.0
    if state.answered_at is not None:
        allowed = _allowed(state.rhythm, rules=rules, now=state.answered_at, watched=state.answered_at)
    return min(state.pace / allowed, 1.0)


def _watched(state: FeedState, *, rules: FetchRules, now: datetime) -> datetime:
    """Give until when the feed was watched: that nobody looked for days, or that a clock jumped, is no silence of the feed."""
    looked = state.answered_at or now
    return looked if now - looked > 2 * max(rules.max, DAILY) and (state.rhythm.counted_at or now) <= looked else now


def _allowed(rhythm: Rhythm, *, rules: FetchRules, now: datetime, watched: datetime) -> timedelta:
    """Give the longest time that the rhythm allows between this poll and the next; before one is known, the usual time."""
    pace = usual(None, rules)
    if rhythm.since is None or rhythm.counted_at is None or watched - rhythm.since < DAILY:
        return pace
    silence = max((watched - rhythm.counted_at) / HOUR, 0.0)
    sums = _sums(rhythm, pace, now=watched)
    if not sums.mean:
        return rules.max  # silent for years: nothing is left of any weight
    if sums.mean * silence <= PATIENCE and 1 / (LEAST_LOOKS * sums.mean) <= rules.min / HOUR:
        return rules.min  # the busiest feeds are asked most often: no need to look at single hours
    week = _week(rhythm.hours, sums)
    doubt = _doubt(week, rhythm.counted_at, silence=silence)
    longest = min(rules.max / HOUR, doubt / (LEAST_LOOKS * sums.mean))
    wait = _until(week, doubt / LOOKS, longest=longest, now=now)
    return min(max(timedelta(hours=wait), rules.min), rules.max)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sums:
    """What is expected of any hour. ``mean``: items an hour on the average; ``even``: those of them that come at any hour.

    ``weeks``: how long was watched, each week weighing as much as its items; ``lasting``: what is left of their weights.
    """

    mean: float
    even: float
    weeks: float
    guessed_weeks: float
    lasting: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Week:
    """What is expected of each hour of the week: ``sums``, and more at the hours that brought items before.

    ``by_hour`` and ``by_day`` make items an hour of four times what was counted in an hour of the week, and of the day.
    """

    hours: tuple[float, ...]
    days: tuple[float, ...]
    by_hour: float
    by_day: float
    sums: _Sums

    def at(self, hour: int) -> float:
        """Give the items expected at an hour of the week by what came then, half of it taken from the hours beside.

        So an hour is still watched when clocks are put forward or back.
        """
        hours, days = self.hours, self.days
        beside = hours[hour - 1] + 2 * hours[hour] + hours[hour + 1 - _HOURS]
        hour %= 24
        return beside * self.by_hour + (days[hour - 1] + 2 * days[hour] + days[hour - 23]) * self.by_day


def _sums(rhythm: Rhythm, pace: timedelta, *, now: datetime) -> _Sums:
    lasting = _faded(now, rhythm.counted_at)
    remains = _faded(now, rhythm.since)
    total = sum(rhythm.hours) * lasting
    guessed = SURMISED * remains
    weeks = _TAU * (1 - remains)
    guessed_weeks = guessed * LOOKS * (pace / WEEK)
    hours = (weeks + guessed_weeks) * _HOURS
    return _Sums(
        mean=(total + guessed) / hours,
        even=((1 - SHAPED) * total + guessed) / hours,
        weeks=weeks,
        guessed_weeks=guessed_weeks,
        lasting=lasting,
    )


def _week(hours: tuple[float, ...], sums: _Sums) -> _Week:
    hours = hours or (0.0,) * _HOURS
    weekly = sums.weeks / (sums.weeks + SHAPE_WEEKS)
    scale = SHAPED * sums.lasting / (sums.weeks + sums.guessed_weeks) / 4
    return _Week(
        hours=hours,
        days=tuple([sum(hours[hour::24]) for hour in range(24)]),
        by_hour=scale * weekly,
        by_day=scale * (1 - weekly) / 7,
        sums=sums,
    )


def _doubt(week: _Week, counted_at: datetime, *, silence: float) -> float:
    """Give how much less than its rhythm is expected of a feed that brought nothing for so many hours; 1: no less.

    For up to a week, only hours that used to bring items count: a newsroom's night and weekend are no silence.
    """
    owed = week.sums.mean * silence
    if owed > PATIENCE and silence < _HOURS:
        owed = _shaped(week, counted_at, silence) / SHAPED
    return 1 + max(owed - PATIENCE, 0.0) / RELUCTANCE


def _shaped(week: _Week, start: datetime, length: float) -> float:
    """Give the items that the shape of the week expects in ``length`` hours, less than a week of them, from ``start`` on."""
    hour, left = _hour(start)
    items = 0.0
    while length > 0:
        items += week.at(hour) * min(left, length)
        length -= left
        left, hour = 1.0, (hour + 1) % _HOURS
    return items


def _until(week: _Week, items: float, *, longest: float, now: datetime) -> float:
    """Give the hours until so many items are expected, at most ``longest``."""
    hour, left = _hour(now)
    waited = 0.0
    while waited < longest:
        rate = week.at(hour) + week.sums.even
        if rate * left >= items:
            return min(waited + items / rate, longest)
        items -= rate * left
        waited += left
        left, hour = 1.0, (hour + 1) % _HOURS
    return longest


def _hour(at: datetime) -> tuple[int, float]:
    """Give the hour of the week, from Monday 00:00 UTC on, and how much of it is left."""
    return at.weekday() * 24 + at.hour, 1 - (at.minute * 60 + at.second) / 3600


def _faded(now: datetime, at: datetime | None) -> float:
    """Give what is left of a weight, in [0, 1]. A clock that was put back takes nothing."""
    return 0.5 ** ((now - at) / HALF_LIFE) if at is not None and at < now else 1.0


# ------------------------------------------------------------------------------------------------------------- the wait


def _hinted(pace: timedelta, hints: Hints, *, max_age: timedelta | None, ceiling: timedelta, now: datetime) -> timedelta:
    """Give the wait with the publisher's hints: they lengthen it to ``ceiling`` at most, and never shorten it."""
    if pace >= ceiling:
        return pace
    wait = max(pace, min(max(max_age or pace, hints.ttl or pace), ceiling))
    if not (hints.skip_hours or hints.skip_days) or not _is_skipped(_later(now, wait), hints):
        return wait
    due = _later(now, wait)
    reopens = _later(due.replace(minute=0, second=0, microsecond=0), HOUR)
    return ceiling if _is_skipped(reopens, hints) else min(reopens - now, ceiling)


def _is_skipped(at: datetime, hints: Hints) -> bool:
    return at.hour in hints.skip_hours or at.weekday() in hints.skip_days


def _due(now: datetime, wait: timedelta, *, asked: timedelta | None, jitter: float) -> datetime:
    """Give the time after a wait, give or take a twentieth, and never sooner than the server asked for."""
    wait *= 1 + (jitter - 0.5) / 10
    least = _clamped(asked)
    return _later(now, wait if least is None else max(wait, least * (1 + jitter / 20)))


def _clamped(asked: timedelta | None) -> timedelta | None:
    """Give the Retry-After that is honoured, a minute to a day; None: none was given, or none that lies ahead."""
    return min(max(asked, SOONEST), DAILY) if asked is not None and asked > timedelta() else None


def _later(now: datetime, wait: timedelta) -> datetime:
    """Give the time after a wait, or the last there is: a clock may say anything."""
    return now + min(wait, LAST - now)
