"""A tree → the query that asks it, in one form for each tree. Pure."""

from __future__ import annotations

from typing import Final

from monitor.errors import QueryError
from monitor.model import And, From, In, Loose, Near, Node, Not, Or, Words
from monitor.query.tokens import FIELDS, tokens
from monitor.query.words import as_origin, as_words

_OR, _AND, _NEAR, _NOT, _OPERAND = range(5)
_BINDS: Final = {Or: _OR, And: _AND, Near: _NEAR, Not: _NOT}


def printed(node: Node) -> str:  # noqa: PLR0911  one for each kind of node
    """Give the query of a tree: ``parse(printed(tree)) == tree`` for every tree that ``parse`` makes."""
    match node:
        case Or():
            return " OR ".join(_within(part, _AND) for part in node.parts)
        case And():
            return " ".join(_within(part, _NEAR) for part in node.parts)
        case Near():
            return f"{_within(node.left, _NEAR)} NEAR/{node.distance} {_within(node.right, _NOT)}"
        case Not():
            return f"-{_within(node.part, _OPERAND)}"
        case In():
            name = next(name for name, fields in FIELDS.items() if fields == node.fields)
            return f"{name}:{_within(node.part, _OPERAND)}"
        case Loose():
            return f'"{" ".join(node.words)}"~{node.distance}'
        case Words():
            return _word(node)
        case From():
            return _origin(node)


def _within(node: Node, least: int) -> str:
    """Print a part, in brackets where it binds less than ``least``."""
    return printed(node) if _BINDS.get(type(node), _OPERAND) >= least else f"({printed(node)})"


def _word(node: Words) -> str:
    before, after = "=" * node.is_exact, "*" * node.is_open
    bare = f"{before}{node.text}{after}"
    return bare if _is_read(bare, node) else f'{before}"{node.text}"{after}'


def _origin(node: From) -> str:
    bare = f"{node.kind}:{node.value}"
    return bare if _is_read(bare, node) else f'{node.kind}:"{node.value}"'


def _is_read(bare: str, node: Words | From) -> bool:
    """Say whether a word is read as it is without quotes: the reader knows best."""
    try:
        *_, token = tokens(bare)
        if token.kind != "word" or len(tokens(bare)) != 1 + isinstance(node, From):
            return False
        return node == (as_words(token, bare) if isinstance(node, Words) else as_origin(node.kind, token, bare))
    except QueryError:
        return False
