"""OpenAlert → View: the words of one alert, scrubbed and in local time, before any markup. Pure; touches nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from monitor.model import Field, Match, OpenAlert
from monitor.render.carried import CarriedView, carried, explained, news
from monitor.render.english import DAYS, DOUBTS, EDITS, MONTHS
from monitor.render.words import offset
from monitor.text import direction, one_line, scrub
from monitor.url import linkable

FIELD_NAMES: Final[dict[Field, str]] = {"title": "headline", "summary": "summary", "text": "full text"}
_LONGEST_NAME: Final = 60
_LONGEST_HEADLINE: Final = 1000
_LONGEST_SENTENCE: Final = 300
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a watched word stands: ``before`` + ``form`` + ``after`` is its sentence. ``dir`` as in HTML."""

    field: Field
    term: str
    form: str
    before: str
    after: str
    dir: Literal["ltr", "rtl"]

    @property
    def field_name(self) -> str:
        """The field as readers call it."""
        return FIELD_NAMES[self.field]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A sentence with its watched words. ``pieces``: text, whether it is such a word; ``forms``: form and term that differ."""

    field_name: str
    pieces: tuple[tuple[str, bool], ...]
    forms: tuple[tuple[str, str], ...]
    dir: Literal["ltr", "rtl"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The sentences of one field under one heading. ``forms``: as in Quote, of all of them."""

    field_name: str
    forms: tuple[tuple[str, str], ...]
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One alert in words. ``language`` None: not known. ``published``, ``seen``: local, with their offset.

    ``news``, ``explained``: why what was told already is told again, for the subject and the body; "": it is not told again.
    """

    watch: str
    headline: str
    language: str | None
    dir: Literal["ltr", "rtl"]
    outlet: str
    label: str | None
    places: tuple[Place, ...]
    published: str
    seen: str
    doubt: str | None
    edit: str | None
    link: str | None
    item: str
    carried: CarriedView | None
    news: str
    explained: str
    rewritten: tuple[tuple[str, str], ...] = ()

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """The places, each sentence once: of two words that stand near each other one alone would be half of the reason."""
        sentences: dict[tuple[str, str], list[Place]] = {}
        for one in self.places:
            sentences.setdefault((one.field_name, one.before + one.form + one.after), []).append(one)
        return tuple(_quote(field, sentence, places) for (field, sentence), places in sentences.items())

    def parts(self, shown: int) -> tuple[Part, ...]:
        """Give the first so many quotes, those of one field together."""
        fields: dict[str, list[Quote]] = {}
        for quote in self.quotes[:shown]:
            fields.setdefault(quote.field_name, []).append(quote)
        return tuple(
            Part(field_name=field, forms=tuple(dict.fromkeys(form for one in each for form in one.forms)), quotes=tuple(each))
            for field, each in fields.items()
        )


def _quote(field: str, sentence: str, places: list[Place]) -> Quote:
    pieces: list[tuple[str, bool]] = []
    at = 0
    for one in sorted(places, key=lambda one: len(one.before)):
        start = len(one.before)
        if start >= at:
            pieces += [(sentence[at:start], False), (one.form, True)]
            at = start + len(one.form)
    pieces.append((sentence[at:], False))
    # named only where it is not the term itself
    forms = tuple(dict.fromkeys((one.form, one.term) for one in places if one.form != one.term))
    return Quote(field_name=field, pieces=tuple(piece for piece in pieces if any(piece)), forms=forms, dir=places[0].dir)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """All that a message says, before any markup. ``shown``: so many places of each alert; empty: nothing to say there."""

    subject: str
    desk: str
    intro: str
    views: tuple[View, ...]
    outro: str
    shown: int


def view(each: OpenAlert, zone: ZoneInfo) -> View:
    """Bring one alert into words, with times local to ``zone``."""
    finding = each.finding
    headline = one_line(finding.title, _LONGEST_HEADLINE)
    language = finding.outlet_language or finding.language
    language = language if language and _LANGUAGE.fullmatch(language) else None
    return View(
        watch=name(each.alert.watch_id),
        headline=headline,
        language=language,
        dir=direction(language, headline),
        outlet=name(finding.outlet_name),
        label=name(finding.label) if finding.label else None,
        places=_distinct(place(match, language) for match in finding.matches if match.sentence not in dict(finding.rewritten)),
        published=local(finding.published, zone) if finding.published else "no date given",
        seen=local(finding.seen_at, zone),
        doubt=_doubt(finding.article_doubt),
        edit=EDITS[finding.edit] if finding.edit else None,
        link=address(finding.link),
        item=str(finding.item_id),
        carried=carried(finding, zone),
        news=news(each),
        explained=explained(each),
        rewritten=tuple((_sentence(before), _sentence(after)) for before, after in finding.rewritten),
    )


def _sentence(text: str) -> str:
    return one_line(text, _LONGEST_SENTENCE) or "(taken out)"


def _distinct(places: Iterable[Place]) -> tuple[Place, ...]:
    """Leave out what was shown already: the page's text often begins with the headline again."""
    shown: dict[tuple[str, str, str], Place] = {}
    for one in places:
        shown.setdefault((one.before, one.form, one.after), one)
    return tuple(shown.values())


def place(match: Match, language: str | None) -> Place:
    """Part the sentence round the form that stands in it."""
    stop = max(match.mark_start, match.mark_stop)
    before, form, after = (
        # not one_line: it would take the spaces between the parts
        scrub(part, len(part)).replace("\n", " ")
        for part in (match.sentence[: match.mark_start], match.sentence[match.mark_start : stop], match.sentence[stop:])
    )
    return Place(
        field=match.field,
        term=one_line(match.term, _LONGEST_HEADLINE),
        form=form,
        before=before,
        after=after,
        dir=direction(language, before + form + after),
    )


def name(text: str) -> str:
    """Give an outlet's or a watch's name as one short line."""
    return one_line(text, _LONGEST_NAME)


def local(moment: datetime, zone: ZoneInfo) -> str:
    """Give a local time in words, the same under every locale: ``Mon 23 Nov 2026, 05:31 (UTC+3)``."""
    here = moment.astimezone(zone)
    day = f"{DAYS[here.weekday()][:3]} {here.day} {MONTHS[here.month - 1][:3]} {here.year}"
    return f"{day}, {here:%H:%M} ({offset(moment, zone)})"


def address(given: str | None) -> str | None:
    """Give what may be linked, and shown: an override in an address makes it read as another."""
    return linkable(scrub(given, len(given)), None) if given else None


def _doubt(reason: str | None) -> str | None:
    if reason is None:
        return None
    return DOUBTS.get(reason, one_line(reason, _LONGEST_NAME))
