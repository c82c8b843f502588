"""How the monitor itself does: the figures that are shown to whoever watches it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.model.asked import ChannelId, OutletId, WatchId
from monitor.model.upkept import Chore, Done


@dataclass(slots=True)
class Tally:
    """What was counted since the monitor started, and only grows. ``polls``: by outcome; ``messages``: by channel and outcome."""

    polls: Counter[str] = field(default_factory=Counter)
    items: int = 0
    messages: Counter[tuple[ChannelId, str]] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletVital:
    """An outlet that is polled. ``answers``: each of its feeds answered last time; ``answered_at``: when any of them last did."""

    id: OutletId
    answers: bool
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the database knows of how the monitor does.

    ``feeds``: how many there are in each state (answering, failing, new, paused); ``late``: so long the poll that is most
    overdue has been; ``alerts`` and ``digests``: by channel and state; ``oldest``: when the alert that has waited longest for a
    channel was raised; ``found``: the items that each watch found in the last day.
    """

    outlets: tuple[OutletVital, ...]
    feeds: Mapping[str, int]
    late: timedelta
    alerts: Mapping[tuple[ChannelId, str], int]
    digests: Mapping[tuple[ChannelId, str], int]
    oldest: Mapping[ChannelId, datetime]
    troubled: frozenset[ChannelId]
    found: Mapping[WatchId, int]
    upkeep: Mapping[Chore, Done]
    unread: int
    is_refused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """All of it, at one moment. ``faults``: why it is not well; none: it is. Sizes are bytes; ``free`` None: can't be told."""

    now: datetime
    version: str
    started_at: datetime
    ticked_at: datetime
    faults: tuple[str, ...]
    has_network: bool
    kept: Figures
    tally: Tally
    killed: int
    size: int
    free: int | None
