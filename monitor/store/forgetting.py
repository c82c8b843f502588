"""What keeps the database useful and small: the index of words, and the deleting of what is older than [keep] says.

Each deed joins the transaction that is open, and does no more than so many rows of it: others wait for the writer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from monitor.model import DigestId, FeedId, ItemId, Texts
from monitor.store.grouping import Grouping
from monitor.store.rows import stamp

Place = tuple[int, int, int]
"""Where an item stands in the order of the index: when it was seen, its feed, its id."""
_FIRST: Place = (-1, -1, -1)

_PAGES = 32
"""Pages of the index that one step of joining writes: a few milliseconds."""


_OTHER = (
    "SELECT min(item.id) FROM item WHERE alert.subject = 'story:' || item.story_id"
    " AND item.story_id = CAST(substr(alert.subject, 7) AS INTEGER) AND item.id NOT IN (SELECT value FROM json_each(:items))"
)
_HAND_ON = (
    f"UPDATE alert SET item_id = ({_OTHER}) WHERE item_id IN (SELECT value FROM json_each(:items))"
    f" AND subject LIKE 'story:%' AND ({_OTHER}) IS NOT NULL"
)


class Forgetting(Grouping):
    """The store's deeds about search and retention. Every one of them joins the transaction that is open; none commits."""

    # ---------------------------------------------------------------------------------------------------- the index

    def claim_unindexed(self, limit: int) -> tuple[Texts, ...]:
        """Take items whose words are not in the index yet, newest first. What is edited from now on is taken again."""
        rows = self.db.conn.execute(
            # the first condition names the index
            "SELECT id FROM item WHERE is_indexed <> 1 AND is_indexed = 0 ORDER BY id DESC LIMIT ?",
            (limit,),
        ).fetchall()
        claimed = tuple(ItemId(row[0]) for row in rows)
        self.db.conn.executemany("UPDATE item SET is_indexed = 2 WHERE id = ?", [(item_id,) for item_id in claimed])
        return self.texts(claimed)

    def index(self, folded: Iterable[Texts]) -> None:
        """Put the words of items that were claimed into the index, in the place of those that stood there."""
        for texts in folded:
            self.db.conn.execute(
                "INSERT OR REPLACE INTO words (rowid, title, summary, text) VALUES (?, ?, ?, ?)",
                (texts.id, texts.title, texts.summary, texts.text),
            )
            # one that was edited meanwhile, or lost its texts, is claimed again
            self.db.conn.execute("UPDATE item SET is_indexed = 1 WHERE id = ? AND is_indexed = 2", (texts.id,))

    def merge_words(self) -> bool:
        """Join some of the parts that the index was written in, as every so many additions want it; False: none is to be joined.

        FTS5's documentation, "The merge Command": it has done nothing where it changed fewer than two rows.
        """
        before = self.db.conn.total_changes
        self.db.conn.execute("INSERT INTO words (words, rank) VALUES ('merge', ?)", (_PAGES,))
        return self.db.conn.total_changes - before > 1

    def unclaim(self) -> None:
        """Give back what was claimed by somebody who was killed before it was in the index."""
        self.db.conn.execute("UPDATE item SET is_indexed = 0 WHERE is_indexed <> 1 AND is_indexed = 2")

    # ------------------------------------------------------------------------------------------------------- retention

    def forget_texts(self, before: datetime, *, now: datetime, limit: int) -> int:
        """Delete the texts of the oldest items seen before a time; titles, times, hashes and matches stay. Gives how many."""
        rows = self.db.conn.execute(
            "SELECT id FROM item WHERE forgotten_at IS NULL AND seen_at < ? ORDER BY seen_at LIMIT ?", (stamp(before), limit)
        ).fetchall()
        ids = json.dumps([row[0] for row in rows])
        for statement in (
            "UPDATE article SET text = NULL WHERE item_id IN (SELECT value FROM json_each(:ids))",
            "UPDATE revision SET text = NULL WHERE item_id IN (SELECT value FROM json_each(:ids))",
            "UPDATE item SET summary = '', forgotten_at = :now, is_indexed = 0 WHERE id IN (SELECT value FROM json_each(:ids))",
        ):
            self.db.conn.execute(statement, {"ids": ids, "now": stamp(now)})
        return len(rows)

    def forget_items(self, before: datetime, *, now: datetime, after: Place | None, limit: int) -> tuple[Place | None, int]:
        """Delete the oldest items seen before a time, with all that belongs to them; looks at ``limit`` of those after ``after``.

        Their keys stay: an item that its feed still lists must not come again as news. One with an alert to send stays. Gives the
        place of the last one looked at (None: there is none left) and how many were deleted.
        """
        rows = self.db.conn.execute(
            "SELECT seen_at, feed_id, id, story_id, EXISTS (SELECT 1 FROM alert WHERE item_id = item.id AND state = 'held')"
            " FROM item WHERE (seen_at, feed_id, id) > (?, ?, ?) AND seen_at < ? ORDER BY seen_at, feed_id, id LIMIT ?",
            (*(after or _FIRST), stamp(before), limit),
        ).fetchall()
        gone = [(row[2], row[3]) for row in rows if not row[4]]
        self.db.conn.execute(
            "UPDATE item_key SET item_id = NULL, gone_at = ? WHERE item_id IN (SELECT value FROM json_each(?))",
            (stamp(now), json.dumps([item_id for item_id, _ in gone])),
        )
        self._delete([item_id for item_id, _ in gone], [story_id for _, story_id in gone])
        return (rows[-1][:3] if rows else None), len(gone)

    def forget_keys(self, before: datetime, limit: int) -> int:
        """Delete keys of items that were deleted, and not met again, before a time; gives how many."""
        return self.db.conn.execute(
            "DELETE FROM item_key WHERE (feed_id, key) IN"
            " (SELECT feed_id, key FROM item_key WHERE gone_at < ? ORDER BY gone_at LIMIT ?)",
            (stamp(before), limit),
        ).rowcount

    def forget_digest(self, digest_id: DigestId) -> None:
        """Delete a digest with its words, what it told of and the promises to send it."""
        for table in ("digest_words", "digest_story", "digest_delivery"):
            self.db.conn.execute(f"DELETE FROM {table} WHERE digest_id = ?", (digest_id,))
        self.db.conn.execute("DELETE FROM digest WHERE id = ?", (digest_id,))

    def name_item(self, feed_id: FeedId, key: str, item_id: ItemId) -> ItemId:
        """Let an item be known by one more key, and give whose key it is: another item of the feed may have had it."""
        self.db.conn.execute("INSERT OR IGNORE INTO item_key (feed_id, key, item_id) VALUES (?, ?, ?)", (feed_id, key, item_id))
        row = self.db.conn.execute("SELECT item_id FROM item_key WHERE feed_id = ? AND key = ?", (feed_id, key)).fetchone()
        return ItemId(row[0])

    def merge(self, item_id: ItemId, into: ItemId) -> bool:
        """Let an item go that is another one under a new name, and withdraw what it promised.

        False, and nothing done, where somebody was told of it already, or is being told.
        """
        told = "SELECT 1 FROM alert WHERE item_id = ? AND (state <> 'held' OR message IS NOT NULL OR tries > 0) LIMIT 1"
        if self.db.conn.execute(told, (item_id,)).fetchone():
            return False
        story_id = self.story_of(item_id)
        self.db.conn.execute("UPDATE item_key SET item_id = ? WHERE item_id = ?", (into, item_id))
        self.db.conn.execute(
            "INSERT OR IGNORE INTO also_at SELECT canonical_url, :into FROM item"
            " WHERE id = :item AND canonical_url IS NOT NULL"
            " UNION SELECT canonical_url, :into FROM also_at WHERE item_id = :item",
            {"into": into, "item": item_id},
        )
        # not deleted: somebody may have them in hand
        self.db.conn.execute("UPDATE alert SET item_id = ?, state = 'withdrawn' WHERE item_id = ?", (into, item_id))
        self._delete([item_id], [story_id])
        return True

    def _delete(self, items: list[int], stories: list[int]) -> None:
        for item_id in items:
            self.forget_shingles(ItemId(item_id))
        # what was told of a story stays told while another of its items is there
        self.db.conn.execute(_HAND_ON, {"items": json.dumps(items)})
        these, of_these = "(SELECT value FROM json_each(:items))", "(SELECT value FROM json_each(:stories))"
        for statement in (
            f"DELETE FROM delivery WHERE alert_id IN (SELECT id FROM alert WHERE item_id IN {these})",
            f"DELETE FROM alert WHERE item_id IN {these}",
            f"DELETE FROM sentence_edit WHERE revision_id IN (SELECT id FROM revision WHERE item_id IN {these})",
            f"DELETE FROM match WHERE item_id IN {these}",
            f"DELETE FROM beside WHERE item_id IN {these}",
            f"DELETE FROM also_at WHERE item_id IN {these}",
            f"DELETE FROM revision WHERE item_id IN {these}",
            f"DELETE FROM item_record WHERE item_id IN {these}",
            f"DELETE FROM sketch WHERE item_id IN {these}",
            f"DELETE FROM article WHERE item_id IN {these}",
            f"DELETE FROM item_key WHERE item_id IN {these}",
            f"DELETE FROM words WHERE rowid IN {these}",
            f"DELETE FROM item WHERE id IN {these}",
            f"DELETE FROM story WHERE id IN {of_these} AND NOT EXISTS (SELECT 1 FROM item WHERE story_id = story.id)",
        ):
            self.db.conn.execute(statement, {"items": json.dumps(items), "stories": json.dumps(stories)})
