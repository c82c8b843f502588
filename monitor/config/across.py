"""What tomllib read → faults that lie between keys: names that lead nowhere, one feed twice, keys that exclude each other. Pure.

It reads the raw values, so that a fault in one key hides none in another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from monitor.config import values
from monitor.config.addresses import mail_server, origin_folded
from monitor.config.faults import Faults, nearest, quoted
from monitor.config.lines import KeyPath
from monitor.config.tables import digests, entries, long_form
from monitor.config.watched import Named, check_outlets, check_watches, named, texts

LOG = "log"
"""The channel that is there without being written down."""


def check_across(raw: Mapping[str, object], faults: Faults) -> None:
    """Add every fault between keys."""
    outlets = _tables(raw, "outlets")
    _feeds(outlets, faults)
    known = named(outlets)
    check_watches(_tables(raw, "watches"), known, faults)
    _channel_names(raw, faults)
    _mail(_tables(raw, "channels"), faults)
    for path, digest in _digests(raw):
        _digest(path, digest, entries(raw, "watches"), known=known, faults=faults)
    _paces(entries(raw, "fetch"), faults)
    _keep(entries(raw, "keep"), faults)


def _tables(raw: Mapping[str, object], section: str) -> dict[str, dict[str, object]]:
    found = {key: long_form(section, value) for key, value in entries(raw, section).items()}
    return {key: value for key, value in found.items() if isinstance(value, dict)}


def _feeds(outlets: Mapping[str, Mapping[str, object]], faults: Faults) -> None:
    first: dict[str, str] = {}
    for id, outlet in outlets.items():
        path = ("outlets", id)
        if "feed" in outlet and "feeds" in outlet:
            faults.add(path, 'has both feed and feeds. Write all of them as feeds = ["...", "..."]')
        elif "feed" not in outlet and "feeds" not in outlet:
            faults.add(path, 'has no feed. Write feed = "https://..."')
        for url in [feed for feed in (outlet.get("feed"),) if isinstance(feed, str)] + [
            feed for _, feed in texts(outlet.get("feeds"))
        ]:
            owner = first.setdefault(origin_folded(url), id)
            if owner != id:
                faults.add(path, f'same feed as "{owner}" on line {faults.line(("outlets", owner))}')
        if len(listed := [origin_folded(url) for _, url in texts(outlet.get("feeds"))]) != len(set(listed)):
            faults.add((*path, "feeds"), "lists the same feed twice")


def _channel_names(raw: Mapping[str, object], faults: Faults) -> None:
    known = {*entries(raw, "channels"), LOG}
    for id, watch in _tables(raw, "watches").items():
        _known_channels(("watches", id, "alert"), watch.get("alert"), known=known, faults=faults)
    for path, digest in _digests(raw):
        _known_channels((*path, "send"), digest.get("send"), known=known, faults=faults)
    _known_channels(("health", "alert"), entries(raw, "health").get("alert"), known=known, faults=faults)


def _known_channels(path: KeyPath, value: object, *, known: Collection[str], faults: Faults) -> None:
    for index, name in texts(value):
        if name not in known:
            faults.add((*path, index), f"no channel {quoted(name)}.{nearest(name, known)}")


def _mail(channels: Mapping[str, Mapping[str, object]], faults: Faults) -> None:
    for id, channel in channels.items():
        smtp = channel.get("smtp")
        if channel.get("type") != "email" or not isinstance(smtp, str):
            continue
        try:
            user = mail_server(smtp).user
        except ValueError:
            # told already where the address was read
            continue
        if user and "password" not in channel:
            faults.add(("channels", id, "smtp"), 'names a user, and there is no password. Write password = { file = "NAME" }')
        if not user and "password" in channel:
            faults.add(("channels", id, "password"), 'goes with a user. Write smtp = "smtps://user@..."')


def _digests(raw: Mapping[str, object]) -> Iterator[tuple[KeyPath, Mapping[str, object]]]:
    yield ("digest",), entries(raw, "digest")
    for name, table in digests(raw).items():
        yield ("digest", name), table


def _digest(path: KeyPath, digest: Mapping[str, object], watches: Collection[str], *, known: Named, faults: Faults) -> None:
    if "at" in digest and "cron" in digest:
        faults.add((*path, "cron"), "stands beside at. Keep one of the two")
    for index, name in texts(digest.get("watches")):
        if name not in watches:
            faults.add((*path, "watches", index), f"no watch {quoted(name)}.{nearest(name, watches)}")
    listed: list[tuple[KeyPath, str]] = [((*path, "outlets", index), name) for index, name in texts(digest.get("outlets"))]
    check_outlets(listed, known, faults)


def _paces(fetch: Mapping[str, object], faults: Faults) -> None:
    try:
        shortest, longest = (values.pace(fetch.get(key, default)) for key, default in (("min", "5m"), ("max", "1d")))
    except ValueError:
        # told already where the values were read
        return
    if shortest > longest:
        faults.add(("fetch", "min" if "min" in fetch else "max"), "min is longer than max")


def _keep(keep: Mapping[str, object], faults: Faults) -> None:
    try:
        items, text = (values.keeping(keep.get(key, default)) for key, default in (("items", "400d"), ("text", "90d")))
    except ValueError:
        # told already where the values were read
        return
    if text > items:
        faults.add(("keep", "text" if "text" in keep else "items"), "texts would be kept for longer than their items")
