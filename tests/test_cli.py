"""The commands as a person types them: words in, exit code out."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from desks import LONG
from fakes import Site, page, rss

FAULTY = """\
title = 7
[outlets]
orontes-post = "orontes-post.example/feed.xml"
relief-desk = { feed = "https://reliefdesk.example/a", evry = "10m" }
levant-wire = { feed = "https://levantwire.example/a", every = "10s" }
levant-copy = "https://levantwire.example/a"
gazette = "https://u:hunter2@gazette.example/rss"
[watches]
everything = ["a"]
idlib = { any = ["Idlib"], alert = ["desk-mial"] }
[channels.desk-mail]
type = "email"
to = ["desk@example.org"]
from = "monitor@example.org"
smtp = "smtps://monitor@mail.example.org:465"
password = "hunter2"
[digest]
cron = "0 25 * * mon"
"""


def monitor(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "HOME": str(folder), "NO_COLOR": "1", **environment}
    env.pop("MONITOR_CONFIG", None)
    return subprocess.run(
        [sys.executable, "-m", "monitor", *words], capture_output=True, text=True, check=False, cwd=folder, env=env, timeout=60
    )


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "monitor", "--help"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    imported = {line.rsplit("|", 1)[1].strip().split(".")[0] for line in done.stderr.splitlines() if line.count("|") == 2}
    heavy = {"apscheduler", "httpx", "pycurl", "feedparser", "trafilatura", "lxml", "sqlite_utils", "pydantic", "rich", "apprise"}
    assert imported & (heavy | {"jinja2", "asyncio", "ssl"}) == set()
    assert "click" in imported


def test_ten_faults_are_named_with_their_lines_and_without_their_secrets(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(FAULTY)
    done = monitor(tmp_path, "check")
    assert done.returncode == 2
    assert done.stdout == ""
    lines = [int(found[1]) for found in re.finditer(r"^config\.toml:(\d+): ", done.stderr, re.MULTILINE)]
    assert lines == [1, 3, 4, 5, 6, 7, 9, 10, 16, 18]
    assert "hunter2" not in done.stderr


def test_nothing_is_started_with_a_faulty_config(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(f'state = "{tmp_path / "state"}"\n{FAULTY}')
    assert monitor(tmp_path, "run", "--once").returncode == 2
    assert not (tmp_path / "state").exists()


def test_a_folder_without_a_config_is_told_what_to_do(tmp_path: Path) -> None:
    done = monitor(tmp_path)
    assert done.returncode == 0
    assert "monitor init" in done.stdout
    asked = monitor(tmp_path, "run")
    assert asked.returncode == 2
    assert "monitor init" in asked.stderr


def test_from_nothing_to_an_outlet_that_is_watched(tmp_path: Path) -> None:
    with Site().serving() as site:
        site.pages["/feed.xml"] = rss(
            ("Overnight rain floods Idlib", f"{site.url}/1", ""), ("Two clinics reopen", f"{site.url}/2", "")
        )
        site.pages["/"] = b'<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head></html>'
        made = monitor(tmp_path, "init")
        assert made.returncode == 0
        config = tmp_path / "config.toml"
        before = config.read_text()
        refused = monitor(tmp_path, "add", site.url)
        assert refused.returncode == 1
        assert "private = true" in refused.stderr
        assert config.read_text() == before
        config.write_text(f'{before}\n[fetch]\nprivate = true\npause = "0s"\n')
        added = monitor(tmp_path, "add", site.url, "--id", "relief-desk", "--lang", "en")
        assert added.returncode == 0, added.stderr
        assert "Overnight rain floods Idlib" in added.stdout
        assert "relief-desk" in config.read_text()
        ran = monitor(tmp_path, "run", "--once", "--quiet")
        assert ran.returncode == 0, ran.stderr
        assert "floods «Idlib»" in ran.stdout
        shown = monitor(tmp_path, "status")
        assert re.search(r"Orontes Post\s+0 min", shown.stdout)
        for kind, mark in (("text", "floods «Idlib»"), ("html", "floods <mark>Idlib</mark>"), ("md", "floods **Idlib**")):
            assert mark in monitor(tmp_path, "digest", "--format", kind).stdout
    assert monitor(tmp_path, "init").returncode == 1


def test_checking_online_says_who_did_not_answer(tmp_path: Path) -> None:
    with Site().serving() as site:
        site.pages["/a.xml"] = rss(("Rain", f"{site.url}/1", ""))
        site.pages["/1"] = page("Rain", LONG)
        lines = "\n".join(f'{name} = "{site.url}/{name}.xml"' for name in "ab")
        # a selector is tried on the newest page: one that selects nothing would be told nowhere
        for name, selector, link in (("right", "body", "1"), ("wrong", "#nowhere", "1"), ("untried", "body", "2")):
            site.pages[f"/{name}.xml"] = rss(("Rain", f"{site.url}/{link}", ""))
            lines += f'\n{name} = {{ feed = "{site.url}/{name}.xml", name = "{name}", selector = "{selector}" }}'
        (tmp_path / "config.toml").write_text(f'[outlets]\n{lines}\n[fetch]\nprivate = true\npause = "0s"\n')
        done = monitor(tmp_path, "check", "--online")
    assert done.returncode == 3
    assert "Orontes Post: rss, 1 entry\n" in done.stdout
    assert "b: 404 Not Found (http)" in done.stdout
    assert "right: rss, 1 entry\n" in done.stdout
    assert f"wrong: rss, 1 entry; its selector selects no text on {site.url}/1\n" in done.stdout
    assert f"untried: rss, 1 entry; its selector could not be tried on {site.url}/2: 404 Not Found (http)\n" in done.stdout
    assert "4 of 5 feeds answered" in done.stdout
    assert "5 outlets, 5 feeds, 0 watches, alerts in the log. " in done.stdout


def test_what_check_finds_can_be_read_by_a_program(tmp_path: Path) -> None:
    with Site().serving() as site:
        site.pages["/feed.xml"] = rss(("Rain", f"{site.url}/1", ""))
        up = f'up = {{ feed = "{site.url}/feed.xml", private = true }}'
        (tmp_path / "config.toml").write_text(
            f'[outlets]\n{up}\ndown = {{ feed = "http://127.0.0.1:1/x?token=hush", private = true }}\n[watches]\nw = ["Idlib"]\n'
        )
        done = monitor(tmp_path, "check", "--online", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 3
    assert (told["faults"], told["outlets"], told["watches"]) == ([], 2, ["w"])
    assert [(one["outlet"], one["answered"]) for one in told["answers"]] == [("down", False), ("up", True)]
    assert "hush" not in done.stdout
    (tmp_path / "config.toml").write_text("[outlets]\nup = 5\n")
    done = monitor(tmp_path, "check", "--json")
    assert (done.returncode, len(json.loads(done.stdout)["faults"])) == (2, 1)


def test_a_feed_that_does_not_answer_online_has_the_name_that_it_had_when_it_did(tmp_path: Path) -> None:
    with Site().serving() as site:
        site.pages["/feed.xml"] = rss()
        text = f'state = "{tmp_path / "state"}"\n[outlets]\na = {{ feed = "{site.url}/feed.xml", private = true }}\n'
        (tmp_path / "config.toml").write_text(text)
        assert monitor(tmp_path, "run", "--once").returncode == 0
        site.pages["/feed.xml"] = 503
        assert "  Orontes Post: 503 Service Unavailable (http)" in monitor(tmp_path, "check", "--online").stdout


def test_checking_online_names_what_moved_or_went_for_good(tmp_path: Path) -> None:
    with Site().serving() as site, redirecting(f"{site.url}/new.xml") as old:
        site.pages |= {"/new.xml": rss(("Rain", f"{site.url}/1", "")), "/gone.xml": 410}
        outlets = f'gone = "{site.url}/gone.xml"\nfor-good = {{ feed = "{old}/308", name = "For Good" }}\n'
        outlets += f'for-now = {{ feed = "{old}/302", name = "For Now" }}\n'
        (tmp_path / "config.toml").write_text(f'[outlets]\n{outlets}[fetch]\nprivate = true\npause = "0s"\n')
        done = monitor(tmp_path, "check", "--online")
    assert done.returncode == 3
    assert "gone: 410 Gone (http). Its outlet took it down for good; `monitor add` may find its new address" in done.stdout
    assert f"For Good: rss, 1 entry; answers, but moved for good to {site.url}/new.xml\n" in done.stdout
    assert "For Now: rss, 1 entry\n" in done.stdout
    assert "2 of 3 feeds answered" in done.stdout


def test_checking_online_asks_as_the_daemon_does(tmp_path: Path) -> None:
    with Site().serving() as site, Site().serving() as proxy:
        site.pages["/direct.xml"] = rss(("Rain", f"{site.url}/1", ""))
        proxy.pages[f"{site.url}/detour.xml"] = rss(("Rain", f"{site.url}/1", ""), ("Hail", f"{site.url}/2", ""))
        rest = 'name = "%s", private = true, headers = { X-Pass = "open" }'
        outlets = (
            f'direct = {{ feed = "{site.url}/direct.xml", {rest % "direct"} }}\n'
            f'detour = {{ feed = "{site.url}/detour.xml", proxy = {{ env = "PROXY" }}, {rest % "detour"} }}\n'
        )
        (tmp_path / "config.toml").write_text(f'[outlets]\n{outlets}[fetch]\npause = "0s"\n')
        done = monitor(tmp_path, "check", "--online", PROXY=proxy.url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "direct: rss, 1 entry" in done.stdout
    assert "detour: rss, 2 entries" in done.stdout
    assert site.passes == [("/direct.xml", "open")]
    assert proxy.passes == [(f"{site.url}/detour.xml", "open")]


@contextmanager
def redirecting(target: str) -> Iterator[str]:
    """Serve redirects to one address on loopback: the path is their status."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(int(self.path[1:]))
            self.send_header("Location", target)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


