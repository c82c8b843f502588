"""Outlets that do not answer for long → the channels of [health] are told, once a time of trouble, and once that it is over.

The promise to tell is written with the note that it was made: a kill at any moment repeats nothing and loses nothing.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from hashlib import sha256

from monitor.alert import allowed
from monitor.health import Unheard, is_time, unheard, without_secrets
from monitor.model import ChannelId, FeedState, Silent
from monitor.pipeline.line import Line
from monitor.render.unheard import unheard_words
from monitor.store import Reading, Writing

log = logging.getLogger("monitor.warn")

ABOUT = ChannelId("[health]")
"""Whose trouble such a notice is of: no channel can be called so."""


class Unanswered:
    """Remembers since when this machine reaches outlets at all: what failed before is not theirs."""

    def __init__(self) -> None:
        """Begin with a network that is there."""
        self._reached_since = datetime.min.replace(tzinfo=UTC)

    async def warn(self, line: Line) -> None:
        """Promise to tell what is to be told now. Raises StoreError only."""
        if line.network.is_down:
            self._reached_since = line.now()
        elif line.setup.config.health.alert and self._has_news(await line.store.read(lambda store: self._news(store, line))):
            told = await line.store.write(lambda tx: self._promise(tx, line))
            if told:
                log.warning("%s", told)

    def _news(self, reading: Reading, line: Line) -> Unheard:
        """Give what is to be told, or to be forgotten, now."""
        rules, now = line.setup.config.health, line.now()
        told = reading.warned_of()
        found = unheard(reading.troubled(), told, after=rules.warn_after, now=now, reached_since=self._reached_since)
        is_allowed = is_time(reading.noticed_at(ABOUT), after=rules.warn_after, now=now)
        return found if is_allowed else Unheard(dropped=found.dropped)

    def _has_news(self, news: Unheard) -> bool:
        return news.is_news or bool(news.dropped)

    def _promise(self, tx: Writing, line: Line) -> str | None:
        """Give the subject of what is told; None: it was only forgotten who is asked no more."""
        news, now, config = self._news(tx, line), line.now(), line.setup.config
        tx.remember_warned_of([state.feed.id for state in news.failing], now)
        tx.forget_warned_of([*news.dropped, *(state.feed.id for state in news.answering)])
        if not news.is_news:
            return None
        failing, answering = ([_silent(state) for state in states] for states in (news.failing, news.answering))
        subject, text = unheard_words(tuple(failing), tuple(answering), timezone=config.timezone)
        for channel in config.health.alert:
            tx.add_notice(
                channel,
                about=ABOUT,
                key="notice-" + sha256(f"{ABOUT}\n{channel}\n{now.isoformat()}\n{tx.notices()}".encode()).hexdigest()[:32],
                subject=subject,
                text=text,
                now=now,
                not_before=allowed(now, rules=config.alerts, timezone=config.timezone),
            )
        return subject


def _silent(state: FeedState) -> Silent:
    return Silent(
        name=state.feed.name,
        outlet=state.feed.outlet.id,
        since=state.answered_at,
        tries=state.failures,
        reason=without_secrets(state.reason or "no reason known"),
    )
