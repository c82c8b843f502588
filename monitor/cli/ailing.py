"""The running monitor's own word → whether it is well: what keeps it from storing anything cannot stand in its database."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from monitor import control


@dataclass(frozen=True, slots=True, kw_only=True)
class Ailing:
    """What a monitor says of itself. ``why``: why it is not well, as /healthz has it; nothing: it is.

    ``unstored_since``, ``unstored``: since when nothing can be stored, and what the database said; None: it can be written.
    """

    why: tuple[str, ...]
    unstored_since: datetime | None
    unstored: str | None


def ailing(state: Path) -> Ailing | None:
    """Ask the monitor that runs on a state folder, for 2 s at most; None where none does, it does not answer, or is older."""
    reply = control.ask_shortly(state, "well")
    if reply is None or not reply.ok:
        return None
    said = json.loads(reply.says)
    since = said["unstored_since"]
    return Ailing(
        why=tuple(said["why"]),
        unstored_since=None if since is None else datetime.fromtimestamp(since, UTC),
        unstored=said["unstored"],
    )
