"""`monitor check`: every fault of config.toml; with --online, every feed asked once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import click

from monitor.channels import faults
from monitor.cli.asking import reading
from monitor.cli.doubting import Doubt, doubts
from monitor.cli.finding import config_option, find, read
from monitor.config import KeyPath, placed
from monitor.config.schema import schema as json_schema
from monitor.errors import ConfigError, FetchError, MonitorError, ParseError
from monitor.fetch import Door, user_agent
from monitor.health import GONE
from monitor.model import Config, Fetched, LogChannel, Outlet
from monitor.pipeline import feed_request
from monitor.text import scrub
from monitor.workers import Workers

NO_ANSWER = 3
LONGEST_LINE = 10_000
"""Characters: an address is shorter."""


@click.command()
@config_option
@click.option("--online", is_flag=True, help="Ask every feed once, too.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of config.toml, for an editor, and leave.")
@click.pass_context
def check(ctx: click.Context, *, config: str | None, online: bool, schema: bool) -> None:
    """Name every fault of config.toml with its line, what was wanted, and the nearest right word."""
    if schema:
        click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))
        return
    path = find(config)
    settings = read(path)
    if wrong := placed(path, _faults(settings)):
        raise ConfigError(*wrong)
    for warning in (*settings.warnings, *placed(path, _doubts(settings))):
        click.echo(warning, err=True)
    click.echo(_summary(path, settings))
    if online and not asyncio.run(_ask_all(settings)):
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


def _summary(path: Path, config: Config) -> str:
    feeds = sum(len(outlet.feeds) for outlet in config.outlets)
    told = [channel for channel in config.channels if not isinstance(channel, LogChannel)]
    parts = (
        _count(len(config.outlets), "outlet"),
        _count(feeds, "feed"),
        _count(len(config.watches), "watch", "watches"),
        # the log is there without being written down
        _count(len(told), "channel") if told else "alerts in the log",
    )
    return f"{path}: no faults. {', '.join(parts)}. State in {config.state}"


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


async def _ask_all(config: Config) -> bool:
    async with Door(user_agent=user_agent(config.contact), at_once=config.fetch.at_once, now=_now) as door, Workers() as workers:
        asked = [_ask(door, workers, config, outlet, url) for outlet in config.outlets for url in outlet.feeds]
        answers = [await one for one in asyncio.as_completed(asked)]
    failed = answers.count(False)
    click.echo(f"{len(answers) - failed} of {len(answers)} feeds answered.")
    return not failed


async def _ask(door: Door, workers: Workers, config: Config, outlet: Outlet, url: str) -> bool:
    try:
        # nothing conditional is asked, so the door gives whole answers only
        answer = cast("Fetched", await door.fetch(feed_request(config.fetch, outlet, url)))
        document = await workers.parse(answer, now=_now(), language=outlet.language)
    except (FetchError, ParseError) as error:
        gone = isinstance(error, FetchError) and error.status == GONE
        hint = ". Its outlet took it down for good; `monitor add` may find its new address" if gone else ""
        _say(outlet, f"{error.detail} ({error.kind}){hint}   {url}")
        return False
    moved = answer.manner.moved_to
    hint = f"; answers, but moved for good to {moved}" if moved else ""
    _say(outlet, f"{document.kind}, {_count(len(document.entries), 'entry', 'entries')}{hint}")
    return True


def _say(outlet: Outlet, words: str) -> None:
    # where a redirect leads is somebody else's text
    click.echo("  " + scrub(f"{outlet.name or outlet.id}: {words}", LONGEST_LINE).replace("\n", " "))


def _now() -> datetime:
    return datetime.now(UTC)
