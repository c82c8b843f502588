"""`monitor add`: any page of an outlet → its feed, shown, and one line in config.toml."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from monitor.cli.finding import config_option, find, read
from monitor.cli.reloading import taken_over
from monitor.cli.volume import remark
from monitor.config import free_id
from monitor.config.edited import Part, Value, add_outlets, feed_fault, feed_key, known_feeds, known_ids, outlet_faults
from monitor.discover import Discovered, address, discover
from monitor.errors import ConfigError, FetchError, MonitorError, ParseError
from monitor.fetch import Door, user_agent
from monitor.model import Config, Document, Entry, Fetched, Request, Unchanged
from monitor.text import one_line
from monitor.url import host, linkable
from monitor.workers import Workers

SHOWN = 3
_OTHERS = 5
_LONGEST = 1_000
_LONGEST_STATUS = 70
_INDENT = 2
_KINDS = {"rss": "RSS", "atom": "Atom", "rdf": "RSS 1.0", "json": "JSON Feed"}
_PRIVATE = """
It is on your own network. Say that you mean that with --private: it writes private = true into the outlet's line"""


@click.command()
@config_option
@click.argument("url")
@click.option("--id", "outlet_id", metavar="ID", help="The outlet's short id; default: from its address, or its title.")
@click.option("--every", metavar="TIME", help='How often it is polled: "30m"; default: as often as its rhythm asks for.')
@click.option("--lang", metavar="CODE", help="Its language: en, ar, ru ...")
@click.option("--private", is_flag=True, help="It may be on your own network.")
def add(  # noqa: PLR0913  one argument an option
    *, config: str | None, url: str, outlet_id: str | None, every: str | None, lang: str | None, private: bool
) -> int:
    """Find the feed behind any page, show its newest titles, and write one line into config.toml."""
    path = find(config)
    settings = read(path)
    options: dict[str, Part] = {key: value for key, value in (("lang", lang), ("every", every)) if value}
    options |= {"private": True} if private and not settings.fetch.private else {}
    _check(path, outlet_id, options)
    _check_address(path, url)
    try:
        try:
            found = asyncio.run(_discover(settings, url, is_inside=private or settings.fetch.private))
        finally:
            _watched("")
    except FetchError as error:
        where = _PRIVATE if error.kind == "blocked" else ""
        raise MonitorError(f"{_shown(url)}: {error}{where}") from error
    except ParseError as error:
        raise MonitorError(f"{_shown(url)}: {error}") from error
    click.echo("\n".join(_introduced(found, datetime.now(UTC))))
    id = outlet_id or free_id(_name(found), known_ids(path))
    value: Value = {"feed": found.url, **options} if options else found.url
    line = add_outlets(path, {id: value})
    written = path.read_text(encoding="utf-8-sig").splitlines()[line - 1]
    click.echo(f"Added  {written.strip()}   ({path}:{line})")
    if not id.isascii():
        remark(f"Its id is not in Latin letters. For another: monitor remove {id}, and add it again with --id ID")
    return taken_over(Path(settings.state), "The running monitor polls it now.")


# --------------------------------------------------------------------------------------------- before anybody is asked


def _check(path: Path, id: str | None, options: dict[str, Part]) -> None:
    """Raise BadParameter where an option would be a fault in config.toml."""
    if id is not None and id in known_ids(path):
        raise click.BadParameter(f'there is an outlet "{id}" already in {path}', param_hint="--id")
    name = "new" if id is None else id
    for told in outlet_faults({name: {"feed": "https://outlet.example/", **options}}).get(name, ()):
        key, colon, says = told.partition(": ")
        option = key if colon and key in options else "id"
        raise click.BadParameter(says if option != "id" else told, param_hint=f"--{option}")


