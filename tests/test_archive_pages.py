"""The archive of digests: whole whatever happens, every link in it leads somewhere, nothing from outside is more than text."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import archived
import pytest
import time_machine
from desks import PATIENCE, configured, rows, typed
from fakes import Site, page, rss
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html
from test_brief import block
from test_copies import MORE, RAIN, carry, desk, once, silence
from test_render_digest import hostile, laws

from monitor.daemon import Daemon
from monitor.model import (
    MAIN,
    ChannelId,
    Config,
    DigestPlan,
    Feed,
    FeedId,
    First,
    FoundMatch,
    ItemEdit,
    ItemId,
    KeptDigest,
    Match,
    Outlet,
    OutletId,
    PlanId,
    ProvedItem,
    Reworded,
    SentAlert,
    Span,
    Step,
    StoryId,
    StoryItem,
    Telling,
    Trail,
    WatchId,
    WatchTally,
    WholeStory,
)
from monitor.pipeline import brief, clear, mend_files
from monitor.pipeline.composed import Window
from monitor.render import words
from monitor.render.index_page import index_page
from monitor.render.story_page import story_page

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
START = datetime(2026, 11, 23, 3, tzinfo=UTC)
FROST = "Frost is due near Idlib on Friday"
WEEKLY = PlanId("weekly")


def folder(config: Config) -> Path:
    return Path(config.digest.directory)


def faults(config: Config) -> list[str]:
    frozen = [(str(a), str(b), str(c), str(d)) for a, b, c, d in rows(config, archived.FROZEN)]
    return archived.faults(folder(config), frozen)


def text(path: Path) -> str:
    return " ".join(archived.parsed(path).text_content().split())


def page_of(config: Config, title: str) -> Path:
    """Give the page of the story whose first item had this headline first."""
    ((story,),) = rows(config, f"SELECT story_id FROM item WHERE title = '{title}'")
    return folder(config) / "stories" / f"{story}.html"


def digest_file(config: Config, number: int) -> str:
    """Name the page of the so many-th digest, from the first (0) or from the last (-1) on."""
    periods = [str(period) for (period,) in rows(config, "SELECT period FROM digest ORDER BY id")]
    return f"{periods[number].replace(':', '')}.html"


async def made(config: Config, *times: datetime, plan: PlanId = MAIN) -> None:
    """Make the digests that are due at these times, as the daemon would."""
    async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
        for at in times:
            daemon.line.now = lambda at=at: at  # type: ignore[misc]
            window = Window(period=f"{at:%Y-%m-%dT%H:%M}", start=at - DAY, stop=at, due_at=at, plan=plan)
            assert await brief(daemon.line, window)


async def cleared(config: Config, now: datetime, *, keep: timedelta = 90 * DAY) -> int:
    async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
        return await clear(daemon.line, {MAIN: now - keep})


async def mended(config: Config) -> None:
    """Start anew: what a kill left unwritten is written."""
    async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
        await mend_files(daemon.line)


async def told_over_a_day(tmp_path: Path, site: Site) -> Config:
    """Make a desk whose story went from outlet to outlet over a day, and was edited on its way."""
    silence(site)
    with site.serving():
        config = desk(tmp_path, site, watches='idlib = ["Idlib"]\ncholera = ["cholera"]')
        await once(config, at=START)
        carry(site, "orontes-post", "Rain floods tents near Idlib", RAIN)
        await once(config, at=START + HOUR)
        carry(site, "levant-wire", "Tents under water near Idlib", f"Sarmada (LW)\n{RAIN.replace('120', '85')}")
        await once(config, at=START + 2 * HOUR)
        carry(site, "orontes-post", "Rain floods tents near Idlib, two clinics shut", RAIN.replace("120 tents", "140 tents"))
        await once(config, at=START + 4 * HOUR)
        carry(site, "coast-radio", "Camps flooded near Idlib", f"Source: Orontes Post\n{RAIN}\n{MORE}")
        await once(config, at=START + 8 * HOUR)
    return config


@pytest.fixture
async def told(tmp_path: Path, site: Site) -> Config:
    return await told_over_a_day(tmp_path, site)


# ------------------------------------------------------------------------------------------------- what the pages tell


async def test_a_storys_page_tells_who_had_it_first_who_carried_it_and_what_each_copy_changed(told: Config) -> None:
    path = page_of(told, "Rain floods tents near Idlib")
    said, tree = text(path), archived.parsed(path)
    assert "3 outlets carry it, 1 with its own text. Orontes Post had it first: no other feed had it yet" in said
    assert [" ".join(one.text_content().split()) for one in tree.xpath("//p[@class='who']/a")] == [
        "Orontes Post",
        "Levant Wire",
        "Coast Radio",
    ]
    assert "copied from Orontes Post" in said
    assert "credits Orontes Post (Source: Orontes Post)" in said
    assert "120 → 85" in said
    copy = tree.xpath("//li[.//a[contains(., 'Levant Wire')]]")[0]
    assert copy.xpath(".//*[b='Headline']//del/text()") == ["Rain floods tents"]
    assert copy.xpath(".//*[b='Headline']//ins/text()") == ["Tents under water"]
    assert [one.text for one in copy.xpath(".//ul[@class='lines']//del")] == ["120"]
    first, second, last = (float(place.rstrip("%")) for place in tree.xpath("//circle/@cx"))
    assert (first, last) == (0, 100)
    # an hour of seven, and what the polls themselves took
    assert second == pytest.approx(100 / 7, abs=0.5)


async def test_a_storys_page_shows_its_edits_its_alerts_and_the_digests_that_told_it(told: Config) -> None:
    path = page_of(told, "Rain floods tents near Idlib")
    tree = archived.parsed(path)
    edits = tree.xpath("//section[@aria-labelledby='edits']")[0]
    assert "Edit 1 on the page, seen Mon 23 Nov 2026 07:00" in " ".join(edits.text_content().split())
    assert edits.xpath(".//ul[@class='lines']//ins/text()") == ["140"]
    assert edits.xpath(".//*[b='Headline']//ins/text()") == [", two clinics shut"]
    assert "Mon 23 Nov 2026 04:00 Idlib → hook" in text(path)
    digests = tree.xpath("//section[@aria-labelledby='digests']//a/@href")
    assert digests == [f"../{digest_file(told, number)}" for number in (4, 3, 2, 1)]
    assert tree.xpath("//h1//mark/text()") == ["Idlib"]
    assert {one.text for one in tree.xpath("//blockquote//mark")} == {"Idlib"}


async def test_a_storys_page_quotes_what_was_edited_as_it_reads_now_under_the_newest_headline(told: Config) -> None:
    tree = archived.parsed(page_of(told, "Rain floods tents near Idlib"))
    assert tree.xpath("string(//h1)") == "Rain floods tents near Idlib, two clinics shut"
    quotes = " ".join(tree.xpath("//blockquote")[0].getparent().text_content().split())
    assert "140 tents" in quotes
    assert "120 tents" not in quotes.split("Coast Radio")[0]


async def test_a_storys_page_names_the_answers_that_prove_it_and_keeps_no_text_and_no_address_of_a_feed(
    tmp_path: Path, site: Site
) -> None:
    silence(site)
    with site.serving():
        config = desk(tmp_path, site)
        config = replace(config, outlets=tuple(replace(one, feeds=(f"{one.feeds[0]}?key=s3cret",)) for one in config.outlets[:1]))
        carry(site, "orontes-post", "Rain floods tents near Idlib", RAIN)
        site.pages["/orontes-post.xml?key=s3cret"] = site.pages["/orontes-post.xml"]
        await once(config, at=START)
    said = text(page_of(config, "Rain floods tents near Idlib"))
    proofs = rows(config, "SELECT digest, file, start, url FROM record ORDER BY id")
    assert len(proofs) == 2
    for digest, file, start, _ in proofs:
        assert f"{digest} {file} at byte {start}" in said
    assert f"{site.url}/orontes-post/1" in said
    assert "/orontes-post.xml?key=s3cret" in site.asked
    assert all("s3cret" not in path.read_text() for path in archived.pages(folder(config)))
    assert "The road to the crossing stayed open" not in said


async def test_a_page_is_written_anew_when_a_later_digest_tells_the_story_and_else_stays_as_it_is(told: Config) -> None:
    path = page_of(told, "Rain floods tents near Idlib")
    (path.parent.parent / "latest.html").unlink()
    before = (path.stat().st_mtime_ns, path.read_bytes())
    await mended(told)
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before
    await made(told, START + 9 * HOUR)
    assert path.read_bytes() != before[1]
    assert "../2026-11-23T1200.html" in archived.links(path)


async def test_the_list_has_each_day_with_its_digests_newest_first_and_what_they_counted(told: Config) -> None:
    await made(told, START + 26 * HOUR)
    tree = archived.parsed(folder(told) / "index.html")
    assert tree.xpath("//h2/text()") == ["November 2026"]
    assert tree.xpath("//h3/text()") == ["Tuesday 24 November", "Monday 23 November"]
    hours = [one.text_content().split()[-1] for one in tree.xpath("//p[@class='hour']")]
    assert hours == ["05:00", "11:00", "07:00", "05:00", "04:00", "03:00"]
    found = [" ".join(one.text_content().split()) for one in tree.xpath("//p[@class='found']")]
    assert found[1].startswith("asked for")
    assert found[1].endswith("3 Idlib 0 Cholera")
    assert found[-1].endswith("0 Idlib 0 Cholera")
    # each life of the monitor was one of seconds
    assert "1 gap" in text(folder(told) / "index.html")


async def test_a_digest_of_another_plan_stands_in_its_own_folder_and_shares_the_stories(told: Config) -> None:
    weekly = DigestPlan(at=("07:00",), cron=None, formats=("html",), send=(), directory=told.digest.directory, id=WEEKLY)
    told = replace(told, digests=(weekly,))
    await made(told, START + 9 * HOUR, plan=WEEKLY)
    names = {str(path.relative_to(folder(told))) for path in folder(told).rglob("*.html")}
    assert {"weekly/2026-11-23T1200.html", "weekly/latest.html", "latest.html"} <= names
    assert "../stories/1.html" in archived.links(folder(told) / "weekly" / "latest.html")
    assert "weekly/2026-11-23T1200.html" in archived.links(folder(told) / "index.html")
    assert "../weekly/2026-11-23T1200.html" in archived.links(folder(told) / "stories" / "1.html")
    assert faults(told) == []


# ----------------------------------------------------------------------------------------------------- that it is whole


async def test_every_link_in_the_archive_leads_to_what_is_there_and_nothing_asks_for_more(told: Config) -> None:
    assert faults(told) == []
    assert len(archived.pages(folder(told))) == 8
    everything = replace(told, digest=replace(told.digest, formats=("html", "md", "json", "atom")))
    await made(everything, START + 9 * HOUR)
    assert faults(everything) == []
    assert [href for path, href in archived.feeds(folder(told)) if "stories/1.html" in href]
    assert sum(len(archived.links(path)) for path in archived.pages(folder(told))) > 20
    for path in archived.pages(folder(told)):
        tree = archived.parsed(path)
        assert not tree.xpath("//script|//img|//link|//iframe|//*[@src]|//*[@style]"), path
        policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
        assert policy == ["default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"]


async def test_nobody_else_on_this_machine_reads_the_archive(told: Config) -> None:
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder(told).rglob("*") if path.is_file()}
    assert modes == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder(told), folder(told) / "stories")} == {0o700}


async def test_what_could_not_be_written_is_written_once_the_folder_can_be(told: Config) -> None:
    at = folder(told)
    at.rename(at.with_name("away"))
    block(at)
    async with Daemon(told, load=lambda: told, say=lambda _: None) as daemon:
        for hours in (26, 50):
            now = START + hours * HOUR
            window = Window(period=f"{now:%Y-%m-%dT%H:%M}", start=now - DAY, stop=now, due_at=now)
            assert await brief(daemon.line, window) == ()
        await mend_files(daemon.line)
        assert at.is_file()
        at.unlink()
        at.with_name("away").rename(at)
        await mend_files(daemon.line)
    assert faults(told) == []
    assert {"2026-11-24T0500.html", "2026-11-25T0500.html"} <= {path.name for path in at.iterdir()}


async def test_a_digest_that_comes_first_after_one_could_not_be_written_does_not_leave_it_out(told: Config) -> None:
    at = folder(told)
    at.rename(at.with_name("away"))
    block(at)
    async with Daemon(told, load=lambda: told, say=lambda _: None) as daemon:
        for hours in (26, 50):
            now = START + hours * HOUR
            window = Window(period=f"{now:%Y-%m-%dT%H:%M}", start=now - DAY, stop=now, due_at=now)
            assert len(await brief(daemon.line, window)) == (0 if hours == 26 else 2)
            if hours == 26:
                at.unlink()
                at.with_name("away").rename(at)
    assert faults(told) == []


async def test_a_folder_that_is_new_gets_all_digests_that_are_kept(told: Config) -> None:
    elsewhere = replace(told, digest=replace(told.digest, directory=str(folder(told).with_name("elsewhere"))))
    await mended(elsewhere)
    assert faults(elsewhere) == []
    assert len(archived.pages(folder(elsewhere))) == 8


async def test_nothing_is_written_or_deleted_where_a_link_leads_out_of_the_archive(
    told: Config, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outside = tmp_path / "outside"
    (folder(told) / "stories").rename(outside)
    (outside / "9000.html").write_text("of somebody else")
    (folder(told) / "stories").symlink_to(outside)
    before = {path.name: path.read_bytes() for path in outside.iterdir()}
    at = START + 26 * HOUR
    async with Daemon(told, load=lambda: told, say=lambda _: None) as daemon:
        daemon.line.now = lambda: at
        window = Window(period=f"{at:%Y-%m-%dT%H:%M}", start=at - DAY, stop=at, due_at=at)
        assert await brief(daemon.line, window) == ()
        await mend_files(daemon.line)
        await clear(daemon.line, {MAIN: at + DAY})
    assert {path.name: path.read_bytes() for path in outside.iterdir()} == before
    assert f"{folder(told) / 'stories'}: is a symbolic link" in caplog.text


async def test_a_pipe_or_a_link_in_the_place_of_a_file_holds_nothing_up(told: Config, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("of somebody else")
    index, latest, now = (folder(told) / name for name in ("index.html", "latest.md", "now.html"))
    index.unlink()
    latest.unlink()
    latest.symlink_to(elsewhere)
    for pipe in (index, now):
        os.mkfifo(pipe)
    # so that whoever waits for them is let go in the end
    pipes = [os.open(pipe, os.O_RDWR) for pipe in (index, now)]
    try:
        async with asyncio.timeout(PATIENCE):
            await made(told, START + 26 * HOUR)
            await cleared(told, START + 27 * HOUR)
    finally:
        for pipe in pipes:
            os.close(pipe)
    assert elsewhere.read_text() == "of somebody else"
    now.unlink()
    assert faults(told) == []


FULL = """
import resource, sys
from pathlib import Path
from monitor.pipeline import shelves
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, resource.RLIM_INFINITY))
try:
    shelves.put(Path(sys.argv[1]), "x" * 9_000)
