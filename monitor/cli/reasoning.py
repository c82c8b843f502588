"""`monitor why`: one item's, or one address's, whole way through the stages, and at which of them each watch came to its end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import click
from rich.console import Console
from rich.text import Text

from monitor.alert import allowed
from monitor.cli.asking import check_known, full_channels, iso, reading, state_folder, zone
from monitor.cli.drawn import by_sentence, marked
from monitor.cli.ends import End, Ends, Waits
from monitor.cli.finding import config_option, find, read
from monitor.cli.stages import GOOD, Clock, Step, seen, unseen
from monitor.errors import MonitorError
from monitor.match import compile_watches
from monitor.model import Config, ItemId, StoredWords, Watch
from monitor.pipeline import judged
from monitor.render.archive_words import FIELDS
from monitor.store import DATABASE, Reading, holder
from monitor.text import one_line
from monitor.url import canonical

SHOWN = 3
"""Places that are shown of each watch."""
LONGEST = 300
"""Characters of an address that are said again: it may be pasted from anywhere, with signs that a terminal obeys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way through the stages; ``stored`` None: of an address of which nothing is stored."""

    stored: StoredWords | None
    steps: tuple[Step, ...]
    ends: tuple[End, ...] = ()


class _Asked(NamedTuple):
    """The items that are meant. ``given``: the canonical URL by which they were asked for, None where it was a number."""

    items: list[StoredWords]
    given: str | None


@click.command()
@click.argument("target", metavar="URL|ID")
@config_option
@click.option("--watch", help="Only this watch.")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
def why(*, target: str, config: str | None, watch: str | None, as_json: bool) -> None:
    """Tell one item's whole way: polled, seen, same as what, text from where, which watch found it or why not, alert sent.

    An address is compared as feeds' links are: tracking, print, AMP and mobile forms of it are the same page.
    """
    with reading(state_folder(config)) as known:
        settings = _settings(config)
        # faults of config.toml must not hide what is stored: then the watches in force are told of
        watches = settings.watches if settings else tuple(known.watches_in_force().values())
        check_known(watch, [one.id for one in watches], "--watch", where="config.toml")
        asked = tuple(one for one in watches if watch in {None, one.id})
        clock = Clock(zone(config), is_running=holder(state_folder(config) / DATABASE) is not None)
        about = _items(target, known, settings.urls.strip if settings else frozenset())
        ways = _ways(about, known, asked, clock=clock, waits=_waits(settings, known))
    if as_json:
        click.echo(json.dumps({"target": target, "ways": [_plain(way) for way in ways]}, ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False, soft_wrap=True)
    for place, way in enumerate(ways):
        if place:
            console.print()
        for line in _drawn(way, target):
            console.print(line)


def _settings(config: str | None) -> Config | None:
    try:
        return read(find(config))
    except MonitorError:
        return None


def _waits(settings: Config | None, known: Reading) -> Waits:
    now = datetime.now(UTC)
    end = allowed(now, rules=settings.alerts, timezone=settings.timezone) if settings else now
    return Waits(now=now, full=full_channels(settings, known, now), quiet_until=end if end > now else None)


def _items(target: str, known: Reading, strip: AbstractSet[str]) -> _Asked:
    given: str | None = None
    ids: tuple[ItemId, ...]
    if target.isdecimal():
        ids = (ItemId(min(int(target[:19]), 2**62)),)
    else:
        if "." not in target:
            raise click.BadParameter(
                f'"{one_line(target, LONGEST)}" is neither the number of an item nor an address', param_hint="URL|ID"
            )
        given = canonical(target if "://" in target else f"https://{target}")
        # what was stored before the desk wrote down what is to be stripped is known by the whole of it
        ids = known.items_at({given, canonical(given, strip)})
    items = [stored for id in ids if (stored := known.stored_item(id)) is not None]
    if not items and given is None:
        raise click.BadParameter(f"there is no item {target}; `monitor search` and alerts give their numbers", param_hint="ID")
    return _Asked(items, given)


def _ways(about: _Asked, known: Reading, watches: tuple[Watch, ...], *, clock: Clock, waits: Waits) -> list[Way]:
    items, given = about
    if not items:
        return [Way(stored=None, steps=unseen(given or "", known, clock))]
    matcher = compile_watches(watches)
    ways = []
    for stored in items:
        others = tuple(one.item.id for one in items if one is not stored)
        verdicts = {verdict.watch_id: verdict for verdict in judged(matcher, stored)}
        ends = Ends(stored, known, clock, waits=waits)
        ways.append(
            Way(
                stored=stored,
                steps=seen(stored, given, others, known=known, clock=clock),
                ends=tuple(ends.of(watch, verdicts[watch.id]) for watch in watches if watch.id in verdicts),
            )
        )
    return ways


# --------------------------------------------------------------------------------------------------------------- drawn


def _drawn(way: Way, target: str) -> Iterator[Text]:
    if way.stored is None:
        yield Text.assemble(("Nothing is stored under ", "bold"), one_line(target, LONGEST))
    else:
        item = way.stored.item
        label = f" ({item.feed.outlet.label})" if item.feed.outlet.label else ""
        yield Text(item.title, style="bold")
        yield Text(f"{item.feed.name}{label} · item {item.id}{f' · {item.link}' if item.link else ''}")
    yield Text()
    for step in way.steps:
        held_up = "" if step.reason in GOOD else f"{step.reason.replace('_', ' ')} – "
        yield Text.assemble((f"  {step.stage:<9} ", "dim"), (held_up, "yellow"), step.says)
    if way.ends:
        yield Text()
    width = max((len(end.watch_id) for end in way.ends), default=0)
    for end in way.ends:
        is_found = end.stage == "alert"
        where = (f"{end.stage}: {end.reason.replace('_', ' ')}", "green" if is_found else "yellow")
        yield Text.assemble((f"  {end.watch_id:<{width}}  ", "bold"), where, " – ", end.says)
        for places in by_sentence(end.matches)[:SHOWN]:
            yield Text.assemble((f"  {'':<{width}}    {FIELDS[places[0].field]}: ", "dim")).append_text(marked(places))
        if end.beside:
            yield Text.assemble((f"  {'':<{width}}    beside: ", "dim")).append_text(marked((end.beside,)))


# --------------------------------------------------------------------------------------------------------- for programs


def _plain(way: Way) -> dict[str, object]:
    stored = way.stored
    about = {} if stored is None else {"title": stored.item.title, "link": stored.item.link, "outlet": stored.item.feed.outlet.id}
    return {
        "item": None if stored is None else stored.item.id,
        **about,
        "steps": [{"stage": step.stage, "reason": step.reason, "says": step.says} for step in way.steps],
        "watches": [_end(end) for end in way.ends],
    }


def _end(end: End) -> dict[str, object]:
    return {
        "watch": end.watch_id,
        "stage": end.stage,
        "reason": end.reason,
        "says": end.says,
        "places": [
            {"field": match.field, "term": match.term, "form": match.form, "sentence": match.sentence} for match in end.matches
        ],
        "beside": None if end.beside is None else {"form": end.beside.form, "sentence": end.beside.sentence},
        "alerts": [
            {
                "channel": one.channel,
                "state": one.state,
                "occasion": one.occasion,
                "number": one.number,
                "item": one.item_id,
                "joined_to": one.joined_item,
                "raised_at": iso(one.raised_at),
                "hold_until": iso(one.hold_until),
                "sent_at": iso(one.sent_at),
                "tries": one.tries,
                "reason": one.reason,
            }
            for one in end.promises
        ],
    }
