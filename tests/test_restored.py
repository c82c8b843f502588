"""What putting a backup back can repeat and lose, as docs/reliability.md says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from desks import configured, outlet, rows
from fakes import Site, rss
from test_brief import digests, next_at
from test_promises import at, opened, poll_all, tell_all

from monitor.store import DATABASE, back_up, restore


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
