"""Tables → warnings of addresses on the desk's own network that nothing allows: what is asked there is refused. Pure.

Only what an address says by itself is told, a literal one or this machine: no name is looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from monitor.config.faults import Faults, quoted
from monitor.config.lines import KeyPath
from monitor.config.shape import ChannelTable, EmailTable, OutletTable, WebhookTable
from monitor.config.tables import Tables
from monitor.model import Secret
from monitor.url import host, is_inside

_MAYBE: Final = re.compile(r"https?://(?:[^/?#]*@)?(?:[\[\d]|[^/?#]*localhost)", re.IGNORECASE)
"""Of ten thousand addresses, those that are worth taking apart."""
_IS_OUTSIDE: Final = "is no address of the public internet, so nothing is asked there"
_BESIDE: Final = "If it may be on your own network, write private = true"


def warn_of_inside(tables: Tables, said: Faults) -> None:
    """Add a warning for every address that is certain to be refused."""
    if tables.fetch.private:
        return
    for id, outlet in tables.outlets.items():
        for path, url in _feeds(id, outlet):
            if not outlet.private and _is_inside(url):
                said.add(path, f"{quoted(host(url))} {_IS_OUTSIDE}. {_BESIDE} beside it")
    for id, channel in tables.channels.items():
        for key, shown in _refused(channel):
            said.add(("channels", id, key), f"{shown} {_IS_OUTSIDE}. {_BESIDE} under [channels.{id}]")
    if tables.health.ping is not None and _is_inside(tables.health.ping.reveal()):
        said.add(("health", "ping"), f"what is kept there {_IS_OUTSIDE}. {_BESIDE} under [fetch]")


def _feeds(id: str, outlet: OutletTable) -> Iterator[tuple[KeyPath, str]]:
    if outlet.feed:
        yield ("outlets", id, "feed"), outlet.feed
    yield from ((("outlets", id, "feeds", index), url) for index, url in enumerate(outlet.feeds))


def _refused(channel: ChannelTable) -> Iterator[tuple[str, str]]:
    """Give the key of a channel's address, and what may be shown of it."""
    if isinstance(channel, WebhookTable) and not channel.private:
        url, is_secret = (channel.url.reveal(), True) if isinstance(channel.url, Secret) else (channel.url, False)
        if _is_inside(url):
            yield "url", "what is kept there" if is_secret else quoted(host(url))
    if isinstance(channel, EmailTable) and not channel.private and is_inside(channel.smtp.host):
        yield "smtp", quoted(channel.smtp.host)


def _is_inside(url: str) -> bool:
    return bool(_MAYBE.match(url)) and is_inside(host(url).strip("[]"))
