"""Digest → its page cut down until what is written of it fits: fewer stories in full, then a line each, then counts. Pure.

Mail programs clip long mails, so that half a digest looks like all of it. Whatever is left out is counted in a sentence, which
says where the whole is. Texts from outside are cut as well, or one headline of a million letters would leave no room for another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Final

from monitor.model import Digest, Span
from monitor.render import english, words
from monitor.render.page import IN_FULL, page
from monitor.render.view import Changed, Page, Passage, Piece, Section, Terms
from monitor.render.words import Quoted

_NAME: Final = 150
_PASSAGE: Final = 420
_SAME: Final = 90
"""So much of what an edit left as it was stays on either side of what it changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much there is room for. For each watch, ``stories``: in full; ``lines``: stories on one line; ``words``: of each list."""

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


def fitting(digest: Digest, write: Callable[[Page, str], str], *, room: Callable[[str], bool]) -> str:
    """Give the longest that fits of what ``write`` makes of a page and of the sentence that says what was left out ("": nothing).

    ``room`` says whether a text fits. The shortest is given where even that does not.
    """
    written = ""
    for allowed in ROOMS:
        written = write(*shortened(digest, allowed))
        if room(written):
            break
    return written


def shortened(digest: Digest, room: Room) -> tuple[Page, str]:
    """Give the page of a digest for which there is so much room, and a sentence that says what is left out."""
    kept = room.stories + room.lines
    groups = tuple(
        replace(group, stories=group.stories[:kept], more=group.more + max(len(group.stories) - kept, 0))
        for group in digest.watches
    )
    whole = page(replace(digest, watches=groups), in_full=room.stories)
    unlisted = len(digest.outlets) - min(len(whole.rows), room.rows)
    unnamed = len(whole.edits[room.edits :])
    short = replace(
        whole,
        sections=_sections(whole.sections, room),
        gaps=_counted(whole.gaps, room.gaps, "more gap"),
        notes=_counted(whole.notes, room.gaps, "more note"),
        rows=whole.rows[: room.rows],
        unlisted=words.unlisted(unlisted) if unlisted else None,
        edits=whole.edits[: room.edits],
        more_edits=_more_edits(digest.more_edits + unnamed),
    )
    clipped: Page = _clipped(short)
    return clipped, _left_out(digest, whole=whole, short=short, room=room)


def _sections(sections: tuple[Section, ...], room: Room) -> tuple[Section, ...]:
    """Keep those that found something before those that did not, all in their order."""
    ranked = sorted(sections, key=lambda section: not section.found)[: room.watches]
    kept = {section.number for section in ranked}
    return tuple(replace(one, terms=_terms(one.terms, room.words)) for one in sections if one.number in kept)


def _terms(lists: tuple[Terms, ...], most: int) -> tuple[Terms, ...]:
    return tuple(
        one if len(one.words) <= most else replace(one, words=(*one.words[:most], _more(len(one.words) - most))) for one in lists
    )


def _more(number: int) -> Quoted:
    return words.quoted(english.FOLDED.format(number=number))


def _counted(sentences: tuple[words.Sentence, ...], most: int, noun: str) -> tuple[words.Sentence, ...]:
    left = len(sentences) - most
    return (*sentences[:most], (english.COUNTED.format(things=words.count(left, noun)),)) if left > 0 else sentences


def _more_edits(edits: int) -> str | None:
    return english.MORE_EDITS.format(edits=words.count(edits, "edit")) if edits else None


def _left_out(digest: Digest, *, whole: Page, short: Page, room: Room) -> str:
    """Count what a reader of the whole would see and of this one does not; "" where that is nothing."""
    kept = room.stories + room.lines
    in_line = sum(max(min(len(group.stories), IN_FULL, kept) - room.stories, 0) for group in digest.watches)
    left = {
        "watch": len(whole.sections) - len(short.sections),
        "story": sum(max(len(group.stories) - kept, 0) for group in digest.watches),
        "gap": max(len(whole.gaps) - room.gaps, 0),
        "edit": max(len(whole.edits) - room.edits, 0),
        "feed": max(len(whole.rows) - room.rows, 0),
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
