"""Keeps promises: open alerts, notices and digests of one channel → alert → posts → channels → what came of it, stored."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum
from functools import partial

from monitor.alert import LAST_TRIES, LIFE, Bundle, allowed, counted, is_long, plan, rest
from monitor.channels import Opened
from monitor.errors import DeliveryError, StoreError
from monitor.model import ChannelId, LogChannel, Loss, Told
from monitor.pipeline.line import Line
from monitor.pipeline.notice import tell_trouble
from monitor.pipeline.post import LEASE, Post, open_alerts, open_digest, open_notice
from monitor.store import Reading, Writing

log = logging.getLogger("monitor.tell")

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LONGEST = LEASE - timedelta(seconds=30)
"""So long a delivery may take, whatever the channel says of its own deadline."""
SICK = 3
"""So many messages in a row that a channel did not take for now, and it is the channel, not the messages."""


class Went(Enum):
    """How it went with what was sent: taken, refused itself, or the channel took nothing at all."""

    WELL = "taken"
    REFUSED = "refused"
    STOPPED = "stopped"


async def tell(line: Line, channel: Opened) -> bool:
    """Send a channel what is open for it, in order; stop where it takes nothing at all, and pass over what is refused itself.

    True where nothing was refused. Raises StoreError only; what a channel took and could not be recorded is recorded first of all
    the next time, and nothing is sent to it before.
    """
    while line.unrecorded.get(channel.id):
        _say(await line.store.write(line.unrecorded[channel.id][0]))
        del line.unrecorded[channel.id][0]
    now = line.now()
    trouble = await line.store.read(lambda store: store.trouble(channel.id))
    if trouble and now < trouble.rests_until:
        await _give_up_old(line, channel.id, before=now - LIFE, reason=trouble.reason)
        if trouble.told is None and is_long(trouble, now):
            _say(await line.store.write(lambda tx: tell_trouble(tx, line, channel.id, loss=Loss(), now=line.now())))
        return False
    went = [await _notices(line, channel)]
    for stage in (_alerts, _digests):
        if went[-1] is not Went.STOPPED:
            went.append(await stage(line, channel))
    # one that was refused with a long wait before its next try is not let grow older than that
    await _give_up_old(line, channel.id, before=now - LIFE - DAY, tried=1)
    return set(went) == {Went.WELL}


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


async def name_orphans(line: Line) -> None:
    """Warn of what waits for channels that config.toml does not have any more. Raises StoreError only."""
    for channel, count in await line.store.read(lambda store: store.orphans(tuple(line.setup.channels))):
        log.warning("%d alerts or digests wait for the channel “%s”, which config.toml no longer has", count, channel)


async def give_up_orphans(line: Line) -> None:
    """Give up what waited for days for channels that config.toml does not have any more. Raises StoreError only."""
    now = line.now()
    for channel, _ in await line.store.read(lambda store: store.orphans(tuple(line.setup.channels))):
        await _give_up_old(line, channel, before=now - LIFE, reason="config.toml does not have this channel any more")
    await line.store.write(lambda tx: tx.forget_old_taken(now - LIFE))


# --------------------------------------------------------------------------------------------------------------- stages


async def _alerts(line: Line, channel: Opened) -> Went:
    refused, all_went = 0, Went.WELL
    for bundle in await _planned(line, channel.id):
        if not bundle.is_urgent and await line.store.read(lambda store: store.has_urgent(channel.id, line.now())):
            # it came up meanwhile, and goes first: the next round is planned anew
            break
        opening = partial(open_alerts, config=line.setup.config, channel=channel.id, bundle=bundle, now=line.now())
        post = await line.store.write(opening)
        went = await _send(line, channel, post, refused=refused) if post else Went.WELL
        if went is Went.STOPPED:
            return went
        refused = refused + 1 if went is Went.REFUSED else 0
        all_went = went if refused else all_went
    return all_went


async def _planned(line: Line, channel: ChannelId) -> tuple[Bundle, ...]:
    """Say which messages go out now; where the hour is full, or quiet, those only that wait for neither."""
    now, config = line.now(), line.setup.config
    sent = await line.store.read(lambda store: store.messages_sent(channel, now - HOUR, now))
    is_quiet = allowed(now, rules=config.alerts, timezone=config.timezone) > now
    ask = Reading.open_urgent if is_quiet or sent > config.alerts.max_per_hour else Reading.open_alerts
    waiting = await line.store.read(lambda store: ask(store, channel, now))
    return plan(waiting, sent_last_hour=sent, rules=config.alerts)


async def _notices(line: Line, channel: Opened) -> Went:
    notices = await line.store.read(lambda store: store.open_notices(channel.id, line.now()))
    return await _each(line, channel, [partial(open_notice, notice=one, now=line.now()) for one in notices])


async def _digests(line: Line, channel: Opened) -> Went:
    digests = await line.store.read(lambda store: store.open_digests(channel.id, line.now()))
    return await _each(line, channel, [partial(open_digest, digest=one, now=line.now()) for one in digests])


async def _each(line: Line, channel: Opened, openings: Iterable[Callable[[Writing], Post]]) -> Went:
    all_went = Went.WELL
    for opening in openings:
        went = await _send(line, channel, await line.store.write(opening), refused=0)
        if went is Went.STOPPED:
            return went
        all_went = went if went is Went.REFUSED else all_went
    return all_went


# ------------------------------------------------------------------------------------------------------------- one message


async def _send(line: Line, channel: Opened, post: Post, *, refused: int) -> Went:
    """Send one message and store what came of it. ``refused``: how many before it were, one after the other."""
    line.sending[channel.id] = asyncio.get_running_loop().time()
    try:
        error = await _deliver(channel, post)
    finally:
        line.sending.pop(channel.id, None)
    line.tally.messages[channel.id, "failed" if error else "taken"] += 1
    if error and error.retryable and refused >= SICK - 1:
        error = DeliveryError(error.detail, retryable=True, retry_after=error.retry_after, is_whole=True, taken=error.taken)
    now, jitter = line.now(), line.jitter()
    unit = partial(_note, line=line, channel=channel, post=post, error=error, now=now, jitter=jitter)
    try:
        told = await line.store.write(unit)
    except StoreError:
        line.unrecorded.setdefault(channel.id, []).append(unit)
        raise
    if error is None:
        _say_sent(line, channel.id, post)
        return Went.WELL
    what = "the channel rests" if error.is_whole else "this message is tried again later"
    log.error("channel %s: %s; %s", channel.id, error.detail, what, extra={"channel": channel.id})
    _say(told)
    return Went.STOPPED if error.is_whole or not line.is_open(channel) else Went.REFUSED


async def _deliver(channel: Opened, post: Post) -> DeliveryError | None:
    try:
        async with asyncio.timeout(LONGEST.total_seconds()):
            await channel.deliver(post.words(), post.had)
    except DeliveryError as error:
        return error
    except TimeoutError:
        return DeliveryError(f"nothing came back for {LONGEST.total_seconds():g} s", retryable=True, is_whole=True)
    except Exception as error:
        # it counts as a failed try, or the same message would be tried again every second
        log.exception("channel %s: a fault of the monitor itself", channel.id)
        return DeliveryError(f"a fault of the monitor itself ({type(error).__name__})", retryable=True)
    return None


def _note(
    tx: Writing, *, line: Line, channel: Opened, post: Post, error: DeliveryError | None, now: datetime, jitter: float
) -> Told:
    """Store what came of a try, and what that means for the channel."""
    if error is None:
        post.took(tx, now)
        tx.forget_taken(post.key, channel.id)
        tx.end_trouble(channel.id)
        return Told(channel=channel.id)
    tx.add_taken(post.key, channel.id, error.taken)
    if not line.is_open(channel):
        # it was mended or taken away while this was being sent
        post.missed(tx, error, now=now, again=now)
        return Told(channel=channel.id)
    loss = _rest(tx, channel.id, post, error=error, now=now, jitter=jitter) if error.is_whole else None
    if loss is None:
        loss = post.refused(tx, error, now=now, jitter=jitter)
    return tell_trouble(tx, line, channel.id, loss=loss, now=now)


def _rest(tx: Writing, channel: ChannelId, post: Post, *, error: DeliveryError, now: datetime, jitter: float) -> Loss:
    """Leave a channel alone that takes nothing: this one try was for all that waits, and so is what it says."""
    before = tx.trouble(channel)
    failures = counted(before.failures + 1 if before else 1, retryable=error.retryable)
    until = rest(failures, now=now, retry_after=error.retry_after, jitter=jitter)
    tx.rest(channel, reason=error.detail, until=until, now=now)
    if not error.retryable:
        tx.count_hopeless(channel, now)
    missed = post.missed(tx, error, now=now, again=until)
    loss = tx.give_up(channel, before=now - LIFE, tries=LAST_TRIES, now=now, reason=error.detail)
    return replace(loss, digests=missed.digests)


async def _give_up_old(
    line: Line, channel: ChannelId, *, before: datetime, reason: str = "it could not be sent for days", tried: int = 0
) -> None:
    """Give up what was raised up to then, and was tried so often, but could not be sent since."""
    old = await line.store.read(lambda store: store.old(channel, before, tried=tried))
    if not old and not await line.store.read(lambda store: store.has_old_digests(channel, before, line.now())):
        return

    def unit(tx: Writing) -> Told:
        now = line.now()
        loss = tx.give_up(channel, before=before, tries=LAST_TRIES, now=now, reason=reason, only=old)
        digests = tx.give_up_digests(channel, before=before, now=now, reason=reason)
        return tell_trouble(tx, line, channel, loss=replace(loss, digests=digests), now=now)

    _say(await line.store.write(unit))


def _say_sent(line: Line, channel: ChannelId, post: Post) -> None:
    if any(one.id == channel and isinstance(one, LogChannel) for one in line.setup.config.channels):
        # it stands in the log itself
        return
    for about in post.subjects():
        log.info("%s: sent to %s", about.words, channel, extra={"channel": channel, **about.fields})


def _say(told: Told) -> None:
    if told.loss.alerts:
        log.error("channel %s: %d alerts were given up", told.channel, told.loss.alerts, extra={"channel": told.channel})
    if told.loss.digests:
        log.error("channel %s: %d digests were given up", told.channel, told.loss.digests, extra={"channel": told.channel})
    if told.unheard:
        log.error("No other channel can be told of it: %s", told.unheard)
