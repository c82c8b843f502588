"""What must hold in a world after all kills, once everything is told: a world → faults, one line each; none: all is well."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from crash_receivers import Told
from crash_world import CHANNELS, DIGEST_KEY, WATCHES, World, names


def items(world: World) -> Iterator[str]:
    """Find items that are not stored exactly once."""
    stored = Counter(link for (link,) in world.desk.ask("SELECT link FROM item"))
    for story in world.stories:
        for link in story.links:
            if stored[link] != 1:
                yield f"{link} is stored {stored[link]} times"
    if len(stored) != sum(len(story.links) for story in world.stories):
        yield "something is stored that nobody published"


def promises(world: World) -> Iterator[str]:
    """Find stories, and digests, that somebody should have been told of and was not."""
    told = {(alert.watch, alert.mark, each.address) for each in _told(world) for alert in each.alerts}
    for story in world.stories:
        for watch in story.watches:
            for address in _addresses(watch):
                if (watch, story.mark, address) not in told:
                    yield f"nobody told {address or 'the webhook'} of {story.mark} for {watch}"
    for rest in world.desk.ask("SELECT watch_id, channel, subject, state FROM alert WHERE state NOT IN ('sent', 'joined')"):
        yield f"a promise was not kept: {rest}"
    taken = {(each.key, each.address) for each in _told(world)}
    for key, channel in world.desk.ask(f"SELECT {DIGEST_KEY}, channel FROM digest_delivery JOIN digest ON id = digest_id"):
        for address in CHANNELS[str(channel)]:
            if not any((name, address) in taken for name in names(str(key))):
                yield f"{address or 'the webhook'} did not get {key}"


def inventions(world: World) -> Iterator[str]:
    """Find alerts that no watch asked for."""
    wanted = {(watch, story.mark, address) for story in world.stories for watch in story.watches for address in _addresses(watch)}
    for each in _told(world):
        for alert in each.alerts:
            if (alert.watch, alert.mark, each.address) not in wanted:
                yield f"{each.address or 'the webhook'} was told of {alert.mark} for {alert.watch}"


def repeats(world: World) -> Iterator[str]:
    """Find messages that came twice without being in flight at a kill: once more for each such kill they may."""
    lost = Counter(one for each in world.in_flight for one in each)
    for one, times in Counter((each.key, each.address) for each in _told(world)).items():
        if times > 1 + lost[one]:
            yield f"{one} came {times} times, and was in flight at {lost[one]} kills"
    if world.hook.unnamed:
        yield f"{world.hook.unnamed} requests had another Idempotency-Key than their message"


def twice_mailed(world: World) -> Iterator[str]:
    """Find mails that an address got twice, where no kill met one on its way."""
    for one, times in Counter((each.key, each.address) for each in world.post.told if each.alerts).items():
        if times > 1:
            yield f"{one} came {times} times"


def flights(world: World) -> Iterator[str]:
    """Find kills at which more than one message of a channel was in flight."""
    for how, flying in zip(world.kills, world.in_flight, strict=True):
        for channel, addresses in CHANNELS.items():
            messages = {key for key, address in flying if address in addresses}
            if len(messages) > 1:
                yield f"at {how} {len(messages)} messages of {channel} were in flight"


def keys(world: World) -> Iterator[str]:
    """Find alerts that came again, and not in the same message under the same key."""
    for alert, messages in _messages(world, key=True).items():
        if len(messages) > 1:
            yield f"{alert} came in {len(messages)} messages"


def copies(world: World) -> Iterator[str]:
    """Find stories that were more than one alert for a watch and a channel, as many outlets carry them."""
    for alert, messages in _messages(world, key=False).items():
        if len(messages) > 1:
            yield f"{alert} was told {len(messages)} times"


def database(world: World) -> Iterator[str]:
    """Find damage of the database."""
    yield from (f"quick_check: {said}" for (said,) in world.desk.ask("PRAGMA quick_check") if said != "ok")
    yield from (f"foreign_key_check: {said}" for said in world.desk.ask("PRAGMA foreign_key_check"))


def archive(world: World) -> Iterator[str]:
    """Find digests that are not in the archive as they were frozen, and links in it that lead nowhere."""
    yield from world.archive_faults()


def remains(world: World) -> Iterator[str]:
    """Find processes that are left over, faults in the log, and ends that were not in good order."""
    yield from (f"process {pid} outlived the monitor" for pid in world.left_over)
    yield from (f"it ended with {code} when told to stop" for code in world.stops if code)
    yield from (line for line in world.desk.log.splitlines() if "Traceback" in line or "fault of the monitor itself" in line)


def _told(world: World) -> list[Told]:
    return [*world.hook.told, *world.post.told]


def _addresses(watch: str) -> Iterator[str]:
    return (address for channel in WATCHES[watch] for address in CHANNELS[channel])


def _messages(world: World, *, key: bool) -> dict[tuple[str, ...], set[str]]:
    """Give in which messages each address was told of each story by each watch; ``key``: of each single item of it."""
    lone = {story.mark for story in world.stories if len(story.links) == 1}
    found: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for each in _told(world):
        for alert in each.alerts:
            # mail names no keys: there, only what has no copies can be told apart
            if not key:
                found[each.address, alert.watch, alert.mark].add(alert.key or each.key)
            elif alert.key or alert.mark in lone:
                found[each.address, alert.watch, alert.mark, alert.key].add(each.key)
    return found
