"""Desks on loopback: configs for one outlet made by hand, and a folder in which commands are typed and daemons run."""

from __future__ import annotations

import io
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from fakes import Site

from monitor.cli import main
from monitor.config import load
from monitor.model import Config
from monitor.store import DATABASE, open_reader

LONG = " ".join(f"Sentence number {number} tells of roads, wells and the weather of the day." for number in range(12))


def long(about: str) -> str:
    """Give a text that shares next to nothing with that about anything else."""
    names = ("Amira", "Boris", "Carla", "Daoud", "Elena", "Farid", "Greta", "Hamid", "Irina", "Jamal", "Katya", "Lutfi")
    return " ".join(f"{one} of the {about} told {one}'s {about} of roads, and wells near {one} by the {about}." for one in names)


PATIENCE = 30.0
"""Seconds to wait for something that comes within one or two; never a measure of speed."""


def configured(folder: Path, text: str, **environ: str) -> Config:
    path = folder / "config.toml"
    path.write_text(f'state = "{folder / "state"}"\ntimezone = "UTC"\n{text}')
    return load(path, environ={**os.environ, **environ}, home=folder)


def rows(config: Config, sql: str) -> list[tuple[object, ...]]:
    db = open_reader(Path(config.state) / DATABASE)
    try:
        return [tuple(row) for row in db.execute(sql).fetchall()]
    finally:
        db.close()


def outlet(site: Site, *, watches: str = 'idlib = ["Idlib"]', more: str = "") -> str:
    return f"""
[outlets]
orontes-post = {{ feed = "{site.url}/feed.xml", lang = "en", private = true, pause = "0s" }}
[watches]
{watches}
[channels.hook]
type = "webhook"
url = "{site.url}/hook"
private = true
{more}
"""


class Desk:
    """A folder with a config.toml, and the commands typed in it."""

    def __init__(self, folder: Path, site: Site) -> None:
        self.folder = folder
        self.site = site
        self.config = folder / "config.toml"
        self.state = folder / "state"
        self.running: list[subprocess.Popen[str]] = []

    def configure(self, *outlets: str, more: str = "") -> None:
        options = 'lang = "en", private = true, pause = "0s"'
        lines = "\n".join(f'{name} = {{ feed = "{self.site.url}/{name}.xml", {options} }}' for name in outlets)
        self.config.write_text(
            f'state = "{self.state}"\ntimezone = "UTC"\n[outlets]\n{lines}\n[watches]\nidlib = ["Idlib"]\n'
            f'[channels.hook]\ntype = "webhook"\nurl = "{self.site.url}/hook"\nprivate = true\n'
            f'[alerts]\nmax_per_hour = 100000\ngroup_wait = "1s"\n{more}'
        )

    def start(self, **environment: str) -> subprocess.Popen[str]:
        log = (self.folder / "log").open("a")
        process = subprocess.Popen(
            [sys.executable, "-m", "monitor", "run", "-c", str(self.config)],
            stdout=log,
            stderr=log,
            text=True,
            env={**os.environ, **environment},
        )
        self.running.append(process)
        return process

    def type(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "monitor", *words, "-c", str(self.config)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def hasten(self) -> None:
        """Make every feed due now."""
        db = sqlite3.connect(self.state / "monitor.db")
        with db:
            db.execute("UPDATE feed SET due_at = 0")
        db.close()

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        db = sqlite3.connect(f"file:{self.state / 'monitor.db'}?mode=ro", uri=True)
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()


def typed(at: Desk | Config, *words: str) -> subprocess.CompletedProcess[str]:
    """Type a command as Desk.type does, in this process: dozens of starts would take a minute."""
    said, told = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="", write_through=True) for _ in range(2))
    path = str(at.config) if isinstance(at, Desk) else at.path
    with redirect_stdout(said), redirect_stderr(told):
        code = main(["-c", path, *words])
    out, err = (each.buffer.getvalue().decode().replace("\r\n", "\n") for each in (said, told))  # type: ignore[attr-defined]
    return subprocess.CompletedProcess(words, code, out, err)


@contextmanager
def plain_user() -> Iterator[None]:
    """Root may read everything, so where the tests run as root, this part runs as nobody."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def until(claim: Callable[[], object], desk: Desk) -> None:
    """Wait until a claim holds. A daemon that is dead will never make it true."""
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            if claim():
                return
        except sqlite3.OperationalError:
            pass  # there is no database yet
        assert time.monotonic() < ends, f"still not so after {PATIENCE} s; the log says:\n{desk.log[-4000:]}"
        time.sleep(0.05)
