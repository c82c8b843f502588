"""What the digest says: times, durations, kinds → sentences, of the words in `english`. Touches nothing but zone data.

A sentence is a tuple of our own words (``str``) and of what came from outside (``Quoted``), so that each sink can set the
two apart: no name is ever glued into our words before the sink has escaped it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from monitor.model import Digest, EditKind, Feed, Firsts, Gap, OutletHealth, Watch, WatchId, Withheld
from monitor.render import english
from monitor.render.english import DAYS, DOUBTS, LANGUAGES, MONTHS, NO_OUTLETS
from monitor.render.english_gaps import GAPS, LONGER, LONGEST, NOW, REASON_UNKNOWN, SINCE_UNKNOWN, SURE, THE_MONITOR
from monitor.render.mends import mend
from monitor.text import direction, scrub
from monitor.url import linkable

_NAMED: Final = 5
_LANGUAGE = re.compile(r"[a-z]{2,3}")

Side = Literal["ltr", "rtl"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """A text from outside, on one line and without controls, with its language (None: not known) and its direction."""

    text: str
    language: str | None
    side: Side


Sentence = tuple[str | Quoted, ...]


def line(text: str) -> str:
    """Put a text from outside on one line, without controls or bidi overrides; spaces stay, so pieces can be joined again."""
    return scrub(text, len(text)).replace("\n", " ")


def quoted(text: str, language: str | None = None) -> Quoted:
    """Make a text from outside fit to be told. Its language is kept only where its letters run that language's way."""
    clean = line(text).strip()
    side = direction(language, clean)
    fits = language is not None and _LANGUAGE.fullmatch(language) and direction(language, "") == side
    return Quoted(text=clean, language=language if fits else None, side=side)


def link(url: str | None) -> str | None:
    """Give an address fit to be linked and to be shown; None where it is not known or not fit."""
    fit = linkable(url, None)
    return None if fit is None else "".join(char if char.isprintable() else quote(char) for char in fit)


def watch_name(watch_id: WatchId) -> Quoted:
    """Name a watch as a heading does: its id, with a capital, "-" and "_" as spaces."""
    name = watch_id.replace("-", " ").replace("_", " ").strip() or watch_id
    return quoted(name[:1].upper() + name[1:] if name[:1].isascii() else name)


def feed_name(feed: Feed) -> Quoted:
    """Name a feed as its outlet; where the outlet has several, with the feed's title or number (never its address)."""
    name = feed.name
    if len(feed.outlet.feeds) > 1:
        number = feed.outlet.feeds.index(feed.url) + 1 if feed.url in feed.outlet.feeds else 1
        name += f" ({feed.title})" if feed.title and feed.title != name else f" (feed {number})"
    return quoted(name, feed.outlet.language)


def language_name(language: str | None) -> str | None:
    """Give a foreign language's English name; None for English and where it is not known."""
    return None if language is None or language == "en" else LANGUAGES.get(language)


def count(number: int, noun: str) -> str:
    """Say "1 item", "2 items", "2 tries", "2 stories"."""
    if number == 1:
        return f"1 {noun}"
    if noun.endswith(("ry", "py")):
        return f"{number} {noun[:-1]}ies"
    return f"{number} {noun}es" if noun.endswith("ch") else f"{number} {noun}s"


def duration(span: timedelta) -> str:
    """Say how long: "under a minute", "14 min", "5 h 10 min", "3 days 4 h"; negative spans are none at all."""
    minutes = max(span, timedelta()) // timedelta(minutes=1)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return count(days, "day") + (f" {hours} h" if hours else "")
    if hours:
        return f"{hours} h" + (f" {minutes} min" if minutes else "")
    return f"{minutes} min" if minutes else "under a minute"


def offset(when: datetime, zone: ZoneInfo) -> str:
    """Give a zone's offset at an instant: "UTC", "UTC+3", "UTC-3:30"."""
    minutes = (when.astimezone(zone).utcoffset() or timedelta()) // timedelta(minutes=1)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}" + (f":{rest:02}" if rest else "")


def clock(when: datetime, zone: ZoneInfo) -> str:
    """Give the local hour, "16:52"; where the clocks show it twice that night, with its offset."""
    local = when.astimezone(zone)
    twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    return f"{local:%H:%M}" + (f" {offset(when, zone)}" if twice else "")


