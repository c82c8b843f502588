"""ToldStory → its way from outlet to outlet in words: who had it first, who carries it since when, what copies changed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from monitor.model import Carrier, Copy, Digest, Finding, ItemId, NumberChange, OutletId, Step, ToldStory
from monitor.render import english, words
from monitor.render.view import Carried, Dot, Strip, Tick
from monitor.render.words import Quoted, Sentence

CARRIERS: Final = 12
"""So many outlets that carry a story are named; the others are counted."""
_CHANGES: Final = 2
_NUMBERS: Final = 2
_STEPS: Final = tuple(timedelta(hours=hours) for hours in (1, 2, 3, 6, 12, 24, 48, 168))
_TICKS: Final = 8
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A story, the item that it is told by, and the digest that tells it."""

    story: ToldStory
    finding: Finding
    digest: Digest

    @property
    def zone(self) -> ZoneInfo:
        """The desk's."""
        return ZoneInfo(self.digest.timezone)

    def when(self, moment: datetime) -> str:
        """Say when, as the desk reads it at the window's end."""
        return words.moment(moment, self.zone, today=self.digest.stop)


def carriage(told: Told) -> str:
    """Say how many outlets carry a story, and how many with a text of their own: a copy bears out nothing. "" for one outlet."""
    outlets, own = told.story.outlets, told.story.own_texts
    if outlets <= 1:
        return ""
    return f"{words.count(outlets, 'outlet')}, {own} with {'its' if own == 1 else 'their'} own text"


def standing(told: Told) -> str:
    """Say in a few words what the outlet that the story is told by is to it; "" where another had it first."""
    here, first = told.finding.outlet_id, told.story.first
    if told.story.outlets <= 1:
        return english.ONLY_OUTLET
    if first.by == "unknown":
        return english.SEEN_HERE_FIRST if here == told.story.carriers[0].outlet_id else ""
    by = english.FIRST_BY_DATES if first.by == "dates" else english.HAD_IT_FIRST
    return by if here in first.outlets else ""


def first(told: Told) -> Sentence:
    """Say who had a story first and how sure that is, where ``standing`` does not; () where nothing is to be added."""
    first = told.story.first
    if told.story.outlets <= 1 or first.by == "alone":
        return ()
    if first.by == "unknown":
        return (english.NOT_KNOWN, *_unparted(told.story.carriers))
    others = tuple(one for one in told.story.carriers if one.outlet_id == first.outlets[0] != told.finding.outlet_id)
    if first.by == "dates":
        return _by_dates(others, told)
    said = [(_name(one), english.ANOTHER_BY_POLLS.format(when=told.when(one.seen_at))) for one in others[:1]]
    dated = next((one for one in told.story.carriers if one.item_id == first.dated), None)
    if dated and dated.published and dated.outlet_id not in first.outlets:
        said.append((_name(dated), english.DATES_EARLIER.format(when=told.when(dated.published))))
    return tuple(part for place, one in enumerate(said) for part in ((" ", *one) if place else one))


def _by_dates(others: tuple[Carrier, ...], told: Told) -> Sentence:
    if not others:
        return ()
    when = others[0].published or others[0].seen_at
    return (_name(others[0]), english.ANOTHER_BY_DATES.format(when=told.when(when)))


def carriers(told: Told) -> tuple[Carried, ...]:
    """Give the other outlets that carry a story, first seen first, as many as are named."""
    steps = _steps(told)
    others = [one for one in told.story.carriers if one.outlet_id != told.finding.outlet_id][:CARRIERS]
    return tuple(_carried(one, told, steps.get(one.item_id)) for one in others)


def more_carriers(told: Told) -> int:
    """Count the outlets that are not named."""
    return max(told.story.outlets - 1 - len(carriers(told)), 0)


def strip(told: Told) -> Strip | None:
    """Draw when each outlet had a story along the window; None for one outlet, or one moment."""
    seen = [one.seen_at for one in told.story.carriers]
    if len(seen) < 2 or max(seen) - min(seen) < _MINUTE:  # noqa: PLR2004 - one dot says nothing
        return None
    steps = _steps(told)
    dots = tuple(
        Dot(at=_along(one.seen_at, told.digest), is_first=place == 0, is_own=_is_own(one, steps))
        for place, one in enumerate(told.story.carriers)
    )
    return Strip(dots=dots, start=min(dot.at for dot in dots), stop=max(dot.at for dot in dots))


def ticks(digest: Digest) -> tuple[Tick, ...]:
    """Give the round hours of the window by the desk's clock, not more than can be read; days where it is long."""
    zone, length = ZoneInfo(digest.timezone), digest.stop - digest.start
    step = next((step for step in _STEPS if length <= step * _TICKS), _STEPS[-1])
    local = digest.start.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    found, stop = [], digest.stop.astimezone(zone).replace(tzinfo=None)
    while local <= stop:
        if digest.start <= (at := local.replace(tzinfo=zone)) <= digest.stop:
            label = f"{local.day} {words.month(local)}" if step >= timedelta(days=1) else f"{local:%H}"
            found.append(Tick(at=_along(at, digest), label=label))
        local += step
    return tuple(found)


