"""Digest → plain text for a terminal or the text part of a mail, in the order of the HTML. Touches nothing.

Whatever came from outside has no control characters left when it gets here, and none is added: no colour, no cursor, only lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final
from unicodedata import east_asian_width

from monitor.model import Digest
from monitor.render import english
from monitor.render.page import page
from monitor.render.view import Brief, Changed, Edited, Page, Passage, Reference, Section, Story
from monitor.render.volume import blocks
from monitor.render.words import Sentence, more_outlets

WIDTH: Final = 78
"""So wide that nothing is wrapped again by who quotes it in a mail (RFC 5322 §2.1.1)."""
_INDENT: Final = "       "
_NARROWEST: Final = 60


def digest(digest: Digest, *, width: int = WIDTH) -> str:
    """Give the digest as lines of at most ``width`` characters (links may be longer), with a newline at the end.

    Watched words stand in guillemets: «Idlib». ``width`` under 60 is taken as 60.
    """
    return written(page(digest), width=width)


def written(told: Page, *notes: str, width: int = WIDTH) -> str:
    """Give a page so; before its last lines what is to be noted of it ("": nothing)."""
    width = max(width, _NARROWEST)
    parts = [_masthead(told, width), _coverage(told, width)]
    parts += [_section(section, width) for section in told.sections if section.found]
    parts += [_quiet(section, width) for section in told.sections if not section.found]
    parts += [_outlets(told, width), _edits(told, width), _firsts(told, width)]
    parts += [iter(_wrapped(note, width)) for note in notes if note]
    parts.append(_footer(told, width))
    lines = ("\n".join(line.rstrip() for line in part) for part in parts)
    return "\n\n".join(filter(None, lines)) + "\n"


def _masthead(told: Page, width: int) -> Iterator[str]:
    yield from _wrapped(f"{told.desk.text} – {told.day}, {told.hour}", width)
    yield from _wrapped(told.window, width)
    if told.scope:
        yield from _wrapped(_say(told.scope), width)
    if told.late:
        yield from _wrapped(told.late, width)
    if told.sections:
        yield ""
    for section in told.sections:
        usual = f", {section.figure.usual}" if section.figure and section.figure.is_high else ""
        yield from _wrapped(f"{section.name.text}{usual}", width, first=f"{section.found:>5}  ", rest=_INDENT)


def _coverage(told: Page, width: int) -> Iterator[str]:
    yield from _wrapped(told.coverage, width, first="" if told.is_covered else "! ", rest="  ")
    for gap in told.gaps:
        yield from _wrapped(_say(gap), width, first="! ", rest="  ")
    if told.notes:
        yield ""
        yield f"{english.NOTES}:"
    for note in told.notes:
        yield from _wrapped(_say(note), width, first="  ", rest="  ")
    if told.nothing:
        yield ""
        yield from _wrapped(told.nothing, width)


def _section(section: Section, width: int) -> Iterator[str]:
    yield from _title(section.name.text, width)
    usual = f", {section.figure.usual}" if section.figure and section.figure.usual else ""
    yield from _wrapped(f"{section.summary}{usual}. {_terms(section)}", width, first=_bars(section))
    yield from _said(section, width)
    for entry in section.entries:
        yield ""
        yield from _reference(entry, width) if isinstance(entry, Reference) else _story(entry, width)
    if section.briefs:
        yield ""
    for brief in section.briefs:
        yield from _brief(brief, width)
    if section.more:
        yield ""
        yield from _wrapped(_say(section.more), width, first=_INDENT, rest=_INDENT)


def _quiet(section: Section, width: int) -> Iterator[str]:
    yield from _title(section.name.text, width)
    said = f"{english.NOTHING_HERE}. {_say(section.last_match)} {_terms(section)}"
    yield from _wrapped(said, width, first=_bars(section))
    yield from _said(section, width)


def _bars(section: Section) -> str:
    return f"{blocks(section.figure)}  " if section.figure else ""


def _said(section: Section, width: int) -> Iterator[str]:
    for sentence in (section.withheld, section.past):
        if sentence:
            yield from _wrapped(sentence, width)


def _terms(section: Section) -> str:
    lists = (f"{terms.name} {', '.join(word.text for word in terms.words)}" for terms in section.terms)
    terms = f"{english.WORDS}: {'; '.join(lists)}" if section.terms else ""
    return "; ".join(filter(None, (terms, _say(section.only_at))))


def _story(item: Story, width: int) -> Iterator[str]:
    yield from _wrapped(_passage(item.headline), width, first=f"{item.seen:<5}  ", rest=_INDENT)
    yield from _indented(" · ".join(_facts(item)), width)
    if item.first:
        yield from _indented(_say(item.first), width)
    for quote in item.quotes:
        yield from _indented(_passage(quote), width)
    for edit in item.edits:
        yield from _change(edit, width)
    if item.carriers:
        yield from _indented(_carriers(item), width)
    if item.changes:
        yield from _indented(f"{english.CHANGED}: {'; '.join(_say(change) for change in item.changes)}", width)
    for sentence in (item.continued, item.doubt):
        if sentence:
            yield from _indented(sentence, width)
    if item.link:
        yield _INDENT + item.link


def _facts(item: Story) -> Iterator[str]:
    outlet = f"{item.outlet.text} ({item.label.text})" if item.label else item.outlet.text
    yield f"{outlet} {item.standing}".rstrip()
    first_seen = "" if item.standing == english.SEEN_HERE_FIRST else f"{english.FIRST_SEEN.lower()} "
    yield f"{first_seen}{item.seen_day} {item.seen}"
    if item.published:
        yield english.PUBLISHED.format(when=item.published)
    if item.language_name:
        yield item.language_name
    yield english.ITEM.format(number=item.item_id)
    for watch in item.also:
        yield f"{english.ALSO_IN}{watch.text}"


def _carriers(item: Story) -> str:
    names = [f"{one.outlet.text} ({one.label.text})" if one.label else one.outlet.text for one in item.carriers]
    told = [f"{name} {one.offset}, {_say(one.how)}" for name, one in zip(names, item.carriers, strict=True)]
    if item.more_carriers:
        told.append(more_outlets(item.more_carriers))
    return f"{item.carriage}. {english.CARRIED_BY}: {'; '.join(told)}"


def _change(edit: Edited, width: int) -> Iterator[str]:
    """Tell an edit as it was and as it is: marks within a line are read by nobody who does not know them."""
    facts = f": {_say(edit.facts)}" if edit.facts else ""
    yield from _indented(f"{edit.label} {edit.when}, {edit.outlet.text}{facts}", width)
    for changed in (*((edit.headline,) if edit.headline else ()), *edit.sentences):
        before, after = _side(changed, "added"), _side(changed, "removed")
        for kind, text in ((english.WAS, before), (english.IS, after)):
            if text.strip():
                yield from _wrapped(text, width, first=f"{_INDENT}  {kind}: ", rest=f"{_INDENT}    ")


def _side(changed: Changed, other: str) -> str:
    return "".join(span.text for span in changed.spans if span.kind != other)


def _reference(item: Reference, width: int) -> Iterator[str]:
    here = f", {english.HERE_FOR}{', '.join(term.text for term in item.terms)}" if item.terms else ""
    yield from _indented(_passage(item.headline), width)
    outlets = f"{item.outlets}, " if item.outlets else ""
    told = f"{outlets}{english.TOLD_UNDER}{item.under.text}, {english.ITEM.format(number=item.item_id)}{here}"
    yield from _indented(told, width)
    for quote in item.quotes:
        yield from _indented(_passage(quote), width)


def _brief(item: Brief, width: int) -> Iterator[str]:
    under = f", {english.TOLD_UNDER}{item.under.text}" if item.under else ""
    outlets = f", {item.outlets}" if item.outlets else ""
    published = f", {item.published}" if item.published else ""
    where = f"{item.outlet.text}{outlets}{published}, {english.ITEM.format(number=item.item_id)}{under}"
    yield from _wrapped(f"{item.seen}  {_passage(item.headline)} – {where}", width, rest=_INDENT)


def _outlets(told: Page, width: int) -> Iterator[str]:
    yield from _title(english.OUTLETS, width)
    for row in told.rows:
        # our own words first: a line that begins in Arabic would be set from the right
        lead = f"{row.state:<15}{row.answered:>19}{row.items:>6} new  "
        why = f" – {row.reason.text}" if row.reason else ""
        label = f" ({row.label.text})" if row.label else ""
        yield from _wrapped(f"{row.name.text}{label}{why}", width, first=lead, rest=_INDENT)
    if told.unlisted:
        yield from _wrapped(told.unlisted, width)


def _edits(told: Page, width: int) -> Iterator[str]:
    if not told.edits and not told.more_edits:
        return
    yield from _title(english.EDITED_LIST, width)
    for edit in told.edits:
        facts = f": {_say(edit.facts)}" if edit.facts else ""
        item = english.ITEM.format(number=edit.item_id)
        yield from _wrapped(f"{edit.when}  {edit.outlet.text}{facts} – {_passage(edit.title)}, {item}", width, rest=_INDENT)
    if told.more_edits:
        yield from _wrapped(told.more_edits, width)


def _firsts(told: Page, width: int) -> Iterator[str]:
    if told.firsts is None:
        return
    yield from _title(told.firsts.title, width)
    if told.firsts.outlets:
        yield from _wrapped(" · ".join(f"{outlet.text} {stories}" for outlet, stories in told.firsts.outlets), width)
    yield from _wrapped(told.firsts.note, width)


def _footer(told: Page, width: int) -> Iterator[str]:
    for sentence in told.footer:
        yield from _wrapped(_say(sentence), width)


def _title(text: str, width: int) -> Iterator[str]:
    lines = _wrapped(text, width)
    yield from lines
    yield "-" * max((_columns(line) for line in lines), default=0)


def _say(sentence: Sentence) -> str:
    return "".join(part if isinstance(part, str) else part.text for part in sentence)


def _passage(passage: Passage) -> str:
    return "".join(f"«{piece.text}»" if piece.marked else piece.text for piece in passage.pieces)


def _indented(text: str, width: int) -> list[str]:
    return _wrapped(text, width, first=_INDENT, rest=_INDENT)


def _wrapped(text: str, width: int, *, first: str = "", rest: str = "") -> list[str]:
    """Wrap at spaces, after ``first`` and then after ``rest``. What is longer than a line, as Chinese is, is cut."""
    lines: list[str] = []
    held: list[str] = []
    lead, longest = first, width - max(_columns(first), _columns(rest))
    for word in chain.from_iterable(_parts(each, longest) for each in text.split()):
        if held and _columns(lead) + _columns(" ".join((*held, word))) > width:
            lines.append(lead + " ".join(held))
            lead, held = rest, []
        held.append(word)
    return [*lines, lead + " ".join(held)]


def _parts(word: str, longest: int) -> Iterator[str]:
    if len(word) * 2 <= longest:
        yield word
        return
    # in one pass: an outlet may write a word of 100,000 letters
    start = used = 0
    for place, char in enumerate(word):
        columns = _columns(char)
        if used + columns > longest and place > start:
            yield word[start:place]
            start, used = place, 0
        used += columns
    yield word[start:]


def _columns(text: str) -> int:
    """Count the columns that a text takes up on a terminal: Chinese, Japanese and Korean letters take two (UAX #11)."""
    return len(text) if text.isascii() else sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
