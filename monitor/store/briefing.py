"""What a digest tells of a window: which items were found, who carries their stories, what was edited, what is usual.

Questions only; nothing here writes. Ids come as lists, so that what ranks and folds decides how much is read.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from monitor.model import (
    Carriage,
    Carrier,
    Edited,
    Finding,
    FirstCount,
    ItemId,
    ItemNamed,
    LastMatch,
    OutletId,
    PlanId,
    Spotted,
    StoryId,
    WatchId,
    Withheld,
)
from monitor.store.coverage import FOUND_BY_OURS, OURS, listed
from monitor.store.outgoing import AHEAD
from monitor.store.rows import FEED_COLUMNS, Row, feed_of, finding_of, match_of, maybe_moment, moment, stamp
from monitor.store.searching import TITLE_NOW
from monitor.store.versions import Versions

MOST_CARRIERS = 100
"""Outlets of one story that a digest names."""
FAR_AHEAD = timedelta(days=7)
"""What lies less far ahead is in one of the digests that follow soon."""
_ITEMS = "item JOIN feed ON feed.id = item.feed_id JOIN outlet ON outlet.id = feed.outlet_id"

Stretch = tuple[datetime, datetime]
"""From when to when: the first included, the last not."""


class Briefing(Versions):
    """The store's answers for the digest, on one connection."""

    db: Database

    def newest_match(self) -> int:
        """Give the id of the match that was stored last; 0 where none was."""
        return int(self.db.conn.execute("SELECT coalesce(max(id), 0) FROM match").fetchone()[0])

    def last_match_told(self, plan: PlanId, now: datetime, *, start: datetime) -> int | None:
        """Give the id of the newest match that was stored when the digest of a plan was made after which a window begins.

        None where there is no such digest: what was found before the window is then no more of it than of any other.
        """
        # one of a clock that ran ahead is made again in its hour: what was found meanwhile is not told by it
        query = "SELECT max(last_match) FROM digest WHERE plan = ? AND NOT is_asked AND made_at <= ? AND stop_at >= ?"
        (newest,) = self.db.conn.execute(query, (plan, stamp(now) + AHEAD, stamp(start))).fetchone()
        return None if newest is None else int(newest)

    def spotted(  # noqa: PLR0913 - which matches are of this digest and of no other
        self,
        window: Stretch,
        watches: Collection[WatchId],
        *,
        outlets: Collection[OutletId] | None,
        after: int | None,
        until: int,
        now: datetime,
    ) -> tuple[Spotted, ...]:
        """Give the items that these watches found for the first time in a window, at these outlets (None: all).

        A word that stands only in a page that was read later is found later: no digest may fall between the two. Nor may it
        between a match that was made and its storing: one found before the window whose id is above ``after`` is of this one, and
        one whose id is above ``until`` is of the next. One that lies further ahead of ``now`` than FAR_AHEAD is of this one,
        too: it was found under a clock that ran wrong, and must not wait for that day.
        """
        named = {"watches": json.dumps(list(watches)), "outlets": listed(outlets), "after": after, "until": until}
        named["far"] = stamp(now + FAR_AHEAD)
        rows = self.db.conn.execute(
            "SELECT fresh.watch_id, item.id, item.story_id, feed.outlet_id, iif(item.unseen_at IS NULL,"
            " min(item.seen_at, coalesce(item.published_at, item.seen_at)), item.seen_at) FROM"
            " (SELECT watch_id, item_id FROM match WHERE watch_id IN (SELECT value FROM json_each(:watches)) AND is_first"
            "  AND found_at >= :start AND found_at < :stop AND NOT is_history AND id <= :until"
            "  UNION ALL SELECT watch_id, item_id FROM match WHERE id > :after AND id <= :until"
            "  AND (found_at < :start OR found_at > max(:far, :stop)) AND is_first"
            "  AND NOT is_history AND watch_id IN (SELECT value FROM json_each(:watches))) AS fresh"
            f" JOIN item ON item.id = fresh.item_id JOIN feed ON feed.id = item.feed_id WHERE {OURS}",
            {**_bounds(window), **named},
        )
        return tuple(
            Spotted(
                watch_id=WatchId(watch),
                item_id=ItemId(item),
                story_id=StoryId(story),
                outlet_id=OutletId(outlet),
                since=moment(since),
            )
            for watch, item, story, outlet, since in rows
        )

    def carriage(self, stories: Iterable[StoryId]) -> dict[StoryId, Carriage]:
        """Say how many outlets carry each of these stories, and how many of them with their own text."""
        rows = self.db.conn.execute(
            "SELECT item.story_id, count(DISTINCT feed.outlet_id),"
            " count(DISTINCT CASE WHEN item.is_own_text THEN feed.outlet_id END) FROM item JOIN feed ON feed.id = item.feed_id"
            " WHERE item.story_id IN (SELECT value FROM json_each(?)) GROUP BY item.story_id",
            (json.dumps(list(stories)),),
        )
        return {StoryId(story): Carriage(outlets=outlets, own_texts=own) for story, outlets, own in rows}

    def story_carriers(self, stories: Iterable[StoryId]) -> dict[StoryId, tuple[Carrier, ...]]:
        """Give the outlets that carry each of these stories, each with its first item; first seen first."""
        rows = self.db.query(
            # beside min() SQLite gives the other columns of that row
            "SELECT item.story_id, min(item.id) AS id, item.link, item.copied, item.is_own_text, item.published_at, item.seen_at,"
            f" item.unseen_at, {FEED_COLUMNS} FROM {_ITEMS} WHERE item.story_id IN (SELECT value FROM json_each(?))"
            " GROUP BY item.story_id, outlet.id ORDER BY item.story_id, item.seen_at, item.id",
            [json.dumps(list(stories))],
        )
        found: dict[StoryId, list[Carrier]] = defaultdict(list)
        for row in rows:
            if len(found[StoryId(row["story_id"])]) < MOST_CARRIERS:
                found[StoryId(row["story_id"])].append(_carrier_of(row))
        return {story: tuple(carriers) for story, carriers in found.items()}

    def told_before(self, stories: Iterable[StoryId], before: datetime) -> frozenset[StoryId]:
        """Say which of these stories a watch had found before a time."""
        rows = self.db.conn.execute(
            "SELECT DISTINCT item.story_id FROM item JOIN match ON match.item_id = item.id"
            " WHERE item.story_id IN (SELECT value FROM json_each(?)) AND match.found_at < ? AND NOT match.is_history",
            (json.dumps(list(stories)), stamp(before)),
        )
        return frozenset(StoryId(row[0]) for row in rows)

    def findings_of(self, pairs: Iterable[tuple[ItemId, WatchId]]) -> dict[tuple[ItemId, WatchId], Finding]:
        """Give these items under these watches: what was found in the headline first, then the feed's text, then the page's."""
        rows = self.db.query(
            f"SELECT match.*, {TITLE_NOW}, item.link, item.language, item.published_at, item.seen_at, item.copied,"
            f" item.is_own_text, article.doubt, {FEED_COLUMNS} FROM json_each(:pairs) AS pair"
            " JOIN match ON match.item_id = json_extract(pair.value, '$[0]')"
            " AND match.watch_id = json_extract(pair.value, '$[1]')"
            " JOIN item ON item.id = match.item_id JOIN feed ON feed.id = item.feed_id"
            " JOIN outlet ON outlet.id = feed.outlet_id LEFT JOIN article ON article.item_id = item.id"
            " ORDER BY CASE match.field WHEN 'title' THEN 0 WHEN 'summary' THEN 1 ELSE 2 END, match.start",
            {"pairs": json.dumps(list(pairs))},
        )
        grouped: dict[tuple[ItemId, WatchId], list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            grouped[ItemId(row["item_id"]), WatchId(row["watch_id"])].append(row)
        return {
            names: finding_of(
                places[0], tuple(map(match_of, places)), edit=self.edit_of(*names), rewritten=self.rewritten(*names)
            )
            for names, places in grouped.items()
        }

    # ------------------------------------------------------------------------------------------------------ what is usual

    def found_in(
        self, stretches: Sequence[Stretch], watches: Collection[WatchId], *, outlets: Collection[OutletId] | None = None
    ) -> dict[WatchId, dict[int, int]]:
        """Count for each watch the items that it found in each stretch, by the stretch's place; what has none is left out.

        What stood in the store before a watch was asked so counts for when it was first seen.
        """
        asked = {
            "stretches": json.dumps([[stamp(start), stamp(stop)] for start, stop in stretches]),
            "watches": json.dumps(list(watches)),
            "outlets": listed(outlets),
        }
        counts: dict[WatchId, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        within = ">= json_extract(stretch.value, '$[0]')", "< json_extract(stretch.value, '$[1]')"
        news = self.db.conn.execute(
            # counted one by one, as a grouping would first sort all of them
            "SELECT asked.value, stretch.key, (SELECT count(*) FROM match WHERE match.watch_id = asked.value"
            f"  AND match.found_at {within[0]} AND match.found_at {within[1]} AND NOT match.is_history AND match.is_first"
            f"  AND {FOUND_BY_OURS}) FROM json_each(:watches) AS asked CROSS JOIN json_each(:stretches) AS stretch",
            asked,
        )
        history = self.db.conn.execute(
            # only of those that were not asked yet on the first of these days; each of their places is looked at once
            "SELECT match.watch_id, stretch.key, count(*) FROM watch CROSS JOIN match ON match.watch_id = watch.id"
            " AND match.found_at >= watch.since AND match.is_first AND match.is_history"
            " CROSS JOIN item ON item.id = match.item_id CROSS JOIN json_each(:stretches) AS stretch"
            f" ON item.seen_at {within[0]} AND item.seen_at {within[1]}"
            " WHERE watch.id IN (SELECT value FROM json_each(:watches)) AND watch.since > json_extract(:stretches, '$[0][0]')"
            f" AND {FOUND_BY_OURS} GROUP BY 1, 2",
            asked,
        )
        for watch, place, items in (*news, *history):
            counts[WatchId(watch)][place] += items
        return counts

    def lives(self, since: datetime) -> tuple[Stretch, ...]:
        """Give from when to when the monitor ran, as far as that ended after a time; one that runs ends with its last sign."""
        rows = self.db.conn.execute(
            "SELECT started_at, coalesce(stopped_at, seen_at) FROM run WHERE coalesce(stopped_at, seen_at) > ? ORDER BY id",
            (stamp(since),),
        )
        return tuple((moment(start), moment(stop)) for start, stop in rows)

    def still_asked(self) -> frozenset[WatchId]:
        """Give the watches that are still to be asked about some of what is stored."""
        return frozenset(WatchId(row[0]) for row in self.db.conn.execute("SELECT id FROM watch WHERE past IS NOT NULL"))

    def last_match_of(self, watches: Iterable[WatchId], *, outlets: Collection[OutletId] | None = None) -> tuple[LastMatch, ...]:
        """Give the newest item of each of these watches, at these outlets (None: all); what never matched is left out."""
        rows = self.db.query(
            f"SELECT asked.value AS watch_id, item.seen_at, {FEED_COLUMNS} FROM json_each(:watches) AS asked JOIN item ON"
            f" item.id = (SELECT item_id FROM match WHERE match.watch_id = asked.value AND is_first AND {FOUND_BY_OURS}"
            "  ORDER BY found_at DESC, item_id DESC LIMIT 1)"
            " JOIN feed ON feed.id = item.feed_id JOIN outlet ON outlet.id = feed.outlet_id",
            {"watches": json.dumps(list(watches)), "outlets": listed(outlets)},
        )
        return tuple(
            LastMatch(watch_id=WatchId(row["watch_id"]), at=moment(row["seen_at"]), outlet_name=feed_of(row).name) for row in rows
        )

    # ---------------------------------------------------------------------------------------------------------- and beside

    def firsts(self, since: datetime, watches: Collection[WatchId]) -> tuple[tuple[FirstCount, ...], int]:
        """Count how often each outlet was the only one that can have had a story first, as polls tell; and how often none was.

        Of the stories that these watches found and that several outlets carry, one of them since then. As monitor.story.trail
        tells it: who was without it at the first look that found it anywhere, or at a later one, was not first.
        """
        rows = self.db.query(
            "WITH copies AS MATERIALIZED"
            "  (SELECT DISTINCT story_id AS id FROM item WHERE copied IS NOT NULL AND seen_at >= :since),"
            " mine AS (SELECT id FROM copies WHERE EXISTS (SELECT 1 FROM item JOIN match ON match.item_id = item.id"
            "  WHERE item.story_id = copies.id AND match.watch_id IN (SELECT value FROM json_each(:watches))"
            "  AND NOT match.is_history AND match.is_first)),"
            " shared AS MATERIALIZED (SELECT mine.id, min(item.seen_at) AS found_at FROM mine"
            "  JOIN item ON item.story_id = mine.id JOIN feed ON feed.id = item.feed_id GROUP BY mine.id"
            "  HAVING count(DISTINCT feed.outlet_id) > 1),"
            " told AS (SELECT shared.id, min(feed.outlet_id) AS outlet, count(DISTINCT feed.outlet_id) AS outlets FROM shared"
            "  JOIN item ON item.story_id = shared.id JOIN feed ON feed.id = item.feed_id"
            "  WHERE item.unseen_at IS NULL OR item.unseen_at < shared.found_at GROUP BY shared.id)"
            " SELECT iif(told.outlets = 1, told.outlet, NULL) AS outlet_id, count(*) AS stories,"
            " coalesce(outlet.name, (SELECT min(title) FROM feed WHERE outlet_id = outlet.id), outlet.id) AS name,"
            " outlet.language"
            " FROM shared LEFT JOIN told ON told.id = shared.id LEFT JOIN outlet ON outlet.id = told.outlet AND told.outlets = 1"
            " GROUP BY 1 ORDER BY stories DESC, 1",
            {"since": stamp(since), "watches": json.dumps(list(watches))},
        )
        counted, untold = [], 0
        for row in rows:
            if row["outlet_id"] is None:
                untold = row["stories"]
                continue
            counted.append(
                FirstCount(
                    outlet_id=OutletId(row["outlet_id"]),
                    outlet_name=row["name"],
                    language=row["language"],
                    stories=row["stories"],
                )
            )
        return tuple(counted), untold

    def edited_in(
        self, window: Stretch, watches: Collection[WatchId], *, outlets: Collection[OutletId] | None
    ) -> tuple[Edited, ...]:
        """Give the items that these watches found and that were seen to be edited, or gone, in a window; newest first."""
        rows = self.db.conn.execute(
            "WITH edit AS (SELECT item_id, max(seen_at) AS at, count(DISTINCT number) AS times FROM revision"
            "  WHERE seen_at >= :start AND seen_at < :stop GROUP BY item_id UNION ALL"
            "  SELECT id, gone_at, 0 FROM item WHERE gone_at >= :start AND gone_at < :stop)"
            " SELECT edit.item_id, item.story_id, max(edit.at) AS newest, max(edit.times), min(edit.times) = 0 FROM edit"
            " JOIN item ON item.id = edit.item_id JOIN feed ON feed.id = item.feed_id"
            f" WHERE {OURS} AND EXISTS (SELECT 1 FROM match WHERE match.item_id = edit.item_id"
            "  AND match.watch_id IN (SELECT value FROM json_each(:watches)))"
            " GROUP BY edit.item_id ORDER BY newest DESC, edit.item_id DESC",
            {**_bounds(window), "watches": json.dumps(list(watches)), "outlets": listed(outlets)},
        )
        return tuple(
            Edited(item_id=ItemId(item), story_id=StoryId(story), at=moment(at), times=times, is_gone=bool(is_gone))
            for item, story, at, times, is_gone in rows
        )

    def edited_sentences(self, item_id: ItemId, window: Stretch) -> tuple[tuple[str, str], ...]:
        """Give the watched sentences that were edited in a window: as they stood before, and as they read after it ("": gone)."""
        rows = self.db.conn.execute(
            "SELECT match_id, before, coalesce(after, '') FROM sentence_edit JOIN revision ON revision.id = revision_id"
            " WHERE item_id = :item AND seen_at >= :start AND seen_at < :stop ORDER BY revision.id",
            {**_bounds(window), "item": item_id},
        )
        became: dict[int, tuple[str, str]] = {}
        for match_id, before, after in rows:
            became[match_id] = (became.get(match_id, (before, ""))[0], after)
        return tuple(dict.fromkeys(became.values()))

    def item_named(self, item_id: ItemId) -> ItemNamed:
        """Give what an edit of an item is told with."""
        row = next(
            self.db.query(
                f"SELECT item.story_id, {TITLE_NOW}, item.link, item.language, {FEED_COLUMNS} FROM {_ITEMS} WHERE item.id = ?",
                [item_id],
            )
        )
        feed = feed_of(row)
        return ItemNamed(feed=feed, title=row["title"], link=row["link"], language=row["language"] or feed.outlet.language)

    def withheld(self, window: Stretch) -> dict[WatchId, Withheld]:
        """Count for each watch what was to be told in a window, and was not, as a person wanted none of it."""
        rows = self.db.query(
            "SELECT alert.watch_id, count(DISTINCT subject) FILTER (WHERE state = 'muted') AS muted,"
            " count(DISTINCT subject) FILTER (WHERE state = 'acked') AS acked, mute.until FROM alert"
            " LEFT JOIN mute ON mute.watch_id = alert.watch_id AND mute.until > :stop"
            " WHERE state IN ('muted', 'acked') AND raised_at >= :start AND raised_at < :stop GROUP BY alert.watch_id",
            _bounds(window),
        )
        return {
            WatchId(row["watch_id"]): Withheld(muted=row["muted"], acked=row["acked"], muted_until=maybe_moment(row["until"]))
            for row in rows
        }


def _bounds(window: Stretch) -> dict[str, Any]:
    return {"start": stamp(window[0]), "stop": stamp(window[1])}


def _carrier_of(row: Row) -> Carrier:
    feed = feed_of(row)
    return Carrier(
        item_id=ItemId(row["id"]),
        outlet_id=feed.outlet.id,
        outlet_name=feed.name,
        outlet_language=feed.outlet.language,
        label=feed.outlet.label,
        link=row["link"],
        published=maybe_moment(row["published_at"]),
        seen_at=moment(row["seen_at"]),
        unseen_at=maybe_moment(row["unseen_at"]),
        copied=row["copied"],
        is_own=bool(row["is_own_text"]),
    )
