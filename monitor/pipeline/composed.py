"""What is stored of a window → store → health, edits, story → digest → Digest. Reads only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from monitor import __version__
from monitor.digest import compose as compose_digest
from monitor.health import gaps, health
from monitor.model import MAIN, Config, Digest, DigestPlan, Gap, PlanId
from monitor.store import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The window of a digest. ``late``: made later than it should have been. ``due_at`` None: asked for, no period of its own.

    ``is_newest``: its plan owes no later one.
    """

    period: str
    start: datetime
    stop: datetime
    late: bool = False
    due_at: datetime | None = None
    plan: PlanId = MAIN
    caught_up: int = 0
    is_newest: bool = True


def plan_of(config: Config, plan: PlanId) -> DigestPlan:
    """Give a plan by its id; that of [digest] itself where config.toml has none of that name any more."""
    return next((one for one in config.digests if one.id == plan), config.digest)


def compose(reading: Reading, config: Config, window: Window, now: datetime) -> Digest:
    """Put together what is stored of a window: findings, gaps, the outlets' health."""
    states = reading.states()
    seen = reading.items_by_feed(window.start, window.stop)
    run = reading.last_run()
    fault = run.config_fault if run and run.stopped_at is None else None
    refused = (Gap(kind="config", feed=None, since=None, reason=fault),) if fault else ()
    made = compose_digest(
        config=config,
        period=window.period,
        start=window.start,
        stop=window.stop,
        late=window.late,
        findings=reading.findings(window.start, window.stop),
        gaps=(
            *_there(reading.down_gap(window.start, min(window.stop, now))),
            *refused,
            *gaps(states, now=now),
            *reading.outages(window.start, window.stop),
            *reading.overflows(window.start, window.stop),
            *reading.delivery_gaps(window.start, window.stop),
            *_there(reading.unread_gap()),
            *reading.text_gaps(window.start, window.stop),
            *_there(reading.baseline_gap(window.start, window.stop)),
        ),
        outlets=health(states, seen, now=now),
        last_matches=reading.last_matches(),
        history=reading.history(window.start, window.stop),
        items_read=sum(items for _, items in seen),
        version=__version__,
    )
    return replace(made, plan=window.plan, caught_up=window.caught_up)


def _there(gap: Gap | None) -> tuple[Gap, ...]:
    return (gap,) if gap else ()
