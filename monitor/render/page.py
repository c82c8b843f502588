"""Digest → Page: what every form of the digest says, in its order and in words, marked up by none. Touches only zone data.

The sinks (html, mail, markdown, plain) differ in how they set and escape; what is told, and what only once, is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from monitor.model import Digest, EditNote, Finding, Firsts, Format, OutletHealth, StoryFound, StoryId, ToldStory, WatchFindings
from monitor.query import printed
from monitor.render import carriage, english, passages, volume, words
from monitor.render.carriage import Told
from monitor.render.shelf import Shelf
from monitor.render.view import Brief, Edited, FirstsView, Neighbour, Page, Reference, Row, Section, Story, Terms
from monitor.render.words import Sentence

LISTED: Final = 200
"""So many feeds have a line in a digest, which is to be read, and mailed; `monitor status` lists all."""
IN_FULL: Final = 12
"""So many stories of a watch are told in full, or referred to; the next have a line each."""
_EDITS: Final = 3
_SOON: Final = timedelta(hours=1)
_SENTENCES: Final = 2
_STATE_ORDER: Final = ("failing", "set_aside", "quiet", "new", "paused", "ok")
_FORMS: Final[tuple[Format, ...]] = ("html", "md", "atom", "json")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What stands where. ``under``: the watches of each story; ``home``: that which tells it in full; none: it has a line only.

    ``places``: so many stories of each watch are told in full, beside those that an earlier one tells.
    """

    digest: Digest
    shelf: Shelf | None
    stories: Mapping[StoryId, ToldStory]
    under: Mapping[StoryId, tuple[WatchFindings, ...]]
    home: Mapping[StoryId, WatchFindings]
    places: int


def page(digest: Digest, shelf: Shelf | None = None, *, in_full: int = IN_FULL) -> Page:
    """Bring a digest into words; feeds with trouble first in the table, all else in the order of the digest.

    ``shelf``: where it stands in the archive, so that it can link to its neighbours; None: it stands alone. ``in_full``: so many
    stories of each watch are told in full.
    """
    plan = _plan(digest, shelf, in_full=in_full)
    ranked = sorted(digest.outlets, key=lambda row: _STATE_ORDER.index(row.state))
    return Page(
        desk=words.quoted(digest.title),
        day=words.nominal_day(digest.period),
        hour=datetime.fromisoformat(digest.period).strftime("%H:%M"),
        window=words.window(digest),
        stop_iso=words.iso(digest.stop, ZoneInfo(digest.timezone)),
        scope=words.scope(digest),
        late=words.late(digest),
        sections=tuple(_section(number, group, plan) for number, group in enumerate(digest.watches, start=1)),
        is_covered=words.is_covered(digest),
        coverage=words.coverage(digest),
        gaps=tuple(words.gap(gap, digest) for gap in digest.gaps),
        notes=tuple(words.gap(note, digest) for note in digest.notes),
        nothing=_nothing(digest),
        ticks=carriage.ticks(digest),
        rows=tuple(_row(row, digest) for row in ranked[:LISTED]),
        unlisted=words.unlisted(len(ranked) - LISTED) if len(ranked) > LISTED else None,
        edits=tuple(_edited(edit, plan) for edit in digest.edits),
        more_edits=english.MORE_EDITS.format(edits=words.count(digest.more_edits, "edit")) if digest.more_edits else None,
        firsts=_firsts(digest.firsts, digest) if digest.firsts else None,
        neighbours=_neighbours(shelf) if shelf else (),
        footer=_footer(digest),
    )


def _plan(digest: Digest, shelf: Shelf | None, *, in_full: int) -> _Plan:
    """Let each story be told in full by the first watch that has it and has room."""
    under: dict[StoryId, list[WatchFindings]] = {}
    home: dict[StoryId, WatchFindings] = {}
    for group in digest.watches:
        for found in group.stories:
            under.setdefault(found.story_id, []).append(group)
        own = [found.story_id for found in group.stories if found.story_id not in home]
        home.update(dict.fromkeys(own[:in_full], group))
    return _Plan(
        digest=digest,
        shelf=shelf,
        stories={story.id: story for story in digest.stories},
        under={story: tuple(groups) for story, groups in under.items()},
        home=home,
        places=in_full,
    )


def _nothing(digest: Digest) -> str | None:
    """Say that nothing was found, and what that is worth; None where something was."""
    if not digest.watches:
        return english.NO_WATCHES
    if any(group.stories or group.more for group in digest.watches):
        return None
    nothing = english.NOTHING_OF_ITS if digest.watches_left_out else english.NOTHING
    return f"{nothing} {english.SILENCE_COUNTS if words.is_covered(digest) else english.SILENCE_DOUBTED}"


