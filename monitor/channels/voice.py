"""Words → before whoever reads the log, or a DeliveryError. Touches a thread of its own: some stop reading."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from monitor.errors import DeliveryError


class Voice:
    """``say``, off the event loop, one at a time."""

    def __init__(self, say: Callable[[str], None]) -> None:
        """Start nothing yet."""
        self._say = say
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="say")
        self._late: tuple[str, Future[None]] | None = None

    async def speak(self, words: str, *, seconds: float) -> None:
        """Return once they were said. Raises DeliveryError where they were not within ``seconds``.

        What had not begun by then, or when the task is cancelled, is not said later either; what had is waited for once more by
        who says the same words again, and not said twice.
        """
        if self._late and self._late[0] == words:
            (_, work), self._late = self._late, None
        else:
            work = self._thread.submit(self._say, words)
        try:
            async with asyncio.timeout(seconds):
                await self._heard(words, work)
        except TimeoutError as error:
            raise DeliveryError(f"standard output took nothing for {seconds:g} s", retryable=True, is_whole=True) from error
        except OSError as error:
            says = f"standard output: {error.strerror or type(error).__name__}"
            raise DeliveryError(says, retryable=True, is_whole=True) from error
        except ValueError as error:
            # closed, or an encoding that lacks these letters: whose words hold the text
            is_whole = not isinstance(error, UnicodeError)
            raise DeliveryError(f"standard output: {type(error).__name__}", retryable=True, is_whole=is_whole) from error

    async def _heard(self, words: str, work: Future[None]) -> None:
        try:
            await asyncio.wrap_future(work)
        except asyncio.CancelledError:
            # it may be said yet, or was at this very moment
            if not work.cancelled():
                self._late = (words, work)
            raise
