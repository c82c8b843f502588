"""What is written on to words in Amharic and Tigrinya, and in Swahili, Hausa and Somali. Data only.

After W. Leslau, Reference Grammar of Amharic (Harrassowitz 1995); J. Mason, Tigrinya Grammar (Red Sea Press 1996); M. A. Mohamed,
Modern Swahili Grammar (EAEP 2001); P. Newman, The Hausa Language (Yale 2000); J. Saeed, Somali (Benjamins 1999).
"""

from __future__ import annotations

from typing import Final

from monitor.match.tables.shape import ANY, Clitic, Row


def _before(words: str) -> tuple[tuple[Clitic, ...], ...]:
    return ((Clitic(letters=""), *(Clitic(letters=word, at_least=2) for word in words.split())),)


_AMHARIC_PREFIXES: Final = _before("የ በ ከ ለ ስለ እንደ ወደ እስከ የበ የከ የለ በየ እነ ያለ")
_TIGRINYA_PREFIXES: Final = _before("ን ብ ካብ ናይ ናብ ኣብ ዝ ከም ብዛዕባ")

# A syllable is a letter, and its rows of eight have the bare consonant sixth, -u second and -o seventh: the plural in -och and
# the article -u make another letter of the last one.
_BARE: Final = [chr(code) for code in range(0x1205, 0x1355, 8)]
# a final -a gives way to -och
_OPEN: Final = [chr(code) for code in range(0x1203, 0x1353, 8)]
_AMHARIC_CASES: Final = ("", "ን", "ና", "ም", "ንና", "ንም", "ስ")
_AMHARIC: Final = (
    Row(becomes=" ".join(filter(None, _AMHARIC_CASES))),
    Row(becomes=" ".join(f"{plural}{case}" for plural in ("ው", "ዎች", "ዎቹ", "ዎቻችን") for case in _AMHARIC_CASES), at_least=3),
    *(
        Row(
            ends=bare,
            becomes=" ".join(
                f"{letters}{case}"
                for letters in (f"{chr(ord(bare) + 1)}ች", f"{chr(ord(bare) + 1)}ቹ", chr(ord(bare) - 4))
                for case in _AMHARIC_CASES
            ),
            at_least=3,
        )
        for bare in _BARE
    ),
    *(
        Row(
            ends=final,
            becomes=" ".join(f"{chr(ord(final) + 3)}{plural}{case}" for plural in "ችቹ" for case in _AMHARIC_CASES),
            at_least=3,
        )
        for final in _OPEN
    ),
)
_TIGRINYA: Final = (Row(becomes="ን ውን ታት ታትን"), *(Row(ends=bare, becomes=f"{chr(ord(bare) - 2)}ት", at_least=3) for bare in _BARE))

# Common nouns only: the place, "the", "of".
_SWAHILI: Final = (Row(becomes="ni"),)
_HAUSA: Final = (Row(becomes="n r", after="vowel"), Row(becomes="s"))
_SOMALI: Final = (
    Row(becomes="ka ga ta da ha ku gu tu du hu kii gii tii dii kan gan tan dan", at_least=3),
    Row(ends="o", becomes="ada adii adu aha ahu ooyin ooyinka", at_least=4),
    Row(ends="e", becomes="aha ahu ihii ayaal ayaasha", at_least=4),
    Row(ends="l", becomes="sha shu shii shan shaas", at_least=4),
    Row(becomes="o yo oyin yada", at_least=4),
    Row(becomes="o aha ahu ahii ihii ada adii", after="consonant", at_least=4),
    Row(becomes="+o +ada +adii +adu", after="[bdglmnr]", at_least=4),
)

PREFIXES: Final[dict[str, dict[str, tuple[tuple[Clitic, ...], ...]]]] = {
    "ETHIOPIC": {ANY: _AMHARIC_PREFIXES, "am": _AMHARIC_PREFIXES, "ti": _TIGRINYA_PREFIXES},
}
ENDINGS: Final[dict[str, dict[str, tuple[Row, ...]]]] = {"ETHIOPIC": {ANY: _AMHARIC, "am": _AMHARIC, "ti": _TIGRINYA}}
COMMON_NOUNS: Final[dict[str, dict[str, tuple[Row, ...]]]] = {"LATIN": {"sw": _SWAHILI, "ha": _HAUSA, "so": _SOMALI}}

OTHER_WORDS: Final = frozenset(("ሀማስ",))
"""Words of their own that look like a name with something written on, folded: Hamas is not "Hama, now"."""