except OSError as error:
    print(f"{error.filename}: {error.strerror}")
"""


def test_a_disk_that_is_full_is_told_with_the_file_that_has_no_room_and_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "latest.html"
    done = subprocess.run([sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == f"{path}: File too large\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.long)])
def test_a_kill_between_any_two_files_leaves_a_whole_archive_after_the_next_start(tmp_path: Path, site: Site, step: int) -> None:
    # the pages of two stories, a page and a text under two names, the list before and after: each begun, and written
    points = 2 * 8
    silence(site)
    with site.serving():
        config = desk(tmp_path, site)
        carry(site, "orontes-post", "Rain floods tents near Idlib", RAIN)
        asyncio.run(once(config, at=datetime.now(UTC) - HOUR))
        carry(site, "levant-wire", FROST, MORE)
        before = shutil.copytree(config.state, tmp_path / "before")
        for point in range(1, points + 2, step):
            shutil.rmtree(config.state)
            shutil.copytree(before, config.state)
            assert killed(config, at=f"in_archive:{point}") == (-signal.SIGKILL if point <= points else 0), point
            asyncio.run(mended(config))
            assert len(rows(config, "SELECT 1 FROM digest")) == 2
            assert faults(config) == [], f"killed at {point}"


def killed(config: Config, *, at: str) -> int:
    """Run the monitor once, to be killed at a point; gives how it ended."""
    crashing = Path(__file__).with_name("crashing.py")
    return subprocess.run(
        [sys.executable, str(crashing), "run", "--once", "-c", config.path],
        env={**os.environ, "MONITOR_CRASH_AT": at},
        capture_output=True,
        check=False,
        timeout=60,
    ).returncode


# ---------------------------------------------------------------------------------------------------------- retention


async def test_old_digests_go_with_their_files_and_with_the_pages_of_stories_that_no_other_tells(
    tmp_path: Path, site: Site
) -> None:
    silence(site)
    with site.serving():
        config = desk(tmp_path, site)
        carry(site, "orontes-post", "Rain floods tents near Idlib", RAIN)
        carry(site, "levant-wire", FROST, MORE)
        await once(config, at=START)
        carry(site, "coast-radio", "Camps flooded near Idlib", f"Source: Orontes Post\n{RAIN}")
        await once(config, at=START + 10 * DAY)
    old, new = page_of(config, FROST), page_of(config, "Rain floods tents near Idlib")
    first, second = digest_file(config, 0), digest_file(config, 1)
    assert f"../{first}" in archived.links(new)
    assert await cleared(config, START + 89 * DAY) == 0
    assert await cleared(config, START + 91 * DAY) == 1
    assert {path.name for path in folder(config).glob("*.*")} == {
        *(f"{name}.{form}" for name in (second.removesuffix(".html"), "latest") for form in ("html", "md")),
        "index.html",
    }
    assert not old.exists()
    assert f"../{first}" not in archived.links(new)
    assert faults(config) == []
    assert rows(config, "SELECT (SELECT count(*) FROM digest), (SELECT count(DISTINCT digest_id) FROM digest_words)") == [(1, 1)]


async def test_the_newest_digest_and_one_that_is_still_to_be_sent_are_never_deleted(tmp_path: Path, site: Site) -> None:
    config = replace(desk(tmp_path, site))
    sent = replace(config, digest=replace(config.digest, send=tuple(channel.id for channel in config.channels)))
    await made(sent, START)
    await made(config, START + DAY, START + 2 * DAY)
    assert await cleared(config, START + 400 * DAY) == 1
    assert rows(config, "SELECT period FROM digest ORDER BY id") == [("2026-11-23T03:00",), ("2026-11-25T03:00",)]
    assert faults(config) == []


async def test_a_digest_that_a_person_looks_at_keeps_its_pages_until_it_is_old_itself(
    told: Config, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    opened = looked_at(told, monkeypatch, tmp_path)
    assert opened == folder(told) / "now.html"
    assert list(archived.dead_links(folder(told))) == []
    assert "stories/1.html" in archived.links(opened)
    young = (START + 200 * DAY).timestamp()
    os.utime(opened, times=(young, young))
    await made(told, START + 200 * DAY)
    await cleared(told, START + 220 * DAY)
    assert (folder(told) / "stories" / "1.html").exists()
    assert list(archived.dead_links(folder(told))) == []
    os.utime(opened, times=(0, 0))
    await cleared(told, START + 220 * DAY)
    await cleared(told, START + 220 * DAY)
    assert not opened.exists()
    assert list((folder(told) / "stories").iterdir()) == []


def looked_at(config: Config, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Type `monitor digest --open`; gives what was opened, by the program that opens things here."""
    monkeypatch.setenv("DISPLAY", ":0")
    note, opener = tmp_path / "opened", tmp_path / "bin" / "xdg-open"
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\nprintf %s "$1" > {note}.new && mv {note}.new {note}\n')
    opener.chmod(0o755)
    monkeypatch.setenv("PATH", f"{opener.parent}{os.pathsep}{os.environ['PATH']}")
    with time_machine.travel(START + 9 * HOUR, tick=True):
        done = typed(config, "digest", "--open")
    assert (done.returncode, done.stdout) == (0, "")
    return Path(done.stderr.removeprefix("Wrote ").strip())


