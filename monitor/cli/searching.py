"""`monitor search`: finds stored items by their words, whatever their spelling. It writes nothing but the index it asks."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict
from zoneinfo import ZoneInfo

import click
from rich.text import Text

from monitor.cli.asking import check_known, console_of, count, instant, iso, reading, state_folder, zone
from monitor.cli.drawn import put
from monitor.cli.finding import config_option
from monitor.cli.plainly import give, json_option
from monitor.cli.volume import remark
from monitor.errors import AlreadyRunningError, NoPermissionError
from monitor.model import Found, OutletId, Snippet, WatchId
from monitor.search import Search, compiled, snippet
from monitor.store import DATABASE, Reading, Store, holder

MARKS = ("«", "»")
"""Stand round what was found, so that it can be told without colour."""
NAMED = 10_000
OPERATORS = frozenset({"AND", "OR", "NOT", "NEAR"})


NOTHING = (
    "Nothing found. `monitor suggest NAME` lists other spellings; fewer words, or no --since, --outlet or --watch, find more"
)


class Narrowed(TypedDict):
    """Of what a search is to find: only this."""

    since: datetime | None
    outlet: OutletId | None
    watch: WatchId | None


SOON = 1_000
"""So many items are made searchable before anybody would ask what takes so long."""


@click.command()
@click.argument("words", nargs=-1, required=True)
@config_option
@click.option("--watch", help="Only what this watch was found in.")
@click.option("--outlet", help="Only of this outlet.")
@click.option(
    "--since",
    help='Only what was first seen since: "90m", "24h", "7d" ago, or 2026-11-25, or 2026-11-25T06:00 (the desk\'s time).',
)
@click.option("--full", is_flag=True, help="Show the whole texts.")
@click.option("-n", "--most", type=click.IntRange(1, 1000), default=20, show_default=True, help="Show no more than so many.")
@json_option
def search(  # noqa: PLR0913  one for each option
    *, words: tuple[str, ...], config: str | None, watch: str | None, outlet: str | None, since: str | None,
    full: bool, most: int, as_json: bool,
) -> None:  # fmt: skip
    """Find stored items that hold all WORDS, newest first. Spellings fold as in watches: ادلب also finds إدلب, İdlib finds idlib.

    A word is found whole; "Idlib*" finds what begins so. Words in one pair of quotes are a phrase: "Bab al-Hawa".
    """
    asked = compiled(words)
    desk = zone(config)
    start = instant(since, datetime.now(UTC), "--since", desk) if since else None
    _complete(state_folder(config))
    with reading(state_folder(config)) as known:
        watches, outlets = known.known_names()
        check_known(watch, watches, "--watch")
        check_known(outlet, outlets, "--outlet")
        narrowed: Narrowed = {
            "since": start,
            "outlet": OutletId(outlet) if outlet else None,
            "watch": WatchId(watch) if watch else None,
        }
        hits = known.found(asked.query, **narrowed, limit=most)
        total = known.count_found(asked.query, **narrowed)
        waiting = known.unindexed()
        longer = _longer(known, words, total, narrowed)
    if as_json:
        items = [_plain(hit, snippet(asked, hit.texts), full=full) for hit in hits]
        give({"words": list(words), "found": total, "more": total >= NAMED, "items": items})
    else:
        _print(hits, asked, desk, full=full)
        remark(_summary(len(hits), total))
    if signs := [word for word in words if word in OPERATORS or word.startswith("-")]:
        remark(f"{signs[0]} is a word here: monitor try --query has AND, OR, NOT and NEAR/5")
    if longer:
        remark(longer)
    if waiting:
        remark(f"{count(waiting, 'item')} cannot be searched yet: the running monitor makes them so")


def _complete(state: Path) -> None:
    """Make searchable what is not yet, where no running monitor does it."""
    with reading(state) as known:
        waiting = known.unindexed()
    if not waiting or holder(state / DATABASE):
        return
    if waiting > SOON:
        remark(f"Making {count(waiting, 'item')} searchable, once …")
    from monitor.pipeline import Indexing  # noqa: PLC0415  it brings the whole line with it

    try:
        store = Store(state / DATABASE)
    except (AlreadyRunningError, NoPermissionError):
        # one that was started just now does it, or the service's own user can
        return
    try:
        asyncio.run(Indexing().index(store))
    finally:
        store.close()


def _summary(shown: int, total: int) -> str:
    if shown == total:
        return f"{count(shown, 'item')} found" if shown else NOTHING
    more = "more than " if total >= NAMED else ""
    return f"The newest {shown} of {more}{count(total, 'item')}; -n shows more, --since, --outlet and --watch fewer"


def _longer(known: Reading, words: tuple[str, ...], total: int, narrowed: Narrowed) -> str | None:
    """Say what more would be found where words may go on: Идлиб stands in Идлибе, but is not it."""
    opened = tuple(word if word.rstrip().endswith("*") else f"{word}*" for word in words)
    more = known.count_found(compiled(opened).query, **narrowed)
    if opened == words or more <= total or total >= NAMED:
        return None
    typed = " ".join('"' + word.replace('"', "") + '"' for word in opened)
    return f"{typed} finds {count(more, 'item')}: what begins so"


def _print(hits: tuple[Found, ...], asked: Search, zone: ZoneInfo | None, *, full: bool) -> None:
    console = console_of()
    for hit in hits:
        seen = hit.seen_at.astimezone(zone)
        label = f" ({hit.feed.outlet.label})" if hit.feed.outlet.label else ""
        put(
            console,
            Text.assemble((f"{seen:%Y-%m-%d %H:%M}", "dim"), f"  {hit.feed.name}{label}  ", (f"item {hit.texts.id}", "dim")),
        )
        found = snippet(asked, hit.texts)
        if found.field == "title":
            put(console, Text("  ").append_text(_marked(found, style="bold")))
        else:
            put(console, Text(f"  {hit.texts.title}", style="bold"))
        if full:
            for line in filter(None, (*hit.texts.summary.split("\n"), *hit.texts.text.split("\n"))):
                put(console, Text(f"    {line}"))
        elif found.field != "title":
            put(console, Text("    ").append_text(_marked(found)))
        if hit.link:
            put(console, Text(f"    {hit.link}", style="dim"))


def _marked(found: Snippet, style: str = "") -> Text:
    drawn, at = Text(style=style), 0
    for start, stop in found.marks:
        drawn.append(found.text[at:start])
        drawn.append(f"{MARKS[0]}{found.text[start:stop]}{MARKS[1]}", style="yellow bold")
        at = stop
    return drawn.append(found.text[at:])


def _plain(hit: Found, found: Snippet, *, full: bool) -> dict[str, object]:
    whole = {"summary": hit.texts.summary, "text": hit.texts.text} if full else {}
    return {
        "id": hit.texts.id,
        "outlet": hit.feed.outlet.id,
        "name": hit.feed.name,
        "label": hit.feed.outlet.label,
        "title": hit.texts.title,
        "link": hit.link,
        "language": hit.language,
        "published_at": iso(hit.published),
        "seen_at": iso(hit.seen_at),
        "found_in": found.field,
        "snippet": found.text,
        "marks": [list(mark) for mark in found.marks],
        **whole,
    }
