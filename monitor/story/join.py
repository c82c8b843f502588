"""Sketch + what it may be a copy of → the story that it belongs to, or none. Pure; touches nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from monitor.model import Joined, Likely, OutletId, Sketch, Sketched
from monitor.story.sketch import LEAD, REST

WINDOW: Final = timedelta(days=14)
"""A text is known again for so long."""
COMMON: Final = 5
"""A run of words that so many stories have is a phrase, a form or a page's furniture, and counts for none."""
SHORT: Final = 120
"""Tokens: of a shorter text its beginning is all, or nearly."""
SUMMARY: Final = 60
"""Tokens: so short a text is compared with the beginning of the other one only."""
BRIEF: Final = 40
"""Tokens: so short a text may be said again of something new, word for word."""

# Fitted to tests/data/stories; which of them decides what stands beside each
_WHOLE: Final = 0.46
"""Share of the smaller text: an editor who rewrites 40 % of the sentences leaves so much."""
_LEAD: Final = 0.5
_TITLED: Final = 0.25
_BRIEFLY: Final = 0.9
_AT_THE_TOP: Final = 25
"""Words before the first that a summary has, too: a dateline and a byline."""
_SAME_OUTLET: Final = 0.85
"""Of both texts: what an outlet says again with more or less is its own next story, or its live blog's next state."""
_FEWEST: Final = 6
"""Hashes of the smaller text that must be left to compare by."""
_UNKNOWN: Final = 0.12
_NEW_TOP: Final = 0.37
"""A text whose first part, so long, is not in the older one tells news and repeats old background: in follow-ups that is 39 % and
more, in copies 35 % and less."""
_WHOLLY: Final = 0.85
"""Unless all of the older text is still there: then it grew at its head."""
_GROWN: Final = 0.58
_BOTH: Final = 0.57
_MANY_NUMBERS: Final = 5
_SOME_NUMBERS: Final = 3
_MANY_SHARED: Final = 0.65
_SOME_SHARED: Final = 0.5
_ALL_NUMBERS: Final = 0.8
_SAME_WORDS: Final = 0.6
"""Of all words of both texts (Jaccard): of follow-ups it is 55 % at the most."""
_AS_LONG: Final = 0.6
_ANY: Final = 0.12
_MUCH: Final = 0.4
_SAME_PAGE: Final = 0.3
_SAME_TITLE: Final = 0.5
_EQUAL_TITLE: Final = 0.8
_HOME_TOP: Final = 0.2
_HOME_NEW: Final = 0.65
_FRESH: Final = 0.3
_BRIEF_ELSEWHERE: Final = timedelta(hours=12)
_AT_HOME: Final = timedelta(hours=20)
"""An outlet's daily bulletin is not yesterday's, however much of it stays."""
_BRIEF_AT_HOME: Final = timedelta(hours=1)
_NO_LIMIT: Final = 1 << 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A text that is to be settled: what it is known by, whose it is, where it stands, when it was first seen."""

    sketch: Sketch
    outlet_id: OutletId
    address: str | None
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shares:
    """Which part of each text is in the other; of the smaller one the larger part."""

    new: float
    old: float
    smaller: float


def joined(new: Arrival, likely: Likely) -> Joined | None:
    """Say which story a text belongs to: that of the one it is most surely a copy of. None: of none, it is its own."""
    common = likely.worn | _common(new.sketch, likely.items)
    scores = [(_score(new, old, common), old) for old in likely.items]
    # what an outlet says anew in a few words is not joined to what it said by way of another's copy of that
    barred = {old.story_id for score, old in scores if not score and old.outlet_id == new.outlet_id and _are_brief(new, old)}
    scored = ((score, old) for score, old in scores if old.story_id not in barred)
    # of equals the oldest: it is the nearest to where all come from
    best = max(((score, -old.item_id, old) for score, old in scored if score > 0), key=lambda one: one[:2], default=None)
    if best is None:
        return None
    near = best[2]
    return Joined(
        story_id=near.story_id,
        nearest=near.item_id,
        copied=copied(new.sketch, [one.sketch for one in likely.items if one.story_id == near.story_id], common=common),
    )


def is_update(new: Sketch, found: Joined) -> bool:
    """Say whether a copy says so much that its story did not say that it is worth telling."""
    return new.tokens > SHORT and 1 - found.copied >= _FRESH


def copied(new: Sketch, olds: Collection[Sketch], *, common: frozenset[int] = frozenset()) -> float:
    """Give which part of a text stands in others, 0 to 1; what stands below all of its outlet's articles is no part of it."""
    known = frozenset[int]().union(*((*old.lead, *old.rest) for old in olds))
    limit = min((_limit(old.rest) for old in olds), default=_NO_LIMIT)
    # one of few is compared by all of its hashes: it is hardly longer than the beginnings are
    whole = new.lead if new.tokens <= SHORT else [each for each in new.rest if each <= limit]
    mine = [each for each in whole if each in known or each not in common]
    return sum(each in known for each in mine) / len(mine) if mine else 1.0


def _limit(kept: Collection[int]) -> int:
    """Give up to where every hash of a text is kept: of a long one only the smallest are."""
    return max(kept) if len(kept) >= REST else _NO_LIMIT


def _common(new: Sketch, items: Iterable[Sketched]) -> frozenset[int]:
    """Give the hashes of a text that so many stories have."""
    stories: defaultdict[int, set[int]] = defaultdict(set)
    mine = frozenset((*new.lead, *new.rest))
    for old in items:
        for each in mine.intersection((*old.sketch.lead, *old.sketch.rest)):
            stories[each].add(old.story_id)
    return frozenset(each for each, found in stories.items() if len(found) >= COMMON)


def _score(new: Arrival, old: Sketched, common: frozenset[int]) -> float:
    """Say how surely two texts are one: 0 not at all, to 2 to the letter."""
    is_home = new.outlet_id == old.outlet_id
    is_there = new.address is not None and new.address == old.address
    # a headline alone is a text of its own, unless it stands over one page
    if not _is_timely(new, old, is_home=is_home) or not (new.sketch.tokens or is_there):
        return 0
    if new.sketch.text_hash == old.sketch.text_hash:
        return 2
    if not new.sketch.tokens:
        return 0
    shares = _shares(new.sketch, old.sketch, common)
    if is_there and _is_one_page(new.sketch, old.sketch, shares):
        return 1
    if shares is None or not _numbers_agree(new.sketch, old.sketch, shares) or _is_wall(new.sketch, old.sketch):
        return 0
    is_copy = _is_repeated(new.sketch, old.sketch, shares) if is_home else _is_carried(new.sketch, old.sketch, shares)
    return shares.smaller if is_copy else 0


def _is_wall(new: Sketch, old: Sketch) -> bool:
    """Tell what stands in the place of articles, such as a request for consent, from one text under two headlines."""
    return not (new.is_headed or old.is_headed or _titles_shared(new, old) >= _SAME_TITLE)


def _is_one_page(new: Sketch, old: Sketch, shares: _Shares | None) -> bool:
    """Tell one article from several that a feed gives the address of one page: a live page, the outlet's front page."""
    titled = _titles_shared(new, old) if new.title and old.title else _SAME_TITLE
    return titled >= _EQUAL_TITLE or (titled >= _SAME_TITLE and shares is not None and shares.smaller >= _SAME_PAGE)


def _are_brief(new: Arrival, old: Sketched) -> bool:
    return max(new.sketch.tokens, old.sketch.tokens) < BRIEF


def _is_timely(new: Arrival, old: Sketched, *, is_home: bool) -> bool:
    apart = abs(new.seen_at - old.seen_at)
    if not _are_brief(new, old):
        is_same = new.sketch.text_hash == old.sketch.text_hash
        return apart <= (_AT_HOME if is_home and not is_same else WINDOW)
    return apart <= (_BRIEF_AT_HOME if is_home else _BRIEF_ELSEWHERE)


def _is_repeated(new: Sketch, old: Sketch, shares: _Shares) -> bool:
    """Tell whether an outlet gives one text twice; pages that all say the same, such as a wall, have headlines that differ."""
    titled = _titles_shared(new, old)
    if _is_summary(new, old):
        # what stands below every headline of a feed, such as its advertisement of itself, tells them apart least of all
        return titled >= _EQUAL_TITLE and _is_summed_up(new, old, shares, least=_SAME_OUTLET)
    if min(shares.new, shares.old) >= _SAME_OUTLET:
        return titled >= _SAME_TITLE
    # with more furniture round it; a live blog grows at its head
    return shares.old >= _SAME_OUTLET and shares.new >= _HOME_NEW and titled >= _EQUAL_TITLE and _new_top(new, old) < _HOME_TOP


