"""A story's trail → terminal text: who had it first, who carried it when, and what each copy made of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.text import Text

from monitor.cli.asking import count
from monitor.cli.drawn import SIGNS, diffed
from monitor.edits import diff, shortened
from monitor.model import Copy, ItemId, Step, Trail
from monitor.render.trail import Clock, carriage, copied, credited, percent, who_was_first

SHOWN = 20
"""Items of a story that are shown; the rest are counted."""
SENTENCES = 5
"""Sentences of each kind that are shown of a copy."""
LONGEST = 300
INDENT = " " * 4


def trailed(trail: Trail, item_id: ItemId, clock: Clock) -> Iterator[Text]:
    """Draw a trail; ``item_id``: the item that is looked at."""
    yield Text(f"  {carriage(trail)}.")
    if said := who_was_first(trail, clock):
        yield Text(f"  {said}")
    for step in _some(trail.steps, item_id):
        yield from _step(step, item_id, clock)
    if len(trail.steps) > SHOWN:
        yield Text(f"  and {len(trail.steps) - SHOWN} more (--json has them)", style="dim")


def _some(steps: Sequence[Step], item_id: ItemId) -> Sequence[Step]:
    """Give the first ones, and the one that is looked at wherever it stands."""
    if any(step.telling.item_id == item_id for step in steps[:SHOWN]):
        return steps[:SHOWN]
    return (*steps[: SHOWN - 1], *(step for step in steps if step.telling.item_id == item_id))


def _step(step: Step, item_id: ItemId, clock: Clock) -> Iterator[Text]:
    told = step.telling
    label = f" ({told.label})" if told.label else ""
    mark = "→ " if told.item_id == item_id else "  "
    head = Text.assemble((mark, "bold"), f"{clock(told.seen_at)}  ", (told.outlet_name, "bold"))
    yield head.append(f"{label} · item {told.item_id} · {_how(step)}")
    if told.published:
        yield Text(f"{INDENT}dated {clock(told.published)}", style="dim")
    if step.credit:
        yield Text(f"{INDENT}{credited(step.credit)}")
    if not told.is_whole and not told.is_forgotten:
        yield Text(f"{INDENT}only the feed's own words are known", style="dim")
    if step.copy is None:
        yield Text(f"{INDENT}{told.headline}")
    else:
        yield from _copy(step.copy)


def _how(step: Step) -> str:
    if step.copy:
        return f"{copied(step.copy)}{'; its own text' if step.is_own else ''}"
    if step.telling.is_forgotten:
        share = step.telling.copied
        return "its texts were deleted" if share is None else f"{percent(share)} copied; its texts were deleted"
    return "first seen"


def _copy(copy: Copy) -> Iterator[Text]:
    for part, pair in (("Headline", copy.headline), ("Dateline", copy.dateline)):
        if pair:
            yield Text(f"{INDENT}{part}: ").append_text(diffed(diff(*pair)))
    if copy.numbers:
        numbers = list(dict.fromkeys(f"{one.before} → {one.after}" for one in copy.numbers))
        yield Text(f"{INDENT}Numbers: {', '.join(numbers[:SENTENCES])}", style="yellow")
    changed = (diffed(shortened(diff(*pair))) for pair in copy.changed[:SENTENCES])
    yield from _sentences("changed", changed, len(copy.changed))
    yield from _sentences("added", (_signed("added", one) for one in copy.added[:SENTENCES]), len(copy.added))
    yield from _sentences("removed", (_signed("removed", one) for one in copy.removed[:SENTENCES]), len(copy.removed))
    if not any((copy.headline, copy.dateline, copy.changed, copy.added, copy.removed)):
        yield Text(f"{INDENT}nothing was changed", style="dim")


def _signed(kind: str, sentence: str) -> Text:
    before, after, colour = SIGNS[kind]
    shown = sentence if len(sentence) <= LONGEST else f"{sentence[:LONGEST]}…"
    return Text(f"{before}{shown}{after}", style=colour)


def _sentences(kind: str, drawn: Iterable[Text], total: int) -> Iterator[Text]:
    if total:
        yield Text(f"{INDENT}{count(total, 'sentence')} {kind}:", style="dim")
    for one in drawn:
        yield Text(f"{INDENT}  ").append_text(one)
    if total > SENTENCES:
        yield Text(f"{INDENT}  and {total - SENTENCES} more (--json has them)", style="dim")
