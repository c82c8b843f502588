"""Bytes from the web → text that an XML parser may see, from the root element on, or a refusal. Touches nothing.

Whatever stands before the root element never reaches the XML parser: a document type with declarations in it is refused (a chain
of entities kills the process inside expat, where no ``except`` helps: CVE-2024-8176), a bare one is dropped. The decoding is
done here, once, so that no second opinion about the charset can smuggle a declaration past the look.
"""

from __future__ import annotations

import re
import zlib

from monitor.errors import ParseError

MAX_UNPACKED = 10_000_000

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\xff\xfe", "utf-16-le"),
)
# "<" and the character after it, in encodings where that can be told without a BOM
_BARE_WIDE = (
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00<\x00", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
)
# What outlets mean when they say so (WHATWG Encoding, §4.2)
_MEANT = {
    "iso-8859-1": "windows-1252",
    "latin1": "windows-1252",
    "us-ascii": "windows-1252",
    "ascii": "windows-1252",
    "iso-8859-9": "windows-1254",
    "tis-620": "windows-874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
_NEVER_MEANT = frozenset(
    {"utf-7", "utf7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
)
_SERVER_DEFAULTS = frozenset({"iso-8859-1", "latin1", "us-ascii", "ascii"})
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_PROLOG_CHARSET = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']", re.IGNORECASE)
_CLEAN_SHARE = 10

_BEFORE_ROOT = re.compile(r"\s+|<\?[^>]*\?>|<!--(?:(?!-->).)*-->|<!(?!--)[^>\[]*\[?[^>]*>", re.DOTALL)
_DECLARATION = re.compile(r"<!DOCTYPE[^>]*\[|<!(?:ENTITY|ATTLIST|ELEMENT|NOTATION)\b", re.IGNORECASE)
FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
_ROOTS = FEED_ROOTS | {"html"}
_KNOWN_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(?:rss|feed|rdf|channel)[\s>]", re.IGNORECASE)
_ANY_ROOT = re.compile(r"<[^\W\d][\w:.-]*")
_MAX_HEAD = 100_000

_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
_MAX_DIGITS = 8
_MAX_CODE = 0x10FFFF


def unpacked(body: bytes) -> bytes:
    """Undo a gzip that the server did not declare; raises ParseError where it is broken or unpacks past 10 MB."""
    if not body.startswith(b"\x1f\x8b"):
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
    """Decode a feed: BOM, then UTF-8 where the bytes bear it out, then what prolog and HTTP header say.

    A few bad bytes in UTF-8 become U+FFFD: to re-read the whole in another charset would turn every title into mojibake.
    """
    for mark, encoding in (*_BOMS, *_BARE_WIDE):
        if body.startswith(mark):
            return body.decode(encoding, "replace").lstrip("\ufeff")
    declared = _declared(body, content_type)
    text = _tolerantly(body, "utf-8", share=1 if "utf-8" in declared or not declared else _CLEAN_SHARE)
    for encoding in declared:
        text = text if text is not None else _tolerantly(body, encoding, share=_CLEAN_SHARE)
    return text if text is not None else body.decode("windows-1252", "replace")


def _declared(body: bytes, content_type: str) -> list[str]:
    header, prolog = _CHARSET.search(content_type), _PROLOG_CHARSET.search(body[:1000])
    by_header = header[1].lower() if header else ""
    by_prolog = prolog[1].decode("ascii", "replace").lower() if prolog else ""
    # RFC 7303 §3 gives the header precedence, but a server's own default knows nothing of the file
    order = [by_prolog, by_header] if by_header in _SERVER_DEFAULTS else [by_header, by_prolog]
    return [_MEANT.get(name, name) for name in order if name and name not in _NEVER_MEANT]


def _tolerantly(body: bytes, encoding: str, *, share: int) -> str | None:
    """Decode; None where there is no such charset, or good characters beyond ASCII are not ``share`` times the bad ones."""
    try:
        text = body.decode(encoding, "replace")
    except (LookupError, ValueError):
        return None
    bad = text.count("\ufffd")
    if not bad:
        return text
    good = len(text) - len(text.encode("ascii", "ignore")) - bad
    return text if good >= bad * share else None


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


def mended(text: str) -> str:
    """Replace what XML allows nowhere: control characters, and references to what is no character (feedparser #599)."""
    return _REFERENCE.sub(_mended_reference, _NO_XML.sub(" ", text))


def _mended_reference(found: re.Match[str]) -> str:
    digits = (found[1] or found[2]).lstrip("0")
    if len(digits) > _MAX_DIGITS:
        return "\ufffd"
    code = int(digits or "0", 16 if found[1] else 10)
    return found[0] if code <= _MAX_CODE and not _NO_XML.match(chr(code)) else "\ufffd"
