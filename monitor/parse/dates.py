"""A date as a feed writes it → a moment in UTC, or none. Touches nothing; what the time is now arrives as an argument.

feedparser's own dates are not used: it reads CET, MSK and IST as UTC, ``2019/8/20`` as 1 November, an epoch number as the year
1566, and no month name but English. What stands in figures, and RFC 822, is read here; month names are left to dateparser.
"""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LEEWAY = timedelta(days=1)
_LONGEST = 100
# dateparser takes milliseconds a date, and seconds where it must guess the language: so many tries a feed, and guesses cost more
_SLOW_TRIES = 400
_COST_OF_A_GUESS = 40
_COST_OF_A_MISS = 10
# To guess among all of dateparser's two hundred languages loads them all, which takes seconds
_GUESSED = re.findall(
    r"\S+", "en ar ru es fr de tr fa pt it uk pl nl id el ro cs hu sv bg sr az he hi ur ja ko vi th ka hy sw am"
)
_DATEPARSER_FAULTS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, re.error)

# Offsets in minutes. IST is read as India's, BST as Britain's, CST as America's: the most feeds by far.
_ZONE_TABLE = re.findall(
    r"\S+",
    """
WET 0 WEST 60 BST 60 CET 60 MET 60 MEZ 60 WAT 60 CEST 120 MEST 120 MESZ 120 EET 120 SAST 120 CAT 120 EEST 180 IDT 180 MSK 180
TRT 180 EAT 180 MSD 240 SAMT 240 GST 240 IRST 210 IRDT 270 AFT 270 PKT 300 YEKT 300 UZT 300 IST 330 NPT 345 OMST 360 BDT 360
MMT 390 ICT 420 WIB 420 KRAT 420 HKT 480 PHT 480 SGT 480 MYT 480 AWST 480 JST 540 KST 540 ACST 570 AEST 600 AEDT 660 NZST 720
NZDT 780 BRT -180 ART -180 CLT -240 VET -240 COT -300 PET -300 NST -210 NDT -150 AKST -540 AKDT -480 HST -600
""",
)
_ZONES = {name: int(minutes) for name, minutes in zip(_ZONE_TABLE[::2], _ZONE_TABLE[1::2], strict=True)}
_NAMED_ZONE = re.compile(rf"(?<=[\d\s])({'|'.join(_ZONES)})$", re.IGNORECASE)
_FIGURED_ZONE = re.compile(r"(?:GMT|UTC?)?\s*([+-])(\d{1,2})(?::?(\d\d))?$", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")
_ZONE_BESIDE_FIGURES = re.compile(r"(?<=[+-]\d{4})\s*\([^()]*\)$")
_MONTHS = 12
_PIVOT = 70  # POSIX: two figures of a year
_HAS_TIME = re.compile(r"\d{1,2}:\d\d")

_MONTH_NAMES = re.findall("...", "JanFebMarAprMayJunJulAugSepOctNovDec")
_USUAL_MAIL = re.compile(
    rf"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d\d) ({'|'.join(_MONTH_NAMES)}) (\d{{4}})"
    r" (\d\d):(\d\d):(\d\d) (?:GMT|([+-]\d{4}))",
    re.ASCII,
)
_USUAL_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)", re.ASCII)

