"""Volume → how much a watch found beside the days before: bars, the usual level, and the same in words. Pure."""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import Final

from monitor.model import Digest, Volume, WatchFindings
from monitor.render import english, words
from monitor.render.view import Bar, Figure

_DAY: Final = timedelta(days=1)
_LONG: Final = timedelta(hours=36)
"""A window longer than this stands beside days, as its volume was counted; a shorter one beside the same hours of each."""


def figure(group: WatchFindings, digest: Digest) -> Figure | None:
    """Draw the days before, oldest first, and then this window; None where no volume was counted."""
    if group.volume is None:
        return None
    volume, length = group.volume, digest.stop - digest.start
    # a window of many days has for its bar what it had a day
    per = length / _DAY if length > _LONG else 1.0
    highest = max(volume.count / per, *(day or 0 for day in volume.days), 1.0)
    return Figure(
        bars=(
            *(Bar(height=None if day is None else day / highest, is_now=False) for day in volume.days),
            Bar(height=volume.count / per / highest, is_now=True),
        ),
        level=None if volume.usual is None else min(volume.usual / per / highest, 1.0),
        usual=_usual(volume),
        is_high=volume.is_high,
        label=_label(volume, length),
    )


def _usual(volume: Volume) -> str:
    if volume.usual is None:
        return ""
    return (english.WELL_ABOVE if volume.is_high else english.USUALLY).format(usual=words.usual(volume.usual))


def _label(volume: Volume, length: timedelta) -> str:
    """Say what the bars show, for who does not see them."""
    known = [day for day in volume.days if day is not None]
    span = f"{min(known)} to {max(known)}" if known and min(known) != max(known) else f"{known[0]}" if known else ""
    days = (english.BARS_SAME_HOURS if length < _DAY else english.BARS_DAYS).format(range=span or english.BARS_UNKNOWN)
    unknown = len(volume.days) - len(known) if known else 0
    gaps = english.BARS_GAPS.format(days=words.count(unknown, "day")) if unknown else ""
    if length > _LONG:
        pace = english.BARS_PACE.format(items=f"{round(volume.count / (length / _DAY), 1):g} items")
        return f"{days}{gaps}. {pace}."
    return f"{days}{gaps}. {english.BARS_NOW.format(items=words.count(volume.count, 'item'))}."


_BLOCKS: Final = "▁▂▃▄▅▆▇█"
_NOT_KNOWN: Final = "·"


def blocks(figure: Figure) -> str:
    """Draw the bars as characters, for where there are no pictures: nothing found is the lowest, a dot is not known."""
    return "".join(_NOT_KNOWN if bar.height is None else _BLOCKS[ceil(bar.height * (len(_BLOCKS) - 1))] for bar in figure.bars)
