"""OpenAlerts → Message: the words of an alert for every channel. Pure; of the ground it uses text and url; touches nothing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from operator import itemgetter
from typing import Final
from zoneinfo import ZoneInfo

from monitor.model import BundleKind, Carrier, Message, OpenAlert, OutletId, WatchId
from monitor.render.alert_html import page
from monitor.render.alert_view import Place, View, Words, address, name, view
from monitor.render.carried import own_texts
from monitor.render.words import count
from monitor.text import one_line

Kind = BundleKind

SHOWN_ALERTS: Final = 100
"""A message shows so many alerts in words and counts the rest: mail servers and readers refuse what is much longer."""

_LONGEST_SUBJECT: Final = 200
_PLACES: Final = 5
_PLACES_OF_MANY: Final = 1
_JSON_PLACES: Final = 20


def message(alerts: tuple[OpenAlert, ...], *, kind: Kind, timezone: str, title: str, key: str | None = None) -> Message:
    """Put one or more alerts of one channel into words; times local to ``timezone`` (an IANA name), in JSON ISO 8601 UTC.

    ``title`` is the desk's. ``key``: of the message in which they were tried before; None: that of `message_key`.
    """
    zone = ZoneInfo(timezone)
    views = tuple(view(each, zone) for each in _in_turn(alerts)[:SHOWN_ALERTS])
    left_out = len(alerts) - len(views)
    words = Words(
        subject=_subject(alerts, kind=kind, first=views[0]),
        desk=name(title),
        intro=_intro(len(alerts), kind=kind, first=views[0]),
        views=views,
        outro=f"and {left_out} more: the digest names them, or says how to list them" if left_out else "",
        shown=_PLACES if len(views) == 1 else _PLACES_OF_MANY,
    )
    key = key or message_key(alerts)
    return Message(
        key=key,
        subject=words.subject,
        text=_text(words),
        html=page(words),
        json=_json(alerts, kind=kind, key=key),
        brief=_brief(alerts, kind=kind, key=key) if len(alerts) > 1 else None,
    )


def message_key(alerts: tuple[OpenAlert, ...]) -> str:
    """Give the key of a message: the alert's own for one, else made of all their keys in whatever order they stand."""
    if len(alerts) == 1:
        return alerts[0].alert.key
    return sha256("\n".join(sorted(each.alert.key for each in alerts)).encode()).hexdigest()[:32]


def _in_turn(alerts: tuple[OpenAlert, ...]) -> list[OpenAlert]:
    """Give the first of each watch and outlet before the second of any: what one outlet floods must not hide another's news."""
    before: Counter[tuple[WatchId, OutletId]] = Counter()
    turns: list[tuple[int, OpenAlert]] = []
    for each in alerts:
        source = each.alert.watch_id, each.finding.outlet_id
        turns.append((before[source], each))
        before[source] += 1
    return [each for _, each in sorted(turns, key=itemgetter(0))]


def _subject(alerts: tuple[OpenAlert, ...], *, kind: Kind, first: View) -> str:
    if len(alerts) == 1:
        told = f"{first.watch}: {first.news}: " if first.news else f"{first.watch}: "
        room = _LONGEST_SUBJECT - len(f"{told} – {first.outlet}")
        return f"{told}{one_line(first.headline, room)} – {first.outlet}"
    counts = Counter(name(each.alert.watch_id) for each in alerts)
    watches = ", ".join(f"{watch} {count}" for watch, count in counts.most_common())
    source = f"First poll of {first.outlet}: " if kind == "first_poll" else ""
    return one_line(f"{source}{len(alerts)} alerts – {watches}", _LONGEST_SUBJECT)


def _intro(count: int, *, kind: Kind, first: View) -> str:
    if count == 1:
        return ""
    if kind == "first_poll":
        return f"{count} alerts from the first poll of {first.outlet}, in one message."
    if kind == "look_back":
        return f"{count} alerts from what was stored before “{first.watch}” was asked as it is now, in one message."
    return f"{count} alerts that came close together, in one message."


def _text(words: Words) -> str:
    blocks = ["\n".join(_lines(each, shown=words.shown)) for each in words.views]
    return "\n\n".join(block for block in (words.intro, *blocks, words.outro) if block) + "\n"


