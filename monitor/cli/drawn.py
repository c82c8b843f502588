"""Places that watches found, and what was changed → terminal text: watched words, and words put in or taken out, are marked."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text

from monitor.model import Beside, Match, Span

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
