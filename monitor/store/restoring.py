"""A backup → the database, with what stood there kept beside it. The caller holds the lock, and nobody has either of them open.

What takes its place is whole and on the disk before anything is moved, under a name that says what is to be done with it: a
restore that is killed half way is finished by the next start.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from monitor.errors import RefusedError, StoreError
from monitor.store.backups import is_ours
from monitor.store.copying import beside, copy, flush, indexes, links
from monitor.store.migrating import check_shape

UNREADABLE = 1_000_000
"""So many ids are left out where nobody can tell how many were given since the backup."""
_RESTORED, _BEFORE = "restored", "before"


def restore(path: Path, source: Path, now: datetime) -> Path | None:
    """Put a backup in the place of the database; gives where that is now which stood there, None: there was none.

    Raises RefusedError where the backup is none of the monitor's, or of a newer version; StoreError, NoPermissionError where it
    is not whole, or there is no room for it. Nothing was changed then.
    """
    if not source.exists():
        raise StoreError(f"{source}: is not there")
    if source.resolve() == path.resolve():
        raise StoreError(f"{source}: is the database itself, and no backup of it")
    if not is_ours(source):
        raise RefusedError(f"{source}: is no database of the monitor, and is not put in the place of one")
    try:
        with contextlib.closing(beside(source)) as looking:
            check_shape(Database(looking), source)
            if looking.execute("SELECT 1 FROM sqlite_schema WHERE type IN ('trigger', 'view')").fetchone():
                # they would run with each write of the monitor's own
                raise RefusedError(f"{source}: somebody put triggers or views into it, which no database of the monitor has")
    except sqlite3.Error as error:
        raise StoreError(f"{source}: cannot be read: {error}") from error
    # one that was killed half way would be finished by the next start, in the place of this one
    finish(path)
    return replace(path, source, now, used=_used(path))


def replace(path: Path, source: Path, now: datetime, *, used: Mapping[str, int] | None = None) -> Path | None:
    """Put a whole copy of a database in the place of one; gives where that is now which stood there, None: there was none.

    ``used``: by table, the ids that were given since; None: ids go on from where those of the copy end. Raises StoreError,
    NoPermissionError.
    """
    # what stood there before another restore of this second is kept, too
    while path.with_name(f"{path.name}.{_BEFORE}-{_moment(now)}").exists():
        now += timedelta(seconds=1)
    unnamed = path.with_name(f".{path.name}.restoring")
    unnamed.unlink(missing_ok=True)
    copy(source, unnamed, indexes, links)
    if used is not None:
        _skip(unnamed, used)
        _end_life(unnamed)
    unnamed.rename(path.with_name(f"{path.name}.{_RESTORED}-{_moment(now)}"))
    before = path.with_name(f"{path.name}.{_BEFORE}-{_moment(now)}")
    finish(path)
    return before if before.exists() else None


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H%M%SZ}"


def _used(path: Path) -> dict[str, int]:
    """Give the last ids of the database that is replaced, as far as they can be read."""
    try:
        with contextlib.closing(beside(path)) as looking:
            return dict(looking.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
    except sqlite3.Error:
        return {}


def _skip(path: Path, used: Mapping[str, int]) -> None:
    """Let no id be given twice: people were told them, and what they name must not become something else."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA synchronous = FULL")
        for table, last in connection.execute("SELECT name, seq FROM sqlite_sequence").fetchall():
            following = max(last, used.get(table, last + UNREADABLE))
            connection.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = ?", (following, table))


def _end_life(path: Path) -> None:
    """End the life in which a backup was made with its last sign: it went on after that, and was not killed."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("UPDATE run SET stopped_at = seen_at WHERE id = (SELECT max(id) FROM run) AND stopped_at IS NULL")


def finish(path: Path) -> None:
    """Do what is left of a restore that was begun; nothing where none was. Raises OSError."""
    restored = max(path.parent.glob(f"{path.name}.{_RESTORED}-*"), default=None)
    if restored is None:
        return
    before = path.with_name(restored.name.replace(f".{_RESTORED}-", f".{_BEFORE}-"))
    # the log goes with its database: what was written last stands in it alone
    for ending in ("", "-wal"):
        old, kept = path.with_name(path.name + ending), before.with_name(before.name + ending)
        if old.exists() and old.stat().st_size and not kept.exists():
            old.rename(kept)
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    flush(path.parent)
    restored.rename(path)
    flush(path.parent)
