"""The shape of the tables: what a row and a clitic are. Data about words, for whoever knows the language and not the code.

A row of endings reads: a word that ends in ``ends`` (with what ``after`` says before that) also stands in the text with ``ends``
replaced by each of ``becomes``. Write endings as they are printed, marks and all: they are folded on loading. ``+`` is the word's
last letter once more, ``∅`` is nothing at all (ракета, ракет).

The rows are the regular noun endings that a grammar of each language lists (each table names its own), cut down to those that
names of places, people and things take in news. Not in here, so never matched: stem changes that a rule can't tell, and derived
words. A row that makes a word which nobody prints does no harm; one that makes another word does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# Arabic letters: the long vowels. Hangul: the syllables without a final consonant. South Asia: the vowel signs.
_OPEN_SYLLABLES: Final = frozenset(map(chr, range(0xAC00, 0xD7A4, 28)))
_VOWEL_SIGNS: Final = "ािीुूृेैॅॉोौ" + "ািীুূৃেৈোৌ" + "ાિીુૂૃેૈોૌ" + "ਾਿੀੁੂੇੈੋੌ" + "ாிீுூெேைொோௌ" + "ాిీుూెేైొోౌ" + "ಾಿೀುೂೆೇೈೊೋೌ" + "ാിീുൂെേൈൊോൗ"
VOWELS: Final = (
    frozenset("aeiouyə" + "аеиоуыэюяіїєәөүұӣӯў" + "αεηιουω" + "აეიოუ" + "աեէըիո" + "اوي" + _VOWEL_SIGNS) | _OPEN_SYLLABLES
)
"""Folded vowels of the scripts that ENDINGS covers."""

NOTHING: Final = "∅"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """``ends`` "": the word is left whole.

    ``after``: "any"; "consonant" or "vowel"; or a regular expression for the last letters before the ending, where C and V
    stand for a consonant and a vowel. ``at_least``: only names of so many letters, and words of scripts without capitals.
    ``for_names``: also those in NAMES. ``is_small``: what it makes is printed without a capital, though the word be a name:
    идлибский.
    """

    ends: str = ""
    becomes: str
    after: str = "any"
    at_least: int = 0
    for_names: bool = True
    is_small: bool = False


def on(stem: str, endings: str) -> str:
    """Write each of the endings on to a stem: ``on("ng", "in issa")`` is "ngin ngissa"."""
    return " ".join(stem + ending.replace(NOTHING, "") or NOTHING for ending in endings.split())


def each_on(stems: str, endings: str) -> str:
    """Write each of the endings on to each of the stems."""
    return " ".join(on(stem.replace(NOTHING, ""), endings) for stem in stems.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Clitic:
    """A word written as one with the next: only before words of ``at_least`` characters, or one of the ``short_words``.

    ``for_names``: also before those in NAMES. ``only_before``: how the word has to begin.
    """

    letters: str
    at_least: int = 1
    short_words: frozenset[str] = frozenset()
    for_names: bool = True
    only_before: str = ""


def words(text: str) -> frozenset[str]:
    """Give the words of a list that is written with spaces."""
    return frozenset(text.split())


ANY: Final = ""
"""The language where it isn't known, or where the text's language is written in another script than the word."""
