"""An item is stored once, whatever its feed does to guids and links from poll to poll, and nothing is lost for it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from desks import configured, rows
from fakes import Site
from hypothesis import given
from hypothesis import strategies as st
from newsfeeds import ARTICLES, FEEDS, POLLS, SITE, START, Feed, Said, article

from monitor.cut import cut
from monitor.daemon import Daemon
from monitor.identify import called, identify
from monitor.model import Config, Document, Entry
from monitor.pipeline import poll

DAY = timedelta(days=1)


def stored(documents: Sequence[Sequence[Said]], *, in_pieces: bool = False) -> list[str]:
    """Give the headlines that are stored, one poll after the other; ``in_pieces``: only what is new in a document is read."""
    known: set[str] = set()
    headlines: list[str] = []
    before: set[Entry] = set()
    for document in documents:
        entries = tuple(said.entry for said in document)
        read = tuple(entry for entry in entries if not in_pieces or entry not in before)
        beside = [called(entry) for entry in entries if entry not in read]
        for item in identify(Document(kind="rss", title=None, link=None, language=None, entries=read), beside):
            if known.isdisjoint(item.keys):
                headlines.append(item.title)
                known.update(item.keys)
        before = set(entries)
    return headlines


def polled(feed: Feed) -> list[list[Said]]:
    return [feed(number) for number in range(POLLS)]


# ------------------------------------------------------------------------------------------------ through twenty polls


DATES: dict[str, Callable[[datetime], datetime | None]] = {
    "to the second": lambda moment: moment,
    "to the quarter of an hour": lambda moment: moment.replace(minute=moment.minute // 15 * 15, second=0),
    "to the day": lambda moment: moment.replace(hour=0, minute=0, second=0),
    "not at all": lambda _: None,
}
# Neither guid nor link is the same at two polls: without a moment or a text, what is listed again looks like what is new
NAMELESS = {
    "guids and links change",
    "guids and links change while old ones fall out",
    "all link to one live page and guids change",
}
# The link is: but under a link that all its bulletins share, the same text may stand under each headline
RENAMED = "headlines are edited and guids change"


def is_knowable(oddity: str, dates: str, text: str) -> bool:
    if dates == "to the second" or oddity not in {*NAMELESS, RENAMED}:
        return True
    return text == "with text" and not (oddity == RENAMED and dates == "not at all")


@pytest.mark.untraced
@pytest.mark.parametrize("text", ["with text", "headlines only"])
@pytest.mark.parametrize("dates", DATES)
@pytest.mark.parametrize("oddity", FEEDS)
def test_h15_h16_a_feed_polled_twenty_times_gives_as_many_items_as_it_published(oddity: str, dates: str, text: str) -> None:
    feed, published = FEEDS[oddity]

    def said(one: Said) -> Said:
        return replace(one, dated=DATES[dates](one.dated or START), text=one.text if text == "with text" else "")

    documents = [[said(one) for one in document] for document in polled(feed)]
    counts = {len(stored(documents)), len(stored(documents, in_pieces=True))}
    if is_knowable(oddity, dates, text):
        assert counts == {published}
    else:
        assert min(counts) > published


def body(document: Sequence[Said], *, is_cut: bool) -> bytes:
    # a prefix that no other feed declares for itself: such a feed is read as a whole
    odd = "" if is_cut else f"<desk:n xmlns:desk='{SITE}/ns'>1</desk:n></item>"
    items = "".join(said.xml.replace("</item>", odd) if odd else said.xml for said in document)
    return f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>P</title>{items}</channel></rss>".encode()


# One of each kind; parsing them all takes minutes
THROUGH_THE_LINE = (
    "its guids change",
    "guids and links flip between http and https",
    "every guid is the same",
    "headlines are edited and guids change",
    "guids and links change while old ones fall out",
    "each place has its guid, whatever article stands there",
    "all link to one live page, now one of them, now three",
)


def desk_of(folder: Path, site: Site, *names: str) -> Config:
    options = 'lang = "en", private = true, pause = "0s", full_text = false'
    outlets = "\n".join(f'{name} = {{ feed = "{site.url}/{name}.xml", {options} }}' for name in names)
    channel = f'[channels.hook]\ntype = "webhook"\nurl = "{site.url}/hook"\nprivate = true\n'
    return configured(folder, f'[outlets]\n{outlets}\n[watches]\ncamps = ["camp"]\n{channel}[alerts]\nper = "item"\n')


async def poll_all(daemon: Daemon, now: datetime) -> None:
    daemon.line.now = lambda: now
    states = await daemon.store.read(lambda store: store.states())
    await asyncio.gather(*(poll(daemon.line, state) for state in states))


@pytest.mark.untraced
@pytest.mark.parametrize("is_cut", [True, False], ids=["in pieces", "whole"])
@pytest.mark.parametrize("is_conditional", [True, False], ids=["conditional", "full"])
async def test_h15_h16_the_real_line_stores_odd_feeds_as_published_and_alerts_once_an_article(
    tmp_path: Path, site: Site, *, is_conditional: bool, is_cut: bool
) -> None:
    site.tags = is_conditional
    names = {oddity: f"odd-{place}" for place, oddity in enumerate(THROUGH_THE_LINE)}
    config = desk_of(tmp_path, site, *names.values())
    with site.serving():
        async with Daemon(config, load=lambda: config, say=print) as daemon:
            for number in range(POLLS):
                for oddity, name in names.items():
                    site.pages[f"/{name}.xml"] = found = body(FEEDS[oddity][0](number), is_cut=is_cut)
                    assert (cut(found, content_type="application/xml") is not None) == is_cut
                now = START + DAY / 2 + number * timedelta(minutes=50)
                await poll_all(daemon, now)
                if is_conditional:
                    await poll_all(daemon, now + timedelta(minutes=20))
    sql = "SELECT outlet_id, count(*) FROM {} JOIN feed ON feed.id = feed_id GROUP BY outlet_id"
    published = {name: FEEDS[oddity][1] for oddity, name in names.items()}
    assert dict(rows(config, sql.format("item"))) == published
    assert dict(rows(config, sql.format("alert JOIN item ON item.id = item_id"))) == published
    assert rows(config, "SELECT count(*) FROM feed WHERE unchanged_at IS NOT NULL") == [(len(names) * is_conditional,)]


async def test_h16_two_outlets_that_share_their_guids_and_links_both_keep_their_news(tmp_path: Path, site: Site) -> None:
    config = desk_of(tmp_path, site, "orontes-post", "levant-wire")
    with site.serving():
        async with Daemon(config, load=lambda: config, say=print) as daemon:
            for number in range(3):
                for name in ("orontes-post", "levant-wire"):
                    site.pages[f"/{name}.xml"] = body(FEEDS["its guids change"][0](number), is_cut=True)
                await poll_all(daemon, START + DAY + number * timedelta(hours=1))
    assert rows(config, "SELECT count(*) FROM item GROUP BY feed_id") == [(ARTICLES,), (ARTICLES,)]


# --------------------------------------------------------------------------------------------------- nothing is hidden


def test_h16_a_guid_used_again_for_another_article_is_new() -> None:
    later = article(2, guid="op:1")
    assert len(stored([[article(1)], [later]])) == 2
    assert len(stored([[article(1), article(3)], [later, article(3)]])) == 3


@pytest.mark.parametrize("dates", DATES)
@pytest.mark.parametrize("link", [f"{SITE}/2026/{{day}}", f"{SITE}/market?visit={{poll}}", f"{SITE}/"])
def test_a_report_under_one_headline_is_new_with_each_days_text_though_guids_change(link: str, dates: str) -> None:
    def feed(poll: int) -> list[Said]:
        return [
            article(
                day,
                guid=f"{poll}-{day}",
                link=link.format(day=day, poll=poll),
                title="Market report",
                text=f"Wheat is sold for {300 + day} a sack in the markets of the north, more than the day before.",
                dated=DATES[dates](START + day * DAY),
            )
            for day in range(poll // 4, poll // 4 + 3)
        ]

    assert len(stored(polled(feed))) == 7
    assert len(stored(polled(lambda poll: feed(poll)[-1:]))) == 5


def test_the_same_words_are_news_again_on_another_day_but_not_without_any_date() -> None:
    def weather(day: int, *, is_dated: bool) -> list[Said]:
        dated = (START + day * DAY).replace(hour=0, minute=0, second=0) if is_dated else None
        text = "Sunny and dry in the whole of the north; the wind is weak, and the night brings no frost."
        return [article(1, guid=f"w:{day}", link=f"{SITE}/weather/{day}", title="The weather", text=text, dated=dated)]

    assert len(stored([weather(day, is_dated=True) for day in range(5)])) == 5
    # nothing tells what is said again from what is listed again under another guid and link
    assert len(stored([weather(day, is_dated=False) for day in range(5)])) == 1


@pytest.mark.parametrize("text", ["", "Press statement", "Read the full statement on our site."])
def test_two_statements_of_a_day_under_one_headline_are_two(text: str) -> None:
    day = START.replace(hour=0, minute=0, second=0)
    one, two = (article(number, title="Press statement", text=text, dated=day) for number in (1, 2))
    assert len(stored([[one], [two]])) == 2
    assert len(stored([[one], [one, two], [two]])) == 2
    assert len(stored([[one], [one, two], [two]], in_pieces=True)) == 2


def test_two_articles_that_say_the_same_side_by_side_are_two() -> None:
    one, two = (article(number, title="Press statement", text=article(1).text, dated=None) for number in (1, 2))
    assert len(stored([[one, two], [two, one]])) == 2
    assert len(stored([[one], [two, one]])) == 2


@pytest.mark.parametrize("guid", [None, f"{SITE}/live"])
def test_a_live_page_that_several_entries_share_loses_none_and_doubles_none_when_they_are_fewer(guid: str | None) -> None:
    def tick(number: int) -> Said:
        quarter = START.replace(minute=0, second=0) + number * timedelta(minutes=15)
        return article(number, guid=guid, link=f"{SITE}/live", title=f"Tick {number}", text="", dated=quarter)

    assert len(stored([[tick(1)], [tick(1), tick(2)], [tick(2)], [tick(1), tick(2)]])) == 2
    assert len(stored([[tick(1), tick(2)], [tick(2)], [tick(3), tick(2)], [tick(3)]])) == 3
    assert len(stored([[tick(1), tick(2)], [tick(2)], [tick(3), tick(2)], [tick(3)]], in_pieces=True)) == 3


def test_a_page_that_is_its_feeds_only_link_hides_no_news_but_one_among_others_is_edited() -> None:
    live = [article(number, guid=None, link=f"{SITE}/live") for number in range(5)]
    assert len(stored([[each] for each in live])) == 5
    # beside articles with links of their own, it is a page that is written on
    assert len(stored([[each, article(77)] for each in live])) == 2


ODD = st.fixed_dictionaries(
    {
        "guid": st.sampled_from([None, "", "news", "1", "2", f"{SITE}/", f"{SITE}/live", f"{SITE}/live#1"]),
        "link": st.sampled_from([None, f"{SITE}/", f"{SITE}/live", f"{SITE}/2", f"{SITE}/3?a=1"]),
        "title": st.sampled_from(["Market report", "Press statement", "Tick 1", "Tick 2", "Tick 3"]),
        "text": st.sampled_from(["", "Short.", "The same long words of the same long report, which says nothing of its own."]),
        "dated": st.sampled_from([None, START, START.replace(minute=0, second=0), START + DAY]),
    }
)


@given(polls=st.lists(st.tuples(st.lists(ODD, max_size=4), st.sets(st.integers(10, 13))), max_size=6), in_pieces=st.booleans())
def test_news_with_names_of_its_own_is_stored_once_whatever_stands_beside_it(
    polls: list[tuple[list[dict[str, object]], set[int]]], *, in_pieces: bool
) -> None:
    documents = [[article(0, **odd) for odd in odds] + [article(number) for number in sorted(news)] for odds, news in polls]
    counts = Counter(stored(documents, in_pieces=in_pieces))
    for number in range(10, 14):
        assert counts[article(number).title] == any(number in news for _, news in polls)
