"""What a person is told who types something wrong, wants less or more of it, or stops listening."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import click
import pytest
from commands_page import commands
from fakes import Site, rss

from monitor.cli import COMMANDS, cli, main
from monitor.cli.examples import EXAMPLES


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("rnu", 'monitor: no such command "rnu". Did you mean "run"? `monitor --help` lists them'),
        ("list", 'monitor: no such command "list". `monitor --help` lists them'),
        ("-c . status", ".: is not a file"),
        ("-c . check", ".: is not a file"),
        ("alert tset", 'monitor alert: no such command "tset". Did you mean "test"? `monitor alert --help` lists them'),
        ("try --sicne 3", 'monitor try: no such option "--sicne". Did you mean "--since"? `monitor try --help` lists them'),
        ("why", "monitor why: ID|URL is missing. For example: monitor why https://reliefdesk.example/floods"),
        ("search", "monitor search: WORDS... is missing. For example: monitor search Idlib --since 7d"),
        ("export --since 1d --item x7", 'monitor export: --item: "x7" is no whole number'),
        ("digest --format pfd", 'monitor digest: --format: "pfd" is not one of "text", "html", "md", "json", "atom"'),
        ("digest --since", 'monitor: option "--since" requires an argument'),
        ("status --json=3", 'monitor: option "--json" does not take a value'),
        ("export", "monitor export: say what to export: --since 7d, --item ID or --story ID"),
        ("suggest 12", 'monitor suggest: NAME: "12" has no letter in it'),
    ],
)
def test_who_mistypes_is_told_where_what_and_what_to_type(words: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words.split()) == 2
    assert capsys.readouterr() == ("", f"{told}\n")


def test_asking_for_help_in_words_is_understood(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["help"], ["help", "why"], ["help", "alert", "mute"]):
        assert main(words) == 0
        asked = capsys.readouterr()
        assert main([*words[1:], "--help"]) == 0
        assert capsys.readouterr() == asked
        assert asked.out.startswith("Usage: monitor")


def test_the_help_of_a_group_says_what_each_command_does_to_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    groups = [path for path, command in commands() if isinstance(command, click.Group) and command is not cli]
    assert len(groups) >= 3
    for group in groups:
        assert main([*group.split()[1:], "--help"]) == 0
        told = capsys.readouterr().out.partition("Commands:")[2]
        assert told
        assert "..." not in told


def test_every_example_could_be_typed() -> None:
    for path, shown in EXAMPLES.items():
        if path.split()[1] in COMMANDS:
            assert shown.startswith(path)
            context = click.Context(cli, info_name="monitor", **cli.context_settings)
            rest = shown.split()[1:]
            command: click.Command = cli
            while isinstance(command, click.Group):
                name = rest.pop(0)
                found = command.get_command(context, name)
                assert found is not None, shown
                command = found
            with command.make_context(command.name, rest, parent=context):
                pass


def test_every_command_takes_q_and_v_before_it_and_after(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.toml").write_text(f'state = "{tmp_path / "state"}"\n[outlets]\na = "https://a.invalid/feed.xml"\n')
    there = ["-c", str(tmp_path / "config.toml")]
    for words in (["-v", *there, "status"], [*there, "status", "-v"]):
        main(words)
        assert f"config: {tmp_path / 'config.toml'}\n" in capsys.readouterr().err
    for words in (["-q", "-v", *there, "status"], [*there, "status"]):
        main(words)
        assert "config: " not in capsys.readouterr().err


HUNG = """
[outlets]
a = {{ feed = "http://127.0.0.1:{port}/feed.xml", private = true, pause = "0s" }}
[watches]
idlib = ["Idlib"]
"""


def heeding(*command: str) -> list[str]:
    """Give a command as a terminal starts it: where these tests run in the background, nothing else of theirs heeds Ctrl-C."""
    heed = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execvp(sys.argv[1], sys.argv[1:])"
    return [sys.executable, "-c", heed, *command]


def test_ctrl_c_ends_a_command_with_130_and_without_a_traceback(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        (tmp_path / "config.toml").write_text(HUNG.format(port=listening.getsockname()[1]))
        asking = subprocess.Popen(
            heeding(sys.executable, "-m", "monitor", "check", "--online"),
            cwd=tmp_path,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        # it asks, and is never answered
        listening.settimeout(30)
        with listening.accept()[0]:
            asking.send_signal(signal.SIGINT)
            _, told = asking.communicate(timeout=30)
    assert asking.returncode == 130
    # ^C stands on the line before it
    assert told == b"\n"


def test_who_reads_no_further_gets_no_word_and_no_failure(tmp_path: Path) -> None:
    with Site().serving() as site:
        site.pages["/a.xml"] = rss(*((f"Idlib {number}", f"{site.url}/{number}", "") for number in range(20)))
        (tmp_path / "config.toml").write_text(
            f'state = "state"\n[outlets]\na = {{ feed = "{site.url}/a.xml", private = true, full_text = false }}\n'
        )
        subprocess.run([sys.executable, "-m", "monitor", "run", "--once", "-q"], cwd=tmp_path, check=True)
    for words in (["search", "idlib"], ["try", "--any", "idlib"], ["status", "--json"], ["why", "1"], ["show", "1", "--json"]):
        reads, writes = os.pipe()
        os.close(reads)
        done = subprocess.run(
            [sys.executable, "-m", "monitor", *words], cwd=tmp_path, stdout=writes, stderr=subprocess.PIPE, text=True, check=False
        )
        os.close(writes)
        assert (done.returncode, "Traceback" in done.stderr, "Exception ignored" in done.stderr) == (0, False, False), words


@pytest.mark.parametrize("stream", [0, 1, 2])
def test_a_command_started_without_one_of_its_streams_works(stream: int) -> None:
    told = subprocess.Popen(
        ["/bin/sh", "-c", f'exec "$0" -m monitor suggest Idlib {stream}>&-', sys.executable],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    out, err = told.communicate(timeout=60)
    assert told.returncode == 0, err
    assert ("Idlib" in out) == (stream != 1)


def test_what_nobody_reads_to_its_end_is_no_failure() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "suggest", "Idlib"], stdout=writer, stderr=subprocess.PIPE, check=False, timeout=60
    )
    os.close(writer)
    assert done.returncode == 0, done.stderr
