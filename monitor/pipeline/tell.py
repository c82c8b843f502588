"""Keeps promises: open alerts and digests of one channel → alert → render → channels → what came of it, stored."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from monitor.alert import Bundle, allowed, next_try, plan
from monitor.channels import Opened
from monitor.errors import DeliveryError
from monitor.model import Message, OpenDigest
from monitor.pipeline.line import Line
from monitor.render.alert import message
from monitor.render.digest import digest_message
from monitor.store import Writing

log = logging.getLogger("monitor.tell")

HOUR = timedelta(hours=1)


async def tell(line: Line, channel: Opened) -> bool:
    """Send a channel what is open for it, in order; stop at the first message it does not take.

    True where nothing was refused. Raises StoreError only.
    """
    now = line.now()
    config = line.setup.config
    waiting = await line.store.read(lambda store: store.open_alerts(channel.id, now))
    sent = await line.store.read(lambda store: store.messages_sent(channel.id, now - HOUR)) if waiting else 0
    for bundle in plan(waiting, sent_last_hour=sent, rules=config.alerts):
        words = message(bundle.alerts, kind=bundle.kind, timezone=config.timezone, title=config.title)
        error = await _deliver(channel, words)
        oldest = bundle.alerts[0]
        again = _again(line, error, tries=oldest.tries, raised_at=oldest.alert.raised_at)
        await line.store.write(_record(bundle, words, line.now(), error, again))
        if error:
            _complain(channel, error, again)
            return False
    digests = await line.store.read(lambda store: store.open_digests(channel.id, now))
    return all([await _send_digest(line, channel, digest) for digest in digests])


def _record(
    bundle: Bundle, words: Message, now: datetime, error: DeliveryError | None, again: datetime | None
) -> Callable[[Writing], None]:
    ids = tuple(one.id for one in bundle.alerts)
    reason = error.detail if error else None
    return lambda tx: tx.remember_delivery(ids, message=words.key, now=now, reason=reason, next_try=again)


async def release_held(line: Line) -> None:
    """Let everything go that waits for a full text only: whoever runs once does not wait."""
    config = line.setup.config

    def unit(tx: Writing) -> None:
        until = allowed(line.now(), rules=config.alerts, timezone=config.timezone)
        for item_id in tx.held_items():
            tx.release(item_id, urgent=False, until=until)

    await line.store.write(unit)


async def _send_digest(line: Line, channel: Opened, digest: OpenDigest) -> bool:
    error = await _deliver(channel, digest_message(digest))
    again = _again(line, error, tries=digest.tries, raised_at=digest.made_at)
    reason = error.detail if error else None
    await line.store.write(
        lambda tx: tx.remember_digest_delivery(digest.id, channel.id, now=line.now(), reason=reason, next_try=again)
    )
    if error:
        _complain(channel, error, again)
    return error is None


async def _deliver(channel: Opened, words: Message) -> DeliveryError | None:
    try:
        await channel.deliver(words)
    except DeliveryError as error:
        return error
    except Exception as error:
        # it counts as a failed try, or the same message would be tried again every second
        log.exception("channel %s: a fault of the monitor itself", channel.id)
        return DeliveryError(f"a fault of the monitor itself ({type(error).__name__})", retryable=True)
    return None


def _again(line: Line, error: DeliveryError | None, *, tries: int, raised_at: datetime) -> datetime | None:
    if error is None or not error.retryable:
        return None
    return next_try(tries + 1, raised_at=raised_at, now=line.now(), retry_after=error.retry_after, jitter=line.jitter())


def _complain(channel: Opened, error: DeliveryError, again: datetime | None) -> None:
    what = f"tried again at {again:%H:%M:%S} UTC" if again else "given up"
    log.error("channel %s: %s; %s", channel.id, error.detail, what, extra={"channel": channel.id})
