"""A stream of raw bytes → the whole body, decoded, within a bound that holds before and after decoding."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator

import httpx

from monitor.errors import FetchError

_GZIP_OR_ZLIB = 47  # zlib: 15 bits of window, + 32 to tell gzip from zlib by its header
_GZIP_MAGIC = b"\x1f\x8b"


async def read(response: httpx.Response, max_size: int) -> bytes:
    """Read it all. Raises FetchError (too_big, bad_encoding, truncated), and what the engine raises.

    Only gzip was asked for, and it is unpacked here, piece by piece: httpx would unpack a bomb before anybody could count.
    """
    is_packed = _is_packed(response.headers)
    if _announced(response.headers) > max_size:
        raise _too_big(max_size)
    pieces = _bounded(response.aiter_raw(), max_size)
    return await (_unpacked(pieces, max_size) if is_packed else _joined(pieces))


async def _joined(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


async def _bounded(pieces: AsyncIterator[bytes], max_size: int) -> AsyncIterator[bytes]:
    size = 0
    async for piece in pieces:
        size += len(piece)
        if size > max_size:
            raise _too_big(max_size)
        yield piece


async def _unpacked(pieces: AsyncIterator[bytes], max_size: int) -> bytes:
    unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
    body = bytearray()
    is_empty = True
    async for piece in pieces:
        is_empty = False
        if unpacker.eof:
            continue
        try:
            body += unpacker.decompress(piece, max_size + 1 - len(body))
        except zlib.error:
            raise FetchError("bad_encoding", "said to be gzip, but is not") from None
        if len(body) > max_size:
            raise _too_big(max_size)
        if unpacker.unused_data.startswith(_GZIP_MAGIC):
            # Taking only the first of several members would be half a feed that looks whole.
            raise FetchError("bad_encoding", "gzip in several pieces")
    if not is_empty and not unpacker.eof:
        raise FetchError("truncated", "the gzip body ends too early")
    return bytes(body)


def _is_packed(headers: httpx.Headers) -> bool:
    codings = [coding for coding in headers.get_list("content-encoding", split_commas=True) if coding.strip()]
    wanted = [coding.strip().lower() for coding in codings if coding.strip().lower() != "identity"]
    if not wanted:
        return False
    if wanted in (["gzip"], ["x-gzip"]):
        return True
    raise FetchError("bad_encoding", "packed in a way that was not asked for")


def _announced(headers: httpx.Headers) -> int:
    length = headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0


def _too_big(max_size: int) -> FetchError:
    return FetchError("too_big", f"more than {max_size:,} bytes")
