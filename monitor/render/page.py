"""Digest → Page: what every form of the digest says, in its order and in words, marked up by none. Touches only zone data.

The sinks (html, markdown, plain) differ in how they set and escape; what is told, and what is told only once, is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from monitor.model import Digest, Finding, ItemId, Match, OutletHealth, WatchFindings
from monitor.query import printed
from monitor.render import words
from monitor.render.words import Quoted, Sentence, Side
from monitor.url import linkable

_QUOTES = 2
LISTED = 200
"""So many feeds have a line in a digest, which is to be read, and mailed; `monitor status` lists all."""
_STATE_ORDER = ("failing", "set_aside", "quiet", "new", "paused", "ok")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a text from outside; ``marked``: a watched word."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A headline or a sentence from outside, with the watched words in it marked."""

    pieces: tuple[Piece, ...]
    language: str | None
    side: Side

    @property
    def text(self) -> str:
        """The whole, without marks."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An item told in full. ``seen_iso``: for machines. ``also``: the other watches that it stands under."""

    item_id: ItemId
    seen_iso: str
    seen: str
    seen_day: str
    headline: Passage
    link: str | None
    outlet: Quoted
    label: Quoted | None
    language_name: str | None
    published: str | None
    also: tuple[Quoted, ...]
    quotes: tuple[Passage, ...]
    doubt: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An item that was told under an earlier watch: where, and which of this watch's words it has."""

    item_id: ItemId
    headline: Passage
    under: Quoted
    terms: tuple[Quoted, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One watch. ``number``: its place in the config, from 1. ``last_match`` is told only where nothing was found.

    ``past``: what it found in what was stored before it; "" for nothing.
    """

    number: int
    name: Quoted
    terms: tuple[Quoted, ...]
    without: tuple[Quoted, ...]
    found: int
    summary: str
    entries: tuple[Story | Reference, ...]
    last_match: str
    past: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One feed's line in the table of outlets. ``kind``: its state, for colour; ``state``: the same in words."""

    name: Quoted
    label: Quoted | None
    kind: str
    state: str
    answered: str
    items: int
    reason: Quoted | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The whole digest in words. ``nothing``: what is said where no watch found anything (None: one did).

    ``unlisted``: what is said of the feeds for which the table has no room (None: it has).
    """

    desk: Quoted
    day: str
    hour: str
    window: str
    late: str | None
    sections: tuple[Section, ...]
    is_covered: bool
    coverage: str
    gaps: tuple[Sentence, ...]
    nothing: str | None
    rows: tuple[Row, ...]
    unlisted: str | None
    footer: tuple[Sentence, ...]


def page(digest: Digest) -> Page:
    """Bring a digest into words; failing feeds first in the table, all else in the order of the digest."""
    ranked = sorted(digest.outlets, key=lambda row: _STATE_ORDER.index(row.state))
    return Page(
        desk=words.quoted(digest.title),
        day=words.nominal_day(digest.period),
        hour=datetime.fromisoformat(digest.period).strftime("%H:%M"),
        window=words.window(digest),
        late=words.LATE if digest.late else None,
        sections=_sections(digest),
        is_covered=words.is_covered(digest),
        coverage=words.coverage(digest),
        gaps=tuple(words.gap(gap, digest) for gap in digest.gaps),
        nothing=_nothing(digest),
        rows=tuple(_row(row, digest) for row in ranked[:LISTED]),
        unlisted=words.unlisted(len(ranked) - LISTED) if len(ranked) > LISTED else None,
        footer=_footer(digest),
    )


def _nothing(digest: Digest) -> str | None:
    """Say that nothing was found, and what that is worth; None where something was."""
    if not digest.watches:
        return words.NO_WATCHES
    if any(group.findings for group in digest.watches):
        return None
    return f"{words.NOTHING} {words.SILENCE_COUNTS if words.is_covered(digest) else words.SILENCE_DOUBTED}"


def _sections(digest: Digest) -> tuple[Section, ...]:
    under: dict[ItemId, list[Quoted]] = {}
    for group in digest.watches:
        for finding in group.findings:
            under.setdefault(finding.item_id, []).append(words.watch_name(group.watch.id))
    told: set[ItemId] = set()
    sections = []
    for number, group in enumerate(digest.watches, start=1):
        sections.append(_section(number, group, digest=digest, under=under, told=frozenset(told)))
        told.update(finding.item_id for finding in group.findings)
    return tuple(sections)


def _section(
    number: int, group: WatchFindings, *, digest: Digest, under: dict[ItemId, list[Quoted]], told: frozenset[ItemId]
) -> Section:
    watch, outlets = group.watch, {finding.outlet_id for finding in group.findings}
    return Section(
        number=number,
        name=words.watch_name(watch.id),
        terms=tuple(words.quoted(term) for term in (*watch.any, *watch.all, *((printed(watch.query),) if watch.query else ()))),
        without=tuple(words.quoted(term) for term in watch.none),
        found=len(group.findings),
        summary=f"{words.count(len(group.findings), 'item')} from {words.count(len(outlets), 'outlet')}",
        entries=tuple(
            _reference(finding, under[finding.item_id][0])
            if finding.item_id in told
            else _story(finding, digest, also=tuple(under[finding.item_id][1:]))
            for finding in group.findings
        ),
        last_match=words.last_match(group.last_match, digest),
        past=words.past(group.history),
    )


def _story(finding: Finding, digest: Digest, *, also: tuple[Quoted, ...]) -> Story:
    zone = ZoneInfo(digest.timezone)
    language = finding.outlet_language or finding.language
    headline = _headline(finding)
    return Story(
        item_id=finding.item_id,
        seen_iso=words.iso(finding.seen_at, zone),
        seen=words.clock(finding.seen_at, zone),
        seen_day=words.day(finding.seen_at, zone, today=digest.stop),
        headline=headline,
        link=_link(finding),
        outlet=words.quoted(finding.outlet_name, finding.outlet_language),
        label=words.quoted(finding.label) if finding.label else None,
        language_name=words.language_name(language),
        published=words.moment(finding.published, zone, today=digest.stop) if finding.published else None,
        also=also,
        quotes=_quotes(finding, language),
        doubt=_notes(finding),
    )


def _notes(finding: Finding) -> str | None:
    """Say what speaks against a finding: doubts about the page, and edits."""
    doubt = words.doubt(finding.article_doubt) if finding.article_doubt else ""
    edited = words.edited(finding.edit) if finding.edit else ""
    return f"{doubt} {edited}".strip() or None


def _link(finding: Finding) -> str | None:
    """Give where the item is, fit to be linked and to be shown; None where that is not known or not fit."""
    link = linkable(finding.link, None)
    return None if link is None else "".join(char if char.isprintable() else quote(char) for char in link)


def _reference(finding: Finding, under: Quoted) -> Reference:
    terms = dict.fromkeys(match.term for match in finding.matches)
    return Reference(
        item_id=finding.item_id, headline=_headline(finding), under=under, terms=tuple(words.quoted(term) for term in terms)
    )


def _headline(finding: Finding) -> Passage:
    spans = [(match.start, match.stop) for match in finding.matches if _is_in_headline(match, finding.title)]
    return _passage(finding.title, spans, language=finding.outlet_language or finding.language)


def _quotes(finding: Finding, language: str | None) -> tuple[Passage, ...]:
    """Give the first sentences with watched words, each once; the headline is left out, in whatever field it stands again."""
    by_sentence: dict[str, list[tuple[int, int]]] = {}
    for match in finding.matches:
        if not _is_in_headline(match, finding.title) and words.line(match.sentence).strip() != words.line(finding.title).strip():
            by_sentence.setdefault(match.sentence, []).append((match.mark_start, match.mark_stop))
    return tuple(_passage(sentence, spans, language=language) for sentence, spans in list(by_sentence.items())[:_QUOTES])


def _is_in_headline(match: Match, title: str) -> bool:
    """Offsets count in the field's own text; a title that came another way than the matched one is not marked."""
    return match.field == "title" and bool(match.form) and title[match.start : match.stop] == match.form


def _passage(text: str, spans: Iterable[tuple[int, int]], *, language: str | None) -> Passage:
    """Part a text at its marks; marks that touch run together, those outside the text are dropped."""
    at, pieces = 0, []
    for start, stop in _merged(spans, len(text)):
        pieces += [Piece(text=words.line(text[at:start]), marked=False), Piece(text=words.line(text[start:stop]), marked=True)]
        at = stop
    pieces.append(Piece(text=words.line(text[at:]), marked=False))
    whole = words.quoted(text, language)
    return Passage(pieces=tuple(piece for piece in pieces if piece.text), language=whole.language, side=whole.side)


def _merged(spans: Iterable[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(span for span in spans if 0 <= span[0] < span[1] <= length):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged


def _row(row: OutletHealth, digest: Digest) -> Row:
    return Row(
        name=words.feed_name(row.feed),
        label=words.quoted(row.feed.outlet.label) if row.feed.outlet.label else None,
        kind=row.state,
        state=words.state(row),
        answered=words.answered(row, digest),
        items=row.items,
        reason=words.quoted(row.reason) if row.reason and row.failures else None,
    )


def _footer(digest: Digest) -> tuple[Sentence, ...]:
    matched = {finding.item_id for group in digest.watches for finding in group.findings}
    return (
        (words.times(digest), " ", words.NOT_BY_A_MODEL),
        (
            "monitor ",
            words.quoted(digest.version),
            " · config ",
            words.quoted(digest.config_fingerprint),
            f" · {words.count(digest.items_read, 'item')} read, {len(matched)} matched",
        ),
    )
