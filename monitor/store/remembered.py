"""What is stored, for a watch that is asked of it later; where an item is known; what stood beside it. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime

from monitor.errors import QueryError
from monitor.model import Beside, ChannelId, FeedId, FeedState, ItemId, OutletId, Past, Promise, StoredWords, Watch, WatchId
from monitor.store.asked import watch_of
from monitor.store.coverage import ITEMS, NEWEST
from monitor.store.rows import FEED_COLUMNS, STATE_COLUMNS, item_of, maybe_moment, moment, stamp, state_of
from monitor.store.versions import Versions

_PAGE = (
    "coalesce((SELECT text FROM revision WHERE item_id = item.id AND part = 'page' ORDER BY number DESC LIMIT 1), article.text)"
    " AS page_text"
)

_NEWEST = 10_000


class Remembered(Versions):
    """The store's answers about its past, on one connection."""

    def watches_in_force(self) -> dict[WatchId, Watch]:
        """Give the watches as they were last asked; whom they tell is not stored.

        One whose query cannot be read is left out: with each outlet of a large group written out, it may be too long.
        """
        watches: dict[WatchId, Watch] = {}
        for id, question in self.db.conn.execute("SELECT id, question FROM watch WHERE is_listed"):
            with suppress(QueryError):
                watches[WatchId(id)] = watch_of(WatchId(id), question)
        return watches

    def watched_since(self) -> dict[WatchId, datetime]:
        """Give since when each watch is asked as it is now."""
        return {WatchId(id): moment(since) for id, since in self.db.conn.execute("SELECT id, since FROM watch WHERE is_listed")}

    def past(self) -> tuple[Past, ...]:
        """Give the watches that are still to be asked about what was stored before them, those with the most to do first."""
        rows = self.db.query(
            "SELECT id, past, tells_since FROM watch WHERE past IS NOT NULL AND is_listed ORDER BY past DESC, id"
        )
        return tuple(
            Past(watch_id=WatchId(row["id"]), below=ItemId(row["past"]), tells_since=maybe_moment(row["tells_since"]))
            for row in rows
        )

    def past_items(self) -> int:
        """Count the items that some watch is still to be asked about."""
        return self._one("SELECT count(*) FROM item WHERE id < (SELECT coalesce(max(past), 0) FROM watch WHERE is_listed)")

    def stored_words(
        self, *, below: ItemId | None = None, least: ItemId | None = None, since: datetime | None = None, limit: int
    ) -> tuple[StoredWords, ...]:
        """Give items as they read now, newest first: with ids under ``below``, from ``least`` on, first seen since then."""
        rows = self.db.query(
            f"SELECT item.*, {NEWEST}, {_PAGE}, article.language AS page_language, {FEED_COLUMNS}"
            f" FROM {ITEMS} LEFT JOIN article ON article.item_id = item.id"
            " WHERE item.id < :below AND item.id >= :least AND item.seen_at >= :since ORDER BY item.id DESC LIMIT :limit",
            {
                "below": 2**62 if below is None else below,
                "least": least or 0,
                "since": 0 if since is None else stamp(since),
                "limit": limit,
            },
        )
        return tuple(
            StoredWords(item=item_of(row), text=row["page_text"], page_language=row["page_language"]) for row in list(rows)
        )

    def count_stored(self, since: datetime) -> int:
        """Count the items first seen since then."""
        return self._one("SELECT count(*) FROM item WHERE seen_at >= ?", stamp(since))

    def all_stored(self, since: datetime, *, each: int = 200) -> Iterator[StoredWords]:
        """Give every item first seen since then, newest first."""
        below: ItemId | None = None
        while found := self.stored_words(below=below, since=since, limit=each):
            yield from found
            below = found[-1].item.id

    def languages(self) -> dict[OutletId, dict[str, int]]:
        """Count for each outlet the newest items of each language that was told from their words."""
        rows = self.db.conn.execute(
            "SELECT outlet_id, language, count(*) FROM (SELECT feed.outlet_id, item.language FROM item"
            " JOIN feed ON feed.id = item.feed_id ORDER BY item.id DESC LIMIT ?)"
            " WHERE language IS NOT NULL GROUP BY outlet_id, language",
            (_NEWEST,),
        )
        spoken: dict[OutletId, dict[str, int]] = {}
        for outlet_id, language, items in rows:
            spoken.setdefault(OutletId(outlet_id), {})[language] = items
        return spoken

    # ------------------------------------------------------------------------------------------------------ one item

    def items_at(self, addresses: Iterable[str]) -> tuple[ItemId, ...]:
        """Give the items that are known by one of these canonical URLs, oldest first."""
        found: set[int] = set()
        for address in addresses:
            found.update(
                row[0]
                for row in self.db.conn.execute(
                    "SELECT id FROM item WHERE canonical_url = :at UNION SELECT item_id FROM also_at WHERE canonical_url = :at",
                    {"at": address},
                )
            )
        return tuple(ItemId(id) for id in sorted(found))

    def stored_item(self, item_id: ItemId) -> StoredWords | None:
        """Give one item as it reads now; None: there is none of that number."""
        return next(iter(self.stored_words(below=ItemId(item_id + 1), least=item_id, limit=1)), None)

    def besides(self, item_id: ItemId) -> tuple[Beside, ...]:
        """Give where watches' words stood on an item's page outside its article."""
        rows = self.db.query("SELECT * FROM beside WHERE item_id = ? ORDER BY watch_id", [item_id])
        return tuple(
            Beside(
                watch_id=WatchId(row["watch_id"]),
                term=row["term"],
                form=row["form"],
                sentence=row["sentence"],
                mark_start=row["mark_start"],
                mark_stop=row["mark_stop"],
            )
            for row in rows
        )

    def promises(self, item_id: ItemId) -> tuple[Promise, ...]:
        """Give all alerts about an item, or about its story, with what became of each."""
        rows = self.db.query(
            "SELECT alert.*, (SELECT max(at) FROM delivery WHERE alert_id = alert.id AND outcome = 'sent') AS sent_at,"
            " (SELECT reason FROM delivery WHERE alert_id = alert.id AND outcome = 'failed' ORDER BY id DESC LIMIT 1) AS why,"
            " (SELECT item_id FROM alert AS other WHERE other.id = alert.joined_to) AS joined_item,"
            " (SELECT max(at) FROM delivery WHERE alert_id = alert.joined_to AND outcome = 'sent') AS joined_sent_at,"
            " (SELECT at FROM ack WHERE subject = alert.subject) AS acked_at,"
            " (SELECT until FROM mute WHERE watch_id = alert.watch_id) AS muted_until"
            " FROM alert WHERE item_id = :item OR subject = 'story:' || (SELECT story_id FROM item WHERE id = :item) ORDER BY id",
            {"item": item_id},
        )
        return tuple(
            Promise(
                watch_id=WatchId(row["watch_id"]),
                channel=ChannelId(row["channel"]),
                item_id=ItemId(row["item_id"]),
                occasion=row["occasion"],
                number=row["number"],
                state=row["state"],
                raised_at=moment(row["raised_at"]),
                hold_until=moment(row["hold_until"]),
                next_try_at=moment(row["next_try_at"]),
                is_urgent=bool(row["is_urgent"]),
                sent_at=maybe_moment(row["sent_at"]),
                tries=row["tries"],
                reason=row["why"],
                batch=row["batch"],
                joined_item=row["joined_item"],
                joined_sent_at=maybe_moment(row["joined_sent_at"]),
                acked_at=maybe_moment(row["acked_at"]),
                muted_until=maybe_moment(row["muted_until"]),
            )
            for row in rows
        )

    def found_at(self, item_id: ItemId) -> dict[WatchId, tuple[datetime, bool]]:
        """Give for each watch that was found in an item when it was, first, and whether in what was stored before the watch."""
        rows = self.db.conn.execute(
            "SELECT watch_id, min(found_at), min(is_history) FROM match WHERE item_id = ? GROUP BY watch_id", (item_id,)
        )
        return {WatchId(id): (moment(at), bool(is_history)) for id, at, is_history in rows}

    def feeds(self) -> tuple[tuple[FeedState, bool], ...]:
        """Give every feed that was ever listed, and whether it is now."""
        rows = self.db.conn.execute(
            f"SELECT feed.is_listed, {STATE_COLUMNS} FROM feed JOIN outlet ON outlet.id = feed.outlet_id ORDER BY feed.id"
        )
        return tuple((state_of(row[1:]), bool(row[0])) for row in rows)

    def feeds_linking(self, host: str) -> frozenset[FeedId]:
        """Give the feeds that had items with pages on a host, as canonical URLs name it."""
        rows = self.db.conn.execute(
            "SELECT DISTINCT feed_id FROM item WHERE canonical_url >= ? AND canonical_url < ?",
            (f"https://{host}/", f"https://{host}0"),
        )
        return frozenset(FeedId(row[0]) for row in rows)

    def article_trouble(self, item_id: ItemId) -> str | None:
        """Say why an item's page could not be read, last; None: it could."""
        row = self.db.conn.execute("SELECT article_reason FROM item WHERE id = ?", (item_id,)).fetchone()
        return row[0] if row else None

    def is_forgotten(self, item_id: ItemId) -> bool:
        """Say whether an item's texts were deleted."""
        row = self.db.conn.execute("SELECT forgotten_at FROM item WHERE id = ?", (item_id,)).fetchone()
        return row is not None and row[0] is not None

    def addresses(self, item_id: ItemId) -> tuple[str, ...]:
        """Give the other canonical URLs that an item is known by."""
        rows = self.db.conn.execute("SELECT canonical_url FROM also_at WHERE item_id = ? ORDER BY canonical_url", (item_id,))
        return tuple(row[0] for row in rows)
