"""What the desk asked for: config.toml as records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, NewType

from monitor.model.question import FIELDS, Field, Node

OutletId = NewType("OutletId", str)
"""The short id before the equals sign in [outlets]."""
FeedId = NewType("FeedId", int)
ItemId = NewType("ItemId", int)
StoryId = NewType("StoryId", int)
WatchId = NewType("WatchId", str)
"""The short id before the equals sign in [watches]."""
ChannelId = NewType("ChannelId", str)
PlanId = NewType("PlanId", str)
"""Which digest: "" is that of [digest] itself, "weekly" that of [digest.weekly]."""
AlertId = NewType("AlertId", int)
DigestId = NewType("DigestId", int)
NoticeId = NewType("NoticeId", int)

ArticleState = Literal["due", "read", "given_up", "not_wanted"]
Format = Literal["html", "md", "json", "atom"]


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret from the environment or a file. Its value is only ever had by calling ``reveal``; its repr is ``****``."""

    _value: str

    def reveal(self) -> str:
        """Give the value itself, to be put on the wire and nowhere else."""
        return self._value

    def __repr__(self) -> str:
        """Never the value."""
        return "****"

    __str__ = __repr__


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A publisher as the desk lists it. ``language``: a lower-case BCP 47 primary subtag.

    ``every`` None: the pace is found; ``pause``, ``proxy`` None: those of [fetch]. ``ca_file``: absolute. ``selector``: where its
    pages have the article, CSS; None: that is found.
    """

    id: OutletId
    feeds: tuple[str, ...]
    name: str | None = None
    language: str | None = None
    label: str | None = None
    groups: tuple[str, ...] = ()
    every: timedelta | None = None
    full_text: bool = True
    private: bool = False
    paused: bool = False
    headers: tuple[tuple[str, str | Secret], ...] = ()
    pause: timedelta | None = None
    proxy: str | Secret | None = None
    ca_file: str | None = None
    selector: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A named question: one of ``any``, each of ``all``, none of ``none``; or a ``query`` in their place.

    ``outlets`` None: all of them. ``languages`` None: all, and what is in none that is known; lower-case primary subtags.
    ``channels`` (): the digest only. ``look_back``: when it is new or changed, what was first seen within so long before is told
    as news; None: all that is stored is found silently. ``on_edit``: what was told is told again when its watched sentences are
    edited.
    """

    id: WatchId
    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    query: Node | None = None
    fields: tuple[Field, ...] = FIELDS
    outlets: frozenset[OutletId] | None = None
    languages: frozenset[str] | None = None
    look_back: timedelta | None = None
    channels: tuple[ChannelId, ...] = ()
    urgent: bool = False
    on_edit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LogChannel:
    """Alerts go to the log: the terminal or the journal."""

    id: ChannelId


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChannel:
    """Alerts go by POST as JSON; with a secret, signed in X-Monitor-Signature (HMAC-SHA256 of the body, hex).

    ``ca_file``: absolute; certificates to trust besides the usual ones.
    """

    id: ChannelId
    url: str | Secret
    secret: Secret | None = None
    private: bool = False
    ca_file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailChannel:
    """Alerts go by mail. ``security``: tls from the start (smtps, 465), starttls (smtp with credentials), or plain (smtp).

    ``ca_file``: absolute; certificates to trust besides the usual ones.
    """

    id: ChannelId
    to: tuple[str, ...]
    sender: str
    host: str
    port: int
    security: Literal["tls", "starttls", "plain"]
    user: str | None = None
    password: Secret | None = None
    private: bool = False
    ca_file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandChannel:
    """Alerts go as JSON to the standard input of a program. ``run``: the program and its arguments, as they are: no shell."""

    id: ChannelId
    run: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppriseChannel:
    """Alerts go to one or more push services, each an Apprise address, which is a secret as a whole."""

    id: ChannelId
    urls: tuple[Secret, ...]
    private: bool = False


Channel = LogChannel | WebhookChannel | EmailChannel | CommandChannel | AppriseChannel


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRules:
    """[alerts]: ``quiet`` is (from, until) in minutes after local midnight, None where alerts may go out at any hour.

    ``per``: one alert a story, or one an item. ``group_interval``: what follows about a story is told no sooner after the last
    that was told of it. ``again_at``: told again when so many outlets carry it with their own text; None: not.
    """

    per: Literal["story", "item"] = "story"
    first_poll: timedelta = timedelta(hours=24)
    group_wait: timedelta = timedelta(seconds=30)
    group_interval: timedelta = timedelta(minutes=5)
    again_at: int | None = None
    max_per_hour: int = 12
    quiet: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPlan:
    """[digest], or one of [digest.NAME]: when (local "HH:MM", or a cron line), as what, where to. ``directory`` is absolute.

    ``watches``, ``outlets``: those that it tells of; None: all. ``keep``: how long it stays in the archive.
    """

    at: tuple[str, ...]
    cron: str | None
    formats: tuple[Format, ...]
    send: tuple[ChannelId, ...]
    directory: str
    id: PlanId = PlanId("")
    watches: frozenset[WatchId] | None = None
    outlets: frozenset[OutletId] | None = None
    keep: timedelta = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRules:
    """[fetch]: the pace and the manners. ``max_size`` in bytes, of the decoded body. ``private``: LAN addresses allowed.

    ``pause``: the time between the end of one request to a host and the beginning of the next.
    """

    every: timedelta = timedelta(minutes=15)
    min: timedelta = timedelta(minutes=5)
    max: timedelta = timedelta(days=1)
    at_once: int = 16
    timeout: timedelta = timedelta(seconds=20)
    max_size: int = 5_000_000
    private: bool = False
    robots: bool = True
    pause: timedelta = timedelta(seconds=1)
    proxy: str | Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepRules:
    """[keep]: how long items and their evidence stay, and how long full texts and the feeds' own texts do."""

    items: timedelta = timedelta(days=400)
    text: timedelta = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlRules:
    """[urls]: names of parameters, in lower case, that tell no pages apart at the outlets of this desk."""

    strip: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthRules:
    """[health]: who is told of outlets that do not answer, and how others see that the monitor itself does.

    ``warn_after``: so long an outlet has not answered before it is told of. ``ping``: an address that is asked while all is well.
    ``metrics``: the loopback address and port on which figures are shown.
    """

    warn_after: timedelta = timedelta(hours=6)
    alert: tuple[ChannelId, ...] = ()
    ping: Secret | None = None
    metrics: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole of config.toml, valid. ``timezone``: an IANA name. ``fingerprint``: 6 hex digits of the file's SHA-256."""

    path: str
    state: str
    title: str
    timezone: str
    contact: str | None
    outlets: tuple[Outlet, ...]
    watches: tuple[Watch, ...]
    channels: tuple[Channel, ...]
    alerts: AlertRules
    digest: DigestPlan
    fetch: FetchRules
    keep: KeepRules
    fingerprint: str
    health: HealthRules = HealthRules()
    warnings: tuple[str, ...] = ()
    digests: tuple[DigestPlan, ...] = ()
    """Those of [digest.NAME], beside ``digest``."""
    urls: UrlRules = UrlRules()

    @property
    def plans(self) -> tuple[DigestPlan, ...]:
        """Every digest: that of [digest] itself first, then the further ones."""
        return (self.digest, *self.digests)
