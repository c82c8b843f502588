"""A name → how it may be written in other scripts, and otherwise in Latin letters; all to be checked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from anyascii import anyascii

from monitor.fold import fold
from monitor.suggest.keys import same
from monitor.suggest.rules import Rule, holds, rules, ways
from monitor.suggest.scripts import script

_TO: Final = {
    "latin-arabic": ("ar",), "latin-persian": ("fa",), "latin-hebrew": ("he",), "latin-russian": ("ru",),
    "latin-ukrainian": ("uk",), "latin-greek": ("el",), "latin-katakana": ("ja",), "latin-hangul": ("ko",),
}  # fmt: skip
"""The rules for names in Latin letters, and the languages that they are for."""
_FROM: Final = {
    "ARABIC": ("arabic-latin",), "HEBREW": ("hebrew-latin",), "CYRILLIC": ("russian-latin", "ukrainian-latin"),
    "GREEK": ("greek-latin",), "KATAKANA": ("katakana-latin",), "HANGUL": ("hangul-latin",),
}  # fmt: skip
_MOST_LATIN: Final = 12
_LONGEST: Final = 80
_LOOSE_JAMO: Final = re.compile("[\u1100-\u11ff\u3131-\u318e]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A guess, the languages it is for, and by which rules it was made."""

    text: str
    languages: tuple[str, ...]
    rules: str


def latin(name: str) -> tuple[Written, ...]:
    """Give the name in Latin letters, where it is in others; the likeliest first. () where it has no letters."""
    text = fold(name.strip())[:_LONGEST]
    of = script(text)
    if of == "LATIN" or not of:
        return ()
    found: list[Written] = []
    for table in _FROM.get(of, ()):
        letters = unicodedata.normalize("NFD", text) if of == "HANGUL" else text
        found += (Written(text=way, languages=(), rules=table) for way in ways(letters, rules(table)))
    return tuple(found) or tuple(_read(text))


def others(name: str) -> Iterator[Written]:
    """Give a Latin name in the other scripts."""
    text = re.sub("['\"`.,]", "", fold(name.strip())[:_LONGEST])
    if not _is_latin(text):
        return
    for table, languages in _TO.items():
        for way in ways(text, rules(table)):
            joined = unicodedata.normalize("NFKC", way)
            if not _LOOSE_JAMO.search(joined):
                yield Written(text=joined, languages=languages, rules=table)


def variants(name: str) -> Iterator[Written]:
    """Give other spellings of a Latin name: each change between romanisations alone, then two together; a dozen at most."""
    text = fold(name.strip())[:_LONGEST]
    if not _is_latin(text):
        return
    changes = [rule for group in rules("latin-latin").by_first.values() for rule in group]
    once = [changed for rule in changes if (changed := _changed(text, rule)) != text]
    twice = [changed for one in once for rule in changes if (changed := _changed(one, rule)) != one]
    new = dict.fromkeys(one for one in (*once, *twice) if same(one) != same(name))
    for one in list(new)[:_MOST_LATIN]:
        yield Written(text=_titled(one, name), languages=(), rules="latin-latin")


def _is_latin(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    return bool(letters) and all(script(char) == "LATIN" for char in letters)


def _changed(text: str, rule: Rule) -> str:
    """Apply a rule wherever it holds."""
    vowels = rules("latin-latin").vowels
    parts = []
    at = 0
    while at < len(text):
        stop = at + len(rule.source)
        if text.startswith(rule.source, at) and all(holds(text, at, stop, where, vowels=vowels) for where in rule.where):
            parts.append(rule.ways[0])
            at = stop
        else:
            parts.append(text[at])
            at += 1
    return "".join(parts)


def _titled(text: str, name: str) -> str:
    """Write a changed name with capitals where the typed one has them; one that was typed small gets them all."""
    typed = re.split(r"[\s\-]+", name.strip())
    is_small = name == name.lower()
    words = re.split(r"([\s\-]+)", text)
    for place in range(0, len(words), 2):
        own = typed[place // 2] if place // 2 < len(typed) else ""
        if own[:1].isupper() or (is_small and len(words[place]) > 2):  # noqa: PLR2004  al, el
            words[place] = words[place][:1].upper() + words[place][1:]
    return "".join(words)


def _read(text: str) -> Iterator[Written]:
    """Read a script without rules here letter by letter; a Han character by its usual sound in Mandarin."""
    read = " ".join(word[:1].upper() + word[1:].lower() for word in re.sub(r"[^\w\s'\-]", "", anyascii(text)).split())
    if read:
        yield Written(text=read, languages=(), rules="anyascii")