_EPOCH = re.compile(r"(\d{9,10})(?:\.\d+)?|(\d{12,13})")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)T?(?:(\d\d)(\d\d)(\d\d)?)?(?P<zone>Z|[+-]\d{4})?")
_TIME = (
    r"(?:[T,\s]+(?P<hour>\d{1,2})[:時时](?P<minute>\d{1,2})(?:[:分](?P<second>\d{1,2})?(?:[.,]\d{1,9})?)?秒?\s*(?P<half>[ap]\.?m\.?)?"
    r"\s*(?P<zone>Z|(?:GMT|UTC?)?\s*(?:[+-]\d{1,2}:?(?:\d\d)?)?)?)?"
)
_WEEKDAY = r"(?:[^\W\d]{2,15}[.,\s]+)?"
_YEAR_FIRST = re.compile(
    rf"{_WEEKDAY}(?P<year>\d{{4}})[-/.年]\s?(?P<month>\d{{1,2}})[-/.月]\s?(?P<day>\d{{1,2}})日?{_TIME}", re.IGNORECASE
)
_YEAR_LAST = re.compile(
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?P<sign>[-/.])(?P<month>\d{{1,2}})(?P=sign)(?P<year>\d{{4}}|\d\d){_TIME}", re.IGNORECASE
)
# dateparser knows the Gregorian month names of Egypt, not those of Syria, Lebanon and Iraq
_LEVANTINE = {
    "كانون الثاني": "January",
    "شباط": "February",
    "آذار": "March",
    "اذار": "March",
    "نيسان": "April",
    "أيار": "May",
    "ايار": "May",
    "حزيران": "June",
    "تموز": "July",
    "آب": "August",
    "أيلول": "September",
    "ايلول": "September",
    "تشرين الأول": "October",
    "تشرين الاول": "October",
    "تشرين الثاني": "November",
    "كانون الأول": "December",
    "كانون الاول": "December",
}
_LEVANTINE_MONTH = re.compile("|".join(sorted(_LEVANTINE, key=len, reverse=True)))


class Calendar:
    """Reads the dates of one document; remembers how much of its budget of slow reads is left."""

    def __init__(self, *, now: datetime, language: str | None) -> None:
        """Take what the time is (aware), and the document's language as a primary subtag."""
        self._now = now
        self._language = language
        self._budget = _SLOW_TRIES
        self._slow: dict[str | None, DateDataParser] = {}

    @property
    def is_spent(self) -> bool:
        """Whether the budget ran out, so that a date may have been left unread for the sake of those before it."""
        return self._budget <= 0

    def read(self, raw: str) -> datetime | None:
        """Give the moment in UTC (a date without zone is taken as UTC); None where none between 1990 and tomorrow can be read."""
        with suppress(ValueError, OverflowError):
            usual = _usual(raw)
            if usual is not None:
                return usual if EARLIEST <= usual <= self._now + LEEWAY else None
        tidy = _tidy(raw)
        if not tidy or len(tidy) > _LONGEST or not any(char.isdigit() for char in tidy):
            return None
        for reading in (_epoch, _compact, _year_first, partial(_year_last, language=self._language), _mail, self._named_month):
            try:
                moment = reading(tidy)
                moment = moment.astimezone(UTC) if moment else None
            except (ValueError, OverflowError):
                continue
            if moment is not None:
                return moment if EARLIEST <= moment <= self._now + LEEWAY else None
        return None

    def _named_month(self, tidy: str) -> datetime | None:
        if not _WORD.search(tidy):
            return None
        known = _LEVANTINE_MONTH.sub(lambda found: _LEVANTINE[found[0]], tidy)
        language = "en" if known != tidy else self._language
        for tongue in (language, None):
            if self._budget <= 0:
                return None
            self._budget -= 1 if tongue else _COST_OF_A_GUESS
            moment = self._ask(known, tongue)
            if moment is not None:
                return moment
            self._budget -= _COST_OF_A_MISS
        return None

    def _ask(self, tidy: str, tongue: str | None) -> datetime | None:
        # loaded for the few feeds that have such dates: it takes a third of a worker's start
        from dateparser.date import DateDataParser  # noqa: PLC0415

        try:
            if tongue not in self._slow:
                self._slow[tongue] = DateDataParser(languages=[tongue] if tongue else _GUESSED, settings=self._settings())
            found = self._slow[tongue].get_date_data(tidy).date_obj
        except _DATEPARSER_FAULTS:
            return None
        return found if isinstance(found, datetime) and found.tzinfo else None

    def _settings(self) -> dict[str, object]:
        return {
            "STRICT_PARSING": True,
            "PARSERS": ["absolute-time"],
            "TIMEZONE": "UTC",
            "RETURN_AS_TIMEZONE_AWARE": True,
            "DATE_ORDER": "DMY",
            # dateparser must not look at the clock
            "RELATIVE_BASE": self._now.astimezone(UTC).replace(tzinfo=None),
        }


