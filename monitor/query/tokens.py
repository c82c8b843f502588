"""A query → its tokens, each with its column. What a word may hold is for ``words`` to say. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from monitor.errors import QueryError
from monitor.model import Field

Kind = Literal["(", ")", "AND", "OR", "NOT", "NEAR", "field", "word", "phrase"]
Filter = Literal["outlet", "lang", "url", "author"]

FIELDS: Final[dict[str, tuple[Field, ...]]] = {"title": ("title",), "summary": ("summary",), "text": ("summary", "text")}
FILTERS: Final[dict[str, Filter]] = {"outlet": "outlet", "lang": "lang", "url": "url", "author": "author"}
NAMES: Final = (*FIELDS, *FILTERS)
DASHES: Final = "-‐‑–—−－"
"""Each means NOT before a word: word processors make long ones of short ones."""

FARTHEST: Final = 100
_LONGEST_SHOWN: Final = 40
_OPERATORS: Final[dict[str, Kind]] = {"AND": "AND", "OR": "OR", "NOT": "NOT"}

# Bidi marks and their like come along when right-to-left words are pasted; at a word's edge they are no part of it
_UNSEEN: Final = "\u200b\u200e\u200f\u061c\u202a-\u202e\u2060\u2066-\u2069\ufeff"
# What word processors and East Asian keyboards make of our signs: one for one, so that columns stay
_SIGNS: Final = str.maketrans("“”„‟«»＂（）：＊＝～", '"""""""():*=~')
_BLANK: Final = re.compile(rf"[\s{_UNSEEN}]*")
_HIDDEN: Final = re.compile(rf"[{_UNSEEN}]*")
_EDGES: Final = re.compile(rf"^[\s{_UNSEEN}]+|[\s{_UNSEEN}]+$")
# Not a sign in any text: it came by accident, and what reads the words later can't take half of a surrogate pair
_BROKEN: Final = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")
# In Hebrew abbreviations a quote stands within the word: צה"ל
_INNER_QUOTE: Final = r'(?<=[א-ת])"(?=[א-ת])'
_RUN: Final = re.compile(rf'(?:[^\s"()]|{_INNER_QUOTE})++')
_PHRASE: Final = re.compile(rf'"((?:[^"]|{_INNER_QUOTE})*+)"')
_NEAR: Final = re.compile(r"NEAR(?:/(.*))?", re.DOTALL)
_FIELD: Final = re.compile(r"([A-Za-z]+):")
_AFTER_PHRASE: Final = re.compile(r"\*|~([0-9]*)|")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A piece of a query. ``text``: as typed, or a field's name; ``column``: where it begins, from 1, without a ``=`` before it.

    ``distance``: of NEAR, and of a phrase with ``~``; 0 where there is none.
    """

    kind: Kind
    text: str
    column: int
    distance: int = 0
    is_open: bool = False
    is_exact: bool = False


def tokens(query: str) -> tuple[Token, ...]:
    """Take a query apart. Raises QueryError."""
    return tuple(_Reader(query).tokens())


def shown(text: str) -> str:
    """Show what was typed in a message: one line, not too long, in quotes that it doesn't hold itself."""
    printable = "".join(char if char.isprintable() else " " for char in text)
    return f"“{printable[:_LONGEST_SHOWN]}…”" if len(printable) > _LONGEST_SHOWN else f"“{printable}”"


