"""`monitor import`, and `export --opml`: the outlets of config.toml from a list of feeds, and as one, for any feed reader."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import click

from monitor import opml
from monitor.cli.asking import count, reading, state_folder
from monitor.cli.finding import config_option, find, read
from monitor.cli.reloading import taken_over
from monitor.config import free_id, group_name, language_of
from monitor.config.edited import Part, Value, add_outlets, feed_fault, feed_key, known_feeds, known_ids, outlet_faults
from monitor.errors import MonitorError, NoPermissionError, ParseError
from monitor.opml import Listed
from monitor.url import host, is_inside, without_keys

_LONGEST_ID = 64
_SHOWN = 50
_TEXTS = ("label", "every", "pause", "selector")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sorted:
    """A file's feeds: those to add, by outlet, and why the others are not. ``faulty``: line and what is wrong."""

    outlets: tuple[tuple[Listed, ...], ...]
    skipped: tuple[str, ...]
    faulty: tuple[tuple[int, str], ...]


@click.command("import")
@click.argument("file", metavar="FILE.opml")
@config_option
@click.option("--private", is_flag=True, help="They may be on your own network.")
def import_(*, file: str, config: str | None, private: bool) -> int:
    """Add the feeds of an OPML file, as every feed reader writes one, to config.toml; - reads standard input.

    Folders and categories become groups. What is there already is skipped.
    """
    path = find(config)
    name = "standard input" if file == "-" else file
    try:
        listed = opml.read(_content(file))
    except ParseError as error:
        raise MonitorError(f"{name}: {error}") from error
    found = _sorted(listed, known_feeds(path))
    options: dict[str, Part] = {"private": True} if private else {}
    outlets, wrong = _checked(found.outlets, known_ids(path), options=options)
    line = add_outlets(path, outlets) if outlets else 0
    _tell(name, outlets, replace(found, faulty=tuple(sorted((*found.faulty, *wrong)))), f"{path}:{line}")
    _tell_of_inside(outlets, path)
    code = taken_over(state_folder(config), "The running monitor polls them from now on.") if outlets else 0
    return 1 if found.faulty or wrong else code


def export_opml(config: str | None) -> str:
    """Write the outlets of config.toml as OPML, and say on standard error what OPML can't hold."""
    settings = read(find(config))
    for outlet in settings.outlets:
        if keys := opml.left_out(outlet):
            click.echo(f"{outlet.id}: written without {', '.join(keys)}", err=True)
        if any(without_keys(url) != url for url in outlet.feeds):
            click.echo(f"{outlet.id}: its address has a key in it, which whoever gets this list can read", err=True)
    titles = _titles(Path(settings.state))
    return opml.write(settings.outlets, titles=titles, title=settings.title, now=datetime.now(UTC))


def _titles(state: Path) -> dict[str, str]:
    """Give what the feeds call themselves, by their addresses; those of which nothing can be read are not in it."""
    try:
        with reading(state) as known:
            return {one.feed.url: one.feed.title for one in known.states() if one.feed.title}
    except MonitorError:
        # the list of outlets is good without
        return {}


def _content(file: str) -> bytes:
    """Read one byte more than may be: what is too large is told where the rest is checked."""
    if file == "-":
        return sys.stdin.buffer.read(opml.LARGEST + 1)
    try:
        with Path(file).open("rb") as opened:
            return opened.read(opml.LARGEST + 1)
    except PermissionError as error:
        raise NoPermissionError(f"{file}: may not be read by this user") from error
    except OSError as error:
        raise click.BadParameter(f"{file}: {error.strerror}", param_hint="FILE.opml") from error


# ------------------------------------------------------------------------------------------------- which are to be added


def _sorted(listed: opml.Subscriptions, known: Mapping[str, object]) -> _Sorted:
    new: dict[str, Listed] = {}
    twice = already = 0
    faulty = []
    for feed in listed.feeds:
        key = feed_key(feed.url)
        if fault := feed_fault(feed.url):
            faulty.append((feed.line, fault))
        elif key in known:
            already += 1
        elif key in new:
            # readers write a feed once for each folder that it is in
            twice += 1
            new[key] = replace(new[key], groups=tuple(dict.fromkeys((*new[key].groups, *feed.groups))))
        else:
            new[key] = feed
    told = [f"{already:,} in config.toml already"] if already else []
    told += [f"{twice:,} more than once in the file (the groups are joined)"] if twice else []
    told += [f"line {line} {why}" for line, why in listed.passed]
    return _Sorted(outlets=_by_outlet(new.values()), skipped=tuple(told), faulty=tuple(faulty))


