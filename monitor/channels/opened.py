"""What a channel is handed, and what it must do. Touches nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from monitor.model import ChannelId, Fetch, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What channels are handed: a way to the web, and a way to speak to whoever reads the log.

    ``say`` returns once the words were written, raises OSError or ValueError where they can't be, and may block for ever.
    """

    fetch: Fetch
    say: Callable[[str], None]


class Opened(Protocol):
    """A channel that is ready to deliver."""

    id: ChannelId

    async def deliver(self, message: Message, had: frozenset[str] = frozenset()) -> None:
        """Hand the message over, and return only once it was taken. Raises DeliveryError, which holds no secret.

        ``had``: those of its addresses that took this message at an earlier try, as DeliveryError.taken named them.
        """
