"""Old Config, new Config → Changes. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final, TypeVar

from monitor.model import ChannelId, Config, OutletId, WatchId

_Id = TypeVar("_Id", bound=str)
_RULES = ("title", "timezone", "contact", "alerts", "fetch", "keep", "urls", "health")
_LINE: Final = re.compile(r":\d+(?=: )")


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a reload brings. ``channels``: added, removed or changed.

    ``rules``: which of title, timezone, contact, alerts, fetch, keep, urls and health changed.
    """

    outlets_added: tuple[OutletId, ...] = ()
    outlets_removed: tuple[OutletId, ...] = ()
    outlets_changed: tuple[OutletId, ...] = ()
    watches_added: tuple[WatchId, ...] = ()
    watches_removed: tuple[WatchId, ...] = ()
    watches_changed: tuple[WatchId, ...] = ()
    channels: tuple[ChannelId, ...] = ()
    rules: tuple[str, ...] = ()
    digest: bool = False
    state: bool = False

    def __bool__(self) -> bool:
        """Say whether anything changed."""
        return any(getattr(self, field.name) for field in fields(self))

    def __str__(self) -> str:
        """Name what changed, for the log: "outlets added: relief-desk; rules: contact, fetch"."""
        named = {field.name.replace("_", " "): getattr(self, field.name) for field in fields(self)}
        said = [f"{what} changed" if ids is True else f"{what}: {', '.join(ids)}" for what, ids in named.items() if ids]
        return "; ".join(said) or "nothing changed"


def new_warnings(old: Config, new: Config) -> tuple[str, ...]:
    """Give the warnings that came with the new config. One whose line only moved did not."""
    known = {_LINE.sub("", warning, count=1) for warning in old.warnings}
    return tuple(warning for warning in new.warnings if _LINE.sub("", warning, count=1) not in known)


def changes(old: Config, new: Config) -> Changes:
    """Compare two configs; ids come in the order of the file that has them. A secret that changed is a change."""
    outlets = _compared({entry.id: entry for entry in old.outlets}, {entry.id: entry for entry in new.outlets})
    watches = _compared({entry.id: entry for entry in old.watches}, {entry.id: entry for entry in new.watches})
    channels = _compared({entry.id: entry for entry in old.channels}, {entry.id: entry for entry in new.channels})
    return Changes(
        outlets_added=outlets[0],
        outlets_removed=outlets[1],
        outlets_changed=outlets[2],
        watches_added=watches[0],
        watches_removed=watches[1],
        watches_changed=watches[2],
        channels=channels[0] + channels[1] + channels[2],
        rules=tuple(name for name in _RULES if getattr(old, name) != getattr(new, name)),
        digest=old.plans != new.plans,
        state=old.state != new.state,
    )


def _compared(old: Mapping[_Id, object], new: Mapping[_Id, object]) -> tuple[tuple[_Id, ...], tuple[_Id, ...], tuple[_Id, ...]]:
    """Give what was added, removed and changed."""
    return (
        tuple(id for id in new if id not in old),
        tuple(id for id in old if id not in new),
        tuple(id for id, entry in new.items() if id in old and old[id] != entry),
    )
