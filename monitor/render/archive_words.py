"""What the archive's pages say in English, beside `english`: the list of digests, stories' pages. Touches only zone data."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from monitor.render.english import DAYS, MONTHS
from monitor.render.words import clock, count, duration

FIELDS: Final = {"title": "headline", "summary": "feed's text", "text": "full text"}
"""The parts of an item, as people call them."""
PARTS: Final = {"feed": "in the feed", "page": "on the page"}

# ---------------------------------------------------------------------------------------------------- the list of digests

INDEX_TITLE: Final = "Digests"
INDEX_SKIP: Final = "Skip to the list"
NEWEST: Final = "Newest: "
LATE: Final = "late"
ASKED: Final = "asked for"
NO_GAPS: Final = "no gaps"
NO_DIGESTS: Final = "No digest was made yet."
INDEX_NOTE: Final = (
    "Numbers are the items that each watch found in the digest’s window; gaps are times and outlets that were not seen. What is "
    "older than `digest.keep` in config.toml says is deleted."
)

# ----------------------------------------------------------------------------------------------------- the page of a story

STORY_SKIP: Final = "Skip to the story"
FIRST_SEEN: Final = "First seen "
SENTENCES: Final = "Where the words stand"
CARRIED: Final = "Who carried it, and what each copy changed"
CARRIED_ALONE: Final = "Who carried it"
EDITED: Final = "Edited after publication"
ALERTED: Final = "Alerts sent"
EVIDENCE: Final = "Evidence"
TOLD_IN: Final = "Told in"
FOUND_BY: Final = "Found by"
NO_ALERT: Final = "No alert was sent of it."
NOT_TOLD: Final = "No digest that is kept tells of it."
HISTORY: Final = "found in what was stored before, told to nobody"
PUBLISHED: Final = "dated "
HEADLINE: Final = "Headline"
DATELINE: Final = "Dateline"
NUMBERS: Final = "Numbers"
UNCHANGED: Final = "Nothing was changed."
FEED_ONLY: Final = "Only the feed’s own words are known."
FORGOTTEN: Final = "Its texts were deleted, as [keep] says."
FIRST_TEXT: Final = "first seen"
OWN_TEXT: Final = "own text"
COPIED: Final = " copied"
COPIED_FROM: Final = " copied from "
OCCASIONS: Final = {"again_at": "carried by more outlets", "update": "update", "edit": "edited"}
"""Why what was told is told again."""
NOT_KEPT: Final = "The texts before and after are not kept any more."
GONE: Final = "Its page was found to be gone, "
NO_EVIDENCE: Final = "No answers were kept."
EVIDENCE_NOTE: Final = (
    "Answers as they came, kept in WARC files in the state folder under evidence. `monitor export --verify` checks that each "
    "byte of them is as it was written."
)
AT_BYTE: Final = "at byte "
WAY: Final = "by way of "
FEED_ADDRESS: Final = "the feed at {host}"
"""A feed's address may hold a key, and these pages may be served to others."""
EMPTY: Final = "Nothing of this story is stored any more."
EMPTY_NOTE: Final = "Items are deleted as [keep] says; what a digest told of it stands in that digest."
NOT_BY_A_MODEL: Final = "Nothing here is translated or summarised by a model."


def digests_span(number: int, first: str, last: str) -> str:
    """Say how many digests are listed, from when to when."""
    return f"{count(number, 'digest')}, {nominal(first)} to {nominal(last)}" if first != last else f"1 digest, {nominal(first)}"


def nominal(period: str) -> str:
    """Name the day of a period: "23 November 2026"."""
    local = datetime.fromisoformat(period)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def nominal_day(period: str) -> str:
    """Name the day of a period within its month: "Monday 23 November"."""
    local = datetime.fromisoformat(period)
    return f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}"


def nominal_month(period: str) -> str:
    """Name the month of a period: "November 2026"."""
    local = datetime.fromisoformat(period)
    return f"{MONTHS[local.month - 1]} {local.year}"


def nominal_moment(period: str) -> str:
    """Name a period shortly: "Mon 23 Nov 2026 06:00"."""
    local = datetime.fromisoformat(period)
    return f"{DAYS[local.weekday()][:3]} {local.day} {MONTHS[local.month - 1][:3]} {local.year} {local:%H:%M}"


def gaps(number: int) -> str:
    """Say how many gaps a digest tells."""
    return count(number, "gap") if number else NO_GAPS


def older(number: int) -> str:
    """Say that so many older digests are not listed."""
    return f"{count(number, 'older digest')} {'is' if number == 1 else 'are'} not listed; the files are in this folder."


def more_watches(number: int) -> str:
    """Say that so many watches of a digest are not named."""
    return f"{number} more watches" if number > 1 else "1 more watch"


def moment(when: datetime, zone: ZoneInfo) -> str:
    """Say when, for a page that is read years later: "Mon 23 Nov 2026 16:52"."""
    local = when.astimezone(zone)
    return f"{DAYS[local.weekday()][:3]} {local.day} {MONTHS[local.month - 1][:3]} {local.year} {clock(when, zone)}"


def exact(when: datetime, zone: ZoneInfo) -> str:
    """Say when to the second, with the zone's offset: "2026-11-23 16:52:07+03:00"."""
    return f"{when.astimezone(zone).isoformat(sep=' ', timespec='seconds')}"


def after(span: timedelta) -> str:
    """Say how long after the first: "+11 min"."""
    return f"+{duration(span)}" if span >= timedelta(minutes=1) else ""


def edits(number: int) -> str:
    """Say how often an item was edited."""
    return count(number, "edit")


def edit(number: int) -> str:
    """Name an edit."""
    return f"Edit {number}"


def seen(when: str) -> str:
    """Say when an edit was seen."""
    return f"seen {when}"


def item(number: int) -> str:
    """Name an item."""
    return f"item {number}"


def story(number: int) -> str:
    """Name a story."""
    return f"Story {number}"


def more_items(number: int, story_id: int) -> str:
    """Say that so many items are not told here."""
    return f"{count(number, 'more item')}; `monitor export --story {story_id}` gives all."


def more(number: int, noun: str) -> str:
    """Say that so many are not shown."""
    return f"and {count(number, f'more {noun}')}"


def answers(number: int) -> str:
    """Say how many answers prove an item."""
    return count(number, "answer")


def whole_text(story_id: int) -> str:
    """Say where the texts are."""
    return f"The texts themselves: `monitor show story:{story_id}`."


def times(timezone: str) -> str:
    """Say which zone's clock the times follow."""
    return f"Times are those of {timezone}."


def digests(number: int) -> str:
    """Say how many digests there are."""
    return count(number, "digest")
