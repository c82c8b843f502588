"""Links that lead to a page without naming it, through the whole line: the page is found out once, and no item comes twice."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from desks import LONG, configured, long, outlet, rows
from fakes import Site, page, rss
from test_line import once

WORD = "Camps north of Idlib city stood under water."


@pytest.fixture(autouse=True)
def _shortened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let paths below /~r/ on loopback count as a redirector's, as feedburner's do on its own host."""
    for name in ("monitor.pipeline.page", "monitor.pipeline.poll"):
        monkeypatch.setattr(sys.modules[name], "hides_target", lambda url: "/~r/" in url)


def publish(site: Site, *names: str) -> None:
    site.pages["/feed.xml"] = rss(*((f"Rain in Idlib {name[0]}", f"{site.url}/~r/{name}", "") for name in names))
    for name in names:
        site.moved[f"/~r/{name}"] = f"/{name[0]}"
        site.pages[f"/{name[0]}"] = page(f"Rain in Idlib {name[0]}", long(name[0]), WORD, LONG)


async def test_a_feed_whose_links_are_made_anew_at_every_poll_gives_each_item_once(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        for number in range(4):
            publish(site, f"a{number}", f"b{number}")
            await once(config)
    assert rows(config, "SELECT title, canonical_url FROM item ORDER BY title") == [
        (f"Rain in Idlib {name}", f"{site.url.replace('http:', 'https:')}/{name}") for name in "ab"
    ]
    assert len(site.told) == 2


async def test_one_that_comes_under_a_new_link_with_the_word_is_told(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        for number, teaser in enumerate(("Prices fall in the market.", "Shelling of Idlib kills 30.")):
            site.pages["/feed.xml"] = rss(("Morning brief", f"{site.url}/~r/a{number}", teaser))
            site.moved[f"/~r/a{number}"] = "/a"
            site.pages["/a"] = page("Morning brief", LONG, LONG.replace("Sentence", "Line"))
            await once(config)
    assert len(site.told) == 1


async def test_a_hidden_page_is_found_out_once_where_the_text_is_not_wanted(tmp_path: Path, site: Site) -> None:
    with site.serving():
        text = outlet(site).replace('lang = "en"', 'lang = "en", full_text = false')
        config = configured(tmp_path, text)
        publish(site, "a1")
        await once(config)
        await once(config)
    assert rows(config, "SELECT article_state, canonical_url FROM item") == [
        ("not_wanted", f"{site.url.replace('http:', 'https:')}/a")
    ]
    assert site.asked.count("/~r/a1") == 1
    assert len(site.told) == 1


async def test_what_a_page_calls_itself_counts_on_its_own_host_only(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        site.pages["/feed.xml"] = rss(
            *((f"Rain in Idlib {name}", f"{site.url}/{name}?x=1", "") for name in ("own", "other", "front"))
        )
        for name, named in (("own", "/rain-in-idlib"), ("other", "https://levant-wire.example/rain"), ("front", "/")):
            link = f"<link rel='canonical' href='{named}'></head>".encode()
            site.pages[f"/{name}?x=1"] = page(f"Rain in Idlib {name}", LONG, WORD, LONG).replace(b"</head>", link)
        await once(config)
    home = site.url.replace("http:", "https:")
    assert rows(config, "SELECT canonical_url FROM item ORDER BY title") == [
        (f"{home}/front?x=1",),
        (f"{home}/other?x=1",),
        (f"{home}/rain-in-idlib",),
    ]
