"""selector = "#content" → the same, once it is known to be a CSS selector that can be asked of a page. Touches nothing."""

from __future__ import annotations

from monitor.config import values
from monitor.config.faults import quoted

_LONGEST = 500


def selector(value: object) -> str:
    """Take a CSS selector (Selectors level 3, and what cssselect has of level 4). Raises ValueError."""
    # loaded where an outlet has one, which few have
    from cssselect import HTMLTranslator, SelectorError  # noqa: PLC0415
    from lxml import etree  # noqa: PLC0415

    wanted = values.one_line(value)
    if len(wanted) > _LONGEST:
        raise ValueError(f"has more than {_LONGEST} characters")
    try:
        path = HTMLTranslator().css_to_xpath(wanted)
        # only asking finds what can't be asked: a prefix that stands for no namespace
        etree.XPath(path)(etree.Element("html"))
    except (SelectorError, etree.XPathError, RecursionError) as error:
        why = " ".join(str(error).split()) or "it can't be asked of a page"
        raise ValueError(f'{quoted(wanted)} is no CSS selector ({why}). Write it as "#content" or "article .text"') from error
    return wanted
