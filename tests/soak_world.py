"""The world of the soak: outlets that fail, receivers that fail, and one monitor that is killed, reloaded and starved among them.

In comes an event of soak_plan; out comes what crash_oracle's and soak_oracle's laws are asked about.
"""

from __future__ import annotations

import json
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import soak_config
from crash_receivers import TAKEN, Hook, Post
from crash_world import CHANNELS, DIGEST_KEY, names
from crashing import at
from soak_config import GROUP_WAIT, replaced
from soak_outlets import Outlet, Story, Street, written
from soak_plan import DAY, HOUR, Event, is_calm

PATIENCE = 60.0
_UNREAD = "SELECT id FROM item WHERE article_state = 'given_up' OR coalesce(article_at, ?) - seen_at > ?"
_LATE = 5.0
"""Real seconds: so late a kill may come."""
_RECENT = 15.0
"""Real seconds: what was on its way at a kill was taken no longer ago."""


@dataclass(slots=True)
class Soak:
    """``started``: when it began, in real seconds since 1970. ``optional``: (watch, mark) that need not be told, for a reload.

    ``seen``: every item that was ever in the database: id → link, whether it was older than its outlet's listing, whether its
    text was not had in time. ``updates``: the keys of messages that tell of more than a story's first news.
    ``read``: the links whose text was had in the end.
    """

    folder: Path
    days: float
    speed: float
    seed: int
    chance: random.Random
    started: float
    outlets: dict[str, Outlet]
    street: Street
    hook: Hook
    post: Post
    mail_port: int
    disk: str
    environment: dict[str, str]
    listed: list[str]
    events: dict[str, Callable[[Soak, Event], None]]
    wheat: bool = True
    wheat_since: float = 0.0
    words: str = soak_config.WORDS[0]
    title: str = "Desk"
    process: subprocess.Popen[bytes] | None = None
    stories: list[Story] = field(default_factory=list)
    optional: set[tuple[str, str]] = field(default_factory=set)
    seen: dict[int, list[object]] = field(default_factory=dict)
    updates: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    in_flight: list[frozenset[tuple[str, str]]] = field(default_factory=list)
    kills: list[str] = field(default_factory=list)
    stops: list[int] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    left_over: list[int] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    away: Counter[str] = field(default_factory=Counter)
    ends: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    lives: int = 0
    heard: list[tuple[float, int, int]] = field(default_factory=list)
    is_up: bool = False
    is_to_reread: bool = False
    began: float = 0.0
    over: float = 0.0
    _census_at: float = 0.0

    # ------------------------------------------------------------------------------------------------------------- time

    @property
    def now(self) -> float:
        """What the clock of this world shows, in seconds since 1970."""
        return at(self.started, self.speed)

    @property
    def age(self) -> float:
        """Simulated seconds since the beginning."""
        return self.now - self.started

    @property
    def state(self) -> Path:
        return self.folder / "disk" / "state"

    def ask(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        """Ask the database; nothing where there is none yet, or it is held."""
        try:
            with closing(sqlite3.connect(f"file:{self.state / 'monitor.db'}?mode=ro", uri=True, timeout=2)) as db:
                return db.execute(sql, values).fetchall()
        except sqlite3.OperationalError as error:
            if "no such column" in str(error) or "syntax" in str(error):
                raise
            return []

    # ------------------------------------------------------------------------------------------------------------- lives

    def start(self) -> subprocess.Popen[bytes]:
        """Start the monitor; what it says goes into the log by way of a pipe, which no full disk stops."""
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("soaking.py")), "run", "-c", str(self.folder / "config.toml")],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self.environment,
        )
        assert process.stdout is not None
        threading.Thread(target=self._listen, args=(process.stdout,), daemon=True).start()
        self.process, self.is_up = process, False
        self.done["starts"] += 1
        return process

    def _listen(self, said: IO[bytes]) -> None:
        with (self.folder / "log").open("ab") as log, said:
            for line in said:
                log.write(line)
                log.flush()
                self.lives += b"; watches: " in line
                if b"Traceback" in line or b"fault of the monitor itself" in line or b"Error:" in line:
                    self.lines.append(line.decode(errors="replace").strip())

    def wait_for_life(self) -> bool:
        """Wait until the monitor came to work, starting it as often as that takes; False: it was not tried long enough."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            lives = self.lives
            process = self.start()
            while process.poll() is None and time.monotonic() < ends:
                if self.lives > lives:
                    self.is_up = True
                    if self.is_to_reread:
                        self.hang_up()
                    return True
                # a start may wait for the very thing
                self._undo()
                time.sleep(0.01)
            self._bury_early(process)
        return False

    def _bury_early(self, process: subprocess.Popen[bytes]) -> None:
        """Note a start that failed: rightly only where the disk is full or the database held, and mended by time."""
        if process.poll() is not None:
            self.done["starts that failed"] += 1
            if not self.away["disk"] and not self.away["lock"]:
                if not self.lives:
                    raise SystemExit(f"the monitor does not start at all: {self.lines[-1:]}; see {self.folder / 'log'}")
                self.refusals.append(f"it did not start: {process.returncode}")
            time.sleep(0.2)

    def look(self) -> None:
        """Do what is done all the time: end what is over, count what is stored, notice a death that nobody caused."""
        self._undo()
        if time.monotonic() > self._census_at:
            self._census_at = time.monotonic() + 0.5
            self.census()
        if self.process is not None and self.process.poll() is not None:
            self.refusals.append(f"it ended by itself: {self.process.returncode}")
            self._mourn("by itself")
            self.wait_for_life()

    def _undo(self) -> None:
        for each in [one for one in self.ends if one[0] <= self.age]:
            self.ends.remove(each)
            each[1]()

    def census(self) -> None:
        """Note every item that the database has."""
        newest = max(self.seen, default=0)
        for id, link, is_baseline in self.ask("SELECT id, link, is_baseline FROM item WHERE id > ?", newest):
            self.seen[int(str(id))] = [link, bool(is_baseline), False]
        self.read.update(str(link) for (link,) in self.ask("SELECT link FROM item WHERE article_state = 'read'"))
        for (id,) in self.ask(_UNREAD, self.now, GROUP_WAIT * DAY):
            if int(str(id)) in self.seen:
                self.seen[int(str(id))][2] = True
        for (key,) in self.ask("SELECT message FROM alert WHERE occasion <> 'first' AND message IS NOT NULL"):
            self.updates.update(names(str(key)))
        self.heard.append((time.monotonic(), len(self.hook.told), len(self.post.told)))

    def kill(self, how: str) -> None:
        """Kill it: in its start, at work, in a reload, in its end."""
        process = self.process
        assert process is not None
        if how == "starting":
            process.kill()
            process.wait()
            self._mourn("working")
            process = self.start()
        elif how == "reloading":
            self.reload(title=f"Desk {self.done['reloads']}")
        elif how == "stopping":
            process.send_signal(signal.SIGTERM)
        # no claim rests on how long this is: it is the chance itself
        time.sleep(self.chance.random() * (1.2 if how == "starting" else 0.3))
        process.kill()
        if (code := process.wait()) != -signal.SIGKILL:
            self.stops.append(code)
        self._mourn(how)
        self.wait_for_life()

    def stop(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        try:
            self.stops.append(self.process.wait(PATIENCE / 2))
        except subprocess.TimeoutExpired:
            self.refusals.append("it did not stop when told to")
            self.process.kill()
            self.process.wait()
        self._mourn("stopped")

    def _mourn(self, how: str) -> None:
        """Note what was in flight at an end: taken by who was told, while the database never heard of it."""
        self.kills.append(how)
        self.process, self.is_up = None, False
        ends = time.monotonic() + PATIENCE / 3
        while (self.hook.open or self.post.open) and time.monotonic() < ends:
            time.sleep(0.01)
        self._bury()
        since = next(((hook, post) for when, hook, post in self.heard if when > time.monotonic() - _RECENT), (0, 0))
        self.heard = [one for one in self.heard if one[0] > time.monotonic() - 2 * _RECENT]
        told = (self.hook.told[since[0] :], self.post.told[since[1] :])
        settled = self._settled()
        self.in_flight.append(frozenset((each.key, each.address) for some in told for each in some) - settled)

    def _settled(self) -> frozenset[tuple[str, str]]:
        """Give which messages are known to be taken, and by which address."""
        alerts = "SELECT delivery.message, channel FROM delivery JOIN alert ON alert.id = alert_id WHERE outcome = 'sent'"
        digests = f"SELECT {DIGEST_KEY}, channel FROM digest_delivery JOIN digest ON id = digest_id WHERE state = 'sent'"
        sent = [(str(key), str(channel)) for sql in (alerts, digests) for key, channel in self.ask(sql)]
        parts = {(str(key), str(address)) for key, address in self.ask("SELECT message, address FROM taken")}
        return frozenset(
            parts | {(name, address) for key, channel in sent for name in names(key) for address in CHANNELS[channel]}
        )

    def _bury(self) -> None:
        file = self.folder / "children"
        children = [int(pid) for pid in file.read_text().split()] if file.exists() else []
        ends = time.monotonic() + PATIENCE / 6
        while (alive := [pid for pid in children if _is_alive(pid)]) and time.monotonic() < ends:
            time.sleep(0.02)
        self.left_over += alive
        file.unlink(missing_ok=True)

    # ------------------------------------------------------------------------------------------------------------ events

    def meet(self, event: Event) -> None:
        """Let an event happen."""
        what, _, more = event.what.partition(" ")
        if what == "publish":
            self.publish(more, event.whom)
            return
        if event.what in {"kill", "restart"} and (self.age > event.at + _LATE * self.speed or is_calm(self.age, self.days)):
            self.done["kills left out, as the machine was too busy"] += 1
            return
        self.done[event.what if what != "kill" else f"kill, {event.whom[0]}"] += 1
        self.events[event.what](self, event)

    def publish(self, kind: str, outlets: tuple[str, ...]) -> None:
        number = len(self.stories) + 1
        language = self.outlets[outlets[0]].language
        story = written(number, kind=kind, language=language, outlets=outlets, at=self.now)
        is_unheard = self.done["no wheat"] and (self.away["disk"] or self.away["lock"])
        if "wheat" in story.watches and (not self.wheat or self.age < self.wheat_since + HOUR or is_unheard):
            self.optional.add(("wheat", story.mark))
        for name in outlets:
            self.outlets[name].publish(story)
        self.stories.append(story)

    def later(self, seconds: float, undo: Callable[[], None]) -> None:
        """Undo something after so many simulated seconds."""
        self.ends.append((self.age + seconds, undo))

    def leave(self, whom: str, seconds: float) -> None:
        """Take a name away for a time."""

        def come_back() -> None:
            self.away.subtract((whom,))
            self.name()

        self.away.update((whom,))
        self.name()
        self.later(seconds, come_back)

    def name(self) -> None:
        """Write which names lead anywhere now."""
        known = [*(outlet.host for outlet in self.outlets.values()), "hook.example", "mail.example"]
        here = {} if self.away["network"] else {name: ["127.0.0.1"] for name in known if not self.away[name]}
        replaced(self.folder / "names.json", json.dumps(here))

    def fill(self, seconds: float) -> None:
        """Leave no byte of room for a time."""
        if self.away["disk"]:
            return
        self.away["disk"] += 1
        if self.disk == "tmpfs":
            with (self.folder / "disk" / "filler").open("wb", buffering=0) as filler, suppress(OSError):
                while True:
                    filler.write(b"\0" * (1 << 16))
        elif self.process:
            resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        self.later(seconds, self.clear)

    def clear(self) -> None:
        self.away["disk"] = 0
        (self.folder / "disk" / "filler").unlink(missing_ok=True)
        if self.disk != "tmpfs" and self.process:
            with suppress(ProcessLookupError):
                resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        self._ask_again()

    def lock(self, seconds: float) -> None:
        """Let another program hold the database for a time."""
        if self.away["lock"]:
            return
        held = sqlite3.connect(self.state / "monitor.db", timeout=5, isolation_level=None, check_same_thread=False)
        try:
            held.execute("PRAGMA wal_autocheckpoint = 0")  # the daemon's one writer alone may do that (FAULTS.md §1.10)
            held.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            held.close()
            return
        self.away["lock"] += 1
        self.later(seconds, lambda: self._let_go(held))

    def _let_go(self, held: sqlite3.Connection) -> None:
        held.close()
        self.away["lock"] = 0
        self._ask_again()

    def mend(self) -> None:
        """End all that fails: from now on everything answers, and is listed."""
        self.street.calm = True
        self.away.clear()
        self.clear()
        self.name()
        self.hook.manner = self.post.manner = lambda: TAKEN
        self.reload(listed=list(self.outlets), wheat=True)

    def hasten(self) -> None:
        """Make every feed due, while nothing runs, in place of the day that one waits which failed for long."""
        with closing(sqlite3.connect(self.state / "monitor.db")) as db, db:
            db.execute("UPDATE feed SET due_at = 0")
            db.execute("DELETE FROM host")

    def _ask_again(self) -> None:
        """Have the config reread that could not be taken over meanwhile, as the monitor's own words want it."""
        self.wheat_since = self.age if self.done["no wheat"] else 0.0
        self.hang_up()

    # ------------------------------------------------------------------------------------------------------------ config

    def reload(self, **settings: object) -> None:
        """Change the config, and have it reread."""
        for name, value in settings.items():
            setattr(self, name, value)
        self.configure()
        self.hang_up()

    def hang_up(self) -> None:
        """Have the config reread: now, or once the monitor works. Before it heeds that sign, it would die of it."""
        self.is_to_reread = not self.is_up
        if self.process is not None and self.is_up:
            self.done["reloads"] += 1
            self.process.send_signal(signal.SIGHUP)

    def configure(self) -> None:
        """Write config.toml whole, at once."""
        replaced(self.folder / "config.toml", soak_config.words(self))


def _is_alive(pid: int) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False
    # one that is dead and not yet reaped has no words left
    return b"monitor" in words
