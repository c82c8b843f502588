"""[urls] strip: what the desk says tells no pages apart makes one item of two addresses, and nothing is told twice for it."""

from __future__ import annotations

import json
from pathlib import Path

from desks import LONG, configured, rows, typed
from fakes import Site, page, rss

from monitor.config import changes
from monitor.daemon import Daemon
from monitor.model import Config


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