def day(when: datetime, zone: ZoneInfo, *, today: datetime) -> str:
    """Name a local day as seen from ``today``: "today", "yesterday", "17 November", "17 November 2025"."""
    local, here = when.astimezone(zone).date(), today.astimezone(zone).date()
    if local == here:
        return "today"
    if local == here - timedelta(days=1):
        return "yesterday"
    return f"{local.day} {MONTHS[local.month - 1]}" + (f" {local.year}" if local.year != here.year else "")


def moment(when: datetime, zone: ZoneInfo, *, today: datetime) -> str:
    """Say when, as shortly as can be: "00:50", "yesterday 22:10", "17 November 22:10"."""
    name = day(when, zone, today=today)
    return clock(when, zone) if name == "today" else f"{name} {clock(when, zone)}"


def month(when: datetime) -> str:
    """Give a month's name in three letters."""
    return MONTHS[when.month - 1][:3]


def nominal_day(period: str) -> str:
    """Name the day of a period: "Monday 23 November 2026"."""
    local = datetime.fromisoformat(period)
    return f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]} {local.year}"


def window(digest: Digest) -> str:
    """Say from when to when, in which zone; both offsets where the clocks changed in between."""
    zone = ZoneInfo(digest.timezone)
    before, after = offset(digest.start, zone), offset(digest.stop, zone)
    start = _date(digest.start, zone) + (f" ({before})" if before != after else "")
    stop = f"{_date(digest.stop, zone)}, {digest.timezone}" + (f" ({after})" if after != digest.timezone else "")
    outlets = len({row.feed.outlet.id for row in digest.outlets if row.state != "paused"})
    return (
        f"What {count(outlets, 'outlet')} published, as first seen in the {_span(digest.stop - digest.start)} "
        f"from {start} to {stop}"
    )


def scope(digest: Digest) -> Sentence:
    """Say which digest it is, and of how much of config.toml it does not tell; () where it is the one, and of all of it."""
    name: Sentence = (english.PLAN, watch_name(WatchId(digest.plan)), ".") if digest.plan else ()
    watches, outlets = len(digest.watches), len({row.feed.outlet.id for row in digest.outlets})
    said = []
    if left := digest.watches_left_out:
        said.append(english.OF_WATCHES.format(watches=count(watches + left, "watch"), told=watches))
    if left := digest.outlets_left_out:
        of_outlets = english.OF_OUTLETS if said else english.OF_OUTLETS_ALONE
        said.append(of_outlets.format(outlets=count(outlets + left, "outlet"), told=outlets))
    if not said:
        return name
    told = "; ".join(said)
    return (*name, f"{' ' if name else ''}{told[:1].upper()}{told[1:]}.")


def times(digest: Digest) -> str:
    """Say which zone's clock the times follow."""
    after = offset(digest.stop, ZoneInfo(digest.timezone))
    return f"Times are those of {digest.timezone}" + (f", {after} at the end of the window." if after != digest.timezone else ".")


def coverage(digest: Digest) -> str:
    """Say how much was not seen, before the gaps themselves; feeds not polled yet or paused are told, too."""
    parts = [f"{count(len(digest.gaps), 'gap')}." if digest.gaps else "No gaps."]
    new = sum(row.state == "new" for row in digest.outlets)
    paused = sum(row.state == "paused" for row in digest.outlets)
    if not digest.outlets:
        parts.append(NO_OUTLETS)
    elif not digest.gaps and not new:
        parts.append("Every feed that was asked answered." if paused else "Every feed answered.")
    parts += [f"{count(new, 'feed')} not polled yet."] if new else []
    parts += [f"{count(paused, 'feed')} paused by the desk, not read."] if paused else []
    return " ".join(parts)


def unlisted(feeds: int) -> str:
    """Say that so many feeds have no line in the table."""
    return f"{count(feeds, 'more feed')} {'is' if feeds == 1 else 'are'} listed by `monitor status`."


def is_covered(digest: Digest) -> bool:
    """Say whether silence in this digest means something: every outlet listed was seen through the whole window."""
    return bool(digest.outlets) and not digest.gaps and all(row.state == "ok" for row in digest.outlets)


