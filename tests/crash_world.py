"""A world in which the monitor is killed over and over: outlets with news, a webhook and a mail server, and time that runs fast.

In comes where or when it is killed; out comes what the receivers took and what the database holds, for crash_oracle.
"""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import archived
from crash_receivers import Hook, Post, taking_mail
from crashing import at
from desks import PATIENCE, Desk, until
from fakes import Site, page, rss

SPEED = 480
"""So many seconds of the world pass in one: half a minute of back-off takes a sixteenth."""
NEWS = 1.0
"""Seconds between two stories."""
OUTLETS = ("orontes-post", "relief-desk", "kuzey-sinir")
BATCH = "al-zawiya"
"""An outlet whose first poll has so many matches that they are told as one."""
ADDRESSES = ("desk@example.org", "night@example.org")
CHANNELS = {"hook": ("",), "mail": ADDRESSES}
"""The addresses of each channel, as their receipts name them."""
WATCHES = {"idlib": ("hook", "mail"), "wheat": ("hook",)}
"""Whom each watch tells."""
KINDS = ("title", "text", "both", "none")
"""Where a story has the watched words: in its headline, on its page alone, both watches' in its headline, nowhere."""
WORDS = re.findall(
    r"\w+",
    "road bridge well school market harvest river valley teacher driver council winter tent blanket flour bakery engine pump"
    " cable tower border crossing convoy hill orchard olive lemon carpet weaver village doctor clinic nurse letter window ladder"
    " stone timber paint fence goat shepherd meadow canal sluice barrel rope lantern candle kettle spoon basket saddle bicycle"
    " tractor plough seed garden cellar roof chimney stove coal brick mortar plaster tile gutter drain ditch culvert gravel sand"
    " concrete crane truck trailer ferry harbour net sail rudder anchor island lighthouse storm cloud thunder frost thaw flood",
)
DIGEST_KEY = "'digest-' || period || '-' || made_at"
"""SQL for the key of a digest's message."""
_GREETING = re.compile(r"outlets: \d+, feeds: \d+; watches:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A text and where it is published. ``links``: its items, one for each outlet; ``watches``: those whose words it has."""

    mark: str
    links: tuple[str, ...]
    watches: tuple[str, ...]


@dataclass(slots=True)
class World:
    """The outlets, the receivers, and the folder in which the monitor lives and is killed.

    ``in_flight``: at each kill, which messages an address had taken since the last one without the database knowing it.
    ``kills``: where each of them was. ``left_over``: processes that outlived the monitor. ``stops``: how it ended when told to.
    """

    desk: Desk
    sites: dict[str, Site]
    hook: Hook
    post: Post
    chance: random.Random
    seed: int
    environment: dict[str, str]
    started: float
    config: str
    settings: dict[str, str] = field(
        default_factory=lambda: {"title": "Desk", "group_wait": "2d", "digest": 'cron = "*/30 * * * *"'}
    )
    stories: list[Story] = field(default_factory=list)
    news: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)
    in_flight: list[frozenset[tuple[str, str]]] = field(default_factory=list)
    heard: tuple[int, int] = (0, 0)
    kills: list[str] = field(default_factory=list)
    left_over: list[int] = field(default_factory=list)
    stops: list[int] = field(default_factory=list)

    # ------------------------------------------------------------------------------------------------------------- news

    def publish(self, *outlets: str) -> None:
        """Publish a story at these outlets (none: one of them), word for word the same."""
        number = len(self.stories) + 1
        mark, kind = f"N{number:04d}", KINDS[number % len(KINDS)] if len(outlets) < 2 else KINDS[number % 2]
        names = outlets or (OUTLETS[number % len(OUTLETS)],)
        watches = {"title": ("idlib",), "text": ("idlib",), "both": ("idlib", "wheat"), "none": ()}[kind]
        place = {"title": "Idlib", "both": "Idlib wheat"}.get(kind, "the town")
        words = random.Random(number).choices(WORDS, k=130)
        sentences = [" ".join(words[start : start + 13]).capitalize() + "." for start in range(0, 130, 13)]
        if kind == "text":
            sentences[4] = f"Of this the people of Idlib speak, said the {words[0]} keeper."
        headline = f"{mark}: {words[1]} and {words[2]} reach {place}"
        links = tuple(f"{self.sites[name].url}/{number}" for name in names)
        for name, link in zip(names, links, strict=True):
            self.sites[name].pages[f"/{number}"] = page(headline, *sentences)
            self.news.setdefault(name, []).insert(0, (headline, link, sentences[0]))
            when = datetime.fromtimestamp(self.started, UTC)
            self.sites[name].pages["/feed.xml"] = rss(*self.news[name], title=name.title(), now=when)
        self.stories.append(Story(mark=mark, links=links, watches=watches))

    # ------------------------------------------------------------------------------------------------------------- lives

    def start(self, point: str | None = None) -> subprocess.Popen[str]:
        """Start the monitor, with every feed due; it is to be killed at ``point`` ("name:n"), if any."""
        if (self.desk.state / "monitor.db").exists():
            self.desk.hasten()
        log = (self.desk.folder / "log").open("a")
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("crashing.py")), "run", "-c", str(self.desk.config)],
            stdout=log,
            stderr=log,
            text=True,
            env={**self.environment, **({"MONITOR_CRASH_AT": point} if point else {})},
        )
        log.close()
        self.desk.running.append(process)
        return process

    def die_at(self, point: str, *, most: int = 1000) -> None:
        """Live until ``point`` ("name:n") is passed; news comes all the while (``most`` of it), and what leads there is done."""
        lives = self._lives
        process = self.start(point)
        begun = told = time.monotonic()
        while process.poll() is None:
            now = time.monotonic()
            assert now < begun + PATIENCE, f"{point} was never passed; the log says:\n{self.desk.log[-3000:]}"
            lives += self._lead_to(point, process) if self._lives > lives else 0
            with suppress(subprocess.TimeoutExpired):
                process.wait(NEWS / 4)
            if most > 0 and now > told + NEWS:
                self.publish()
                most, told = most - 1, now
        code = process.returncode
        assert code == -signal.SIGKILL, f"ended with {code} before {point}; the log says:\n{self.desk.log[-3000:]}"
        self._mourn(point)

    def _lead_to(self, point: str, process: subprocess.Popen[str]) -> bool:
        """Do what leads to a point beside the news; True: once is enough."""
        if point.startswith("at_shutdown"):
            process.send_signal(signal.SIGTERM)
            return True
        if point.startswith("in_reload"):
            self.configure(title=f"Desk {len(self.stories)}")
            process.send_signal(signal.SIGHUP)
        return False

    def die_somewhen(self) -> None:
        """Die by SIGKILL at a moment that chance decides: in its start, after so many messages, in a reload, in its end."""
        lives, chance = self._lives, self.chance
        process = self.start()
        how = chance.choice(("starting", "working", "working", "working", "reloading", "stopping"))
        if how != "starting":
            until(lambda: self._lives > lives, self.desk)
            self._tell(chance.choice((0, 1, 2, 4, 8, 16)))
        if how == "reloading":
            self.configure(title=f"Desk {len(self.stories)}")
            process.send_signal(signal.SIGHUP)
        if how == "stopping":
            process.send_signal(signal.SIGTERM)
        # no claim rests on how long this is: it is the chance itself
        time.sleep(chance.random() * (0.9 if how == "starting" else 0.2))
        self.kill(process, how)

    def _tell(self, messages: int) -> None:
        """Let so many messages more go out, taken or refused; news comes all the while."""
        wanted = self._messages + messages
        ends = time.monotonic() + PATIENCE
        while self._messages < wanted:
            self.publish()
            pause = time.monotonic() + NEWS
            while self._messages < wanted and time.monotonic() < pause:
                time.sleep(0.01)
            assert time.monotonic() < ends, f"nothing goes out; the log says:\n{self.desk.log[-3000:]}"

    @property
    def _messages(self) -> int:
        return sum(len(one.told) + one.refused for one in (self.hook, self.post))

    def kill(self, process: subprocess.Popen[str], how: str) -> None:
        """Kill it, and note what it was at."""
        process.kill()
        code = process.wait()
        if code != -signal.SIGKILL:
            self.stops.append(code)
        self._mourn(how)

    def live_on(self) -> None:
        """Live until everything is stored, read and told; then stop as one stops a service."""
        self.configure(digest='cron = "0 6 1 1 *"')
        process = self.start()
        wanted = sum(len(story.links) for story in self.stories)
        until(lambda: self.desk.ask("SELECT count(*) FROM item")[0][0] >= wanted, self.desk)
        for rest in (
            "SELECT count(*) FROM item WHERE article_state = 'due'",
            "SELECT count(*) FROM alert WHERE state = 'held'",
            "SELECT count(*) FROM digest_delivery WHERE state = 'held'",
        ):
            while (left := self.desk.ask(rest)) != [(0,)]:
                self._wait_for_less(rest, than=left)
        # what a kill left unwritten is written soon after the start, and beside all else
        try:
            until(lambda: not self.archive_faults(), self.desk)
        except AssertionError:
            raise AssertionError(self.archive_faults()) from None
        process.send_signal(signal.SIGTERM)
        self.stops.append(process.wait(PATIENCE))
        self._bury()

    def _wait_for_less(self, rest: str, *, than: list[tuple[object, ...]]) -> None:
        """Wait until fewer wait: as long as the monitor gets on, it has time."""
        until(lambda: self.desk.ask(rest) != than, self.desk)

    def archive_faults(self) -> list[str]:
        """Say what is wrong with the archive of digests."""
        frozen = [(str(plan), str(period), str(form), str(words)) for plan, period, form, words in self.desk.ask(archived.FROZEN)]
        return archived.faults(self.desk.state / "digest", frozen) if frozen else []

    @property
    def now(self) -> float:
        """What the clock of this world shows, in seconds since 1970."""
        return at(self.started, SPEED)

    @property
    def _lives(self) -> int:
        """How often the monitor came to work."""
        log = self.desk.folder / "log"
        return len(_GREETING.findall(log.read_text())) if log.exists() else 0

    # ------------------------------------------------------------------------------------------------------------ deaths

    def _mourn(self, how: str) -> None:
        """Note what was in flight at a kill: taken by who was told, while the database never heard of it."""
        self.kills.append(how)
        until(lambda: not self.hook.open and not self.post.open, self.desk)
        self._bury()
        told = (self.hook.told[self.heard[0] :], self.post.told[self.heard[1] :])
        self.heard = (len(self.hook.told), len(self.post.told))
        settled = self._settled()
        self.in_flight.append(frozenset((each.key, each.address) for some in told for each in some) - settled)

    def _settled(self) -> frozenset[tuple[str, str]]:
        """Give which messages are known to be taken, and by which address."""
        if not (self.desk.state / "monitor.db").exists():
            return frozenset()
        alerts = "SELECT delivery.message, channel FROM delivery JOIN alert ON alert.id = alert_id WHERE outcome = 'sent'"
        digests = f"SELECT {DIGEST_KEY}, channel FROM digest_delivery JOIN digest ON id = digest_id WHERE state = 'sent'"
        sent = [(str(key), str(channel)) for sql in (alerts, digests) for key, channel in self.desk.ask(sql)]
        parts = {(str(key), str(address)) for key, address in self.desk.ask("SELECT message, address FROM taken")}
        return frozenset(
            parts | {(name, address) for key, channel in sent for name in names(key) for address in CHANNELS[channel]}
        )

    def _bury(self) -> None:
        """Note which of the processes that were started are still there after a moment."""
        file = self.desk.folder / "children"
        children = [int(pid) for pid in file.read_text().split()] if file.exists() else []
        ends = time.monotonic() + PATIENCE / 3
        while (alive := [pid for pid in children if _is_alive(pid)]) and time.monotonic() < ends:
            time.sleep(0.02)
        self.left_over += alive
        file.unlink(missing_ok=True)

    # ------------------------------------------------------------------------------------------------------------ config

    def configure(self, **settings: str) -> None:
        """Write config.toml, with these settings in place of those that it had."""
        self.settings.update(settings)
        self.desk.config.write_text(self.config.format(**self.settings))