REMEMBERED = {
    "moved": "moved_to = 'https://new.example/\x1b[2J\u202e', moved_times = 3",
    "moving": "moved_to = 'https://new.example/rss', moved_times = 2",
    "gone": "failures = 2, failure_kind = 'http', failure_status = 410, failure_reason = '410 Gone'",
    "killer": "failures = 3, failure_kind = 'crashed', failure_reason = 'its reader died', strikes = 3",
    "liar": "lied_at = 1763856000, pace = 600",
}


def test_status_tells_what_is_to_be_known_of_a_feed(tmp_path: Path) -> None:
    outlets = "".join(f'{name} = "http://127.0.0.1:9/{name}"\n' for name in REMEMBERED)
    (tmp_path / "config.toml").write_text(f'state = "state"\n[outlets]\n{outlets}[fetch]\npause = "0s"\n')
    monitor(tmp_path, "run", "--once")
    db = sqlite3.connect(tmp_path / "state" / "monitor.db")
    with db:
        db.execute("UPDATE feed SET failures = 0, failure_kind = NULL, failure_reason = NULL, failure_status = NULL")
        for name, columns in REMEMBERED.items():
            db.execute(f"UPDATE feed SET {columns} WHERE outlet_id = ?", [name])
    db.close()
    shown = monitor(tmp_path, "status", COLUMNS="240")
    assert shown.returncode == 0, shown.stderr
    lines = {line.split()[0]: line for line in shown.stdout.splitlines() if line and line.split()[0] in REMEMBERED}
    assert "moved for good to https://new.example/ [2J (3 polls): put that address into config.toml" in lines["moved"]
    assert "410 Gone: its outlet took it down for good; asked once a day. `monitor add`" in lines["gone"]
    assert "put aside for a day: reading it killed a worker 3 times; its reader died, 3 tries" in lines["killer"]
    assert "says “not modified” when it is not; asked for the whole each time" in lines["liar"]
    assert "new.example" not in lines["moving"]
    assert not {"\x1b", "\u202e"} & set(shown.stdout)
    told = monitor(tmp_path, "status", "--json").stdout
    assert not {"\x1b", "\u202e"} & set(told)
    assert json.loads(told)["config"] == str(tmp_path / "config.toml")
    feeds = {feed["outlet"]: feed for feed in json.loads(told)["feeds"]}
    assert (feeds["moved"]["moved_to"], feeds["moving"]["moved_to"]) == ("https://new.example/ [2J", None)
    assert (feeds["gone"]["status"], feeds["killer"]["strikes"]) == (410, 3)
    assert (feeds["liar"]["lied_at"], feeds["liar"]["pace"]) == ("2025-11-23T00:00:00Z", 600)
    assert (feeds["moved"]["lied_at"], feeds["moved"]["status"], feeds["moved"]["strikes"]) == (None, None, 0)


