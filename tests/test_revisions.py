"""Articles that are edited after they were read, through the whole line over a real outlet: what is kept, marked and told."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desks import LONG, configured, outlet, rows
from fakes import Site, page, rss

from monitor.daemon import Daemon
from monitor.edits import diff, essence
from monitor.model import Config, ItemId
from monitor.pipeline import poll, read
from monitor.store import DATABASE, Reading, open_reader

FIRST = "Rain floods camps"
WATCHED = "Camps north of Idlib city stood under water on Monday, and 120 tents were lost."
MORE = LONG.replace("Sentence", "Line").replace("roads, wells", "schools, prices")
COUNTER = "<div class='meta'>{} views</div>"


async def once(config: Config) -> None:
    async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
        await daemon.once()


def hasten(config: Config) -> None:
    """Make every page due that is to be read again at all."""
    db = sqlite3.connect(Path(config.state) / DATABASE)
    with db:
        db.execute("UPDATE item SET reread_at = 0 WHERE reread_at IS NOT NULL")
    db.close()


def publish(site: Site, *texts: str, title: str = FIRST, teaser: str = "", views: int = 10, feed: bool = True) -> None:
    if feed:
        site.pages["/feed.xml"] = rss((title, f"{site.url}/1", teaser), now=START)
    site.pages["/1"] = (
        page(title, *texts)
        .replace(b"</h1>", f"</h1>{COUNTER.format(views)}".encode())
        .replace(b"</head>", f"<meta property='og:title' content='{title}'></head>".encode())
    )


START = datetime.now(UTC) - timedelta(minutes=10)


def versions(config: Config) -> list[tuple[int, str, str | None, str | None]]:
    db = open_reader(Path(config.state) / DATABASE)
    try:
        return [(one.number, one.part, one.title, one.text) for one in Reading(db).versions(ItemId(1))]
    finally:
        db.close()


def sentence_edits(config: Config) -> list[tuple[object, ...]]:
    return rows(config, "SELECT number, fate, before, after FROM sentence_edit JOIN revision ON revision.id = revision_id")


async def test_three_edits_are_three_revisions_and_a_view_counter_is_none(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        publish(site, LONG, WATCHED, MORE)
        await once(config)
        for views in (17, 4_204):
            publish(site, LONG, WATCHED, MORE, views=views)
            hasten(config)
            await once(config)
        assert rows(config, "SELECT count(*) FROM revision") == [(0,)]
        publish(site, LONG, WATCHED, MORE, title="Rain floods 40 camps", views=5_000)
        await once(config)
        hasten(config)
        await once(config)
        changed = WATCHED.replace("120", "135")
        publish(site, LONG, changed, MORE, title="Rain floods 40 camps", views=6_000)
        hasten(config)
        await once(config)
        publish(site, LONG, MORE, title="Rain floods 40 camps", views=7_000)
        hasten(config)
        await once(config)
    assert rows(config, "SELECT DISTINCT number FROM revision ORDER BY number") == [(1,), (2,), (3,)]
    assert sentence_edits(config) == [(2, "changed", WATCHED, changed), (3, "gone", changed, None)]
    pages = [text or "" for _, part, _, text in versions(config) if part == "page"]
    title = "Rain floods 40 camps"
    numbers = diff(essence(pages[-3], titles=[title]), essence(pages[-2], titles=[title]))
    assert [(span.kind, span.text) for span in numbers if span.kind != "same"] == [("removed", "120"), ("added", "135")]
    gone = diff(essence(pages[-2], titles=[title]), essence(pages[-1], titles=[title]))
    assert [(span.kind, span.text.strip()) for span in gone if span.kind != "same"] == [("removed", changed)]
    assert len(site.told) == 1


async def test_an_edit_that_brings_the_word_into_the_feed_alerts(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        publish(site, LONG)
        await once(config)
        assert site.told == []
        publish(site, LONG, title="Rain floods camps near Idlib")
        await once(config)
        publish(site, LONG, title="Rain floods 40 camps near Idlib")
        await once(config)
    (alert,) = [alert for post in site.posts for alert in post["alerts"]]
    assert alert["matches"][0]["sentence"] == "Rain floods camps near Idlib"


async def test_an_edit_that_brings_the_word_into_the_page_alerts_when_the_feed_says_that_it_was_edited(
    tmp_path: Path, site: Site
) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        publish(site, LONG)
        await once(config)
        publish(site, LONG, WATCHED, title="Rain floods 40 camps")
        await once(config)
    assert len(site.told) == 1
    assert rows(config, "SELECT field, revision FROM match") == [("text", 1)]


async def test_a_watch_that_is_younger_than_the_item_tells_nothing_that_stood_there_before(tmp_path: Path, site: Site) -> None:
    with site.serving():
        publish(site, LONG, WATCHED)
        await once(configured(tmp_path, outlet(site, watches='rain = ["Storm"]')))
        publish(site, LONG, WATCHED, title="Rain floods 40 camps")
        config = configured(tmp_path, outlet(site))
        await once(config)
    assert site.told == []
    assert rows(config, "SELECT watch_id, field FROM match") == [("idlib", "text")]


@pytest.mark.parametrize("status", [404, 410])
async def test_a_page_that_vanished_is_recorded_and_what_it_said_is_kept(tmp_path: Path, site: Site, status: int) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        publish(site, LONG, WATCHED)
        await once(config)
        site.pages["/1"] = status
        hasten(config)
        await once(config)
        assert rows(config, "SELECT gone_at IS NOT NULL, article_state FROM item") == [(1, "read")]
        publish(site, LONG, WATCHED)
        hasten(config)
        await once(config)
    assert rows(config, "SELECT gone_at IS NOT NULL FROM item") == [(0,)]
    assert rows(config, "SELECT count(*) FROM revision") == [(0,)]


async def test_a_wall_that_stands_before_the_article_later_is_no_edit_of_it(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        publish(site, LONG, WATCHED)
        await once(config)
        site.pages["/1"] = page("Just a moment...", "Checking your browser before you go on to the site of the Orontes Post.")
        hasten(config)
        await once(config)
    assert rows(config, "SELECT count(*) FROM revision") == [(0,)]
    assert rows(config, "SELECT gone_at FROM item") == [(None,)]


async def test_a_text_that_could_not_be_had_at_first_is_read_later_and_alerts(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        publish(site, LONG, WATCHED)
        site.pages["/1"] = 404
        await once(config)
        assert rows(config, "SELECT article_state FROM item") == [("given_up",)]
        publish(site, LONG, WATCHED)
        hasten(config)
        await once(config)
    assert rows(config, "SELECT article_state FROM item") == [("read",)]
    assert len(site.told) == 1


async def test_a_wall_that_falls_gives_the_article_and_alerts(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        publish(site, LONG, WATCHED)
        site.pages["/1"] = page("Just a moment...", "Checking your browser before you go on to the site of the Orontes Post.")
        await once(config)
        assert rows(config, "SELECT doubt FROM article") == [("wall",)]
        publish(site, LONG, WATCHED)
        hasten(config)
        await once(config)
    assert rows(config, "SELECT doubt FROM article") == [(None,)]
    assert len(site.told) == 1


async def test_a_matched_page_is_read_again_after_an_hour_six_a_day_and_a_week_and_then_no_more(
    tmp_path: Path, site: Site
) -> None:
    waits = []
    with site.serving():
        config = configured(tmp_path, outlet(site))
        publish(site, LONG, WATCHED)
        await once(config)
        for _ in range(4):
            waits += rows(config, "SELECT (reread_at - article_at) / 3600 FROM item")
            db = sqlite3.connect(Path(config.state) / DATABASE)
            with db:
                # as if the time had passed
                db.execute("UPDATE item SET article_at = article_at - (reread_at - strftime('%s', 'now')) - 1, reread_at = 0")
            db.close()
            await once(config)
    assert waits == [(1,), (6,), (24,), (168,)]
    assert rows(config, "SELECT reread_at FROM item") == [(None,)]


async def test_an_article_that_no_watch_found_is_not_read_again(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        publish(site, LONG)
        await once(config)
        hasten(config)
        await once(config)
    assert site.asked.count("/1") == 1


async def test_two_entries_that_are_one_item_do_not_edit_each_other_at_every_poll(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        publish(site, LONG, WATCHED)
        await once(config)
        for number in range(4):
            # the second has another guid and text, and the same link and headline
            twice = rss((FIRST, f"{site.url}/1", ""), (FIRST, f"{site.url}/1", "Rain goes on."), now=START)
            other = twice.replace(f"<guid>{site.url}/1</guid><description>Rain".encode(), b"<guid>x-7</guid><description>Rain")
            site.pages["/feed.xml"] = other + b"<!-- %d -->" % number
            await once(config)
    assert rows(config, "SELECT count(*) FROM revision") in ([(0,)], [(1,)])


async def test_a_headline_that_is_edited_is_no_edit_of_the_text_below_it(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        for title in (FIRST, "Rain floods 40 camps", "Rain floods 50 camps in the north"):
            publish(site, LONG, WATCHED, title=title)
            # it stands on the page only where readers see it
            site.pages["/1"] = page(title, LONG, WATCHED)
            await once(config)
        assert rows(config, "SELECT DISTINCT part FROM revision") == [("feed",)]
        assert site.asked.count("/1") == 3
        site.pages["/1"] = page("Rain floods 60 camps in the north", LONG, WATCHED)
        hasten(config)
        await once(config)
    # one that only the page has is an edit of the page
    assert rows(config, "SELECT DISTINCT part FROM revision ORDER BY part") == [("feed",), ("page",)]


async def test_who_is_told_of_an_edit_is_told_that_it_is_one(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        publish(site, LONG)
        await once(config)
        publish(site, LONG, title="Rain floods camps near Idlib")
        await once(config)
        digest = (Path(config.digest.directory) / "latest.md").read_text()
        assert "Edited: an edit brought the watched word into it." in digest
    (alert,) = [alert for post in site.posts for alert in post["alerts"]]
    assert (alert["headline"], alert["edit"]) == ("Rain floods camps near Idlib", "brought")


async def test_a_digest_does_not_give_for_current_what_was_taken_out(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        publish(site, LONG, WATCHED)
        await once(config)
        publish(site, LONG, MORE)
        hasten(config)
        await once(config)
        assert "Edited: what was found was taken out since." in (Path(config.digest.directory) / "latest.html").read_text()
        site.pages["/1"] = 410
        hasten(config)
        await once(config)
        assert "Edited: its page is gone since." in (Path(config.digest.directory) / "latest.html").read_text()


async def test_an_entry_that_is_edited_at_every_poll_has_its_page_read_ever_more_seldom(tmp_path: Path, site: Site) -> None:
    waits = []
    with site.serving():
        config = configured(tmp_path, outlet(site))
        publish(site, LONG)
        await once(config)
        for number in range(5):
            publish(site, LONG, teaser=f"Ad number {number} stands here today, and another one will tomorrow.")
            await once(config)
            waits += rows(config, "SELECT (reread_at - edited_at + 30) / 60 FROM item")
            db = sqlite3.connect(Path(config.state) / DATABASE)
            with db:
                # as if it had been read by now
                db.execute("UPDATE item SET reread_at = NULL")
            db.close()
    # the first edit is looked at at once
    assert waits == [(None,), (30,), (60,), (120,), (240,)]


async def test_a_page_that_never_says_the_same_twice_does_not_fill_the_disk(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        publish(site, LONG, WATCHED)
        await once(config)
        db = sqlite3.connect(Path(config.state) / DATABASE)
        with db:
            db.execute(
                "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 50)"
                " INSERT INTO revision (item_id, number, part, seen_at, text, text_hash) SELECT 1, n, 'page', 0, 'x', 'x' FROM n"
            )
        db.close()
        publish(site, LONG, LONG, title="Other")
        await once(config)
        hasten(config)
        await once(config)
    assert rows(config, "SELECT count(*) FROM revision") == [(50,)]


async def test_what_spoke_against_a_word_and_was_taken_out_lets_it_be_told(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site, watches='idlib = { any = ["Idlib"], none = ["football"] }'))
        publish(site, LONG, "The football club gave blankets.", MORE, title="Rain in Idlib")
        await once(config)
        # as if time had passed since the watch was written
        db = sqlite3.connect(Path(config.state) / DATABASE)
        with db:
            db.execute("UPDATE watch SET since = 0")
        db.close()
        publish(site, LONG, "The football club gave blankets.", MORE, title="Rain in Idlib, 40 dead")
        await once(config)
        assert site.told == []
        publish(site, LONG, "The club gave blankets.", MORE, title="Rain in Idlib, 50 dead")
        await once(config)
    assert len(site.told) == 1


async def test_words_of_headline_and_page_count_together_in_an_edit(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site, watches='idlib = { any = ["Idlib"], all = ["blankets"] }'))
        publish(site, LONG, "The club gave blankets.", MORE, title="Rain in the north")
        await once(config)
        publish(site, LONG, "The club gave blankets.", MORE, title="Rain in the north of Idlib")
        await once(config)
    assert len(site.told) == 1


@pytest.mark.parametrize("line", ["Strike hits Idlib hospital, 12 dead", "40 families: Idlib"])
async def test_a_word_alerts_in_a_line_that_looks_like_a_counter(tmp_path: Path, site: Site, line: str) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        publish(site, LONG, teaser="Rain fell in the valley.")
        await once(config)
        publish(site, LONG, teaser=f"Rain fell in the valley.&lt;br&gt;{line}")
        await once(config)
    assert len(site.told) == 1


async def test_the_hundredth_edit_is_told_like_the_first(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        publish(site, LONG)
        await once(config)
        db = sqlite3.connect(Path(config.state) / DATABASE)
        with db:
            db.execute(
                "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 50)"
                " INSERT INTO revision (item_id, number, part, seen_at, text, text_hash) SELECT 1, n, 'feed', 0, 'x', 'x' FROM n"
            )
        db.close()
        publish(site, LONG, title="Rain floods camps near Idlib")
        await once(config)
    assert len(site.told) == 1
    assert rows(config, "SELECT max(number) FROM revision") == [(50,)]


async def test_old_news_behind_a_wall_alerts_nobody_when_it_falls(tmp_path: Path, site: Site) -> None:
    old = datetime.now(UTC) - timedelta(days=700)
    with site.serving():
        config = configured(tmp_path, outlet(site))
        publish(site, LONG, WATCHED)
        site.pages["/feed.xml"] = rss((FIRST, f"{site.url}/1", ""), now=old)
        whole = site.pages["/1"]
        site.pages["/1"] = page("Just a moment...", "Checking your browser before you go on to the site of the Orontes Post.")
        await once(config)
        site.pages["/1"] = whole
        hasten(config)
        await once(config)
    assert rows(config, "SELECT count(*) FROM match") == [(1,)]
    assert site.told == []


async def test_an_edit_that_comes_while_the_page_is_read_is_read_for(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        publish(site, LONG)
        async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
            (state,) = await daemon.store.read(lambda store: store.states())
            await poll(daemon.line, state)
            (item,) = await daemon.store.read(lambda store: store.due_articles(datetime.now(UTC), 1, each=1))
            # the page comes as it was, and the feed says meanwhile that it is another one
            reading = asyncio.ensure_future(read(daemon.line, item))
            await until_asked(site, "/1")
            publish(site, LONG, WATCHED, teaser="Officials spoke of the camps.")
            (state,) = await daemon.store.read(lambda store: store.states())
            await asyncio.gather(reading, poll(daemon.line, state))
            assert await daemon.store.read(lambda store: store.due_rereads(datetime.now(UTC) + timedelta(seconds=2), 1, each=1))


async def until_asked(site: Site, path: str) -> None:
    while path not in site.asked:  # noqa: ASYNC110  the outlet is in another thread
        await asyncio.sleep(0)
