"""A database → whether it is whole, and which shape it has; and the same database in less room. For commands, not the daemon."""

from __future__ import annotations

import contextlib
import dataclasses
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from monitor.errors import AlreadyRunningError, NoPermissionError, StoreError
from monitor.store.connect import check_header, in_our_words
from monitor.store.copying import beside, found, indexes, links, pages, words
from monitor.store.lock import Lock
from monitor.store.migrating import check_shape, newest_shape, shape_of
from monitor.store.owned import is_there
from monitor.store.restoring import finish, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What was found. ``faults``: a line each; ``words_checked``: False while a monitor runs; its backups are checked so."""

    size: int
    shape: int
    newest_shape: int
    items: int
    faults: tuple[str, ...]
    words_checked: bool


def examine(path: Path) -> Examined:
    """Look through the whole database, beside whoever works with it.

    Raises StoreError where there is none or it cannot be looked at now, NoPermissionError where it may not be read, RefusedError
    where it is not the monitor's, cannot be opened at all, or has a shape of another version that this one can't bring over.
    """
    if not is_there(path):
        raise StoreError(f"{path}: nothing was stored there yet; `monitor run` makes it")
    with in_our_words(path):
        check_header(path)
        with contextlib.closing(beside(path)) as connection:
            db = Database(connection)
            faults = found(connection, pages) or found(connection, indexes, links)
            if not faults:
                check_shape(db, path)
            examined = Examined(
                size=path.stat().st_size,
                shape=0 if faults else shape_of(db),
                newest_shape=newest_shape(),
                items=0 if faults else connection.execute("SELECT count(*) FROM item").fetchone()[0],
                faults=faults,
                words_checked=False,
            )
    return examined if faults else _with_words(path, examined)


def _with_words(path: Path, examined: Examined) -> Examined:
    try:
        lock = Lock(path)
    except (AlreadyRunningError, NoPermissionError):
        return examined
    with (
        contextlib.closing(lock),
        in_our_words(path),
        contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection,
    ):
        return dataclasses.replace(examined, faults=found(connection, words), words_checked=True)


def shrink(path: Path) -> tuple[int, int]:
    """Write a database anew without what is free in it; gives its bytes before and after.

    Raises AlreadyRunningError, StoreError where there is no room for a second one beside it, or it is not whole.
    """
    with contextlib.closing(Lock(path)), in_our_words(path):
        finish(path)
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("INSERT INTO words (words) VALUES ('optimize')")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        before = path.stat().st_size
        # not VACUUM itself, which writes it twice, and once in a folder for temporary files that may be small
        if old := replace(path, path, datetime.now(UTC)):
            old.unlink()
        return before, path.stat().st_size
