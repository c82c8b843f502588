"""A spelling → its script, and the languages that it can be told to be in. Touches nothing."""

from __future__ import annotations

import unicodedata
from typing import Final

SCRIPTS: Final = {
    "LATIN": "Latin", "ARABIC": "Arabic", "HEBREW": "Hebrew", "CYRILLIC": "Cyrillic", "GREEK": "Greek", "CJK": "Han",
    "KATAKANA": "kana", "HIRAGANA": "kana", "HANGUL": "Hangul", "DEVANAGARI": "Devanagari", "BENGALI": "Bengali", "THAI": "Thai",
    "GEORGIAN": "Georgian", "ARMENIAN": "Armenian", "ETHIOPIC": "Ethiopic", "MYANMAR": "Burmese", "TIBETAN": "Tibetan",
}  # fmt: skip
"""The scripts of the tables by their names in Unicode, in the order in which they are shown."""

LANGUAGES: Final = {
    "am": "Amharic", "ar": "Arabic", "az": "Azerbaijani", "be": "Belarusian", "bg": "Bulgarian", "bn": "Bengali", "bo": "Tibetan",
    "ckb": "Kurdish (Sorani)", "crh": "Crimean Tatar", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "fa": "Persian", "fr": "French", "ha": "Hausa", "he": "Hebrew", "hi": "Hindi", "ht": "Haitian Creole", "hy": "Armenian",
    "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ka": "Georgian", "kk": "Kazakh", "ko": "Korean",
    "ku": "Kurdish (Kurmanji)", "mk": "Macedonian", "my": "Burmese", "nl": "Dutch", "no": "Norwegian", "om": "Oromo",
    "pl": "Polish", "ps": "Pashto", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "so": "Somali", "sr": "Serbian",
    "sw": "Swahili", "tg": "Tajik", "th": "Thai", "ti": "Tigrinya", "tl": "Filipino", "tr": "Turkish", "ug": "Uyghur",
    "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese", "zh-Hant": "Chinese (traditional)",
}  # fmt: skip
"""The languages of the tables, by BCP 47 tag."""

ALONE: Final = {
    "HEBREW": "he", "GREEK": "el", "CJK": "zh", "KATAKANA": "ja", "HIRAGANA": "ja", "HANGUL": "ko", "DEVANAGARI": "hi",
    "BENGALI": "bn", "THAI": "th", "GEORGIAN": "ka", "ARMENIAN": "hy", "ETHIOPIC": "am", "MYANMAR": "my", "TIBETAN": "bo",
}  # fmt: skip
"""The language that a script nearly always means in news."""
SHARED: Final = {
    **dict.fromkeys(("ar", "fa", "ur", "ps", "ckb", "ug"), "ARABIC"),
    **dict.fromkeys(("ru", "uk", "be", "bg", "sr", "mk", "kk", "tg"), "CYRILLIC"),
}
"""Which of the scripts that several languages have a language is written in; what stands nowhere is written in Latin letters."""

# The first row with a letter of the spelling says its language
_LETTERS: Final = (
    ("ARABIC", "ۇۈۋ", ("ug",)), ("ARABIC", "ټډړږښڼې", ("ps",)), ("ARABIC", "ٹڈڑںے", ("ur",)), ("ARABIC", "ۆێڕڵەڤ", ("ckb",)),
    ("ARABIC", "پچژگکی", ("fa",)), ("ARABIC", "ةيىأإكؤئ", ("ar",)), ("ARABIC", "", ("ar", "fa")),
    ("CYRILLIC", "әғқңөұүһ", ("kk",)), ("CYRILLIC", "ҳӣӯҷ", ("tg",)), ("CYRILLIC", "ѓќѕ", ("mk",)),
    ("CYRILLIC", "јљњћђџ", ("sr",)), ("CYRILLIC", "ў", ("be",)), ("CYRILLIC", "ыэё", ("ru",)), ("CYRILLIC", "їєґі", ("uk",)),
    ("LATIN", "ə", ("az",)), ("LATIN", "ğışİ", ("tr",)),
)  # fmt: skip


def script(text: str) -> str:
    """Give the script of a text's first letter, a key of ``SCRIPTS``; "" where it has no letter of these."""
    for char in text:
        if unicodedata.category(char)[0] == "L":
            first = unicodedata.name(char, "").split(" ")[0]
            return {"KATAKANA-HIRAGANA": "KATAKANA"}.get(first, first) if first in (*SCRIPTS, "KATAKANA-HIRAGANA") else ""
    return ""


def languages(text: str) -> tuple[str, ...]:
    """Give the languages that a spelling's script and letters speak for; () where many write so."""
    of = script(text)
    if of in ALONE:
        return (ALONE[of],)
    small = text.lower()
    return next((told for kind, letters, told in _LETTERS if kind == of and (not letters or set(letters) & set(small))), ())


def is_in(language: str, *, text: str, told: tuple[str, ...]) -> bool:
    """Say whether a spelling is one for a language: it is said to be, or nobody says what it is and it is in its script."""
    if told:
        return any(one == language or one.split("-")[0] == language for one in told)
    return script(text) == SHARED.get(language, next((kind for kind, one in ALONE.items() if one == language), "LATIN"))
