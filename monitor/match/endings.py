"""A word → what may be written on to it, or stand for its end, by language: the tables, made ready. Touches nothing.

Ten thousand words share a few hundred of these answers; each is worked out once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from monitor.fold import fold
from monitor.match.scripts import DIGIT
from monitor.match.tables import ACRONYMS, ANY, ATTRIBUTES, COMMON_NOUNS, ENDINGS, NAMES, NOTHING, PARTICLES, VOWELS, Row

Parts = frozenset[str]

INFLECTED: Final = frozenset(ENDINGS) - {"ARABIC", "HEBREW", "ETHIOPIC", "HANGUL", "KATAKANA"}
"""Scripts in which each word of a name has its own forms, and none has a conjunction before it (و, ו), which would make two."""

# Elsewhere a name can't be told from a common noun: what holds for names holds for all words.
_CASED: Final = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN"})
_DOUBLING: Final = frozenset(
    script for script, table in ENDINGS.items() for rows in table.values() for row in rows if "+" in row.becomes
)
"""Scripts with an ending that doubles the last letter: elsewhere all words share their endings, whatever they end in."""

LONGEST_ENDS: Final = max(
    len(fold(row.ends))
    for table in (ENDINGS, COMMON_NOUNS, ATTRIBUTES)
    for by_language in table.values()
    for rows in by_language.values()
    for row in rows
)
"""The longest end of a word that a row takes off."""

# No row looks at more letters before the end of a word, and none wants a longer one.
_BEFORE: Final = 3
_LONG: Final = 6

# What is found in a name of several words can hardly be another: there each word takes all forms of its language. But in English
# a name is no plural (Bab al-Hawas).
_NO_PLURAL: Final = frozenset((ANY, "en"))
_VOWEL: Final = f"[{''.join(sorted(VOWELS))}]"
_CLASSES: Final = {"C": rf"(?!{_VOWEL})[^\W\d_]", "V": _VOWEL}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """A row, folded. ``after``: None where anything goes."""

    language: str
    after: re.Pattern[str] | None
    becomes: tuple[str, ...]
    at_least: int
    for_names: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What rows hold for a word: those for its script, how it was typed, and whether it is one of the words of a name."""

    script: str
    kind: Literal["short acronym", "acronym", "name", "word", "particle"]
    is_beside: bool = False


def spoken(script: str, language: str) -> str:
    """Give the language whose rows hold for a word in that script: ``ANY`` where there are none of its own."""
    return language if language in _languages(script) else ANY


def is_small(word: str, ending: str, *, script: str, language: str) -> bool:
    """Say whether what the ending makes of a name is printed without a capital: идлибский."""
    rules = _small(script, spoken(script, language))
    return any(ending in rule.becomes and (rule.after is None or rule.after.search(word)) for rule in rules)


def whole_tails(word: str, use: Use) -> Mapping[str, Parts]:
    """Give what may be written on to a whole word, by language."""
    fitting = _fitting(use, "", word[-_BEFORE:], length=min(len(word), _LONG), is_bare=word in NAMES)
    return _tails(use, "", fitting, word[-1] if use.script in _DOUBLING else "")


def cut_tails(word: str, length: int, use: Use) -> Mapping[str, Parts]:
    """Give what may stand in place of the last ``length`` letters of a word, by language."""
    ends = word[-length:]
    if ends not in _rules(use):
        return {}
    fitting = _fitting(use, ends, word[:-length][-_BEFORE:], length=min(len(word), _LONG), is_bare=word in NAMES)
    return _tails(use, ends, fitting, ends[-1])


@cache
def _languages(script: str) -> frozenset[str]:
    return frozenset(language for table in (ENDINGS, COMMON_NOUNS, ATTRIBUTES) for language in table.get(script, {}))


@cache
def _small(script: str, language: str) -> tuple[_Rule, ...]:
    return tuple(_rule(language, row) for row in ENDINGS.get(script, {}).get(language, ()) if row.is_small)


def _rule(language: str, row: Row) -> _Rule:
    becomes = tuple("" if ending == NOTHING else fold(ending) for ending in row.becomes.split())
    after = _pattern(row.after)
    return _Rule(language=language, after=after, becomes=becomes, at_least=row.at_least, for_names=row.for_names)


@cache
def _rules(use: Use) -> Mapping[str, tuple[_Rule, ...]]:
    """Give the rows that can hold for such a word, by what they take off it."""
    rules: dict[str, list[_Rule]] = {}
    for language, row in _rows(use):
        rules.setdefault(fold(row.ends), []).append(_rule(language, row))
    return {ends: tuple(group) for ends, group in rules.items()}


def _rows(use: Use) -> list[tuple[str, Row]]:
    rows, plurals = _of(ENDINGS, use.script), _of(COMMON_NOUNS, use.script)
    if use.kind == "particle":
        return _of(PARTICLES, use.script)
    if use.is_beside:
        allowed = [pair for pair in plurals if use.kind == "word" or pair[0] not in _NO_PLURAL]
        return [*rows, *allowed, *_of(ATTRIBUTES, use.script)]
    if use.kind == "word":
        return [*rows, *plurals]
    if use.kind == "name":
        return [*rows, *(plurals if use.script == DIGIT else ())]
    acronyms = [(language, row) for language in _languages(use.script) for row in ACRONYMS if use.script in ("LATIN", DIGIT)]
    return [*((language, row) for language, row in rows if not row.ends), *acronyms]


def _of(table: Mapping[str, Mapping[str, tuple[Row, ...]]], script: str) -> list[tuple[str, Row]]:
    return [(language, row) for language, rows in table.get(script, {}).items() for row in rows]


@cache
def _pattern(after: str) -> re.Pattern[str] | None:
    if after == "any":
        return None
    wanted = {"consonant": "C", "vowel": "V"}.get(after, after)
    return re.compile(f"(?:{re.sub('[CV]', lambda found: _CLASSES[found[0]], wanted)})\\Z")


@cache
def _fitting(use: Use, ends: str, before: str, *, length: int, is_bare: bool) -> tuple[int, ...]:
    """Give which of the rows that take ``ends`` off hold after such letters. ``is_bare``: the word is in NAMES."""
    is_name = (use.kind == "name" or use.script not in _CASED) and not use.is_beside
    return tuple(
        place
        for place, rule in enumerate(_rules(use).get(ends, ()))
        if (length >= rule.at_least or not is_name)
        and rule.for_names >= is_bare
        and (rule.after is None or rule.after.search(before))
    )


@cache
def _tails(use: Use, ends: str, fitting: tuple[int, ...], final: str) -> Mapping[str, Parts]:
    rules = _rules(use).get(ends, ())
    tails: dict[str, set[str]] = {}
    for place in fitting:
        rule = rules[place]
        tails.setdefault(rule.language, set()).update(ending.replace("+", final) for ending in rule.becomes)
    return {language: frozenset(endings) for language, endings in tails.items()}
