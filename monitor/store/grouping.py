"""Stories: what an item may be a copy of, and the joining of those that carry one text. Each deed joins the transaction."""

from __future__ import annotations

import json
import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from monitor.model import ItemId, Likely, OutletId, Sketch, Sketched, StoryId, WatchId
from monitor.store.reading import Reading
from monitor.store.rows import moment, stamp

STORIES: Final = 24
"""So many stories are looked at more closely: those that share most with an item."""
ITEMS: Final = 8
"""So many items of each: the first ones."""
COMMON: Final = 5
"""A hash that so many stories have speaks for none of them."""
WORN: Final = 40
"""A hash that so many stories have is not looked for any more."""
_LEAD: Final = 3
_REST: Final = 16
_MOST: Final = 16
_FOUR_BYTES: Final = "I"
# promised again, not deleted: it may be on its way, and what came of that is still to be recorded
_AGAIN: Final = (
    "UPDATE alert SET state = 'held', message = iif(lease_until IS NULL, NULL, message),"
    " kind = iif(lease_until IS NULL, NULL, kind), given_up_at = NULL, tries = 0, refusals = 0, hopeless = 0,"
    " (item_id, batch, held_for, is_urgent, raised_at, hold_until, next_try_at) = (SELECT item_id,"
    " batch, held_for, is_urgent, raised_at, hold_until, next_try_at FROM alert AS other WHERE other.id = ?2) WHERE id = ?1"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a watch was told of a story, or is promised: when it was last promised anything, and how many updates.

    ``is_sent``: at least one channel has something of it; what only waits to be sent was told to nobody yet.
    """

    at: datetime
    updates: int
    is_sent: bool


class Grouping(Reading):
    """The store's deeds about stories. Every one of them joins the transaction that is open; none commits."""

    def likely(self, sketch: Sketch, *, address: str | None, since: datetime, but: ItemId | None) -> Likely:
        """Give the items settled since then that one with this sketch, or at this canonical URL, may be a copy of.

        ``but``: the item itself.
        """
        asked = json.dumps([*_looked_for(sketch)])
        worn = frozenset(
            row[0]
            for row in self.db.conn.execute(
                "SELECT hash FROM stop_shingle WHERE hash IN (SELECT value FROM json_each(?))", (asked,)
            )
        )
        found: defaultdict[int, list[int]] = defaultdict(list)
        for hash_, story in self.db.conn.execute(
            "SELECT hash, story FROM shingle WHERE hash IN (SELECT value FROM json_each(?))", (asked,)
        ):
            found[hash_].append(story)
        self._wear_out([hash_ for hash_, stories in found.items() if len(stories) >= WORN])
        stories = [*self._same(sketch, address), *_ranked(found)]
        rows = self._sketched(stories[:STORIES], since=since, but=but)
        return Likely(items=tuple(map(_sketched_of, rows)), worn=worn)

    def _same(self, sketch: Sketch, address: str | None) -> list[int]:
        rows = self.db.conn.execute(
            "SELECT item.story_id FROM sketch JOIN item ON item.id = sketch.item_id WHERE sketch.text_hash = ?"
            " UNION SELECT story_id FROM item WHERE canonical_url = ? LIMIT 8",
            (sketch.text_hash, address),
        )
        return [row[0] for row in rows]

    def _sketched(self, stories: Sequence[int], *, since: datetime, but: ItemId | None) -> list[tuple[Any, ...]]:
        # of a story that thousands carry the first few are looked for, not numbered among all
        return self.db.conn.execute(
            "SELECT item.id, item.story_id, feed.outlet_id, item.canonical_url, item.seen_at, sketch.text_hash, sketch.tokens,"
            " sketch.lead, sketch.rest, sketch.numbers, sketch.words, sketch.title, sketch.is_headed"
            " FROM json_each(:stories) AS story JOIN item ON item.id IN (SELECT one.id FROM item AS one"
            " JOIN sketch AS known ON known.item_id = one.id WHERE one.story_id = story.value AND known.at >= :since"
            " AND one.id IS NOT :but ORDER BY one.id LIMIT :most)"
            " JOIN sketch ON sketch.item_id = item.id JOIN feed ON feed.id = item.feed_id",
            {"stories": json.dumps(list(dict.fromkeys(stories))), "since": stamp(since), "but": but, "most": ITEMS},
        ).fetchall()

    def _wear_out(self, hashes: Iterable[int]) -> None:
        for each in hashes:
            self.db.conn.execute("INSERT OR IGNORE INTO stop_shingle (hash) VALUES (?)", (each,))
            self.db.conn.execute("DELETE FROM shingle WHERE hash = ?", (each,))

    def remember_sketch(self, item_id: ItemId, story_id: StoryId, sketch: Sketch, now: datetime) -> None:
        """Remember what an item's text is known again by, in place of what stood there."""
        self.forget_shingles(item_id)
        self.db.conn.execute(
            "INSERT OR REPLACE INTO sketch (item_id, at, text_hash, tokens, lead, rest, numbers, words, title, is_headed)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                item_id,
                stamp(now),
                sketch.text_hash,
                sketch.tokens,
                _packed(sketch.lead),
                _packed(sketch.rest),
                _packed(sketch.numbers),
                _packed(sketch.words),
                _packed(sketch.title),
                int(sketch.is_headed),
            ),
        )
        self._add_shingles(story_id, sketch)

    def _add_shingles(self, story_id: StoryId, sketch: Sketch) -> None:
        # what was worn out stays so; a look for each of them costs less than to look through them later
        self.db.conn.executemany(
            "INSERT OR IGNORE INTO shingle (hash, story) SELECT ?1, ?2"
            " WHERE NOT EXISTS (SELECT 1 FROM stop_shingle WHERE hash = ?1)",
            [(each, story_id) for each in sorted(_indexed(sketch))],
        )

    def forget_shingles(self, item_id: ItemId) -> None:
        """Take an item's hashes out, unless another item of its story may have them, too."""
        row = self.db.conn.execute(
            "SELECT item.story_id, sketch.text_hash, sketch.tokens, sketch.lead, sketch.rest, sketch.numbers, sketch.words,"
            " sketch.title, sketch.is_headed,"
            " EXISTS (SELECT 1 FROM item AS other JOIN sketch AS theirs ON theirs.item_id = other.id"
            " WHERE other.story_id = item.story_id AND other.id <> item.id)"
            " FROM sketch JOIN item ON item.id = sketch.item_id WHERE item.id = ?",
            (item_id,),
        ).fetchone()
        if row is None or row[-1]:
            return
        self.db.conn.executemany(
            "DELETE FROM shingle WHERE hash = ? AND story = ?",
            [(each, row[0]) for each in sorted(_indexed(_sketch_of(row[1:9])))],
        )

    def join_story(self, story_id: StoryId, into: StoryId) -> None:
        """Let the items of one story, not settled yet, be of another: with their hashes, their open alerts, and what was wished.

        An alert that was not taken yet joins the one that tells the same of the other story; one that was, or may be, stays.
        """
        run = self.db.conn.execute
        members = run("SELECT id FROM item WHERE story_id = ?", (story_id,)).fetchall()
        sketches = {
            row[0]: _sketch_of(row[1:])
            for (item_id,) in members
            for row in run(
                "SELECT item_id, text_hash, tokens, lead, rest, numbers, words, title, is_headed FROM sketch WHERE item_id = ?",
                (item_id,),
            ).fetchall()
        }
        for one in sketches.values():
            self.db.conn.executemany(
                "DELETE FROM shingle WHERE hash = ? AND story = ?", [(each, story_id) for each in sorted(_indexed(one))]
            )
        run("UPDATE item SET story_id = ? WHERE story_id = ?", (into, story_id))
        for one in sketches.values():
            self._add_shingles(into, one)
        self._move_alerts(f"story:{story_id}", f"story:{into}")
        run("UPDATE OR IGNORE ack SET subject = ? WHERE subject = ?", (f"story:{into}", f"story:{story_id}"))
        run("DELETE FROM story WHERE id = ?", (story_id,))

    def _move_alerts(self, subject: str, into: str) -> None:
        run = self.db.conn.execute
        rows = run(
            "SELECT mine.id, mine.state = 'held' AND mine.lease_until IS NULL,"
            " mine.state = 'sent' OR mine.lease_until IS NOT NULL,"
            " theirs.id, theirs.state, theirs.lease_until IS NOT NULL"
            " FROM alert AS mine LEFT JOIN alert AS theirs ON theirs.watch_id = mine.watch_id AND theirs.channel = mine.channel"
            " AND theirs.subject = ? AND theirs.occasion = mine.occasion AND theirs.number = mine.number WHERE mine.subject = ?",
            (into, subject),
        ).fetchall()
        for mine, is_untold, is_told, theirs, state, is_leased in rows:
            if theirs is None:
                run("UPDATE alert SET subject = ? WHERE id = ?", (into, mine))
            elif is_untold:
                if state in ("withdrawn", "dead", "muted"):
                    run(_AGAIN, (theirs, mine))
                run("UPDATE alert SET state = 'joined', joined_to = ? WHERE id = ?", (theirs, mine))
            elif is_told and not is_leased and state in ("held", "withdrawn", "dead", "muted"):
                # this one told the story already: it takes the other one's place, which would tell it again
                run(
                    "UPDATE alert SET subject = ?, state = 'joined', joined_to = ? WHERE id = ?",
                    (f"moved:{theirs}", mine, theirs),
                )
                run("UPDATE alert SET subject = ? WHERE id = ?", (into, mine))
                run("UPDATE alert SET subject = ? WHERE id = ?", (subject, theirs))

    def settle_item(self, item_id: ItemId, *, copied: float | None, is_own: bool) -> None:
        """Note which part of an item's text stood in its story before it (None: it was the first), and whether it is its own."""
        self.db.conn.execute("UPDATE item SET copied = ?, is_own_text = ? WHERE id = ?", (copied, int(is_own), item_id))

    def is_sketched(self, item_id: ItemId) -> bool:
        """Say whether an item's text was looked at for its story: it may have joined one that is not settled yet."""
        return bool(self._one("SELECT EXISTS (SELECT 1 FROM sketch WHERE item_id = ?)", item_id))

    def is_settled(self, story_id: StoryId) -> bool:
        """Say whether a story is settled, and will not change."""
        return bool(self._one("SELECT settled_at IS NOT NULL FROM story WHERE id = ?", story_id))

    def story_sketches(self, story_id: StoryId) -> list[tuple[ItemId, Sketch]]:
        """Give what the first items of a story are known again by, the first of them first."""
        rows = self.db.conn.execute(
            "SELECT item.id, text_hash, tokens, lead, rest, numbers, words, sketch.title, is_headed FROM item"
            " JOIN sketch ON sketch.item_id = item.id WHERE item.story_id = ? ORDER BY item.id LIMIT ?",
            (story_id, ITEMS),
        ).fetchall()
        return [(ItemId(row[0]), _sketch_of(row[1:])) for row in rows]

    def own_texts(self, story_id: StoryId) -> int:
        """Count the outlets that carry a story with a text of their own."""
        return int(
            self._one(
                "SELECT count(DISTINCT feed.outlet_id) FROM item JOIN feed ON feed.id = item.feed_id"
                " WHERE item.story_id = ? AND item.is_own_text",
                story_id,
            )
        )

    def story_outlets(self, story_id: StoryId) -> frozenset[OutletId]:
        """Give the outlets that carry a story."""
        rows = self.db.conn.execute(
            "SELECT DISTINCT feed.outlet_id FROM item JOIN feed ON feed.id = item.feed_id WHERE item.story_id = ?", (story_id,)
        )
        return frozenset(OutletId(row[0]) for row in rows)

    def told_of(self, subject: str, *, but: ItemId | None = None) -> dict[WatchId, Told]:
        """Give for each watch that is, or will be, told of a subject what it is; ``but``: by way of another item than this."""
        rows = self.db.conn.execute(
            "SELECT watch_id, max(raised_at), max(CASE WHEN occasion = 'update' THEN number ELSE 0 END),"
            " max(state <> 'held') FROM alert"
            " WHERE subject = ? AND state NOT IN ('withdrawn', 'joined') AND item_id IS NOT ? GROUP BY watch_id",
            (subject, but),
        )
        return {WatchId(watch): Told(at=moment(at), updates=number, is_sent=bool(is_sent)) for watch, at, number, is_sent in rows}

    def hold_longer(self, item_id: ItemId, watches: Iterable[WatchId], until: datetime) -> None:
        """Let what is promised of an item wait: it is probably a copy of what was told already. No batch waits for it."""
        self.db.conn.execute(
            "UPDATE alert SET hold_until = max(hold_until, :until), next_try_at = max(next_try_at, :until), held_for = 'copy',"
            " batch = NULL"
            " WHERE item_id = :item AND state = 'held' AND tries = 0 AND watch_id IN (SELECT value FROM json_each(:watches))",
            {"until": stamp(until), "item": item_id, "watches": json.dumps(list(watches))},
        )

    def forget_sketches(self, before: datetime, limit: int) -> int:
        """Delete the oldest sketches settled before a time, with their hashes; gives how many."""
        rows = self.db.conn.execute(
            "SELECT item_id FROM sketch WHERE at < ? ORDER BY at LIMIT ?", (stamp(before), limit)
        ).fetchall()
        for (item_id,) in rows:
            self.forget_shingles(item_id)
            self.db.conn.execute("DELETE FROM sketch WHERE item_id = ?", (item_id,))
        return len(rows)


