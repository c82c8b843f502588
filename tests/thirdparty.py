"""Somebody else's test files → what the monitor makes of each: ``python tests/thirdparty.py FOLDER``.

Every file below the folder is the feed of an outlet of its own, polled by the real daemon; every HTML file is the page of an item
as well, and its text is read. Content types are what the endings suggest, or what a ``Header:`` line in a comment at the head
says (as feedparser's files have them). A table of outcomes is printed; whatever goes wrong ends the run. Nothing leaves loopback.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import hostile
from fakes import rss
from faults import Row, Stage, staged
from fuzzing import ODD

AT_ONCE = 150
"""Files in one go: that many outlets, each with a name of its own."""
PATIENCE = 600.0
"""Seconds for one go, if each file took a worker its whole time; what comes to an end is never waited for."""
BIGGEST = 20_000_000
TYPES = {
    ".xml": "application/xml",
    ".rss": "application/rss+xml",
    ".atom": "application/atom+xml",
    ".rdf": "application/rdf+xml",
    ".json": "application/feed+json",
    ".html": "text/html",
    ".htm": "text/html",
    ".txt": "text/plain",
}
PAGES = frozenset({".html", ".htm"})
_HEADER = re.compile(rb"^Header:\s*([\w-]+):\s*([^\r\n]*)", re.MULTILINE | re.IGNORECASE)
_COMMENT = re.compile(rb"<!--(.*?)-->", re.DOTALL)
_PLACED = frozenset({"content-length", "transfer-encoding", "connection", "location"})
"""What the server here says itself; a location leads nowhere here."""
_STATES = """\
SELECT link, article_state AS state, article_kind AS kind FROM item
WHERE feed_id = (SELECT id FROM feed WHERE outlet_id = ?)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A file, and how it is served."""

    path: Path
    body: bytes
    status: str
    headers: dict[str, str]


def cases(folder: Path) -> Iterator[Case]:
    """Give every file below a folder once; of those that are alike one only, as the same page everywhere is a captive portal."""
    seen = set()
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_symlink() or path.stat().st_size > BIGGEST:
            continue
        body = path.read_bytes()
        digest = hashlib.sha256(body).digest()
        if digest not in seen:
            seen.add(digest)
            yield _case(path, body)


def _case(path: Path, body: bytes) -> Case:
    said = dict[str, str]()
    comment = _COMMENT.search(body[:4_000])
    for name, value in _HEADER.findall(comment[1]) if comment else ():
        said[name.decode().lower()] = re.sub(r"[^ -~]", "?", value.decode("latin-1")).strip()
    status = said.pop("status", "200")
    headers = {"content-type": TYPES.get(path.suffix.lower(), "application/octet-stream")} | said
    return Case(
        path=path,
        body=body,
        status=f"{status} as said" if re.fullmatch("[2-5][0-9][0-9]", status) else "200 as said",
        headers={name.replace("-", "_"): value for name, value in headers.items() if name not in _PLACED},
    )


class Run:
    """One daemon that all of them are thrown at. ``outcomes``: what became of them; ``items``: how many were stored."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self._stage = stage
        self._folder = folder
        self._place = stage.street.server()
        self._count = 0
        self.outcomes: Counter[str] = Counter()
        self.pages: Counter[str] = Counter()
        self.items = 0
        self.told: list[str] = []

    def throw(self, some: Sequence[Case]) -> None:
        """Let each of these be an outlet, wait until each was polled, and hold the daemon to the common oracle."""
        outlets, names = {}, {}
        for case in some:
            name = self._served(case)
            names[name] = case
            outlets[name] = self._stage.at(self._place.url(name, f"{name}.example"))
        self._stage.called({f"{name}.example": [self._place.address] for name in names})
        self._stage.look(outlets)
        self._stage.until(lambda: all(row.polls for row in self._stage.rows(*names)), patience=PATIENCE)
        for case, row in zip(names.values(), self._stage.rows(*names), strict=True):
            self._note(case, row)
        self._stage.holds(*names)

    def show(self, some: Sequence[Case]) -> None:
        """Let each of these be the page of an item, and wait until each was read or given up."""
        # a page on a private address is asked for only at the feed's own host
        links = [self._place.url(self._served(case), "pages.example") for case in some]
        self._count += 1
        shelf = f"pages{self._count}"
        hostile.PAGES[shelf] = ("application/rss+xml", rss(*((f"Page {link}", link, "") for link in links)))
        feed = self._stage.name("pages.example", self._place, f"page?{shelf}")
        self._stage.look({shelf: self._stage.at(feed, full_text=True)})
        self._stage.until(self._are_all_read(shelf, len(links)), patience=PATIENCE)
        for row in self._stage.ask(_STATES, shelf):
            self.pages["read" if row["state"] == "read" else f"{row['state']}: {row['kind']}"] += 1
            assert row["kind"] != "internal", row["link"]
        self._stage.holds(shelf)

    def _are_all_read(self, shelf: str, count: int) -> Callable[[], bool]:
        def claim() -> bool:
            states = [row["state"] for row in self._stage.ask(_STATES, shelf)]
            # what could not be had is asked for again, later: then why not is known already
            self._stage.tell("UPDATE item SET article_due_at = unixepoch() WHERE article_state = 'due'")
            return len(states) == count and "due" not in states

        return claim

    def _served(self, case: Case) -> str:
        self._count += 1
        name = f"c{self._count}"
        self._place.served.pages[name] = hostile.saying(case.body, case.status, **case.headers)
        return name

    def _note(self, case: Case, row: Row) -> None:
        where = case.path.relative_to(self._folder)
        assert row.kind != "internal", f"{where}: {row.reason}"
        outcome = "stored" if row.kind is None else row.kind
        self.outcomes[outcome if row.kind or row.items else "an empty feed"] += 1
        self.items += row.items
        if outcome in {"too_slow", "crashed", "captive_portal"}:
            self.told.append(f"{where}: {outcome}: {row.reason}")

    def search(self) -> None:
        """Say that no text in the database has anything in it that a terminal or a page would choke on."""
        with closing(sqlite3.connect(f"file:{self._stage.state / 'monitor.db'}?mode=ro", uri=True)) as db:
            tables = [
                name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")
            ]
            for table in tables:
                for row in db.execute(f'SELECT * FROM "{table}"'):
                    odd = [value for value in row if isinstance(value, str) and ODD.search(value)]
                    assert not odd, (table, odd)

    def __str__(self) -> str:
        """Give the table."""
        rows = [("feeds", "")]
        rows += [(f"  {outcome}", str(count)) for outcome, count in self.outcomes.most_common()]
        rows += [("items stored", str(self.items)), ("pages", "")]
        rows += [(f"  {outcome}", str(count)) for outcome, count in self.pages.most_common()]
        return "\n".join([*(f"{name:<24}{count:>8}" for name, count in rows), *self.told])


def thrown(folder: Path, work: Path) -> Run:
    """Throw every file of a folder at a daemon that works in ``work``; raises where the monitor does what it may not."""
    with staged(work, fetch='timeout = "20s"\nmax_size = "20MB"') as stage:
        run = Run(stage, folder)
        found, began = cases(folder), time.monotonic()
        while some := tuple(islice(found, AT_ONCE)):
            run.throw(some)
            pages = [case for case in some if case.path.suffix.lower() in PAGES]
            if pages:
                run.show(pages)
        run.search()
        assert run.outcomes.total(), f"there is no file in {folder}"
        run.told.append(f"{run.outcomes.total()} files in {time.monotonic() - began:.0f} s")
    return run


if __name__ == "__main__":
    with TemporaryDirectory() as made:
        sys.stdout.write(f"{thrown(Path(sys.argv[1]), Path(made))}\n")
