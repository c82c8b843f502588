"""The folder of backups beside a database: which there are, which is made next, and which are kept no longer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

from monitor.errors import NoPermissionError
from monitor.store.copying import UNFINISHED, copy
from monitor.store.schema import APPLICATION_ID

FOLDER = "backup"
DAILY, WEEKLY = 7, 4
"""So many are kept: the newest, and of the weeks before those the last of each."""
SHAPES = 2
"""So many are kept of those that were made before a new version changed the database's shape."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SHAPE = re.compile(r"^shape-\d+-")
_HEADER = 72


def back_up(database: Path, day: date) -> Path:
    """Make the backup of a day, a date of the desk's own; gives its path, and makes none where it is there.

    Raises StoreError, NoPermissionError where there is none afterwards.
    """
    path = _folder(database) / f"{day.isoformat()}.db"
    if not is_ours(path):
        copy(database, path)
    return path


def back_up_shape(database: Path, shape: int, now: datetime) -> Path:
    """Make a backup of a database that is about to get another shape; gives its path. Raises StoreError, NoPermissionError."""
    folder = _folder(database)
    path = folder / f"shape-{shape}-{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}.db"
    # a start that was killed within this second made it
    if not path.exists():
        copy(database, path)
    for older in sorted(folder.glob("shape-*.db"), key=_made)[:-SHAPES]:
        older.unlink(missing_ok=True)
    return path


def daily(database: Path) -> dict[date, Path]:
    """Give the backups of days, newest first; what only has the name of one, such as an empty file, is none."""
    named = ((path.stem, path) for path in (database.parent / FOLDER).glob("*.db") if _DAY.fullmatch(path.stem) and is_ours(path))
    return dict(sorted(((day, path) for stem, path in named if (day := _day(stem))), reverse=True))


def newest(database: Path) -> Path | None:
    """Give the backup to be put back: the one made last; None where there is none that looks like one."""
    return next((path for path in backups(database) if is_ours(path)), None)


def backups(database: Path) -> list[Path]:
    """Give all backups, the one made last first."""
    of_shapes = (database.parent / FOLDER).glob("shape-*.db")
    return sorted([*daily(database).values(), *of_shapes], key=_made, reverse=True)


def of_shape(database: Path, shape: int) -> Path | None:
    """Give the newest backup made before a shape was changed; None: there is none of that shape."""
    return max((database.parent / FOLDER).glob(f"shape-{shape}-*.db"), key=_made, default=None)


def prune(database: Path, today: date) -> list[Path]:
    """Delete the backups that are kept no longer; gives which. Raises NoPermissionError where that is not allowed."""
    there = daily(database)
    gone = [there[day] for day in superfluous(there, today)]
    try:
        for path in gone:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise NoPermissionError(f"{error.filename}: cannot be deleted: {error.strerror}") from error
    return gone


def superfluous(days: Iterable[date], today: date) -> list[date]:
    """Give which backups of these days are kept no longer. Those of days to come stay: a clock ran ahead, and was set back."""
    past = sorted((day for day in days if day <= today), reverse=True)
    weeks: dict[tuple[int, int], date] = {}
    for day in past[DAILY:]:
        weeks.setdefault(day.isocalendar()[:2], day)
    kept = {*past[:DAILY], *list(weeks.values())[:WEEKLY]}
    return [day for day in past if day not in kept]


def is_ours(path: Path) -> bool:
    """Say whether a file begins as a database of the monitor does. Not for one that this process has open."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEADER)
    except OSError:
        return False
    return head.startswith(b"SQLite format 3\0") and int.from_bytes(head[68:72], "big") == APPLICATION_ID


def _folder(database: Path) -> Path:
    folder = database.parent / FOLDER
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        for left in folder.glob(f".*{UNFINISHED}*"):
            left.unlink(missing_ok=True)
    except OSError as error:
        raise NoPermissionError(f"{folder}: cannot be written: {error.strerror}") from error
    return folder


def _made(path: Path) -> str:
    """Give when a backup was made, as its name says: a copied file's own times say when it was copied."""
    return _SHAPE.sub("", path.stem)


def _day(text: str) -> date | None:
    """Read a day; None where the calendar has no such."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
