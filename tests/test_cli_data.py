"""What a command gives: data on standard output, in a form that a program reads; all else beside it."""

from __future__ import annotations

import asyncio
import io
import json
import os
import pty
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TextIO

import pytest
import time_machine
from desks import configured, outlet, typed
from fakes import Site, rss
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from monitor.cli import main, patience
from monitor.cli.drawn import columns, padded, put
from monitor.daemon import Daemon
from monitor.model import Config


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    """Make a desk that has read three items, in scripts whose letters are not one column each."""
    with Site().serving() as site:
        site.pages["/feed.xml"] = rss(
            ("Rain floods Idlib", f"{site.url}/1", ""),
            ("أمطار تغرق إدلب", f"{site.url}/2", ""),
            ("伊德利卜暴雨成灾", f"{site.url}/3", ""),
        )
        text = outlet(site, watches='idlib = ["Idlib", "إدلب", "伊德利卜"]').replace('lang = "en"', "full_text = false")
        config = configured(tmp_path_factory.mktemp("desk"), text)

        async def once() -> None:
            async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
                await daemon.once()

        # a minute ago: what is found since this moment is nothing
        with time_machine.travel(datetime.now(UTC) - timedelta(minutes=1), tick=True):
            asyncio.run(once())
        yield config


GIVES = [
    ("status", "--json"),
    ("search", "idlib", "--json"),
    ("search", "nowhere", "--json"),
    ("try", "idlib", "--json"),
    ("try", "--any", "nowhere", "--json"),
    ("why", "1", "--json"),
    ("why", "https://nowhere.example/1", "--json"),
    ("show", "1", "--json"),
    ("suggest", "Idlib", "--json"),
    ("digest", "--json"),
    ("digest", "--format", "json"),
    ("alert", "test", "--json"),
]
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*")


@pytest.mark.parametrize("words", GIVES, ids=" ".join)
def test_json_is_one_object_or_list_with_every_time_in_utc(desk: Config, words: tuple[str, ...]) -> None:
    found = json.loads(typed(desk, *words).stdout)
    assert isinstance(found, dict | list)
    for key, moment in _times(found):
        assert datetime.fromisoformat(moment).utcoffset() == timedelta(), (key, moment)


