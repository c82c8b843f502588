"""How a feed's last poll went → when it is polled next. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.model import Failure, FetchRules

DAILY = timedelta(days=1)
SOONEST = timedelta(minutes=1)
GONE = 410


def pace(every: timedelta | None, rules: FetchRules) -> timedelta:
    """Give the time between two polls of a feed that answers: the outlet's own `every`, else [fetch] every within its bounds."""
    return every or min(max(rules.every, rules.min), rules.max)


def after_answer(every: timedelta, *, now: datetime, jitter: float) -> datetime:
    """Give the next poll after one that was answered. ``jitter`` in [0, 1) spreads feeds over a twentieth of their pace."""
    return now + every * (1 + (jitter - 0.5) / 10)


def after_failure(every: timedelta, failure: Failure, *, failures: int, now: datetime, jitter: float) -> datetime:
    """Give the next poll after a failed one; ``failures`` counts it.

    The wait doubles up to a daily probe, and never ends: a feed is not switched off. What the server asked for (RFC 9110 §10.2.3)
    is honoured between a minute and a day. This machine's own trouble is looked at again in a minute.
    """
    if failure.local:
        return now + SOONEST * (1 + jitter / 2)
    wait = DAILY if failure.status == GONE else every * 2 ** min(max(failures - 1, 0), 12)
    if failure.retry_after is not None:
        wait = max(wait, min(max(failure.retry_after, SOONEST), DAILY))
    return now + min(wait, max(DAILY, every)) * (1 + (jitter - 0.5) / 10)


def article_after_failure(failure: Failure, *, tries: int, now: datetime) -> datetime | None:
    """Give when a page is asked for again; None: given up. ``tries`` counts the one that failed."""
    if failure.local:
        return now + SOONEST
    waits = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
    if not failure.retryable or tries > len(waits):
        return None
    wait = waits[tries - 1]
    return now + (max(wait, min(failure.retry_after, DAILY)) if failure.retry_after else wait)