def test_status_before_the_first_run_says_what_starts_it(tmp_path: Path) -> None:
    made = monitor(tmp_path, "init", "-q")
    assert (made.returncode, made.stdout, made.stderr) == (0, "", "")
    done = monitor(tmp_path, "status")
    assert done.returncode == 1
    assert "monitor run" in done.stderr


@pytest.mark.parametrize("words", [["digest", "--since", "soon"], ["nonsense"], ["run", "--nonsense"]])
def test_wrong_words_are_refused_with_2(tmp_path: Path, words: list[str]) -> None:
    monitor(tmp_path, "init")
    assert monitor(tmp_path, *words).returncode == 2


def test_the_demo_runs_without_network_or_config_and_names_its_digest(tmp_path: Path) -> None:
    done = monitor(tmp_path, "demo", TMPDIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    page = Path(re.search(r"^Digest: (.+)$", done.stdout, re.MULTILINE)[1])  # type: ignore[index]
    assert "<mark>" in page.read_text()
    assert done.stdout.count("In the") >= 22


def test_a_damaged_database_is_refused_with_78(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "monitor.db").write_bytes(b"")
    (tmp_path / "config.toml").write_text('state = "state"\n[outlets]\na = "https://a.invalid/feed.xml"\n')
    done = monitor(tmp_path, "run", "--once")
    assert done.returncode == 78
    assert "monitor.db" in done.stderr


def test_status_is_there_while_the_config_has_faults(tmp_path: Path) -> None:
    with Site().serving() as site:
        site.pages["/a.xml"] = rss(("Rain", f"{site.url}/1", ""))
        watched = f'state = "state"\n[outlets]\na = "{site.url}/a.xml"\n[watches]\nb = ["Rain"]\n'
        good = f'{watched}[fetch]\nprivate = true\npause = "0s"\n'
        (tmp_path / "config.toml").write_text(good)
        monitor(tmp_path, "run", "--once")
    for broken, words in ((good.replace("private =", "privat ="), 'Did you mean "private"?'), (f"{good}x = = 1\n", "not TOML")):
        (tmp_path / "config.toml").write_text(broken)
        done = monitor(tmp_path, "status")
        assert done.returncode == 0
        assert words in done.stdout
        assert "Orontes Post" in done.stdout


@pytest.mark.parametrize(
    ("code", "words"), [(2, ["digest", "-o", "/nonexistent/x.html", "--format", "html"]), (1, ["init", "/proc/nothing"])]
)
def test_a_place_that_cannot_be_written_is_named_without_a_traceback(tmp_path: Path, code: int, words: list[str]) -> None:
    (tmp_path / "config.toml").write_text('state = "state"\n[outlets]\na = "http://127.0.0.1:9/a"\n')
    monitor(tmp_path, "run", "--once")
    done = monitor(tmp_path, *words)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert next(word for word in words if word.startswith("/")) in done.stderr


def test_a_mistyped_command_is_answered_with_the_nearest(tmp_path: Path) -> None:
    done = monitor(tmp_path, "rnu")
    assert done.returncode == 2
    assert 'Did you mean "run"?' in done.stderr