# a digest's period is a name, by the desk's own clock
def _times(found: object, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(found, str) and TIME.fullmatch(found) and key != "period":
        yield key, found
    elif isinstance(found, dict):
        for name, each in found.items():
            yield from _times(each, name)
    elif isinstance(found, list):
        for each in found:
            yield from _times(each, key)


def test_who_finds_nothing_is_told_what_to_try_next(desk: Config) -> None:
    for words, said in (
        (("search", "nowhere"), "`monitor suggest NAME` lists other spellings"),
        (("try", "--any", "nowhere"), "`monitor suggest NAME` lists other spellings"),
        (("try", "--any", "idlib", "--since", "0m"), "--since looks further back"),
        (("export", "--since", "0m"), "`monitor status` says what each watch found"),
    ):
        assert said in typed(desk, *words).stderr, words


def test_an_unknown_outlet_of_a_query_is_pointed_at(desk: Config) -> None:
    done = typed(desk, "try", "--query", "post outlet:orontes-pst")
    assert done.returncode == 2
    assert done.stderr == (
        'column 13: no outlet "orontes-pst" in config.toml. Did you mean "orontes-post"?\n'
        "  post outlet:orontes-pst\n"
        "              ^\n"
    )


def test_q_leaves_the_data_and_nothing_beside_it(desk: Config) -> None:
    for words in (("search", "idlib"), ("try", "--any", "nowhere"), ("suggest", "Idlib"), ("export", "--since", "0m")):
        loud, quiet = typed(desk, *words), typed(desk, *words, "-q")
        assert (quiet.stdout, quiet.stderr) == (loud.stdout, ""), words
        assert loud.stderr, words


def test_a_digest_takes_no_files_place_and_goes_to_a_pipe_by_a_dash(desk: Config, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert typed(desk, "digest", "-o", str(page)).returncode == 0
    written = page.read_text()
    again = typed(desk, "digest", "-o", str(page))
    assert (again.returncode, page.read_text()) == (2, written)
    assert again.stderr == f"monitor digest: -o: {page} is there already, and stays as it is; name another file\n"
    assert "<html" in typed(desk, "digest", "-o", "-", "--format", "html").stdout
    assert not Path("-").exists()
    assert typed(desk, "export", "--since", "7d", "-o", "-").stdout == typed(desk, "export", "--since", "7d").stdout


def test_a_digest_is_written_in_the_form_that_its_file_is_named_for_or_not_at_all(desk: Config, tmp_path: Path) -> None:
    for name, sign in (
        ("a", "News monitor – "),
        ("a.txt", "News monitor – "),
        ("a.text", "News monitor – "),
        ("a.HTML", "<html"),
        ("a.atom", "<feed"),
    ):
        assert typed(desk, "digest", "-o", str(tmp_path / name)).returncode == 0
        assert sign in (tmp_path / name).read_text()
    for words in ((), ("--open",)):
        refused = typed(desk, "digest", "-o", str(tmp_path / "a.pdf"), *words)
        says = 'no digest is written as ".pdf": there are .txt, .text, .html, .md, .json, .atom; --format goes with any name'
        assert (refused.returncode, refused.stderr) == (2, f"monitor digest: -o: {says}\n")
    assert not (tmp_path / "a.pdf").exists()
    assert typed(desk, "digest", "-o", str(tmp_path / "a.pdf"), "--format", "md").returncode == 0


def test_a_digest_goes_back_to_a_date_as_everything_does(desk: Config) -> None:
    assert json.loads(typed(desk, "digest", "--json", "--since", "2020-01-01").stdout)["start"] == "2020-01-01T00:00:00Z"
    for slip, said in (("2999-01-01", "no time at all"), ("soon", "write 90m, 24h or 7d, or 2026-11-25")):
        assert said in typed(desk, "digest", "--since", slip).stderr


def test_an_item_is_named_by_its_number_its_storys_or_its_address(desk: Config) -> None:
    found = json.loads(typed(desk, "show", "1", "--json").stdout)
    link, story = found["link"], f"story:{found['story']}"
    by_number = typed(desk, "show", "1").stdout
    assert {typed(desk, "show", name).stdout for name in (story, link, f"{link}?utm_source=x")} == {by_number}
    assert typed(desk, "why", story).stdout.splitlines()[0] == typed(desk, "why", "1").stdout.splitlines()[0]
    done = typed(desk, "show", "https://nowhere.example/1")
    assert (done.returncode, "`monitor why https://nowhere.example/1` says why" in done.stderr) == (2, True)
    assert "Nothing more is sent about item 1 and its story" in typed(desk, "alert", "ack", story).stdout
    assert typed(desk, "alert", "ack", link, "--off").returncode == 0


# ---------------------------------------------------------------------------------------------------------- on a terminal


@pytest.mark.parametrize(
    "words",
    [
        "وقالت وحدة المياه في إدلب إن فرق الصيانة أصلحت خط الكهرباء",
        "伊德利卜暴雨成灾 " * 6,
        "नदी का पानी बढ़ा " * 6,
        "a\u0301b\u200dc " * 20,
    ],
    ids=["arabic", "han", "devanagari", "marks"],
)
def test_a_line_too_long_for_the_terminal_goes_on_below_its_beginning_by_columns(words: str) -> None:
    screen = Console(file=io.StringIO(), width=40, highlight=False)
    put(screen, Text(f"  idlib  {words.strip()}"), len("  idlib  "))
    lines = screen.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert len(lines) > 1
    assert max(map(cell_len, lines)) <= 40
    assert [line[:9] for line in lines] == ["  idlib  ", *[" " * 9] * (len(lines) - 1)]
    assert " ".join(line[9:].strip() for line in lines).split() == words.split()


def test_a_chinese_headline_goes_on_below_its_beginning() -> None:
    screen = Console(file=io.StringIO(), width=40, highlight=False)
    headline = "伊德利卜北部帐篷区夜间暴雨成灾当地居民呼吁国际组织提供援助"
    put(screen, Text(f"  06:10  {headline}"), len("  06:10  "))
    lines = screen.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert [line[:9] for line in lines] == ["  06:10  ", " " * 9]
    assert max(map(cell_len, lines)) <= 40
    assert "".join(line[9:] for line in lines) == headline


def test_an_address_is_never_broken_and_columns_stand_below_each_other() -> None:
    screen = Console(file=io.StringIO(), width=40, highlight=False)
    address = f"    https://reliefdesk.example/{'a' * 60}"
    put(screen, Text(address))
    assert screen.file.getvalue() == f"{address}\n"  # type: ignore[attr-defined]
    names = ["Levant Wire", "伊德利卜", "نبضٌ"]
    assert {cell_len(padded(name, columns(names))) for name in names} == {11}


@contextmanager
def terminal() -> Iterator[tuple[TextIO, Callable[[], str]]]:
    """Give a terminal to write to, and what stands on it."""
    here, there = pty.openpty()
    os.set_blocking(here, False)

    def seen() -> str:
        said = b""
        with suppress(BlockingIOError):
            while piece := os.read(here, 100_000):
                said += piece
        return said.decode()

    with open(there, "w", encoding="utf-8") as file:  # noqa: PTH123  it has no path
        yield file, seen
    os.close(here)


def test_colours_are_for_a_terminal_and_for_who_wants_them(desk: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    colour = re.compile(r"\x1b\[[0-9;]*3[0-9]")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    with terminal() as (screen, seen):
        monkeypatch.setattr(sys, "stdout", screen)
        assert main(["-c", desk.path, "try", "idlib"]) == 0
        assert colour.search(seen())
        monkeypatch.setenv("NO_COLOR", "1")
        assert main(["-c", desk.path, "try", "idlib"]) == 0
        assert not colour.search(seen())
        monkeypatch.undo()
    assert "\x1b" not in typed(desk, "try", "idlib").stdout


def test_a_bar_is_shown_to_who_sits_before_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "SOON", -1.0)
    with terminal() as (screen, seen), io.StringIO() as pipe:
        for stream in (screen, pipe):
            monkeypatch.setattr(sys, "stderr", stream)
            assert list(patience.shown(range(3), 3, "Asking")) == [0, 1, 2]
        assert pipe.getvalue() == ""
        assert "Asking" in seen()
        monkeypatch.undo()
