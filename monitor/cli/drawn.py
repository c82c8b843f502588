"""Places that watches found, and what was changed → terminal text: watched words, and words put in or taken out, are marked."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from monitor.model import Beside, Match, Span

NARROW = 20
"""With less room than so many columns a text reads better from the edge on."""
SIGNS = {"removed": ("[-", "-]", "red"), "added": ("{+", "+}", "green")}
"""Stand round what was taken out and put in, so that a diff can be read without colour."""


def by_sentence(matches: Iterable[Match]) -> tuple[tuple[Match, ...], ...]:
    """Group the places of one sentence, in the order in which the sentences are met."""
    sentences: dict[tuple[str, str], list[Match]] = {}
    for match in matches:
        sentences.setdefault((match.field, match.sentence), []).append(match)
    return tuple(map(tuple, sentences.values()))


def marked(places: Iterable[Match | Beside]) -> Text:
    """Draw one sentence; « » stand round each word, so that it can be told without colour."""
    drawn, at = Text(), 0
    ordered = sorted(places, key=lambda place: place.mark_start)
    for place in ordered:
        if place.mark_start >= at:
            drawn.append(place.sentence[at : place.mark_start])
            drawn.append(f"«{place.sentence[place.mark_start : place.mark_stop]}»", style="yellow bold")
            at = place.mark_stop
    return drawn.append(ordered[0].sentence[at:]) if ordered else drawn


def put(console: Console, line: Text, hang: int | None = None) -> None:
    """Print a line; on a terminal that it is too long for, what goes on stands below its beginning, not at the edge.

    ``hang``: at which character of it that is; None: where its first word stands. Letters count by the columns that they take:
    Chinese two, marks and joiners none. An address is not broken: it is copied. Right-to-left text is left to the terminal: signs
    that tell it where such text ends would be copied with every headline, and into every search.
    """
    plain = line.plain
    begin = len(plain) - len(plain.lstrip()) if hang is None else hang
    room = console.width - cell_len(plain[:begin])
    if console.soft_wrap or room < NARROW or line.cell_len <= console.width:
        console.print(line)
        return
    if " " not in plain[begin:].strip() and cell_len(plain) == len(plain):
        # no Chinese, which has no spaces between its words
        console.print(line, soft_wrap=True)
        return
    before = line[:begin]
    for part in line[begin:].wrap(console, room):
        part.rstrip()
        console.print(before.copy().append_text(part))
        before = Text(" " * cell_len(before.plain))


def padded(text: str, width: int) -> str:
    """Fill a cell of a column up to so many columns of the terminal."""
    return text + " " * (width - cell_len(text))


def columns(texts: Iterable[str]) -> int:
    """Give how many columns of the terminal the widest takes."""
    return max(map(cell_len, texts), default=0)


def diffed(spans: tuple[Span, ...]) -> Text:
    """Draw a text as it became."""
    drawn = Text()
    for span in spans:
        words = span.text.rstrip("\n")
        if span.kind == "same" or not words:
            drawn.append(words)
            continue
        before, after, colour = SIGNS[span.kind]
        drawn.append(f"{before}{words}{after}", style=colour)
    return drawn
