"""The digest in a real browser: it fits every screen, asks for nothing, runs nothing, and can be read by everybody."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from briefs import brief, every_gap, quiet

from monitor.model import Digest
from monitor.render import html
from monitor.render.shelf import Shelf

# the bench takes its pictures with the same browser
sys.path.insert(0, str(Path(__file__).parent.parent / "bench"))

from browser import Browser, NoBrowserError, Screen, program

try:
    program()
    WHY_NOT = ""
except NoBrowserError as error:
    WHY_NOT = str(error)

pytestmark = [pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT), pytest.mark.untraced]

SHELF = Shelf(up="", stem="2026-11-23T0600", forms=("html", "md", "json"))
LONG = "Donaudampfschifffahrtsgesellschaft" * 9
SCRIPT = "<script>window.ran=1</script><img src='http://127.0.0.1:9/x.gif' onerror='window.ran=1'>\"onload=\"window.ran=1"


def hostile() -> Digest:
    """Give a digest whose words never end, and would run if they could."""
    one = brief()
    first = one.watches[0].stories[0]
    worse = replace(first.finding, title=f"{SCRIPT} {LONG}", outlet_name=f"{LONG}{SCRIPT}", label=LONG)
    watch = replace(one.watches[0].watch, any=(LONG, SCRIPT))
    group = replace(one.watches[0], watch=watch, stories=(replace(first, finding=worse), *one.watches[0].stories[1:]))
    gap = replace(one.gaps[0], reason=f"{SCRIPT}{LONG}")
    row = replace(one.outlets[0], state="failing", failures=3, reason=f"{SCRIPT}{LONG}")
    return replace(one, title=f"{SCRIPT}{LONG}", watches=(group, *one.watches[1:]), gaps=(gap,), outlets=(row, *one.outlets[1:]))


DIGESTS = {"rich": brief, "gaps": lambda: brief(gap_kinds=every_gap()), "quiet": quiet, "hostile": hostile}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("digests")
    for name, made in DIGESTS.items():
        (folder / f"{name}.html").write_text(html.digest(made(), SHELF), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in DIGESTS}


every_digest = pytest.mark.parametrize("name", DIGESTS)


@every_digest
@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_has_to_be_scrolled_sideways(browser: Browser, pages: dict[str, Path], name: str, width: int) -> None:
    browser.open(pages[name], Screen(width=width))
    browser.ask("document.querySelectorAll('details').forEach(one => one.open = true)")
    wide = """[...document.querySelectorAll('body *:not(.skip)')].filter(one =>
        one.getBoundingClientRect().right > innerWidth + 1).map(one => one.tagName + '.' + one.className)"""
    assert browser.ask(wide) == []
    assert browser.ask("document.scrollingElement.scrollWidth") <= width


# lines of one text may touch; what lies deeper in another is not to be read
OVERLAPS = """(() => {
    const lines = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode;
        if (!node.data.trim() || node.parentElement.closest('.unseen, .skip, style')) continue;
        if (!node.parentElement.checkVisibility()) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const box of range.getClientRects()) if (box.width > 1) lines.push([box, node.data.trim().slice(0, 40)]);
    }
    const found = [];
    for (let i = 0; i < lines.length; i++) for (let j = i + 1; j < lines.length; j++) {
        const [a, b] = [lines[i][0], lines[j][0]];
        const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (wide > 2 && high > 0.4 * Math.min(a.height, b.height)) found.push([lines[i][1], lines[j][1]]);
    }
    return found;
})()"""


@every_digest
@pytest.mark.parametrize("width", [320, 768, 1280])
def test_no_text_lies_on_another(browser: Browser, pages: dict[str, Path], name: str, width: int) -> None:
    browser.open(pages[name], Screen(width=width))
    assert browser.ask(OVERLAPS) == []


@every_digest
def test_the_page_asks_for_nothing_and_runs_nothing(browser: Browser, pages: dict[str, Path], name: str) -> None:
    browser.open(pages[name], Screen(width=1280))
    assert browser.requested == []
    assert browser.ask("document.scripts.length") == 0
    assert browser.ask("typeof window.ran") == "undefined"


@pytest.mark.parametrize("name", ["rich", "gaps", "quiet"])
@pytest.mark.parametrize(
    "screen",
    [Screen(width=1280), Screen(width=1280, colours="dark"), Screen(width=320), Screen(width=390, colours="dark")],
    ids=["light", "dark", "narrow", "narrow-dark"],
)
def test_everybody_can_read_it(browser: Browser, pages: dict[str, Path], name: str, screen: Screen) -> None:
    browser.open(pages[name], screen)
    browser.ask("document.querySelectorAll('details').forEach(one => one.open = true)")
    browser.ask((files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8"))
    faults: list[dict[str, Any]] = json.loads(
        browser.ask("axe.run({resultTypes: ['violations']}).then(found => JSON.stringify(found.violations))")
    )
    assert [(fault["id"], [node["html"][:200] for node in fault["nodes"]]) for fault in faults] == []


def test_on_paper_what_is_folded_is_open_and_links_can_be_read(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["rich"], Screen(width=800))
    folded = "document.querySelector('.briefs ul').checkVisibility()"
    address = "getComputedStyle(document.querySelector('h3 a'), '::after').content"
    assert browser.ask(folded) is False
    assert browser.ask(address) == "none"
    browser.resize(Screen(width=800, medium="print"))
    assert browser.ask(folded) is True
    assert "https://orontes-post.example/" in browser.ask(address)


def test_a_reader_who_follows_a_link_finds_the_story_even_where_it_is_folded(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["rich"], Screen(width=1280))
    (folded, *_) = browser.ask("[...document.querySelectorAll('.briefs li[id]')].map(one => one.id)")
    told = f"document.getElementById('{folded}').checkVisibility()"
    assert browser.ask(told) is False
    browser.ask(f"location.hash = '{folded}'")
    assert browser.ask(told) is True
