"""Outlets that do not answer, and those that do again → the subject and the text that a channel is told. Pure."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from monitor.model import Silent
from monitor.render.alert_view import local, name
from monitor.render.words import count
from monitor.text import one_line

_MOST: Final = 20
"""So many outlets are named; the rest is a count."""
_LONGEST_REASON: Final = 160
_TO_DO: Final = (
    "What to do: look at `monitor status`; the feed may have moved (`monitor add` finds it), and `monitor pause {id}` leaves it"
    " alone. None is switched off: each is asked once a day at least. You are told when they answer again."
)


def unheard_words(failing: tuple[Silent, ...], answering: tuple[Silent, ...], *, timezone: str) -> tuple[str, str]:
    """Say who does not answer, since when and why, who answers again, and what to do. Times are local to ``timezone``."""
    zone = ZoneInfo(timezone)
    text = []
    if failing:
        text += ["Not answering:", *_listed([_failing(one, zone) for one in failing])]
        text.append(_TO_DO.format(id=failing[0].outlet))
    if answering:
        text += ["Answering again:", *_listed([f"- {name(one.name)} ({one.outlet})" for one in answering])]
    return _subject(failing, answering), "\n".join(text) + "\n"


def _subject(failing: tuple[Silent, ...], answering: tuple[Silent, ...]) -> str:
    if not answering:
        return f"{name(failing[0].name)} does not answer" if len(failing) == 1 else f"{count(len(failing), 'feed')} do not answer"
    if not failing:
        one = len(answering) == 1
        return f"{name(answering[0].name)} answers again" if one else f"{count(len(answering), 'feed')} answer again"
    verbs = "does" if len(failing) == 1 else "do", "answers" if len(answering) == 1 else "answer"
    return f"{count(len(failing), 'feed')} {verbs[0]} not answer, {len(answering)} {verbs[1]} again"


def _failing(one: Silent, zone: ZoneInfo) -> str:
    since = f"since {local(one.since, zone)}" if one.since else "never yet"
    why = one_line(one.reason, _LONGEST_REASON)
    return f"- {name(one.name)} ({one.outlet}): {since}, {count(one.tries, 'try')}: {why}"


def _listed(lines: list[str]) -> list[str]:
    more = len(lines) - _MOST
    return [*lines[:_MOST], f"- and {more} more"] if more > 0 else lines
