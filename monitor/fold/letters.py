"""One character → the letters that it is read as, or none. Tables, and the rules for what stands in none of them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final


def _spread(*ranges: tuple[int, int]) -> list[int]:
    return [code for first, last in ranges for code in range(first, last + 1)]


_ARABIC_MARKS: Final = _spread((0x610, 0x61A), (0x64B, 0x65F), (0x670, 0x670), (0x6D6, 0x6DC), (0x6DF, 0x6E4), (0x6E7, 0x6E8))
_MORE_ARABIC_MARKS: Final = _spread((0x6EA, 0x6ED), (0x898, 0x89F), (0x8CA, 0x8E1), (0x8E3, 0x8FF))
_HEBREW_POINTS: Final = _spread((0x591, 0x5BD), (0x5BF, 0x5BF), (0x5C1, 0x5C2), (0x5C4, 0x5C5), (0x5C7, 0x5C7), (0xFB1E, 0xFB1E))
# tatweel, and the presentation forms of a mark on a tatweel
_TATWEEL: Final = [0x640, 0xFE71, 0xFE77, 0xFE79, 0xFE7B, 0xFE7D, 0xFE7F, *range(0xFCF2, 0xFCF5)]
# soft hyphen, zero-width and bidi signs, variation selectors, tags, Hangul and Mongolian fillers
_FORMAT_SIGNS: Final = [
    *[0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x3164, 0xFEFF, 0xFFA0, 0x200B, 0x200D, 0x200E, 0x200F],
    *_spread((0x180B, 0x180F), (0x202A, 0x202E), (0x2060, 0x206F), (0xFE00, 0xFE0F), (0xE0000, 0xE01EF)),
]
_MARKS: Final = frozenset(_ARABIC_MARKS + _MORE_ARABIC_MARKS + _HEBREW_POINTS)
DROPPED: Final = _MARKS | frozenset(_TATWEEL + _FORMAT_SIGNS)

# Bengali, Malayalam: a letter for a consonant without a vowel. A mark may follow: to be replaced before composition.
BARE_CONSONANTS: Final = dict(zip("ৎൺൻർൽൾൿ", ("ত্", "ണ്", "ന്", "ര്", "ല്", "ള്", "ക്"), strict=True))

_SAME_LETTERS: Final = {
    "ı": "i",
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "ħ": "h",
    "æ": "ae",
    "œ": "oe",
    # Hausa, which is mostly typed without the hooks
    **dict(zip("ɓɗƙƴ", "bdky", strict=True)),
    # Cyrillic: ё is mostly printed as е; the graves only tell two words apart in Bulgarian and Macedonian
    **dict(zip("ёѐѝ", "ееи", strict=True)),
    # Arabic: the alefs, hamza on its seats, alef maqsura, ta marbuta; Persian, Urdu and Kurdish kaf, ya and ha
    **dict(zip("أإآٱٲٳٵ", "ا" * 7, strict=True)),
    **dict(zip("ؤٶئىیۍېٸ", "ووييييي" + "ي", strict=True)),
    **dict(zip("ةہھۀۂۃەۿ", "ه" * 8, strict=True)),
    **dict(zip("کڪ", "كك", strict=True)),
    # Yiddish: double letters
    **dict(zip("װױײ", ("וו", "וי", "יי"), strict=True)),
    # Devanagari: both signs of a nasal
    "ँ": "ं",
    # Amharic spells one sound by any of these
    **{
        chr(other + order): chr(usual + order)
        for other, usual in ((0x1210, 0x1200), (0x1280, 0x1200), (0x1220, 0x1230), (0x12D0, 0x12A0), (0x1340, 0x1338))
        for order in range(7)
    },
    # after these, -ä is said as -a
    **dict(zip("ሃሓኃኣዓ", "ሀሀሀአአ", strict=True)),
    # quotes and hyphens of all lands
    **dict.fromkeys("’‘‛ʼʻʹʾʿ′ʽ׳՚", "'"),
    **dict.fromkeys("“”„‟″״«»", '"'),
    **dict.fromkeys("‐‑‒–—―−﹘－֊־⸺⸻", "-"),
}
_STRIPPED_SCRIPTS: Final = ("LATIN ", "GREEK ", "ARABIC ", "HEBREW ")
# 🅘🅓🅛🅘🅑 and ɪᴅʟɪʙ, which NFKC leaves as they are
_SHAPED: Final = re.compile(
    r"(?:NEGATIVE (?:CIRCLED|SQUARED) LATIN CAPITAL LETTER|LATIN LETTER SMALL CAPITAL|SQUARED LATIN CAPITAL LETTER) ([A-Z])\Z"
)


class _Letters(dict[int, str]):
    """Each character's image, worked out when it is first met; for ``str.translate``."""

    def __missing__(self, code: int) -> str:
        image = _image(chr(code))
        self[code] = image
        return image


def _image(char: str) -> str:
    if ord(char) in DROPPED:
        return ""
    if not char.isascii() and char.isspace():
        return " "
    category = unicodedata.category(char)
    if category[0] == "M":
        return _SAME_LETTERS.get(char, char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    name = unicodedata.name(char, "")
    if shaped := _SHAPED.match(name):
        return shaped[1].lower()
    lower = char.casefold()
    if name.startswith(_STRIPPED_SCRIPTS):
        lower = "".join(part for part in unicodedata.normalize("NFKD", lower) if unicodedata.category(part)[0] != "M")
    return "".join(_SAME_LETTERS.get(part, part) for part in lower)


LETTERS: Final = _Letters()
