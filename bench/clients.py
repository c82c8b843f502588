"""Who is measured: for each a folder, an empty state, the command that polls everything once, and what is stored then."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from invented import NAMES

READER_WORKERS = 8
"""Threads with which `reader` was fastest, of 1 to 32."""
NEWSBOAT_THREADS = 4
WATCHES = {
    "velmora": NAMES,
    "bridge": ("Karsend bridge", "Карсендский мост", "جسر كارسيند"),
    "relief": ("relief convoy", "aid corridor", "Hilfskonvoi", "couloir humanitaire", "yardım konvoyu", "гуманитарный коридор"),
}


class Client(ABC):
    """A program with its state in ``folder/state``, which can be kept under a name and put back."""

    name: str
    polls_more = 0
    """So many polls after the first one are needed until it remembers the validators."""

    def __init__(self, folder: Path) -> None:
        """Take a folder for its own use."""
        self.folder = folder
        self.state = folder / "state"

    def begin(self, addresses: Sequence[str]) -> None:
        """Begin with these feeds, of which nothing was ever polled."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.state.mkdir(parents=True)
        self._list(addresses)
        self.keep("empty")

    def keep(self, name: str) -> None:
        """Keep a copy of the state as it is."""
        _copied(self.state, self.folder / f"kept-{name}")

    def restore(self, name: str) -> None:
        """Put the copy of that name in the state's place."""
        _copied(self.folder / f"kept-{name}", self.state)

    def log(self) -> str:
        """Give the end of what it said."""
        return (self.folder / "log").read_text(errors="replace")[-2_000:]

    @abstractmethod
    def _list(self, addresses: Sequence[str]) -> None:
        """Write down the feeds that it is to poll."""

    @abstractmethod
    def command(self) -> list[str]:
        """Give the command that polls every feed once."""

    @abstractmethod
    def items(self) -> int:
        """Count the items in its database."""


class Monitor(Client):
    """`monitor run --once`, with its manners and its digest; no pages are read, because nobody else reads any."""

    name = "monitor"

    def __init__(self, folder: Path, python: str) -> None:
        """Take the interpreter of the environment it is installed in."""
        super().__init__(folder)
        self._python = python

    def _list(self, addresses: Sequence[str]) -> None:
        self.configure(addresses)

    def configure(self, addresses: Sequence[str], *, every: str | None = None) -> None:
        """Write config.toml; ``every``: the outlets' own pace."""
        pace = f', every = "{every}"' if every else ""
        outlets = "\n".join(
            f'outlet-{number} = {{ feed = "{feed}", private = true, full_text = false{pace} }}'
            for number, feed in enumerate(addresses)
        )
        # a list of strings is written alike in JSON and in TOML
        watches = "\n".join(f"{name} = {json.dumps(words, ensure_ascii=False)}" for name, words in WATCHES.items())
        (self.folder / "config.toml").write_text(
            f'state = "{self.state}"\ntimezone = "UTC"\n[outlets]\n{outlets}\n[watches]\n{watches}\n', encoding="utf-8"
        )

    def daemon(self) -> list[str]:
        """Give the command that polls for ever."""
        return [self._python, "-m", "monitor", "run", "-c", str(self.folder / "config.toml")]

    def command(self) -> list[str]:
        """Give the command that polls every feed once."""
        return [*self.daemon(), "--once"]

    @property
    def database(self) -> Path:
        """Where what it found is."""
        return self.state / "monitor.db"

    def items(self) -> int:
        """Count the items in its database."""
        return _count(self.database, "item")


class Reader(Client):
    """The PyPI package `reader`. Its feeds are added before the clock runs."""

    name = "reader"

    def __init__(self, folder: Path, python: str) -> None:
        """Take the interpreter of the environment it is installed in."""
        super().__init__(folder)
        self._driver = [python, str(Path(__file__).with_name("reader_poll.py"))]

    def _list(self, addresses: Sequence[str]) -> None:
        listed = self.folder / "addresses"
        listed.write_text("\n".join(addresses), encoding="ascii")
        subprocess.run([*self._driver, "add", str(self._database), str(listed)], check=True, cwd=self.folder)

    def command(self) -> list[str]:
        """Give the command that polls every feed once."""
        return [*self._driver, "poll", str(self._database), str(READER_WORKERS)]

    @property
    def _database(self) -> Path:
        return self.state / "reader.db"

    def items(self) -> int:
        """Count the entries in its database."""
        return _count(self._database, "entries")


class Newsboat(Client):
    """The terminal reader, where it is installed."""

    name = "newsboat"
    polls_more = 1

    def _list(self, addresses: Sequence[str]) -> None:
        (self.folder / "urls").write_text("\n".join(addresses), encoding="ascii")
        (self.folder / "config").write_text(f"reload-threads {NEWSBOAT_THREADS}\nprepopulate-query-feeds no\n", encoding="ascii")

    def command(self) -> list[str]:
        """Give the command that polls every feed once."""
        files = {"-u": self.folder / "urls", "-C": self.folder / "config", "-c": self._database}
        return ["newsboat", *(str(word) for pair in files.items() for word in pair), "-x", "reload"]

    @property
    def _database(self) -> Path:
        return self.state / "cache.db"

    def items(self) -> int:
        """Count the items in its database."""
        return _count(self._database, "rss_item")


def _count(database: Path, table: str) -> int:
    if not database.exists():
        return 0
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
        return int(opened.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608  the names stand above


def _copied(source: Path, target: Path) -> None:
    """Copy a folder, whole and on the disk, so that nothing of it is still being written when the clock runs."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.sock"))
    for file in (path for path in target.rglob("*") if path.is_file()):
        with file.open("rb") as opened:
            os.fsync(opened.fileno())
