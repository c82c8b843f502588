"""[urls] strip: what the desk says tells no pages apart makes one item of two addresses, and nothing is told twice for it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from desks import LONG, configured, rows, typed
from fakes import Site, page, rss

from monitor.config import changes
from monitor.daemon import Daemon
from monitor.model import Config
from monitor.url import without_keys


def desk(folder: Path, site: Site, more: str = "") -> Config:
    options = 'lang = "en", private = true, pause = "0s"'
    return configured(
        folder,
        f'[outlets]\na = {{ feed = "{site.url}/feed.xml", {options} }}\n[watches]\nidlib = ["Idlib"]\n'
        f'[channels.hook]\ntype = "webhook"\nurl = "{site.url}/hook"\nprivate = true\n{more}',
    )


async def test_a_name_written_down_while_the_monitor_runs_holds_at_once_and_repeats_nothing(tmp_path: Path, site: Site) -> None:
    plain = desk(tmp_path, site)
    stripping = desk(tmp_path, site, '[urls]\nstrip = ["List"]\n')
    assert changes(plain, stripping).rules == ("urls",)
    address = f"{site.url}/1?list=%s&amp;id=7"
    site.pages |= {f"/1?list={name}&id=7": page("Rain near Idlib", LONG) for name in ("top", "news", "map")}
    with site.serving():
        async with Daemon(plain, load=lambda: stripping, say=lambda _: None) as daemon:
            site.pages["/feed.xml"] = rss(("Rain near Idlib", address % "top", "Tents."))
            await daemon.once()
            assert (await daemon.reload()).ok
            # known by what it was called before the name was written down, though its headline changes
            site.pages["/feed.xml"] = rss(("Rain floods camps near Idlib", address % "top", "Tents."))
            await daemon.once()
            assert rows(plain, "SELECT count(*) FROM item") == [(1,)]
            # and what comes later is one item under whatever list it stands
            site.pages["/feed.xml"] = rss(("Snow in Idlib", (address % "news").replace("=7", "=8"), "Roads."))
            await daemon.once()
            site.pages["/feed.xml"] = rss(("Snow in all of Idlib", (address % "map").replace("=7", "=8"), "Roads."))
            await daemon.once()
    assert rows(plain, "SELECT count(*) FROM item") == [(2,)]
    assert len(site.told) == len(set(site.told)) == 2
    (way,) = json.loads(typed(stripping, "why", f"{site.url}/1?id=8&list=elsewhere", "--json").stdout)["ways"]
    assert way["item"] == 2


def keyed(folder: Path, site: Site, key: str, *more: str) -> Config:
    own = 'full_text = false, private = true, pause = "0s"'
    outlets = [f'o{at} = {{ feed = "{site.url}/feed.xml?key={each}", {own} }}' for at, each in enumerate((key, *more))]
    return configured(folder, "[outlets]\n" + "\n".join(outlets) + '\n[watches]\nidlib = ["Idlib"]\n')


async def test_two_feeds_that_differ_in_their_key_alone_are_two_and_none_is_in_the_database(tmp_path: Path, site: Site) -> None:
    site.pages |= {f"/feed.xml?key={key}": rss((f"Idlib {key}", f"{site.url}/{key}", "")) for key in ("s3cret", "0ther")}
    config = keyed(tmp_path, site, "s3cret", "0ther")
    with site.serving():
        async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
            await daemon.once()
            assert rows(config, "SELECT count(*) FROM item") == [(2,)]
            assert rows(config, "SELECT count(*) FROM feed WHERE url LIKE '%s3cret%' OR url LIKE '%0ther%'") == [(0,)]
            # as an earlier version stored it
            plain = f"{site.url}/feed.xml?key=s3cret"
            await daemon.store.write(lambda tx: tx.db.execute("UPDATE feed SET url = ? WHERE id = 1", [plain]))
        async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
            await daemon.once()
    assert rows(config, "SELECT count(*) FROM item") == [(2,)]
    assert rows(config, "SELECT count(*), sum(url LIKE '%s3cret%') FROM feed") == [(2, 0)]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("https://a.example/feed?page=2&lang=ar", "https://a.example/feed?page=2&lang=ar"),
        ("https://a.example/feed?apikey=x1#top", r"https://a\.example/feed\?apikey=\*{4}[0-9a-f]{8}#top"),
        ("https://a.example/?a=1&X-Token=x1&auth_key=x2", r"https://a\.example/\?a=1&X-Token=\*{4}\w{8}&auth_key=\*{4}\w{8}"),
        ("https://a.example/?u=A1b2C3d4E5f6G7h8I9j0K1l2", r"https://a\.example/\?u=\*{4}\w{8}"),
        ("https://u:x1@a.example/?key", r"https://\*{4}@a\.example/\?key"),
    ],
)
def test_what_is_a_key_by_its_name_or_look_is_hidden_once_and_for_all(given: str, shown: str) -> None:
    hidden = without_keys(given)
    assert hidden == shown or re.fullmatch(shown, hidden)
    assert without_keys(hidden) == hidden
