"""Fetched → WARC records (WARC/1.1, ISO 28500:2017), and back. The only module that knows warcio. Touches nothing.

An answer is written as it came, but for four things, each told in the warcinfo record of its file: Set-Cookie lines, which are a
subscriber's session, are left out; the status line is written anew, as its words are not handed on; where chunks were undone, the
lines that would claim otherwise are renamed, as other archives do; and a byte that would break a line becomes a space.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from io import BytesIO
from urllib.parse import quote
from uuid import uuid4

from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord, ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParserException
from warcio.warcwriter import WARCWriter

from monitor.archive.member import DamagedError
from monitor.model import Fetched, Redirect

_VERSION = "WARC/1.1"
_ABOUT = (
    ("format", "WARC File Format 1.1"),
    ("conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"),
)
_OMITTED = (
    "Answers with their bodies as they came, content coding included, transfer coding undone. Left out: requests, and the"
    " Set-Cookie lines of answers. Status lines are rewritten. CR, LF and NUL in header lines are spaces."
)
_RESPONSE = "application/http;msgtype=response"
_FIELDS = "application/warc-fields"
_COOKIES = frozenset({b"setcookie", b"setcookie2"})
_RENAMED = b"X-Archive-Orig-"
"""What other archives put before the name of a line that came so, and is no longer true of what is kept."""
_BREAKING = re.compile(rb"[\r\n\0]")
_NO_LETTER = re.compile(rb"[^a-z0-9]")
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 §5.6.2
_PLAIN = "".join(map(chr, range(0x21, 0x7F)))
_END = b"\r\n\r\n"
_STATUS = re.compile(rb"HTTP/1\.1 (\d{1,9}) ")
_REDIRECT = re.compile(r"redirect: (\d+) (\S+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Warc:
    """A record as it was read. ``kind``: warcinfo, response or metadata. ``block``: all of it below the record's own head.

    ``info``: the id of the warcinfo record that it was written under. ``concurrent``: the id of the record that goes with it.
    """

    kind: str
    id: str
    url: str
    date: str
    name: str
    info: str
    concurrent: str
    block: bytes
    block_digest: str
    payload_digest: str

    @property
    def head(self) -> bytes:
        """An answer's status line and header lines."""
        return self.block.partition(_END)[0]

    @property
    def payload(self) -> bytes:
        """An answer's body."""
        return self.block.partition(_END)[2]


def info(name: str, *, software: str, now: datetime) -> tuple[str, bytes]:
    """Write the record with which a file begins; gives its id too. It names no machine and no user."""
    head = {"WARC-Type": "warcinfo", "WARC-Record-ID": _id(), "WARC-Date": date(now), "WARC-Filename": name}
    fields = _fields((("software", software), *_ABOUT, ("description", _OMITTED)))
    return head["WARC-Record-ID"], _written(head, _FIELDS, fields)


def answer(fetched: Fetched, *, info: str) -> tuple[bytes, ...]:
    """Write an answer as a record, and the redirects that led there, where there were any, as a second one."""
    response, metadata = _id(), _id()
    same = {"WARC-Date": date(fetched.fetched_at), "WARC-Target-URI": target(fetched.url), "WARC-Warcinfo-ID": info}
    head = {"WARC-Type": "response", "WARC-Record-ID": response, **same, "WARC-Payload-Digest": digest(fetched.raw)}
    if not fetched.way:
        return (_written(head, _RESPONSE, _block(fetched)),)
    first = _written({**head, "WARC-Concurrent-To": metadata}, _RESPONSE, _block(fetched))
    hops = (("redirect", f"{hop.status} {target(hop.url)}") for hop in fetched.way)
    fields = _fields((("via", target(fetched.way[-1].url)), *hops))
    head = {"WARC-Type": "metadata", "WARC-Record-ID": metadata, **same, "WARC-Concurrent-To": response}
    # without a digest of the payload, which is the block here, warcio would add one, of another kind
    return first, _written({**head, "WARC-Payload-Digest": digest(fields)}, _FIELDS, fields)


