"""What must hold once a soak is over and all is told: a world → faults, one line each; none: all is well."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import archived
from crash_receivers import Told
from crash_world import CHANNELS, DIGEST_KEY, names
from soak_config import KEEP_ITEMS, WATCHES
from soak_flat import Spell
from soak_plan import DAY
from soak_world import Soak


def faults(world: Soak, spells: tuple[Spell, ...]) -> Iterator[str]:
    """Find all that is wrong."""
    for law in (items, promises, inventions, repeats, copies, digests, database, archive, evidence, upkeep, remains):
        yield from (f"{law.__name__}: {fault}" for fault in law(world))
    for spell in spells:
        yield from (f"flat: {fault}" for fault in spell.faults())


def items(world: Soak) -> Iterator[str]:
    """Find what was served whole and is not stored exactly once, deleted by [keep] since or not."""
    stored = Counter(str(link) for link, *_ in world.seen.values())
    wanted = set()
    for outlet in world.outlets.values():
        for story in outlet.stories:
            wanted.add(link := outlet.link(world.street.port, story))
            if story.number not in outlet.served:
                yield f"{link} was never served, and nothing can be said of it"
            elif stored[link] != 1:
                yield f"{link} was stored {stored[link]} times"
    yield from (f"{link} is stored and was never published" for link in stored.keys() - wanted)


def promises(world: Soak) -> Iterator[str]:
    """Find stories that somebody should have been told of and was not, and promises that are not kept yet."""
    told = {(alert.watch, alert.mark, each.address) for each in alerts(world) for alert in each.alerts}
    for watch, mark, address in promised(world):
        if (watch, mark, address) not in told:
            yield f"nobody told {address or 'the webhook'} of {mark} for {watch}"
    for rest in world.ask("SELECT id, watch_id, channel, subject, state FROM alert WHERE state IN ('held', 'dead')"):
        yield f"a promise was not kept: {rest}"


def inventions(world: Soak) -> Iterator[str]:
    """Find alerts that no watch asked for."""
    wanted = {(watch, one.mark, address) for one in world.stories for watch in one.watches for address in _addresses(watch)}
    for each in alerts(world):
        for alert in each.alerts:
            if (alert.watch, alert.mark, each.address) not in wanted:
                yield f"{each.address or 'the webhook'} was told of {alert.mark} for {alert.watch}"


def repeats(world: Soak) -> Iterator[str]:
    """Find messages that came twice without being in flight at an end, or taken without a word: once more for each they may."""
    lost = Counter(one for each in world.in_flight for one in each) + world.hook.dropped + world.post.dropped
    for one, times in _times(world).items():
        if times > 1 + lost[one]:
            yield f"{one} came {times} times, and there was reason for {1 + lost[one]}"
    if world.hook.unnamed:
        yield f"{world.hook.unnamed} requests had another Idempotency-Key than their message"


def copies(world: Soak) -> Iterator[str]:
    """Find stories that were more than one alert for a watch and an address, though the texts of all their copies were had."""
    excused = unread(world)
    for (address, watch, mark), keys in _told_in(world).items():
        if len(keys) > 1 and mark not in excused:
            yield f"{address or 'the webhook'} was told {len(keys)} times of {mark} for {watch}"


def digests(world: Soak) -> Iterator[str]:
    """Find nominal times without their one digest, and digests that somebody did not get."""
    made = Counter(str(period) for (period,) in world.ask("SELECT period FROM digest"))
    for period in nominal(world):
        if made[period] != 1:
            yield f"of {period} there are {made[period]} digests"
    taken = {(each.key, each.address) for each in (*world.hook.told, *world.post.told)}
    for key, channel, state in world.ask(
        f"SELECT {DIGEST_KEY}, channel, state FROM digest_delivery JOIN digest ON id = digest_id"
    ):
        for address in CHANNELS[str(channel)]:
            if state != "sent" or not any((name, address) in taken for name in names(str(key))):
                yield f"{address or 'the webhook'} did not get {key} ({state})"


def database(world: Soak) -> Iterator[str]:
    """Find damage of the database."""
    checked = [said for (said,) in world.ask("PRAGMA quick_check")]
    if checked != ["ok"]:
        yield f"quick_check: {checked}"
    yield from (f"foreign_key_check: {said}" for said in world.ask("PRAGMA foreign_key_check"))


def archive(world: Soak) -> Iterator[str]:
    """Find digests that are not in the archive as they were frozen, and links in it that lead nowhere."""
    frozen = [(str(plan), str(period), str(form), str(words)) for plan, period, form, words in world.ask(archived.FROZEN)]
    if frozen:
        yield from archived.faults(world.state / "digest", frozen)


def evidence(world: Soak) -> Iterator[str]:
    """Find proofs that are not as they came: kills and full disks met the writing of them."""
    words = [sys.executable, "-m", "monitor", "export", "--verify", "-c", str(world.folder / "config.toml")]
    checked = subprocess.run(words, capture_output=True, text=True, check=False, env=world.environment)
    if checked.returncode:
        yield f"monitor export --verify ends with {checked.returncode}: {checked.stdout[-2000:]} {checked.stderr[-2000:]}"


def upkeep(world: Soak) -> Iterator[str]:
    """Find what should have been deleted, copied or checked by now and was not. Two days of grace: a full disk is none for it."""
    ended = world.now
    done = {
        str(task): (int(str(at or 0)), trouble) for task, at, trouble in world.ask("SELECT task, done_at, trouble FROM upkeep")
    }
    for task, days in (("backup", 1), ("check", 7)):
        at, trouble = done.get(task, (0, None))
        if trouble or (world.days > days + 2 and at < ended - (days + 2) * DAY):
            yield f"the last {task} was {(ended - at) / DAY:.1f} days ago: {trouble or 'well'}"
    oldest = world.ask("SELECT min(seen_at) FROM item")
    if oldest and oldest[0][0] is not None and int(str(oldest[0][0])) < ended - (KEEP_ITEMS + 2) * DAY:
        yield f"the oldest item is {(ended - int(str(oldest[0][0]))) / DAY:.1f} days old"


def remains(world: Soak) -> Iterator[str]:
    """Find processes that are left over, faults in the log, and ends and starts that were not in good order."""
    yield from (f"process {pid} outlived the monitor" for pid in world.left_over)
    yield from (f"it ended with {code} when told to stop" for code in world.stops if code)
    yield from world.refusals
    yield from world.lines
    fence = world.folder / "fence"
    if fence.exists():
        yield f"it asked for addresses beyond loopback: {fence.read_text().split()}"


# ------------------------------------------------------------------------------------------------------------- the ledger


def alerts(world: Soak) -> Iterator[Told]:
    """Give the messages that tell alerts."""
    return (each for each in (*world.hook.told, *world.post.told) if not each.key.startswith("digest-"))


def promised(world: Soak) -> list[tuple[str, str, str]]:
    """Give who must be told of what: (watch, mark, address).

    What a text alone says need not be told where none of its pages could be had, at seven tries within a day.
    """
    never = unheard(world)
    silent = {str(link) for link, is_baseline, _ in world.seen.values() if is_baseline}
    return [
        (watch, story.mark, address)
        for story in world.stories
        for watch in story.watches
        if (watch, story.mark) not in world.optional
        and story.mark not in never
        and not all(world.outlets[name].link(world.street.port, story) in silent for name in story.outlets)
        for address in _addresses(watch)
    ]


def repeated(world: Soak) -> Counter[str]:
    """Count the messages that came again, by the reason."""
    ends = Counter(one for each in world.in_flight for one in each)
    dropped = world.hook.dropped + world.post.dropped
    found: Counter[str] = Counter()
    for one, times in _times(world).items():
        found["taken without a word"] += min(times - 1, dropped[one])
        found["in flight at an end"] += min(max(times - 1 - dropped[one], 0), ends[one])
        found["WITHOUT REASON"] += max(times - 1 - dropped[one] - ends[one], 0)
    excused = unread(world)
    found["a copy whose text could not be had"] = sum(
        len(keys) - 1 for (_, _, mark), keys in _told_in(world).items() if mark in excused
    )
    return found


def unread(world: Soak) -> set[str]:
    """Give the marks of stories of which some copy's text was given up at first."""
    links = {str(link) for link, _, is_given_up in world.seen.values() if is_given_up}
    return {
        story.mark
        for story in world.stories
        if any(world.outlets[name].link(world.street.port, story) in links for name in story.outlets)
    }


