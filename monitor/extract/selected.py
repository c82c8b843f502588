"""A tree and an outlet's CSS selector → a tree of what it selects. The only door to CSS selectors here."""

from __future__ import annotations

from copy import deepcopy

import lxml.html
from cssselect import SelectorError
from lxml import etree
from lxml.cssselect import CSSSelector


def selected(page: lxml.html.HtmlElement, selector: str) -> lxml.html.HtmlElement | None:
    """Copy what is selected into a tree of its own, in order, nested elements once; None where nothing is.

    The page stays as it is: a selector that selects nothing on it leaves it to be read in other ways.
    """
    try:
        found = CSSSelector(selector, translator="html")(page)
    except (SelectorError, etree.XPathError):
        # the config was checked; one that comes from anywhere else selects nothing
        return None
    chosen = set(found)
    outer = [each for each in found if not any(above in chosen for above in each.iterancestors())]
    if not outer:
        return None
    root = lxml.html.Element("div")
    for each in outer:
        copy = deepcopy(each)
        copy.tail = None
        root.append(copy)
    return root
