"""How the monitor does, as far as the store can tell: feeds, promises, watches, in figures. Nothing here writes.

Each question is answered from an index or from a table of few rows, whatever was ever stored: it is asked every few seconds.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.model import ChannelId, Figures, OutletId, OutletVital, WatchId
from monitor.store.keeping import Kept
from monitor.store.outgoing import Outgoing
from monitor.store.rows import maybe_moment, moment, stamp

DAY = 86_400
_STATE = (
    "CASE WHEN is_paused THEN 'paused' WHEN polled_at IS NULL THEN 'new' WHEN failure_reason IS NULL THEN 'answering'"
    " ELSE 'failing' END"
)


class Vital(Kept, Outgoing):
    """The store's answers about itself, on one connection."""

    def vital(self, now: datetime) -> Figures:
        """Give the figures of this moment."""
        run = self.db.conn.execute
        (due,) = run("SELECT min(due_at) FROM feed WHERE is_listed AND NOT is_paused").fetchone()
        refused = run("SELECT config_fault IS NOT NULL FROM run ORDER BY id DESC LIMIT 1").fetchone()
        return Figures(
            outlets=self._outlets(),
            feeds=dict(run(f"SELECT {_STATE}, count(*) FROM feed WHERE is_listed GROUP BY 1").fetchall()),
            late=timedelta(seconds=max(stamp(now) - due, 0) if due is not None else 0),
            alerts=self._promises("alert"),
            digests=self._promises("digest_delivery"),
            oldest={
                ChannelId(row[0]): moment(row[1])
                for row in run("SELECT channel, min(raised_at) FROM alert WHERE state = 'held' GROUP BY channel")
            },
            troubled=frozenset(self.troubles()),
            found=self._found_since(stamp(now) - DAY),
            upkeep=self.upkeep(),
            unread=self.unread(),
            is_refused=bool(refused and refused[0]),
        )

    def _outlets(self) -> tuple[OutletVital, ...]:
        rows = self.db.conn.execute(
            "SELECT outlet_id, min(failure_reason IS NULL), max(answered_at) FROM feed"
            # one that was not polled yet neither answers nor fails
            " WHERE is_listed AND NOT is_paused AND polled_at IS NOT NULL GROUP BY outlet_id"
        )
        return tuple(OutletVital(id=OutletId(id), answers=bool(up), answered_at=maybe_moment(at)) for id, up, at in rows)

    def _promises(self, table: str) -> dict[tuple[ChannelId, str], int]:
        rows = self.db.conn.execute(f"SELECT channel, state, count(*) FROM {table} GROUP BY channel, state")
        return {(ChannelId(channel), state): count for channel, state, count in rows}

    def _found_since(self, since: int) -> dict[WatchId, int]:
        rows = self.db.conn.execute(
            "SELECT id, (SELECT count(*) FROM match WHERE watch_id = watch.id AND is_first AND found_at >= ? AND NOT is_history)"
            " FROM watch WHERE is_listed",
            (since,),
        )
        return {WatchId(id): count for id, count in rows}
