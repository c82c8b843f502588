"""What proves it: the answers that were kept, which item each proves, and items with all that is known of them.

Proved asks and writes nothing; Proving writes, inside a unit of work. Neither touches the evidence files themselves.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlite_utils import Database

from monitor.model import (
    FoundMatch,
    ItemId,
    LinkedRecord,
    Part,
    ProvedItem,
    ReadArticle,
    Record,
    RecordId,
    Redirect,
    SentAlert,
    SentenceEdit,
    StoryId,
    Version,
    Wanted,
    WatchId,
)
from monitor.store.rows import (
    FEED_COLUMNS,
    MATCH_COLUMNS,
    Row,
    feed_of,
    match_of,
    maybe_moment,
    maybe_stamp,
    moment,
    sent_of,
    sentence_edit_of,
    stamp,
    version_of,
)

_RECORD_COLUMNS = "file, start, length, url, status, fetched_at, digest, way, config"
_ITEMS = "item JOIN feed ON feed.id = item.feed_id JOIN outlet ON outlet.id = feed.outlet_id"


class Proved:
    """The store's answers about evidence, on one connection."""

    db: Database

    def proved_ids(self, wanted: Wanted) -> tuple[ItemId, ...]:
        """Give the items asked for, oldest first. One asked for by its own id, or its story's, needs no match."""
        named = wanted.item_id is not None or wanted.story_id is not None
        asks_matches = not named or wanted.since or wanted.until or wanted.watch_id
        found = (
            "item.id IN (SELECT item_id FROM match WHERE (:since IS NULL OR found_at >= :since)"
            " AND (:until IS NULL OR found_at < :until) AND (:watch IS NULL OR watch_id = :watch)) AND"
        )
        rows = self.db.query(
            f"SELECT item.id FROM item JOIN feed ON feed.id = item.feed_id WHERE {found if asks_matches else ''}"
            " (:outlet IS NULL OR feed.outlet_id = :outlet) AND (:item IS NULL OR item.id = :item)"
            " AND (:story IS NULL OR item.story_id = :story) ORDER BY item.seen_at, item.id",
            {
                "since": maybe_stamp(wanted.since),
                "until": maybe_stamp(wanted.until),
                "watch": wanted.watch_id,
                "outlet": wanted.outlet_id,
                "item": wanted.item_id,
                "story": wanted.story_id,
            },
        )
        return tuple(ItemId(row["id"]) for row in rows)

    def proved(self, item_id: ItemId, watch_id: WatchId | None = None) -> ProvedItem:
        """Give an item with all that is known of it at one moment; of matches and alerts only a watch's where one is named."""
        # the daemon writes meanwhile: a match must not be given without the record that was stored with it
        with self.at_one_moment():
            return self._proved(item_id, watch_id)

    @contextmanager
    def at_one_moment(self) -> Iterator[None]:
        """Let all that is asked within be answered as of one moment, whatever is written meanwhile."""
        if self.db.conn.in_transaction:
            yield
            return
        self.db.conn.execute("BEGIN")
        try:
            yield
        finally:
            self.db.conn.execute("COMMIT")

    def _proved(self, item_id: ItemId, watch_id: WatchId | None) -> ProvedItem:
        row = next(self.db.query(f"SELECT item.*, {FEED_COLUMNS} FROM {_ITEMS} WHERE item.id = ?", [item_id]))
        return ProvedItem(
            id=item_id,
            story_id=StoryId(row["story_id"]),
            feed=feed_of(row),
            guid=row["guid"],
            link=row["link"],
            canonical_url=row["canonical_url"],
            title=row["title"],
            summary=row["summary"],
            author=row["author"],
            language=row["language"],
            published=maybe_moment(row["published_at"]),
            published_raw=row["published_raw"],
            seen_at=moment(row["seen_at"]),
            entry_hash=row["entry_hash"].hex() if row["entry_hash"] else None,
            edited_at=maybe_moment(row["edited_at"]),
            gone_at=maybe_moment(row["gone_at"]),
            forgotten_at=maybe_moment(row["forgotten_at"]),
            article_state=row["article_state"],
            article_reason=row["article_reason"],
            article=self._article(item_id),
            revisions=self._revisions(item_id),
            sentence_edits=self._sentence_edits(item_id, watch_id),
            matches=self._found(item_id, watch_id),
            alerts=self._sent(item_id, watch_id),
            records=self._linked(item_id),
        )

    def _article(self, item_id: ItemId) -> ReadArticle | None:
        row = next(self.db.query("SELECT * FROM article WHERE item_id = ?", [item_id]), None)
        if row is None:
            return None
        return ReadArticle(
            url=row["url"],
            title=row["title"],
            text=row["text"],
            text_hash=row["text_hash"],
            source=row["source"],
            doubt=row["doubt"],
            language=row["language"],
            published=maybe_moment(row["published_at"]),
            read_at=moment(row["read_at"]),
        )

    def _revisions(self, item_id: ItemId) -> tuple[Version, ...]:
        rows = self.db.query("SELECT * FROM revision WHERE item_id = ? ORDER BY number, seen_at, part", [item_id])
        return tuple(map(version_of, rows))

    def _sentence_edits(self, item_id: ItemId, watch_id: WatchId | None) -> tuple[tuple[int, SentenceEdit], ...]:
        rows = self.db.query(
            "SELECT revision.number, sentence_edit.*, match.watch_id, match.field FROM sentence_edit"
            " JOIN revision ON revision.id = sentence_edit.revision_id JOIN match ON match.id = sentence_edit.match_id"
            " WHERE revision.item_id = :item AND (:watch IS NULL OR match.watch_id = :watch) ORDER BY revision.number, match.id",
            {"item": item_id, "watch": watch_id},
        )
        return tuple((row["number"], sentence_edit_of(row)) for row in rows)

    def misfit_texts(self) -> tuple[str, ...]:
        """Name the texts of items with evidence that are not those which were hashed when they were stored, a line each."""
        rows = self.db.conn.execute(
            "SELECT item_id, 'the article' AS what, text, text_hash FROM article WHERE text IS NOT NULL"
            " AND item_id IN (SELECT item_id FROM item_record) UNION ALL"
            " SELECT item_id, 'edit ' || number || ' (' || part || ')', text, text_hash FROM revision WHERE text IS NOT NULL"
            " AND item_id IN (SELECT item_id FROM item_record)"
        )
        return tuple(
            f"item {item_id}, {what}: the text in the database is not the one that was hashed when it was stored"
            for item_id, what, text, digest in rows
            if hashlib.sha256(text.encode()).hexdigest() != digest
        )

    def _found(self, item_id: ItemId, watch_id: WatchId | None) -> tuple[FoundMatch, ...]:
        rows = self.db.query(
            f"SELECT {MATCH_COLUMNS}, found_at, config, is_history FROM match"
            " WHERE item_id = :item AND (:watch IS NULL OR watch_id = :watch)"
            " ORDER BY watch_id, CASE field WHEN 'title' THEN 0 WHEN 'summary' THEN 1 ELSE 2 END, start",
            {"item": item_id, "watch": watch_id},
        )
        return tuple(
            FoundMatch(
                match=match_of(row),
                found_at=moment(row["found_at"]),
                config=row["config"],
                is_history=bool(row["is_history"]),
            )
            for row in rows
        )

    def _sent(self, item_id: ItemId, watch_id: WatchId | None) -> tuple[SentAlert, ...]:
        rows = self.db.query(
            "SELECT alert.watch_id, alert.channel, alert.occasion, alert.key, min(delivery.at) AS sent_at FROM alert"
            " JOIN delivery ON delivery.alert_id = alert.id AND delivery.outcome = 'sent'"
            " WHERE alert.item_id = :item AND (:watch IS NULL OR alert.watch_id = :watch) GROUP BY alert.id ORDER BY alert.id",
            {"item": item_id, "watch": watch_id},
        )
        return tuple(map(sent_of, rows))

    def _linked(self, item_id: ItemId) -> tuple[LinkedRecord, ...]:
        rows = self.db.query(
            f"SELECT part, {_RECORD_COLUMNS} FROM item_record JOIN record ON record.id = item_record.record_id"
            " WHERE item_id = ? ORDER BY fetched_at, record.id",
            [item_id],
        )
        return tuple(LinkedRecord(part=row["part"], record=_record_of(row), config=row["config"]) for row in rows)

    def known_names(self) -> tuple[frozenset[str], frozenset[str]]:
        """Give the ids of all watches, and of all outlets, that config.toml lists or once listed."""
        watches, outlets = (self.db.conn.execute(f"SELECT id FROM {table}") for table in ("watch", "outlet"))
        return frozenset(row[0] for row in watches), frozenset(row[0] for row in outlets)

    def record_files(self, since: datetime | None = None, until: datetime | None = None) -> tuple[str, ...]:
        """Give the names of the evidence files with answers fetched in since ≤ time < until, oldest first; None: at any time."""
        rows = self.db.query(
            "SELECT file FROM record WHERE (:since IS NULL OR fetched_at >= :since) AND (:until IS NULL OR fetched_at < :until)"
            " GROUP BY file ORDER BY min(fetched_at), file",
            {"since": maybe_stamp(since), "until": maybe_stamp(until)},
        )
        return tuple(row["file"] for row in rows)

    def records(self, file: str) -> tuple[Record, ...]:
        """Give the answers that are kept in an evidence file, in its order."""
        rows = self.db.query(f"SELECT {_RECORD_COLUMNS} FROM record WHERE file = ? ORDER BY start", [file])
        return tuple(map(_record_of, rows))


