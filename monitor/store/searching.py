"""Finding stored items by their words: an index over folded text, newest first. Questions only; nothing here writes."""

from __future__ import annotations

from datetime import datetime

from monitor.model import Found, ItemId, OutletId, Texts, WatchId
from monitor.store.coverage import ITEMS
from monitor.store.rows import FEED_COLUMNS, feed_of, maybe_moment, moment, stamp
from monitor.store.versions import Versions

_LATEST = (
    "coalesce((SELECT {column} FROM revision WHERE item_id = item.id AND part = '{part}' ORDER BY number DESC LIMIT 1), {first})"
)
_TEXTS = (
    _LATEST.format(column="title", part="feed", first="item.title")
    + " AS now_title, "
    + _LATEST.format(column="text", part="feed", first="item.summary")
    + " AS now_summary, "
    + _LATEST.format(column="text", part="page", first="article.text")
    + " AS now_text"
)
TITLE_NOW = _LATEST.format(column="title", part="feed", first="item.title") + " AS title"
_FOUND = (
    # the index is walked from its end; the rest is looked up for what it gives
    f"FROM words CROSS JOIN {ITEMS} LEFT JOIN article ON article.item_id = item.id"
    " WHERE words MATCH :query AND words.rowid = item.id AND words.rowid >= :first"
    " AND (:since IS NULL OR item.seen_at >= :since) AND (:outlet IS NULL OR feed.outlet_id = :outlet)"
    " AND (:watch IS NULL OR EXISTS (SELECT 1 FROM match WHERE match.item_id = item.id AND match.watch_id = :watch))"
)
_MOST_COUNTED = 10_000


class Searching(Versions):
    """The store's answers to searches, on one connection."""

    def found(
        self,
        query: str,
        *,
        since: datetime | None = None,
        outlet: OutletId | None = None,
        watch: WatchId | None = None,
        limit: int = 20,
    ) -> tuple[Found, ...]:
        """Give the newest items that an FTS5 query (search.compiled makes it) finds, as they read now."""
        rows = self.db.query(
            f"SELECT item.id, item.link, item.language, item.published_at, item.seen_at, {_TEXTS}, {FEED_COLUMNS}"
            f" {_FOUND} ORDER BY words.rowid DESC LIMIT :limit",
            self._asked(query, since, outlet, watch, limit=limit),
        )
        return tuple(
            Found(
                texts=Texts(id=ItemId(row["id"]), title=row["now_title"], summary=row["now_summary"], text=row["now_text"] or ""),
                feed=feed_of(row),
                link=row["link"],
                language=row["language"],
                published=maybe_moment(row["published_at"]),
                seen_at=moment(row["seen_at"]),
            )
            for row in rows
        )

    def count_found(
        self,
        query: str,
        *,
        since: datetime | None = None,
        outlet: OutletId | None = None,
        watch: WatchId | None = None,
        most: int = _MOST_COUNTED,
    ) -> int:
        """Count what a query finds, up to ``most``."""
        if since is None and outlet is None and watch is None:
            return self._one("SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)", query, most)
        named = self._asked(query, since, outlet, watch, limit=most)
        return self._one(f"SELECT count(*) FROM (SELECT 1 {_FOUND} LIMIT :limit)", named)

    def _asked(
        self, query: str, since: datetime | None, outlet: OutletId | None, watch: WatchId | None, *, limit: int
    ) -> dict[str, object]:
        return {
            "query": query,
            "first": self._first_since(since),
            "since": None if since is None else stamp(since),
            "outlet": outlet,
            "watch": watch,
            "limit": limit,
        }

    def indexed(self) -> int:
        """Count the items that can be searched for, the newest 10,000 of them at the most."""
        return self._one("SELECT count(*) FROM (SELECT 1 FROM item WHERE is_indexed = 1 LIMIT ?)", _MOST_COUNTED)

    def unindexed(self) -> int:
        """Count the items that cannot be searched for yet."""
        return int(self.db.execute("SELECT count(*) FROM item WHERE is_indexed <> 1").fetchone()[0])

    def texts(self, item_ids: tuple[ItemId, ...]) -> tuple[Texts, ...]:
        """Give what items say now: of headline, feed's text and article the newest version each."""
        found = []
        for item_id in item_ids:
            rows = self.db.query(
                f"SELECT {_TEXTS} FROM item LEFT JOIN article ON article.item_id = item.id WHERE item.id = ?", [item_id]
            )
            found += [
                Texts(id=item_id, title=row["now_title"], summary=row["now_summary"], text=row["now_text"] or "") for row in rows
            ]
        return tuple(found)

    def _first_since(self, since: datetime | None) -> int:
        """Give the least id that an item seen since then can have: ids grow with time, unless a clock was set back."""
        if since is None:
            return 0
        row = self.db.execute("SELECT min(id) FROM item WHERE seen_at >= ?", [stamp(since)]).fetchone()
        return int(row[0] or 2**62)
