"""A query that can be read → what in it was perhaps meant otherwise. Pure."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from monitor.errors import QueryError
from monitor.query.tokens import Token, shown, tokens

_MEANT: Final = MappingProxyType(
    {
        "and": "AND in capitals joins two words, and so does nothing at all",
        "or": "OR in capitals joins two alternatives",
        "not": "NOT in capitals says what is not wanted",
        "near": "NEAR/5, in capitals, says how close two words stand",
    }
)


def slips(query: str) -> tuple[str, ...]:
    """Give a line for each; () for a query that can't be read."""
    try:
        found = tokens(query)
    except QueryError:
        return ()
    triples = zip((None, *found), found, (*found[1:], None), strict=False)
    return tuple(slip for before, token, after in triples if (slip := _slip(before, token, after)))


def _slip(before: Token | None, token: Token, after: Token | None) -> str:
    """Give the line, or nothing where all is well."""
    if token.kind == "phrase" and "*" in token.text:
        return f'column {token.column}: * within quotes is no more than a sign; after them it finds all that begins so: "…"*'
    meant = _MEANT.get(token.text.lower())
    is_between = before is not None and before.kind in ("word", "phrase", ")")
    is_between = is_between and after is not None and after.kind in ("word", "phrase", "field", "(", "NOT")
    if token.kind != "word" or token.is_open or token.is_exact or not meant or not is_between:
        return ""
    return f"column {token.column}: {shown(token.text)} is a word here; {meant}"
