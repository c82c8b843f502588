"""config.toml as it stands → its text, to be edited; the edited text → that file, in one step. Writes nothing else."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from monitor.config.loaded import decoded, parsed, read_bytes
from monitor.errors import ConfigError, NoPermissionError

_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A config before an edit. ``text``: without a byte order mark, with newlines only; ``raw``: what tomllib reads in it."""

    path: Path
    content: bytes
    text: str
    raw: dict[str, object]


def original(path: Path) -> Original:
    """Read a config that is to be edited. Raises ConfigError where it is no TOML, NoPermissionError."""
    content = read_bytes(path)
    text = decoded(content, path)
    return Original(path=path, content=content, text=text, raw=parsed(text, path))


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Let other commands that edit a config of this folder wait: of two at once, the later would undo what the first did."""
    try:
        descriptor = os.open(path.resolve().parent, os.O_RDONLY)
    except (OSError, RuntimeError):
        # whoever reads the file says what is wrong with its place
        yield
        return
    try:
        with contextlib.suppress(OSError):
            # a network's file system may know no locks for folders
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def replace_file(before: Original, text: str) -> None:
    """Write the edited text, with the line ends and the byte order mark that the file had.

    The file is replaced as a whole (written beside, synced, renamed): it keeps its mode and, where this user may set them, its
    owners; a symbolic link stays one. Raises ConfigError where somebody else wrote the file meanwhile, NoPermissionError.
    """
    mark = _MARK if before.content.startswith(_MARK) else b""
    _replace(before, mark + _ended(before, text).encode())


def _ended(before: Original, text: str) -> str:
    """Give each line the end that it had, and new ones that of the first: editors of two systems may have been at one file."""
    if b"\r\n" not in before.content:
        return text
    old, new = before.content.decode("utf-8-sig").split("\n"), text.split("\n")
    ends = [line[len(line.removesuffix("\r")) :] for line in old[:-1]] + [""]
    plain = before.text.split("\n")
    same = _common(plain, new)
    same_after = min(_common(plain[::-1], new[::-1]), len(plain) - same, len(new) - same)
    kept = [*ends[:same], *[ends[0]] * (len(new) - same - same_after), *ends[len(ends) - same_after :]]
    # the last line of the old file had no end, and what is last now has none
    kept = [*[ends[0] if place == len(old) - 1 and place < same else end for place, end in enumerate(kept)][:-1], ""]
    return "\n".join(line + end for line, end in zip(new, kept, strict=True))


def _common(one: list[str], other: list[str]) -> int:
    """Count the lines that two begin with alike."""
    return next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _replace(before: Original, content: bytes) -> None:
    """Write the file as a whole or not at all."""
    path, target = before.path, before.path.resolve()
    try:
        status = target.stat()
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fchmod(file.fileno(), status.st_mode & 0o7777)
                with contextlib.suppress(PermissionError):
                    # another's file that this user may write keeps its owners only where root edits it
                    os.fchown(file.fileno(), status.st_uid, status.st_gid)
                os.fsync(file.fileno())
            # as late as can be: an editor may save while the disk is slow
            _check_unchanged(before)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _sync(target.parent)
    except PermissionError as error:
        raise NoPermissionError(f"{path}: may not be written by this user") from error
    except OSError as error:
        raise ConfigError(f"{path}: could not be written: {error.strerror}") from error


def _check_unchanged(before: Original) -> None:
    if read_bytes(before.path) != before.content:
        raise ConfigError(f"{before.path}: was changed by somebody else at this moment, and stays as it is. Try again")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
