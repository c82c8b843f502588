"""One life of a monitor beside other users of its machine: what they may read or write of it, what it shows, where it listens."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from desks import LONG, Desk, typed, until
from fakes import Site, page, rss

from monitor.demo.server import DemoServer
from monitor.errors import NoPermissionError
from monitor.store import Lock

SECRET = "f0r-n0b0dys-eyes"
SNOOP = """\
import json, os, pathlib, sys
def read(path):
    try:
        return pathlib.Path(path).read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""
tasks = pathlib.Path(f"/proc/{{os.getppid()}}/task").glob("*/children")
beside = [pid for task in tasks for pid in read(task).split()]
told = [read(f"/proc/{{pid}}/{{part}}") for pid in beside for part in ("cmdline", "environ")]
assert any(read(f"/proc/{{os.getpid()}}/environ") == one for one in told)
sys.stdin.read()
pathlib.Path({seen!r}).write_text(json.dumps(told))
"""
MORE = """
[channels.hook]
type = "webhook"
url = {{ env = "HOOK" }}
secret = {{ file = "hook-secret" }}
private = true
[channels.push]
type = "apprise"
url = {{ env = "PUSH" }}
private = true
[channels.siren]
type = "command"
run = ["{python}", "{snoop}"]
[alerts]
group_wait = "0s"
[fetch]
pause = "0s"
[health]
metrics = "127.0.0.1:{port}"
"""
ASKED: tuple[tuple[str, ...], ...] = (
    ("digest", "-o", "DIR/asked.html"),
    ("export", "--since", "1d", "-o", "DIR/asked.jsonl"),
    ("export", "--since", "1d", "--format", "warc", "-o", "DIR/asked.warc.gz"),
    ("db", "backup", "DIR/copy.db"),
    ("db", "check"),
    ("db", "tidy"),
    ("alert", "mute", "idlib", "--for", "1h"),
    ("digest", "--open"),
    ("service", "install", "--user"),
)
ELSEWHERE = frozenset({"log", "monitor.service"})
"""What the shell makes, and what names nothing but paths."""
LEFT = frozenset({"monitor.db", "monitor.db.lock", "digest", "evidence"})
PUBLIC = frozenset({"asked.html", "asked.jsonl", "asked.warc.gz"})
"""What a person asked for by name: as their umask has it."""


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def open_to_others(folder: Path) -> list[tuple[int, str]]:
    """Name everything below a folder that another user may read or write: its mode and its place."""
    found = []
    for path in folder.rglob("*"):
        mode = stat.S_IMODE(path.lstat().st_mode)
        allowed = 0o660 if path.is_socket() else 0o700
        if not path.is_symlink() and mode & ~allowed and path.name not in ELSEWHERE:
            found.append((mode, str(path.relative_to(folder))))
    return found


def listening(pid: int) -> set[str]:
    """Give the addresses on which a process listens, as /proc has them."""
    own = set()
    for each in Path(f"/proc/{pid}/fd").iterdir():
        try:
            own |= set(re.findall(r"socket:\[(\d+)\]", str(each.readlink())))
        except FileNotFoundError:  # closed meanwhile
            continue
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == "0A" and words[9] in own:
                raw = bytes.fromhex(words[1].split(":")[0])
                parts = [raw[at : at + 4][::-1] for at in range(0, len(raw), 4)]
                found.add(socket.inet_ntop(socket.AF_INET if len(raw) == 4 else socket.AF_INET6, b"".join(parts)))
    return found


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a home that everybody may enter, on a machine with systemd."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("systemctl", "xdg-open"):
        (tools / name).symlink_to("/bin/true")
    home = tmp_path / "home"
    home.mkdir()
    for name, value in {"HOME": str(home), "DISPLAY": ":0", "TMPDIR": str(home), "HOOK": "", "PUSH": ""}.items():
        monkeypatch.setenv(name, value)
    for name in ("XDG_CONFIG_HOME", "STATE_DIRECTORY", "CREDENTIALS_DIRECTORY", "MONITOR_CONFIG", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tools), prepend=":")
    return home


def said(desk: Desk, *words: str) -> subprocess.CompletedProcess[str]:
    done = typed(desk, *words)
    assert "Traceback" not in done.stderr
    return done


def born(home: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Type what a new user types, and give the desk with channels of every kind that keeps a secret."""
    site.pages["/feed.xml"] = rss(("Rain near Idlib", f"{site.url}/1", "Tents."))
    site.pages["/1"] = page("Rain near Idlib", LONG)
    desk = Desk(home / "desk", site)
    for words in (("init", str(desk.folder)), ("add", "--private", f"{site.url}/feed.xml")):
        done = said(desk, *words)
        assert done.returncode == 0, done.stderr
    monkeypatch.setenv("HOOK", f"{site.url}/{SECRET}")
    monkeypatch.setenv("PUSH", f"{site.url.replace('http', 'json')}/{SECRET}")
    snoop, secret = home.parent / "snoop.py", desk.folder / "hook-secret"
    snoop.write_text(SNOOP.format(seen=str(home.parent / "seen.json")))
    secret.touch(mode=0o600)
    secret.write_text(SECRET)
    more = MORE.format(python=sys.executable, snoop=snoop, port=free_port())
    desk.config.write_text(desk.config.read_text() + more)
    desk.state = Path(said(desk, "db", "path").stdout.strip()).parent
    return desk


