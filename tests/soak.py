"""The soak: `python tests/soak.py [--days 30] [--seed N] [--minutes 18]` lives so many days of the monitor's life in minutes.

Days, a seed → a table of what was met, exit 0; or the laws that were broken, exit 1, with the folder in which all of it lies.

What is simulated, at --days over --minutes (2400 times as fast): every due time that the monitor keeps (polls, back-off,
Retry-After, rests of channels and of a database that can't be written, held alerts, digests, [keep], backups, checks, rereads,
what robots.txt said), by a clock that is handed to it from outside. Its jobs start 40 times as often as in life, those of an
hour as often as its clock asks for.

What is real: every process, signal, connection, file and byte. So are the waits of the machine's own: a start takes a second, a
server that hangs costs [fetch] timeout = "1s", a receiver two seconds, SQLite waits five for a lock: minutes and hours of the
world. Of what is real, therefore, thirty days see far more than they would in life, and never less.

By the seed are chosen: the news, all events and their times, and each outlet's faults in the order it is asked. At which
instruction a kill meets the processes is the machine's.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import soak_oracle
from soak_events import opened
from soak_flat import SHOWN, Spell, sample
from soak_plan import DAY, HOUR, QUIET_AT_FIRST, is_calm, planned, spells
from soak_world import Soak

PATIENCE = 180.0
"""Real seconds for all that waits to be told in the end."""
_REST = (
    "SELECT (SELECT count(*) FROM alert WHERE state = 'held'), (SELECT count(*) FROM digest_delivery WHERE state = 'held'),"
    " (SELECT count(*) FROM item WHERE article_state = 'due'), (SELECT count(*) FROM feed WHERE is_listed AND failures > 0)"
)

_SAID = (
    *("Backed up to", "No backup", "could not write", "disk is full", "database is locked", "config.toml is refused"),
    *("config.toml is not taken over", "No network", "did not end in order", "the channel rests"),
)
"""Words of the monitor that are counted in its log: that what was done to it did reach it."""


@dataclass(slots=True)
class Lived:
    """What a soak came to."""

    world: Soak
    spells: tuple[Spell, ...]
    faults: list[str] = field(default_factory=list)
    took: float = 0.0


def live(world: Soak, *, progress: bool) -> Lived:
    """Live through all of it, then until everything is told, and ask the laws."""
    events = list(planned(world.days, world.seed, outlets=tuple(world.outlets)))
    lulls = tuple(Spell(start=start, stop=stop) for start, stop in spells(world.days))
    began = time.monotonic()
    world.wait_for_life()
    world.began = world.now
    while world.age < world.days * DAY:
        world.street.calm = world.age < QUIET_AT_FIRST
        while events and events[0].at <= world.age:
            world.meet(events.pop(0))
        world.look()
        _look_at_spells(world, lulls)
        if progress:
            _say(world)
        time.sleep(0.02)
    _tell_the_rest(world)
    return Lived(world=world, spells=lulls, faults=list(soak_oracle.faults(world, lulls)), took=time.monotonic() - began)


def _look_at_spells(world: Soak, lulls: tuple[Spell, ...]) -> None:
    for spell in lulls:
        is_now = spell.start <= world.age < spell.stop
        is_time = not spell.samples or world.age > spell.samples[-1].day * DAY + HOUR
        if is_now and is_time and world.process and (found := sample(world.process.pid, world.state, world.age / DAY)):
            spell.samples.append(found)


def _tell_the_rest(world: Soak) -> None:
    """End all faults, and let the monitor tell all that it promised; then stop it as a service is stopped."""
    for _, undo in world.ends:
        undo()
    world.ends.clear()
    world.mend()
    world.stop()
    world.hasten()
    ends = time.monotonic() + PATIENCE
    for _ in range(5):
        world.wait_for_life()
        world.over = world.now
        while time.monotonic() < ends and not _is_told(world):
            world.look()
            time.sleep(0.1)
        world.stop()
        world.census()
        if _is_told(world):
            return


def _is_told(world: Soak) -> bool:
    """Say whether all that was published is stored, and all that was promised told."""
    stored = {str(link) for link, *_ in world.seen.values()}
    published = {outlet.link(world.street.port, story) for outlet in world.outlets.values() for story in outlet.stories}
    # the files of a digest are written after it is stored
    return published <= stored and world.ask(_REST) == [(0, 0, 0, 0)] and not list(soak_oracle.archive(world))


def _say(world: Soak) -> None:
    polls = sum(outlet.polls for outlet in world.outlets.values())
    spell = "calm " if is_calm(world.age, world.days) else "kills"
    told, faults = len(world.hook.told) + len(world.post.told), len(world.refusals) + len(world.lines)
    print(  # noqa: T201 - this is a command
        f"\rday {world.age / DAY:5.2f} of {world.days:g}, {spell}: {polls} polls, {len(world.stories)} stories,"
        f" {len(world.seen)} items, {told} messages, {len(world.kills)} ends, {faults} faults ",
        end="",
        flush=True,
    )


# ------------------------------------------------------------------------------------------------------------- the table


def table(lived: Lived) -> str:
    """Write what was met, and what became of it."""
    world = lived.world
    served = sum(len(outlet.served) for outlet in world.outlets.values())
    told = {(alert.watch, alert.mark, each.address) for each in soak_oracle.alerts(world) for alert in each.alerts}
    wanted = soak_oracle.promised(world)
    log = (world.folder / "log").read_text(errors="replace")
    rows = [
        ("seed", str(world.seed)),
        (
            "days",
            f"{world.days:g} in {lived.took / 60:.1f} minutes, with the rest that was told in the end ({world.speed:.0f} times)",
        ),
        ("disk", world.disk),
        ("polls", f"{sum(outlet.polls for outlet in world.outlets.values())} of {len(world.outlets)} outlets"),
        ("faulty answers", f"{sum(world.street.met.values())}"),
        *((f"  {name}", str(count)) for name, count in sorted(world.street.met.items())),
        ("events", f"{sum(world.done.values())}"),
        *((f"  {name}", str(count)) for name, count in sorted(world.done.items())),
        ("receivers refused", f"webhook {world.hook.refused}, mail {world.post.refused}"),
        (
            "items",
            f"served {served}, stored {len(world.seen)}, there in the end {_count(world, 'item')}; the rest [keep] deleted",
        ),
        ("stories", f"{len(world.stories)}, of which {len(soak_oracle.unread(world))} had a text that could not be had in time"),
        ("  in texts that could never be had", str(len(soak_oracle.unheard(world)))),
        ("alerts promised", f"{len(wanted)}, told {len(told & set(wanted))}; that a reload left open: {len(world.optional)}"),
        *((f"  repeated, {why}", str(count)) for why, count in soak_oracle.repeated(world).items()),
        ("digests", f"{_count(world, 'digest')}, due {len(list(soak_oracle.nominal(world)))}"),
        *((f"said: {words}", str(log.count(words))) for words in _SAID),
        *(row for number, spell in enumerate(lived.spells, 1) for row in _flat(number, spell)),
    ]
    return "\n".join(f"{name:<44}{value}" for name, value in rows)


def _flat(number: int, spell: Spell) -> list[tuple[str, str]]:
    if not spell.samples:
        return []
    first, last = spell.samples[0].day, spell.samples[-1].day
    whose = len({one.pid for one in spell.samples})
    head = (
        f"calm spell {number}",
        f"day {first:.1f} to {last:.1f}, {len(spell.samples)} samples of {whose} process(es); medians of thirds",
    )
    return [head, *((f"  {what}", ", ".join(f"{spell.at(what, third):.1f}" for third in range(3))) for what in SHOWN)]


def _count(world: Soak, name: str) -> str:
    counted = world.ask(f"SELECT count(*) FROM {name}")
    return str(counted[0][0]) if counted else "?"


def main() -> int:
    """Run the soak that is asked for."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--days", type=float, default=30)
    asked.add_argument("--minutes", type=float, default=18)
    asked.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    asked.add_argument("--outlets", type=int, default=12, help="from 4 to 12")
    how = asked.parse_args()
    # told to end, it puts away what it made: its small disk, above all
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    print(f"seed {how.seed}, in {folder}", flush=True)  # noqa: T201 - this is a command
    with opened(folder, days=how.days, minutes=how.minutes, seed=how.seed, outlets=how.outlets) as world:
        lived = live(world, progress=sys.stdout.isatty())
        print(f"\n{table(lived)}")  # noqa: T201 - the same
    for fault in lived.faults[:100]:
        print(fault)  # noqa: T201 - the same
    if lived.faults:
        print(f"{len(lived.faults)} faults; --seed {how.seed}; all of it is kept in {folder}")  # noqa: T201 - the same
        return 1
    print("all laws hold")  # noqa: T201 - the same
    shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