def parsed(record: bytes) -> Warc:
    """Read a record. Raises DamagedError where it is none, or not as long as it says."""
    try:
        found = ArcWarcRecordLoader().parse_record_stream(BytesIO(record), known_format="warc", no_record_parse=True)
        length = int(found.rec_headers.get_header("Content-Length", ""))
    except (EOFError, ValueError, ArchiveLoadFailed, StatusAndHeadersParserException) as error:
        raise DamagedError("is no WARC record") from error
    block: bytes = found.raw_stream.read()
    if len(block) != length or not record.endswith(block + _END):
        raise DamagedError("is not as long as it says")

    def field(name: str) -> str:
        return str(found.rec_headers.get_header(name, ""))

    return Warc(
        kind=field("WARC-Type"),
        id=field("WARC-Record-ID"),
        url=field("WARC-Target-URI"),
        date=field("WARC-Date"),
        name=field("WARC-Filename"),
        info=field("WARC-Warcinfo-ID"),
        concurrent=field("WARC-Concurrent-To"),
        block=block,
        block_digest=field("WARC-Block-Digest"),
        payload_digest=field("WARC-Payload-Digest"),
    )


def way(metadata: Warc) -> tuple[Redirect, ...]:
    """Read the redirects that a metadata record names."""
    lines = metadata.block.decode("utf-8", "replace").split("\r\n")
    return tuple(Redirect(url=hop[2], status=int(hop[1])) for hop in map(_REDIRECT.fullmatch, lines) if hop)


def head_lines(head: bytes) -> tuple[tuple[bytes, bytes], ...]:
    """Read the header lines of an answer; the first one is its status line, and is left out."""
    return tuple((name, value) for name, _, value in (line.partition(b": ") for line in head.split(b"\r\n")[1:]))


def status(head: bytes) -> int:
    """Read the status of an answer; 0 where none stands there."""
    found = _STATUS.match(head)
    return int(found[1]) if found else 0


def digest(content: bytes) -> str:
    """Give a digest as WARC records and the database name it. warcio, and with it pywb, reads the hex form as well as base 32."""
    return f"sha256:{sha256(content).hexdigest()}"


def date(moment: datetime) -> str:
    """Give a time as WARC-Date (W3C-DTF): whole seconds, as in the database."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def target(url: str) -> str:
    """Give an address as it may stand in a record's head: what would break a line, or end the address, is quoted."""
    return quote(url, safe=_PLAIN, errors="replace")


def _id() -> str:
    return f"<urn:uuid:{uuid4()}>"


def _written(head: dict[str, str], content_type: str, block: bytes) -> bytes:
    lines = StatusAndHeaders("", [*head.items(), ("WARC-Block-Digest", digest(block))], protocol=_VERSION)
    # the block goes in whole: of an answer's head that it was given apart, warcio would quote all that is not ASCII
    record = ArcWarcRecord("warc", head["WARC-Type"], lines, BytesIO(block), None, content_type, len(block))
    out = BytesIO()
    WARCWriter(out, gzip=False).write_record(record)
    return out.getvalue()


def _block(fetched: Fetched) -> bytes:
    return b"\r\n".join((_status_line(fetched.status), *_kept(fetched), b"", fetched.raw))


def _status_line(number: int) -> bytes:
    try:
        return f"HTTP/1.1 {number} {HTTPStatus(number).phrase}".encode()
    except ValueError:
        return f"HTTP/1.1 {number} ".encode()


def _kept(fetched: Fetched) -> Iterable[bytes]:
    """Give an answer's header lines, as they came where they can stand so."""
    length = str(len(fetched.raw)).encode()
    names = {name.lower() for name, _ in fetched.head}
    was_chunked = b"transfer-encoding" in names
    for name, value in fetched.head:
        key = name.lower()
        if _NO_LETTER.sub(b"", key) in _COOKIES:
            continue
        is_untrue = key == b"transfer-encoding" or (key == b"content-length" and (was_chunked or value.strip() != length))
        yield _line(_RENAMED + name if is_untrue else name, value)
    if was_chunked:
        # or the body's end could not be told, once this is an answer again
        yield b"Content-Length: " + length


def _line(name: bytes, value: bytes) -> bytes:
    """Write a header line. What is no name of a field (RFC 9110 §5.1) is kept as the value of one that is."""
    line = name + b": " + value
    if not _TOKEN.fullmatch(name):
        line = _RENAMED + b"Line: " + line
    # as whoever receives them has to take these (RFC 9110 §5.5)
    return _BREAKING.sub(b" ", line)


def _fields(fields: Iterable[tuple[str, str]]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in fields).encode()
