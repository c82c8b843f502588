"""Languages told from headlines in forty of them, and what a feed or page says of itself against what it is written in."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

# the bench measures by the same labelled headlines
sys.path.insert(0, str(Path(__file__).parent.parent / "bench"))

from languages import labelled, lost, right

from monitor.language import detect
from monitor.language.tables import LANGUAGES
from monitor.match import Matcher, compile_watches
from monitor.match.tables import ENDINGS, PREFIXES, SAME_LANGUAGE
from monitor.model import FieldText, OutletId, Watch, WatchId

TEXTS = labelled()


def test_the_labelled_headlines_are_many_and_in_every_script_that_matters() -> None:
    of_thirty = {spoken for spoken, _ in TEXTS.headlines if sum(other == spoken for other, _ in TEXTS.headlines) >= 30}
    assert len(of_thirty) >= 38
    assert len(TEXTS.headlines) == 1385
    assert max(len(text) for _, text in TEXTS.headlines) <= 90


def test_a_headline_alone_tells_its_language_in_ninety_seven_of_a_hundred() -> None:
    assert right(TEXTS.headlines, detect) >= 1345


def test_a_headline_with_a_sentence_below_tells_its_language() -> None:
    assert right(TEXTS.with_sentence, detect) >= len(TEXTS.with_sentence) - 2


def test_no_more_than_a_few_mentions_are_lost_for_want_of_knowing_the_language() -> None:
    mentions, missed, spare = lost(TEXTS.headlines, detect)
    assert (mentions, spare) == (906, 0)
    assert missed <= 3
    assert lost(TEXTS.headlines, lambda _: None)[1] > 150


def test_a_word_in_its_forms_is_found_in_a_short_sentence_whose_language_nobody_says() -> None:
    path = Path(__file__).parent / "data" / "forms" / "general.tsv"
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith(("#", "-"))]
    asked = [(compile_watches((Watch(id=WatchId("w"), any=(term,)),)), label, text) for _, term, label, text in rows]

    def faults(guess: Callable[[str], str | None]) -> Counter[str]:
        found = ((label, _is_found(matcher, text, guess(text))) for matcher, label, text in asked)
        return Counter(label for label, is_found in found if is_found != (label == "yes"))

    assert faults(lambda _: None)["yes"] > 30
    assert faults(detect)["yes"] <= 5
    assert faults(detect)["no"] == 0


def _is_found(matcher: Matcher, text: str, language: str | None) -> bool:
    return bool(matcher.matches((FieldText(field="title", text=text),), language=language, outlet=OutletId("o")))


def test_every_language_that_matching_has_rules_for_can_be_told() -> None:
    for script, by_language in (*ENDINGS.items(), *PREFIXES.items()):
        # katakana are told together with hiragana, and take what they take in any language
        told = LANGUAGES["kana" if script == "KATAKANA" else script.lower()]
        unknown = by_language.keys() - told.keys() - {"", "ku", "ks"} - SAME_LANGUAGE.keys()
        assert not unknown, script


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("انفجار در ادلب و حلب و حما", "fa"),
        ("انفجارات بإدلب وحلب وحماة", "ar"),
        ("إدلب: Idlib roads closed, الثلوج تقطع الطرق في ريف حلب", "ar"),
        ("東京で大雪、交通に影響", "ja"),
        ("东京大雪影响交通", "zh"),
        ("İDLİB'DE YOLLAR KARDAN KAPANDI, OKULLAR TATİL EDİLDİ", "tr"),
        ("Idlib'de iki kisi oldu, binlerce kisi cadir bekliyor", "tr"),
        ("Путевима у Идлибу се не може проћи", "sr"),
        ("Пътят през Идлиб е затворен", "bg"),
        ("סוריה: הכבישים באידליב נחסמו", "he"),
    ],
)
def test_letters_and_small_words_tell_where_names_mislead(text: str, language: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize("text", ["", "   \n", "3:2", "…", "🌊🌊", "Idlib", "Idlib, Hama", "ᚠᚢᚦᚨᚱᚲ"])
def test_what_says_nothing_has_no_language_but_the_declared_one(text: str) -> None:
    assert detect(text) is None
    assert detect(text, declared="tr") == "tr"


@pytest.mark.parametrize("declared", ["en", "tr", "ru"])
def test_a_feed_that_says_english_over_another_script_is_not_believed(declared: str) -> None:
    others = [(spoken, text) for spoken, text in TEXTS.headlines if spoken in {"ar", "he", "ja", "ko", "el", "hi", "th"}]
    assert right(others, lambda text: detect(text, declared=declared)) == right(others, detect)


def test_a_feed_that_says_english_over_another_language_is_not_believed_where_there_is_a_sentence() -> None:
    for texts, share in ((TEXTS.headlines, 0.90), (TEXTS.with_sentence, 0.998)):
        others = [(spoken, text) for spoken, text in texts if spoken in LANGUAGES["latin"] and spoken != "en"]
        assert right(others, lambda text: detect(text, declared="en")) >= share * len(others)


def test_a_feed_that_says_what_it_is_written_in_is_always_believed() -> None:
    for texts in (TEXTS.headlines, TEXTS.with_sentence):
        assert all(detect(text, declared=spoken) == spoken for spoken, text in texts)


def test_a_language_in_no_table_is_believed_of_the_feed() -> None:
    assert detect("Mae glaw wedi gorlifo gwersylloedd", declared="cy") == "cy"
    assert detect("გზები თოვლმა ჩაკეტა", declared="xmf") == "xmf"


@given(text=st.text(max_size=1_500), declared=st.sampled_from([None, "en", "ar", "tlh"]))
def test_any_text_at_all_has_a_language_or_none_and_always_the_same(text: str, declared: str | None) -> None:
    found = detect(text, declared=declared)
    assert found is None or (2 <= len(found) <= 3 and found.isalpha() and found.islower())
    assert detect(text, declared=declared) == found


@given(st.text(alphabet=st.characters(exclude_categories=[]), max_size=200))
def test_a_text_with_halves_of_characters_in_it_does_no_harm(text: str) -> None:
    detect(text)