def _section(number: int, group: WatchFindings, plan: _Plan) -> Section:
    watch, digest = group.watch, plan.digest
    cut = _cut(group, plan)
    return Section(
        number=number,
        name=words.watch_name(watch.id),
        terms=_terms(group),
        only_at=words.only_at(group.watch, digest),
        found=group.items,
        summary=english.FROM_OUTLETS.format(items=words.count(group.items, "item"), outlets=words.count(group.outlets, "outlet")),
        figure=volume.figure(group, digest),
        entries=tuple(_entry(found, group, plan) for found in group.stories[:cut]),
        briefs=tuple(_brief(found, group, plan) for found in group.stories[cut:]),
        more=_more(group, digest),
        last_match=words.last_match(group.last_match, group.last_outlet, digest),
        past=words.past(group.history),
        withheld=words.withheld(group.withheld, digest),
    )


def _cut(group: WatchFindings, plan: _Plan) -> int:
    """Say how many of a watch's stories are more than a line: up to the last that is told here, each is told here or before."""
    here = [place for place, found in enumerate(group.stories, start=1) if plan.home.get(found.story_id) is group]
    return max([*here[-1:], plan.places])


def _terms(group: WatchFindings) -> tuple[Terms, ...]:
    watch = group.watch
    query = (printed(watch.query),) if watch.query else ()
    kinds = {"any": watch.any, "all": watch.all, "query": query, "none": watch.none}
    return tuple(
        Terms(kind=kind, name=english.TERMS[kind], words=tuple(words.quoted(term) for term in kinds[kind]))
        for kind in ("any", "all", "query", "none")
        if kinds[kind]
    )


def _more(group: WatchFindings, digest: Digest) -> Sentence:
    """Count the stories that are not listed, and give the command that lists what the watch found; () where all are."""
    if not group.more:
        return ()
    since = digest.start.astimezone(ZoneInfo(digest.timezone))
    told = english.MORE.format(stories=words.count(group.more, "more story"))
    command = f"monitor try {group.watch.id} --since {since:%Y-%m-%dT%H:%M} -n {max(group.items, 1)}"
    return (told, words.quoted(command), ".")


def _entry(found: StoryFound, group: WatchFindings, plan: _Plan) -> Story | Reference:
    home = plan.home[found.story_id]
    return _story(found, plan) if home is group else _reference(found, home, plan)


def _told(found: StoryFound, plan: _Plan) -> Told:
    return Told(story=plan.stories[found.story_id], finding=found.finding, digest=plan.digest)


def _story(found: StoryFound, plan: _Plan) -> Story:
    told, finding = _told(found, plan), found.finding
    zone = told.zone
    return Story(
        story_id=found.story_id,
        item_id=finding.item_id,
        items=found.items,
        seen_iso=words.iso(finding.seen_at, zone),
        seen=words.clock(finding.seen_at, zone),
        seen_day=words.day(finding.seen_at, zone, today=plan.digest.stop),
        headline=passages.headline(finding),
        link=words.link(finding.link),
        page=plan.shelf.story(found.story_id) if plan.shelf else None,
        outlet=words.quoted(finding.outlet_name, finding.outlet_language),
        label=words.quoted(finding.label) if finding.label else None,
        standing=carriage.standing(told),
        first=carriage.first(told),
        language_name=words.language_name(passages.language(finding)),
        published=_published(told),
        also=tuple(
            words.watch_name(group.watch.id) for group in plan.under[found.story_id] if group is not plan.home[found.story_id]
        ),
        quotes=passages.quotes(finding),
        edits=tuple(_edited(edit, plan) for edit in told.story.edits[:_EDITS]),
        strip=carriage.strip(told),
        carriage=carriage.carriage(told),
        carriers=carriage.carriers(told),
        more_carriers=carriage.more_carriers(told),
        changes=carriage.changes(told),
        doubt=_doubt(told),
        continued=english.CONTINUED if told.story.is_continued else None,
    )


def _published(told: Told) -> str | None:
    """Give the outlet's own date where it says more than when the item was first seen."""
    finding = told.finding
    if finding.published is None or abs(finding.seen_at - finding.published) < _SOON:
        return None
    return told.when(finding.published)


def _dated_before(told: Told) -> str:
    published = told.finding.published
    if published is None or published >= told.digest.start:
        return ""
    return english.PUBLISHED.format(when=told.when(published))


def _doubt(told: Told) -> str | None:
    """Say what speaks against a finding: doubts about the page, and edits, where the story does not show what they changed."""
    finding = told.finding
    said = [words.doubt(finding.article_doubt)] if finding.article_doubt else []
    is_shown = finding.edit == "changed" and any(edit.sentences for edit in told.story.edits[:_EDITS])
    if finding.edit and not is_shown:
        said.append(words.edited(finding.edit))
    return " ".join(said) or None


