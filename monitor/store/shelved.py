"""Digests that are kept: their list, their words as they were frozen, the stories that they tell of. Nothing here writes."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlite_utils import Database

from monitor.model import DigestId, FrozenDigest, KeptDigest, PlanId, SentAlert, StoryId, WatchTally
from monitor.store.digests import FILES
from monitor.store.rows import Row, moment, sent_of, stamp

_KEPT = (
    "SELECT digest.*, group_concat(digest_words.form, ' ') AS forms FROM digest"
    " LEFT JOIN digest_words ON digest_words.digest_id = digest.id AND digest_words.form IN ('html', 'md', 'json', 'atom')"
)
_IN_FILES = "GROUP BY digest.id HAVING forms IS NOT NULL ORDER BY digest.made_at DESC, digest.id DESC"
"""One that was only sent is not in the archive."""
_AGED = (
    # a plan that is not in config.toml any more is kept as that of [digest] itself
    "digest.made_at < coalesce((SELECT value FROM json_each(:before) WHERE key = digest.plan),"
    " (SELECT value FROM json_each(:before) WHERE key = ''))"
    " AND digest.id NOT IN (SELECT id FROM digest AS other WHERE made_at ="
    " (SELECT max(made_at) FROM digest WHERE plan = other.plan))"
    " AND digest.id NOT IN (SELECT id FROM digest AS other WHERE NOT is_asked AND stop_at ="
    " (SELECT max(stop_at) FROM digest WHERE plan = other.plan AND NOT is_asked))"
    " AND digest.id NOT IN (SELECT digest_id FROM digest_delivery WHERE state = 'held')"
)


class Shelved:
    """The store's answers about the archive of digests, on one connection."""

    db: Database

    def kept_digests(self, limit: int) -> tuple[KeptDigest, ...]:
        """Give the digests of the archive, without their words, newest first."""
        rows = self.db.query(f"{_KEPT} {_IN_FILES} LIMIT ?", [limit])
        return tuple(map(_kept_of, rows))

    def digests_telling(self, story_id: StoryId, limit: int) -> tuple[KeptDigest, ...]:
        """Give the digests of the archive that tell of a story, newest first."""
        which = "WHERE digest.id IN (SELECT digest_id FROM digest_story WHERE story = ? ORDER BY digest_id DESC LIMIT ?)"
        return tuple(
            map(
                _kept_of,
                self.db.query(f"{_KEPT} {which} {_IN_FILES}", [story_id, limit]),
            )
        )

    def aged_digests(self, before: Mapping[PlanId, datetime], limit: int) -> tuple[KeptDigest, ...]:
        """Give the oldest digests that were made before a time, each plan's own, and are not needed any more, oldest first.

        Needed are those that are still to be sent, and of each plan the newest one and the newest that nobody asked for: where
        its window ends the next one begins.
        """
        rows = self.db.query(
            f"{_KEPT} WHERE {_AGED} GROUP BY digest.id ORDER BY digest.id LIMIT :limit",
            {"before": json.dumps({plan: stamp(at) for plan, at in before.items()}), "limit": limit},
        )
        return tuple(map(_kept_of, rows))

    def digest_in_words(self, digest_id: DigestId) -> FrozenDigest | None:
        """Give a digest in its own words; None where it is not there any more."""
        row = next(self.db.query("SELECT plan, period FROM digest WHERE id = ?", [digest_id]), None)
        if row is None:
            return None
        words = self.db.query("SELECT form, words FROM digest_words WHERE digest_id = ?", [digest_id])
        return FrozenDigest(
            plan=PlanId(row["plan"]),
            period=row["period"],
            words=tuple((each["form"], each["words"]) for each in words if each["form"] in FILES),
            stories=self.stories_told([digest_id]),
        )

    def stories_told(self, digests: Iterable[DigestId]) -> tuple[StoryId, ...]:
        """Give the stories that these digests tell of."""
        asked = json.dumps(list(digests))
        rows = self.db.conn.execute(
            "SELECT DISTINCT story FROM digest_story WHERE digest_id IN (SELECT value FROM json_each(?)) ORDER BY story", (asked,)
        )
        return tuple(StoryId(row[0]) for row in rows)

    def stories_still_told(self, gone: Collection[DigestId]) -> tuple[StoryId, ...]:
        """Give the stories that these digests tell of, and others, too, which are kept."""
        rows = self.db.conn.execute(
            "SELECT DISTINCT story FROM digest_story AS other WHERE digest_id IN (SELECT value FROM json_each(:gone)) AND EXISTS"
            " (SELECT 1 FROM digest_story WHERE story = other.story AND digest_id NOT IN (SELECT value FROM json_each(:gone)))"
            " ORDER BY story",
            {"gone": json.dumps(list(gone))},
        )
        return tuple(StoryId(row[0]) for row in rows)

    def told_stories(self) -> frozenset[StoryId]:
        """Give every story that a digest which is kept tells of."""
        return frozenset(StoryId(row[0]) for row in self.db.conn.execute("SELECT DISTINCT story FROM digest_story"))

    def alerts_sent(self, story_id: StoryId, limit: int) -> tuple[SentAlert, ...]:
        """Give the alerts about a story's items that a channel took, in order."""
        rows = self.db.query(
            "SELECT alert.watch_id, alert.channel, alert.occasion, alert.key, min(delivery.at) AS sent_at FROM item"
            " JOIN alert ON alert.item_id = item.id JOIN delivery ON delivery.alert_id = alert.id AND delivery.outcome = 'sent'"
            " WHERE item.story_id = ? GROUP BY alert.id ORDER BY sent_at, alert.id LIMIT ?",
            [story_id, limit],
        )
        return tuple(map(sent_of, rows))


def _kept_of(row: Row) -> KeptDigest:
    counts = json.loads(row["counts"])
    return KeptDigest(
        id=DigestId(row["id"]),
        plan=PlanId(row["plan"]),
        period=row["period"],
        made_at=moment(row["made_at"]),
        is_late=bool(row["is_late"]),
        is_asked=bool(row["is_asked"]),
        watches=tuple(WatchTally(**each) for each in counts.get("watches", ())),
        gaps=counts.get("gaps", 0),
        forms=tuple(form for form in FILES if form in (row["forms"] or "").split()),
    )
