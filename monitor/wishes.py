"""What a person wants no more of → the store: watches muted for a while, stories acknowledged. Words out, for who asked.

A running daemon answers so on its control socket; where none runs, the command that asks takes the lock and calls this itself.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial

from monitor.config import did_you_mean
from monitor.control import Asked, Reply
from monitor.model import ItemId, StoredWords, WatchId
from monitor.store import Store, Writing
from monitor.text import one_line

LONGEST = timedelta(days=365)
"""Who wants nothing of a watch for longer takes its channels away in config.toml."""

_LONGEST_TITLE = 100


class Wishes:
    """What may be wished of a store. ``zone`` gives the one whose times a person reads; None: this machine's own."""

    def __init__(self, store: Store, zone: Callable[[], tzinfo | None]) -> None:
        """Do nothing yet."""
        self._store = store
        self._zone = zone

    def answers(self) -> dict[str, Asked]:
        """Give what can be asked on the control socket, by its name."""
        return {
            "mute": Asked(answer=self.mute, takes={"watch": str, "seconds": int}),
            "unmute": Asked(answer=self.unmute, takes={"watch": str}),
            "ack": Asked(answer=self.ack, takes={"item": int}),
            "unack": Asked(answer=self.unack, takes={"item": int}),
        }

    async def mute(self, *, watch: str, seconds: int) -> Reply:
        """Let no alert of a watch be sent for so many seconds, nor those that wait."""
        span = timedelta(seconds=max(0, min(seconds, int(LONGEST.total_seconds()))))
        return await self._store.write(partial(self._mute, watch=WatchId(watch), span=span))

    async def unmute(self, *, watch: str) -> Reply:
        """Let the alerts of a watch be sent again that are raised from now on."""
        return await self._store.write(partial(_unmute, watch=WatchId(watch)))

    async def ack(self, *, item: int) -> Reply:
        """Let nothing more be sent of an item's story."""
        return await self._store.write(partial(_ack, item=ItemId(item)))

    async def unack(self, *, item: int) -> Reply:
        """Let what follows about an item's story be sent again."""
        return await self._store.write(partial(_unack, item=ItemId(item)))

    def _mute(self, tx: Writing, *, watch: WatchId, span: timedelta) -> Reply:
        if says := _unknown(tx, watch):
            return Reply(ok=False, says=says)
        now = _now()
        waiting = tx.mute(watch, until=now + span, now=now)
        until = (now + span).astimezone(self._zone())
        says = f"{watch} is muted until {until:%Y-%m-%d %H:%M}{_waited(waiting)} Search and the digests still have what it finds."
        return Reply(ok=True, says=says)


def _unmute(tx: Writing, *, watch: WatchId) -> Reply:
    if says := _unknown(tx, watch):
        return Reply(ok=False, says=says)
    if tx.unmute(watch, _now()):
        return Reply(ok=True, says=f"{watch} alerts again. What it found while it was muted is not sent later.")
    return Reply(ok=True, says=f"{watch} was not muted.")


def _ack(tx: Writing, *, item: ItemId) -> Reply:
    stored = tx.stored_item(item)
    if stored is None:
        return Reply(ok=False, says=f"there is no item {item}; `monitor search` and alerts give their numbers")
    if not (tx.is_matched(item) or tx.told_of(f"story:{stored.item.story_id}")):
        return Reply(ok=False, says=f"no watch found item {item} (“{_title(stored)}”), so nothing is sent about it")
    waiting = tx.ack(item, _now())
    says = f"Nothing more is sent about item {item} and its story: “{_title(stored)}”, {stored.item.feed.name}{_waited(waiting)}"
    return Reply(ok=True, says=f"{says} `monitor alert ack {item} --off` takes it back.")


def _unack(tx: Writing, *, item: ItemId) -> Reply:
    stored = tx.stored_item(item)
    if stored is None or not tx.unack(item):
        return Reply(ok=False, says=f"item {item} and its story were not acknowledged")
    return Reply(ok=True, says=f"What follows about item {item} is sent again: “{_title(stored)}”, {stored.item.feed.name}.")


def _title(stored: StoredWords) -> str:
    return one_line(stored.item.title, _LONGEST_TITLE)


def _waited(alerts: int) -> str:
    if not alerts:
        return "."
    return f"; {alerts} {'alert' if alerts == 1 else 'alerts'} that waited {'is' if alerts == 1 else 'are'} not sent."


def _unknown(tx: Writing, watch: WatchId) -> str | None:
    """Say that there is no such watch, and which is nearest; None where there is."""
    known = tuple(tx.watched_since())
    if watch in known:
        return None
    return f'no watch "{watch}" is asked.{did_you_mean(watch, known)} There are: {", ".join(known) or "none"}'


def _now() -> datetime:
    return datetime.now(UTC)
