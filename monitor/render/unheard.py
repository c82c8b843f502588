"""Outlets that do not answer or are silent, and of which that is over → the subject and the text that a channel is told. Pure."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from monitor.model import Ailing
from monitor.render.alert_view import local, name
from monitor.render.words import count
from monitor.text import one_line

_MOST: Final = 20
"""So many outlets are named in each part; the rest is a count."""
_LONGEST: Final = 160
_TO_DO: Final = (
    "What to do: look at `monitor status`; the feed may have moved (`monitor add` finds it), and `monitor pause {id}` leaves it"
    " alone. None is switched off: each is asked once a day at least. You are told when it is over."
)
_PARTS: Final = (
    ("Not answering:", "does not answer", "do not answer"),
    ("Answering, and silent for longer than ever:", "is silent", "are silent"),
    ("Answering again:", "answers again", "answer again"),
    ("Bringing news again:", "brings news again", "bring news again"),
)
"""Of each kind: the words above the list, and those of the subject for one and for many."""


def unheard_words(*kinds: tuple[Ailing, ...], timezone: str) -> tuple[str, str]:
    """Say who does not answer, who is silent, who answers again, who brings news again: in this order, each with since when.

    Times are local to ``timezone``, an IANA name.
    """
    zone = ZoneInfo(timezone)
    told = [(ailing, words) for ailing, words in zip(kinds, _PARTS, strict=True) if ailing]
    text = [line for ailing, (head, *_) in told for line in (head, *_listed([_line(one, zone) for one in ailing]))]
    if ill := [*kinds[0], *kinds[1]]:
        text.append(_TO_DO.format(id=ill[0].outlet))
    subject = ", ".join(f"{_who(ailing)} {one if len(ailing) == 1 else many}" for ailing, (_, one, many) in told)
    return subject, "\n".join(text) + "\n"


def _who(ailing: tuple[Ailing, ...]) -> str:
    return name(ailing[0].name) if len(ailing) == 1 else count(len(ailing), "feed")


def _line(one: Ailing, zone: ZoneInfo) -> str:
    since = f": since {local(one.since, zone)}" if one.since else ": never yet"
    return f"- {name(one.name)} ({one.outlet})" + (f"{since}; {one_line(one.why, _LONGEST)}" if one.why else "")


def _listed(lines: list[str]) -> list[str]:
    more = len(lines) - _MOST
    return [*lines[:_MOST], f"- and {more} more"] if more > 0 else lines
