"""What is written on to words in Persian, Urdu, Kurdish, Pashto and Uyghur. Data only.

After S. Mahootian, Persian (Routledge 1997); R. L. Schmidt, Urdu: An Essential Grammar (Routledge 1999); W. M. Thackston, Sorani
Kurdish and Kurmanji Kurdish (Harvard 2006); A. David, Descriptive Grammar of Pashto (De Gruyter 2014); T. Engesæth et al.,
Greetings from the Teklimakan (Kansas 2009). Endings after a ZWNJ need no row: it parts words.
"""

from __future__ import annotations

from typing import Final

from monitor.match.tables.shape import Clitic, Row, on, words

# Plurals, and the ezafe that a vowel makes visible (آمریکای). The -ی of "a drone" is that of "Iranian" too: not after NAMES.
_PERSIAN: Final = (
    Row(becomes="ها های هایی هایش هایشان هایمان هاست"),
    Row(becomes="ی", after="vowel"),
    Row(becomes="ی", after="consonant", at_least=5, for_names=False),
    Row(becomes="ان مان ش شان", after="consonant", at_least=4, for_names=False),
    *(Row(ends=short, becomes=f"{short}ان {short}انی") for short in ("زن", "مرد", "پسر")),
    Row(ends="ه", becomes="گان ات", at_least=4, for_names=False),
    Row(ends="ی", becomes="یان", at_least=4, for_names=False),
    # Arabic's plural, in words from there: مقامات
    Row(becomes="ات", after="consonant", at_least=4, for_names=False),
    Row(ends="ا", becomes="ایان", at_least=4),
    Row(ends="و", becomes="ویان", at_least=4),
)
# the oblique and the plurals; English words take -ز too
_URDU: Final = (
    Row(becomes="وں یں", after="consonant", at_least=3),
    Row(becomes="ز ین ات", after="consonant", at_least=4),
    Row(ends="ہ", becomes="ے وں", after="consonant", at_least=3),
    Row(ends="ہ", becomes="ے وں", at_least=4),
    Row(ends="ا", becomes="ے وں", at_least=4),
    Row(ends="ی", becomes="یاں یوں", at_least=4),
)
# the definite, singular and plural, and what is written on to it
_SORANI_THE: Final = "ە ەی ەدا ەوە ەش ەیان ان انی اندا انەوە انیش انیان"
_SORANI: Final = (
    Row(becomes="دا وە ەوە یدا یشدا ییەوە یەوە"),
    Row(becomes=f"{on('ەک', _SORANI_THE)} {on('ێک', 'ی دا ەوە ∅')}"),
    # folded, as the letters are that a rule looks at
    Row(becomes=f"{on('ک', _SORANI_THE)} {on('یەک', 'ی دا ەوە ∅')}", after="[هاوي]", at_least=4),
    Row(becomes=on("یەک", _SORANI_THE), after="[اوي]", at_least=4),
    Row(becomes="ی ش یش یان ان انی", at_least=4),
)
_PASHTO: Final = (
    Row(becomes="ونه ونو", after="consonant", at_least=2),
    Row(becomes="ه و ان انو", after="consonant", at_least=4),
    Row(ends="ه", becomes="ې و"),
    Row(becomes="ګان ګانو", after="vowel", at_least=4),
    Row(ends="ی", becomes="ي یان یانو", at_least=4),
)
_UYGHUR_CASES: Final = (
    "نى نىڭ دا دە تا تە دىن تىن غا گە قا كە دىكى تىكى غىچە گىچە قىچە كىچە لىق لىك لۇق لۈك لىقلار لىكلەر "
    "لار لارنى لارنىڭ لاردا لاردىن لارغا لەر لەرنى لەرنىڭ لەردە لەردىن لەرگە"
)
_UYGHUR: Final = (
    Row(becomes=_UYGHUR_CASES),
    # the last ا and ە of a word are raised before most endings
    *(Row(ends=low, becomes=" ".join(f"ى{case}" for case in _UYGHUR_CASES.split()), at_least=4) for low in "اە"),
)
_KURMANJI: Final = (
    Row(becomes="ê a î", after="consonant", at_least=3),
    Row(becomes="an ên", after="consonant", at_least=4),
    Row(becomes="yê ya yî yan yên", after="vowel", at_least=3),
    Row(ends="î", becomes="iyê iya iyan iyên", at_least=4),
)
# "a, some"; a name is the only one
_KURMANJI_NOUNS: Final = (
    Row(becomes="an ên ek ekê ekî eke in ine inan", after="consonant"),
    Row(becomes="yek yekê yekî yeke", after="vowel"),
)

# Folded, as the others are.
NAMES: Final = frozenset(
    name.translate(str.maketrans("کی", "كي"))
    for name in words(
        "اراک تهران کرمان کرمانشاه گیلان مازندران خراسان سیستان بلوچستان کردستان لرستان خوزستان گلستان همدان زنجان سمنان قزوین "
        "اردبیل زاهدان بوشهر هرمزگان بندرعباس ابادان خرمشهر اهواز ایلام گرگان کاشان نیشابور طالبان سلیمان محمود رمضان هرات "
        "قندهار بلخ غزنی پنجشیر بدخشان هلمند کندز تاجیکستان ازبکستان ترکمنستان اذربایجان ارمنستان گرجستان عربستان "
        "روحانی سپاه"
    )
)
"""Names that take no indefinite -ی and no plural: تهرانی is a man's name, اراکان is in Burma, and روحانیان are clerics."""

PREFIXES: Final[dict[str, dict[str, tuple[tuple[Clitic, ...], ...]]]] = {
    "ARABIC": {
        **dict.fromkeys(("fa", "ur", "ku", "ps", "ug", "sd", "ks"), ()),
        # "in" and "to", which some newsrooms write on
        "ckb": ((Clitic(letters=""), Clitic(letters="لە", at_least=4), Clitic(letters="بە", at_least=4)),),
    },
}

ENDINGS: Final[dict[str, dict[str, tuple[Row, ...]]]] = {
    "ARABIC": {
        "fa": _PERSIAN,
        "ur": _URDU,
        **dict.fromkeys(("ckb", "ku"), _SORANI),
        "ps": _PASHTO,
        "ug": _UYGHUR,
        # known to take none of Arabic's
        **dict.fromkeys(("sd", "ks"), ()),
    },
    "LATIN": {"ku": _KURMANJI},
}
COMMON_NOUNS: Final[dict[str, dict[str, tuple[Row, ...]]]] = {"LATIN": {"ku": _KURMANJI_NOUNS}}
