"""What a person wants no more of: mutes and acknowledgements, typed with a daemon and without, and how the status shows them."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest
from desks import Desk, configured, outlet, rows, typed, until
from fakes import Site, rss
from test_promises import opened, poll_all

from monitor.model import Config


@pytest.fixture
def waiting(tmp_path: Path, site: Site) -> Config:
    """Give a desk with one alert that was not taken yet, and no daemon."""
    site.pages["/feed.xml"] = rss(("Rain floods Idlib", "mailto:1@y.example", ""))
    site.post_status = 503
    config = configured(tmp_path, outlet(site))
    with site.serving():
        asyncio.run(_once(config))
    return config


async def _once(config: Config) -> None:
    async with opened(config) as daemon:
        await poll_all(daemon)
        await daemon.once()


def states(config: Config) -> list[tuple[object, ...]]:
    return rows(config, "SELECT state FROM alert")


def test_a_watch_is_muted_without_a_daemon_and_the_status_says_until_when(waiting: Config) -> None:
    done = typed(waiting, "alert", "mute", "idlib", "--for", "6h")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("idlib is muted until 20")
    assert "1 alert that waited is not sent" in done.stdout
    assert states(waiting) == [("muted",)]
    assert "Muted: idlib until " in typed(waiting, "status").stdout
    (mute,) = json.loads(typed(waiting, "status", "--json").stdout)["mutes"]
    assert mute["watch"] == "idlib"
    assert "idlib alerts again" in typed(waiting, "alert", "mute", "idlib", "--off").stdout
    assert "Muted" not in typed(waiting, "status").stdout
    assert "was not muted" in typed(waiting, "alert", "mute", "idlib", "--off").stdout


def test_a_story_is_acknowledged_by_the_number_that_its_alert_shows(waiting: Config) -> None:
    done = typed(waiting, "alert", "ack", "1")
    assert done.stdout == (
        "Nothing more is sent about item 1 and its story: “Rain floods Idlib”, Orontes Post; 1 alert that waited is not sent."
        " `monitor alert ack 1 --off` takes it back.\n"
    )
    assert states(waiting) == [("acked",)]
    assert "What follows about item 1 is sent again" in typed(waiting, "alert", "ack", "1", "--off").stdout
    assert rows(waiting, "SELECT count(*) FROM ack") == [(0,)]
    assert "were not acknowledged" in typed(waiting, "alert", "ack", "1", "--off").stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("mute", "idlb", "--for", "6h"), 'Did you mean "idlib"?'),
        (("mute", "idlib", "--for", "soon"), "write 90m, 24h or 7d"),
        (("mute", "idlib", "--for", "0h"), "no time at all"),
        (("mute", "idlib"), "--for 6h, or --off"),
        (("mute", "idlib", "--for", "6h", "--off"), "--for 6h, or --off"),
        (("ack", "99"), "there is no item 99"),
    ],
)
def test_a_slip_is_named_and_changes_nothing(waiting: Config, words: tuple[str, ...], says: str) -> None:
    done = typed(waiting, "alert", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr.replace("\n", " ")
    assert states(waiting) == [("held",)]


def test_the_status_says_what_waits_for_whom_and_why(waiting: Config) -> None:
    shown = typed(waiting, "status").stdout
    assert re.search(r"^hook +1 +0 min +- +0", shown, re.MULTILINE)
    assert re.search(r" failing since \d\d:\d\d, \d tr\w+; 503 Service Unavailable", " ".join(shown.split()))
    (channel,) = json.loads(typed(waiting, "status", "--json").stdout)["outbox"]["channels"]
    facts = {"channel": "hook", "held": 1, "dead": 0, "reason": "503 Service Unavailable"}
    assert {key: channel[key] for key in facts} == facts


@pytest.fixture
def running(desk: Desk) -> Desk:
    desk.site.pages["/a.xml"] = rss(("Rain floods Idlib", "mailto:1@y.example", ""))
    desk.site.post_status = 503
    desk.configure("a")
    desk.start()
    until(lambda: desk.ask("SELECT 1 FROM alert WHERE tries > 0"), desk)
    return desk


def test_a_running_daemon_does_what_is_wished(running: Desk) -> None:
    done = running.type("alert", "ack", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert running.ask("SELECT state FROM alert") == [("acked",)]
    assert running.type("alert", "mute", "idlib", "--for", "1d").returncode == 0
    running.site.pages["/a.xml"] = rss(("More rain on Idlib", "mailto:2@y.example", ""))
    running.hasten()
    until(lambda: running.ask("SELECT 1 FROM alert WHERE state = 'muted'"), running)
