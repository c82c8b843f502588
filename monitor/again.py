"""When a page is asked for again: after it could not be had, and after it was read, for its edits. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.model import Failure

WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
"""After each failure in a row; after the last of them the item's text is given up, and nobody waits for it any longer."""
LOCAL = timedelta(minutes=1)
LONGEST = timedelta(days=1)
REREAD_AGES = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24), timedelta(days=7))


def after_failure(failure: Failure, *, tries: int, now: datetime) -> datetime | None:
    """Give when a page is asked for again; None: given up. ``tries`` counts the one that failed."""
    if failure.local:
        return now + LOCAL
    if not failure.retryable or tries > len(WAITS):
        return None
    wait = WAITS[tries - 1]
    return now + (max(wait, min(failure.retry_after, LONGEST)) if failure.retry_after else wait)


def reread_at(read_at: datetime, *, is_matched: bool, now: datetime) -> datetime | None:
    """Give when a page is read again that was read, or given up, at ``read_at``; None: never.

    A matched one for edits, after 1 h, 6 h, 24 h and 7 d; another one in hope of a better text, while it is a day old at most.
    """
    ages = REREAD_AGES if is_matched else REREAD_AGES[:-1]
    return next((read_at + age for age in ages if read_at + age > now), None)


def after_edit(edited_at: datetime | None, *, now: datetime) -> datetime | None:
    """Give when a page is asked for again that should have shown an edit and could not be had; None: not for its sake.

    After five minutes, and then ever more seldom, for a week.
    """
    if edited_at is None or now - edited_at > REREAD_AGES[-1]:
        return None
    return now + max(timedelta(minutes=5), (now - edited_at) / 2)
