"""`monitor add`: what a person types, what they are shown, and the one line that is written."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desks import configured, typed
from fakes import Site, rss

from monitor.cli import adding
from monitor.demo.server import DemoServer
from monitor.model import Config

NOW = datetime.now(UTC)


def titles(*hours: int | None) -> bytes:
    """Write a feed with an item for each age; one without a date where it is None."""
    items = [rss((f"{age} h", f"https://x.example/{age}", ""), now=NOW - timedelta(hours=age or 0)) for age in hours]
    found = [item.partition(b"<item>")[2].partition(b"</item>")[0] for item in items]
    undated = [item if age is not None else item.partition(b"<pubDate>")[0] for age, item in zip(hours, found, strict=True)]
    return (
        b"<rss version='2.0'><channel><title>Desk</title>"
        + b"".join(b"<item>%b</item>" % item for item in undated)
        + b"</channel></rss>"
    )


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return configured(
        tmp_path, '[outlets]\nknown = "https://known.example/rss"   # kept\n[watches]\nw = ["Idlib"]\n[fetch]\npause = "0s"\n'
    )


def test_the_newest_titles_are_shown_whatever_their_order(config: Config, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = titles(None, 9, 2, 30, 5)
        site.pages["/"] = (
            b"<html><head><link rel='alternate' type='application/rss+xml' title='News' href='/old.xml'>"
            b"<link rel='alternate' type='application/atom+xml' title='Sport' href='/sport.xml'></head></html>"
        )
        site.moved["/old.xml"] = "/feed.xml"
        done = typed(config, "add", site.url, "--private", "--id", "desk", "--every", "30m", "--lang", "en")
        line = f'desk = {{ feed = "{site.url}/feed.xml", lang = "en", every = "30m", private = true }}'
        assert (done.returncode, done.stdout.splitlines()) == (
            0,
            [
                "Found “Desk” (RSS, 5 items, newest 2 h ago)", "  2 h", "  5 h", "  9 h",
                "The page names these as well, each to be added by its own address:", f"  {site.url}/sport.xml   Sport",
                f"Added  {line}   ({config.path}:5)", "No monitor answers here, so it holds from the next `monitor run` on.",
            ],
        )  # fmt: skip
        asked = len(site.asked)
        again = typed(config, "add", f"{site.url}/feed.xml".upper().replace("/FEED.XML", "/feed.xml"), "--private")
        assert (again.returncode, again.stderr) == (2, f"{config.path}:5: outlets.desk: this feed is there already\n")
        site.pages["/rss.xml"] = titles(1)
        site.pages["/bare"] = b"<html></html>"
        usual = typed(config, "add", f"{site.url}/bare", "--private")
        assert "this one is where feeds usually are" in usual.stdout
        assert f'desk-2 = {{ feed = "{site.url}/rss.xml", private = true }}' in Path(config.path).read_text()
    assert "/feed.xml" not in site.asked[asked : asked + 1]


def test_who_may_not_be_able_to_type_an_id_is_told_how_to_give_another(config: Config, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = titles(1).replace(b"Desk", "الزاوية".encode())
        added = typed(config, "add", f"{site.url}/feed.xml", "--private")
        assert f'"الزاوية" = {{ feed = "{site.url}/feed.xml"' in added.stdout
        assert "For another: monitor remove الزاوية, and add it again with --id ID" in added.stderr
        assert typed(config, "remove", "الزاوية").returncode == 0
        assert typed(config, "add", f"{site.url}/feed.xml", "--private", "--id", "al-zawiya").stderr == ""


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("x.example", "--every", "10s"), '--every: "10s" is under a minute'),
        (("x.example", "--lang", "klingon!"), '--lang: "klingon!" is no language code'),
        (("x.example", "--id", "a b"), "--id: an id is letters"),
        (("x.example", "--id", "known"), '--id: there is an outlet "known" already'),
        (("known.example/rss",), "outlets.known: this feed is there already"),
        (("https://desk:hunter2@x.example/rss",), 'URL: "https://desk:****@x.example/rss" has a password in it. Use headers = {'),
        (("desk:hunter2@x.example/rss",), 'URL: "desk:****@x.example/rss" has no https:// in front'),
        (("mailto:desk@x.example",), "must begin with https://"),
    ],
)
def test_what_is_wrong_is_told_before_anybody_is_asked(config: Config, words: tuple[str, ...], says: str) -> None:
    before = Path(config.path).read_bytes()
    done = typed(config, "add", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert "hunter2" not in done.stderr
    assert Path(config.path).read_bytes() == before


def test_the_feed_of_each_outlet_of_the_demo_is_found_from_its_front_page(config: Config) -> None:
    with DemoServer(NOW) as demo:
        for id in ("al-zawiya", "kuzey-sinir"):
            done = typed(config, "add", f"{demo.home(id)}/", "--private")
            assert done.returncode == 0, done.stderr
    assert 'kuzey-sinir = { feed = "' in Path(config.path).read_text()


@pytest.mark.parametrize(
    ("title", "shown"), [("short", "short"), ("马里北部" * 20, "马里北部" * 9 + "马里…"), ("إدلب " * 30, "إدلب " * 15 + "إ…")]
)
def test_a_title_is_as_long_as_the_terminal_is_wide(monkeypatch: pytest.MonkeyPatch, title: str, shown: str) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert adding.fitted(title) == shown