class Proving:
    """The store's deeds about evidence. Every one of them joins the transaction that is open; none commits."""

    db: Database

    def add_record(self, record: Record, *, config: str) -> RecordId:
        """Remember where an answer is kept; once, however often that is said. ``config``: fingerprint of the one in force."""
        known = self.db.conn.execute(
            # a folder that was emptied has its names and places given anew
            "SELECT id FROM record WHERE file = ? AND start = ? AND digest = ? AND fetched_at = ?",
            (record.file, record.start, record.digest, stamp(record.fetched_at)),
        ).fetchone()
        if known:
            return RecordId(known[0])
        added = self.db.conn.execute(
            f"INSERT INTO record ({_RECORD_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                record.file,
                record.start,
                record.length,
                record.url,
                record.status,
                stamp(record.fetched_at),
                record.digest,
                json.dumps([[hop.status, hop.url] for hop in record.way], ensure_ascii=False),
                config,
            ),
        ).lastrowid
        assert added
        return RecordId(added)

    def link_record(self, item_id: ItemId, record_id: RecordId, part: Part) -> None:
        """Remember that an answer proves what is stored of an item; once is enough."""
        self.db.conn.execute(
            "INSERT INTO item_record (item_id, record_id, part) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (item_id, record_id, part),
        )

    def forget_records(self, files: Collection[str], limit: int) -> int:
        """Forget answers that are kept in these files, and what they prove, at most ``limit`` of them; gives how many went."""
        rows = self.db.conn.execute(
            "SELECT id FROM record WHERE file IN (SELECT value FROM json_each(?)) LIMIT ?", (json.dumps(list(files)), limit)
        )
        gone = json.dumps([row[0] for row in rows])
        self.db.conn.execute("DELETE FROM item_record WHERE record_id IN (SELECT value FROM json_each(?))", (gone,))
        return self.db.conn.execute("DELETE FROM record WHERE id IN (SELECT value FROM json_each(?))", (gone,)).rowcount


def _record_of(row: Row) -> Record:
    return Record(
        file=row["file"],
        start=row["start"],
        length=row["length"],
        url=row["url"],
        status=row["status"],
        fetched_at=moment(row["fetched_at"]),
        digest=row["digest"],
        way=tuple(Redirect(url=url, status=status) for status, url in json.loads(row["way"])),
    )
