"""Items without a page to be read in which no watch was found → their stories, beside the other work: store → story → store."""

from __future__ import annotations

import asyncio
from functools import partial

from monitor.model import Sketch, StoredItem
from monitor.pipeline.line import Line
from monitor.pipeline.settle import settle, settling, sketch_of
from monitor.store import Writing

STEP = 20
"""Items that are settled in one transaction: others wait for the writer meanwhile."""
BREATH = 0.05
"""Seconds between two steps of one that goes on for long: news goes first."""


async def group(line: Line, *, most: int | None = None) -> None:
    """Settle what is not settled yet, newest first, ``most`` items at the most. Raises StoreError."""
    made = 0
    while most is None or made < most:
        items = await line.store.read(lambda store: store.unsettled(STEP))
        if not items:
            return
        sketches = await asyncio.to_thread(_sketched, items)
        await line.store.write(partial(_settle, line=line, items=items, sketches=sketches))
        made += len(items)
        if most is None:
            await asyncio.sleep(BREATH)


def _sketched(items: tuple[StoredItem, ...]) -> tuple[Sketch, ...]:
    return tuple(sketch_of(item.title, item.summary) for item in items)


def _settle(tx: Writing, *, line: Line, items: tuple[StoredItem, ...], sketches: tuple[Sketch, ...]) -> None:
    for item, known_by in zip(items, sketches, strict=True):
        if tx.has_item(item.id):
            settle(tx, settling(tx, item, known_by), line.now())
