"""{ env = "NAME" } or { file = "NAME" } → Secret. Touches the environment it is handed and small files; tells nobody a value."""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from monitor.config.faults import quoted
from monitor.model import Secret

IN_PLAIN_TEXT = 'this is a secret in plain text. Put it in a file and write { file = "NAME" }, or { env = "NAME" }'

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]*")
_SECRET_KEY = re.compile(r"passw|passphrase|secret|token|api[_-]?key|credential", re.IGNORECASE)
_SECRET_HEADER = re.compile(r"auth|cookie|token|key|secret|passw", re.IGNORECASE)
_LARGEST = 64_000
"""Bytes of a credential file that are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where what a config names is looked up. ``config``: its whole path. ``denied`` gathers what this user may not read."""

    environ: Mapping[str, str]
    config: Path
    home: Path
    denied: list[Path] = field(default_factory=list)

    def secret(self, value: object) -> Secret:
        """Look a secret up. Raises ValueError, which names the variable or the file but never a value."""
        match value:
            case {"env": str(name), **rest} if not rest:
                return self._from_environment(name)
            case {"file": str(name), **rest} if not rest:
                return self._from_file(name)
            case str():
                raise ValueError(IN_PLAIN_TEXT)
            case _:
                raise ValueError('must be { env = "NAME" } or { file = "NAME" }')

    def _from_environment(self, name: str) -> Secret:
        if not _VARIABLE.fullmatch(name):
            raise ValueError("env wants the name of an environment variable, such as DESK_TOKEN, not the secret itself")
        if name not in self.environ:
            raise ValueError(f'the environment variable "{name}" is not set')
        return _secret(self.environ[name], f'the environment variable "{name}"')

    def _from_file(self, name: str) -> Secret:
        if not _FILE_NAME.fullmatch(name):
            raise ValueError('file wants a plain file name, such as "smtp-password", without any /')
        credentials = self.environ.get("CREDENTIALS_DIRECTORY")
        places = [Path(credentials) / name] if credentials else []
        for path in [*places, self.config.parent / name]:
            if (content := self._read(path, is_beside=path not in places)) is not None:
                return _secret(content, f'the file "{name}"')
        looked = "in $CREDENTIALS_DIRECTORY and beside this file" if places else "beside this file"
        raise ValueError(f'no file "{name}" {looked}')

    def _read(self, path: Path, *, is_beside: bool) -> str | None:
        """Read a credential; None: it is not there. Beside the config, its mode must guard it; systemd guards its own folder."""
        try:
            mode = path.stat().st_mode
            if not stat.S_ISREG(mode):
                raise ValueError(f'"{path.name}" is not a file')
            if is_beside and mode & stat.S_IROTH:
                raise ValueError(f'the file "{path.name}" can be read by everybody on this machine. Run: chmod 600 {path.name}')
            with path.open("rb") as file:
                return file.read(_LARGEST).decode()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except PermissionError:
            self.denied.append(path)
            raise ValueError(f"{quoted(str(path))} may not be read by this user") from None
        except UnicodeDecodeError:
            # the error itself holds the secret's bytes, so it is not chained
            raise ValueError(f'the file "{path.name}" is not UTF-8 text') from None


def is_plain_secret(key: str, value: object) -> bool:
    """Say whether this stands where an outlet's line does, and is what only a channel or a header has."""
    return isinstance(value, str) and "://" not in value and bool(_SECRET_KEY.search(key))


def plain_secrets(table: Mapping[str, object]) -> list[tuple[str, ...]]:
    """Find the keys of an outlet's or a channel's table that hold a secret in plain text, unknown keys too."""
    found: list[tuple[str, ...]] = [
        (key,) for key, value in table.items() if _SECRET_KEY.search(key) and not isinstance(value, dict)
    ]
    headers = table.get("headers")
    if isinstance(headers, dict):
        found += [("headers", key) for key, value in headers.items() if _SECRET_HEADER.search(key) and isinstance(value, str)]
    return found


def _secret(value: str, what: str) -> Secret:
    value = value.removesuffix("\n").removesuffix("\r")
    if not value:
        raise ValueError(f"{what} is empty")
    if "\n" in value or "\r" in value or "\0" in value:
        raise ValueError(f"{what} has more than one line")
    return Secret(value)
