"""Digest → JSON for programs: the whole of it, under names that stay. Pure.

Times are ISO 8601, UTC; spans of time are whole seconds. Texts from outside are on one line, without controls, and always encode.
docs/digest.md lists the keys.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from monitor.model import (
    Carrier,
    Digest,
    EditNote,
    Feed,
    Finding,
    First,
    FirstCount,
    Firsts,
    Gap,
    Match,
    OutletHealth,
    Span,
    StoryFound,
    ToldStory,
    Volume,
    WatchFindings,
    Withheld,
)
from monitor.query import printed
from monitor.render import trail
from monitor.render.words import is_covered, line
from monitor.url import linkable

VERSION: Final = 1

R = TypeVar("R")


def digest(digest: Digest) -> str:
    """Give the digest as one JSON object on lines of its own, with a newline at the end."""
    return json.dumps(whole(digest), ensure_ascii=False, indent=1) + "\n"


def whole(digest: Digest) -> dict[str, Any]:
    """Give the digest as a program reads it."""
    clean: dict[str, Any] = _clean(_digest(digest))
    return clean


def _digest(digest: Digest) -> dict[str, Any]:
    return {
        "version": VERSION,
        "kind": "digest",
        "monitor": digest.version,
        "config": digest.config_fingerprint,
        "desk": digest.title,
        "timezone": digest.timezone,
        "plan": digest.plan,
        "period": digest.period,
        "start": _time(digest.start),
        "stop": _time(digest.stop),
        "is_late": digest.late,
        "caught_up": digest.caught_up,
        "made_at": _time(digest.made_at) if digest.made_at else None,
        "watches_left_out": digest.watches_left_out,
        "outlets_left_out": digest.outlets_left_out,
        "is_covered": is_covered(digest),
        "items_read": digest.items_read,
        "items_matched": digest.items_matched,
        "gaps": _each(_gap, digest.gaps),
        "notes": _each(_gap, digest.notes),
        "watches": _each(_watch, digest.watches),
        "stories": _each(_story, digest.stories),
        "edits": _each(_edit, digest.edits),
        "more_edits": digest.more_edits,
        "firsts": _firsts(digest.firsts) if digest.firsts else None,
        "outlets": _each(_health, digest.outlets),
    }


def _clean(value: Any) -> Any:  # noqa: ANN401  whatever JSON can hold
    """Put every text on one line, without controls, wherever it came from."""
    match value:
        case str():
            return line(value)
        case dict():
            return {key: _clean(each) for key, each in value.items()}
        case list():
            return [_clean(each) for each in value]
    return value


def _each(write: Callable[[R], dict[str, Any]], records: Iterable[R]) -> list[dict[str, Any]]:
    return [write(record) for record in records]


# ------------------------------------------------------------------------------------------------------------ what was found


def _watch(group: WatchFindings) -> dict[str, Any]:
    return {
        **_question(group),
        "items": group.items,
        "outlets": group.outlets,
        "stories": _each(_found, group.stories),
        "more_stories": group.more,
        "last_match_at": _maybe(group.last_match),
        "last_outlet": group.last_outlet,
        "history": group.history,
        "volume": _volume(group.volume) if group.volume else None,
        "withheld": _withheld(group.withheld) if group.withheld else None,
    }


def _question(group: WatchFindings) -> dict[str, Any]:
    """``of_outlets``, ``of_languages``: null where it is asked of all."""
    watch = group.watch
    return {
        "id": watch.id,
        "any": list(watch.any),
        "all": list(watch.all),
        "none": list(watch.none),
        "query": printed(watch.query) if watch.query else None,
        "fields": list(watch.fields),
        "of_outlets": None if watch.outlets is None else sorted(watch.outlets),
        "of_languages": None if watch.languages is None else sorted(watch.languages),
        "look_back": _seconds(watch.look_back),
        "channels": list(watch.channels),
        "is_urgent": watch.urgent,
        "on_edit": watch.on_edit,
    }


def _found(found: StoryFound) -> dict[str, Any]:
    return {"story": found.story_id, "items": found.items, "first": _finding(found.finding)}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "item": finding.item_id,
        "outlet": finding.outlet_id,
        "outlet_name": finding.outlet_name,
        "outlet_language": finding.outlet_language,
        "label": finding.label,
        "headline": finding.title,
        "link": linkable(finding.link, None),
        "language": finding.language,
        "published_at": _maybe(finding.published),
        "seen_at": _time(finding.seen_at),
        "matches": _each(_match, finding.matches),
        "doubt": finding.article_doubt,
        "edit": finding.edit,
        "rewritten": [{"before": before, "after": after or None} for before, after in finding.rewritten],
        "copied": _share(finding.copied),
        "is_own": finding.is_own_text,
    }


def _match(match: Match) -> dict[str, Any]:
    """``mark`` counts Unicode characters of ``sentence``, neither bytes nor UTF-16 units."""
    before = line(match.sentence[: match.mark_start])
    marked = line(before + match.sentence[match.mark_start : match.mark_stop])
    return {
        "field": match.field,
        "term": match.term,
        "form": match.form,
        "sentence": line(marked + match.sentence[match.mark_stop :]),
        "mark": [len(before), len(marked)],
    }


def _volume(volume: Volume) -> dict[str, Any]:
    return {"count": volume.count, "days": list(volume.days), "usual": volume.usual, "is_high": volume.is_high}


def _withheld(withheld: Withheld) -> dict[str, Any]:
    return {"muted": withheld.muted, "acked": withheld.acked, "muted_until": _maybe(withheld.muted_until)}


# ---------------------------------------------------------------------------------------------------------------- the stories


def _story(story: ToldStory) -> dict[str, Any]:
    return {
        "id": story.id,
        "is_continued": story.is_continued,
        "outlets": story.outlets,
        "own_texts": story.own_texts,
        "first": _who(story.first),
        "carriers": _each(_carrier, story.carriers),
        "edits": _each(_edit, story.edits),
        "trail": _trail(story),
    }


def _who(first: First) -> dict[str, Any]:
    return {"by": first.by, "outlets": list(first.outlets), "seen": first.seen, "dated": first.dated}


def _carrier(one: Carrier) -> dict[str, Any]:
    return {
        "item": one.item_id,
        "outlet": one.outlet_id,
        "outlet_name": one.outlet_name,
        "outlet_language": one.outlet_language,
        "label": one.label,
        "link": linkable(one.link, None),
        "published_at": _maybe(one.published),
        "seen_at": _time(one.seen_at),
        "unseen_at": _maybe(one.unseen_at),
        "copied": _share(one.copied),
        "is_own": one.is_own,
    }


def _trail(story: ToldStory) -> list[dict[str, Any]] | None:
    """Give the items of a trail as `monitor show --json` does; what it sums up is of the story as a whole, and stands there."""
    if story.trail is None:
        return None
    steps: list[dict[str, Any]] = trail.plain(story.trail, story.id)["items"]
    return [step | {"link": linkable(step["link"], None)} for step in steps]


def _edit(note: EditNote) -> dict[str, Any]:
    return {
        "item": note.item_id,
        "story": note.story_id,
        "outlet": note.outlet_id,
        "outlet_name": note.outlet_name,
        "outlet_language": note.outlet_language,
        "language": note.language,
        "headline": note.title,
        "link": linkable(note.link, None),
        "at": _time(note.at),
        "times": note.times,
        "is_gone": note.is_gone,
        "headline_diff": _diff(note.headline),
        "sentence_diffs": [_diff(spans) for spans in note.sentences],
        "added": note.added,
        "removed": note.removed,
        "changed": note.changed,
        "numbers": [{"before": one.before, "after": one.after, "sentence": one.sentence} for one in note.numbers],
    }


def _diff(spans: tuple[Span, ...]) -> list[dict[str, str]]:
    return [{"kind": span.kind, "text": span.text} for span in spans]


# ------------------------------------------------------------------------------------------------------------------ coverage


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "kind": gap.kind,
        "feed": _feed(gap.feed) if gap.feed else None,
        "since": _maybe(gap.since),
        "until": _maybe(gap.until),
        "reason": gap.reason,
        "count": gap.count,
        "longest": _seconds(gap.longest),
        "known": _seconds(gap.known),
        "sure": gap.sure,
        "cause": gap.cause,
    }


def _health(row: OutletHealth) -> dict[str, Any]:
    return {
        "feed": _feed(row.feed),
        "state": row.state,
        "answered_at": _maybe(row.answered_at),
        "due_at": _time(row.due_at),
        "items": row.items,
        "failures": row.failures,
        "reason": row.reason,
        "pace": _seconds(row.pace),
    }


def _feed(feed: Feed) -> dict[str, Any]:
    """Tell a feed apart without its address, in which there may be a key."""
    outlet = feed.outlet
    return {
        "id": feed.id,
        "title": feed.title,
        "outlet": outlet.id,
        "outlet_name": outlet.name,
        "label": outlet.label,
        "language": outlet.language,
        "groups": list(outlet.groups),
    }


def _firsts(firsts: Firsts) -> dict[str, Any]:
    shortest, longest = firsts.paces or (None, None)
    return {
        "since": _time(firsts.since),
        "outlets": _each(_first, firsts.outlets),
        "untold": firsts.untold,
        "pace": {"shortest": _seconds(shortest), "longest": _seconds(longest)} if firsts.paces else None,
    }


def _first(one: FirstCount) -> dict[str, Any]:
    return {
        "outlet": one.outlet_id,
        "outlet_name": one.outlet_name,
        "language": one.language,
        "stories": one.stories,
    }


def _share(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds())


def _maybe(moment: datetime | None) -> str | None:
    return None if moment is None else _time(moment)


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
