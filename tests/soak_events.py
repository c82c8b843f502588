"""A folder, days and a seed → the world of a soak, open: what each event does to it, its receivers' moods, its small disk."""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from crash_receivers import DROPPED, HANGS, TAKEN, Hook, Post, taking_mail
from soak_config import BROKEN, OUTLETS, PACES, WORDS, replaced
from soak_outlets import Outlet, Street
from soak_plan import DAY, Event
from soak_world import Soak

ROOM = 400
"""Megabytes of the small disk."""
HOOK_MOODS = {TAKEN: 80, "500": 8, "503": 3, "429": 4, DROPPED: 3, HANGS: 2}
POST_MOODS = {TAKEN: 88, "451 not now": 6, DROPPED: 4, HANGS: 2}
"""Of a hundred messages, so many are met so."""


def mooded(chance: random.Random, moods: dict[str, int]) -> Callable[[], str]:
    """Give what decides how a receiver meets each message."""
    return lambda: chance.choices(tuple(moods), tuple(moods.values()))[0]


# ---------------------------------------------------------------------------------------------------------------- events


def _restart(world: Soak, _: Event) -> None:
    world.stop()
    world.wait_for_life()


def _list(world: Soak, *outlets: str) -> None:
    world.reload(listed=[name for name in world.outlets if name in outlets])


def _break_config(world: Soak, _: Event) -> None:
    """Have a file reread that is no config, and then a good one."""
    replaced(world.folder / "config.toml", world.chance.choice(BROKEN))
    world.hang_up()
    time.sleep(0.2)
    world.reload()


def _lose_wheat(world: Soak, event: Event) -> None:
    """Take a watch away for a time: what nobody was told of by now need not be told any more."""
    if not world.wheat:
        return
    told = {alert.mark for each in world.hook.told for alert in each.alerts if alert.watch == "wheat"}
    world.optional |= {("wheat", one.mark) for one in world.stories if "wheat" in one.watches and one.mark not in told}
    world.reload(wheat=False)
    world.later(event.lasts, lambda: world.reload(wheat=True, wheat_since=world.age))


def _remove(world: Soak, event: Event) -> None:
    (name,) = event.whom
    # the rest stays: a list that is empty is refused
    if name not in world.listed or len(world.listed) < 4:
        return
    _list(world, *(one for one in world.listed if one != name))
    world.later(event.lasts, lambda: _list(world, *world.listed, name))


def _pace(world: Soak, event: Event) -> None:
    world.outlets[event.whom[0]].every = world.chance.choice(PACES)
    world.reload()


def _lie(world: Soak, event: Event) -> None:
    world.outlets[event.whom[0]].lies_until = world.now + event.lasts


def _receiver_away(world: Soak, event: Event) -> None:
    world.leave(f"{event.whom[0]}.example", event.lasts)


EVENTS: dict[str, Callable[[Soak, Event], None]] = {
    "kill": lambda world, event: world.kill(event.whom[0]),
    "restart": _restart,
    "no network": lambda world, event: world.leave("network", event.lasts),
    "no name": lambda world, event: world.leave(world.outlets[event.whom[0]].host, event.lasts),
    "lies": _lie,
    "receiver away": _receiver_away,
    "disk full": lambda world, event: world.fill(event.lasts),
    "database locked": lambda world, event: world.lock(event.lasts),
    "add": lambda world, event: _list(world, *world.listed, *event.whom),
    "remove": _remove,
    "pace": _pace,
    "words": lambda world, _: world.reload(words=world.chance.choice(WORDS)),
    "no wheat": _lose_wheat,
    "broken config": _break_config,
    "reload": lambda world, _: world.reload(title=f"Desk {world.done['reloads']}"),
}


# ----------------------------------------------------------------------------------------------------------------- world


@contextmanager
def opened(folder: Path, *, days: float, minutes: float, seed: int, outlets: int = len(OUTLETS)) -> Iterator[Soak]:
    """Open a world in an empty folder. ``outlets``: so many of them, and the late one among them."""
    speed = days * DAY / (minutes * 60)
    started = time.time()
    names = [*list(OUTLETS)[: outlets - 1], list(OUTLETS)[-1]]
    farm = {name: _outlet(name, seed) for name in names}
    with ExitStack() as stack:
        disk = stack.enter_context(_small_disk(folder / "disk"))
        street = stack.enter_context(Street(farm, now=lambda: started).serving())
        hook = stack.enter_context(Hook(random.Random(seed), 0).serving())
        post = Post(random.Random(seed + 1), 0.05)
        hook.manner = mooded(random.Random(seed + 3), HOOK_MOODS)
        post.manner = mooded(random.Random(seed + 4), POST_MOODS)
        port = stack.enter_context(taking_mail(post))
        world = Soak(
            folder=folder,
            days=days,
            speed=speed,
            seed=seed,
            chance=random.Random(seed + 2),
            started=started,
            outlets=farm,
            street=street,
            hook=hook,
            post=post,
            mail_port=port,
            disk=disk,
            environment=_environment(folder, started, speed),
            listed=names[:-1],
            events=EVENTS,
        )
        street.now = lambda: world.now
        stack.callback(_end, world)
        world.name()
        world.configure()
        yield world


def _outlet(name: str, seed: int) -> Outlet:
    language, every, share = OUTLETS[name]
    return Outlet(name=name, language=language, every=every, share=share, chance=random.Random(f"{seed} {name}"))


def _environment(folder: Path, started: float, speed: float) -> dict[str, str]:
    root = str(Path(__file__).resolve().parents[1])
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH")))),
        "MONITOR_CLOCK": f"{started}:{speed}",
        "MONITOR_CHILDREN": str(folder / "children"),
        "NAMES": str(folder / "names.json"),
        "FENCE": str(folder / "fence"),
    }


def _end(world: Soak) -> None:
    if world.process is not None and world.process.poll() is None:
        world.process.kill()
        world.process.wait()


@contextmanager
def _small_disk(place: Path) -> Iterator[str]:
    """Give a place where room can run out: a file system of its own, where that is allowed; else only files are kept short."""
    place.mkdir(parents=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={ROOM}m,mode=0700", "soak", str(place)],
        check=False,
        capture_output=True,
    )
    if made.returncode:
        yield "file size limit"
        return
    try:
        yield "tmpfs"
    finally:
        kept = place.with_name("kept")
        subprocess.run(["cp", "-a", str(place), str(kept)], check=False, capture_output=True)
        subprocess.run(["umount", str(place)], check=False, capture_output=True)
