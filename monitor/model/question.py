"""What a watch asks, as a tree: its words, and how they stand together. Keywords and queries become the same tree.

The parser (``monitor.query``) makes only trees that can be asked: at most 20 deep, 1,000 words, no field within a field, below
``Near`` nothing but words and ``Or`` and ``Near`` of them, and none that could be true of an item without a word in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Field = Literal["title", "summary", "text"]
"""Where in an item a word can stand: headline, the feed's own text, the article's full text."""
FIELDS: tuple[Field, ...] = ("title", "summary", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A word or phrase, found in all its forms. ``is_open``: all that begins so (``Idli*``). ``is_exact``: as typed (``=US``)."""

    text: str
    is_open: bool = False
    is_exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Loose:
    """All of these words in one field, in any order, with at most ``distance`` other words between them: ``"a b"~5``."""

    words: tuple[str, ...]
    distance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Both in one field, in any order, with at most ``distance`` other words between the nearest two: ``a NEAR/5 b``."""

    left: Node
    right: Node
    distance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    """Each of two parts or more, wherever it stands in the item."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    """One of two parts or more."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The item has no such thing."""

    part: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class In:
    """The part, looked for in these fields alone: ``title:…``, ``summary:…``, ``text:…`` (the feed's text and the article)."""

    fields: tuple[Field, ...]
    part: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class From:
    """Where the item is from, without a word of its own to show.

    ``outlet``: an id, or "@group". ``lang``: a lower-case BCP 47 primary subtag. ``url``: stands in its address.
    ``author``: stands among its authors' names.
    """

    kind: Literal["outlet", "lang", "url", "author"]
    value: str


Node = Words | Loose | Near | And | Or | Not | In | From
