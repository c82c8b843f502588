"""Small real servers on loopback: an outlet made by hand, a webhook that records, and feeds to fill them with."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Site:
    """A web site on loopback: `pages` by path, `posts` as they came. A page is bytes, or an int: that status.

    ``moved``: where a path is sent on to. ``lies``: every conditional request is answered "not modified"; ``tags``: where that
    is true. ``passes``: what came in X-Pass, by path. ``members``: paths that are open to one Cookie only.
    """

    def __init__(self) -> None:
        self.pages: dict[str, bytes | int] = {}
        self.asked: list[str] = []
        self.posts: list[dict[str, Any]] = []
        self.fail_posts = 0
        self.post_status = 204
        self.refused = 0
        self.moved: dict[str, str] = {}
        self.lies = False
        self.tags = False
        self.passes: list[tuple[str, str | None]] = []
        self.members: dict[str, str] = {}
        self.cookies: list[tuple[str, str]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.asked.append(self.path)
                site.passes.append((self.path, self.headers["X-Pass"]))
                if self.path in site.moved:
                    self.send_response(302)
                    self.send_header("Location", site.moved[self.path])
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                cookie = self.headers["Cookie"]
                site.cookies += [(self.path, cookie)] if cookie else []
                is_open = site.members.get(self.path, cookie) == cookie
                page = site.pages.get(self.path, 404) if is_open else 403
                status, body = (page, b"") if isinstance(page, int) else (200, page)
                tag = f'"{hashlib.sha256(body).hexdigest()[:8]}"' if site.tags else '"never changes"'
                asked = self.headers["If-None-Match"]
                if asked and (site.lies or (site.tags and asked == tag)):
                    self.send_response(304)
                    self.end_headers()
                    return
                self.send_response(status)
                self.send_header("Content-Type", "application/xml" if self.path.endswith(".xml") else "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                if site.lies or site.tags:
                    self.send_header("ETag", tag)
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if site.fail_posts or site.post_status != 204:
                    site.fail_posts -= bool(site.fail_posts)
                    site.refused += 1
                    self.send_response(500 if site.post_status == 204 else site.post_status)
                else:
                    site.posts.append(json.loads(body))
                    self.send_response(204)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def told(self) -> list[str]:
        """The keys of every alert that came by POST, repeats included."""
        return [alert["key"] for post in self.posts for alert in post["alerts"]]

    @contextmanager
    def serving(self) -> Iterator[Site]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()


def rss(*items: tuple[str, str, str], title: str = "Orontes Post", now: datetime | None = None) -> bytes:
    """Write an RSS 2.0 feed of (headline, link, description), all dated now."""
    date = format_datetime(now or datetime.now(UTC))
    body = "".join(
        f"<item><title>{headline}</title><link>{link}</link><guid>{link}</guid>"
        f"<description>{description}</description><pubDate>{date}</pubDate></item>"
        for headline, link, description in items
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{title}</title>{body}</channel></rss>'.encode()
    )


def page(headline: str, *paragraphs: str, aside: str = "") -> bytes:
    """Write a plain HTML page."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    head = f"<!doctype html><html><head><title>{headline}</title></head>"
    return f"{head}<body><nav>{aside}</nav><h1>{headline}</h1>{text}</body></html>".encode()