async def test_a_digest_written_elsewhere_links_to_nothing_beside_it(told: Config, tmp_path: Path) -> None:
    alone = tmp_path / "alone.html"
    with time_machine.travel(START + 9 * HOUR, tick=True):
        # the name's ending says in which form
        assert typed(told, "digest", "-o", str(alone)).returncode == 0
    assert [href for href in archived.links(alone) if not href.startswith("#")] == []
    assert "Rain floods tents near Idlib" in text(alone)


async def test_a_story_of_which_nothing_is_stored_any_more_has_a_page_that_says_so(told: Config) -> None:
    path = page_of(told, "Rain floods tents near Idlib")
    async with Daemon(told, load=lambda: told, say=lambda _: None) as daemon:
        await daemon.store.write(lambda tx: tx.forget_items(START + 900 * DAY, now=START + 900 * DAY, after=None, limit=10))
    before = path.read_bytes()
    (folder(told) / digest_file(told, -1)).unlink()
    await mended(told)
    assert path.read_bytes() == before
    path.unlink()
    (folder(told) / digest_file(told, -1)).unlink()
    await mended(told)
    assert "Nothing of this story is stored any more." in text(path)
    assert faults(told) == []


# ------------------------------------------------------------------------------------------------------ hostile input

TAGS = {
    "html", "head", "meta", "title", "style", "body", "a", "header", "p", "bdi", "h1", "h2", "h3", "span", "ul", "li", "b", "ol",
    "section", "div", "main", "time", "small", "mark", "blockquote", "aside", "footer", "details", "summary", "del", "ins", "dl",
    "dt", "dd", "code", "svg", "line", "circle",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "dir", "class", "id", "href", "rel", "datetime", "aria-labelledby", "aria-hidden", "charset", "name", "content",
    "http-equiv", "open", "width", "height", "cx", "cy", "r", "x1", "x2", "y1", "y2",
}  # fmt: skip


