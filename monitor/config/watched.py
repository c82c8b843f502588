"""What tomllib read → faults of the watches: nothing to look for, words beside a query, outlets that there are not. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from monitor.config.faults import Faults, nearest, quoted
from monitor.config.lines import KeyPath
from monitor.config.queries import outlets_in
from monitor.errors import QueryError
from monitor.query import parse

Raw = Mapping[str, Mapping[str, object]]


def texts(value: object) -> Iterator[tuple[int, str]]:
    """Give the texts of a list, each with its place."""
    members = value if isinstance(value, list) else ()
    return ((index, member) for index, member in enumerate(members) if isinstance(member, str))


def check_watches(watches: Raw, outlets: Raw, faults: Faults) -> None:
    """Add every fault between a watch's keys, and between watches and outlets."""
    for id, watch in watches.items():
        path = ("watches", id)
        if not watch.get("any") and not watch.get("all") and "query" not in watch:
            faults.add(path, 'has nothing to look for. Write any = ["..."] or all = ["..."]')
        for key in ("any", "all", "none"):
            if key in watch and "query" in watch:
                faults.add((*path, key), "stands beside query. Keep one of the two: a query has NOT and OR for them")
        _names(path, watch, outlets, faults=faults)
        if not _are_common(watch, outlets):
            faults.add(path, "no outlet is in all that outlets, groups and labels name, so nothing would be asked")


def check_outlets(listed: Iterable[tuple[KeyPath, str]], outlets: Raw, faults: Faults) -> None:
    """Add a fault for every id, or "@group", that no outlet has. ``listed``: each with its place."""
    groups = {f"@{group}" for outlet in outlets.values() for _, group in texts(outlet.get("groups"))}
    for at, name in listed:
        if name.startswith("@") and name not in groups:
            faults.add(at, f"no outlet has the group {quoted(name[1:])}.{nearest(name, groups)}")
        elif not name.startswith("@") and name not in outlets:
            faults.add(at, f"no outlet {quoted(name)}.{nearest(name, outlets)}")


def _names(path: KeyPath, watch: Mapping[str, object], outlets: Raw, *, faults: Faults) -> None:
    listed: list[tuple[KeyPath, str]] = [((*path, "outlets", index), name) for index, name in texts(watch.get("outlets"))]
    listed += [((*path, "groups", index), f"@{name}") for index, name in texts(watch.get("groups"))]
    listed += [((*path, "query"), name) for name in _queried(watch.get("query"))]
    check_outlets(listed, outlets, faults)
    labels = {label for outlet in outlets.values() if isinstance(label := outlet.get("label"), str)}
    for index, label in texts(watch.get("labels")):
        if label not in labels:
            faults.add((*path, "labels", index), f"no outlet has the label {quoted(label)}.{nearest(label, labels)}")


def _queried(query: object) -> Iterator[str]:
    """Give the outlets and groups that a query names; none where it can't be read, which is told where it was."""
    if isinstance(query, str):
        with suppress(QueryError):
            yield from outlets_in(parse(query))


def _are_common(watch: Mapping[str, object], outlets: Raw) -> bool:
    """Tell whether any outlet is in all that a watch names; also where it names nothing, or none that there is."""
    named, groups, labels = ({name for _, name in texts(watch.get(key))} for key in ("outlets", "groups", "labels"))
    of = {id: {group for _, group in texts(outlet.get("groups"))} for id, outlet in outlets.items()}
    members = (
        {id for id in outlets if id in named or any(f"@{group}" in named for group in of[id])},
        {id for id in outlets if of[id] & groups},
        {id for id, outlet in outlets.items() if outlet.get("label") in labels},
    )
    given = [some for some, names in zip(members, (named, groups, labels), strict=True) if names]
    return not given or not all(given) or bool(set.intersection(*given))
