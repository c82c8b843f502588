"""What is written about the past: watches asked of it, words beside an article, other addresses. Within a unit of work."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from monitor.model import ItemId, Match, WatchId
from monitor.store.reading import Reading
from monitor.store.rows import stamp

BESIDES = 20
"""A menu may name every country that a desk watches, on each of a site's pages."""


class Recalling(Reading):
    """The store's deeds about its past. Every one of them joins the transaction that is open; none commits."""

    def ask_on(self, watch_ids: Iterable[WatchId], *, was: ItemId, below: ItemId | None) -> None:
        """Note down to which item watches were asked of the past that were asked to ``was``; None: of all of it.

        One that was changed in between begins anew.
        """
        self.db.conn.execute(
            "UPDATE watch SET past = ? WHERE past = ? AND id IN (SELECT value FROM json_each(?))",
            (below, was, json.dumps(list(watch_ids))),
        )

    def tell_history(self, item_id: ItemId, watch_ids: Iterable[WatchId], *, now: datetime) -> None:
        """Note that what watches found in what was stored before them is told after all: it is found now."""
        self.db.conn.execute(
            "UPDATE match SET is_history = 0, found_at = ? WHERE item_id = ? AND is_history"
            " AND watch_id IN (SELECT value FROM json_each(?))",
            (stamp(now), item_id, json.dumps(list(watch_ids))),
        )

    def add_beside(self, item_id: ItemId, matches: Iterable[Match]) -> None:
        """Store where words of watches stand on an item's page outside its article: the first place each, of BESIDES watches."""
        self.db.conn.execute("DELETE FROM beside WHERE item_id = ?", (item_id,))
        self.db.conn.executemany(
            "INSERT OR IGNORE INTO beside (item_id, watch_id, term, form, sentence, mark_start, mark_stop)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (item_id, one.watch_id, one.term, one.form, one.sentence, one.mark_start, one.mark_stop)
                for one in islice(matches, BESIDES)
            ],
        )
