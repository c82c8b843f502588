"""One instance per database: an exclusive flock on `<database>.lock`, which holds the process id and is never unlinked."""

from __future__ import annotations

import errno
import fcntl
import os
from contextlib import suppress
from pathlib import Path

from monitor.errors import AlreadyRunningError, MonitorError, NoPermissionError, StoreError
from monitor.store.owned import refuses_files, whose


class Lock:
    """The lock of a database, held until `close` or the death of the process. Not inherited by worker processes."""

    def __init__(self, database: Path) -> None:
        """Take the lock. Raises AlreadyRunningError where it is held.

        Raises NoPermissionError where its file may not be opened, or its folder not written, and StoreError where nothing can be
        written into it.
        """
        self._database = database
        self._fd = _taken(database)

    def renew(self) -> None:
        """Take the lock again where its file was deleted, or everybody could take another. Raises StoreError where that fails."""
        path = lock_path(self._database)
        with suppress(OSError):
            if os.path.samestat(os.fstat(self._fd), path.lstat()):
                return
        try:
            fd = _taken(self._database)
        except MonitorError as error:
            raise StoreError(f"{path} was deleted while the monitor ran, and cannot be taken again: {error}") from error
        os.close(self._fd)
        self._fd = fd

    def close(self) -> None:
        """Let the lock go."""
        os.ftruncate(self._fd, 0)
        os.close(self._fd)


def _taken(database: Path) -> int:
    path = lock_path(database)
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise NoPermissionError(f"{path}: cannot be opened: {error.strerror}; {whose(path)}") from error
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        pid = _pid(fd)
        os.close(fd)
        if error.errno in {errno.EWOULDBLOCK, errno.EACCES}:
            raise AlreadyRunningError(pid, str(database)) from error
        raise
    if refuses_files(path.parent):
        # where a killed monitor left its log, SQLite does not notice before that is to be made anew
        os.close(fd)
        raise NoPermissionError(f"{database}: cannot be opened: its folder may not be written; {whose(path.parent)}")
    try:
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
    except OSError as error:
        os.close(fd)
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error
    return fd


def lock_path(database: Path) -> Path:
    """Give the lock file that stands beside a database."""
    return database.with_name(database.name + ".lock")


def holder(database: Path) -> int | None:
    """Give the process id of the instance that runs on a database; None where none does."""
    try:
        fd = os.open(lock_path(database), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return _pid(fd)
    finally:
        os.close(fd)
    return None


def _pid(fd: int) -> int | None:
    text = os.pread(fd, 32, 0).decode("ascii", "replace").strip()
    return int(text) if text.isdecimal() else None
