"""Evidence file and what the database knows of it → whether each byte and each record is as it was written. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from monitor.archive import warc
from monitor.archive.member import HEAD, Damage, DamagedError, Member, length_of, unpack, walk
from monitor.archive.warc import Warc
from monitor.errors import ArchiveError, NoPermissionError
from monitor.model import Fault, Record, Redirect, Verified


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An answer as it was kept. ``head``: its header lines; ``body``: as it came, still packed."""

    url: str
    status: int
    head: tuple[tuple[bytes, bytes], ...]
    body: bytes


def verify(folder: Path, name: str, records: Collection[Record]) -> Verified:
    """Check every byte of an evidence file, and that it holds the records that the database knows there, as it knows them.

    Raises NoPermissionError, ArchiveError where the file can't be read.
    """
    try:
        with _open(folder / name) as file:
            return _Check(name, records).through(file)
    except FileNotFoundError:
        count = f", with {len(records):,} records" if len(records) > 1 else ""
        missing = Fault(file=name, start=0, reason=f"the file is missing{count}")
        return Verified(file=name, records=len(records), strays=0, is_unfinished=False, faults=(missing,))
    except OSError as error:
        raise ArchiveError(f"{folder / name}: cannot be read: {error.strerror}") from error


def read(folder: Path, record: Record) -> Kept:
    """Give an answer as it was kept. Raises ArchiveError where it is not there as the database knows it, NoPermissionError."""
    found = _found(folder, record)[0][1]
    return Kept(url=found.url, status=warc.status(found.head), head=warc.head_lines(found.head), body=found.payload)


def packed(folder: Path, record: Record) -> bytes:
    """Give an answer's members, byte for byte: its own, and that of the redirects that led there. Raises as `read` does."""
    return b"".join(member for member, _ in _found(folder, record))


def opening(folder: Path, name: str) -> bytes:
    """Give the member with which an evidence file begins, byte for byte: its warcinfo record. Raises as `read` does."""
    try:
        with _open(folder / name) as file:
            return _member(file, 0)[0]
    except FileNotFoundError as error:
        raise ArchiveError(f"{name}: the file is missing") from error
    except (OSError, DamagedError) as error:
        raise ArchiveError(f"{name}: its first record cannot be read: {error}") from error


def _found(folder: Path, record: Record) -> tuple[tuple[bytes, Warc], ...]:
    where = f"{record.file}, byte {record.start:,}: {record.url}"
    try:
        with _open(folder / record.file) as file:
            found = [_member(file, record.start)]
            if record.way:
                found.append(_member(file, record.start + record.length))
    except FileNotFoundError as error:
        raise ArchiveError(f"{where}: the file is missing") from error
    except (OSError, DamagedError) as error:
        raise ArchiveError(f"{where}: {error}") from error
    (member, answer), *more = found
    fault = _fault(answer) or _mismatch(record, answer, len(member))
    for _, metadata in more:
        fault = fault or _fault(metadata) or _astray(record, answer, metadata)
    if fault:
        raise ArchiveError(f"{where}: {fault}")
    return tuple(found)


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except PermissionError as error:
        raise NoPermissionError(f"{path}: may not be read by this user; the service's own user can") from error


def _member(file: BinaryIO, start: int) -> tuple[bytes, Warc]:
    """Read one member. Raises DamagedError."""
    file.seek(start)
    head = file.read(HEAD)
    member = head + file.read(max((length_of(head) or 0) - HEAD, 0))
    return member, warc.parsed(unpack(member))


@dataclass(frozen=True, slots=True)
class _Seen:
    """A record that was met on the way, and what the database knows there."""

    start: int
    read: Warc
    record: Record | None


