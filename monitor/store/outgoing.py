"""What waits to be sent, for whom, since when, and why it is not yet: questions that the store answers. Nothing here writes."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Final, Literal

from monitor.model import AlertId, ChannelId, ChannelOutbox, Gap, Mute, NoticeId, OpenNotice, Outbox, Trouble, WatchId
from monitor.store.coverage import Coverage
from monitor.store.rows import Row, maybe_moment, moment, stamp

HOUR = 3600
AHEAD = 60
"""Seconds: what lies further ahead of now was written under a clock that ran wrong."""

_WAITING: Final = (
    "SELECT channel, state, raised_at, next_try_at FROM alert WHERE state IN ('held', 'dead')"
    " UNION ALL SELECT channel, state, made_at, next_try_at FROM digest_delivery JOIN digest ON digest.id = digest_id"
    " WHERE state IN ('held', 'dead') UNION ALL SELECT channel, state, raised_at, next_try_at FROM notice WHERE state = 'held'"
)


class Outgoing(Coverage):
    """The store's answers about deliveries, on one connection."""

    def messages_sent(self, channel: ChannelId, since: datetime, now: datetime) -> int:
        """Count the messages with alerts that went to a channel since then, leaving out urgent ones."""
        return self._one(
            "SELECT count(DISTINCT delivery.message) FROM delivery JOIN alert ON alert.id = delivery.alert_id"
            # what a clock that ran ahead recorded is of no hour
            " WHERE delivery.outcome = 'sent' AND delivery.at > ? AND delivery.at <= ?"
            " AND alert.channel = ? AND NOT alert.is_urgent",
            stamp(since),
            stamp(now) + AHEAD,
            channel,
        )

    def full_until(self, channel: ChannelId, most: int, now: datetime) -> datetime | None:
        """Give until when a channel takes no more messages, urgent ones apart: it took more than ``most`` within an hour.

        None: it has room now.
        """
        row = self.db.conn.execute(
            "SELECT max(delivery.at) AS at FROM delivery JOIN alert ON alert.id = delivery.alert_id"
            " WHERE delivery.outcome = 'sent' AND delivery.at > ? AND delivery.at <= ? AND alert.channel = ?"
            " AND NOT alert.is_urgent GROUP BY delivery.message ORDER BY at DESC LIMIT 1 OFFSET ?",
            (stamp(now) - HOUR, stamp(now) + AHEAD, channel, most),
        ).fetchone()
        return moment(row[0] + HOUR) if row else None

    def orphans(self, channels: Collection[ChannelId]) -> tuple[tuple[ChannelId, int], ...]:
        """Give the channels that are not among these and have alerts or digests to send, with how many."""
        rows = self.db.query(
            "SELECT channel, count(*) AS held FROM (SELECT channel FROM alert WHERE state = 'held' UNION ALL"
            " SELECT channel FROM digest_delivery WHERE state = 'held')"
            " WHERE channel NOT IN (SELECT value FROM json_each(?)) GROUP BY channel",
            [json.dumps(list(channels))],
        )
        return tuple((ChannelId(row["channel"]), row["held"]) for row in rows)

    def outbox(self) -> Outbox:
        """Say how many promises are open, since when, and how many alerts were given up."""
        row = next(
            self.db.query(
                "WITH promise AS (SELECT state, tries, raised_at, 1 AS is_alert FROM alert UNION ALL SELECT state, tries,"
                " made_at, 0 FROM digest_delivery JOIN digest ON digest.id = digest_id)"
                " SELECT count(*) FILTER (WHERE state = 'held') AS held,"
                " count(*) FILTER (WHERE state = 'held' AND tries > 0) AS failed,"
                " min(raised_at) FILTER (WHERE state = 'held') AS oldest,"
                " count(*) FILTER (WHERE state = 'dead' AND is_alert) AS dead FROM promise"
            )
        )
        return Outbox(held=row["held"], failed=row["failed"], oldest=maybe_moment(row["oldest"]), dead=row["dead"])

    def trouble(self, channel: ChannelId) -> Trouble | None:
        """Give how a channel fails; None: it took what was sent last, or nothing was."""
        return self.troubles().get(channel)

    def troubles(self) -> dict[ChannelId, Trouble]:
        """Give the channels that fail."""
        return {ChannelId(row["id"]): _trouble_of(row) for row in self.db.query("SELECT * FROM channel")}

    def held(self, alert_ids: Collection[AlertId]) -> frozenset[AlertId]:
        """Give those of some alerts that are still to be sent."""
        rows = self.db.query(
            "SELECT id FROM alert WHERE id IN (SELECT value FROM json_each(?)) AND state = 'held'", [json.dumps(list(alert_ids))]
        )
        return frozenset(AlertId(row["id"]) for row in rows)

    def old(self, channel: ChannelId, before: datetime, *, tried: int) -> tuple[AlertId, ...]:
        """Give the alerts that wait for a channel, were raised up to then and tried so often, and are not being sent."""
        rows = self.db.conn.execute(
            "SELECT id FROM alert WHERE channel = ? AND state = 'held' AND raised_at <= ? AND tries >= ? AND lease_until IS NULL",
            (channel, stamp(before), tried),
        )
        return tuple(AlertId(row[0]) for row in rows)

    def taken(self, message: str, channel: ChannelId) -> frozenset[str]:
        """Give the addresses of a channel that took a message already."""
        rows = self.db.query("SELECT address FROM taken WHERE message = ? AND channel = ?", [message, channel])
        return frozenset(row["address"] for row in rows)

    def thread(self, channel: ChannelId, subject: str) -> str | None:
        """Give the key of the first message that a channel took about a story; None: it took none."""
        row = self.db.execute(
            "SELECT message FROM alert WHERE subject = ? AND channel = ? AND state = 'sent' AND message IS NOT NULL"
            " ORDER BY id LIMIT 1",
            [subject, channel],
        ).fetchone()
        return row[0] if row else None

    def open_notices(self, channel: ChannelId, now: datetime) -> tuple[OpenNotice, ...]:
        """Give the notices that are to be sent to a channel now, oldest first."""
        rows = self.db.query(
            "SELECT * FROM notice WHERE channel = ? AND state = 'held' AND next_try_at <= ? ORDER BY id", [channel, stamp(now)]
        )
        return tuple(
            OpenNotice(
                id=NoticeId(row["id"]),
                channel=ChannelId(row["channel"]),
                about=ChannelId(row["about"]),
                key=row["key"],
                subject=row["subject"],
                text=row["text"],
                raised_at=moment(row["raised_at"]),
                tries=row["tries"],
            )
            for row in rows
        )

    def lost_notices(self, about: ChannelId, there: Collection[ChannelId]) -> tuple[NoticeId, ...]:
        """Give the notices that wait for channels other than these, oldest first."""
        rows = self.db.query(
            "SELECT id FROM notice WHERE state = 'held' AND about = ?"
            " AND channel NOT IN (SELECT value FROM json_each(?)) ORDER BY id",
            [about, json.dumps(list(there))],
        )
        return tuple(NoticeId(row["id"]) for row in rows)

    def noticed_at(self, about: ChannelId) -> datetime | None:
        """Give when another channel was last to be told of the trouble of this one; None: never."""
        return maybe_moment(self.db.execute("SELECT max(raised_at) FROM notice WHERE about = ?", [about]).fetchone()[0])

    def outboxes(self, since: datetime) -> tuple[ChannelOutbox, ...]:
        """Say what waits for each channel and what it never got, those apart that have nothing of either and do not fail.

        ``since``: what was raised after it, and was given up, comes back once the channel is mended.
        """
        rows = self.db.query(
            "SELECT channel, count(*) FILTER (WHERE state = 'held') AS held,"
            " min(raised_at) FILTER (WHERE state = 'held') AS oldest,"
            " min(next_try_at) FILTER (WHERE state = 'held') AS next, count(*) FILTER (WHERE state = 'dead') AS dead,"
            " count(*) FILTER (WHERE state = 'dead' AND raised_at > :since) AS revivable,"
            " (SELECT reason FROM delivery JOIN alert ON alert.id = alert_id WHERE alert.channel = waiting.channel"
            "  AND alert.state IN ('held', 'dead') AND outcome = 'failed' ORDER BY delivery.id DESC LIMIT 1) AS reason"
            f" FROM ({_WAITING} UNION ALL SELECT id, '', 0, 0 FROM channel) AS waiting GROUP BY channel ORDER BY channel",
            {"since": stamp(since)},
        )
        troubles = self.troubles()
        return tuple(_outbox_of(row, troubles.get(ChannelId(row["channel"]))) for row in list(rows))

    def mutes(self, now: datetime) -> tuple[Mute, ...]:
        """Give the watches that are muted now."""
        rows = self.db.query("SELECT * FROM mute WHERE until > ? ORDER BY until, watch_id", [stamp(now)])
        return tuple(
            Mute(watch_id=WatchId(row["watch_id"]), since=moment(row["since"]), until=moment(row["until"])) for row in rows
        )

    def delivery_gaps(self, start: datetime, stop: datetime) -> tuple[Gap, ...]:
        """Say of each channel what it did not get: what was given up in the window, and the alerts that wait while it fails."""
        dead = self.db.query(
            "SELECT channel, alerts, since, (SELECT reason FROM delivery WHERE alert_id = newest AND outcome = 'failed'"
            " ORDER BY id DESC LIMIT 1) AS reason FROM (SELECT channel, count(*) AS alerts, min(raised_at) AS since,"
            " max(id) AS newest FROM alert WHERE state = 'dead' AND given_up_at >= ? AND given_up_at < ? GROUP BY channel)"
            " ORDER BY channel",
            [stamp(start), stamp(stop)],
        )
        digests = self.db.query(
            "SELECT channel, count(*) AS alerts, min(made_at) AS since, max(reason) AS reason FROM digest_delivery"
            " JOIN digest ON digest.id = digest_id WHERE state = 'dead' AND given_up_at >= ? AND given_up_at < ?"
            " GROUP BY channel ORDER BY channel",
            [stamp(start), stamp(stop)],
        )
        waiting = self.db.query(
            "SELECT id AS channel, reason, failing_since AS since,"
            " (SELECT count(*) FROM alert WHERE alert.channel = channel.id AND state = 'held') AS alerts"
            " FROM channel WHERE failing_since < ? ORDER BY id",
            [stamp(stop)],
        )
        return (
            *(_gap_of(row, "undelivered") for row in list(dead)),
            *(_gap_of(row, "unsent_digest") for row in list(digests)),
            *(_gap_of(row, "waiting") for row in list(waiting) if row["alerts"]),
        )


def _trouble_of(row: Row) -> Trouble:
    return Trouble(
        failures=row["failures"],
        since=moment(row["failing_since"]),
        reason=row["reason"],
        rests_until=moment(row["rests_until"]),
        told=row["told"],
    )


def _outbox_of(row: Row, trouble: Trouble | None) -> ChannelOutbox:
    next_try = maybe_moment(row["next"])
    return ChannelOutbox(
        channel=ChannelId(row["channel"]),
        held=row["held"],
        oldest=maybe_moment(row["oldest"]),
        next_try_at=max(next_try, trouble.rests_until) if next_try and trouble else next_try,
        dead=row["dead"],
        revivable=row["revivable"],
        trouble=trouble,
        reason=trouble.reason if trouble else row["reason"],
    )


def _gap_of(row: Row, kind: Literal["undelivered", "unsent_digest", "waiting"]) -> Gap:
    reason = f"{row['channel']}: {row['reason'] or ''}".removesuffix(": ")
    return Gap(kind=kind, feed=None, since=moment(row["since"]), reason=reason, count=row["alerts"])
