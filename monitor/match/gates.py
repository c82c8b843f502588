"""Which places of a stem can't be a form of any term, by the letters beside it alone: most of them. Touches nothing.

Of ten thousand names many stand within other words (Aba: abandoned). Each such place looked at in full costs as much as folding
a line of text, so what has a letter beside it where nothing may be written on, or nothing where something must be, is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from monitor.match.endings import spoken
from monitor.match.scripts import script_of
from monitor.match.tables import ANY, OPEN_FROM, SUBSTRING_SCRIPTS
from monitor.match.terms import Stem, Term


class Beside(NamedTuple):
    """What may stand beside a stem in one language. ``alone``: it is a form with nothing after it."""

    before: bool
    after: bool
    alone: bool


class Gate:
    """The stems of one key, with the words that they are of. ``first``, ``last``: the scripts that go on with it; "" none."""

    def __init__(self, stems: Iterable[tuple[Term, Stem]]) -> None:
        """Take what is looked for by the key."""
        self._stems = tuple(stems)
        firsts = {script_of(stem.key[0]) for _, stem in self._stems}
        lasts = {word.last_script for word, _ in self._stems}
        self.first = firsts.pop() if len(firsts) == 1 and not firsts & SUBSTRING_SCRIPTS else ""
        self.last = lasts.pop() if len(lasts) == 1 and not lasts & SUBSTRING_SCRIPTS else ""
        self._by_language: dict[str, Beside] = {}

    def beside(self, language: str) -> Beside:
        """Give what may stand beside any of the stems."""
        known = self._by_language.get(language)
        if known is None:
            known = self._by_language[language] = Beside(
                before=any(_heads(stem, language) for _, stem in self._stems),
                after=any(
                    word.is_open or word.last_script in OPEN_FROM or _tails(word, stem, language) - {""}
                    for word, stem in self._stems
                ),
                alone=any(word.is_open or stem.is_whole or "" in _tails(word, stem, language) for word, stem in self._stems),
            )
        return known

    def is_shut(self, text: str, start: int, stop: int, language: str) -> bool:
        """Say whether no form can stand round ``text[start:stop]``."""
        beside = self.beside(language)
        if not beside.before and start and self.first and script_of(text[start - 1]) == self.first:
            return True
        if not self.last:
            return False
        after = text[stop] if stop < len(text) else " "
        script = script_of(after)
        return not beside.after if script == self.last else not (beside.alone or script or after == "'")


def _heads(stem: Stem, language: str) -> bool:
    return any(stem.heads.get(language, stem.heads.get(ANY, ())))


def _tails(word: Term, stem: Stem, language: str) -> frozenset[str]:
    return stem.tails.get(spoken(word.last_script, language), frozenset())
