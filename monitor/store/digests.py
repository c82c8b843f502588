"""Digests that were made: what is still to be sent, what they said and of which stories. Nothing here writes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from sqlite_utils import Database

from monitor.model import (
    ChannelId,
    DigestId,
    Format,
    FrozenDigest,
    KeptDigest,
    OpenDigest,
    PlanId,
    SentAlert,
    SentWords,
    StoryId,
    WatchTally,
)
from monitor.store.outgoing import AHEAD
from monitor.store.rows import Row, moment, sent_of, stamp

FILES: tuple[Format, ...] = ("html", "md", "json", "atom")
"""The forms that are files of the archive; the others are sent."""
_KEPT = (
    "SELECT digest.*, group_concat(digest_words.form, ' ') AS forms FROM digest"
    " LEFT JOIN digest_words ON digest_words.digest_id = digest.id"
)


class Digests:
    """The store's answers about digests, on one connection."""

    db: Database

    def open_digests(self, channel: ChannelId, now: datetime) -> tuple[OpenDigest, ...]:
        """Give the digests that are still to be sent to a channel, oldest first."""
        rows = self.db.query(
            "SELECT digest.*, digest_delivery.*, text.words AS text, mail.words AS mail, payload.words AS payload"
            " FROM digest_delivery JOIN digest ON digest.id = digest_delivery.digest_id"
            " JOIN digest_words AS text ON text.digest_id = digest.id AND text.form = 'text'"
            " JOIN digest_words AS mail ON mail.digest_id = digest.id AND mail.form = 'mail'"
            " JOIN digest_words AS payload ON payload.digest_id = digest.id AND payload.form = 'payload'"
            " WHERE digest_delivery.channel = ? AND digest_delivery.state = 'held' AND digest_delivery.next_try_at <= ?"
            " ORDER BY digest.id",
            [channel, stamp(now)],
        )
        return tuple(
            OpenDigest(
                id=DigestId(row["digest_id"]),
                channel=ChannelId(row["channel"]),
                plan=PlanId(row["plan"]),
                period=row["period"],
                words=SentWords(subject=row["subject"], text=row["text"], mail=row["mail"], payload=row["payload"]),
                made_at=moment(row["made_at"]),
                tries=row["tries"],
            )
            for row in rows
        )

    def last_digest(self, plan: PlanId, now: datetime) -> tuple[datetime, datetime] | None:
        """Give when the newest digest of a plan was due and where its window ends; None where none was made yet."""
        # one that a clock made which ran ahead is none of now; one that a person asked for has no period
        query = (
            "SELECT due_at, stop_at FROM digest WHERE plan = ? AND NOT is_asked AND made_at <= ? ORDER BY stop_at DESC LIMIT 1"
        )
        row = next(self.db.query(query, [plan, stamp(now) + AHEAD]), None)
        return (moment(row["due_at"]), moment(row["stop_at"])) if row else None

    def kept_digests(self, limit: int) -> tuple[KeptDigest, ...]:
        """Give the digests that are kept, without their words, newest first."""
        rows = self.db.query(f"{_KEPT} GROUP BY digest.id ORDER BY digest.id DESC LIMIT ?", [limit])
        return tuple(map(_kept_of, rows))

    def digests_telling(self, story_id: StoryId, limit: int) -> tuple[KeptDigest, ...]:
        """Give the digests that tell of a story, newest first."""
        which = "WHERE digest.id IN (SELECT digest_id FROM digest_story WHERE story = ? ORDER BY digest_id DESC LIMIT ?)"
        return tuple(
            map(_kept_of, self.db.query(f"{_KEPT} {which} GROUP BY digest.id ORDER BY digest.id DESC", [story_id, limit]))
        )

    def aged_digests(self, before: datetime, limit: int) -> tuple[KeptDigest, ...]:
        """Give the oldest digests that were made before a time and are not needed any more, oldest first.

        Needed are those that are still to be sent, and of each plan the newest one and the newest that nobody asked for: where
        its window ends the next one begins.
        """
        rows = self.db.query(
            f"{_KEPT} WHERE digest.made_at < ? AND digest.id NOT IN (SELECT max(id) FROM digest GROUP BY plan)"  # noqa: S608  own words
            " AND digest.id NOT IN (SELECT id FROM digest AS other WHERE NOT is_asked AND stop_at ="
            " (SELECT max(stop_at) FROM digest WHERE plan = other.plan AND NOT is_asked))"
            " AND digest.id NOT IN (SELECT digest_id FROM digest_delivery WHERE state = 'held')"
            " GROUP BY digest.id ORDER BY digest.id LIMIT ?",
            [stamp(before), limit],
        )
        return tuple(map(_kept_of, rows))

    def frozen_digest(self, digest_id: DigestId) -> FrozenDigest | None:
        """Give a digest in its own words; None where it is not there any more."""
        row = next(self.db.query("SELECT plan, period FROM digest WHERE id = ?", [digest_id]), None)
        if row is None:
            return None
        words = self.db.query("SELECT form, words FROM digest_words WHERE digest_id = ?", [digest_id])
        return FrozenDigest(
            plan=PlanId(row["plan"]),
            period=row["period"],
            words=tuple((each["form"], each["words"]) for each in words if each["form"] in FILES),
            stories=self.stories_told([digest_id]),
        )

    def stories_told(self, digests: Iterable[DigestId]) -> tuple[StoryId, ...]:
        """Give the stories that these digests tell of."""
        asked = json.dumps(list(digests))
        rows = self.db.conn.execute(
            "SELECT DISTINCT story FROM digest_story WHERE digest_id IN (SELECT value FROM json_each(?)) ORDER BY story", (asked,)
        )
        return tuple(StoryId(row[0]) for row in rows)

    def told_stories(self) -> frozenset[StoryId]:
        """Give every story that a digest which is kept tells of."""
        return frozenset(StoryId(row[0]) for row in self.db.conn.execute("SELECT DISTINCT story FROM digest_story"))

    def alerts_sent(self, story_id: StoryId, limit: int) -> tuple[SentAlert, ...]:
        """Give the alerts about a story's items that a channel took, in order."""
        rows = self.db.query(
            "SELECT alert.watch_id, alert.channel, alert.occasion, alert.key, min(delivery.at) AS sent_at FROM item"
            " JOIN alert ON alert.item_id = item.id JOIN delivery ON delivery.alert_id = alert.id AND delivery.outcome = 'sent'"
            " WHERE item.story_id = ? GROUP BY alert.id ORDER BY sent_at, alert.id LIMIT ?",
            [story_id, limit],
        )
        return tuple(map(sent_of, rows))


def _kept_of(row: Row) -> KeptDigest:
    counts = json.loads(row["counts"])
    return KeptDigest(
        id=DigestId(row["id"]),
        plan=PlanId(row["plan"]),
        period=row["period"],
        made_at=moment(row["made_at"]),
        is_late=bool(row["is_late"]),
        is_asked=bool(row["is_asked"]),
        watches=tuple(WatchTally(**each) for each in counts.get("watches", ())),
        gaps=counts.get("gaps", 0),
        forms=tuple(form for form in FILES if form in (row["forms"] or "").split()),
    )
