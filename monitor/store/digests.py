"""Digests that were made: what is still to be sent, what they said, where the newest one's window ends. Nothing here writes."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from monitor.model import ChannelId, DigestId, Format, OpenDigest, PlanId, SentWords
from monitor.store.outgoing import AHEAD
from monitor.store.rows import moment, stamp

FILES: tuple[Format, ...] = ("html", "md", "json", "atom")
"""The forms that are files of the archive; the others are sent."""


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
