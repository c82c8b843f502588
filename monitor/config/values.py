"""One value of config.toml → what it means. Pure but for the list of time zones.

Every function takes what TOML gave and raises ValueError with words for the person at the desk.
"""

from __future__ import annotations

import re
import unicodedata
import zoneinfo
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

from cronsim import CronSim, CronSimError

from monitor.config.faults import did_you_mean, is_id, quoted
from monitor.config.tongues import SHORTER, TWO
from monitor.errors import QueryError
from monitor.fold import fold
from monitor.model import Node
from monitor.query import parse
from monitor.text import one_line as scrubbed

_DURATION = re.compile(r"([0-9]{1,9}) ?([smhd])")
_UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_LONGEST = timedelta(days=3660)
_SIZE = re.compile(r"([0-9]{1,9}) ?(KB|MB|GB)", re.IGNORECASE)
_BYTES = {"KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000}
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*")
_SHORT = 2
"""Letters of a code of ISO 639-1."""
MOST = 1_000_000
"""What a number in a config is at most: more means nothing else, and the database takes no number of any length."""
_CRON_FIELDS = ("minute", "hour", "day", "month", "weekday")
_SOME_MONDAY = datetime(2024, 1, 1, tzinfo=UTC)


def text(value: object) -> str:
    """Take a text as it stands."""
    match value:
        case str():
            return value
        case _:
            raise ValueError("must be text in quotes")


def one_line(value: object) -> str:
    """Take a text of one line; control characters become spaces, and what turns the direction of others' words is taken out."""
    line = scrubbed(text(value), len(text(value)))
    if not line:
        raise ValueError("is empty")
    return line


def listed(value: object) -> tuple[object, ...]:
    """Take a list as a tuple."""
    match value:
        case list():
            return tuple(value)
        case _:
            raise ValueError('must be a list: ["...", "..."]')


def name(value: object) -> str:
    """Take an id: letters of any script, digits, ``-`` and ``_``."""
    if not is_id(text(value)):
        raise ValueError(f"{quoted(text(value))} is not a name: letters, digits, - and _ only")
    return text(value)


def parameter(value: object) -> str:
    """Take the name of a parameter in an address's query; give it in lower case."""
    written = text(value).strip()
    if not written or any(ch in "?&=#/*" or ch.isspace() or not ch.isprintable() for ch in written):
        raise ValueError(f'{quoted(written)} is no name of a parameter: the word before the =, whole, such as "from_list"')
    return written.lower()


def duration(value: object) -> timedelta:
    """Take "90s", "15m", "6h", "1d"."""
    if not isinstance(value, str) or not (found := _DURATION.fullmatch(value.strip())):
        shown = f"{quoted(value)} is no span of time" if isinstance(value, str) else "must be text in quotes"
        raise ValueError(f'{shown}. Write it as "90s", "15m", "6h" or "1d"')
    count, unit = found.groups()
    if int(count) > _LONGEST / _UNITS[unit]:
        raise ValueError(f"{quoted(value)} is over ten years")
    return int(count) * _UNITS[unit]


def written_span(span: timedelta) -> str:
    """Write a span of whole seconds as ``duration`` takes it, in the largest unit that fits: "15m"."""
    unit = next(unit for unit in reversed(_UNITS) if not span % _UNITS[unit])
    return f"{span // _UNITS[unit]}{unit}"


def keeping(value: object) -> timedelta:
    """Take how long something is kept: a day at least."""
    span = duration(value)
    if span < timedelta(days=1):
        raise ValueError(f'{quoted(text(value))} is under a day. The shortest is "1d"')
    return span


def pace(value: object) -> timedelta:
    """Take the time between two polls: a minute at least."""
    span = duration(value)
    if span < timedelta(minutes=1):
        raise ValueError(f'{quoted(text(value))} is under a minute, which outlets block. The shortest is "1m"')
    return span


def warning(value: object) -> timedelta:
    """Take the time that an outlet has not answered before somebody is told: five minutes at least."""
    span = duration(value)
    if span < timedelta(minutes=5):
        raise ValueError(f'{quoted(text(value))} is under five minutes, in which few are asked twice. The shortest is "5m"')
    return span


def pause(value: object) -> timedelta:
    """Take the time that a host is left alone between two requests: none at least, a minute at most."""
    match value:
        case bool():
            raise ValueError('is a span of time, such as "1s". An outlet that is not to be polled has paused = true')
        case _:
            span = duration(value)
    if span > timedelta(minutes=1):
        raise ValueError(f'{quoted(text(value))} is over a minute. Write every = "..." for how often an outlet is polled')
    return span


def patience(value: object) -> timedelta:
    """Take a time to wait for an answer: a second at least, ten minutes at most."""
    span = duration(value)
    if not timedelta(seconds=1) <= span <= timedelta(minutes=10):
        raise ValueError(f'{quoted(text(value))} is not between "1s" and "10m"')
    return span


def size(value: object) -> int:
    """Take "5MB" as bytes (a KB is 1,000 of them)."""
    if not isinstance(value, str) or not (found := _SIZE.fullmatch(value.strip())):
        shown = f"{quoted(value)} is no size" if isinstance(value, str) else "must be text in quotes"
        raise ValueError(f'{shown}. Write it as "500KB" or "5MB"')
    count = int(found[1]) * _BYTES[found[2].upper()]
    if not _BYTES["KB"] <= count <= _BYTES["GB"]:
        raise ValueError(f'{quoted(value)} is not between "1KB" and "1GB"')
    return count


def written_size(count: int) -> str:
    """Write bytes as ``size`` takes them: "5MB"."""
    unit = next(unit for unit in reversed(_BYTES) if not count % _BYTES[unit])
    return f"{count // _BYTES[unit]}{unit}"


def count(value: object) -> int:
    """Take a whole number of at least 1, and a million at most."""
    match value:
        case int() if value is not True and 1 <= value <= MOST:
            return value
        case int() if value > MOST:
            raise ValueError(f"is too large. The largest is {MOST}")
        case _:
            raise ValueError("must be a whole number, 1 or more")


def several(value: object) -> int:
    """Take a whole number of at least 2."""
    if (number := count(value)) == 1:
        raise ValueError("must be 2 or more: the first outlet is told of anyhow")
    return number


def time_of_day(value: object) -> str:
    """Take "HH:MM"."""
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        shown = f"{quoted(value)} is no time of day" if isinstance(value, str) else "must be text in quotes"
        raise ValueError(f'{shown}. Write it as "06:00"')
    return value


def quiet_hours(value: object) -> tuple[int, int]:
    """Take "22:00-06:00" as minutes after midnight."""
    start, _, stop = text(value).partition("-")
    times = [_TIME.fullmatch(part.strip()) for part in (start, stop)]
    minutes = [int(found[1]) * 60 + int(found[2]) for found in times if found]
    if len(minutes) != len(times):
        raise ValueError(f'{quoted(text(value))} is no stretch of the day. Write it as "22:00-06:00"')
    if minutes[0] == minutes[1]:
        raise ValueError(f"{quoted(text(value))} ends when it begins")
    return minutes[0], minutes[1]


def cron(value: object) -> str:
    """Take five fields, minute to weekday, as crontab(5) has them: names as well as numbers; 0 and 7 are both Sunday."""
    line = text(value)
    fields = line.split()
    if len(fields) != len(_CRON_FIELDS):
        raise ValueError(
            f'{quoted(line)} has {len(fields)} fields, not five: minute, hour, day, month, weekday, as in "0 6 * * mon-fri"'
        )
    for position, field in enumerate(fields):
        for term in field.split(","):
            if not _is_cron(" ".join(["*"] * position + [term] + ["*"] * (len(fields) - 1 - position))):
                why = "not in range" if re.fullmatch(r"[0-9*/-]+", term) else "not understood"
                raise ValueError(f"{quoted(line)} has '{quoted(term)[1:-1]}' as its {_CRON_FIELDS[position]}, which is {why}")
    if not _is_cron(line):
        raise ValueError(f"{quoted(line)} names a day that its month never has")
    return " ".join(fields)


def longest_wait(line: str) -> timedelta:
    """Give the longest time between two of the next hundred times that a cron line names; none where it names fewer than two."""
    times = tuple(islice(CronSim(line, _SOME_MONDAY), 100))
    return max((after - before for before, after in pairwise(times)), default=timedelta())


def language(value: object) -> str:
    """Take a language tag (BCP 47); give its primary subtag in lower case."""
    written = text(value)
    found = _LANGUAGE.fullmatch(written)
    code = found[1].lower() if found else written.strip().lower()
    if better := SHORTER.get(code):
        raise ValueError(f'{quoted(written)} is no language code. Write it as "{better}"')
    if not found or (len(code) == _SHORT and code not in TWO):
        raise ValueError(f'{quoted(written)} is no language code, such as "ar" or "en"')
    return code


def language_of(said: str | None) -> str | None:
    """Give the primary subtag of what a file of others says; None where that is no language tag."""
    try:
        return language(said.replace("_", "-")) if said else None
    except ValueError:
        return None


def query(value: object) -> Node:
    """Take a query (docs/queries.md)."""
    try:
        return parse(text(value))
    except QueryError as error:
        raise ValueError(str(error)) from error


def timezone(value: object) -> str:
    """Take an IANA name of a time zone."""
    key = text(value)
    try:
        zoneinfo.ZoneInfo(key)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        # OSError: "Asia" is a directory of the database, not a zone
        nearest = did_you_mean(key, zoneinfo.available_timezones()) or ' Write it as "Asia/Damascus"'
        raise ValueError(f"no time zone {quoted(key)}.{nearest}") from error
    return key


def word(value: object) -> str:
    """Take a watched word. What would match nearly everything is refused, and so is what has nothing to look for."""
    spelled = one_line(value)
    letters = [ch for ch in fold(spelled) if unicodedata.category(ch)[0] in "LN"]
    if not letters:
        raise ValueError(f"this has '{quoted(spelled)[1:-1]}', in which there is no letter to look for")
    if len(letters) == 1 and letters[0].isascii() and letters[0].isalpha():
        raise ValueError(f"this has '{quoted(spelled)[1:-1]}', which would match nearly everything")
    return spelled


def _is_cron(line: str) -> bool:
    try:
        CronSim(line, _SOME_MONDAY)
    except CronSimError:
        return False
    return True
