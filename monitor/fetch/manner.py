"""An answer's head → what the server asks of its next visitor: how long to stay away, and where to come next time."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from monitor.fetch.head import Head
from monitor.fetch.hop import Hop
from monitor.model import Manner

_WAIT = re.compile(r"[0-9]{1,9}")
_DIGITS = re.compile(r"[0-9]+")
_MOST = timedelta(seconds=2**31)
"""What a longer time counts as (RFC 9111 §1.2.2)."""
_ENOUGH_DIGITS = 11
_DIRECTIVE = re.compile(r'([a-z-]+)(?:[ \t]*=[ \t]*("[^"]*"|[^\s,;"]*))?')


def manner(head: Head, hop: Hop, now: datetime) -> Manner:
    """Read it off an answer of any status."""
    return Manner(max_age=max_age(head, now), retry_after=retry_after(head.only(b"retry-after"), now), moved_to=hop.moved_to)


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Read Retry-After (RFC 9110 §10.2.3): seconds, or an HTTP date. None: nothing usable, or a time that has passed."""
    if value is None:
        return None
    if _WAIT.fullmatch(value.strip()):
        return timedelta(seconds=int(value))
    wait = _until(value, now)
    return wait if wait is not None and wait > timedelta(0) else None


def max_age(head: Head, now: datetime) -> timedelta | None:
    """Give how long an answer stays fresh from now on (RFC 9111 §4.2.1, as a private cache: s-maxage is not for us).

    No-store and no-cache are zero. None: nothing is said, or nothing usable, or it is stale already. Of two max-ages the
    shorter counts.
    """
    said = head.joined(b"cache-control").lower()
    # Most answers say nothing of it, and are many
    lifetime = _said(said) if said else None
    if lifetime is None and "max-age" not in said:
        lifetime = _until_expiry(head, now)
    if not lifetime:
        return lifetime
    left = lifetime - (_seconds(head.only(b"age") or "") or timedelta(0))
    return min(left, _MOST) if left >= timedelta(0) else None


def _said(cache_control: str) -> timedelta | None:
    found = _DIRECTIVE.findall(cache_control)
    # no-cache="Set-Cookie" speaks of that field alone
    if any(name in {"no-store", "no-cache"} and not value for name, value in found):
        return timedelta(0)
    ages = [_seconds(value.strip('"')) for name, value in found if name == "max-age"]
    known = [age for age in ages if age is not None]
    return min(known) if known and len(known) == len(ages) else None


def _until_expiry(head: Head, now: datetime) -> timedelta | None:
    expires = head.only(b"expires")
    if expires is None:
        return None
    date = head.only(b"date")
    # A server whose clock is wrong is wrong in both
    passed = _until(date, now) if date else timedelta(0)
    left = _until(expires, now)
    if left is None or passed is None or left < passed:
        return None
    return left - passed


def _seconds(value: str) -> timedelta | None:
    value = value.strip()
    if not _DIGITS.fullmatch(value):
        return None
    # int() refuses numbers of thousands of digits
    return min(timedelta(seconds=int(value[:_ENOUGH_DIGITS])), _MOST)


def _until(date: str, now: datetime) -> timedelta | None:
    """Give the time until an HTTP date; None where it is none."""
    try:
        return parsedate_to_datetime(date) - now
    except (ValueError, TypeError, OverflowError, IndexError):  # TypeError: a date without a zone
        return None
