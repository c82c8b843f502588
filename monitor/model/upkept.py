"""What is done for the database itself, and how it went last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Chore = Literal["backup", "check"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One kind of it. ``done_at``: last done, and all well; None: never. ``trouble``: what went wrong the last time."""

    tried_at: datetime
    done_at: datetime | None
    trouble: str | None
