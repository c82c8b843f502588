"""What polls write, inside a unit of work that holds the one write transaction: the feeds listed, their answers, the history."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from monitor.model import Failure, Feed, FeedId, FeedState, Outlet, Piece, Rhythm, Watch
from monitor.store.asked import question_of
from monitor.store.reading import Reading
from monitor.store.rows import listed_numbers, maybe_seconds, maybe_stamp, pieces_blob, rhythm_blob, stamp
from monitor.url import place, without_keys

ON_TIME = 5
"""Seconds that a poll may begin after it was due."""
_POLL: dict[str, str | int | None] = {
    "kind": None,
    "reason": None,
    "entries": 0,
    "new_items": 0,
    "bytes": 0,
    "missed_since": None,
    "missed_until": None,
}


class Polling(Reading):
    """The store's deeds about feeds and polls. Every one of them joins the transaction that is open; none commits."""

    # ----------------------------------------------------------------------------------------------- what config.toml lists

    def sync(
        self, outlets: tuple[Outlet, ...], watches: tuple[Watch, ...], *, due: Callable[[int, int], datetime]
    ) -> tuple[Feed, ...]:
        """Take over what config.toml lists; what it lists no more rests, and keeps its items.

        ``due`` gives when a feed that is new is polled first, by its place among so many new ones.
        """
        self._list_outlets(outlets)
        self._list_watches(watches)
        return self._list_feeds(outlets, due)

    def _list_watches(self, watches: tuple[Watch, ...]) -> None:
        """Take over the watches; what one is to be asked that is new, or changed, or was not listed, is all that is stored."""
        listed = {row["id"]: row["question"] for row in self.db.query("SELECT id, question FROM watch WHERE is_listed")}
        wanted = {watch.id: question_of(watch) for watch in watches}
        gone = [(id,) for id in listed if id not in wanted]
        self.db.conn.executemany("UPDATE watch SET is_listed = 0, past = NULL WHERE id = ?", gone)
        changed = [watch for watch in watches if listed.get(watch.id) != wanted[watch.id]]
        if not changed:
            return
        now, newest = self.db.conn.execute("SELECT CAST(strftime('%s', 'now') AS INTEGER), max(id) FROM item").fetchone()
        past = None if newest is None else newest + 1
        self.db.conn.executemany(
            "INSERT INTO watch (id, question, since, past, tells_since, is_listed) VALUES (?, ?, ?, ?, ?, 1)"
            " ON CONFLICT (id) DO UPDATE SET question = excluded.question, since = excluded.since, past = excluded.past,"
            " tells_since = excluded.tells_since, is_listed = 1",
            [(watch.id, wanted[watch.id], now, past, _told_since(watch, now)) for watch in changed],
        )

    def _list_outlets(self, outlets: tuple[Outlet, ...]) -> None:
        rows = self.db.query("SELECT id, name, language, label FROM outlet WHERE is_listed")
        listed = {(row["id"], row["name"], row["language"], row["label"]) for row in rows}
        wanted = {(outlet.id, outlet.name, outlet.language, outlet.label) for outlet in outlets}
        # only what differs is written: a start with ten thousand outlets is a start like any other
        self.db.conn.executemany(
            "UPDATE outlet SET is_listed = 0 WHERE id = ?", [(id,) for id, *_ in sorted(listed - wanted, key=str)]
        )
        self.db.conn.executemany(
            "INSERT INTO outlet (id, name, language, label, is_listed) VALUES (?, ?, ?, ?, 1) ON CONFLICT (id) DO UPDATE"
            " SET name = excluded.name, language = excluded.language, label = excluded.label, is_listed = 1",
            sorted(wanted - listed, key=str),
        )

    def _list_feeds(self, outlets: tuple[Outlet, ...], due: Callable[[int, int], datetime]) -> tuple[Feed, ...]:
        rows = {row["url"]: row for row in self.db.query("SELECT id, url, title, outlet_id, is_paused, is_listed FROM feed")}
        listed = [(outlet, url) for outlet in outlets for url in outlet.feeds]
        # an address may have a key in it, which the database never has
        wanted = [(outlet, without_keys(url)) for outlet, url in listed]
        self._hide_keys(rows, listed)
        urls = {url for _, url in wanted}
        self.db.conn.executemany(
            "UPDATE feed SET is_listed = 0 WHERE id = ?",
            [(row["id"],) for url, row in rows.items() if row["is_listed"] and url not in urls],
        )
        self.db.conn.executemany(
            "UPDATE feed SET outlet_id = ?, is_paused = ?, is_listed = 1 WHERE id = ?",
            [
                (outlet.id, outlet.paused, rows[url]["id"])
                for outlet, url in wanted
                if url in rows and _differs(rows[url], outlet)
            ],
        )
        fresh = [(outlet, url) for outlet, url in wanted if url not in rows]
        self.db.conn.executemany(
            "INSERT INTO feed (outlet_id, url, host, is_listed, is_paused, due_at) VALUES (?, ?, ?, 1, ?, ?)",
            [
                (outlet.id, url, place(url), outlet.paused, stamp(due(number, len(fresh))))
                for number, (outlet, url) in enumerate(fresh)
            ],
        )
        if fresh:
            rows = {row["url"]: row for row in self.db.query("SELECT id, url, title FROM feed")}
        known = [rows[url] for _, url in wanted]
        return tuple(
            Feed(id=FeedId(row["id"]), outlet=outlet, url=url, title=row["title"])
            for (outlet, url), row in zip(listed, known, strict=True)
        )

    def _hide_keys(self, rows: dict[str, dict[str, Any]], listed: list[tuple[Outlet, str]]) -> None:
        """Take the keys out of addresses that were stored with them, so that their feeds stay the same. Changes ``rows``."""
        for _, url in listed:
            hidden = without_keys(url)
            if hidden != url and url in rows and hidden not in rows:
                self.db.execute("UPDATE feed SET url = ? WHERE id = ?", [hidden, rows[url]["id"]])
                rows[hidden] = rows.pop(url)

    def hasten(self, feed_ids: Iterable[FeedId], now: datetime) -> None:
        """Make feeds due at once."""
        self.db.execute(
            "UPDATE feed SET due_at = min(due_at, ?) WHERE id IN (SELECT value FROM json_each(?))",
            [stamp(now), json.dumps(list(feed_ids))],
        )

    def bound_due(self, feed_id: FeedId, latest: datetime) -> None:
        """Let a feed be due no later than this: its pace was changed in config.toml."""
        self.db.execute("UPDATE feed SET due_at = min(due_at, ?) WHERE id = ? AND failures = 0", [stamp(latest), feed_id])

    # ----------------------------------------------------------------------------------------------------------- the poll

    def remember_answer(self, state: FeedState, *, title: str | None) -> None:
        """Remember a feed that answered as it is now: what makes its next request conditional, and when that is."""
        self.db.conn.execute(
            "UPDATE feed SET etag = ?, last_modified = ?, body_hash = ?, title = coalesce(?, title), full_at = ?,"
            " parsed_at = ?, unchanged_at = ?, lied_at = ?, newest_at = ?, polled_at = ?, answered_at = ?,"
            " first_answered_at = ?, failures = 0, failing_since = NULL,"
            " failure_kind = NULL, failure_reason = NULL, failure_status = NULL, strikes = 0, pace = ?,"
            " ttl = ?, skip_hours = ?, skip_days = ?, moved_to = ?, moved_times = ?, due_at = ? WHERE id = ?",
            (
                state.validators.etag,
                state.validators.last_modified,
                state.validators.body_hash,
                title,
                maybe_stamp(state.full_at),
                maybe_stamp(state.parsed_at),
                maybe_stamp(state.unchanged_at),
                maybe_stamp(state.lied_at),
                maybe_stamp(state.newest_at),
                maybe_stamp(state.polled_at),
                maybe_stamp(state.answered_at),
                maybe_stamp(state.first_answered_at),
                maybe_seconds(state.pace),
                maybe_seconds(state.hints.ttl),
                listed_numbers(state.hints.skip_hours),
                listed_numbers(state.hints.skip_days),
                state.moved_to,
                state.moved_times,
                stamp(state.due_at),
                state.feed.id,
            ),
        )

    def remember_unchanged(self, feed_id: FeedId, *, now: datetime, pace: timedelta, due_at: datetime) -> None:
        """Remember a feed that answered last time and now said "not modified", and nothing else that was not known."""
        at = stamp(now)
        self.db.conn.execute(
            "UPDATE feed SET unchanged_at = ?, polled_at = ?, answered_at = ?, pace = ?, due_at = ? WHERE id = ?",
            (at, at, at, maybe_seconds(pace), stamp(due_at), feed_id),
        )

    def remember_document(self, feed_id: FeedId, *, pieces: tuple[Piece, ...], rhythm: Rhythm) -> None:
        """Remember what a feed's document was made of, and when the feed publishes."""
        self.db.conn.execute(
            "INSERT INTO feed_memory (feed_id, pieces, rhythm, since, counted_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (feed_id)"
            " DO UPDATE SET pieces = excluded.pieces, rhythm = excluded.rhythm, since = excluded.since,"
            " counted_at = excluded.counted_at",
            (feed_id, pieces_blob(pieces), rhythm_blob(rhythm), maybe_stamp(rhythm.since), maybe_stamp(rhythm.counted_at)),
        )

    def remember_failure(self, state: FeedState, failure: Failure, *, now: datetime, due_at: datetime, strikes: int) -> None:
        """Remember that a poll failed and why. This machine's own trouble is not charged to the feed."""
        charged = 0 if failure.local else 1
        self.db.execute(
            "UPDATE feed SET polled_at = :now, due_at = :due, failures = failures + :charged,"
            " failing_since = CASE WHEN :charged THEN coalesce(failing_since, :now) ELSE failing_since END, strikes = :strikes,"
            " failure_kind = :kind, failure_reason = :reason, failure_status = :status WHERE id = :feed",
            {
                "now": stamp(now),
                "due": stamp(due_at),
                "charged": charged,
                "strikes": strikes,
                "kind": failure.kind,
                "reason": failure.detail,
                "status": failure.status,
                "feed": state.feed.id,
            },
        )
        self._add_failure(state, now, kind=failure.kind, reason=failure.detail)

    def rest_host(self, name: str, *, until: datetime, now: datetime) -> None:
        """Leave a host alone until then: none of its feeds is due before, and none of its pages is read."""
        self._rest(name, pages=until, feeds=until, now=now)
        self.db.execute("UPDATE feed SET due_at = max(due_at, ?) WHERE host = ?", [stamp(until), name])

    def rest_pages(self, name: str, *, until: datetime, now: datetime) -> None:
        """Read no page of a host until then."""
        self._rest(name, pages=until, feeds=now, now=now)

    def _rest(self, name: str, *, pages: datetime, feeds: datetime, now: datetime) -> None:
        self.db.execute("DELETE FROM host WHERE max(rests_until, feeds_until) <= ?", [stamp(now)])
        self.db.execute(
            "INSERT INTO host (name, rests_until, feeds_until) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE"
            " SET rests_until = max(rests_until, excluded.rests_until), feeds_until = max(feeds_until, excluded.feeds_until)",
            [name, stamp(pages), stamp(feeds)],
        )

    def catch_up(self, *, now: datetime, within: timedelta) -> None:
        """Spread what this machine's own trouble kept from being polled over a stretch of time from now on, one poll for each."""
        self.db.execute(
            "UPDATE feed SET due_at = :now + abs(random() % :span) WHERE is_listed AND NOT is_paused AND failures = 0"
            " AND failure_reason IS NOT NULL AND due_at < :now + 120",
            {"now": stamp(now), "span": max(int(within.total_seconds()), 1)},
        )

    def uncharge(self, feed_ids: Iterable[FeedId], *, due_at: datetime) -> None:
        """Take the last failure back from feeds that were blamed for this machine's own trouble; they are due again soon."""
        self.db.execute(
            "UPDATE feed SET failures = max(failures - 1, 0), failing_since = CASE WHEN failures > 1 THEN failing_since END,"
            " due_at = min(due_at, ?) WHERE id IN (SELECT value FROM json_each(?))",
            [stamp(due_at), json.dumps(list(feed_ids))],
        )

    def add_poll(
        self,
        state: FeedState,
        *,
        now: datetime,
        entries: int,
        new_items: int,
        size: int,
        missed: tuple[datetime, datetime] | None = None,
    ) -> None:
        """Write a poll that was answered into the history. ``state``: as before; ``missed``: what probably scrolled away."""
        outcome = "new items" if new_items else "unchanged"
        since, until = missed or (None, None)
        more = {"new_items": new_items, "missed_since": maybe_stamp(since), "missed_until": maybe_stamp(until)}
        if missed is not None or not self._lengthen(
            state,
            now,
            "outcome <> 'failed' AND (at > :now - 86400 OR new_items + :new_items = 0)",
            {"entries": entries, "bytes": size, "new_items": new_items},
        ):
            self._insert_poll(state, now, outcome, entries=entries, bytes=size, **more)

    def _add_failure(self, state: FeedState, now: datetime, *, kind: str, reason: str) -> None:
        alike = "outcome = 'failed' AND kind = :kind AND reason = :reason"
        if not self._lengthen(state, now, alike, {"kind": kind, "reason": reason}):
            self._insert_poll(state, now, "failed", kind=kind, reason=reason)

    def _lengthen(self, state: FeedState, now: datetime, alike: str, values: dict[str, str | int]) -> bool:
        """Lengthen the stretch that the poll before was of, where this one went alike; False: it did not.

        Answers are alike, whether or not they brought news: a day of them is one row, and any time without news is. What was late
        is a stretch of its own.
        """
        made = self.db.conn.execute(
            "UPDATE poll SET until = :now, times = times + 1, late = max(late, :late), entries = :entries, bytes = :bytes,"
            " new_items = new_items + :new_items, outcome = CASE WHEN :new_items THEN 'new items' ELSE outcome END"
            f" WHERE id = (SELECT max(id) FROM poll WHERE feed_id = :feed) AND missed_since IS NULL"
            f" AND (late > {ON_TIME}) = (:late > {ON_TIME}) AND {alike}",
            {"entries": 0, "bytes": 0, "new_items": 0, "now": stamp(now), "late": _late(state, now), "feed": state.feed.id}
            | values,
        )
        return bool(made.rowcount)

    def _insert_poll(self, state: FeedState, now: datetime, outcome: str, **more: str | int | None) -> None:
        row = {
            "feed_id": state.feed.id,
            "at": stamp(now),
            "until": stamp(now),
            "late": _late(state, now),
            "outcome": outcome,
            **more,
        }
        self.db.conn.execute(
            "INSERT INTO poll (feed_id, at, until, late, outcome, kind, reason, entries, new_items, bytes, missed_since,"
            " missed_until) VALUES (:feed_id, :at, :until, :late, :outcome, :kind, :reason, :entries, :new_items, :bytes,"
            " :missed_since, :missed_until)",
            _POLL | row,
        )


def _late(state: FeedState, now: datetime) -> int:
    return max(int((now - state.due_at).total_seconds()), 0)


def _differs(row: Mapping[str, Any], outlet: Outlet) -> bool:
    return not row["is_listed"] or row["outlet_id"] != outlet.id or bool(row["is_paused"]) != outlet.paused


def _told_since(watch: Watch, now: int) -> int | None:
    return None if watch.look_back is None else now - int(watch.look_back.total_seconds())
