"""HTML or plain text from outside → plain, harmless text; sentences, words and writing direction in it. Touches nothing.

Own tag scanner, for a reason: libxml2 returns no text at all for a few hundred nested tags and drops everything after ``x<y``;
html.parser is quadratic on unclosed comments. Only the kind of a tag matters here, never the tree, so one linear pass does.
"""

from __future__ import annotations

import html as entities
import re
import unicodedata
from collections.abc import Iterator
from typing import Final, Literal


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


_BLOCKS: Final = _set_of(
    "address article aside blockquote body br caption center col colgroup dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li main menu nav ol optgroup option p pre "
    "search section select summary table tbody td tfoot th thead title tr ul"
)
_INLINES: Final = _set_of(
    "a abbr acronym applet area audio b base basefont bdi bdo big blink button canvas cite code data datalist del dfn em embed "
    "font frame i img input ins kbd label link map mark marquee meta meter nobr object output param picture progress q rp rt "
    "ruby s samp slot small source span strike strong sub sup svg path time track tt u var video wbr iframe textarea noframes"
)
_DROPPED: Final = frozenset(("script", "style", "noscript", "template"))

# Every part stops at the next "<", so that a million broken tags cost one pass.
_TAG: Final = re.compile(
    r"""<(?:(?P<comment>!--)|(?P<cdata>!\[CDATA\[)|(?P<other>[!?][^<>]*+)(?:>|\Z)"""
    r"""|/?(?P<name>[a-zA-Z][a-zA-Z0-9:_-]*+)(?![^\s/>])(?:[^<>"']++|"[^"<]*+"|'[^'<]*+'|["'])*+(?:>|\Z))"""
)
# int() refuses more than 4300 digits, and no character has eight.
_HUGE_REFERENCE: Final = re.compile(r"&#[xX]?[0-9a-fA-F]{8,};?")
_BREAK: Final = "\u2028"
# not the single space between two words, of which a text has hundreds
_SPACES: Final = re.compile(r"[\t\r\n\f\v\x1c-\x1f\x85\xa0][ \t\r\n\f\v\x1c-\x1f\x85\xa0]*| [ \t\r\n\f\v\x1c-\x1f\x85\xa0]+")
_SPACES_IN_LINE: Final = re.compile(r"[\t\f\v\x1c-\x1f\x85\xa0][ \t\f\v\x1c-\x1f\x85\xa0]*| [ \t\f\v\x1c-\x1f\x85\xa0]+")
_LINE_ENDS: Final = re.compile(f"[\n\r{_BREAK}\u2029]+")


def to_text(html: str) -> str:
    """Give what a reader sees of HTML, or of plain text with stray entities: lines parted by a newline, single spaces.

    Entities are undone twice, and tags that appear by that vanish too: one feed in twenty-five escapes once too often.
    Inline tags leave no space (``<b>Id</b>lib`` is one word), block tags break the line. A ``<`` that opens no known tag is text.
    """
    if "<![CDATA[" in html:
        html = html.replace("]]>", "")
    once, is_html = _without_tags(html)
    text = _unescape(once)
    if text.count("<") > once.count("<"):
        text, is_html_inside = _without_tags(text)
        is_html = is_html or is_html_inside
    text = _unescape(text)
    spaces = _SPACES if is_html else _SPACES_IN_LINE
    lines = (line.strip(" ") for line in _LINE_ENDS.split(spaces.sub(" ", text)))
    return "\n".join(filter(None, lines)).strip()


def _unescape(text: str) -> str:
    if "&" not in text:
        return text
    return entities.unescape(_HUGE_REFERENCE.sub("\ufffd", text))


def _without_tags(html: str) -> tuple[str, bool]:
    """Take the tags out; say whether there was a block tag (then newlines in the source are mere spaces)."""
    kept: list[str] = []
    is_html = False
    unclosed: set[str] = set()
    position = 0
    while found := _TAG.search(html, position):
        kept.append(html[position : found.start()])
        name = (found["name"] or "").lower()
        if name and not _is_tag(name):
            kept.append("<")
            position = found.start() + 1
            continue
        position = _after(html, found, unclosed=unclosed)
        if name in _BLOCKS:
            kept.append(_BREAK)
            is_html = True
    kept.append(html[position:])
    return "".join(kept), is_html


