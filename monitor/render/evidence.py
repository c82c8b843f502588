"""An item with all that is known of it → a line of JSON, or rows of CSV. Pure: the same item gives the same bytes."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from monitor.model import FoundMatch, LinkedRecord, ProvedItem, ReadArticle, SentAlert, SentenceEdit, Trail, Version
from monitor.render.trail import plain

COLUMNS = (
    *("item", "story", "outlet", "outlet_name", "label", "feed", "title", "link", "published_at", "seen_at", "watch", "field"),
    *("term", "form", "sentence", "found_at", "config", "article_url", "article_source", "article_doubt", "article_hash"),
    *("article_read_at", "revisions", "gone_at", "alerts", "records"),
)
"""The columns of the CSV, in order."""

_BREAKS = re.compile(r"[\r\n\t\v\f\x1c-\x1e\x85\u2028\u2029]+")
# What a spreadsheet would take for a formula (OWASP, "CSV Injection"; the wide forms in East Asian ones), at the beginning of a
# cell – or behind a semicolon, which begins another cell where the desk's country writes decimals with a comma.
_FORMULA = re.compile(r"(^|;)(\s*)(?=[=+\-@＝＋－＠])")


def json_line(item: ProvedItem, software: str, *, trail: Trail | None = None) -> str:
    """Write an item as one line of JSON, without its newline. Times are ISO 8601, UTC; hashes say of what kind they are.

    ``trail``: of its story, where that is asked for.
    """
    feed = item.feed
    whole = {
        "item": item.id,
        "story": item.story_id,
        "outlet": feed.outlet.id,
        "outlet_name": feed.name,
        "label": feed.outlet.label,
        "feed": feed.url,
        "guid": item.guid,
        "link": item.link,
        "canonical_url": item.canonical_url,
        "title": item.title,
        "summary": item.summary,
        "author": item.author,
        "language": item.language,
        "published_at": _time(item.published),
        "published_raw": item.published_raw,
        "seen_at": _time(item.seen_at),
        "entry_hash": item.entry_hash,
        "edited_at": _time(item.edited_at),
        "gone_at": _time(item.gone_at),
        "texts_forgotten_at": _time(item.forgotten_at),
        "article_state": item.article_state,
        "article_reason": item.article_reason,
        "article": _article(item.article) if item.article else None,
        "revisions": [_revision(one) for one in item.revisions],
        "sentence_edits": [_sentence_edit(number, one) for number, one in item.sentence_edits],
        "matches": [_match(one) for one in item.matches],
        "alerts": [_alert(one) for one in item.alerts],
        "records": [_record(one) for one in item.records],
        **({"trail": plain(trail, item.story_id)} if trail else {}),
        "exported_by": software,
    }
    # a line is a line for every reader: these two end one for JavaScript and for Python's splitlines
    return (
        json.dumps(whole, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("\x85", "\\u0085")
    )


def csv_rows(item: ProvedItem) -> tuple[tuple[str, ...], ...]:
    """Give a row for each match of an item, as COLUMNS. No cell breaks its line, or is a formula to a spreadsheet."""
    return tuple(tuple(_cell(value) for value in _row(item, found)) for found in item.matches)


def _row(item: ProvedItem, found: FoundMatch) -> tuple[object, ...]:
    article, match, outlet = item.article, found.match, item.feed.outlet
    return (
        item.id,
        item.story_id,
        outlet.id,
        item.feed.name,
        outlet.label,
        item.feed.url,
        item.title,
        item.link,
        _time(item.published),
        _time(item.seen_at),
        match.watch_id,
        match.field,
        match.term,
        match.form,
        match.sentence,
        _time(found.found_at),
        found.config,
        *((article.url, article.source, article.doubt, f"sha256:{article.text_hash}") if article else ("",) * 4),
        _time(article.read_at) if article else None,
        len({one.number for one in item.revisions}),
        _time(item.gone_at),
        " | ".join(f"{one.channel} {_time(one.sent_at)}" for one in item.alerts if one.watch_id == match.watch_id),
        " | ".join(f"{one.part} {one.record.file}:{one.record.start} {one.record.digest}" for one in item.records),
    )


def _cell(value: object) -> str:
    if not isinstance(value, str):
        return "" if value is None else str(value)
    return _FORMULA.sub(r"\1\2'", _BREAKS.sub(" ", value))


def _article(article: ReadArticle) -> dict[str, Any]:
    return {
        "url": article.url,
        "title": article.title,
        "source": article.source,
        "doubt": article.doubt,
        "language": article.language,
        "published_at": _time(article.published),
        "read_at": _time(article.read_at),
        "text_hash": f"sha256:{article.text_hash}",
        "text": article.text,
    }


def _sentence_edit(number: int, edit: SentenceEdit) -> dict[str, Any]:
    return {
        "revision": number,
        "watch": edit.watch_id,
        "field": edit.field,
        "fate": edit.fate.kind,
        "before": edit.before,
        "after": edit.fate.sentence,
    }


def _revision(revision: Version) -> dict[str, Any]:
    return {
        "number": revision.number,
        "part": revision.part,
        "seen_at": _time(revision.seen_at),
        "title": revision.title,
        "text_hash": f"sha256:{revision.text_hash}",
        "text": revision.text,
    }


def _match(found: FoundMatch) -> dict[str, Any]:
    match = found.match
    return {
        "watch": match.watch_id,
        "field": match.field,
        "term": match.term,
        "form": match.form,
        "start": match.start,
        "stop": match.stop,
        "sentence": match.sentence,
        "found_at": _time(found.found_at),
        "is_history": found.is_history,
        "config": found.config,
    }


def _alert(alert: SentAlert) -> dict[str, Any]:
    return {
        "watch": alert.watch_id,
        "channel": alert.channel,
        "occasion": alert.occasion,
        "key": alert.key,
        "sent_at": _time(alert.sent_at),
    }


def _record(linked: LinkedRecord) -> dict[str, Any]:
    record = linked.record
    return {
        "part": linked.part,
        "url": record.url,
        "status": record.status,
        "fetched_at": _time(record.fetched_at),
        "redirects": [{"status": hop.status, "url": hop.url} for hop in record.way],
        "digest": record.digest,
        "file": record.file,
        "start": record.start,
        "length": record.length,
        "config": linked.config,
    }


def _time(moment: datetime | None) -> str | None:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else None
