"""One item, or an address that is not stored, and the database → what each stage up to its text made of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.cli.asking import count
from monitor.health import notes
from monitor.model import FeedState, StoredItem, StoredWords
from monitor.pipeline.follow import follow
from monitor.render.trail import carriage, percent
from monitor.render.words import doubt
from monitor.store import Reading
from monitor.url import canonical, host, place

SCROLLED = timedelta(days=30)
"""So far back it is said when items probably scrolled away between two polls."""
GOOD = frozenset({"answers", "stored", "alone", "first", "copy", "read", "language"})
"""Reasons that hold nothing up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one stage made of an item: ``reason`` is a word for programs, ``says`` a sentence for people."""

    stage: str
    reason: str
    says: str


class Clock:
    """Times as the desk reads them."""

    def __init__(self, zone: ZoneInfo | None, *, is_running: bool) -> None:
        """Take the desk's zone; None: this machine's own. ``is_running``: whether the monitor keeps what is due."""
        self._zone = zone
        self._is_running = is_running

    def due(self, moment: datetime) -> str:
        """Write when something is due."""
        return self(moment) if self._is_running else "when the monitor runs"

    def __call__(self, moment: datetime) -> str:
        """Write a time with its day."""
        return f"{moment.astimezone(self._zone):%Y-%m-%d %H:%M}"


# ------------------------------------------------------------------------------------------------- what is not stored


def unseen(address: str, known: Reading, clock: Clock) -> tuple[Step, ...]:
    """Say why nothing is stored under a canonical URL, as far as the feeds of its site tell."""
    site = host(address)
    linking = known.feeds_linking(address.split("/")[2])
    near = [one for one in known.feeds() if one[0].feed.id in linking or _site(host(one[0].feed.url)) == _site(site)]
    # two outlets on one machine differ in their ports only
    feeds = [one for one in near if one[0].feed.id in linking or place(one[0].feed.url) == place(address)] or near
    if not feeds:
        says = f"No outlet is polled at {site}, and none that is polled ever linked there. `monitor add` finds its feed."
        return (Step(stage="polled", reason="no_outlet", says=says),)
    steps = tuple(_polled(state, is_listed=is_listed, clock=clock) for state, is_listed in feeds)
    if not any(state.answered_at for state, _ in feeds):
        return steps
    return (*steps, *_scrolled(feeds, known, clock), _NOT_LISTED)


def _site(name: str) -> str:
    """Give the part of a host's name that its feeds and pages mostly share."""
    first, _, rest = name.partition(".")
    return rest if "." in rest and first in {"www", "feeds", "feed", "rss", "m", "mobile", "news"} else name


def _polled(state: FeedState, *, is_listed: bool, clock: Clock) -> Step:
    name = f"{state.feed.name} ({state.feed.url})"
    answered = f"last answered {clock(state.answered_at)}" if state.answered_at else "never answered"
    if not is_listed:
        return Step(stage="polled", reason="not_listed", says=f"{name} is not in config.toml any more; {answered}.")
    if state.feed.outlet.paused:
        return Step(stage="polled", reason="paused", says=f"{name} is paused in config.toml; {answered}.")
    if state.reason is not None:
        since = f" since {clock(state.failing_since)}" if state.failing_since else ""
        why = "; ".join(notes(state)) or state.reason
        return Step(stage="polled", reason="failing", says=f"{name} fails{since}: {why}; {answered}.")
    if state.polled_at is None:
        return Step(
            stage="polled", reason="never_polled", says=f"{name} was never polled yet; it is due {clock.due(state.due_at)}."
        )
    return Step(stage="polled", reason="answers", says=f"{name} answers: {answered}, asked next {clock.due(state.due_at)}.")


def _scrolled(feeds: list[tuple[FeedState, bool]], known: Reading, clock: Clock) -> Iterator[Step]:
    now = datetime.now(UTC)
    ids = {state.feed.id for state, _ in feeds}
    for gap in known.overflows(now - SCROLLED, now):
        if gap.feed is not None and gap.feed.id in ids and gap.since and gap.until:
            says = f"Items of {gap.feed.name} probably scrolled away between two polls, {clock(gap.since)} to {clock(gap.until)}."
            yield Step(stage="seen", reason="scrolled", says=says)


_NOT_LISTED = Step(
    stage="seen",
    reason="not_in_feed",
    says="No entry that was read had this address. The outlet may not have listed it there, or list it under another address"
    " (`monitor search` finds items by their words).",
)


# ----------------------------------------------------------------------------------------------------- what is stored


def seen(stored: StoredWords, given: str | None, others: tuple[int, ...], *, known: Reading, clock: Clock) -> tuple[Step, ...]:
    """Say what each stage made of an item. ``given``: the canonical URL it was asked for by; ``others``: items of its page."""
    return (
        _feed(stored.item, known, clock),
        _first_seen(stored.item, clock),
        _same(stored.item, given, others, known=known, clock=clock),
        _text(stored, known, clock),
        _language(stored),
    )


