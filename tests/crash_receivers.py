"""Those who are told, on loopback, and no better than in life: a webhook that fails now and then, mail that is greylisted."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import random
import re
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope

TOLD = re.compile(r"^([a-z]+): .*\b(N\d{4})\b", re.MULTILINE)
"""What a mail's words tell: the watch, and the mark in the headline of the story."""
MARK = re.compile(r"\bN\d{4}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An alert as a message tells it: the watch, and the mark of the story. ``key``: its own; "" where mail does not say."""

    key: str
    watch: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A receipt: which message an address took (a webhook is its own address, ""), and what alerts are in it."""

    key: str
    address: str
    alerts: tuple[Alert, ...]


TAKEN, DROPPED, HANGS = "taken", "dropped", "hangs"
"""What a receiver may do: take it; take it and go away without a word; take nothing, and say nothing either."""
_PATIENCE = 5.0
"""Seconds that a receiver hangs at most."""


class Hook:
    """A webhook on loopback that answers 500 to so large a share of the requests, by ``chance``.

    ``manner`` decides otherwise: TAKEN, DROPPED, HANGS, or the status that it answers. ``dropped``: what it took without a word.
    """

    def __init__(self, chance: random.Random, share: float) -> None:
        self.share = share
        self.manner: Callable[[], str] = lambda: TAKEN if chance.random() >= self.share else "500"
        self.dropped: Counter[tuple[str, str]] = Counter()
        self.told: list[Told] = []
        self.refused = 0
        self.unnamed = 0
        self.open: set[object] = set()
        self._deciding = threading.Lock()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                hook.open.add(self)
                super().setup()

            def finish(self) -> None:
                hook.open.discard(self)
                super().finish()

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                if len(body := self.rfile.read(length)) < length:
                    # who sent it was killed half way
                    self.close_connection = True
                    return
                hook._meet(self, json.loads(body))

            def log_message(self, *_: object) -> None:
                return

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """Say nothing: that the other side is killed is the point."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    def _meet(self, sender: BaseHTTPRequestHandler, said: dict[str, Any]) -> None:
        key = sender.headers["Idempotency-Key"]
        with self._deciding:
            manner = self.manner()
            self._take(key, said, is_taken=manner in {TAKEN, DROPPED})
            self.dropped[key, ""] += manner == DROPPED
        if manner in {DROPPED, HANGS}:
            _leave(sender, _PATIENCE if manner == HANGS else 0)
            return
        sender.send_response(204 if manner == TAKEN else int(manner))
        if manner == "429":
            sender.send_header("Retry-After", "600")
        sender.send_header("Content-Length", "0")
        sender.end_headers()

    def _take(self, key: str | None, said: dict[str, Any], *, is_taken: bool) -> None:
        if not is_taken:
            self.refused += 1
            return
        self.unnamed += key is None or key != said["key"]
        alerts = tuple(
            Alert(key=alert["key"], watch=alert["watch"], mark=mark)
            for alert in said.get("alerts", ())
            for mark in MARK.findall(alert["headline"])
            if alert["occasion"] == "first"
        )
        self.told.append(Told(key=key or "", address="", alerts=alerts))

    @contextmanager
    def serving(self) -> Iterator[Hook]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()


def _leave(sender: BaseHTTPRequestHandler, seconds: float) -> None:
    """Say nothing more; ``seconds``: for so long, or until the other side has gone."""
    sender.close_connection = True
    if seconds:
        sender.connection.settimeout(seconds)
        with suppress(OSError):
            sender.connection.recv(1)


class Post:
    """A mail server that takes each message at its second try, now and then not for every address, and never for a busy one.

    ``manner`` may do worse: DROPPED, HANGS, or a line of SMTP that refuses the message; TAKEN: it goes the usual way.
    """

    def __init__(self, chance: random.Random, share: float) -> None:
        self.told: list[Told] = []
        self.refused = 0
        self.open: set[object] = set()
        self.busy: set[str] = set()
        self.manner: Callable[[], str] = lambda: TAKEN
        self.dropped: Counter[tuple[str, str]] = Counter()
        self._met: set[str] = set()
        self._chance = chance
        self.share = share

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:  # noqa: N802 - aiosmtpd calls it so
        if address in self.busy or (envelope.rcpt_tos and self._chance.random() < self.share):
            return "451 this address is busy, come back later"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802 - the same
        assert isinstance(envelope.content, bytes)
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        key = mail["Message-ID"].strip().removeprefix("<").partition("@")[0]
        if key not in self._met:
            self._met.add(key)
            self.refused += 1
            return "451 greylisted, come back later"
        manner = self.manner()
        if manner not in {TAKEN, DROPPED}:
            self.refused += 1
            if manner != HANGS:
                return manner
            await asyncio.sleep(_PATIENCE)
            return "451 not today"
        if manner == DROPPED:
            self.dropped.update((key, address) for address in envelope.rcpt_tos)
            server.transport.abort()
        assert isinstance(mail, EmailMessage)
        body = mail.get_body(("plain",))
        words = body.get_content() if body else ""
        alerts = tuple(Alert(key="", watch=watch, mark=mark) for watch, mark in TOLD.findall(words))
        self.told += [Told(key=key, address=address, alerts=alerts) for address in envelope.rcpt_tos]
        return "250 taken"


class _Lines(SMTP):
    """Counts who is connected."""

    def connection_made(self, transport: Any) -> None:
        self.event_handler.open.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.event_handler.open.discard(self)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Lines(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        with socket.create_connection((self.hostname, self.port), timeout=5):
            pass


@contextmanager
def taking_mail(post: Post) -> Iterator[int]:
    """Take mail at the port that is given."""
    controller = _Controller(post, hostname="127.0.0.1", port=0, ready_timeout=30)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
