"""The bytes of a page → its tree and its scripts. Touches nothing."""

from __future__ import annotations

import re

import lxml.html
from lxml import etree

from monitor import charset
from monitor.errors import ExtractError
from monitor.text import one_line

MAX_SIZE = 2_000_000
MAX_TAG = 64_000

_HTML_TYPES = ("html", "text/plain", "xml", "octet-stream")
_BINARY = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"RIFF", b"\x1f\x8b", b"ID3", b"\x00\x00\x00")
_META_CHARSET = re.compile(rb"<(?:meta|\?xml)\b[^>]{0,300}?(?:charset|encoding)\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_META_HEAD = 4_000
_NO_TEXT = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|&#(?:[xX]0*[dD][89a-fA-F][0-9a-fA-F]{2}|0*5[5-7]\d{3});?"
)
_STRAY = 20
"""Of so many characters one may be none: a page with a stray NUL is a page."""
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,300}\?>", re.IGNORECASE)


def decoded(body: bytes, *, content_type: str) -> str:
    """Decode a page: BOM, UTF-8 where the bytes bear it out, header, meta; raises ExtractError where it is no page."""
    if len(body) > MAX_SIZE:
        raise ExtractError("too_big", f"the page has more than {MAX_SIZE // 1_000_000} MB")
    kind = content_type.partition(";")[0].strip().lower()
    if (kind and not any(name in kind for name in _HTML_TYPES)) or body.startswith(_BINARY):
        raise ExtractError("not_html", f"not a web page, but {one_line(kind, 60) or 'something else'}")
    if not body.strip():
        raise ExtractError("empty", "the page is empty")
    meta = _META_CHARSET.search(body, 0, _META_HEAD)
    inside = meta[1].decode("ascii", "replace").lower() if meta else ""
    text, count = _NO_TEXT.subn(" ", charset.decoded(body, content_type=content_type, inside=inside))
    if count * _STRAY > len(text):
        # a film or a font under a page's name would be pages of signs, stored and searched
        raise ExtractError("not_html", "not a web page: what it holds is no text")
    if "<" not in text:
        raise ExtractError("not_html", "not a web page: there is no tag in it")
    return text


def tree(text: str) -> lxml.html.HtmlElement:
    """Parse a page, scripts and comments taken out; raises ExtractError where it would hurt the parser, or can't be parsed."""
    bare = _XML_DECLARATION.sub("", text, count=1)
    if _longest_tag(bare) > MAX_TAG:
        raise ExtractError("hostile", f"a tag of the page has more than {MAX_TAG // 1_000} KB")
    try:
        return lxml.html.document_fromstring(bare, parser=lxml.html.HTMLParser(remove_comments=True, remove_pis=True))
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise ExtractError("empty", "the page can't be parsed") from error


def without_scripts(text: str) -> tuple[str, tuple[str, ...]]:
    """Cut the scripts out of a page, in one pass; give the rest, and the scripts, each with its opening tag's attributes."""
    lower = text.lower() if len(text.lower()) == len(text) else text
    kept, scripts, position = [], [], 0
    while (start := lower.find("<script", position)) >= 0:
        end = lower.find("</script", start)
        if end < 0:
            break
        kept.append(text[position:start])
        scripts.append(text[start + len("<script") : end])
        close = lower.find(">", end)
        position = close + 1 if close >= 0 else len(text)
    kept.append(text[position:])
    return "".join(kept), tuple(scripts)


def _longest_tag(text: str) -> int:
    longest = 0
    for piece in text.split(">"):
        if len(piece) > MAX_TAG and (opening := re.search(r"<[a-zA-Z]", piece)):
            longest = max(longest, len(piece) - opening.start())
    return longest
