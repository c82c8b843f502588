"""A word as the desk typed it → the stems to look for, and what may stand before and after each. Touches nothing."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from monitor.fold import fold
from monitor.fold.looks import in_other_script
from monitor.match.scripts import DIGIT, script_of
from monitor.match.tables import (
    ACRONYMS,
    ANY,
    COMMON_NOUNS,
    CONTRACTIONS,
    ENDINGS,
    LONGER,
    NAMES,
    NO_DIGITS,
    PREFIXES,
    VOWELS,
    After,
    Row,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitor.match.tables import Clitic

Kind = Literal["short acronym", "acronym", "name", "word"]
"""How it was typed: at most three capitals, more capitals, with a capital, without any (or in a script that has none)."""

Parts = frozenset[str]
_NOTHING: Final[Mapping[str, Parts]] = MappingProxyType({})
_SHORT: Final = 3
_SHORTEST_CUT_STEM: Final = 2
_SHORTEST_DOTTED, _LONGEST_DOTTED = 2, 5
# no table asks for more characters in a word
_LONG: Final = 8
_DOUBLING: Final = frozenset(
    script for script, table in ENDINGS.items() for rows in table.values() for row in rows if "+" in row.becomes
)

# Bab al-Hawa, Bab al Hawa, #Bab_al_Hawa; バシャール・アサド, バシャール＝アサド, 巴沙尔·阿萨德
_SEPARATORS: Final = re.compile(r"[\s\-_·・‧•]{2,}|[^\S ]|[\-_·・‧•]|(?<=[ァ-ヿ])[=゠](?=[ァ-ヿ])")
_NUMBERED: Final = re.compile(r"([^\W\d_]+)( ?)(\d+[^\W\d_]{0,2})")
_DOTTED: Final = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?\.?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stem:
    """What the automaton looks for. ``heads`` and ``tails``: per language, what may be written on to it.

    ``is_whole``: the stem alone is the word, with nothing written on. ``is_dotted``: it is an acronym with full stops.
    """

    key: str
    heads: Mapping[str, Parts]
    tails: Mapping[str, Parts]
    is_whole: bool = True
    is_dotted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word of a watch. ``first_script`` and ``last_script`` judge its two edges.

    ``is_open``: whatever goes on after it is a form of it. ``is_exact``: it stands as ``typed`` (NFC), to the letter.
    ``within``: longer words in which it is not meant, and where in them it stands.
    """

    typed: str
    kind: Kind
    folded: str
    first_script: str
    last_script: str
    stems: tuple[Stem, ...]
    within: tuple[tuple[int, str], ...] = ()
    is_open: bool = False
    is_exact: bool = False


def squeeze(folded: str) -> str:
    """Make every run of spaces, hyphens, underscores and middle dots one space, so that the words of a name always meet."""
    return _SEPARATORS.sub(" ", folded)


def squeezed_places(folded: str) -> list[int]:
    """Give for each character of ``squeeze(folded)`` where it stood in ``folded``."""
    places: list[int] = []
    position = 0
    for found in _SEPARATORS.finditer(folded):
        places.extend(range(position, found.start() + 1))
        position = found.end()
    places.extend(range(position, len(folded)))
    return places


def compile_term(typed: str, *, is_open: bool = False, is_exact: bool = False) -> Term | None:
    """Work out all that a typed word can look like in a text. None: there is no letter or digit in it."""
    text = typed.strip()
    if is_exact:
        return _exact(text)
    is_dotted = not is_open and _DOTTED.fullmatch(text) is not None
    if is_dotted:
        text = text.replace(".", "")
    folded = squeeze(fold(text)).strip()
    if not any(map(script_of, folded)):
        return None
    kind = "word" if is_open else _kind(text)
    # "" where it begins or ends with a sign (#Idlib, C++): anything may stand beside that
    first, last = script_of(folded[0]), script_of(folded[-1])
    spelt = (stem for way in dict.fromkeys((folded, *_other_ways(folded, last))) for stem in _whole(way, first, last, kind=kind))
    stems = (*spelt, *_cut(folded, first, last, kind=kind))
    if kind in ("short acronym", "acronym") and _SHORTEST_DOTTED <= len(folded) <= _LONGEST_DOTTED and folded.isalpha():
        stems = (*stems, Stem(key=".".join(folded), heads=_NOTHING, tails=_NOTHING, is_dotted=True))
    if is_open:
        # what it may go on with is for edges to say: anything
        stems = stems[:1]
    return Term(
        typed=typed,
        kind=kind,
        folded=folded,
        first_script=first,
        last_script=last,
        stems=stems,
        within=tuple(_within(folded)),
        is_open=is_open,
    )


def _exact(text: str) -> Term | None:
    folded = squeeze(fold(text)).strip()
    if not any(map(script_of, folded)):
        return None
    return Term(
        typed=unicodedata.normalize("NFC", text),
        kind="name",
        folded=folded,
        first_script=script_of(folded[0]),
        last_script=script_of(folded[-1]),
        stems=(Stem(key=folded, heads=_NOTHING, tails=_NOTHING),),
        is_exact=True,
    )


def _kind(text: str) -> Kind:
    letters = [char for char in text if char.isalpha()]
    if not any(char.isupper() for char in letters):
        return "word"
    if not all(char.isupper() for char in letters) or " " in text:
        return "name"
    return "short acronym" if len(letters) <= _SHORT else "acronym"