def _usual(raw: str) -> datetime | None:
    """Read what nine feeds in ten write, at once: RFC 822 with four figures of a year, and RFC 3339."""
    found = _USUAL_MAIL.fullmatch(raw)
    if found:
        day, month, year, hour, minute, second = found.groups()[:6]
        figures = [int(year), _MONTH_NAMES.index(month) + 1, int(day), int(hour), int(minute), int(second)]
        return _moment(figures, found[7])
    return datetime.fromisoformat(raw).astimezone(UTC) if _USUAL_ISO.fullmatch(raw) else None


def _tidy(raw: str) -> str:
    """Bring figures to ASCII, spaces to one, and the zone to figures."""
    figures = raw[: 2 * _LONGEST]
    if not figures.isascii():
        figures = "".join(str(unicodedata.decimal(char, char)) for char in unicodedata.normalize("NFC", figures))
    tidy = _ZONE_BESIDE_FIGURES.sub("", " ".join(figures.split())).replace("(", "").replace(")", "")
    tidy = _NAMED_ZONE.sub(lambda found: _offset(_ZONES[found[1].upper()]), tidy)
    if not _HAS_TIME.search(tidy):
        return tidy
    return _FIGURED_ZONE.sub(lambda found: f" {found[1]}{int(found[2]):02d}{found[3] or '00'}", tidy)


def _offset(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"


def _epoch(tidy: str) -> datetime | None:
    found = _EPOCH.fullmatch(tidy)
    if not found:
        return None
    return datetime.fromtimestamp(int(found[1]) if found[1] else int(found[2]) / 1000, tz=UTC)


def _compact(tidy: str) -> datetime | None:
    found = _COMPACT.fullmatch(tidy)
    if not found:
        return None
    return _moment([int(found[n] or 0) for n in range(1, 7)], found["zone"])


def _year_first(tidy: str) -> datetime | None:
    found = _YEAR_FIRST.fullmatch(tidy)
    return _from_figures(found, int(found["month"]), int(found["day"])) if found else None


def _year_last(tidy: str, *, language: str | None) -> datetime | None:
    """20.8.2019, 20/8/2019: the day first, but with slashes in English, where none can know unless one of them is over 12."""
    found = _YEAR_LAST.fullmatch(tidy)
    if not found:
        return None
    first, second = int(found["day"]), int(found["month"])
    if found["sign"] == "." or second == first:
        return _from_figures(found, second, first)
    if second > _MONTHS:
        return _from_figures(found, first, second)
    is_open = first <= _MONTHS and language in {None, "en"}
    return None if is_open else _from_figures(found, second, first)


def _from_figures(found: re.Match[str], month: int, day: int) -> datetime:
    year = int(found["year"])
    if len(found["year"]) == len("70"):
        year += 2000 if year < _PIVOT else 1900
    hour = int(found["hour"] or 0)
    half = (found["half"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    return _moment([year, month, day, hour, int(found["minute"] or 0), int(found["second"] or 0)], found["zone"])


def _moment(figures: list[int], zone: str | None) -> datetime:
    """Build a moment; 24:00:00 is the next midnight (ISO 8601), and a leap second the next minute."""
    year, month, day, hour, minute, second = figures
    if (hour, minute, second) > (24, 0, 0) or minute >= 60 or second > 60:  # noqa: PLR2004 - the clock's own figures
        raise ValueError("no time of day")
    moment = datetime(year, month, day, tzinfo=UTC) + timedelta(hours=hour, minutes=minute, seconds=second)
    signed = re.search(r"([+-])(\d\d):?(\d\d)", zone or "")
    if signed:
        ahead = timedelta(hours=int(signed[2]), minutes=int(signed[3]))
        moment += ahead if signed[1] == "-" else -ahead
    return moment


def _mail(tidy: str) -> datetime | None:
    """RFC 822 and its many children (RFC 5322 §3.3, §4.3)."""
    try:
        read = parsedate_tz(tidy)
    except (IndexError, TypeError, ValueError):
        return None
    if read is None:
        return None
    return _moment(list(read[:6]), None) - timedelta(seconds=read[9] or 0)
