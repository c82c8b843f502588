"""Folding: what counts as the same spelling, and the way back into the source."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.fold import fold, fold_with_offsets

LETTERS = st.text(
    alphabet=st.sampled_from(
        "aAiIİıeéßſﬃÅłЖжйёеіІаАсΐάςΣאבגשَُاأإدبـىیکガカｶﾞ가각각 #_'’-\u0301\u0308\u0323\u3099\u200c\u200b\xad\n𝐈ด์क़"
    )
)
# what is respelt, mended, split or unescaped, and what it is made of
SIGNS = "%4125dDaAсСоoορΡvxX#@_2٢२²ßꜱᴀ🅐ﬁÅ \u0301\u0338\u093c\u0947\u0e4d\u0e49\u0e4a\u0e33\u0e32นक़ज़न्दम्बऩँںൻन\u200dৎ"
ESCAPES = "%D8%A5 %e0%a4%a8 %e0%a5%8d %CC%81 %EF%BC%A5 %25 %41 %23 %20 %F0%9F%85%90 न् ज़ #Ab"
MIXTURE = st.lists(st.sampled_from([*SIGNS, *ESCAPES.split()]), max_size=14).map("".join)
TEXTS = st.one_of(st.text(), LETTERS, MIXTURE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Idlib", "İDLİB"),
        ("Idlib", "ıdlib"),
        ("Idlib", "Id\xadlib"),
        ("Idlib", "I\u200bd\u2060lib"),
        ("Idlib", "𝐈𝐝𝐥𝐢𝐛"),
        ("Idlib", "Ｉｄｌｉｂ"),
        ("Idlib", "Іdlіb"),
        ("Idlib", "\u202eIdlib\u202c"),
        ("Сирия", "Cиpия"),
        ("Straße", "STRASSE"),
        ("Łódź", "lodz"),
        ("Ιντλίμπ", "ΙΝΤΛΙΜΠ"),
        ("Αθήνας", "ΑΘΗΝΑΣ"),
        ("إدلب", "ادلب"),
        ("إدلب", "إِدْلِـــب"),
        ("حلبى", "حلبي"),
        ("الحسكة", "الحسكه"),
        ("کابل", "كابل"),
        ("ایران", "ايران"),
        ("אידליב", "אִידְלִיב"),
        ("イドリブ", "ｲﾄﾞﾘﾌﾞ"),
        ("Идлиб", "Идли́б"),
        ("Королёв", "Королев"),
        ("Idlib's", "Idlib’s"),
        ("al-Hawa", "al‑Hawa"),
        ("#BabAlHawa", "#bab al hawa"),
        ("#USAid", "#us aid"),
        ("@SaveIdlib2026", "@save idlib 2026"),
        ("🅘🅓🅛🅘🅑", "ɪᴅʟɪʙ"),
        ("Аlерро", "aleppo"),
        ("Αleppο", "aleppo"),
        ("XΑΛΕΠΙ", "χαλέπι"),
        ("٢٢٥٤", "2254"),
        ("मुम्बई", "मुंबई"),
        ("पाँच", "पांच"),
        ("गाज़ा", "गाजा"),
        ("ഇറാന്\u200d", "ഇറാൻ"),
        ("น\u0e4d\u0e49า", "น้ำ"),
        ("װאַרשע", "ווארשע"),
        ("ፀሐይ", "ጸሀይ"),
        ("ɗan ƙauye", "dan kauye"),
        ("%D8%A5%D8%AF%D9%84%D8%A8", "إدلب"),
        ("/in%20m%C3%BCnchen", "/in münchen"),
        ("％D8％A5", "إ"),
    ],
)
def test_h27_spellings_of_one_word_fold_equal(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *[("バ", "ハ"), ("कुल", "कल"), ("йод", "иод"), ("Київ", "Киив"), ("ดี", "ดา"), ("Hama", "Hamas"), ("COVIDом", "covidom")],
        *[("पहाड़", "पहाड"), ("μm", "mm"), ("%2541", "A"), ("5%20", "5 "), ("%D8", "Ø"), ("जन्म", "जंम"), ("#H5N1", "#H5N 1")],
    ],
)
def test_h27_marks_that_make_another_word_stay(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_zwnj_parts_words_in_arabic_script_only() -> None:
    assert fold("ادلب\u200cنشینان") == fold("ادلب نشینان")
    assert fold("Id\u200clib") == "idlib"


@given(TEXTS)
@example("\u0128\u0300\u3099")
@example("#aIdлiб \u200c")
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TEXTS)
def test_h27_composed_and_decomposed_text_fold_equal(text: str) -> None:
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text)) == fold(text)


@given(TEXTS)
def test_folding_with_offsets_gives_the_same_text(text: str) -> None:
    folded = fold_with_offsets(text)
    assert folded.text == fold(text)
    assert len(folded.offsets) == len(folded.text)
    assert list(folded.offsets) == sorted(folded.offsets)
    assert all(0 <= offset < len(text) for offset in folded.offsets)


def test_a_span_covers_whole_source_characters_with_their_marks() -> None:
    folded = fold_with_offsets("ein Stra\u0308ße\u200f, groß")
    start = folded.text.index("strasse")
    assert folded.source[slice(*folded.source_span(start, start + 7))] == "Stra\u0308ße"
    assert folded.source[slice(*folded.source_span(start, start + 5))] == "Stra\u0308ß"


def test_a_span_in_a_hashtag_leads_back_to_its_own_letters() -> None:
    folded = fold_with_offsets("see #SaveIdlibNow")
    start = folded.text.index("idlib")
    assert folded.source[slice(*folded.source_span(start, start + 5))] == "Idlib"


def test_a_span_with_a_soft_hyphen_keeps_it() -> None:
    folded = fold_with_offsets("Id\xadlib")
    assert folded.source_span(0, 5) == (0, 6)


CODES = st.lists(
    st.sampled_from(
        [
            "&",
            "amp;",
            "shy;",
            "&#",
            "38;",
            "x26;",
            "lt;",
            "<",
            ">",
            "b",
            "/",
            "p",
            " ",
            "%",
            "25",
            "D8%A5",
            "a",
            "ﬁ",
            "Ａ",
            "＆",
            "é",
            "\u0301",
            "é;",
        ]
    )
).map("".join)


@given(CODES)
def test_codes_are_read_to_the_end_and_with_their_places(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    traced = fold_with_offsets(text)
    assert traced.text == folded
    assert all(a <= b for a, b in pairwise(traced.offsets))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Id&shy;lib", "idlib"),
        ("Id&amp;amp;shy;lib", "idlib"),
        ("&#73;dlib &#x130;dlib", "idlib idlib"),
        ("<b>Id</b>lib <a href='/x y'>city</a>", "idlib city"),
        ("rain<br/>snow", "rain snow"),
        ("AT&T, R&D; 3<4 and x<y>z", "at&t, r&d; 3<4 and x<y>z"),
        ("&#0; &nosuch;", "&#0; &nosuch;"),
    ],
)
def test_what_was_escaped_once_too_often_is_read_as_its_letters(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("code", ["&amp;", "<b", "<<b>", "&#38;", "&", "%25", "<a ", "&lt;b&gt;"])
def test_a_pile_of_codes_is_read_in_passes_that_can_be_counted(code: str) -> None:
    assert len(fold(code * 20_000)) <= 20_000 * len(code)
