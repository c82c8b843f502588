"""A channel that fails → another one is told, once a spell: written with the failure itself, delivered as alerts are."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from monitor.alert import LIFE, allowed, is_long
from monitor.model import ChannelId, ChannelOutbox, Loss, Told
from monitor.pipeline.line import Line
from monitor.render.notice import notice_words
from monitor.store import Writing

AGAIN = timedelta(days=1)
"""A channel that takes some messages, and others for good not, is told of no more often."""


def tell_trouble(tx: Writing, line: Line, about: ChannelId, *, loss: Loss, now: datetime) -> Told:
    """Promise another channel a notice where alerts of this one were given up, or it fails for long, and none was told yet."""
    trouble = tx.trouble(about)
    what = "dead" if loss.alerts else "failing" if trouble and is_long(trouble, now) else None
    if what is None or _knows(tx, about, what, now=now):
        return Told(channel=about, loss=loss)
    outbox = next(one for one in tx.outboxes(now - LIFE) if one.channel == about)
    if trouble:
        tx.remember_told(about, what)
    return Told(channel=about, loss=loss, unheard=_promise(tx, line, outbox, loss=loss, now=now))


def _knows(tx: Writing, about: ChannelId, what: str, *, now: datetime) -> bool:
    """Say whether somebody was told of this spell. That alerts are lost is told though it was told that they wait."""
    trouble = tx.trouble(about)
    if trouble:
        return trouble.told in (what, "dead")
    last = tx.noticed_at(about)
    return last is not None and now - AGAIN < last <= now


def _promise(tx: Writing, line: Line, about: ChannelOutbox, *, loss: Loss, now: datetime) -> str | None:
    """Give the words themselves where there is no other channel that works."""
    config = line.setup.config
    subject, text = notice_words(about, timezone=config.timezone)
    failing = tx.troubles()
    listener = next((one.id for one in config.channels if one.id != about.channel and one.id not in failing), None)
    if listener is None:
        return f"{subject}\n{text}"
    # what was lost of an urgent watch is not for the morning
    is_urgent = bool(loss.urgent) or tx.has_urgent(about.channel, now)
    tx.add_notice(
        listener,
        about=about.channel,
        key="notice-" + sha256(f"{about.channel}\n{listener}\n{now.isoformat()}\n{tx.notices()}".encode()).hexdigest()[:32],
        subject=subject,
        text=text,
        now=now,
        not_before=now if is_urgent else allowed(now, rules=config.alerts, timezone=config.timezone),
    )
    return None
