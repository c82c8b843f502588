"""Matches → Alerts: whom to tell, when, and how often. Pure: time and chance arrive as arguments; touches nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from typing import Final, Literal
from zoneinfo import ZoneInfo

from monitor.model import Alert, AlertRules, BundleKind, ChannelId, ItemId, OpenAlert, Trouble, Watch, WatchId

FEW: Final = 5
"""So many alerts of a feed's first poll go out each on its own; more go out as one message."""

_FIRST_WAIT: Final = timedelta(seconds=30)
_LONGEST_WAIT: Final = timedelta(hours=1)
_LONGEST_ASKED: Final = timedelta(days=1)
LIFE: Final = timedelta(days=5)
"""So old a promise gets that cannot be kept."""
LAST_TRIES: Final = 3
"""So many tries that no later one can mend, and a promise is given up."""

_PATIENT: Final = 5
_LONG: Final = (5, timedelta(minutes=15))
LOOK_BACK: Final = "look back:"
"""Begins the name of the batch of what a new watch found in what was stored."""

QUIET: Final = "quiet:"
"""Begins the name of the batch of what quiet hours hold."""
_MIDNIGHT: Final = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Why somebody is told: of a story for the ``first`` time, or of more about it.

    ``again_at``: so many outlets carry it with their own text; ``update``: a copy says much that is new; ``edit``: its watched
    sentences were edited. ``number``: of one that comes more than once. ``after``: when each watch was last told of the story.
    """

    kind: Literal["first", "again_at", "update", "edit"] = "first"
    number: int = 0
    after: Mapping[WatchId, datetime] = field(default_factory=dict)


FIRST: Final = Occasion()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """The alerts that go out in one message, oldest first. ``summary``: those past the limit, or those that quiet hours held.

    ``look_back``: what a new watch found in what was stored. ``key``: of the message in which they were tried before, and in
    which they stay; None: they were not.
    """

    alerts: tuple[OpenAlert, ...]
    kind: BundleKind
    key: str | None = None

    @property
    def is_urgent(self) -> bool:
        """An urgent alert in it takes the whole bundle past the limit."""
        return any(each.urgent for each in self.alerts)


def raise_alerts(  # noqa: PLR0913 - the facts of one item are its arguments; a record made for this one call would only rename them
    watches: tuple[Watch, ...],
    matched: Collection[WatchId],
    *,
    item_id: ItemId,
    subject: str,
    now: datetime,
    rules: AlertRules,
    timezone: str,
    waits_for_text: bool,
    batch: str | None,
    occasion: Occasion = FIRST,
) -> tuple[Alert, ...]:
    """Promise each channel of each matched watch one alert on ``subject`` ("story:7", "item:7") and ``occasion``.

    A watch without channels promises none. Held for ``group_wait`` where the full text is yet to come, and through quiet hours
    (local to ``timezone``, an IANA name); urgent ones are not held. What quiet hours hold shares a batch, to go out as one.
    """
    alerts: list[Alert] = []
    for watch in watches:
        if watch.id not in matched:
            continue
        last = occasion.after.get(watch.id)
        wanted = max(now, last + rules.group_interval) if last else now
        hold, quiet_batch = _hold(wanted, urgent=watch.urgent, rules=rules, timezone=timezone, waits_for_text=waits_for_text)
        alerts.extend(
            Alert(
                watch_id=watch.id,
                channel=channel,
                item_id=item_id,
                subject=subject,
                occasion=occasion.kind,
                number=occasion.number,
                key=key_of(watch.id, channel, subject=subject, occasion=f"{occasion.kind} {occasion.number}", now=now),
                raised_at=now,
                hold_until=hold,
                # a batch waits for its last member: an urgent alert must not wait for those that quiet hours hold
                batch=f"{batch}, urgent" if batch and watch.urgent else batch or quiet_batch,
                held_for="interval" if wanted > now else "text" if waits_for_text and not watch.urgent else None,
            )
            for channel in dict.fromkeys(watch.channels)
        )
    return tuple(alerts)


def key_of(watch: WatchId, channel: ChannelId, *, subject: str, occasion: str, now: datetime) -> str:
    """Give the key of a promise made ``now``: 32 hex digits. It is stored with the promise, and never made anew.

    The time is in it, since a database that is begun anew counts its stories from one again, and a receiver that knows the key
    would drop the news.
    """
    # ids hold no newline, so no two promises run together into the same bytes
    return sha256(f"{watch}\n{channel}\n{subject}\n{occasion}\n{now.isoformat()}".encode()).hexdigest()[:32]


def _hold(now: datetime, *, urgent: bool, rules: AlertRules, timezone: str, waits_for_text: bool) -> tuple[datetime, str | None]:
    """Until when, and under which batch where quiet hours moved it."""
    if urgent:
        return now, None
    wanted = now + rules.group_wait if waits_for_text else now
    hold = allowed(wanted, rules=rules, timezone=timezone)
    return hold, None if hold == wanted else f"{QUIET}{hold:%Y-%m-%dT%H:%MZ}"


def allowed(moment: datetime, *, rules: AlertRules, timezone: str) -> datetime:
    """Give when an alert that wants to go at ``moment`` may, urgent ones apart: then, or at the end of quiet hours (UTC)."""
    if rules.quiet is None:
        return moment
    start, stop = rules.quiet
    local = moment.astimezone(ZoneInfo(timezone))
    minute = local.hour * 60 + local.minute
    if not (start <= minute < stop if start <= stop else minute >= start or minute < stop):
        return moment
    day = local.date() + timedelta(days=1) if minute >= stop or stop == _MIDNIGHT else local.date()
    end = datetime.combine(day, time(stop // 60 % 24, stop % 60), tzinfo=local.tzinfo)
    # Where clocks go back the end comes twice: the first may lie behind. Where they go forward it may not exist: fold 0 then
    # counts with the offset before the gap and so falls after it (PEP 495).
    ends = (end.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    return next((each for each in ends if each > moment), moment)


def is_told(published: datetime | None, *, first_poll: bool, now: datetime, rules: AlertRules) -> bool:
    """Say whether an item may raise alerts. On its feed's first poll only what is dated within the last ``first_poll`` does."""
    if not first_poll:
        return True
    return published is not None and published >= now - rules.first_poll


