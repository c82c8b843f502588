"""The words of a command that name something → what a shell offers for them: ids from config.toml, files, folders.

Nothing here fails or speaks: whoever presses Tab is in the middle of a line.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping

import click
from click.shell_completion import CompletionItem

Table = Mapping[str, object]


def give_names(command: click.Command) -> click.Command:
    """Let a shell complete the ids, files and folders that a command, and each below it, takes."""
    for param in command.params:
        if param.name == "config" or (command.name, param.name) == ("import", "file"):
            param.type = click.Path(dir_okay=False)
        elif named := _named(command, param):
            param.type = Named(named)
    for each in command.commands.values() if isinstance(command, click.Group) else ():
        give_names(each)
    return command


class Named(click.types.StringParamType):
    """A word that is one of those that config.toml names, or may be."""

    def __init__(self, ids: Callable[[Table], Iterator[str]]) -> None:
        """Take how its ids are found in config.toml."""
        self._ids = ids

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Give the ids that go on from what stands there, as they stand in config.toml."""
        del param
        return [CompletionItem(id) for id in self._ids(_config(ctx)) if id.startswith(incomplete)]


def _named(command: click.Command, param: click.Parameter) -> Callable[[Table], Iterator[str]] | None:
    if command.name == "try" and isinstance(param, click.Argument):
        return _watches
    if command.name in _SWITCHED and isinstance(param, click.Argument):
        return _SWITCHED[command.name]
    if "--plan" in param.opts:
        return _plans
    return _IDS.get(param.name or "")


def _config(ctx: click.Context) -> Table:
    """Give config.toml as it stands, whatever faults it has; empty where there is none, or it is no TOML."""
    from monitor.cli.finding import find  # noqa: PLC0415  only where there is something to complete
    from monitor.errors import MonitorError  # noqa: PLC0415

    try:
        with find(ctx.params.get("config") or ctx.find_root().params.get("config")).open("rb") as file:
            return tomllib.load(file)
    except (MonitorError, OSError, ValueError):
        return {}


def _tables(table: Table, key: str) -> Iterator[str]:
    found = table.get(key)
    if isinstance(found, dict):
        yield from found


def _watches(table: Table) -> Iterator[str]:
    return _tables(table, "watches")


def _outlets(table: Table) -> Iterator[str]:
    return _tables(table, "outlets")


def _paused(table: Table) -> Iterator[str]:
    return (id for id in _outlets(table) if _is_paused(table, id))


def _polled(table: Table) -> Iterator[str]:
    return (id for id in _outlets(table) if not _is_paused(table, id))


def _is_paused(table: Table, id: str) -> bool:
    outlets = table["outlets"]
    outlet = outlets[id] if isinstance(outlets, dict) else None
    return isinstance(outlet, dict) and outlet.get("paused") is True


def _channels(table: Table) -> Iterator[str]:
    return _tables(table, "channels")


def _plans(table: Table) -> Iterator[str]:
    """Give the digests' plans: each [digest.NAME] is one."""
    digests = table.get("digest")
    if isinstance(digests, dict):
        yield from (name for name, plan in digests.items() if isinstance(plan, dict))


_SWITCHED = {"pause": _polled, "resume": _paused}
_IDS: dict[str, Callable[[Table], Iterator[str]]] = {"watch": _watches, "outlet": _outlets, "channel": _channels}
"""By the name of an option or argument, in whichever command."""
