"""`monitor db`: the database itself. `check` and `backup` work beside a running monitor, `restore` only without one.

`tidy` asks the running monitor; where none runs it takes the lock, and gives room back to the disk as well.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from monitor import control
from monitor.cli.asking import count, state_folder
from monitor.cli.finding import config_option, find, read
from monitor.errors import NoPermissionError, RefusedError, StoreError
from monitor.store import (
    DATABASE,
    Examined,
    Lock,
    Store,
    backups,
    copy,
    examine,
    indexes,
    is_ours,
    is_there,
    links,
    newest,
    restore,
    shrink,
)

FILE = click.Path(path_type=Path)


@click.group()
def db() -> None:
    """Look after the database: where it is, whether it is whole, backups, and its size."""


@db.command("path")
@config_option
def path_(*, config: str | None) -> None:
    """Print where the database is."""
    click.echo(_database(config))


@db.command("check")
@config_option
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def check(ctx: click.Context, *, config: str | None, as_json: bool) -> None:
    """Look through all of the database, and change nothing.

    Pages, indexes, links between rows, and the shape are looked at; the index of words only where no monitor runs. Beside a
    running one it is not: each day's backup has it checked.
    """
    path = _database(config)
    try:
        with _working("Looking through the database"):
            found = examine(path)
    except RefusedError as refusal:
        # so that a program that asks for JSON gets it
        if as_json:
            click.echo(json.dumps({"path": str(path), "whole": False, "faults": [str(refusal)]}, ensure_ascii=False, indent=2))
        raise
    click.echo(_as_json(path, found) if as_json else _as_text(path, found))
    if found.faults:
        click.echo(_remedy(path), err=True)
    ctx.exit(1 if found.faults else 0)


@db.command("backup")
@click.argument("file", type=FILE)
@config_option
def backup(*, file: Path, config: str | None) -> None:
    """Copy the database to FILE, as it is now, and check the copy. A monitor that runs goes on; no file is written over."""
    path = _database(config)
    if not is_there(path):
        raise StoreError(f"{path}: nothing was stored there yet; `monitor run` makes it")
    if not is_ours(path):
        raise RefusedError(f"{path}: is no database of the monitor's any more; `monitor db check` says what it is")
    if not file.parent.is_dir():
        raise StoreError(f"{file}: there is no folder {file.parent}")
    with _working("Copying the database"):
        copy(path, file, indexes, links)
    click.echo(f"Copied {path} to {file}: {file.stat().st_size / 1e6:,.1f} MB, and it is whole.")
    click.echo(f"`monitor db restore {file}` puts it back.", err=True)


@db.command("restore")
@click.argument("file", type=FILE, required=False)
@config_option
def restore_(*, file: Path | None, config: str | None) -> None:
    """Put the backup FILE in the place of the database.

    A bare name that is not in this folder is looked for in backup/ of the state folder. What stood there is kept beside it. The
    monitor must not run.
    """
    path = _database(config)
    if file is None:
        raise click.UsageError(_which(path))
    file = _meant(path, file)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise NoPermissionError(f"{path.parent}: cannot be made: {error.strerror}") from error
    with contextlib.closing(Lock(path)), _working("Checking the backup, and copying it"):
        before = restore(path, file, datetime.now(UTC))
    click.echo(f"{path} is now what {file} was.")
    if before:
        click.echo(f"What stood there is kept as {before}; delete it once all is well.")
    says = "`monitor run` goes on from there: what was published since is found again as far as the outlets still list it,"
    click.echo(f"{says} and alerts of that time may come a second time.", err=True)


@db.command("tidy")
@config_option
def tidy(*, config: str | None) -> None:
    """Delete now what is older than [keep] says.

    It makes the database smaller, too; a running monitor keeps the room for itself.
    """
    reply = control.ask(state_folder(config), "tidy")
    if reply is None:
        click.echo(_tidied(config))
        return
    if not reply.ok:
        raise StoreError(reply.says)
    click.echo(reply.says)


def _tidied(config: str | None) -> str:
    settings = read(find(config))
    path = _database(config)
    if not is_there(path):
        raise StoreError(f"{path}: nothing was stored there yet; `monitor run` makes it")
    from monitor.archive import FOLDER  # noqa: PLC0415  what deletes it loads the whole line
    from monitor.upkeep import Forgotten  # noqa: PLC0415
    from monitor.upkeep import tidy as forget  # noqa: PLC0415

    async def forgotten() -> Forgotten:
        store = Store(path)
        try:
            return await forget(store, settings.keep, datetime.now(UTC), evidence=path.parent / FOLDER)
        finally:
            store.close()

    with _working("Deleting what is old"):
        gone = asyncio.run(forgotten())
    with _working("Writing the database anew"):
        before, after = shrink(path)
    return f"{gone.says} {path} had {before / 1e6:,.1f} MB, and has {after / 1e6:,.1f} MB now."


# ------------------------------------------------------------------------------------------------------------------ words


def _database(config: str | None) -> Path:
    return state_folder(config) / DATABASE


def _as_text(path: Path, found: Examined) -> str:
    if found.faults:
        return "\n".join((f"{path} is damaged:", *(f"  {fault}" for fault in found.faults)))
    shape = f"shape {found.shape}"
    if found.shape < found.newest_shape:
        shape += f" (this version makes {found.newest_shape}; `monitor run` brings it over)"
    last = "the index of words" if found.words_checked else "not the index of words: that is checked in each day's backup"
    there = backups(path)
    kept = f"Backups: {len(there)}, the newest {there[0]}" if there else "No backup yet; a running monitor makes one each day"
    size = f"{found.size / 1e6:,.1f} MB, {count(found.items, 'item')}, {shape}"
    return f"{path}: {size}\nWhole: pages, indexes, links between rows; {last}\n{kept}"


def _as_json(path: Path, found: Examined) -> str:
    whole = {
        "path": str(path),
        "whole": not found.faults,
        "faults": list(found.faults),
        "bytes": found.size,
        "items": None if found.faults else found.items,
        "shape": found.shape or None,
        "newest_shape": found.newest_shape,
        "words_checked": found.words_checked,
        "backups": [str(one) for one in backups(path)],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2)


def _remedy(path: Path) -> str:
    put_back = newest(path)
    if put_back is None:
        return "There is no backup of it. Stop the monitor and move it away: the next start makes a new one."
    return f"Stop the monitor, and put the newest backup back: `monitor db restore {put_back}`"


def _which(path: Path) -> str:
    put_back = newest(path)
    if put_back is None:
        return f"say which file; there is no backup in {path.parent / 'backup'}"
    return f"say which backup. The newest is {put_back}: `monitor db restore {put_back}`"


def _meant(path: Path, file: Path) -> Path:
    """Give the backup that is meant: a name without a folder may be that of one beside the database."""
    made = path.parent / "backup" / file.name
    is_bare = str(file) == file.name
    return made if is_bare and not file.exists() and made.is_file() else file


@contextlib.contextmanager
def _working(what: str) -> Iterator[None]:
    """Show on a terminal that something is being done."""
    if not sys.stderr.isatty():
        yield
        return
    with Console(stderr=True).status(what):
        yield
