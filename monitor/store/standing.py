"""The files that a store has open → whether they still stand under their names: what is written into others is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from monitor.errors import StoreError
from monitor.store.lock import Lock

_SAYS: Final = (
    "{path} is not the file any more that this monitor opened: it was moved, deleted or replaced. What is written now would be"
    " lost. Put it back, or restart the monitor"
)


class Standing:
    """A database and its lock, as they stood when they were opened."""

    def __init__(self, path: Path, lock: Lock) -> None:
        """Take note of the file that has this name now, which is open."""
        self._path = path
        self._lock = lock
        self._file = _identity(path)

    def check(self) -> None:
        """Raise StoreError where the database lost its name, or another instance took the place of a lock that was deleted."""
        if _identity(self._path) != self._file:
            raise StoreError(_SAYS.format(path=self._path))
        self._lock.renew()


def _identity(path: Path) -> tuple[int, int] | None:
    """Give which file it is; None: there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