def _is_tag(name: str) -> bool:
    return name in _BLOCKS or name in _INLINES or name in _DROPPED or ":" in name or "-" in name


def _after(html: str, found: re.Match[str], *, unclosed: set[str]) -> int:
    """Give where text goes on after a tag: for a comment or a script after its end, if it has one.

    Without an end only the opening goes: a spare word costs less than the rest of an item.
    """
    name = (found["name"] or "").lower()
    if found["comment"]:
        end = "-->"
    elif name in _DROPPED and html[found.start() + 1] != "/":
        end = f"</{name}"
    else:
        return found.end()
    if end in unclosed:
        return found.end()
    close = re.compile(re.escape(end), re.IGNORECASE).search(html, found.end())
    if close is None:
        unclosed.add(end)
        return found.end()
    return close.end() if found["comment"] else close.start()


# str.splitlines also parts at these: a header or a log line with one of them inside would become two.
_LINE_SEPARATORS: Final = "\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_BIDI_CONTROLS: Final = "\u202a-\u202e\u2066-\u2069\u206a-\u206f"
_NONCHARACTERS: Final = "\ufdd0-\ufdef" + "".join(f"{chr(p * 0x10000 + 0xFFFE)}{chr(p * 0x10000 + 0xFFFF)}" for p in range(17))
_TO_SPACE: Final = re.compile(f"\r\n|[\x00-\x09\x0b-\x1f\x7f-\x9f{_LINE_SEPARATORS}]")
# ufeff: a byte order mark that an editor left where pieces were joined; what it once joined words by is U+2060 now
_TO_NOTHING: Final = re.compile(f"[{_BIDI_CONTROLS}\ud800-\udfff{_NONCHARACTERS}\ufeff\ufff9-\ufffb]")


# UAX #15, "Stream-Safe Text Format": no language needs thirty marks on a letter, and sorting them is quadratic
_WITH_MARKS: Final = ((0x300, 0x3100), (0xA600, 0xAC00), (0xFB00, 0xFE30), (0x10100, 0x1E950))
_MARKS: Final = "".join(chr(code) for area in _WITH_MARKS for code in range(*area) if unicodedata.combining(chr(code)))
_MARKS_AT_MOST: Final = 30
_NARROW: Final = "".join(mark for mark in _MARKS if mark <= "\uffff")
# a class of letters beyond the first plane is looked through one by one
_PILES: Final = tuple(
    re.compile(f"([{re.escape(marks)}]{{{_MARKS_AT_MOST}}})[{re.escape(marks)}]++") for marks in (_NARROW, _MARKS)
)


def scrub(text: str, limit: int) -> str:
    r"""Take out what no reader needs and some sink chokes on; at most ``limit`` characters, with … where cut.

    Controls and every line separator but ``\n`` become a space; lone surrogates, noncharacters and bidi embeddings, overrides
    and isolates vanish (LRM, RLM, ALM, ZWJ and ZWNJ stay: Arabic and Persian need them). The result always encodes.
    """
    if not text.isprintable():
        # a CRLF is one newline; a lone CR is none
        text = _TO_NOTHING.sub("", _TO_SPACE.sub(_space_or_newline, text))
    if not text.isascii():
        text = _PILES[max(text) > "\uffff"].sub(r"\1", text)
    return _cut(text, limit)


def _space_or_newline(found: re.Match[str]) -> str:
    return "\n" if found[0] == "\r\n" else " "


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return text[: limit - 1].rstrip() + "…" if limit > 0 else ""


def one_line(text: str, limit: int) -> str:
    """Scrub a headline or a name: one line, single spaces, none at the ends."""
    return _cut(" ".join(scrub(text, len(text)).split()), limit)


_ABBREVIATIONS: Final = _set_of(
    "dr mr mrs ms st gen col lt capt sgt sen rep gov prof vs etc jr sr mt bzw ca nr str sig mme mlle sra тыс млн млрд руб им"
)
_CLOSERS: Final = "\"'”’»)]」』›"
# a run of stops is looked at once, from its first on
_STOP: Final = re.compile(rf"(?<![.!?…؟۔।])[.!?…؟۔।]++[{re.escape(_CLOSERS)}]*+(?=\s|\Z)|[。！？]++[{re.escape(_CLOSERS)}]*+|\n")
_LAST_WORD: Final = re.compile(r"[^\W\d_]+\Z")
_LONGEST_ABBREVIATION: Final = 6


