"""`monitor why`: one item's, or one address's, whole way through the stages, and at which of them each watch came to its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import click
from rich.text import Text

from monitor.alert import allowed
from monitor.cli.aimed import LONGEST, METAVAR, Aim, aimed
from monitor.cli.asking import check_known, console_of, full_channels, iso, reading, state_folder, zone
from monitor.cli.drawn import by_sentence, columns, marked, padded, put
from monitor.cli.ends import End, Ends, Waits
from monitor.cli.finding import config_option, find, read
from monitor.cli.plainly import give, json_option
from monitor.cli.stages import GOOD, Clock, Step, seen, unseen
from monitor.errors import MonitorError
from monitor.match import compile_watches
from monitor.model import Config, Match, StoredWords, Watch
from monitor.pipeline import judged
from monitor.render.archive_words import FIELDS
from monitor.store import DATABASE, Reading, holder
from monitor.text import one_line

SHOWN = 3
"""Places that are shown of each watch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way through the stages; ``stored`` None: of an address of which nothing is stored."""

    stored: StoredWords | None
    steps: tuple[Step, ...]
    ends: tuple[End, ...] = ()


@click.command()
@click.argument("target", metavar=METAVAR)
@config_option
@click.option("--watch", help="Only this watch.")
@json_option
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
        strip = settings.urls.strip if settings else frozenset()
        ways = _ways(aimed(target, known, strip=strip), known, asked, clock=clock, waits=_waits(settings, known))
    if as_json:
        give({"target": target, "ways": [_plain(way) for way in ways]})
        return
    console = console_of()
    for place, way in enumerate(ways):
        if place:
            console.print()
        for line, hang in _drawn(way, target):
            put(console, line, hang)


def _settings(config: str | None) -> Config | None:
    try:
        return read(find(config))
    except MonitorError:
        return None


def _waits(settings: Config | None, known: Reading) -> Waits:
    now = datetime.now(UTC)
    end = allowed(now, rules=settings.alerts, timezone=settings.timezone) if settings else now
    return Waits(now=now, full=full_channels(settings, known, now), quiet_until=end if end > now else None)


def _ways(aim: Aim, known: Reading, watches: tuple[Watch, ...], *, clock: Clock, waits: Waits) -> list[Way]:
    given = aim.address
    # of a story, the item that was first
    ids = aim.items if given else aim.items[:1]
    items = [stored for id in ids if (stored := known.stored_item(id)) is not None]
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


def _drawn(way: Way, target: str) -> Iterator[tuple[Text, int | None]]:
    """Give each line, and the character below which it goes on (None: its first word)."""
    if way.stored is None:
        yield Text.assemble(("Nothing is stored under ", "bold"), one_line(target, LONGEST)), None
    else:
        item = way.stored.item
        label = f" ({item.feed.outlet.label})" if item.feed.outlet.label else ""
        yield Text(item.title, style="bold"), None
        yield Text(f"{item.feed.name}{label} · item {item.id}{f' · {item.link}' if item.link else ''}"), None
    yield Text(), None
    for step in way.steps:
        held_up = "" if step.reason in GOOD else f"{step.reason.replace('_', ' ')} – "
        yield Text.assemble((f"  {step.stage:<9} ", "dim"), (held_up, "yellow"), step.says), len("  language  ")
    if way.ends:
        yield Text(), None
    width = columns(end.watch_id for end in way.ends)
    for end in way.ends:
        is_found = end.stage == "alert"
        where = (f"{end.stage}: {end.reason.replace('_', ' ')}", "green" if is_found else "yellow")
        name = f"  {padded(end.watch_id, width)}  "
        yield Text.assemble((name, "bold"), where, " – ", end.says), len(name)
        for places in _told_once(end.matches)[:SHOWN]:
            yield Text.assemble((f"  {'':<{width}}    {FIELDS[places[0].field]}: ", "dim")).append_text(marked(places)), None
        if end.beside:
            yield Text.assemble((f"  {'':<{width}}    beside: ", "dim")).append_text(marked((end.beside,))), None


def _told_once(matches: tuple[Match, ...]) -> tuple[tuple[Match, ...], ...]:
    """Give the places by their sentences: one that stands in the feed's text and in the full text is shown once."""
    once: dict[str, tuple[Match, ...]] = {}
    for places in by_sentence(matches):
        once.setdefault(places[0].sentence, places)
    return tuple(once.values())


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
