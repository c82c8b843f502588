"""When feeds brought something new, as far as the store can tell, and when they could not be seen. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from sqlite_utils import Database

from monitor.model import LONG_AGO, RECENT, SEVERAL, FeedId, FeedState, Heard, Hours, Rhythm
from monitor.store.rows import moment, rhythm_of, stamp

LULL = timedelta(minutes=30)
"""Twice the usual pace of a feed: a shorter rest of the monitor costs nothing that a feed still lists."""
APART = timedelta(hours=36)
"""Two answers further apart are no polls of one feed in force: it was paused, or not listed, in between."""
_HOUR = 3600
_NEWS = "FROM item WHERE feed_id = :feed AND NOT is_first_poll"  # as the index item_news has it


def lull(start: datetime, stop: datetime) -> timedelta:
    """Give how long a rest may be that costs a window nothing: LULL, or a quarter of it where it is short."""
    return min(LULL, (stop - start) / 4)


class Listening:
    """The store's answers about what feeds brought when, on one connection."""

    db: Database

    def rhythms(self, before: datetime) -> Iterator[tuple[FeedId, Rhythm]]:
        """Give the feeds that are polled and answered last time, and brought nothing since then, with when they publish."""
        rows = self.db.conn.execute(
            "SELECT feed.id, rhythm, since, counted_at FROM feed JOIN feed_memory ON feed_id = feed.id"
            " WHERE is_listed AND NOT is_paused AND failure_reason IS NULL AND counted_at <= ? ORDER BY feed.id",
            (stamp(before),),
        )
        return ((FeedId(row[0]), rhythm_of(*row[1:])) for row in rows)

    def heard(self, state: FeedState, rhythm: Rhythm, rests: Iterable[tuple[int, int]]) -> Heard | None:
        """Give what is known of when a feed brought something new; None: it never did. ``rests``: as `rests` gives them."""
        if rhythm.counted_at is None or state.first_answered_at is None or state.answered_at is None:
            return None
        newest = self.db.conn.execute(f"SELECT max(seen_at) {_NEWS}", {"feed": state.feed.id}).fetchone()[0]
        newest = stamp(rhythm.counted_at) if newest is None else newest
        counted = self._hours(state.feed.id, newest)
        return Heard(
            rhythm=rhythm,
            hours=tuple(hour for hour, _ in counted),
            items=sum(items for _, items in counted),
            newest_at=moment(newest),
            since=state.first_answered_at,
            until=state.answered_at,
            unseen=_apart((*_whole(rests), *_whole(self._failed(state.feed.id)))),
        )

    def rests(self, start: datetime, stop: datetime) -> tuple[tuple[int, int], ...]:
        """Give from when to when, within these times, the monitor did not run, or slept, for longer than `lull`, oldest first.

        A life that was killed ended with the last sign of it. What was before the first one is none of these.
        """
        rows = self.db.conn.execute(
            "WITH rest AS (SELECT coalesce(stopped_at, seen_at) AS began,"
            " coalesce(lead(started_at) OVER (ORDER BY id), :stop) AS ended FROM run WHERE started_at < :stop)"
            " SELECT max(began, :start) AS began, min(ended, :stop) AS ended FROM rest"
            " WHERE ended > :start AND min(ended, :stop) - max(began, :start) > :lull ORDER BY 1",
            {"start": stamp(start), "stop": stamp(stop), "lull": int(lull(start, stop).total_seconds())},
        )
        return tuple((row[0], row[1]) for row in rows)

    def _hours(self, feed_id: FeedId, newest: int) -> list[tuple[int, int]]:
        """Give the hours in which a feed brought something new, ascending, with how many items each."""
        since = {"feed": feed_id, "recent": newest - int(RECENT.total_seconds()), "long": newest - int(LONG_AGO.total_seconds())}
        each = f"SELECT seen_at / {_HOUR} AS hour, count(*) {_NEWS} AND seen_at >"
        recent = self.db.conn.execute(f"{each} :recent GROUP BY hour ORDER BY hour", since).fetchall()
        if len(recent) > SEVERAL:
            return recent
        return self.db.conn.execute(
            f"{each} :long GROUP BY hour ORDER BY hour DESC LIMIT {SEVERAL}",
            since,
        ).fetchall()[::-1]

    def _failed(self, feed_id: FeedId) -> Iterator[tuple[int, int]]:
        """Give from which answer to which a feed failed, or was not asked, as far as its polls are still known."""
        rows = self.db.conn.execute("SELECT at, until, outcome = 'failed' FROM poll WHERE feed_id = ? ORDER BY id", (feed_id,))
        answered, failed = None, False
        for at, until, is_failure in rows:
            if is_failure:
                failed = True
                continue
            if answered is not None and (failed or at - answered > APART.total_seconds()):
                yield answered, at
            answered, failed = until, False


def _whole(times: Iterable[tuple[int, int]]) -> Iterator[Hours]:
    """Give the whole hours of some times, those since 1970."""
    for start, stop in times:
        hours = -(-start // _HOUR), stop // _HOUR
        if hours[0] < hours[1]:
            yield hours


def _apart(ranges: Iterable[Hours]) -> tuple[Hours, ...]:
    """Join what overlaps; ascending."""
    joined: list[Hours] = []
    for start, stop in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], stop))
        else:
            joined.append((start, stop))
    return tuple(joined)