def _reference(found: StoryFound, home: WatchFindings, plan: _Plan) -> Reference:
    finding, told_there = found.finding, _found_by(home, found.story_id)
    terms = dict.fromkeys(match.term for match in finding.matches)
    told = (*passages.quotes(told_there), passages.headline(told_there))
    # what the other watch found in the headline is not what this one did
    mine = finding if finding.item_id == told_there.item_id else replace(told_there, matches=())
    return Reference(
        story_id=found.story_id,
        item_id=told_there.item_id,
        headline=passages.headline(mine),
        under=words.watch_name(home.watch.id),
        terms=tuple(words.quoted(term) for term in terms),
        quotes=passages.quotes(finding, told=told)[:1],
        outlets=carriage.outlets(_told(found, plan)),
    )


def _brief(found: StoryFound, group: WatchFindings, plan: _Plan) -> Brief:
    finding, home = found.finding, plan.home.get(found.story_id)
    zone = ZoneInfo(plan.digest.timezone)
    return Brief(
        story_id=found.story_id,
        item_id=finding.item_id,
        seen_iso=words.iso(finding.seen_at, zone),
        seen=words.moment(finding.seen_at, zone, today=plan.digest.stop),
        headline=passages.headline(finding),
        link=words.link(finding.link),
        outlet=words.quoted(finding.outlet_name, finding.outlet_language),
        outlets=carriage.outlets(_told(found, plan)),
        published=_dated_before(_told(found, plan)),
        under=words.watch_name(home.watch.id) if home else None,
        is_first=home is None and plan.under[found.story_id][0] is group,
    )


def _edited(edit: EditNote, plan: _Plan) -> Edited:
    zone, language = ZoneInfo(plan.digest.timezone), edit.outlet_language or edit.language
    facts = carriage.facts(
        headline=english.HEADLINE if edit.headline else "",
        numbers=edit.numbers,
        added=edit.added,
        removed=edit.removed,
        reworded=edit.changed,
    )
    sentences = (passages.changed(spans, language) for spans in edit.sentences[:_SENTENCES])
    return Edited(
        story=edit.story_id if edit.story_id in plan.under else None,
        item_id=edit.item_id,
        iso=words.iso(edit.at, zone),
        when=words.moment(edit.at, zone, today=plan.digest.stop),
        outlet=words.quoted(edit.outlet_name, edit.outlet_language),
        title=passages.passage(edit.title, (), language=language),
        link=words.link(edit.link),
        label=words.edited_times(edit.times),
        headline=passages.changed(edit.headline, language),
        sentences=tuple(sentence for sentence in sentences if sentence),
        facts=(english.GONE,) if edit.is_gone else facts,
    )


def _found_by(group: WatchFindings, story: StoryId) -> Finding:
    return next(found.finding for found in group.stories if found.story_id == story)


def _firsts(firsts: Firsts, digest: Digest) -> FirstsView:
    days = max(round((digest.stop - firsts.since).total_seconds() / 86_400), 1)
    return FirstsView(
        title=english.FIRSTS.format(days=words.count(days, "day")),
        outlets=tuple((words.quoted(one.outlet_name, one.language), one.stories) for one in firsts.outlets),
        note=words.first_note(firsts),
    )


def _neighbours(shelf: Shelf) -> tuple[Neighbour, ...]:
    others = [form for form in _FORMS if form in shelf.forms and form != "html"]
    return (
        *(Neighbour(form=form, name=english.FORMS[form], link=shelf.form(form)) for form in others),
        Neighbour(form=None, name=english.ALL_DIGESTS, link=shelf.index),
    )


def _row(row: OutletHealth, digest: Digest) -> Row:
    return Row(
        name=words.feed_name(row.feed),
        label=words.quoted(row.feed.outlet.label) if row.feed.outlet.label else None,
        kind=row.state,
        state=words.state(row),
        answered=words.answered(row, digest),
        items=row.items,
        reason=words.quoted(row.reason) if row.reason and row.failures else None,
    )


def _footer(digest: Digest) -> tuple[Sentence, ...]:
    stories = words.count(len(digest.stories), "story")
    counts = f"{words.count(digest.items_read, 'item')} read, {digest.items_matched} matched, {stories} told"
    return (
        (words.times(digest), " ", english.NOT_BY_A_MODEL),
        ("monitor ", words.quoted(digest.version), " · config ", words.quoted(digest.config_fingerprint), f" · {counts}"),
    )
