"""One real daemon that lives through every fault, the servers that make them, and what must hold after each: the common oracle.

A test lists faulty outlets (`Stage.look`), waits for their polls (`Stage.polled`), says what must have become of them, and calls
`Stage.holds`. All the while a healthy outlet, the witness, has news to bring.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import hostile
from desks import PATIENCE
from fakes import rss

from monitor.control import ask

if TYPE_CHECKING:
    import ssl

T = TypeVar("T")

CANARY = "Bearer-c4n4ry-0f-a-m1ne"
"""What every faulty outlet is sent in a header of its own, and what must stand nowhere else."""
DAY = 86_400
MEMORY = 400_000_000
"""Bytes that all processes together may take."""
LATE = 3
"""Seconds: two, and a tick. Whole seconds are counted from both ends."""
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
KINDS = frozenset(
    {
        *("dns", "connect", "tls", "timeout", "too_big", "bad_encoding", "truncated", "protocol", "redirect", "blocked", "http"),
        *("not_a_feed", "html", "empty", "doctype", "garbage", "too_slow", "crashed", "captive_portal"),
    }
)
"""Every typed failure of a feed (errors.py). Neither internal nor local: the monitor and this machine are not to blame here."""

_ASK_WITNESS = "UPDATE feed SET due_at = unixepoch() WHERE outlet_id = 'witness'"
_KEPT = 1
"""SQLite keeps the descriptor of a connection that closes beside others, for the next one: that of the backup, after a minute."""
_PIPES = 2
"""The daemon's ends of what it speaks with a worker through."""
_CONNECTIONS = 3
"""The daemon's own to its database: one that writes, two that read."""
_STATE = """\
SELECT feed.id AS id, url, failure_kind AS kind, failure_reason AS reason, failure_status AS status, failures, strikes,
  due_at, polled_at, answered_at, moved_to, moved_times, etag,
  (SELECT coalesce(sum(times), 0) FROM poll WHERE feed_id = feed.id) AS polls,
  (SELECT count(*) FROM item WHERE feed_id = feed.id) AS items
FROM feed JOIN json_each(?) AS asked ON asked.value = outlet_id WHERE is_listed ORDER BY asked.key"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the database has of a feed. Times in whole seconds since 1970."""

    id: int
    url: str
    kind: str | None
    reason: str | None
    status: int | None
    failures: int
    strikes: int
    due_at: int
    polled_at: int | None
    answered_at: int | None
    moved_to: str | None
    moved_times: int
    etag: str | None
    polls: int
    items: int

    @property
    def is_well(self) -> bool:
        """Whether its last poll was answered."""
        return self.kind is None and self.answered_at is not None

    @property
    def wait(self) -> int:
        """The seconds from this poll to the next."""
        assert self.polled_at is not None
        return self.due_at - self.polled_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A hostile server and where it stands."""

    served: hostile.Hostile
    address: str

    def url(self, path: str, name: str | None = None) -> str:
        return self.served.url(path, name or self.address)

    def asked(self, path: str) -> int:
        """Count the requests for a path."""
        return sum(seen.target.lstrip("/") == path for seen in self.served.seen)


class Street:
    """Hostile servers on loopback, each on an address of its own, served by a thread beside the test."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._open = AsyncExitStack()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._count = 0
        self._thread.start()

    def call(self, job: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(job, self._loop).result(PATIENCE)

    def address(self) -> str:
        """Give an address of 127/8 that nobody else has."""
        self._count += 1
        return f"127.77.{self._count // 250}.{self._count % 250 + 1}"

    def server(self, trust: ssl.SSLContext | None = None, address: str | None = None) -> Place:
        address = address or self.address()
        return Place(served=self.call(self._open.enter_async_context(hostile.serving(trust, address))), address=address)

    def stopwatch(self, first: bytes, then: bytes) -> Stopwatch:
        """Serve ``first`` at once and ``then`` every twentieth of a second, for as long as anybody listens."""
        watch = Stopwatch(first=first, then=then, address=self.address())
        server = self.call(asyncio.start_server(watch.hold, watch.address, 0))
        watch.port = server.sockets[0].getsockname()[1]
        self._open.push_async_callback(_closed, server)
        return watch

    def close(self) -> None:
        self.call(self._open.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _closed(server: asyncio.Server) -> None:
    server.close()


@dataclass(slots=True, kw_only=True)
class Stopwatch:
    """A server that never comes to an end. ``lasted``: the seconds until each of its visitors left."""

    first: bytes
    then: bytes
    address: str
    port: int = 0
    lasted: list[float] = field(default_factory=list)

    async def hold(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        began = time.monotonic()
        sending = asyncio.create_task(self._send(writer))
        try:
            while await reader.read(1000):
                pass
        except OSError:
            pass
        self.lasted.append(time.monotonic() - began)
        sending.cancel()
        writer.close()

    async def _send(self, writer: asyncio.StreamWriter) -> None:
        writer.write(self.first)
        while self.then:
            writer.write(self.then)
            await asyncio.sleep(0.05)


class Stage:
    """The daemon, its folder, and the witness. ``fetch``: lines of [fetch] beside those that all tests share."""

    def __init__(self, folder: Path, *, fetch: str = "") -> None:
        self.folder = folder
        self.config = folder / "config.toml"
        self.state = folder / "state"
        self.names: dict[str, object] = {"localhost": ["127.0.0.1"]}
        self.street = Street()
        self._fetch = f'pause = "0s"\nrobots = false\n{fetch}'
        self._witness = self.street.server()
        self._news = 0
        self._log = (folder / "log").open("wb")
        self._environ = {**os.environ, "CANARY": CANARY, "NAMES": str(folder / "names.json"), "FENCE": str(folder / "fence")}
        self._is_asked = False
        self.name("witness.example", self._witness, "")

    # --- the daemon

    def start(self) -> None:
        """Start the daemon, and let it come to rest with both its workers alive."""
        first = {}
        for name in ("first", "second", "third"):
            hostile.PAGES[name] = ("application/rss+xml", rss((f"The {name}", "http://first.example/1", "")))
            first[name] = self.at(self.name(f"{name}.example", self._witness, f"page?{name}"))
        self._bring_news()
        self._write(first, fetch="", more="")
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("named.py")), "run", "-c", str(self.config)],
            stdout=self._log,
            stderr=self._log,
            env=self._environ,
            cwd=Path(__file__).parents[1],
        )
        self.until(
            lambda: (self.state / "control.sock").exists() and all(row.answered_at for row in self.rows(*first, "witness"))
        )
        self._is_asked = False
        self.at_rest = self.files()

    def stop(self) -> None:
        """End the daemon as a service manager does."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE) == 0

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._log.close()
        self.street.close()

    # --- what is asked of it

    def name(self, name: str, place: Place, path: str) -> str:
        """Let a name lead to a server; give the address of a path there."""
        self.called({name: [place.address]})
        return place.url(path, name)

    def called(self, names: Mapping[str, object]) -> None:
        """Change what names lead to (see named.py)."""
        self.names.update(names)
        written = self.folder / "names.new"
        written.write_text(json.dumps(self.names))
        written.replace(self.folder / "names.json")

    def at(self, url: str, *, private: bool = True, full_text: bool = False, more: str = "") -> str:
        """Write an outlet's line: it may be on loopback unless said otherwise, and gets the canary in a header."""
        flags = f"private = {str(private).lower()}, full_text = {str(full_text).lower()}"
        return f'{{ feed = "{url}", {flags}, headers = {{ X-Canary = {{ env = "CANARY" }} }}{more and ", "}{more} }}'

    def look(self, outlets: dict[str, str], *, fetch: str = "", more: str = "", witness: bool = True) -> None:
        """Poll these outlets at once, and the witness with them, which has news."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")
        self.memory_before = self.memory("VmRSS")
        if witness:
            self._bring_news()
        self._write(outlets, fetch=fetch, more=more)
        self.tell(*[_ASK_WITNESS] * witness)
        self._reload()
        self.tell("UPDATE feed SET due_at = unixepoch() WHERE is_listed AND polled_at IS NULL")

    def _reload(self) -> None:
        """Let the daemon reread config.toml; it then looks at once for what is due."""
        reply = ask(self.state, "reload")
        assert reply is not None
        assert reply.ok, reply.says

    def polled(self, *ids: str, polls: int = 1) -> list[Row]:
        """Wait until each of these was polled so often."""
        self.until(lambda: all(row.polls >= polls for row in self.rows(*ids)))
        return self.rows(*ids)

    def again(self, *ids: str) -> list[Row]:
        """Make these due, however long they were to rest, and wait for their next polls."""
        before = self.rows(*ids)
        self.tell(
            f"UPDATE feed SET due_at = unixepoch() WHERE id IN ({', '.join(str(row.id) for row in before)})", "DELETE FROM host"
        )
        self._reload()
        self.until(lambda: all(row.polls > old.polls for row, old in zip(self.rows(*ids), before, strict=True)))
        return self.rows(*ids)

    def row(self, outlet: str) -> Row:
        return self.rows(outlet)[0]

    def rows(self, *outlets: str) -> list[Row]:
        """Give what the database has of these outlets, in their order; each has one feed."""
        found = [Row(**dict(row)) for row in self.ask(_STATE, json.dumps(outlets))]
        assert len(found) == len(outlets), outlets
        return found

    def ask(self, sql: str, *values: object) -> list[sqlite3.Row]:
        db = sqlite3.connect(f"file:{self.state / 'monitor.db'}?mode=ro", uri=True, timeout=10)
        db.row_factory = sqlite3.Row
        try:
            return db.execute(sql, values).fetchall()
        finally:
            db.close()

    def tell(self, *statements: str) -> None:
        """Change what the daemon remembers, in place of the time that would."""
        db = sqlite3.connect(self.state / "monitor.db", timeout=10)
        db.execute("PRAGMA wal_autocheckpoint = 0")  # the daemon's one writer alone may do that (FAULTS.md §1.10)
        with db:
            for statement in statements:
                db.execute(statement)
        db.close()

    def type(self, *words: str) -> str:
        """Type a command beside the running daemon; give what it says."""
        return subprocess.run(
            [sys.executable, "-m", "monitor", *words, "-c", str(self.config)],
            capture_output=True,
            text=True,
            check=True,
            env={**self._environ, "COLUMNS": "300"},
            timeout=PATIENCE,
        ).stdout

    def status(self) -> dict[str, dict[str, Any]]:
        """Give what `monitor status --json` says of each outlet."""
        return {feed["outlet"]: feed for feed in json.loads(self.type("status", "--json"))["feeds"]}

    def until(self, claim: Callable[[], object], *, patience: float = PATIENCE) -> None:
        """Wait until a claim holds. A daemon that is dead will never make it true."""
        ends = time.monotonic() + patience
        while True:
            try:
                if claim():
                    return
            except (sqlite3.OperationalError, ValueError):
                pass  # there is no database yet, or no such row
            assert self.process.poll() is None, f"the daemon died:\n{self.log[-4000:]}"
            assert time.monotonic() < ends, f"still not so after {patience} s; the log says:\n{self.log[-4000:]}"
            time.sleep(0.05)

    # --- what is seen of it

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    @property
    def fenced(self) -> set[str]:
        """The addresses beyond loopback that the daemon would have connected to."""
        written = self.folder / "fence"
        return set(written.read_text().split()) if written.exists() else set()

    @property
    def grown(self) -> int:
        """The bytes by which the daemon's own memory grew since `look`, at its peak."""
        return self.memory("VmHWM") - self.memory_before

    def memory(self, name: str) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(rf"{name}:\s*(\d+) kB", status)[0]) * 1024

    def workers(self) -> set[int]:
        """Give the pids of the daemon's children."""
        return {
            int(pid) for task in Path(f"/proc/{self.process.pid}/task").glob("*/children") for pid in task.read_text().split()
        }

    def files(self) -> int:
        """Count the daemon's open files and sockets, without those that lead to workers, and the one that SQLite may keep.

        Where a connection is closed while another one holds a lock, as after the day's backup, its file stays open and is the
        next one's (SQLite, os_unix.c: "pending close").
        """
        links = [_link(one) for one in Path(f"/proc/{self.process.pid}/fd").iterdir()]
        kept = links.count(str(self.state / "monitor.db")) == _CONNECTIONS + 1
        return len(links) - _PIPES * len(self.workers()) - kept

    def tree(self) -> int:
        """Give the bytes that the daemon and its workers take together, what they share counted once (PSS)."""
        return sum(_shared_out(pid) for pid in (self.process.pid, *self.workers()))

    # --- the common oracle

    def holds(self, *ids: str) -> None:
        """Say that all is as it should be after a fault: FAULTS.md §2. ``ids``: the outlets that were faulty."""
        self.in_time()
        for row in self.rows(*ids):
            assert row.kind in KINDS if row.failures or row.answered_at is None else row.kind is None, row
            assert row.due_at > time.time(), row
        assert self.ask("PRAGMA quick_check")[0][0] == "ok"
        assert "a fault of the monitor itself" not in self.log, self.log[-4000:]
        self._keeps_its_secret()
        self.until(lambda: self.files() <= self.at_rest + _KEPT)
        self.until(lambda: self.tree() < MEMORY)
        assert self.memory("VmHWM") < MEMORY
        assert self.process.poll() is None

    def in_time(self) -> None:
        """Say that the witness was polled on time, and its news stored."""
        if not self._is_asked:
            self._bring_news()
            self.tell(_ASK_WITNESS)
        self._is_asked = False
        self.until(lambda: self.ask("SELECT 1 FROM item WHERE title = ?", f"News {self._news}"))
        (last,) = self.ask("SELECT late, outcome FROM poll WHERE feed_id = ? ORDER BY id DESC LIMIT 1", self.row("witness").id)
        assert last["outcome"] == "new items"
        assert last["late"] <= LATE

    def _keeps_its_secret(self) -> None:
        log = (self.folder / "log").read_bytes()
        assert not CONTROLS.findall(log.decode())
        for place in (self.folder / "log", *self.state.glob("monitor.db*")):
            assert CANARY.encode() not in place.read_bytes(), place
        for worker in self.workers():
            assert CANARY.encode() not in _environ(worker)

    # --- behind it

    def _bring_news(self) -> None:
        self._news += 1
        items = [
            (f"News {number}", f"http://witness.example/{number}", "") for number in range(self._news, max(self._news - 3, 0), -1)
        ]
        hostile.PAGES["witness"] = ("application/rss+xml", rss(*items))
        self._is_asked = True

    def _write(self, outlets: dict[str, str], *, fetch: str, more: str) -> None:
        witness = {"witness": self.at(self._witness.url("page?witness", "witness.example"))}
        lines = "\n".join(f"{name} = {line}" for name, line in (witness | outlets).items())
        self.config.write_text(
            f'state = "{self.state}"\ntimezone = "UTC"\n[outlets]\n{lines}\n[watches]\nidlib = ["Idlib"]\n'
            f'[alerts]\nper = "item"\nmax_per_hour = 100000\ngroup_wait = "1s"\n[fetch]\n{fetch or self._fetch}\n{more}'
        )


def _link(descriptor: Path) -> str:
    try:
        return str(descriptor.readlink())
    except OSError:  # it was closed
        return ""


def _environ(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:  # it has ended
        return b""


def _shared_out(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:  # it has ended
        return 0
    return int(re.findall(r"^Pss:\s*(\d+) kB", rollup, re.MULTILINE)[0]) * 1024


@contextmanager
def staged(folder: Path, *, fetch: str) -> Iterator[Stage]:
    """Give a daemon that runs, and say in the end that it can still be ended well."""
    stage = Stage(folder, fetch=fetch)
    try:
        stage.start()
        yield stage
        stage.stop()
    finally:
        stage.close()
