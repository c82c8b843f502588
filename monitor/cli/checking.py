"""`monitor check`: every fault of config.toml; with --online, every feed asked once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import click

from monitor.channels import faults
from monitor.cli.asking import count, reading
from monitor.cli.doubting import Doubt, doubts
from monitor.cli.finding import config_option, find, read
from monitor.config import KeyPath, placed
from monitor.errors import ConfigError, MonitorError
from monitor.model import Config, LogChannel

NO_ANSWER = 3


@click.command()
@config_option
@click.option("--online", is_flag=True, help="Ask every feed once, too, and try each selector on its newest page.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of config.toml, for an editor, and leave.")
@click.pass_context
def check(ctx: click.Context, *, config: str | None, online: bool, schema: bool) -> None:
    """Name every fault of config.toml with its line, what was wanted, and the nearest right word."""
    if schema:
        from monitor.config.schema import schema as json_schema  # noqa: PLC0415

        click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))
        return
    path = find(config)
    settings = read(path)
    if wrong := placed(path, _faults(settings)):
        raise ConfigError(*wrong)
    for warning in (*settings.warnings, *placed(path, _doubts(settings))):
        click.echo(warning, err=True)
    click.echo(_summary(path, settings))
    if online:
        # what asks the web takes longer to load than ten thousand outlets to check
        from monitor.cli.online import ask_all  # noqa: PLC0415

        if not asyncio.run(ask_all(settings, _named(settings))):
            ctx.exit(NO_ANSWER)


def _faults(config: Config) -> Iterator[tuple[KeyPath, str]]:
    """Ask what the file alone does not tell: whether a service reads its address, whether a program is there."""
    for channel in config.channels:
        for key, says in faults(channel):
            yield ("channels", channel.id, *key), says


def _doubts(settings: Config) -> tuple[Doubt, ...]:
    """Give what is doubtful of the watches, also by what is stored, where anything is."""
    try:
        with reading(Path(settings.state)) as known:
            return tuple(doubts(settings, known))
    except MonitorError:
        return tuple(doubts(settings, None))


def _named(settings: Config) -> dict[str, str]:
    """Give what feeds call themselves, as far as they were ever polled, by their address."""
    try:
        with reading(Path(settings.state)) as known:
            return {state.feed.url: state.feed.name for state in known.states()}
    except MonitorError:
        return {}


def _summary(path: Path, config: Config) -> str:
    feeds = sum(len(outlet.feeds) for outlet in config.outlets)
    told = [channel for channel in config.channels if not isinstance(channel, LogChannel)]
    parts = (
        count(len(config.outlets), "outlet"),
        count(feeds, "feed"),
        count(len(config.watches), "watch", "watches"),
        # the log is there without being written down
        count(len(told), "channel") if told else "alerts in the log",
    )
    return f"{path}: no faults. {', '.join(parts)}. State in {config.state}"
