"""A Document's Entries → Items: entries with an identity within their feed. Touches nothing.

What a feed calls its guid often is none: it changes at every poll, stands on every entry, is used again for another article, or
flips from http to https; links are shared, titles edited. So an entry is known where two of its guid, link, title and moment are
known together. A guid or link that two entries of one document share, or that is only the site's front page, identifies nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from hashlib import blake2b, sha256
from typing import NamedTuple

from monitor.fold import fold
from monitor.model import Called, Document, Entry, Item
from monitor.text import one_line
from monitor.url import canonical, is_front_page

MAX_TITLE_WORDS = 12
MAX_TITLE = 500
MAX_SUMMARY = 200_000
UNTITLED = "(untitled)"
TELLING = 60
"""So many bytes of text say something of their own: "Read more on our site" stands under whatever headline."""
_SHORT = 8
_HALF = _SHORT // 2
_NOTHING: frozenset[str] = frozenset()
# #block-61f7, not #comments or #xtor=RSS-1
_PART = re.compile(r"(?=\D*\d)[^=&/!]+")
_KINDS = ("guid", "link", "day")


class _Beside(NamedTuple):
    """What an entry is called that is not read again, as hashes; empty where it has no such name."""

    guid: bytes
    link: bytes
    day: bytes


class _Names(NamedTuple):
    """What may identify an entry: its guid and its link, by what they address; ``day``: its headline with its moment."""

    guid: str | None
    link: str | None
    day: str | None
    moment: str | None


def identify(document: Document, beside: Sequence[Called] = (), *, strip: AbstractSet[str] = _NOTHING) -> tuple[Item, ...]:
    """Give every entry its identity, in the document's order; entries that are alike in everything become one.

    ``beside``: what the entries of the same document are called that were not read again; what one of them shares with an entry
    identifies nothing either, so that the keys are those that the whole document would give.

    ``keys`` are a letter for each part and a hash: "gl:" guid and link, "gt:" guid and title, "lt:" link and title, "ld:" link
    and moment, "td:" title and moment; "g:" or "l:" where an entry has only the one; "h:" title, date and text, "hl:" and link.

    ``strip``: names of parameters that tell no pages apart, as ``canonical`` takes them. What was stored before the desk wrote
    them down is still known by what it was called then, or each of its stories would be told a second time.
    """
    entries = _once(document.entries)
    others = _others(entries, beside)
    known_by = _known_by(entries, [_as_stripped(other) for other in others], strip)
    if strip:
        before = _known_by(entries, [_as_written(other) for other in others], _NOTHING)
        known_by = [tuple(dict.fromkeys(now + then)) for now, then in zip(known_by, before, strict=True)]
    items = [_item(entry, keys, strip) for entry, keys in zip(entries, known_by, strict=True)]
    # without guid and link, the same title, date and text are the same item, whoever signed it
    return tuple({item.keys: item for item in reversed(items)}.values())[::-1]


def _known_by(entries: tuple[Entry, ...], others: Sequence[_Beside], strip: AbstractSet[str]) -> list[tuple[str, ...]]:
    """Give the keys of each entry. ``others``: what those beside are called where just that is stripped."""
    names = [_names(entry, strip) for entry in entries]
    shared = _shared(names, others)
    is_told_apart = _is_told_apart_by_link(names, others)
    known_by = []
    for entry, found in zip(entries, names, strict=True):
        own = found._replace(**{kind: None for kind in _KINDS if getattr(found, kind) in shared})
        keys = _keys(entry, own, is_told_apart=is_told_apart)
        if own.guid in {None, own.link}:
            # while others share the link, and when it is alone again, this stays
            keys += (_key("hl", found.link, *_content(entry)) if found.link else _key("h", *_content(entry)),)
        known_by.append(keys + ((own.day,) if own.day else ()))
    return known_by


def _once(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Leave out what is said twice; the language is what we make of an entry, not what it says."""
    said: dict[tuple[object, ...], Entry] = {}
    for one in entries:
        words = (one.guid, one.link, one.title, one.summary, one.text, one.author, one.published, one.published_raw)
        said.setdefault(words, one)
    return tuple(said.values())


def called(entry: Entry, strip: AbstractSet[str] = _NOTHING) -> Called:
    """Give what is remembered of an entry for ``identify`` to be told, when another entry of its document is read alone."""
    names = _names(entry, strip)
    written = _names(entry, _NOTHING) if strip else names
    return Called(
        whole=_whole(entry),
        guid=_twofold(names.guid, written.guid),
        link=_twofold(names.link, written.link),
        day=_short(names.day),
    )


def resolved(address: str, title: str) -> str:
    """Give the key of an item by the page to which its redirector turned out to lead: ``address`` is canonical.

    Its headline counts as well, since one page can bear several items.
    """
    return _key("r", address, _heard(title))


def _others(entries: tuple[Entry, ...], beside: Sequence[Called]) -> Sequence[Called]:
    """Give the entries beside that are not one of these again; those alike in everything are one."""
    if not beside:
        return ()
    here = {_whole(entry) for entry in entries}
    return tuple({other.whole: other for other in beside if other.whole not in here}.values())


def _as_stripped(other: Called) -> _Beside:
    return _Beside(guid=_there(other.guid[:_HALF]), link=_there(other.link[:_HALF]), day=other.day)


def _as_written(other: Called) -> _Beside:
    return _Beside(guid=_there(other.guid[_HALF:]), link=_there(other.link[_HALF:]), day=other.day)


