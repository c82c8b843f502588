"""A stream of raw bytes → the whole body, decoded, within a bound that holds before and after decoding."""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import httpx

from monitor.errors import FetchError
from monitor.fetch.head import Head


class Body(NamedTuple):
    """A body as it is read, and as it came (the same where it was not packed)."""

    decoded: bytes
    raw: bytes


Reader = Callable[[httpx.Response, Head, int], Awaitable[Body]]
"""(answer, its head, the greatest size) → the body, or as much of it as is wanted."""

_GZIP_OR_ZLIB = 47  # zlib: 15 bits of window, + 32 to tell gzip from zlib by its header
_GZIP_MAGIC = b"\x1f\x8b"


async def whole(response: httpx.Response, head: Head, max_size: int) -> Body:
    """Read it all. Raises FetchError (too_big, bad_encoding, truncated), and what the engine raises.

    Only gzip was asked for, and it is unpacked here, piece by piece: httpx would unpack a bomb before anybody could count.
    """
    unpacker = _unpacker(head)
    if _announced(head) > max_size:
        raise _too_big(max_size)
    body = bytearray()
    raw = bytearray() if unpacker else body
    size = 0
    async for piece in response.aiter_raw():
        size += len(piece)
        if size > max_size:
            raise _too_big(max_size)
        raw += piece
        if unpacker:
            body += unpacker.unpack(piece, max_size + 1 - len(body))
        if len(body) > max_size:
            raise _too_big(max_size)
    decoded = bytes(body)
    if not unpacker:
        return Body(decoded, decoded)
    unpacker.finish()
    return Body(decoded, bytes(raw))


async def beginning(response: httpx.Response, head: Head, max_size: int) -> Body:
    """Read no more than the first ``max_size`` bytes, and leave the rest: nobody asks how they came.

    Raises as ``whole`` does, but for too_big.
    """
    unpacker = _unpacker(head)
    body = bytearray()
    async for piece in response.aiter_raw():
        body += unpacker.unpack(piece, max_size - len(body)) if unpacker else piece
        if len(body) >= max_size:
            break
    else:
        if unpacker:
            unpacker.finish()
    decoded = bytes(body[:max_size])
    return Body(decoded, decoded)


def is_packed(head: Head) -> bool:
    """Say whether a body is packed with gzip, which has an end of its own. Raises FetchError (bad_encoding): in another way."""
    codings = [coding.strip().lower() for coding in head.joined(b"content-encoding").split(",")]
    wanted = [coding for coding in codings if coding not in {"", "identity"}]
    if not wanted:
        return False
    if wanted in (["gzip"], ["x-gzip"]):
        return True
    raise FetchError("bad_encoding", "packed in a way that was not asked for")


class _Unpacker:
    """Unpacks gzip, however the server cut it."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(_GZIP_OR_ZLIB)
        self._is_empty = True
        self._after = b""

    def unpack(self, piece: bytes, most: int) -> bytes:
        """Give the next bytes, ``most`` (1 or more) of them. What did not fit is lost: whoever got so many has had enough."""
        self._is_empty = False
        if self._zlib.eof:
            self._end(piece)
            return b""
        try:
            unpacked = self._zlib.decompress(piece, most)
        except zlib.error:
            raise FetchError("bad_encoding", "said to be gzip, but is not") from None
        if self._zlib.unused_data:
            self._end(self._zlib.unused_data)
        return unpacked

    def _end(self, after: bytes) -> None:
        """Look at what comes after the end: taking only the first of several members would be half a feed that looks whole."""
        self._after += after[: len(_GZIP_MAGIC) - len(self._after)]
        if self._after == _GZIP_MAGIC:
            raise FetchError("bad_encoding", "gzip in several pieces")

    def finish(self) -> None:
        """Raise FetchError (truncated) where the end is missing. No byte at all is an empty body, not a broken one."""
        if not self._is_empty and not self._zlib.eof:
            raise FetchError("truncated", "the gzip body ends too early")


def _unpacker(head: Head) -> _Unpacker | None:
    return _Unpacker() if is_packed(head) else None


def _announced(head: Head) -> int:
    length = head.only(b"content-length") or ""
    return int(length) if length.isascii() and length.isdigit() else 0


def _too_big(max_size: int) -> FetchError:
    return FetchError("too_big", f"more than {max_size:,} bytes")