class _Reader:
    """One pass over a query. ``_signs`` is the query with one form for each sign; texts are cut from the query as typed."""

    def __init__(self, query: str) -> None:
        self._query = query
        self._signs = query.translate(_SIGNS)
        self._at = 0

    def tokens(self) -> Iterator[Token]:
        """Give the tokens in their order."""
        if broken := _BROKEN.search(self._query):
            raise self._error("a control character, or half of a character: delete it", broken.start())
        while self._skip(_BLANK) < len(self._signs):
            yield self._token(self._signs[self._at])

    def _token(self, sign: str) -> Token:
        if sign in "()":
            return self._sign("(" if sign == "(" else ")")
        if sign in DASHES:
            return self._dash()
        if sign == "=":
            return self._exact()
        if sign == '"':
            return self._phrase()
        field = _FIELD.match(self._signs, self._at)
        if field and field[1].lower() in NAMES:
            self._at = field.end()
            return Token(kind="field", text=field[1].lower(), column=field.start() + 1)
        return self._word()

    def _sign(self, kind: Kind) -> Token:
        self._at += 1
        return Token(kind=kind, text=self._query[self._at - 1], column=self._at)

    def _dash(self) -> Token:
        token = self._sign("NOT")
        if self._ends():
            raise self._error(f"{shown(token.text)} stands directly before what is not wanted: -word", token.column - 1)
        return token

    def _exact(self) -> Token:
        at = self._at
        self._at += 1
        self._skip(_HIDDEN)
        if self._ends() or self._signs[self._at] == "(":
            raise self._error('= stands directly before the word or phrase that it takes as typed: =US, ="Bab al-Hawa"', at)
        return self._phrase(is_exact=True) if self._signs[self._at] == '"' else self._word(is_exact=True)

    def _phrase(self, *, is_exact: bool = False) -> Token:
        start = self._at
        found = _PHRASE.match(self._signs, start)
        if found is None:
            raise self._error("this quote is not closed", start)
        text = _EDGES.sub("", " ".join(self._query[start + 1 : found.end() - 1].split()))
        if not text:
            raise self._error("nothing stands between these quotes", start)
        after = _AFTER_PHRASE.match(self._signs, found.end())
        assert after is not None
        distance = 0 if after[1] is None else self._distance(after[1], after.start(), form='"two words"~5')
        self._at = after.end()
        if not self._ends():
            says = "a space belongs after a phrase in quotes, and a phrase holds no quotes itself"
            raise self._error(says, self._at)
        is_open = after[0] == "*"
        return Token(kind="phrase", text=text, column=start + 1, distance=distance, is_open=is_open, is_exact=is_exact)

    def _word(self, *, is_exact: bool = False) -> Token:
        found = _RUN.match(self._signs, self._at)
        assert found is not None
        start, self._at = found.span()
        sign = _EDGES.sub("", found[0])
        token = None if is_exact else self._operator(sign, start)
        beyond = self._signs[self._at : self._at + 1]
        if beyond == '"' or (beyond == "(" and token is None):
            raise self._error("a space belongs before this bracket or quote", self._at)
        if token:
            return token
        is_open = sign.endswith("*") and len(sign) > 1
        text = self._query[start : start + len(sign) - is_open]
        return Token(kind="word", text=text, column=start + 1, is_open=is_open, is_exact=is_exact)

    def _operator(self, sign: str, start: int) -> Token | None:
        """Give an operator, or None where it is a word."""
        if kind := _OPERATORS.get(sign):
            return Token(kind=kind, text=sign, column=start + 1)
        near = _NEAR.fullmatch(sign)
        if near is None:
            return None
        distance = self._distance(near[1] or "", start, form="NEAR/5")
        return Token(kind="NEAR", text=sign, column=start + 1, distance=distance)

    def _distance(self, digits: str, at: int, *, form: str) -> int:
        # more than three digits are never read as a number: Python refuses those of thousands
        if re.fullmatch(r"[0-9]{1,3}", digits) and 1 <= int(digits) <= FARTHEST:
            return int(digits)
        wrong = f"{shown(digits)} is no distance" if digits else "a number is missing"
        raise self._error(f"{wrong}: write {form}, with the most words that may stand between, 1 to {FARTHEST}", at)

    def _skip(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self._signs, self._at)
        assert found is not None
        self._at = found.end()
        return self._at

    def _ends(self) -> bool:
        """Say whether nothing is written on to what was just read."""
        beyond = _HIDDEN.match(self._signs, self._at)
        assert beyond is not None
        rest = self._signs[beyond.end() : beyond.end() + 1]
        return not rest or rest.isspace() or rest == ")"

    def _error(self, says: str, at: int) -> QueryError:
        return QueryError(says, query=self._query, column=at + 1)
