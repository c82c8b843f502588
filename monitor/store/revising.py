"""What edits write, inside a unit of work that holds the one write transaction: revisions, what they did, when to look again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from monitor.model import Article, FeedId, ItemId, SentenceEdit
from monitor.store.reading import Reading
from monitor.store.rows import maybe_stamp, stamp

MOST = 50
"""Revisions of one item that are kept: a page that never says the same twice must not fill the disk."""
_ONE_EDIT = timedelta(hours=1)
_SETTLE = timedelta(minutes=15)
_DOUBLINGS = 7
"""An entry that is edited again and again has its page read ever more seldom: after half an hour, one ... 32 hours at last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A revision that was stored: its row, and its number among those of its item."""

    id: int
    number: int


class Revising(Reading):
    """The store's deeds about edits. Every one of them joins the transaction that is open; none commits."""

    def add_revision(
        self, item_id: ItemId, *, part: Literal["feed", "page"], title: str | None, text: str, now: datetime
    ) -> Revision | None:
        """Store what an item's entry or page says now. None, and nothing stored, where it had MOST revisions already.

        An edit that shows in the entry and, soon before or after, in the page is one revision with two parts.
        """
        row = self.db.conn.execute(
            "SELECT number, count(*), max(part), max(seen_at) FROM revision WHERE item_id = ? GROUP BY number"
            " ORDER BY number DESC LIMIT 1",
            (item_id,),
        ).fetchone()
        last, parts, other, seen_at = row or (0, 0, None, 0)
        is_one = parts == 1 and other != part and seen_at >= stamp(now - _ONE_EDIT)
        number = last if is_one else last + 1
        if number > MOST:
            return None
        made = self.db.conn.execute(
            "INSERT INTO revision (item_id, number, part, seen_at, title, text, text_hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (item_id, number, part, stamp(now), title, text, hashlib.sha256(text.encode()).hexdigest()),
        )
        self.db.conn.execute(
            "UPDATE item SET edited_at = ?, is_indexed = 0, forgotten_at = NULL WHERE id = ?", (stamp(now), item_id)
        )
        assert made.lastrowid
        return Revision(id=made.lastrowid, number=number)

    def add_sentence_edits(self, revision_id: int, edits: Iterable[SentenceEdit]) -> None:
        """Mark what a revision did to the sentences in which watches were found."""
        self.db.conn.executemany(
            "INSERT INTO sentence_edit (revision_id, match_id, fate, before, after) VALUES (?, ?, ?, ?, ?)",
            [(revision_id, edit.match_id, edit.fate.kind, edit.before, edit.fate.sentence) for edit in edits],
        )

    def remember_entry(self, item_id: ItemId, entry_hash: bytes, *, is_wanted: bool, now: datetime) -> None:
        """Remember that an item's entry was edited; its page, where it was read or given up, is read again.

        At once where a watch was found in it, or would be for its entry alone (``is_wanted``), or the first time; else ever more
        seldom, as some feeds edit at every poll.
        """
        state, edited_at, reread_at, edits, is_matched = self.db.conn.execute(
            "SELECT article_state, coalesce(edited_at, 0), reread_at,"
            " (SELECT coalesce(max(number), 0) FROM revision WHERE item_id = item.id),"
            " EXISTS (SELECT 1 FROM match WHERE item_id = item.id) FROM item WHERE id = ?",
            (item_id,),
        ).fetchone()
        at = stamp(now)
        if edits and not is_matched and not is_wanted:
            at = max(at, edited_at + (int(_SETTLE.total_seconds()) << min(edits, _DOUBLINGS)))
        # a plan that is due may be under way already, and its page fetched before this edit
        if reread_at is not None:
            at = max(at, reread_at + 1) if reread_at <= stamp(now) else min(at, reread_at)
        if state == "not_wanted" or edits >= MOST:
            at = reread_at
        self.db.conn.execute("UPDATE item SET entry_hash = ?, reread_at = ? WHERE id = ?", (entry_hash, at, item_id))

    def remember_words(self, item_id: ItemId, entry_hash: bytes) -> None:
        """Remember what an entry says to the letter, where that is no edit."""
        self.db.conn.execute("UPDATE item SET entry_hash = ? WHERE id = ?", (entry_hash, item_id))

    def remember_met(self, feed_id: FeedId, keys: Iterable[str], now: datetime) -> None:
        """Remember that an entry was met whose item was deleted: its keys are kept for as long again."""
        self.db.conn.execute(
            "UPDATE item_key SET gone_at = ? WHERE feed_id = ? AND gone_at IS NOT NULL"
            " AND key IN (SELECT value FROM json_each(?))",
            (stamp(now), feed_id, json.dumps(list(keys))),
        )

    def plan_reread(self, item_id: ItemId, at: datetime | None, *, was: datetime | None) -> None:
        """Have an item's page read again then; None: not again. A plan that is not as it ``was`` any more stays."""
        self.db.conn.execute(
            "UPDATE item SET reread_at = ? WHERE id = ? AND reread_at IS ?", (maybe_stamp(at), item_id, maybe_stamp(was))
        )

    def mend_article(self, item_id: ItemId, article: Article) -> None:
        """Note that a page which may not have been the article gives it now; its words are a revision."""
        self.db.conn.execute(
            "UPDATE article SET doubt = ?, source = ?, url = ? WHERE item_id = ?",
            (article.doubt, article.source, article.url, item_id),
        )

    def remember_gone(self, item_id: ItemId, at: datetime | None) -> None:
        """Note since when an item's page is gone; None: it is there."""
        self.db.conn.execute(
            "UPDATE item SET gone_at = CASE WHEN :at IS NULL THEN NULL ELSE coalesce(gone_at, :at) END WHERE id = :item",
            {"at": maybe_stamp(at), "item": item_id},
        )

    def readdress(self, item_id: ItemId, canonical_url: str) -> None:
        """Note what an item's page turned out to be called; it is still found by the address that its feed gave."""
        self.db.conn.execute(
            "INSERT OR IGNORE INTO also_at (canonical_url, item_id) SELECT canonical_url, id FROM item"
            " WHERE id = ? AND canonical_url IS NOT NULL AND canonical_url <> ?",
            (item_id, canonical_url),
        )
        self.db.conn.execute("UPDATE item SET canonical_url = ? WHERE id = ?", (canonical_url, item_id))
