"""Is it the outlets, or is it us? What the polls of many hosts say together about this machine and its own network."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Self

from monitor.model import Failure, FeedId, Outlet
from monitor.url import host

log = logging.getLogger("monitor.network")

SUSPICIOUS = frozenset({"dns", "connect"})
MANY = 3
"""So many different hosts out of reach, and none answering between, are one trouble of ours and not many of theirs."""
PATIENCE = 5
"""So often in a row a host alone may look like our trouble while others answer; then it is the host's."""
PORTAL = Failure(
    kind="captive_portal",
    detail="one and the same web page came in place of several outlets' feeds: this network wants a login, or filters",
    local=True,
)


@dataclass(slots=True)
class Network:
    """Remembers which hosts failed since the last one that answered. ``hosts``: how many are polled at all.

    ``counts_private``: what stands on the desk's own network says something of the network, since nothing else is polled.
    """

    hosts: int = MANY
    counts_private: bool = True
    is_down: bool = False
    _failed: set[str] = field(default_factory=set)
    _charged: set[FeedId] = field(default_factory=set)
    _alone: Counter[str] = field(default_factory=Counter)
    _pages: dict[str, dict[str, FeedId]] = field(default_factory=dict)

    @classmethod
    def of(cls, outlets: tuple[Outlet, ...]) -> Self:
        """Begin with these outlets to be polled."""
        network = cls()
        network.poll(outlets)
        return network

    def poll(self, outlets: tuple[Outlet, ...]) -> None:
        """Take over which outlets are polled from now on."""
        self.hosts = len({host(url) for outlet in outlets for url in outlet.feeds})
        self.counts_private = all(outlet.private for outlet in outlets)

    def answered(self, host: str) -> bool:
        """Note an answer; True: the first after a time in which this machine reached nothing."""
        came_back = self.is_down
        if came_back:
            log.info("The network is back: outlets answer again")
        self._alone.update(self._failed)
        self._alone.pop(host, None)
        self.is_down = False
        self._failed.clear()
        self._charged.clear()
        self._pages.clear()
        return came_back

    def is_to_blame(self, failure: Failure) -> bool:
        """Say whether a failure that was charged to its feed turned out to be the network's before anybody was told."""
        return self.is_down and failure.kind in SUSPICIOUS

    def cleared(self) -> frozenset[FeedId]:
        """Give, once, the feeds that were blamed for what turned out to be the network."""
        blamed = frozenset(self._charged) if self.is_down else frozenset()
        if blamed:
            self._charged.clear()
        return blamed

    def failed(self, host: str, feed_id: FeedId, failure: Failure, *, page: str | None = None) -> Failure:
        """Note a failure, and give it back as this machine's own where it is. The first of a spell is logged, once.

        ``page``: the hash of the body that came in place of a feed.
        """
        if failure.kind == "html" and page:
            return self._portal(host, feed_id, failure, page)
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

    def _portal(self, host: str, feed_id: FeedId, failure: Failure, page: str) -> Failure:
        """Tell a page of this very network, which stands before every outlet, from one of the outlet's own."""
        seen = self._pages.setdefault(page, {})
        seen[host] = feed_id
        self._failed.add(host)
        if len({_site(each) for each in seen if self._alone[each] < PATIENCE}) < MANY or self._alone[host] >= PATIENCE:
            return failure
        if not self.is_down:
            self._charged.update(each for each in seen.values() if each != feed_id)
        self._say_once(PORTAL)
        return PORTAL

    def _say_once(self, failure: Failure) -> None:
        if not self.is_down:
            trouble = "No network" if failure.kind in SUSPICIOUS else "This machine's own trouble"
            log.warning(
                "%s: %s. Nothing is charged to the outlets; they are tried again every minute until one answers",
                trouble,
                failure.detail,
            )
        self.is_down = True


def _site(host: str) -> str:
    """Give what hosts of one owner have in common, roughly: the last two labels of a name; the whole of an address."""
    return host if host.replace(".", "").isdigit() or ":" in host else ".".join(host.split(".")[-2:])
