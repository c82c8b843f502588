"""What was not seen, as far as the store can tell: times without polls, outages, texts that are missing. Nothing here writes."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from sqlite_utils import Database

from monitor.model import Feed, Gap
from monitor.store.rows import FEED_COLUMNS, feed_of, moment, stamp

ITEMS = "item JOIN feed ON feed.id = item.feed_id JOIN outlet ON outlet.id = feed.outlet_id"
# an outlet that was taken out of config.toml, or is paused, is not asked for anything
UNREAD = "item.article_state = 'due' AND feed.is_listed AND NOT feed.is_paused"
FEW = 3
LULL = timedelta(minutes=30)
"""Twice the usual pace of a feed: a shorter rest of the monitor costs nothing that a feed still lists."""


class Coverage:
    """The gaps that the store knows of, on one connection."""

    def __init__(self, db: Database) -> None:
        """Answer from this database."""
        self.db = db

    def text_gaps(self, start: datetime, stop: datetime) -> tuple[Gap, ...]:
        """Say for each feed how many full texts were given up in the window or are doubted, with the commonest reason."""
        rows = self.db.query(
            f"SELECT item.article_state, coalesce(item.article_reason, article.doubt) AS why, count(*) AS items, {FEED_COLUMNS}"
            f" FROM {ITEMS} LEFT JOIN article ON article.item_id = item.id"
            " WHERE item.article_at >= ? AND item.article_at < ?"
            " AND (item.article_state = 'given_up' OR article.doubt IS NOT NULL)"
            " GROUP BY feed.id, item.article_state, why ORDER BY feed.id, items DESC",
            [stamp(start), stamp(stop)],
        )
        tally: dict[tuple[str, Feed], list[tuple[str, int]]] = defaultdict(list)
        for row in rows:
            kind = "no_text" if row["article_state"] == "given_up" else "doubtful_text"
            tally[kind, feed_of(row)].append((row["why"] or "", row["items"]))
        return tuple(
            Gap(
                kind="no_text" if kind == "no_text" else "doubtful_text",
                feed=feed,
                since=None,
                reason=why[0][0],
                count=sum(items for _, items in why),
            )
            for (kind, feed), why in tally.items()
        )

    def baseline_gap(self, start: datetime, stop: datetime) -> Gap | None:
        """Say how many items of feeds first polled in the window matched without an alert, and whose; None where none did."""
        rows = list(
            self.db.query(
                f"SELECT count(*) AS items, {FEED_COLUMNS} FROM {ITEMS}"
                " WHERE item.is_baseline AND item.seen_at >= ? AND item.seen_at < ?"
                " AND EXISTS (SELECT 1 FROM match WHERE match.item_id = item.id) GROUP BY feed.id",
                [stamp(start), stamp(stop)],
            )
        )
        names = ", ".join(f"{feed_of(row).name} {row['items']}" for row in rows)
        return (
            Gap(kind="first_poll", feed=None, since=None, reason=names, count=sum(row["items"] for row in rows)) if rows else None
        )

    def unread_gap(self) -> Gap | None:
        """Say how many items have a page that is still to be read; None where none has."""
        count = self.unread()
        return Gap(kind="unread", feed=None, since=None, reason="", count=count) if count else None

    def outages(self, start: datetime, stop: datetime) -> tuple[Gap, ...]:
        """Give the times within the window in which a feed failed for longer than LULL and that are over, longest first.

        Where more than FEW feeds were out it was hardly theirs: they are one gap.
        """
        rows = self.db.query(
            # an answered poll, and the answered one before it; what lies between them was not seen if a poll failed there
            "WITH answer AS (SELECT feed_id, at, lag(at) OVER (PARTITION BY feed_id ORDER BY at, id) AS before FROM poll"
            " WHERE outcome <> 'failed' AND at < :stop AND at > :start - 172800)"
            " SELECT answer.before, answer.at,"
            " (SELECT reason FROM poll WHERE poll.feed_id = answer.feed_id AND outcome = 'failed'"
            f" AND poll.at BETWEEN answer.before AND answer.at ORDER BY poll.at DESC LIMIT 1) AS why, {FEED_COLUMNS}"
            " FROM answer JOIN feed ON feed.id = answer.feed_id JOIN outlet ON outlet.id = feed.outlet_id"
            " WHERE answer.at > :start AND answer.at - answer.before > :lull AND why IS NOT NULL AND feed.is_listed"
            " ORDER BY answer.at - answer.before DESC",
            {"start": stamp(start), "stop": stamp(stop), "lull": int(LULL.total_seconds())},
        )
        found = [
            Gap(kind="was_failing", feed=feed_of(row), since=moment(row["before"]), until=moment(row["at"]), reason=row["why"])
            for row in rows
        ]
        if len({gap.feed for gap in found}) <= FEW:
            return tuple(found)
        return (
            Gap(
                kind="was_unreached",
                feed=None,
                since=min(gap.since for gap in found if gap.since),
                until=max(gap.until for gap in found if gap.until),
                reason=found[0].reason,
                count=len({gap.feed for gap in found}),
            ),
        )

    def down_gap(self, start: datetime, stop: datetime, *, lull: timedelta) -> Gap | None:
        """Say from when to when, within the window, the monitor did not run, or slept; None where for ``lull`` at most.

        A life that was killed ended with its last poll; one in which nothing was polled for longer than ``lull`` slept. Several
        such times are one gap, from the first to the last.
        """
        bounds = {"start": stamp(start), "stop": stamp(stop), "lull": int(lull.total_seconds())}
        rows = self.db.query(
            "WITH life AS (SELECT started_at, stopped_at, lead(started_at) OVER (ORDER BY id) AS following FROM run"
            " WHERE started_at < :stop), seen AS (SELECT at, lag(at) OVER (ORDER BY at) AS before FROM poll"
            " WHERE at < :stop AND at > :start - 172800),"
            " rest AS (SELECT coalesce(stopped_at,"
            # the newest life goes on, or was killed: then its feeds are overdue, and that is told
            " CASE WHEN following IS NULL THEN :stop END,"
            " (SELECT max(at) FROM poll WHERE at >= started_at AND at < following), started_at) AS began,"
            " coalesce(following, :stop) AS ended FROM life UNION ALL SELECT before, at FROM seen WHERE at - before > :lull)"
            " SELECT max(began, :start) AS began, ended FROM rest WHERE ended > :start AND ended - max(began, :start) > :lull"
            " ORDER BY began",
            bounds,
        )
        lulls = _apart([(row["began"], row["ended"]) for row in rows])
        if not lulls:
            return None
        until = None if lulls[-1][1] >= stamp(stop) else moment(lulls[-1][1])
        return Gap(kind="down", feed=None, since=moment(lulls[0][0]), reason="", count=len(lulls), until=until)

    def unread(self) -> int:
        """Count the items whose page is still to be read."""
        return self._one(f"SELECT count(*) FROM {ITEMS} WHERE {UNREAD}")

    def _one(self, sql: str, *values: object) -> int:
        named = values[0] if values and isinstance(values[0], dict) else list(values)
        value = self.db.execute(sql, named).fetchone()[0]
        return int(value)


def _apart(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join stretches of time that overlap; they come in the order in which they begin."""
    joined: list[tuple[int, int]] = []
    for began, ended in stretches:
        if joined and began <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(ended, joined[-1][1]))
        else:
            joined.append((began, ended))
    return joined