def _lines(each: View, *, shown: int) -> Iterator[str]:
    yield f"{each.watch}: {each.headline}"
    if each.explained:
        yield each.explained
    yield f"{each.outlet} ({each.label})" if each.label else each.outlet
    for before, after in each.rewritten[:shown]:
        yield "It said:"
        yield f"  {before}"
        yield "Now it says:"
        yield f"  {after}"
    yield from _places(each, shown)
    yield f"Published:  {each.published}"
    yield f"First seen: {each.seen}"
    if each.carried:
        yield f"Carried by: {each.carried.line}"
    if each.doubt:
        yield f"Doubt:      {each.doubt}"
    if each.edit:
        yield f"Edited:     {each.edit}"
    if each.link:
        yield f"Link:       {each.link}"
    yield f"Item:       {each.item}"


def _places(each: View, shown: int) -> Iterator[str]:
    for part in each.parts(shown):
        forms = "".join(f", {form} for {term}" for form, term in part.forms)
        yield f"In the {part.field_name}{forms}:"
        for quote in part.quotes:
            yield "  " + "".join(f"«{text}»" if is_marked else text for text, is_marked in quote.pieces)
    if (more := len(each.quotes) - shown) > 0:
        yield f"and in {count(more, 'more place')}"


def _json(alerts: tuple[OpenAlert, ...], *, kind: Kind, key: str) -> str:
    # a program is told of every alert: the words above may count the rest, but a promise is kept by name
    whole = {"version": 1, "kind": kind, "key": key, "alerts": [_alert_object(each) for each in alerts]}
    return json.dumps(whole, ensure_ascii=False)


def _brief(alerts: tuple[OpenAlert, ...], *, kind: Kind, key: str) -> str:
    """Name every alert, and tell of the first of each watch and outlet: many receivers take a megabyte and no more."""
    ones = _in_turn(alerts)
    told = [_alert_object(each, places=1) | {"carried": [], "rewritten": []} for each in ones[:SHOWN_ALERTS]]
    more = [{"key": each.alert.key, "watch": each.alert.watch_id, "item": each.finding.item_id} for each in ones[SHOWN_ALERTS:]]
    whole = {"version": 1, "kind": kind, "key": key, "alerts": told, "more": more}
    return json.dumps(whole, ensure_ascii=False)


def _alert_object(each: OpenAlert, *, places: int = _JSON_PLACES) -> dict[str, object]:
    """``mark`` counts Unicode characters of ``sentence``, not bytes and not UTF-16 units."""
    finding = each.finding
    # every match, as it was found; beside them what became of their sentences
    words = view(replace(each, finding=replace(finding, rewritten=())), ZoneInfo("UTC"))
    return {
        "key": each.alert.key,
        "watch": each.alert.watch_id,
        "channel": each.alert.channel,
        "item": finding.item_id,
        "story": _story(each.alert.subject),
        "occasion": each.alert.occasion,
        "number": each.alert.number,
        "headline": words.headline,
        "link": words.link,
        "outlet": finding.outlet_id,
        "outlet_name": words.outlet,
        "label": words.label,
        "language": words.language,
        "published": _iso(finding.published) if finding.published else None,
        "first_seen": _iso(finding.seen_at),
        "edit": finding.edit,
        "rewritten": [{"before": before, "after": after or None} for before, after in finding.rewritten],
        "copied": finding.copied,
        "carried": [_carrier_object(one) for one in finding.carried],
        "own_texts": own_texts(finding),
        "matches": [_match_object(place) for place in words.places[:places]],
    }


def _story(subject: str) -> int | None:
    kind, _, number = subject.partition(":")
    return int(number) if kind == "story" else None


def _carrier_object(one: Carrier) -> dict[str, object]:
    return {
        "item": one.item_id,
        "outlet": one.outlet_id,
        "outlet_name": name(one.outlet_name),
        "label": name(one.label) if one.label else None,
        "link": address(one.link),
        "published": _iso(one.published) if one.published else None,
        "first_seen": _iso(one.seen_at),
        "copied": one.copied,
    }


def _match_object(place: Place) -> dict[str, object]:
    start = len(place.before)
    return {
        "field": place.field,
        "term": place.term,
        "form": place.form,
        "sentence": place.before + place.form + place.after,
        "mark": [start, start + len(place.form)],
    }


def _iso(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
