"""What an item said at which time, and which pages are to be read again for it. Questions only; nothing here writes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from monitor.model import EditKind, Fate, FeedId, Field, ItemId, KnownItem, SentenceEdit, StoredItem, StoryId, Version, WatchId
from monitor.store.coverage import ITEMS, NEWEST, Coverage
from monitor.store.rows import FEED_COLUMNS, item_of, stamp, version_of

_VERSIONS = (
    # what was stored first stands with the item and the article themselves; of the feed's words only their order tells the time
    "SELECT 0 AS number, 'feed' AS part, seen_at, title, CASE WHEN forgotten_at IS NULL THEN summary END AS text,"
    " '' AS text_hash FROM item WHERE id = :item"
    " UNION ALL SELECT 0, 'page', read_at, title, text, text_hash FROM article WHERE item_id = :item"
    " UNION ALL SELECT number, part, seen_at, title, text, text_hash FROM revision WHERE item_id = :item"
)


class Versions(Coverage):
    """What the store knows of edits, on one connection."""

    def known_items(self, feed_id: FeedId, keys: Iterable[str]) -> dict[str, KnownItem]:
        """Give, for those of the keys under which an item of the feed is, or was, stored, that item."""
        rows = self.db.conn.execute(
            "SELECT item_key.key, item.id, item.entry_hash FROM item_key LEFT JOIN item ON item.id = item_key.item_id"
            " WHERE item_key.feed_id = ? AND item_key.key IN (SELECT value FROM json_each(?))",
            (feed_id, json.dumps(list(keys))),
        )
        return {
            key: KnownItem(id=None if item_id is None else ItemId(item_id), entry_hash=entry_hash)
            for key, item_id, entry_hash in rows
        }

    def versions(self, item_id: ItemId) -> tuple[Version, ...]:
        """Give all versions of an item, oldest first: of its entry in the feed, and of its page."""
        rows = self.db.query(f"{_VERSIONS} ORDER BY number, seen_at, part", {"item": item_id})
        return tuple(version_of(row) for row in rows)

    def latest(self, item_id: ItemId, part: Literal["feed", "page"]) -> Version | None:
        """Give the newest version of an item's entry or page; None where its page was never read."""
        query = f"SELECT * FROM ({_VERSIONS}) WHERE part = :part ORDER BY number DESC LIMIT 1"
        row = next(self.db.query(query, {"item": item_id, "part": part}), None)
        return version_of(row) if row else None

    def has_item(self, item_id: ItemId) -> bool:
        """Say whether an item is still stored."""
        return self.db.conn.execute("SELECT 1 FROM item WHERE id = ?", (item_id,)).fetchone() is not None

    def is_edited_since(self, item_id: ItemId, moment: datetime) -> bool:
        """Say whether an item was seen to be edited since then."""
        row = self.db.conn.execute("SELECT edited_at >= ? FROM item WHERE id = ?", (stamp(moment), item_id)).fetchone()
        return row is not None and row[0] == 1

    def titles(self, item_id: ItemId) -> tuple[str, ...]:
        """Give every headline that an item ever had, in its feed and on its page."""
        rows = self.db.conn.execute(f"SELECT DISTINCT title FROM ({_VERSIONS}) WHERE title IS NOT NULL", {"item": item_id})
        return tuple(row[0] for row in rows)

    def story_of(self, item_id: ItemId) -> StoryId:
        """Give the story that an item belongs to."""
        return StoryId(self.db.conn.execute("SELECT story_id FROM item WHERE id = ?", (item_id,)).fetchone()[0])

    def unsettled(self, limit: int) -> tuple[StoredItem, ...]:
        """Give the newest items whose page is not wanted and whose story is still to be settled."""
        rows = self.db.query(
            f"SELECT item.*, {NEWEST}, {FEED_COLUMNS} FROM {ITEMS} WHERE item.article_state = 'not_wanted' AND item.id IN"
            " (SELECT item.id FROM story JOIN item ON item.story_id = story.id WHERE story.settled_at IS NULL"
            " AND item.article_state = 'not_wanted'"
            # one that joined what is still to be read waits for that
            " AND NOT EXISTS (SELECT 1 FROM sketch WHERE sketch.item_id = item.id)"
            " ORDER BY story.id DESC LIMIT ?) ORDER BY item.id",
            [limit],
        )
        return tuple(item_of(row) for row in rows)

    def address_of(self, item_id: ItemId) -> str | None:
        """Give an item's canonical URL, for comparing."""
        row = self.db.conn.execute("SELECT canonical_url FROM item WHERE id = ?", (item_id,)).fetchone()
        return row[0] if row else None

    def matched_watches(self, item_id: ItemId) -> frozenset[WatchId]:
        """Give the watches that are stored as found in an item."""
        rows = self.db.query("SELECT DISTINCT watch_id FROM match WHERE item_id = ?", [item_id])
        return frozenset(WatchId(row["watch_id"]) for row in rows)

    def watches_after(self, moment: datetime) -> frozenset[WatchId]:
        """Give the watches that were not asked yet then, or not so."""
        rows = self.db.conn.execute("SELECT id FROM watch WHERE since >= ?", (stamp(moment),))
        return frozenset(WatchId(row[0]) for row in rows)

    def is_matched(self, item_id: ItemId) -> bool:
        """Say whether any watch was ever found in an item."""
        return self.db.conn.execute("SELECT 1 FROM match WHERE item_id = ? LIMIT 1", (item_id,)).fetchone() is not None

    def doubt(self, item_id: ItemId) -> str | None:
        """Say what speaks against an item's article being the article; None: nothing, or it has none."""
        row = self.db.conn.execute("SELECT doubt FROM article WHERE item_id = ?", (item_id,)).fetchone()
        return row[0] if row else None

    def watched_sentences(self, item_id: ItemId, fields: Iterable[Field]) -> tuple[SentenceEdit, ...]:
        """Give the sentences of these fields in which watches were found, as they read now; those that are gone are left out.

        ``fate`` is what was known of each last: changed into itself.
        """
        rows = self.db.query(
            "SELECT match.id, match.watch_id, match.field, match.sentence, edit.fate, edit.after FROM match"
            " LEFT JOIN sentence_edit AS edit ON edit.match_id = match.id AND edit.revision_id ="
            " (SELECT max(revision_id) FROM sentence_edit WHERE match_id = match.id)"
            " WHERE match.item_id = ? AND match.field IN (SELECT value FROM json_each(?)) AND coalesce(edit.fate, '') <> 'gone'"
            " ORDER BY match.id",
            [item_id, json.dumps(list(fields))],
        )
        return tuple(
            SentenceEdit(
                match_id=row["id"],
                watch_id=WatchId(row["watch_id"]),
                field=row["field"],
                before=row["after"] or row["sentence"],
                fate=Fate(kind="changed", sentence=row["after"] or row["sentence"]),
            )
            for row in rows
        )

    def rewritten(self, item_id: ItemId, watch_id: WatchId) -> tuple[tuple[str, str], ...]:
        """Give the sentences with a watch in them that were edited since: as stored first, and as they read now ("": gone)."""
        rows = self.db.conn.execute(
            "SELECT DISTINCT match.sentence, coalesce(edit.after, '') FROM match JOIN sentence_edit AS edit"
            " ON edit.match_id = match.id AND edit.revision_id ="
            " (SELECT max(revision_id) FROM sentence_edit WHERE match_id = match.id)"
            " WHERE match.item_id = ? AND match.watch_id = ? ORDER BY match.id",
            (item_id, watch_id),
        )
        return tuple((before, after) for before, after in rows)

    def edit_of(self, item_id: ItemId, watch_id: WatchId) -> EditKind | None:
        """Say what an edit has to do with where a watch was found in an item; None: nothing, or not with all of it."""
        row = self.db.conn.execute(
            "SELECT (SELECT gone_at FROM item WHERE id = :item), min(match.revision), count(*),"
            " count(*) FILTER (WHERE edit.fate = 'gone'), count(*) FILTER (WHERE edit.fate = 'changed') FROM match"
            " LEFT JOIN sentence_edit AS edit ON edit.match_id = match.id AND edit.revision_id ="
            " (SELECT max(revision_id) FROM sentence_edit WHERE match_id = match.id)"
            " WHERE match.item_id = :item AND match.watch_id = :watch",
            {"item": item_id, "watch": watch_id},
        ).fetchone()
        gone_at, revision, places, gone, changed = row
        if gone_at:
            return "page_gone"
        if places and gone == places:
            return "gone"
        if changed or gone:
            return "changed"
        return "brought" if revision else None

    def due_rereads(self, now: datetime, limit: int, *, each: int) -> tuple[StoredItem, ...]:
        """Give items whose page is to be read again now, longest due first; at most ``each`` of a feed."""
        rows = self.db.query(
            f"SELECT * FROM (SELECT item.*, {NEWEST}, {FEED_COLUMNS},"
            " row_number() OVER (PARTITION BY item.feed_id ORDER BY item.reread_at, item.id) AS place"
            f" FROM {ITEMS} WHERE item.reread_at <= :now AND item.article_state IN ('read', 'given_up')"
            " AND feed.is_listed AND NOT feed.is_paused"
            " AND feed.host NOT IN (SELECT name FROM host WHERE rests_until > :now)) WHERE place <= :each"
            " ORDER BY reread_at, id LIMIT :limit",
            {"now": stamp(now), "each": each, "limit": limit},
        )
        return tuple(item_of(row) for row in rows)
