"""`monitor status`: what is known now. It reads the database and changes nothing."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor import period as periods
from monitor.alert import LIFE
from monitor.cli import kept, outbox
from monitor.cli.asking import full_channels, iso, reading
from monitor.cli.finding import config_option, find, read
from monitor.config import fingerprint, state_of
from monitor.errors import MonitorError
from monitor.health import moved_to, notes
from monitor.model import ChannelOutbox, Config, DigestDelivery, FeedState, Mute, Outbox, PlanId, Run, WatchCount
from monitor.store import DATABASE, Reading, holder

DAY = timedelta(days=1)


@click.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="All of it, for a program.")
def status(*, config: str | None, as_json: bool) -> None:
    """Show last answers, next polls, watches, the outbox, and what is wrong."""
    path = find(config)
    now = datetime.now(UTC)
    with reading(state_of(path, environ=os.environ, home=Path.home())) as known:
        view = _View(path, known, now)
    click.echo(view.as_json() if as_json else view.as_text(), nl=as_json)


class _View:
    """What `status` shows, read in one go."""

    def __init__(self, path: Path, reading: Reading, now: datetime) -> None:
        self.path = path
        self.state = state_of(path, environ=os.environ, home=Path.home())
        # a faulty config is what a person most wants the status with: the running monitor goes on with the last good one
        self.config, self.fault = _config_or_fault(path)
        self.now = now
        self.pid = holder(self.state / DATABASE)
        self.run: Run | None = reading.last_run()
        self.states: tuple[FeedState, ...] = reading.states()
        self.items = dict(reading.items_by_feed(now - DAY, now + DAY))
        self.watches: dict[str, WatchCount] = {one.watch_id: one for one in reading.watch_counts(now - DAY)}
        self.outbox: Outbox = reading.outbox()
        self.outboxes: tuple[ChannelOutbox, ...] = reading.outboxes(now - LIFE)
        self.unsent: tuple[DigestDelivery, ...] = reading.unsent_digests(now - LIFE)
        self.mutes: tuple[Mute, ...] = reading.mutes(now)
        self.upkeep = reading.upkeep()
        self.full = full_channels(self.config, reading, now)
        self.unread = reading.unread()
        self.past = reading.past_items()
        self.zone = ZoneInfo(self.config.timezone) if self.config else None
        if self.pid and self.run and self.run.config == fingerprint(path):
            # the running monitor has its secrets, which this shell may lack: its own word counts
            self.fault = None
        if self.pid and self.run and self.run.config_fault:
            self.fault = self.run.config_fault

    def as_text(self) -> str:
        """Draw it for a terminal."""
        console = Console(highlight=False, soft_wrap=False)
        with console.capture() as drawn:
            console.print(Text(self._headline()))
            if self.fault:
                goes_on = "; the running monitor goes on with the last good one" if self.pid else ""
                console.print(Text(f"config.toml has faults{goes_on}:\n{self.fault}", style="red"))
            if wrong := kept.troubles(self.upkeep, self._clock):
                console.print(Text(wrong, style="red"))
            console.print()
            if self.outboxes:
                console.print(self._channels())
                console.print()
            console.print(self._outlets())
            console.print()
            console.print(self._watched())
            if self.unsent:
                console.print(Text(outbox.unsent(self.unsent, self._clock), style="red"))
            if self.mutes:
                console.print(Text(outbox.muted(self.mutes, self._clock), style="yellow"))
        return drawn.get()

    def _headline(self) -> str:
        if self.pid and self.run:
            began = f"Running since {self._clock(self.run.started_at)} (pid {self.pid})."
        elif self.run:
            began = f"Not running; last started {self._clock(self.run.started_at)}. `monitor run` starts it."
        else:
            began = "Not running yet. `monitor run` starts it."
        following = outbox.following(self._following(), self._clock) if self.pid else ""
        unread = f" {self.unread} pages to read." if self.unread else ""
        unread += f" New or changed watches: {self.past:,} stored items still to be asked about." if self.past else ""
        return f"{began}{following} {self._outbox()}{unread}"

    def _following(self) -> dict[PlanId, datetime]:
        """Give when each digest is due next."""
        if self.config is None:
            return {}
        due = {plan.id: periods.next_due(plan, self.config.timezone, self.now) for plan in self.config.plans}
        return {plan: period.at for plan, period in due.items() if period}

    def _outbox(self) -> str:
        said = "Outbox empty."
        if self.outbox.held:
            waits = _ago(self.now, self.outbox.oldest) if self.outbox.oldest else "?"
            said = f"Outbox: {self.outbox.held} to send, oldest {waits}."
            for channel, until in self.full.items():
                said += (
                    f" {channel} had its messages of this hour ([alerts] max_per_hour): the rest goes at {self._clock(until)}."
                )
        return said + (f" {self.outbox.dead} alerts could not be delivered." if self.outbox.dead else "")

    def _channels(self) -> Table:
        names = ("Waiting", "Given up")
        table = _table("Channel", names[0], "Oldest", "Next try", names[1], "Note", right=names)
        since, until = partial(_ago, self.now), partial(_until, self.now)
        return outbox.filled(table, self.outboxes, since=since, until=until if self.pid else _none, clock=self._clock)

    def _outlets(self) -> Table:
        table = _table("Outlet", "Answered", "Next", "24 h", "Note", right=("24 h",))
        for state in self.states:
            paused = state.feed.outlet.paused
            table.add_row(
                Text(state.feed.name),
                _ago(self.now, state.answered_at) if state.answered_at else "never",
                "paused" if paused else _until(self.now, state.due_at) if self.pid else "-",
                str(self.items.get(state.feed.id, 0)),
                Text("; ".join(notes(state)), style="red" if state.failures else ""),
            )
        return table

    def _watched(self) -> Table:
        table = _table("Watch", "24 h", "ever", "last", right=("24 h", "ever"))
        for watch in self._asked():
            count = self.watches.get(watch)
            last = self._clock(count.last) if count else "never"
            table.add_row(Text(watch), str(count.recent if count else 0), str(count.ever if count else 0), last)
        return table

    def _asked(self) -> tuple[str, ...]:
        return tuple(watch.id for watch in self.config.watches) if self.config else tuple(self.watches)

    def _clock(self, moment: datetime) -> str:
        local = moment.astimezone(self.zone)
        same_day = local.date() == self.now.astimezone(self.zone).date()
        return f"{local:%H:%M}" if same_day else f"{local:%d %b %H:%M}"

    def as_json(self) -> str:
        """Give it to a program: times in ISO 8601, UTC."""
        watches = [
            {
                "watch": watch,
                "items_24h": self.watches[watch].recent if watch in self.watches else 0,
                "items": self.watches[watch].ever if watch in self.watches else 0,
                "last_at": iso(self.watches[watch].last) if watch in self.watches else None,
            }
            for watch in self._asked()
        ]
        whole = {
            "running": self.pid is not None,
            "pid": self.pid,
            "started_at": iso(self.run.started_at) if self.run else None,
            "config": str(self.path),
            "config_fault": self.fault,
            "state": str(self.state),
            "feeds": [self._feed(state) for state in self.states],
            "watches": watches,
            "outbox": {
                "held": self.outbox.held,
                "oldest_at": iso(self.outbox.oldest),
                "dead": self.outbox.dead,
                "channels": outbox.as_objects(self.outboxes),
            },
            "digests": [{"plan": plan, "next_at": iso(at)} for plan, at in self._following().items()],
            "digests_unsent": outbox.unsent_as_objects(self.unsent),
            "mutes": [{"watch": one.watch_id, "since": iso(one.since), "until": iso(one.until)} for one in self.mutes],
            "pages_to_read": self.unread,
            "items_to_ask_about": self.past,
            "upkeep": kept.as_object(self.upkeep, self.state / DATABASE),
        }
        return json.dumps(whole, ensure_ascii=False, indent=2)

    def _feed(self, state: FeedState) -> dict[str, str | int | bool | None]:
        return {
            "outlet": state.feed.outlet.id,
            "name": state.feed.name,
            "url": state.feed.url,
            "paused": state.feed.outlet.paused,
            "answered_at": iso(state.answered_at),
            "due_at": iso(state.due_at),
            "pace": int(state.pace.total_seconds()) if state.pace else None,
            "items_24h": self.items.get(state.feed.id, 0),
            "failures": state.failures,
            "failing_since": iso(state.failing_since),
            "kind": state.kind,
            "status": state.status,
            "reason": state.reason,
            "strikes": state.strikes,
            "moved_to": moved_to(state),
            "lied_at": iso(state.lied_at),
        }


def _config_or_fault(path: Path) -> tuple[Config | None, str | None]:
    try:
        return read(path), None
    except MonitorError as error:
        return None, str(error)


def _table(*columns: str, right: tuple[str, ...]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold", no_wrap=column != "Note")
    return table


def _ago(now: datetime, then: datetime) -> str:
    return _short(now - then)


def _until(now: datetime, then: datetime) -> str:
    return f"in {_short(then - now)}" if then > now else "now"


def _none(_: datetime) -> str:
    """Nothing is sent while no monitor runs."""
    return "-"


def _short(span: timedelta) -> str:
    minutes = max(int(span.total_seconds()) // 60, 0)
    hours, rest = divmod(minutes, 60)
    if hours >= 48:  # noqa: PLR2004  two days
        return f"{hours // 24} d"
    return f"{hours} h {rest:02}" if hours else f"{minutes} min"