def plan(open_alerts: tuple[OpenAlert, ...], *, sent_last_hour: int, rules: AlertRules) -> tuple[Bundle, ...]:
    """Say which messages to send now to ONE channel whose open, due alerts these are; urgent ones first, then oldest first.

    ``sent_last_hour``: messages that this channel took in the last hour, urgent ones not counted. The one that reaches
    ``max_per_hour`` is followed by one summary of all the rest; after that what is not urgent waits for the hour to pass.
    """
    # what was refused stands behind what was not: one message that a channel never takes holds up no other
    oldest_first = sorted(open_alerts, key=_rank)
    fresh = [each for each in oldest_first if each.message is None]
    bundles = sorted(_frozen(oldest_first) + _bundled(fresh), key=lambda each: _rank(each.alerts[0]))
    urgent = tuple(each for each in bundles if each.is_urgent)
    if sent_last_hour > rules.max_per_hour:
        return urgent
    others = [each for each in bundles if not each.is_urgent]
    room = rules.max_per_hour - sent_last_hour
    chosen = _chosen(others, room)
    return urgent + tuple(chosen) + _last([each for each in others if each not in chosen])


def _rank(each: OpenAlert) -> tuple[int, datetime, int]:
    # not by its tries: where the whole channel failed, whoever stood first does so still
    return each.refusals, each.alert.raised_at, each.id