def gap(gap: Gap, digest: Digest) -> Sentence:
    """Tell one gap: who, what is missing, since when and why; what can be done about it."""
    since = moment(gap.since, ZoneInfo(digest.timezone), today=digest.stop) if gap.since else SINCE_UNKNOWN
    until = moment(gap.until, ZoneInfo(digest.timezone), today=digest.stop) if gap.until else NOW
    before, has_reason, after = GAPS[_way(gap)].partition("{reason}")
    facts = {
        "since": since,
        "until": until,
        "times": f", {gap.count} times in between" if gap.count > 1 else "",
        "often": f" ({gap.count} times)" if gap.count > 1 else "",
        "tries": count(gap.count, "try"),
        "alerts": count(gap.count, "alert"),
        "digests": count(gap.count, "digest"),
        "items": count(gap.count, "item"),
        "feeds": count(gap.count, "feed"),
        "stand": "stands" if gap.count == 1 else "stand",
        "they": "it was" if gap.count == 1 else "they were",
        "their_feeds": "its feed was" if gap.count == 1 else "their feeds were",
        "compared": _compared(gap, digest),
    }
    told: Sentence = (feed_name(gap.feed),) if gap.feed else (THE_MONITOR,)
    told += (before.format_map(facts),)
    if has_reason:
        told += (quoted(DOUBTS.get(gap.reason, gap.reason) or REASON_UNKNOWN), after.format_map(facts))
    return told + _mend(gap, digest)


def state(row: OutletHealth) -> str:
    """Name a feed's state; what the monitor itself did not reach is not called failing."""
    return english.NOT_REACHED if row.state == "failing" and not row.failures else english.STATES[row.state]


def answered(row: OutletHealth, digest: Digest) -> str:
    """Say when a feed last answered, as seen from the end of the window."""
    if row.answered_at is None:
        return english.NEVER
    ago = digest.stop - row.answered_at
    return english.JUST_NOW if ago < timedelta(minutes=1) else english.AGO.format(span=duration(ago))


def doubt(reason: str) -> str:
    """Say why an article's text may not be the article."""
    return f"In doubt: {DOUBTS.get(reason, english.DOUBT_UNKNOWN)}."


def edited(kind: EditKind) -> str:
    """Say what an edit has to do with what was found."""
    return f"Edited: {english.EDITS[kind]}."


def edited_times(times: int) -> str:
    """Say that an item was edited, and how often."""
    return english.EDITED if times == 1 else english.EDITED_TIMES.format(times=times)


def last_match(when: datetime | None, outlet: str | None, digest: Digest) -> Sentence:
    """Say when a quiet watch last matched, and where."""
    if when is None:
        return (english.NO_MATCH_KNOWN,)
    told = english.LAST_MATCH.format(when=moment(when, ZoneInfo(digest.timezone), today=digest.stop))
    return (f"{told}, ", quoted(outlet), ".") if outlet else (f"{told}.",)


def only_at(watch: Watch, digest: Digest) -> Sentence:
    """Name the outlets that a watch is asked of, the first few; () where it is asked of all."""
    if watch.outlets is None:
        return ()
    rows = {row.feed.outlet.id: quoted(row.feed.name, row.feed.outlet.language) for row in digest.outlets}
    names = [name for outlet, name in rows.items() if outlet in watch.outlets]
    names += [quoted(outlet) for outlet in sorted(watch.outlets - rows.keys())]
    named: list[str | Quoted] = [part for name in names[:_NAMED] for part in (", ", name)][1:]
    more = (f", {more_outlets(len(names) - _NAMED)}",) if len(names) > _NAMED else ()
    return (english.ONLY_AT, *named, *more)


def past(items: int) -> str:
    """Say what a new or changed watch found in what was stored before it; "" for nothing."""
    return english.PAST.format(items=count(items, "item")) if items else ""


def withheld(held: Withheld | None, digest: Digest) -> str:
    """Say which alerts were raised and not sent, as a person wanted none; "" where there are none."""
    reasons = []
    if held and held.muted and held.muted_until:
        until = moment(held.muted_until, ZoneInfo(digest.timezone), today=digest.stop)
        reasons.append(english.MUTED_UNTIL.format(count=held.muted, until=until))
    elif held and held.muted:
        reasons.append(english.MUTED.format(count=held.muted))
    if held and held.acked:
        reasons.append(english.ACKED.format(count=held.acked))
    return english.WITHHELD.format(reasons="; ".join(reasons)) if reasons else ""