def sentence(text: str, start: int, stop: int, *, limit: int) -> tuple[int, int]:
    """Give the bounds of the sentence round ``text[start:stop]``, at most ``limit`` characters (or the span, if longer).

    A longer sentence is cut at word borders round the span. Looks no further than ``limit`` to either side.
    """
    left = max(0, start - limit)
    right = min(len(text), stop + limit)
    begin, end = left, right
    for found in _STOP.finditer(text, left, right):
        if _is_abbreviation(text, found):
            continue
        if found.end() <= start:
            begin = found.end()
        elif found.start() >= stop or found.end() > stop:
            end = found.end()
            break
    while begin < start and text[begin].isspace():
        begin += 1
    while end > stop and text[end - 1].isspace():
        end -= 1
    return _at_words(text, (begin, end), span=(start, stop), limit=limit)


def sentences(text: str) -> Iterator[str]:
    """Give the sentences of a text one by one, as ``sentence`` parts them; without the white space round them."""
    begin = 0
    for found in _STOP.finditer(text):
        if not _is_abbreviation(text, found):
            if part := text[begin : found.end()].strip():
                yield part
            begin = found.end()
    if part := text[begin:].strip():
        yield part


# scripts without spaces are compared letter by letter
_TOKEN: Final = re.compile(
    r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]+|\s+|."
)
_WORD: Final = re.compile(r"\w")


def tokens(text: str) -> list[str]:
    """Cut a text into what is compared of it: words (letters, in scripts without spaces), white space, and each sign alone."""
    return _TOKEN.findall(text.replace("\r", ""))


def words(text: str) -> list[str]:
    """Give the words of a text without their case; in scripts without spaces, its letters."""
    return [token.casefold() for token in _TOKEN.findall(text) if _WORD.match(token)]


def _is_abbreviation(text: str, found: re.Match[str]) -> bool:
    """``U.S.``, ``J. Doe``, ``Dr.``: one capital, or a known short form, before a single full stop."""
    if found[0] != ".":
        return False
    word = _LAST_WORD.search(text, max(0, found.start() - _LONGEST_ABBREVIATION - 1), found.start())
    if word is None:
        return False
    return (len(word[0]) == 1 and word[0].isupper()) or word[0].lower() in _ABBREVIATIONS


def _at_words(text: str, bounds: tuple[int, int], *, span: tuple[int, int], limit: int) -> tuple[int, int]:
    begin, end = bounds
    start, stop = span
    if end - begin <= limit:
        return bounds
    spare = max(0, limit - (stop - start))
    left = max(begin, start - spare // 2)
    right = max(stop, min(end, left + limit))
    left = min(start, max(begin, right - limit))
    if left > begin and not text[left - 1].isspace():
        space = text.find(" ", left, start)
        left = space + 1 if space >= 0 else left
    if right < end and not text[right].isspace():
        space = text.rfind(" ", stop, right)
        right = space if space >= 0 else right
    return left, right


_RTL_LANGUAGES: Final = _set_of("ar arc ckb dv fa he iw ji ks nqo ps sd syr ug ur yi")
_SAMPLE: Final = 500


def is_rtl(language: str | None, sample: str) -> bool:
    """Say whether a text runs from right to left: by its letters; by its language where they are mixed or none.

    Mixed letters without a language: by the first of them (UAX #9, rules P2 and P3).
    """
    sides = [unicodedata.bidirectional(char) for char in sample[:_SAMPLE]]
    strong = [side != "L" for side in sides if side in ("L", "R", "AL")]
    if strong and (language is None or all(strong) or not any(strong)):
        return bool(strong[0])
    return (language or "").lower() in _RTL_LANGUAGES


def direction(language: str | None, sample: str) -> Literal["ltr", "rtl"]:
    """Give the HTML ``dir`` of a text, as ``is_rtl`` sees it."""
    return "rtl" if is_rtl(language, sample) else "ltr"
