"""Channel + Message → delivered, or a DeliveryError. One module per kind; each alone touches what its kind needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from monitor.channels.opened import Means, Opened
from monitor.model import Channel, EmailChannel, Fetch, LogChannel, WebhookChannel

__all__ = ["CHANNELS", "Opened", "open_channel"]


def open_channel(channel: Channel, *, fetch: Fetch, say: Callable[[str], None]) -> Opened:
    """Make ready what delivers to ``channel``; nothing is connected yet.

    ``fetch`` is its way to the web, ``say`` puts a text before whoever reads the log (``Means`` says
    how it fails). Keep what is opened for as long as the
    config stands: an e-mail channel remembers in it which addresses took a message that others are still to get.
    """
    return CHANNELS[type(channel)](channel, Means(fetch=fetch, say=say))


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


CHANNELS: Final[dict[type[Channel], Callable[[Any, Means], Opened]]] = {
    LogChannel: _log,
    WebhookChannel: _webhook,
    EmailChannel: _email,
}
