"""OpenAlert → who else carries what it tells of, and what is new about that, in words before any markup. Touches nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from monitor.model import Carrier, Finding, OpenAlert
from monitor.render.trail import percent
from monitor.render.words import count, moment
from monitor.text import one_line

SHOWN: Final = 4
_LONGEST_NAME: Final = 60
_SAME_MOMENT: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierView:
    """One outlet: its name and label, from outside, and when and how it carries the story, in our words."""

    outlet: str
    label: str | None
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedView:
    """Who carries a story: how many, the first few of the others, how many more, and whose own date is earlier; "": nothing."""

    head: str
    ones: tuple[CarrierView, ...]
    more: str
    dated: tuple[str, str] | None

    @property
    def line(self) -> str:
        """The whole as one line of text."""
        names = (f"{one.outlet} ({one.label}) {one.said}" if one.label else f"{one.outlet} {one.said}" for one in self.ones)
        line = f"{self.head}: {'; '.join((*names, *filter(None, (self.more,))))}"
        return f"{line}. {self.dated[0]} {self.dated[1]}" if self.dated else line


def own_texts(finding: Finding) -> int:
    """Count the outlets that carry it in a text of their own, the finding's included."""
    return int(finding.is_own_text) + sum(one.is_own for one in finding.carried)


def carried(finding: Finding, zone: ZoneInfo) -> CarriedView | None:
    """Say who else carries what was found; None where nobody is known to. Times are local to ``zone``."""
    if not finding.carried:
        return None
    own, outlets = own_texts(finding), len(finding.carried) + 1
    first = _first_seen(finding)
    head = f"{outlets} outlets, {'1 with its own text' if own == 1 else f'{own} with their own text'}"
    left_out = len(finding.carried) - SHOWN
    return CarriedView(
        head=head + (", first seen here" if first is finding else ""),
        ones=tuple(_view(one, finding, zone, first=first) for one in finding.carried[:SHOWN]),
        more=f"and {left_out} more" if left_out > 0 else "",
        dated=_dated(finding, zone, first=first),
    )


def news(each: OpenAlert) -> str:
    """Say why what was told already is told again; "": it is told for the first time."""
    if each.alert.occasion == "again_at":
        own = own_texts(each.finding)
        return f"Now carried by {count(own, 'outlet')} with {'its' if own == 1 else 'their'} own text"
    return {"update": "Update", "edit": "Edited"}.get(each.alert.occasion, "")


def explained(each: OpenAlert) -> str:
    """Say the same in a sentence, for the body."""
    sentences = {
        "update": "Update: this text adds much to what was told of the story before.",
        "edit": "Edited: what was told before was changed since.",
    }
    return sentences.get(each.alert.occasion, f"{news(each)}." if news(each) else "")


def _first_seen(finding: Finding) -> Carrier | Finding | None:
    """Give who was seen first; None where several were seen at one moment."""
    earliest = min(finding.seen_at, *(one.seen_at for one in finding.carried))
    everybody: tuple[Carrier | Finding, ...] = (finding, *finding.carried)
    first = [one for one in everybody if one.seen_at == earliest]
    return first[0] if len(first) == 1 else None


def _view(one: Carrier, finding: Finding, zone: ZoneInfo, *, first: Carrier | Finding | None) -> CarrierView:
    how = "first seen" if one is first else "its own text" if one.is_own else f"{percent(one.copied or 0)} copied"
    return CarrierView(
        outlet=_name(one.outlet_name),
        label=_name(one.label) if one.label else None,
        said=f"{moment(one.seen_at, zone, today=finding.seen_at)}, {how}",
    )


def _dated(finding: Finding, zone: ZoneInfo, *, first: Carrier | Finding | None) -> tuple[str, str] | None:
    """Name the outlet whose own date is earlier than that of the one that was seen first."""
    published = first.published if first else None
    dated = sorted(_dates(finding), key=lambda one: one[0])
    if published is None or not dated or published - dated[0][0] < _SAME_MOMENT:
        return None
    return dated[0][1], f"has the earlier date, {moment(dated[0][0], zone, today=finding.seen_at)}"


def _dates(finding: Finding) -> Iterator[tuple[datetime, str]]:
    for one in finding.carried:
        if one.published:
            yield one.published, _name(one.outlet_name)
    if finding.published:
        yield finding.published, _name(finding.outlet_name)


def _name(text: str) -> str:
    return one_line(text, _LONGEST_NAME)
