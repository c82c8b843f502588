"""The digests that are kept → the list of them, one HTML file: by month and day, newest first. Touches nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from monitor.model import Format, KeptDigest, WatchTally
from monitor.render import archive_words as said
from monitor.render import english
from monitor.render.engine import template
from monitor.render.shelf import stem, way
from monitor.render.words import Quoted, quoted

LISTED = 2_000
"""So many digests have a line: five years of one a day. The files of older ones, where they are kept, stand in the folder."""
WATCHES = 12
"""Watches of one digest that are named, those that found most first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLink:
    """A file of the archive. ``name``: what it is, or which digest it has."""

    name: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A watch with the items that it found."""

    name: Quoted
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One digest. ``link`` None: none of its files is there. ``tags``: its plan, and whether it was late or asked for."""

    day: str
    hour: str
    link: str | None
    tags: tuple[Quoted, ...]
    watches: tuple[Counted, ...]
    more: str
    gaps: str
    has_gaps: bool
    forms: tuple[FileLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day, by the desk's clock, and its digests, newest first."""

    name: str
    digests: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month with its days, newest first."""

    name: str
    count: str
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexView:
    """The list, in words. ``older``: what is said of digests that have no line; "": all have one."""

    desk: Quoted
    title: str
    span: str
    newest: FileLink | None
    months: tuple[Month, ...]
    older: str


def index_page(digests: Sequence[KeptDigest], *, title: str) -> str:
    """Give the list, to be stored as UTF-8. ``digests``: newest first, ``forms`` those whose files are there.

    ``title``: the desk's.
    """
    known = tuple(_ordered(digests))
    listed = known[:LISTED]
    newest = next((one for one in listed if one.forms), None)
    view = IndexView(
        desk=quoted(title),
        title=f"{quoted(title).text} – {said.INDEX_TITLE}",
        span=said.digests_span(len(listed), listed[-1].period, listed[0].period) if listed else said.NO_DIGESTS,
        newest=FileLink(name=said.nominal_moment(newest.period), link=_link(newest, newest.forms[0])) if newest else None,
        months=tuple(_months(listed)),
        older=said.older(len(known) - len(listed)) if len(known) > len(listed) else "",
    )
    return template("index.html.jinja").render(page=view, said=said)


def _ordered(digests: Iterable[KeptDigest]) -> Iterator[KeptDigest]:
    """Give newest periods first; of two that share a file, as two that were asked for within a minute do, the newer one."""
    newest: dict[tuple[str, str], KeptDigest] = {}
    for one in digests:
        newest.setdefault((one.plan, one.period), one)
    return iter(sorted(newest.values(), key=lambda one: (one.period, one.id), reverse=True))


def _months(digests: Iterable[KeptDigest]) -> Iterator[Month]:
    for name, some in groupby(digests, key=lambda one: said.nominal_month(one.period)):
        ones = tuple(some)
        days = groupby(ones, key=lambda one: said.nominal_day(one.period))
        yield Month(
            name=name,
            count=said.digests(len(ones)),
            days=tuple(Day(name=day, digests=tuple(map(_line, each))) for day, each in days),
        )


def _line(digest: KeptDigest) -> Line:
    # in the config's order, so that a watch can be followed from line to line
    ranked = {watch.id for watch in sorted(digest.watches, key=lambda watch: -watch.items)[:WATCHES]}
    return Line(
        day=said.nominal_day(digest.period),
        hour=datetime.fromisoformat(digest.period).strftime("%H:%M"),
        link=_link(digest, digest.forms[0]) if digest.forms else None,
        tags=tuple(_tags(digest)),
        watches=tuple(_count(watch) for watch in digest.watches if watch.id in ranked),
        more=said.more_watches(len(digest.watches) - WATCHES) if len(digest.watches) > WATCHES else "",
        gaps=said.gaps(digest.gaps),
        has_gaps=digest.gaps > 0,
        forms=tuple(FileLink(name=english.FORMS[form], link=_link(digest, form)) for form in digest.forms[1:]),
    )


def _tags(digest: KeptDigest) -> Iterator[Quoted]:
    if digest.plan:
        yield quoted(digest.plan)
    if digest.is_late:
        yield quoted(said.LATE)
    if digest.is_asked:
        yield quoted(said.ASKED)


def _count(tally: WatchTally) -> Counted:
    return Counted(name=quoted(tally.name), items=tally.items)


def _link(digest: KeptDigest, form: Format) -> str:
    return way(digest.plan, f"{stem(digest.period)}.{form}")
