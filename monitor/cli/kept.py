"""What was done for the database itself → words for `monitor status`, and an object for a program."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from monitor.cli.asking import iso
from monitor.model import Chore, Done
from monitor.store import newest
from monitor.text import one_line

Clock = Callable[[datetime], str]

LONGEST = 300


def troubles(done: Mapping[Chore, Done], clock: Clock) -> str:
    """Say what is wrong with the database or its backups; "" where nothing is."""
    checked, backed_up = done.get("check"), done.get("backup")
    said = []
    if checked and checked.trouble:
        found = f"{one_line(checked.trouble, LONGEST)}, found {clock(checked.tried_at)}"
        said.append(f"The database is damaged: {found}. `monitor db check` shows all of it, and what to do.")
    if backed_up and backed_up.trouble:
        last = f"the last one is of {clock(backed_up.done_at)}" if backed_up.done_at else "there is none yet"
        said.append(f"No backup: {last}. The last try, {clock(backed_up.tried_at)}: {one_line(backed_up.trouble, LONGEST)}.")
    return "\n".join(said)


def as_object(done: Mapping[Chore, Done], database: Path) -> dict[str, str | dict[str, str | None] | None]:
    """Give it to a program."""
    put_back = newest(database)
    return {
        "newest_backup": str(put_back) if put_back else None,
        "backup": _as_object(done.get("backup")),
        "check": _as_object(done.get("check")),
    }


def _as_object(one: Done | None) -> dict[str, str | None] | None:
    if one is None:
        return None
    return {"tried_at": iso(one.tried_at), "done_at": iso(one.done_at), "trouble": one.trouble}
