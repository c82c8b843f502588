"""What finishes and what does not → whether the monitor is well, and its vitals. For /healthz, /metrics, the ping and `status`.

Well is who finishes work: the last tick ended lately, the database took a write just now, and nothing under way is past its
deadline. Where nothing is due, all of this holds as well. A thread that is merely alive says nothing.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections import Counter
from http import HTTPStatus
from pathlib import Path
from typing import Final

from monitor import __version__
from monitor.control import Reply
from monitor.errors import StoreError
from monitor.model import Tally, Vitals
from monitor.rounds import Rounds
from monitor.shown import Shown
from monitor.store import DATABASE, Writing
from monitor.text import one_line

FRESH: Final = 60.0
"""Seconds since the last tick: there is one every second."""
WRITTEN: Final = 7.0
"""Seconds that a write may take, with all that waits before it."""
AGE: Final = 10.0
"""Seconds that figures are shown before they are looked up anew."""


class Wellbeing:
    """Knows how one daemon does."""

    def __init__(self, rounds: Rounds) -> None:
        """Begin with nothing to show."""
        self._rounds, self._line = rounds, rounds.line
        self._began = self._line.now()
        self._clock = asyncio.get_running_loop().time
        self._shown: tuple[float, bytes] | None = None
        self._making = asyncio.Lock()

    async def faults(self) -> tuple[str, ...]:
        """Say why it is not well; nothing: it is."""
        late, unwritten = self._rounds.overdue(tick=FRESH), self._rounds.fault or await self._unwritten()
        said = [late] if late else []
        said += [f"the database takes no writes: {one_line(unwritten, 200)}"] if unwritten else []
        return tuple(said)

    async def told(self) -> Reply:
        """Say why it is not well to a command, as JSON: it stands in no table that could be read while nothing is stored."""
        since = self._rounds.rest.since
        said = {"why": await self.faults(), "unstored_since": since and int(since.timestamp()), "unstored": self._rounds.fault}
        return Reply(ok=True, says=json.dumps(said))

    async def healthz(self) -> Shown:
        """Show whether it is well: 200, or 503 and why not."""
        faults = await self.faults()
        said = {
            "well": not faults,
            "why": list(faults),
            "started_at": f"{self._began:%Y-%m-%dT%H:%M:%SZ}",
            "version": __version__,
        }
        status = HTTPStatus.SERVICE_UNAVAILABLE if faults else HTTPStatus.OK
        return Shown(status=status, body=f"{json.dumps(said)}\n".encode(), kind="application/json")

    async def metrics(self) -> Shown:
        """Show the figures; whoever asks again within seconds sees the same ones."""
        # whoever wants no metrics does without what writes them
        from monitor.gauges import CONTENT_TYPE, exposed  # noqa: PLC0415

        async with self._making:
            if self._shown is None or self._clock() - self._shown[0] > AGE:
                # writing out ten thousand outlets takes a tenth of a second, which the loop has better uses for
                body = await asyncio.to_thread(exposed, await self._vitals())
                self._shown = (self._clock(), body)
        return Shown(status=HTTPStatus.OK, body=self._shown[1], kind=CONTENT_TYPE)

    async def _vitals(self) -> Vitals:
        line, now = self._line, self._line.now()
        folder = Path(line.setup.config.state)
        return Vitals(
            now=now,
            version=__version__,
            started_at=self._began,
            ticked_at=now - self._rounds.since_tick,
            faults=await self.faults(),
            has_network=not line.network.is_down,
            kept=await line.store.read(lambda store: store.vital(now)),
            # a copy: it grows while a thread writes it out
            tally=Tally(polls=Counter(line.tally.polls), items=line.tally.items, messages=Counter(line.tally.messages)),
            killed=line.workers.killed,
            size=sum(_size(folder / f"{DATABASE}{end}") for end in ("", "-wal")),
            free=_free(folder),
        )

    async def _unwritten(self) -> str | None:
        """Commit a transaction of nothing, behind all that waits to be written; None: that went well."""
        try:
            async with asyncio.timeout(WRITTEN):
                await self._line.store.write(_nothing)
        except TimeoutError:
            return f"nothing was written for {WRITTEN:g} s"
        except StoreError as error:
            return str(error)
        return None


def _nothing(_: Writing) -> None:
    """Write nothing: what is looked for is the end of the transaction."""


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        # the log is not always there
        return 0


def _free(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None
