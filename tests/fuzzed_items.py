"""Entries over several polls of a feed, alike and unlike in every way: each is stored once, by the keys that it is given."""

from __future__ import annotations

from datetime import timedelta

from fuzzing import NOW, ODD, Door, are_texts, is_line
from hypothesis import strategies as st

from monitor.identify import called, identify
from monitor.model import Document, Entry, Item
from monitor.url import linkable

Told = tuple[str | None, str | None, str | None, str | None, str | None, str | None, int | None, str | None]
"""Guid, link, title, summary, text, author, minutes since a day ago, the date as it was written."""


def law(example: tuple[list[list[Told]], list[str]]) -> None:
    """Say that what is stored once is known for good: in any order, read whole or in part, beside whatever was or comes."""
    polls, names = example
    strip = frozenset(name.lower() for name in names)
    known: set[str] = set()
    for poll in polls:
        entries = tuple(map(_entry, poll))
        items = _identified(entries, strip)
        assert items == _identified(entries, strip)
        _are_well(items)
        _are_apart(entries, items, strip)
        for item in items:
            if known.isdisjoint(item.keys):
                known.update(item.keys)
        # all of a document that was stored is known when the same document comes again, in whatever order
        assert not any(known.isdisjoint(item.keys) for item in _identified(entries[::-1], strip))


def _identified(entries: tuple[Entry, ...], strip: frozenset[str]) -> tuple[Item, ...]:
    return identify(Document(kind="rss", title=None, link=None, language=None, entries=entries), strip=strip)


def _are_well(items: tuple[Item, ...]) -> None:
    keys = [key for item in items for key in set(item.keys)]
    assert len(keys) == len(set(keys))
    for item in items:
        assert item.keys
        assert is_line(item.title)
        assert len(item.title) <= 500
        assert are_texts(item.summary, item.canonical_url, *item.keys)


def _are_apart(entries: tuple[Entry, ...], items: tuple[Item, ...], strip: frozenset[str]) -> None:
    """Say that an entry read alone, beside what the others are called, has the keys that it has among them."""
    for place, entry in enumerate(entries):
        beside = [called(other, strip) for number, other in enumerate(entries) if number != place]
        document = Document(kind="rss", title=None, link=None, language=None, entries=(entry,))
        (alone,) = identify(document, beside, strip=strip)
        assert alone.keys in {item.keys for item in items}


def _entry(told: Told) -> Entry:
    """Make an entry as a parser gives it: plain texts, a link that may be linked, a date within its bounds."""
    guid, link, title, summary, text, author, minutes, raw = told
    return Entry(
        guid=_clean(guid, 2_000),
        link=linkable(link, None) if link else None,
        title=" ".join((_clean(title, 500) or "").split()) or None,
        summary=_clean(summary, 20_000),
        text=_clean(text, 200_000),
        author=_clean(author, 200),
        published=None if minutes is None else NOW - timedelta(minutes=minutes % 10_000_000),
        published_raw=_clean(raw, 200),
        language=None,
    )


def _clean(text: str | None, most: int) -> str | None:
    return ODD.sub("", text)[:most].strip() or None if text else None


# fmt: off
SITE = "https://orontes-post.example"
NAMES = [
    None, "", "1", "77", "news", f"{SITE}/", f"{SITE}/1", "http://www.orontes-post.example/1?utm_source=rss",
    f"{SITE}/1#b-61f7", f"{SITE}/1#comments", f"{SITE}/live", f"{SITE}/live?page=2", f"{SITE}/2?b=2&a=1", f"{SITE}/2?a=1&b=2",
    f"{SITE}/%D8%A5", f"{SITE}/إ", "urn:x:1", "URN:X:1", "tag:orontes-post.example,2026:1", f"{SITE}:443/1",
    f"{SITE}/index.html", f"{SITE}//1", f"{SITE}/1/", "//x", f"https://news.google.example/url?q={SITE}/1", f"{SITE}/a?desk=1",
    f"{SITE}/a?desk=2", "http://xn--/", "https://[::1]/a", "\u200f1",
]
TITLES = [
    None, "Floods", "floods", "Flo\u0301ods", "Press statement", "Press statement…", "إدلب", "ادلب", "伊", "a" * 600, ".",
    "\u200f", "&amp;",
]
TEXTS = [
    None, "", "Floods", "Short.", "The same long words of the same long report, which says nothing of its own.", "x" * 60, "\n",
    "a\nb",
]
# fmt: on
TOLD = st.tuples(
    st.sampled_from(NAMES),
    st.sampled_from(NAMES),
    st.sampled_from(TITLES),
    st.sampled_from(TEXTS),
    st.sampled_from(TEXTS),
    st.sampled_from([None, "A", "B"]),
    st.sampled_from([None, 0, 1, 15, 61, 1440, 2880]),
    st.sampled_from([None, "yesterday", "2026-11-22"]),
)
POLLS = st.lists(st.lists(TOLD, max_size=6), min_size=1, max_size=4)
IDENTIFY = Door(
    name="identify",
    grammar=st.tuples(POLLS, st.lists(st.sampled_from(["desk", "a", "UTM"]), max_size=2)),
    law=law,
    seeds=tuple(([[(name, name, title, TEXTS[4], None, None, 61, None)]], ["desk"]) for name in NAMES for title in TITLES[:3]),
    words=tuple(word for word in (*NAMES, *TITLES, *TEXTS) if word),
)
