"""The words of items → the index that searches ask: store → search → store, beside the other work."""

from __future__ import annotations

import asyncio
from functools import partial

from monitor.model import Texts
from monitor.pipeline.line import Line
from monitor.search import searchable
from monitor.store import Writing

STEP = 15
"""Items whose words go into the index in one transaction: a few milliseconds of the writer's time."""


async def index(line: Line) -> None:
    """Make everything searchable that is not yet, newest first. Raises StoreError."""
    while claimed := await line.store.write(lambda tx: tx.claim_unindexed(STEP)):
        folded = await asyncio.to_thread(_searchable, claimed)
        await line.store.write(partial(Writing.index, folded=folded))
        while await line.store.write(Writing.merge_words):
            pass


def _searchable(claimed: tuple[Texts, ...]) -> tuple[Texts, ...]:
    return tuple(map(searchable, claimed))