def _other_ways(folded: str, last: str) -> Iterator[str]:
    """Give how else a word is spelt: M4 and M-4; names without spaces where words may run together; צה''ל."""
    if numbered := _NUMBERED.fullmatch(folded):
        for letters in filter(None, (numbered[1], in_other_script(numbered[1]))):
            yield from (f"{letters}{numbered[3]}", f"{letters} {numbered[3]}")
    if " " in folded and last in NO_DIGITS:
        yield folded.replace(" ", "")
    if '"' in folded and last == "HEBREW":
        yield folded.replace('"', "''")


def _within(folded: str) -> Iterator[tuple[int, str]]:
    for word in map(fold, LONGER.get(folded, "").split()):
        place = word.find(folded)
        while place >= 0:
            yield place, word
            place = word.find(folded, place + 1)


def _whole(folded: str, first: str, last: str, *, kind: Kind) -> Iterator[Stem]:
    doubled = folded[-1] if last in _DOUBLING else ""
    length = min(len(folded), _LONG)
    tails = _tails(last, kind, sort=_sort(folded[-1]), final=doubled, length=length, is_name=folded in NAMES)
    yield Stem(key=folded, heads=_heads(folded, first), tails=tails)
    for script, joined, printed in CONTRACTIONS:
        article = joined[1:]
        if script == first and folded.startswith(article):
            heads = {
                language: frozenset(clitic.letters for clitic in slots[0])
                for language, slots in PREFIXES[script].items()
                if slots
            }
            yield Stem(key=printed + folded.removeprefix(article), heads=heads, tails=tails)


@cache
def _languages(script: str) -> frozenset[str]:
    return frozenset((ANY, *ENDINGS.get(script, {}), *COMMON_NOUNS.get(script, {})))


@cache
def _rows(script: str, kind: Kind) -> tuple[tuple[str, Row], ...]:
    """Give each row that can hold for such a word, with its language."""
    rows = [(language, row) for language, table in ENDINGS.get(script, {}).items() for row in table]
    if kind == "word":
        return (*rows, *((language, row) for language, table in COMMON_NOUNS.get(script, {}).items() for row in table))
    plurals = [(language, row) for language in _languages(script) for row in ACRONYMS if script in ("LATIN", DIGIT)]
    if kind == "name":
        # F-16s
        return (*rows, *(plurals if script == DIGIT else ()))
    return (*((language, row) for language, row in rows if not row.ends), *plurals)


@cache
def _tails(  # noqa: PLR0913
    script: str, kind: Kind, *, sort: After, final: str, length: int, is_name: bool
) -> Mapping[str, Parts]:
    """Give what may be written on to a whole word of such a last letter, by language: one for thousands of words.

    ``final``: the letter itself, where the script has an ending that doubles it.
    """
    tails: dict[str, set[str]] = {language: set() for language in _languages(script)}
    for language, row in _rows(script, kind):
        ends, becomes = _folded(row)
        if not ends and length >= row.at_least and row.for_names >= is_name and row.after in ("any", sort):
            tails[language].update(ending.replace("+", final) for ending in becomes)
    return {language: frozenset(endings) for language, endings in tails.items()}


def _cut(folded: str, first: str, last: str, *, kind: Kind) -> Iterator[Stem]:
    """Give the stems that are left when an ending is taken off: Москва, москв-."""
    tails: dict[str, dict[str, set[str]]] = {}
    for language, row in _rows(last, kind):
        ends, becomes = _folded(row)
        if not ends or not folded.endswith(ends) or len(folded) < row.at_least or (folded in NAMES and not row.for_names):
            continue
        key = folded.removesuffix(ends)
        if len(key) >= _SHORTEST_CUT_STEM and row.after in ("any", _sort(key[-1])):
            tails.setdefault(key, {}).setdefault(language, set()).update(becomes)
    for key, endings in tails.items():
        # every language of the script has its say, if only "none": ANY is for the others
        frozen = {language: frozenset(endings.get(language, ())) for language in _languages(last)}
        yield Stem(key=key, heads=_heads(folded, first), tails=frozen, is_whole=False)


def _sort(char: str) -> After:
    """Give what a word's last letter is. The vowel signs of South Asia are marks, not letters."""
    if char in VOWELS:
        return "vowel"
    return "consonant" if char.isalpha() else "any"


@cache
def _folded(row: Row) -> tuple[str, tuple[str, ...]]:
    return fold(row.ends), tuple(fold(ending) for ending in row.becomes.split())


def _heads(folded: str, script: str) -> Mapping[str, Parts]:
    return {language: frozenset(_joined(slots, folded, script)) for language, slots in PREFIXES.get(script, {}).items()}


def _joined(slots: tuple[tuple[Clitic, ...], ...], folded: str, script: str) -> Iterator[str]:
    allowed = [[clitic.letters for clitic in slot if _may_precede(clitic, folded)] for slot in slots]
    for parts in product(*allowed):
        head = "".join(parts)
        for of_script, joined, printed in CONTRACTIONS:
            if of_script == script:
                head = head.replace(joined, printed)
        yield head


def _may_precede(clitic: Clitic, folded: str) -> bool:
    if not clitic.letters:
        return True
    if folded in NAMES and not clitic.for_names:
        return False
    return folded.startswith(clitic.only_before) and (len(folded) >= clitic.at_least or folded in clitic.short_words)
