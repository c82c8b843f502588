"""The mode of config.toml → warnings: who else may read a key in it, who may make the monitor run programs. Looks at the disk."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from monitor.config.faults import Faults
from monitor.config.lines import KeyPath
from monitor.config.tables import entries, long_form
from monitor.config.watched import texts
from monitor.url import without_keys


def warn_of_others(path: Path, raw: Mapping[str, object], said: Faults) -> None:
    """Add a warning for what everybody on this machine may do with this file and should not."""
    try:
        mode = path.stat().st_mode
    except OSError:
        # it went away since it was read
        return
    if mode & stat.S_IWOTH:
        says = (
            f"everybody on this machine may write this file, and so make the monitor run any program. Run: chmod o-w {path.name}"
        )
        said.add((), says)
    if mode & stat.S_IROTH:
        for at in _keyed(raw):
            said.add(
                at, f"this address has a key in it, and everybody on this machine may read this file. Run: chmod o-r {path.name}"
            )


def _keyed(raw: Mapping[str, object]) -> Iterator[KeyPath]:
    for id, value in entries(raw, "outlets").items():
        outlet = long_form("outlets", value)
        if isinstance(outlet, dict):
            if isinstance(feed := outlet.get("feed"), str) and without_keys(feed) != feed:
                yield ("outlets", id, "feed")
            yield from (("outlets", id, "feeds", at) for at, feed in texts(outlet.get("feeds")) if without_keys(feed) != feed)
