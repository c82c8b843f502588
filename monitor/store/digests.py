"""Digests: which are asked for since when, what is still to be sent, what they said. Questions only; nothing here writes."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from monitor.model import ChannelId, DigestDelivery, DigestId, Format, OpenDigest, PlanId, PlanLife, SentWords
from monitor.store.outgoing import AHEAD
from monitor.store.rows import Row, maybe_moment, moment, stamp

FILES: tuple[Format, ...] = ("html", "md", "json", "atom")
"""The forms that are files of the archive; the others are sent."""


_DELIVERY = "digest_delivery.*, plan, period, made_at FROM digest_delivery JOIN digest ON digest.id = digest_delivery.digest_id"


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
                is_asked=bool(row["is_asked"]),
            )
            for row in rows
        )

    def plan_life(self, plan: PlanId, now: datetime) -> PlanLife | None:
        """Give since when a plan is asked for, and how far its digests told; None where the monitor never ran with it."""
        row = next(
            self.db.query(
                "SELECT added_at, since, (SELECT min(started_at) FROM run) AS first_run,"
                # one that a clock made which ran ahead is none of now; one that a person asked for has no period
                " (SELECT max(stop_at) FROM digest WHERE plan = plan.id AND NOT is_asked AND made_at <= ?) AS told_to"
                " FROM plan WHERE id = ?",
                [stamp(now) + AHEAD, plan],
            ),
            None,
        )
        if row is None:
            return None
        return PlanLife(
            added_at=moment(row["added_at"]),
            since=moment(row["since"]),
            told_to=maybe_moment(row["told_to"]),
            first_run=moment(row["first_run"] if row["first_run"] is not None else row["added_at"]),
        )

    def has_polls_owed(self, before: datetime) -> bool:
        """Say whether a feed was to be polled before a time, and was not."""
        query = "SELECT 1 FROM feed WHERE is_listed AND NOT is_paused AND due_at < ? LIMIT 1"
        return self.db.conn.execute(query, (stamp(before),)).fetchone() is not None

    def digest_deliveries(self, plan: PlanId, asked_at: datetime) -> tuple[DigestDelivery, ...]:
        """Give to whom a digest was promised that a person asked for then, and what came of it."""
        rows = self.db.query(
            f"SELECT {_DELIVERY} WHERE plan = ? AND due_at = ? AND is_asked ORDER BY channel", [plan, stamp(asked_at)]
        )
        return tuple(map(_delivery_of, rows))

    def has_old_digests(self, channel: ChannelId, before: datetime, now: datetime) -> bool:
        """Say whether digests wait for a channel that were made up to then, and are not being sent."""
        query = (
            "SELECT 1 FROM digest_delivery JOIN digest ON digest.id = digest_id WHERE channel = ? AND state = 'held'"
            " AND next_try_at <= ? AND made_at <= ? LIMIT 1"
        )
        return self.db.execute(query, [channel, stamp(now), stamp(before)]).fetchone() is not None

    def unsent_digests(self, since: datetime) -> tuple[DigestDelivery, ...]:
        """Give the digests that a channel did not take: those that wait for another try, and those given up since then."""
        rows = self.db.query(
            f"SELECT {_DELIVERY} WHERE (state = 'held' AND tries > 0) OR (state = 'dead' AND given_up_at > ?)"
            " ORDER BY made_at, plan, channel",
            [stamp(since)],
        )
        return tuple(map(_delivery_of, rows))


def _delivery_of(row: Row) -> DigestDelivery:
    return DigestDelivery(
        plan=PlanId(row["plan"]),
        period=row["period"],
        channel=ChannelId(row["channel"]),
        state=row["state"],
        tries=row["tries"],
        reason=row["reason"],
        next_try_at=moment(row["next_try_at"]),
    )