def _frozen(oldest_first: list[OpenAlert]) -> list[Bundle]:
    """Join what was tried in one message: the channel may have it, and knows it by its key."""
    messages: defaultdict[str, list[OpenAlert]] = defaultdict(list)
    for each in oldest_first:
        if each.message is not None:
            messages[each.message].append(each)
    return [Bundle(alerts=tuple(each), kind=each[0].kind or "summary", key=message) for message, each in messages.items()]


def _chosen(others: list[Bundle], room: int) -> list[Bundle]:
    """Give what goes out by itself: those in front, and of those that were refused one, however many stand before it."""
    chosen, rest = others[:room], others[room:]
    refused = next((each for each in rest if each.alerts[0].refusals), None)
    if refused is None or room < 2 or chosen[-1].alerts[0].refusals:  # noqa: PLR2004  the one message is for what is new
        return chosen
    return [*chosen[:-1], refused]


def _bundled(oldest_first: list[OpenAlert]) -> list[Bundle]:
    """Join what shares a batch and is many; each bundle stands where its oldest alert stood."""
    batches: defaultdict[str, list[OpenAlert]] = defaultdict(list)
    for each in oldest_first:
        batch = each.alert.batch or ""
        is_alone = not batch or (each.urgent and batch.startswith(QUIET))
        batches[f"alone:{each.id}" if is_alone else batch].append(each)
    bundles: list[Bundle] = []
    for batch, members in batches.items():
        is_quiet = batch.startswith(QUIET)
        if len(members) > (1 if is_quiet else FEW):
            kind: BundleKind = "summary" if is_quiet else "look_back"
            is_first = not is_quiet and not batch.startswith(LOOK_BACK)
            bundles.append(Bundle(alerts=tuple(members), kind="first_poll" if is_first else kind))
        else:
            bundles.extend(Bundle(alerts=(each,), kind="one") for each in members)
    return sorted(bundles, key=lambda each: _rank(each.alerts[0]))


def _last(rest: list[Bundle]) -> tuple[Bundle, ...]:
    """Give the message past the limit: all that was never tried; or what was, where it stands in front, since it stays alone."""
    fresh = [each for each in rest if each.key is None]
    if len(fresh) <= 1 or rest[0].key is not None:
        return tuple(rest[:1])
    joined = (each for bundle in fresh for each in bundle.alerts)
    return (Bundle(alerts=tuple(sorted(joined, key=_rank)), kind="summary"),)


def next_try(tries: int, *, raised_at: datetime, now: datetime, retry_after: timedelta | None, jitter: float) -> datetime | None:
    """Give the time of the next try after ``tries`` failed ones (1 or more); None: give up, the promise is 5 days old.

    As ``rest`` says.
    """
    return None if now - raised_at >= LIFE else rest(tries, now=now, retry_after=retry_after, jitter=jitter)


def rest(failures: int, *, now: datetime, retry_after: timedelta | None, jitter: float) -> datetime:
    """Give until when a channel is left alone, or one message to it, after so many failures (1 or more).

    30 s, doubling up to 1 h, times 0.8 to 1.2 by ``jitter`` in [0, 1), so that channels of one dead server don't return together.
    What the server asked for in Retry-After (RFC 9110 §10.2.3) is kept to where it is longer, up to a day.
    """
    # 30 s, seven times doubled, is past the longest wait already
    wait = min(_FIRST_WAIT * (1 << min(max(failures, 1) - 1, 7)), _LONGEST_WAIT) * (0.8 + 0.4 * jitter)
    return now + max(wait, min(retry_after or timedelta(), _LONGEST_ASKED))


def counted(failures: int, *, retryable: bool) -> int:
    """Give as how many failures so many count for the wait: what only a person can mend is tried less often, and not in vain."""
    return failures if retryable else failures + _PATIENT


def is_long(trouble: Trouble, now: datetime) -> bool:
    """Say whether a channel fails for so long that another one is to be told."""
    failures, span = _LONG
    # one that rests for long after few tries takes nothing meanwhile, either
    return now - trouble.since >= span and (trouble.failures >= failures or trouble.rests_until > now)
