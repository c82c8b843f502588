"""The unit files of systemd/, this installation and a config → the unit that runs the one with the other, in words."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import unified_diff
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal

from monitor.errors import MonitorError

Kind = Literal["system", "user"]

_SHIPPED: Final = {"system": "monitor.service", "user": "user/monitor.service"}
_PROGRAM: Final = "/opt/monitor/bin/monitor"
_CONFIG: Final = {"system": "/etc/monitor/config.toml", "user": "%h/.config/monitor/config.toml"}
_PLAIN: Final = re.compile(r"[A-Za-z0-9_@%+=:,./$-]+")
_UNSAFE: Final = re.compile(r"[\"'\\]")
_OURS: Final = re.compile(r"# Written by `monitor service install` \(([0-9a-f]{16})\).*\n")
_SHOWN: Final = 8
_CLOSED: Final = tuple(map(Path, ("/home", "/root", "/run/user", "/tmp", "/var/tmp")))  # noqa: S108  named, not used
"""What ProtectHome= and PrivateTmp= keep from the system's service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """What a unit starts. ``program``: the words before `run`; ``writable``: folders beside the unit's own state."""

    program: tuple[str, ...]
    config: Path
    writable: tuple[Path, ...] = ()


def this_program() -> tuple[str, ...]:
    """Give the words that start this very installation."""
    beside = Path(sys.executable).with_name("monitor")
    return (str(beside),) if beside.exists() else (sys.executable, "-m", "monitor")


def shipped(kind: Kind) -> str:
    """Give a unit file as it is shipped: in the package, or in systemd/ of the checkout that this runs from."""
    packed = files("monitor") / "units" / _SHIPPED[kind]
    if packed.is_file():
        return packed.read_text(encoding="utf-8")
    return (Path(__file__).parents[2] / "systemd" / _SHIPPED[kind]).read_text(encoding="utf-8")


def unit(kind: Kind, installed: Installed) -> str:
    """Write a unit: the shipped one with these paths. Raises MonitorError where systemd could not read one of them."""
    if _UNSAFE.search(installed.program[0]):
        raise MonitorError(f"{installed.program[0]}: systemd starts no program with a quote or a backslash in its path; move it")
    _, section, rest = shipped(kind).partition("[Unit]\n")
    program = " ".join([_quoted(installed.program[0]), *(_argument(word) for word in installed.program[1:])])
    paths = {_PROGRAM: program, _CONFIG[kind]: _argument(str(installed.config))}
    lines = [_replaced(line, paths) if line.startswith("Exec") else line for line in (section + rest).splitlines()]
    if installed.writable:
        lines.insert(
            lines.index("[Install]") - 1, f"ReadWritePaths={' '.join(_quoted(str(path)) for path in installed.writable)}"
        )
    body = "\n".join(lines) + "\n"
    edit = "systemctl --user edit monitor" if kind == "user" else "systemctl edit monitor"
    return f"# Written by `monitor service install` ({_hash(body)}). Changes of yours belong in a drop-in: {edit}\n{body}"


def is_edited(text: str, kind: Kind) -> bool:
    """Say whether a unit that stands there is another than `unit` wrote, with whatever paths, and than the shipped one."""
    found = _OURS.match(text)
    return text != shipped(kind) and (found is None or found[1] != _hash(text[found.end() :]))


def difference(stands: str, wanted: str) -> str:
    """Show the first lines in which a unit differs from what would be written."""
    lines = unified_diff(stands.splitlines(), wanted.splitlines(), "as it stands", "as it would be written", lineterm="", n=0)
    changed = [f"  {line}" for line in lines if not line.startswith("@@")]
    return "\n".join(changed[:_SHOWN] + ["  ..."] * (len(changed) > _SHOWN))


def closed(paths: Iterable[Path]) -> Path | None:
    """Give the first path that the system's service cannot see; None: it sees all of them."""
    return next((path for path in paths if any(path.is_relative_to(place) for place in _CLOSED)), None)


def _replaced(line: str, paths: dict[str, str]) -> str:
    # in one go: what is put in may hold what is looked for
    return re.sub("|".join(map(re.escape, paths)), lambda found: paths[found[0]], line)


def _argument(word: str) -> str:
    return _quoted(word.replace("$", "$$"))


def _quoted(word: str) -> str:
    """Write a word as systemd.syntax(7) and systemd.unit(5) read it: % begins a specifier, quotes hold spaces."""
    if not word.isprintable():
        raise MonitorError(f"{word!r}: a path with such characters cannot stand in a unit; move it")
    word = word.replace("%", "%%")
    if _PLAIN.fullmatch(word):
        return word
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _hash(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:16]
