"""Rows ↔ records: how a time, a feed and a match stand in the database. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from monitor.model import (
    Alert,
    AlertId,
    ChannelId,
    Feed,
    FeedId,
    FeedState,
    Finding,
    ItemId,
    Match,
    OpenAlert,
    Outlet,
    OutletId,
    StoredItem,
    StoryId,
    Validators,
    WatchId,
)

Row = Mapping[str, Any]

FEED_COLUMNS = """\
feed.id AS feed_id, feed.url AS feed_url, feed.title AS feed_title, feed.is_paused AS feed_paused,
outlet.id AS outlet_id, outlet.name AS outlet_name, outlet.language AS outlet_language, outlet.label AS outlet_label"""
"""What every query that gives a Feed selects, from feed JOIN outlet."""

MATCH_COLUMNS = "watch_id, field, term, form, start, stop, sentence, mark_start, mark_stop"


def stamp(moment: datetime) -> int:
    """Whole seconds UTC since 1970."""
    return int(moment.timestamp())


def maybe_stamp(moment: datetime | None) -> int | None:
    """Give the stamp, or None where there is no time."""
    return None if moment is None else stamp(moment)


def moment(seconds: int) -> datetime:
    """Give the aware UTC time of a stamp."""
    return datetime.fromtimestamp(seconds, UTC)


def maybe_moment(seconds: int | None) -> datetime | None:
    """Give the time, or None where there is no stamp."""
    return None if seconds is None else moment(seconds)


def feed_of(row: Row) -> Feed:
    """Read a feed. Its outlet is as stored: what only config.toml knows (headers, groups, pace) is not in it."""
    outlet = Outlet(
        id=OutletId(row["outlet_id"]),
        feeds=(row["feed_url"],),
        name=row["outlet_name"],
        language=row["outlet_language"],
        label=row["outlet_label"],
        paused=bool(row["feed_paused"]),
    )
    return Feed(id=FeedId(row["feed_id"]), outlet=outlet, url=row["feed_url"], title=row["feed_title"])


def state_of(row: Row) -> FeedState:
    """Read what is remembered of a feed."""
    return FeedState(
        feed=feed_of(row),
        validators=Validators(etag=row["etag"], last_modified=row["last_modified"], body_hash=row["body_hash"]),
        due_at=moment(row["due_at"]),
        polled_at=maybe_moment(row["polled_at"]),
        answered_at=maybe_moment(row["answered_at"]),
        first_answered_at=maybe_moment(row["first_answered_at"]),
        full_at=maybe_moment(row["full_at"]),
        failures=row["failures"],
        failing_since=maybe_moment(row["failing_since"]),
        kind=row["failure_kind"],
        reason=row["failure_reason"],
    )


def item_of(row: Row) -> StoredItem:
    """Read an item with its feed."""
    return StoredItem(
        id=ItemId(row["id"]),
        story_id=StoryId(row["story_id"]),
        feed=feed_of(row),
        link=row["link"],
        title=row["title"],
        summary=row["summary"],
        language=row["language"],
        published=maybe_moment(row["published_at"]),
        seen_at=moment(row["seen_at"]),
        is_baseline=bool(row["is_baseline"]),
        is_first_poll=bool(row["is_first_poll"]),
        article_state=row["article_state"],
        article_tries=row["article_tries"],
    )


def match_of(row: Row) -> Match:
    """Read a match."""
    return Match(
        watch_id=WatchId(row["watch_id"]),
        field=row["field"],
        term=row["term"],
        form=row["form"],
        start=row["start"],
        stop=row["stop"],
        sentence=row["sentence"],
        mark_start=row["mark_start"],
        mark_stop=row["mark_stop"],
    )


def finding_of(row: Row, matches: tuple[Match, ...]) -> Finding:
    """Read an item under a watch."""
    return Finding(
        item_id=ItemId(row["item_id"]),
        watch_id=WatchId(row["watch_id"]),
        matches=matches,
        title=row["title"],
        link=row["link"],
        language=row["language"] or row["outlet_language"],
        outlet_id=OutletId(row["outlet_id"]),
        outlet_name=row["outlet_name"] or row["feed_title"] or row["outlet_id"],
        outlet_language=row["outlet_language"],
        label=row["outlet_label"],
        published=maybe_moment(row["published_at"]),
        seen_at=moment(row["seen_at"]),
        article_doubt=row["doubt"],
    )


def open_alert_of(row: Row, matches: tuple[Match, ...]) -> OpenAlert:
    """Read an alert that is to be sent."""
    alert = Alert(
        watch_id=WatchId(row["watch_id"]),
        channel=ChannelId(row["channel"]),
        item_id=ItemId(row["item_id"]),
        subject=row["subject"],
        occasion=row["occasion"],
        key=row["key"],
        raised_at=moment(row["raised_at"]),
        hold_until=moment(row["hold_until"]),
        batch=row["batch"],
    )
    finding = finding_of(row, matches)
    return OpenAlert(id=AlertId(row["alert_id"]), alert=alert, finding=finding, urgent=bool(row["is_urgent"]), tries=row["tries"])
