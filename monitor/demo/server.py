"""The demo's outlets, each served on a loopback port of its own. The only module of the demo that opens sockets.

HTTP/1.1 (RFC 9110): validators and 304, gzip where it is asked for, one answer a connection.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import socket
import socketserver
import sys
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from monitor.demo import feeds, pages
from monitor.demo.outlets import DATA, DemoOutlet, demo_outlets
from monitor.model import OutletId


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an outlet says to one request, before validators and coding. ``changed_at``: UTC; None: no Last-Modified."""

    status: int
    content_type: str
    body: bytes
    changed_at: datetime | None = None


class DemoServer:
    """Serves every outlet of the demo from ``with`` to its end. ``start``: what their dates are relative to (aware)."""

    def __init__(self, start: datetime) -> None:
        """Take a port for each outlet; nothing is answered yet."""
        self.start = start.astimezone(UTC)
        self._is_edited = False
        self._requests: list[tuple[OutletId, str]] = []
        self._ports = tuple(_Port(self, outlet) for outlet in demo_outlets())
        self._threads: tuple[threading.Thread, ...] = ()

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._threads = tuple(threading.Thread(target=port.serve_forever, args=(0.05,), daemon=True) for port in self._ports)
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop answering; every port is closed and every thread has ended when this returns."""
        for port in self._ports:
            port.shutdown()
            port.server_close()
        for thread in self._threads:
            thread.join()

    @property
    def requests(self) -> tuple[tuple[OutletId, str], ...]:
        """(outlet, path with query) of every request so far, in order of arrival."""
        return tuple(self._requests)

    def edit(self) -> None:
        """Move the outlets to their second state: one item, its entry and its page, is edited. Nothing else changes."""
        self._is_edited = True

    def home(self, outlet_id: OutletId) -> str:
        """Give an outlet's address, without a slash at the end."""
        return next(port.home for port in self._ports if port.outlet.id == outlet_id)

    def config_text(self, *, state: str) -> str:
        """Write a config.toml for these outlets. ``state``: the directory for the database and digests."""
        desk = (DATA / "desk.toml").read_text(encoding="utf-8")
        lines = "\n".join(_config_line(port.outlet, port.home) for port in self._ports)
        return f"state    = {_quoted(state)}\n{desk}\n[outlets]\n{lines}\n"

    def answer(self, outlet: DemoOutlet, home: str, path: str) -> Answer:
        """Say what an outlet answers to a path, and remember that it was asked."""
        self._requests.append((outlet.id, path))
        if path == outlet.feed_path:
            return self._feed(outlet, home)
        if path == "/":
            front = pages.front(outlet, home=home, start=self.start, is_edited=self._is_edited)
            return Answer(status=200, content_type=pages.CONTENT_TYPE, body=front)
        item = next((item for item in outlet.items if outlet.path(item) == path), None)
        if item is None or item.page_status != HTTPStatus.OK:
            return Answer(status=item.page_status if item else 404, content_type=pages.CONTENT_TYPE, body=pages.not_found(outlet))
        body = pages.page(outlet, item, home=home, start=self.start, is_edited=self._is_edited)
        changed_at = item.updated(self.start, is_edited=self._is_edited)
        return Answer(status=200, content_type=pages.CONTENT_TYPE, body=body, changed_at=changed_at)

    def _feed(self, outlet: DemoOutlet, home: str) -> Answer:
        if outlet.feed_status != HTTPStatus.OK:
            return Answer(status=outlet.feed_status, content_type="text/plain; charset=utf-8", body=b"Service unavailable\n")
        body = feeds.feed(outlet, home=home, start=self.start, is_edited=self._is_edited)
        changed_at = feeds.changed_at(outlet, self.start, is_edited=self._is_edited)
        return Answer(status=200, content_type=feeds.CONTENT_TYPES[outlet.format], body=body, changed_at=changed_at)


class _Port(ThreadingHTTPServer):
    """One outlet's port. Threads are joined on close; each ends with its one answer, or after the handler's timeout."""

    daemon_threads = False
    request_queue_size = 64

    def __init__(self, demo: DemoServer, outlet: DemoOutlet) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.demo = demo
        self.outlet = outlet
        self.home = f"http://127.0.0.1:{self.server_port}"

    def server_bind(self) -> None:
        # HTTPServer's own would ask the resolver for this machine's name, which takes seconds where there is no network
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        """Say nothing of a client that left; anything else is a fault of the demo and is shown."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "demo"
    sys_version = ""
    timeout = 5
    server: _Port

    def do_GET(self) -> None:
        answer = self.server.demo.answer(self.server.outlet, self.server.home, self.path)
        body, coding = answer.body, None
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            body, coding = gzip.compress(body, mtime=0), "gzip"
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        is_unchanged = answer.status == HTTPStatus.OK and self._is_known(etag, answer.changed_at)
        self.send_response(HTTPStatus.NOT_MODIFIED if is_unchanged else answer.status)
        if answer.status == HTTPStatus.OK:
            self._send_validators(etag, answer.changed_at)
        if not is_unchanged:
            self._send_body_headers(answer.content_type, len(body), coding)
        self.send_header("Vary", "Accept-Encoding")
        self.send_header("Connection", "close")
        self.end_headers()
        if not is_unchanged:
            self.wfile.write(body)

    def log_message(self, *_args: object, **_named: object) -> None:
        """Print nothing: the terminal belongs to the monitor."""

    def _is_known(self, etag: str, changed_at: datetime | None) -> bool:
        # RFC 9110 §13.2.2: where If-None-Match is given, If-Modified-Since is ignored
        if known := self.headers.get("If-None-Match"):
            return etag in known
        since = self.headers.get("If-Modified-Since")
        if since is None or changed_at is None:
            return False
        try:
            return changed_at <= parsedate_to_datetime(since)
        except (TypeError, ValueError):
            return False

    def _send_validators(self, etag: str, changed_at: datetime | None) -> None:
        self.send_header("ETag", etag)
        if changed_at:
            self.send_header("Last-Modified", format_datetime(changed_at, usegmt=True))

    def _send_body_headers(self, content_type: str, length: int, coding: str | None) -> None:
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(length))
        if coding:
            self.send_header("Content-Encoding", coding)


def _config_line(outlet: DemoOutlet, home: str) -> str:
    options = [f"feed = {_quoted(home + outlet.feed_path)}", f"name = {_quoted(outlet.name)}"]
    if outlet.is_language_listed:
        options.append(f"lang = {_quoted(outlet.language)}")
    if outlet.label:
        options.append(f"label = {_quoted(outlet.label)}")
    return f"{outlet.id} = {{ {', '.join(options)} }}"


def _quoted(text: str) -> str:
    # JSON's escapes are TOML's too, but for DEL, which TOML wants escaped
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