class _Check:
    """One way through a file."""

    def __init__(self, name: str, records: Collection[Record]) -> None:
        self.name = name
        self.records = {record.start: record for record in records}
        self.count = len(records)
        self.faults: list[Fault] = []
        self.info: str | None = None
        self.ids: set[str] = set()
        self.strays = 0
        self.is_unfinished = False

    def through(self, file: BinaryIO) -> Verified:
        awaits: _Seen | None = None
        was_damaged = False
        for found in walk(file):
            record = self.records.pop(found.start, None)
            seen = self._seen(found, record)
            if seen is not None and not was_damaged:
                self._check_pair(awaits, seen)
            if seen is not None or not self.is_unfinished:
                awaits = seen if seen and seen.read.kind == "response" and seen.read.concurrent else None
            was_damaged = seen is None
        if awaits is not None and awaits.record is not None:
            self._say(awaits.start, "the record of its redirects is missing", awaits.record)
        elif awaits is not None:
            self.is_unfinished = True
        if self.info is None and not self.faults:
            self._say(0, "the file does not begin as it must")
        for start, record in self.records.items():
            self._say(start, "no record begins here", record)
        return Verified(
            file=self.name,
            records=self.count,
            strays=self.strays,
            is_unfinished=self.is_unfinished,
            faults=tuple(sorted(self.faults, key=lambda fault: fault.start)),
        )

    def _seen(self, found: Member | Damage, record: Record | None) -> _Seen | None:
        """Check what stands at a place by itself; None where it is no record."""
        if isinstance(found, Damage):
            if found.is_cut and record is None:
                self.is_unfinished = True
            else:
                self._say(found.start, found.reason, record)
            return None
        try:
            seen = _Seen(found.start, warc.parsed(found.record), record)
        except DamagedError as error:
            self._say(found.start, str(error), record)
            return None
        fault = _fault(seen.read) or self._misplaced(seen) or (record and _mismatch(record, seen.read, found.length))
        if fault:
            self._say(found.start, fault, record)
        elif seen.read.kind == "response" and record is None:
            self.strays += 1
        return seen

    def _misplaced(self, seen: _Seen) -> str | None:
        """Say what shows that a record was not written to this file, at this place."""
        read = seen.read
        if read.id in self.ids:
            return "the same record stands here again"
        self.ids.add(read.id)
        if seen.start == 0:
            if read.kind != "warcinfo" or read.name != self.name:
                return "the file does not begin with its own first record"
            self.info = read.id
            return None
        if read.kind not in {"response", "metadata"}:
            return "a record of a kind that is not written here"
        # where the first record is damaged, that was said
        return "a record of another file" if self.info is not None and read.info != self.info else None

    def _check_pair(self, awaits: _Seen | None, seen: _Seen) -> None:
        """Check that the redirects stand behind the answer they led to, and no others."""
        if seen.read.kind != "metadata":
            if awaits is not None:
                self._say(awaits.start, "the record of its redirects is missing", awaits.record)
        elif awaits is None:
            self._say(seen.start, "redirects without the answer to which they led")
        elif fault := _astray(awaits.record, awaits.read, seen.read):
            self._say(seen.start, fault, awaits.record)

    def _say(self, start: int, reason: str, record: Record | None = None) -> None:
        self.faults.append(Fault(file=self.name, start=start, reason=reason, record=record))


def _fault(read: Warc) -> str | None:
    """Say what a record shows to be wrong by itself."""
    if read.block_digest != warc.digest(read.block):
        return "its bytes were changed: the block digest differs"
    if read.kind == "response" and read.payload_digest != warc.digest(read.payload):
        return "its bytes were changed: the payload digest differs"
    return None


def _mismatch(record: Record, read: Warc, length: int) -> str | None:
    """Say in what a record is not the one that the database knows."""
    if read.kind != "response":
        return "another record stands here, which is no answer"
    pairs = (
        ("address", warc.target(read.url), warc.target(record.url)),
        ("time", read.date, warc.date(record.fetched_at)),
        ("status", warc.status(read.head), record.status),
        ("digest of the body", warc.digest(read.payload), record.digest),
        ("length", length, record.length),
        ("way", "with redirects" if read.concurrent else "direct", "with redirects" if record.way else "direct"),
    )
    return next((f"its {what} is {here}, and {known} in the database" for what, here, known in pairs if here != known), None)


def _astray(record: Record | None, response: Warc, metadata: Warc) -> str | None:
    """Say in what a record of redirects does not belong to an answer."""
    if metadata.kind != "metadata" or metadata.id != response.concurrent or metadata.concurrent != response.id:
        return "the record of its redirects is missing"
    if record is None or not record.way:
        return None
    known = tuple(Redirect(url=warc.target(hop.url), status=hop.status) for hop in record.way)
    return None if warc.way(metadata) == known else "its redirects are not those in the database"
