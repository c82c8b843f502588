"""The daemon as a person and a service manager meet it: real processes, real signals."""

from __future__ import annotations

import json
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from desks import PATIENCE, Desk, until
from fakes import Site, page, rss


def test_l03_ctrl_c_ends_it_cleanly_while_a_feed_hangs(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hole:
        desk.configure("a")
        text = desk.config.read_text().replace(f"{desk.site.url}/a.xml", f"http://127.0.0.1:{hole.getsockname()[1]}/a.xml")
        desk.config.write_text(text)
        process = desk.start()
        hole.settimeout(PATIENCE)
        caller, _ = hole.accept()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        caller.close()


def test_it_prints_each_outlets_answer_and_the_alert(desk: Desk) -> None:
    desk.site.pages["/a.xml"] = rss(("Rain floods Idlib", f"{desk.site.url}/1", ""), title="Orontes Post")
    desk.site.pages["/b.xml"] = 503
    desk.configure("a", "b")
    desk.config.write_text(re.sub(r"\[channels.hook\][^\[]*", "", desk.config.read_text()))
    desk.start()
    until(lambda: "Rain floods «Idlib»" in desk.log, desk)
    assert "Orontes Post: 1 entry, 1 new, 1 matched" in desk.log
    assert "b: 503 Service Unavailable" in desk.log


def test_l04_an_outlet_added_to_the_config_is_polled_after_sighup_and_one_removed_rests(desk: Desk) -> None:
    for name in ("a", "b"):
        desk.site.pages[f"/{name}.xml"] = rss((f"News of {name}", f"{desk.site.url}/{name}1", ""))
    desk.configure("a")
    process = desk.start()
    until(lambda: desk.ask("SELECT 1 FROM item"), desk)
    desk.configure("b")
    process.send_signal(signal.SIGHUP)
    until(lambda: desk.ask("SELECT 1 FROM item WHERE title = 'News of b'"), desk)
    assert desk.ask("SELECT url LIKE '%/b.xml' FROM feed WHERE is_listed") == [(1,)]
    assert process.poll() is None


def test_l04_a_broken_config_changes_nothing_and_is_named_and_a_mended_one_is_taken_however_it_came(desk: Desk) -> None:
    desk.site.pages["/a.xml"] = rss(("News of a", f"{desk.site.url}/1", ""))
    desk.configure("a")
    process = desk.start()
    until(lambda: desk.ask("SELECT 1 FROM item"), desk)
    desk.config.write_text(desk.config.read_text().replace("lang =", "lnag ="))
    process.send_signal(signal.SIGHUP)
    until(lambda: 'no such key "lnag"' in desk.log, desk)
    until(lambda: desk.ask("SELECT 1 FROM run WHERE config_fault LIKE '%lnag%'"), desk)
    # everything goes on as before: what is due is polled by the config that is in force
    desk.site.pages["/a.xml"] = rss(("More of a", f"{desk.site.url}/2", ""))
    desk.hasten()
    until(lambda: desk.ask("SELECT 1 FROM item WHERE title = 'More of a'"), desk)
    assert process.poll() is None
    # mended by an editor that writes another file and renames it, and then by a link that leads elsewhere from now on
    for number, name in enumerate("bc"):
        desk.site.pages[f"/{name}.xml"] = rss((f"News of {name}", f"{desk.site.url}/{name}1", ""))
        desk.configure("a", name)
        new = desk.config.rename(desk.folder / f"new{number}.toml")
        if name == "c":
            (desk.folder / "link").symlink_to(new)
            new = desk.folder / "link"
        new.replace(desk.config)
        process.send_signal(signal.SIGHUP)
        until(lambda name=name: desk.ask(f"SELECT 1 FROM item WHERE title = 'News of {name}'"), desk)
    assert desk.ask("SELECT config_fault FROM run") == [(None,)]
    assert desk.config.is_symlink()


def test_status_says_what_runs_what_answered_and_what_is_wrong(desk: Desk) -> None:
    desk.site.pages["/a.xml"] = rss(("Rain floods Idlib", f"{desk.site.url}/1", ""), title="Orontes Post")
    desk.site.pages["/b.xml"] = 503
    desk.configure("a", "b")
    process = desk.start()
    until(lambda: desk.site.posts and desk.ask("SELECT 1 FROM feed WHERE failures"), desk)
    seen = desk.type("status")
    assert seen.returncode == 0
    assert f"(pid {process.pid})" in seen.stdout
    assert "Orontes Post" in seen.stdout
    assert "503 Service Unavailable, 1 try" in seen.stdout
    told = json.loads(
        subprocess.run(
            [sys.executable, "-m", "monitor", "status", "--json", "-c", str(desk.config)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    )
    assert told["running"]
    assert told["watches"][0]["items_24h"] == 1
    assert told["feeds"][1]["reason"] == "503 Service Unavailable"


def test_without_a_network_it_says_so_once_and_stays(desk: Desk) -> None:
    desk.configure()
    hosts = "\n".join(f'o{number} = "https://outlet{number}.invalid/feed.xml"' for number in range(6))
    desk.config.write_text(desk.config.read_text().replace("[outlets]\n", f"[outlets]\n{hosts}\n"))
    process = desk.start()
    until(lambda: "No network" in desk.log, desk)
    until(lambda: desk.ask("SELECT count(*) FROM feed WHERE failure_kind IS NOT NULL") == [(6,)], desk)
    assert desk.log.count("No network") == 1
    until(lambda: desk.ask("SELECT count(*) FROM feed WHERE failures > 0") == [(0,)], desk)
    digest = desk.type("digest").stdout
    assert "could not reach 6 feeds" in digest
    assert "Coverage was not complete" in digest
    assert process.poll() is None


@pytest.fixture
def hosts(desk: Desk) -> Iterator[list[Site]]:
    """Serve what the desk's site has on four hosts more: of one, two feeds are begun a second."""
    with ExitStack() as opened:
        sites = [opened.enter_context(Site().serving()) for _ in range(4)]
        for site in sites:
            site.pages = desk.site.pages
        yield sites


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in (1, 2))])
def test_l01_kill_9_while_fifty_feeds_come_in_loses_nothing_and_doubles_nothing(desk: Desk, hosts: list[Site], seed: int) -> None:
    chance = random.Random(seed)
    names = [f"f{number}" for number in range(50)]
    for name in names:
        items = [(f"Idlib item {name}-{number}", f"{desk.site.url}/{name}/{number}", "") for number in range(30)]
        desk.site.pages[f"/{name}.xml"] = rss(*items, title=name)
        for _, link, _ in items[:2]:
            desk.site.pages[link.removeprefix(desk.site.url)] = page("Idlib", "Text of the page.")
    desk.configure(*names)
    for tens, host in enumerate(hosts, 1):
        desk.config.write_text(desk.config.read_text().replace(f"{desk.site.url}/f{tens}", f"{host.url}/f{tens}"))
    for _ in range(3):
        process = desk.start()
        enough = chance.randrange(20, 600)
        until(lambda enough=enough: desk.ask("SELECT count(*) FROM item")[0][0] >= enough, desk)
        time.sleep(chance.random() / 2)
        process.send_signal(signal.SIGKILL)
        process.wait()
    desk.start()
    until(lambda: desk.ask("SELECT count(*) FROM item") == [(1500,)], desk)
    until(lambda: desk.ask("SELECT count(*) FROM alert WHERE state != 'sent'") == [(0,)], desk)
    assert desk.ask("SELECT count(*), count(DISTINCT link), count(DISTINCT canonical_url) FROM item") == [(1500, 1500, 1500)]
    keys = {key for (key,) in desk.ask("SELECT key FROM alert")}
    assert len(keys) == 1500
    assert keys == set(desk.site.told)
    assert desk.ask("PRAGMA integrity_check") == [("ok",)]


def test_a_pace_or_header_that_was_mended_is_tried_at_once(desk: Desk) -> None:
    desk.configure("a")
    process = desk.start()
    until(lambda: desk.ask("SELECT 1 FROM feed WHERE failures = 1"), desk)
    desk.site.pages["/a.xml"] = rss(("News of a", f"{desk.site.url}/1", ""))
    desk.config.write_text(desk.config.read_text().replace("private = true,", 'private = true, label = "agency",'))
    process.send_signal(signal.SIGHUP)
    until(lambda: desk.ask("SELECT 1 FROM item"), desk)


def test_an_outlet_added_by_command_is_polled_by_the_running_monitor(desk: Desk) -> None:
    for name in "ab":
        desk.site.pages[f"/{name}.xml"] = rss((f"News of {name}", f"{desk.site.url}/{name}1", ""))
    desk.configure("a", more="[fetch]\nprivate = true\n")
    desk.start()
    until(lambda: desk.ask("SELECT 1 FROM item"), desk)
    added = desk.type("add", f"{desk.site.url}/b.xml", "--id", "b")
    assert "The running monitor polls it now." in added.stdout
    until(lambda: desk.ask("SELECT 1 FROM item WHERE title = 'News of b'"), desk)
