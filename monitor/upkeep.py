"""What keeps the database small, whole and copied: what is older than [keep] says goes; backups each day, checks each week.

All of it is done in small steps, or beside the writer, which has other work.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.archive import FOLDER, aged, forget
from monitor.control import Reply
from monitor.errors import ArchiveError, MonitorError, NoPermissionError
from monitor.model import ChannelId, Chore, Done, KeepRules
from monitor.pipeline import Line, clear, give_up_orphans
from monitor.store import ABSENCE, DATABASE, Place, Reading, Store, Writing, back_up, daily, newest, prune, survey
from monitor.story import WINDOW

log = logging.getLogger("monitor.upkeep")

HISTORY = timedelta(days=35)
"""Five weeks of polls: so long a weekly outlet takes to show its rhythm."""
POLLS, SKETCHES, TEXTS, ITEMS, RECORDS, KEYS = 1_000, 20, 50, 10, 100, 100
"""So many go in one step: others wait for the writer meanwhile."""
BREATH = 0.05
"""Seconds between two steps: deleting is never urgent."""
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
LONG_LOG = 256 << 20
"""Bytes of the database's log from which on somebody who reads for long, another program, is in the way of its tidying."""
PATIENCE = 20.0
"""Seconds that a person waits for what was deleted; whoever asked on the socket waits for 30."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What was deleted."""

    polls: int = 0
    texts: int = 0
    items: int = 0
    files: int = 0

    @property
    def says(self) -> str:
        """Say it in one sentence."""
        return f"Deleted, as [keep] says: the texts of {self.texts:,} items, {self.items:,} items, {self.files:,} evidence files."


