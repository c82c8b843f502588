"""What every form of the digest says, as records: in its order, in words, without markup. ``page`` makes them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from monitor.model import Format, ItemId, Span, StoryId
from monitor.render.words import Quoted, Sentence, Side


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
class Changed:
    """A text from outside as an edit changed it: what stayed, what was removed, what was added."""

    spans: tuple[Span, ...]
    language: str | None
    side: Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """One edit of an item. ``facts``: what it did, shortly: "headline, text +2 −1 sentences, 85 → 120".

    ``label``: "Edited", "Edited 3 times, last". ``when``: with its day. ``headline`` None: it stayed. ``story``: where it is told
    on this page; None: it is not.
    """

    story: StoryId | None
    item_id: ItemId
    iso: str
    when: str
    outlet: Quoted
    title: Passage
    link: str | None
    label: str
    headline: Changed | None
    sentences: tuple[Changed, ...]
    facts: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """An outlet on the strip: where along the window, 0 to 1. ``is_first``: it was seen first; ``is_own``: its own text."""

    at: float
    is_first: bool
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """An hour (or a day, in longer windows) on the strip's axis, 0 to 1."""

    at: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """When which outlet had a story, along the window. The carriers' list says the same in words.

    ``start``, ``stop``: from the first dot to the last. Dots before or after the window stand at its ends.
    """

    dots: tuple[Dot, ...]
    start: float
    stop: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """Another outlet that carries a story. ``offset``: how long after the first that was seen: "+11 min", or "first seen".

    ``how``: "own text", "copy", or "copy, credits Levant Wire" as a sentence. ``seen``: its time, with its day.
    """

    outlet: Quoted
    label: Quoted | None
    link: str | None
    offset: str
    iso: str
    seen: str
    how: Sentence
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A story told in full, by the first item of it that the watch found. ``seen_iso``: for machines.

    ``published``: by the outlet's own date, where that is far from when it was seen. ``page``: its own page, relative; None:
    there is none. ``also``: the other watches that it stands under. ``standing``: what is to be said after the outlet's name:
    "had it first", "only outlet so far". ``first``: who had it first, and how sure that is, where it was another outlet or is not
    certain; (): nothing more is to be said. ``carriage``: "7 outlets, 2 with their own text"; "": one only. ``carriers``: the
    other outlets, first seen first; ``more_carriers``: so many beside those. ``changes``: what copies changed. ``items``: so many
    items of it the watch found.
    """

    story_id: StoryId
    item_id: ItemId
    items: int
    seen_iso: str
    seen: str
    seen_day: str
    headline: Passage
    link: str | None
    page: str | None
    outlet: Quoted
    label: Quoted | None
    standing: str
    first: Sentence
    language_name: str | None
    published: str | None
    also: tuple[Quoted, ...]
    quotes: tuple[Passage, ...]
    edits: tuple[Edited, ...]
    strip: Strip | None
    carriage: str
    carriers: tuple[Carried, ...]
    more_carriers: int
    changes: tuple[Sentence, ...]
    doubt: str | None
    continued: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A story that is told under another watch: where, which of this watch's words it has, and where they stand.

    ``quotes``: this watch's own sentences, where the story as told has others. ``outlets``: "7 outlets"; "": one only.
    """

    story_id: StoryId
    item_id: ItemId
    headline: Passage
    under: Quoted
    terms: tuple[Quoted, ...]
    quotes: tuple[Passage, ...]
    outlets: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """A story on one line, after those told in full. ``under``: the other watch that tells it in full; None: none does.

    ``outlets``: "7 outlets"; "": one only. ``published``: by the outlet's own date, where that is before the window; "": it is
    not. ``is_first``: no line before it is about it, and none tells it in full.
    """

    story_id: StoryId
    item_id: ItemId
    seen_iso: str
    seen: str
    headline: Passage
    link: str | None
    outlet: Quoted
    outlets: str
    published: str
    under: Quoted | None
    is_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Words of a watch that count alike. ``kind``: any, all, none, query; ``name``: "any of", "all of", "none of", "query"."""

    kind: Literal["any", "all", "none", "query"]
    name: str
    words: tuple[Quoted, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One day's items, as a share of the most of all, 0 to 1; None: not known. ``is_now``: this window."""

    height: float | None
    is_now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """How much a watch found, beside the days before: as bars, oldest first, and in words.

    ``usual``: "usually 6", or "well above the usual 6" where ``is_high``; "": not known. ``label``: what the bars show, in words.
    ``level``: where the usual is, as the bars are measured; None: not known.
    """

    bars: tuple[Bar, ...]
    level: float | None
    usual: str
    is_high: bool
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One watch. ``number``: its place in the config, from 1. ``found``: items. ``last_match`` is told only where there are none.

    ``terms``: told apart as any, all, none, query. ``only_at``: the outlets that alone are asked; (): all are.
    ``summary``: "17 items from 9 outlets". ``figure`` None: no volume is known. ``entries``: the first stories, each in full or
    as a reference; ``briefs``: the next, a line each; ``more``: how many there are beside those, and the command that lists
    them; (): none. ``past``: what it found in what was stored before it; ``withheld``: alerts that a person wanted not; "" for
    nothing.
    """

    number: int
    name: Quoted
    terms: tuple[Terms, ...]
    only_at: Sentence
    found: int
    summary: str
    figure: Figure | None
    entries: tuple[Story | Reference, ...]
    briefs: tuple[Brief, ...]
    more: Sentence
    last_match: Sentence
    past: str
    withheld: str


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
class FirstsView:
    """Who was first. ``title``: "Who was first, last 30 days". ``note``: what polling can tell and what not."""

    title: str
    outlets: tuple[tuple[Quoted, int], ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Another file that this one links to. ``form`` None: the list of all digests."""

    form: Format | None
    name: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The whole digest in words. ``nothing``: what is said where no watch found anything (None: one did).

    ``gaps``: what was not seen; ``notes``: what is to be known and is no gap. ``unlisted``: what is said of the feeds for which
    the table has no room (None: it has). ``more_edits``: so many edits beside those listed. ``firsts`` None: not known.
    ``neighbours``: files beside this one in the archive. ``stop_iso``: the window's end, for machines.
    ``scope``: which digest it is, and what it does not tell of; (): nothing is to be said.
    """

    desk: Quoted
    day: str
    hour: str
    window: str
    stop_iso: str
    scope: Sentence
    late: str | None
    sections: tuple[Section, ...]
    is_covered: bool
    coverage: str
    gaps: tuple[Sentence, ...]
    notes: tuple[Sentence, ...]
    nothing: str | None
    ticks: tuple[Tick, ...]
    rows: tuple[Row, ...]
    unlisted: str | None
    edits: tuple[Edited, ...]
    more_edits: str | None
    firsts: FirstsView | None
    neighbours: tuple[Neighbour, ...]
    footer: tuple[Sentence, ...]
