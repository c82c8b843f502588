"""Channel + Message → delivered, or a DeliveryError. One module per kind; each alone touches what its kind needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from monitor.channels.opened import Means, Opened
from monitor.model import AppriseChannel, Channel, CommandChannel, EmailChannel, Fetch, LogChannel, WebhookChannel

__all__ = ["CHANNELS", "Opened", "faults", "open_channel"]


def open_channel(channel: Channel, *, fetch: Fetch, say: Callable[[str], None]) -> Opened:
    """Make ready what delivers to ``channel``; nothing is connected yet.

    ``fetch`` is its way to the web, ``say`` puts a text before whoever reads the log (``Means`` says
    how it fails).
    """
    return CHANNELS[type(channel)](channel, Means(fetch=fetch, say=say))


def faults(channel: Channel) -> list[tuple[tuple[str | int, ...], str]]:
    """Give what is wrong with a channel that its lines alone do not show: the key below its table, and the words for it.

    Starts a process for a channel of push services, for half a second. Raises DeliveryError where that can't be had.
    """
    match channel:
        case AppriseChannel():
            from monitor.channels.push import unreadable  # noqa: PLC0415

            return [(("url", place), says) for place, says in unreadable(channel)]
        case CommandChannel():
            from monitor.channels.command import missing  # noqa: PLC0415

            return [(("run",), says)] if (says := missing(channel)) else []
        case _:
            return []


# Each kind is loaded for who has one: what speaks mail takes as long to load as twenty polls


def _log(channel: LogChannel, means: Means) -> Opened:
    from monitor.channels.log import Log  # noqa: PLC0415

    return Log(channel, means)


def _webhook(channel: WebhookChannel, means: Means) -> Opened:
    from monitor.channels.webhook import Webhook  # noqa: PLC0415

    return Webhook(channel, means)


def _email(channel: EmailChannel, means: Means) -> Opened:
    from monitor.channels.email import Email  # noqa: PLC0415

    return Email(channel, means)


def _command(channel: CommandChannel, means: Means) -> Opened:
    from monitor.channels.command import Command  # noqa: PLC0415

    return Command(channel, means)


def _push(channel: AppriseChannel, means: Means) -> Opened:
    from monitor.channels.push import Push  # noqa: PLC0415

    return Push(channel, means)


CHANNELS: Final[dict[type[Channel], Callable[[Any, Means], Opened]]] = {
    LogChannel: _log,
    WebhookChannel: _webhook,
    EmailChannel: _email,
    CommandChannel: _command,
    AppriseChannel: _push,
}
