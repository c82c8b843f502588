"""Words typed by a person → what the index is asked, and the places in a found text. Pure.

What is indexed and what is asked are folded alike (fold.py), so that ادلب finds إدلب; a text in a script without spaces is
indexed letter by letter, and a word of it is a phrase. A word is found whole; ``Idlib*`` finds all that begins so. In Arabic and
Hebrew the small words that are written onto it (بإدلب, وإدلب) are found with it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from monitor.errors import SearchError
from monitor.fold import fold, fold_with_offsets
from monitor.model import Field, Snippet, Texts
from monitor.text import sentence

_MOST_WORDS: Final = 20
_SNIPPET: Final = 240
_UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_SPACED: Final = re.compile(rf"([{_UNSPACED}])")
_GAP: Final = r"[\W_]"

_ARABIC: Final = re.compile(r"[\u0621-\u064a]{2,}")
_HEBREW: Final = re.compile(r"[\u05d0-\u05ea]{2,}")
_ARABIC_AND: Final = ("", "و", "ف")
_ARABIC_BEFORE: Final = ("", "ال", "ب", "بال", "ك", "كال", "ل", "لل")
_HEBREW_AND: Final = ("", "ו", "ש", "וש")
_HEBREW_BEFORE: Final = ("", "ה", "ב", "ל", "מ", "כ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A search, ready to be asked. ``query``: for FTS5, all of its words quoted.

    ``forms``: for each word, the token sequences that it is found as; the last token of one that ``is_open`` need only begin so.
    """

    query: str
    forms: tuple[tuple[tuple[str, ...], ...], ...]
    is_open: tuple[bool, ...]


def searchable(texts: Texts) -> Texts:
    """Fold an item's texts as the index holds them."""
    return Texts(id=texts.id, title=_folded(texts.title), summary=_folded(texts.summary), text=_folded(texts.text))


def _folded(text: str) -> str:
    return _SPACED.sub(r" \1 ", fold(text))


def compiled(words: Sequence[str]) -> Search:
    """Make a search: an item must hold every one of ``words``; one with spaces in it is a phrase. Raises SearchError."""
    if len(words) > _MOST_WORDS:
        raise SearchError(f"more than {_MOST_WORDS} words to search for")
    forms = tuple(_forms(word) for word in words)
    for word, found in zip(words, forms, strict=True):
        if not found:
            raise SearchError(f"“{word}” has no letter or digit in it to search for")
    if not forms:
        raise SearchError("no word to search for. For instance: monitor search Idlib")
    is_open = tuple(word.rstrip().endswith("*") for word in words)
    query = " AND ".join(
        "(" + " OR ".join(f'"{" ".join(form)}"{" *" if opened else ""}' for form in found) + ")"
        for found, opened in zip(forms, is_open, strict=True)
    )
    return Search(query=query, forms=forms, is_open=is_open)


def _forms(word: str) -> tuple[tuple[str, ...], ...]:
    tokens = tuple(_tokens(_folded(word)))
    if not tokens:
        return ()
    first, rest = tokens[0], tokens[1:]
    if _ARABIC.fullmatch(first):
        bare = first.removeprefix("ال") if len(first) > 4 else first  # noqa: PLR2004  the article, and a word after it
        starts = [conj + before + bare for conj, before in product(_ARABIC_AND, _ARABIC_BEFORE)]
    elif _HEBREW.fullmatch(first):
        starts = [conj + before + first for conj, before in product(_HEBREW_AND, _HEBREW_BEFORE)]
    else:
        starts = [first]
    return tuple((start, *rest) for start in dict.fromkeys(starts))


def _tokens(folded: str) -> list[str]:
    """Cut a text as the index does: runs of letters, numbers and marks."""
    return "".join(char if _is_part(char) else " " for char in folded).split()


def _is_part(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char) in {"Mn", "Mc", "Co"}


# ------------------------------------------------------------------------------------------------------------ the places


def snippet(search: Search, texts: Texts) -> Snippet:
    """Give the sentence round the first place found, in the headline, then the feed's text, then the article.

    Where no place is found again (the index may cut words otherwise than this), the headline without a mark.
    """
    fields: tuple[tuple[Field, str], ...] = (("title", texts.title), ("summary", texts.summary), ("text", texts.text))
    found = ((field, text, _places(search, text)) for field, text in fields)
    return next((_cut(field, text, places) for field, text, places in found if places), None) or Snippet(
        field="title", text=texts.title, marks=()
    )


def _places(search: Search, text: str) -> list[tuple[int, int]]:
    folded = fold_with_offsets(text)
    spans = {
        folded.source_span(start, stop)
        for forms, is_open in zip(search.forms, search.is_open, strict=True)
        for form in forms
        for start, stop in _found(folded.text, form, is_open=is_open)
    }
    apart: list[tuple[int, int]] = []
    for span in sorted(spans):
        if not apart or span[0] >= apart[-1][1]:
            apart.append(span)
    return apart


def _found(folded: str, form: tuple[str, ...], *, is_open: bool) -> Iterator[tuple[int, int]]:
    """Give where a form's tokens follow each other with nothing but signs between, as whole words."""
    gap = rf"(?:{_GAP}*)" if len(form) > 1 else ""
    pattern = gap.join(re.escape(token) for token in form)
    for place in re.finditer(pattern, folded):
        start, stop = place.span()
        if not _joins(folded[start - 1 : start], folded[start]) and (
            is_open or not _joins(folded[stop - 1], folded[stop : stop + 1])
        ):
            yield start, stop


def _joins(left: str, right: str) -> bool:
    """Say whether two characters stand in one word of the index."""
    return bool(left and right) and _is_part(left) and _is_part(right) and not _SPACED.match(left) and not _SPACED.match(right)


def _cut(field: Field, text: str, places: list[tuple[int, int]]) -> Snippet:
    begin, end = sentence(text, *places[0], limit=_SNIPPET)
    marks = tuple((start - begin, stop - begin) for start, stop in places if begin <= start and stop <= end)
    return Snippet(field=field, text=text[begin:end].replace("\n", " "), marks=marks)
