"""The control socket: what is asked of the running daemon, over real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import stat
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from monitor import control
from monitor.control import Answer, Asked, Control, Reply, ask
from monitor.errors import StoreError

DEADLINE = 20.0
FAULTS = "\n".join(f"config.toml:{line}: outlets.x{line}: is no address" for line in range(1, 2000))


async def _greet() -> Reply:
    return Reply(ok=True, says="Good morning — صباح الخير")


async def _full() -> Reply:
    raise StoreError("the disk is full")


async def _faults() -> Reply:
    return Reply(ok=False, says=FAULTS)


async def _broken() -> Reply:
    raise ZeroDivisionError


@contextlib.contextmanager
def _closed_to_this_user(folder: Path) -> Iterator[None]:
    """Root may write everywhere, so where the tests run as root, this part runs as nobody."""
    root = os.geteuid() == 0
    folder.chmod(0o555)
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)


@contextlib.asynccontextmanager
async def _listening(state: Path, **answers: Answer | Asked) -> AsyncIterator[Control]:
    listening = Control(state, **answers)
    assert await listening.start() is None
    yield listening
    await listening.stop()


async def _said(state: Path, request: bytes) -> dict[str, object]:
    reader, writer = await asyncio.open_unix_connection(state / "control.sock")
    writer.write(request)
    writer.write_eof()
    async with asyncio.timeout(DEADLINE):
        line = await reader.readline()
    writer.close()
    reply = json.loads(line)
    assert isinstance(reply, dict)
    return reply


async def test_who_asks_gets_the_answer(tmp_path: Path) -> None:
    async with _listening(tmp_path, greet=_greet):
        assert await asyncio.to_thread(ask, tmp_path, "greet") == Reply(ok=True, says="Good morning — صباح الخير")


async def test_an_answer_as_long_as_a_bad_config_arrives_whole(tmp_path: Path) -> None:
    async with _listening(tmp_path, reload=_faults):
        assert await asyncio.to_thread(ask, tmp_path, "reload") == Reply(ok=False, says=FAULTS)


async def test_a_state_folder_may_lie_deep(tmp_path: Path) -> None:
    state = tmp_path / ("d" * 100) / ("e" * 100)
    state.mkdir(parents=True)
    async with _listening(state, greet=_greet):
        assert (state / "control.sock").is_socket()
        assert stat.S_IMODE((state / "control.sock").stat().st_mode) == 0o660
        assert await asyncio.to_thread(ask, state, "greet") == await _greet()
    assert not (state / "control.sock").exists()
    assert ask(state, "greet") is None


@pytest.mark.parametrize(
    ("request_line", "says"),
    [
        (b'{"do": "sing"}\n', "no such request; there are: greet, full"),
        (b'{"do": ["greet"]}\n', "no such request; there are: greet, full"),
        (b'{"do": "start"}\n', "no such request; there are: greet, full"),
        (b"{}\n", "no such request; there are: greet, full"),
        (b'["do"]\n', "not a request"),
        (b"do greet\n", "not a request"),
        (b"\xff\xfe\n", "not a request"),
        (b"\n", "not a request"),
        (b"", "not a request"),
        (b'{"do": "greet"', "not a request"),
        (b"[" * 4000 + b"\n", "not a request"),
        (b'{"do":' * 600 + b"\n", "not a request"),
        (b"9" * 4090 + b"\n", "not a request"),
        (b"9" * 5000 + b"\n", "not a request"),
        (b'{"do": "full"}\n', "the disk is full"),
    ],
)
async def test_what_is_asked_wrongly_is_answered_too(tmp_path: Path, request_line: bytes, says: str) -> None:
    troubles: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, trouble: troubles.append(trouble))
    async with _listening(tmp_path, greet=_greet, full=_full):
        assert await _said(tmp_path, request_line) == {"ok": False, "says": says}
        assert (await _said(tmp_path, b'{"do": "greet"}\n'))["ok"]
    assert not troubles


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"watch": "idlib", "seconds": 60}, "idlib 60"),
        ({"watch": "idlib"}, "mute takes watch (a text), seconds (a whole number)"),
        ({"watch": "idlib", "seconds": "60"}, "mute takes watch (a text), seconds (a whole number)"),
        ({"watch": "idlib", "seconds": True}, "mute takes watch (a text), seconds (a whole number)"),
        ({"watch": ["idlib"], "seconds": 60}, "mute takes watch (a text), seconds (a whole number)"),
        ({"watch": "idlib", "seconds": 60, "more": 1}, "mute takes watch (a text), seconds (a whole number)"),
    ],
)
async def test_what_is_said_with_a_request_is_checked(tmp_path: Path, said: dict[str, object], says: str) -> None:
    async def mute(*, watch: str, seconds: int) -> Reply:
        return Reply(ok=True, says=f"{watch} {seconds}")

    async with _listening(tmp_path, greet=_greet, mute=Asked(answer=mute, takes={"watch": str, "seconds": int})):
        assert (await _said(tmp_path, json.dumps({"do": "mute", **said}).encode() + b"\n"))["says"] == says
        extra = await _said(tmp_path, b'{"do": "greet", "loudly": 1}\n')
        assert extra == {"ok": False, "says": "greet takes nothing more"}


async def test_who_says_nothing_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with _listening(tmp_path, greet=_greet):
        reader, writer = await asyncio.open_unix_connection(tmp_path / "control.sock")
        assert (await _said(tmp_path, b'{"do": "greet"}\n'))["ok"]
        writer.close()
        monkeypatch.setattr(control, "PATIENCE", 0.1)
        reader, writer = await asyncio.open_unix_connection(tmp_path / "control.sock")
        async with asyncio.timeout(DEADLINE):
            assert json.loads(await reader.readline()) == {"ok": False, "says": "not a request"}
            assert await reader.read() == b""
        writer.close()


async def test_a_number_that_no_database_holds_is_answered_and_never_asked_of_it(tmp_path: Path) -> None:
    async def ack(*, item: int) -> Reply:
        return Reply(ok=True, says=str(item))

    async with _listening(tmp_path, ack=Asked(answer=ack, takes={"item": int})):
        for number, ok in ((10**22, False), (-(10**22), False), (2**63, False), (2**63 - 1, True)):
            said = await _said(tmp_path, json.dumps({"do": "ack", "item": number}).encode() + b"\n")
            assert said == {"ok": ok, "says": str(number) if ok else "there is no such number"}


async def test_a_crowd_that_says_nothing_takes_no_more_than_its_places_and_leaves_them_again(tmp_path: Path) -> None:
    async with _listening(tmp_path, greet=_greet):
        crowd = [await asyncio.open_unix_connection(tmp_path / "control.sock") for _ in range(control.AT_ONCE)]
        assert (await _said(tmp_path, b'{"do": "greet"}\n'))["says"] == "too many ask at once; try again in a moment"
        for _, writer in crowd:
            writer.close()
        async with asyncio.timeout(DEADLINE):
            while not (await _said(tmp_path, b'{"do": "greet"}\n'))["ok"]:
                pass


async def test_who_reads_no_answer_holds_a_place_for_a_moment_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def long() -> Reply:
        return Reply(ok=True, says="x" * control.LONGEST_REPLY)

    monkeypatch.setattr(control, "PATIENCE", 1.0)
    monkeypatch.setattr(control, "AT_ONCE", 1)
    async with _listening(tmp_path, long=long, greet=_greet):
        with socket.socket(socket.AF_UNIX) as deaf:
            deaf.connect(str(tmp_path / "control.sock"))
            deaf.sendall(b'{"do": "long"}\n')
            async with asyncio.timeout(DEADLINE):
                while (await _said(tmp_path, b'{"do": "greet"}\n'))["ok"]:
                    pass
                while not (await _said(tmp_path, b'{"do": "greet"}\n'))["ok"]:
                    pass


async def test_who_hangs_up_at_once_does_no_harm(tmp_path: Path) -> None:
    troubles: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, trouble: troubles.append(trouble))
    async with _listening(tmp_path, greet=_greet):
        for request in (b"", b'{"do": "greet"}\n'):
            with socket.socket(socket.AF_UNIX) as gone:
                gone.connect(str(tmp_path / "control.sock"))
                gone.sendall(request)
        assert (await _said(tmp_path, b'{"do": "greet"}\n'))["ok"]
    assert not troubles


async def test_an_answer_that_breaks_leaves_nobody_waiting(tmp_path: Path) -> None:
    troubles: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, trouble: troubles.append(trouble))
    async with _listening(tmp_path, broken=_broken, greet=_greet):
        async with asyncio.timeout(DEADLINE):
            assert await asyncio.to_thread(ask, tmp_path, "broken") is None
        assert (await _said(tmp_path, b'{"do": "greet"}\n'))["ok"]
    assert len(troubles) == 1


async def test_a_dead_socket_is_replaced(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "control.sock"))
    assert ask(tmp_path, "greet") is None
    async with _listening(tmp_path, greet=_greet):
        assert await asyncio.to_thread(ask, tmp_path, "greet") == await _greet()


async def test_a_folder_in_the_way_is_a_reason_and_no_crash(tmp_path: Path) -> None:
    (tmp_path / "control.sock").mkdir()
    listening = Control(tmp_path, greet=_greet)
    reason = await listening.start()
    assert reason
    assert reason.startswith(f"{tmp_path}/control.sock: can't be listened on: ")
    assert "\n" not in reason
    await listening.stop()
    assert (tmp_path / "control.sock").is_dir()


async def test_a_folder_that_is_not_there_is_a_reason_and_no_crash(tmp_path: Path) -> None:
    listening = Control(tmp_path / "gone", greet=_greet)
    assert "No such file" in str(await listening.start())
    await listening.stop()


async def test_a_folder_that_may_not_be_written_is_a_reason_and_no_crash(tmp_path: Path) -> None:
    listening = Control(tmp_path, greet=_greet)
    with _closed_to_this_user(tmp_path):
        reason = await listening.start()
    assert "ermission denied" in str(reason)
    await listening.stop()


async def test_what_was_stopped_can_be_stopped_again_and_its_socket_is_gone(tmp_path: Path) -> None:
    async with _listening(tmp_path, greet=_greet) as listening:
        await listening.stop()
        assert not (tmp_path / "control.sock").exists()
        # what another put there since is not ours to take away
        (tmp_path / "control.sock").write_text("")
    assert (tmp_path / "control.sock").exists()
