"""`monitor init`, `monitor add`: from nothing to an outlet that is watched."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from monitor import control
from monitor.cli.finding import config_option, find, read
from monitor.config import free_id, short_config
from monitor.config.edited import add_outlet
from monitor.discover import Discovered, discover
from monitor.errors import FetchError, MonitorError, ParseError
from monitor.fetch import Door, user_agent
from monitor.model import Config, Document, Fetched, Request, Unchanged
from monitor.url import host
from monitor.workers import Workers

SHOWN = 3
PRIVATE = """
It is on your own network. Either write private = true under [fetch] in config.toml, or write the outlet's line yourself:
  id = { feed = "ADDRESS", private = true }"""


@click.command()
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(file_okay=False, path_type=Path))
def init(folder: Path) -> None:
    """Write a short config.toml and say what to do next."""
    path = folder / "config.toml"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(short_config())
    except FileExistsError as error:
        raise MonitorError(f"{path} is there already, and stays as it is") from error
    where = "" if folder == Path() else f" -c {path}"
    click.echo(f"Wrote {path}. Next:")
    click.echo(f"  monitor{where} add URL    finds the feed behind any page")
    click.echo(f"  monitor{where} check      names every fault")
    click.echo(f"  monitor{where} run        starts watching")


@click.command()
@config_option
@click.argument("url")
@click.option("--id", "outlet_id", help="The outlet's short id; default: from its address.")
@click.option("--every", help='How often it is polled: "30m".')
@click.option("--lang", help="Its language: en, ar, ru ...")
def add(*, config: str | None, url: str, outlet_id: str | None, every: str | None, lang: str | None) -> None:
    """Find the feed behind any page, show its newest titles, and write one line into config.toml."""
    path = find(config)
    settings = read(path)
    try:
        found = asyncio.run(_discover(settings, url))
    except FetchError as error:
        where = PRIVATE if error.kind == "blocked" else ""
        raise MonitorError(f"{url}: {error}{where}") from error
    except ParseError as error:
        raise MonitorError(f"{url}: {error}") from error
    click.echo(_introduce(found.document, datetime.now(UTC)))
    chosen = outlet_id or free_id(_name(found), {outlet.id for outlet in settings.outlets})
    line = add_outlet(path, id=chosen, url=found.url, every=every, language=lang)
    written = path.read_text(encoding="utf-8-sig").splitlines()[line - 1]
    click.echo(f"Added  {written}   ({path}:{line})")
    reply = control.ask(Path(settings.state), "reload")
    if reply:
        click.echo("The running monitor polls it now." if reply.ok else reply.says, err=not reply.ok)


def _name(found: Discovered) -> str:
    """Give what an id can be made of: the address, unless that is a number or this machine."""
    name = host(found.url)
    is_site = any(letter.isalpha() for letter in name) and "." in name
    return found.url if is_site else found.document.title or found.url


async def _discover(config: Config, url: str) -> Discovered:
    async with Door(user_agent=user_agent(config.contact), at_once=1, now=_now) as door, Workers(1) as workers:

        async def parse(fetched: Fetched) -> Document:
            return await workers.parse(fetched, now=_now())

        async def fetch(request: Request) -> Fetched | Unchanged:
            return await door.fetch(replace(request, proxy=config.fetch.proxy))

        return await discover(
            url,
            fetch=fetch,
            parse=parse,
            deadline=config.fetch.timeout,
            max_size=config.fetch.max_size,
            private=config.fetch.private,
        )


def _introduce(document: Document, now: datetime) -> str:
    dated = [entry.published for entry in document.entries if entry.published]
    newest = f", newest {_ago(now, max(dated))}" if dated else ""
    kind = {"rss": "RSS", "atom": "Atom", "rdf": "RSS 1.0", "json": "JSON Feed"}.get(document.kind, document.kind)
    lines = [f"Found “{document.title or 'a feed without a title'}” ({kind}, {len(document.entries)} items{newest})"]
    lines += [f"  {entry.title}" for entry in document.entries[:SHOWN] if entry.title]
    return "\n".join(lines)


def _ago(now: datetime, then: datetime) -> str:
    minutes = max(int((now - then).total_seconds() // 60), 0)
    hours, days = minutes // 60, minutes // 1440
    return f"{minutes} min ago" if not hours else f"{hours} h ago" if not days else f"{days} d ago"


def _now() -> datetime:
    return datetime.now(UTC)
