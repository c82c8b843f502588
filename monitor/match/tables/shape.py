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

# Arabic letters: the long vowels. Hangul: the syllables without a final consonant. South Asia: the vowel signs.
_OPEN_SYLLABLES: Final = frozenset(map(chr, range(0xAC00, 0xD7A4, 28)))
_VOWEL_SIGNS: Final = "ािीुूृेैॅॉोौ" + "ািীুূৃেৈোৌ" + "ાિીુૂૃેૈોૌ" + "ਾਿੀੁੂੇੈੋੌ" + "ாிீுூெேைொோௌ" + "ాిీుూెేైొోౌ" + "ಾಿೀುೂೆೇೈೊೋೌ" + "ാിീുൂെേൈൊോൗ"
VOWELS: Final = frozenset("aeiouyə" + "аеиоуыэюяіїєў" + "αεηιουω" + "اوي" + _VOWEL_SIGNS) | _OPEN_SYLLABLES
"""Folded vowels of the scripts that ENDINGS covers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """``ends`` "" and ``after``: the word is left whole, and its last letter is such a one.

    Only for words of ``at_least`` characters; ``for_names``: also for those in NAMES.
    """

    ends: str = ""
    becomes: str
    after: After = "any"
    at_least: int = 1
    for_names: bool = True


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
