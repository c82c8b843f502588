"""Log lines and alerts that nobody reads, can't be written, or meet a signal too early: real pipes, real processes."""

from __future__ import annotations

import fcntl
import logging
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from desks import PATIENCE, Desk, until
from fakes import rss

from monitor.cli import logs
from monitor.cli.journal import Journal, is_open

NARROW = 4096


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Give a pipe that takes little."""
    out, into = os.pipe()
    fcntl.fcntl(into, fcntl.F_SETPIPE_SZ, NARROW)
    yield out, into
    os.close(out)
    os.close(into)


def start(desk: Desk, *words: str, stdout: int, stderr: int, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "monitor", "run", *words, "-c", str(desk.config)]
    process = subprocess.Popen(command, stdout=stdout, stderr=stderr, text=True, env={**os.environ, **environment})
    desk.running.append(process)
    return process


def watch_idlib(desk: Desk, *outlets: str, headline: str = "Rain floods Idlib", more: str = "") -> None:
    """Write a config whose alerts go to the log."""
    for name in outlets:
        desk.site.pages[f"/{name}.xml"] = rss((f"{headline} {name}", f"{desk.site.url}/{name}", ""))
    desk.configure(*outlets)
    text = re.sub(r"\[channels.hook\][^\[]*", "", desk.config.read_text())
    desk.config.write_text(text.replace('["Idlib"]', '["Idlib", "إدلب"]') + more)


# ---- the daemon


@pytest.mark.parametrize("reader", ["stalled", "gone"])
def test_l12_a_daemon_whose_output_nobody_reads_goes_on_and_ends_when_told(
    desk: Desk, pipe: tuple[int, int], reader: str
) -> None:
    _, into = pipe
    if reader == "stalled":
        # full: the first word that is written blocks
        os.write(into, b"x" * NARROW)
    else:
        out, into = os.pipe()
        os.close(out)
    hook = f'[channels.log]\ntype = "log"\n[channels.hook]\ntype = "webhook"\nurl = "{desk.site.url}/hook"\nprivate = true\n'
    watch_idlib(desk, "a", "b", more=hook)
    (desk.folder / "log").touch()
    process = start(desk, stdout=into, stderr=into)
    # the log comes first, and holds up nobody
    until(lambda: len(desk.site.told) == 2, desk)
    watch_idlib(desk, "later", more=hook)
    process.send_signal(signal.SIGHUP)
    until(lambda: desk.ask("SELECT count(*) FROM item") == [(3,)], desk)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert desk.ask("SELECT stopped_at IS NOT NULL FROM run") == [(1,)]
    assert desk.ask("SELECT DISTINCT state FROM alert WHERE channel = 'log'") == [("held",)]
    if reader == "gone":
        os.close(into)


def test_an_alert_that_could_not_be_written_is_not_taken_for_sent(desk: Desk) -> None:
    watch_idlib(desk, "a")
    with Path("/dev/full").open("w") as full, (desk.folder / "log").open("a") as log:
        start(desk, stdout=full.fileno(), stderr=log.fileno())
        until(lambda: "channel log: standard output: No space left on device; the channel rests" in desk.log, desk)
    assert desk.ask("SELECT count(*) FROM alert WHERE state = 'sent'") == [(0,)]


def test_letters_that_the_terminal_lacks_are_written_as_numbers(desk: Desk) -> None:
    watch_idlib(desk, "a", headline="أمطار تغرق إدلب")
    with (desk.folder / "log").open("a") as log:
        start(desk, stdout=log.fileno(), stderr=log.fileno(), PYTHONIOENCODING="latin-1")
        until(lambda: desk.ask("SELECT 1 FROM alert WHERE state = 'sent'"), desk)
        for words in (["digest"], ["show", "1"], ["why", "1"]):
            typed = [sys.executable, "-m", "monitor", *words, "-c", str(desk.config)]
            done = subprocess.run(typed, capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": "latin-1"})
            assert (done.returncode, done.stderr) == (0, b"")
            assert ascii("أمطار").strip("'").encode() in done.stdout
    assert ascii("أمطار").strip("'") in (desk.folder / "log").read_text(encoding="latin-1")


def test_an_alert_in_the_journal_has_a_priority_on_each_line_and_elsewhere_an_empty_line_before_it(desk: Desk) -> None:
    watch_idlib(desk, "a")
    for environment, first in (({"JOURNAL_STREAM": "8:1"}, "<5>"), ({"JOURNAL_STREAM": ""}, "\n")):
        done = subprocess.run(
            [sys.executable, "-m", "monitor", "run", "--once", "-q", "-c", str(desk.config)],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
            env={**os.environ, **environment},
        )
        assert done.stdout.startswith(first)
        lines = done.stdout.removeprefix("\n").splitlines()
        assert len(lines) > 1
        assert all(line.startswith("<5>") == (first == "<5>") for line in lines)
        watch_idlib(desk, "b")


def heeds_sighup(process: subprocess.Popen[str]) -> bool:
    status = Path(f"/proc/{process.pid}/status").read_text()
    found = re.search(r"SigCgt:\s*(\w+)", status)
    return bool(found) and bool(int(found[1], 16) >> (signal.SIGHUP - 1) & 1)


def test_l04_a_sighup_while_the_monitor_starts_ends_nothing_and_rereads_the_config_once_it_runs(desk: Desk) -> None:
    watch_idlib(desk, "a")
    process = desk.start()
    seen = [False]
    until(lambda: seen.append(heeds_sighup(process)) or seen[-1] or (desk.state / "control.sock").exists(), desk)
    assert not (desk.state / "control.sock").exists()
    process.send_signal(signal.SIGHUP)
    until(lambda: "config.toml reread" in desk.log, desk)
    until(lambda: desk.ask("SELECT 1 FROM alert WHERE state = 'sent'"), desk)
    assert process.poll() is None


def test_a_sighup_while_it_runs_once_ends_nothing(desk: Desk) -> None:
    watch_idlib(desk, "a")
    with socket.create_server(("127.0.0.1", 0)) as hole, (desk.folder / "log").open("a") as log:
        text = desk.config.read_text().replace(f"{desk.site.url}/a.xml", f"http://127.0.0.1:{hole.getsockname()[1]}/a.xml")
        desk.config.write_text(text)
        process = start(desk, "--once", stdout=log.fileno(), stderr=log.fileno())
        hole.settimeout(PATIENCE)
        caller, _ = hole.accept()
        process.send_signal(signal.SIGHUP)
        hole.close()
        caller.close()
        # nothing answered
        assert process.wait(PATIENCE) == 1


def test_the_log_says_in_the_desks_time_which_alerts_went_where(desk: Desk) -> None:
    desk.site.pages["/a.xml"] = rss(("Rain floods Idlib", f"{desk.site.url}/a", ""), title="Orontes Post")
    desk.configure("a", more='[digest.weekly]\ncron = "0 6 * * mon"\n')
    desk.config.write_text(desk.config.read_text().replace('timezone = "UTC"', 'timezone = "Asia/Damascus"'))
    with (desk.folder / "log").open("a") as log:
        assert start(desk, "--once", stdout=log.fileno(), stderr=log.fileno()).wait(PATIENCE) == 0
    lines = desk.log.splitlines()
    assert [line for line in lines if not re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+0300 [IWE] ", line)] == []
    assert [line.split(" I ")[1] for line in lines if "sent to" in line] == [
        "Alert idlib: “Rain floods Idlib” (Orontes Post): sent to hook"
    ]


# ---- the parts


def record(words: str, *about: object, **fields: object) -> logging.LogRecord:
    made = logging.LogRecord("monitor", logging.WARNING, __file__, 0, words, about, None)
    made.created = 1_795_651_200.0
    made.__dict__.update(fields)
    return made


HOSTILE = "\x1b[2Jgone\x1b]52;c;cm0=\x07 \x9b31m back\x08\x08 \u202eeht \x00end\r\u2028next"


def test_h21_h22_no_line_of_the_log_holds_what_a_terminal_obeys_or_reads_backwards(capfd: pytest.CaptureFixture[str]) -> None:
    for formatter in (logs.JournalFormatter(), logs.TerminalFormatter(lambda: "UTC"), logs.ClockFormatter(lambda: "UTC")):
        words = formatter.format(record("%s: %s", HOSTILE, "a\nb"))
        assert "gone" in words
        assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]", words) is None
    logs.say(f"Alert\n{HOSTILE}")
    assert re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", capfd.readouterr().out) is None


def test_a_terminal_shows_the_desks_time_and_the_date_once_a_day() -> None:
    zone = ["Asia/Damascus"]
    formatter = logs.TerminalFormatter(lambda: zone[0])
    assert formatter.format(record("rain")) == "Thursday 26 November 2026 (Asia/Damascus)\n03:00:00 W rain"
    assert formatter.format(record("more")) == "03:00:00 W more"
    # a reload changed it
    zone[0] = "UTC"
    assert formatter.format(record("more")) == "Thursday 26 November 2026 (UTC)\n00:00:00 W more"


def entry(datagram: bytes) -> dict[str, str]:
    """Read an entry of systemd's native protocol, as far as it was written with lengths."""
    found = {}
    while datagram:
        name, _, rest = datagram.partition(b"\n")
        end = 8 + int.from_bytes(rest[:8], "little")
        assert rest[end : end + 1] == b"\n"
        found[name.decode()] = rest[8:end].decode()
        datagram = rest[end + 1 :]
    return found


