"""A file that holds room on the disk → that room, once the disk is full: what was promised can still be sent, and recorded."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Final

SIZE: Final = 8 << 20
"""Bytes: the log of the database grows to 4 MB before it is taken over, and the database has as much for itself."""
ROOM: Final = 4 * SIZE
"""Bytes that are free before the file is made, or made again: on a disk with less it would itself be what fills it."""
TIGHT: Final = 1 << 20
"""Bytes without which a start, which makes a log and writes that it began, might not get far."""


class Reserve:
    """The file beside a database. Whoever uses it holds the database's lock."""

    def __init__(self, database: Path) -> None:
        """Look at nothing yet."""
        self._path = database.with_name(f"{database.name}.reserve")
        self.is_spent = False
        """Whether it was there, and had to be given up: nothing new is to be stored until there is room again."""

    def keep(self) -> None:
        """Make the file where it is missing and there is room enough; where that can't be done, there is none."""
        self.is_spent = False
        if self._size() >= SIZE or not self.has_room():
            return
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError:
            return
        try:
            _fill(descriptor)
        except OSError:
            # half a reserve would only be in the way
            self._path.unlink(missing_ok=True)
        finally:
            os.close(descriptor)

    def make_way(self) -> None:
        """Give the room back where there is hardly any other."""
        if self._free() < TIGHT:
            self.spend()

    def spend(self) -> bool:
        """Give the room back; False: nothing is gained by it, as it was given back before and is used up, or was never there."""
        try:
            self._path.unlink()
        except OSError:
            return self.is_spent and self._free() >= TIGHT
        self.is_spent = True
        return True

    def has_room(self) -> bool:
        """Say whether there is as much room as lets news be stored with a reserve beside it."""
        return self._free() >= ROOM

    def _size(self) -> int:
        try:
            return self._path.lstat().st_size
        except OSError:
            return 0

    def _free(self) -> int:
        try:
            return shutil.disk_usage(self._path.parent).free
        except OSError:
            return 0


def _fill(descriptor: int) -> None:
    if sys.platform == "darwin":
        # it knows no other way
        os.pwrite(descriptor, bytes(SIZE), 0)
    else:
        os.posix_fallocate(descriptor, 0, SIZE)
