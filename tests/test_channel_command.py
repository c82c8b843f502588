"""A program of the desk's own: what it is given, what its end means, and what never outlives it."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from receivers import CANARY, PATIENCE, children, is_alive

from monitor.channels import faults
from monitor.channels.command import Command
from monitor.channels.opened import Means
from monitor.channels.process import Ended, Program, attended
from monitor.errors import DeliveryError
from monitor.fetch import Door
from monitor.model import ChannelId, CommandChannel, Message

MESSAGE = Message(key="0" * 32, subject="idlib: Rain", text="", html="", json='{"headline": "أمطار $(id) `id` \'; exit 3"}')


def program(folder: Path, body: str) -> str:
    path = folder / "siren"
    path.write_text(f"#!{sys.executable}\nimport os, sys, time\n{body}\n")
    path.chmod(0o700)
    return str(path)


def command(*run: str, seconds: float = 20) -> Command:
    channel = CommandChannel(id=ChannelId("siren"), run=run)
    return Command(channel, Means(fetch=Door.fetch, say=print), deadline=timedelta(seconds=seconds))  # type: ignore[arg-type]


async def failure_of(channel: Command) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await channel.deliver(MESSAGE)
    assert "\n" not in caught.value.detail
    return caught.value


async def test_a_program_is_given_the_alert_its_words_and_nothing_of_the_monitors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/systemd/notify")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/run/credentials/monitor.service")
    monkeypatch.setenv("DESK_PHONE_URL", CANARY)
    kept = os.open(tmp_path, os.O_RDONLY)
    os.set_inheritable(kept, True)  # noqa: FBT003  as os has it
    seen = tmp_path / "seen.json"
    body = (
        "import json\n"
        "told = {'args': sys.argv[1:], 'given': sys.stdin.buffer.read().decode(), 'env': dict(os.environ), 'cwd': os.getcwd(),"
        " 'fds': sorted(int(fd) for fd in os.listdir('/proc/self/fd')), 'session': os.getsid(0) == os.getpid()}\n"
        f"open({str(seen)!r}, 'w').write(json.dumps(told))"
    )
    try:
        await command(program(tmp_path, body), "--loud", "$(id)", "").deliver(MESSAGE)
    finally:
        os.close(kept)
    told = json.loads(seen.read_text())
    assert (told["args"], told["given"]) == (["--loud", "$(id)", ""], MESSAGE.json)
    assert (told["env"]["MONITOR_KEY"], told["env"]["MONITOR_CHANNEL"]) == (MESSAGE.key, "siren")
    assert set(told["env"]) <= {"PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "MONITOR_KEY", "MONITOR_CHANNEL"}
    assert (told["cwd"], told["session"], kept in told["fds"]) == ("/", True, False)
    assert CANARY not in json.dumps(told)


@pytest.mark.parametrize(
    ("body", "retryable", "says"),
    [
        ("sys.exit(75)", True, "siren ended with exit code 75"),
        ("sys.exit(1)", False, "siren ended with exit code 1"),
        ("print('no\\x07 line\\nleft', file=sys.stderr); sys.exit(2)", False, "siren ended with exit code 2: no line left"),
        ("os.kill(os.getpid(), 9)", True, "siren died of SIGKILL"),
        ("os.kill(os.getpid(), 11)", True, "siren died of SIGSEGV"),
        ("time.sleep(600)", True, "siren did not end within 1 s and was killed"),
    ],
)
async def test_how_a_program_ends_says_whether_it_is_tried_again(
    tmp_path: Path, body: str, *, retryable: bool, says: str
) -> None:
    error = await failure_of(command(program(tmp_path, body), seconds=1 if "sleep" in body else 60))
    assert (error.retryable, error.is_whole) == (retryable, False)
    assert error.detail.startswith(says)


async def test_a_program_that_does_not_listen_has_taken_the_alert(tmp_path: Path) -> None:
    long = Message(key="0" * 32, subject="", text="", html="", json=json.dumps({"headline": "x" * 2_000_000}))
    await command(program(tmp_path, "sys.exit(0)")).deliver(long)
    await command(program(tmp_path, "assert len(sys.stdin.read()) > 2_000_000")).deliver(long)


def test_of_what_a_program_says_the_beginning_is_kept() -> None:
    code = "import sys; sys.stdout.write('x' * 20_000_000)"
    ended = attended(Program(argv=(sys.executable, "-c", code), most=1000), b"", seconds=PATIENCE)
    assert ended == Ended(code=0, output=b"x" * 1000)


async def test_a_program_may_leave_another_behind_and_nobody_waits_for_that_one(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    body = f"import subprocess\nplayer = subprocess.Popen(['sleep', '600'])\nopen({str(pid)!r}, 'w').write(str(player.pid))"
    try:
        await command(program(tmp_path, body)).deliver(MESSAGE)
        os.kill(int(pid.read_text()), 0)
    finally:
        os.kill(int(pid.read_text()), 9)


async def test_a_program_that_cannot_be_run_is_named_with_what_to_mend(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("no program")
    script = tmp_path / "script"
    script.write_text("no program either")
    script.chmod(0o700)
    for run, says in {
        "/no/such/siren": "there is no program /no/such/siren",
        "no-such-siren": "there is no program no-such-siren in $PATH",
        str(plain): f"{plain} may not be executed",
        str(script): f"{script} can't be run: Exec format error",
    }.items():
        error = await failure_of(command(run))
        assert (error.retryable, error.is_whole) == (False, True)
        assert error.detail == f"{says}; give the right program as run under [channels.siren] in config.toml, with its whole path"
    assert faults(CommandChannel(id=ChannelId("siren"), run=("no-such-siren",))) == [
        (("run",), "there is no program no-such-siren in $PATH")
    ]
    assert faults(CommandChannel(id=ChannelId("siren"), run=(sys.executable,))) == []


async def test_what_a_program_that_was_killed_started_is_killed_with_it(tmp_path: Path) -> None:
    before = children()
    pid = tmp_path / "pid"
    body = (
        "import subprocess\n"
        f"player = subprocess.Popen(['sleep', '600'])\nopen({str(pid)!r}, 'w').write(str(player.pid))\nplayer.wait()"
    )
    error = await failure_of(command(program(tmp_path, body), seconds=2))
    assert error.retryable
    assert children() <= before
    ends_at = time.monotonic() + PATIENCE
    while is_alive(int(pid.read_text())):
        assert time.monotonic() < ends_at
