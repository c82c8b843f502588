"""Path of config.toml → Config, or all of its faults at once. Reads that file, and the credentials and certificates it names."""

from __future__ import annotations

import hashlib
import re
import stat
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from monitor.config.across import check_across
from monitor.config.faults import Faults
from monitor.config.grammar import not_toml, too_long_number
from monitor.config.guarded import warn_of_others
from monitor.config.inside import warn_of_inside
from monitor.config.lines import KeyPath, Where
from monitor.config.places import from_folder, state_directory, whole_path
from monitor.config.records import config
from monitor.config.secret import Sources
from monitor.config.tables import shaped
from monitor.config.values import one_line
from monitor.config.warned import warn
from monitor.errors import ConfigError, NoPermissionError
from monitor.model import Config

_MOST_PARTS = 100
_DEEP = re.compile(rf"""(?<![\w-])(?:(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{_MOST_PARTS}}}""")
"""What takes tomllib the square of its length."""
_STATE = re.compile(r"^state\s*=\s*[\"']([^\"'\\\n]+)[\"']", re.MULTILINE)


def load(path: Path, *, environ: Mapping[str, str], home: Path) -> Config:
    """Read, check and understand config.toml.

    Raises ConfigError with every fault, each a line ``config.toml:LINE: dotted.key: message`` with the path as it was given, in
    the order of the file; NoPermissionError where the file, a credential or a certificate may not be read by this user.
    """
    content = read_bytes(path)
    text = decoded(content, path)
    raw = parsed(text, path)
    place = whole_path(path)
    faults = Faults(Where(text))
    sources = Sources(environ=environ, config=place, home=home)
    tables = shaped(raw, sources, faults=faults)
    check_across(raw, faults)
    if faults and len(faults) == len(sources.denied):
        raise NoPermissionError("\n".join(faults.printed(str(path))))
    if faults:
        raise ConfigError(*faults.printed(str(path)))
    state = state_directory(path, tables.top.state, environ=environ, home=home)
    digests = from_folder(place, tables.digest.dir, home=home) if tables.digest.dir else state / "digest"
    warnings = Faults(Where(text))
    warn(raw, warnings)
    warn_of_inside(tables, warnings)
    warn_of_others(path, raw, state, warnings)
    made = config(tables, path=place, state=state, digests=digests, fingerprint=_fingerprint(content))
    return replace(made, warnings=tuple(warnings.printed(str(path))))


def placed(path: Path, found: Iterable[tuple[KeyPath, str]]) -> tuple[str, ...]:
    """Give what was found about keys of a config as whole lines, as faults are. Raises ConfigError, NoPermissionError."""
    said = Faults(Where(decoded(read_bytes(path), path)))
    for key, says in found:
        said.add(key, says)
    return said.printed(str(path))


def fingerprint(path: Path) -> str:
    """Give the fingerprint of a config as it stands there now, as Config has it. Raises ConfigError, NoPermissionError."""
    return _fingerprint(read_bytes(path))


def _fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:6]


def state_of(path: Path, *, environ: Mapping[str, str], home: Path) -> Path:
    """Give the state folder of a config that may have faults, as far as its `state` can be read at all."""
    try:
        text = read_bytes(path).decode("utf-8-sig", "replace")
    except (ConfigError, NoPermissionError):
        # a pipe would be waited for, and a device has no end
        text = ""
    try:
        state = tomllib.loads(text).get("state")
    except (ValueError, RecursionError):
        # no TOML: the line itself, where it stands above every table
        found = _STATE.search(text.split("\n[", 1)[0])
        state = found[1] if found else None
    try:
        state = one_line(state)
    except ValueError:
        # none that a config could be loaded with
        state = None
    return state_directory(path, state, environ=environ, home=home)


def read_bytes(path: Path) -> bytes:
    """Read a config file. Raises ConfigError where there is none, NoPermissionError."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ConfigError(f"{path}: is not a file")
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ConfigError(f"{path}: there is no such file") from error
    except PermissionError as error:
        raise NoPermissionError(f"{path}: may not be read by this user") from error
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: can't be read") from error


def decoded(content: bytes, path: Path) -> str:
    """Read the bytes as UTF-8, with or without a byte order mark; every line ends in a newline. Raises ConfigError."""
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        # the error itself holds all bytes of the file, secrets too, so it is not chained
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: this is not UTF-8 text. Save the file as UTF-8") from None


def parsed(text: str, path: Path) -> dict[str, object]:
    """Parse TOML. Raises ConfigError with the line; of the line itself only its key is shown, as the value may be a secret."""
    if found := _DEEP.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise ConfigError(f"{path}:{line}: this is a key of more than {_MOST_PARTS} parts; the longest here has four")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # the parser of later Pythons keeps the whole document in its error, so it is not chained
        raise ConfigError(not_toml(str(error), text, str(path))) from None
    except RecursionError as error:
        raise ConfigError(f"{path}:1: lists or tables are nested too deeply") from error
    except ValueError as error:
        # Python turns no more than a few thousand digits into a number, and tomllib lets its error through
        raise ConfigError(too_long_number(text, str(path))) from error
