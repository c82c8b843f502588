"""The control socket `<state>/control.sock`: one JSON line a request, one a reply. For commands that need the running daemon."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import MonitorError

LONGEST = 4096
"""Bytes of a request."""
LONGEST_REPLY = 1 << 20
"""Bytes of a reply: a config.toml can have many faults, and all of them are told."""
PATIENCE = 5.0
"""Seconds that a client has for its request."""
AT_ONCE = 32
"""So many are answered at the same time; who comes beside them is sent away, or one client could take every descriptor."""
LARGEST = 2**63 - 1
"""The largest whole number that the database takes."""
LONGEST_ADDRESS = 100
MODE = 0o660
_TYPES: Mapping[type[str | int], str] = {str: "a text", int: "a whole number"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the daemon answers. ``says``: one line for the person who asked."""

    ok: bool
    says: str


Answer = Callable[[], Awaitable[Reply]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An answer to a request that says more than its name. ``takes``: what else stands in it, all of it wanted: name and type."""

    answer: Callable[..., Awaitable[Reply]]
    takes: Mapping[str, type[str | int]]


class Control:
    """Listens for requests: a JSON line ``{"do": NAME}``, NAME being one of the answers given, with what that one takes."""

    def __init__(self, state: Path, **answers: Answer | Asked) -> None:
        """Take the folder of the socket and what can be asked for."""
        self._path = state / "control.sock"
        self._answers = {
            name: answer if isinstance(answer, Asked) else Asked(answer=answer, takes={}) for name, answer in answers.items()
        }
        self._server: asyncio.Server | None = None
        self._busy = 0

    async def start(self) -> str | None:
        """Listen; give the reason, one line, where that can't be done: everything else works without the socket.

        The lock of the database is held, so a socket that stands there is a dead one.
        """
        try:
            self._path.unlink(missing_ok=True)
            with _short(self._path) as path:
                self._server = await asyncio.start_unix_server(self._serve, path=path, limit=LONGEST)
                os.chmod(path, MODE)  # noqa: PTH101  a path into /proc/self/fd is not for pathlib
        except OSError as error:
            await self.stop()
            return f"{self._path}: can't be listened on: {error.strerror or error}"
        return None

    async def stop(self) -> None:
        """Listen no more. Does nothing where nothing listens."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._busy += 1
        try:
            reply = _TOO_MANY if self._busy > AT_ONCE else await self._reply(await _request(reader))
            writer.write(json.dumps({"ok": reply.ok, "says": reply.says}).encode() + b"\n")
            await asyncio.wait_for(writer.drain(), timeout=PATIENCE)
        except (OSError, TimeoutError):
            # who asked has gone, or takes no answer
            writer.transport.abort()
        finally:
            self._busy -= 1
            writer.close()

    async def _reply(self, request: object) -> Reply:
        if not isinstance(request, dict):
            return Reply(ok=False, says="not a request")
        name = request.get("do")
        asked = self._answers.get(name) if isinstance(name, str) else None
        if not asked:
            return Reply(ok=False, says=f"no such request; there are: {', '.join(self._answers)}")
        said = {key: value for key, value in request.items() if key != "do"}
        # by its very type: JSON's true is a whole number to Python
        if {key: type(value) for key, value in said.items()} != asked.takes:
            wanted = ", ".join(f"{key} ({_TYPES[kind]})" for key, kind in asked.takes.items()) or "nothing more"
            return Reply(ok=False, says=f"{name} takes {wanted}")
        if any(isinstance(value, int) and abs(value) > LARGEST for value in said.values()):
            return Reply(ok=False, says="there is no such number")
        try:
            return await asked.answer(**said)
        except MonitorError as error:
            return Reply(ok=False, says=str(error))


_TOO_MANY = Reply(ok=False, says="too many ask at once; try again in a moment")


async def _request(reader: asyncio.StreamReader) -> object:
    """Read one line of JSON; None where none comes in time, or what comes is none."""
    try:
        return json.loads(await asyncio.wait_for(reader.readline(), timeout=PATIENCE))
    except (OSError, ValueError, RecursionError):
        return None


def ask(state: Path, name: str, **said: str | int) -> Reply | None:
    """Ask the running daemon to do something, and wait at most 30 s for its reply; None where none listens, or answers."""
    return _asked(state, {"do": name, **said}, seconds=30)


def ask_shortly(state: Path, name: str) -> Reply | None:
    """Ask as `ask` does, and wait 2 s only: for what a person can do without, of a daemon that may hang."""
    return _asked(state, {"do": name}, seconds=2)


def _asked(state: Path, request: Mapping[str, str | int], *, seconds: float) -> Reply | None:
    with contextlib.suppress(OSError, ValueError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as to:
        to.settimeout(seconds)
        with _short(state / "control.sock") as path:
            to.connect(path)
        to.sendall(json.dumps(request).encode() + b"\n")
        with to.makefile("rb") as answer:
            reply = json.loads(answer.readline(LONGEST_REPLY))
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