def _ranked(found: dict[int, list[int]]) -> list[int]:
    """Order stories by how many hashes they share that few others have; then by how many they share at all."""
    rare, all_ = Counter[int](), Counter[int]()
    for stories in found.values():
        all_.update(stories)
        if len(stories) < COMMON:
            rare.update(stories)
    return sorted(all_, key=lambda story: (-rare[story], -all_[story], story))


def _looked_for(sketch: Sketch) -> frozenset[int]:
    return frozenset(sketch.lead) | _of_rest(sketch)


def _indexed(sketch: Sketch) -> frozenset[int]:
    """Give the hashes under which a text is found: a third of its beginning, and a few of the whole.

    Which ones, the hashes themselves say, so that how many stories have one is known.
    """
    return frozenset(each for each in sketch.lead if each % _LEAD == 0) | _of_rest(sketch)


def _of_rest(sketch: Sketch) -> frozenset[int]:
    return frozenset(sorted(each for each in sketch.rest if each % _REST == 0)[:_MOST])


def _packed(hashes: Iterable[int]) -> bytes:
    packed = array(_FOUR_BYTES, hashes)
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def _unpacked(packed: bytes) -> tuple[int, ...]:
    hashes = array(_FOUR_BYTES, packed)
    if sys.byteorder == "big":
        hashes.byteswap()
    return tuple(hashes)


def _sketch_of(row: Sequence[Any]) -> Sketch:
    text_hash, tokens, lead, rest, numbers, words, title, is_headed = row
    return Sketch(
        text_hash=text_hash,
        tokens=tokens,
        lead=_unpacked(lead),
        rest=_unpacked(rest),
        numbers=frozenset(_unpacked(numbers)),
        words=frozenset(_unpacked(words)),
        title=frozenset(_unpacked(title)),
        is_headed=bool(is_headed),
    )


def _sketched_of(row: tuple[Any, ...]) -> Sketched:
    return Sketched(
        item_id=ItemId(row[0]),
        story_id=StoryId(row[1]),
        outlet_id=OutletId(row[2]),
        address=row[3],
        seen_at=moment(row[4]),
        sketch=_sketch_of(row[5:13]),
    )
