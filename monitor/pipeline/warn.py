"""Outlets that fail for long or are silent → the channels of [health] are told, once a time of trouble, and once that it is over.

The promise to tell is written with the note that it was made: a kill at any moment repeats nothing and loses nothing.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from monitor.alert import allowed
from monitor.health import Before, Silence, Unheard, is_time, unheard, without_secrets
from monitor.model import Ailing, ChannelId, FeedId, FeedState
from monitor.pipeline.covered import silences_of
from monitor.pipeline.line import Line
from monitor.render.unheard import unheard_words
from monitor.render.words import count, duration
from monitor.store import Reading, Writing

log = logging.getLogger("monitor.warn")

ABOUT = ChannelId("[health]")
"""Whose trouble such a notice is of: no channel can be called so."""
LOOK = timedelta(hours=1)
"""Between two looks for who is silent: many feeds have much of a past."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

_Silences = dict[FeedId, Silence]


class Unanswered:
    """Remembers since when this machine reaches outlets at all, as what failed before is not theirs, and when it looked last."""

    def __init__(self) -> None:
        """Begin with a network that is there."""
        self._reached_since = self._looked_at = _LONG_AGO

    async def warn(self, line: Line) -> None:
        """Promise to tell what is to be told now. Raises StoreError only."""
        await _pass_on(line)
        if line.network.is_down:
            self._reached_since = line.now()
        elif line.setup.config.health.alert:
            silences, is_news = await line.store.study(lambda store: self._looked(store, line))
            if is_news and (told := await line.store.write(lambda tx: self._promise(tx, line, silences))):
                log.warning("%s", told)

    def _looked(self, reading: Reading, line: Line) -> tuple[_Silences, bool]:
        """Give who is silent, if it is time to look for that, and whether anything is to be told or forgotten."""
        now, silences = line.now(), _Silences()
        if _is_time(reading, line) and not now - LOOK < self._looked_at <= now:
            self._looked_at = now
            silences = silences_of(reading, reading.states(), now)
        news = self._news(reading, line, silences)
        return silences, news.is_news or bool(news.dropped)

    def _news(self, reading: Reading, line: Line, silences: _Silences) -> Unheard:
        told, spoken = reading.warned_of()
        found = unheard(
            reading.states() if silences else reading.troubled(),
            Before(told=told, spoken=spoken, reached_since=self._reached_since),
            after=line.setup.config.health.warn_after,
            now=line.now(),
            silences=silences,
        )
        return found if _is_time(reading, line) else Unheard(dropped=found.dropped)

    def _promise(self, tx: Writing, line: Line, silences: _Silences) -> str | None:
        """Give the subject of what is told; None: it was only forgotten who is asked no more."""
        news, now, config = self._news(tx, line, silences), line.now(), line.setup.config
        tx.remember_warned_of(news.begun, now)
        tx.forget_warned_of(news.ended)
        if not news.is_news:
            return None
        subject, text = unheard_words(
            tuple(map(_failing, news.failing)),
            tuple(_silent(state, silences[state.feed.id]) for state in news.silent),
            tuple(map(_well, news.answering)),
            tuple(map(_well, news.speaking)),
            timezone=config.timezone,
        )
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


async def _pass_on(line: Line) -> None:
    """Let those of [health] have what a channel that was taken out of config.toml was to be told: feeds are told of only once."""
    config, there = line.setup.config, tuple(line.setup.channels)
    lost = await line.store.read(lambda store: store.lost_notices(ABOUT, there))
    if lost and config.health.alert:
        not_before = allowed(line.now(), rules=config.alerts, timezone=config.timezone)
        await line.store.write(lambda tx: tx.pass_on(ABOUT, there=there, to=config.health.alert, not_before=not_before))


def _is_time(reading: Reading, line: Line) -> bool:
    return is_time(reading.noticed_at(ABOUT), after=line.setup.config.health.warn_after, now=line.now())


def _failing(state: FeedState) -> Ailing:
    why = f"{count(state.failures, 'try')}: {without_secrets(state.reason or 'no reason known')}"
    return replace(_well(state), since=state.answered_at, why=why)


def _silent(state: FeedState, silence: Silence) -> Ailing:
    longest = f"; never for longer than {duration(silence.longest)} before" if silence.longest else ""
    return replace(_well(state), since=silence.since, why=f"{count(silence.items, 'item')} would be usual{longest}")


def _well(state: FeedState) -> Ailing:
    return Ailing(name=state.feed.name, outlet=state.feed.outlet.id, since=None, why="")
