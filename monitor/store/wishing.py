"""What a person wants no more of: mutes of a watch, acknowledged stories. Each deed joins the transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from monitor.model import AlertId, ItemId, WatchId
from monitor.store.reading import Reading
from monitor.store.rows import stamp

_FREE: Final = "state = 'held' AND coalesce(lease_until, 0) <= :now"
_MUTED: Final = "EXISTS (SELECT 1 FROM mute WHERE mute.watch_id = alert.watch_id AND alert.raised_at < mute.until)"
# by the item as well as by its story: an item may join another story after it was acknowledged
_ACKED: Final = (
    "subject IN (SELECT subject FROM ack UNION ALL SELECT 'story:' || item.story_id FROM ack"
    " JOIN item ON item.id = cast(substr(ack.subject, 6) AS INTEGER) WHERE ack.subject LIKE 'item:%')"
)


class Wishing(Reading):
    """What a person may wish of alerts. None of it commits."""

    def mute(self, watch_id: WatchId, *, until: datetime, now: datetime) -> int:
        """Want no alert of a watch until then, nor any that waits; gives how many waited."""
        self.db.execute(
            "INSERT INTO mute (watch_id, since, until) VALUES (?, ?, ?) ON CONFLICT (watch_id) DO UPDATE SET"
            # one that is still on is the same one, with another end
            " since = CASE WHEN until > excluded.since THEN min(since, excluded.since) ELSE excluded.since END,"
            " until = excluded.until",
            [watch_id, stamp(now), stamp(until)],
        )
        return self._silence(f"watch_id = :watch AND {_FREE}", state="muted", now=stamp(now), watch=watch_id)

    def unmute(self, watch_id: WatchId, now: datetime) -> bool:
        """Want the alerts of a watch again, from now on; False: it was not muted."""
        self._silence(f"watch_id = :watch AND {_FREE} AND {_MUTED}", state="muted", now=stamp(now), watch=watch_id)
        return (
            self.db.execute(
                "UPDATE mute SET until = min(until, :now) WHERE watch_id = :watch AND until > :now",
                {"watch": watch_id, "now": stamp(now)},
            ).rowcount
            > 0
        )

    def ack(self, item_id: ItemId, now: datetime) -> int:
        """Want nothing more of an item and its story, nor what waits; gives how many alerts waited."""
        self.db.execute(
            "INSERT INTO ack (subject, at) SELECT 'item:' || id, :now FROM item WHERE id = :item"
            " UNION ALL SELECT 'story:' || story_id, :now FROM item WHERE id = :item ON CONFLICT (subject) DO NOTHING",
            {"item": item_id, "now": stamp(now)},
        )
        return self._silence(
            f"subject IN ('item:' || :item, 'story:' || (SELECT story_id FROM item WHERE id = :item)) AND {_FREE}",
            state="acked",
            now=stamp(now),
            item=item_id,
        )

    def unack(self, item_id: ItemId) -> bool:
        """Want again what follows about an item and its story; False: they were not acknowledged."""
        return (
            self.db.execute(
                "DELETE FROM ack WHERE subject IN (SELECT 'item:' || id FROM item WHERE story_id ="
                " (SELECT story_id FROM item WHERE id = :item)"
                " UNION ALL SELECT 'story:' || story_id FROM item WHERE id = :item)",
                {"item": item_id},
            ).rowcount
            > 0
        )

    def heed_raised(self, item_ids: Iterable[ItemId]) -> None:
        """Take out of what was raised just now what a person wants no more of, so that it does not look as if it waited."""
        for item_id in item_ids:
            among = "item_id = :item AND state = 'held' AND message IS NULL"
            self._silence(f"{among} AND {_ACKED}", state="acked", item=item_id)
            self._silence(f"{among} AND {_MUTED}", state="muted", item=item_id)

    def heed(self, alert_ids: Iterable[AlertId], now: datetime) -> None:
        """Take out of what is about to be sent what a person wants no more of."""
        ids = json.dumps(list(alert_ids))
        among = f"id IN (SELECT value FROM json_each(:ids)) AND {_FREE}"
        self._silence(f"{among} AND {_ACKED}", state="acked", now=stamp(now), ids=ids)
        # one raised before the wish, and being sent then, that failed: a mute has it as well
        self._silence(f"{among} AND {_MUTED}", state="muted", now=stamp(now), ids=ids)

    def _silence(self, condition: str, **facts: object) -> int:
        return self.db.execute(f"UPDATE alert SET state = :state WHERE {condition}", facts).rowcount
