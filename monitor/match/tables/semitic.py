"""What is written on to words in Arabic and Hebrew letters, by language: at the front, and at the end. Data only."""

from __future__ import annotations

from typing import Final

from monitor.match.tables.shape import ANY, Clitic, Row

# Arabic: conjunction + preposition + article; ل + ال is written لل. A short word with a letter more is another word, hence the
# guard; an adjective in ي with the article is mostly one ("the financial"), not the name ("Mali"). Standard Arabic grammar.
_ARABIC_PREFIXES: Final = (
    (Clitic(letters=""), Clitic(letters="و", at_least=3), Clitic(letters="ف", at_least=3)),
    (Clitic(letters=""), Clitic(letters="ب", at_least=3), Clitic(letters="ك", at_least=3), Clitic(letters="ل", at_least=3)),
    (Clitic(letters=""), Clitic(letters="ال", at_least=3, not_before_final="ي")),
)

# Hebrew: ו + ש or כש + ב ל מ כ + ה. The article before a short name makes another word too often. Standard Hebrew grammar.
_HEBREW_PREFIXES: Final = (
    (Clitic(letters=""), Clitic(letters="ו", at_least=3)),
    (Clitic(letters=""), Clitic(letters="ש", at_least=3), Clitic(letters="כש", at_least=3)),
    (Clitic(letters=""), *(Clitic(letters=letter, at_least=3) for letter in "בלמכ")),
    (Clitic(letters=""), Clitic(letters="ה", at_least=4)),
)

# Persian, Urdu, Kurdish, Pashto, Uyghur and Sindhi write such words apart; Yiddish too.
PREFIXES: Final[dict[str, dict[str, tuple[tuple[Clitic, ...], ...]]]] = {
    "ARABIC": {
        ANY: _ARABIC_PREFIXES,
        "ar": _ARABIC_PREFIXES,
        **dict.fromkeys(("fa", "ur", "ckb", "ku", "ps", "ug", "sd", "ks"), ()),
    },
    "HEBREW": {ANY: _HEBREW_PREFIXES, "he": _HEBREW_PREFIXES, "yi": ()},
}

CONTRACTIONS: Final = (("ARABIC", "لال", "لل"),)
"""(script, two written together, what is printed)."""

# Persian plural and Sorani case endings where they are written on without ZWNJ
_PERSIAN: Final = (Row(becomes="ها های هایی"),)
_SORANI: Final = (Row(becomes="دا وە ەوە ی یش ش یان ەکە ەکان"),)

ENDINGS: Final[dict[str, tuple[Row, ...]]] = {ANY: (), "fa": _PERSIAN, "ckb": _SORANI, "ku": _SORANI}
