"""The words of items → the index that searches ask: store → search → store, beside the other work."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial

from monitor.model import Texts
from monitor.search import searchable
from monitor.store import Store, Writing

STEP = 50
"""Items whose words go into the index in one transaction: a part of the index of its own."""
JOINED = 200
"""So many parts are joined, which costs as much as writing them did; a step of it holds the writer for milliseconds."""


@dataclass(slots=True)
class Indexing:
    """Makes items searchable. ``parts``: so many were written since they were joined; at first, who knows how many."""

    parts: int = JOINED

    async def index(self, store: Store, *, most: int | None = None) -> None:
        """Make what is not searchable yet so, newest first, ``most`` items at the most. Raises StoreError."""
        await store.write(Writing.unclaim)
        made = 0
        while most is None or made < most:
            claimed = await store.write(lambda tx: tx.claim_unindexed(STEP))
            if not claimed:
                return
            folded = await asyncio.to_thread(_searchable, claimed)
            await store.write(partial(Writing.index, folded=folded))
            made += len(claimed)
            self.parts += 1
            if self.parts > JOINED:
                await self.join(store)

    async def join(self, store: Store) -> None:
        """Join the parts of the index as far as is worth it. Raises StoreError."""
        self.parts = 0
        while await store.write(Writing.merge_words):
            pass


def _searchable(claimed: tuple[Texts, ...]) -> tuple[Texts, ...]:
    return tuple(map(searchable, claimed))
