"""What waits for each channel, and which watches are muted → a table and a line of `monitor status`, and their JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from rich.table import Table
from rich.text import Text

from monitor.cli.asking import count, iso
from monitor.model import ChannelOutbox, Mute
from monitor.text import one_line

LONGEST = 300
Clock = Callable[[datetime], str]


def filled(table: Table, outboxes: tuple[ChannelOutbox, ...], *, since: Clock, until: Clock, clock: Clock) -> Table:
    """Give the table with a row for each channel. ``since`` says how long ago, ``until`` how far off, ``clock`` when."""
    for one in outboxes:
        table.add_row(
            Text(one.channel),
            str(one.held),
            since(one.oldest) if one.oldest else "-",
            until(one.next_try_at) if one.next_try_at else "-",
            str(one.dead),
            Text(_note(one, clock), style="red" if one.trouble or one.dead else ""),
        )
    return table


def _note(one: ChannelOutbox, clock: Clock) -> str:
    said = []
    if one.trouble:
        said.append(f"failing since {clock(one.trouble.since)}, {count(one.trouble.failures, 'try', 'tries')}")
    if one.reason:
        said.append(one_line(one.reason, LONGEST))
    if one.trouble or one.revivable:
        after = f", which sends {one.revivable} of what was given up" if one.revivable else ""
        said.append(f"mend [channels.{one.channel}] in config.toml and reload{after}")
    return "; ".join(said)


def muted(mutes: tuple[Mute, ...], clock: Clock) -> str:
    """Say which watches are muted, and until when; "" for none."""
    if not mutes:
        return ""
    said = ", ".join(f"{one.watch_id} until {clock(one.until)}" for one in mutes)
    return f"Muted: {said}. `monitor alert mute WATCH --off` ends it."


def as_objects(outboxes: tuple[ChannelOutbox, ...]) -> list[dict[str, str | int | None]]:
    """Give the channels to a program."""
    return [
        {
            "channel": one.channel,
            "held": one.held,
            "oldest_at": iso(one.oldest),
            "next_try_at": iso(one.next_try_at),
            "dead": one.dead,
            "revivable": one.revivable,
            "failures": one.trouble.failures if one.trouble else 0,
            "failing_since": iso(one.trouble.since) if one.trouble else None,
            "reason": one.reason,
        }
        for one in outboxes
    ]
