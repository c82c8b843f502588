"""Secrets wherever a config can hold them, a life in which everything fails, and none of them in what is written (L17)."""

from __future__ import annotations

import gzip
import json
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from desks import LONG, Desk, typed, until
from fakes import Site, page, rss

PLACES = (
    *("MAILFILE", "HOOKPATH", "HOOKQUERY", "HOOKSIGN", "PUSHUSER", "PUSHPATH", "PUSHTWO", "HEADENV", "HEADFILE", "PROXYENV"),
    *("PROXYFILE", "FEEDQUERY", "FEEDGONE", "PLAINPASSWORD", "PLAINTOKEN", "PLAINHEADER", "PLAINURL", "PLAINSMTP", "TOMLLINE"),
    *("PLAINPROXY", "SECONDLINE", "INPLACE", "PASTED", "USERINFO", "FEEDMOVED", "FEEDLOOP", "PINGPATH"),
)
SECRETS = {place: f"k4n4ry{place.lower()}Zq9" for place in PLACES}


@dataclass
class Witness:
    """Everything that was written, by where."""

    said: dict[str, bytes] = field(default_factory=dict)

    def note(self, where: str, words: str | bytes) -> None:
        self.said[where] = self.said.get(where, b"") + (words.encode() if isinstance(words, str) else words)

    def found(self) -> set[tuple[str, str]]:
        return {
            (where, place)
            for where, words in self.said.items()
            for place, secret in SECRETS.items()
            if secret.encode() in words or secret.encode().hex().encode() in words
        }


def config(desk: Desk, closed: int) -> str:
    url, s = desk.site.url, SECRETS
    own = 'private = true, pause = "0s", lang = "en"'
    return f"""
state = "{desk.state}"
timezone = "UTC"
[outlets.good]
feed = "{url}/good.xml"
private = true
pause = "0s"
headers = {{ Authorization = {{ env = "HEADENV" }}, X-Pass = {{ file = "headfile" }} }}
[outlets]
keyed = {{ feed = "{url}/keyed.xml?key={s["FEEDQUERY"]}", {own} }}
gone = {{ feed = "{url}/gone.xml?token={s["FEEDGONE"]}", {own} }}
moved = {{ feed = "{url}/moved.xml?key={s["FEEDMOVED"]}", {own} }}
loop = {{ feed = "{url}/loop.xml?key={s["FEEDLOOP"]}", {own} }}
broken = {{ feed = "{url}/broken.xml", {own}, headers = {{ Cookie = {{ env = "HEADENV" }} }} }}
down = {{ feed = "{url}/down.xml", {own}, proxy = {{ file = "proxyfile" }} }}
far = {{ feed = "http://far.invalid/feed.xml", pause = "0s" }}
refused = {{ feed = "http://127.0.0.1:{closed}/feed.xml", {own} }}
[watches]
idlib = ["Idlib"]
[alerts]
group_wait = "0s"
[channels.mail]
type = "email"
to = ["desk@example.org"]
from = "monitor@example.org"
smtp = "smtp://desk@127.0.0.1:{closed}"
password = {{ file = "mailfile" }}
private = true
[channels.hook]
type = "webhook"
url = {{ env = "HOOKURL" }}
secret = {{ env = "HOOKSIGN" }}
private = true
[channels.push]
type = "apprise"
url = [{{ env = "PUSHURL" }}, {{ file = "pushtwo" }}]
private = true
[channels.siren]
type = "command"
run = ["/bin/sh", "-c", "env; echo no; exit 1"]
[fetch]
proxy = {{ env = "PROXYENV" }}
[digest]
formats = ["html", "md", "json", "atom"]
send = ["mail", "hook"]
[health]
ping = {{ env = "PINGURL" }}
"""


