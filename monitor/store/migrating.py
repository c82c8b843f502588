"""The shape that a database has → the one that this version makes, with a copy made before; what cannot get it is refused.

A shape is known by the migrations that stand in the database as applied. A new one is one more function in schema.py.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from monitor.errors import RefusedError, StoreError
from monitor.store.backups import back_up_shape, of_shape
from monitor.store.schema import SHAPE, migrations


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """What was done to a database of an older version. ``copy``: as it was before."""

    before: int
    now: int
    copy: Path


def newest_shape() -> int:
    """Give the shape that this version makes."""
    return SHAPE + len(_known()) - 1


def shape_of(db: Database) -> int:
    """Give the shape of a database of ours; below SHAPE it is of before the first release."""
    version = int(db.conn.execute("PRAGMA user_version").fetchone()[0])
    return version if version < SHAPE else version + len(migrations.applied(db)) - 1


def check_shape(db: Database, path: Path) -> None:
    """Raise RefusedError where a database is of before the first release, or of a version newer than this one."""
    version, shape = int(db.conn.execute("PRAGMA user_version").fetchone()[0]), shape_of(db)
    if version < SHAPE:
        raise RefusedError(f"{path}: written by a version before the first release; move it away, and a new one is made")
    unknown = [one.name for one in migrations.applied(db) if one.name not in _known()]
    if version > SHAPE or unknown:
        says = f"written by a newer version of monitor: its shape is {shape}, and this version knows {newest_shape()} at most"
        before = of_shape(path, newest_shape())
        back = f", or put back what was there before it: `monitor db restore {before}`" if before else ""
        raise RefusedError(f"{path}: {says}. Install the newer version again{back}")


def check_current(db: Database, path: Path) -> None:
    """Raise RefusedError where a database has another shape than the one this version reads."""
    check_shape(db, path)
    if pending := migrations.pending(db):
        says = f"written by an older version of monitor: its shape is {newest_shape() - len(pending)}, not {newest_shape()}"
        raise RefusedError(f"{path}: {says}. `monitor run` brings it over, with a copy made before")


def migrate(db: Database, path: Path) -> Migrated | None:
    """Bring a database to the newest shape; None: it had that. The caller holds the lock, and `check_shape` was content.

    Each step is one transaction with the record of it: after a kill it was done or it was not, and the next start goes on. Raises
    RefusedError where there is no copy of before, or a step fails: then the database stands as the step before left it.
    """
    before = shape_of(db)
    if not migrations.pending(db):
        return None
    try:
        copy = back_up_shape(path, before, datetime.now(UTC))
    except StoreError as error:
        says = f"its shape is to go from {before} to {newest_shape()}, and no copy could be made before"
        raise RefusedError(f"{path}: {says}: {error}. Nothing was changed") from error
    try:
        migrations.apply(db)
    except sqlite3.Error as error:
        says = f"could not be brought from shape {before} to {newest_shape()}: {error}. It stands in shape {shape_of(db)}"
        raise RefusedError(
            f"{path}: {says}; {copy} is as it was before. Install the version from before, and report this"
        ) from error
    return Migrated(before=before, now=newest_shape(), copy=copy)


def _known() -> tuple[str, ...]:
    return tuple(one.name for one in migrations.pending(Database(memory=True)))
