"""Opening the database: checked first, then migrated, then with the pragmas that keep a promise through a power cut."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlite_utils import Database

from monitor.errors import NoPermissionError, RefusedError, StoreError
from monitor.store.schema import APPLICATION_ID, SHAPE, migrations

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA journal_size_limit = 67108864",
)

_PASSING = frozenset((sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY))
_PASSING_ERRORS = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EIO))
"""What may be over when it is tried again, as a service is: nobody has to give a permission for it."""


def open_writer(path: Path) -> Database:
    """Open the database to write, making or migrating it where needed. The caller holds the lock.

    Raises NoPermissionError where the place may not be written, RefusedError where the file is damaged, foreign or too new,
    StoreError where it can't be opened now: the disk is full, or another program holds it.
    """
    try:
        if not path.exists():
            _make(path)
        _check_header(path)
        db = Database(sqlite3.connect(path, isolation_level=None, check_same_thread=False))
        for pragma in _PRAGMAS:
            db.conn.execute(pragma)
        _check(db, path)
        migrations.apply(db)
    except OSError as error:
        if error.errno in _PASSING_ERRORS:
            raise StoreError(f"{path}: cannot be opened: {error.strerror}") from error
        raise NoPermissionError(f"{path}: cannot be opened: {error.strerror}") from error
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in _PASSING:
            raise StoreError(f"{path}: {error}") from error
        raise NoPermissionError(f"{path}: {error}; is {path.parent} writable for this user?") from error
    except sqlite3.DatabaseError as error:
        raise RefusedError(_damaged(path, str(error))) from error
    return db


def open_reader(path: Path) -> Database:
    """Open the database to read only.

    Raises StoreError where there is none, NoPermissionError where it may not be read, RefusedError if damaged or too old.
    """
    if not path.exists():
        raise StoreError(f"{path}: nothing was stored there yet; `monitor run` makes it")
    try:
        connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA busy_timeout = 5000")
        connection.execute("PRAGMA query_only = ON")
        connection.execute("SELECT count(*) FROM sqlite_schema")
        _check_shape(connection, path)
    except sqlite3.OperationalError as error:
        raise NoPermissionError(f"{path}: cannot be read: {error}; the service's own user can") from error
    except sqlite3.DatabaseError as error:
        raise RefusedError(_damaged(path, str(error))) from error
    return Database(connection)


@contextlib.contextmanager
def transaction(db: Database) -> Iterator[None]:
    """Hold the write transaction from its first statement on; sqlite-utils' helpers join it. Nothing stays of one that raises."""
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.conn.execute("COMMIT")
    except BaseException:
        # a full disk has rolled back by itself, and a second ROLLBACK would hide why
        if db.conn.in_transaction:
            db.conn.execute("ROLLBACK")
        raise


def _make(path: Path) -> None:
    # under another name until it is whole: a kill half way must not leave an empty file, which would be taken for a damaged one
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    db = Database(sqlite3.connect(unfinished, isolation_level=None))
    db.conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.conn.execute(f"PRAGMA user_version = {SHAPE}")
    migrations.apply(db)
    db.close()
    unfinished.replace(path)


def _check_header(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(72)
    if not head:
        # an empty file passes SQLite's own check; ours is never empty
        raise RefusedError(_damaged(path, "the file is empty"))
    if not head.startswith(b"SQLite format 3\0"):
        raise RefusedError(_damaged(path, "this is not an SQLite database"))
    if int.from_bytes(head[68:72], "big") != APPLICATION_ID:
        raise RefusedError(f"{path}: another program's database stands here; set state = to another place")


def _check(db: Database, path: Path) -> None:
    found = [row[0] for row in db.conn.execute("PRAGMA quick_check(3)")]
    if found != ["ok"]:
        raise RefusedError(_damaged(path, found[0]))
    _check_shape(db.conn, path)
    known = {migration.name for migration in migrations.pending(Database(memory=True))}
    extra = {migration.name for migration in migrations.applied(db)} - known
    if extra:
        raise RefusedError(f"{path}: written by a newer version of monitor ({min(extra)}); install that one")


def _check_shape(connection: sqlite3.Connection, path: Path) -> None:
    if connection.execute("PRAGMA user_version").fetchone()[0] < SHAPE:
        raise RefusedError(f"{path}: written by a version before the first release; move it away, and a new one is made")


def _damaged(path: Path, why: str) -> str:
    return f"{path}: the database is damaged ({why}). Move it away or put a copy back that is whole; nothing was changed"
