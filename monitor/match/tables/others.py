"""Endings in Greek, Georgian, Armenian and Korean letters, and the scripts without spaces. Data only."""

from __future__ import annotations

from typing import Final

from monitor.match.tables.shape import ANY, Row, on

# No spaces between words: a word is found wherever its letters are. Dictionary-based borders lose true hits (measured).
SUBSTRING_SCRIPTS: Final = frozenset({"CJK", "HIRAGANA", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN"})

# A digit beside a letter continues the word, but not in these: 2024年, 2024년.
NO_DIGITS: Final = SUBSTRING_SCRIPTS | {"KATAKANA", "HANGUL"}

# Holton, Mackridge & Philippaki-Warburton, Greek: A Comprehensive Grammar (2nd ed., 2012), part 2. Accents are folded.
_GREEK: Final = (
    Row(ends="ος", becomes="ου ο ον οι ους ων ε"),
    Row(ends="ας", becomes="α"),
    Row(ends="ης", becomes="η ες ων"),
    Row(ends="ους", becomes="ου"),
    Row(ends="ευς", becomes="εα εας εις εων"),
    Row(ends="α", becomes="ας ες ων αν"),
    Row(ends="η", becomes="ης ην ες ων εις εων"),
    Row(ends="ο", becomes="ου α ων"),
    Row(ends="ι", becomes="ιου ια ιων"),
    # names in the plural: Σέρρες, Σερρών; Δελφοί, Δελφών
    Row(ends="ες", becomes="ων"),
    Row(ends="οι", becomes="ων ους"),
    Row(becomes="ς ν", after="vowel"),
)
_GREEK_NOUNS: Final = (
    Row(ends="ας", becomes="ες ων"),
    Row(ends="μα", becomes="ματα ματος ματων"),
    Row(ends="ος", becomes="η ους ων"),
    Row(ends="ης", becomes="ηδες ηδων"),
    Row(ends="ση", becomes="σεως"),
    Row(ends="ας", becomes="αδες αδων"),
)
_GREEK_ATTRIBUTES: Final = (
    Row(ends="ος", becomes="η ης α ας ες"),
    Row(ends="η", becomes="ος ο ου"),
    Row(ends="α", becomes="ος ο ου"),
    Row(ends="ο", becomes="η ης ος"),
)

# Korean: particles, after one of the nouns that are written on to a place (province, city, side, origin ...) or none.
_JOSA: Final = (
    "은 는 이 가 을 를 의 에 에서 에게 께 한테 로 으로 와 과 도 만 부터 까지 처럼 보다 나 이나 라 이라 라고 이라고 며 이며 "
    "란 이란 라는 이라는 인 이다 였다 이었다 조차 마저 밖에 뿐 에는 에도 에만 에의 에서는 에서도 에서의 에서만 에서부터 로는 "
    "로도 로의 로부터 으로는 으로도 으로의 으로부터 와의 과의 와는 과는 와도 과도 만의 만이 만을 까지의 까지도 부터의 "
    "들 들이 들은 들을 들의 들에게 들과 들도"
)
_WRITTEN_ON: Final = ("", "주", "시", "군", "현", "성", "측", "발", "행", "내", "산", "등", "식", "인")
_KOREAN: Final = (Row(becomes=" ".join(noun + josa for noun in _WRITTEN_ON for josa in ("", *_JOSA.split()) if noun + josa)),)

# Aronson, Georgian: A Reading Grammar (1990), chs. 2–5. The nominative in -ი leaves its vowel to each ending.
_GEORGIAN_CASES: Final = "ის ს მა ით ად ში ზე თან იდან ისთვის ისკენ ამდე მდე მა სთან სა ისა ისგან ივით"
_GEORGIAN: Final = (
    Row(becomes=f"ი {_GEORGIAN_CASES} {on('ებ', f'ი {_GEORGIAN_CASES}')}", after="consonant"),
    Row(ends="ი", becomes=f"∅ {_GEORGIAN_CASES} {on('ებ', f'ი {_GEORGIAN_CASES}')}"),
    Row(ends="ა", becomes="ის ამ ას აში აზე იდან ათი ასთან ისთვის ისკენ ამდე ისგან ად"),
    Row(ends="ე", becomes="ის იდან ისთვის ისკენ ისგან"),
    Row(becomes="ს მ ში ზე სთან თი დან სთვის სკენ მდე სგან დ", after="vowel"),
    Row(ends="ა", becomes=on("ებ", f"ი {_GEORGIAN_CASES}")),
)
# Dum-Tragut, Armenian: Modern Eastern Armenian (2009), ch. 2.
_ARMENIAN_CASES: Final = "ի ում ից ով ը ն ին իս"
_ARMENIAN: Final = (
    Row(becomes=f"{_ARMENIAN_CASES} {on('ներ', f'∅ {_ARMENIAN_CASES}')} {on('եր', f'∅ {_ARMENIAN_CASES}')}"),
    Row(ends="ի", becomes="ու ուց ուն ով"),
    Row(ends="ա", becomes="այի այում այից այով"),
    Row(becomes="յի յում յից յով", after="[աո]"),
    Row(ends="ություն", becomes="ության ությանը"),
)

ENDINGS: Final[dict[str, dict[str, tuple[Row, ...]]]] = {
    "GREEK": {ANY: _GREEK},
    "HANGUL": {ANY: _KOREAN},
    "GEORGIAN": {ANY: _GEORGIAN},
    "ARMENIAN": {ANY: _ARMENIAN},
}

COMMON_NOUNS: Final[dict[str, dict[str, tuple[Row, ...]]]] = {"GREEK": {ANY: _GREEK_NOUNS}}
ATTRIBUTES: Final[dict[str, dict[str, tuple[Row, ...]]]] = {"GREEK": {ANY: _GREEK_ATTRIBUTES}}
