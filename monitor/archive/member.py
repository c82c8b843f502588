"""A record's bytes ↔ the gzip member that it stands in, and a file of such members → each of them, whole or not. Touches nothing.

Each record is a gzip member of its own (WARC/1.1, annex D), so that one can be read without the others. The member's head holds,
in an extra field (RFC 1952 §2.3.1.1, which every reader of gzip skips), its own length and the SHA-256 of its packed bytes. gzip
itself would not notice every changed byte – those of its head, the unused bits at the end – and says nothing of where it ends:
by the length a record that was cut off is told from one that was changed, and only what was cut off is ever cut away.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO

_FIELD = struct.Struct("<I32s")  # the member's length, the digest of what follows its head
_CHECK = struct.Struct("<I")  # CRC-32 of the head up to here
_SIZE = _FIELD.size + _CHECK.size
# magic, deflate, "has an extra field", no time, no flags, system unknown (RFC 1952 §2.3): the same in each
START = bytes.fromhex("1f8b0804 00000000 00ff") + struct.pack("<H2sH", _SIZE + 4, b"mn", _SIZE)
HEAD = len(START) + _SIZE
_END = struct.Struct("<II")  # CRC-32 and length of what was packed
_LEVEL = 6
_PIECE = 1 << 20


class DamagedError(Exception):
    """A member is not as it was written; says what shows it."""


@dataclass(frozen=True, slots=True)
class Member:
    """A whole member: where it begins, its length in bytes, and the record that it holds."""

    start: int
    length: int
    record: bytes


@dataclass(frozen=True, slots=True)
class Damage:
    """What should be a member and is none, and what shows it. ``is_cut``: the file ends before the member does."""

    start: int
    reason: str
    is_cut: bool = False


def pack(record: bytes) -> bytes:
    """Pack a record; the same bytes give the same member."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = packer.compress(record) + packer.flush() + _END.pack(zlib.crc32(record), len(record))
    head = START + _FIELD.pack(HEAD + len(body), sha256(body).digest())
    return head + _CHECK.pack(zlib.crc32(head)) + body


def length_of(head: bytes) -> int | None:
    """Read a member's length from its first HEAD bytes; None where they are not the head of a member, as it was written."""
    if len(head) < HEAD or not head.startswith(START):
        return None
    if _CHECK.unpack_from(head, HEAD - _CHECK.size) != (zlib.crc32(head[: HEAD - _CHECK.size]),):
        return None
    length: int = _FIELD.unpack_from(head, len(START))[0]
    return length if length >= HEAD + _END.size else None


def unpack(member: bytes) -> bytes:
    """Give the record that a member holds. Raises DamagedError where any byte of it is not the one that was written."""
    if length_of(member[:HEAD]) != len(member):
        raise DamagedError("a byte was changed: this is not the head of a record")
    _, digest = _FIELD.unpack_from(member, len(START))
    body = memoryview(member)[HEAD:]
    if sha256(body).digest() != digest:
        raise DamagedError("a byte was changed: the packed bytes have another digest")
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        record = unpacker.decompress(body)
    except zlib.error as error:
        raise DamagedError("cannot be unpacked") from error
    if not unpacker.eof or unpacker.unused_data != _END.pack(zlib.crc32(record), len(record)):
        raise DamagedError("cannot be unpacked whole")
    return record


def walk(file: BinaryIO) -> Iterator[Member | Damage]:
    """Go through a file from its beginning. After something that is no member it goes on at the next head of one."""
    size = file.seek(0, os.SEEK_END)
    at = 0
    while at < size:
        file.seek(at)
        head = file.read(HEAD)
        length = length_of(head)
        if length is None:
            yield Damage(at, "no record begins here, or a byte of its head was changed", is_cut=_is_beginning(head))
            at = _next(file, at + 1, size)
        elif at + length > size:
            yield Damage(at, f"the record is cut off: the file ends {at + length - size:,} bytes too early", is_cut=True)
            return
        else:
            yield _member(at, head + file.read(length - HEAD))
            at += length


def sound_end(file: BinaryIO) -> tuple[int, Member] | None:
    """Give the end of the last whole member of a file and that member itself: what follows was cut off while it was written.

    None: something in the file was damaged in another way. Only heads are read, and the last member.
    """
    size = file.seek(0, os.SEEK_END)
    at, last = 0, -1
    while at < size:
        file.seek(at)
        head = file.read(HEAD)
        length = length_of(head)
        if length is None and not _is_beginning(head) and not _is_blank(head, file):
            return None
        if length is None or at + length > size:
            break
        at, last = at + length, at
    if last < 0:
        return None
    file.seek(last)
    found = _member(last, file.read(at - last))
    return (at, found) if isinstance(found, Member) else None


def _member(start: int, packed: bytes) -> Member | Damage:
    try:
        return Member(start, len(packed), unpack(packed))
    except DamagedError as error:
        return Damage(start, str(error))


def _is_beginning(head: bytes) -> bool:
    """Say whether a file that ends with these bytes ends within a head."""
    return len(head) < HEAD and head[: len(START)] == START[: len(head)]


def _is_blank(head: bytes, file: BinaryIO) -> bool:
    """Say whether all the rest is zeros: after a power cut a file may have grown before its bytes were there."""
    while head:
        if head.strip(b"\0"):
            return False
        head = file.read(_PIECE)
    return True


def _next(file: BinaryIO, at: int, size: int) -> int:
    """Find where the next head begins; the file's end where none does."""
    kept = len(START) - 1
    while at < size:
        file.seek(at)
        piece = file.read(_PIECE + kept)
        found = piece.find(START)
        if found >= 0:
            return at + found
        at += _PIECE
    return size
