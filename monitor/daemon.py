"""Start, reload, stop: the composition root. Opens the doors, builds the line, and gives it something to do."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import random
import signal
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from monitor import __version__, cadence, upkeep
from monitor.alert import LIFE
from monitor.archive import FOLDER, Archive
from monitor.channels import open_channel
from monitor.config import Changes, changes, new_warnings
from monitor.control import Control, Reply
from monitor.errors import MonitorError, StoreError
from monitor.fetch import Door, user_agent
from monitor.match import compile_watches
from monitor.model import Config, Feed, FeedId, Fetched, FetchRules, Request, Run, Unchanged
from monitor.ping import Ping
from monitor.pipeline import (
    Evidence,
    Line,
    Network,
    Recalling,
    Setup,
    Unanswered,
    brief,
    brief_when_polled,
    group,
    last,
    name_orphans,
    plan_times,
    poll,
    read,
    release_held,
    reread,
    tell,
)
from monitor.pulse import Pulse
from monitor.rounds import GRACE, POLLS, Rounds
from monitor.sending import Sending
from monitor.shown import Window
from monitor.store import DATABASE, LULL, Reading, Store, Writing, newest, open_store
from monitor.systemd import Supervisor
from monitor.wellbeing import Wellbeing
from monitor.wishes import Wishes
from monitor.workers import Workers

if TYPE_CHECKING:
    from monitor.schedule import Schedule

log = logging.getLogger("monitor")
PACES = attrgetter("every", "min", "max")

BESIDES = 1_000
"""So many items are made searchable, and new watches asked about so many, by a run for once; the rest by whoever is next."""


def utc_now() -> datetime:
    """Give the wall clock, aware, UTC."""
    return datetime.now(UTC)


class Daemon:
    """One life of the monitor on one database. ``load`` reads config.toml anew; ``say`` takes an alert's words for the log."""

    def __init__(
        self,
        config: Config,
        *,
        load: Callable[[], Config],
        say: Callable[[str], None],
        store: Store | None = None,
        supervisor: Supervisor | None = None,
    ) -> None:
        """Take the config that is in force first, and its store where that is open. Nothing is opened before `async with`.

        ``supervisor``: who started it and is told how it fares.
        """
        self.config = config
        self._opened = store
        self._evidence = Path(config.state) / FOLDER
        self._load = load
        self._say = say
        self._open = contextlib.AsyncExitStack()
        self._supervisor = supervisor or Supervisor()
        self._stop = asyncio.Event()
        self._ready = asyncio.Event()
        self._reloading = asyncio.Lock()
        self._unanswered = Unanswered()
        self._ping = Ping()

    async def __aenter__(self) -> Self:
        """Take the lock, open the database, build the line. Raises AlreadyRunningError, NoPermissionError, RefusedError."""
        async with contextlib.AsyncExitStack() as opened:
            self.store = self._opened or open_store(self.config)
            opened.callback(self.store.close)
            if done := self.store.migrated:
                log.warning("The database had shape %d, and has %d now; %s is as it was", done.before, done.now, done.copy)
            before = await self.store.read(Reading.last_run)
            if before is None and (put_back := newest(Path(self.config.state) / DATABASE)):
                log.warning("The database is a new one. There is a backup of another: `monitor db restore %s`", put_back)
            if before is not None and before.stopped_at is None:
                log.warning("%s", _bad_end(before, ZoneInfo(self.config.timezone)))
            self._run_id = await self.store.write(self._begin)
            workers = await opened.enter_async_context(Workers())
            self._door = await opened.enter_async_context(_door(self.config))
            # what is to be told does not wait behind what is asked
            self._sending = await opened.enter_async_context(_door(self.config))
            due = partial(_first_due, rules=self.config.fetch, now=utc_now())
            feeds = await self.store.write(lambda tx: tx.sync(self.config.outlets, self.config.watches, due=due))
            self.line = Line(
                store=self.store,
                fetch=self._door.fetch,
                workers=workers,
                now=utc_now,
                jitter=random.random,
                network=Network.of(self.config.outlets),
                setup=self._setup(self.config, {feed.id: feed for feed in feeds}),
                evidence=Evidence(Archive(self._evidence, software=f"outlet-monitor/{__version__}")),
            )
            self.rounds = Rounds(self.line)
            self._wellbeing = Wellbeing(self.rounds)
            self._window = Window(metrics=self._wellbeing.metrics, healthz=self._wellbeing.healthz)
            self.care = upkeep.Care(self.line, is_doubtful=before is not None and before.stopped_at is None)
            self.pulse = Pulse(self._supervisor, self.rounds, config=lambda: self.config)
            self._open = opened.pop_all()
        await name_orphans(self.line)
        return self

    def _begin(self, tx: Writing) -> int:
        tx.bound_waits(utc_now())
        tx.begin_sending([one.id for one in self.config.channels], since=utc_now() - LIFE, now=utc_now())
        tx.sync_plans(plan_times(self.config), utc_now())
        tx.remember_in_force(self.config.timezone, [watch.id for watch in self.config.watches])
        return tx.start_run(self.config.fingerprint, utc_now())

    async def __aexit__(self, *why: object) -> None:
        """Let what is under way finish for a moment, then close everything."""
        del why
        await self.rounds.end()
        with contextlib.suppress(StoreError, TimeoutError):
            # one that is not recorded reads as killed, and has the next start look through the whole database
            async with asyncio.timeout(GRACE):
                for unit in [unit for units in self.line.unrecorded.values() for unit in units]:
                    await self.store.write(unit)
                await self.store.write(lambda tx: tx.end_run(self._run_id, utc_now()))
        await self._open.aclose()

    def _setup(self, config: Config, feeds: dict[FeedId, Feed] | None) -> Setup:
        # one that did not change stays open: what is being sent on it was not mended meanwhile
        kept = {} if feeds is not None else {one.id: self.line.setup.channels[one.id] for one in self.config.channels}
        channels = {
            one.id: kept[one.id] if one in self.config.channels and kept else open_channel(one, fetch=self._fetch, say=self._say)
            for one in config.channels
        }
        return Setup(config=config, feeds=feeds or {}, matcher=compile_watches(config.watches), channels=channels)

    async def _fetch(self, request: Request) -> Fetched | Unchanged:
        # what stands on the desk's own network is not reached by way of a proxy outside
        proxy = None if request.private else self.config.fetch.proxy
        return await self._sending.fetch(replace(request, proxy=proxy))

    # ------------------------------------------------------------------------------------------------------------ run

    async def run(self, *, heard: Callable[[], bool] = lambda: False, leave: Callable[[int], object] = os._exit) -> None:
        """Work until told to stop by SIGTERM, SIGINT or `stop`; SIGHUP rereads config.toml.

        ``heard``: whether there was a SIGHUP before this began to heed it. ``leave``: ends the process, when told twice.
        """
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(sign, self._told_to_stop, leave)
        loop.add_signal_handler(signal.SIGHUP, lambda: self.rounds.spawn(self._reload_when_ready(), "reload"))
        asked = Wishes(self.store, lambda: ZoneInfo(self.config.timezone)).answers() | Sending(lambda: self.line).answers()
        told = {"ping": self._ping.told, "well": self._wellbeing.told}
        control = Control(Path(self.config.state), reload=self._reload_when_ready, tidy=self.care.tidy, **told, **asked)
        if why := await control.start():
            log.warning("No control socket, so commands cannot reach this monitor: %s", why)
        schedule = self._schedule()
        _greet(self.config)
        beating: asyncio.Task[None] | None = None
        try:
            await self.rounds.guard(self.rounds.tick())
            schedule.start()
            await self._show()
            self.rounds.spawn(self._say_well(), "ping")
            await self.pulse.ready()
            self._ready.set()
            # told to stop while it starts, it is cancelled before it begins: no coroutine may lie there that nobody awaits
            beating = asyncio.create_task(self.rounds.guarded(self.pulse.beat), name="pulse")
            if heard():
                await self.reload()
            await self._stop.wait()
        finally:
            self.pulse.stopping()
            log.info("Stopping")
            if beating is not None:
                beating.cancel()
            schedule.stop()
            self._window.close()
            await control.stop()

    def _schedule(self) -> Schedule:
        # APScheduler is for a life of days; a look at once needs none
        from monitor.schedule import Every, Schedule  # noqa: PLC0415

        def every(name: str, job: Callable[[], Coroutine[Any, Any, None]], **interval: int) -> Every:
            return Every(name=name, interval=timedelta(**interval), job=partial(self.rounds.guarded, job))

        return Schedule(
            every("tick", self.rounds.tick, seconds=1),
            every("life", self._live_on, minutes=1),
            every("tell", self.rounds.tell, seconds=1),
            every("index", partial(self.line.indexing.index, self.store), seconds=5),
            every("group", partial(group, self.line), seconds=5),
            every("recall", partial(Recalling().recall, self.line), seconds=5),
            every("digest", lambda: brief_when_polled(self.line), seconds=15),
            every("unstored", self.rounds.rest.tell, seconds=15),
            every("warn", partial(self._unanswered.warn, self.line), minutes=1),
            every("shown", self._show, minutes=1),
            every("ping", self._say_well, minutes=5),
            every("upkeep", self._upkeep, hours=1),
            every("care", self.care.look, minutes=1),
            jumped=self._jumped,
        )

    def _jumped(self, seconds: float) -> None:
        log.warning("The clock was set by %+.0f s; what is due is looked at anew", seconds)
        self.rounds.spawn(self.store.write(lambda tx: tx.bound_waits(utc_now())), "clock")

    def stop(self) -> None:
        """End `run`, once what is under way had its moment to finish."""
        self._stop.set()

    def _told_to_stop(self, leave: Callable[[int], object]) -> None:
        if self._stop.is_set():
            # the second time somebody means now: what is on disk is whole at any moment
            log.warning("Told again to stop: ending now; what was under way is done after the next start")
            leave(130)
        self.stop()

    async def once(self) -> bool:
        """Poll every outlet, read, deliver without waiting, write the digest. False: nothing answered, or not all was sent."""
        wanted = [state for state in await self.store.read(Reading.states) if not state.feed.outlet.paused]
        gate = asyncio.Semaphore(POLLS)

        async def one(job: Coroutine[Any, Any, None]) -> None:
            async with gate:
                await job

        await asyncio.gather(*(one(poll(self.line, state)) for state in wanted))
        # urgent ones wait for nothing, and so not for the pages either
        await self._tell_all()
        for ask, job in ((Reading.due_articles, read), (Reading.due_rereads, reread)):
            while due := await self.store.read(partial(ask, now=utc_now(), limit=POLLS, each=POLLS)):
                await asyncio.gather(*(one(job(self.line, item)) for item in due))
        await Recalling().recall(self.line, most=BESIDES)
        await release_held(self.line)
        await self._unanswered.warn(self.line)
        sent = await self._tell_all()
        await brief(self.line, last(timedelta(days=1), utc_now(), self.config.timezone))
        await self.line.indexing.index(self.store, most=BESIDES)
        await group(self.line, most=BESIDES)
        polled, answering = await self.store.read(lambda store: store.answering())
        unsent = await self.store.read(lambda store: store.outbox().failed)
        log.info("Feeds polled: %d, answered: %d", polled, answering)
        return (answering > 0 or not polled) and all(sent) and not unsent

    async def _tell_all(self) -> list[bool]:
        return await asyncio.gather(*(tell(self.line, channel) for channel in self.line.setup.channels.values()))

    # ----------------------------------------------------------------------------------------------------------- jobs

    async def _live_on(self) -> None:
        if self.rounds.fault:
            # it lives, and sees nothing: the digest counts that as time in which it did not run
            return
        self._run_id = await self.store.write(lambda tx: tx.live_on(self._run_id, now=utc_now(), lull=LULL))

    async def _show(self) -> None:
        await self._window.open(self.config.health.metrics)

    async def _say_well(self) -> None:
        await self._ping.ping(self.config, self._fetch, faults=await self._wellbeing.faults())

    async def _upkeep(self) -> None:
        await upkeep.keep_up(self.line, evidence=self._evidence)

    # --------------------------------------------------------------------------------------------------------- reload

    async def _reload_when_ready(self) -> Reply:
        # whoever asks while it starts is not forgotten: the config may have been read before it was edited
        await self._ready.wait()
        return await self.reload()

    async def reload(self) -> Reply:
        """Reread config.toml. All that can fail runs before anything live is touched; a faulty file changes nothing."""
        async with self._reloading:
            await self.pulse.reloading()
            try:
                return await self._reread()
            except StoreError as error:
                log.error("config.toml is not taken over: %s. Ask again", error)  # noqa: TRY400
                return Reply(ok=False, says=str(error))
            finally:
                await self.pulse.ready()

    async def _reread(self) -> Reply:
        old = self.config
        try:
            new = await asyncio.to_thread(self._load)
            if new.state != old.state:
                raise MonitorError(f"{new.path}: state: cannot change while the monitor runs; restart it")  # noqa: TRY301
            if old.outlets and not new.outlets and not new.watches:
                # an editor empties a file before it writes it
                raise MonitorError(f"{new.path}: lists no outlet and no watch, as a file that is half written")  # noqa: TRY301
            setup = await asyncio.to_thread(self._setup, new, None)
        except MonitorError as error:
            fault = str(error)
            log.error("config.toml is refused, and the last good one stays in force:\n%s", fault)  # noqa: TRY400
            self.pulse.refused = fault
            await self.store.write(lambda tx: tx.remember_config(self._run_id, config=old.fingerprint, fault=fault))
            return Reply(ok=False, says=fault)
        await self._swap(old, new, setup)
        return Reply(ok=True, says=f"{new.path} is in force")

    async def _swap(self, old: Config, new: Config, setup: Setup) -> None:
        changed = changes(old, new)
        before = self.line.setup
        try:
            await self.store.write(lambda tx: self._take(tx, new, changed, setup))
        except StoreError:
            self.line.setup = before
            raise
        if new.fetch != old.fetch or new.contact != old.contact:
            self._door.change(user_agent=user_agent(new.contact), at_once=new.fetch.at_once)
            self._sending.change(user_agent=user_agent(new.contact), at_once=new.fetch.at_once)
        self.config = new
        self.pulse.refused = None
        self.line.network.poll(new.outlets)
        await name_orphans(self.line)
        await self._show()
        log.info("config.toml reread: %s", changed)
        for warning in new_warnings(old, new):
            log.warning("%s", warning)
        if new.health.ping != old.health.ping or new.fetch != old.fetch:
            # whoever mended it wants to know now, not at the next time
            self.rounds.spawn(self._say_well(), "ping")
        await self.rounds.tick()

    def _take(self, tx: Writing, new: Config, changed: Changes, setup: Setup) -> None:
        now = utc_now()
        feeds = tx.sync(new.outlets, new.watches, due=partial(_first_due, rules=new.fetch, now=now))
        tx.remember_config(self._run_id, config=new.fingerprint, fault=None)
        tx.sync_plans(plan_times(new), now)
        tx.remember_in_force(new.timezone, [watch.id for watch in new.watches])
        # a line that was edited is tried now, whatever it waited for; a new pace holds from the next poll on
        tx.hasten([feed.id for feed in feeds if feed.outlet.id in changed.outlets_changed], now)
        if PACES(new.fetch) != PACES(self.config.fetch):
            for feed in feeds:
                tx.bound_due(feed.id, now + cadence.usual(feed.outlet.every, new.fetch))
        tx.mend_channels(changed.channels, since=now - LIFE, now=now)
        tx.hasten_channels(tx.troubles(), now)  # whoever asks for a reload may have mended the other end
        # in this very transaction: what is stored after it is asked by the new watches
        self.line.setup = replace(setup, feeds={feed.id: feed for feed in feeds})


def _first_due(place: int, of: int, *, rules: FetchRules, now: datetime) -> datetime:
    return cadence.spread(place, of, every=cadence.usual(None, rules), now=now)


def _greet(config: Config) -> None:
    feeds = sum(len(outlet.feeds) for outlet in config.outlets)
    watches = ", ".join(watch.id for watch in config.watches) or "none"
    log.info("monitor %s, %s; outlets: %d, feeds: %d; watches: %s", __version__, config.path, len(config.outlets), feeds, watches)
    log.info("State in %s", config.state)
    for warning in config.warnings:
        log.warning("%s", warning)


def _bad_end(before: Run, zone: ZoneInfo) -> str:
    began, seen = (f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for at in (before.started_at, before.seen_at))
    how = "the monitor was killed, or the machine went down"
    return f"The last run did not end in order ({how}): started {began}, last alive {seen}"


def _door(config: Config) -> Door:
    return Door(user_agent=user_agent(config.contact), at_once=config.fetch.at_once, now=utc_now)
