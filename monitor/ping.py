"""All is well → an address of the desk's is asked, which tells somebody where that is left out: a dead man's switch.

The address is a secret: whoever has it can say that all is well. It stands in no line of the log, nor does anything of it.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final

from monitor.control import Reply
from monitor.errors import FetchError
from monitor.model import Config, Fetch, Request

log = logging.getLogger("monitor.ping")

PATIENCE: Final = timedelta(seconds=20)
LARGEST: Final = 100_000
"""Bytes of an answer, which nobody reads."""


class Ping:
    """Asks, and remembers what was said of it: each trouble is logged once."""

    def __init__(self) -> None:
        """Begin with no trouble."""
        self._why: str | None = None

    @property
    def trouble(self) -> str | None:
        """What is wrong with it, for a person; None: nothing, or there is none to be asked."""
        return f"The ping of [health] is {self._why}" if self._why else None

    async def ping(self, config: Config, fetch: Fetch, *, faults: tuple[str, ...]) -> None:
        """Ask the address of [health], where there is one and all is well. What goes wrong is logged."""
        if config.health.ping is None:
            self._why = None
            return
        why = f"not asked, as not all is well: {faults[0]}" if faults else await self._ask(config, fetch)
        if why is not None and why != self._why:
            log.warning("The ping of [health] is %s", why)
        elif why is None and self._why is not None:
            log.info("The ping of [health] is answered again")
        self._why = why

    async def told(self) -> Reply:
        """Say what is wrong with it to `monitor status`; "": nothing."""
        return Reply(ok=True, says=self.trouble or "")

    async def _ask(self, config: Config, fetch: Fetch) -> str | None:
        """Give why nothing good came back; None: it did."""
        assert config.health.ping is not None
        url, private = config.health.ping.reveal(), config.fetch.private
        try:
            await fetch(Request(url=url, deadline=PATIENCE, max_size=LARGEST, private=private, fresh=True))
        except FetchError as error:
            # the words of the error may have a part of the address in them
            hint = "; [fetch] private = true would allow it" if error.kind == "blocked" else ""
            status = f" {error.status}" if error.status else ""
            return f"not answered ({error.kind}{status}){hint}. It is tried again every 5 minutes"
        return None