def names(key: str) -> tuple[str, ...]:
    """Give by what a message is known to who gets it: its key, and what a mail's Message-ID has where that can't hold the key."""
    return key, key.replace(":", "."), sha256(key.encode()).hexdigest()[:32]


def _is_alive(pid: int) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False
    # one that is dead and not yet reaped has no words left
    return b"monitor" in words


@contextmanager
def opened(
    folder: Path, *, seed: int, share: float = 0.3, first: tuple[str, ...] = (*OUTLETS, *(BATCH,) * 12)
) -> Iterator[World]:
    """Open a world. ``share``: of the webhook's answers, so many are 500. ``first``: who has a story from the beginning on."""
    chance = random.Random(seed)
    started = time.time()
    with ExitStack() as stack:
        sites = {name: stack.enter_context(Site().serving()) for name in (*OUTLETS, BATCH)}
        hook = stack.enter_context(Hook(random.Random(seed), share).serving())
        post = Post(random.Random(seed), share)
        port = stack.enter_context(taking_mail(post))
        desk = Desk(folder, sites[BATCH])
        stack.callback(_kill, desk)
        root = str(Path(__file__).resolve().parents[1])
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH")))),
            "MONITOR_CLOCK": f"{started}:{SPEED}",
            "MONITOR_CHILDREN": str(folder / "children"),
        }
        world = World(
            desk,
            sites,
            hook,
            post,
            chance,
            seed=seed,
            environment=environment,
            started=started,
            config=_config(desk, sites, hook, port),
        )
        world.configure()
        for name in first:
            world.publish(name)
        yield world


def _kill(desk: Desk) -> None:
    for process in desk.running:
        if process.poll() is None:
            process.kill()
            process.wait()


def _config(desk: Desk, sites: dict[str, Site], hook: Hook, port: int) -> str:
    outlets = "\n".join(
        f'{name} = {{{{ feed = "{site.url}/feed.xml", lang = "en", private = true, pause = "0s" }}}}'
        for name, site in sites.items()
    )
    addresses = ", ".join(f'"{address}"' for address in ADDRESSES)
    return f"""\
title = "{{title}}"
state = "{desk.state}"
timezone = "UTC"
[outlets]
{outlets}
[watches]
idlib = ["Idlib"]
wheat = {{{{ any = ["wheat"], alert = ["hook"] }}}}
[channels.hook]
type = "webhook"
url = "{hook.url}"
private = true
[channels.mail]
type = "email"
to = [{addresses}]
from = "monitor@example.org"
smtp = "smtp://127.0.0.1:{port}"
private = true
[alerts]
max_per_hour = 100000
group_wait = "{{group_wait}}"
[fetch]
every = "5m"
min = "5m"
[digest]
send = ["hook", "mail"]
{{digest}}
"""