@pytest.mark.untraced
def test_l17_whatever_the_umask_nobody_else_may_read_or_write_what_a_life_leaves_and_no_process_shows_a_secret(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Site().serving() as site, umask(0o000):
        desk = born(home, site, monkeypatch)
        process = desk.start()
        try:
            until(lambda: desk.ask("SELECT 1 FROM item WHERE article_state = 'read'"), desk)
            until(lambda: len(site.posts) > 1 and (home.parent / "seen.json").exists(), desk)
            for words in ASKED:
                done = said(desk, *(word.replace("DIR", str(desk.folder)) for word in words))
                assert done.returncode == 0, (words, done.stderr)
            assert listening(process.pid) == {"127.0.0.1"}
            own = Path(f"/proc/{process.pid}/cmdline").read_text()
            assert re.search(r"Max core file size +0 ", Path(f"/proc/{process.pid}/limits").read_text())
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
    found = open_to_others(home)
    assert sorted(place for _, place in found) == sorted(f"desk{name}" for name in ("", *(f"/{name}" for name in PUBLIC)))
    # made as asked, and yet for nobody else to write
    assert {mode & 0o002 for mode, _ in found} == {0}
    assert {path.name for path in desk.state.iterdir()} >= LEFT
    assert SECRET not in own + (home.parent / "seen.json").read_text()


def test_the_outlets_of_the_demo_are_served_to_this_machine_alone() -> None:
    with DemoServer(datetime.now(UTC)):
        assert listening(os.getpid()) == {"127.0.0.1"}


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o027, 0o640), (0o077, 0o600), (0o000, 0o664)])
def test_what_is_asked_for_by_name_has_the_mode_that_a_persons_umask_gives(desk: Desk, mask: int, mode: int) -> None:
    desk.configure("a")
    with umask(mask):
        assert typed(desk, "export", "--opml", "-o", str(desk.folder / "asked.opml")).returncode == 0
        assert typed(desk, "init", str(desk.folder / "new")).returncode == 0
        assert os.umask(mask) == mask
    assert stat.S_IMODE((desk.folder / "asked.opml").stat().st_mode) == mode
    assert stat.S_IMODE((desk.folder / "new" / "config.toml").stat().st_mode) == 0o600


def test_a_link_that_somebody_laid_in_the_place_of_the_lock_harms_no_file(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "monitor.db.lock").symlink_to(victim)
    with pytest.raises(NoPermissionError, match=r"monitor\.db\.lock: cannot be opened"):
        Lock(tmp_path / "monitor.db")
    assert victim.read_text() == "precious"


def test_a_folder_in_which_everybody_may_write_is_warned_of(desk: Desk) -> None:
    desk.configure("a")
    desk.state.mkdir(mode=0o700)
    assert "everybody" not in typed(desk, "check").stderr
    for folder in (desk.state, desk.folder):
        folder.chmod(0o777)
    said = typed(desk, "check").stderr
    assert (
        f"config.toml:1: warning: state: everybody on this machine may write in {desk.state}, and so change what is stored."
        in said
    )
    assert f"Run: chmod o-w {desk.folder}\n" in said
    # in a folder such as /tmp nobody can replace what is another's
    desk.folder.chmod(0o1777)
    assert f"chmod o-w {desk.folder}\n" not in typed(desk, "check").stderr
