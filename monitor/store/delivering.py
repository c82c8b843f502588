"""Deliveries: what is being sent, what came of it, which channels fail, who is told. Each deed joins the transaction."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import datetime

from monitor.model import Ailment, AlertId, BundleKind, ChannelId, FeedId, Loss, NoticeId
from monitor.store.reading import Reading
from monitor.store.rows import maybe_stamp, stamp

_SOON = "next_try_at = max(hold_until, min(next_try_at, :now))"
_THESE = "(SELECT value FROM json_each(:ids))"


class Delivering(Reading):
    """What may be done to alerts that are due, to notices, and to what is remembered of a channel. None of it commits."""

    # ------------------------------------------------------------------------------------------------------------ alerts

    def lease(self, alert_ids: Iterable[AlertId], until: datetime, *, message: str, kind: BundleKind) -> frozenset[AlertId]:
        """Note that alerts are being sent, and in which message they stay from now on; give those that are.

        What was withdrawn meanwhile is not to be sent. Where this cannot be written nothing is sent, or it would be sent again
        and again.
        """
        rows = self.db.query(
            "UPDATE alert SET lease_until = :until, message = coalesce(message, :message), kind = coalesce(kind, :kind)"
            f" WHERE id IN {_THESE} AND state = 'held' RETURNING id",
            {"until": stamp(until), "message": message, "kind": kind, "ids": json.dumps(list(alert_ids))},
        )
        return frozenset(AlertId(row["id"]) for row in rows)

    def begin_sending(self, channels: Iterable[ChannelId], *, since: datetime, now: datetime) -> None:
        """Begin anew at the start of a daemon: nothing is being sent, and whoever mended a channel may not have reloaded."""
        self.end_leases()
        for statement in (
            "UPDATE channel SET rests_until = min(rests_until, :now)",
            # what stood for all that waited; what was refused itself keeps its wait
            f"UPDATE alert SET {_SOON} WHERE state = 'held' AND message IS NOT NULL AND refusals = 0",
            "UPDATE digest_delivery SET next_try_at = min(next_try_at, :now) WHERE state = 'held'",
            "UPDATE notice SET next_try_at = min(next_try_at, :now) WHERE state = 'held' AND tries > 0",
        ):
            self.db.execute(statement, {"now": stamp(now)})
        self.revive(channels, since=since, now=now)

    def mend_channels(self, channels: Collection[ChannelId], *, since: datetime, now: datetime) -> None:
        """Let what failed on these channels be tried now, and what was given up and was raised since then come back."""
        self.hasten_channels(channels, now)
        self.revive(channels, since=since, now=now)

    def end_leases(self) -> None:
        """Note that nothing is being sent: a daemon that was killed while it sent is followed by this one."""
        self.db.execute("UPDATE alert SET lease_until = NULL WHERE lease_until IS NOT NULL")

    def remember_delivery(
        self, alert_ids: Iterable[AlertId], *, message: str, now: datetime, reason: str | None, next_try: datetime | None
    ) -> None:
        """Record one try: ``reason`` None: sent, whatever was wanted meanwhile; else it failed, and is tried again then."""
        ids = json.dumps(list(alert_ids))
        self.db.execute(
            "INSERT INTO delivery (alert_id, at, outcome, message, reason) SELECT value, :at, :outcome, :message, :reason"
            " FROM json_each(:ids)",
            {
                "ids": ids,
                "at": stamp(now),
                "outcome": "sent" if reason is None else "failed",
                "message": message,
                "reason": reason,
            },
        )
        self.db.execute(
            "UPDATE alert SET state = coalesce(:state, state), tries = tries + 1, lease_until = NULL,"
            f" message = coalesce(message, :message), next_try_at = coalesce(:next, next_try_at) WHERE id IN {_THESE}",
            {"ids": ids, "message": message, "state": "sent" if reason is None else None, "next": maybe_stamp(next_try)},
        )

    def count_refusal(self, alert_ids: Iterable[AlertId], *, hopeless: int) -> None:
        """Note that alerts were refused themselves; ``hopeless`` 1: and that trying again can't help, else 0."""
        self.db.execute(
            f"UPDATE alert SET refusals = refusals + 1, hopeless = hopeless + :hopeless WHERE id IN {_THESE}",
            {"ids": json.dumps(list(alert_ids)), "hopeless": hopeless},
        )

    def count_hopeless(self, channel: ChannelId, now: datetime) -> None:
        """Note that a channel takes nothing, and won't by itself: one try stands for everything that is due on it."""
        self.db.execute(
            "UPDATE alert SET hopeless = hopeless + 1 WHERE channel = ? AND state = 'held'"
            " AND (next_try_at <= ? OR lease_until IS NOT NULL)",
            [channel, stamp(now)],
        )

    def give_up(
        self,
        channel: ChannelId,
        *,
        before: datetime,
        tries: int,
        now: datetime,
        reason: str,
        only: Iterable[AlertId] | None = None,
    ) -> Loss:
        """Give up alerts of a channel that were raised up to then, or had so many hopeless tries. ``only`` None: any of them."""
        rows = list(
            self.db.query(
                "UPDATE alert SET state = 'dead', given_up_at = :now, lease_until = NULL WHERE channel = :channel"
                " AND state = 'held' AND (raised_at <= :before OR hopeless >= :tries)"
                f" AND (:ids IS NULL OR id IN {_THESE}) RETURNING id, is_urgent",
                {
                    "channel": channel,
                    "before": stamp(before),
                    "tries": tries,
                    "now": stamp(now),
                    "ids": None if only is None else json.dumps(list(only)),
                },
            )
        )
        # why it never came is asked of each, also of those for which another one was tried
        self.db.execute(
            "INSERT INTO delivery (alert_id, at, outcome, message, reason)"
            " SELECT id, :now, 'failed', coalesce(message, key), :reason"
            f" FROM alert WHERE id IN {_THESE} AND NOT EXISTS (SELECT 1 FROM delivery WHERE alert_id = alert.id AND at = :now)",
            {"ids": json.dumps([row["id"] for row in rows]), "now": stamp(now), "reason": reason},
        )
        return Loss(alerts=len(rows), urgent=sum(row["is_urgent"] for row in rows))

    def revive(self, channels: Iterable[ChannelId], *, since: datetime, now: datetime) -> int:
        """Let what was given up on these channels, and raised since then, be tried again; gives how many alerts."""
        return self.db.execute(
            "UPDATE alert SET state = 'held', given_up_at = NULL, hopeless = 0, refusals = 0, next_try_at = ?"
            " WHERE state = 'dead' AND raised_at > ? AND channel IN (SELECT value FROM json_each(?))",
            [stamp(now), stamp(since), json.dumps(list(channels))],
        ).rowcount

    # ---------------------------------------------------------------------------------------------------------- channels

    def rest(self, channel: ChannelId, *, reason: str, until: datetime, now: datetime) -> None:
        """Note that a channel took nothing at all, why, and until when it is left alone."""
        self.db.execute(
            "INSERT INTO channel (id, failures, failing_since, reason, rests_until) VALUES (?, 1, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET failures = failures + 1, reason = excluded.reason,"
            " rests_until = excluded.rests_until,"
            # under a clock that was set back it can't have begun later than now
            " failing_since = min(failing_since, excluded.failing_since)",
            [channel, stamp(now), reason, stamp(until)],
        )

    def end_trouble(self, channel: ChannelId) -> None:
        """Note that a channel takes messages."""
        self.db.execute("DELETE FROM channel WHERE id = ?", [channel])

    def hasten_channels(self, channels: Iterable[ChannelId], now: datetime) -> None:
        """Let what failed on these channels be tried now, as if it had not: they were mended in config.toml."""
        ids, at = json.dumps(list(channels)), stamp(now)
        these = "channel IN (SELECT value FROM json_each(:ids))"
        for statement in (
            f"UPDATE alert SET {_SOON}, hopeless = 0, refusals = 0 WHERE state = 'held' AND tries + hopeless > 0 AND {these}",
            f"UPDATE digest_delivery SET next_try_at = min(next_try_at, :now) WHERE state = 'held' AND tries > 0 AND {these}",
            f"UPDATE notice SET next_try_at = min(next_try_at, :now) WHERE state = 'held' AND tries > 0 AND {these}",
            "DELETE FROM channel WHERE id IN (SELECT value FROM json_each(:ids))",
        ):
            self.db.execute(statement, {"ids": ids, "now": at} if ":now" in statement else {"ids": ids})

    def add_taken(self, message: str, channel: ChannelId, addresses: Iterable[str]) -> None:
        """Note which of a channel's addresses took a message that others of it are still to get."""
        for address in addresses:
            self.db.execute(
                "INSERT OR IGNORE INTO taken (message, channel, address) VALUES (?, ?, ?)", [message, channel, address]
            )

    def forget_taken(self, message: str, channel: ChannelId) -> None:
        """Forget who took a message: all did, or nobody will be told any more."""
        self.db.execute("DELETE FROM taken WHERE message = ? AND channel = ?", [message, channel])

    def forget_old_taken(self, before: datetime) -> None:
        """Forget who took messages that nobody else will get: their alerts are muted, say, or were given up and are too old."""
        self.db.execute(
            "DELETE FROM taken WHERE message IN (SELECT message FROM alert WHERE state <> 'held')"
            " AND message NOT IN (SELECT message FROM alert WHERE message IS NOT NULL"
            " AND (state = 'held' OR (state = 'dead' AND raised_at > ?)))",
            [stamp(before)],
        )

    # ----------------------------------------------------------------------------------------------------------- notices

    def add_notice(
        self, channel: ChannelId, *, about: ChannelId, key: str, subject: str, text: str, now: datetime, not_before: datetime
    ) -> None:
        """Promise a channel to tell it of the trouble of another."""
        self.db.execute(
            "INSERT INTO notice (channel, about, key, subject, text, state, raised_at, next_try_at)"
            " VALUES (?, ?, ?, ?, ?, 'held', ?, ?)",
            [channel, about, key, subject, text, stamp(now), stamp(not_before)],
        )

    def pass_on(self, about: ChannelId, *, there: Collection[ChannelId], to: Collection[ChannelId], not_before: datetime) -> None:
        """Promise to others what waits for channels that are not there any more; who has it already is not told again."""
        for old in self.lost_notices(about, there):
            for channel in to:
                self.db.execute(
                    "INSERT INTO notice (channel, about, key, subject, text, state, raised_at, next_try_at)"
                    " SELECT :to, about, key || '-' || id || :to, subject, text, 'held', raised_at, :at FROM notice AS old"
                    " WHERE id = :id AND NOT EXISTS (SELECT 1 FROM notice WHERE channel = :to AND about = old.about"
                    " AND text = old.text AND raised_at = old.raised_at)",
                    {"to": channel, "id": old, "at": stamp(not_before)},
                )
            self.remember_notice(old, state="dead", next_try=None)

    def notices(self) -> int:
        """Count the notices that were ever promised."""
        return int(self.db.conn.execute("SELECT count(*) FROM notice").fetchone()[0])

    def remember_told(self, about: ChannelId, told: str) -> None:
        """Note what was told of a channel's trouble; it is told once."""
        self.db.execute("UPDATE channel SET told = ? WHERE id = ?", [told, about])

    def remember_warned_of(self, ailing: Iterable[tuple[FeedId, Ailment]], now: datetime) -> None:
        """Note of which feeds it was promised to tell that something is wrong."""
        rows = [(id, what, stamp(now)) for id, what in ailing]
        self.db.conn.executemany("INSERT INTO feed_told (feed_id, what, told_at) VALUES (?, ?, ?)", rows)

    def forget_warned_of(self, ailing: Iterable[tuple[FeedId, Ailment]]) -> None:
        """Note that nobody takes this for wrong any more."""
        self.db.conn.executemany("DELETE FROM feed_told WHERE feed_id = ? AND what = ?", list(ailing))

    def lease_notice(self, notice_id: NoticeId, until: datetime) -> None:
        """Note that a notice is being sent, as `lease` does for alerts."""
        self.db.execute("UPDATE notice SET next_try_at = ? WHERE id = ?", [stamp(until), notice_id])

    def remember_notice(self, notice_id: NoticeId, *, state: str, next_try: datetime | None) -> None:
        """Record one try at sending a notice: it was ``sent``, is ``held`` for another try, or ``dead``."""
        self.db.execute(
            "UPDATE notice SET state = ?, tries = tries + 1, next_try_at = coalesce(?, next_try_at) WHERE id = ?",
            [state, maybe_stamp(next_try), notice_id],
        )
