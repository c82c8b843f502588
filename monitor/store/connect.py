"""Opening the database: looked through first, then with the pragmas that keep a promise through a power cut."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlite_utils import Database

from monitor.errors import NoPermissionError, RefusedError, StoreError
from monitor.store.backups import newest
from monitor.store.copying import DENIED, beside, found, is_damage, pages
from monitor.store.migrating import check_current, check_shape
from monitor.store.owned import is_there, whose
from monitor.store.restoring import finish
from monitor.store.schema import APPLICATION_ID, SHAPE, migrations

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA journal_size_limit = 67108864",
)
_DENIED = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}
_HELD = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def open_writer(path: Path) -> Database:
    """Open the database to write, making it where there is none, finishing a restore that was killed. The caller holds the lock.

    What is refused is left as it is. Raises NoPermissionError where the place may not be written, RefusedError where the file is
    damaged, foreign or too new, StoreError where it can't be opened now: the
    disk is full, or another program holds it.
    """
    with in_our_words(path):
        finish(path)
        if not path.exists():
            _make(path)
        check_header(path)
        # by a connection that may not write: closing another would take what stands in a log into the file
        with contextlib.closing(beside(path)) as looking:
            if faults := found(looking, pages):
                raise RefusedError(_damaged(path, faults[0]))
            check_shape(Database(looking), path)
        db = Database(sqlite3.connect(path, isolation_level=None, check_same_thread=False))
        for pragma in _PRAGMAS:
            db.conn.execute(pragma)
        # a file that may only be read is noticed now, and not by the first item
        with transaction(db):
            db.conn.execute("DELETE FROM item WHERE 0")
    return db


def open_reader(path: Path) -> Database:
    """Open the database to read only.

    Raises StoreError where there is none, or another program holds it, NoPermissionError where it may not be read, RefusedError
    where it is damaged, or of another version.
    """
    if not is_there(path):
        raise StoreError(f"{path}: nothing was stored there yet; `monitor run` makes it")
    with in_our_words(path):
        connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA busy_timeout = 5000")
        connection.execute("PRAGMA query_only = ON")
        if not connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            raise RefusedError(_damaged(path, "the file is empty"))
        check_current(Database(connection), path)
    return Database(connection)


@contextlib.contextmanager
def in_our_words(path: Path) -> Iterator[None]:
    """Raise what went wrong with a file as who can mend it wants to read it."""
    try:
        yield
    except OSError as error:
        if error.errno in DENIED:
            raise NoPermissionError(f"{path}: cannot be opened: {error.strerror}; {whose(path)}") from error
        raise StoreError(f"{path}: cannot be opened: {error.strerror}") from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in _DENIED:
            raise NoPermissionError(f"{path}: cannot be opened: {error}; {whose(path)}") from error
        if code in _HELD:
            raise StoreError(f"{path}: another program holds the database ({error}); end it, and try again") from error
        if is_damage(error):
            raise RefusedError(_damaged(path, str(error))) from error
        raise StoreError(f"{path}: cannot be opened: {error}") from error


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
    if any(log.stat().st_size for log in path.parent.glob(f"{path.name}-wal")):
        # it would be taken for the new one's, and written into it
        raise RefusedError(_damaged(path, f"its file is gone, and {path.name}-wal, which belongs to it, is there"))
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    db = Database(sqlite3.connect(unfinished, isolation_level=None))
    db.conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.conn.execute(f"PRAGMA user_version = {SHAPE}")
    migrations.apply(db)
    db.close()
    unfinished.replace(path)


def check_header(path: Path) -> None:
    """Raise RefusedError where a file is no database of ours. Not for one that this process has open: its locks would go."""
    with path.open("rb") as file:
        head = file.read(72)
    if not head:
        # an empty file passes SQLite's own check; ours is never empty
        raise RefusedError(_damaged(path, "the file is empty"))
    if not head.startswith(b"SQLite format 3\0"):
        raise RefusedError(_damaged(path, "this is not an SQLite database"))
    if int.from_bytes(head[68:72], "big") != APPLICATION_ID:
        raise RefusedError(f"{path}: another program's database stands here; set state = to another place")


def _damaged(path: Path, why: str) -> str:
    put_back = newest(path)
    remedy = f"Put the newest backup back: `monitor db restore {put_back}`" if put_back else "There is no backup: move it away"
    return f"{path}: the database is damaged ({why}). {remedy}. Nothing was changed"
