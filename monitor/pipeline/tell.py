"""Keeps promises: open alerts and digests of one channel → alert → render → channels → what came of it, stored."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.alert import Bundle, allowed, next_try, plan
from monitor.channels import Opened
from monitor.errors import DeliveryError, StoreError
from monitor.model import Message, OpenDigest
from monitor.pipeline.line import Line
from monitor.render.alert import message
from monitor.render.digest import digest_message
from monitor.store import Writing

log = logging.getLogger("monitor.tell")

HOUR = timedelta(hours=1)
LEASE = timedelta(minutes=5)
"""Longer than any channel's own deadline: what is being sent is not sent again meanwhile."""
PATIENT = 5
"""A failure that trying again does not mend waits as long as the fifth in a row: eight minutes, sixteen ..."""
REST = timedelta(minutes=1)
"""So long a channel that failed is left alone, where it asks for no longer: one try for all that waits, not one for each."""


async def tell(line: Line, channel: Opened) -> bool:
    """Send a channel what is open for it, in order; stop at the first message it does not take.

    True where nothing was refused. Raises StoreError only; what a channel took and could not be recorded is recorded first of all
    the next time, and nothing is sent to it before.
    """
    while line.unrecorded.get(channel.id):
        await line.store.write(line.unrecorded[channel.id][0])
        del line.unrecorded[channel.id][0]
    now = line.now()
    config = line.setup.config
    waiting = () if line.rests(channel.id, now) else await line.store.read(lambda store: store.open_alerts(channel.id, now))
    sent = await line.store.read(lambda store: store.messages_sent(channel.id, now - HOUR, now)) if waiting else 0
    for bundle in plan(waiting, sent_last_hour=sent, rules=config.alerts):
        if not bundle.is_urgent and await line.store.read(lambda store: store.has_urgent(channel.id, line.now())):
            # it came up meanwhile, and goes first: the next round is planned anew
            return True
        if not await _send(line, channel, bundle):
            return False
    if line.rests(channel.id, now):
        return False
    digests = await line.store.read(lambda store: store.open_digests(channel.id, now))
    return all([await _send_digest(line, channel, digest) for digest in digests])


async def release_held(line: Line) -> None:
    """Let everything go that waits for a full text only: whoever runs once does not wait."""
    config = line.setup.config
    held = await line.store.read(lambda store: store.held_items())

    def unit(tx: Writing) -> None:
        until = allowed(line.now(), rules=config.alerts, timezone=config.timezone)
        for item_id in held:
            tx.release(item_id, urgent=False, until=until)

    if held:
        await line.store.write(unit)


async def _send(line: Line, channel: Opened, bundle: Bundle) -> bool:
    # written before anything is sent: where the database cannot be written, nothing may go out that could not be recorded
    leased = await line.store.write(lambda tx: tx.lease([one.id for one in bundle.alerts], line.now() + LEASE))
    # some may have been withdrawn while those before them were sent
    bundle = replace(bundle, alerts=tuple(one for one in bundle.alerts if one.id in leased))
    if not bundle.alerts:
        return True
    ids, config = tuple(one.id for one in bundle.alerts), line.setup.config
    words = message(bundle.alerts, kind=bundle.kind, timezone=config.timezone, title=config.title)
    error = await _deliver(channel, words)
    oldest = bundle.alerts[0]
    again = _again(line, channel, error, tries=oldest.tries, raised_at=oldest.alert.raised_at)
    reason, now = error.detail if error else None, line.now()
    await _record(line, channel, lambda tx: tx.remember_delivery(ids, message=words.key, now=now, reason=reason, next_try=again))
    if error:
        _complain(line, channel, error, again)
    return error is None


async def _send_digest(line: Line, channel: Opened, digest: OpenDigest) -> bool:
    await line.store.write(lambda tx: tx.lease_digest(digest.id, channel.id, line.now() + LEASE))
    error = await _deliver(channel, digest_message(digest))
    again = _again(line, channel, error, tries=digest.tries, raised_at=digest.made_at)
    reason, now = error.detail if error else None, line.now()
    await _record(
        line, channel, lambda tx: tx.remember_digest_delivery(digest.id, channel.id, now=now, reason=reason, next_try=again)
    )
    if error:
        _complain(line, channel, error, again)
    return error is None


async def _record(line: Line, channel: Opened, unit: Callable[[Writing], None]) -> None:
    try:
        await line.store.write(unit)
    except StoreError:
        line.unrecorded.setdefault(channel.id, []).append(unit)
        raise


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


def _again(line: Line, channel: Opened, error: DeliveryError | None, *, tries: int, raised_at: datetime) -> datetime | None:
    if error is None:
        return None
    if not line.is_open(channel):
        # it was mended or taken away while this was being sent
        return line.now()
    # what trying again does not mend, a person may: a promise lives as long either way, and a fault of the config is
    # tried less often
    failed = tries + 1 if error.retryable else tries + PATIENT
    return next_try(failed, raised_at=raised_at, now=line.now(), retry_after=error.retry_after, jitter=line.jitter())


def _complain(line: Line, channel: Opened, error: DeliveryError, again: datetime | None) -> None:
    now = line.now()
    if line.is_open(channel):
        line.resting[channel.id] = now + max(REST, min(error.retry_after or REST, HOUR))
    what = f"tried again in {max(int((again - now).total_seconds()), 0)} s" if again else "given up"
    log.error("channel %s: %s; %s", channel.id, error.detail, what, extra={"channel": channel.id})
