"""What an edit is and what is none; what it changed, word by word; what became of the watched sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.edits import diff, essence, fates, fingerprint
from monitor.model import Fate

BODY = (
    "Rain fell on the camps north of Idlib for two nights, and officials said that about 120 tents were flooded.\n"
    "Families were moved to schools in the town while volunteers dug channels to lead the water away."
)

NOISE = [
    ("1,234 views", "1,987 views"),
    ("Views: 12", "Views: 13"),
    ("Просмотров: 120", "Просмотров: 4520"),
    ("مشاهدات 120", "مشاهدات 3120"),
    ("1.204 okunma", "3.411 okunma"),
    ("阅读 120", "阅读 9120"),
    ("3 hours ago", "2 days ago"),
    ("Updated 14:32", "Updated 15:05"),
    ("منذ 3 ساعات", "منذ 5 ساعات"),
    ("Обновлено 3 часа назад", "Обновлено 5 часов назад"),
    ("12 dakika önce", "3 saat önce"),
    ("1204", "1207"),
    ("23 | 14", "27 | 19"),
    ("Read also: Wells reopen in Harim", "Read also: Prices fall in the valley"),
    ("Читайте также: В Хариме открыли колодцы", "Читайте также: Цены падают"),
    ("Related\nWells reopen in Harim", "Related\nPrices fall in the valley"),
    ("اقرأ أيضاً:\nإعادة فتح الآبار في حارم", "اقرأ أيضاً:\nتراجع الأسعار في السوق"),
]


@pytest.mark.parametrize(("before", "after"), NOISE)
@pytest.mark.parametrize("place", ["first", "between", "last"])
def test_what_changes_by_itself_is_no_edit(before: str, after: str, place: str) -> None:
    top, bottom = BODY.split("\n")

    def laid(line: str) -> str:
        return {"first": f"{line}\n{BODY}", "between": f"{top}\n{line}\n{bottom}", "last": f"{BODY}\n{line}"}[place]

    assert fingerprint("Rain", laid(before)) == fingerprint("Rain", laid(after))
    assert diff(essence(laid(before)), essence(laid(after))) == diff(essence(BODY), essence(BODY))


def test_links_below_a_heading_that_says_so_are_no_part_of_it() -> None:
    links = f"{BODY}\nRelated\nWells reopen in Harim\nPrices fall in the valley"
    assert fingerprint("Rain", links) == fingerprint("Rain", f"{BODY}\nMost read\nBridge closed")
    # what follows them is the article again
    assert fingerprint("Rain", f"{links}\nThree died.") != fingerprint("Rain", links)


@pytest.mark.parametrize(
    "line",
    [
        "Correction: 12 tents were flooded, not 120",
        "تصويب: غمرت المياه 12 خيمة وليس 120",
        "Strike hits Idlib hospital, 12 dead",
        "مقتل 12 شخصاً في إدلب قبل الفجر",
        "12 villages cut off",
        "В Идлибе сегодня затоплено 12 домов",
        "İdlib'de bugün 12 ev su altında",
    ],
)
def test_a_line_that_tells_something_is_no_noise_even_without_a_full_stop(line: str) -> None:
    assert fingerprint("Rain", f"{BODY}\n{line}") != fingerprint("Rain", BODY)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Rain floods tents", BODY),
        ("Rain", BODY.replace("120", "125")),
        ("Rain", BODY.replace("two nights", "three nights")),
        ("Rain", BODY + "\nThree people died."),
        ("Rain", BODY.split("\n", maxsplit=1)[0]),
        ("Rain", BODY + "\nThe number of visits to the clinic, a nurse said, rose to 340 on Monday and may rise further still."),
        ("Rain", "Correction\n" + BODY),
    ],
)
def test_a_changed_headline_number_word_or_sentence_is_an_edit(title: str, text: str) -> None:
    assert fingerprint(title, text) != fingerprint("Rain", BODY)


def test_other_quotes_hyphens_and_spaces_are_no_edit() -> None:
    plain = "The clinic's \"night shift\" - two nurses - stayed open all the same, the town's council said on Monday evening."
    curly = "The clinic’s “night  shift” – two nurses – stayed open all the same, the town’s council said on Monday evening."
    assert fingerprint("Rain", plain) == fingerprint("Rain", curly)


def test_a_changed_number_is_told_as_that_number() -> None:
    spans = diff(BODY, BODY.replace("120", "135"))
    assert [(span.kind, span.text) for span in spans if span.kind != "same"] == [("removed", "120"), ("added", "135")]


def test_a_sentence_that_was_taken_out_is_told_whole() -> None:
    first, second = BODY.split("\n")
    spans = [span for span in diff(BODY, second) if span.kind != "same"]
    assert [(span.kind, span.text.strip()) for span in spans] == [("removed", first)]


def test_chinese_is_compared_letter_by_letter() -> None:
    spans = diff("伊德利卜省有120人受伤。", "伊德利卜省有135人死亡。")
    assert [(span.kind, span.text) for span in spans if span.kind != "same"] == [
        ("removed", "120"),
        ("added", "135"),
        ("removed", "受伤"),
        ("added", "死亡"),
    ]


TEXTS = st.lists(
    st.sampled_from(["Idlib", "rain", " ", ".", "\n", "120", "伊", "é", "\u0301", "، ", "views 3"]), max_size=40
).map("".join)


@given(st.one_of(st.text(), TEXTS), st.one_of(st.text(), TEXTS))
def test_both_versions_can_be_read_out_of_their_diff(before: str, after: str) -> None:
    before, after = before.replace("\r", ""), after.replace("\r", "")
    spans = diff(before, after)
    assert "".join(span.text for span in spans if span.kind != "added") == f"{before}\n"
    assert "".join(span.text for span in spans if span.kind != "removed") == f"{after}\n"


@given(TEXTS, TEXTS)
def test_what_has_one_fingerprint_shows_no_edit(before: str, after: str) -> None:
    if fingerprint("", before) == fingerprint("", after):
        assert essence(before) == essence(after)


@given(st.text(), st.text())
def test_no_text_is_too_odd_to_compare(before: str, after: str) -> None:
    fingerprint(before, after)
    fates([before], after)


def test_long_texts_with_nothing_in_common_are_compared_at_once() -> None:
    before = "\n".join(f"a {number}" for number in range(20_000))
    after = "\n".join(f"b {number}" for number in range(20_000))
    spans = diff(before, after)
    assert "".join(span.text for span in spans if span.kind != "added") == f"{before}\n"


def fate(sentence: str, after: str) -> Fate | None:
    return fates([sentence], after).get(sentence)


WATCHED = "Rain fell on the camps north of Idlib for two nights, and officials said that about 120 tents were flooded."


def test_a_watched_sentence_that_stands_has_no_fate() -> None:
    assert fate(WATCHED, f"A new first sentence.\n{BODY}") is None


def test_a_watched_sentence_in_which_a_number_changed_is_told_as_it_reads_now() -> None:
    found = fate(WATCHED, BODY.replace("120", "135"))
    assert found is not None
    assert (found.kind, found.sentence) == ("changed", WATCHED.replace("120", "135"))


def test_a_watched_sentence_that_was_taken_out_is_gone() -> None:
    found = fate(WATCHED, BODY.split("\n")[1])
    assert found is not None
    assert (found.kind, found.sentence) == ("gone", None)


def test_a_sentence_that_was_cut_to_fit_is_found_again() -> None:
    assert fate(f"…{WATCHED[10:60]}…", BODY) is None
