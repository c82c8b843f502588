"""Digest → its page cut down until what is written of it fits: fewer stories in full, then a line each, then counts. Pure.

Mail programs clip long mails, so that half a digest looks like all of it. Whatever is left out is counted in a sentence, which
says where the whole is. Texts from outside are cut as well, or one headline of a million letters would leave no room for another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from operator import itemgetter
from typing import Any, Final

from monitor.model import Digest, Span, Watch
from monitor.render import english, words
from monitor.render.page import IN_FULL, page
from monitor.render.view import Changed, Page, Passage, Piece, Section
from monitor.render.words import Quoted

_LEAST: Final = 100
"""No story takes up less, in bytes, on however short a line."""
_NAME: Final = 150
_PASSAGE: Final = 420
_SAME: Final = 90
"""So much of what an edit left as it was stays on either side of what it changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much there is room for. Of each watch, ``stories``: in full; ``lines``: stories on one line; ``words``: of a list."""

    stories: int
    lines: int
    watches: int
    gaps: int
    rows: int
    edits: int
    words: int


ROOMS: Final = (
    Room(stories=IN_FULL, lines=60, watches=200, gaps=60, rows=60, edits=30, words=40),
    Room(stories=8, lines=30, watches=200, gaps=40, rows=40, edits=15, words=30),
    Room(stories=5, lines=15, watches=100, gaps=25, rows=25, edits=10, words=20),
    Room(stories=3, lines=10, watches=100, gaps=15, rows=15, edits=5, words=12),
    Room(stories=2, lines=5, watches=60, gaps=10, rows=10, edits=3, words=8),
    Room(stories=1, lines=3, watches=40, gaps=8, rows=8, edits=0, words=6),
    Room(stories=0, lines=3, watches=30, gaps=6, rows=6, edits=0, words=3),
    Room(stories=0, lines=0, watches=20, gaps=5, rows=0, edits=0, words=0),
    Room(stories=0, lines=0, watches=8, gaps=2, rows=0, edits=0, words=0),
)


def fitting(digest: Digest, write: Callable[[Page, str], str], *, size: Callable[[str], int], limit: int) -> str:
    """Give the longest that fits of what ``write`` makes of a page and of the sentence that says what was left out ("": nothing).

    ``size`` says how large a text is. The shortest is given where even that is larger than ``limit``.
    """
    written = ""
    for room in ROOMS:
        shown = sum(min(len(group.stories), room.stories + room.lines) for group in digest.watches)
        # not even tried, as whoever stores digests waits for it
        if shown * _LEAST > limit and room is not ROOMS[-1]:
            continue
        written = write(*shortened(digest, room))
        if size(written) <= limit:
            break
    return written


def shortened(digest: Digest, room: Room) -> tuple[Page, str]:
    """Give the page of a digest for which there is so much room, and a sentence that says what is left out."""
    kept, watches = _kept(digest, room), {group.watch.id: group.watch for group in digest.watches}
    told = page(kept, in_full=room.stories)
    unlisted = len(digest.outlets) - min(len(told.rows), room.rows)
    short = replace(
        told,
        sections=tuple(
            _section(section, watches[group.watch.id], room.words)
            for section, group in zip(told.sections, kept.watches, strict=True)
        ),
        scope=words.scope(digest),
        coverage=words.coverage(digest),
        gaps=_counted(told.gaps, len(digest.gaps), "more gap"),
        notes=_counted(told.notes, len(digest.notes), "more note"),
        rows=told.rows[: room.rows],
        unlisted=words.unlisted(unlisted) if unlisted else None,
    )
    clipped: Page = _clipped(short)
    return clipped, _left_out(digest, kept=kept, rows=len(told.rows), room=room)


def _kept(digest: Digest, room: Room) -> Digest:
    """Cut a digest before it is brought into words, which takes time for what nobody reads."""
    ranked = sorted(enumerate(digest.watches), key=lambda one: not one[1].stories)[: room.watches]
    stories = room.stories + room.lines
    return replace(
        digest,
        watches=tuple(
            replace(
                group,
                watch=_terms(group.watch, room.words),
                stories=group.stories[:stories],
                more=group.more + max(len(group.stories) - stories, 0),
            )
            for _, group in sorted(ranked, key=itemgetter(0))
        ),
        gaps=digest.gaps[: room.gaps],
        notes=digest.notes[: room.gaps],
        edits=digest.edits[: room.edits],
        more_edits=digest.more_edits + len(digest.edits[room.edits :]),
    )


def _terms(watch: Watch, most: int) -> Watch:
    """Keep one more than is told, so that it is known that there are more."""
    return replace(watch, any=watch.any[: most + 1], all=watch.all[: most + 1], none=watch.none[: most + 1])


def _section(section: Section, watch: Watch, most: int) -> Section:
    lists = {"any": watch.any, "all": watch.all, "none": watch.none, "query": ()}
    return replace(
        section,
        terms=tuple(
            one
            if len(one.words) <= most or one.kind == "query"
            else replace(one, words=(*one.words[:most], _more(len(lists[one.kind]) - most)))
            for one in section.terms
        ),
    )


def _more(number: int) -> Quoted:
    return words.quoted(english.FOLDED.format(number=number))


def _counted(sentences: tuple[words.Sentence, ...], all_of_them: int, noun: str) -> tuple[words.Sentence, ...]:
    left = all_of_them - len(sentences)
    return (*sentences, (english.COUNTED.format(things=words.count(left, noun)),)) if left else sentences


def _left_out(digest: Digest, *, kept: Digest, rows: int, room: Room) -> str:
    """Count what a reader of the whole would see and of this one does not; "" where that is nothing."""
    stories = room.stories + room.lines
    in_line = sum(max(min(len(group.stories), IN_FULL) - room.stories, 0) for group in kept.watches)
    left = {
        "watch": len(digest.watches) - len(kept.watches),
        "story": sum(max(len(group.stories) - stories, 0) for group in digest.watches),
        "gap": len(digest.gaps) - len(kept.gaps),
        "edit": len(digest.edits) - len(kept.edits),
        "feed": max(rows - room.rows, 0),
    }
    told = [english.IN_ONE_LINE.format(stories=words.count(in_line, "story"))] if in_line else []
    told += [english.LEFT_OUT.format(things=words.count(number, noun)) for noun, number in left.items() if number]
    plan = f"{digest.plan}/" if digest.plan else ""
    name = f"{plan}{digest.period.replace(':', '')}"
    return english.SHORTENED.format(what=", ".join(told), name=words.line(name)) if told else ""


def _clipped(value: Any) -> Any:  # noqa: ANN401  whatever a page is made of
    """Cut every text from outside in a record, and in the records in it."""
    match value:
        case Quoted():
            return replace(value, text=_cut(value.text, _NAME))
        case Passage():
            return replace(value, pieces=_pieces(value.pieces))
        case Changed():
            return replace(value, spans=_spans(value.spans))
        case tuple():
            return tuple(_clipped(each) for each in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    return replace(value, **{field.name: _clipped(getattr(value, field.name)) for field in fields(value)})


def _pieces(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Keep the first marks: a sentence with a watched word is short already, unless the word itself is long."""
    kept, room = [], _PASSAGE
    for piece in pieces:
        if room <= 0:
            break
        kept.append(replace(piece, text=_cut(piece.text, room)))
        room -= len(piece.text)
    return tuple(kept)


def _spans(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    kept, room = [], _PASSAGE
    for span in spans:
        text = span.text
        if span.kind == "same" and len(text) > 2 * _SAME:
            text = f"{text[:_SAME]} … {text[-_SAME:]}"
        if room <= 0:
            break
        kept.append(Span(kind=span.kind, text=_cut(text, room)))
        room -= len(text)
    return tuple(kept)


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1]}…"
