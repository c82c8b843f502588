"""Terms and a text → every place where one stands, in the text's own offsets. One automaton finds, ``edges`` decides."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from ahocorasick_rs import AhoCorasick

from monitor.fold import fold
from monitor.match.edges import form_at, name_at, word_round
from monitor.match.endings import is_small
from monitor.match.gates import Gate
from monitor.match.scripts import script_of
from monitor.match.source import Source
from monitor.match.tables import FOLDED_TOGETHER, LOWER_CASE, SUBSTRING_SCRIPTS, TITLE_CASE
from monitor.match.terms import LONGEST_PARTICLE, Stem, Term, squeeze

_SHORT_NAME: Final = 4
_FEW: Final = 5
# no word with its ending is longer
_FAR: Final = 40
_TELLING: Final = 0.7
"""So much of a word must stand in another for that to be told: what all forms of “flood” begin with stands in “flour”, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A term in a text: where in the source, which (its place in the finder's list), and where in the squeezed text."""

    start: int
    stop: int
    term: int
    first: int
    last: int


class Places:
    """All that was found in one text, in its order, the longer before the shorter; and how far apart places are."""

    def __init__(self, squeezed: str = "", found: Iterable[Place] = ()) -> None:
        """Take the folded and squeezed text, and what was found in it."""
        self._squeezed = squeezed
        self.found = sorted(found, key=lambda place: (place.start, -place.stop, place.term))

    @cached_property
    def by_term(self) -> dict[int, list[Place]]:
        """The places of each term that was found."""
        grouped: dict[int, list[Place]] = {}
        for place in self.found:
            grouped.setdefault(place.term, []).append(place)
        return grouped

    def words(self, place: Place) -> tuple[int, int]:
        """Give the numbers of the first and the last word that a place covers; a letter is one where words run together."""
        # a term may begin with a sign (#Idlib): its word begins after that, and before it is another
        at = next((at for at in range(place.first, place.last) if script_of(self._squeezed[at])), place.first)
        first = bisect_right(self._begins, at) - 1
        return first, max(first, bisect_right(self._begins, place.last - 1) - 1)

    @cached_property
    def _begins(self) -> list[int]:
        """Where the words of the squeezed text begin. An apostrophe or a full stop within a word parts it from nothing."""
        begins = []
        is_inside = False
        for at, char in enumerate(self._squeezed):
            script = script_of(char)
            if script in SUBSTRING_SCRIPTS:
                begins.append(at)
                is_inside = False
            elif script:
                if not is_inside:
                    begins.append(at)
                is_inside = True
            elif char not in "'.":
                is_inside = False
        return begins


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sought:
    """A stem, the term that it is of, and which of the term's words, where each has its own forms.

    ``before``, ``after``: how the words beside it begin in all their forms. Most places of a common word (Red Sea, Red Cross) are
    told by that to be none of the name, at a tenth of the cost.
    """

    term: int
    stem: Stem
    word: int | None = None
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """Where a term stands in the squeezed text: without what is written on to it, and with it. ``is_cut``: its end is off."""

    term: int
    bare: tuple[int, int]
    whole: tuple[int, int]
    is_cut: bool = False


class Finder:
    """All terms, ready to be looked for. Holds no state between two calls."""

    def __init__(self, terms: tuple[Term, ...]) -> None:
        """Build the automaton."""
        counts = Counter(word.folded for term in terms for word in term.words or (term,))
        stems: dict[str, list[_Sought]] = {}
        for number, term in enumerate(terms):
            for stem in term.stems:
                stems.setdefault(stem.key, []).append(_Sought(term=number, stem=stem))
            if term.words:
                word = _rarest(term.words, counts)
                before = "".join(map(_beginning, term.words[max(0, word - 1) : word]))
                after = "".join(f" {_beginning(one)}" for one in term.words[word + 1 : word + 2])
                for stem in term.words[word].stems:
                    sought = _Sought(term=number, stem=stem, word=word, before=before, after=after)
                    stems.setdefault(stem.key, []).append(sought)
        self._terms = terms
        self._stems = tuple(tuple(group) for group in stems.values())
        self._gates = tuple(Gate((self._word(sought), sought.stem) for sought in group) for group in self._stems)
        self._automaton = AhoCorasick(list(stems))

    def find(self, text: str, language: str) -> Places:
        """Give every place of every term. ``language``: a subtag that the tables know (``edges.primary``)."""
        folded = fold(text)
        squeezed = squeeze(folded)
        forms = {
            form
            for key, start, stop in self._automaton.find_matches_as_indexes(squeezed, overlapping=True)
            if not self._gates[key].is_shut(squeezed, start, stop, language)
            for sought in self._stems[key]
            if (form := self._form(squeezed, (start, stop), sought=sought, language=language))
        }
        if not forms:
            return Places()
        return Places(squeezed, set(self._cased(Source(text, folded, squeezed), forms, language)))

    def within(self, text: str) -> dict[int, tuple[str, ...]]:
        """Give for each term the words, as printed, in which its stems stand, be they a form of it or not."""
        folded = fold(text)
        squeezed = squeeze(folded)
        spans: dict[int, set[tuple[int, int]]] = {}
        for key, start, stop in self._automaton.find_matches_as_indexes(squeezed, overlapping=True):
            span = word_round(squeezed, start, stop)
            for sought in self._stems[key]:
                if sought.stem.is_whole or stop - start >= _TELLING * len(self._word(sought).folded):
                    spans.setdefault(sought.term, set()).add(span)
        source = Source(text, folded, squeezed)
        printed = {span: source.cut(*span).replace("\n", " ") for span in set().union(*spans.values())}
        return {term: tuple(dict.fromkeys(printed[span] for span in sorted(there))) for term, there in spans.items()}

    def _word(self, sought: _Sought) -> Term:
        term = self._terms[sought.term]
        return term if sought.word is None else term.words[sought.word]

    def _form(self, text: str, span: tuple[int, int], *, sought: _Sought, language: str) -> _Form | None:
        start, stop = span
        if (sought.after and sought.after not in text[stop : stop + _FAR]) or (
            sought.before and sought.before not in text[max(0, start - _FAR) : start]
        ):
            return None
        term, stem = self._terms[sought.term], sought.stem
        whole = form_at(text, span, term=self._word(sought), stem=stem, language=language)
        if whole is None:
            return None
        if sought.word is None:
            return _Form(term=sought.term, bare=span, whole=whole, is_cut=not stem.is_whole)
        name = name_at(text, whole, words=term.words, at=sought.word, language=language)
        # that its words stand side by side says enough; which of them have capitals is a matter of house style
        return name and _Form(term=sought.term, bare=(name[0], _bare_end(term, name)), whole=name)

    def _cased(self, source: Source, forms: Iterable[_Form], language: str) -> Iterator[Place]:
        """Give the places where capitals stand as the term wants them, in the source's own offsets."""
        for form in forms:
            begin, end = source.bounds(*form.whole)
            if self._is_right(form, source, language):
                yield Place(start=begin, stop=end, term=form.term, first=form.whole[0], last=form.whole[1])

    def _is_right(self, form: _Form, source: Source, language: str) -> bool:
        term = self._terms[form.term]
        if term.is_exact:
            return unicodedata.normalize("NFC", source.cut(*form.whole)) == term.typed
        if term.typed in FOLDED_TOGETHER and source.cut(*form.bare) in FOLDED_TOGETHER[term.typed]:
            return False
        if language in MARKED_LANGUAGES and not is_marked(term, source.cut(*form.bare)):
            return False
        written_on = (form.bare[1], form.whole[1])
        tail = source.squeezed[slice(*written_on)]
        is_word = term.folded in LOWER_CASE.get(language, ())
        if term.kind == "name":
            is_bare = not (tail or form.is_cut)
            if (is_bare or (len(term.folded) > _SHORT_NAME and not is_word)) and source.is_low_at(form.whole[0]):
                return True
            if tail and not form.is_cut and is_small(term.folded, tail, script=term.last_script, language=language):
                return True
        printed_tail = source.cut(*written_on) if tail else ""
        is_plain = not (form.is_cut or tail or is_word)
        is_read = term.folded in TITLE_CASE.get(language, ())
        return is_cased(term, source.cut(*form.bare), tail=printed_tail, is_plain=is_plain, is_read=is_read)


def _bare_end(term: Term, name: tuple[int, int]) -> int:
    """Give where what is written on to a name of several words begins; only for acronyms does that matter: F-16s."""
    start, stop = name
    return min(stop, start + len(term.folded)) if term.kind in ("acronym", "short acronym") else stop


def _beginning(word: Term) -> str:
    """Give the letters that all forms of a word begin with; fewer for a short one, which may have few left."""
    length = len(word.folded)
    return word.folded[: 2 if length > _FEW else 1 if length > LONGEST_PARTICLE else 0]


def _rarest(words: tuple[Term, ...], counts: Counter[str]) -> int:
    """Give which word of a name to look for first: the one that the fewest terms have, of these the longest."""
    return min(range(len(words)), key=lambda place: (counts[words[place].folded], -len(words[place].folded)))


def is_cased(term: Term, printed: str, *, tail: str, is_plain: bool, is_read: bool = False) -> bool:
    """Say whether capitals stand where the term wants them.

    ``is_plain``: nothing is written on to it or cut off, and it is no other word of the language. ``is_read``: it is an acronym
    that the language reads as a word.

    Up to three capitals are found in capitals only (US is not us), more in title case too, never all-lower. A name with an ending
    has a capital, or it is a common word that looks like one (Газа: цены на газ; Pécs: pecsét); so has a short name as it stands
    (Mali: mali, "small").
    """
    first = next((char for char in printed if char.isalpha()), "")
    # scripts without capitals have nothing to say here
    if not first or first.lower() == first.upper() or term.kind == "word":
        return True
    if term.kind == "short acronym" and not is_read:
        return printed.upper() == printed and tail.lower() == tail
    if term.kind != "name":
        return first.isupper() and tail.lower() == tail
    # a Su 35 is an aeroplane, and su 35 cumpleaños a birthday
    is_plain = is_plain and not (" " in printed and printed[-1].isdecimal())
    return any(map(str.isupper, printed)) or (
        is_plain and len(term.folded) > _SHORT_NAME and _marks(printed) <= _marks(term.typed)
    )


def _marks(text: str) -> int:
    """Count the letters with marks, more or less: lähti ("left") is not Lahti."""
    return sum(not char.isascii() for char in text if char.isalpha())


MARKED_LANGUAGES: Final = frozenset({"vi"})
"""Where marks tell words apart of which a sentence has dozens."""


def is_marked(term: Term, printed: str) -> bool:
    """Say whether the marks are those that were typed; names of several syllables are also typed and printed without any.

    A name of one syllable has its capital too: Ý is Italy, ý is "thought", and y tế is health. After L. Thompson, A Vietnamese
    Grammar (1965).
    """
    typed, found = _signs(term.typed), _signs(printed)
    if " " in term.folded:
        return typed == found or not typed or not found
    return typed == found and (term.kind != "name" or printed[:1].isupper())


def _signs(text: str) -> list[str]:
    """Give the marks in no order: oà and òa are one syllable."""
    letters = unicodedata.normalize("NFD", text.lower())
    return sorted(char for char in letters if char == "đ" or unicodedata.combining(char))
