"""What was found and edited → passages: texts from outside with the watched words marked, or with what an edit changed. Pure.

No sentence is told twice: a quote that an earlier one holds already, or nearly, is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final

from monitor.model import Finding, Match, Span
from monitor.render import words
from monitor.render.view import Changed, Passage, Piece
from monitor.text import words as words_of

QUOTES: Final = 2
"""So many sentences are told of one item."""
_ALIKE: Final = 0.85
"""A sentence of whose words this share stands in another says it again: a summary and the text's first lines differ so."""
_IN_A_ROW: Final = 0.6
"""And with this share of its pairs of words: scripts without spaces are compared by letters, which any two texts share."""


def headline(finding: Finding) -> Passage:
    """Give an item's headline, with what was found in it marked."""
    spans = [(match.start, match.stop) for match in finding.matches if _is_in_headline(match, finding.title)]
    return passage(finding.title, spans, language=language(finding))


def language(finding: Finding) -> str | None:
    """Give an item's language: what the desk says of its outlet goes before what was read from it."""
    return finding.outlet_language or finding.language


def quotes(finding: Finding, *, told: Iterable[Passage] = ()) -> tuple[Passage, ...]:
    """Give the first sentences with watched words, as they read now; none that the headline, another or ``told`` nearly is."""
    by_sentence: dict[str, list[tuple[int, int]]] = {}
    # what is gone from one part of an item and only changed in another is told as it is there
    rewritten = dict(sorted(finding.rewritten))
    for match in finding.matches:
        sentence, marks = as_now(match, rewritten)
        if sentence and not _is_in_headline(match, finding.title):
            by_sentence.setdefault(sentence, []).extend(marks)
    before, kept = [finding.title, *(one.text for one in told)], dict[str, None]()
    for sentence in by_sentence:
        if not any(says_again(sentence, other) for other in (*before, *kept)):
            # the longer of two that say the same stands in the place of the shorter
            kept = dict.fromkeys(one for one in kept if not says_again(one, sentence)) | {sentence: None}
    return tuple(passage(sentence, by_sentence[sentence], language=language(finding)) for sentence in list(kept)[:QUOTES])


def as_now(match: Match, rewritten: Mapping[str, str]) -> tuple[str, list[tuple[int, int]]]:
    """Give a match's sentence as it reads now, and where what was found stands in it; "" where an edit took it out.

    ``rewritten``: sentences as they were found, and as they read now ("": gone).
    """
    if match.sentence not in rewritten:
        return match.sentence, [(match.mark_start, match.mark_stop)]
    now, form = rewritten[match.sentence], match.sentence[match.mark_start : match.mark_stop]
    if not form:
        return now, []
    # a whole word is looked for as one; scripts without spaces, and endings, have none to be looked for
    word, is_whole = re.escape(form), _is_whole(match)
    places = re.finditer(rf"(?<!\w){word}(?!\w)" if is_whole else word, now)
    return now, [place.span() for place in places]


def _is_whole(match: Match) -> bool:
    before, after = match.sentence[: match.mark_start][-1:], match.sentence[match.mark_stop :][:1]
    return not any(one.isalnum() or one == "_" for one in (before, after))


def passage(text: str, spans: Iterable[tuple[int, int]], *, language: str | None) -> Passage:
    """Part a text at its marks; marks that touch run together, those outside the text are dropped."""
    at, pieces = 0, []
    for start, stop in _merged(spans, len(text)):
        pieces += [Piece(text=words.line(text[at:start]), marked=False), Piece(text=words.line(text[start:stop]), marked=True)]
        at = stop
    pieces.append(Piece(text=words.line(text[at:]), marked=False))
    whole = words.quoted(text, language)
    return Passage(pieces=tuple(piece for piece in pieces if piece.text), language=whole.language, side=whole.side)


def changed(spans: tuple[Span, ...], language: str | None) -> Changed | None:
    """Make a diff fit to be told; None where there is none."""
    told = tuple(Span(kind=span.kind, text=words.line(span.text)) for span in spans)
    if not any(span.text for span in told):
        return None
    whole = words.quoted("".join(span.text for span in told), language)
    return Changed(spans=tuple(span for span in told if span.text), language=whole.language, side=whole.side)


def _is_in_headline(match: Match, title: str) -> bool:
    """Offsets count in the field's own text; a title that came another way than the matched one is not marked."""
    return match.field == "title" and bool(match.form) and title[match.start : match.stop] == match.form


def says_again(one: str, other: str) -> bool:
    """Say whether nearly all words of ``one`` stand in ``other``, and mostly one after the other as there."""
    mine, others = words_of(one), words_of(other)
    if not mine:
        return words.line(one).strip() == words.line(other).strip()
    return _share(mine, others) >= _ALIKE and _share([*pairwise(mine)], [*pairwise(others)]) >= _IN_A_ROW


def _share(some: Sequence[object], others: Sequence[object]) -> float:
    return len(set(some) & set(others)) / len(set(some)) if some else 1.0


def _merged(spans: Iterable[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(span for span in spans if 0 <= span[0] < span[1] <= length):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged
