"""Trail → who had a story first, as sure as that is, and what each copy made of it, in words; or the whole for programs. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from monitor.model import Copy, Credit, OutletId, Step, StoryId, Telling, Trail
from monitor.render.words import Quoted, Sentence, count, quoted

Clock = Callable[[datetime], str]
"""Writes a time as the desk reads it."""


def carriage(trail: Trail) -> str:
    """Say how many outlets carry a story, and how many of them with a text of their own: a copy bears out nothing."""
    if trail.outlets == 1:
        return "1 outlet carries it"
    own = f"{trail.own_texts} with {'its' if trail.own_texts == 1 else 'their'} own text"
    return f"{count(trail.outlets, 'outlet')} carry it, {own}"


def who_was_first(trail: Trail, clock: Clock) -> str:
    """Say who had a story first, and how sure that is; "" where nobody else carries it."""
    return spelt(first_told(trail, clock))


def first_told(trail: Trail, clock: Clock) -> Sentence:
    """Say the same in a sentence that holds the outlets' names apart; () where nobody else carries it."""
    first, told = trail.first, {step.telling.item_id: step.telling for step in trail.steps}
    seen, dated = told[first.seen], told[first.dated] if first.dated else None
    names = {step.telling.outlet_id: quoted(step.telling.outlet_name) for step in reversed(trail.steps)}
    if first.by == "alone":
        return ()
    if first.by == "polls":
        said = f" had it first: no other feed had it yet when it was seen there, {clock(seen.seen_at)}."
        return (names[seen.outlet_id], said, *_dates_itself_earlier(seen, dated, clock))
    why = ("polling can't tell, as ", *_unparted(trail), ".")
    if first.by == "unknown":
        return ("Who had it first is not known, ", *_either(names, first.outlets), ": ", *why)
    earliest = min(one.published for one in told.values() if one.published and one.outlet_id in first.outlets)
    elsewhere: Sentence = ()
    if seen.outlet_id not in first.outlets:
        elsewhere = ("; it was first seen at ", names[seen.outlet_id], f", {clock(seen.seen_at)}")
    said = f" had it first by the outlets' own dates, {clock(earliest)}"
    return (names[first.outlets[0]], said, *elsewhere, ". By itself ", *why)


def spelt(sentence: Sentence) -> str:
    """Write a sentence as one text, for where nothing in it can be mistaken for markup."""
    return "".join(part if isinstance(part, str) else part.text for part in sentence)


def copied(copy: Copy) -> str:
    """Say how much of a text was copied, and from which item."""
    return f"{percent(copy.copied)} copied from item {copy.of}"


def percent(share: float) -> str:
    """Write a share: "87 %". Only what is wholly so is 100 %, and only what is not at all so is 0 %."""
    whole = round(share * 100)
    return f"{min(max(whole, 1), 99) if 0 < share < 1 else whole} %"


def credited(credit: Credit) -> str:
    """Say whom a text credits, and in which words."""
    return spelt(credit_told(credit))


def credit_told(credit: Credit) -> Sentence:
    """Say the same in a sentence that holds apart what the text says."""
    words: Sentence = () if credit.line == credit.name else (" (", quoted(credit.line.strip("()[] ")), ")")
    return ("credits ", quoted(credit.name), *words)


def plain(trail: Trail, story_id: StoryId) -> dict[str, Any]:
    """Give a trail as a program reads it. Times are ISO 8601, UTC."""
    return {
        "story": story_id,
        "outlets": trail.outlets,
        "own_texts": trail.own_texts,
        "first": {
            "by": trail.first.by,
            "outlets": list(trail.first.outlets),
            "seen": trail.first.seen,
            "dated": trail.first.dated,
        },
        "items": [_step(step) for step in trail.steps],
    }


def _dates_itself_earlier(seen: Telling, dated: Telling | None, clock: Clock) -> Sentence:
    if dated is None or dated.published is None or dated.outlet_id == seen.outlet_id:
        return ()
    return (" But ", quoted(dated.outlet_name), f" dates its own {clock(dated.published)}, the earliest of all.")


def _either(names: Mapping[OutletId, Quoted], outlets: tuple[OutletId, ...]) -> Sentence:
    *others, last = (names[one] for one in outlets)
    commas = [part for name in others for part in (", ", name)][1:]
    return (*commas, " or ", last) if others else (last,)


def _unparted(trail: Trail) -> Sentence:
    """Say why looks at the feeds don't tell who was first."""
    unknown = next((step.telling for step in trail.steps if step.telling.unseen_at is None), None)
    if unknown:
        return ("it stood in the feed of ", quoted(unknown.outlet_name), " already when that was first polled")
    return ("it appeared in several feeds between two polls of them",)


def _step(step: Step) -> dict[str, Any]:
    told = step.telling
    return {
        "item": told.item_id,
        "outlet": told.outlet_id,
        "outlet_name": told.outlet_name,
        "label": told.label,
        "link": told.link,
        "headline": told.headline,
        "published_at": _time(told.published),
        "seen_at": _time(told.seen_at),
        "unseen_at": _time(told.unseen_at),
        "copied": told.copied,
        "is_whole": told.is_whole,
        "is_own": step.is_own,
        "credit": _credit(step.credit) if step.credit else None,
        "copy": _copy(step.copy) if step.copy else None,
    }


def _credit(credit: Credit) -> dict[str, Any]:
    return {"line": credit.line, "name": credit.name, "outlet": credit.outlet_id}


def _copy(copy: Copy) -> dict[str, Any]:
    return {
        "of": copy.of,
        "copied": round(copy.copied, 4),
        "added": list(copy.added),
        "removed": list(copy.removed),
        "changed": [_pair(pair) for pair in copy.changed],
        "headline": _pair(copy.headline) if copy.headline else None,
        "numbers": [{"before": one.before, "after": one.after, "sentence": one.sentence} for one in copy.numbers],
        "dateline": _pair(copy.dateline) if copy.dateline else None,
    }


def _pair(pair: tuple[str, str]) -> dict[str, str]:
    return {"before": pair[0], "after": pair[1]}


def _time(moment: datetime | None) -> str | None:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else None
