"""Text → Sketch: the hashes that a text is known again by, whoever carries it. Pure; of the ground it uses fold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from hashlib import blake2b
from itertools import islice
from typing import Final

from monitor.fold import fold
from monitor.model import Sketch

RUN: Final = 4
"""Words of a shingle (Broder, "On the resemblance and containment of documents", 1997)."""
LEAD: Final = 120
REST: Final = 256
SAMPLE: Final = 2
"""One of so many hashes is kept of the whole text: which one, the hash itself says, so that any text keeps the same."""
LONGEST: Final = 60_000
"""Characters that are looked at: what is longer is no article, and folding it would hold others up."""
_BITS: Final = 31
"""An SQLite integer of four bytes. Among a million texts a look meets one or two that share a hash by chance."""

# Scripts that part no words: a character each (UAX #29 leaves them to dictionaries)
_UNPARTED: Final = (
    "\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_TOKEN: Final = re.compile(rf"[{_UNPARTED}]|[^\W_{_UNPARTED}]+")
_NUMBER: Final = re.compile(r"\d+(?:[.,'’\u00a0\u202f\u066b\u066c ]\d{3}(?!\d))*")
_TWO_DIGITS: Final = 2
_LONG: Final = 4
_STEM: Final = 5


def sketch(title: str, body: str) -> Sketch:
    """Give what a text is known again by. ``body`` "": nothing but its headline, which is no text to group by."""
    folded = fold(body[:LONGEST])
    tokens = _TOKEN.findall(folded)
    hashes = _shingles(tokens)
    sampled = dict.fromkeys(each for each in hashes if each % SAMPLE == 0)
    kept = sampled if len(sampled) <= REST else frozenset(sorted(sampled)[:REST])
    headline = _TOKEN.findall(fold(title))
    words = (each for each in map(_hash, set(tokens)) if each % SAMPLE == 0)
    whole = " ".join((*headline, "\n", *tokens))
    return Sketch(
        text_hash=blake2b(whole.encode("utf-8", "replace"), digest_size=16).digest(),
        tokens=len(tokens),
        lead=tuple(hashes[:LEAD]),
        rest=tuple(each for each in sampled if each in kept),
        numbers=frozenset(map(_hash, _numbers(folded))),
        words=frozenset(sorted(words)[:REST]),
        title=frozenset(map(_hash, headline)),
        is_headed=_is_headed(headline, tokens),
    )


def _is_headed(headline: Sequence[str], tokens: Sequence[str]) -> bool:
    """Say whether a text has a word of its headline, whatever its ending; True where the headline has none to look for."""
    stems = {word[:_STEM] for word in headline if len(word) >= _LONG}
    return not stems or not stems.isdisjoint(word[:_STEM] for word in tokens)


def _shingles(tokens: Sequence[str]) -> list[int]:
    if not tokens:
        return []
    if len(tokens) <= RUN:
        return [_hash(" ".join(tokens))]
    shifted = (islice(tokens, start, None) for start in range(RUN))
    return [_hash(" ".join(run)) for run in zip(*shifted, strict=False)]


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=4).digest(), "big") >> (32 - _BITS)


def _numbers(folded: str) -> set[str]:
    """Give the numbers of two digits and more, however their thousands are parted and whichever digits they are written in."""
    found = (_NUMBER.finditer(folded)) if any(map(str.isdecimal, folded)) else iter(())
    digits = ("".join(str(unicodedata.decimal(char)) for char in number.group() if char.isdecimal()) for number in found)
    return {each for each in digits if len(each) >= _TWO_DIGITS}
