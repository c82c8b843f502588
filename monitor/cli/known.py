"""What `monitor status` shows, read in one go: from the database, and from config.toml as far as it can be read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor import control, digest
from monitor import period as periods
from monitor.alert import LIFE, allowed
from monitor.cli.ailing import ailing
from monitor.cli.asking import full_channels
from monitor.cli.finding import read
from monitor.config import fingerprint, state_of
from monitor.errors import MonitorError
from monitor.model import ChannelOutbox, Config, DigestDelivery, FeedState, Mute, Outbox, PlanId, Run, Volume, WatchCount, WatchId
from monitor.store import DATABASE, Reading, holder

DAY = timedelta(days=1)


class Known:
    """The state of one desk at one moment."""

    def __init__(self, path: Path, reading: Reading, now: datetime) -> None:
        """Read it."""
        self.path = path
        self.state = state_of(path, environ=os.environ, home=Path.home())
        # a faulty config is what a person most wants the status with: the running monitor goes on with the last good one
        self.config, self.fault = _config_or_fault(path)
        self.now = now
        self.pid = holder(self.state / DATABASE)
        self.run: Run | None = reading.last_run()
        self.states: tuple[FeedState, ...] = reading.states()
        self.items = dict(reading.items_by_feed(now - DAY, now + DAY))
        self.outbox: Outbox = reading.outbox()
        self.outboxes: tuple[ChannelOutbox, ...] = reading.outboxes(now - LIFE)
        self.unsent: tuple[DigestDelivery, ...] = reading.unsent_digests(now - LIFE)
        self.mutes: tuple[Mute, ...] = reading.mutes(now)
        self.upkeep = reading.upkeep()
        self._plan_times = reading.plan_times()
        self.full = full_channels(self.config, reading, now)
        self.unread = reading.unread()
        self.past = reading.past_items()
        zone, listed = _in_force(self.config, reading)
        self.zone = ZoneInfo(zone) if zone else None
        self.ever: Mapping[WatchId, WatchCount] = {one.watch_id: one for one in reading.watch_counts()}
        self.watches = tuple(listed or self.ever)
        self.volumes: Mapping[WatchId, Volume] = self._volumes(reading, zone or "UTC")
        self.quiet_until = self._quiet_until()
        # it stands in no table: who does not run asks for no ping
        told = control.ask_shortly(self.state, "ping") if self.pid else None
        self.ping_trouble = told.says or None if told and told.ok else None
        self.ailing = ailing(self.state) if told else None
        if self.pid and self.run and self.run.config == fingerprint(path):
            # the running monitor has its secrets, which this shell may lack: its own word counts
            self.fault = None
        if self.pid and self.run and self.run.config_fault:
            self.fault = self.run.config_fault

    @property
    def unreached(self) -> tuple[FeedState, ...]:
        """The feeds that this machine's own trouble keeps from being seen: nothing is charged to them."""
        return tuple(one for one in self.states if one.reason and not one.failures and not one.feed.outlet.paused)

    @property
    def failing(self) -> tuple[FeedState, ...]:
        """The feeds that fail, for reasons of their own."""
        return tuple(one for one in self.states if one.failures and not one.feed.outlet.paused)

    def following(self) -> dict[PlanId, datetime]:
        """Give when each digest is due next; of a config with faults, those of the one that was last in force."""
        config = self.config
        words = {plan.id: periods.times(plan, config.timezone) for plan in config.plans} if config else self._plan_times
        due = {plan: periods.next_of(times, self.now) for plan, times in words.items()}
        return {plan: at for plan, at in due.items() if at}

    def _volumes(self, reading: Reading, zone: str) -> dict[WatchId, Volume]:
        window = (self.now - DAY, self.now + timedelta(seconds=1))
        compared = digest.stretches(*window, zone)
        found = reading.found_in((window, *compared), self.watches)
        before = {watch: {place - 1: items for place, items in each.items() if place} for watch, each in found.items()}
        return digest.volumes(
            {watch: found.get(watch, {}).get(0, 0) for watch in self.watches},
            before,
            compared,
            lives=digest.Lives(ran=reading.lives(compared[0][0]), young=reading.young()),
            window=window,
        )

    def _quiet_until(self) -> datetime | None:
        """Give the end of the quiet hours; None: there are none now, or nobody knows."""
        if self.config is None:
            return None
        until = allowed(self.now, rules=self.config.alerts, timezone=self.config.timezone)
        return until if until > self.now else None


def _config_or_fault(path: Path) -> tuple[Config | None, str | None]:
    try:
        return read(path), None
    except MonitorError as error:
        return None, str(error)


def _in_force(config: Config | None, reading: Reading) -> tuple[str | None, tuple[WatchId, ...]]:
    """Give the zone and the watches of a config, in its order; of the one that was last in force where it has faults."""
    if config is not None:
        return config.timezone, tuple(watch.id for watch in config.watches)
    return reading.in_force() or (None, ())
