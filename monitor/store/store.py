"""The store of a running daemon: one writer thread that runs units of work in batches, two reader threads beside it."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

from monitor.errors import NoPermissionError, NoRoomError, StoreError
from monitor.model import Config
from monitor.store.connect import open_reader, open_writer, transaction
from monitor.store.copying import is_damage
from monitor.store.lock import Lock, holder
from monitor.store.migrating import migrate
from monitor.store.owned import whose
from monitor.store.reading import Reading
from monitor.store.reserve import Reserve
from monitor.store.standing import Standing
from monitor.store.writing import Writing

T = TypeVar("T")
BATCH = 100
"""At most so many units of work share one transaction, and so one sync to the disk."""
BUSY = 4
"""Units in the last transaction from which on the next one is waited for a moment, so that more of them share it."""
LINGER = 0.02
"""Seconds. Every transaction costs a sync to the disk, and the loop's thread its hold on the interpreter."""
LAST_WAIT = 2.5
"""Seconds that the last writes have, once the store is told to close."""
_NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}
"""A quota or a limit of the process reads as a failed write, and not as a full disk."""


@dataclass(frozen=True, slots=True)
class _Job:
    unit: Callable[[Writing], Any]
    done: asyncio.Future[Any]
    is_settling: bool = False


_Outcome = tuple[_Job, Any, BaseException | None]


def _nothing(_: Writing) -> None:
    """Write nothing."""


DATABASE = "monitor.db"
"""The database's file, in the folder that config.toml calls its state."""


def open_store(config: Config) -> Store:
    """Open the database of a config, making its folder where there is none.

    Raises AlreadyRunningError, NoPermissionError, RefusedError.
    """
    state = Path(config.state)
    try:
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        says = f"{state}: cannot be made: {error.strerror}; {whose(state)}. Set state = in {config.path}"
        raise NoPermissionError(says) from error
    return Store(state / DATABASE)


class _Reader:
    """A connection that reads, on a thread of its own."""

    def __init__(self, path: Path) -> None:
        """Open it. Raises as `open_reader` does."""
        self._db = open_reader(path)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reader")

    async def ask(self, question: Callable[[Reading], T]) -> T:
        """Ask a question. Raises StoreError where the database cannot be read."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, question, Reading(self._db))
        except sqlite3.Error as error:
            raise StoreError(f"the database could not be read: {_said(error)}") from error

    def close(self) -> None:
        """Ask nothing more, and break off what is asked; who computes with what was read is not waited for without end."""
        end = self._thread.submit(lambda: None)
        self._thread.shutdown(wait=False)
        self._db.conn.interrupt()
        if wait((end,), LAST_WAIT).done:
            self._db.close()


class Store:
    """The database of one daemon, which holds its lock. All writes of the process go through `write`."""

    def __init__(self, path: Path) -> None:
        """Take the lock, check, migrate and open. Raises AlreadyRunningError, NoPermissionError, RefusedError."""
        self.reserve = Reserve(path)
        if holder(path) is None:
            self.reserve.make_way()
        self._lock = Lock(path)
        with contextlib.ExitStack() as undo:
            undo.callback(self._lock.close)
            self._db = open_writer(path)
            undo.callback(self._db.close)
            self.migrated = migrate(self._db, path)
            self._reader = _Reader(path)
            undo.callback(self._reader.close)
            self._scholar = _Reader(path)
            self._standing = Standing(path, self._lock)
            undo.pop_all()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    async def write(self, unit: Callable[[Writing], T]) -> T:
        """Run a unit of work whole, inside the write transaction; returns once it is on disk.

        Units may share a transaction; one that raises is undone alone, and its error is raised here. Raises StoreError where
        the database could not do it (full, locked): then nothing of it was done.
        """
        # a caller that is cancelled cancels the waiting, not what may be half way to the disk
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.put(_Job(unit, done))
        return await done

    async def settle(self) -> None:
        """Take what was written over from the log into the database itself, as far as nobody reads it.

        SQLite does so by itself, at every thousandth page and all at once, which can hold the writer for long: whoever writes
        much that is not urgent asks for it after every step. Raises StoreError.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._jobs.put(_Job(_nothing, done, is_settling=True))
        await done

    async def read(self, question: Callable[[Reading], T]) -> T:
        """Ask a question of what is on disk, beside the writer. Raises StoreError where the database cannot be read."""
        return await self._reader.ask(question)

    async def study(self, question: Callable[[Reading], T]) -> T:
        """Do as `read` with a question that may take a minute: those that the next tick asks do not wait behind it."""
        return await self._scholar.ask(question)

    def close(self) -> None:
        """Finish what is queued, close, and let the lock go."""
        self._jobs.put(None)
        self._thread.join(LAST_WAIT)
        if self._thread.is_alive():
            # another program holds the database: what was not written is not lost, it was never promised
            self._lock.close()
            return
        self._reader.close()
        self._scholar.close()
        with contextlib.suppress(sqlite3.Error):
            self._db.conn.execute("PRAGMA busy_timeout = 500")
            self._db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.close()
        self._lock.close()

    def _run(self) -> None:
        closing = False
        batch: list[_Job | None] = []
        while not closing:
            busy = len(batch) >= BUSY
            batch = [self._jobs.get()]
            if busy:
                time.sleep(LINGER)
            with contextlib.suppress(queue.Empty):
                while len(batch) < BATCH:
                    batch.append(self._jobs.get_nowait())
            closing = None in batch
            self._commit([job for job in batch if job])

    def _commit(self, batch: list[_Job]) -> None:
        writing = Writing(self._db)
        try:
            self._standing.check()
            with transaction(self._db):
                outcomes = [self._attempt(job, writing) for job in batch]
            if any(job.is_settling for job in batch):
                self._db.conn.execute("PRAGMA wal_checkpoint(PASSIVE)")
        except Exception as error:  # noqa: BLE001  every waiting unit must hear why, whatever it was
            outcomes = [(job, None, _as_store_error(error)) for job in batch]
        # one call for all of a loop's: each would wake it up
        for loop, told in groupby(outcomes, lambda outcome: outcome[0].done.get_loop()):
            with contextlib.suppress(RuntimeError):  # the loop may be closed by now
                loop.call_soon_threadsafe(_settle, list(told))

    def _attempt(self, job: _Job, writing: Writing) -> _Outcome:
        # sqlite-utils' own `atomic` makes up a random name for each: a tenth of a unit that writes two rows
        run = self._db.conn.execute
        run("SAVEPOINT unit")
        try:
            value = job.unit(writing)
        except Exception as error:
            # a full disk has rolled back everything by itself
            if not self._db.conn.in_transaction:
                raise
            run("ROLLBACK TO unit")
            run("RELEASE unit")
            return job, None, _as_store_error(error)
        run("RELEASE unit")
        return job, value, None


def _settle(outcomes: list[_Outcome]) -> None:
    for job, value, failure in outcomes:
        if job.done.done():
            continue
        if failure is None:
            job.done.set_result(value)
        else:
            job.done.set_exception(failure)


def _as_store_error(error: Exception) -> Exception:
    if isinstance(error, sqlite3.Error):
        kind = NoRoomError if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) in _NO_ROOM else StoreError
        failure = kind(f"the database could not write: {_said(error)}")
        failure.__cause__ = error
        return failure
    return error


def _said(error: sqlite3.Error) -> str:
    return f"it is damaged ({error}); `monitor db check` says how, and what to do" if is_damage(error) else str(error)
