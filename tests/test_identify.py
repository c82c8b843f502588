"""Identity of entries within their feed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.identify import called, identify
from monitor.model import Document, Entry, Item

WHEN = datetime(2026, 11, 22, tzinfo=UTC)


def entry(**said: object) -> Entry:
    empty = dict.fromkeys(Entry.__slots__)
    return Entry(**(empty | {"title": "Floods", "published": WHEN} | said))  # type: ignore[arg-type]


def items(*entries: Entry) -> tuple[Item, ...]:
    return identify(Document(kind="rss", title=None, link=None, language=None, entries=entries))


def is_known(entry: Entry, *stored: Item) -> bool:
    known = {key for item in stored for key in item.keys}
    return all(known & set(item.keys) for item in items(entry))


def test_what_is_compared_is_not_what_is_shown() -> None:
    (item,) = items(entry(guid="77", link="https://www.orontes-post.example/a/1?utm_source=rss"))
    assert item.canonical_url == "https://orontes-post.example/a/1"
    assert item.link == "https://www.orontes-post.example/a/1?utm_source=rss"


USUAL = {"guid": "77", "link": "https://a.example/1", "title": "Floods"}


@pytest.mark.parametrize(
    "change",
    [
        {"guid": "78"},
        {"link": "https://a.example/2024/1"},
        {"title": "Floods, and what came of them"},
        {"guid": None},
        {"link": None},
        {"link": "http://www.a.example/1?utm_source=rss", "title": "Floods: an update"},
        {"summary": "More was said."},
        {"published": None},
    ],
)
def test_two_of_guid_link_and_title_make_it_the_same_item(change: dict[str, object]) -> None:
    assert is_known(entry(**USUAL | change), *items(entry(**USUAL)))
    assert is_known(entry(**USUAL), *items(entry(**USUAL | change)))


@pytest.mark.parametrize(
    "other",
    [
        {"link": "https://a.example/2", "title": "Another thing"},
        {"guid": "78", "title": "Another thing"},
        {"guid": "78", "link": "https://a.example/2", "published": WHEN + timedelta(days=1)},
    ],
)
def test_h16_one_of_the_three_used_again_for_other_news_is_a_new_item(other: dict[str, object]) -> None:
    assert not is_known(entry(**USUAL | other), *items(entry(**USUAL)))


@pytest.mark.parametrize("guid", [None, "https://a.example/"])
def test_a_bulletin_that_always_links_to_the_front_page_is_new_with_each_headline(guid: str | None) -> None:
    said = {"guid": guid, "link": "https://a.example/"}
    assert not is_known(entry(title="Second bulletin", **said), *items(entry(title="First bulletin", **said)))


def test_h15_a_guid_that_changes_at_every_poll_makes_no_new_item() -> None:
    first = items(*(entry(title=f"T{n}", guid=f"poll1-{n}", link=f"https://a.example/{n}") for n in range(30)))
    assert len(first) == 30
    assert all(is_known(entry(title=f"T{n}", guid=f"poll2-{n}", link=f"https://a.example/{n}"), *first) for n in range(30))


def test_h15_entries_that_all_link_to_one_page_stay_apart() -> None:
    for page in ("https://a.example/", "https://a.example/live"):
        found = items(*(entry(title=f"T{n}", guid=f"{n}", link=page) for n in range(5)))
        assert len({item.keys for item in found}) == 5
        assert is_known(entry(title="T3", guid="3", link=page), *found)


@pytest.mark.parametrize("link", ["https://a.example/", "https://a.example/live", None, "https://a.example/{poll}/{n}"])
def test_h15_h16_guids_that_change_and_links_that_say_nothing_leave_the_headline_and_its_date(link: str | None) -> None:
    def polled(poll: int) -> tuple[Item, ...]:
        links = (link.format(poll=poll, n=n) if link else None for n in range(5))
        said = {"summary": f"poll {poll}", "published": WHEN.replace(hour=9, minute=41)}
        return items(*(entry(title=f"T{n}", guid=f"{poll}-{n}", link=each, **said) for n, each in enumerate(links)))

    known = {key for item in polled(1) for key in item.keys}
    assert len(polled(1)) == 5
    assert all(known & set(item.keys) for item in polled(2))


def test_two_statements_of_one_day_under_one_headline_are_two_where_only_the_day_is_given() -> None:
    (first,) = items(entry(title="Press statement", guid="st:1", link="https://a.example/1"))
    assert not is_known(entry(title="Press statement", guid="st:2", link="https://a.example/2"), first)


def test_h16_one_guid_on_all_entries_identifies_none() -> None:
    found = items(*(entry(title=f"T{n}", guid="same", link=f"https://a.example/{n}") for n in range(5)))
    assert len({item.keys for item in found}) == 5
    # the others scrolled away, and the guid is no longer shared
    assert is_known(entry(title="T3", guid="same", link="https://a.example/3"), *found)
    assert not is_known(entry(title="T9", guid="same", link="https://a.example/9"), *found)


@pytest.mark.parametrize("guid", [None, ""])
def test_without_guid_and_link_the_content_is_the_identity(guid: str | None) -> None:
    one, two = items(entry(guid=guid, summary="a"), entry(guid=guid, summary="b"))
    assert one.keys[0].startswith("h:")
    assert one.keys != two.keys
    assert one.keys[0] == items(entry(guid=guid, summary="a"))[0].keys[0]


def test_same_guid_and_same_link_everywhere_still_stores_all() -> None:
    found = items(*(entry(title=f"T{n}", guid="x", link="https://a.example/") for n in range(3)))
    assert len({item.keys for item in found}) == 3


def test_entries_alike_in_everything_are_one() -> None:
    assert len(items(entry(guid="1", link="https://a.example/1"), entry(guid="1", link="https://a.example/1"))) == 1
    assert len(items(entry(author="A"), entry(author="B"))) == 1


@pytest.mark.parametrize(
    "flipped", ["https://a.example/1", "http://www.a.example/1", "https://a.example/1?utm_source=rss", "https://a.example/1/#top"]
)
def test_a_guid_that_is_an_address_keeps_its_identity_in_another_dress(flipped: str) -> None:
    assert items(entry(guid=flipped))[0].keys == items(entry(guid="http://a.example/1"))[0].keys


def test_long_keys_are_hashed_and_stay_apart() -> None:
    one, two = items(entry(guid="x" * 1_999 + "1"), entry(guid="x" * 1_999 + "2"))
    assert one.keys != two.keys
    assert all(len(key) < 100 for item in (one, two) for key in item.keys)


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ({"title": "T"}, "T"),
        ({"title": None, "summary": "Rain fell. " * 20}, "Rain fell. Rain fell. Rain fell. Rain fell. Rain fell. Rain fell.…"),
        ({"title": None, "text": "Short\nand more"}, "Short"),
        ({"title": None, "link": "https://a.example/1"}, "https://a.example/1"),
        ({"title": None}, "(untitled)"),
    ],
)
def test_an_item_always_has_a_title(said: dict[str, object], title: str) -> None:
    assert items(entry(**said))[0].title == title


@pytest.mark.parametrize(
    ("summary", "text", "expected"),
    [
        (None, None, ""),
        ("Short.", None, "Short."),
        ("Short.", "Long text.", "Short.\nLong text."),
        ("Long tex…", "Long text.", "Long text."),
        ("Floods", None, ""),
        ("Floods.\nRain fell.", None, "Rain fell."),
        ("Floods in Harim", None, "Floods in Harim"),
    ],
)
def test_the_summary_is_the_feeds_own_text_said_once(summary: str | None, text: str | None, expected: str) -> None:
    assert items(entry(summary=summary, text=text))[0].summary == expected


MAYBE = st.one_of(
    st.none(), st.sampled_from(["", "1", "x", "https://a.example/1", "http://a.example/1?utm_source=x"]), st.text(max_size=8)
)


TIMES = st.sampled_from([None, WHEN, WHEN.replace(minute=41, second=7)])


@given(st.lists(st.builds(entry, guid=MAYBE, link=MAYBE, title=MAYBE, summary=MAYBE), max_size=8))
def test_no_key_names_two_items_and_none_is_lost(entries: list[Entry]) -> None:
    found = items(*entries)
    keys = [key for item in found for key in item.keys]
    assert len(keys) == len(set(keys))
    assert all(item.keys and item.title for item in found)
    assert {item.title for item in found} >= {each.title for each in entries if each.title and each.title.isalnum()}


def test_a_name_that_the_desk_strips_makes_two_addresses_one_and_tells_nothing_twice() -> None:
    first, again = (entry(link=f"https://a.example/1?list={number}&id=7", title=f"Floods {number}") for number in (1, 2))
    document = Document(kind="rss", title=None, link=None, language=None, entries=(first,))
    (plain,), (stripped,) = identify(document), identify(document, strip=frozenset({"list"}))
    assert stripped.canonical_url == "https://a.example/1?id=7"
    # what was stored before the name was written down is the same item still
    assert set(plain.keys) < set(stripped.keys)
    both = Document(kind="rss", title=None, link=None, language=None, entries=(first, again))
    assert not {key for item in identify(both)[:1] for key in item.keys} & set(identify(both)[1].keys)
    # one page under two headlines at once is no identity, one after the other it is
    assert len(identify(both, strip=frozenset({"list"}))) == 2
    edited = entry(link="https://a.example/1?list=2&id=7", published=WHEN + timedelta(hours=1), guid="9")
    guided = entry(link="https://a.example/1?list=1&id=7", published=WHEN, guid="8")
    assert _shares_a_key(guided, edited, strip=frozenset({"list"}))
    assert not _shares_a_key(guided, edited, strip=frozenset())


def _shares_a_key(one: Entry, other: Entry, *, strip: frozenset[str]) -> bool:
    found = [
        identify(Document(kind="rss", title=None, link=None, language=None, entries=(each,)), strip=strip)[0].keys
        for each in (one, other)
    ]
    return bool(set(found[0]) & set(found[1]))


# --------------------------------------------------------------------------------------- entries that were not read again


def keys_of(entries: list[Entry], beside: list[Entry]) -> set[tuple[str, ...]]:
    document = Document(kind="rss", title=None, link=None, language=None, entries=tuple(entries))
    return {item.keys for item in identify(document, [called(other) for other in beside])}


@pytest.mark.parametrize(
    "others",
    [
        [{"guid": "77"}],
        [{"link": "http://www.a.example/1?utm_source=rss"}],
        [{"guid": "https://a.example/1"}, {"guid": "https://a.example/1", "title": "Third"}],
        [{"guid": "78", "link": "https://a.example/2", "title": "Floods", "published": WHEN.replace(hour=9, minute=41)}],
        [{"guid": "78", "link": "https://a.example/2"}],
        [USUAL],
    ],
)
def test_h16_what_an_entry_beside_shares_identifies_nothing(others: list[dict[str, object]]) -> None:
    one = entry(**USUAL | {"published": WHEN.replace(hour=9, minute=41)})
    beside = [entry(title="Another thing", **each) if "title" not in each else entry(**each) for each in others]
    whole = {item.keys for item in items(one, *beside)}
    assert keys_of([one], beside) <= whole


@pytest.mark.parametrize("link", [None, "https://a.example/live?desk=1"])
def test_a_page_that_all_entries_share_identifies_none_read_alone_though_the_desk_strips_a_name_of_it(link: str | None) -> None:
    strip = frozenset({"desk"})
    ticks = [entry(guid="https://a.example/live?desk=1", link=link, title=f"Tick {number}") for number in range(3)]
    known: set[str] = set()
    for number, tick in enumerate(ticks):
        document = Document(kind="rss", title=None, link=None, language=None, entries=(tick,))
        beside = [called(other, strip) for other in ticks[:number]] or [
            called(entry(guid="https://a.example/live?desk=1"), strip)
        ]
        (item,) = identify(document, beside, strip=strip)
        assert known.isdisjoint(item.keys)
        known.update(item.keys)


def test_an_entry_that_is_there_twice_is_not_beside_itself() -> None:
    assert keys_of([entry(**USUAL)], [entry(**USUAL), entry(**USUAL)]) == {items(entry(**USUAL))[0].keys}


def test_a_name_that_is_missing_is_no_name() -> None:
    found = called(entry(title=None))
    assert (found.guid, found.link, found.day) == (b"", b"", b"")
    assert len(found.whole) == 8
    assert called(entry(guid="", summary=None)).whole != called(entry(guid=None, summary="")).whole


def test_what_language_an_entry_is_held_to_be_in_makes_it_no_other_entry() -> None:
    assert called(entry(**USUAL, language="tr")) == called(entry(**USUAL, language="en"))
    assert len(items(entry(**USUAL, language="tr"), entry(**USUAL, language="en"))) == 1
    assert keys_of([entry(**USUAL, language="tr")], [entry(**USUAL, language="en")]) == {items(entry(**USUAL))[0].keys}


@given(st.lists(st.builds(entry, guid=MAYBE, link=MAYBE, title=MAYBE, summary=MAYBE, published=TIMES), max_size=8), st.data())
def test_an_entry_has_the_same_keys_read_alone_or_among_the_others(entries: list[Entry], data: st.DataObject) -> None:
    whole = {item.keys for item in items(*entries)}
    wanted = data.draw(st.sets(st.integers(0, max(0, len(entries) - 1))))
    read = [each for place, each in enumerate(entries) if place in wanted]
    beside = [each for place, each in enumerate(entries) if place not in wanted]
    assert keys_of(read, beside) <= whole
    assert keys_of(read, beside) | keys_of(beside, read) == whole


@pytest.mark.parametrize("guid", ["http://[", "http://[::1", "https://[a.example/1"])
def test_a_guid_that_only_looks_like_an_address_is_a_guid(guid: str) -> None:
    assert items(entry(guid=guid))[0].keys[0].startswith("g:")
