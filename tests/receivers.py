"""What channels speak to, on loopback, one for each kind: it takes, fails, hangs or answers hugely, and remembers what came.

``Receiver`` is what the contract of all channels is tried on; ``receivers`` makes one of each kind.
"""

from __future__ import annotations

import email
import email.policy
import json
import os
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal, Protocol

from markdown_it import MarkdownIt
from markdown_it.token import Token

from monitor.channels import Opened
from monitor.channels.command import Command
from monitor.channels.email import Email
from monitor.channels.log import Log
from monitor.channels.opened import Means
from monitor.channels.push import Push
from monitor.channels.webhook import Webhook
from monitor.fetch import Door
from monitor.model import AppriseChannel, ChannelId, CommandChannel, EmailChannel, LogChannel, Secret, WebhookChannel

Mood = Literal["takes", "fails", "hangs", "floods"]

CANARY = "Zx9canaryQv7"
PATIENCE = 30.0
FLOOD = 20_000_000
APART = "\u200b"


class Receiver(Protocol):
    """Whoever a channel speaks to. ``keys`` and ``texts``: of each message that was taken, as its reader sees it.

    ``reached``: set once a message is being told to one that hangs; ``left``: once nobody tells it anything any more.
    """

    mood: Mood
    reached: threading.Event
    left: threading.Event

    @property
    def keys(self) -> list[str]: ...

    @property
    def texts(self) -> list[str]: ...


@dataclass
class Desk:
    """The log. It has no key to show: the item's number stands in the text."""

    mood: Mood = "takes"
    texts: list[str] = field(default_factory=list)
    reached: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)
    free: threading.Event = field(default_factory=threading.Event)

    @property
    def keys(self) -> list[str]:
        return []

    def say(self, words: str) -> None:
        if self.mood == "fails":
            raise BrokenPipeError(32, "Broken pipe")
        if self.mood == "hangs":
            self.reached.set()
            self.free.wait(PATIENCE)
            return
        self.texts.append(words)


class Web:
    """A service that takes JSON by POST or PUT. ``key`` and ``text`` read what it shows of a request."""

    def __init__(self, *, key: Callable[[Any, Any], str], text: Callable[[Any], str], answer: bytes = b"{}") -> None:
        self.mood: Mood = "takes"
        self.reached, self.left = threading.Event(), threading.Event()
        self.came: list[tuple[Any, Any]] = []
        self._key, self._text = key, text
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if web.mood == "hangs":
                    web.reached.set()
                    with suppress(OSError):
                        self.connection.recv(1)
                    web.left.set()
                    return
                if web.mood != "fails":
                    web.came.append((self.headers, body))
                self.send_response(503 if web.mood == "fails" else 200)
                size = FLOOD if web.mood == "floods" else len(answer)
                self.send_header("Content-Length", str(size))
                self.end_headers()
                with suppress(OSError):
                    self.wfile.write(b" " * FLOOD if web.mood == "floods" else answer)

            do_PUT = do_POST  # noqa: N815  as its base calls it

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.place = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def keys(self) -> list[str]:
        return [self._key(head, body) for head, body in self.came]

    @property
    def texts(self) -> list[str]:
        return [self._text(body) for _, body in self.came]


class Mail:
    """A mail server that says of itself no more than it must."""

    def __init__(self) -> None:
        self.mood: Mood = "takes"
        self.reached, self.left = threading.Event(), threading.Event()
        self.mails: list[EmailMessage] = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                caller, _ = self.server.accept()
                threading.Thread(target=self._talk, args=(caller,), daemon=True).start()

    def _talk(self, caller: socket.socket) -> None:
        with caller, suppress(OSError), caller.makefile("rwb") as line:

            def say(words: bytes) -> None:
                line.write(words + b"\r\n")
                line.flush()

            say(b"220 hello")
            while order := line.readline():
                verb = order[:4].upper().strip()
                if verb == b"DATA":
                    self._take(line, say)
                elif verb == b"QUIT":
                    return say(b"221 bye")
                else:
                    say(b"451 not now" if verb == b"RCPT" and self.mood == "fails" else b"250 fine")
        return None

    def _take(self, line: Any, say: Callable[[bytes], None]) -> None:
        if self.mood == "hangs":
            self.reached.set()
            line.readline()
            self.left.set()
            return
        say(b"354 go")
        content = b""
        while (piece := line.readline()) not in {b".\r\n", b""}:
            content += piece.removeprefix(b".")
        self.mails.append(email.message_from_bytes(content, policy=email.policy.default))  # type: ignore[arg-type]
        say(b"250 " + (b"x" * FLOOD if self.mood == "floods" else b"taken"))

    @property
    def keys(self) -> list[str]:
        return [mail["Message-ID"].strip("<>").partition("@")[0] for mail in self.mails]

    @property
    def texts(self) -> list[str]:
        return [next(mail.iter_parts()).get_content() for mail in self.mails]  # type: ignore[attr-defined]


_PROGRAM = """\
import json, os, subprocess, sys, time
folder = {folder!r}
given = sys.stdin.read()
mood = open(folder + "/mood").read()
if mood == "hangs":
    child = subprocess.Popen(["sleep", "600"])
    with open(folder + "/pids.new", "w") as file:
        file.write(f"{{os.getpid()}} {{child.pid}}")
    os.rename(folder + "/pids.new", folder + "/pids")
    time.sleep(600)
if mood == "fails":
    print("not now")
    sys.exit(75)
if mood == "floods":
    sys.stdout.write("x" * {flood})
with open(folder + "/came", "a") as file:
    file.write(json.dumps([os.environ["MONITOR_KEY"], given]) + "\\n")
"""


