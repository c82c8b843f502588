"""Two texts → which sentences of one stand in the other, whole, in pieces or changed, and what share of it does. Pure.

Compared are folded words: quotes, stops, case and spelling make no difference, nor do sentences that were split or joined.
What it costs grows with the length of the texts, however they are made.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice, pairwise
from typing import Final

from monitor.fold import fold
from monitor.text import sentences, words

_MOST_SENTENCES: Final = 2_000
"""What comes after so many is taken for one more: a text can be made of nothing but stops."""
_ALIKE: Final = 0.5
"""A sentence that shares half of its words with one that stood there is that sentence, changed (as in monitor.edits)."""
_PIECE: Final = 0.8
"""So much of a sentence's pairs of words stands in another, of which it is a piece."""
_COMMON: Final = 12
"""A pair of words that more sentences have says nothing of which of them is meant."""
_TRIED: Final = 3

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence, and its folded words."""

    text: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What became of a text: ``copied`` is the share of the new one's words that stood in the old one."""

    copied: float
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[tuple[str, str], ...]


def parted(text: str) -> tuple[Sentence, ...]:
    """Cut a text into sentences; those without a word are left out."""
    found = sentences(text)
    whole = list(islice(found, _MOST_SENTENCES))
    if rest := " ".join(found):
        whole.append(rest)
    read = (Sentence(text=" ".join(one.split()), words=tuple(words(fold(one)))) for one in whole)
    return tuple(one for one in read if one.words)


def shingles(text: Sequence[Sentence]) -> frozenset[tuple[str, ...]]:
    """Give the runs of three words of a text: the more of them two texts share, the nearer they are."""
    run = [word for sentence in text for word in sentence.words]
    return frozenset(zip(run, run[1:], run[2:], strict=False)) or frozenset((word,) for word in run)


def compare(old: Sequence[Sentence], new: Sequence[Sentence]) -> Compared:
    """Say what a later text made of an earlier one."""
    stood = {sentence.words for sentence in old}
    stands = {sentence.words for sentence in new}
    gone = [at for at, sentence in enumerate(old) if sentence.words not in stands]
    fresh = [at for at, sentence in enumerate(new) if sentence.words not in stood]
    work = _Aligning(old, new, gone=gone, fresh=fresh)
    copied = sum(len(sentence.words) for sentence in new if sentence.words in stood) + work.copied()
    total = sum(len(sentence.words) for sentence in new)
    return Compared(
        copied=min(copied / total, 1.0) if total else 1.0,
        added=tuple(new[at].text for at in fresh if at not in work.placed_new),
        removed=tuple(old[at].text for at in gone if at not in work.placed_old),
        changed=work.changed(),
    )


class _Side:
    """The sentences of one text, and which of them have a pair of words."""

    def __init__(self, text: Sequence[Sentence]) -> None:
        self.text = text
        self.pairs = [frozenset(pairwise(sentence.words)) for sentence in text]
        self._having: defaultdict[Pair, list[int]] = defaultdict(list)
        for at, pairs in enumerate(self.pairs):
            for pair in pairs:
                self._having[pair].append(at)
        self._counts: dict[int, Counter[str]] = {}

    def nearest(self, pairs: frozenset[Pair]) -> list[int]:
        """Give the sentences that share the most pairs, the first ones first where they share alike."""
        having = (self._having.get(pair, ()) for pair in pairs)
        votes = Counter(chain.from_iterable(places for places in having if len(places) <= _COMMON))
        return sorted(votes, key=lambda at: (-votes[at], at))[:_TRIED]

    def counted(self, at: int) -> Counter[str]:
        """Count the words of a sentence."""
        if at not in self._counts:
            self._counts[at] = Counter(self.text[at].words)
        return self._counts[at]


