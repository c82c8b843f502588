"""Message → the log: the terminal or the journal, by whatever ``say`` the channel was handed. Touches nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from monitor.channels.opened import Means
from monitor.channels.voice import Voice
from monitor.model import LogChannel, Message

DEADLINE: Final = timedelta(seconds=15)
"""For one message: a terminal that was stopped, or a pipe that nobody reads, takes nothing for ever."""


class Log:
    """A channel that is the log."""

    def __init__(self, channel: LogChannel, means: Means, *, deadline: timedelta = DEADLINE) -> None:
        """Connect nothing."""
        self.id = channel.id
        self._voice = Voice(means.say)
        self._deadline = deadline

    async def deliver(self, message: Message, had: frozenset[str] = frozenset()) -> None:
        """Say the message's text, of several lines. Raises DeliveryError, to be tried again, where it could not be written."""
        del had
        await self._voice.speak(message.text, seconds=self._deadline.total_seconds())
