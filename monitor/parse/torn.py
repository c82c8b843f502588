"""The text of a feed that may have broken off → what of it came whole, or None where all of it did. Touches nothing.

A connection that closes says nothing of why (RFC 9112 §8): where no length, no chunks and no packing told how much was to come,
only the feed's own end tags do. An entry that broke off would be stored with half a headline, or be known by half a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# What holds no tags, else a tag. Each runs to its end or to the text's, so that nothing is looked at twice
_MARKUP = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<(?P<slash>/?)(?P<name>[^\W\d][\w:.-]*+)(?P<rest>[^<>]*+>?)",
    re.DOTALL,
)
_ITEMS = frozenset({"item", "entry"})


def came_whole(text: str) -> str | None:
    """Give ``rooted`` text up to where its last whole entry ends, and close what is open round it; None: its root is closed.

    What an outlet itself writes badly is no tear: only the end tags of the root and of the last entry are asked for.
    """
    first = _MARKUP.match(text)
    root = first["name"].lower() if first else ""
    # the very end is looked at first: a section that was never closed may have swallowed the end tag
    if not first or first["rest"].endswith("/>") or text[-len(root) - 3 :].lower() == f"</{root}>":
        return None
    open_item, end = "", 0
    around: list[str] = []
    for tag in _tags(text):
        name = tag["name"].lower()
        if tag["slash"] and name == root:
            return None
        if not open_item:
            open_item, end = _taken(tag, around)
        elif name == open_item:
            # an entry holds no other one: where one begins, the end tag of the last was only forgotten
            open_item, end = ("", tag.end()) if tag["slash"] else (open_item, tag.start())
    return text[:end] + "".join(f"</{name}>" for name in reversed(around))


def _tags(text: str) -> Iterator[re.Match[str]]:
    """Give the tags that are whole and open or close something."""
    for found in _MARKUP.finditer(text):
        if found["name"] and found["rest"].endswith(">") and not found["rest"].endswith("/>"):
            yield found


def _taken(tag: re.Match[str], around: list[str]) -> tuple[str, int]:
    """Note what a tag outside of entries opens or closes; give the entry that it opens, if any, and where the whole ends."""
    name = tag["name"]
    if not tag["slash"]:
        if name.lower().rpartition(":")[2] in _ITEMS:
            return name.lower(), tag.start()
        around.append(name)
    elif around and around[-1] == name:
        around.pop()
    return "", tag.end()