def _shared(names: list[_Names], others: Sequence[_Beside]) -> set[str | None]:
    """Find the names that two entries have."""
    shared: set[str | None] = set()
    for kind in _KINDS:
        counts = Counter(getattr(found, kind) for found in names)
        shared.update(name for name, count in counts.items() if count > 1)
        elsewhere = Counter(getattr(other, kind) for other in others)
        if elsewhere:
            size = _SHORT if kind == "day" else _HALF
            twice = {short for short, count in elsewhere.items() if short and count > 1}
            # a guid that two others share is no identity for a link either
            shared.update(name for found in names for name in found if name and _short(name)[:size] in twice)
            shared.update(name for name in counts if name and _short(name)[:size] in elsewhere)
    return shared


def _is_told_apart_by_link(names: list[_Names], others: Sequence[_Beside]) -> bool:
    """Tell whether two entries of the document have different links."""
    links = {found.link for found in names if found.link}
    return len(links) > 1 or len({*(_short(link)[:_HALF] for link in links), *(other.link for other in others if other.link)}) > 1


def _names(entry: Entry, strip: AbstractSet[str]) -> _Names:
    moment = _moment(entry)
    # guids and links may change at every poll, these do not; without any words an entry has no headline either
    has_words = entry.title or entry.summary or entry.text
    day = _key("td", _heard(_title(entry)), moment) if moment and has_words else None
    return _Names(_guid(entry.guid, strip), _address(entry.link, strip), day, moment)


def _keys(entry: Entry, own: _Names, *, is_told_apart: bool) -> tuple[str, ...]:
    """Pair the names of an entry that are no other's. ``is_told_apart``: the links of its document differ."""
    guid, link, _, moment = own
    title = _heard(_title(entry))
    # who changes the guid and the headline at once leaves the date, as a rule
    dated = (_key("ld", link, moment),) if link and moment and entry.published else ()
    if guid and link and guid != link:
        return _key("gl", guid, link), _key("gt", guid, title), _key("lt", link, title), *dated
    # beside the one name, the pair under which it is known when the other comes or goes
    if link:
        # a link that is its document's only one may be the page that all its news stand on, one after the other
        alone = (_key("l", link),) if guid or is_told_apart else ()
        return *alone, _key("lt", link, title), *(dated if not guid else ())
    return (_key("g", guid), _key("gt", guid, title)) if guid else ()


def _moment(entry: Entry) -> str | None:
    """Give the second that an entry is dated to, else its date with its text; None where it says too little to be known by.

    A date without a time of day, in whatever zone, is no moment: what is new each day under one headline must not hide behind it.
    With the text it hides nothing: the same words again, on the same day or without any date, are no other news.
    """
    when = entry.published
    if when is not None and (when.minute % 15 or when.second):
        return when.isoformat()
    title = (entry.title or "").rstrip(".… ")
    said = "\n".join(part for part in (entry.summary, entry.text) if part and part.rstrip(".… ") != title)
    octets = said.encode("utf-8", "replace")
    if len(octets) < TELLING:
        return None
    return f"{when.isoformat() if when else entry.published_raw or ''} {blake2b(octets, digest_size=16).hexdigest()}"


# who asks what an entry is called asks for its identity next, and a guid is often its link
@lru_cache(maxsize=4_000)
def _compared(name: str, strip: AbstractSet[str]) -> str:
    return canonical(name, strip)


@lru_cache(maxsize=2_000)
def _heard(title: str) -> str:
    return fold(title)


def _address(name: str | None, strip: AbstractSet[str]) -> str | None:
    """Compare a guid or link by what it addresses: it flips to https, or gains tracking, from one poll to the next."""
    same = _compared(name, strip) if name else ""
    return same if same and not is_front_page(same) else None


def _guid(guid: str | None, strip: AbstractSet[str]) -> str | None:
    """Compare a guid as an address, with the part of a page that it names: entries of a live page differ in nothing else."""
    same = _address(guid, strip)
    part = (guid or "").partition("#")[2]
    if not part or not _PART.fullmatch(part) or not (guid or "").lower().startswith(("http://", "https://")):
        return same
    return f"{_compared(guid or '', strip)}#{part}"


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


def _twofold(name: str | None, written: str | None) -> bytes:
    """Hash a guid or link twice, four bytes each: as the desk strips it, and as it stands there. Zeros: it is none so."""
    if not name and not written:
        return b""
    return _short(name)[:_HALF].ljust(_HALF, b"\0") + _short(written)[:_HALF].ljust(_HALF, b"\0")


def _there(half: bytes) -> bytes:
    return half if any(half) else b""


def _content(entry: Entry) -> tuple[str, ...]:
    moment = entry.published.isoformat() if entry.published else entry.published_raw or ""
    return entry.title or "", moment, entry.summary or "", entry.text or ""


def _key(kind: str, *parts: str) -> str:
    said = "\0".join(parts)
    return f"{kind}:{sha256(said.encode('utf-8', 'replace')).hexdigest()[:32]}"


def _title(entry: Entry) -> str:
    title = entry.title or _first_words(entry.summary or entry.text or "") or entry.link or UNTITLED
    return one_line(title, MAX_TITLE) or UNTITLED


def _item(entry: Entry, keys: tuple[str, ...], strip: AbstractSet[str]) -> Item:
    return Item(
        keys=keys,
        guid=entry.guid,
        link=entry.link,
        canonical_url=_compared(entry.link, strip) if entry.link else None,
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
