"""A Document's Entries → Items: entries with an identity within their feed. Touches nothing.

What a feed calls its guid often is none: it changes at every poll, stands on every entry, is used again for another article, or
flips from http to https; links are shared, titles edited. So an entry is known where two of its guid, link and title are known
together. A guid or link that two entries of one document share, or that is only the site's front page, identifies nothing.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from urllib.parse import urlsplit

from monitor.fold import fold
from monitor.model import Document, Entry, Item
from monitor.text import one_line
from monitor.url import canonical

MAX_TITLE_WORDS = 12
MAX_TITLE = 500
MAX_SUMMARY = 200_000
UNTITLED = "(untitled)"


def identify(document: Document) -> tuple[Item, ...]:
    """Give every entry its identity, in the document's order; entries that are alike in everything become one.

    ``keys`` are a letter for each part and a hash: "gl:" guid and link, "gt:" guid and title, "lt:" link and title, "td:" title
    and date; "g:" or "l:" where an entry has only the one; "h:" (title, date and text) where it has neither.
    """
    entries = tuple(dict.fromkeys(document.entries))
    guids = [_address(entry.guid) for entry in entries]
    links = [_address(entry.link) for entry in entries]
    days = [_titled(entry) for entry in entries]
    shared = {name for names in (guids, links, days) for name, count in Counter(names).items() if count > 1}
    items = []
    for entry, *names in zip(entries, guids, links, days, strict=True):
        guid, link, day = (name if name not in shared else None for name in names)
        keys = _keys(guid, link, fold(_title(entry))) or (_key("h", *_content(entry)),)
        items.append(_item(entry, keys + ((day,) if day else ())))
    # without guid and link, the same title, date and text are the same item, whoever signed it
    return tuple({item.keys: item for item in reversed(items)}.values())[::-1]


def _keys(guid: str | None, link: str | None, title: str) -> tuple[str, ...]:
    if guid and link and guid != link:
        return _key("gl", guid, link), _key("gt", guid, title), _key("lt", link, title)
    # beside the one name, the pair under which it is known when the other comes or goes
    if link:
        return _key("l", link), _key("lt", link, title)
    if guid:
        return _key("g", guid), _key("gt", guid, title)
    return ()


def _titled(entry: Entry) -> str | None:
    """Name an entry by its headline and the second it is dated to: guids and links may change at every poll, this does not."""
    if not entry.title or entry.published is None or (entry.published.minute % 15 == 0 and entry.published.second == 0):
        # a date without a time of day, in whatever zone: what is new each day under one headline must not hide behind it
        return None
    return _key("td", fold(_title(entry)), entry.published.isoformat())


def _address(name: str | None) -> str | None:
    """Compare a guid or link by what it addresses: it flips to https, or gains tracking, from one poll to the next."""
    same = canonical(name) if name else ""
    is_front_page = same.startswith("http") and urlsplit(same).path in {"", "/"} and not urlsplit(same).query
    return None if is_front_page else same or None


def _content(entry: Entry) -> tuple[str, ...]:
    moment = entry.published.isoformat() if entry.published else entry.published_raw or ""
    return entry.title or "", moment, entry.summary or "", entry.text or ""


def _key(kind: str, *parts: str) -> str:
    said = "\0".join(parts)
    return f"{kind}:{hashlib.sha256(said.encode('utf-8', 'replace')).hexdigest()[:32]}"


def _title(entry: Entry) -> str:
    title = entry.title or _first_words(entry.summary or entry.text or "") or entry.link or UNTITLED
    return one_line(title, MAX_TITLE) or UNTITLED


def _item(entry: Entry, keys: tuple[str, ...]) -> Item:
    return Item(
        keys=keys,
        guid=entry.guid,
        link=entry.link,
        canonical_url=canonical(entry.link) if entry.link else None,
        title=_title(entry),
        summary=_summary(entry),
        author=entry.author,
        published=entry.published,
        published_raw=entry.published_raw,
        language=entry.language,
    )


def _first_words(text: str) -> str:
    first = next(iter(text.strip().split("\n")), "")
    words = first.split(maxsplit=MAX_TITLE_WORDS)
    cut = len(words) > MAX_TITLE_WORDS
    return one_line(" ".join(words[:MAX_TITLE_WORDS]), MAX_TITLE // 4) + ("…" if cut else "")


def _summary(entry: Entry) -> str:
    """Join what the feed says below the title: a text that only says again what another says is left out."""
    summary, text = (entry.summary or "").strip(), (entry.text or "").strip()
    beginning = summary.rstrip(" .…[]")
    joined = text if beginning in text else "\n".join(filter(None, (summary, text)))
    lines = joined.split("\n")
    # the title again, alone on the first line
    if entry.title and lines[0].strip().rstrip(".").casefold() == entry.title.strip().rstrip(".").casefold():
        del lines[0]
    return "\n".join(lines).strip()[:MAX_SUMMARY]
