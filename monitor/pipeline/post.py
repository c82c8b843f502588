"""What is about to be sent → posts: their words, and how it is stored that they were taken, refused, or did not get through.

Each is opened in a transaction of its own before it is sent: where the database can't be written, nothing goes out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from monitor.alert import LAST_TRIES, LIFE, Bundle, counted, next_try, rest
from monitor.errors import DeliveryError
from monitor.model import ChannelId, Config, Loss, Message, OpenAlert, OpenDigest, OpenNotice
from monitor.pipeline.logged import digest_name
from monitor.render.alert import message, message_key
from monitor.render.digest import digest_message
from monitor.render.notice import notice_message
from monitor.store import Writing

LEASE = timedelta(minutes=5)
"""Longer than any delivery may take: what is being sent is not sent again meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a message is about, for the log: a line's words, and its fields."""

    words: str
    fields: Mapping[str, str | int]


class Post(Protocol):
    """A message on its way to a channel."""

    @property
    def key(self) -> str:
        """The idempotency key."""

    @property
    def had(self) -> frozenset[str]:
        """Those of the channel's addresses that took it before."""

    def words(self) -> Message:
        """Give the message."""

    def subjects(self) -> tuple[Subject, ...]:
        """Give what it tells of."""

    def took(self, tx: Writing, now: datetime) -> None:
        """Store that the channel has it."""

    def missed(self, tx: Writing, error: DeliveryError, *, now: datetime, again: datetime) -> Loss:
        """Store that the channel took nothing at all, and when this is tried again; gives what is given up as too old."""

    def refused(self, tx: Writing, error: DeliveryError, *, now: datetime, jitter: float) -> Loss:
        """Store that the channel refused this one; gives which alerts are given up for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPost:
    """One alert, or several that stay together under this key from now on."""

    channel: ChannelId
    alerts: tuple[OpenAlert, ...]
    bundle: Bundle
    key: str
    had: frozenset[str]
    thread: str | None
    config: Config

    def words(self) -> Message:
        """Give the message; told anew in full, as it may read otherwise by now."""
        words = message(self.alerts, kind=self.bundle.kind, timezone=self.config.timezone, title=self.config.title, key=self.key)
        return replace(words, thread=self.thread)

    def subjects(self) -> tuple[Subject, ...]:
        """Give each alert, by its watch and headline."""
        found = (one.finding for one in self.alerts)
        return tuple(
            Subject(
                words=f"Alert {one.watch_id}: “{one.title}” ({one.outlet_name})",
                fields={"watch": one.watch_id, "outlet": one.outlet_id, "item": one.item_id},
            )
            for one in found
        )

    def took(self, tx: Writing, now: datetime) -> None:
        """Store that they are sent."""
        tx.remember_delivery([one.id for one in self.alerts], message=self.key, now=now, reason=None, next_try=None)

    def missed(self, tx: Writing, error: DeliveryError, *, now: datetime, again: datetime) -> Loss:
        """Store a try that says nothing about them: they keep their place in front."""
        ids = [one.id for one in self.alerts]
        tx.remember_delivery(ids, message=self.key, now=now, reason=error.detail, next_try=again)
        return Loss()

    def refused(self, tx: Writing, error: DeliveryError, *, now: datetime, jitter: float) -> Loss:
        """Store that they were refused: they go behind the others, and after days, or tries that nothing can mend, are lost."""
        ids = [one.id for one in self.alerts]
        failures = counted(self.alerts[0].refusals + 1, retryable=error.retryable)
        again = rest(failures, now=now, retry_after=error.retry_after, jitter=jitter)
        tx.remember_delivery(ids, message=self.key, now=now, reason=error.detail, next_try=again)
        tx.count_refusal(ids, hopeless=int(not error.retryable))
        return tx.give_up(self.channel, before=now - LIFE, tries=LAST_TRIES, now=now, reason=error.detail, only=ids)


def open_alerts(tx: Writing, *, config: Config, channel: ChannelId, bundle: Bundle, now: datetime) -> AlertPost | None:
    """Open a bundle; None: none of it is to be sent any more. What was withdrawn, muted or acknowledged meanwhile is left out."""
    ids = [one.id for one in bundle.alerts]
    tx.heed(ids, now)
    held = tx.held(ids)
    alerts = tuple(one for one in bundle.alerts if one.id in held)
    if not alerts:
        return None
    key = bundle.key or message_key(alerts)
    tx.lease(held, now + LEASE, message=key, kind=bundle.kind)
    return AlertPost(
        channel=channel,
        alerts=alerts,
        bundle=bundle,
        key=key,
        had=tx.taken(key, channel),
        thread=tx.thread(channel, alerts[0].alert.subject) if len(alerts) == 1 else None,
        config=config,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePost:
    """A notice of another channel's trouble."""

    notice: OpenNotice
    key: str
    had: frozenset[str]

    def words(self) -> Message:
        """Give the message."""
        return notice_message(self.notice)

    def subjects(self) -> tuple[Subject, ...]:
        """Give the notice, by its first line."""
        return (Subject(words=f"Notice “{self.words().subject}”", fields={}),)

    def took(self, tx: Writing, now: datetime) -> None:
        """Store that it is sent."""
        del now
        tx.remember_notice(self.notice.id, state="sent", next_try=None)

    def missed(self, tx: Writing, error: DeliveryError, *, now: datetime, again: datetime) -> Loss:
        """Store when it is tried again; after days its news is old."""
        del error
        is_old = now - self.notice.raised_at >= LIFE
        tx.remember_notice(self.notice.id, state="dead" if is_old else "held", next_try=again)
        return Loss()

    def refused(self, tx: Writing, error: DeliveryError, *, now: datetime, jitter: float) -> Loss:
        """Store when it is tried again, if at all; no alert is lost for it."""
        tries, raised_at = self.notice.tries + 1, self.notice.raised_at
        failures = counted(tries, retryable=error.retryable)
        again = next_try(failures, raised_at=raised_at, now=now, retry_after=error.retry_after, jitter=jitter)
        is_over = again is None or (not error.retryable and tries >= LAST_TRIES)
        tx.remember_notice(self.notice.id, state="dead" if is_over else "held", next_try=again)
        return Loss()