class Care:
    """What is done for the database itself: a backup each day of the desk's own, a check each week and after an unclean end."""

    def __init__(self, line: Line, *, is_doubtful: bool) -> None:
        """Do nothing yet. ``is_doubtful``: the life before this one did not end in order."""
        self._line = line
        self._is_doubtful = is_doubtful
        self._checked_at: datetime | None = None
        self._told_on: date | None = None
        self._log_is_long = False
        self._tidying: asyncio.Task[Forgotten] | None = None

    @property
    def _database(self) -> Path:
        return Path(self._line.setup.config.state) / DATABASE

    async def look(self) -> None:
        """Do what is due; most of the time nothing is. Raises StoreError."""
        done, now = await self._line.store.read(Reading.upkeep), self._line.now()
        checked, backed_up = done.get("check"), done.get("backup")
        if self._is_doubtful or not _rests(checked, now, DAY if checked and checked.trouble else WEEK):
            # one that is damaged may not take the record of it: it is not looked through again and again for that
            if self._checked_at is None or not self._checked_at <= now < self._checked_at + HOUR:
                self._checked_at = now
                await self._check(now, before=checked)
                self._is_doubtful = False
            checked = (await self._line.store.read(Reading.upkeep)).get("check")
        today = now.astimezone(ZoneInfo(self._line.setup.config.timezone)).date()
        has_failed = backed_up is not None and backed_up.trouble is not None
        if today not in await asyncio.to_thread(daily, self._database) and not (has_failed and _rests(backed_up, now, HOUR)):
            await self._back_up(today, is_whole=not (checked and checked.trouble))
        await asyncio.to_thread(self._look_at_log)
        if not self._line.store.reserve.is_spent:
            await asyncio.to_thread(self._line.store.reserve.keep)

    async def _check(self, now: datetime, *, before: Done | None) -> None:
        faults = await asyncio.to_thread(survey, self._database)
        trouble = "; ".join(faults) or None
        if trouble:
            log.error("The database is damaged (%s). %s", trouble, _remedy(self._database))
        await self._line.store.write(partial(_remember, now=now, task="check", trouble=trouble))
        if trouble and not (before and before.trouble):
            subject, text = (
                "The monitor's database is damaged",
                f"What was found: {trouble}\nWhat to do: {_remedy(self._database)}\n",
            )
            await self._line.store.write(partial(self._tell, subject=subject, text=text))

    def _tell(self, tx: Writing, *, subject: str, text: str) -> None:
        now, failing = self._line.now(), tx.troubles()
        listener = next((one.id for one in self._line.setup.config.channels if one.id not in failing), None)
        if listener is None:
            return
        key = "notice-" + hashlib.sha256(f"database\n{listener}\n{now.isoformat()}".encode()).hexdigest()[:32]
        tx.add_notice(listener, about=ChannelId("database"), key=key, subject=subject, text=text, now=now, not_before=now)

    async def _back_up(self, today: date, *, is_whole: bool) -> None:
        trouble, began = None, time.monotonic()
        try:
            path = await asyncio.to_thread(back_up, self._database, today)
            log.info("Backed up to %s: %.1f MB, %.1f s", path, path.stat().st_size / 1e6, time.monotonic() - began)
            # of a damaged database the old backups are what is left
            if is_whole:
                await asyncio.to_thread(prune, self._database, today)
        except (MonitorError, OSError) as error:
            trouble = str(error)
            if self._told_on != today:
                log.error("No backup: %s. It is tried again each hour", error)  # noqa: TRY400  a full disk needs no traceback
                self._told_on = today
        await self._line.store.write(partial(_remember, now=self._line.now(), task="backup", trouble=trouble))

    def _look_at_log(self) -> None:
        with contextlib.suppress(OSError):
            size = self._database.with_name(f"{DATABASE}-wal").stat().st_size
            if size > LONG_LOG and not self._log_is_long:
                says = "The database's log has %.0f MB: another program reads the database for long. It shrinks once that ends"
                log.warning(says, size / 1e6)
            self._log_is_long = size > LONG_LOG

    # ------------------------------------------------------------------------------------------------ asked by a person

    async def tidy(self) -> Reply:
        """Delete now what is older than [keep] says, join the parts of the index, and say what that came to."""
        if self._tidying is None or self._tidying.done():
            config = self._line.setup.config
            work = tidy(self._line.store, config.keep, self._line.now(), evidence=Path(config.state) / FOLDER)
            self._tidying = asyncio.create_task(work, name="tidy")
        try:
            gone = await asyncio.wait_for(asyncio.shield(self._tidying), PATIENCE)
        except TimeoutError:
            return Reply(ok=True, says="There is much to delete; the running monitor goes on with it, and logs what it came to.")
        size, free = await self._line.store.read(Reading.room)
        room = f"{DATABASE} has {size / 1e6:,.1f} MB, {free / 1e6:,.1f} MB of them free for what comes."
        shrink = " `monitor db tidy` gives them back to the disk while no monitor runs." if free else ""
        return Reply(ok=True, says=f"{gone.says} {room}{shrink}")


def _remember(tx: Writing, *, now: datetime, task: Chore, trouble: str | None) -> None:
    tx.remember_upkeep(task, now, trouble=trouble)


def _rests(done: Done | None, now: datetime, span: timedelta) -> bool:
    """Say whether something was tried so short a time ago, by a clock that was not set back since."""
    return done is not None and done.tried_at <= now < done.tried_at + span


def _remedy(database: Path) -> str:
    put_back = newest(database)
    how = f"stop the monitor, and type `monitor db restore {put_back}`" if put_back else "there is no backup of it: keep its file"
    return f"`monitor db check` shows all of it; {how}. Backups are not deleted until a check finds it whole"


async def keep_up(line: Line, *, evidence: Path) -> None:
    """Do all that is done now and then: give up what nobody takes, and delete what is old by a clock that is believed.

    Raises StoreError.
    """
    await give_up_orphans(line)
    now = line.now()
    # an hour with a clock that stands years ahead would empty the database
    if not await line.store.read(lambda store: store.ran_within(now - ABSENCE, now - DAY)):
        return
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
        after, went = await store.write(step)
        if after is None:
            break
        items += went
        while went and await store.write(Writing.merge_words):
            pass
        await _breathe(store)
    await _all(store, lambda tx: tx.forget_keys(now - keep.items, KEYS))
    files = await _forget_files(store, evidence, now - keep.items) if evidence else 0
    gone = Forgotten(polls=polls, texts=texts, items=items, files=files)
    if texts or items or files:
        log.info("%s", gone.says)
    return gone


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
