"""Which outlets carry a story, when, and in which words. Questions only; nothing here writes."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from monitor.model import Carrier, ItemId, OutletId, StoryId, StoryPlace, Telling
from monitor.store.rows import FEED_COLUMNS, Row, feed_of, maybe_moment, moment

MOST_TELLINGS = 200
"""Items of one story whose words are read: a story that so many carry is known well enough."""
MOST_CARRIERS = 100
_ITEMS = "item JOIN feed ON feed.id = item.feed_id JOIN outlet ON outlet.id = feed.outlet_id"
_NOT_THE_ARTICLE = frozenset(("consent", "javascript", "wall", "soft_404", "other_page"))
"""Doubts about an article whose text is that of something else, mostly the same for all pages of its outlet."""
_STORY = "story:"


class Tellings:
    """The store's answers about stories, on one connection."""

    db: Database

    def tellings(self, story_id: StoryId, most: int = MOST_TELLINGS) -> tuple[Telling, ...]:
        """Give the items of a story with their words as they were stored first, in order of first seen; so many at most."""
        rows = self.db.query(
            "SELECT item.id, item.title, item.summary, item.author, item.language AS item_language, item.link, item.copied,"
            " coalesce(item.published_at, article.published_at) AS published_at, item.seen_at, item.unseen_at,"
            " item.forgotten_at, article.item_id AS article_id, article.text, article.doubt,"
            f" {FEED_COLUMNS} FROM {_ITEMS} LEFT JOIN article ON article.item_id = item.id WHERE item.story_id = ?"
            " ORDER BY item.seen_at, item.id LIMIT ?",
            [story_id, most],
        )
        return tuple(map(_telling_of, rows))

    def carriers(self, subject: str, outlet_id: OutletId) -> tuple[Carrier, ...]:
        """Give the outlets that carry what an alert is about, but for the one it names, each with its first item of that story.

        In order of first seen, MOST_CARRIERS at most. ``subject``: as in Alert; none carry a single item.
        """
        if not subject.startswith(_STORY):
            return ()
        rows = self.db.query(
            # beside min() SQLite gives the other columns of that row
            "SELECT min(item.id) AS id, item.link, item.copied, item.is_own_text, item.published_at, item.seen_at,"
            f" {FEED_COLUMNS} FROM {_ITEMS} WHERE item.story_id = ? AND outlet.id <> ?"
            " GROUP BY outlet.id ORDER BY item.seen_at, item.id LIMIT ?",
            [int(subject.removeprefix(_STORY)), outlet_id, MOST_CARRIERS],
        )
        return tuple(
            Carrier(
                item_id=ItemId(row["id"]),
                outlet_id=OutletId(row["outlet_id"]),
                outlet_name=feed_of(row).name,
                label=row["outlet_label"],
                link=row["link"],
                published=maybe_moment(row["published_at"]),
                seen_at=moment(row["seen_at"]),
                copied=row["copied"],
                is_own=bool(row["is_own_text"]),
            )
            for row in rows
        )

    def place_in_story(self, item_id: ItemId) -> StoryPlace:
        """Say to which story an item belongs, with which others."""
        story_id, copied, settled_at = self.db.conn.execute(
            "SELECT story.id, item.copied, story.settled_at FROM item JOIN story ON story.id = item.story_id WHERE item.id = ?",
            (item_id,),
        ).fetchone()
        rows = self.db.conn.execute("SELECT id FROM item WHERE story_id = ? ORDER BY seen_at, id", (story_id,))
        settled: datetime | None = maybe_moment(settled_at)
        return StoryPlace(
            story_id=StoryId(story_id), settled_at=settled, copied=copied, items=tuple(ItemId(row[0]) for row in rows)
        )

    def outlet_names(self) -> dict[OutletId, str]:
        """Give the name of every outlet that is listed, or once was: as config.toml has it, else as its feed calls itself."""
        rows = self.db.conn.execute(
            "SELECT outlet.id, coalesce(outlet.name, min(feed.title), outlet.id) FROM outlet"
            " LEFT JOIN feed ON feed.outlet_id = outlet.id GROUP BY outlet.id ORDER BY outlet.is_listed DESC, outlet.id"
        )
        return {OutletId(id): name for id, name in rows}


def _telling_of(row: Row) -> Telling:
    feed = feed_of(row)
    is_whole = row["text"] is not None and row["doubt"] not in _NOT_THE_ARTICLE
    return Telling(
        item_id=ItemId(row["id"]),
        outlet_id=feed.outlet.id,
        outlet_name=feed.name,
        label=feed.outlet.label,
        language=row["item_language"] or feed.outlet.language,
        link=row["link"],
        headline=row["title"],
        text=row["text"] if is_whole else row["summary"],
        author=row["author"],
        published=maybe_moment(row["published_at"]),
        seen_at=moment(row["seen_at"]),
        unseen_at=maybe_moment(row["unseen_at"]),
        copied=row["copied"],
        is_whole=is_whole,
        # an edit that came after that gives back its own words only
        is_forgotten=row["forgotten_at"] is not None or (row["article_id"] is not None and row["text"] is None),
    )
