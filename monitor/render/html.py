"""Digest → one HTML file: no script, no request, for light, dark and print.

Every text from outside is escaped by the template engine where it is set, whatever was done to it before; links come only from
``monitor.url.linkable``. The templates hold the looks, ``english``, ``words`` and ``page`` the words.
"""

from __future__ import annotations

from typing import Final

from monitor.model import Digest
from monitor.render import english, words
from monitor.render.engine import template
from monitor.render.page import page
from monitor.render.shelf import Shelf

_ROWS_AT_A_GLANCE: Final = 40
_GAPS_AT_A_GLANCE: Final = 8


def digest(digest: Digest, shelf: Shelf | None = None) -> str:
    """Give the digest as one HTML document, to be stored or sent as UTF-8; times in the digest's zone.

    ``shelf``: where it stands in the archive, so that it links to its neighbours; None: it links to nothing beside it.
    """
    return template("digest.html.jinja").render(
        page=page(digest, shelf),
        english=english,
        said=words,
        rows_at_a_glance=_ROWS_AT_A_GLANCE,
        gaps_at_a_glance=_GAPS_AT_A_GLANCE,
    )
