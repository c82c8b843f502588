"""The archive in a real browser: it fits every screen, asks for nothing, runs nothing, and can be read by everybody."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from fakes import Site
from test_archive_pages import START, folder, told_over_a_day, whole
from test_digest_seen import LONG, OVERLAPS, SCRIPT, WHY_NOT, Browser, Screen

from monitor.model import DigestId, KeptDigest, PlanId, WatchId, WatchTally
from monitor.render.index_page import index_page
from monitor.render.story_page import story_page

pytestmark = [pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT), pytest.mark.untraced]

NAMES = ("story", "list", "hostile-story", "hostile-list", "arabic-story")
ARABIC = "عودة ضخ المياه إلى ثلاثة أحياء في إدلب"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    there = tmp_path_factory.mktemp("archive")
    config = asyncio.run(told_over_a_day(there, Site()))
    made = {
        "hostile-story": story_page(whole(lambda: f"{SCRIPT}{LONG}"), title=LONG, timezone="Asia/Damascus"),
        "arabic-story": story_page(whole(lambda: ARABIC), title=ARABIC, timezone="Asia/Damascus"),
        "list": index_page(digests("Idlib", "إدلب", "UXO & mines"), title="Northwest desk"),
        "hostile-list": index_page(digests(*(f"{SCRIPT}{LONG}",) * 15, most=14), title=f"{SCRIPT}{LONG}"),
    }
    for name, text in made.items():
        (there / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: there / f"{name}.html" for name in made} | {"story": folder(config) / "stories" / "1.html"}


def digests(*watches: str, most: int = 60) -> tuple[KeptDigest, ...]:
    return tuple(
        KeptDigest(
            id=DigestId(100 - number),
            plan=PlanId("weekly" if number % 7 == 3 else ""),
            period=f"{START - number * timedelta(hours=12):%Y-%m-%dT%H:%M}",
            made_at=START,
            is_late=number % 5 == 0,
            is_asked=number % 5 == 1,
            watches=tuple(
                WatchTally(id=WatchId(name), name=name, items=(place + number) % 4 * 37, stories=1)
                for place, name in enumerate(watches)
            ),
            gaps=number % 3,
            forms=("html", "md", "json", "atom"),
        )
        for number in range(most)
    )


def unfolded(browser: Browser, page: Path, screen: Screen) -> None:
    browser.open(page, screen)
    browser.ask("document.querySelectorAll('details').forEach(one => one.open = true)")


every_page = pytest.mark.parametrize("name", NAMES)


@every_page
@pytest.mark.parametrize("width", [320, pytest.param(390, marks=pytest.mark.long), 1280])
def test_nothing_has_to_be_scrolled_sideways_and_no_text_lies_on_another(
    browser: Browser, pages: dict[str, Path], name: str, width: int
) -> None:
    unfolded(browser, pages[name], Screen(width=width))
    assert browser.ask("document.scrollingElement.scrollWidth") <= width
    assert browser.ask(OVERLAPS) == []


@every_page
def test_the_page_asks_for_nothing_and_runs_nothing(browser: Browser, pages: dict[str, Path], name: str) -> None:
    browser.open(pages[name], Screen(width=1280))
    assert browser.requested == []
    assert browser.ask("document.scripts.length") == 0
    assert browser.ask("typeof window.ran") == "undefined"


@pytest.mark.parametrize("name", ["story", "list", "arabic-story"])
@pytest.mark.parametrize("screen", [Screen(width=1280), Screen(width=390, colours="dark")], ids=["light", "narrow-dark"])
def test_everybody_can_read_it(browser: Browser, pages: dict[str, Path], name: str, screen: Screen) -> None:
    unfolded(browser, pages[name], screen)
    browser.ask((files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8"))
    faults: list[dict[str, Any]] = json.loads(
        browser.ask("axe.run({resultTypes: ['violations']}).then(found => JSON.stringify(found.violations))")
    )
    assert [(fault["id"], [node["html"][:200] for node in fault["nodes"]]) for fault in faults] == []
