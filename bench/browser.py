"""A file and the size of a screen → what a reader sees of it: a picture, a PDF, an answer to a question asked of the page.

Drives the Chromium of this machine over two pipes, in the DevTools protocol: one JSON object a message, a NUL after each.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, Self

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PATIENCE: Final = 60
"""Seconds in which a browser must have ended."""
_READS_AT, _WRITES_AT = 3, 4
"""The file descriptors on which the browser listens and speaks."""


class NoBrowserError(Exception):
    """No Chromium is found on PATH."""


class BrowserError(Exception):
    """The browser said that something could not be done, or ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What a page is looked at with. ``width``, ``height``: CSS pixels."""

    width: int
    height: int = 900
    colours: Literal["light", "dark"] = "light"
    medium: Literal["screen", "print"] = "screen"


def program() -> str:
    """Give the path of this machine's Chromium. Raises NoBrowserError."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    raise NoBrowserError(f"no Chromium on PATH (looked for {', '.join(NAMES)})")


@dataclass
class Browser:
    """One browser with one page, for as long as the ``with`` lasts. ``requested``: every address that the page asked for."""

    requested: list[str] = field(default_factory=list)
    _asked: int = 0
    _session: str = ""
    _unread: bytes = b""

    def __enter__(self) -> Self:
        """Start it, with a folder of its own."""
        self._folder = tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True)
        to_browser, self._to = os.pipe()
        self._from, from_browser = os.pipe()
        # it may be root here, for whom the sandbox would not start; pages are files of our own
        flags = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe")
        script = f'exec "$@" {_READS_AT}<&{to_browser} {_WRITES_AT}>&{from_browser}'
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", script, "browser", program(), *flags, f"--user-data-dir={self._folder.name}"],
            pass_fds=(to_browser, from_browser),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime"):
            self._ask(f"{domain}.enable")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End it, and take its folder away."""
        with suppress(BrowserError, OSError):
            self._ask("Browser.close")
        os.close(self._to)
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._from)
        self._folder.cleanup()

    def open(self, path: Path, screen: Screen) -> None:
        """Show a file, as large as the screen; what it asked for stands in ``requested`` afterwards, the file itself left out."""
        self.resize(screen)
        self.requested.clear()
        address = path.resolve().as_uri()
        self._ask("Page.navigate", url=address)
        self._await("Page.loadEventFired")
        # whatever it would ask for late, or draw late, it has done by the second frame
        self.ask("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")
        self.requested[:] = [one for one in self.requested if one != address]

    def resize(self, screen: Screen) -> None:
        """Take another screen, or other colours, or paper."""
        self._ask(
            "Emulation.setDeviceMetricsOverride", width=screen.width, height=screen.height, deviceScaleFactor=1, mobile=False
        )
        features = [{"name": "prefers-color-scheme", "value": screen.colours}]
        self._ask("Emulation.setEmulatedMedia", media=screen.medium, features=features)

    def ask(self, expression: str) -> Any:  # noqa: ANN401 - whatever JSON the page answers
        """Give what a JavaScript expression comes to, promises awaited. The page's own policy does not bind the question."""
        answer = self._ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise BrowserError(json.dumps(answer["exceptionDetails"])[:2000])
        return answer["result"].get("value")

    def picture(self) -> bytes:
        """Give a PNG of the whole page, however long."""
        return base64.b64decode(self._ask("Page.captureScreenshot", captureBeyondViewport=True)["data"])

    def pdf(self) -> bytes:
        """Give the page as it would be printed."""
        return base64.b64decode(self._ask("Page.printToPDF", printBackground=False, preferCSSPageSize=True)["data"])

    def _ask(self, method: str, **parameters: object) -> dict[str, Any]:
        self._asked += 1
        session = {"sessionId": self._session} if self._session else {}
        message = json.dumps({"id": self._asked, "method": method, "params": parameters} | session).encode() + b"\0"
        while message:
            message = message[os.write(self._to, message) :]
        while (answer := self._next()).get("id") != self._asked:
            pass
        if "error" in answer:
            raise BrowserError(f"{method}: {answer['error'].get('message')}")
        return dict(answer["result"])

    def _await(self, event: str) -> None:
        while self._next().get("method") != event:
            pass

    def _next(self) -> dict[str, Any]:
        """Read one message; what the page asks for is noted on the way."""
        while b"\0" not in self._unread:
            if not (read := os.read(self._from, 1 << 16)):
                raise BrowserError("the browser ended")
            self._unread += read
        line, _, self._unread = self._unread.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        if message.get("method") == "Network.requestWillBeSent":
            self.requested.append(message["params"]["request"]["url"])
        return message
