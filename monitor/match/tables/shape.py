"""The shape of the tables: what a row and a clitic are. Data about words, for whoever knows the language and not the code.

A row of endings reads: a word that ends in ``ends`` (with a consonant or a vowel before that, where ``after`` says so) also
stands in the text with ``ends`` replaced by each of ``becomes``. Write endings as they are printed, marks and all: they are
folded on loading. ``+`` is the word's last letter once more.

The rows are the regular noun endings that a grammar of each language lists (each table names its own), cut down to those that
names of places, people and things take in news. Not in here, so never matched: stem changes that a rule can't tell, and derived
words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

After = Literal["any", "consonant", "vowel"]

VOWELS: Final = frozenset("aeiouyə" + "аеиоуыэюяіїєў" + "αεηιουω")
"""Folded vowels of the scripts that ENDINGS covers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """``ends`` "" and ``after``: the word is left whole, and its last letter is such a one."""

    ends: str = ""
    becomes: str
    after: After = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clitic:
    """A word written as one with the next: only before words of ``at_least`` letters that don't end in ``not_before_final``."""

    letters: str
    at_least: int = 1
    not_before_final: str = ""


ANY: Final = ""
"""The language where it isn't known, or where the text's language is written in another script than the word."""
