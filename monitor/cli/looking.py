"""`monitor status`: what is known now, what is wrong first. It reads the database and changes nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from monitor.cli import kept, outbox
from monitor.cli.asking import Quiet, reading
from monitor.cli.columns import Row, laid_out
from monitor.cli.finding import config_option, find
from monitor.cli.known import Known
from monitor.cli.known_json import as_json as written
from monitor.config import state_of
from monitor.health import notes, without_secrets
from monitor.model import FeedState, Run
from monitor.render.words import usual

MOST = 50
"""So many feeds are listed, what is wrong before what is well; the others are a count."""
STILL = timedelta(minutes=5)
"""A monitor that can write gives a sign of life each minute."""
UNBROKEN = 1_000
"""Cells of a line where no terminal breaks it: what is searched by lines has a feed in each."""


@click.command()
@config_option
@click.option("--all", "whole", is_flag=True, help=f"Every outlet, also where there are more than {MOST}.")
@click.option("--json", "as_json", is_flag=True, help="All of it, for a program.")
def status(*, config: str | None, whole: bool, as_json: bool) -> None:
    """Show last answers, next polls, watches, the outbox, and what is wrong."""
    path = find(config)
    now = datetime.now(UTC)
    with reading(state_of(path, environ=os.environ, home=Path.home())) as store:
        known = Known(path, store, now)
    if as_json:
        click.echo(written(known))
        return
    console = Quiet(highlight=False, width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else UNBROKEN)
    for line in _Page(known, console, most=sys.maxsize if whole else MOST).lines():
        console.print(line, crop=False, soft_wrap=console.width == UNBROKEN)


class _Page:
    """What a person reads. ``most``: so many feeds are listed at most."""

    def __init__(self, known: Known, console: Console, *, most: int) -> None:
        self.known = known
        self.console = console
        self.most = most
        self.clock = partial(outbox.clock, now=known.now, zone=known.zone)

    def lines(self) -> Iterator[Text]:
        """Give the lines: how it fares, what is wrong, then channels, outlets, watches."""
        known = self.known
        yield Text(self._headline())
        yield from (Text(said, "red") for said in self._wrong())
        yield Text()
        if known.outboxes:
            yield from self._channels()
            yield Text()
        yield from self._outlets()
        yield Text()
        yield from self._watches()
        if known.mutes:
            yield Text()
            yield Text(outbox.muted(known.mutes, self.clock), "yellow")

    def _headline(self) -> str:
        known = self.known
        if known.pid and known.run:
            began = f"Running since {self.clock(known.run.started_at)} (pid {known.pid})."
        elif known.run:
            began = f"Not running; last started {self._life(known.run)}. `monitor run` starts it."
        else:
            began = "Not running yet. `monitor run` starts it."
        following = outbox.following(known.following(), self.clock) if known.pid else ""
        unread = f" {known.unread:,} pages to read." if known.unread else ""
        unread += f" New or changed watches: {known.past:,} stored items still to be asked about." if known.past else ""
        return f"{began}{following} {self._outbox()}{unread}"

    def _life(self, run: Run) -> str:
        began, seen = self.clock(run.started_at), self.clock(run.seen_at)
        if run.stopped_at is not None:
            return began
        return f"{began}, last alive {seen}; it did not end in order (it was killed, or the machine went down)"

    def _outbox(self) -> str:
        known, said = self.known, "Outbox empty."
        if known.outbox.held:
            waits = _ago(known.now, known.outbox.oldest) if known.outbox.oldest else "?"
            said = f"Outbox: {known.outbox.held:,} to send, oldest {waits}."
            if known.quiet_until:
                said += f" Quiet hours until {self.clock(known.quiet_until)}: what is not urgent waits."
            for channel, until in known.full.items():
                said += f" {channel} had its messages of this hour ([alerts] max_per_hour): the rest goes at {self.clock(until)}."
        return said

    def _wrong(self) -> Iterator[str]:
        known = self.known
        yield from self._ailing()
        if known.fault:
            goes_on = "; the running monitor goes on with the last good one" if known.pid else ""
            yield f"config.toml has faults{goes_on}:\n{known.fault}"
        if wrong := kept.troubles(known.upkeep, self.clock):
            yield wrong
        if known.ping_trouble:
            yield f"{known.ping_trouble}."
        if unreached := known.unreached:
            why = without_secrets(unreached[0].reason or "")
            yield f"Not reached, through no fault of theirs: {len(unreached):,} of {len(known.states):,} feeds ({why})."
        if known.outbox.dead:
            yield f"{known.outbox.dead:,} alerts could not be delivered."
        if known.unsent:
            yield outbox.unsent(known.unsent, self.clock)

    def _ailing(self) -> Iterator[str]:
        """Say what keeps the running monitor from its work: by its own word, else by when it last gave a sign of life."""
        known, said = self.known, self.known.ailing
        if said and said.unstored_since:
            since = self.clock(said.unstored_since)
            yield f"The running monitor has stored nothing since {since}, so nothing is polled: {said.unstored}."
        elif said and said.why:
            yield f"The running monitor is not well: {'; '.join(said.why)}."
        elif known.pid and known.run and not known.run.stopped_at and known.now - known.run.seen_at > STILL:
            since = self.clock(known.run.seen_at)
            yield (
                f"The running monitor has stored nothing since {since}, so nothing is polled: a full disk, another"
                " program that holds the database, or it hangs. Its log says which."
            )

    def _channels(self) -> Iterator[Text]:
        since, until = partial(_ago, self.known.now), partial(_until, self.known.now)
        rows = outbox.rows(self.known.outboxes, since=since, until=until if self.known.pid else _none, clock=self.clock)
        yield from laid_out(outbox.HEADS, rows, right=outbox.RIGHT, console=self.console)

    def _outlets(self) -> Iterator[Text]:
        said = {state.feed.id: self._note(state) for state in self.known.states}
        # a feed that fails comes before one of which something is to be known, and that before those that are well
        ranked = sorted(self.known.states, key=lambda one: (not one.failures or one.feed.outlet.paused, not said[one.feed.id]))
        rows = [self._outlet(state, said[state.feed.id]) for state in ranked[: self.most]]
        yield from laid_out(("Outlet", "Answered", "Next", "24 h", "Note"), rows, right=("24 h",), console=self.console)
        if rest := ranked[self.most :]:
            failing = sum(1 for state in rest if state.failures)
            besides = f"{failing:,} of them failing" if failing else "none of them failing"
            yield Text(f"... and {len(rest):,} more feeds, {besides}. `monitor status --all` lists them.")

    def _note(self, state: FeedState) -> str:
        """Say what is to be known of a feed; what is this machine's own trouble stands above, once for all."""
        is_ours = state.reason and not state.failures and not state.feed.outlet.paused
        return "not reached" if is_ours else "; ".join(notes(state))

    def _outlet(self, state: FeedState, note: str) -> Row:
        now = self.known.now
        following = "paused" if state.feed.outlet.paused else _until(now, state.due_at) if self.known.pid else "-"
        answered = _ago(now, state.answered_at) if state.answered_at else "never"
        items = str(self.known.items.get(state.feed.id, 0))
        return Row(cells=(state.feed.name, answered, following, items), note=note, style="red" if state.failures else "")

    def _watches(self) -> Iterator[Text]:
        rows = []
        for watch in self.known.watches:
            volume, ever = self.known.volumes[watch], self.known.ever.get(watch)
            level = "-" if volume.usual is None else usual(volume.usual)
            rows.append(Row(cells=(watch, str(volume.count), level, self.clock(ever.last) if ever else "never")))
        yield from laid_out(("Watch", "24 h", "usual", "last"), rows, right=("24 h", "usual"), console=self.console)


def _ago(now: datetime, then: datetime) -> str:
    return outbox.short(now - then)


def _until(now: datetime, then: datetime) -> str:
    return f"in {outbox.short(then - now)}" if then > now else "now"


def _none(_: datetime) -> str:
    """Nothing is sent while no monitor runs."""
    return "-"