def _by_outlet(feeds: Iterable[Listed]) -> tuple[tuple[Listed, ...], ...]:
    """Put together what the monitor wrote as feeds of one outlet; from other programs each feed is an outlet."""
    outlets: dict[object, list[Listed]] = {}
    for place, feed in enumerate(feeds):
        # not by its line: many readers write the whole file as one
        outlets.setdefault(dict(feed.own).get("id") or place, []).append(feed)
    return tuple(tuple(of) for of in outlets.values())


def _checked(
    found: Iterable[tuple[Listed, ...]], taken: Iterable[str], *, options: dict[str, Part]
) -> tuple[dict[str, Value], list[tuple[int, str]]]:
    """Give the outlets that can be added, by their new ids, with the options typed for all; and what is wrong with the others."""
    outlets: dict[str, Value] = {}
    lines = {}
    ids = set(taken)
    for feeds in found:
        id = _id(feeds[0], ids)
        ids.add(id)
        outlets[id] = _value(feeds, options)
        lines[id] = feeds[0].line
    faults = outlet_faults(outlets)
    good = {id: value for id, value in outlets.items() if id not in faults}
    return good, [(lines[id], fault) for id, told in faults.items() for fault in told]


def _id(feed: Listed, taken: set[str]) -> str:
    own = dict(feed.own).get("id", "")
    if own and len(own) <= _LONGEST_ID and own not in taken and group_name(own) == own:
        return own
    named = own or feed.name or ""
    return free_id(named if any(letter.isalnum() for letter in named) else feed.url, taken)


def _value(feeds: tuple[Listed, ...], options: dict[str, Part]) -> Value:
    first = feeds[0]
    own = dict(first.own)
    table: dict[str, Part] = {"feed": first.url} if len(feeds) == 1 else {"feeds": [feed.url for feed in feeds]}
    if first.name:
        table["name"] = first.name
    # many programs write "unknown" and the like: that says nothing, and is no reason to refuse a feed
    if language := language_of(first.language):
        table["lang"] = language
    if groups := list(dict.fromkeys(filter(None, (group_name(name) for feed in feeds for name in feed.groups)))):
        table["groups"] = groups
    table |= {key: own[key] for key in _TEXTS if own.get(key)}
    if own.get("full_text") == "false":
        table["full_text"] = False
    if own.get("paused") == "true":
        table["paused"] = True
    table |= options
    return first.url if list(table) == ["feed"] else table


# ------------------------------------------------------------------------------------------------------------- what is said


def _tell(file: str, outlets: Mapping[str, Value], found: _Sorted, where: str) -> None:
    paused = sum(isinstance(value, dict) and value.get("paused") is True for value in outlets.values())
    rest = f", {paused:,} of them paused" if paused else ""
    place = f"   (from {where} on)" if outlets else ""
    click.echo(f"Added {count(len(outlets), 'outlet')}{rest}{place}")
    for skipped in _few(found.skipped):
        click.echo(f"Skipped: {skipped}")
    for line in _few([f"{file}:{line}: {fault}" for line, fault in found.faulty]):
        click.echo(line, err=True)
    if found.faulty:
        click.echo(f"Not added, as they are faulty: {len(found.faulty):,}", err=True)


def _tell_of_inside(outlets: Mapping[str, Value], path: Path) -> None:
    """Name the outlets that won't be asked, as their addresses are by their very words on the desk's own network."""
    tables = {id: value if isinstance(value, dict) else {"feed": value} for id, value in outlets.items()}
    inside = [
        id for id, table in tables.items() if not table.get("private") and any(is_inside(host(url)) for url in _urls(table))
    ]
    if inside and not _may_be_inside(path):
        says = "on your own network, where nothing is asked without private = true in its line; import --private writes it"
        click.echo("\n".join(_few([f"{id}: {says}" for id in inside])), err=True)


def _urls(table: Mapping[str, Part]) -> tuple[str, ...]:
    feeds = table.get("feeds", table.get("feed"))
    return (feeds,) if isinstance(feeds, str) else tuple(feeds) if isinstance(feeds, list) else ()


def _may_be_inside(path: Path) -> bool:
    try:
        return read(path).fetch.private
    except MonitorError:
        return False


def _few(lines: list[str] | tuple[str, ...]) -> list[str]:
    more = [f"and {len(lines) - _SHOWN:,} more"] if len(lines) > _SHOWN else []
    return [*lines[:_SHOWN], *more]