def faulty(good: str) -> Iterator[str | bytes]:
    """Give configs that are refused, each with secrets where they must not stand."""
    s = SECRETS
    yield (
        good
        + f'[channels.a]\ntype = "email"\nto = ["a@b.example"]\nfrom = "a@b.example"\nsmtp = "smtps://u:{s["PLAINSMTP"]}@h.example"\n'
        f'password = "{s["PLAINPASSWORD"]}"\n[channels.b]\ntype = "apprise"\nurl = "ntfys://{s["PLAINTOKEN"]}@h.example"\n'
        f'[outlets.c]\nfeed = "https://u:{s["PLAINURL"]}@h.example/rss"\n'
        f'headers = {{ Authorization = "Bearer {s["PLAINHEADER"]}" }}\n'
        f'proxy = "http://u:{s["PLAINPROXY"]}@h.example:3128"\n[channels.d]\ntype = "webhook"\nurl = {{ file = "secondline" }}\n'
        f'[outlets.e]\nfeed = "https://{s["USERINFO"]}@h.example/rss"\n[outlets.f]\nfeed = "key={s["INPLACE"]}"\n'
        f'[channels.g]\ntype = "webhook"\nurl = "{s["PASTED"]}"\n'
    )
    yield good + f"[channels.e]\npassword = {s['TOMLLINE']}\n"
    yield good.encode() + f'[channels.e]\npassword = "{s["TOMLLINE"]}\xe9"\n'.encode("latin-1")
    yield good.replace('"mailfile"', '"nowhere"')


@contextmanager
def closed_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def environment(desk: Desk, closed: int) -> dict[str, str]:
    place = desk.site.url.removeprefix("http://")
    s = SECRETS
    for name, secret in (
        ("mailfile", s["MAILFILE"]),
        ("headfile", s["HEADFILE"]),
        ("proxyfile", f"http://desk:{s['PROXYFILE']}@127.0.0.1:{closed}"),
        ("pushtwo", f"json://127.0.0.1:{closed}/{s['PUSHTWO']}"),
        ("secondline", f"https://h.example/{s['SECONDLINE']}\n{s['SECONDLINE']}"),
    ):
        (desk.folder / name).write_text(secret)
        (desk.folder / name).chmod(0o600)
    return {
        "HEADENV": f"Bearer {s['HEADENV']}",
        "HOOKURL": f"{desk.site.url}/{s['HOOKPATH']}?token={s['HOOKQUERY']}",
        "HOOKSIGN": s["HOOKSIGN"],
        "PUSHURL": f"json://desk:{s['PUSHUSER']}@{place}/{s['PUSHPATH']}",
        "PROXYENV": f"http://desk:{s['PROXYENV']}@{place}",
        "PINGURL": f"http://127.0.0.1:{closed}/{s['PINGPATH']}",
        "PYTHONFAULTHANDLER": "1",
    }


def serve(site: Site) -> None:
    for name in ("good", "keyed"):
        path = "/good.xml" if name == "good" else f"/keyed.xml?key={SECRETS['FEEDQUERY']}"
        site.pages[path] = rss((f"Rain near Idlib, {name}", f"{site.url}/{name}/1", "Tents."), title=f"The {name} one")
        site.pages[f"/{name}/1"] = page(f"Rain near Idlib, {name}", LONG)
    site.pages["/broken.xml"] = b"<html>no feed</html>"
    site.pages[f"/there.xml?key={SECRETS['FEEDMOVED']}"] = rss(("Idlib, moved", f"{site.url}/good/1", ""))
    site.moved[f"/moved.xml?key={SECRETS['FEEDMOVED']}"] = f"/there.xml?key={SECRETS['FEEDMOVED']}"
    site.moved[f"/loop.xml?key={SECRETS['FEEDLOOP']}"] = f"/loop.xml?key={SECRETS['FEEDLOOP']}"
    site.post_status = 500


def control(desk: Desk, **request: object) -> bytes:
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(30)
        asking.connect(str(desk.state / "control.sock"))
        asking.sendall(json.dumps(request).encode() + b"\n")
        return b"".join(iter(lambda: asking.recv(65536), b""))


def children(pid: int) -> set[int]:
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            found |= {child} | children(child)
    return found


def asked(desk: Desk, *words: str) -> str:
    done = typed(desk, *words)
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


