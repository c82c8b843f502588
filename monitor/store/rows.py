"""Rows ↔ records: how a time, a feed and a match stand in the database. Pure."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.model import (
    Alert,
    AlertId,
    Called,
    Carrier,
    ChannelId,
    EditKind,
    Fate,
    Feed,
    FeedId,
    FeedState,
    Finding,
    Hints,
    ItemId,
    Match,
    OpenAlert,
    Outlet,
    OutletId,
    Piece,
    Rhythm,
    SentAlert,
    SentenceEdit,
    StoredItem,
    StoryId,
    Validators,
    Version,
    WatchId,
)

Row = Mapping[str, Any]

FEED_COLUMNS = """\
feed.id AS feed_id, feed.url AS feed_url, feed.title AS feed_title, feed.is_paused AS feed_paused,
outlet.id AS outlet_id, outlet.name AS outlet_name, outlet.language AS outlet_language, outlet.label AS outlet_label"""
"""What every query that gives a Feed selects, from feed JOIN outlet."""

STATE_COLUMNS = """\
feed.id, feed.url, feed.title, feed.is_paused, outlet.id, outlet.name, outlet.language, outlet.label,
feed.etag, feed.last_modified, feed.body_hash,
feed.polled_at, feed.answered_at, feed.first_answered_at, feed.full_at, feed.parsed_at, feed.failing_since,
feed.unchanged_at, feed.lied_at, feed.newest_at,
feed.due_at, feed.failures, feed.failure_kind, feed.failure_reason, feed.failure_status, feed.strikes, feed.pace, feed.ttl,
feed.skip_hours, feed.skip_days, feed.moved_to, feed.moved_times"""
"""What every query that gives a FeedState selects, in this order, from feed JOIN outlet."""

_NO_HINTS = Hints()
_PIECE = struct.Struct("16s8s8s8s8s")
_NO_NAME = bytes(8)
_HOURS = struct.Struct("<168f")

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


def maybe_span(seconds: int | None) -> timedelta | None:
    """Give the span of so many seconds, or None where there is none."""
    return None if seconds is None else timedelta(seconds=seconds)


def maybe_seconds(span: timedelta | None) -> int | None:
    """Give a span in whole seconds, or None where there is none."""
    return None if span is None else int(span.total_seconds())


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


def state_of(row: Sequence[Any]) -> FeedState:
    """Read what is remembered of a feed from the STATE_COLUMNS; plain values, since thousands are read at once."""
    (feed_id, url, title, paused, outlet_id, name, language, label), (etag, last_modified, body_hash), row = (
        row[:8],
        row[8:11],
        row[11:],
    )
    polled_at, answered_at, first_answered_at, full_at, parsed_at, failing_since, unchanged_at, lied_at, newest_at = map(
        maybe_moment, row[:9]
    )
    due_at, failures, kind, reason, status, strikes, pace, ttl, skip_hours, skip_days, moved_to, moved_times = row[9:]
    outlet = Outlet(id=outlet_id, feeds=(url,), name=name, language=language, label=label, paused=bool(paused))
    return FeedState(
        feed=Feed(id=feed_id, outlet=outlet, url=url, title=title),
        validators=Validators(etag=etag, last_modified=last_modified, body_hash=body_hash),
        due_at=moment(due_at),
        polled_at=polled_at,
        answered_at=answered_at,
        first_answered_at=first_answered_at,
        full_at=full_at,
        parsed_at=parsed_at,
        failures=failures,
        failing_since=failing_since,
        kind=kind,
        reason=reason,
        status=status,
        pace=maybe_span(pace),
        hints=_hints(ttl, skip_hours, skip_days),
        unchanged_at=unchanged_at,
        lied_at=lied_at,
        moved_to=moved_to,
        moved_times=moved_times,
        strikes=strikes,
        newest_at=newest_at,
    )


def _hints(ttl: int | None, hours: str | None, days: str | None) -> Hints:
    if ttl is None and hours is None and days is None:
        return _NO_HINTS
    return Hints(ttl=maybe_span(ttl), skip_hours=_numbers(hours), skip_days=_numbers(days))


def listed_numbers(numbers: frozenset[int]) -> str | None:
    """Write a few small numbers as "0,1,23"; None where there are none."""
    return ",".join(map(str, sorted(numbers))) or None


def _numbers(listed: str | None) -> frozenset[int]:
    return frozenset(map(int, listed.split(","))) if listed else frozenset()


def pieces_of(blob: bytes | None) -> tuple[Piece, ...]:
    """Read what is remembered of a document's raw items."""
    return tuple(
        Piece(digest=digest, called=Called(whole=whole, guid=_name(guid), link=_name(link), day=_name(day)))
        for digest, whole, guid, link, day in _PIECE.iter_unpack(blob or b"")
    )


