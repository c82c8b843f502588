"""Digest → one HTML file: no script, no request, for light, dark and print. One of the modules that know jinja2.

Every text from outside is escaped by the template engine where it is set, whatever was done to it before; links come only from
``monitor.url.linkable``. The templates hold the looks, ``words`` and ``page`` the words.
"""

from __future__ import annotations

from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from monitor.model import Digest
from monitor.render import english
from monitor.render.page import page
from monitor.render.shelf import Shelf
from monitor.render.view import Reference
from monitor.render.words import count

_ROWS_AT_A_GLANCE: Final = 40
_GAPS_AT_A_GLANCE: Final = 8

_TEMPLATES: Final = Environment(
    loader=PackageLoader("monitor.render", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.tests["a_reference"] = lambda entry: isinstance(entry, Reference)


def digest(digest: Digest, shelf: Shelf | None = None) -> str:
    """Give the digest as one HTML document, to be stored or sent as UTF-8; times in the digest's zone.

    ``shelf``: where it stands in the archive, so that it links to its neighbours; None: it links to nothing beside it.
    """
    return _TEMPLATES.get_template("digest.html.jinja").render(
        page=page(digest, shelf),
        english=english,
        count=count,
        rows_at_a_glance=_ROWS_AT_A_GLANCE,
        gaps_at_a_glance=_GAPS_AT_A_GLANCE,
    )
