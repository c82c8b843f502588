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
# What outlets mean when they say so (WHATWG Encoding, §4.2); some of its names Python does not know
_MEANT = {
    **dict.fromkeys(("iso-8859-1", "latin1", "us-ascii", "ascii"), "windows-1252"),
    "iso-8859-9": "windows-1254",
    **dict.fromkeys(("tis-620", "iso-8859-11", "windows-874", "dos-874"), "cp874"),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk", "gb_2312-80", "csgb2312"), "gb18030"),
    **dict.fromkeys(("ks_c_5601-1987", "ks_c_5601-1989", "euc-kr", "x-euc-kr", "cseuckr", "windows-949"), "cp949"),
    **dict.fromkeys(("shift_jis", "x-sjis", "windows-31j"), "cp932"),
    "x-euc-jp": "euc-jp",
    **dict.fromkeys(("big5", "x-x-big5", "cn-big5"), "big5hkscs"),
    **dict.fromkeys(("iso-8859-6-e", "iso-8859-6-i", "csiso88596e"), "iso-8859-6"),
    **dict.fromkeys(("iso-8859-8-i", "logical", "visual"), "iso-8859-8"),
    **dict.fromkeys(("koi", "koi8"), "koi8-r"),
    "koi8-ru": "koi8-u",
    **dict.fromkeys(("x-mac-cyrillic", "x-mac-ukrainian"), "mac-cyrillic"),
}
_WINDOWS = re.compile(r"(?:x-cp|win(?:dows)?-?)(125\d)")
_NEVER_MEANT = frozenset(
    {"utf-7", "utf7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
)
_SERVER_DEFAULTS = frozenset({"iso-8859-1", "latin1", "us-ascii", "ascii"})
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']", re.IGNORECASE)
_XML_HEAD = 1_000
_LANGUAGE = re.compile(
    rb"(?:\blang\s*=\s*[\"']?|<language>\s*(?:<!\[CDATA\[)?)\s*([a-z]{2})(?![a-z])(-(?:tw|hk))?", re.IGNORECASE
)
_LANGUAGE_HEAD = 4_000
# What stands in a document that declares nothing, or wrongly UTF-8: what machines of its language are set to
# (WHATWG HTML, §13.2.3.2); the stricter one first
_BY_LANGUAGE = {
    **dict.fromkeys(("ar", "fa", "ur"), ("windows-1256",)),
    **dict.fromkeys(("ru", "uk", "be", "bg", "mk", "kk", "ky", "tg"), ("windows-1251",)),
    **dict.fromkeys(("pl", "cs", "sk", "hu", "ro", "sl", "hr", "bs"), ("windows-1250",)),
    **dict.fromkeys(("lt", "lv", "et"), ("windows-1257",)),
    **dict.fromkeys(("tr", "az", "ku"), ("windows-1254",)),
    "he": ("windows-1255",),
    "el": ("windows-1253",),
    "vi": ("windows-1258",),
    "th": ("cp874",),
    "ja": ("euc-jp", "cp932"),
    "ko": ("cp949",),
    "zh": ("gb18030",),
    "zh-tw": ("big5hkscs",),
    "zh-hk": ("big5hkscs",),
}
_LATIN = frozenset({"windows-1250", "windows-1254", "windows-1257", "windows-1258"})
_CLEAN_SHARE = 10


def decoded(body: bytes, *, content_type: str, inside: str) -> str:
    """Decode: BOM, then UTF-8 where the bytes bear it out, then what is declared, then what is usual, then windows-1252.

    No BOM is left in front. Usual is what machines of the language are set to that the document says it is in; where that has
    other letters than Latin ones, a declared Latin charset is a server's default, and comes after it.
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
    return [_meant(name) for name in order if name and name not in _NEVER_MEANT]


def _meant(name: str) -> str:
    return _WINDOWS.sub(r"windows-\1", _MEANT.get(name, name))


def _guessed(body: bytes, declared: list[str]) -> str:
    text = _tolerantly(body, "utf-8", share=1 if "utf-8" in declared or not declared else _CLEAN_SHARE)
    usual = _usual(body)
    tried = [*declared, *usual]
    if usual and _LATIN.isdisjoint(usual):
        tried.sort(key="windows-1252".__eq__)
    for encoding in tried:
        text = text if text is not None else _tolerantly(body, encoding, share=_CLEAN_SHARE)
    return text if text is not None else body.decode("windows-1252", "replace")


def _usual(body: bytes) -> tuple[str, ...]:
    """Give the charsets that are usual in the language that a document says it is in."""
    found = _LANGUAGE.search(body, 0, _LANGUAGE_HEAD)
    if found is None:
        return ()
    language, region = found[1].lower().decode(), (found[2] or b"").lower().decode()
    return _BY_LANGUAGE.get(language + region, _BY_LANGUAGE.get(language, ()))


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
