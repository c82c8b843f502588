"""`monitor why` answers, for each way in which an alert may not have come, with the stage that it ended at."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from desks import LONG, configured, rows, typed
from fakes import Site, page, rss

from monitor.daemon import Daemon
from monitor.model import Config
from monitor.store import DATABASE

WATCHES = """
idlib = ["Idlib"]
calm = { any = ["Idlib"], none = ["Idlib Street"] }
vestnik = { any = ["Idlib"], outlets = ["vestnik"] }
arabic = { any = ["Idlib"], languages = ["ar"] }
close = { query = "Idlib NEAR/2 convoy" }
headline = { any = ["floods"], in = ["title"] }
flood = ["flood"]
quiet = { any = ["Idlib"], alert = [] }
"""


def desk(folder: Path, site: Site, *, watches: str = WATCHES, more: str = "", end: str = "", paused: bool = True) -> Config:  # noqa: PLR0913
    options = 'lang = "en", private = true, pause = "0s"'
    return configured(
        folder,
        f"""
[outlets]
orontes-post = {{ feed = "{site.url}/feed.xml", {options} }}
vestnik = {{ feed = "{site.url}/vestnik.xml", {options}, paused = {str(paused).lower()} }}
{more}
[watches]
{watches}
[channels.hook]
type = "webhook"
url = "{site.url}/hook"
private = true
{end}
""",
    )


async def once(config: Config) -> None:
    async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
        await daemon.once()


def why(config: Config, target: str, *more: str) -> dict[str, Any]:
    """Give the only way that is told of an address or item."""
    (way,) = json.loads(typed(config, "why", target, "--json", *more).stdout)["ways"]
    return way  # type: ignore[no-any-return]


def end(config: Config, target: str, watch: str) -> tuple[str, str]:
    (one,) = why(config, target, "--watch", watch)["watches"]
    return one["stage"], one["reason"]


def steps(config: Config, target: str) -> dict[str, str]:
    return {step["stage"]: step["reason"] for step in why(config, target)["steps"]}


@pytest.fixture
async def told(tmp_path: Path, site: Site) -> AsyncIterator[Config]:
    """Make a desk that has read items of every kind; its outlet goes on answering."""
    site.pages["/feed.xml"] = rss(
        ("Rain floods camps near Idlib", f"{site.url}/1", "Tents stood under water."),
        ("Shop opens on Idlib Street", f"{site.url}/2", "A baker in the old town buys flour."),
        ("Snow in the hills", f"{site.url}/3", "Roads are closed."),
        ("Power cut in the north", f"{site.url}/4", "No reason was given."),
        ("A long convoy", f"{site.url}/5", "The convoy left at dawn from the crossing and came to Idlib; floods held it up."),
        ("Midlibrary reopens", f"{site.url}/6", "Readers came early."),
    )
    headlines = {1: "Rain floods camps near Idlib", 2: "Shop opens on Idlib Street", 5: "A long convoy", 6: "Midlibrary reopens"}
    for number, headline in headlines.items():
        site.pages[f"/{number}"] = page(headline, LONG)
    site.pages["/3"] = page("Snow in the hills", LONG, aside='<ul><li><a href="/x">Idlib in pictures</a></li></ul>')
    with site.serving():
        config = desk(tmp_path, site)
        await once(config)
        yield config


async def test_what_was_sent_says_when_and_to_whom(told: Config, site: Site) -> None:
    assert end(told, f"{site.url}/1", "idlib") == ("alert", "sent")
    assert steps(told, "1") == {"polled": "answers", "seen": "stored", "same": "alone", "text": "read", "language": "language"}
    text = typed(told, "why", "1").stdout
    assert "sent to hook" in text
    assert "Rain floods camps near «Idlib»" in text


@pytest.mark.usefixtures("told")
async def test_a_feed_never_polled_or_paused_is_the_reason(site: Site, tmp_path: Path) -> None:
    other = Site()
    with other.serving():
        more = f'new-desk = {{ feed = "{other.url}/feed.xml", private = true }}'
        config = desk(tmp_path, site, more=more)
        async with Daemon(config, load=lambda: config, say=lambda _: None):
            pass
    steps_ = why(config, f"{other.url}/anything")["steps"]
    assert [(step["stage"], step["reason"]) for step in steps_ if step["reason"] == "never_polled"] == [
        ("polled", "never_polled")
    ]
    assert "never polled" in typed(config, "why", f"{other.url}/anything").stdout
    reasons = {step["reason"] for step in why(config, f"{site.url}/unheard-of")["steps"]}
    assert {"answers", "paused", "not_in_feed"} <= reasons


async def test_a_failing_feed_is_the_reason(tmp_path: Path, site: Site) -> None:
    with site.serving():
        # there is no feed there
        config = desk(tmp_path, site)
        await once(config)
    assert steps(config, f"{site.url}/1")["polled"] in {"failing", "paused"}
    (failing,) = [step for step in why(config, f"{site.url}/1")["steps"] if step["reason"] == "failing"]
    assert "404" in failing["says"]


async def test_an_address_of_no_outlet_is_said_to_be_one(told: Config) -> None:
    assert steps(told, "https://elsewhere.example/1") == {"polled": "no_outlet"}


async def test_h21_an_address_that_was_pasted_with_signs_that_a_terminal_obeys_is_said_again_without_them(told: Config) -> None:
    done = typed(told, "why", "https://elsewhere.example/\x1b[31mred")
    assert "\x1b" not in done.stdout
    assert "elsewhere.example" in done.stdout
    assert "\x1b" not in typed(told, "why", "\x1b[31mred").stderr


async def test_a_database_of_an_older_shape_is_refused_as_the_daemon_refuses_it(told: Config) -> None:
    db = sqlite3.connect(Path(told.state) / DATABASE)
    db.executescript("DROP TABLE beside; PRAGMA user_version = 6")
    db.close()
    for command in ("why", "1"), ("try", "idlib"), ("status",):
        done = typed(told, *command)
        assert done.returncode == 78
        assert "written by a version before the first release" in done.stderr


async def test_another_address_of_the_same_page_is_found_to_be_one(told: Config, site: Site) -> None:
    assert why(told, f"{site.url}/1?utm_source=rss&fbclid=5")["item"] == 1


async def test_the_same_page_in_another_feed_is_named(tmp_path: Path, site: Site) -> None:
    site.pages["/feed.xml"] = rss(("Rain near Idlib", f"{site.url}/1", "Tents."))
    site.pages["/vestnik.xml"] = rss(("Rain near Idlib", f"{site.url}/1?utm_medium=x", "Tents."), title="Vestnik")
    site.pages["/1"] = page("Rain", LONG)
    with site.serving():
        config = desk(tmp_path, site, paused=False)
        await once(config)
    ways = json.loads(typed(config, "why", f"{site.url}/1", "--json").stdout)["ways"]
    assert [way["item"] for way in ways] == [1, 2]
    assert {step["reason"] for way in ways for step in way["steps"] if step["stage"] == "same"} == {"duplicate"}


async def test_a_text_that_was_not_had_is_the_reason(told: Config, site: Site) -> None:
    assert steps(told, f"{site.url}/4")["text"] in {"no_text", "waiting"}
    assert end(told, f"{site.url}/4", "idlib") in {("text", "no_text"), ("text", "waiting")}
    assert "404" in why(told, f"{site.url}/4")["watches"][0]["says"]


@pytest.mark.parametrize(
    ("number", "watch", "stage", "reason"),
    [
        (1, "vestnik", "watch", "outlet"),
        (1, "arabic", "watch", "language"),
        (2, "calm", "watch", "excluded"),
        (3, "idlib", "text", "beside"),
        (5, "close", "watch", "apart"),
        (5, "headline", "watch", "field"),
        (6, "idlib", "watch", "other_word"),
        (6, "headline", "watch", "missing"),
        (2, "flood", "watch", "missing"),
        (1, "quiet", "alert", "no_channel"),
    ],
)
async def test_each_watch_says_at_which_stage_it_ended(told: Config, number: int, watch: str, stage: str, reason: str) -> None:
    assert end(told, str(number), watch) == (stage, reason)


async def test_a_form_of_another_language_is_named_with_it(tmp_path: Path, site: Site) -> None:
    site.pages["/feed.xml"] = rss(("Dün İdlibdeki yollar kapandı", f"{site.url}/1", "Kar."))
    with site.serving():
        config = desk(tmp_path, site)
        await once(config)
    (found,) = why(config, "1", "--watch", "idlib")["watches"]
    assert (found["stage"], found["reason"]) == ("watch", "other_language")
    assert "tr" in found["says"]
    assert found["places"][0]["form"] == "İdlibdeki"


@pytest.mark.usefixtures("told")
async def test_a_watch_added_later_says_that_it_told_nobody(site: Site, tmp_path: Path) -> None:
    config = desk(tmp_path, site, watches=f'{WATCHES}\nsnow = ["snow"]')
    assert end(config, "3", "snow") == ("alert", "not_asked")
    await once(config)
    assert end(config, "3", "snow") == ("alert", "history")


async def test_what_is_neither_a_number_nor_an_address_is_a_slip(told: Config) -> None:
    assert typed(told, "why", "Idlib").returncode == 2
    assert typed(told, "why", "999").returncode == 2
    assert typed(told, "why", "1", "--watch", "idlb").returncode == 2


async def test_an_alert_past_the_hours_limit_says_until_when_it_waits_and_so_does_status(tmp_path: Path, site: Site) -> None:
    site.pages["/feed.xml"] = rss(*((f"Idlib, day {number}", f"{site.url}/{number}", "Rain.") for number in range(3)))
    with site.serving():
        watches = 'idlib = ["Idlib"]'
        await once(desk(tmp_path, site, watches=watches, end="[alerts]\nmax_per_hour = 1"))
        site.pages["/feed.xml"] = rss(("Idlib, day 9", f"{site.url}/9", "Rain."))
        config = desk(tmp_path, site, watches=watches, end="[alerts]\nmax_per_hour = 1")
        await once(config)
    (item,) = (row[0] for row in rows(config, "SELECT item_id FROM alert WHERE state = 'held'"))
    assert end(config, str(item), "idlib") == ("alert", "held")
    assert "as it had its messages of this hour ([alerts] max_per_hour)" in why(config, str(item))["watches"][0]["says"]
    assert "hook had its messages of this hour" in " ".join(typed(config, "status").stdout.split())
