"""What a feed says of how often it wants to be polled → Hints, clamped to what can be meant. Touches nothing."""

from __future__ import annotations

import re
from datetime import timedelta

from monitor.model import Hints

_LONGEST = timedelta(days=365)
_MAX_LIST = 5_000
_HOURS_A_DAY = 24
_NUMBER = re.compile(r"(\d{1,9})(?:\.\d*)?")
_HOUR = re.compile(r"<hour>\s*(\d{1,2})\s*</hour>", re.IGNORECASE)
_DAY = re.compile(r"<day>\s*(?:<!\[CDATA\[)?\s*([a-z]{6,9})\s*(?:\]\]>)?\s*</day>", re.IGNORECASE)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# http://web.resource.org/rss/1.0/modules/syndication/
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}


def hints(text: str, *, ttl: str | None, period: str | None, frequency: str | None) -> Hints:
    """Read RSS 2.0's ttl (minutes), skipHours and skipDays, and the Syndication module where there is no ttl.

    ``text``: the whole document, since feedparser keeps only the last of the hours and days.
    """
    return Hints(
        ttl=_ttl(ttl) or _pace(period, frequency),
        skip_hours=frozenset(hour % _HOURS_A_DAY for hour in _hours(text) if hour <= _HOURS_A_DAY),
        skip_days=frozenset(_DAYS.index(day) for day in _days(text) if day in _DAYS),
    )


def _ttl(ttl: str | None) -> timedelta | None:
    minutes = _number(ttl)
    return min(timedelta(minutes=minutes), _LONGEST) if minutes else None


def _pace(period: str | None, frequency: str | None) -> timedelta | None:
    """Give the time between two updates: the period (daily unless said otherwise), so often divided (once)."""
    if period is None and frequency is None:
        return None
    span = _PERIODS.get((period or "daily").strip().lower())
    return span / (_number(frequency) or 1) if span else None


def _number(said: str | None) -> int | None:
    found = _NUMBER.fullmatch((said or "").strip())
    return int(found[1]) if found else None


def _hours(text: str) -> list[int]:
    return [int(hour) for hour in _HOUR.findall(_listed(text, ("<skipHours", "<skiphours")))]


def _days(text: str) -> list[str]:
    return [day.lower() for day in _DAY.findall(_listed(text, ("<skipDays", "<skipdays")))]


def _listed(text: str, openings: tuple[str, str]) -> str:
    """Give what stands in an element of the envelope; empty where it is missing, or stands in an item."""
    if "<skip" not in text:
        return ""
    start = max(map(text.find, openings))
    first, last = text.find("<item"), text.rfind("</item")
    if start < 0 or first < start < last:
        return ""
    end = text.find("</skip", start, start + _MAX_LIST)
    return text[start:end] if end >= 0 else ""
