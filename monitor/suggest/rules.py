"""A file of rules/ → how a word is written in another script. Touches nothing but those files; knows no script itself.

A file says for each letter or row of letters what is written for it, and where. Its lines that begin with ! are about words:
``vowels``, the letters that count as such; ``case``, that the script has capitals; ``same``, what is taken for one before all;
``article``, words that are written on to the next one, as what; ``between``, what stands between words; ``fill``, the vowel that
is put between consonants where a script does not write it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from monitor.suggest.files import rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """``source`` is written as one of ``ways``, where all of ``where`` holds: "start", "end", "before vowel", "after a" ..."""

    source: str
    ways: tuple[str, ...]
    where: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A file, read. ``articles``: (the words, what is written; "~" is the article itself)."""

    by_first: dict[str, tuple[Rule, ...]]
    vowels: frozenset[str]
    has_case: bool
    same: tuple[tuple[str, str], ...]
    articles: tuple[tuple[frozenset[str], str], ...]
    between: str | None
    fill: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of a word and the ways of writing it. ``is_vowel``: it has one in it."""

    ways: tuple[str, ...]
    is_vowel: bool


@cache
def rules(name: str) -> Rules:
    """Read a file of rules/."""
    said: dict[str, list[str]] = {}
    found: list[Rule] = []
    for first, *rest in rows(f"rules/{name}.tsv"):
        if first.startswith("!"):
            said.setdefault(first[1:], []).extend(rest)
            continue
        way, *where = rest or [""]
        conditions = tuple(where[0].split(", ")) if where else ()
        found.append(Rule(source=first, ways=tuple(way.split("|")), where=conditions))
    # the longest first, then what is said for a place of its own
    found.sort(key=lambda rule: (-len(rule.source), -len(rule.where)))
    by_first: dict[str, list[Rule]] = {}
    for rule in found:
        by_first.setdefault(rule.source[0], []).append(rule)
    articles = (entry.partition("=") for entry in said.get("article", ()))
    pairs = (pair.partition("=") for entry in said.get("same", ()) for pair in entry.split())
    return Rules(
        by_first={first: tuple(group) for first, group in by_first.items()},
        vowels=frozenset("".join(said.get("vowels", ()))),
        has_case="case" in said,
        same=tuple((before, after) for before, _, after in pairs),
        articles=tuple((frozenset(words.split(",")), way) for words, _, way in articles),
        between={"space": " "}.get(said["between"][0], said["between"][0]) if "between" in said else None,
        fill="".join(said.get("fill", ())),
    )


def ways(text: str, of: Rules) -> tuple[str, ...]:
    """Give the ways of writing a folded text.

    With the first way of each letter, with the second, and where the second leaves letters out, with all but the last left out.
    Raises nothing; what has no rule is left out.
    """
    pieces = list(_pieces(text, of))
    found = []
    for way in (_first, _last, _last_kept):
        written = "".join(piece if isinstance(piece, str) else _cased(way(piece), of) for piece in pieces)
        found.append(re.sub(r"[\s\-・]+$|^[\s\-・]+", "", written))
    return tuple(dict.fromkeys(filter(None, found)))


def holds(text: str, start: int, stop: int, where: str, *, vowels: frozenset[str]) -> bool:
    """Say whether one condition of a rule holds at a place."""
    before, after = text[start - 1 : start] if start else "", text[stop : stop + 1]
    side, _, what = where.partition(" ")
    if side == "start":
        return not before
    if side == "end":
        return not after
    if side == "inside":
        return bool(after)
    beside = after if side == "before" else before
    if what == "vowel":
        return beside in vowels and beside != ""
    if what == "consonant":
        return beside not in vowels and beside.isalpha()
    return beside == what


def _pieces(text: str, of: Rules) -> Iterator[str | tuple[Segment, ...]]:
    """Give the words of a text as segments, and what stands between and before them as it is written."""
    words = re.split(r"([\s\-]+)", text)
    for place in range(0, len(words), 2):
        word, gap = words[place], words[place + 1] if place + 1 < len(words) else ""
        following = words[place + 2] if place + 2 < len(words) else ""
        article = _article(word, following, of)
        if article is None:
            yield _segments(word, of)
            yield (of.between if of.between is not None else gap[:1]) if gap else ""
        elif article.startswith("~"):
            yield "".join(segment.ways[0] for segment in _segments(word, of)) + article[1:]
        else:
            yield article


def _article(word: str, following: str, of: Rules) -> str | None:
    """Give how an article is written: al- before any word, az- and its like before one of their own letter. None: it is none."""
    for words, way in of.articles:
        if word in words and following and (word[1:] == "l" or word[-1] == following[0]):
            return way
    return None


def _segments(word: str, of: Rules) -> tuple[Segment, ...]:
    for before, after in of.same:
        word = word.replace(before, after)
    found: list[Segment] = []
    at = 0
    while at < len(word):
        rule = next((rule for rule in of.by_first.get(word[at], ()) if _fits(rule, word, at, of)), None)
        if rule is None:
            at += 1
            continue
        found.append(Segment(ways=rule.ways, is_vowel=bool(set(rule.source) & of.vowels)))
        at += len(rule.source)
    return tuple(_filled(found, of.fill)) if of.fill else tuple(found)


def _fits(rule: Rule, word: str, at: int, of: Rules) -> bool:
    stop = at + len(rule.source)
    return word.startswith(rule.source, at) and all(holds(word, at, stop, one, vowels=of.vowels) for one in rule.where)


def _filled(segments: list[Segment], fill: str) -> Iterator[Segment]:
    """Put a vowel where consonants meet at the beginning or the end of a word, and where three meet."""
    vowel = Segment(ways=(fill,), is_vowel=True)
    run = 0
    opens = True
    for place, segment in enumerate(segments):
        if segment.is_vowel:
            run, opens = 0, segment.ways[0].endswith("-")
            yield segment
            continue
        is_last = place + 1 == len(segments)
        if run and (opens or is_last or run > 1):
            yield vowel
            run = 0
        run += 1
        yield segment


def _first(segments: tuple[Segment, ...]) -> str:
    return "".join(segment.ways[0] for segment in segments)


def _last(segments: tuple[Segment, ...]) -> str:
    return "".join(segment.ways[-1] for segment in segments)


def _last_kept(segments: tuple[Segment, ...]) -> str:
    optional = [place for place, segment in enumerate(segments) if "" in segment.ways and len(segment.ways) > 1]
    return "".join(
        segment.ways[0] if place not in optional or place == optional[-1] else "" for place, segment in enumerate(segments)
    )


def _cased(word: str, of: Rules) -> str:
    # the article stays small: al-Shadadi
    head, hyphen, tail = word.partition("-")
    if not of.has_case or not word:
        return word
    return f"{head}-{tail[:1].upper()}{tail[1:]}" if hyphen else word[:1].upper() + word[1:]