def _feed(item: StoredItem, known: Reading, clock: Clock) -> Step:
    state, is_listed = next(one for one in known.feeds() if one[0].feed.id == item.feed.id)
    return _polled(state, is_listed=is_listed, clock=clock)


def _first_seen(item: StoredItem, clock: Clock) -> Step:
    dated = f"dated {clock(item.published)}" if item.published else "without a date that can be trusted"
    if item.is_baseline:
        says = f"First seen {clock(item.seen_at)}, {dated}: too old to alert anybody ([alerts] first_poll, or [keep] items)."
        return Step(stage="seen", reason="first_poll", says=says)
    where = " in the first poll of its feed" if item.is_first_poll else ""
    return Step(stage="seen", reason="stored", says=f"First seen {clock(item.seen_at)}{where}, {dated}.")


def _same(item: StoredItem, given: str | None, others: tuple[int, ...], *, known: Reading, clock: Clock) -> Step:
    """Say what an item is the same as: another address of one page, or a copy of another item's text."""
    reason, copied = _copy(item, known, clock)
    if others:
        names = ", ".join(str(other) for other in others)
        return Step(stage="same", reason="duplicate", says=f"The same page is item {names}, too, from other feeds. {copied}")
    if given and item.link and given != canonical(item.link):
        says = f"This address is another one of the item at {item.link}. {copied}"
        return Step(stage="same", reason="duplicate", says=says)
    also = tuple(address for address in known.addresses(item.id) if address != given)
    if also:
        addresses = count(len(also), "other address", "other addresses")
        return Step(stage="same", reason=reason, says=f"Known by {addresses}, too: {also[0]}. {copied}")
    return Step(stage="same", reason=reason, says=copied)


def _copy(item: StoredItem, known: Reading, clock: Clock) -> tuple[str, str]:
    """Say whose text an item carries: a word for programs, and a sentence."""
    place = known.place_in_story(item.id)
    trail = follow(known, place.story_id) if len(place.items) > 1 else None
    step = next((step for step in trail.steps if step.telling.item_id == item.id), None) if trail else None
    if trail is None or step is None:
        unsettled = "No copy of it is known yet: that is settled once its text is read or given up."
        return "alone", "No copy of it is known." if place.settled_at else unsettled
    settled = f"settled as story {place.story_id}" if place.settled_at else f"in story {place.story_id}, which is not settled yet"
    if step is trail.steps[0]:
        return "first", f"The first of {count(len(place.items), 'item')} that carry this text ({carriage(trail)}); {settled}."
    first = trail.steps[0].telling
    of = step.copy.of if step.copy else first.item_id
    # as `show` has it: how much stands in the very item that is named, and only where that can't be told, as it was settled
    share = step.copy.copied if step.copy else step.telling.copied
    how = f"Copy ({percent(share)})" if share is not None else "Copy"
    seen = f"first seen at {first.outlet_name} {clock(first.seen_at)}"
    whose = seen if of == first.item_id else f"which is a copy itself; item {first.item_id} was {seen}"
    return "copy", f"{how} of item {of}, {whose}; {settled}."


def _text(stored: StoredWords, known: Reading, clock: Clock) -> Step:
    item = stored.item
    why = known.article_trouble(item.id)
    if known.is_forgotten(item.id):
        return Step(stage="text", reason="forgotten", says="Its texts were deleted, as [keep] text says; the headline is left.")
    if item.article_state == "read":
        doubted = known.doubt(item.id)
        at = f" on {clock(item.article_at)}" if item.article_at else ""
        says = f"{count(len(stored.text or ''), 'character')} read from its page{at}."
        return Step(stage="text", reason="doubtful" if doubted else "read", says=f"{says} {doubt(doubted)}" if doubted else says)
    if item.article_state == "due":
        tried = f" ({why}; tried {count(item.article_tries, 'time')})" if why else ""
        return Step(stage="text", reason="waiting", says=f"Its page is still to be read{tried}.")
    if item.article_state == "given_up":
        says = f"Its full text could not be had: {why}. Only the feed's own words were looked at."
        return Step(stage="text", reason="no_text", says=says)
    says = (
        "Its page is not read: the outlet has full_text = false, or the entry has no link. The feed's own words were looked at."
    )
    return Step(stage="text", reason="not_wanted", says=says)


def _language(stored: StoredWords) -> Step:
    item = stored.item
    if item.feed.outlet.language:
        return Step(stage="language", reason="language", says=f"Read as {item.feed.outlet.language}: the outlet's lang.")
    told = tuple(dict.fromkeys(filter(None, (stored.page_language, item.language))))
    if told:
        return Step(stage="language", reason="language", says=f"Read as {' and '.join(told)}: told from its words.")
    says = "Its language is not known, so only endings that hold in every language were tried."
    return Step(stage="language", reason="unknown", says=says)
