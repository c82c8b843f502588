"""The control socket `<state>/control.sock`: one JSON line a request, one a reply. For commands that need the running daemon."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

LONGEST = 4096
LONGEST_ADDRESS = 100
MODE = 0o660


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the daemon answers. ``says``: one line for the person who asked."""

    ok: bool
    says: str


Answer = Callable[[], Awaitable[Reply]]


class Control:
    """Listens for requests: a JSON line ``{"do": NAME}``, NAME being one of the answers given."""

    def __init__(self, state: Path, **answers: Answer) -> None:
        """Take the folder of the socket and what can be asked for."""
        self._path = state / "control.sock"
        self._answers = answers
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen. The lock of the database is held, so a socket that stands there is a dead one."""
        self._path.unlink(missing_ok=True)
        with _short(self._path) as path:
            self._server = await asyncio.start_unix_server(self._serve, path=path, limit=LONGEST)
            os.chmod(path, MODE)  # noqa: PTH101  a path into /proc/self/fd is not for pathlib

    async def stop(self) -> None:
        """Listen no more."""
        if self._server:
            self._server.close()
        self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reply = Reply(ok=False, says="not a request")
        with contextlib.suppress(OSError, ValueError, TimeoutError):
            line = await asyncio.wait_for(reader.readline(), timeout=5)
            request = json.loads(line)
            name = request.get("do") if isinstance(request, dict) else None
            answer = self._answers.get(name) if isinstance(name, str) else None
            reply = await answer() if answer else Reply(ok=False, says=f"no such request; there are: {', '.join(self._answers)}")
        with contextlib.suppress(OSError):
            writer.write(json.dumps({"ok": reply.ok, "says": reply.says}).encode() + b"\n")
            await writer.drain()
            writer.close()


def ask(state: Path, name: str) -> Reply | None:
    """Ask the running daemon to do something, and wait for its reply at most 30 s; None where none listens."""
    with contextlib.suppress(OSError, ValueError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as to:
        to.settimeout(30)
        with _short(state / "control.sock") as path:
            to.connect(path)
        to.sendall(json.dumps({"do": name}).encode() + b"\n")
        with to.makefile("rb") as answer:
            reply = json.loads(answer.readline(LONGEST))
        return Reply(ok=bool(reply["ok"]), says=str(reply["says"]))
    return None


@contextlib.contextmanager
def _short(path: Path) -> Iterator[str]:
    """Name a path in a few letters: a socket's address holds 107 bytes at most (unix(7)), and state folders run deep."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        through = f"/proc/self/fd/{folder}/{path.name}"
        yield through if len(os.fsencode(path)) > LONGEST_ADDRESS and Path("/proc/self/fd").exists() else str(path)
    finally:
        os.close(folder)
