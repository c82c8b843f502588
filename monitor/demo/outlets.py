"""The demo's data files → its outlets, their items, and what the monitor should make of each.

Reads the files under `data/` beside this module, and nothing else. Every outlet, person and event in them is invented.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from monitor.model import Field, OutletId, WatchId

DATA = files("monitor.demo") / "data"

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What the monitor should make of one item under one watch, on the first poll.

    ``title``: the item's, as it is stored. ``field``: where the watch first stands in title, summary (the feed's own text) and
    text (the page's), in that order; None where it does not match. ``form``: the letters that stand there, or for what must not
    match, the letters that tempt. ``should_alert``: False for near misses, for matches too old or undated for a first
    poll, and for copies: their story is told once, under whichever of its items is met first.
    """

    outlet_id: OutletId
    title: str
    watch_id: WatchId
    field: Field | None
    form: str
    should_alert: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """An item's words at one time. ``title_markup``: the HTML that the feed gives as its title; None: the title is plain."""

    title: str
    title_markup: str | None
    teaser: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoItem:
    """One thing that an outlet publishes. ``age``: how long before the start; None: it has no date.

    ``edited``: its words after the edit, None where it is never edited. ``page_status``: what its page answers. ``copy_of``: the
    outlet and slug of the item whose text it carries ("levant-wire/bab-al-hawa-reopens"); None: its text is its own.
    """

    slug: str
    age: timedelta | None
    first: Wording
    edited: Wording | None
    byline: str
    comments: tuple[str, ...]
    page_status: int
    expectations: tuple[Expectation, ...]
    copy_of: str | None = None

    def wording(self, *, is_edited: bool) -> Wording:
        """Give the words of the first state, or of the second."""
        return self.edited if is_edited and self.edited else self.first

    def published(self, start: datetime) -> datetime | None:
        """When it was published (UTC, whole seconds); None where it does not say."""
        return None if self.age is None else start.astimezone(UTC).replace(microsecond=0) - self.age

    def updated(self, start: datetime, *, is_edited: bool) -> datetime | None:
        """When it was last changed: the edit happens at the start."""
        return start.astimezone(UTC).replace(microsecond=0) if is_edited and self.edited else self.published(start)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOutlet:
    """A publisher with one feed. ``item_path``: with {slug}. ``zone``: the one that it writes its dates in.

    ``feed_status``: what its feed answers. ``is_language_listed``: whether the desk's config names the language.
    """

    id: OutletId
    name: str
    about: str
    language: str
    is_language_listed: bool
    label: str | None
    format: Literal["rss", "atom", "rdf", "json"]
    feed_path: str
    item_path: str
    layout: str
    zone: timezone
    has_full_text_in_feed: bool
    has_guids: bool
    feed_status: int
    items: tuple[DemoItem, ...]

    def path(self, item: DemoItem) -> str:
        """Give the path (and query) of an item's page."""
        return self.item_path.format(slug=item.slug)


@cache
def demo_outlets() -> tuple[DemoOutlet, ...]:
    """Every outlet of the demo, by id."""
    found = sorted((file for file in (DATA / "outlets").iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return tuple(_outlet(OutletId(file.name.removesuffix(".toml")), file.read_text(encoding="utf-8")) for file in found)


def expected_alerts() -> tuple[Expectation, ...]:
    """Every item × watch that matches, and every near miss; an item and watch that is not here has nothing to do with it."""
    return tuple(expectation for outlet in demo_outlets() for item in outlet.items for expectation in item.expectations)


def dated(text: str, published: datetime | None, zone: timezone) -> str:
    """Fill in the day of a dateline: "August 20", without a year, as outlets write it."""
    if published is None:
        return text
    local = published.astimezone(zone)
    return text.replace("{day}", f"{MONTHS[local.month - 1]} {local.day}")


def _outlet(outlet_id: OutletId, source: str) -> DemoOutlet:
    raw = tomllib.loads(source)
    return DemoOutlet(
        id=outlet_id,
        name=raw["name"],
        about=raw["about"],
        language=raw["language"],
        is_language_listed=raw.get("listed_language", True),
        label=raw.get("label"),
        format=raw["format"],
        feed_path=raw["feed_path"],
        item_path=raw["item_path"],
        layout=raw["layout"],
        zone=timezone(timedelta(hours=raw.get("offset_hours", 0))),
        has_full_text_in_feed=raw.get("full_text_in_feed", False),
        has_guids=raw.get("has_guids", True),
        feed_status=raw.get("feed_status", 200),
        items=tuple(_item(outlet_id, item) for item in raw["items"]),
    )


def _item(outlet_id: OutletId, raw: dict[str, Any]) -> DemoItem:
    return DemoItem(
        slug=raw["slug"],
        age=timedelta(hours=raw["hours"]) if "hours" in raw else None,
        first=_wording(raw),
        edited=_wording(raw["edited"]) if "edited" in raw else None,
        byline=raw["byline"],
        comments=tuple(raw.get("comments", ())),
        page_status=raw.get("page_status", 200),
        expectations=tuple(_expectation(outlet_id, raw["title"], wanted) for wanted in raw.get("expect", ())),
        copy_of=raw.get("copy_of"),
    )


def _wording(raw: dict[str, Any]) -> Wording:
    return Wording(
        title=raw["title"],
        title_markup=raw.get("title_markup"),
        teaser=raw["teaser"],
        paragraphs=tuple(raw["text"].strip().split("\n\n")),
    )


def _expectation(outlet_id: OutletId, title: str, raw: dict[str, Any]) -> Expectation:
    return Expectation(
        outlet_id=outlet_id,
        title=title,
        watch_id=WatchId(raw["watch"]),
        field=raw.get("field"),
        form=raw["form"],
        should_alert=raw["alert"],
        why=raw["why"],
    )
