"""Message → the log: the terminal or the journal, by whatever ``say`` the channel was handed. Touches nothing else."""

from __future__ import annotations

from monitor.channels.opened import Means
from monitor.model import LogChannel, Message


class Log:
    """A channel that is the log."""

    def __init__(self, channel: LogChannel, means: Means) -> None:
        """Connect nothing."""
        self.id = channel.id
        self._say = means.say

    async def deliver(self, message: Message) -> None:
        """Say the message's text, of several lines."""
        self._say(message.text)
