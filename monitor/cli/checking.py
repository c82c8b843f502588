"""`monitor check`: every fault of config.toml; with --online, every feed asked once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import click

from monitor import __version__
from monitor.cli.finding import config_option, find, read
from monitor.errors import FetchError, ParseError
from monitor.fetch import Door
from monitor.model import Config, Fetched, Outlet, Request
from monitor.workers import Workers

NO_ANSWER = 3


@click.command()
@config_option
@click.option("--online", is_flag=True, help="Ask every feed once, too.")
@click.pass_context
def check(ctx: click.Context, *, config: str | None, online: bool) -> None:
    """Name every fault of config.toml with its line, what was wanted, and the nearest right word."""
    path = find(config)
    settings = read(path)
    for warning in settings.warnings:
        click.echo(warning, err=True)
    click.echo(_summary(path, settings))
    if online and not asyncio.run(_ask_all(settings)):
        ctx.exit(NO_ANSWER)


def _summary(path: Path, config: Config) -> str:
    feeds = sum(len(outlet.feeds) for outlet in config.outlets)
    parts = (
        _count(len(config.outlets), "outlet"),
        _count(feeds, "feed"),
        _count(len(config.watches), "watch", "watches"),
        _count(len(config.channels), "channel"),
    )
    return f"{path}: no faults. {', '.join(parts)}. State in {config.state}"


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


async def _ask_all(config: Config) -> bool:
    agent = f"outlet-monitor/{__version__}" + (f" (+{config.contact})" if config.contact else "")
    async with Door(user_agent=agent, at_once=config.fetch.at_once, now=_now) as door, Workers() as workers:
        asked = [_ask(door, workers, config, outlet, url) for outlet in config.outlets for url in outlet.feeds]
        answers = [await one for one in asyncio.as_completed(asked)]
    failed = answers.count(False)
    click.echo(f"{len(answers) - failed} of {len(answers)} feeds answered.")
    return not failed


async def _ask(door: Door, workers: Workers, config: Config, outlet: Outlet, url: str) -> bool:
    rules = config.fetch
    request = Request(
        url=url,
        deadline=rules.timeout,
        max_size=rules.max_size,
        headers=outlet.headers,
        private=outlet.private or rules.private,
    )
    try:
        answer = await door.fetch(request)
        # nothing conditional was asked, so the door gives whole answers only
        document = await workers.parse(cast("Fetched", answer), now=_now())
    except (FetchError, ParseError) as error:
        click.echo(f"  {outlet.name or outlet.id}: {error.detail} ({error.kind})   {url}")
        return False
    click.echo(f"  {outlet.name or outlet.id}: {document.kind}, {_count(len(document.entries), 'entry', 'entries')}")
    return True


def _now() -> datetime:
    return datetime.now(UTC)
