"""An item's number, a story's as in story:7, or an address → the items that are meant. The same wherever an item is named."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import click

from monitor.cli.asking import LARGEST
from monitor.cli.finding import find, read
from monitor.errors import MonitorError
from monitor.model import ItemId, StoryId, Wanted
from monitor.store import Reading
from monitor.text import one_line
from monitor.url import canonical

STORY = "story:"
METAVAR = "ID|URL"
LONGEST = 300
"""Characters of what was typed that are said again: it may be pasted from anywhere, with signs that a terminal obeys."""
_NUMBERS = "`monitor search` and alerts give their numbers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """The ``items`` that are meant, the first one first; ``address``: the canonical URL they were asked for by, if they were."""

    items: tuple[ItemId, ...]
    address: str | None = None


def aimed(target: str, known: Reading, *, strip: AbstractSet[str]) -> Aim:
    """Read what a person typed. Of an address there may be no item. Raises BadParameter where it is none of the three.

    ``strip``: what config.toml's [urls] lets addresses be compared without.
    """
    is_story, digits = target.startswith(STORY), target.removeprefix(STORY)
    if not digits.isdecimal():
        return _at(target, known, strip)
    number = min(int(digits[:19]), LARGEST)
    items = known.proved_ids(Wanted(story_id=StoryId(number)) if is_story else Wanted(item_id=ItemId(number)))
    if not items:
        what = "story" if is_story else "item"
        raise click.BadParameter(f"there is no {what} {number}; {_NUMBERS}", param_hint=METAVAR)
    return Aim(items=items)


def one_aimed(target: str, known: Reading, *, strip: AbstractSet[str]) -> ItemId:
    """Give the one item that is meant: a story's first. Raises BadParameter where nothing is stored under an address, too."""
    aim = aimed(target, known, strip=strip)
    if not aim.items:
        shown = one_line(target, LONGEST)
        raise click.BadParameter(f"nothing is stored under {shown}; `monitor why {shown}` says why", param_hint=METAVAR)
    return aim.items[0]


def _at(target: str, known: Reading, strip: AbstractSet[str]) -> Aim:
    if "." not in target or target.startswith(STORY):
        says = f'"{one_line(target, LONGEST)}" is neither the number of an item, nor of a story as in story:7, nor an address'
        raise click.BadParameter(says, param_hint=METAVAR)
    address = canonical(target if "://" in target else f"https://{target}")
    # what was stored before the desk wrote down what is to be stripped is known by the whole of it
    return Aim(items=known.items_at({address, canonical(address, strip)}), address=address)


def stripped(config: str | None) -> frozenset[str]:
    """Give what addresses are compared without; nothing where config.toml cannot be read, which must not hide what is stored."""
    try:
        return read(find(config)).urls.strip
    except MonitorError:
        return frozenset()
