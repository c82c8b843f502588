"""A database → a copy of it that is whole: made beside the writer, checked, on the disk, and never over a file that is there."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from monitor.errors import NoPermissionError, StoreError
from monitor.store.owned import whose

Check = Callable[[sqlite3.Connection], Iterator[str]]

UNFINISHED = ".unfinished"
"""Ends the name of a copy that is being made: what a kill leaves is no backup, and the next copy takes its place."""
RESERVE = 64_000_000
"""Bytes that a copy leaves free on its disk: the monitor must still be able to write."""
_MOST = 5
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
"""What SQLite says of a file that is not whole. All else is of this machine: the folder, the disk, other programs."""
DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}


def pages(connection: sqlite3.Connection) -> Iterator[str]:
    """Look through the structure of the file, without comparing indexes with their tables: 1.5 s for 800 MB."""
    yield from (str(row[0]) for row in connection.execute(f"PRAGMA quick_check({_MOST})") if row[0] != "ok")


def indexes(connection: sqlite3.Connection) -> Iterator[str]:
    """Look through everything, indexes included."""
    yield from (str(row[0]) for row in connection.execute(f"PRAGMA integrity_check({_MOST})") if row[0] != "ok")


def links(connection: sqlite3.Connection) -> Iterator[str]:
    """Look for rows that belong to a row that is not there."""
    broken: dict[str, int] = {}
    for table, *_ in connection.execute("PRAGMA foreign_key_check"):
        broken[table] = broken.get(table, 0) + 1
    yield from (f"rows of {table} that belong to nothing: {number}" for table, number in broken.items())


def words(connection: sqlite3.Connection) -> Iterator[str]:
    """Compare the index of words with the words. SQLite wants a connection that may write for that; nothing is written."""
    connection.execute("BEGIN")
    try:
        connection.execute("INSERT INTO words (words) VALUES ('integrity-check')")
    except sqlite3.DatabaseError as error:
        if not _is_finding(error):
            raise
        yield f"the index of words: {error}"
    finally:
        # a full disk has rolled back by itself
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def found(connection: sqlite3.Connection, *checks: Check) -> tuple[str, ...]:
    """Give what the checks find, a line each; nothing: all is well. A database too damaged to be checked is a finding.

    Raises sqlite3.Error where it cannot be checked now, which says nothing about it.
    """
    faults: list[str] = []
    for check in checks:
        try:
            faults += check(connection)
        except sqlite3.DatabaseError as error:
            if not _is_finding(error):
                raise
            faults.append(str(error))
    return tuple(dict.fromkeys(faults))


def is_damage(error: sqlite3.Error) -> bool:
    """Say whether an error is about the file itself, and not about this machine."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF in _DAMAGE


def _is_finding(error: sqlite3.DatabaseError) -> bool:
    # what the checks ask is the same each time: where that cannot be understood, a table that it is about is not there
    return is_damage(error) or error.sqlite_errorcode == sqlite3.SQLITE_ERROR


def beside(path: Path) -> sqlite3.Connection:
    """Open a database to look at, beside whoever writes to it: all writing and tidying of the log stays with one connection."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=5)
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def survey(path: Path) -> tuple[str, ...]:
    """Look through a whole database beside whoever writes to it; gives what is wrong with it, a line each.

    Not through its index of words, which only a writer may check: `copy` does that in each copy. Raises StoreError where
    nobody can look at it now.
    """
    try:
        with contextlib.closing(beside(path)) as connection:
            return found(connection, indexes, links)
    except sqlite3.Error as error:
        raise StoreError(f"{path}: cannot be checked now: {error}") from error


def copy(source: Path, to: Path, *checks: Check) -> None:
    """Copy a database, whatever is being written to it meanwhile; ``checks``: what the copy must stand beside `pages`, `words`.

    Raises StoreError where there is no such copy afterwards: ``to`` is there already, the disk is full, the source is damaged;
    NoPermissionError where the place may not be written.
    """
    unfinished = to.with_name(f".{to.name}{UNFINISHED}")
    try:
        if to.exists():
            raise StoreError(f"{to}: is there already, and is not written over")
        _check_room(source, to.parent)
        with _claimed(unfinished) as descriptor:
            _fill(source, unfinished, checks)
            os.fsync(descriptor)
            _name(unfinished, to)
    except OSError as error:
        kind = NoPermissionError if error.errno in DENIED else StoreError
        raise kind(f"{to}: cannot be written: {error.strerror}") from error


def _check_room(source: Path, folder: Path) -> None:
    size = sum(path.stat().st_size for path in (source, source.with_name(f"{source.name}-wal")) if path.exists())
    free = shutil.disk_usage(folder).free
    if free < size + RESERVE:
        wanted = f"{(size + RESERVE) / 1e6:,.0f} MB, with {RESERVE / 1e6:,.0f} MB left to write on"
        raise StoreError(f"{folder}: too little room for a copy: {free / 1e6:,.0f} MB are free, and it takes {wanted}")


@contextlib.contextmanager
def _claimed(path: Path) -> Iterator[int]:
    """Hold an empty file of our own under a name that is for unfinished copies; it is gone afterwards."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreError(f"{path}: another copy is just being made there") from error
        try:
            os.fchmod(descriptor, 0o600)
            os.ftruncate(descriptor, 0)
            path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
            yield descriptor
        finally:
            path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def _fill(source: Path, to: Path, checks: tuple[Check, ...]) -> None:
    try:
        with contextlib.closing(beside(source)) as connection:
            # a read transaction: it sees one moment, and holds nobody up who writes (SQLite, "Isolation In SQLite")
            connection.execute("VACUUM INTO ?", (str(to),))
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF == sqlite3.SQLITE_READONLY:
            # to be read beside others it wants files of its own in its folder
            raise NoPermissionError(f"{source}: cannot be copied: {error}; {whose(source)}") from error
        raise StoreError(f"{source}: cannot be copied: {error}") from error
    try:
        with contextlib.closing(sqlite3.connect(to, isolation_level=None)) as made:
            faults = found(made, pages, words, *checks)
    except sqlite3.Error as error:
        raise StoreError(f"{source}: its copy cannot be checked now: {error}") from error
    if faults:
        raise StoreError(f"{source}: its copy is not whole: {'; '.join(faults)}")


def _name(unfinished: Path, to: Path) -> None:
    try:
        # unlike a renaming, it fails where the name was taken meanwhile
        os.link(unfinished, to)
    except FileExistsError as error:
        raise StoreError(f"{to}: is there already, and is not written over") from error
    except OSError as error:
        # a memory stick knows no second names
        if to.exists() or error.errno not in {errno.EPERM, errno.ENOTSUP, errno.ENOSYS}:
            raise
        unfinished.rename(to)
    flush(to.parent)


def flush(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
