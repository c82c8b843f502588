"""A language and a text → whether its letters can be that language's. Touches nothing."""

from __future__ import annotations

import unicodedata
from collections import Counter

_SAMPLE = 1_000
_MOSTLY = 0.5
_SCRIPTS = {
    "ARABIC": "ar arc ckb fa ps sd ug ur",
    "CYRILLIC": "ba be bg ce kk ky mk mn os ru tg tt uk",
    "HEBREW": "he iw yi",
    "CJK": "ja zh yue",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "GREEK": "el",
    "ARMENIAN": "hy",
    "GEORGIAN": "ka",
    "DEVANAGARI": "hi mr ne",
    "BENGALI": "as bn",
    "THAI": "th",
    "ETHIOPIC": "am ti",
    "LATIN": "af ca co cs cy da de en eo es et eu fi fo fr ga gl hr hu id is it lb lt lv ms mt nb nl nn no pl pt rm ro sk sl so"
    " sq sv sw tl tr vi",
}
_WRITTEN: dict[str, frozenset[str]] = {
    language: frozenset(script for script, written in _SCRIPTS.items() if language in written.split())
    for languages in _SCRIPTS.values()
    for language in languages.split()
}


def is_written_in(language: str, text: str) -> bool:
    """Say whether a language can be that of a text by its letters. Languages with two scripts (ku, sr, uz ...) always can."""
    scripts = _WRITTEN.get(language)
    counted = Counter(unicodedata.name(char, "").partition(" ")[0] for char in text[:_SAMPLE] if char.isalpha())
    if scripts is None or not counted:
        return True
    script, most = counted.most_common(1)[0]
    return script in scripts or script not in _SCRIPTS or most < _MOSTLY * counted.total()