def _check_address(path: Path, url: str) -> None:
    """Raise where an address need not be asked, as its feed is there, or may not be, as a password stands in it."""
    wanted = address(url)
    if linkable(wanted, None) is None:
        fault = feed_fault(wanted) or f"{_shown(url)} is no web address"
        # the remedy is for a line that is there
        hint = " in the line that is then written, and give the address without it" if "headers = " in fault else ""
        raise click.BadParameter(f"{fault}{hint}", param_hint="URL")
    if known := known_feeds(path).get(feed_key(wanted)):
        id, line = known
        raise ConfigError(f"{path}:{line}: outlets.{id}: this feed is there already")


async def _discover(config: Config, url: str, *, is_inside: bool) -> Discovered:
    async with Door(user_agent=user_agent(config.contact), at_once=1, now=_now) as door, Workers(1) as workers:

        async def parse(fetched: Fetched) -> Document:
            return await workers.parse(fetched, now=_now())

        async def fetch(request: Request) -> Fetched | Unchanged:
            _watched(f"Asking {request.url}"[:_LONGEST_STATUS])
            # as the daemon does: what stands on the desk's own network is not reached by way of a proxy outside
            return await door.fetch(replace(request, proxy=None if is_inside else config.fetch.proxy))

        return await discover(
            url,
            fetch=fetch,
            parse=parse,
            deadline=config.fetch.timeout,
            max_size=config.fetch.max_size,
            private=is_inside,
        )


# ------------------------------------------------------------------------------------------------------------- what is said


def _introduced(found: Discovered, now: datetime) -> list[str]:
    document = found.document
    dated = [entry.published for entry in document.entries if entry.published]
    newest = f", newest {_ago(now, max(dated))}" if dated else ""
    kind = _KINDS.get(document.kind, document.kind)
    items = f"{len(document.entries)} item{'' if len(document.entries) == 1 else 's'}"
    lines = [f"Found “{document.title or 'a feed without a title'}” ({kind}, {items}{newest})"]
    lines += [" " * _INDENT + fitted(title) for title in _newest(document.entries)]
    if found.found == "usual":
        lines.append("The page names no feed that can be read; this one is where feeds usually are.")
    if found.others:
        lines.append("The page names these as well, each to be added by its own address:")
        lines += [" " * _INDENT + f"{one.url}   {one.title}".rstrip() for one in found.others[:_OTHERS]]
    return lines


def _newest(entries: tuple[Entry, ...]) -> list[str]:
    # what has no date stays in the feed's own order, below what has one
    order = sorted(entries, key=lambda entry: entry.published.timestamp() if entry.published else 0, reverse=True)
    return [entry.title for entry in order if entry.title][:SHOWN]


def fitted(title: str) -> str:
    """Cut a title so that it fits into a line of the terminal, where there is one: Chinese takes two columns a character."""
    if not sys.stdout.isatty():
        return title
    from rich.cells import cell_len, set_cell_size  # noqa: PLC0415  for a terminal alone
    from rich.console import Console  # noqa: PLC0415  for a terminal alone

    room = max(Console().width - _INDENT - 1, 1)
    return title if cell_len(title) <= room else f"{set_cell_size(title, room - 1).rstrip()}…"


def _name(found: Discovered) -> str:
    """Give what an id can be made of: the address, unless that is a number, this machine, or a house of many outlets."""
    name = host(found.url)
    is_site = any(letter.isalpha() for letter in name) and "." in name
    return found.url if is_site else found.document.title or found.url


def _watched(says: str) -> None:
    """Show whoever watches what goes on, on one line: a page that names no feed is asked for a dozen addresses."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{says}", err=True, nl=False)


def _ago(now: datetime, then: datetime) -> str:
    minutes = max(int((now - then).total_seconds() // 60), 0)
    hours, days = minutes // 60, minutes // 1440
    return f"{minutes} min ago" if not hours else f"{hours} h ago" if not days else f"{days} d ago"


def _shown(words: str) -> str:
    # what others wrote, or a person typed, may hold what moves a terminal's cursor
    return one_line(words, _LONGEST)


def _now() -> datetime:
    return datetime.now(UTC)
