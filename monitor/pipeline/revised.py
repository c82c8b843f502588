"""An item's versions → what each edit made of it, as diffs: edits. Touches nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.edits import changed_lines, diff, essence, shortened
from monitor.model import ItemEdit, Span, Version


def changes(versions: Sequence[Version]) -> tuple[tuple[Version, Version], ...]:
    """Give each edit as what stood there and what stands there since. ``versions``: all of an item, oldest first."""
    before: dict[str, Version] = {}
    pairs = []
    for version in versions:
        last = before.get(version.part)
        before[version.part] = version
        if last is not None and version.number:
            pairs.append((last, version))
    return tuple(pairs)


def revised(pairs: Sequence[tuple[Version, Version]], titles: frozenset[str], *, most: int) -> Iterator[ItemEdit]:
    """Tell edits as diffs; what changes by itself is left out. ``titles``: all that the item had; ``most``: lines of each."""
    for before, after in pairs:
        lines = _lines(before, after, titles)
        yield ItemEdit(
            number=after.number,
            part=after.part,
            seen_at=after.seen_at,
            headline=diff(before.title, after.title) if before.title and after.title and before.title != after.title else (),
            lines=tuple(map(shortened, lines[:most])),
            more=max(len(lines) - most, 0),
            is_kept=before.text is not None and after.text is not None,
        )


def _lines(before: Version, after: Version, titles: frozenset[str]) -> tuple[tuple[Span, ...], ...]:
    if before.text is None or after.text is None:
        return ()
    return tuple(changed_lines(diff(*(essence(one.text or "", titles=titles) for one in (before, after)))))
