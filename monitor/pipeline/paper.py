"""A feed's body → its entries, of which only those are parsed that the body before it did not have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from monitor.cut import Sheet, cut
from monitor.errors import ParseError
from monitor.identify import called
from monitor.model import Called, Document, Entry, Feed, FeedState, Fetched, Piece
from monitor.pipeline.line import Line

UTF_8 = "application/xml; charset=utf-8"
_LOOKS = 4
"""So often a feed is read in whole while its items are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What a body holds. ``document``: the entries that were parsed, None where none had to be.

    ``entries``: in the whole of it. ``beside``: what those are called that were not parsed. ``pieces``: what to remember of it;
    empty where it can't be cut, None where it is remembered already. ``is_first``: nothing was known before. ``is_whole``: all
    entries were parsed, the known ones too, as far as they can be.
    """

    document: Document | None
    entries: int
    beside: tuple[Called, ...] = ()
    pieces: tuple[Piece, ...] | None = ()
    is_first: bool = False
    is_whole: bool = False


def is_to_be_read(state: FeedState, *, keep: timedelta, now: datetime) -> bool:
    """Say whether all of a feed is to be read, however little of it is new.

    What was deleted and is still listed is known by what it is called, and that is forgotten where it is not met for as long as
    items are kept: it would come again as news.
    """
    return state.parsed_at is not None and not timedelta() <= now - state.parsed_at < keep / _LOOKS


async def read_paper(line: Line, state: FeedState, feed: Feed, answer: Fetched) -> Paper:
    """Read a body; ``feed`` as it is listed now. Raises ParseError, and StoreError."""
    is_first = state.answered_at is None
    sheet = cut(answer.body, content_type=answer.content_type)
    if sheet is None:
        return await _whole(line, feed, answer, is_first=is_first)
    remembered = () if is_first else await line.store.read(lambda store: store.pieces(feed.id))
    known = {piece.digest: piece for piece in remembered}
    if is_to_be_read(state, keep=line.setup.config.keep.items, now=line.now()):
        try:
            return await _part(line, feed, answer, sheet=sheet, known={}, is_first=is_first)
        except ParseError as error:
            if error.kind == "local":
                raise
            # what can't be read at once is read in part, as ever
            paper = await _part(line, feed, answer, sheet=sheet, known=known, is_first=is_first)
            return replace(paper, is_whole=True)
    return await _part(line, feed, answer, sheet=sheet, known=known, is_first=is_first)


async def _part(line: Line, feed: Feed, answer: Fetched, *, sheet: Sheet, known: dict[bytes, Piece], is_first: bool) -> Paper:
    unknown = [place for place, digest in enumerate(sheet.digests) if digest not in known]
    if not unknown:
        pieces = tuple(known[digest] for digest in dict.fromkeys(sheet.digests))
        is_same = pieces == tuple(known.values())
        return Paper(document=None, entries=len(sheet.digests), pieces=None if is_same else pieces)
    part = replace(answer, body=sheet.only(unknown), content_type=UTF_8)
    try:
        document = await line.workers.parse(part, now=line.now(), language=feed.outlet.language)
    except ParseError as error:
        # what kills a worker in part kills the next one in whole
        if error.kind in {"local", "crashed", "too_slow"} or len(unknown) == len(sheet.digests):
            raise
        return await _whole(line, feed, answer, is_first=is_first)
    if document.is_sound and len(document.entries) == len(unknown):
        names = partial(called, strip=line.setup.config.urls.strip)
        return _pieced(sheet, known, unknown=unknown, document=document, name=names, is_first=is_first)
    if len(unknown) == len(sheet.digests):
        return Paper(document=document, entries=len(document.entries), is_first=is_first, is_whole=True)
    return await _whole(line, feed, answer, is_first=is_first)


def _pieced(
    sheet: Sheet,
    known: dict[bytes, Piece],
    *,
    unknown: list[int],
    document: Document,
    name: Callable[[Entry], Called],
    is_first: bool,
) -> Paper:
    parsed = {
        sheet.digests[place]: Piece(digest=sheet.digests[place], called=name(entry))
        for place, entry in zip(unknown, document.entries, strict=True)
    }
    pieces = {digest: known.get(digest) or parsed[digest] for digest in sheet.digests}
    return Paper(
        document=document,
        entries=len(sheet.digests),
        beside=tuple(piece.called for digest, piece in pieces.items() if digest not in parsed),
        pieces=tuple(pieces.values()),
        is_first=is_first,
        is_whole=len(parsed) == len(pieces),
    )


async def _whole(line: Line, feed: Feed, answer: Fetched, *, is_first: bool) -> Paper:
    document = await line.workers.parse(answer, now=line.now(), language=feed.outlet.language)
    return Paper(document=document, entries=len(document.entries), is_first=is_first, is_whole=True)