def unheard(world: Soak) -> set[str]:
    """Give the marks of stories whose watched words stand in their texts alone, none of which could ever be had."""
    port = world.street.port
    return {
        story.mark
        for story in world.stories
        if story.kind == "text" and not any(world.outlets[name].link(port, story) in world.read for name in story.outlets)
    }


def nominal(world: Soak) -> Iterator[str]:
    """Give the periods that a digest is due for: twice a day, from the first life to the last."""
    at = datetime.fromtimestamp(world.began, UTC).replace(minute=0, second=0, microsecond=0)
    while (at := at + timedelta(hours=1)).timestamp() < world.over:
        if at.hour in {6, 18}:
            yield f"{at:%Y-%m-%dT%H:%M}"


def _times(world: Soak) -> Counter[tuple[str, str]]:
    return Counter((each.key, each.address) for each in (*world.hook.told, *world.post.told))


def _told_in(world: Soak) -> dict[tuple[str, str, str], set[str]]:
    """Give in how many alerts each address was told of each story by each watch. Mail names no keys but its own."""
    found: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    for each in alerts(world):
        for alert in each.alerts if each.key not in world.updates else ():
            found[each.address, alert.watch, alert.mark].add(alert.key or each.key)
    return found


def _addresses(watch: str) -> Iterator[str]:
    return (address for channel in WATCHES[watch] for address in CHANNELS[channel])
