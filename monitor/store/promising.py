"""Promises: alerts and digests that are to be sent, and what came of the digests. Each deed joins the transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from monitor.model import Alert, ChannelId, Digest, DigestId, Format, ItemId, PlanId, SentWords, WatchId
from monitor.store.rows import maybe_stamp, stamp
from monitor.store.wishing import Wishing

_OTHER = (
    "SELECT item.id FROM item JOIN match ON match.item_id = item.id"
    " WHERE item.story_id = (SELECT story_id FROM item WHERE id = :item) AND item.id <> :item AND match.watch_id = :watch"
    " AND NOT match.is_history AND NOT item.is_baseline AND EXISTS (SELECT 1 FROM alert WHERE item_id = :item"
    " AND watch_id = :watch AND subject = 'story:' || item.story_id) ORDER BY item.id LIMIT 1"
)
"""Another item of the story in which the watch was found, and which it would be told of."""


_PROMISE = (
    "INSERT INTO alert (watch_id, channel, item_id, subject, occasion, number, key, batch, held_for, is_urgent, state, raised_at,"
    " hold_until, next_try_at) SELECT :watch, :channel, :item, :subject, :occasion, :number, :key, :batch, :held_for, :urgent,"
    " 'held', :raised, :until, :until"
    # where [alerts] per was changed, what was told under the other name is no news
    " WHERE NOT EXISTS (SELECT 1 FROM alert AS told WHERE told.item_id = :item AND told.watch_id = :watch"
    " AND told.channel = :channel AND told.occasion = 'first' AND :occasion = 'first' AND told.state <> 'withdrawn'"
    " AND substr(told.subject, 1, 5) <> substr(:subject, 1, 5))"
    " ON CONFLICT (watch_id, channel, subject, occasion, number) DO UPDATE SET state = 'held', item_id = excluded.item_id,"
    " batch = excluded.batch, held_for = excluded.held_for, is_urgent = excluded.is_urgent, raised_at = excluded.raised_at,"
    " hold_until = excluded.hold_until, next_try_at = excluded.next_try_at, given_up_at = NULL, tries = 0, refusals = 0,"
    " hopeless = 0,"
    # the others of a message that it was tried in may be told by now: who knows that by its key would drop this one
    " message = iif(alert.lease_until IS NULL, NULL, alert.message), kind = iif(alert.lease_until IS NULL, NULL, alert.kind)"
    # nobody was told of what was withdrawn; nor of what was given up, or muted: a copy of that may get through, or come later
    " WHERE alert.state = 'withdrawn' OR (alert.state IN ('dead', 'muted') AND alert.item_id <> excluded.item_id)"
    " ON CONFLICT DO NOTHING"
)


class Promising(Wishing):
    """What may be promised, and done to digests. None of it commits."""

    def add_alerts(self, alerts: tuple[Alert, ...], urgent: frozenset[WatchId]) -> int:
        """Write promises; one that was made before is not made again, unless nobody was told. Gives the number of new ones."""
        made = 0
        for alert in alerts:
            facts = {
                "watch": alert.watch_id,
                "channel": alert.channel,
                "item": alert.item_id,
                "subject": alert.subject,
                "occasion": alert.occasion,
                "number": alert.number,
                "key": alert.key,
                "batch": alert.batch,
                "held_for": alert.held_for,
                "urgent": int(alert.watch_id in urgent),
                "raised": stamp(alert.raised_at),
                "until": stamp(alert.hold_until),
            }
            made += self.db.execute(_PROMISE, facts).rowcount
        self.heed_raised({alert.item_id for alert in alerts})
        return made

    def release(self, item_id: ItemId, *, urgent: bool, until: datetime) -> None:
        """Let an item's held alerts go from ``until`` on, if that is sooner: what they waited for is had."""
        self.db.execute(
            "UPDATE alert SET hold_until = min(hold_until, :until), next_try_at = min(next_try_at, :until)"
            " WHERE item_id = :item AND state = 'held' AND tries = 0 AND is_urgent = :urgent AND held_for IS NOT 'interval'",
            {"until": stamp(until), "item": item_id, "urgent": int(urgent)},
        )

    def withdraw(self, item_id: ItemId, watch_ids: Iterable[WatchId]) -> None:
        """Withdraw promises that were not yet kept: the full text showed that these watches do not match."""
        for watch_id in watch_ids:
            names = {"item": item_id, "watch": watch_id}
            other = self.db.conn.execute(_OTHER, names).fetchone()
            if other is None:
                self.db.execute(
                    "UPDATE alert SET state = 'withdrawn' WHERE item_id = :item AND watch_id = :watch AND state = 'held'"
                    " AND tries = 0",
                    names,
                )
            else:
                # a copy of it waits behind this promise, and has the word
                self.db.execute(
                    "UPDATE alert SET item_id = :other WHERE item_id = :item AND watch_id = :watch AND state = 'held'"
                    " AND tries = 0",
                    {**names, "other": other[0]},
                )

    # ---------------------------------------------------------------------------------------------------------- digests

    def add_digest(
        self,
        digest: Digest,
        *,
        due_at: datetime,
        is_asked: bool,
        now: datetime,
        sent: SentWords,
        files: Mapping[Format, str],
        counts: str,
        send: tuple[ChannelId, ...],
    ) -> bool:
        """Store a digest in its words, and the promises to send it; False where that period has one already."""
        row = next(
            self.db.query(
                "INSERT INTO digest (plan, due_at, period, start_at, stop_at, made_at, is_late, is_asked, subject, counts,"
                " last_match)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (plan, due_at, is_asked) DO UPDATE"
                " SET start_at = excluded.start_at, stop_at = excluded.stop_at, made_at = excluded.made_at,"
                " is_late = excluded.is_late, subject = excluded.subject, counts = excluded.counts,"
                " last_match = excluded.last_match"
                # only one that was made under a clock that ran ahead is made again
                " WHERE digest.made_at > excluded.made_at + 60 RETURNING id",
                [
                    digest.plan,
                    stamp(due_at),
                    digest.period,
                    stamp(digest.start),
                    stamp(digest.stop),
                    stamp(now),
                    int(digest.late),
                    int(is_asked),
                    sent.subject,
                    counts,
                    digest.last_match,
                ],
            ),
            None,
        )
        if row is None:
            return False
        words: dict[str, str] = {"text": sent.text, "mail": sent.mail, "payload": sent.payload}
        words |= {str(form): text for form, text in files.items()}
        self.db.conn.executemany(
            "INSERT OR REPLACE INTO digest_words (digest_id, form, words) VALUES (?, ?, ?)",
            [(row["id"], form, text) for form, text in words.items()],
        )
        self.db.conn.executemany(
            "INSERT OR IGNORE INTO digest_story (digest_id, story) VALUES (?, ?)",
            [(row["id"], story.id) for story in digest.stories],
        )
        # what was sent of one that is made again were the words of a clock that ran ahead
        self.db.execute("DELETE FROM digest_delivery WHERE digest_id = ?", [row["id"]])
        self.db.conn.executemany(
            "INSERT INTO digest_delivery (digest_id, channel, state, next_try_at) VALUES (?, ?, 'held', ?)",
            [(row["id"], channel, stamp(now)) for channel in send],
        )
        return True

    def sync_plans(self, plans: Mapping[PlanId, str], now: datetime) -> None:
        """Note which digests config.toml asks for, each with its times. One that is gone from there begins anew if it returns."""
        self.db.execute("DELETE FROM plan WHERE id NOT IN (SELECT value FROM json_each(?))", [json.dumps(list(plans))])
        self.db.conn.executemany(
            "INSERT INTO plan (id, times, added_at, since) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE"
            " SET times = excluded.times, since = excluded.since WHERE times <> excluded.times",
            [(plan, times, stamp(now), stamp(now)) for plan, times in plans.items()],
        )

    def lease_digest(self, digest_id: DigestId, channel: ChannelId, until: datetime) -> None:
        """Note that a digest is being sent, as `lease` does for alerts."""
        self.db.execute(
            "UPDATE digest_delivery SET next_try_at = ? WHERE digest_id = ? AND channel = ?", [stamp(until), digest_id, channel]
        )

    def remember_digest_delivery(
        self, digest_id: DigestId, channel: ChannelId, *, now: datetime, reason: str | None, next_try: datetime | None
    ) -> None:
        """Record one try at sending a digest, as `remember_delivery` does for alerts."""
        state = "sent" if reason is None else "held" if next_try else "dead"
        self.db.execute(
            "UPDATE digest_delivery SET state = :state, tries = tries + 1, reason = :reason,"
            " sent_at = iif(:state = 'sent', :now, NULL), given_up_at = iif(:state = 'dead', :now, NULL),"
            " next_try_at = coalesce(:next, next_try_at) WHERE digest_id = :digest AND channel = :channel",
            {
                "state": state,
                "reason": reason,
                "now": stamp(now),
                "next": maybe_stamp(next_try),
                "digest": digest_id,
                "channel": channel,
            },
        )

    def give_up_digests(self, channel: ChannelId, *, before: datetime, now: datetime, reason: str) -> int:
        """Give up the digests of a channel that were made up to then and wait; gives how many. One that is being sent is left."""
        return self.db.execute(
            "UPDATE digest_delivery SET state = 'dead', given_up_at = :now, reason = coalesce(reason, :reason)"
            " WHERE channel = :channel AND state = 'held' AND next_try_at <= :now"
            " AND (SELECT made_at FROM digest WHERE id = digest_id) <= :before",
            {"channel": channel, "before": stamp(before), "now": stamp(now), "reason": reason},
        ).rowcount
