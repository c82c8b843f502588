"""`monitor try`: what a watch, a query or a list of words would have matched in what is stored. It writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import click
from rich.text import Text

from monitor.cli.asking import console_of, count, instant, iso, reading, state_folder, zone
from monitor.cli.drawn import by_sentence, marked, put
from monitor.cli.finding import config_option, find, read
from monitor.cli.patience import shown
from monitor.cli.plainly import give, json_option
from monitor.cli.volume import remark
from monitor.config import did_you_mean, members, outlets_in, resolved, word
from monitor.errors import ConfigError, QueryError
from monitor.match import Matcher, compile_watches
from monitor.model import ItemId, Match, Node, StoredWords, Watch, WatchId
from monitor.pipeline import found_by
from monitor.query import parse, slips
from monitor.store import DATABASE, Reading, is_there

TRIED = WatchId("tried")
Asked = tuple[Watch, Watch | None]
PLACES = 3
BARS = " ▁▂▃▄▅▆▇█"
SIGNS = {"new": ("+ ", "green"), "lost": ("- ", "red"), "same": ("  ", "")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An item that matches. ``kind``: beside the rule in force: new, lost, or the same.

    ``number``: what other commands know the item by; None: it is not stored.
    """

    stored: StoredWords
    matches: tuple[Match, ...]
    kind: Literal["new", "lost", "same"]
    number: ItemId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What was looked at and what matches, newest first. ``is_compared``: with a rule in force that is another one."""

    items: int
    outlets: int
    hits: tuple[Hit, ...]
    is_compared: bool


@click.command("try")
@click.argument("words", metavar="WATCH|WORD...", nargs=-1)
@config_option
@click.option("--any", "is_any", is_flag=True, help="WORDs are looked for, as in a watch's list.")
@click.option("--query", help="A query is asked: 'idlib NEAR/8 (ceasefire OR truce)'.")
@click.option("--since", default="30d", show_default=True, help='How far back: "24h", "7d", or 2026-11-25 (the desk\'s time).')
@click.option("-n", "--most", type=click.IntRange(0, 10_000), default=20, show_default=True, help="Show no more than so many.")
@json_option
def try_(  # noqa: PLR0913  one for each option
    *, words: tuple[str, ...], config: str | None, is_any: bool, query: str | None, since: str, most: int, as_json: bool
) -> None:
    """Show what would have matched in what is stored: a WATCH of config.toml, a --query, or --any WORD...

    A watch that was edited is compared with the one that the monitor asks now: + new, - lost.
    """
    desk = zone(config)
    start = instant(since, datetime.now(UTC), "--since", desk)
    with _stored(config) as folder, reading(folder) as known:
        watch, in_force = _asked(words, config, known, is_any=is_any, query=query)
        trial = _tried(known, watch, in_force, start)
        if folder == state_folder(config):
            trial = _numbered(trial)
    if as_json:
        give(_plain(trial, start))
    else:
        _print(trial, desk, most=most)


@contextmanager
def _stored(config: str | None) -> Iterator[Path]:
    """Give the state folder; on a desk that is new, one with what its feeds list now."""
    state = state_folder(config)
    if is_there(state / DATABASE):
        yield state
        return
    from monitor.cli.sampling import sampled  # noqa: PLC0415  it brings the whole daemon, for a desk that is new alone

    settings = read(find(config))
    if not settings.outlets:
        raise ConfigError(f"{settings.path}: there is no outlet to read. `monitor add URL` finds the feed behind any page")
    with sampled(settings) as folder:
        remark("Nothing is stored yet, so the feeds were asked just now. Articles are read once the monitor runs: `monitor run`")
        yield folder


def _asked(words: tuple[str, ...], config: str | None, known: Reading, *, is_any: bool, query: str | None) -> Asked:
    """Give the watch that is tried, and the one in force that it would take the place of, if any."""
    if query is not None:
        if words or is_any:
            raise click.UsageError("--query stands alone: put the words into it")
        return Watch(id=TRIED, query=_resolved(query, config)), None
    if not words:
        raise click.UsageError("name a watch of config.toml, or write --any WORD..., or --query '...'")
    if is_any:
        return Watch(id=TRIED, any=tuple(map(_word, words))), None
    watches = {watch.id: watch for watch in read(find(config)).watches}
    name = WatchId(words[0])
    if len(words) > 1 or name not in watches:
        hint = did_you_mean(name, watches) or f" To look for words: monitor try --any {' '.join(words)}"
        raise click.BadParameter(f'there is no watch "{" ".join(words)}".{hint}', param_hint="WATCH")
    before = known.watches_in_force().get(name)
    return watches[name], before if before is not None and not _are_alike(before, watches[name]) else None


def _word(typed: str) -> str:
    """Take a word as config.toml would: one that no text can have would read like one that nobody wrote of."""
    try:
        return word(typed)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="WORD") from error


def _resolved(query: str, config: str | None) -> Node:
    tree = parse(query)
    for slip in slips(query):
        remark(slip)
    names = tuple(outlets_in(tree))
    # a config with faults is in the way of nothing but its outlets' names
    known = members(read(find(config)).outlets) if names else {}
    for name in names:
        if name not in known:
            says = f'no outlet "{name}" in config.toml.{did_you_mean(name, known) or " `monitor status` lists them"}'
            raise QueryError(says, query=query, column=max(query.rfind(f"outlet:{name}") + len("outlet:"), query.find(name)) + 1)
    return resolved(tree, known)


def _are_alike(one: Watch, other: Watch) -> bool:
    """Say whether two watches ask the same; whom they tell, and how far back, is no question."""
    same = {"channels": (), "urgent": False, "on_edit": False, "look_back": None}
    return replace(one, **same) == replace(other, **same)  # type: ignore[arg-type]


def _tried(known: Reading, watch: Watch, in_force: Watch | None, since: datetime) -> Trial:
    matcher = compile_watches((watch,))
    before = None if in_force is None else compile_watches((in_force,))
    hits: list[Hit] = []
    items, outlets = 0, set()
    total = known.count_stored(since)
    for stored in shown(known.all_stored(since), total, "Asking"):
        items += 1
        outlets.add(stored.item.feed.outlet.id)
        if hit := _hit(stored, matcher, before):
            hits.append(hit)
    return Trial(items=items, outlets=len(outlets), hits=tuple(hits), is_compared=before is not None)


def _numbered(trial: Trial) -> Trial:
    return replace(trial, hits=tuple(replace(hit, number=hit.stored.item.id) for hit in trial.hits))


def _hit(stored: StoredWords, matcher: Matcher, before: Matcher | None) -> Hit | None:
    now = found_by(matcher, stored)
    if before is None:
        return Hit(stored=stored, matches=now, kind="same") if now else None
    then = found_by(before, stored)
    if not now and not then:
        return None
    return Hit(stored=stored, matches=now or then, kind="lost" if not now else "same" if then else "new")


# -------------------------------------------------------------------------------------------------------------- printed


def _print(trial: Trial, desk: ZoneInfo | None, *, most: int) -> None:
    console = console_of()
    now = [hit for hit in trial.hits if hit.kind != "lost"]
    read_ = f"Read {count(trial.items, 'item')} from {count(trial.outlets, 'outlet')}"
    console.print(Text(f"{read_}: {len(now):,} match."))
    if trial.is_compared:
        kinds = Counter(hit.kind for hit in trial.hits)
        console.print(
            Text(f"Beside the watch as it is asked now: {kinds['new']} new, {kinds['lost']} lost, {kinds['same']} the same.")
        )
    if not trial.items:
        remark("Nothing was stored since then: --since looks further back, `monitor run --once` polls every outlet now")
    elif not now:
        remark("`monitor suggest NAME` lists other spellings, `monitor check` what is doubtful of a watch")
    for line in _counted(now, desk):
        put(console, line, len("By outlet  "))
    if trial.is_compared:
        # what changes is what is looked for
        shown = [hit for hit in trial.hits if hit.kind != "same"] + [hit for hit in trial.hits if hit.kind == "same"]
    else:
        shown = list(trial.hits)
    day = None
    for hit in shown[:most]:
        seen = hit.stored.item.seen_at.astimezone(desk)
        if seen.date() != day:
            day = seen.date()
            console.print(Text(f"\n{day}", style="dim"))
        for line in _lines(hit, seen):
            put(console, line, len("  12:52  "))
    if len(shown) > most:
        remark(f"{len(shown) - most:,} more; -n shows more")


def _counted(hits: list[Hit], desk: ZoneInfo | None) -> Iterator[Text]:
    if not hits:
        return
    days = Counter(hit.stored.item.seen_at.astimezone(desk).date() for hit in hits)
    outlets = Counter(hit.stored.item.feed.outlet.name or hit.stored.item.feed.name for hit in hits)
    most = max(days.values())
    shown = (f"{day:%d %b} {days[day]} {BARS[-(-8 * days[day] // most)]}" for day in sorted(days, reverse=True))
    yield Text.assemble(("By day     ", "dim"), "  ".join(shown))
    yield Text.assemble(("By outlet  ", "dim"), ", ".join(f"{name} {number}" for name, number in outlets.most_common()))


def _lines(hit: Hit, seen: datetime) -> Iterator[Text]:
    item = hit.stored.item
    sign, style = SIGNS[hit.kind]
    head = Text.assemble((sign, style), (f"{seen:%H:%M}", "dim"), "  ")
    shown = _telling(hit.matches)
    first = next((places for places in shown if places[0].field == "title"), None)
    yield head.append_text(marked(first)) if first else head.append(item.title)
    for places in shown:
        if places is not first:
            yield Text("         ").append_text(marked(places))
    terms = dict.fromkeys(match.term for places in shown for match in places)
    number = f" · item {hit.number}" if hit.number else ""
    yield Text(f"         {item.feed.name}{number} · {', '.join(terms)}", style="dim")


def _telling(matches: tuple[Match, ...]) -> list[tuple[Match, ...]]:
    """Give the first sentence, and those that show a word which none before them does: half of a NEAR tells half."""
    shown: list[tuple[Match, ...]] = []
    terms: set[str] = set()
    for places in by_sentence(matches):
        if not terms.issuperset(match.term for match in places) and len(shown) < PLACES:
            shown.append(places)
            terms.update(match.term for match in places)
    return shown


def _plain(trial: Trial, since: datetime) -> dict[str, object]:
    return {
        "since": iso(since),
        "items": trial.items,
        "outlets": trial.outlets,
        "compared": trial.is_compared,
        "matches": [
            {
                "item": hit.number,
                "kind": hit.kind if trial.is_compared else None,
                "outlet": hit.stored.item.feed.outlet.id,
                "seen_at": iso(hit.stored.item.seen_at),
                "title": hit.stored.item.title,
                "places": [
                    {"field": match.field, "term": match.term, "form": match.form, "sentence": match.sentence}
                    for match in hit.matches
                ],
            }
            for hit in trial.hits
        ],
    }
