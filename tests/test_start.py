"""docs/start.md, typed from its first line to its last: what a new user types answers as the page shows."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from test_cli_words import heeding

PAGE = (Path(__file__).parent.parent / "docs" / "start.md").read_text(encoding="utf-8")
STAYING = ("monitor demo --serve", "monitor run")
"""What goes on in a terminal of its own."""
LOOKING = ("monitor status", "monitor digest", "monitor why http://127.0.0.1:40107/news/darkush-bridge")
PATIENCE = 60.0
PORT = re.compile(r"http://127\.0\.0\.1:(\d+)/")


class Terminals:
    """The terminals of somebody who follows the page, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.staying: list[tuple[subprocess.Popen[bytes], Path]] = []
        self.actual: dict[str, str] = {}
        """What stands in place of the page's own ports and pid."""
        commands = folder / "bin"
        commands.mkdir()
        (commands / "monitor").write_text(f'#!/bin/sh\nexec {sys.executable} -m monitor "$@"\n')
        (commands / "monitor").chmod(0o755)
        self.desk = folder / "desk"
        self.desk.mkdir()
        home = folder / "home"
        home.mkdir()
        root = str(Path(__file__).parent.parent)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("MONITOR", "XDG"))},
            "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": root,
            "HOME": str(home),
            "COLUMNS": "200",
        }

    def type(self, command: str) -> str:
        """Type a command; gives what it wrote."""
        for shown, actual in self.actual.items():
            command = re.sub(rf"\b{shown}\b", actual, command)
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.desk,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return done.stdout

    def stay(self, command: str) -> Path:
        """Type a command that stays; gives where its words go."""
        log = self.folder / f"terminal-{len(self.staying)}"
        with log.open("wb") as words:
            process = subprocess.Popen(
                heeding("bash", "-c", f"exec {command}"), cwd=self.desk, env=self.environment, stdout=words, stderr=words
            )
        self.staying.append((process, log))
        return log

    def leave(self) -> None:
        """Press Ctrl-C everywhere."""
        for process, _ in self.staying:
            process.send_signal(signal.SIGINT)
        for process, _ in self.staying:
            process.wait(PATIENCE)


@pytest.fixture
def terminals(tmp_path: Path) -> Iterator[Terminals]:
    opened = Terminals(tmp_path)
    try:
        yield opened
    finally:
        opened.leave()


def turns() -> Iterator[tuple[str, list[str]]]:
    """Give each command of the page with the lines that answer it; "" for what a staying one says on."""
    for kind, block in re.findall(r"^```(console|text)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL):
        if kind == "text":
            yield "", block.splitlines()
            continue
        for turn in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            first, *lines = turn.splitlines()
            more = [line[2:] for line in lines if line.startswith("> ")]
            yield "\n".join((first, *more)), [line for line in lines if not line.startswith("> ")]


def answers(shown: list[str], told: str) -> bool:
    """Say whether what was told is what is shown: numbers and spaces may differ; … stands for anything."""
    parts = []
    for line in shown:
        if line.strip() == "…":
            parts.append(r"(?:.*\n)*?")
        else:
            escaped = re.escape(line.rstrip()).replace("…", ".*")
            parts.append(re.sub(r"(?:\\ )+", r"\\s+", re.sub(r"\d+", r"\\d+", escaped)) + r"[ ]*\n")
    return re.search("".join(parts), told if told.endswith("\n") else f"{told}\n") is not None


def wait_for(shown: list[str], command: str, look: Callable[[], str], *, patience: float) -> str:
    """Look until what is told is what the page shows; gives it."""
    ends = time.monotonic() + patience
    while not answers(shown, told := look()):
        assert time.monotonic() < ends, f"$ {command}\n{told}\ninstead of\n" + "\n".join(shown)
        time.sleep(0.05)
    return told


def test_what_a_new_user_types_answers_as_the_page_shows(terminals: Terminals) -> None:
    for command, shown in turns():
        if command in STAYING or not command:
            log = terminals.stay(command) if command else terminals.staying[-1][1]
            told = wait_for(shown, command, log.read_text, patience=PATIENCE)
            learn(terminals, command, shown, told)
        else:
            # what only looks may have to wait for what the running monitor is at
            patience = PATIENCE if command in LOOKING else 0
            wait_for(shown, command, partial(terminals.type, command), patience=patience)


def learn(terminals: Terminals, command: str, shown: list[str], told: str) -> None:
    if command == "monitor demo --serve":
        for line in shown:
            if port := PORT.search(line):
                name = line.rsplit("   ", 1)[1]
                actual = re.search(rf"http://127\.0\.0\.1:(\d+)/ +{re.escape(name)}$", told, re.MULTILINE)
                assert actual, name
                terminals.actual[port[1]] = actual[1]
    if command == "monitor run":
        terminals.actual["812"] = str(terminals.staying[-1][0].pid)
