"""What -o names → a new file that has its name only once it is whole; none, or "-", is standard output."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from monitor.cli.mask import as_asked
from monitor.errors import NoPermissionError

OUTPUT = click.Path(dir_okay=False, path_type=Path)
STDOUT = Path("-")


def named(output: Path | None) -> Path | None:
    """Give the file that -o names; None: standard output is meant."""
    return None if output == STDOUT else output


@contextmanager
def written(output: Path | None) -> Iterator[BinaryIO]:
    """Give a file to write to, which has its name only once it is whole; what has that name already stays. None: stdout."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    _check_free(output)
    unfinished = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        with _begun(unfinished) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _name(unfinished, output)
    finally:
        unfinished.unlink(missing_ok=True)


def _begun(unfinished: Path) -> BinaryIO:
    try:
        with as_asked():
            return unfinished.open("xb")
    except PermissionError as error:
        raise NoPermissionError(f"{unfinished.parent}: may not be written to by this user") from error


def _check_free(output: Path) -> None:
    if os.path.lexists(output):
        raise click.BadParameter(f"{output} is there already, and stays as it is; name another file", param_hint="-o")
    if not output.parent.is_dir():
        raise click.BadParameter(f"{output}: there is no such folder", param_hint="-o")


def _name(unfinished: Path, output: Path) -> None:
    try:
        # unlike a renaming it never takes the place of another file
        output.hardlink_to(unfinished)
    except FileExistsError:
        _check_free(output)
        raise
    except OSError:
        # a USB stick has no hard links
        _check_free(output)
        unfinished.rename(output)