def open_notice(tx: Writing, *, notice: OpenNotice, now: datetime) -> NoticePost:
    """Open a notice."""
    tx.lease_notice(notice.id, now + LEASE)
    return NoticePost(notice=notice, key=notice.key, had=tx.taken(notice.key, notice.channel))


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPost:
    """A digest, in the words it was frozen in."""

    digest: OpenDigest
    key: str
    had: frozenset[str]

    def words(self) -> Message:
        """Give the message."""
        return digest_message(self.digest)

    def subjects(self) -> tuple[Subject, ...]:
        """Give the digest, by its plan and period."""
        name = digest_name(self.digest.plan, self.digest.period)
        return (Subject(words=name, fields={"digest": self.digest.period}),)

    def took(self, tx: Writing, now: datetime) -> None:
        """Store that it is sent."""
        tx.remember_digest_delivery(self.digest.id, self.digest.channel, now=now, reason=None, next_try=None)

    def missed(self, tx: Writing, error: DeliveryError, *, now: datetime, again: datetime) -> Loss:
        """Store when it is tried again; after days it is old."""
        following = None if now - self.digest.made_at >= LIFE else again
        tx.remember_digest_delivery(self.digest.id, self.digest.channel, now=now, reason=error.detail, next_try=following)
        return Loss(digests=int(following is None))

    def refused(self, tx: Writing, error: DeliveryError, *, now: datetime, jitter: float) -> Loss:
        """Store when it is tried again, if at all."""
        failures = counted(self.digest.tries + 1, retryable=error.retryable)
        again = next_try(failures, raised_at=self.digest.made_at, now=now, retry_after=error.retry_after, jitter=jitter)
        tx.remember_digest_delivery(self.digest.id, self.digest.channel, now=now, reason=error.detail, next_try=again)
        return Loss(digests=int(again is None))


def open_digest(tx: Writing, *, digest: OpenDigest, now: datetime) -> DigestPost:
    """Open a digest."""
    key = digest_message(digest).key
    tx.lease_digest(digest.id, digest.channel, now + LEASE)
    return DigestPost(digest=digest, key=key, had=tx.taken(key, digest.channel))
