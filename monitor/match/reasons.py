"""A watch and an item → why it matches, or why not: what each part of its tree made of it. Touches nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from monitor.match.tree import Asked, Condition, Each, Hit, Hits, Seen, Some, Within, Without
from monitor.model import FIELDS, And, Field, In, Loose, Near, Node, Or, Reason, Words

_CONDITIONS: Final[dict[Condition, Reason]] = {
    "lang": "language",
    "outlet": "origin",
    "url": "origin",
    "author": "origin",
    "not": "excluded",
    "near": "apart",
    "in": "field",
}
"""By what a tree wants beyond words: why it does not match where only that is missing. In the order in which they are named."""


def unmet(tree: Asked, seen: Seen) -> tuple[Reason, Hits] | None:
    """Give which condition a tree fails an item on that has its words, and what shows it. None: words are missing."""
    everything = replace(seen, waived=frozenset(_CONDITIONS))
    if not tree.seek(everything, FIELDS):
        return None
    alone = [each for each in _CONDITIONS if tree.seek(replace(seen, waived=frozenset((each,))), FIELDS)]
    reason = _CONDITIONS[next(iter(alone or _failed(tree, seen)))]
    hits = tuple(_against(tree, seen, FIELDS)) if reason == "excluded" else tree.seek(everything, FIELDS)
    return reason, hits or ()


def _failed(tree: Asked, seen: Seen) -> tuple[Condition, ...]:
    """Give conditions that fail a tree together, and none that it could do without: never one that it does not have."""
    failed = tuple(_CONDITIONS)
    for each in reversed(_CONDITIONS):
        fewer = tuple(one for one in failed if one != each)
        if tree.seek(replace(seen, waived=frozenset(fewer)), FIELDS):
            failed = fewer
    return failed


def _against(tree: Asked, seen: Seen, fields: tuple[Field, ...]) -> Iterator[Hit]:
    """Give the words that must not be there and are."""
    match tree:
        case Without():
            yield from tree.part.seek(seen, fields) or ()
        case Some() | Each():
            for part in tree.parts:
                yield from _against(part, seen, fields)
        case Within():
            yield from _against(tree.part, seen, tuple(field for field in tree.fields if field in fields))
        case _:
            pass


def absent(node: Node, is_there: Callable[[Words], bool]) -> tuple[str, ...]:  # noqa: PLR0911  one for each kind of node
    """Give the words of a tree that are missing; of those of which one is enough none where one is there."""
    match node:
        case Words():
            return () if is_there(node) else (node.text,)
        case Loose():
            return tuple(word for word in node.words if not is_there(Words(text=word)))
        case Or():
            parts = [absent(part, is_there) for part in node.parts]
            return () if not all(parts) else tuple(word for part in parts for word in part)
        case And():
            return tuple(word for part in node.parts for word in absent(part, is_there))
        case Near():
            return absent(node.left, is_there) + absent(node.right, is_there)
        case In():
            return absent(node.part, is_there)
        case _:
            return ()