def _is_carried(new: Sketch, old: Sketch, shares: _Shares) -> bool:
    if _is_summary(new, old):
        if max(new.tokens, old.tokens) < BRIEF and new.title and old.title and not new.title & old.title:
            # sister outlets advertise themselves alike below each headline; a longer text is re-headlined more often
            return False
        # two forms of a sentence or two may differ in one name only
        least = _BRIEFLY if max(new.tokens, old.tokens) < BRIEF else _LEAD
        return _is_summed_up(new, old, shares, least=least)
    if _has_same_words(new, old, shares):
        return True
    if shares.smaller < _WHOLE:
        return False
    is_grown = shares.old >= _WHOLLY and shares.new >= _GROWN
    return is_grown or min(shares.new, shares.old) >= _BOTH or _new_top(new, old) < _NEW_TOP


def _has_same_words(new: Sketch, old: Sketch, shares: _Shares) -> bool:
    """Tell a text every sentence of which an editor touched: other news has other words, and another form other numbers."""
    if min(new.tokens, old.tokens) < _AS_LONG * max(new.tokens, old.tokens):
        return False
    few = min(len(new.numbers), len(old.numbers))
    if len(new.numbers & old.numbers) < _ALL_NUMBERS * few or shares.smaller < (_ANY if few >= _SOME_NUMBERS else _MUCH):
        return False
    limit = min(_limit(new.words), _limit(old.words))
    mine, theirs = ({each for each in one.words if each <= limit} for one in (new, old))
    return len(mine & theirs) >= _SAME_WORDS * len(mine | theirs) > 0


def _is_summary(new: Sketch, old: Sketch) -> bool:
    return min(new.tokens, old.tokens) <= SUMMARY


def _is_summed_up(new: Sketch, old: Sketch, shares: _Shares, *, least: float) -> bool:
    """Tell a text and its summary, which is taken from its beginning; under one headline most of it may be in other words."""
    if max(new.tokens, old.tokens) > SHORT and _titles_shared(new, old) >= _EQUAL_TITLE:
        return shares.smaller >= _TITLED
    if shares.smaller < least:
        return False
    long, short = (new, old) if new.tokens >= old.tokens else (old, new)
    known = frozenset(short.lead)
    first = next((place for place, each in enumerate(long.lead) if each in known), LEAD)
    # further down it is the background of other news; a short text that says nothing else is no other news
    return first <= _AT_THE_TOP or (new is short and shares.smaller >= _WHOLLY)


def _titles_shared(new: Sketch, old: Sketch) -> float:
    fewer = min(len(new.title), len(old.title))
    return len(new.title & old.title) / fewer if fewer else 0.0


def _shares(new: Sketch, old: Sketch, common: frozenset[int]) -> _Shares | None:
    """Compare two texts; None: too little is left to compare them by."""
    lead = _of(*({each for each in one.lead if each not in common} for one in (new, old)))
    if _is_summary(new, old) or max(new.tokens, old.tokens) <= SHORT:
        return lead
    limit = min(_limit(new.rest), _limit(old.rest))
    whole = _of(*({each for each in one.rest if each <= limit and each not in common} for one in (new, old)))
    if whole is None or lead is None or min(new.tokens, old.tokens) > SHORT:
        return whole or lead
    return max(lead, whole, key=lambda one: one.smaller)


def _of(new: set[int], old: set[int]) -> _Shares | None:
    if min(len(new), len(old)) < _FEWEST:
        return None
    shared = len(new & old)
    return _Shares(new=shared / len(new), old=shared / len(old), smaller=shared / min(len(new), len(old)))


def _new_top(new: Sketch, old: Sketch) -> float:
    """Give how long the beginning of a text is, 0 to 1, of which the older one has next to nothing."""
    known = frozenset((*old.lead, *old.rest))
    limit = _limit(old.rest)
    is_short = max(new.tokens, old.tokens) <= SHORT
    hashes = new.lead if is_short else [each for each in new.rest if each <= limit]
    met = longest = 0
    for count, each in enumerate(hashes, start=1):
        met += each in known
        if met <= _UNKNOWN * count:
            longest = count
    return longest / len(hashes) if hashes else 0.0


def _numbers_agree(new: Sketch, old: Sketch, shares: _Shares) -> bool:
    """Tell a copy from another instance of the same form, which has other numbers in the same places."""
    few = min(len(new.numbers), len(old.numbers))
    shared = len(new.numbers & old.numbers)
    if max(new.tokens, old.tokens) <= SUMMARY:
        return shared == few
    if few < _SOME_NUMBERS or shares.smaller >= _WHOLLY:
        return True
    return shared >= (_MANY_SHARED if few >= _MANY_NUMBERS else _SOME_SHARED) * few
