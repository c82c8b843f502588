"""Evidence through the whole line: what was found is proved by what the outlet answered, as it came."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desks import Desk, configured, long, outlet, rows, typed
from fakes import Site, page, rss
from test_line import once

from monitor import archive
from monitor.daemon import Daemon
from monitor.model import Config, KeepRules
from monitor.store import DATABASE, Reading, open_reader
from monitor.upkeep import tidy

WATCHED = "Camps north of Idlib city stood under water on Monday, and 120 tents were lost."
PROOF = (
    "SELECT item.title, item_record.part, record.url, record.status FROM item_record JOIN item ON item.id = item_id"
    " JOIN record ON record.id = record_id ORDER BY item.id, part"
)


def publish(site: Site, *items: tuple[str, str]) -> None:
    site.pages["/feed.xml"] = rss(*((title, f"{site.url}/{number}", "") for number, (title, _) in enumerate(items)))
    for number, (title, text) in enumerate(items):
        site.pages[f"/{number}"] = page(title, long(f"p{number}"), text, long(f"p{number}"))


def verified(config: Config) -> tuple[str, ...]:
    """Give what is wrong in the evidence."""
    folder = Path(config.state) / archive.FOLDER
    db = open_reader(Path(config.state) / DATABASE)
    try:
        reading = Reading(db)
        found = [archive.verify(folder, name, reading.records(name)) for name in reading.record_files()]
    finally:
        db.close()
    return tuple(fault.reason for one in found for fault in one.faults)


def bodies(config: Config) -> dict[str, bytes]:
    """Give what is kept, by its address."""
    folder = Path(config.state) / archive.FOLDER
    db = open_reader(Path(config.state) / DATABASE)
    try:
        (name,) = Reading(db).record_files()
        return {record.url: archive.read(folder, record).body for record in Reading(db).records(name)}
    finally:
        db.close()


async def test_page_and_feed_of_what_was_found_are_kept_as_they_came_and_no_others(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        publish(site, ("Rain in Idlib", "Tents."), ("Rain in the north", WATCHED), ("Wells reopen", "Nothing."))
        await once(config)
    assert rows(config, PROOF) == [
        ("Rain in Idlib", "feed", f"{site.url}/feed.xml", 200),
        ("Rain in Idlib", "page", f"{site.url}/0", 200),
        ("Rain in the north", "feed", f"{site.url}/feed.xml", 200),
        ("Rain in the north", "page", f"{site.url}/1", 200),
    ]
    # one poll is one answer, however many items it proves
    assert rows(config, "SELECT count(*) FROM record") == [(3,)]
    assert verified(config) == ()


async def test_a_word_that_stands_in_the_page_only_is_proved_by_the_feed_as_well(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        publish(site, ("Rain in the north", WATCHED))
        await once(config)
    assert [part for _, part, *_ in rows(config, PROOF)] == ["feed", "page"]
    assert bodies(config) == {f"{site.url}{path}": site.pages[path] for path in ("/feed.xml", "/0")}


async def test_an_edit_that_brings_the_word_is_proved_by_the_feed_that_has_it(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site).replace('lang = "en"', 'lang = "en", full_text = false'))
        publish(site, ("Water for Harim", "Nothing."))
        await once(config)
        assert rows(config, PROOF) == []
        edited = site.pages["/feed.xml"] = site.pages["/feed.xml"].replace(b"Harim", b"Idlib")  # type: ignore[union-attr]
        await once(config)
    assert [part for _, part, *_ in rows(config, PROOF)] == ["feed"]
    assert bodies(config) == {f"{site.url}/feed.xml": edited}


async def test_every_revision_of_a_page_is_kept(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        publish(site, ("Rain in Idlib", WATCHED))
        await once(config)
        publish(site, ("Rain in Idlib", WATCHED.replace("120", "135")))
        with sqlite3.connect(Path(config.state) / DATABASE) as db:
            db.execute("UPDATE item SET reread_at = 0")
        db.close()
        await once(config)
    assert [part for _, part, *_ in rows(config, PROOF)].count("page") == 2
    assert verified(config) == ()


async def test_evidence_goes_with_the_items_that_it_proves(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        publish(site, ("Rain in Idlib", WATCHED))
        await once(config)
    folder = Path(config.state) / archive.FOLDER
    async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
        for days, files in ((399, 1), (402, 0)):
            await tidy(daemon.store, KeepRules(), datetime.now(UTC) + timedelta(days=days), evidence=folder)
            assert len(archive.names(folder)) == files
    assert rows(config, "SELECT count(*) FROM record") == [(0,)]


async def test_news_goes_on_where_evidence_cannot_be_written(
    tmp_path: Path, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        (tmp_path / "state").mkdir()
        (tmp_path / "state" / archive.FOLDER).write_text("no folder")
        publish(site, ("Rain in Idlib", WATCHED), ("More rain in Idlib", WATCHED))
        await once(config)
    assert len(site.told) == 2
    assert rows(config, "SELECT count(*) FROM record") == [(0,)]
    assert sum("evidence could not be written" in line for line in caplog.messages) == 1


def test_a_person_sees_where_the_text_came_from_how_it_was_edited_and_what_proves_it(tmp_path: Path) -> None:
    with Site().serving() as site:
        desk = Desk(tmp_path, site)
        desk.configure("orontes-post")
        publish(site, ("Rain floods camps", WATCHED))
        site.pages["/orontes-post.xml"] = site.pages["/feed.xml"]
        assert desk.type("run", "--once").returncode == 0
        publish(site, ("Rain floods 40 camps", WATCHED.replace("120", "135")))
        site.pages["/orontes-post.xml"] = site.pages["/feed.xml"]
        assert desk.type("run", "--once").returncode == 0
        said = desk.type("show", "1")
        assert said.returncode == 0
        for words in (
            "Rain floods 40 camps\n",
            "The text was read from its page on",
            "idlib  in the full text: Camps north of «Idlib» city",
            "Headline: Rain floods {+40 +}camps",
            "[-120-]{+135+} tents",
            "page  200  fetched",
            "sha256:",
            "idlib → hook",
        ):
            assert words in said.stdout
        assert "\x1b" not in said.stdout
        whole = json.loads(typed(desk, "show", "1", "--json").stdout)
        assert [revision["part"] for revision in whole["revisions"]] == ["feed", "page"]
        assert [edit["fate"] for edit in whole["sentence_edits"]] == ["changed"]
        assert typed(desk, "show", "9" * 30).returncode == 2
        missing = typed(desk, "show", "99")
        assert (missing.returncode, "no item 99" in missing.stderr) == (2, True)
        assert "as they were written" in typed(desk, "export", "--verify").stdout
        with sqlite3.connect(desk.state / "monitor.db") as db:
            db.execute("UPDATE article SET text = replace(text, '120', '12')")
        db.close()
        told = typed(desk, "export", "--verify")
        assert (told.returncode, "item 1, the article: the text in the database is not the one" in told.stdout) == (1, True)
