"""Rows of cells and a note → lines for a terminal of a given width. Pure.

Widths are those of the cells that a terminal gives to a letter: an Arabic vowel has none, a Chinese character two. A note that
does not fit beside its row stands below it, whole: a word a line in the last column is read by nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

GAP = 3
LONGEST_NAME = 28
NARROW = 24
"""Cells that a note wants beside its row at least."""
_BELOW = "    "


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Cells, of which the first is a name, and what is to be said of it; ``style``: of the note, on a terminal."""

    cells: tuple[str, ...]
    note: str = ""
    style: str = ""


def laid_out(heads: Sequence[str], rows: Sequence[Row], *, right: Sequence[str], console: Console) -> Iterator[Text]:
    """Give the line of heads and those of the rows. ``heads``: of the cells, then the note's; ``right``: those on the right."""
    shown = [tuple(" ".join(cell.split()) for cell in row.cells) for row in rows]
    columns = list(zip(heads, *shown, strict=False))
    widths = [max(map(cell_len, column)) for column in columns]
    widths[0] = min(widths[0], LONGEST_NAME)
    sides = [head in right for head in heads[: len(widths)]]
    used = sum(widths) + GAP * len(widths)
    first = _line(tuple(heads[: len(widths)]), widths, sides)
    yield Text((" " * GAP).join((first, *heads[len(widths) :])).rstrip(), "bold")
    for cells, row in zip(shown, rows, strict=True):
        line = _line(cells, widths, sides)
        beside = console.width - used
        fits = cell_len(row.note) <= beside or beside >= 2 * NARROW
        indent, room = (used, beside) if fits else (len(_BELOW), max(console.width - len(_BELOW), NARROW))
        notes = list(Text(row.note, row.style).wrap(console, room)) if row.note else []
        yield Text.assemble(line, " " * GAP, notes.pop(0)) if notes and fits else Text(line.rstrip())
        yield from (Text.assemble(" " * indent, note) for note in notes)


def _line(cells: Sequence[str], widths: Sequence[int], sides: Sequence[bool]) -> str:
    sized = (_sized(cell, width, is_right=right) for cell, width, right in zip(cells, widths, sides, strict=True))
    return (" " * GAP).join(sized)


def _sized(cell: str, width: int, *, is_right: bool) -> str:
    short = cell if cell_len(cell) <= width else f"{set_cell_size(cell, width - 1)}…"
    room = " " * (width - cell_len(short))
    return room + short if is_right else short + room