def inert(told: str) -> lxml_html.HtmlElement:
    """Read a page back; only what we set ourselves is more than text in it."""
    tree = lxml_html.document_fromstring(told.encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    assert len(elements) == len(list(tree.iter())), "no comments"
    assert {element.tag for element in elements} <= TAGS
    assert {name for element in elements for name in element.attrib} <= ATTRIBUTES
    for href in tree.xpath("//@href"):
        assert str(href).startswith(("#", "../", "https://orontes-post.example/", "20", "weekly/")), href
    return tree


def whole(text: Callable[[], str]) -> WholeStory:
    """Make a story with such texts wherever one comes from outside."""
    title, sentence = text(), f"{text()} Idlib {text()}"
    at = sentence.index("Idlib")
    match = Match(
        watch_id=WatchId(text()), field="text", term="Idlib", form="Idlib", start=at, stop=at + 5, sentence=sentence,
        mark_start=at, mark_stop=at + 5,
    )  # fmt: skip
    outlet = Outlet(id=OutletId("orontes-post"), feeds=("https://a.example/",), name=text(), label=text())
    telling = Telling(
        item_id=ItemId(1), outlet_id=outlet.id, outlet_name=text(), label=text(), language=text(),
        link=f"https://orontes-post.example/{text()}", headline=title, text="", author=text(), published=START,
        seen_at=START, unseen_at=None, copied=None, is_whole=True,
    )  # fmt: skip
    spans = (Span(kind="same", text=text()), Span(kind="removed", text=text()), Span(kind="added", text=title))
    proved = ProvedItem(
        id=ItemId(1), story_id=StoryId(1), feed=Feed(id=FeedId(1), outlet=outlet, url="https://a.example/", title=None),
        guid=None, link=None, canonical_url=None, title=title, summary="", author=None, language=None, published=None,
        published_raw=None, seen_at=START, entry_hash=None, edited_at=None, gone_at=START, forgotten_at=None,
        article_state="read", article_reason=text(), article=None, revisions=(), sentence_edits=(), alerts=(), records=(),
        matches=(FoundMatch(match=match, found_at=START, config="5f2c91", is_history=False),),
    )  # fmt: skip
    step = Step(telling=telling, copy=None, credit=None, is_own=True)
    item = StoryItem(
        step=step,
        proved=proved,
        reworded=Reworded(headline=spans, dateline=spans, sentences=(spans,), more=2),
        edits=(ItemEdit(number=1, part="page", seen_at=START, headline=spans, lines=(spans,), more=1, is_kept=True),),
        more_edits=1,
    )
    alert = SentAlert(watch_id=match.watch_id, channel=ChannelId(text()), occasion=text(), key="k", sent_at=START)
    trail = Trail(steps=(step,), first=First(seen=ItemId(1), dated=None, by="alone", outlets=(outlet.id,)))
    return WholeStory(id=StoryId(1), trail=trail, items=(item,), alerts=(alert,), told_in=())


@st.composite
def stories(draw: st.DrawFn) -> WholeStory:
    return whole(lambda: draw(hostile))


@laws
@given(stories(), hostile)
def test_a_storys_page_has_only_our_tags_and_every_text_comes_back_as_it_was(one: WholeStory, desk: str) -> None:
    tree = inert(story_page(one, title=desk, timezone="Asia/Damascus"))
    item = one.items[0]
    assert tree.xpath("string(//h1)") == words.line(item.step.telling.headline)
    assert tree.xpath("string(//p[@class='desk']/bdi)") == words.line(desk).strip()
    assert tree.xpath("string(//p[@class='who']//bdi)") == words.line(item.step.telling.outlet_name).strip()
    assert tree.xpath("string(//ul[@class='lines']/li/ins)") == words.line(item.edits[0].lines[0][2].text.rstrip("\n"))
    assert tree.xpath("string(//ul[@class='lines']/li/del)") == words.line(item.edits[0].lines[0][1].text.rstrip("\n"))


@laws
@given(hostile, hostile, st.integers(0, 9))
def test_the_list_has_only_our_tags_whatever_watches_and_plans_are_called(desk: str, name: str, gaps: int) -> None:
    one = KeptDigest(
        id=1, plan=PlanId(name), period="2026-11-23T06:00", made_at=START, is_late=True, is_asked=False, gaps=gaps, forms=("md",),
        watches=(WatchTally(id=WatchId(name), name=name, items=3, stories=1),),
    )  # type: ignore[arg-type]  # fmt: skip
    told = index_page((replace(one, plan=WEEKLY), replace(one, plan=PlanId(""))), title=desk)
    tree = inert(told)
    assert tree.xpath("string(//p[@class='desk']/bdi)") == words.line(desk).strip()
    assert tree.xpath("string(//p[@class='found']//b/following-sibling::bdi)") == words.line(name).strip()


async def test_h19_headlines_that_are_markup_stay_text_all_the_way_into_the_archive(tmp_path: Path, site: Site) -> None:
    evil = "&lt;img src=x onerror=alert(1)&gt;&lt;/title&gt;&lt;script&gt;alert(2)&lt;/script&gt; Idlib"
    with site.serving():
        evil_outlet = f'evil = {{ feed = "{site.url}/feed.xml", name = "<b>Evil</b>", private = true, pause = "0s" }}'
        config = configured(tmp_path, f'[outlets]\n{evil_outlet}\n[watches]\nidlib = ["Idlib"]\n')
        site.pages["/feed.xml"] = rss((evil, f"{site.url}/1?&lt;script&gt;", evil))
        site.pages["/1"] = page("x", RAIN)
        await once(config, at=START)
    for path in archived.pages(folder(config)):
        assert not archived.parsed(path).xpath("//script|//img|//*[starts-with(name(@*), 'on')]")
    assert "<b>Evil</b>" in text(folder(config) / "stories" / "1.html")


def test_two_years_of_digests_are_folded_by_month() -> None:
    ones = tuple(
        KeptDigest(
            id=number, plan=PlanId(""), period=f"{START - number * DAY:%Y-%m-%dT%H:%M}", made_at=START - number * DAY, gaps=0,
            is_late=False, is_asked=False, forms=("html",), watches=(),
        )
        for number in range(730)
    )  # type: ignore[arg-type]  # fmt: skip
    tree = inert(index_page(ones, title="Desk"))
    assert len(tree.xpath("//details")) == 25
    assert len(tree.xpath("//details[@open]")) == 1
    assert len(tree.xpath("//p[@class='hour']/a")) == 730
