"""The digest: store → health, digest → render → files, and the promise to send it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.model import MAIN, ChannelId, Config, Digest, DigestPlan, Format, PlanId
from monitor.period import next_due, owed, times
from monitor.pipeline.composed import Window, compose, plan_of
from monitor.pipeline.files import frozen, mend_files, worded, write
from monitor.pipeline.line import Line
from monitor.render.digest import sent_words
from monitor.render.tally import tally
from monitor.store import Writing

DAY = timedelta(days=1)
OWED = timedelta(minutes=10)
"""A poll that is later than this was slept through, or the monitor did not run: one that runs is seconds late."""
PATIENCE = timedelta(minutes=4)
"""So long a digest waits for such polls at most: less than what makes it late."""


def last(span: timedelta, now: datetime, timezone: str, *, plan: PlanId = MAIN) -> Window:
    """Give the window that ends now and holds what was stored within this very second, too."""
    # to the second, so that its files are never those of a digest that is due at this minute
    period = f"{now.astimezone(ZoneInfo(timezone)):%Y-%m-%dT%H:%M:%S}"
    return Window(period=period, start=now - span, stop=now + timedelta(seconds=1), plan=plan)


def plan_times(config: Config) -> dict[PlanId, str]:
    """Give when each digest is made, in words that change when that does."""
    return {plan.id: times(plan, config.timezone) for plan in config.plans}


async def brief_due(line: Line) -> None:
    """Write what is missing in the archive, and make the digests that are due. Raises StoreError only."""
    await mend_files(line)
    for plan in line.setup.config.plans:
        for window in await due_windows(line, plan):
            await brief(line, window)
    await mend_files(line)


async def brief_when_polled(line: Line) -> None:
    """Do as `brief_due`, but not before what was slept through is polled: the night's news are to be in the morning's digest.

    Where that takes too long the digest says what is missing. Raises StoreError only.
    """
    now = line.now()
    is_due = [plan.id for plan in line.setup.config.plans if await due_windows(line, plan)]
    if not is_due or line.digests_due_at is None or line.digests_due_at > now:
        line.digests_due_at = now if is_due else None
    since = line.digests_due_at
    if since and now - since < PATIENCE:
        polls_owed = await line.store.read(lambda store: store.has_polls_owed(since - OWED))
        if polls_owed or line.network.is_down:
            return
    await brief_due(line)


async def due_windows(line: Line, plan: DigestPlan) -> tuple[Window, ...]:
    """Give the windows of the digests of a plan that should be there by now and are not, oldest first."""
    now, timezone = line.now(), line.setup.config.timezone
    life = await line.store.read(lambda store: store.plan_life(plan.id, now))
    due = owed(plan, timezone, life, now=now) if life else ()
    return tuple(
        Window(
            period=one.period.name,
            start=one.start,
            stop=one.stop,
            late=one.late,
            due_at=one.period.at,
            plan=plan.id,
            caught_up=len(due) - 1 if one is due[-1] else 0,
            is_newest=one is due[-1],
        )
        for one in due
    )


async def brief(line: Line, window: Window) -> tuple[Path, ...]:
    """Make a digest: store its words with the promises to send them, and write its files. Gives the files' paths.

    One without a period is for the archive alone. Raises StoreError only; files that cannot be written are said, and written
    later by `mend_files`.
    """
    made = await _made(line, window, send=_sent if window.due_at else _nobody)
    return await write(line, frozen(made.digest, made.files)) if made else ()


async def ask_for(line: Line, window: Window) -> tuple[Digest, datetime] | None:
    """Make the digest that a person asks for, and promise it to the channels of its plan; gives it, and when it was as if due.

    The windows of those that follow are as if it were not. None: a reload took its plan away meanwhile. Its files, for which
    nobody should wait, are left to `mend_files`. Raises StoreError.
    """
    made = await _made(line, window, send=_everyone)
    line.files_due = True
    return (made.digest, made.due_at) if made else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A digest that is stored, and the words of its files."""

    digest: Digest
    files: dict[Format, str]
    due_at: datetime


_Send = Callable[[DigestPlan, Window, Digest], tuple[ChannelId, ...]]


def _everyone(plan: DigestPlan, window: Window, digest: Digest) -> tuple[ChannelId, ...]:
    del window, digest
    return plan.send


def _nobody(plan: DigestPlan, window: Window, digest: Digest) -> tuple[ChannelId, ...]:
    del plan, window, digest
    return ()


def _sent(plan: DigestPlan, window: Window, digest: Digest) -> tuple[ChannelId, ...]:
    # nobody needs a heap of digests that found nothing from a machine that slept for a week; the newest says how many
    return plan.send if window.is_newest or _has_found(digest) else ()


def _has_found(digest: Digest) -> bool:
    return bool(digest.edits) or any(one.items for one in digest.watches)


async def _made(line: Line, window: Window, *, send: _Send) -> _Made | None:
    """Make and store a digest; None where that period has one already, or a reload took its plan away meanwhile.

    It is put together beside the writer, who would be held for seconds on a busy day: what is stored meanwhile is in the next.
    """
    now = line.now()
    # what was found by now is stored before it is looked for
    await line.store.write(lambda _tx: None)
    config = line.setup.config
    plan = plan_of(config, window.plan)
    if plan.id != window.plan:
        return None
    last = _newest(window, plan, config.timezone, now)
    digest = await line.store.study(lambda store: compose(store, config, last, now))
    files = await asyncio.to_thread(worded, digest, plan.formats)
    made = partial(
        Writing.add_digest,
        digest=digest,
        is_asked=window.due_at is None,
        now=now,
        sent=await asyncio.to_thread(sent_words, digest),
        files=files,
        counts=tally(digest),
        send=send(plan, last, digest),
    )
    due_at = await line.store.write(lambda tx: _keep(partial(made, tx), due_at=window.due_at, now=now))
    return _Made(digest=digest, files=files, due_at=due_at) if due_at else None


def _newest(window: Window, plan: DigestPlan, timezone: str, now: datetime) -> Window:
    """Let the window of a plan's newest digest reach up to now; one whose successor came due meanwhile ends at its own hour.

    Else that would find nothing left to tell of, and never be made.
    """
    if window.due_at is None or not window.is_newest:
        return window
    following = next_due(plan, timezone, window.due_at)
    if following is not None and following.at <= now:
        return replace(window, stop=window.due_at, is_newest=False, late=True)
    return replace(window, stop=now)


def _keep(add: Callable[..., bool], *, due_at: datetime | None, now: datetime) -> datetime | None:
    """Store a digest, and give when it was due; None where that period has one already. ``due_at`` None: a person asks for it."""
    # two that are asked for within a second are two
    hours = (due_at,) if due_at else (now + timedelta(seconds=second) for second in range(60))
    return next((at for at in hours if add(due_at=at)), None)
