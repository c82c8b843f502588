"""What a feed says about one thing, in its own markup → an Entry of plain, capped, harmless text. Touches nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.model import Entry
from monitor.parse.dates import Calendar
from monitor.text import one_line, scrub, to_text
from monitor.url import linkable

MAX_TITLE = 500
MAX_SUMMARY = 20_000
MAX_TEXT = 200_000
MAX_KEY = 2_000
MAX_NAME = 200
# Markup is at most so many times longer than its text before what follows is cut away unread
_MARKUP = 10
_LANGUAGE = re.compile(r"\s*([a-zA-Z]{2,3})(?:[-_].*)?\s*", re.DOTALL)
_OLD_CODES = {"iw": "he", "in": "id", "ji": "yi"}
_NO_LANGUAGE = frozenset({"und", "mul", "zxx", "mis"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One entry in the feed's own words. ``links``, ``dates``: best first. ``texts``: markup, in any order."""

    guid: str | None
    links: tuple[str, ...]
    title: str | None
    texts: tuple[str, ...]
    author: str | None
    dates: tuple[str, ...]
    language: str | None


def entry(said: Said, *, url: str, language: str | None, calendar: Calendar) -> Entry:
    """Make plain what an entry says; ``url``: what its links are relative to; ``language``: the document's own."""
    dated = ((moment, raw) for raw in said.dates if (moment := calendar.read(raw)))
    published, raw = next(dated, (None, next(iter(said.dates), None)))
    summary, text = _texts(said.texts)
    return Entry(
        guid=line(said.guid, MAX_KEY),
        link=next(filter(None, (linkable(found, url) for found in said.links)), None),
        title=plain_line(said.title, MAX_TITLE),
        summary=summary,
        text=text,
        author=plain_line(said.author, MAX_NAME),
        published=published,
        published_raw=line(raw, MAX_NAME),
        language=subtag(said.language) or language,
    )


def _texts(texts: tuple[str, ...]) -> tuple[str | None, str | None]:
    """Tell the short text from the long one; a text that is the only one is the short one, unless it is too long for that."""
    plain = {_scrubbed(to_text(found[: _MARKUP * MAX_TEXT])).strip() for found in texts}
    by_length = sorted(filter(None, plain), key=lambda text: (len(text), text))
    if not by_length:
        return None, None
    shortest, longest = by_length[0], by_length[-1]
    if len(by_length) > 1 or len(longest) > MAX_SUMMARY:
        return (shortest if len(by_length) > 1 and len(shortest) <= MAX_SUMMARY else scrub(shortest, MAX_SUMMARY)), longest
    return longest, None


def _scrubbed(text: str) -> str:
    """Scrub a text of many lines, which it rarely needs."""
    return text if len(text) <= MAX_TEXT and text.replace("\n", "").isprintable() else scrub(text, MAX_TEXT)


def plain_line(markup: str | None, limit: int) -> str | None:
    """Make one line of plain text of what may be markup; None where nothing is left."""
    if not markup:
        return None
    start = markup[: _MARKUP * limit]
    return one_line(to_text(start) if "<" in start or "&" in start else start, limit) or None


def line(text: str | None, limit: int) -> str | None:
    """Make one line of what is no markup (a guid, a date); None where nothing is left."""
    return one_line(text[: 2 * limit], limit) or None if text else None


def subtag(tag: str | None) -> str | None:
    """Give the primary subtag of a language tag (BCP 47) in lower case; None where there is none."""
    found = _LANGUAGE.fullmatch(tag or "")
    code = found[1].lower() if found else ""
    code = _OLD_CODES.get(code, code)
    return code if code and code not in _NO_LANGUAGE else None
