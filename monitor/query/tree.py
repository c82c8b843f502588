"""A query → the tree that it asks, or what is wrong with it and where. Pure.

::

    either  = both ("OR" both)*
    both    = close (["AND"] close)*
    close   = unary ("NEAR/" number unary)*
    unary   = ["NOT" | "-"] operand
    operand = word | phrase | "(" either ")" | field ":" operand
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from monitor.errors import QueryError
from monitor.model import And, From, In, Loose, Near, Node, Not, Or, Words
from monitor.query.printing import printed
from monitor.query.tokens import FIELDS, FILTERS, Kind, Token, shown, tokens
from monitor.query.words import as_origin, as_words

DEEPEST: Final = 20
MOST_WORDS: Final = 1_000
LONGEST: Final = 20_000

_OPERANDS: Final[frozenset[Kind]] = frozenset({"word", "phrase", "field", "("})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A part of the tree, and where it begins. ``lacking``: where it could be true without a word of its own; None: nowhere."""

    node: Node
    column: int
    depth: int = 1
    lacking: int | None = None


def parse(query: str) -> Node:
    """Give the tree of a query. Raises QueryError, and nothing else."""
    if len(query) > LONGEST:
        raise QueryError(f"the query is longer than {LONGEST:,} characters", query=query, column=LONGEST + 1)
    part = _Parser(query).whole()
    if part.lacking is not None:
        says = "this could be true without any word of the query: NOT and filters (lang:, outlet: …) only narrow what words find"
        raise QueryError(f"{says}, so each branch of OR needs a word to look for", query=query, column=part.lacking)
    # lang:(ar OR fa) is shorter than what it stands for, and what is printed must be readable too
    if len(printed(part.node)) > LONGEST:
        says = f"with each filter written out the query is longer than {LONGEST:,} characters"
        raise QueryError(says, query=query, column=len(query))
    return part.node


