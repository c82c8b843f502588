"""A watch and a stored item → where its way ended and why: at the text, at the watch itself, or at the alert."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.alert import QUIET
from monitor.cli.asking import count
from monitor.cli.stages import Clock
from monitor.model import Beside, ChannelId, Match, Promise, StoredItem, StoredWords, Verdict, Watch, WatchId
from monitor.render.words import doubt
from monitor.store import Reading

FEW = 6
_STATES = {
    "outlet": ("watch", "its words stand there, but it is asked of other outlets only (outlets, groups, labels)"),
    "language": ("watch", "its words stand there, but it is not asked of what is in this language"),
    "origin": ("watch", "its words stand there, but not what its query says of outlet, url or author"),
    "apart": ("watch", "its words stand there, but too far from each other"),
    "field": ("watch", "its words stand there, but not in the parts that it looks in (in, title:, summary:, text:)"),
}


_BY_CONCERN = ("dead", "held", "sent", "joined", "muted", "acked", "withdrawn")
"""The states of alerts, what a person must know of first first."""
_OCCASIONS = {"again_at": "carried by more outlets: ", "update": "update: ", "edit": "edited: "}
"""Why what was told is told again."""
_THEM = "\0"
"""Stands for the channels of a clause: what became of an alert is said once for all channels of which it is true."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Where a watch's way through an item ended. ``reason``: a word for programs; ``matches``: the places that show it."""

    watch_id: WatchId
    stage: str
    reason: str
    says: str
    matches: tuple[Match, ...] = ()
    beside: Beside | None = None
    promises: tuple[Promise, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """What an alert may wait for ``now``: channels that are ``full`` until then, the end of quiet hours (None: it is none)."""

    now: datetime
    full: Mapping[ChannelId, datetime]
    quiet_until: datetime | None


class Ends:
    """What became of one item under each watch."""

    def __init__(self, stored: StoredWords, known: Reading, clock: Clock, *, waits: Waits) -> None:
        """Read what is stored of it."""
        self._now = waits.now
        self._full = waits.full
        self._quiet_until = waits.quiet_until
        self._item: StoredItem = stored.item
        self._clock = clock
        self._found = known.found_at(stored.item.id)
        self._besides = {one.watch_id: one for one in known.besides(stored.item.id)}
        self._promises = known.promises(stored.item.id)
        self._forgotten = known.is_forgotten(stored.item.id)
        self._trouble = known.article_trouble(stored.item.id)
        self._doubt = known.doubt(stored.item.id)
        self._asking = {one.watch_id for one in known.past() if one.below > stored.item.id}
        self._since = known.watched_since()

    def of(self, watch: Watch, verdict: Verdict) -> End:
        """Say where one watch's way ended. ``watch`` as config.toml has it now."""
        promises = tuple(one for one in self._promises if one.watch_id == watch.id)
        if verdict.reason == "found" or promises:
            return self._alerted(watch, verdict, promises)
        stage, reason, says = self._unfound(verdict)
        if watch.id in self._found:
            at = self._clock(self._found[watch.id][0])
            says = f"found on {at}; as it reads now, or as the watch asks now, it is not: {says}"
        beside = self._besides.get(watch.id) if reason == "beside" else None
        return End(watch_id=watch.id, stage=stage, reason=reason, says=says, matches=verdict.matches, beside=beside)

    # ------------------------------------------------------------------------------------------------------- found

    def _alerted(self, watch: Watch, verdict: Verdict, promises: tuple[Promise, ...]) -> End:
        reason, says = self._told(promises) if promises else self._untold(watch)
        if verdict.reason != "found":
            says += f". As it reads now, or as the watch asks now, it is not found: {self._unfound(verdict)[2]}"
        return End(watch_id=watch.id, stage="alert", reason=reason, says=says, matches=verdict.matches, promises=promises)

    def _told(self, promises: tuple[Promise, ...]) -> tuple[str, str]:
        told = _each_once(promises)
        states = {one.state for one in told}
        reason = next((state for state in _BY_CONCERN if state in states), "sent")
        if reason == "held" and any(one.tries for one in told if one.state == "held"):
            reason = "failing"
        if reason == "sent" and all(one.item_id != self._item.id for one in told):
            reason = "told"
        channels: dict[str, list[str]] = {}
        for one in told:
            channels.setdefault(self._promised(one), []).append(one.channel)
        return reason, "; ".join(clause.replace(_THEM, _and(names)) for clause, names in channels.items())

    def _promised(self, one: Promise) -> str:
        """Say what became of an alert, with _THEM in the place of its channel."""
        again = _OCCASIONS.get(one.occasion, "")
        if one.item_id == self._item.id:
            return f"{again}{self._became(one)}"
        return (
            f"item {one.item_id}, the same story, was {self._became(one)}"
            if one.state == "sent"
            else (f"{again}{self._became(one)} (about item {one.item_id}, the same story)")
        )

    def _became(self, one: Promise) -> str:
        if one.state == "held":
            return self._held(one)
        if one.state == "sent":
            return f"sent to {_THEM}{f' {self._clock(one.sent_at)}' if one.sent_at else ''}"
        if one.state == "joined":
            return self._joined(one)
        if one.state == "dead":
            return f"given up: {_THEM} never took it, {_tries(one)} ({one.reason or 'no reason known'})"
        return self._unwanted(one)

    def _unwanted(self, one: Promise) -> str:
        if one.state == "muted":
            until = f" until {self._clock(one.muted_until)}" if one.muted_until else ""
            return f"not sent to {_THEM}: {one.watch_id} was muted{until} (`monitor alert mute`)"
        if one.state == "acked":
            at = f" on {self._clock(one.acked_at)}" if one.acked_at else ""
            return f"not sent to {_THEM}: somebody acknowledged its story{at} (`monitor alert ack`)"
        return f"withdrawn before it was sent to {_THEM}: the full text showed that the watch does not match"

    def _held(self, one: Promise) -> str:
        quiet = None if one.is_urgent else self._quiet_until
        if one.tries:
            failed = f"{_THEM} did not take it, {_tries(one)} ({one.reason or 'no reason known'})"
            again = max(one.next_try_at, quiet) if quiet else one.next_try_at
            return f"{failed}; tried again {self._clock(again)}"
        if one.channel in self._full:
            until = f"{self._clock(self._full[one.channel])}, as it had its messages of this hour ([alerts] max_per_hour)"
            return f"waits for {_THEM} until {until}"
        is_of_quiet = (one.batch or "").startswith(QUIET) and one.hold_until > self._now
        if is_of_quiet or (quiet and one.hold_until <= quiet):
            # what came due just before quiet hours, and did not go out, waits for their end, too
            return f"held until {self._clock(max(one.hold_until, quiet or one.hold_until))} by quiet hours, then sent to {_THEM}"
        if one.hold_until <= self._now:
            return f"waits for {_THEM} and goes out next"
        until = self._clock(one.hold_until)
        if self._item.article_state == "due":
            return f"waits for the full text, at most until {until} ([alerts] group_wait), then goes to {_THEM}"
        return f"waits for {_THEM} until {until}"

    def _joined(self, one: Promise) -> str:
        """Say which alert tells it in its place."""
        if one.joined_item is None:
            return f"grouped into another alert of its story for {_THEM}"
        sent = f"sent {self._clock(one.joined_sent_at)}" if one.joined_sent_at else "not sent yet"
        return f"grouped into the alert about item {one.joined_item} for {_THEM}, {sent}"

    def _untold(self, watch: Watch) -> tuple[str, str]:
        if watch.id in self._asking or watch.id not in self._found:
            since = self._since.get(watch.id)
            asked = f"since {self._clock(since)}" if since else "by no monitor that ran yet"
            return "not_asked", f"found now; the watch is asked so {asked}, and this item's turn comes while the monitor runs"
        at, is_history = self._found[watch.id]
        if not watch.channels:
            return "no_channel", f"found on {self._clock(at)}; the watch has alert = [], so it is for the digest only"
        if self._item.is_baseline:
            return "first_poll", f"found on {self._clock(at)}, told nobody: it was too old when it was first seen"
        if is_history:
            further = ", and before its look_back" if watch.look_back else "; look_back would have told it"
            return "history", f"found on {self._clock(at)}, told nobody: it was stored before the watch was asked so{further}"
        return "untold", f"found on {self._clock(at)}, told nobody: the words were there before the watch was"

    # --------------------------------------------------------------------------------------------------- not found

    def _unfound(self, verdict: Verdict) -> tuple[str, str, str]:
        if verdict.reason == "excluded":
            forms = _listed([match.form for match in verdict.matches])
            return "watch", "excluded", f"its words stand there, but so does {forms}, which it must not have"
        if verdict.reason in _STATES:
            stage, says = _STATES[verdict.reason]
            return stage, verdict.reason, says
        if verdict.reason == "other_language":
            forms = _listed([match.form for match in verdict.matches])
            languages = ", ".join(verdict.languages[:FEW])
            says = f"{forms} would be a form of its words in another language than the item is read in (lang = {languages})"
            return "watch", "other_language", says
        return self._missing(verdict)

    def _missing(self, verdict: Verdict) -> tuple[str, str, str]:
        missing = _listed(verdict.missing)
        present = list(dict.fromkeys(match.term for match in verdict.matches))
        there = f"{_listed(present)} {'stands' if len(present) == 1 else 'stand'} there, but " if present else ""
        beside = self._besides.get(verdict.watch_id)
        # the watch may ask for other words by now
        if beside and beside.term in verdict.missing:
            says = f"“{beside.form}” stands on its page outside the article only (a menu, a teaser, a comment)"
            return "text", "beside", says
        if self._forgotten:
            not_there = _are(verdict, "is", "are")
            return (
                "text",
                "forgotten",
                f"{there}{missing} {not_there} not in its headline; its texts were deleted, as [keep] says",
            )
        unread = {
            "given_up": ("no_text", f"and the full text could not be had: {self._trouble}"),
            "due": ("waiting", "and its page is still to be read"),
        }
        if self._item.article_state in unread:
            reason, says = unread[self._item.article_state]
            return "text", reason, f"{there}{missing} {_are(verdict, 'is', 'are')} not in the feed's own words, {says}"
        stand = _are(verdict, "stands", "stand")
        if self._doubt:
            says = f"{there}{missing} {stand} nowhere, and its text may not be the article. {doubt(self._doubt)}"
            return "text", "doubtful", says
        if verdict.reason == "other_word":
            others = _listed(verdict.others)
            return "watch", "other_word", f"{there}{missing} {stand} nowhere as a word, only within {others}"
        only = " in the feed's own words, and its page is not read" if self._item.article_state == "not_wanted" else ""
        return "watch", "missing", f"{there}{missing} {stand} nowhere{only}"


def _are(verdict: Verdict, one: str, many: str) -> str:
    return one if len(verdict.missing) == 1 else many


def _listed(words: tuple[str, ...] | list[str]) -> str:
    shown = [f"“{word}”" for word in dict.fromkeys(words)]
    more = f" and {len(shown) - FEW} more" if len(shown) > FEW else ""
    return ", ".join(shown[:FEW]) + more


def _each_once(promises: tuple[Promise, ...]) -> tuple[Promise, ...]:
    """Leave out what was joined to another alert that is among them: that one says it."""
    there = {(one.channel, one.item_id) for one in promises if one.state != "joined"}
    return tuple(one for one in promises if one.state != "joined" or (one.channel, one.joined_item) not in there)


def _and(names: list[str]) -> str:
    *most, last = dict.fromkeys(names)
    return f"{', '.join(most)} and {last}" if most else last


def _tries(one: Promise) -> str:
    return count(one.tries, "try", "tries")