class _Aligning:
    """Which of the sentences that are not the same belong together: each group is a few of the old and a few of the new."""

    def __init__(self, old: Sequence[Sentence], new: Sequence[Sentence], *, gone: Sequence[int], fresh: Sequence[int]) -> None:
        """Find what became of the sentences that are ``gone``, and where the ``fresh`` ones are from."""
        self._old, self._new = _Side(old), _Side(new)
        self._groups: list[tuple[set[int], set[int]]] = []
        self._of_old: dict[int, int] = {}
        self._of_new: dict[int, int] = {}
        self._taken = 0
        self._pair(frozenset(gone), fresh)
        pieces_kept = {at for at in gone if at not in self._of_old and self._is_kept_in(at, frozenset(fresh))}
        pieces_taken = {at for at in fresh if at not in self._of_new and self._is_taken_from(at, frozenset(gone))}
        self.placed_old = pieces_kept | self._of_old.keys()
        self.placed_new = pieces_taken | self._of_new.keys()

    def _pair(self, gone: frozenset[int], fresh: Sequence[int]) -> None:
        """Join each of the fresh sentences with the one of those that are gone that it is most like, the likest first."""
        near = ((old, new) for new in fresh for old in self._old.nearest(self._new.pairs[new]) if old in gone)
        likely = ((-self._likeness(old, new), abs(old - new), old, new) for old, new in near)
        for _, _, old, new in sorted(one for one in likely if -one[0] >= _ALIKE):
            if old not in self._of_old and new not in self._of_new:
                self._group(old, new)

    def _group(self, old: int, new: int) -> None:
        """Put two sentences into one group; one of them may have its group already."""
        place = self._of_old.get(old, self._of_new.get(new, len(self._groups)))
        if place == len(self._groups):
            self._groups.append((set(), set()))
        self._groups[place][0].add(old)
        self._groups[place][1].add(new)
        self._of_old[old] = self._of_new[new] = place

    def copied(self) -> int:
        """Count the words of changed and cut sentences that stood in the old text."""
        shared = 0
        for olds, news in self._groups:
            before, after = (
                Counter(word for at in sorted(places) for word in side.text[at].words)
                for side, places in ((self._old, olds), (self._new, news))
            )
            shared += _shared(before, after)
        return shared + self._taken

    def changed(self) -> tuple[tuple[str, str], ...]:
        """Give the groups that do not read the same, in the order of the new text."""
        told = []
        for olds, news in self._groups:
            before = [self._old.text[at] for at in sorted(olds)]
            after = [self._new.text[at] for at in sorted(news)]
            if [word for one in before for word in one.words] != [word for one in after for word in one.words]:
                told.append((min(news), " ".join(one.text for one in before), " ".join(one.text for one in after)))
        return tuple((before, after) for _, before, after in sorted(told))

    def _is_kept_in(self, old: int, fresh: frozenset[int]) -> bool:
        """Say whether a sentence that is gone stands in another now."""
        pairs = self._old.pairs[old]
        for new in self._new.nearest(pairs):
            if len(pairs & self._new.pairs[new]) >= _PIECE * len(pairs):
                if new in fresh:
                    self._group(old, new)
                return True
        return False

    def _is_taken_from(self, new: int, gone: frozenset[int]) -> bool:
        """Say whether a fresh sentence is a piece of one that stood there."""
        pairs = self._new.pairs[new]
        for old in self._old.nearest(pairs):
            if len(pairs & self._old.pairs[old]) >= _PIECE * len(pairs):
                if old in gone:
                    self._group(old, new)
                else:
                    # it stands there whole as well
                    self._taken += _shared(self._old.counted(old), self._new.counted(new))
                return True
        return False

    def _likeness(self, old: int, new: int) -> float:
        before, after = self._old.text[old].words, self._new.text[new].words
        return 2 * _shared(self._old.counted(old), self._new.counted(new)) / (len(before) + len(after))


def _shared(one: Counter[str], other: Counter[str]) -> int:
    if len(one) > len(other):
        one, other = other, one
    return sum(min(times, other[word]) for word, times in one.items() if word in other)
