"""The modes of config.toml, its folder and the state → warnings: who else may read a key, or change what runs. Asks the disk."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from monitor.config.faults import Faults
from monitor.config.lines import KeyPath
from monitor.config.tables import entries, long_form
from monitor.config.watched import texts
from monitor.url import without_keys


def warn_of_others(path: Path, raw: Mapping[str, object], state: Path, said: Faults) -> None:
    """Add a warning for what everybody on this machine may do with this file, its folder and the state's, and should not."""
    _warn_of_folders(path.absolute().parent, state, said)
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


def _warn_of_folders(beside: Path, state: Path, said: Faults) -> None:
    mode = _mode(beside)
    # in a folder such as /tmp what is there stays its owner's
    if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        says = "everybody on this machine may put another file in the place of this one, and so make the monitor run any program"
        said.add((), f"{says}. Run: chmod o-w {beside}")
    if _mode(state) & stat.S_IWOTH:
        said.add(
            ("state",), f"everybody on this machine may write in {state}, and so change what is stored. Run: chmod o-w {state}"
        )


def _mode(folder: Path) -> int:
    """Give a folder's mode; 0 where it is not there yet, or can't be seen."""
    try:
        return folder.stat().st_mode
    except OSError:
        return 0


def _keyed(raw: Mapping[str, object]) -> Iterator[KeyPath]:
    for id, value in entries(raw, "outlets").items():
        outlet = long_form("outlets", value)
        if isinstance(outlet, dict):
            if isinstance(feed := outlet.get("feed"), str) and without_keys(feed) != feed:
                yield ("outlets", id, "feed")
            yield from (("outlets", id, "feeds", at) for at, feed in texts(outlet.get("feeds")) if without_keys(feed) != feed)
