"""What keeps the database small: what is older than [keep] says goes, in small steps between the writer's other work."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from monitor.archive import aged, forget
from monitor.errors import ArchiveError, NoPermissionError
from monitor.model import KeepRules
from monitor.pipeline import Line, clear, give_up_orphans
from monitor.store import Place, Store, Writing
from monitor.story import WINDOW

log = logging.getLogger("monitor.upkeep")

HISTORY = timedelta(days=35)
"""Five weeks of polls: so long a weekly outlet takes to show its rhythm."""
POLLS, SKETCHES, TEXTS, ITEMS, RECORDS, KEYS = 1_000, 20, 50, 10, 100, 100
"""So many go in one step: others wait for the writer meanwhile."""
BREATH = 0.05
"""Seconds between two steps: deleting is never urgent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What was deleted."""

    polls: int = 0
    texts: int = 0
    items: int = 0
    files: int = 0


async def keep_up(line: Line, *, evidence: Path) -> None:
    """Do all that is done now and then: give up what nobody takes, and delete what is old. Raises StoreError."""
    await give_up_orphans(line)
    await tidy(line.store, line.setup.config.keep, line.now(), evidence=evidence)
    await clear(line, {plan.id: line.now() - plan.keep for plan in line.setup.config.plans})


async def tidy(store: Store, keep: KeepRules, now: datetime, *, evidence: Path | None = None) -> Forgotten:
    """Delete old poll history, the texts and items that [keep] lets go, and the evidence of their time in its folder.

    Raises StoreError.
    """
    polls = await _all(store, lambda tx: tx.forget_polls(now - HISTORY, POLLS))
    await _all(store, lambda tx: tx.forget_sketches(now - WINDOW, SKETCHES))
    texts = await _all(store, lambda tx: tx.forget_texts(now - keep.text, now=now, limit=TEXTS))
    items = 0
    after: Place | None = None
    while True:
        step = partial(Writing.forget_items, before=now - keep.items, now=now, after=after, limit=ITEMS)
        after, gone = await store.write(step)
        if after is None:
            break
        items += gone
        while gone and await store.write(Writing.merge_words):
            pass
        await _breathe(store)
    await _all(store, lambda tx: tx.forget_keys(now - keep.items, KEYS))
    files = await _forget_files(store, evidence, now - keep.items) if evidence else 0
    if texts or items or files:
        log.info("Deleted, as [keep] says: the texts of %d items, %d items, %d evidence files", texts, items, files)
    return Forgotten(polls=polls, texts=texts, items=items, files=files)


async def _forget_files(store: Store, folder: Path, before: datetime) -> int:
    try:
        gone = await asyncio.to_thread(aged, folder, before)
        if gone:
            await _all(store, lambda tx: tx.forget_records(gone, RECORDS))
            await asyncio.to_thread(forget, folder, before)
    except (ArchiveError, NoPermissionError) as error:
        log.error("%s", error)  # noqa: TRY400  a missing permission needs no traceback
        return 0
    return len(gone)


async def _all(store: Store, step: Callable[[Writing], int]) -> int:
    total = 0
    while gone := await store.write(step):
        total += gone
        await _breathe(store)
    return total


async def _breathe(store: Store) -> None:
    """Let the others have the writer, and let nothing pile up that would hold it for long later."""
    await store.settle()
    await asyncio.sleep(BREATH)
