"""What putting a backup back can repeat and lose, as docs/reliability.md says."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desks import configured, outlet, rows, typed
from fakes import Site, rss
from golden import unpacked
from test_brief import digests, next_at
from test_promises import at, opened, poll_all, tell_all

from monitor.store import DATABASE, back_up, restore
from monitor.store.migrating import newest_shape


async def test_l23_what_came_since_a_backup_is_found_and_told_again_as_far_as_its_outlet_still_lists_it(
    tmp_path: Path, site: Site
) -> None:
    config = configured(
        tmp_path, outlet(site, more='[digest]\nat = ["06:00"]\nsend = ["hook"]\n').replace('lang = "en"', "full_text = false")
    )
    database = Path(config.state) / DATABASE
    before, gone, listed = ((f"Idlib, {word}", f"{site.url}/{word}", "") for word in ("before", "gone", "listed"))
    morning = next_at(6) + timedelta(minutes=1)
    with site.serving():
        site.pages["/feed.xml"] = rss(before)
        async with opened(config) as daemon:
            await poll_all(daemon)
            await tell_all(daemon)
            copy = back_up(database, datetime.now(UTC).date())
            for items in ((before, gone), (before, listed)):
                site.pages["/feed.xml"] = rss(*items)
                await poll_all(daemon)
                await tell_all(daemon)
            made = await digests(daemon, morning)
            await tell_all(daemon)
        restore(database, copy, morning)
        async with opened(config) as daemon:
            daemon.line.now = at(datetime.now(UTC))
            await poll_all(daemon)
            await tell_all(daemon)
            assert await digests(daemon, morning) == made
            await tell_all(daemon)
    told = [(alert["headline"], alert["key"]) for post in site.posts for alert in post.get("alerts", ())]
    assert [headline for headline, _ in told] == ["Idlib, before", "Idlib, gone", "Idlib, listed", "Idlib, listed"]
    assert len({key for _, key in told}) == 4
    assert rows(config, "SELECT title FROM item ORDER BY id") == [("Idlib, before",), ("Idlib, listed",)]
    assert [post["kind"] for post in site.posts].count("digest") == 2


async def test_a_backup_that_was_put_back_is_no_crash_and_the_time_since_it_was_made_was_not_seen(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config = configured(tmp_path, '[outlets]\na = "https://orontes-post.example/feed.xml"\n')
    database, now = Path(config.state) / DATABASE, datetime.now(UTC)
    database.parent.mkdir()
    unpacked(newest_shape(), database.parent)
    began, seen = now - timedelta(days=3), now - timedelta(days=2)
    with closing(sqlite3.connect(database)) as db, db:
        # a monitor that runs is copied
        db.execute(
            "UPDATE run SET started_at = ?, seen_at = ?, stopped_at = NULL", (began.timestamp() // 1, seen.timestamp() // 1)
        )
    restore(database, back_up(database, now.date()), now)
    assert "order" not in typed(config, "status").stdout
    async with opened(config) as daemon:
        rests = await daemon.store.read(lambda store: store.rests(began, datetime.now(UTC)))
    assert [start for start, _ in rests] == [int(seen.timestamp())]
    assert rests[0][1] >= int(now.timestamp())
    assert "order" not in caplog.text
