"""The bytes of a feed or page → its text, whatever charset it declares or fails to declare. Touches nothing.

Most of the web's documents are UTF-8, whatever they say of themselves, so bytes that are valid UTF-8 are taken as such; a few bad
ones become U+FFFD: to read the whole in another charset for their sake would turn every headline into mojibake.
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
)
# "<" and the character after it, in encodings where that can be told without a BOM
_BARE_WIDE = (
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00<\x00", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
)
_WIDE = (*_BOMS, *_BARE_WIDE)
_SIGNS = tuple(sign for sign, _ in _WIDE)
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
_XML_CHARSET = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']", re.IGNORECASE)
_XML_HEAD = 1_000
_CLEAN_SHARE = 10


def decoded(body: bytes, *, content_type: str, inside: str) -> str:
    """Decode: BOM, then UTF-8 where the bytes bear it out, then what is declared, then windows-1252; no BOM is left in front.

    ``content_type``: the HTTP header's value. ``inside``: the charset that the document itself names, empty where it names none.
    """
    if body.startswith(_SIGNS):
        encoding = next(encoding for sign, encoding in _WIDE if body.startswith(sign))
        return body.decode(encoding, "replace").lstrip("\ufeff")
    try:
        return body.decode()
    except UnicodeDecodeError:
        return _guessed(body, _declared(content_type, inside))


def utf8(body: bytes, *, content_type: str, inside: str) -> bytes:
    """Give what ``decoded`` gives, in UTF-8: mostly the very bytes that came in."""
    if not body.startswith(_SIGNS):
        with suppress(UnicodeDecodeError):
            body.decode()
            return body
    return decoded(body, content_type=content_type, inside=inside).encode("utf-8", "replace")


def inside_xml(body: bytes) -> str:
    """Give the charset that an XML declaration names, in lower case; empty where there is none."""
    found = _XML_CHARSET.search(body, 0, _XML_HEAD)
    return found[1].decode("ascii", "replace").lower() if found else ""


def _declared(content_type: str, inside: str) -> list[str]:
    header = _CHARSET.search(content_type)
    by_header = header[1].lower() if header else ""
    # RFC 7303 §3 gives the header precedence, but a server's own default knows nothing of the file
    order = [inside, by_header] if by_header in _SERVER_DEFAULTS else [by_header, inside]
    return [_MEANT.get(name, name) for name in order if name and name not in _NEVER_MEANT]


def _guessed(body: bytes, declared: list[str]) -> str:
    text = _tolerantly(body, "utf-8", share=1 if "utf-8" in declared or not declared else _CLEAN_SHARE)
    for encoding in declared:
        text = text if text is not None else _tolerantly(body, encoding, share=_CLEAN_SHARE)
    return text if text is not None else body.decode("windows-1252", "replace")


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
