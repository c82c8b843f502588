"""Digest → Markdown (CommonMark, no raw HTML), in the order of the HTML. Touches nothing.

Every text from outside is escaped where it is set, so that it reads as itself: no heading, link, image, emphasis, entity, table,
code, mention or automatic link comes of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import category

from monitor.model import Digest
from monitor.render.page import page
from monitor.render.view import Page, Passage, Reference, Row, Section, Story
from monitor.render.words import Quoted, Sentence

# CommonMark §2.4: a backslash before any ASCII punctuation makes it itself. Only those that can mean something inside a line.
_LIVE = re.compile(r"""[\\`*_{}\[\]<>#|~&@!$^=]|:(?=//)|(?<=www)\.|^[-+]|(?<=\d)[.)](?=\s|$)""", re.IGNORECASE)
_SPACES = re.compile(r"[ \t]+")


def digest(digest: Digest) -> str:
    """Give the digest as one Markdown text that ends with a newline; times in the digest's zone."""
    told = page(digest)
    lines = [*_masthead(told)]
    for section in told.sections:
        if section.found:
            lines += _section(section)
    lines += [line for section in told.sections if not section.found for line in _quiet(section)]
    lines += [
        "## Outlets",
        *_table(told.rows),
        *([told.unlisted] if told.unlisted else []),
        "---",
        *(_say(sentence) for sentence in told.footer),
    ]
    return "\n\n".join(lines) + "\n"


def escape(text: str) -> str:
    """Make a text from outside inert within a line; runs of spaces become one, as they would when read."""
    return _LIVE.sub(lambda found: "\\" + found[0], _SPACES.sub(" ", text))


def _masthead(told: Page) -> Iterator[str]:
    yield f"# {_name(told.desk)} – {told.day}, {told.hour}"
    yield escape(told.window)
    if told.late:
        yield f"**{told.late}**"
    if told.sections:
        yield "\n".join(f"- **{section.found}** {_name(section.name)}" for section in told.sections)
    yield f"**{told.coverage}**"
    if told.gaps:
        yield "\n".join(f"- {_say(gap)}" for gap in told.gaps)
    if told.nothing:
        yield told.nothing


def _section(section: Section) -> Iterator[str]:
    yield f"## {_name(section.name)}"
    yield f"{section.summary} · {_terms(section)}"
    if section.past:
        yield section.past
    for entry in section.entries:
        yield from _reference(entry) if isinstance(entry, Reference) else _story(entry)


def _quiet(section: Section) -> Iterator[str]:
    yield f"## {_name(section.name)}"
    yield f"Nothing in this window. {_say(section.last_match)} {_terms(section)}"
    if section.past:
        yield section.past


def _terms(section: Section) -> str:
    return "Words: " + "; ".join(f"{terms.name} {', '.join(_name(word) for word in terms.words)}" for terms in section.terms)


def _story(item: Story) -> Iterator[str]:
    headline = _passage(item.headline)
    yield f"### [{headline}](<{_target(item.link)}>)" if item.link else f"### {headline}"
    yield " · ".join(_facts(item))
    for quote in item.quotes:
        yield f"> {_passage(quote)}"
    if item.doubt:
        yield f"*{item.doubt}*"


def _facts(item: Story) -> Iterator[str]:
    yield f"First seen {item.seen_day} {item.seen}"
    yield f"**{_name(item.outlet)}**" if _is_wordlike(item.outlet.text) else _name(item.outlet)
    if item.label:
        yield f"({_name(item.label)})"
    if item.language_name:
        yield item.language_name
    if item.published:
        yield f"published {item.published}"
    yield f"item {item.item_id}"
    for watch in item.also:
        yield f"also in {_name(watch)}"


def _reference(item: Reference) -> Iterator[str]:
    here = f", here for {', '.join(_name(term) for term in item.terms)}" if item.terms else ""
    yield f"- {_passage(item.headline)} – told under {_name(item.under)}, item {item.item_id}{here}"


def _table(rows: tuple[Row, ...]) -> Iterator[str]:
    head = "| Outlet | State | Answered | New | Why |\n|---|---|---|--:|---|"
    yield "\n".join([head, *(_row(row) for row in rows)])


def _row(row: Row) -> str:
    label = f" ({_name(row.label)})" if row.label else ""
    return (
        f"| {_name(row.name)}{label} | {row.state} | {row.answered} | {row.items} | {_name(row.reason) if row.reason else ''} |"
    )


def _say(sentence: Sentence) -> str:
    return "".join(part if isinstance(part, str) else _name(part) for part in sentence)


def _name(text: Quoted) -> str:
    return escape(text.text)


def _passage(passage: Passage) -> str:
    """Set a passage on one line, watched words in bold, or in guillemets where bold would not be read as such."""
    parts: list[str] = []
    for piece in passage.pieces:
        # a dash after spaces begins the line as well, once they are gone
        text = escape(piece.text if parts or piece.marked else piece.text.lstrip())
        if piece.marked:
            text = f"**{text}**" if _is_wordlike(piece.text) else f"«{text}»"
        parts.append(text)
    return "".join(parts).strip()


def _is_wordlike(text: str) -> bool:
    """Say whether ``**`` round it is read as bold: not where punctuation or a space is at its ends (CommonMark §6.2)."""
    return bool(text) and not any(category(end)[0] in "PSZC" for end in (text[0], text[-1]))


def _target(link: str) -> str:
    """Fit a link (already without spaces, <, > and backslashes) between angle brackets; an entity in it stays itself."""
    return link.replace("&", "\\&")