COMMAND = (sys.executable, "-m", "monitor", "run", "-v")
ASKED: tuple[tuple[str, ...], ...] = (
    *(("check",), ("check", "--online"), ("status",), ("status", "--json"), ("why", "1"), ("why", "2", "--json"), ("show", "2")),
    *(("digest",), ("digest", "--send"), ("alert", "test"), ("export", "--since", "1d"), ("search", "Idlib"), ("try", "idlib")),
)


def live(desk: Desk, good: str, witness: Witness) -> None:
    """Run one daemon through polls, deliveries and reloads that fail in every manner, ask it everything, and crash it."""
    with (desk.folder / "log").open("a") as log:
        process = subprocess.Popen([*COMMAND, "-c", str(desk.config)], stdout=log, stderr=log, text=True)
    desk.running.append(process)
    until(lambda: desk.ask("SELECT 1 FROM item"), desk)
    desk.hasten()
    until(lambda: desk.ask("SELECT count(*) FROM item WHERE article_state = 'read'") == [(3,)], desk)
    until(lambda: desk.ask("SELECT count(DISTINCT channel) FROM alert WHERE tries > 0") == [(4,)], desk)
    until(lambda: desk.ask("SELECT count(*) FROM feed WHERE failures > 0") == [(5,)], desk)
    for child in children(process.pid):
        for part in ("cmdline", "environ"):
            witness.note(f"/proc {part} of a child", Path(f"/proc/{child}/{part}").read_bytes())
    for text in faulty(good):
        desk.config.write_bytes(text.encode() if isinstance(text, str) else text)
        witness.note("control: reload refused", control(desk, do="reload"))
        witness.note("check of a faulty config", asked(desk, "check"))
    process.send_signal(signal.SIGHUP)
    until(lambda: desk.ask("SELECT config_fault IS NOT NULL FROM run") == [(1,)], desk)
    witness.note("status with a refused config", asked(desk, "status"))
    desk.config.write_text(good)
    witness.note("control: reload", control(desk, do="reload"))
    witness.note("control: a slip", control(desk, do="alert test"))
    for words in (*ASKED, ("why", f"{desk.site.url}/keyed/9")):
        witness.note(" ".join(words), asked(desk, *words))
    crash(desk, process, witness)


def crash(desk: Desk, process: subprocess.Popen[str], witness: Witness) -> None:
    """Make a fault of the monitor itself, with its traceback, then a crash with every stack; then mend it and look once."""
    with sqlite3.connect(desk.state / "monitor.db", timeout=30) as db:
        db.execute("UPDATE feed SET skip_hours = 'no number', due_at = 0")
    until(lambda: "Traceback (most recent call last)" in desk.log, desk)
    process.send_signal(signal.SIGABRT)
    process.wait(30)
    with db:
        db.execute("UPDATE feed SET skip_hours = NULL")
    db.close()
    once = subprocess.run([*COMMAND, "--once", "-c", str(desk.config)], capture_output=True, check=False, timeout=120)
    witness.note("run --once", once.stdout + once.stderr)


@pytest.mark.untraced
def test_l17_no_secret_is_in_anything_that_is_written(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    witness = Witness()
    serve(desk.site)
    with closed_port() as closed:
        good = config(desk, closed)
        desk.config.write_text(good)
        for name, value in environment(desk, closed).items():
            monkeypatch.setenv(name, value)
        live(desk, good, witness)
    witness.note("log", desk.log)
    assert "Fatal Python error: Aborted" in desk.log
    for path in desk.state.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            witness.note(str(path.relative_to(desk.state)), gzip.decompress(raw) if path.suffix == ".gz" else raw)
    assert {"log", "monitor.db", "digest/latest.html"} <= set(witness.said)
    # and yet they were sent to whom they are meant for
    assert SECRETS["HEADFILE"] in {given for _, given in desk.site.passes}
    assert f"/keyed.xml?key={SECRETS['FEEDQUERY']}" in desk.site.asked
    found = sorted(witness.found())
    assert not found, "\n".join(f"{place} in {where}" for where, place in found)
