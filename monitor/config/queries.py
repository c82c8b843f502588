"""A watch's query and the outlets that it names: which they are, and groups as their members. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from monitor.model import And, From, In, Node, Not, Or, Outlet, OutletId


def members(outlets: Iterable[Outlet]) -> dict[str, frozenset[OutletId]]:
    """Give every name that a query may give for outlets, an id or "@group", with the ids that it means."""
    named: dict[str, frozenset[OutletId]] = {}
    for outlet in outlets:
        for name in (outlet.id, *(f"@{group}" for group in outlet.groups)):
            named[name] = named.get(name, frozenset()) | {outlet.id}
    return named


def outlets_in(node: Node) -> Iterator[str]:
    """Give every outlet, or "@group", that a query names."""
    match node:
        case From(kind="outlet"):
            yield node.value
        case And() | Or():
            for part in node.parts:
                yield from outlets_in(part)
        case Not() | In():
            yield from outlets_in(node.part)
        case _:
            pass


def resolved(node: Node, members: Mapping[str, frozenset[OutletId]]) -> Node:
    """Give a query with the ids of its outlets in the place of each "@group". ``members``: of each name that may stand there."""
    match node:
        case From(kind="outlet"):
            ids = tuple(From(kind="outlet", value=id) for id in sorted(members[node.value]))
            return ids[0] if len(ids) == 1 else Or(parts=ids)
        case And() | Or():
            return replace(node, parts=tuple(resolved(part, members) for part in node.parts))
        case Not() | In():
            return replace(node, part=resolved(node.part, members))
        case _:
            return node
