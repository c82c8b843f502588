"""A Document's Entries → Items: entries with an identity within their feed. Touches nothing.

What a feed calls its guid often is none: it changes at every poll, stands on every entry, or flips from http to https. So an item
goes by several keys, and is known if any of them is; a key that two entries of one document share identifies neither.
"""

from __future__ import annotations

import hashlib
from collections import Counter

from monitor.model import Document, Entry, Item
from monitor.text import one_line
from monitor.url import canonical

MAX_PLAIN_KEY = 300
MAX_TITLE_WORDS = 12
MAX_TITLE = 500
MAX_SUMMARY = 200_000
UNTITLED = "(untitled)"


def identify(document: Document) -> tuple[Item, ...]:
    """Give every entry its identity, in the document's order; entries that are alike in everything become one.

    ``keys``: "g:" and the guid, "l:" and the canonical link, each only where it is unique in this document; where neither is,
    "h:" and the SHA-256 (hex) of title, date and text. Of a key over 300 characters only "#" and its SHA-256 stay.
    """
    entries = tuple(dict.fromkeys(document.entries))
    guids = [_guid_key(entry) for entry in entries]
    links = [_link_key(entry) for entry in entries]
    shared = {key for key, count in Counter([*guids, *links]).items() if count > 1}
    items = []
    for entry, guid, link in zip(entries, guids, links, strict=True):
        named = tuple(key for key in (guid, link) if key is not None and key not in shared)
        items.append(_item(entry, named or (_content_key(entry),)))
    # without guid and link, the same title, date and text are the same item, whoever signed it
    return tuple({item.keys: item for item in reversed(items)}.values())[::-1]


def _guid_key(entry: Entry) -> str | None:
    # a guid that is an address flips to https, or gains tracking, from one poll to the next
    return _short(f"g:{canonical(entry.guid)}") if entry.guid else None


def _link_key(entry: Entry) -> str | None:
    return _short(f"l:{canonical(entry.link)}") if entry.link else None


def _content_key(entry: Entry) -> str:
    moment = entry.published.isoformat() if entry.published else entry.published_raw or ""
    said = "\0".join((entry.title or "", moment, entry.summary or "", entry.text or ""))
    return f"h:{_digest(said)}"


def _short(key: str) -> str:
    return key if len(key) <= MAX_PLAIN_KEY else f"{key[:2]}#{_digest(key)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _item(entry: Entry, keys: tuple[str, ...]) -> Item:
    title = entry.title or _first_words(entry.summary or entry.text or "") or entry.link or UNTITLED
    return Item(
        keys=keys,
        guid=entry.guid,
        link=entry.link,
        canonical_url=canonical(entry.link) if entry.link else None,
        title=one_line(title, MAX_TITLE) or UNTITLED,
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
