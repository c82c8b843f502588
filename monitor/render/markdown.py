"""Digest → Markdown (CommonMark, no raw HTML), in the order of the HTML. Touches nothing.

Every text from outside is escaped where it is set, so that it reads as itself: no heading, link, image, emphasis, entity, table,
code, mention or automatic link comes of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from unicodedata import category

from monitor.model import Digest
from monitor.render import english
from monitor.render.page import page
from monitor.render.view import Brief, Changed, Edited, Page, Passage, Reference, Row, Section, Story
from monitor.render.volume import blocks
from monitor.render.words import Quoted, Sentence, more_outlets

# CommonMark §2.4: a backslash before any ASCII punctuation makes it itself. Only those that can mean something inside a line.
_LIVE = re.compile(r"""[\\`*_{}\[\]<>#|~&@!$^=]|:(?=//)|(?<=www)\.|^[-+]|(?<=\d)[.)](?=\s|$)""", re.IGNORECASE)
_SPACES = re.compile(r"[ \t]+")
_HEAD: Final = f"| {' | '.join((*english.COLUMNS.values(), english.WHY))} |\n|---|---|---|--:|---|"
_SIDES: Final = ((english.WAS, "added"), (english.IS, "removed"))


def digest(digest: Digest) -> str:
    """Give the digest as one Markdown text that ends with a newline; times in the digest's zone."""
    told = page(digest)
    parts = [_masthead(told)]
    parts += [_section(section) for section in told.sections if section.found]
    parts += [_quiet(section) for section in told.sections if not section.found]
    parts += [_outlets(told), _edits(told), _firsts(told), _footer(told)]
    return "\n\n".join(block for part in parts for block in part) + "\n"


def escape(text: str) -> str:
    """Make a text from outside inert within a line; runs of spaces become one, as they would when read."""
    return _LIVE.sub(lambda found: "\\" + found[0], _SPACES.sub(" ", text))


def _masthead(told: Page) -> Iterator[str]:
    yield f"# {_name(told.desk)} – {told.day}, {told.hour}"
    yield escape(told.window)
    if told.scope:
        yield _say(told.scope)
    if told.late:
        yield f"**{told.late}**"
    if told.sections:
        yield "\n".join(f"- **{section.found}** {_name(section.name)}{_high(section)}" for section in told.sections)
    yield f"**{told.coverage}**"
    if told.gaps:
        yield _list(_say(gap) for gap in told.gaps)
    if told.notes:
        yield f"{english.NOTES}:"
        yield _list(_say(note) for note in told.notes)
    if told.nothing:
        yield told.nothing


def _high(section: Section) -> str:
    return f", {section.figure.usual}" if section.figure and section.figure.is_high else ""


def _section(section: Section) -> Iterator[str]:
    yield f"## {_name(section.name)}"
    usual = f", {section.figure.usual}" if section.figure and section.figure.usual else ""
    yield f"{_bars(section)}{section.summary}{usual}. {_terms(section)}"
    yield from _said(section)
    for entry in section.entries:
        yield from _reference(entry) if isinstance(entry, Reference) else _story(entry)
    if section.briefs:
        yield _list(map(_brief, section.briefs))
    if section.more:
        yield _say(section.more)


def _quiet(section: Section) -> Iterator[str]:
    yield f"## {_name(section.name)}"
    yield f"{_bars(section)}{english.NOTHING_HERE}. {_say(section.last_match)} {_terms(section)}"
    yield from _said(section)


def _said(section: Section) -> Iterator[str]:
    yield from filter(None, (section.withheld, section.past))


def _bars(section: Section) -> str:
    return f"{blocks(section.figure)} " if section.figure else ""


def _terms(section: Section) -> str:
    lists = (f"{terms.name} {', '.join(_name(word) for word in terms.words)}" for terms in section.terms)
    terms = f"{english.WORDS}: {'; '.join(lists)}" if section.terms else ""
    return "; ".join(filter(None, (terms, _say(section.only_at))))


def _story(item: Story) -> Iterator[str]:
    yield f"### {_headline(item)}"
    yield " · ".join(_facts(item))
    if item.first:
        yield _say(item.first)
    for quote in item.quotes:
        yield f"> {_passage(quote)}"
    for edit in item.edits:
        yield from _change(edit)
    if item.carriers:
        yield _carriers(item)
    if item.changes:
        yield f"{english.CHANGED}: {'; '.join(map(_say, item.changes))}"
    if item.continued:
        yield item.continued
    if item.doubt:
        yield f"*{item.doubt}*"


def _headline(item: Story | Brief) -> str:
    headline = _passage(item.headline)
    return f"[{headline}](<{_target(item.link)}>)" if item.link else headline


def _facts(item: Story) -> Iterator[str]:
    yield f"{english.FIRST_SEEN} {item.seen_day} {item.seen}"
    outlet = f"**{_name(item.outlet)}**" if _is_wordlike(item.outlet.text) else _name(item.outlet)
    label = f" ({_name(item.label)})" if item.label else ""
    yield f"{outlet}{label} {item.standing}".rstrip()
    if item.language_name:
        yield item.language_name
    if item.published:
        yield english.PUBLISHED.format(when=item.published)
    yield english.ITEM.format(number=item.item_id)
    for watch in item.also:
        yield f"{english.ALSO_IN}{_name(watch)}"


def _carriers(item: Story) -> str:
    told = [
        f"{_name(one.outlet)}{f' ({_name(one.label)})' if one.label else ''} {one.offset}, {_say(one.how)}"
        for one in item.carriers
    ]
    if item.more_carriers:
        told.append(more_outlets(item.more_carriers))
    return f"{item.carriage}. {english.CARRIED_BY}: {'; '.join(told)}"


def _change(edit: Edited) -> Iterator[str]:
    facts = f": {_say(edit.facts)}" if edit.facts else ""
    yield f"{edit.label} {edit.when}, {_name(edit.outlet)}{facts}"
    diffs = (*((edit.headline,) if edit.headline else ()), *edit.sentences)
    sides = [(kind, _side(changed, other)) for changed in diffs for kind, other in _SIDES]
    if told := [f"{kind}: {text}" for kind, text in sides if text]:
        yield _list(told)


def _side(changed: Changed, other: str) -> str:
    return escape("".join(span.text for span in changed.spans if span.kind != other)).strip()


def _reference(item: Reference) -> Iterator[str]:
    outlets = f"{item.outlets}, " if item.outlets else ""
    here = f", {english.HERE_FOR}{', '.join(map(_name, item.terms))}" if item.terms else ""
    where = f"{outlets}{english.TOLD_UNDER}{_name(item.under)}, {english.ITEM.format(number=item.item_id)}{here}"
    yield f"- {_passage(item.headline)} – {where}"
    for quote in item.quotes:
        yield f"> {_passage(quote)}"


def _brief(item: Brief) -> str:
    outlets = f", {item.outlets}" if item.outlets else ""
    under = f", {english.TOLD_UNDER}{_name(item.under)}" if item.under else ""
    published = f", {item.published}" if item.published else ""
    where = f"{_name(item.outlet)}{outlets}{published}, {english.ITEM.format(number=item.item_id)}{under}"
    return f"{item.seen} {_headline(item)} – {where}"


def _outlets(told: Page) -> Iterator[str]:
    yield f"## {english.OUTLETS}"
    yield "\n".join([_HEAD, *map(_row, told.rows)])
    if told.unlisted:
        yield told.unlisted


def _row(row: Row) -> str:
    label = f" ({_name(row.label)})" if row.label else ""
    reason = _name(row.reason) if row.reason else ""
    return f"| {_name(row.name)}{label} | {row.state} | {row.answered} | {row.items} | {reason} |"


def _edits(told: Page) -> Iterator[str]:
    if told.edits or told.more_edits:
        yield f"## {english.EDITED_LIST}"
    if told.edits:
        yield _list(map(_edited, told.edits))
    if told.more_edits:
        yield told.more_edits


def _edited(edit: Edited) -> str:
    facts = f": {_say(edit.facts)}" if edit.facts else ""
    item = english.ITEM.format(number=edit.item_id)
    return f"{edit.when} {_name(edit.outlet)}{facts} – {_passage(edit.title)}, {item}"


def _firsts(told: Page) -> Iterator[str]:
    if told.firsts is None:
        return
    yield f"## {told.firsts.title}"
    if told.firsts.outlets:
        yield " · ".join(f"{_name(outlet)} **{stories}**" for outlet, stories in told.firsts.outlets)
    yield told.firsts.note


def _footer(told: Page) -> Iterator[str]:
    yield "---"
    yield from map(_say, told.footer)


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


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
