"""A database that takes nothing → a channel is told so at once: the one message that is neither stored nor recorded."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from typing import Final

from monitor.channels import Opened
from monitor.errors import DeliveryError
from monitor.model import ChannelId, Message
from monitor.pipeline.line import Line
from monitor.render.unstored import unstored_message

log = logging.getLogger("monitor.tell")

PATIENCE: Final = 60.0
"""Seconds for one channel; others wait behind it."""


async def tell_unstored(line: Line, fault: str, *, since: datetime, had: dict[ChannelId, frozenset[str]]) -> bool:
    """Tell those of [health], or else the first channel that takes it; False: nobody took it yet, and it is tried again.

    ``had``: by channel, those of its addresses that have it already; whoever takes it now is added.
    """
    config = line.setup.config
    listeners = [one for one in config.channels if one.id in config.health.alert]
    is_told = False
    for one in listeners or config.channels:
        # a message that is under way there may be this very trouble's victim
        if one.id in line.sending:
            continue
        message = unstored_message(config, one.id, fault=fault, since=since)
        is_told = await _took(line.setup.channels[one.id], message, had=had) or is_told
        if is_told and not listeners:
            break
    return is_told


async def _took(channel: Opened, message: Message, *, had: dict[ChannelId, frozenset[str]]) -> bool:
    before = had.get(channel.id, frozenset())
    try:
        async with asyncio.timeout(PATIENCE):
            await channel.deliver(message, before)
    except DeliveryError as error:
        had[channel.id] = before | error.taken
        log.error("channel %s: %s; it could not be told that nothing is stored", channel.id, error.detail)  # noqa: TRY400
        return False
    except TimeoutError:
        log.error("channel %s: no answer for %g s; it could not be told that nothing is stored", channel.id, PATIENCE)  # noqa: TRY400
        return False
    log.info("Channel %s was told that nothing can be stored", channel.id, extra={"channel": channel.id})
    return True
