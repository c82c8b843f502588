"""An address as found → an address that may be linked, or one to compare by. Pure text work: nothing here is ever fetched."""

from monitor.url.address import MAX_LINK, host, is_front_page, is_inside, is_public, linkable, origin, place
from monitor.url.canonical import canonical, hides_target
from monitor.url.hidden import without_keys

__all__ = [
    "MAX_LINK",
    "canonical",
    "hides_target",
    "host",
    "is_front_page",
    "is_inside",
    "is_public",
    "linkable",
    "origin",
    "place",
    "without_keys",
]
