"""What a shell offers for the word that is being typed, asked as the scripts of `monitor completion` ask."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.cli import COMMANDS, main

CONFIG = """
[outlets]
orontes-post = "https://orontes-post.example/feed.xml"
relief-desk = "https://reliefdesk.example/a"
kuzey-sinir = { feed = "https://kuzeysinir.example/a", paused = true }
[watches]
idlib = ["Idlib"]
[channels.desk-mail]
type = "unheard of"
[digest]
at = "07:00"
[digest.weekly]
at = "mon 08:00"
"""


@pytest.fixture
def offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> object:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("MONITOR_CONFIG", raising=False)
    monkeypatch.setenv("_MONITOR_COMPLETE", "bash_complete")

    def ask(line: str) -> list[str]:
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(line.count(" ")))
        with pytest.raises(SystemExit) as left:
            main([])
        told = capsys.readouterr()
        assert (left.value.code, told.err) == (0, ""), line
        return [each.split(",", 1)[1] or each.split(",", 1)[0] for each in told.out.split()]

    return ask


NAMES = [
    ("monitor w", ["why"]),
    ("monitor alert t", ["test"]),
    ("monitor check --on", ["--online"]),
    ("monitor completion ", ["bash", "zsh", "fish"]),
    ("monitor digest --format ", ["text", "html", "md", "json", "atom"]),
]
IDS = [
    ("monitor why --watch ", ["idlib"]),
    ("monitor try ", ["idlib"]),
    ("monitor alert mute id", ["idlib"]),
    ("monitor search --outlet rel", ["relief-desk"]),
    ("monitor export --outlet ", ["orontes-post", "relief-desk", "kuzey-sinir"]),
    ("monitor pause ", ["orontes-post", "relief-desk"]),
    ("monitor resume ", ["kuzey-sinir"]),
    ("monitor alert test ", ["desk-mail"]),
    ("monitor digest --plan ", ["weekly"]),
]


def test_a_shell_is_offered_commands_options_and_what_the_config_names(offered: object, tmp_path: Path) -> None:
    ask = offered
    assert callable(ask)
    assert ask("monitor ") == list(COMMANDS)
    for line in ("monitor status -c ", "monitor -c ", "monitor import "):
        assert ask(line) == ["file"], line
    assert ask("monitor -c con") == ["con"]
    for line, words in NAMES:
        assert ask(line) == words, line
    # without a config, and with one that nobody can read, there is nothing to offer, and nothing to say
    for line, _ in IDS:
        assert ask(line) == [], line
    (tmp_path / "config.toml").write_text("title = = 1")
    assert ask("monitor why --watch ") == []
    # faults are in the way of nothing
    (tmp_path / "config.toml").write_text(CONFIG)
    for line, words in IDS:
        assert ask(line) == words, line
    (tmp_path / "other.toml").write_text("[watches]\nharim = ['Harim']\n")
    assert ask("monitor why -c other.toml --watch ") == ["harim"]
    assert ask("monitor -c other.toml why --watch ") == ["harim"]


def test_the_names_of_commands_are_offered_without_importing_them(tmp_path: Path) -> None:
    asked = {"COMP_WORDS": "monitor ", "COMP_CWORD": "1", "_MONITOR_COMPLETE": "zsh_complete"}
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "monitor"],
        capture_output=True, text=True, check=True, cwd=tmp_path, env={**os.environ, **asked},
    )  # fmt: skip
    assert done.stdout.split("\n")[:3] == ["plain", "init", COMMANDS["init"][1]]
    assert not [line for line in done.stderr.splitlines() if "rich" in line or "pydantic" in line]


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_completes_by_the_script(tmp_path: Path) -> None:
    command = tmp_path / "monitor"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m monitor "$@"\n')
    command.chmod(0o755)
    (tmp_path / "config.toml").write_text(CONFIG)
    typed = """
eval "$(monitor completion bash)"
COMP_WORDS=(monitor alert mute "") COMP_CWORD=3
_monitor_completion monitor
echo "${COMPREPLY[@]}"
complete -p monitor
"""
    done = subprocess.run(
        ["bash", "--norc", "-c", typed], capture_output=True, text=True, check=True, cwd=tmp_path,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.stdout == "idlib\ncomplete -o nosort -F _monitor_completion monitor\n"
    assert done.stderr == ""


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_the_lines_of_its_help_write_a_script_where_no_folder_is_yet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "monitor").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m monitor "$@"\n')
    (tmp_path / "monitor").chmod(0o755)
    assert main(["completion", "--help"]) == 0
    typed = capsys.readouterr().out.partition("bash   ")[2].partition("zsh  ")[0]
    subprocess.run(
        ["bash", "--norc", "-ec", typed], check=True, cwd=tmp_path,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "HOME": str(tmp_path)},
    )  # fmt: skip
    assert "complete -o nosort" in (tmp_path / ".local/share/bash-completion/completions/monitor").read_text()


def test_each_shell_gets_its_own_script(capsys: pytest.CaptureFixture[str]) -> None:
    for shell, sign in (
        ("bash", "complete -o nosort"),
        ("zsh", "#compdef monitor"),
        ("fish", "complete --no-files --command monitor"),
    ):
        assert main(["completion", shell]) == 0
        said = capsys.readouterr().out
        assert sign in said
        assert f"_MONITOR_COMPLETE={shell}_complete" in said
    assert main(["completion", "csh"]) == 2
    assert '"csh" is not one of "bash", "zsh", "fish"' in capsys.readouterr().err
