"""A text → the language that it is in. Pure; the only door to pycld2, which the worker processes load when they first need it.

The script decides where only one language is written in it. Elsewhere a language has a point for each of its letters and small
words that stand in the text (``tables``), for being what the detector takes it for, and for being what the feed or page says of
itself; the most points win. The detector alone is wrong in one headline of eleven, the points alone in one of eight, together
they are in one of thirty-seven, and in none with a sentence below it (bench/languages.py).

A guess is better than none: of the places that watches find in those headlines by knowing the language, 24 of 100 are lost where
it isn't known, and one of 900 where it is guessed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

import pycld2

from monitor.language.tables import LANGUAGES, SAME, SCRIPTS, Tongue

__all__ = ["detect"]

_SAMPLE: Final = 300
_ROW: Final = 16
# Fewer letters are a name or two: of these the detector says something, but not what language they stand in
_FEW: Final = 12

_WORD: Final = 2
_VOTE: Final = 2
# What stands with no language in the tables can't have any other points
_OTHER_VOTE: Final = 3
# Feeds that come out of a publishing system say en-US over whatever is in them. With this much, what a feed says of itself is
# always kept where it is true, and where it is not, overruled in 92 of 100 bare headlines and in all that have a sentence below.
_DECLARED: Final = 3
# Hebrew, and not Yiddish, unless its letters and words say so
_USUAL: Final = 3
# A name brings a foreign letter into a Latin text, but not into one of another script, where names are written as they sound
_LETTER: Final = {"latin": 2}
_OTHER_LETTER: Final = 3

_SCRIPT_OF: Final = {
    row: script for script, ranges in SCRIPTS.items() for first, last in ranges for row in range(first // _ROW, last // _ROW + 1)
}
_SHARED: Final = frozenset({"latin", "cyrillic", "arabic"})
_KNOWN: Final = frozenset(language for tongues in LANGUAGES.values() for language in tongues)
_WITHIN: Final = "'’-"
_AROUND: Final = '0123456789.,:;!?()[]«»‹›“”„"‘‚`|/…،؛؟।。、，：–—'
# zzb, xx: jokes of the detector's makers, and letters of no living language
_CODE: Final = re.compile(r"(?!xx|zz|un\b|tlh)[a-z]{2,3}")


def _index(parts: Callable[[Tongue], Iterable[str]]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Give for each script which languages each of their letters, or words, stands with."""
    index: dict[str, dict[str, tuple[str, ...]]] = {}
    for script, tongues in LANGUAGES.items():
        here = index.setdefault(script, {})
        for language, tongue in tongues.items():
            for part in set(parts(tongue)):
                here[part] = (*here.get(part, ()), language)
    return index


_LETTERS: Final = _index(lambda tongue: tongue.letters)
_WORDS: Final = _index(lambda tongue: tongue.words.split())


def detect(text: str, *, declared: str | None = None) -> str | None:
    """Give the primary subtag of the language of a text (ISO 639, lower case). None: nothing in it tells.

    ``declared``: what the feed or the page says of itself, as far as it says anything; ignored where the script contradicts it.
    The first 300 characters are looked at. The same text always gives the same language.
    """
    sample = text[:_SAMPLE]
    letters = {char: count for char, count in Counter(sample).items() if char.isalpha()}
    script = _script(letters)
    claimed = SAME.get(declared, declared) if declared else None
    if script is None:
        return claimed
    if claimed in _KNOWN and claimed not in LANGUAGES[script]:
        claimed = None
    if len(LANGUAGES[script]) == 1:
        return claimed or next(iter(LANGUAGES[script]))
    points = _points(sample, letters, script)
    vote = _vote(sample, script) if script not in _SHARED or sum(letters.values()) >= _FEW else None
    if vote:
        points[vote] += _VOTE if vote in LANGUAGES[script] else _OTHER_VOTE
    if claimed:
        points[claimed] += _DECLARED
    # the first of those that have as many: the one voted for, then as the tables have them
    order = dict.fromkeys((*filter(None, (vote,)), *LANGUAGES[script], *points))
    best = max(order, key=lambda language: points[language])
    return best if points[best] or script not in _SHARED else None


def _script(letters: dict[str, int]) -> str | None:
    """Give the script that most of the letters are of, by how often each stands; None where they are of none that is known."""
    counts: Counter[str] = Counter()
    for letter, count in letters.items():
        script = _SCRIPT_OF.get(ord(letter) // _ROW)
        if script:
            counts[script] += count
    if not counts:
        return None
    # Japanese is written in both, Chinese never in kana
    if counts["kana"] * 8 >= counts["han"]:
        counts["kana"] += counts.pop("han", 0)
    # each of these says as much as two or three of an alphabet
    for dense in ("han", "kana", "hangul"):
        counts[dense] *= 2
    return max(counts, key=lambda script: counts[script])


def _points(sample: str, letters: Iterable[str], script: str) -> Counter[str]:
    points: Counter[str] = Counter()
    here = _LETTERS[script]
    for letter in {*letters, *"".join(letters).lower()} & here.keys():
        for language in here[letter]:
            points[language] += _LETTER.get(script, _OTHER_LETTER)
    here = _WORDS[script]
    apart = sample.lower()
    for mark in _WITHIN:
        apart = apart.replace(mark, " ")
    for word in {word.strip(_AROUND) for word in apart.split()} & here.keys():
        for language in here[word]:
            points[language] += _WORD
    if script not in _SHARED and script != "han":
        points[next(iter(LANGUAGES[script]))] += _USUAL
    return points


def _vote(sample: str, script: str) -> str | None:
    """Ask the detector; None where it doesn't know, or names a language that isn't written so."""
    try:
        _, _, found = pycld2.detect(sample.encode("utf-8", "replace"), isPlainText=True, bestEffort=True)
    except pycld2.error:
        # some characters that are fine in UTF-8 are none to it
        return None
    code = str(found[0][1]).partition("-")[0]
    if not _CODE.fullmatch(code):
        return None
    language = SAME.get(code, code)
    return language if language in LANGUAGES[script] or language not in _KNOWN else None
