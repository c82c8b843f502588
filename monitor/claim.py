"""What is due, and what is under way → what to begin now. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")

A_HOST = 2
"""So many feeds or pages of one host are claimed at once: the door lets one ask, and a host that hangs holds up no other."""


def claimed(
    unclaimed: Iterable[tuple[str, T]],
    under_way: Iterable[str],
    free: int,
    *,
    resting: frozenset[str],
) -> list[T]:
    """Choose what to begin: at most ``free``, no more than A_HOST of a host with what is under way there.

    ``unclaimed``: what is due, by its host, the most urgent first; ``under_way``: the hosts of what was begun; ``resting``: the
    hosts of which nothing is begun.
    """
    busy = Counter(under_way)
    chosen: list[T] = []
    for name, one in unclaimed:
        if len(chosen) < free and busy[name] < A_HOST and name not in resting:
            busy[name] += 1
            chosen.append(one)
    return chosen
