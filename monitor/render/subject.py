"""Digest → one line that says what was found: the subject of its mail, the title of its entry in a feed. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from monitor.model import Digest, WatchFindings, WatchId
from monitor.render import english
from monitor.render.words import count, line, month, usual, watch_name
from monitor.text import one_line

_WATCHES: Final = 4
_NAME: Final = 60


def digest_subject(digest: Digest) -> str:
    """Give the subject of the digest's mail: "Idlib 17 (usually 6), Crossings 9, 1 gap – 23 Nov 06:00"."""
    found = [_counted(group) for group in digest.watches if group.items]
    told = found[:_WATCHES] or [english.NOTHING_MATCHED]
    if len(found) > _WATCHES:
        told.append(english.MORE_WATCHES.format(watches=len(found) - _WATCHES))
    if digest.gaps:
        told.append(count(len(digest.gaps), "gap"))
    local = datetime.fromisoformat(digest.period)
    plan = f"{watch_name(WatchId(digest.plan)).text}: " if digest.plan else ""
    return line(f"{plan}{', '.join(told)} – {local.day} {month(local)} {local:%H:%M}")


def _counted(group: WatchFindings) -> str:
    """Count what a watch found, beside what is usual where it is much more."""
    high = group.volume.usual if group.volume and group.volume.is_high else None
    told = "" if high is None else f" ({english.USUALLY.format(usual=usual(high))})"
    name = one_line(watch_name(group.watch.id).text, _NAME)
    return f"{name} {group.items}{told}"
