"""What is done for the database itself, backups and checks: when it was done last, and what went wrong."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from monitor.model import Chore, Done
from monitor.store.rows import maybe_moment, maybe_stamp, moment, stamp


class Kept:
    """The store's answers about its own upkeep, on one connection."""

    db: Database

    def upkeep(self) -> dict[Chore, Done]:
        """Give what was done last of each kind; a kind that was never tried is not in it."""
        rows = self.db.conn.execute("SELECT task, tried_at, done_at, trouble FROM upkeep")
        return {row[0]: Done(tried_at=moment(row[1]), done_at=maybe_moment(row[2]), trouble=row[3]) for row in rows}

    def room(self) -> tuple[int, int]:
        """Give the bytes of the database's file, and how many of them are free for what comes."""
        page, whole, free = (
            self.db.conn.execute(f"PRAGMA {of}").fetchone()[0] for of in ("page_size", "page_count", "freelist_count")
        )
        return page * whole, page * free


class Keeping:
    """The store's deeds about its own upkeep. None of them commits."""

    db: Database

    def remember_upkeep(self, task: Chore, now: datetime, *, trouble: str | None) -> None:
        """Note that something was done, or (``trouble``) why it was not, or what it found."""
        self.db.conn.execute(
            "INSERT INTO upkeep (task, tried_at, done_at, trouble) VALUES (:task, :now, :done, :trouble) ON CONFLICT (task)"
            " DO UPDATE SET tried_at = :now, done_at = coalesce(:done, done_at), trouble = :trouble",
            {"task": task, "now": stamp(now), "done": maybe_stamp(None if trouble else now), "trouble": trouble},
        )
