"""The whole line over real outlets on loopback: what should be told is told once, and nothing else."""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desks import LONG, configured, outlet, rows
from fakes import Site, page, rss

from monitor.config import load
from monitor.daemon import Daemon
from monitor.demo.outlets import demo_outlets, expected_alerts
from monitor.demo.server import DemoServer
from monitor.model import Config
from monitor.store import DATABASE


async def once(config: Config) -> list[str]:
    said: list[str] = []
    async with Daemon(config, load=lambda: config, say=said.append) as daemon:
        await daemon.once()
    return said


def originals() -> dict[tuple[object, object], tuple[object, object]]:
    """Give for each copy among the demo's items, by outlet and headline, the item whose text it carries."""
    items = {f"{outlet.id}/{item.slug}": (outlet.id, item) for outlet in demo_outlets() for item in outlet.items}
    return {
        (outlet_id, item.first.title): (items[item.copy_of][0], items[item.copy_of][1].first.title)
        for outlet_id, item in items.values()
        if item.copy_of
    }


async def test_every_demo_item_that_should_alert_does_once_and_no_other(tmp_path: Path) -> None:
    with DemoServer(datetime.now(UTC)) as demo:
        path = tmp_path / "config.toml"
        path.write_text(demo.config_text(state=str(tmp_path / "state")), encoding="utf-8")
        config = load(path, environ=os.environ, home=tmp_path)
        await once(config)
        told = rows(
            config,
            "SELECT feed.outlet_id, item.title, alert.watch_id FROM alert JOIN item ON item.id = alert.item_id"
            " JOIN feed ON feed.id = item.feed_id WHERE alert.state = 'sent'",
        )
        wanted = {(one.outlet_id, one.title, one.watch_id) for one in expected_alerts() if one.should_alert}
        # a story is told once, under whichever of its items was met first
        first = originals()
        assert {(*first.get((outlet_id, title), (outlet_id, title)), watch) for outlet_id, title, watch in told} == wanted
        assert len(told) == len(wanted)
        placed = rows(
            config,
            "SELECT DISTINCT feed.outlet_id, item.title, match.watch_id, match.form FROM match"
            " JOIN item ON item.id = match.item_id JOIN feed ON feed.id = item.feed_id",
        )
        for one in expected_alerts():
            if one.field is not None:
                # what an apostrophe parts from the word is not marked with it
                forms = {place[3] for place in placed if place[:3] == (one.outlet_id, one.title, one.watch_id)}
                assert forms & {one.form, one.form.split("’")[0].split("'")[0]}
            else:
                assert (one.outlet_id, one.title, one.watch_id) not in {place[:3] for place in placed}
        demo.edit()
        assert await once(config) == []


