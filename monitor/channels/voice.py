"""Words → before whoever reads the log, or a DeliveryError. Touches a thread of its own: some stop reading."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from monitor.errors import DeliveryError


class Voice:
    """``say``, off the event loop, one at a time."""

    def __init__(self, say: Callable[[str], None]) -> None:
        """Start nothing yet."""
        self._say = say
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="say")

    async def speak(self, words: str, *, seconds: float) -> None:
        """Return once they were said. Raises DeliveryError where they were not within ``seconds``.

        What had not begun by then, or when the task is cancelled, is not said later either.
        """
        try:
            async with asyncio.timeout(seconds):
                await asyncio.get_running_loop().run_in_executor(self._thread, self._say, words)
        except TimeoutError as error:
            raise DeliveryError(f"standard output took nothing for {seconds:g} s", retryable=True, is_whole=True) from error
        except OSError as error:
            says = f"standard output: {error.strerror or type(error).__name__}"
            raise DeliveryError(says, retryable=True, is_whole=True) from error
        except ValueError as error:
            # closed, or an encoding that lacks these letters: whose words hold the text
            is_whole = not isinstance(error, UnicodeError)
            raise DeliveryError(f"standard output: {type(error).__name__}", retryable=True, is_whole=is_whole) from error
