"""Bytes from the web → text that an XML parser may see, from the root element on, or a refusal. Touches nothing.

Whatever stands before the root element never reaches the XML parser: a document type with declarations in it is refused (a chain
of entities kills the process inside expat, where no ``except`` helps: CVE-2024-8176), a bare one is dropped. The decoding is
done here, once, so that no second opinion about the charset can smuggle a declaration past the look.
"""

from __future__ import annotations

import re
import zlib

from monitor import charset
from monitor.errors import ParseError

MAX_UNPACKED = 10_000_000

_BEFORE_ROOT = re.compile(r"\s+|<\?[^>]*\?>|<!--(?:(?!-->).)*-->|<!(?!--)[^>\[]*\[?[^>]*>", re.DOTALL)
_DECLARATION = re.compile(r"<!DOCTYPE[^>]*\[|<!(?:ENTITY|ATTLIST|ELEMENT|NOTATION)\b", re.IGNORECASE)
FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
_ROOTS = FEED_ROOTS | {"html"}
_KNOWN_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(?:rss|feed|rdf|channel)[\s>]", re.IGNORECASE)
_ANY_ROOT = re.compile(r"<[^\W\d][\w:.-]*")
_MAX_HEAD = 100_000

_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CONTROLS = bytes(code for code in range(ord(" ")) if code not in b"\t\n\r")
_NONCHARACTERS = ("\ufffe".encode(), "\uffff".encode())
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
_MAX_DIGITS = 8
_MAX_CODE = 0x10FFFF


def is_packed(body: bytes) -> bool:
    """Tell a gzip that the server did not declare."""
    return body.startswith(b"\x1f\x8b")


def unpacked(body: bytes) -> bytes:
    """Undo a gzip that the server did not declare; raises ParseError where it is broken or unpacks past 10 MB."""
    if not is_packed(body):
        return body
    inflater = zlib.decompressobj(31)
    try:
        plain = inflater.decompress(body, MAX_UNPACKED)
    except zlib.error as error:
        raise ParseError("garbage", "the body is a broken gzip file") from error
    if not inflater.eof:
        raise ParseError("garbage", "the body is a gzip file that is cut short, or unpacks to more than 10 MB")
    return plain


def decoded(body: bytes, *, content_type: str) -> str:
    """Decode a feed; ``content_type``: the HTTP header's value."""
    return charset.decoded(body, content_type=content_type, inside=charset.inside_xml(body))


def rooted(text: str) -> str:
    """Cut away what stands before the root element; raises ParseError of kind doctype where declarations stand there."""
    start = _root(text)
    head = text[:start]
    if _DECLARATION.search(head):
        raise ParseError("doctype", "it declares a document type of its own, which no feed needs and attacks do")
    return text[start:]


def _root(text: str) -> int:
    """Find where the root element starts; the text's length where there is none."""
    position = 0
    while found := _BEFORE_ROOT.match(text, position, position + _MAX_HEAD):
        position = found.end()
    first = _ANY_ROOT.match(text, position)
    if first and root_name(first[0]) in _ROOTS:
        return position
    # junk before the feed (a warning of the site's own software, most often), or a wrapper round it
    found_later = _KNOWN_ROOT.search(text, position, position + _MAX_HEAD) or _ANY_ROOT.search(
        text, position, position + _MAX_HEAD
    )
    return found_later.start() if found_later else len(text)


def root_name(text: str) -> str:
    """Name the root element of ``rooted`` text, in lower case and without prefix; empty where there is none."""
    found = _ANY_ROOT.match(text)
    return found[0].lstrip("<").rpartition(":")[2].lower() if found else ""


def mended(text: str) -> bytes:
    """Replace what XML allows nowhere: control characters, and references to what is no character (feedparser #599); UTF-8."""
    raw = text.encode("utf-8", "replace")
    # a text is searched for a set of characters ten times as slowly as bytes are deleted
    if len(raw.translate(None, _CONTROLS)) < len(raw) or any(sign in raw for sign in _NONCHARACTERS):
        text = _NO_XML.sub(" ", text)
    elif b"&#" not in raw:
        return raw
    return _REFERENCE.sub(_mended_reference, text).encode("utf-8", "replace")


def _mended_reference(found: re.Match[str]) -> str:
    digits = (found[1] or found[2]).lstrip("0")
    if len(digits) > _MAX_DIGITS:
        return "\ufffd"
    code = int(digits or "0", 16 if found[1] else 10)
    return found[0] if code <= _MAX_CODE and not _NO_XML.match(chr(code)) else "\ufffd"
