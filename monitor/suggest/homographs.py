"""A term → what else it means, in which language. Touches nothing but data/homographs.tsv."""

from __future__ import annotations

from functools import cache

from monitor.suggest.files import rows
from monitor.suggest.keys import same


def meaning(term: str) -> str | None:
    """Say what a term of a watch also means, in English with the languages: "chickpeas, and hummus (ar)". None: nothing known.

    The term is compared as watches compare, so that Şam is also Sam. What is said is true of the word as it is listed, not of its
    other forms.
    """
    return _meanings().get(same(term))


@cache
def _meanings() -> dict[str, str]:
    meanings = {}
    for terms, languages, what in rows("data/homographs.tsv"):
        said = what if languages == "*" else f"{what} ({languages.replace(',', ', ')})"
        meanings.update(dict.fromkeys(map(same, terms.split("|")), said))
    return meanings