async def test_a_teaser_whose_page_alone_holds_the_word_alerts_with_the_sentence(tmp_path: Path, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = rss(("Rain in the north", f"{site.url}/1", "Tents were flooded overnight."))
        site.pages["/1"] = page(
            "Rain in the north", LONG, "Camps north of Idlib city stood under water by two in the morning.", LONG
        )
        await once(configured(tmp_path, outlet(site)))
    (post,) = site.posts
    (alert,) = post["alerts"]
    assert alert["matches"][0]["field"] == "text"
    assert "Camps north of Idlib city" in alert["matches"][0]["sentence"]


async def test_a_word_in_a_pages_furniture_does_not_alert(tmp_path: Path, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = rss(("Rain in the north", f"{site.url}/1", "Tents were flooded overnight."))
        site.pages["/1"] = page("Rain in the north", LONG, LONG, aside='<ul><li><a href="/idlib">Idlib</a></li></ul>')
        config = configured(tmp_path, outlet(site))
        await once(config)
    assert site.posts == []
    assert rows(config, "SELECT article_state FROM item") == [("read",)]


FORMS = {
    "Dün gece İdlibdeki yollar kardan kapandı": "tr",
    "Дороги в Идлибе занесло снегом": "ru",
    "الثلوج تقطع الطرق بإدلب": "ar",
    "W Idlibie drogi są zasypane śniegiem": "pl",
    "Idlibissä tiet ovat lumen tukossa": "fi",
}
OTHERS = ("Pociąg z Midlibia jest spóźniony o godzinę", "مجلس المدينة يناقش ميزانية العام المقبل")


def unsaid(site: Site, *, full_text: bool) -> str:
    """Write an outlet whose language nobody gives."""
    text = outlet(site, watches='idlib = { any = ["Idlib", "إدلب", "Идлиб"] }')
    return text.replace('lang = "en"', f"full_text = {str(full_text).lower()}")


async def test_a_word_is_found_in_its_forms_where_nobody_says_the_language(tmp_path: Path, site: Site) -> None:
    with site.serving():
        headlines = [*FORMS, *OTHERS]
        site.pages["/feed.xml"] = rss(*((title, f"{site.url}/{number}", "") for number, title in enumerate(headlines)))
        config = configured(tmp_path, unsaid(site, full_text=False))
        await once(config)
        assert dict(rows(config, "SELECT title, language FROM item WHERE id IN (SELECT item_id FROM match)")) == FORMS
        assert len(set(site.told)) == len(FORMS)
        await once(config)
    assert len(site.told) == len(FORMS)


async def test_a_feed_that_says_english_over_polish_and_arabic_is_not_believed(tmp_path: Path, site: Site) -> None:
    with site.serving():
        wanted = [title for title, language in FORMS.items() if language in {"pl", "ar"}]
        body = rss(*((title, f"{site.url}/{number}", "") for number, title in enumerate(wanted)))
        site.pages["/feed.xml"] = body.replace(b"<channel>", b"<channel><language>en-US</language>")
        await once(configured(tmp_path, unsaid(site, full_text=False)))
    assert len(set(site.told)) == len(wanted)


async def test_a_whole_text_tells_the_language_that_a_bare_name_for_a_headline_does_not(tmp_path: Path, site: Site) -> None:
    paragraph = "Mieszkańcy mówią, że od pięciu dni nie mają wody, a w Idlibie drogi są zasypane śniegiem."
    with site.serving():
        site.pages["/feed.xml"] = rss(("Sarmada", f"{site.url}/1", ""))
        site.pages["/1"] = page("Sarmada", *[paragraph] * 8)
        config = configured(tmp_path, unsaid(site, full_text=True))
        await once(config)
    assert rows(config, "SELECT language FROM item") == [("pl",)]
    assert len(site.told) == 1


async def test_a_page_in_another_language_takes_nothing_back_that_the_headline_says(tmp_path: Path, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = rss(("W Idlibie drogi są zasypane śniegiem", f"{site.url}/1", ""))
        site.pages["/1"] = page("W Idlibie drogi są zasypane śniegiem", LONG)
        config = configured(tmp_path, unsaid(site, full_text=True))
        await once(config)
    assert len(site.told) == 1
    assert rows(config, "SELECT form FROM match") == [("Idlibie",)]


async def test_a_subscribers_cookie_opens_the_outlets_own_pages_and_is_told_to_no_other(tmp_path: Path, site: Site) -> None:
    other = Site()
    with site.serving(), other.serving():
        site.pages["/feed.xml"] = rss(("Rain in the north", f"{site.url}/1", ""), ("Hail in the south", f"{other.url}/2", ""))
        site.pages["/1"] = page("Rain in the north", LONG, "Camps north of Idlib city stood under water.", LONG)
        site.members["/1"] = "session=abc-123; tier=paid"
        other.pages["/2"] = page("Hail in the south", LONG, LONG)
        text = outlet(site).replace("private = true,", 'private = true, headers = { Cookie = { env = "SUBSCRIPTION" } },')
        await once(configured(tmp_path, text, SUBSCRIPTION="session=abc-123; tier=paid"))
    assert len(site.told) == 1
    assert {path for path, _ in site.cookies} == {"/feed.xml", "/1"}
    assert "/2" in other.asked
    assert other.cookies == []


async def test_an_outlets_selector_is_where_its_articles_are_and_a_page_without_it_is_read_as_any(
    tmp_path: Path, site: Site
) -> None:
    odd = f"<div id='x'><h1>Rain in the north</h1></div><div id='odd'>{LONG}<br>Idlib was spared.</div><div>{LONG} Sarmada.</div>"
    with site.serving():
        site.pages["/feed.xml"] = rss(("Rain in the north", f"{site.url}/1", ""), ("Hail in the south", f"{site.url}/2", ""))
        site.pages["/1"] = f"<html><body>{odd}</body></html>".encode()
        site.pages["/2"] = page("Hail in the south", LONG, "Hail fell on Salqin.")
        text = outlet(site).replace("private = true,", 'private = true, selector = "#odd",')
        config = configured(tmp_path, text)
        await once(config)
    assert len(site.told) == 1
    (first, second) = rows(config, "SELECT source, text FROM article ORDER BY url")
    assert first == ("selector", f"{LONG}\nIdlib was spared.")
    assert second == ("page", f"{LONG}\nHail fell on Salqin.")


async def test_of_a_page_that_says_nothing_of_itself_the_feed_is_believed(tmp_path: Path) -> None:
    with DemoServer(datetime.now(UTC)) as demo:
        path = tmp_path / "config.toml"
        path.write_text(demo.config_text(state=str(tmp_path / "state")), encoding="utf-8")
        config = load(path, environ=os.environ, home=tmp_path)
        await once(config)
        voice = next(each for each in demo_outlets() if each.layout == "broadcaster")
        wanted = {
            (item.first.title, int(published.timestamp()))
            for item in voice.items
            if item.page_status == 200 and (published := item.published(demo.start))
        }
    told = rows(
        config,
        "SELECT item.title, item.published_at, article.title, article.published_at, article.doubt FROM article"
        " JOIN item ON item.id = article.item_id JOIN feed ON feed.id = item.feed_id WHERE feed.outlet_id = 'radio-la-voz'",
    )
    assert wanted
    assert {row[:2] for row in told} == wanted
    assert {row[2:] for row in told} == {(None, None, None)}


async def test_a_second_look_tells_nobody_twice(tmp_path: Path, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = rss(("Rain floods Idlib", f"{site.url}/1", ""))
        site.pages["/1"] = page("Rain floods Idlib", LONG)
        config = configured(tmp_path, outlet(site))
        for _ in range(3):
            await once(config)
    assert len(site.told) == 1


async def test_a_page_that_is_not_there_leaves_the_feeds_text_and_the_reason(tmp_path: Path, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = rss(("Rain", f"{site.url}/1", "Camps near Idlib are flooded."))
        config = configured(tmp_path, outlet(site))
        await once(config)
    assert len(site.told) == 1
    assert rows(config, "SELECT article_state, article_kind FROM item") == [("given_up", "http")]


async def test_a_word_that_excludes_in_the_full_text_withdraws_the_alert(tmp_path: Path, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = rss(("Shop opens in Idlib Street", f"{site.url}/1", ""), ("News of Idlib", f"{site.url}/2", ""))
        site.pages["/2"] = page("News of Idlib", LONG, "A bakery opened in Idlib Street.", LONG)
        watches = 'idlib = { any = ["Idlib"], none = ["Idlib Street"] }'
        config = configured(tmp_path, outlet(site, watches=watches))
        await once(config)
    assert site.posts == []
    assert rows(config, "SELECT state FROM alert") == [("withdrawn",)]


async def test_h17_what_is_older_than_a_day_fills_the_store_silently_on_a_first_poll(tmp_path: Path, site: Site) -> None:
    with site.serving():
        old = datetime.now(UTC) - timedelta(days=2)
        site.pages["/feed.xml"] = rss(("Old news of Idlib", f"{site.url}/1", ""), now=old)
        config = configured(tmp_path, outlet(site))
        await once(config)
        assert rows(config, "SELECT count(*) FROM match") == [(1,)]
        assert site.posts == []
        site.pages["/feed.xml"] = rss(("More old news of Idlib", f"{site.url}/2", ""), now=old)
        await once(config)
    assert len(site.told) == 1


async def test_one_broken_feed_harms_no_other(tmp_path: Path, site: Site) -> None:
    broken = {
        "html": b"<!doctype html><html><body><h1>Welcome</h1></body></html>",
        "empty": b"",
        "garbage": bytes(range(256)) * 40,
        "missing": 404,
        "doctype": b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "b">]><rss><channel><title>&a;</title></channel></rss>',
        "huge": b"<rss><channel>" + b"<item><title>x</title></item>" * 200_000 + b"</channel></rss>",
    }
    with site.serving():
        lines = [f'{name} = {{ feed = "{site.url}/{name}.xml", private = true, pause = "0s" }}' for name in broken]
        for name, body in broken.items():
            site.pages[f"/{name}.xml"] = body
        site.pages["/feed.xml"] = rss(("Rain floods Idlib", f"{site.url}/1", ""))
        text = outlet(site).replace("[watches]", "\n".join(lines) + "\n[watches]")
        config = configured(tmp_path, text)
        await once(config)
    assert len(site.told) == 1
    kinds = dict(rows(config, "SELECT outlet_id, failure_kind FROM feed"))
    assert kinds.pop("orontes-post") is None
    assert set(kinds) == set(broken)
    assert kinds == {
        "html": "html",
        "empty": "empty",
        "garbage": "not_a_feed",
        "missing": "http",
        "doctype": "doctype",
        "huge": "too_big",
    }


async def test_a_webhook_that_fails_is_told_later_under_the_same_key(tmp_path: Path, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = rss(("Rain floods Idlib", f"{site.url}/1", ""))
        site.fail_posts = 1
        config = configured(tmp_path, outlet(site))
        await once(config)
        assert site.posts == []
        assert rows(config, "SELECT state, tries FROM alert") == [("held", 1)]
        db = Path(config.state) / DATABASE
        async with Daemon(config, load=lambda: config, say=print) as daemon:
            await daemon.store.write(lambda tx: tx.db.execute("UPDATE alert SET next_try_at = 0"))
            await daemon.once()
    assert len(site.told) == 1
    assert db.exists()
    assert rows(config, "SELECT outcome FROM delivery ORDER BY id") == [("failed",), ("sent",)]


async def test_a_watch_with_no_channel_is_for_the_digest_only(tmp_path: Path, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = rss(("Rain floods Idlib", f"{site.url}/1", ""))
        config = configured(tmp_path, outlet(site, watches='idlib = { any = ["Idlib"], alert = [] }'))
        await once(config)
    assert site.posts == []
    assert "Rain floods" in (Path(config.digest.directory) / "latest.md").read_text()


async def test_h17_many_matches_in_a_first_poll_are_one_message(tmp_path: Path, site: Site) -> None:
    with site.serving():
        items = [(f"Idlib item {number}", f"{site.url}/{number}", "") for number in range(300)]
        site.pages["/feed.xml"] = rss(*items)
        text = outlet(site).replace("private = true,", "private = true, full_text = false,")
        config = configured(tmp_path, text)
        await once(config)
    assert len(site.posts) == 1
    assert len(set(site.told)) == 300


async def test_an_outlet_has_one_name_in_the_log_from_its_first_poll_on(
    tmp_path: Path, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.pages |= {"/feed.xml": rss(("Rain", f"{site.url}/1", "")), "/1": page("Rain", f"Rain near Idlib. {LONG}")}
    with site.serving(), caplog.at_level(logging.INFO):
        await once(configured(tmp_path, outlet(site)))
    named = [record.message for record in caplog.records if getattr(record, "outlet", "") == "orontes-post"]
    assert [line.split(":")[0] for line in named if "sent to" not in line] == ["Orontes Post"] * 2, named
