"""A Document's Entries → Items: entries with an identity within their feed. Touches nothing.

What a feed calls its guid often is none: it changes at every poll, stands on every entry, is used again for another article, or
flips from http to https; links are shared, titles edited. So an entry is known where two of its guid, link and title are known
together. A guid or link that two entries of one document share, or that is only the site's front page, identifies nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b, sha256
from urllib.parse import urlsplit

from monitor.fold import fold
from monitor.model import Called, Document, Entry, Item
from monitor.text import one_line
from monitor.url import canonical

MAX_TITLE_WORDS = 12
MAX_TITLE = 500
MAX_SUMMARY = 200_000
UNTITLED = "(untitled)"
_SHORT = 8
_KINDS = ("guid", "link", "day")

_Names = tuple[str | None, str | None, str | None]
"""What may identify an entry: its guid and its link, by what they address; its headline with the second it is dated to."""


def identify(document: Document, beside: Sequence[Called] = ()) -> tuple[Item, ...]:
    """Give every entry its identity, in the document's order; entries that are alike in everything become one.

    ``beside``: what the entries of the same document are called that were not read again; what one of them shares with an entry
    identifies nothing either, so that the keys are those that the whole document would give.

    ``keys`` are a letter for each part and a hash: "gl:" guid and link, "gt:" guid and title, "lt:" link and title, "td:" title
    and date; "g:" or "l:" where an entry has only the one; "h:" (title, date and text) where it has neither.
    """
    entries = tuple(dict.fromkeys(document.entries))
    names = [_names(entry) for entry in entries]
    shared = _shared(names, _others(entries, beside))
    items = []
    for entry, found in zip(entries, names, strict=True):
        guid, link, day = (name if name not in shared else None for name in found)
        keys = _keys(guid, link, _heard(_title(entry))) or (_key("h", *_content(entry)),)
        items.append(_item(entry, keys + ((day,) if day else ())))
    # without guid and link, the same title, date and text are the same item, whoever signed it
    return tuple({item.keys: item for item in reversed(items)}.values())[::-1]


def called(entry: Entry) -> Called:
    """Give what is remembered of an entry for ``identify`` to be told, when another entry of its document is read alone."""
    guid, link, day = _names(entry)
    return Called(whole=_whole(entry), guid=_short(guid), link=_short(link), day=_short(day))


def _others(entries: tuple[Entry, ...], beside: Sequence[Called]) -> Sequence[Called]:
    """Give the entries beside that are not one of these again; those alike in everything are one."""
    if not beside:
        return ()
    here = {_whole(entry) for entry in entries}
    return tuple({other.whole: other for other in beside if other.whole not in here}.values())


def _shared(names: list[_Names], others: Sequence[Called]) -> set[str | None]:
    """Find the names that two entries have."""
    shared: set[str | None] = set()
    for place, kind in enumerate(_KINDS):
        counts = Counter(found[place] for found in names)
        shared.update(name for name, count in counts.items() if count > 1)
        elsewhere = Counter(getattr(other, kind) for other in others)
        if elsewhere:
            twice = {short for short, count in elsewhere.items() if short and count > 1}
            # a guid that two others share is no identity for a link either
            shared.update(name for found in names for name in found if name and _short(name) in twice)
            shared.update(name for name in counts if name and _short(name) in elsewhere)
    return shared


def _names(entry: Entry) -> _Names:
    return _address(entry.guid), _address(entry.link), _titled(entry)


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
    return _key("td", _heard(_title(entry)), entry.published.isoformat())


# who asks what an entry is called asks for its identity next, and a guid is often its link
@lru_cache(maxsize=4_000)
def _compared(name: str) -> str:
    return canonical(name)


@lru_cache(maxsize=2_000)
def _heard(title: str) -> str:
    return fold(title)


def _address(name: str | None) -> str | None:
    """Compare a guid or link by what it addresses: it flips to https, or gains tracking, from one poll to the next."""
    same = _compared(name) if name else ""
    return same if same and not _is_front_page(same) else None


def _is_front_page(address: str) -> bool:
    if not address.startswith("http"):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        # "http://[" is a guid like any other
        return False
    return parts.path in {"", "/"} and not parts.query


def _whole(entry: Entry) -> bytes:
    """Hash all that an entry says; None is not the same as nothing. Its language is what we make of that, not what it says."""
    when = entry.published.isoformat() if entry.published else None
    said = (
        entry.guid,
        entry.link,
        entry.title,
        entry.summary,
        entry.text,
        entry.author,
        when,
        entry.published_raw,
    )
    return _short("\0".join("\1" if part is None else part for part in said))


def _short(name: str | None) -> bytes:
    return blake2b(name.encode("utf-8", "replace"), digest_size=_SHORT).digest() if name else b""


def _content(entry: Entry) -> tuple[str, ...]:
    moment = entry.published.isoformat() if entry.published else entry.published_raw or ""
    return entry.title or "", moment, entry.summary or "", entry.text or ""


def _key(kind: str, *parts: str) -> str:
    said = "\0".join(parts)
    return f"{kind}:{sha256(said.encode('utf-8', 'replace')).hexdigest()[:32]}"


def _title(entry: Entry) -> str:
    title = entry.title or _first_words(entry.summary or entry.text or "") or entry.link or UNTITLED
    return one_line(title, MAX_TITLE) or UNTITLED


def _item(entry: Entry, keys: tuple[str, ...]) -> Item:
    return Item(
        keys=keys,
        guid=entry.guid,
        link=entry.link,
        canonical_url=_compared(entry.link) if entry.link else None,
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