def changes(told: Told) -> tuple[Sentence, ...]:
    """Say what copies changed: the two that changed most that matters, numbers before headlines before sentences."""
    if told.story.trail is None:
        return ()
    names = _names(told)
    steps = [(step.copy, names[step.telling.outlet_id]) for step in told.story.trail.steps if step.copy and not step.is_own]
    said = [(copy, name) for copy, name in steps if _made(copy)]
    said.sort(key=lambda one: (-len(one[0].numbers), one[0].headline is None, -len(one[0].added) - len(one[0].removed)))
    told_of: list[Sentence] = [(name, ": ", *_made(copy)) for copy, name in said[:_CHANGES]]
    if left := len(said) - _CHANGES:
        told_of += [(english.MORE_COPIES.format(copies=words.count(left, "more copy")),)] if left > 0 else []
    return tuple(told_of)


def facts(*, headline: str, numbers: tuple[NumberChange, ...], added: int, removed: int, reworded: int) -> Sentence:
    """Say shortly what was changed: "headline, 85 → 120, text +2 −1 sentences, 1 sentence reworded"; () for nothing."""
    parts: list[Sentence] = [(headline,)] if headline else []
    parts += [(words.quoted(one.before), " → ", words.quoted(one.after)) for one in numbers[:_NUMBERS]]
    if len(numbers) > _NUMBERS:
        parts.append((english.MORE_NUMBERS.format(numbers=words.count(len(numbers) - _NUMBERS, "more number")),))
    count = " ".join(filter(None, (f"+{added}" if added else "", f"−{removed}" if removed else "")))
    if count:
        noun = "sentence" if added + removed == 1 else "sentences"
        parts.append((english.TEXT.format(changes=f"{count} {noun}"),))
    if reworded:
        parts.append((english.REWORDED.format(sentences=words.count(reworded, "sentence")),))
    return tuple(part for place, one in enumerate(parts) for part in ((", ", *one) if place else one))


def outlets(told: Told) -> str:
    """Say by how many outlets a story is carried; "" for one."""
    return words.count(told.story.outlets, "outlet") if told.story.outlets > 1 else ""


def _made(copy: Copy) -> Sentence:
    return facts(
        headline=english.HEADLINE if copy.headline else "",
        numbers=copy.numbers,
        added=len(copy.added),
        removed=len(copy.removed),
        reworded=len(copy.changed),
    )


def _carried(one: Carrier, told: Told, step: Step | None) -> Carried:
    earliest = told.story.carriers[0]
    after = one.seen_at - earliest.seen_at
    offset = english.WITHIN_A_MINUTE if after < _MINUTE else f"+{words.duration(after)}"
    is_own = _is_own(one, {step.telling.item_id: step} if step else {})
    how: Sentence = (english.OWN_TEXT,) if is_own else (english.COPY,)
    if step and step.credit:
        how += (english.CREDITS, words.quoted(step.credit.name))
    return Carried(
        outlet=_name(one),
        label=words.quoted(one.label) if one.label else None,
        link=words.link(one.link),
        offset=english.SEEN_FIRST if one is earliest else offset,
        iso=words.iso(one.seen_at, told.zone),
        seen=told.when(one.seen_at),
        how=how,
        is_own=is_own,
    )


def _steps(told: Told) -> Mapping[ItemId, Step]:
    return {step.telling.item_id: step for step in told.story.trail.steps} if told.story.trail else {}


def _is_own(one: Carrier, steps: Mapping[ItemId, Step]) -> bool:
    """Say whether a text is the outlet's own; the trail looked at the texts themselves, and goes before."""
    return steps[one.item_id].is_own if one.item_id in steps else one.is_own


def _name(one: Carrier) -> Quoted:
    return words.quoted(one.outlet_name, one.outlet_language)


def _names(told: Told) -> Mapping[OutletId, Quoted]:
    """Give each outlet of a story by its name; a trail does not know the outlets' languages, the carriers do."""
    steps = told.story.trail.steps if told.story.trail else ()
    names = {step.telling.outlet_id: words.quoted(step.telling.outlet_name) for step in steps}
    return names | {one.outlet_id: _name(one) for one in told.story.carriers}


def _unparted(carriers: tuple[Carrier, ...]) -> Sentence:
    """Say why looks at the feeds don't tell who was first."""
    unknown = next((one for one in carriers if one.unseen_at is None), None)
    if unknown is None:
        return (english.BETWEEN_POLLS,)
    before, after = english.IN_FEED_BEFORE
    return (before, _name(unknown), after)


def _along(moment: datetime, digest: Digest) -> float:
    length = max((digest.stop - digest.start).total_seconds(), 1.0)
    return min(max((moment - digest.start).total_seconds() / length, 0.0), 1.0)