class Siren:
    """A program of the desk's own, which starts another one where it hangs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "siren"
        body = _PROGRAM.format(folder=str(folder), flood=FLOOD)
        self.path.write_text(f"#!{sys.executable}\n{body}")
        self.path.chmod(0o700)
        self.mood = "takes"
        self.reached, self.left = _Claim(self._pids), _Claim(self._is_gone)

    def __setattr__(self, name: str, value: Any) -> None:  # noqa: D105
        if name == "mood":
            (self.folder / "mood").write_text(value)
        super().__setattr__(name, value)

    def _pids(self) -> list[int]:
        pids = self.folder / "pids"
        return [int(pid) for pid in pids.read_text().split()] if pids.exists() else []

    def _is_gone(self) -> bool:
        return bool(self._pids()) and not any(is_alive(pid) for pid in self._pids())

    def _came(self) -> list[list[str]]:
        came = self.folder / "came"
        return [json.loads(line) for line in came.read_text().splitlines()] if came.exists() else []

    @property
    def keys(self) -> list[str]:
        return [key for key, _ in self._came()]

    @property
    def texts(self) -> list[str]:
        return [json.loads(given)["headline"] for _, given in self._came()]


def is_alive(pid: int) -> bool:
    """Say whether a process runs; one that was killed and not yet reaped by whoever has it now does not."""
    return _stat(pid)[0] not in "ZX"


def _stat(pid: int) -> tuple[str, int]:
    """Give a process's state and its parent (proc(5)); one that is not there is as good as dead."""
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
    except (FileNotFoundError, ProcessLookupError):
        return "X", 0
    return state, int(parent)


class _Claim(threading.Event):
    """An event that has happened when a claim holds."""

    def __init__(self, claim: Callable[[], object]) -> None:
        super().__init__()
        self._claim = claim

    def wait(self, timeout: float | None = None) -> bool:
        ends_at = time.monotonic() + (timeout or 0)
        while not self._claim() and time.monotonic() < ends_at:
            time.sleep(0.02)
        return bool(self._claim())


def shown_of_markdown(source: str) -> str:
    """Read Markdown as a service does; give the letters that are seen. Fails where there is anything else but letters."""
    seen: list[str] = []
    for block in MarkdownIt("commonmark").parse(source):
        assert block.type in {"paragraph_open", "inline", "paragraph_close"}, block
        seen += ["\n"] * (block.type == "paragraph_close") + [_letters(token) for token in block.children or ()]
    return "".join(seen).replace(APART, "").strip("\n")


def _letters(token: Token) -> str:
    assert token.type in {"text", "text_special", "softbreak"}, token
    return "\n" if token.type == "softbreak" else token.content


def key_line(text: str) -> str:
    """Give the key that the last line of a message shows."""
    return text.rstrip().splitlines()[-1].removeprefix("Key:").strip()


@asynccontextmanager
async def receiving(kind: str, folder: Path, *, seconds: float = 20) -> AsyncIterator[tuple[Receiver, Opened]]:
    """Serve one receiver, with a channel to it whose deadline is ``seconds``. Where there is a secret, it is CANARY."""
    within: Any = {"deadline": timedelta(seconds=seconds)}
    async with Door(user_agent="monitor", at_once=4, now=lambda: datetime.now(UTC)) as door:
        said: list[str] = []
        means = Means(fetch=door.fetch, say=said.append)
        if kind == "log":
            desk = Desk()
            yield desk, Log(LogChannel(id=ChannelId("log")), Means(fetch=door.fetch, say=desk.say), **within)
            desk.free.set()
        elif kind == "command":
            siren = Siren(folder)
            yield siren, Command(CommandChannel(id=ChannelId("siren"), run=(str(siren.path), CANARY)), means, **within)
        elif kind == "email":
            mail = Mail()
            facts: Any = {"to": ("a@desk.example",), "sender": "monitor@desk.example", "host": "127.0.0.1", "private": True}
            channel = EmailChannel(id=ChannelId("mail"), port=mail.port, security="plain", **facts)
            yield mail, Email(channel, means, **within)
            mail.server.close()
        else:
            web = _WEBS[kind]()
            yield web, _opened(kind, web, means, within)
            web.server.shutdown()
            web.server.server_close()


def _opened(kind: str, web: Web, means: Means, within: Any) -> Opened:
    if kind == "webhook":
        url = Secret(f"http://{web.place}/{CANARY}")
        return Webhook(WebhookChannel(id=ChannelId("hook"), url=url, secret=Secret(CANARY), private=True), means, **within)
    address = {
        "json": f"json://desk:{CANARY}@{web.place}/{CANARY}?+X-Token={CANARY}",
        "ntfy": f"ntfy://desk:{CANARY}@{web.place}/{CANARY}",
        "mattermost": f"mmost://{web.place}/{CANARY * 2}",
    }[kind]
    return Push(AppriseChannel(id=ChannelId("phone"), urls=(Secret(address),), private=True), means, **within)


_WEBS: dict[str, Callable[[], Web]] = {
    "webhook": lambda: Web(key=lambda head, _: head["Idempotency-Key"], text=lambda body: body["headline"]),
    "json": lambda: Web(key=lambda _, body: key_line(body["message"]), text=lambda body: body["message"]),
    "ntfy": lambda: Web(key=lambda _, body: key_line(body["message"]), text=lambda body: body["message"]),
    "mattermost": lambda: Web(
        key=lambda _, body: key_line(shown_of_markdown(body["text"])),
        text=lambda body: shown_of_markdown(body["text"]),
        answer=b"ok",
    ),
}
KINDS = ("log", "command", "email", *_WEBS)


def children() -> set[int]:
    """Give the processes that this one has started and that still run."""
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return {pid for pid in pids if _stat(pid)[1] == os.getpid() and is_alive(pid)}