def pieces_blob(pieces: tuple[Piece, ...]) -> bytes:
    """Write what is remembered of a document's raw items; a name that is missing is eight zeros."""
    return b"".join(
        _PIECE.pack(piece.digest, piece.called.whole, piece.called.guid, piece.called.link, piece.called.day) for piece in pieces
    )


def _name(packed: bytes) -> bytes:
    return b"" if packed == _NO_NAME else packed


def rhythm_of(hours: bytes | None, since: int | None, counted_at: int | None) -> Rhythm:
    """Read when a feed publishes."""
    return Rhythm(hours=_HOURS.unpack(hours) if hours else (), since=maybe_moment(since), counted_at=maybe_moment(counted_at))


def rhythm_blob(rhythm: Rhythm) -> bytes | None:
    """Write the hours of a week; None where nothing was counted yet."""
    return _HOURS.pack(*rhythm.hours) if rhythm.hours else None


def item_of(row: Row) -> StoredItem:
    """Read an item with its feed."""
    return StoredItem(
        id=ItemId(row["id"]),
        story_id=StoryId(row["story_id"]),
        feed=feed_of(row),
        link=row["link"],
        title=row["now_title"],
        summary=row["now_summary"],
        author=row["author"],
        language=row["language"],
        published=maybe_moment(row["published_at"]),
        seen_at=moment(row["seen_at"]),
        is_baseline=bool(row["is_baseline"]),
        is_first_poll=bool(row["is_first_poll"]),
        article_state=row["article_state"],
        article_tries=row["article_tries"],
        article_at=maybe_moment(row["article_at"]),
        edited_at=maybe_moment(row["edited_at"]),
        reread_at=maybe_moment(row["reread_at"]),
    )


def sentence_edit_of(row: Row) -> SentenceEdit:
    """Read what a revision did to a sentence, from sentence_edit JOIN match."""
    return SentenceEdit(
        match_id=row["match_id"],
        watch_id=WatchId(row["watch_id"]),
        field=row["field"],
        before=row["before"],
        fate=Fate(kind=row["fate"], sentence=row["after"]),
    )


def version_of(row: Row) -> Version:
    """Read a version of an entry or page."""
    return Version(
        number=row["number"],
        part=row["part"],
        seen_at=moment(row["seen_at"]),
        title=row["title"],
        text=row["text"],
        text_hash=row["text_hash"],
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


def finding_of(
    row: Row,
    matches: tuple[Match, ...],
    *,
    edit: EditKind | None,
    carried: tuple[Carrier, ...] = (),
    rewritten: tuple[tuple[str, str], ...] = (),
) -> Finding:
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
        edit=edit,
        copied=row["copied"],
        is_own_text=bool(row["is_own_text"]),
        carried=carried,
        rewritten=rewritten,
    )


def open_alert_of(
    row: Row,
    matches: tuple[Match, ...],
    *,
    edit: EditKind | None,
    carried: tuple[Carrier, ...],
    rewritten: tuple[tuple[str, str], ...],
) -> OpenAlert:
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
        number=row["number"],
    )
    finding = finding_of(row, matches, edit=edit, carried=carried, rewritten=rewritten)
    return OpenAlert(
        id=AlertId(row["alert_id"]),
        alert=alert,
        finding=finding,
        urgent=bool(row["is_urgent"]),
        tries=row["tries"],
        refusals=row["refusals"],
        hopeless=row["hopeless"],
        message=row["message"],
        kind=row["kind"],
    )


def sent_of(row: Row) -> SentAlert:
    """Read an alert that a channel took."""
    return SentAlert(
        watch_id=WatchId(row["watch_id"]),
        channel=ChannelId(row["channel"]),
        occasion=row["occasion"],
        key=row["key"],
        sent_at=moment(row["sent_at"]),
    )
