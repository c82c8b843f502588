"""What is older than [keep] says goes: texts first, items later, and nothing that went comes back as news."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from desks import configured, long, outlet, rows
from fakes import Site, page, rss
from test_line import once

from monitor.daemon import Daemon
from monitor.model import Config, KeepRules
from monitor.store import DATABASE
from monitor.upkeep import tidy

KEEP = KeepRules()
CHILDREN = ("item", "article", "match", "alert", "delivery", "story", "words")


async def after(days: float, config: Config, *, keep: KeepRules = KEEP) -> None:
    """Tidy as if so many days had passed."""
    async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
        await tidy(daemon.store, keep, datetime.now(UTC) + timedelta(days=days))


def counts(config: Config) -> dict[str, int]:
    return {table: int(str(rows(config, f"SELECT count(*) FROM {table}")[0][0])) for table in CHILDREN}


def publish(site: Site, *numbers: int) -> None:
    site.pages["/feed.xml"] = rss(*((f"Rain in Idlib, day {one}", f"{site.url}/{one}", "Tents are lost.") for one in numbers))
    for one in numbers:
        site.pages[f"/{one}"] = page(
            f"Rain in Idlib, day {one}", long(f"d{one}"), f"Camps north of Idlib lost {one} tents.", long(f"d{one}")
        )


async def test_texts_go_first_and_what_was_found_in_them_stays(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        publish(site, 1, 2)
        await once(config)
        await after(89, config)
        assert rows(config, "SELECT count(*) FROM article WHERE text IS NULL") == [(0,)]
        await after(91, config)
        assert rows(config, "SELECT count(*) FROM article WHERE text IS NULL AND length(text_hash) = 64") == [(2,)]
        assert rows(config, "SELECT DISTINCT summary FROM item") == [("",)]
        assert rows(config, "SELECT count(*) FROM match WHERE sentence LIKE 'Camps%'") == [(2,)]
        await once(config)
    assert rows(config, "SELECT count(*) FROM words WHERE words MATCH 'camps'") == [(0,)]
    assert rows(config, "SELECT count(*) FROM words WHERE words MATCH 'rain'") == [(2,)]
    assert len(site.told) == 2


async def test_old_items_go_with_all_that_belongs_to_them_and_young_ones_stay(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        publish(site, 1)
        await once(config)
        publish(site, 2)
        await once(config)
        alone = counts(config)
        db = sqlite3.connect(Path(config.state) / DATABASE)
        with db:
            db.execute("UPDATE item SET seen_at = seen_at - 86400 * 500 WHERE id = 1")
        db.close()
        await after(0, config)
    assert {
        table: (alone[table], count) for table, count in counts(config).items() if table not in {"revision", "sentence_edit"}
    } == {
        table: (alone[table], alone[table] // 2)  # type: ignore[operator]
        for table in CHILDREN
        if table not in {"revision", "sentence_edit"}
    }
    db = sqlite3.connect(Path(config.state) / DATABASE)
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.close()


@pytest.mark.parametrize("kind", ["cut", "whole"])
async def test_an_old_item_that_still_stands_in_its_feed_does_not_come_again_as_news(
    tmp_path: Path, site: Site, kind: str
) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        publish(site, 1)
        if kind == "whole":
            # a namespace that is declared nowhere: such a feed is read in whole at every poll
            site.pages["/feed.xml"] = site.pages["/feed.xml"].replace(b"</channel>", b"<x:y>&nosuch;</x:y></channel>")  # type: ignore[union-attr]
        await once(config)
        db = sqlite3.connect(Path(config.state) / DATABASE)
        with db:
            db.execute("UPDATE item SET seen_at = seen_at - 86400 * 500")
        db.close()
        whole = site.pages["/feed.xml"]
        # one poll that gives nothing must not make news of all that was there
        for body in (whole, rss(), whole):
            site.pages["/feed.xml"] = body
            with sqlite3.connect(Path(config.state) / DATABASE) as db:
                db.execute("UPDATE feed SET body_hash = NULL")
            db.close()
            await once(config)
            await after(0, config)
    assert rows(config, "SELECT count(*) FROM item") == [(0,)]
    assert len(site.told) == 1
    await after(402, config)
    assert rows(config, "SELECT count(*) FROM item_key") == [(0,)]


async def test_an_item_with_an_alert_that_is_still_to_be_sent_stays(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        publish(site, 1)
        site.fail_posts = 1_000
        await once(config)
        publish(site, 2)
        await once(config)
    await after(500, config)
    assert rows(config, "SELECT count(*) FROM alert WHERE state = 'held'") == [(2,)]


async def test_a_text_that_was_deleted_is_not_compared_with(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        publish(site, 1)
        await once(config)
        await after(91, config)
        with sqlite3.connect(Path(config.state) / DATABASE) as db:
            db.execute("UPDATE item SET reread_at = 0")
        db.close()
        await once(config)
    assert rows(config, "SELECT count(*) FROM revision") == [(0,)]


async def test_what_was_deleted_is_known_for_as_long_as_its_feed_lists_it(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        keep = KeepRules(items=timedelta(days=40), text=timedelta(days=20))
        config = replace(config, keep=keep)
        start = datetime(2026, 1, 1, 6, tzinfo=UTC)
        publish(site, 1, 2)
        whole = site.pages["/feed.xml"]
        # all the while the feed says the same, byte for byte: nothing of it is new
        for day in range(0, 100, 11):
            with time_machine.travel(start + timedelta(days=day), tick=True):
                await once(config)
                await after(0, config, keep=keep)
        assert rows(config, "SELECT count(*) FROM item") == [(0,)]
        with time_machine.travel(start + timedelta(days=100), tick=True):
            publish(site, 2)
            await once(config)
            site.pages["/feed.xml"] = whole
            await once(config)
    assert rows(config, "SELECT count(*) FROM item") == [(0,)]
