"""Answers → evidence files, one a day (UTC): monitor-20261125-001.warc.gz. Touches the evidence folder and nothing else."""

from __future__ import annotations

import contextlib
import os
import re
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from monitor.archive import warc
from monitor.archive.member import DamagedError, Member, pack, sound_end, walk
from monitor.errors import ArchiveError, NoPermissionError
from monitor.model import Fetched, Record

FOLDER = "evidence"
"""The folder of the evidence files, in the one that config.toml calls its state."""
CAP = 250_000_000
"""Bytes from which on a file is full: one that is still carried and opened with ease, as other archives have them."""
_NAME = re.compile(r"monitor-(\d{8})-(\d{3,})\.warc\.gz")
_NEW = ".new"


@dataclass(slots=True)
class _File:
    """A file that is being written: its path, its end in bytes, and the id of its warcinfo record."""

    path: Path
    end: int
    info: str


class Archive:
    """The evidence of one daemon. Its methods may be called from several threads; no other process may write there."""

    def __init__(self, folder: Path, *, software: str) -> None:
        """Take the folder, which is made when it is first needed, and the name and version of the software that writes."""
        self._folder = folder
        self._software = software
        self._lock = threading.Lock()
        self._file: _File | None = None
        self._is_mended = False

    def keep(self, fetched: Fetched) -> Record:
        """Write an answer, with the redirects that led to it; it is on disk when this returns. Blocks.

        Raises ArchiveError where it could not be written: then nothing of it was, and the file is whole.
        """
        with self._lock:
            try:
                return self._keep(fetched)
            except OSError as error:
                self._file, self._is_mended = None, False
                raise ArchiveError(f"{self._folder}: the evidence could not be written: {error.strerror}") from error

    def _keep(self, fetched: Fetched) -> Record:
        if not self._is_mended:
            self._mend()
        file = self._file = self._current(f"{fetched.fetched_at.astimezone(UTC):%Y%m%d}", fetched.fetched_at)
        members = [pack(record) for record in warc.answer(fetched, info=file.info)]
        start = file.end
        _append(file.path, b"".join(members), start)
        file.end += sum(map(len, members))
        return Record(
            file=file.path.name,
            start=start,
            length=len(members[0]),
            url=fetched.url,
            status=fetched.status,
            fetched_at=fetched.fetched_at,
            digest=warc.digest(fetched.raw),
            way=fetched.way,
        )

    def _mend(self) -> None:
        """Cut off what a kill or a power cut left half written: only the newest file can have such an end."""
        for unfinished in self._folder.glob(f"*{_NEW}"):
            unfinished.unlink()
        for name in _names(self._folder)[-1:]:
            self._file = _opened(self._folder / name)
        self._is_mended = True

    def _current(self, day: str, now: datetime) -> _File:
        """Give the file that an answer of a day is written to, and make it where there is none, or none with room."""
        file = self._file
        if file is None or _day(file.path.name) != day or _size(file.path) != file.end:
            # none yet, or another day's; or it was taken away, or changed by somebody else
            newest = self._of_day(day)[-1:]
            file = _opened(self._folder / newest[0]) if newest else None
        return file if file is not None and file.end < CAP else self._made(day, now)

    def _of_day(self, day: str) -> tuple[str, ...]:
        return tuple(name for name in _names(self._folder) if _day(name) == day)

    def _made(self, day: str, now: datetime) -> _File:
        """Make a file. It has its name only once it begins as it must: a kill half way leaves none that nobody can open."""
        if not self._folder.exists():
            self._folder.mkdir(mode=0o700)
            _sync_folder(self._folder.parent)
        name = f"monitor-{day}-{max(map(_serial, self._of_day(day)), default=0) + 1:03}.warc.gz"
        ident, record = warc.info(name, software=self._software, now=now)
        packed = pack(record)
        unfinished, path = self._folder / f"{name}{_NEW}", self._folder / name
        unfinished.unlink(missing_ok=True)
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        _append(unfinished, packed, 0)
        unfinished.rename(path)
        _sync_folder(self._folder)
        return _File(path, len(packed), ident)


def names(folder: Path) -> tuple[str, ...]:
    """Give the names of the evidence files in a folder, oldest first; none where there is no such folder.

    Raises NoPermissionError.
    """
    try:
        return _names(folder)
    except PermissionError as error:
        raise NoPermissionError(f"{folder}: may not be read by this user; the service's own user can") from error


def aged(folder: Path, before: datetime) -> tuple[str, ...]:
    """Give the names of the files of days (UTC) that were over before a time. Raises NoPermissionError."""
    day = f"{before.astimezone(UTC):%Y%m%d}"
    return tuple(name for name in names(folder) if _day(name) < day)


def forget(folder: Path, before: datetime) -> tuple[str, ...]:
    """Delete the files of days (UTC) that were over before a time; gives their names.

    Their rows go first (`aged` names them): after a crash in between, what no row knows of is deleted here the next time.
    Raises ArchiveError where one cannot be deleted, NoPermissionError.
    """
    gone = aged(folder, before)
    for name in gone:
        try:
            (folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise ArchiveError(f"{folder / name}: cannot be deleted: {error.strerror}") from error
    if gone:
        with contextlib.suppress(OSError):
            _sync_folder(folder)
    return gone


def _names(folder: Path) -> tuple[str, ...]:
    try:
        found = [name for name in os.listdir(folder) if _NAME.fullmatch(name)]  # noqa: PTH208  names are what is wanted
    except FileNotFoundError:
        return ()
    return tuple(sorted(found, key=lambda name: (_day(name), _serial(name))))


def _opened(path: Path) -> _File | None:
    """Make a file ready to be written to, cutting off a record that is not whole. None: it was damaged, and is left as it is."""
    with path.open("r+b") as file:
        found = sound_end(file)
        first = _first(file)
        if found is None or first is None:
            return None
        end, last = found
        with contextlib.suppress(DamagedError):
            read = warc.parsed(last.record)
            if read.kind == "response" and read.concurrent:
                # written together with its redirects, which were cut off
                end = last.start
        if file.seek(0, os.SEEK_END) > end:
            file.truncate(end)
            os.fsync(file.fileno())
        return _File(path, end, first.id)


def _first(file: BinaryIO) -> warc.Warc | None:
    """Read the warcinfo record with which a file begins; None where it does not."""
    found = next(walk(file), None)
    if not isinstance(found, Member):
        return None
    with contextlib.suppress(DamagedError):
        read = warc.parsed(found.record)
        return read if read.kind == "warcinfo" else None
    return None


def _append(path: Path, packed: bytes, end: int) -> None:
    """Write behind the end of a file, down to the disk. What cannot be written whole is cut off again. Raises OSError."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        left = memoryview(packed)
        while left:
            left = left[os.write(file, left) :]
        os.fsync(file)
    except BaseException:
        # on a full disk, too, a file can be made shorter
        with contextlib.suppress(OSError):
            os.ftruncate(file, end)
            os.fsync(file)
        raise
    finally:
        os.close(file)


def _sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _day(name: str) -> str:
    found = _NAME.fullmatch(name)
    return found[1] if found else ""


def _serial(name: str) -> int:
    found = _NAME.fullmatch(name)
    return int(found[2]) if found else 0


def _size(path: Path) -> int | None:
    """Give a file's size in bytes; None where it is not there."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None