class _Parser:
    """One pass over a query's tokens. ``_field``: the field or filter whose brackets are open, "" outside."""

    def __init__(self, query: str) -> None:
        self._query = query
        self._tokens = tokens(query)
        self._next = 0
        self._brackets = 0
        self._words = 0
        self._field = ""

    def whole(self) -> _Part:
        """Read all of it."""
        if not self._tokens:
            raise QueryError("the query is empty", query=self._query, column=1)
        part = self._either()
        if token := self._peek():
            raise self._error("no bracket is open here", token.column)
        return part

    def _either(self) -> _Part:
        parts = [self._both()]
        while self._take("OR"):
            parts.append(self._both())
        if len(parts) == 1:
            return parts[0]
        lacking = next((part.lacking for part in parts if part.lacking is not None), None)
        return self._over(Or(parts=tuple(part.node for part in parts)), parts, column=parts[0].column, lacking=lacking)

    def _both(self) -> _Part:
        parts = [self._close()]
        while self._take("AND") or self._begins():
            parts.append(self._close())
        if len(parts) == 1:
            return parts[0]
        self._refuse_two_languages(parts)
        lacking = None if any(part.lacking is None for part in parts) else parts[0].column
        return self._over(And(parts=tuple(part.node for part in parts)), parts, column=parts[0].column, lacking=lacking)

    def _close(self) -> _Part:
        left = self._unary()
        while token := self._take("NEAR"):
            right = self._unary()
            for part in (left, right):
                if (unfit := _unfit(part.node)) is not None:
                    raise self._error(_remedy(unfit, token.distance), part.column)
            near = Near(left=left.node, right=right.node, distance=token.distance)
            left = self._over(near, [left, right], column=left.column, lacking=None)
        return left

    def _unary(self) -> _Part:
        token = self._take("NOT")
        if token is None:
            return self._operand()
        again = self._peek()
        if again and again.kind == "NOT":
            raise self._error(f"{shown(again.text)} stands directly after {shown(token.text)}: one is enough", again.column)
        part = self._operand()
        return self._over(Not(part=part.node), [part], column=token.column, lacking=token.column)

    def _operand(self) -> _Part:
        token = self._peek()
        if token is None or token.kind not in _OPERANDS:
            raise self._missing(token)
        self._next += 1
        if token.kind == "(":
            return self._bracket(token)
        if token.kind == "field":
            return self._in(token)
        return self._word(token)

    def _bracket(self, opening: Token) -> _Part:
        self._brackets += 1
        if self._brackets > DEEPEST:
            raise self._error(f"more than {DEEPEST} brackets within each other", opening.column)
        part = self._either()
        if not self._take(")"):
            raise self._error("this bracket is not closed", opening.column)
        self._brackets -= 1
        return _Part(node=part.node, column=opening.column, depth=part.depth, lacking=part.lacking)

    def _in(self, token: Token) -> _Part:
        name = token.text
        if self._field and name in FILTERS:
            raise self._error(f"{name}: asks about the whole item: write it outside {self._field}:(…)", token.column)
        if self._field:
            raise self._error(f"{name}: can't stand within {self._field}: – write it outside", token.column)
        beyond = self._peek()
        if beyond and beyond.kind == "NOT":
            raise self._error(f"what is not wanted is said before the field: -{name}:word", beyond.column)
        self._field = name
        part = self._operand()
        self._field = ""
        if name in FILTERS:
            return replace(part, column=token.column, lacking=token.column)
        return self._over(In(fields=FIELDS[name], part=part.node), [part], column=token.column, lacking=part.lacking)

    def _word(self, token: Token) -> _Part:
        kind = FILTERS.get(self._field)
        node = as_origin(kind, token, self._query) if kind else as_words(token, self._query)
        self._words += len(node.words) if isinstance(node, Loose) else 1
        if self._words > MOST_WORDS:
            raise self._error(f"more than {MOST_WORDS:,} words: make two watches of it", token.column)
        return _Part(node=node, column=token.column, lacking=token.column if kind else None)

    def _over(self, node: Node, parts: list[_Part], *, column: int, lacking: int | None) -> _Part:
        depth = 1 + max(part.depth for part in parts)
        if depth > DEEPEST:
            raise self._error(f"parts within parts, more than {DEEPEST} deep: make two watches of it", column)
        return _Part(node=node, column=column, depth=depth, lacking=lacking)

    def _refuse_two_languages(self, parts: list[_Part]) -> None:
        """Refuse what no item can be: each is in one language, and from one outlet."""
        first: dict[str, From] = {}
        for part in parts:
            node = part.node
            if not isinstance(node, From) or node.kind not in ("lang", "outlet") or node.value.startswith("@"):
                continue
            if first.setdefault(node.kind, node) != node:
                has = "is in one language" if node.kind == "lang" else "is from one outlet"
                raise self._error(f"an item {has} only: write OR between them", part.column)

    def _missing(self, token: Token | None) -> QueryError:
        """Say what is missing where a word should stand and ``token`` (None: the end) does."""
        before = self._tokens[self._next - 1] if self._next else None
        if before is None or before.kind == "(":
            return self._missing_first(token, before)
        name = f"{before.text}:" if before.kind == "field" else before.text
        if token is not None and token.kind != ")":
            return self._error(f"a word is missing between {shown(name)} and {shown(token.text)}", token.column)
        where = "after it" if before.kind in ("field", "NOT") else "on its right"
        return self._error(f"{shown(name)} has nothing {where}", before.column)

    def _missing_first(self, token: Token | None, opening: Token | None) -> QueryError:
        if token is not None and token.kind != ")":
            return self._error(f"{shown(token.text)} has nothing on its left", token.column)
        if opening is None:
            return self._error("no bracket is open here", 1 if token is None else token.column)
        return self._error("nothing stands in these brackets" if token else "this bracket is not closed", opening.column)

    def _peek(self) -> Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self, kind: Kind) -> Token | None:
        token = self._peek()
        if token is None or token.kind != kind:
            return None
        self._next += 1
        return token

    def _begins(self) -> bool:
        token = self._peek()
        return token is not None and (token.kind in _OPERANDS or token.kind == "NOT")

    def _error(self, says: str, column: int) -> QueryError:
        return QueryError(says, query=self._query, column=column)


def _unfit(node: Node) -> Node | None:
    """Give what can't stand beside NEAR. None: all of it can."""
    if isinstance(node, Words | Loose | Near):
        return None
    if isinstance(node, Or):
        return next((unfit for part in node.parts if (unfit := _unfit(part)) is not None), None)
    return node


def _remedy(unfit: Node, distance: int) -> str:
    near = f"a NEAR/{distance} b"
    if isinstance(unfit, In):
        name = next(name for name, fields in FIELDS.items() if fields == unfit.fields)
        return f"put the field around both: {name}:({near})"
    if isinstance(unfit, From):
        return f"a filter can't stand beside NEAR: put it after both: ({near}) {unfit.kind}:…"
    if isinstance(unfit, Not):
        return f"NOT can't stand beside NEAR: write NOT ({near}), or ({near}) NOT c"
    return f'beside NEAR words stand alone or with OR: write ({near}) (a NEAR/{distance} c), or "b c"~{distance}'
