"""What tomllib read → faults of the watches: nothing to look for, words beside a query, outlets that there are not. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Named:
    """All that a watch or a digest may name: ids of outlets; the outlets of each group, and of each label."""

    outlets: Collection[str]
    groups: Mapping[str, set[str]]
    labels: Mapping[str, set[str]]


def named(outlets: Raw) -> Named:
    """Find it once: thousands of outlets are asked for by dozens of watches."""
    groups: dict[str, set[str]] = {}
    labels: dict[str, set[str]] = {}
    for id, outlet in outlets.items():
        for _, group in texts(outlet.get("groups")):
            groups.setdefault(group, set()).add(id)
        if isinstance(label := outlet.get("label"), str):
            labels.setdefault(label, set()).add(id)
    return Named(outlets, groups, labels)


def check_watches(watches: Raw, known: Named, faults: Faults) -> None:
    """Add every fault between a watch's keys, and between watches and outlets."""
    for id, watch in watches.items():
        path = ("watches", id)
        if not watch.get("any") and not watch.get("all") and "query" not in watch:
            faults.add(path, 'has nothing to look for. Write any = ["..."] or all = ["..."]')
        for key in ("any", "all", "none"):
            if key in watch and "query" in watch:
                faults.add((*path, key), "stands beside query. Keep one of the two: a query has NOT and OR for them")
        _names(path, watch, known, faults=faults)
        if not _are_common(watch, known):
            faults.add(path, "no outlet is in all that outlets, groups and labels name, so nothing would be asked")


def check_outlets(listed: Iterable[tuple[KeyPath, str]], known: Named, faults: Faults) -> None:
    """Add a fault for every id, or "@group", that no outlet has. ``listed``: each with its place."""
    for at, name in listed:
        if name.startswith("@") and name[1:] not in known.groups:
            groups = [f"@{group}" for group in known.groups]
            faults.add(at, f"no outlet has the group {quoted(name[1:])}.{nearest(name, groups)}")
        elif not name.startswith("@") and name not in known.outlets:
            faults.add(at, f"no outlet {quoted(name)}.{nearest(name, known.outlets)}")


def _names(path: KeyPath, watch: Mapping[str, object], known: Named, *, faults: Faults) -> None:
    listed: list[tuple[KeyPath, str]] = [((*path, "outlets", index), name) for index, name in texts(watch.get("outlets"))]
    listed += [((*path, "groups", index), f"@{name}") for index, name in texts(watch.get("groups"))]
    listed += [((*path, "query"), name) for name in _queried(watch.get("query"))]
    check_outlets(listed, known, faults)
    for index, label in texts(watch.get("labels")):
        if label not in known.labels:
            faults.add((*path, "labels", index), f"no outlet has the label {quoted(label)}.{nearest(label, known.labels)}")


def _queried(query: object) -> Iterator[str]:
    """Give the outlets and groups that a query names; none where it can't be read, which is told where it was."""
    if isinstance(query, str):
        with suppress(QueryError):
            yield from outlets_in(parse(query))


def _are_common(watch: Mapping[str, object], known: Named) -> bool:
    """Tell whether any outlet is in all that a watch names; also where it names nothing, or none that there is."""
    names = tuple([name for _, name in texts(watch.get(key))] for key in ("outlets", "groups", "labels"))
    single = {name for name in names[0] if name in known.outlets}
    members = (
        single.union(*(known.groups.get(name[1:], ()) for name in names[0] if name.startswith("@"))),
        set[str]().union(*(known.groups.get(name, ()) for name in names[1])),
        set[str]().union(*(known.labels.get(name, ()) for name in names[2])),
    )
    given = [some for some, written in zip(members, names, strict=True) if written]
    return not given or not all(given) or bool(set.intersection(*given))