def test_the_journal_gets_each_line_with_what_it_is_about(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as daemon:
        daemon.bind(str(tmp_path / "socket"))
        otherwise = logging.StreamHandler(sys.stdout)
        otherwise.setFormatter(logs.JournalFormatter())
        journal = Journal(otherwise=otherwise, address=str(tmp_path / "socket"))
        journal.setFormatter(logs.Clean())
        journal.handle(record("rain\nMONITOR_OUTLET=forged", outlet="orontes-post", item=17, unknown="x"))
        assert entry(daemon.recv(4096)) == {
            "MESSAGE": "rain\nMONITOR_OUTLET=forged",
            "PRIORITY": "4",
            "SYSLOG_IDENTIFIER": "monitor",
            "LOGGER": "monitor",
            "MONITOR_OUTLET": "orontes-post",
            "MONITOR_ITEM": "17",
        }
    journal.handle(record("the journal is gone"))
    assert capsys.readouterr().out == "<4>the journal is gone\n"


def test_the_journal_is_spoken_to_only_where_standard_error_leads_into_it(monkeypatch: pytest.MonkeyPatch) -> None:
    at = os.fstat(2)
    for stream, is_so in ((f"{at.st_dev}:{at.st_ino}", True), ("8:1", False), ("", False)):
        monkeypatch.setenv("JOURNAL_STREAM", stream)
        assert is_open() is is_so


def test_l12_log_lines_without_room_are_dropped_and_counted_afterwards(pipe: tuple[int, int]) -> None:
    out, into = pipe
    with os.fdopen(os.dup(into), "w") as stream:
        waiting = logs.Waiting(logging.StreamHandler(stream), room=100)
        for number in range(1000):
            waiting.handle(logging.LogRecord("monitor", logging.INFO, __file__, 0, "line %d %s", (number, "x" * 90), None))
        waiting.drain(0.1)
        assert waiting.dropped > 800
        written = b""
        while b"dropped" not in written:
            written += os.read(out, NARROW)
        waiting.drain(10)
    lines = written.decode().splitlines()
    assert lines[-1].endswith(f"dropped: {waiting.dropped}")
    assert len(lines) - 1 + waiting.dropped == 1000


def test_what_was_logged_is_out_once_it_was_drained(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with path.open("w") as stream:
        waiting = logs.Waiting(logging.StreamHandler(stream))
        for number in range(500):
            waiting.handle(logging.LogRecord("monitor", logging.INFO, __file__, 0, "line %d", (number,), None))
        waiting.drain(10)
        assert path.read_text().splitlines() == [f"line {number}" for number in range(500)]
