"""WholeStory → its page in the archive, one HTML file: no script, no request. Touches only zone data.

It has what `monitor show` tells on a terminal, for all items of a story, but for the texts themselves: those are deleted in time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from zoneinfo import ZoneInfo

from monitor.model import KeptDigest, LinkedRecord, OutletId, SentAlert, Span, Step, StoryId, StoryItem, WholeStory
from monitor.render import archive_words as said
from monitor.render import english
from monitor.render.engine import template
from monitor.render.passages import changed, passage, says_again
from monitor.render.places import Place, newest_title, places_of
from monitor.render.shelf import INDEX, stem, way
from monitor.render.trail import carriage, credit_told, first_told, percent
from monitor.render.view import Changed, Passage
from monitor.render.words import Quoted, Sentence, doubt, iso, language_name, quoted, watch_name
from monitor.url import linkable, place

SENTENCES = 24
"""Sentences with watched words that are shown of a story."""
NUMBERS = 6
_UP = "../"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One item on the trail. ``changes``: headline and dateline, each named; ``remarks``: what else is to be known of it."""

    number: int
    iso: str
    when: str
    after: str
    outlet: Quoted
    label: Quoted | None
    link: str | None
    how: Sentence
    remarks: tuple[Sentence, ...]
    headline: Passage | None
    changes: tuple[tuple[str, Changed], ...]
    numbers: tuple[Quoted, ...]
    sentences: tuple[Changed, ...]
    more: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A sentence with watched words, the watches that found it, and in which part of which outlets' items."""

    sentence: Passage
    watches: tuple[Quoted, ...]
    where: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class EditView:
    """One edit: its name, when it was seen and where, the headline and the lines that changed."""

    name: str
    seen: str
    where: str
    headline: Changed | None
    lines: tuple[Changed, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedItem:
    """An item that was edited, the newest edit first."""

    number: int
    outlet: Quoted
    count: str
    gone: str
    edits: tuple[EditView, ...]
    more: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """An alert that was sent: which watch told which channel, when, and on which occasion."""

    watch: Quoted
    channel: Quoted
    iso: str
    when: str
    occasion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer that was kept: what it proves, where it came from and when, where it is kept."""

    part: str
    status: int
    iso: str
    fetched: str
    url: Quoted
    way: tuple[Quoted, ...]
    digest: str
    file: str
    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What proves an item."""

    number: int
    outlet: Quoted
    count: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A digest that tells of the story."""

    link: str
    name: str
    plan: Quoted | None
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    """The page, in words. ``dots``: where along the story's life each item stands, 0 to 100, and whether its text is its own."""

    desk: Quoted
    name: str
    index: str
    headline: Passage
    link: str | None
    first_seen: Sentence
    carriage: str
    first: Sentence
    language: str | None
    found_by: tuple[Quoted, ...]
    sightings: tuple[Sighting, ...]
    dots: tuple[tuple[float, bool], ...]
    began: str
    ended: str
    carried: str
    told: tuple[Told, ...]
    more: str
    edited: tuple[EditedItem, ...]
    alerts: tuple[AlertView, ...]
    proofs: tuple[Proof, ...]
    told_in: tuple[Link, ...]
    footer: tuple[str, ...]


def story_page(story: WholeStory, *, title: str, timezone: str) -> str:
    """Give a story's page, to be stored as UTF-8. ``title``: the desk's; ``timezone``: an IANA name."""
    return template("story.html.jinja").render(
        page=_View(story, ZoneInfo(timezone)).view(title, timezone), said=said, english=english
    )


def empty_page(story_id: StoryId, *, title: str) -> str:
    """Give the page of a story of which nothing is stored any more, for the links that lead there."""
    desk = quoted(title)
    return template("story_gone.html.jinja").render(
        desk=desk, title=said.story(story_id), index=f"{_UP}{INDEX}", said=said, english=english
    )


class _View:
    """A story, and the zone in which it is told."""

    def __init__(self, story: WholeStory, zone: ZoneInfo) -> None:
        self._story = story
        self._zone = zone
        self._steps = story.trail.steps
        self._names = {step.telling.item_id: quoted(step.telling.outlet_name) for step in self._steps}

    def view(self, title: str, timezone: str) -> StoryView:
        story, first = self._story, self._steps[0].telling
        watches = dict.fromkeys(found.match.watch_id for item in story.items for found in item.proved.matches)
        left_out = len(self._steps) - len(story.items)
        return StoryView(
            desk=quoted(title),
            name=said.story(story.id),
            index=f"{_UP}{INDEX}",
            headline=self._headline(),
            link=_link(first.link),
            first_seen=(said.FIRST_SEEN, self._when(first.seen_at), " – ", self._names[first.item_id]),
            carriage=carriage(story.trail),
            first=first_told(story.trail, self._when),
            language=language_name(first.language),
            found_by=tuple(map(watch_name, watches)),
            sightings=self._sightings(),
            dots=self._dots(),
            began=self._when(first.seen_at),
            ended=self._when(self._steps[-1].telling.seen_at),
            carried=said.CARRIED if story.trail.outlets > 1 else said.CARRIED_ALONE,
            told=tuple(self._told(item) for item in story.items),
            more=said.more_items(left_out, story.id) if left_out else "",
            edited=tuple(self._edited(item) for item in story.items if item.edits or item.proved.gone_at),
            alerts=tuple(map(self._alert, story.alerts)),
            proofs=tuple(self._proof(item) for item in story.items if item.proved.records),
            told_in=tuple(map(_told_in, story.told_in)),
            footer=(said.times(timezone), said.NOT_BY_A_MODEL, said.whole_text(story.id)),
        )

    # -------------------------------------------------------------------------------------------------- the words found

    def _headline(self) -> Passage:
        """Give the first item's headline as it reads now, with the words that were found in it marked."""
        first, proved = self._steps[0].telling, self._story.items[0].proved
        title = newest_title(proved, first.headline)
        matches = (found.match for found in proved.matches if found.match.field == "title")
        spans = [(one.start, one.stop) for one in matches if title[one.start : one.stop] == one.form]
        return passage(title, spans, language=first.language)

    def _sightings(self) -> tuple[Sighting, ...]:
        """Give each sentence once, as it reads now, however many copies have it, nearly or wholly; the headline stands above."""
        places: dict[str, list[Place]] = {}
        told = newest_title(self._story.items[0].proved, self._steps[0].telling.headline)
        for one in chain.from_iterable(map(places_of, self._story.items)):
            near = next((known for known in places if _are_alike(one.sentence, known)), None)
            if near or (len(places) < SENTENCES and not says_again(one.sentence, told)):
                places.setdefault(near or one.sentence, []).append(one)
        return tuple(map(self._sighting, places.values()))

    def _sighting(self, places: list[Place]) -> Sighting:
        # the longest of those that say the same
        longest = max(places, key=lambda one: len(one.sentence))
        matches = [one.found.match for one in places]
        marks = {mark for one in places if one.sentence == longest.sentence for mark in one.marks}
        fields = dict.fromkeys(said.FIELDS[one.field] for one in matches)
        outlets = {one.item.proved.feed.outlet.id: self._names[one.item.proved.id] for one in places}
        past = (f" ({said.HISTORY})",) if all(one.found.is_history for one in places) else ()
        return Sighting(
            sentence=passage(longest.sentence, sorted(marks), language=longest.item.step.telling.language),
            watches=tuple(watch_name(watch) for watch in dict.fromkeys(one.watch_id for one in matches)),
            where=(*_listed(list(outlets.values())), ", ", ", ".join(fields), *past),
        )

    # ------------------------------------------------------------------------------------------------------- the trail

    def _dots(self) -> tuple[tuple[float, bool], ...]:
        """Place each outlet's first item along the story's life; () where all were seen at one moment."""
        firsts: dict[OutletId, Step] = {}
        for step in self._steps:
            firsts.setdefault(step.telling.outlet_id, step)
        begin, end = self._steps[0].telling.seen_at, self._steps[-1].telling.seen_at
        if begin == end:
            return ()
        return tuple((round(100 * (one.telling.seen_at - begin) / (end - begin), 2), one.is_own) for one in firsts.values())

    def _told(self, item: StoryItem) -> Told:
        told, reworded = item.step.telling, item.reworded
        parts = ((said.HEADLINE, reworded.headline), (said.DATELINE, reworded.dateline)) if reworded else ()
        changes = ((name, changed(spans, told.language)) for name, spans in parts)
        numbers = dict.fromkeys(f"{one.before} → {one.after}" for one in item.step.copy.numbers) if item.step.copy else {}
        sentences = (changed(_framed(spans), told.language) for spans in reworded.sentences) if reworded else ()
        is_first = item.step is self._steps[0]
        return Told(
            number=told.item_id,
            iso=iso(told.seen_at, self._zone),
            when=self._when(told.seen_at),
            after=said.after(told.seen_at - self._steps[0].telling.seen_at),
            outlet=self._names[told.item_id],
            label=quoted(told.label) if told.label else None,
            link=_link(told.link),
            how=self._how(item.step),
            remarks=tuple(self._remarks(item)),
            headline=None if reworded or is_first else passage(told.headline, (), language=told.language),
            changes=tuple((name, one) for name, one in changes if one),
            numbers=tuple(map(quoted, list(numbers)[:NUMBERS])),
            sentences=tuple(filter(None, sentences)),
            more=said.more(reworded.more, "sentence") if reworded and reworded.more else "",
        )

    def _how(self, step: Step) -> Sentence:
        share = step.copy.copied if step.copy else step.telling.copied
        if step is self._steps[0] or share is None:
            return (said.FIRST_TEXT,)
        source = (said.COPIED_FROM, self._names[step.copy.of]) if step.copy else (said.COPIED,)
        return (percent(share), *source, *((f"; {said.OWN_TEXT}",) if step.is_own else ()))

    def _remarks(self, item: StoryItem) -> Iterator[Sentence]:
        told, proved, reworded = item.step.telling, item.proved, item.reworded
        if told.published:
            yield (said.PUBLISHED, self._when(told.published))
        if item.step.credit:
            yield credit_told(item.step.credit)
        if told.is_forgotten:
            yield (said.FORGOTTEN,)
        elif not told.is_whole:
            yield (said.FEED_ONLY,)
        if proved.article and proved.article.doubt:
            yield (doubt(proved.article.doubt),)
        if reworded and not (reworded.headline or reworded.dateline or reworded.sentences):
            yield (said.UNCHANGED,)

    # -------------------------------------------------------------------------------------------- what came after, proofs

    def _edited(self, item: StoryItem) -> EditedItem:
        gone = item.proved.gone_at
        return EditedItem(
            number=item.proved.id,
            outlet=self._names[item.proved.id],
            count=said.edits(len({edit.number for edit in item.edits}) + item.more_edits),
            gone=f"{said.GONE}{self._when(gone)}." if gone else "",
            edits=tuple(self._edits(item)),
            more=said.more(item.more_edits, "edit") if item.more_edits else "",
        )

    def _edits(self, item: StoryItem) -> Iterator[EditView]:
        language = item.step.telling.language
        for edit in reversed(item.edits):
            kept = () if edit.is_kept else (said.NOT_KEPT,)
            yield EditView(
                name=said.edit(edit.number),
                seen=said.seen(self._when(edit.seen_at)),
                where=said.PARTS[edit.part],
                headline=changed(edit.headline, language),
                lines=tuple(filter(None, (changed(_framed(line), language) for line in edit.lines))),
                remarks=(*kept, *((said.more(edit.more, "line"),) if edit.more else ())),
            )

    def _alert(self, alert: SentAlert) -> AlertView:
        return AlertView(
            watch=watch_name(alert.watch_id),
            channel=quoted(alert.channel),
            iso=iso(alert.sent_at, self._zone),
            when=self._when(alert.sent_at),
            occasion=said.OCCASIONS.get(alert.occasion, ""),
        )

    def _proof(self, item: StoryItem) -> Proof:
        return Proof(
            number=item.proved.id,
            outlet=self._names[item.proved.id],
            count=said.answers(len(item.proved.records)),
            answers=tuple(map(self._answer, item.proved.records)),
        )

    def _answer(self, linked: LinkedRecord) -> Answer:
        record = linked.record
        is_feed = linked.part == "feed"
        return Answer(
            part=said.PARTS[linked.part],
            status=record.status,
            iso=iso(record.fetched_at, self._zone),
            fetched=said.exact(record.fetched_at, self._zone),
            url=quoted(said.FEED_ADDRESS.format(host=place(record.url)) if is_feed else record.url),
            way=() if is_feed else tuple(quoted(f"{hop.url} ({hop.status})") for hop in record.way),
            digest=record.digest,
            file=record.file,
            start=record.start,
        )

    def _when(self, moment: datetime) -> str:
        return said.moment(moment, self._zone)


def _told_in(digest: KeptDigest) -> Link:
    form = digest.forms[0] if digest.forms else "html"
    return Link(
        link=f"{_UP}{way(digest.plan, f'{stem(digest.period)}.{form}')}",
        name=said.nominal_moment(digest.period),
        plan=quoted(digest.plan) if digest.plan else None,
        remark=said.ASKED if digest.is_asked else "",
    )


def _link(url: str | None) -> str | None:
    """Give an address, fit to be linked; None where there is none, or it is not fit."""
    return linkable(url, None)


def _are_alike(one: str, other: str) -> bool:
    return says_again(one, other) or says_again(other, one)


def _listed(names: list[Quoted]) -> Sentence:
    first, *others = names
    return (first, *(part for name in others for part in (", ", name)))


def _framed(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Leave out the line's end, which no reader sees."""
    return tuple(Span(kind=span.kind, text=span.text.rstrip("\n")) for span in spans)
