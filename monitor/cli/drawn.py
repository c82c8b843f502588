"""Places that watches found → terminal text: each sentence once, every watched word in it marked."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text

from monitor.model import Beside, Match

FIELDS = {"title": "headline", "summary": "feed's text", "text": "full text"}
"""The parts of an item, as people call them."""


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
