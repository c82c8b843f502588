"""Is it the outlets, or is it us? What the polls of many hosts say together about this machine's own network."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, field, replace

from monitor.model import Failure, FeedId

log = logging.getLogger("monitor.network")

SUSPICIOUS = frozenset({"dns", "connect"})
MANY = 3
"""So many different hosts out of reach, and none answering between, are one trouble of ours and not many of theirs."""
PATIENCE = 5
"""So often in a row a host alone may look like our trouble while others answer; then it is the host's."""


@dataclass(slots=True)
class Network:
    """Remembers which hosts failed since the last one that answered. ``hosts``: how many are polled at all."""

    hosts: int = MANY
    is_down: bool = False
    _failed: set[str] = field(default_factory=set)
    _charged: set[FeedId] = field(default_factory=set)
    _alone: Counter[str] = field(default_factory=Counter)

    def answered(self, host: str) -> None:
        """Note an answer."""
        if self.is_down:
            log.info("The network is back: outlets answer again")
        self._alone.update(self._failed)
        self._alone.pop(host, None)
        self.is_down = False
        self._failed.clear()
        self._charged.clear()

    def cleared(self) -> frozenset[FeedId]:
        """Give, once, the feeds that were blamed for what turned out to be the network."""
        blamed = frozenset(self._charged) if self.is_down else frozenset()
        if blamed:
            self._charged.clear()
        return blamed

    def failed(self, host: str, feed_id: FeedId, failure: Failure) -> Failure:
        """Note a failure, and give it back as this machine's own where it is. The first of a spell is logged, once."""
        if not failure.local and failure.kind not in SUSPICIOUS:
            return failure
        self._failed.add(host)
        enough = min(MANY, self.hosts) if failure.local else MANY
        doubtful = [each for each in self._failed if self._alone[each] < PATIENCE]
        if (self.is_down or len(doubtful) >= enough) and host in doubtful:
            self._say_once(failure)
            return replace(failure, local=True)
        if failure.local and self._alone[host] < PATIENCE:
            return failure
        self._charged.add(feed_id)
        return replace(failure, local=False)

    def _say_once(self, failure: Failure) -> None:
        if not self.is_down:
            log.warning(
                "No network: %s. Nothing is charged to the outlets; they are tried again every minute until one answers",
                failure.detail,
            )
        self.is_down = True
