"""What commands that ask the database have in common: opening it to read, and times as a person types them."""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import click
from rich.console import Console

from monitor.cli.finding import find, read
from monitor.cli.volume import detail
from monitor.config import state_of
from monitor.errors import MonitorError
from monitor.model import ChannelId, Config
from monitor.store import DATABASE, Reading, open_reader

SPANS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
LARGEST = 2**62
"""What the database takes for a number."""
_SPAN = re.compile(r"(\d{1,5})([mhd])")


class Number(click.types.IntParamType):
    """The number of an item or a story."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: ANN401  click's own
        """Read it; a larger one than any is nobody's, and no fault."""
        number: int = super().convert(value, param, ctx)
        if number < 1:
            self.fail(f'"{value}" is no number of an item or a story: they begin at 1', param, ctx)
        return min(number, LARGEST)


NUMBER = Number()


def state_folder(config: str | None) -> Path:
    """Give the state folder of the config in force, whatever faults that has. Raises ConfigError where there is none."""
    return state_of(find(config), environ=os.environ, home=Path.home())


def zone(config: str | None) -> ZoneInfo | None:
    """Give the time zone of config.toml; None, this machine's own, where it has faults: they must not hide what is stored."""
    try:
        return ZoneInfo(read(find(config)).timezone)
    except MonitorError:
        return None


@contextmanager
def reading(state: Path) -> Iterator[Reading]:
    """Open the database of a state folder to read only."""
    detail(f"database: {state / DATABASE}")
    db = open_reader(state / DATABASE)
    try:
        yield Reading(db)
    finally:
        db.close()


def span(text: str, option: str = "--since") -> timedelta:
    """Read "90m", "24h" or "7d"."""
    found = _SPAN.fullmatch(text.strip())
    if not found:
        raise click.BadParameter(f'"{text}" is no span of time; write 90m, 24h or 7d', param_hint=option)
    return int(found[1]) * SPANS[found[2]]


def instant(text: str, now: datetime, option: str, zone: ZoneInfo | None) -> datetime:
    """Read a span of time, which is so long ago, or a date or time (ISO 8601), which is of ``zone`` where it does not say."""
    try:
        if _SPAN.fullmatch(text.strip()):
            return now - span(text)
        found = datetime.fromisoformat(text.strip())
        # None is this machine's own zone
        return (found.replace(tzinfo=zone) if found.tzinfo is None else found).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        wanted = "write 90m, 24h or 7d, or 2026-11-25, or 2026-11-25T06:00"
        raise click.BadParameter(f'"{text}" is no time; {wanted}', param_hint=option) from error


def check_known(given: str | None, known: Collection[str], option: str, *, where: str = "the database") -> None:
    """Raise BadParameter where what was given is not among what is known: found nothing would read like nothing there."""
    if given is None or given in known:
        return
    near = difflib.get_close_matches(given, known, 1)
    hint = f'. Did you mean "{near[0]}"?' if near else ""
    raise click.BadParameter(f'"{given}" is not in {where}{hint}', param_hint=option)


def full_channels(config: Config | None, known: Reading, now: datetime) -> dict[ChannelId, datetime]:
    """Give the channels that take nothing more for now, as [alerts] max_per_hour says, and until when."""
    if config is None:
        return {}
    until = {channel.id: known.full_until(channel.id, config.alerts.max_per_hour, now) for channel in config.channels}
    return {channel: at for channel, at in until.items() if at is not None}


class Quiet(Console):
    """Leaves it to ``main`` that nobody reads any more: rich would end the command as if it had failed."""

    def on_broken_pipe(self) -> NoReturn:
        """Raise what rich has caught."""
        raise BrokenPipeError


def console_of() -> Console:
    """Give a console for long lines: on a terminal they break between words, in a pipe they don't."""
    return Quiet(highlight=False, soft_wrap=not sys.stdout.isatty())


def iso(moment: datetime | None) -> str | None:
    """Write a time in ISO 8601, UTC; None where there is none."""
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def count(number: int, one: str, many: str | None = None) -> str:
    """Say how many there are of something."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
