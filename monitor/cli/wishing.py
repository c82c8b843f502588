"""A wish of a person → the running monitor, or, where none runs, the database itself; what came of it → the terminal."""

from __future__ import annotations

import asyncio

import click

from monitor import control
from monitor.cli.asking import state_folder, zone
from monitor.control import Reply
from monitor.errors import StoreError
from monitor.store import DATABASE, Store
from monitor.wishes import Wishes


def wished(config: str | None, name: str, **said: str | int) -> None:
    """Have it done, and say so. Raises StoreError where it was not, AlreadyRunningError where the one that runs is deaf."""
    reply = control.ask(state_folder(config), name, **said) or _done(config, name, said)
    if not reply.ok:
        raise StoreError(reply.says)
    click.echo(reply.says)


def _done(config: str | None, name: str, said: dict[str, str | int]) -> Reply:
    store = Store(state_folder(config) / DATABASE)

    async def wish() -> Reply:
        return await Wishes(store, lambda: zone(config)).answers()[name].answer(**said)

    try:
        return asyncio.run(wish())
    finally:
        store.close()
