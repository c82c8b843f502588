"""What was not seen, as far as the store can tell: times without polls, outages, texts that are missing. Nothing here writes."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from operator import attrgetter

from sqlite_utils import Database

from monitor.model import Feed, Gap, OutletId, WatchId
from monitor.store.listening import Listening, lull
from monitor.store.rows import FEED_COLUMNS, Row, feed_of, maybe_moment, moment, stamp

ITEMS = "item JOIN feed ON feed.id = item.feed_id JOIN outlet ON outlet.id = feed.outlet_id"
# an outlet that was taken out of config.toml, or is paused, is not asked for anything
UNREAD = "item.article_state = 'due' AND feed.is_listed AND NOT feed.is_paused"
OURS = "(:outlets IS NULL OR feed.outlet_id IN (SELECT value FROM json_each(:outlets)))"
"""What is of the outlets that are asked about, as `listed` gives them."""
FOUND_BY_OURS = (
    "(:outlets IS NULL OR EXISTS (SELECT 1 FROM item JOIN feed ON feed.id = item.feed_id WHERE item.id = match.item_id"
    " AND feed.outlet_id IN (SELECT value FROM json_each(:outlets))))"
)
"""The same of a match."""
NEWEST = ", ".join(
    f"coalesce((SELECT {column} FROM revision WHERE item_id = item.id AND part = 'feed' ORDER BY number DESC LIMIT 1),"
    f" {first}) AS {name}"
    for column, first, name in (("title", "item.title", "now_title"), ("text", "item.summary", "now_summary"))
)
"""An item's words as its entry has them now."""
FEW = 3
PATIENCE = timedelta(minutes=30)
"""A page that waits to be read for longer is a gap; a few always wait."""
LOCAL = "local"
"""The kind of a failure that is this machine's own trouble."""


