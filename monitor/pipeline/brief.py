"""The digest: store → health, digest → render → files, and the promise to send it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.model import MAIN, Config, Digest, DigestPlan, PlanId
from monitor.period import owed
from monitor.pipeline.composed import Window, compose, plan_of
from monitor.pipeline.files import mend_files, worded, write
from monitor.pipeline.line import Line
from monitor.render.digest import sent_words
from monitor.store import Writing

DAY = timedelta(days=1)


def last(span: timedelta, now: datetime, timezone: str, *, plan: PlanId = MAIN) -> Window:
    """Give the window that ends now and holds what was stored within this very second, too."""
    period = f"{now.astimezone(ZoneInfo(timezone)):%Y-%m-%dT%H:%M}"
    return Window(period=period, start=now - span, stop=now + timedelta(seconds=1), plan=plan)


def plan_times(config: Config) -> dict[PlanId, str]:
    """Give when each digest is made, in words that change when that does."""
    return {plan.id: f"{plan.cron or ' '.join(plan.at)} {config.timezone}" for plan in config.plans}


async def brief_due(line: Line) -> None:
    """Make the digests that are due, and write what is missing of the newest one's files. Raises StoreError only."""
    for plan in line.setup.config.plans:
        for window in await due_windows(line, plan):
            await brief(line, window)
    await mend_files(line)


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

    It is put together in the transaction that stores it, so that what comes in meanwhile is in this window or in the next.
    Raises StoreError only; files that cannot be written are said, and written later by `mend_files`.
    """
    if window.due_at is None:
        now = line.now()
        digest = await line.store.read(lambda store: compose(store, line.setup.config, window, now))
    else:
        made = await line.store.write(lambda tx: _keep(tx, line, window))
        if made is None:
            return ()
        digest = made
    plan = plan_of(line.setup.config, digest.plan)
    words = await asyncio.to_thread(worded, digest, plan.formats)
    return await write(line, plan, period=digest.period, words=words)


def _keep(tx: Writing, line: Line, window: Window) -> Digest | None:
    """Store a digest; None where that period has one already, or a reload took its plan away meanwhile."""
    now = line.now()
    config = line.setup.config
    plan = plan_of(config, window.plan)
    if plan.id != window.plan:
        return None
    digest = compose(tx, config, replace(window, stop=now) if window.is_newest else window, now)
    is_new = tx.add_digest(
        digest,
        due_at=window.due_at or now,
        is_asked=False,
        now=now,
        sent=sent_words(digest),
        files=worded(digest, plan.formats),
        counts="{}",
        # nobody needs a heap of digests that found nothing from a machine that slept for a week; the newest says how many
        send=plan.send if window.is_newest or _has_found(digest) else (),
    )
    return digest if is_new else None


def _has_found(digest: Digest) -> bool:
    return bool(digest.edits) or any(one.findings or one.stories or one.items for one in digest.watches)


async def ask_for(line: Line, window: Window, *, at: datetime) -> Digest | None:
    """Make the digest that a person asks for, and promise it to the channels of its plan; None: one was, at that very second.

    It has no period and no file: the archive and the next window are as if it were not. Raises StoreError.
    """

    def keep(tx: Writing) -> Digest | None:
        digest = compose(tx, line.setup.config, window, at)
        sent, send = sent_words(digest), plan_of(line.setup.config, window.plan).send
        is_new = tx.add_digest(digest, due_at=at, is_asked=True, now=at, sent=sent, files={}, counts="{}", send=send)
        return digest if is_new else None

    return await line.store.write(keep)
