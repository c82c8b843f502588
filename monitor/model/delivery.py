"""What becomes of promises: channels that fail, notices of it, what waits for whom, and what a person wants no more of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from monitor.model.asked import ChannelId, NoticeId, OutletId, WatchId

BundleKind = Literal["one", "first_poll", "look_back", "summary"]
"""What a message is: one alert, many of a feed's first poll, many of what was stored before a watch, or any that go together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A channel that took nothing at all, last. ``failures``: in a row. ``told``: what another channel was told of it already."""

    failures: int
    since: datetime
    reason: str
    rests_until: datetime
    told: Literal["failing", "dead"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What was given up of one channel just now."""

    alerts: int = 0
    urgent: int = 0
    digests: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the log is to be told of a channel: alerts that were given up, and a notice for which there is no other channel."""

    channel: ChannelId
    loss: Loss = Loss()
    unheard: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenNotice:
    """A notice of the trouble of the channel ``about`` that is to be sent to another one."""

    id: NoticeId
    channel: ChannelId
    about: ChannelId
    key: str
    subject: str
    text: str
    raised_at: datetime
    tries: int


Ailment = Literal["failing", "silent"]
"""What may be wrong with a feed: it does not answer, or it answers and brings nothing new for longer than it ever does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ailing:
    """A feed with which something is wrong, or no more, as it is told of. ``since``: its last answer, or its newest item.

    None: there was none yet. ``why``: one line; "" where it is over.
    """

    name: str
    outlet: OutletId
    since: datetime | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """The promises that are open, since when, how many of them failed at least once, and how many alerts were given up."""

    held: int
    failed: int
    oldest: datetime | None
    dead: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelOutbox:
    """What waits for one channel: alerts, digests and notices together. ``next_try_at`` None: nothing waits.

    ``reason``: what it answered last, if it failed. ``revivable``: those of the ``dead`` that come back once it is mended.
    """

    channel: ChannelId
    held: int
    oldest: datetime | None
    next_try_at: datetime | None
    dead: int
    revivable: int
    trouble: Trouble | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """A watch whose alerts a person wants none of until then."""

    watch_id: WatchId
    since: datetime
    until: datetime