class Coverage(Listening):
    """The gaps that the store knows of, on one connection."""

    def __init__(self, db: Database) -> None:
        """Answer from this database."""
        self.db = db

    def text_gaps(self, start: datetime, stop: datetime) -> tuple[Gap, ...]:
        """Say for each feed how many full texts were given up in the window or are doubted, with the commonest reason."""
        rows = self.db.query(
            # two indexes of the few: a busy day has a hundred thousand articles that are as they should be
            "SELECT lacking.article_state, why, cause, count(*) AS items, " + FEED_COLUMNS + " FROM"
            " (SELECT feed_id, article_state, article_reason AS why, article_kind AS cause FROM item"
            "  WHERE article_state = 'given_up' AND article_at >= :start AND article_at < :stop"
            "  UNION ALL SELECT item.feed_id, item.article_state, article.doubt, article.doubt FROM article"
            "  JOIN item ON item.id = article.item_id WHERE article.doubt IS NOT NULL AND item.article_state <> 'given_up'"
            "  AND article.read_at >= :start AND article.read_at < :stop) AS lacking"
            " JOIN feed ON feed.id = lacking.feed_id JOIN outlet ON outlet.id = feed.outlet_id WHERE feed.is_listed"
            " GROUP BY feed.id, lacking.article_state, why, cause ORDER BY feed.id, items DESC",
            {"start": stamp(start), "stop": stamp(stop)},
        )
        tally: dict[tuple[str, Feed], list[Row]] = defaultdict(list)
        for row in rows:
            tally[row["article_state"], feed_of(row)].append(row)
        return tuple(
            Gap(
                kind="no_text" if state == "given_up" else "doubtful_text",
                feed=feed,
                since=None,
                reason=why[0]["why"] or "",
                cause=why[0]["cause"] or "",
                count=sum(row["items"] for row in why),
            )
            for (state, feed), why in tally.items()
        )

    def baseline_gap(self, start: datetime, stop: datetime, *, outlets: Collection[OutletId] | None = None) -> Gap | None:
        """Say how many items of feeds first polled in the window matched without an alert, and whose; None where none did."""
        rows = list(
            self.db.query(
                f"SELECT count(*) AS items, {FEED_COLUMNS} FROM {ITEMS}"
                " WHERE item.is_baseline AND item.seen_at >= :start AND item.seen_at < :stop"
                " AND EXISTS (SELECT 1 FROM match WHERE item_id = item.id AND found_at >= :start)"
                f" AND {OURS} GROUP BY feed.id",
                {"start": stamp(start), "stop": stamp(stop), "outlets": listed(outlets)},
            )
        )
        names = ", ".join(f"{feed_of(row).name} {row['items']}" for row in rows)
        return (
            Gap(kind="first_poll", feed=None, since=None, reason=names, count=sum(row["items"] for row in rows)) if rows else None
        )

    def history(
        self, start: datetime, stop: datetime, *, outlets: Collection[OutletId] | None = None
    ) -> tuple[tuple[WatchId, int], ...]:
        """Count for each watch the items that it found in the window in what was stored before, and in no other way."""
        rows = self.db.conn.execute(
            "SELECT watch_id, count(*) FROM match WHERE watch_id IN (SELECT id FROM watch)"
            f" AND found_at >= :start AND found_at < :stop AND is_history AND is_first AND {FOUND_BY_OURS} GROUP BY watch_id",
            {"start": stamp(start), "stop": stamp(stop), "outlets": listed(outlets)},
        )
        return tuple((WatchId(watch_id), items) for watch_id, items in rows)

    def unread_gap(self, now: datetime, *, outlets: Collection[OutletId] | None = None) -> Gap | None:
        """Say how many items have a page that has been waiting to be read for longer than PATIENCE; None where none has."""
        row = self.db.conn.execute(
            # the + keeps SQLite from going through all items by their time: few wait
            f"SELECT count(*), min(item.seen_at) FROM {ITEMS} WHERE {UNREAD} AND +item.seen_at < :before AND {OURS}",
            {"before": stamp(now - PATIENCE), "outlets": listed(outlets)},
        ).fetchone()
        return Gap(kind="unread", feed=None, since=maybe_moment(row[1]), reason="", count=row[0]) if row[0] else None

    def outages(self, start: datetime, stop: datetime) -> tuple[Gap, ...]:
        """Give the times within the window in which a feed failed for longer than `lull` and that are over, longest first.

        They begin with the first poll that failed: before it, the feed was not asked. The time that the monitor did not run is
        none of them. What was this machine's own trouble is one gap, for all feeds; so are the times of more than FEW feeds: it
        was hardly theirs.
        """
        rows = list(
            self.db.query(
                # failed polls, with the answered one after them; what never answered before was none of this feed's outages
                "WITH failed AS (SELECT poll.feed_id, poll.id, poll.at, poll.reason, poll.kind,"
                " EXISTS (SELECT 1 FROM poll AS a WHERE a.feed_id = poll.feed_id AND a.id < poll.id AND outcome <> 'failed')"
                " AS had_answered,"
                " (SELECT at FROM poll AS a WHERE a.feed_id = poll.feed_id AND a.id > poll.id AND outcome <> 'failed'"
                "  ORDER BY a.id LIMIT 1) AS after"
                " FROM poll WHERE outcome = 'failed' AND until > :start - 172800 AND at < :stop)"
                f" SELECT min(failed.at) AS began, after, failed.reason, failed.kind, {FEED_COLUMNS}"
                " FROM failed JOIN feed ON feed.id = failed.feed_id JOIN outlet ON outlet.id = feed.outlet_id"
                " WHERE after > :start AND after < :stop AND had_answered AND feed.is_listed"
                " GROUP BY feed.id, after HAVING after - began > :lull ORDER BY after - began DESC",
                {"start": stamp(start), "stop": stamp(stop), "lull": int(lull(start, stop).total_seconds())},
            )
        )
        rests = self.rests(moment(min(row["began"] for row in rows)), stop) if rows else ()
        failed = [row for row in rows if _awake(row["began"], row["after"], rests) > lull(start, stop)]
        ours = [_outage(row) for row in failed if row["kind"] == LOCAL]
        theirs = [_outage(row) for row in failed if row["kind"] != LOCAL]
        return (*_unreached(ours), *(theirs if len({gap.feed for gap in theirs}) <= FEW else _unreached(theirs)))

    def overflows(self, start: datetime, stop: datetime) -> tuple[Gap, ...]:
        """Give for each feed from when to when items probably scrolled away between two polls in the window, and how often."""
        rows = self.db.query(
            f"SELECT min(missed_since) AS since, max(missed_until) AS until, count(*) AS times, {FEED_COLUMNS}"
            " FROM poll JOIN feed ON feed.id = poll.feed_id JOIN outlet ON outlet.id = feed.outlet_id"
            " WHERE missed_since IS NOT NULL AND poll.at >= ? AND poll.at < ? AND feed.is_listed"
            " GROUP BY feed.id ORDER BY until - since DESC",
            [stamp(start), stamp(stop)],
        )
        return tuple(
            Gap(
                kind="overflow",
                feed=feed_of(row),
                since=moment(row["since"]),
                until=moment(row["until"]),
                reason="",
                count=row["times"],
            )
            for row in rows
        )

    def down_gaps(self, start: datetime, stop: datetime) -> tuple[Gap, ...]:
        """Say from when to when, within the window, the monitor did not run, or slept; none where never for longer than `lull`.

        Several such times are one gap, from the first to the last. What was before it ran for the first time is one of its own,
        with no ``since``.
        """
        first = self.db.conn.execute("SELECT min(started_at) FROM run").fetchone()[0]
        if first is None:
            return (Gap(kind="down", feed=None, since=None, reason=""),)
        # the first digest of all begins with it
        early = first >= stamp(start)
        gaps = (Gap(kind="down", feed=None, since=None, until=min(moment(first), stop), reason=""),) if early else ()
        rests = self.rests(start, stop)
        if not rests:
            return gaps
        until = None if rests[-1][1] >= stamp(stop) else moment(rests[-1][1])
        return (*gaps, Gap(kind="down", feed=None, since=moment(rests[0][0]), reason="", count=len(rests), until=until))

    def unread(self) -> int:
        """Count the items whose page is still to be read."""
        return self._one(f"SELECT count(*) FROM {ITEMS} WHERE {UNREAD}")

    def _one(self, sql: str, *values: object) -> int:
        named = values[0] if values and isinstance(values[0], dict) else list(values)
        value = self.db.execute(sql, named).fetchone()[0]
        return int(value)


def listed(outlets: Collection[OutletId] | None) -> str | None:
    """Write outlets as a query takes them; None: all."""
    return None if outlets is None else json.dumps(sorted(outlets))


def _awake(start: int, stop: int, rests: tuple[tuple[int, int], ...]) -> timedelta:
    """Give how much of a time the monitor ran."""
    return timedelta(seconds=stop - start - sum(max(min(stop, ended) - max(start, began), 0) for began, ended in rests))


def _outage(row: Row) -> Gap:
    return Gap(
        kind="was_failing",
        feed=feed_of(row),
        since=moment(row["began"]),
        until=moment(row["after"]),
        reason=row["reason"] or "",
        cause=row["kind"] or "",
    )


def _unreached(outages: list[Gap]) -> tuple[Gap, ...]:
    """Give one gap for the outages of many feeds, with the commonest reason."""
    if not outages:
        return ()
    return (
        Gap(
            kind="was_unreached",
            feed=None,
            since=min(filter(None, map(attrgetter("since"), outages))),
            until=max(filter(None, map(attrgetter("until"), outages))),
            reason=Counter(gap.reason for gap in outages).most_common(1)[0][0],
            count=len({gap.feed for gap in outages}),
        ),
    )