def late(digest: Digest) -> str | None:
    """Say that a digest is late, and how many were missed beside it; None where it is neither."""
    told = [_made_late(digest)] if digest.late else []
    if digest.caught_up:
        were = "was" if digest.caught_up == 1 else "were"
        told.append(english.CAUGHT_UP.format(digests=count(digest.caught_up, "earlier digest"), were=were))
    return " ".join(told) or None


def _made_late(digest: Digest) -> str:
    if digest.made_at is None:
        return english.LATE_SINCE
    zone = ZoneInfo(digest.timezone)
    name, hour = day(digest.made_at, zone, today=digest.stop), clock(digest.made_at, zone)
    return english.LATE.format(when=english.AT.format(hour=hour) if name == "today" else english.ON.format(day=name, hour=hour))


def usual(number: float) -> str:
    """Say a median: "6", "0 or 1" where it lies between two counts."""
    whole, rest = divmod(number, 1)
    return f"{whole:.0f} or {whole + 1:.0f}" if rest == 0.5 else f"{number:.0f}"  # noqa: PLR2004 - half of two counts


def more_outlets(outlets: int) -> str:
    """Say that so many outlets carry a story beside those that are named."""
    return english.MORE_OUTLETS.format(outlets=count(outlets, "more outlet"))


def in_short(stories: int) -> str:
    """Say that so many stories have a line each."""
    return english.IN_SHORT.format(stories=count(stories, "more story"))


def first_note(firsts: Firsts) -> str:
    """Say what being first means, and what polling can't tell."""
    said = [english.FIRST_MEANS] if firsts.outlets else [english.NO_FIRSTS]
    if firsts.paces:
        shortest, longest = (duration(pace) for pace in firsts.paces)
        if firsts.paces[1] < timedelta(hours=1) and shortest != longest:
            shortest = shortest.removesuffix(" min")
        paces = english.FIRST_PACE if shortest == longest else english.FIRST_PACES
        said.append(paces.format(shortest=shortest, longest=longest))
    if firsts.untold and firsts.outlets:
        said.append(english.FIRST_UNTOLD.format(stories=count(firsts.untold, "story")))
    return " ".join(said)


def iso(when: datetime, zone: ZoneInfo) -> str:
    """Write an instant for machines: RFC 3339, with the zone's offset."""
    return when.astimezone(zone).isoformat(timespec="seconds")


def _date(when: datetime, zone: ZoneInfo) -> str:
    local = when.astimezone(zone)
    return f"{DAYS[local.weekday()][:3]} {local.day} {MONTHS[local.month - 1][:3]} {clock(when, zone)}"


def _span(span: timedelta) -> str:
    # to the minute: a window that ends now holds this very second, too
    if span < timedelta(minutes=2):
        return "minute"
    hours, rest = divmod(timedelta(minutes=span // timedelta(minutes=1)), timedelta(hours=1))
    return count(hours, "hour") if hours and not rest else duration(span)


def _way(gap: Gap) -> str:
    """Give by which words a gap is told: the monitor's first days are told otherwise than its rests."""
    if gap.kind != "down" or gap.since:
        return gap.kind
    return "began" if gap.until else "never_ran"


def _compared(gap: Gap, digest: Digest) -> str:
    """Compare a silence with the feed's own past, and say how sure it is; "" for other gaps."""
    if gap.sure is None or gap.since is None:
        return ""
    told = SURE[gap.sure]
    if gap.longest is None or gap.known is None:
        return told
    past = count(gap.known.days // 7, "week")
    is_longest = digest.stop - gap.since > gap.longest
    return (LONGEST if is_longest else LONGER).format(past=past, longest=duration(gap.longest)) + told


def _mend(gap: Gap, digest: Digest) -> Sentence:
    """Say what can be done about a gap, with the table of config.toml; nothing where nothing can."""
    rows = (row.pace for row in digest.outlets if gap.feed and row.feed.id == gap.feed.id) if gap.kind == "overflow" else ()
    paces = [pace for pace in (*rows, gap.feed.outlet.every if gap.feed else None) if pace]
    found = mend(gap, min(paces, default=None))
    if found is None:
        return ()
    return (found.before, quoted(found.table), found.after) if found.table else (found.before,)
