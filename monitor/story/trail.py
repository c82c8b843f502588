"""The items of one story, in order of first seen → its trail: who was first, who carried it when, what each copy changed. Pure.

Who was first is said no surer than polling allows: an item appeared between the last look at its feed without it and the look
that found it, and of two such spans that overlap nobody knows which came first, unless the outlets' own dates tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain
from typing import Final

from monitor.fold import fold
from monitor.model import OWN_BELOW, Carrier, Copy, Credit, First, FirstBy, OutletId, Step, Telling, Trail
from monitor.story.aligned import Sentence, compare, parted, shingles
from monitor.story.credits import Names, credit, unsigned
from monitor.story.numbers import changed_numbers
from monitor.text import words

_LONGEST: Final = 250_000
"""Characters of a text that are looked at."""
_SAME_MOMENT: Final = timedelta(minutes=1)
"""Many outlets date to the minute: two dates within one tell no order."""
_SHORTEST_NAME: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A telling, taken apart."""

    telling: Telling
    dateline: str
    sentences: tuple[Sentence, ...]
    shingles: frozenset[tuple[str, ...]]
    credit: Credit | None


def trail(tellings: Sequence[Telling], names: Mapping[OutletId, str]) -> Trail:
    """Follow a story from item to item. ``names``: of the outlets that a credit may name. Raises ValueError for no items."""
    if not tellings:
        raise ValueError("a story without items has no trail")
    known = _known(tellings, names)
    shown = {telling.outlet_id: telling.outlet_name for telling in tellings} | dict(names)
    read = [_read(telling, known, shown) for telling in tellings]
    carrying = frozenset(telling.outlet_id for telling in tellings)
    steps = tuple(_step(one, read[:at], carrying) for at, one in enumerate(read))
    return Trail(steps=steps, first=first(tellings))


def is_credited(telling: Telling, names: Mapping[OutletId, str], *, carrying: frozenset[OutletId]) -> bool:
    """Say whether a text says itself that it is from another outlet of those ``carrying`` its story."""
    said = unsigned(telling.text[:_LONGEST]).signs
    found = credit(said, _known((telling,), names), author=telling.author, own=telling.outlet_id)
    return found is not None and found.outlet_id in carrying


def _known(tellings: Sequence[Telling], names: Mapping[OutletId, str]) -> Names:
    found: dict[tuple[str, ...], OutletId] = {}
    carrying = ((telling.outlet_id, telling.outlet_name) for telling in tellings)
    for outlet_id, name in chain(carrying, names.items()):
        for written in (name, outlet_id):
            if len(written) >= _SHORTEST_NAME and (said := tuple(words(fold(written)))):
                found.setdefault(said, outlet_id)
    return found


def _read(telling: Telling, names: Names, shown: Mapping[OutletId, str]) -> _Read:
    bare = unsigned(telling.text[:_LONGEST])
    text = parted(bare.text)
    credited = credit(bare.signs, names, author=telling.author, own=telling.outlet_id)
    if credited and credited.outlet_id:
        credited = replace(credited, name=shown[credited.outlet_id])
    return _Read(
        telling=telling,
        dateline=bare.dateline,
        sentences=text,
        shingles=shingles(text),
        credit=credited,
    )


def _step(one: _Read, earlier: Sequence[_Read], carrying: frozenset[OutletId]) -> Step:
    copy = None if one.telling.is_forgotten else _copy(one, [other for other in earlier if not other.telling.is_forgotten])
    is_credited = one.credit is not None and one.credit.outlet_id in carrying
    share = copy.copied if copy else one.telling.copied
    is_own = not earlier or (not is_credited and (share is None or share < OWN_BELOW))
    return Step(telling=one.telling, copy=copy, credit=one.credit, is_own=is_own)


def _copy(one: _Read, earlier: Sequence[_Read]) -> Copy | None:
    """Compare a text with the one that it is nearest to among those before it; None where there is none to compare with."""
    if not earlier:
        return None
    nearest = max(earlier, key=lambda other: _nearness(one, other))
    compared = compare(nearest.sentences, one.sentences)
    before, after = nearest.telling.headline, one.telling.headline
    headline = None if words(fold(before)) == words(fold(after)) else (before, after)
    datelines = nearest.dateline, one.dateline
    return Copy(
        of=nearest.telling.item_id,
        copied=compared.copied,
        added=compared.added,
        removed=compared.removed,
        changed=compared.changed,
        headline=headline,
        numbers=changed_numbers((headline, *compared.changed) if headline else compared.changed),
        dateline=None if words(fold(datelines[0])) == words(fold(datelines[1])) else datelines,
    )


def _nearness(one: _Read, other: _Read) -> tuple[float, float]:
    """Say how much of a text stands in another one, and, where that is as much, how little else does.

    Of several that are as near, max gives the first.
    """
    shared = len(one.shingles & other.shingles)
    return shared / max(len(one.shingles), 1), shared / max(len(one.shingles | other.shingles), 1)


# ----------------------------------------------------------------------------------------------------------- who was first


def first(tellings: Sequence[Telling | Carrier]) -> First:
    """Say who had a story first, and what tells. ``tellings``: in order of first seen, at least one, or each outlet's first."""
    dated = min((one for one in tellings if one.published), key=lambda one: (one.published, one.seen_at), default=None)
    # the earliest look that found it anywhere: whoever was not there at a look after it had it after that. The one that this
    # look found stays, though two looks within one second, or a clock that was set back, leave no time between them
    found_at = min(one.seen_at for one in tellings)
    may_be = [one for one in tellings if one.unseen_at is None or one.unseen_at < found_at or one.seen_at == found_at]
    by, outlets = _told_by(tellings, may_be)
    return First(seen=tellings[0].item_id, dated=dated.item_id if dated else None, by=by, outlets=outlets)


def _told_by(tellings: Sequence[Telling | Carrier], may_be: Sequence[Telling | Carrier]) -> tuple[FirstBy, tuple[OutletId, ...]]:
    by_polls, by_dates = _outlets(may_be), _outlets(_earliest(may_be))
    if len(_outlets(tellings)) == 1:
        return "alone", by_polls
    if len(by_polls) == 1:
        return "polls", by_polls
    return ("dates" if len(by_dates) == 1 else "unknown"), by_dates


def _earliest(tellings: Sequence[Telling | Carrier]) -> list[Telling | Carrier]:
    """Give those that may be the earliest by their dates; one without a date may, unless it was not there by the earliest."""
    published = [one.published for one in tellings if one.published]
    if not published:
        return list(tellings)
    start = min(published)
    return [
        one
        for one in tellings
        if (one.published and one.published - start < _SAME_MOMENT)
        or (one.published is None and (one.unseen_at is None or one.unseen_at < start))
    ]


def _outlets(tellings: Sequence[Telling | Carrier]) -> tuple[OutletId, ...]:
    return tuple(dict.fromkeys(one.outlet_id for one in tellings))
