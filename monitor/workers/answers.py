"""What a worker process answers → records. What it read may have taken it over, so nothing of its answer goes unchecked."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeVar, cast, get_args

from monitor.errors import ExtractError, ParseError, WorkerError
from monitor.model import Article, Document, Entry, Hints
from monitor.text import one_line
from monitor.url import linkable

PARSE_KINDS = frozenset({"not_a_feed", "html", "empty", "doctype", "garbage"})
EXTRACT_KINDS = frozenset({"not_html", "too_big", "hostile", "empty"})

_MAX_ENTRIES = 2_000
_MAX_TTL = timedelta(days=365)
_Source = Literal["selector", "page", "json-ld"]
_KINDS = frozenset({"rss", "atom", "rdf", "json"})
_DOUBTS = frozenset({"paywall", "consent", "javascript", "wall", "soft_404", "cut", "short", "other_page"})
_LANGUAGE = re.compile(r"[a-z]{2,3}")
# What ``linkable`` gives back as it is; most links are so plain, and this is ten times as fast, in the daemon's own process
_PLAIN_LINK = re.compile(
    r"https?://[a-z0-9][a-z0-9.-]*(?::\d{1,4})?(?:/[\w.~!$&'()*+,;=:@%/-]*)?(?:\?[\w.~!$&'()*+,;=:@%/?-]+)?(?:#[\w.~!$&'()*+,;=:@%/?-]+)?",
    re.ASCII,
)

_DOCUMENT = frozenset(Document.__slots__)
_HINTS = frozenset(Hints.__slots__)
_ENTRY = frozenset(Entry.__slots__)
_ARTICLE = frozenset(Article.__slots__)

_Record = TypeVar("_Record")


def record(
    answer: dict[str, object],
    name: str,
    *,
    read: Callable[[dict[str, object]], _Record],
    kinds: Collection[str],
    error: type[ParseError | ExtractError],
) -> _Record:
    """Turn an answer into the record, or into the error that it tells of; whatever it is else raises WorkerError."""
    try:
        if set(answer) == {"error"}:
            told = _Told(answer["error"], frozenset({"kind", "detail"}))
            kind, detail = told.one_of("kind", kinds), one_line(told.text("detail", 1_000), 1_000)
        else:
            return read(cast("dict[str, object]", _Told(answer, frozenset({name})).inner(name)))
    except (ValueError, TypeError, OverflowError) as fault:
        raise WorkerError("garbage", "the worker process spoke nonsense") from fault
    raise error(kind, detail)


def document(found: object) -> Document:
    """Check a document; raises ValueError."""
    told = _Told(found, _DOCUMENT)
    entries = told.inner("entries")
    if not isinstance(entries, list) or len(entries) > _MAX_ENTRIES:
        raise ValueError("no entries, or too many")
    return Document(
        kind=told.one_of("kind", _KINDS),
        title=told.maybe("title", 500),
        link=told.link("link"),
        language=told.language("language"),
        entries=tuple(map(_entry, entries)),
        hints=_hints(told.inner("hints")),
        is_sound=told.claim("is_sound"),
        is_torn=told.claim("is_torn"),
    )


def article(found: object) -> Article:
    """Check an article; raises ValueError."""
    told = _Told(found, _ARTICLE)
    return Article(
        url=told.text("url", 10_000),
        title=told.maybe("title", 500),
        text=told.text("text", 200_000),
        source=cast("_Source", told.one_of("source", get_args(_Source))),
        doubt=None if told.inner("doubt") is None else told.one_of("doubt", _DOUBTS),
        language=told.language("language"),
        published=told.moment("published"),
        canonical=told.link("canonical"),
        page=told.text("page", 200_000),
    )


def _hints(found: object) -> Hints:
    told = _Told(found, _HINTS)
    return Hints(
        ttl=told.span("ttl", _MAX_TTL),
        skip_hours=told.numbers("skip_hours", range(24)),
        skip_days=told.numbers("skip_days", range(7)),
    )


def _entry(found: object) -> Entry:
    told = _Told(found, _ENTRY)
    return Entry(
        guid=told.maybe("guid", 2_000),
        link=told.link("link"),
        title=told.maybe("title", 500),
        summary=told.maybe("summary", 20_000),
        text=told.maybe("text", 200_000),
        author=told.maybe("author", 200),
        published=told.moment("published"),
        published_raw=told.maybe("published_raw", 200),
        language=told.language("language"),
    )


class _Told:
    """An object out of JSON whose every value must be what it should; raises ValueError where one is not."""

    def __init__(self, found: object, names: frozenset[str]) -> None:
        if not isinstance(found, dict) or found.keys() != names:
            raise ValueError("not the names that are wanted")
        self._found: dict[str, object] = found

    def inner(self, name: str) -> object:
        return self._found[name]

    def text(self, name: str, limit: int) -> str:
        value = self._found[name]
        if not isinstance(value, str) or len(value) > limit:
            raise ValueError(f"{name} is no text, or too long")
        value.encode()
        return value

    def maybe(self, name: str, limit: int) -> str | None:
        return None if self._found[name] is None else self.text(name, limit)

    def one_of(self, name: str, values: Collection[str]) -> str:
        value = self.text(name, 100)
        if value not in values:
            raise ValueError(f"{name} is none of those known")
        return value

    def link(self, name: str) -> str | None:
        value = self.maybe(name, 2_000)
        if value is not None and not _PLAIN_LINK.fullmatch(value) and linkable(value, None) != value:
            raise ValueError(f"{name} may not be linked")
        return value

    def language(self, name: str) -> str | None:
        value = self.maybe(name, 3)
        if value is not None and not _LANGUAGE.fullmatch(value):
            raise ValueError(f"{name} is no language")
        return value

    def moment(self, name: str) -> datetime | None:
        value = self.maybe(name, 40)
        if value is None:
            return None
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(f"{name} has no zone")
        return moment.astimezone(UTC)

    def claim(self, name: str) -> bool:
        value = self._found[name]
        if value is not True and value is not False:
            raise ValueError(f"{name} is neither true nor false")
        return value is True

    def span(self, name: str, limit: timedelta) -> timedelta | None:
        value = self._found[name]
        if value is None:
            return None
        if type(value) not in {int, float} or not 0 < cast("float", value) <= limit.total_seconds():
            raise ValueError(f"{name} is no time, or too long")
        return timedelta(seconds=cast("float", value))

    def numbers(self, name: str, allowed: range) -> frozenset[int]:
        value = self._found[name]
        if not isinstance(value, list) or len(value) > len(allowed):
            raise ValueError(f"{name} is no list, or too long")
        if not all(type(each) is int and each in allowed for each in value):
            raise ValueError(f"{name} has a number in it that can't be")
        return frozenset(value)
