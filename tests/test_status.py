"""What `monitor status` shows: what is wrong first, on any terminal, in any script; and all of it for a program."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from desks import configured, typed
from fakes import Site, rss
from rich.cells import cell_len

from monitor.config import load
from monitor.daemon import Daemon
from monitor.model import Config
from monitor.store import DATABASE
from monitor.store.lock import Lock

DOCS = (Path(__file__).parent.parent / "docs" / "health.md").read_text(encoding="utf-8")
NAMES = {
    "orontes-post": "Orontes Post",
    "al-zawiya": "الزَّاوِيَة اليوم",
    "haifa": "חדשות הצפון",
    "beiguo": "北国新闻网综合频道报道中心编辑部",
    "vestnik": "Вестник Леванта",
}
REASON = "503 Service Unavailable: the database is being moved to another machine, which takes us the whole of this long day"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """Give a desk in Damascus that polled five outlets once, of which one failed."""
    with Site().serving() as site:
        site.pages |= {f"/{id}.xml": rss((f"Rain in Idlib, says {id}", f"mailto:{id}@x.example", "")) for id in NAMES}
        site.pages["/vestnik.xml"] = 503
        outlets = "".join(f'{id} = {{ feed = "{site.url}/{id}.xml", name = "{name}" }}\n' for id, name in NAMES.items())
        text = f'[outlets]\n{outlets}[watches]\nrain = ["Rain"]\nidlib = ["Idlib"]\nhama = ["Hama"]\n'
        folder = tmp_path_factory.mktemp("desk")
        configured(folder, f'{text}[fetch]\nprivate = true\npause = "0s"\n')
        path = folder / "config.toml"
        path.write_text(path.read_text().replace('"UTC"', '"Asia/Damascus"'))
        config = load(path, environ={}, home=folder)
        asyncio.run(_once(config))
    _ask(config, f"UPDATE feed SET failure_reason = '{REASON}' WHERE failures")
    return config


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be in a pipe of no width, whatever the tests run in."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture
def as_before(desk: Config) -> Iterator[Config]:
    """Give the desk, and leave its files as they were."""
    files = {path: path.read_bytes() for path in (Path(desk.path), *Path(desk.state).glob("monitor.db*"))}
    yield desk
    for path, content in files.items():
        path.write_bytes(content)


async def _once(config: Config) -> None:
    async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
        await daemon.once()


def _ask(config: Config, *statements: str) -> None:
    db = sqlite3.connect(Path(config.state) / "monitor.db")
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def shown(config: Config, *words: str) -> list[str]:
    done = typed(config, "status", *words)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("width", ["66", "80", "120"])
def test_every_script_keeps_its_columns_and_no_note_is_cut_or_broken_into_a_word_a_line(
    desk: Config, width: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    lines = shown(desk)
    begin = next(line.index("Answered") for line in lines if line.startswith("Outlet"))
    rows = [line for line in lines if re.search(r"(min|never) +in|(min|never) +-", line)]
    assert len(rows) == len(NAMES)
    for row in rows:
        name = re.split(r" {2,}(?=\d+ min|never)", row)[0]
        assert cell_len(row[: row.index("min") if " min" in row else row.index("never")]) in range(begin, begin + 4), row
        assert any(each.startswith(name.rstrip("…").strip()) for each in NAMES.values())
    assert f"{REASON}, 1 try" in " ".join(" ".join(lines).split())
    # whole lines of it, and not a word in each
    assert sum(1 for line in lines if line.strip() and line.strip() in REASON) <= 4
    assert max(map(cell_len, lines[1:])) <= int(width)


def test_what_fails_comes_first_and_nothing_is_coloured_in_a_pipe(desk: Config) -> None:
    lines = shown(desk)
    first = lines[next(number for number, line in enumerate(lines) if line.startswith("Outlet")) + 1]
    assert first.startswith("Вестник Леванта")
    assert first.endswith(f"{REASON}, 1 try")
    assert "\x1b" not in "".join(lines)


def test_the_watches_stand_with_what_is_usual_once_that_is_known(as_before: Config) -> None:
    assert re.search(r"^idlib +4 +- +\d\d:\d\d$", "\n".join(shown(as_before)), re.MULTILINE)
    month = int(time.time()) - 30 * 86_400
    # it ran for a month, and found one item on each of the last ten days
    _ask(
        as_before,
        f"UPDATE run SET started_at = {month}",
        "INSERT INTO item (feed_id, story_id, title, summary, seen_at, is_baseline, is_first_poll, article_state) WITH RECURSIVE"
        " day(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM day WHERE n < 16) SELECT 1, 1, 'Rain in Idlib', '',"
        f" {int(time.time())} - n * 86400 - 3600, 0, 0, 'not_wanted' FROM day",
        "INSERT INTO match (item_id, watch_id, field, term, form, start, stop, sentence, mark_start, mark_stop, found_at,"
        " is_first, config) SELECT id, 'idlib', 'title', 'Idlib', 'Idlib', 8, 13, title, 8, 13, seen_at, 1, 'x'"
        " FROM item WHERE id > 4",
    )
    assert re.search(r"^idlib +4 +1 +", "\n".join(shown(as_before)), re.MULTILINE)


def test_a_faulty_config_is_named_and_the_clock_and_the_order_are_those_of_the_one_in_force(as_before: Config) -> None:
    path = Path(as_before.path)
    path.write_text(path.read_text().replace("[fetch]", "[fecth]"))
    lines = shown(as_before)
    assert 'config.toml:13: fecth: no such key "fecth". Did you mean "fetch"?' in "\n".join(lines[:4])
    assert [line.split()[0] for line in lines[-3:]] == ["rain", "idlib", "hama"]
    here = datetime.now(UTC).astimezone(ZoneInfo("Asia/Damascus"))
    began = re.search(r"last started (\d\d):(\d\d)", lines[0])
    assert began
    assert (here.hour * 60 + here.minute - int(began[1]) * 60 - int(began[2])) % 1440 < 10


def test_the_next_digests_are_those_of_the_config_in_force_while_the_file_is_no_toml_at_all(as_before: Config) -> None:
    path = Path(as_before.path)
    good, now = path.read_text(), int(time.time())
    wanted = json.loads("\n".join(shown(as_before, "--json")))["digests"]
    assert [one["plan"] for one in wanted] == [""]
    path.write_text(good.replace("[watches]", "[watches"))
    assert json.loads("\n".join(shown(as_before, "--json")))["digests"] == wanted
    _ask(as_before, f"INSERT INTO plan (id, times, added_at, since) VALUES ('week', '0 7 * * mon Asia/Damascus', {now}, {now})")
    (_, week) = json.loads("\n".join(shown(as_before, "--json")))["digests"]
    at = datetime.fromisoformat(week["next_at"]).astimezone(ZoneInfo("Asia/Damascus"))
    assert (week["plan"], at.isoweekday(), f"{at:%H:%M}") == ("week", 1, "07:00")


def test_a_monitor_that_was_killed_is_said_to_be_and_when_it_was_last_alive(as_before: Config) -> None:
    assert "order" not in shown(as_before)[0]
    _ask(as_before, "UPDATE run SET started_at = 1763000000, seen_at = 1763000960, stopped_at = NULL")
    began, seen = (f"{datetime.fromtimestamp(at, ZoneInfo('Asia/Damascus')):%H:%M}" for at in (1763000000, 1763000960))
    said = re.sub(r"\d+ Nov (2025 )?", "", shown(as_before)[0])
    ended = "it did not end in order (it was killed, or the machine went down)"
    assert said.startswith(f"Not running; last started {began}, last alive {seen}; {ended}. `monitor run` starts it.")
    told = json.loads("\n".join(shown(as_before, "--json")))
    assert (told["running"], told["seen_at"], told["stopped_at"]) == (False, "2025-11-13T02:29:20Z", None)


async def test_the_next_start_says_in_the_log_that_the_last_run_was_killed(
    as_before: Config, caplog: pytest.LogCaptureFixture
) -> None:
    await _once(as_before)
    assert "order" not in caplog.text
    _ask(as_before, "UPDATE run SET started_at = 1763000000, seen_at = 1763000960, stopped_at = NULL")
    await _once(as_before)
    assert "did not end in order" in caplog.text
    assert "started 2025-11-13 05:13, last alive 2025-11-13 05:29" in caplog.text


def test_our_own_trouble_is_one_line_and_charged_to_nobody(as_before: Config) -> None:
    _ask(as_before, "UPDATE feed SET failures = 0, failure_kind = 'connect', failure_reason = 'no route to host, wherever'")
    text = "\n".join(shown(as_before))
    assert "Not reached, through no fault of theirs: 5 of 5 feeds (no route to host, wherever)." in text
    assert text.count("no route to host") == 1
    assert text.count("   not reached") == 5


def test_of_many_outlets_those_that_fail_are_listed_and_the_others_are_a_count(as_before: Config) -> None:
    _ask(
        as_before,
        "INSERT INTO feed (outlet_id, url, host, is_listed, is_paused, due_at, title, failures, failure_reason) WITH RECURSIVE"
        " n(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE v < 100) SELECT 'haifa', 'https://x.example/' || v, 'x.example',"
        " 1, 0, 0, v, v % 50 = 0, iif(v % 50 = 0, 'gone fishing', NULL) FROM n",
    )
    lines = shown(as_before)
    begin = next(number for number, line in enumerate(lines) if line.startswith("Outlet")) + 1
    assert [("503" in line, "gone fishing" in line) for line in lines[begin : begin + 3]] == [(True, False), *[(False, True)] * 2]
    assert "... and 55 more feeds, none of them failing. `monitor status --all` lists them." in lines
    assert sum("never" in line or " min" in line for line in shown(as_before, "--all")) >= 105


def test_a_monitor_that_runs_and_writes_nothing_is_told_of(as_before: Config) -> None:
    database = Path(as_before.state) / DATABASE
    _ask(as_before, "UPDATE run SET stopped_at = NULL, seen_at = unixepoch() - 200")
    with closing(Lock(database)):
        assert "written nothing" not in "\n".join(shown(as_before))
        _ask(as_before, "UPDATE run SET seen_at = unixepoch() - 400")
        assert "The running monitor has stored nothing since " in "\n".join(shown(as_before))
    assert "written nothing" not in "\n".join(shown(as_before))


def test_a_mute_that_ends_in_another_year_says_so(as_before: Config) -> None:
    _ask(as_before, "INSERT INTO mute (watch_id, since, until) VALUES ('idlib', 0, 4102444800)")
    assert "Muted: idlib until 01 Jan 2100 03:00" in "\n".join(shown(as_before))


def test_what_waits_in_quiet_hours_says_until_when(as_before: Config) -> None:
    path = Path(as_before.path)
    now = datetime.now(UTC).astimezone(ZoneInfo("Asia/Damascus"))
    quiet = f"{(now.hour - 1) % 24:02}:00-{(now.hour + 2) % 24:02}:30"
    path.write_text(path.read_text() + f'[alerts]\nquiet = "{quiet}"\n')
    _ask(
        as_before,
        "INSERT INTO alert (watch_id, channel, item_id, subject, occasion, key, is_urgent, state, raised_at, hold_until,"
        " next_try_at) VALUES ('idlib', 'hook', 1, 'item:1', 'first', 'k', 0, 'held', 1763000000, 0, 0)",
    )
    assert f"Quiet hours until {quiet[6:]}: what is not urgent waits." in " ".join(shown(as_before)).replace("  ", " ")


def test_every_key_for_programs_is_explained_and_every_one_that_is_explained_is_there(as_before: Config) -> None:
    _ask(
        as_before,
        "INSERT INTO alert (watch_id, channel, item_id, subject, occasion, key, is_urgent, state, raised_at, hold_until,"
        " next_try_at) VALUES ('idlib', 'hook', 1, 'item:1', 'first', 'k', 0, 'held', 1763000000, 0, 0)",
        "INSERT INTO mute (watch_id, since, until) VALUES ('idlib', 0, 4102444800)",
        "INSERT INTO upkeep (task, tried_at, done_at) VALUES ('backup', 1763000000, 1763000000)",
    )
    told = json.loads("\n".join(shown(as_before, "--json")))
    page = DOCS[DOCS.index("With `--json`") : DOCS.index("## Outlets that do not answer")]
    said = set(re.findall(r"`([a-z_0-9]+)`", page))
    assert _keys(told) - said == set()
    words = {"max_per_hour", "plan", "period", "channel", "state", "tries", "reason", "next_try_at"}
    assert said - _keys(told) - words == set()


def _keys(told: object) -> set[str]:
    if isinstance(told, Mapping):
        return set(told).union(*map(_keys, told.values()))
    return set().union(*map(_keys, told)) if isinstance(told, list) else set()
