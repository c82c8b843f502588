"""Digest → plain text for a terminal or the text part of a mail, in the order of the HTML. Touches nothing.

Whatever came from outside has no control characters left when it gets here, and none is added: no colour, no cursor, only lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from monitor.model import Digest
from monitor.render.page import page
from monitor.render.view import Page, Passage, Reference, Section, Story
from monitor.render.words import Sentence

_INDENT = "       "
_NARROWEST = 60


def digest(digest: Digest, *, width: int = 100) -> str:
    """Give the digest as lines of at most ``width`` characters (links may be longer), with a newline at the end.

    Watched words stand in guillemets: «Idlib». ``width`` under 60 is taken as 60.
    """
    told, width = page(digest), max(width, _NARROWEST)
    blocks = [_masthead(told, width), _coverage(told, width)]
    blocks += [_section(section, width) for section in told.sections if section.found]
    blocks += [_quiet(section, width) for section in told.sections if not section.found]
    blocks += [_outlets(told, width), _footer(told, width)]
    return "\n\n".join("\n".join(line.rstrip() for line in block) for block in blocks) + "\n"


def _masthead(told: Page, width: int) -> Iterator[str]:
    yield from _wrapped(f"{told.desk.text} – {told.day}, {told.hour}", width)
    yield from _wrapped(told.window, width)
    if told.late:
        yield from _wrapped(told.late, width)
    if told.sections:
        yield ""
    for section in told.sections:
        yield from _wrapped(section.name.text, width, first=f"{section.found:>5}  ", rest=_INDENT)


def _coverage(told: Page, width: int) -> Iterator[str]:
    yield from _wrapped(told.coverage, width, first="" if told.is_covered else "! ", rest="  ")
    for gap in told.gaps:
        yield from _wrapped(_say(gap), width, first="! ", rest="  ")
    if told.nothing:
        yield ""
        yield from _wrapped(told.nothing, width)


def _section(section: Section, width: int) -> Iterator[str]:
    yield from _title(section.name.text, width)
    yield from _wrapped(f"{section.summary}. {_terms(section)}", width)
    if section.past:
        yield from _wrapped(section.past, width)
    for entry in section.entries:
        yield ""
        yield from _reference(entry, width) if isinstance(entry, Reference) else _story(entry, width)


def _quiet(section: Section, width: int) -> Iterator[str]:
    yield from _title(section.name.text, width)
    yield from _wrapped(f"Nothing in this window. {_say(section.last_match)} {_terms(section)}", width)
    if section.past:
        yield from _wrapped(section.past, width)


def _terms(section: Section) -> str:
    return "Words: " + "; ".join(f"{terms.name} {', '.join(word.text for word in terms.words)}" for terms in section.terms)


def _story(item: Story, width: int) -> Iterator[str]:
    yield from _wrapped(_passage(item.headline), width, first=f"{item.seen:<5}  ", rest=_INDENT)
    yield from _wrapped(" · ".join(_facts(item)), width, first=_INDENT, rest=_INDENT)
    for quote in item.quotes:
        yield from _wrapped(_passage(quote), width, first=_INDENT, rest=_INDENT)
    if item.doubt:
        yield from _wrapped(item.doubt, width, first=_INDENT, rest=_INDENT)
    if item.link:
        yield _INDENT + item.link


def _facts(item: Story) -> Iterator[str]:
    yield f"{item.outlet.text} ({item.label.text})" if item.label else item.outlet.text
    yield f"first seen {item.seen_day} {item.seen}"
    if item.published:
        yield f"published {item.published}"
    yield f"item {item.item_id}"
    for watch in item.also:
        yield f"also in {watch.text}"


def _reference(item: Reference, width: int) -> Iterator[str]:
    here = f", here for {', '.join(term.text for term in item.terms)}" if item.terms else ""
    yield from _wrapped(_passage(item.headline), width, first=_INDENT, rest=_INDENT)
    yield from _wrapped(f"told under {item.under.text}, item {item.item_id}{here}", width, first=_INDENT, rest=_INDENT)


def _outlets(told: Page, width: int) -> Iterator[str]:
    yield from _title("Outlets", width)
    for row in told.rows:
        # our own words first: a line that begins in Arabic would be set from the right
        lead = f"{row.state:<15}{row.answered:>19}{row.items:>6} new  "
        why = f" – {row.reason.text}" if row.reason else ""
        label = f" ({row.label.text})" if row.label else ""
        yield from _wrapped(f"{row.name.text}{label}{why}", width, first=lead, rest=_INDENT)
    if told.unlisted:
        yield from _wrapped(told.unlisted, width)


def _footer(told: Page, width: int) -> Iterator[str]:
    for sentence in told.footer:
        yield from _wrapped(_say(sentence), width)


def _title(text: str, width: int) -> Iterator[str]:
    lines = _wrapped(text, width)
    yield from lines
    yield "-" * max((len(line) for line in lines), default=0)


def _say(sentence: Sentence) -> str:
    return "".join(part if isinstance(part, str) else part.text for part in sentence)


def _passage(passage: Passage) -> str:
    return "".join(f"«{piece.text}»" if piece.marked else piece.text for piece in passage.pieces)


def _wrapped(text: str, width: int, *, first: str = "", rest: str = "") -> list[str]:
    return wrap(text, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False) or [first]
