"""The digest: store → health, digest → render → files, and the promise to send it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.model import MAIN, ChannelId, Config, Digest, DigestPlan, Format, PlanId
from monitor.period import owed
from monitor.pipeline.composed import Window, compose, plan_of
from monitor.pipeline.files import frozen, mend_files, worded, write
from monitor.pipeline.line import Line
from monitor.render.digest import sent_words
from monitor.render.tally import tally
from monitor.store import Writing

DAY = timedelta(days=1)


def last(span: timedelta, now: datetime, timezone: str, *, plan: PlanId = MAIN) -> Window:
    """Give the window that ends now and holds what was stored within this very second, too."""
    # to the second, so that its files are never those of a digest that is due at this minute
    period = f"{now.astimezone(ZoneInfo(timezone)):%Y-%m-%dT%H:%M:%S}"
    return Window(period=period, start=now - span, stop=now + timedelta(seconds=1), plan=plan)


def plan_times(config: Config) -> dict[PlanId, str]:
    """Give when each digest is made, in words that change when that does."""
    return {plan.id: f"{plan.cron or ' '.join(plan.at)} {config.timezone}" for plan in config.plans}


async def brief_due(line: Line) -> None:
    """Make the digests that are due, and write what is missing in the archive. Raises StoreError only."""
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

    It is put together beside the writer, who would be held for seconds on a busy day: what is stored meanwhile is in the next
    one. Raises StoreError only; files that cannot be written are said, and written later by `mend_files`.
    """
    now = line.now()
    # what was found by now is stored before it is looked for
    await line.store.write(lambda _tx: None)
    config = line.setup.config
    plan = plan_of(config, window.plan)
    if plan.id != window.plan:
        # a reload took it away meanwhile
        return ()
    last = replace(window, stop=now) if window.due_at and window.is_newest else window
    digest = await line.store.read(lambda store: compose(store, config, last, now))
    files = await asyncio.to_thread(worded, digest, plan.formats)
    if not await line.store.write(partial(_keep, window=window, digest=digest, now=now, files=files, send=plan.send)):
        return ()
    return await write(line, frozen(digest, files))


def _keep(
    tx: Writing, *, window: Window, digest: Digest, now: datetime, files: Mapping[Format, str], send: tuple[ChannelId, ...]
) -> bool:
    """Store a digest; False where that period has one already. One without a period is kept for the archive alone."""
    # nobody needs a heap of digests that found nothing from a machine that slept for a week; the newest says how many
    is_sent = window.due_at is not None and (window.is_newest or _has_found(digest))
    make = partial(
        tx.add_digest,
        digest,
        is_asked=window.due_at is None,
        now=now,
        sent=sent_words(digest),
        files=files,
        counts=tally(digest),
        send=send if is_sent else (),
    )
    # two that are asked for within a second are two
    hours = (window.due_at,) if window.due_at else (now + timedelta(seconds=second) for second in range(60))
    return any(make(due_at=at) for at in hours)


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
