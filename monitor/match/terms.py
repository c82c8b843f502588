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
from monitor.match.endings import INFLECTED, LONGEST_ENDS, Parts, Use, cut_tails, whole_tails
from monitor.match.scripts import DIGIT, script_of
from monitor.match.tables import (
    ARTICLED,
    ARTICLES,
    CONTRACTIONS,
    FIRST_PLURALS,
    LONGER,
    MELTING,
    NAMES,
    NO_DIGITS,
    PREFIXES,
    UNJOINED,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitor.match.tables import Clitic

Slots = tuple[tuple[str, ...], ...]
"""What may stand before a word, place by place."""
Kind = Literal["short acronym", "acronym", "name", "word"]
"""How it was typed: at most three capitals, more capitals, with a capital, without any (or in a script that has none)."""

_NOTHING: Final[Mapping[str, Parts]] = MappingProxyType({})
_SHORT: Final = 3
# A stem that is left with two letters stands in half of all words: it is looked for with each of its endings instead.
_SHORTEST_CUT_STEM: Final = 3
LONGEST_PARTICLE: Final = 2
"""A small word within a name has few forms or none: Bab al-Hawa, Ростов-на-Дону, Deti i Zi."""
_SHORTEST_DOTTED, _LONGEST_DOTTED = 2, 5

# Bab al-Hawa, Bab al Hawa, #Bab_al_Hawa; バシャール・アサド, バシャール＝アサド, 巴沙尔·阿萨德
_DOUBLE_HYPHEN: Final = re.compile("(?<=[ァ-ヺーヽ-ヿ])[=゠](?=[ァ-ヺーヽ-ヿ])")
_SEPARATORS: Final = re.compile(rf"[\s\-_·・‧•]{{2,}}|[^\S ]|[\-_·・‧•]|{_DOUBLE_HYPHEN.pattern}")
_NUMBERED: Final = re.compile(r"([^\W\d_]+)( ?)(\d+[^\W\d_]{0,2})")
_SPACES: Final = "\n-_·・‧•\t\r\v\f\x1c\x1d\x1e\x1f\x85"
_WIDE: Final = re.compile(" {2,}")
# U.S., and a plural that is told by doubling: EE.UU.
_DOTTED: Final = re.compile(r"(?:([^\W\d_])\1?\.)+(?:([^\W\d_])\2?)?\.?")
_DOUBLED: Final = re.compile(r"(?:([^\W\d_])\1){2,3}")


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

    ``words``: of a name of several words that each take their forms; () where the name is looked for as one. ``is_open``:
    whatever goes on after it is a form of it. ``is_exact``: it stands as ``typed`` (NFC), to the letter. ``within``: longer words
    in which it is not meant, and where in them it stands.
    """

    typed: str
    kind: Kind
    folded: str
    first_script: str
    last_script: str
    stems: tuple[Stem, ...]
    words: tuple[Term, ...] = ()
    within: tuple[tuple[int, str], ...] = ()
    is_open: bool = False
    is_exact: bool = False


def squeeze(folded: str) -> str:
    """Make every run of spaces, hyphens, underscores and middle dots one space, so that the words of a name always meet."""
    if "=" in folded or "゠" in folded:
        folded = _DOUBLE_HYPHEN.sub(" ", folded)
    for sign in _SPACES:
        # ten times as fast as one pattern for all
        if sign in folded:
            folded = folded.replace(sign, " ")
    return _WIDE.sub(" ", folded) if "  " in folded else folded


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
    # only capitals are an acronym without their full stops, too
    is_dotted = not is_open and text.isupper() and _DOTTED.fullmatch(text) is not None
    if is_dotted:
        text = text.replace(".", "")
    folded = squeeze(fold(text)).strip()
    if not any(map(script_of, folded)):
        return None
    kind = "word" if is_open else _kind(text)
    # "" where it begins or ends with a sign (#Idlib, C++): anything may stand beside that
    first, last = script_of(folded[0]), script_of(folded[-1])
    words = () if is_open else _words(text, folded)
    ways = _other_ways(folded, last) if words else (folded, *_other_ways(folded, last))
    stems = tuple(stem for way in ways for stem in _stems(way, Use(script=last, kind=kind)))
    if kind in ("short acronym", "acronym"):
        stems = (*stems, *_dotted(folded))
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
        words=words,
        within=tuple(_within(folded)),
        is_open=is_open,
    )


def _words(text: str, folded: str) -> tuple[Term, ...]:
    """Give the words of a name, if there are several and their scripts have endings and no prefixes."""
    parts = folded.split(" ")
    scripts = {script_of(part[edge]) for part in parts for edge in (0, -1)}
    if len(parts) == 1 or not scripts - {DIGIT} or scripts - INFLECTED - {DIGIT}:
        return ()
    printed = [part for part in _SEPARATORS.sub(" ", text).split(" ") if part]
    if len(printed) != len(parts):
        printed = [text] * len(parts)
    return tuple(_word(one, part) for one, part in zip(printed, parts, strict=True))


def _word(typed: str, folded: str) -> Term:
    first, last = script_of(folded[0]), script_of(folded[-1])
    kind: Kind = "name" if any(char.isupper() for char in typed) else "word"
    use = Use(script=last, kind=kind if len(folded) > LONGEST_PARTICLE else "particle", is_beside=True)
    stems = _stems(folded, use)
    return Term(typed=typed, kind=kind, folded=folded, first_script=first, last_script=last, stems=stems)


def _dotted(folded: str) -> Iterator[Stem]:
    if not folded.isalpha():
        return
    if _SHORTEST_DOTTED <= len(folded) <= _LONGEST_DOTTED:
        yield Stem(key=".".join(folded), heads=_NOTHING, tails=_NOTHING, is_dotted=True)
    if _DOUBLED.fullmatch(folded):
        pairs = [folded[at : at + 2] for at in range(0, len(folded), 2)]
        yield from (Stem(key=sign.join(pairs), heads=_NOTHING, tails=_NOTHING, is_dotted=True) for sign in (".", ". "))


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
            yield from {f"{letters}{numbered[3]}", f"{letters} {numbered[3]}"} - {folded}
    if " " in folded and last in NO_DIGITS:
        yield folded.replace(" ", "")
    if '"' in folded and last == "HEBREW":
        yield folded.replace('"', "''")
    if last in ARTICLES and " " in folded and script_of(folded[0]) == last:
        yield from _definite(folded.split(" "), ARTICLES[last])


def _definite(words: list[str], article: str) -> Iterator[str]:
    """Give a name of several words with the article on all but the first, which takes its own, and the first in the plural."""
    if any(word.startswith(article) for word in words[1:]) or min(map(len, words)) <= LONGEST_PARTICLE:
        return
    first, rest = words[0], " ".join(words[1:])
    definite = " ".join(article + word for word in words[1:])
    yield f"{first} {definite}"
    for ends, becomes in FIRST_PLURALS.get(script_of(first[-1]), ()):
        if first.endswith(fold(ends)):
            plural = first.removesuffix(fold(ends)) + becomes
            yield from (f"{plural} {rest}", f"{plural} {definite}")
            return


def _within(folded: str) -> Iterator[tuple[int, str]]:
    for word in map(fold, LONGER.get(folded, "").split()):
        place = word.find(folded)
        while place >= 0:
            yield place, word
            place = word.find(folded, place + 1)


def _stems(folded: str, use: Use) -> tuple[Stem, ...]:
    return (*_whole(folded, use), *_cut(folded, use))


def _whole(folded: str, use: Use) -> Iterator[Stem]:
    first = script_of(folded[0])
    tails = whole_tails(folded, use)
    yield Stem(key=folded, heads=_heads(folded, first), tails=tails)
    for key, heads in _contracted(folded, first):
        yield Stem(key=key, heads=heads, tails=tails)


def _contracted(folded: str, first: str) -> Iterator[tuple[str, Mapping[str, Parts]]]:
    """Give how a word with an article of its own goes on behind a preposition, and what may stand before that: للقاهرة, בגולן."""
    for script, joined, printed in CONTRACTIONS:
        article = joined[1:]
        if script == first and folded.startswith(article):
            yield printed + folded.removeprefix(article), _conjunctions(script, 1)
    if first == "HEBREW" and _has_article(folded):
        for preposition in MELTING:
            yield preposition + folded.removeprefix(ARTICLES[first]), _conjunctions(first, 2)


def _conjunctions(script: str, count: int) -> Mapping[str, Parts]:
    """Give what may stand before a preposition: the clitics of the first slots."""
    return {
        language: frozenset("".join(clitic.letters for clitic in parts) for parts in product(*slots[:count]))
        for language, slots in PREFIXES[script].items()
        if slots
    }


def _has_article(folded: str) -> bool:
    article = ARTICLES["HEBREW"]
    words = folded.split(" ")
    if len(words) > 1:
        return all(word.startswith(article) for word in words)
    return folded.startswith(article) and folded.removeprefix(article) in ARTICLED


def _cut(folded: str, use: Use) -> Iterator[Stem]:
    """Give the stems that are left when an ending is taken off: Москва, москв-."""
    first = script_of(folded[0])
    heads = _heads(folded, first)
    short: dict[str, set[str]] = {}
    for length in range(1, min(LONGEST_ENDS, len(folded)) + 1):
        key = folded[:-length]
        tails = cut_tails(folded, length, use)
        if len(key) >= _SHORTEST_CUT_STEM and tails:
            yield Stem(key=key, heads=heads, tails=tails, is_whole=False)
            for other, before in _contracted(key, first):
                yield Stem(key=other, heads=before, tails=tails, is_whole=False)
            continue
        for language, endings in tails.items():
            for ending in endings:
                short.setdefault(key + ending, set()).add(language)
    alone = frozenset(("",))
    for key, languages in short.items():
        if key not in ("", folded):
            yield Stem(key=key, heads=heads, tails=dict.fromkeys(languages, alone), is_whole=False)


def _heads(folded: str, script: str) -> Mapping[str, Parts]:
    return _joined(
        script,
        tuple(
            (language, tuple(tuple(clitic.letters for clitic in slot if _may_precede(clitic, folded)) for slot in slots))
            for language, slots in PREFIXES.get(script, {}).items()
        ),
    )


# Ten thousand Hebrew words share a handful of these, and each is a hundred strings.
@cache
def _joined(script: str, allowed: tuple[tuple[str, Slots], ...]) -> Mapping[str, Parts]:
    heads: dict[str, Parts] = {}
    for language, slots in allowed:
        joined = set(map("".join, product(*slots)))
        for of_script, before, printed in CONTRACTIONS:
            if of_script == script:
                joined = {head.replace(before, printed) for head in joined}
        heads[language] = frozenset(head for head in joined if not any(pair in head for pair in UNJOINED.get(script, ())))
    return heads


def _may_precede(clitic: Clitic, folded: str) -> bool:
    if not clitic.letters:
        return True
    if folded in NAMES and not clitic.for_names:
        return False
    # abbreviations are no other word: הח"כים
    is_long = len(folded) >= clitic.at_least or folded in clitic.short_words or '"' in folded
    return is_long and folded.startswith(clitic.only_before)
