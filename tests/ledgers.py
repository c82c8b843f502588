"""A ledger under test: the real store and line, an injected clock, and channels that do as they are told."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

from monitor.alert import LIFE
from monitor.channels import Opened
from monitor.errors import DeliveryError
from monitor.match import compile_watches
from monitor.model import (
    AlertRules,
    ChannelId,
    Config,
    DigestPlan,
    Fetched,
    FetchRules,
    Item,
    ItemId,
    KeepRules,
    LogChannel,
    Match,
    Message,
    Outlet,
    OutletId,
    Request,
    Unchanged,
    Watch,
    WatchId,
)
from monitor.pipeline import Line, Network, Setup, plan_times, tell
from monitor.pipeline.promise import promise
from monitor.store import Store, Writing
from monitor.workers import Workers

T = TypeVar("T")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OUTLET = Outlet(id=OutletId("orontes-post"), feeds=("https://orontes-post.example/feed.xml",))
Mode = Literal["take", "busy", "poison", "down", "no_login", "lost", "partial", "killed_before", "killed_after"]
MODES: tuple[Mode, ...] = (
    "take",
    "busy",
    "poison",
    "down",
    "no_login",
    "lost",
    "partial",
    "killed_before",
    "killed_after",
)
ADDRESSES = frozenset(("one", "two"))


class KilledError(BaseException):
    """The process was killed here: nothing that follows is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A message as it came. ``is_recorded``: the monitor was told that it was taken."""

    at: datetime
    message: Message
    to: frozenset[str]
    is_recorded: bool

    @property
    def alerts(self) -> tuple[str, ...]:
        """The keys of the alerts in it."""
        return tuple(one["key"] for one in json.loads(self.message.json)["alerts"])


@dataclass(slots=True)
class Scripted:
    """A channel with two addresses. ``mode``: what it does with everything from now on; ``tries``: the keys it was asked with."""

    id: ChannelId
    ledger: Ledger
    mode: Mode = "take"
    retry_after: timedelta | None = None

    async def deliver(self, message: Message, had: frozenset[str] = frozenset()) -> None:
        mode, wanted = self.mode, ADDRESSES - had
        self.ledger.tries.append((self.id, message.key))
        if mode == "killed_before":
            self.mode = "take"
            raise KilledError
        if mode in ("busy", "poison"):
            raise DeliveryError("this message is refused", retryable=mode == "busy")
        if mode in ("down", "no_login"):
            raise DeliveryError(mode, retryable=mode == "down", is_whole=True, retry_after=self.retry_after)
        to = frozenset(sorted(wanted)[:1]) if mode == "partial" and len(wanted) > 1 else wanted
        is_recorded = mode not in ("lost", "killed_after")
        self.ledger.receipts[self.id].append(Receipt(at=self.ledger.now, message=message, to=to, is_recorded=is_recorded))
        if mode == "killed_after":
            self.mode = "take"
            raise KilledError
        if mode == "lost":
            raise DeliveryError("the answer was lost", retryable=True)
        if to != wanted:
            raise DeliveryError("two is greylisted", retryable=True, taken=to)


async def no_web(request: Request) -> Fetched | Unchanged:
    raise AssertionError(request)


def config_of(*channels: str, watches: tuple[Watch, ...], max_per_hour: int = 12, quiet: tuple[int, int] | None = None) -> Config:
    return Config(
        path="config.toml",
        state="state",
        title="Desk",
        timezone="UTC",
        contact=None,
        outlets=(OUTLET,),
        watches=watches,
        channels=tuple(LogChannel(id=ChannelId(name)) for name in channels),
        alerts=AlertRules(max_per_hour=max_per_hour, quiet=quiet),
        digest=DigestPlan(at=(), cron=None, formats=(), send=(), directory="digest"),
        fetch=FetchRules(),
        keep=KeepRules(),
        fingerprint="abc123",
    )


@dataclass(slots=True, kw_only=True)
class Ledger:
    """The monitor's delivery side alone: alerts are raised by hand, and time passes when it is told to."""

    path: Path
    config: Config
    now: datetime = NOON
    receipts: dict[str, list[Receipt]] = field(default_factory=dict)
    tries: list[tuple[str, str]] = field(default_factory=list)
    items: int = 0
    lives: int = 0
    channels: dict[str, Scripted] = field(default_factory=dict)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    store: Store = field(init=False)
    line: Line = field(init=False)

    def __post_init__(self) -> None:
        """Begin the first life."""
        for one in self.config.channels:
            self.receipts[one.id] = []
            self.channels[one.id] = Scripted(one.id, self)
        self.open()

    def open(self) -> None:
        """Begin a life of the monitor, as the daemon does."""
        self.lives += 1
        self.store = Store(self.path)
        opened = {one.id: cast("Opened", self.channels[one.id]) for one in self.config.channels}
        setup = Setup(config=self.config, feeds={}, matcher=compile_watches(self.config.watches), channels=opened)
        self.line = Line(
            store=self.store,
            fetch=no_web,
            workers=cast("Workers", None),
            now=lambda: self.now,
            jitter=lambda: 0.5,
            network=Network.of(self.config.outlets),
            setup=setup,
        )
        self.do(self.store.write(self._begin))

    def _begin(self, tx: Writing) -> None:
        tx.bound_waits(self.now)
        tx.begin_sending([one.id for one in self.config.channels], since=self.now - LIFE, now=self.now)
        tx.sync_plans(plan_times(self.config), self.now)
        feeds = tx.sync(self.config.outlets, self.config.watches, due=lambda *_: self.now)
        self.line.setup = replace(self.line.setup, feeds={feed.id: feed for feed in feeds})

    def close(self) -> None:
        self.store.close()
        self.loop.close()

    def do(self, job: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(job)

    def kill(self) -> None:
        """End this life with all that it had in memory, and begin another."""
        self.store.close()
        self.open()

    def raise_item(self, *watches: str, batch: str | None = None) -> ItemId:
        """Store an item that these watches find."""
        self.items += 1
        number = self.items
        return self.do(self.store.write(lambda tx: self._raise(tx, number, watches, batch)))

    def _raise(self, tx: Writing, number: int, watches: tuple[str, ...], batch: str | None) -> ItemId:
        (feed_id,) = self.line.setup.feeds
        facts: dict[str, Any] = {"guid": str(number), "link": None, "canonical_url": None, "summary": "", "author": None}
        item = Item(keys=(f"g:{number}",), title=f"Item {number}", published=self.now, published_raw="", language="en", **facts)
        item_id, story_id = tx.add_item(
            feed_id, item, now=self.now, is_baseline=False, is_first_poll=False, read_page=False, entry_hash=b""
        )
        matches = tuple(_match(name) for name in watches)
        tx.add_matches(item_id, matches, now=self.now, config="abc123")
        promise(
            tx,
            self.line.setup,
            [WatchId(one) for one in watches],
            item_id=item_id,
            story_id=story_id,
            now=self.now,
            waits_for_text=False,
            batch=batch,
        )
        return item_id

    def tell(self) -> None:
        """Tell every channel what is open; begin a new life where this one was killed over it."""
        for channel in tuple(self.line.setup.channels.values()):
            try:
                self.do(tell(self.line, channel))
            except KilledError:
                self.kill()

    def wait(self, span: timedelta, *, step: timedelta) -> None:
        """Let time pass, and look at what is due at every step."""
        ends = self.now + span
        while self.now < ends:
            self.now = min(self.now + step, ends)
            self.tell()

    def mend(self, *names: str) -> None:
        """Change channels in config.toml, and reload."""
        ids = tuple(ChannelId(name) for name in names)
        for name in names:
            self.channels[name] = replace(self.channels[name])
        opened = {**self.line.setup.channels, **{id: cast("Opened", self.channels[id]) for id in ids}}
        self.line.setup = replace(self.line.setup, channels=opened)
        self.do(self.store.write(lambda tx: tx.mend_channels(ids, since=self.now - LIFE, now=self.now)))

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the database itself."""
        return self.do(self.store.read(lambda reading: [tuple(row) for row in reading.db.execute(sql).fetchall()]))

    def states(self) -> dict[str, int]:
        """Count the alerts in each state."""
        return dict(self.ask("SELECT state, count(*) FROM alert GROUP BY state"))  # type: ignore[arg-type]


def _match(name: str) -> Match:
    place: dict[str, Any] = {"start": 0, "stop": 4, "sentence": "Item", "mark_start": 0, "mark_stop": 4}
    return Match(watch_id=WatchId(name), field="title", term="Item", form="Item", **place)


def copied(template: Path, to: Path) -> Path:
    """Copy an empty database: making one takes longer than all that is done with it."""
    shutil.copy(template, to)
    return to
