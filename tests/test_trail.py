"""A story's way from outlet to outlet is told as it was: what each copy changed, whom it credits, and who was first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import Copy, ItemId, NumberChange, OutletId, Step, Telling, Trail
from monitor.story import trail

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
LORRIES = (
    "Forty-one lorries carrying flour and tents entered the province before dusk, the first since repairs to the road began. "
    "The office said that the queue had shrunk from 160 vehicles to about 70 by the evening. "
    "Road crews laid new drainage pipes under the last 400 metres before the gate. "
    "Aid workers said that warehouses in Sarmada had enough flour for nine days when the road was closed. "
    "The crossing will stay open until eight in the evening for the rest of the week."
)
OWN = (
    "Drivers who had slept in their cabins for two nights cheered when the bar went up, a reporter at the gate wrote. "
    "Bread in the camps had become dearer by a third, and bakers hoped for cheaper flour by Friday. "
    "Nobody would say whether the second half of the works, which needs another closure, was still planned for this month."
)
NAMES = {
    OutletId("levant-wire"): "Levant Wire",
    OutletId("orontes-post"): "Orontes Post",
    OutletId("vestnik"): "Вестник Леванта",
    OutletId("al-zawiya"): "الزاوية اليوم",
    OutletId("chaoyang"): "朝阳晚报",
    OutletId("la-voz"): "Radio La Voz",
}


def telling(number: int, outlet: str = "levant-wire", text: str = LORRIES, **facts: Any) -> Telling:
    """Give an item that was first seen ``number`` minutes after noon, at a feed that is polled every quarter of an hour."""
    seen = NOON + timedelta(minutes=number)
    usual: dict[str, Any] = {
        "item_id": ItemId(number),
        "outlet_id": OutletId(outlet),
        "outlet_name": NAMES.get(OutletId(outlet), outlet),
        "label": None,
        "language": "en",
        "link": None,
        "headline": "Crossing reopens to aid convoys",
        "text": text,
        "author": None,
        "published": None,
        "seen_at": seen,
        "unseen_at": seen - QUARTER,
        "copied": None,
        "is_whole": True,
    }
    return Telling(**(usual | facts))


def followed(*tellings: Telling) -> Trail:
    return trail(tellings, NAMES)


def copy_of(text: str, before: str = LORRIES, **facts: Any) -> Copy:
    """Give what another outlet's text is found to have made of the first one."""
    made = followed(telling(0, text=before), telling(60, "orontes-post", text=text, **facts)).steps[1].copy
    assert made is not None
    return made


def credited(text: str, **facts: Any) -> Step:
    return followed(telling(0), telling(60, "orontes-post", text=text, **facts)).steps[1]


# ------------------------------------------------------------------------------------------------ what a copy changed


def test_a_copy_that_changes_nothing_is_wholly_copied() -> None:
    made = copy_of(LORRIES)
    assert made == Copy(of=ItemId(0), copied=1.0, added=(), removed=(), changed=(), headline=None, numbers=(), dateline=None)


def test_what_a_copy_adds_leaves_out_and_changes_is_told_sentence_by_sentence() -> None:
    text = LORRIES.replace("Road crews laid new drainage pipes under the last 400 metres before the gate. ", "")
    text = text.replace("about 70", "about 85") + " Our readers sent blankets along the same road in March."
    made = copy_of(text, headline="Trucks cross again")
    assert made.added == ("Our readers sent blankets along the same road in March.",)
    assert made.removed == ("Road crews laid new drainage pipes under the last 400 metres before the gate.",)
    (changed,) = made.changed
    assert ("about 70" in changed[0], "about 85" in changed[1]) == (True, True)
    assert made.headline == ("Crossing reopens to aid convoys", "Trucks cross again")
    assert [(one.before, one.after) for one in made.numbers] == [("70", "85")]
    assert 0.75 < made.copied < 0.95


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Rain fell all night, and the road to the camp was cut.", "Rain fell all night. And the road to the camp was cut."),
        ("Rain fell all night. And the road was cut.", "Rain fell all night, and the road was cut."),
        ("“Nobody was hurt,” the mayor’s office said.", '"Nobody was hurt," the mayor\'s office said.'),
        ("قالت فرق الإغاثة إنّ الأمطار أغرقت 120 خيمة شمال إدلب.", "قالت فرق الاغاثة ان الأمطار أغرقت ١٢٠ خيمة شمال ادلب."),
        ("大雨淹没了伊德利卜北部的一百二十顶帐篷，道路中断。", "大雨淹没了伊德利卜北部的一百二十顶帐篷。道路中断。"),
        ("Всё утро шёл дождь, дорога в лагерь закрыта.", "ВСЕ УТРО ШЕЛ ДОЖДЬ. Дорога в лагерь закрыта."),
    ],
)
def test_other_stops_quotes_case_or_spelling_are_no_change(before: str, after: str) -> None:
    made = copy_of(after, before)
    assert (made.copied, made.added, made.removed, made.changed) == (1.0, (), (), ())


@pytest.mark.parametrize(
    ("before", "after", "removed"),
    [
        (
            "أغرقت الأمطار مئة خيمة شمال إدلب ليلا. ونقلت العائلات إلى ثلاث مدارس قريبة. ولم يصب أحد بأذى في المخيمات.",
            "أغرقت الأمطار مئتي خيمة شمال إدلب ليلا. ولم يصب أحد بأذى في المخيمات.",
            "ونقلت العائلات إلى ثلاث مدارس قريبة.",
        ),
        (
            "大雨昨夜淹没了伊德利卜北部的一百顶帐篷。许多家庭被转移到附近的三所学校。营地里没有人受伤。",
            "大雨昨夜淹没了伊德利卜北部的两百顶帐篷。营地里没有人受伤。",
            "许多家庭被转移到附近的三所学校。",
        ),
        (
            "Ночью дождь затопил сто палаток к северу от Идлиба. Семьи перевели в три соседние школы. Никто не пострадал.",
            "Ночью дождь затопил двести палаток к северу от Идлиба. Никто не пострадал.",
            "Семьи перевели в три соседние школы.",
        ),
    ],
)
def test_sentences_of_every_script_are_compared(before: str, after: str, removed: str) -> None:
    made = copy_of(after, before)
    assert (made.added, made.removed, len(made.changed)) == ((), (removed,), 1)


def test_a_copy_is_compared_with_the_text_it_is_nearest_to() -> None:
    edited = LORRIES.replace("Forty-one lorries", "More than 40 trucks") + " Customs officers searched each of them."
    third = edited + " The last one left at nine."
    made = followed(telling(0), telling(20, "orontes-post", edited), telling(60, "la-voz", third)).steps[2].copy
    assert made is not None
    assert (made.of, made.added) == (ItemId(20), ("The last one left at nine.",))


def test_a_copy_cut_to_its_beginning_is_wholly_copied_and_misses_the_rest() -> None:
    made = copy_of(LORRIES[: LORRIES.index("Road crews")])
    assert (made.copied, made.added, len(made.removed)) == (1.0, (), 3)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("The flood killed 12 people in 3 towns.", "The flood killed 20 people in 3 towns.", [("12", "20")]),
        ("They counted 1,000 tents and 1 200 stoves there.", "They counted 1.000 tents and 1200 stoves there.", []),
        ("They counted 1,000 tents there in spring.", "They counted ١٬٥٠٠ tents there in spring.", [("1,000", "١٬٥٠٠")]),
        ("It cost 3.5 million, the office wrote.", "It cost 3,50 million, the town office wrote.", []),
        ("कुल ८५ तंबू पानी में डूब गए हैं।", "कुल 120 तंबू पानी में डूब गए हैं।", [("८५", "120")]),
    ],
)
def test_numbers_that_changed_are_named_however_they_are_written(before: str, after: str, said: list[tuple[str, str]]) -> None:
    assert [(one.before, one.after) for one in copy_of(after, before).numbers] == said


def test_a_number_that_changed_in_the_headline_is_named_with_it() -> None:
    first = telling(0, headline="Rain floods 85 tents")
    made = followed(first, telling(60, "orontes-post", headline="Rain floods 120 tents")).steps[1].copy
    assert made is not None
    assert made.numbers == (NumberChange(before="85", after="120", sentence="Rain floods 120 tents"),)


# ------------------------------------------------------------------------------------------ whom it credits, whose it is


@pytest.mark.parametrize(
    ("end", "outlet"),
    [
        ("\nSource: Levant Wire", "levant-wire"),
        ("\n(Reporting by Levant Wire)", "levant-wire"),
        (" (Taken from Levant Wire)", "levant-wire"),
        (" (Levant Wire)", "levant-wire"),
        ("\n- Levant Wire", "levant-wire"),
        ("\nCon información de Levant Wire.", "levant-wire"),
        (" (avec Levant Wire)", "levant-wire"),
        ("\nKaynak: levant-wire", "levant-wire"),
        ("\nالمصدر: الزاوية اليوم", "al-zawiya"),
        ("\nИсточник: Вестник Леванта", "vestnik"),
        ("\n来源：朝阳晚报", "chaoyang"),
        ("\n（来源：朝阳晚报）", "chaoyang"),
        ("\nThis story first appeared in Levant Wire.", "levant-wire"),
        ("\n(with agencies)", None),
        ("\nSource: a local news agency", None),
    ],
)
def test_a_credit_line_is_read_and_is_no_sentence_that_was_added(end: str, outlet: str | None) -> None:
    step = credited(LORRIES + end)
    assert step.credit is not None
    assert step.credit.outlet_id == outlet
    assert step.copy is not None
    assert (step.copy.copied, step.copy.added) == (1.0, ())


@pytest.mark.parametrize(
    ("beginning", "outlet"),
    [
        ("نقلاً عن الزاوية اليوم، أغرقت الأمطار مئة خيمة. ", "al-zawiya"),
        ("По сообщению Вестника Леванта, дождь затопил сто палаток. ", None),
        ("По сообщению «Вестник Леванта», дождь затопил сто палаток. ", "vestnik"),
        ("据朝阳晚报报道，大雨淹没了一百顶帐篷。", "chaoyang"),
        ("SARMADA, August 20 (Levant Wire) – ", "levant-wire"),
        ("Damascus, Levant Wire – ", "levant-wire"),
        ("(Levant Wire) - ", "levant-wire"),
        ("LEVANT WIRE - ", "levant-wire"),
        ("دمشق (الزاوية اليوم) - ", "al-zawiya"),
        ("朝阳晚报8月20日讯 ", "chaoyang"),
    ],
)
def test_a_credit_in_the_dateline_or_in_the_first_sentence_is_read(beginning: str, outlet: str | None) -> None:
    step = credited(beginning + LORRIES)
    assert step.credit is not None
    assert step.credit.outlet_id == outlet


def test_an_outlet_that_names_itself_credits_nobody() -> None:
    for text in (f"SARMADA (Orontes Post) – {LORRIES}", f"{LORRIES} (Orontes Post)", f"{LORRIES}\nSource: Orontes Post"):
        assert credited(text).credit is None


@pytest.mark.parametrize(
    "end",
    [
        " (The road is closed on Sundays.)",
        "\nVia the old road it takes longer.",
        " It was cold (minus 3).",
        "\nReporting by Mira Haddad",
        "\nPhoto: Levant Wire",
    ],
)
def test_what_only_looks_like_a_credit_is_none(end: str) -> None:
    assert credited(LORRIES + end).credit is None


def test_another_dateline_is_told_and_is_no_change_of_the_sentence() -> None:
    made = copy_of(f"Port Ardan, August 21 (RLV)-- {LORRIES}", f"SARMADA, Aug 20 (Levant Wire) – {LORRIES}")
    assert made.dateline == ("SARMADA, Aug 20 (Levant Wire)", "Port Ardan, August 21 (RLV)")
    assert (made.copied, made.changed) == (1.0, ())


@pytest.mark.parametrize(
    "beginning",
    ["In 2024 – a year of floods – little moved. ", "The road — closed for days — opened. ", "Idlib – its camps too – froze. "],
)
def test_a_sentence_with_a_dash_in_it_is_no_dateline(beginning: str) -> None:
    made = copy_of(beginning + LORRIES)
    assert (made.dateline, made.added) == (None, (beginning.strip(),))


def test_the_author_that_a_feed_names_is_a_credit_where_it_is_an_outlet() -> None:
    named = credited(LORRIES, author="Levant Wire, Sarmada bureau").credit
    assert named is not None
    assert named.outlet_id == "levant-wire"
    assert credited(LORRIES, author="Mira Haddad").credit is None


def test_copies_never_count_as_texts_of_their_own() -> None:
    way = followed(
        telling(0),
        telling(20, "orontes-post", LORRIES + " One sentence more was added here."),
        telling(40, "la-voz", OWN),
        telling(60, "vestnik", f"{OWN}\nSource: Radio La Voz"),
        telling(80, "al-zawiya", f"{OWN[:60]} {LORRIES[:60]} but most of this is new and was told by a man who came from there."),
    )
    assert [step.is_own for step in way.steps] == [True, False, True, False, True]
    assert (way.outlets, way.own_texts) == (5, 3)


def test_a_text_of_its_own_that_credits_another_outlet_of_the_story_is_not_its_own() -> None:
    assert credited(OWN).is_own
    assert not credited(f"{OWN}\nSource: Levant Wire").is_own
    # nobody here carries it but these two
    assert credited(f"{OWN}\nSource: Radio La Voz").is_own


def test_texts_that_were_deleted_leave_what_was_settled() -> None:
    way = followed(telling(0), telling(20, "orontes-post", "", is_forgotten=True, copied=0.9))
    assert (way.steps[1].copy, way.steps[1].is_own) == (None, False)


# ------------------------------------------------------------------------------------------------------ who was first


def test_who_was_seen_at_a_look_before_the_other_was_not_yet_there_was_first() -> None:
    way = followed(telling(0), telling(20, "orontes-post"))
    assert (way.first.by, way.first.outlets) == ("polls", ("levant-wire",))


def test_of_two_that_appeared_between_the_same_looks_nobody_knows_which_was_first() -> None:
    way = followed(telling(0), telling(10, "orontes-post"))
    assert (way.first.by, way.first.outlets) == ("unknown", ("levant-wire", "orontes-post"))


def test_the_outlets_own_dates_part_what_looks_did_not() -> None:
    dates = {"published": NOON - timedelta(minutes=3)}, {"published": NOON - timedelta(minutes=12)}
    way = followed(telling(0, **dates[0]), telling(10, "orontes-post", **dates[1]))
    assert (way.first.by, way.first.outlets, way.first.seen, way.first.dated) == ("dates", ("orontes-post",), 0, 10)


def test_dates_of_the_same_minute_part_nothing() -> None:
    at = NOON - timedelta(minutes=12)
    way = followed(telling(0, published=at + timedelta(seconds=30)), telling(10, "orontes-post", published=at))
    assert way.first.by == "unknown"


def test_one_without_a_date_may_be_earlier_than_one_with_a_date_unless_it_was_not_there_by_then() -> None:
    dated = telling(0, published=NOON - timedelta(minutes=2))
    assert followed(dated, telling(10, "orontes-post")).first.by == "unknown"
    late = telling(12, "orontes-post")
    assert followed(replace(dated, published=NOON - timedelta(minutes=4)), late).first.outlets == ("levant-wire",)


def test_two_looks_within_a_second_or_under_a_clock_that_was_set_back_leave_one_that_was_first() -> None:
    for unseen in (NOON, NOON + timedelta(hours=1)):
        way = followed(telling(0, unseen_at=unseen), telling(600, "orontes-post"))
        assert (way.first.by, way.first.outlets) == ("polls", ("levant-wire",))


def test_a_first_look_knows_nothing() -> None:
    way = followed(telling(0), telling(60, "orontes-post", unseen_at=None))
    assert (way.first.by, set(way.first.outlets)) == ("unknown", {"levant-wire", "orontes-post"})


def test_looks_that_are_sure_go_before_dates_that_say_otherwise_and_both_are_told() -> None:
    early = NOON - timedelta(hours=5)
    way = followed(telling(0, published=NOON - timedelta(minutes=5)), telling(60, "orontes-post", published=early))
    assert (way.first.by, way.first.outlets, way.first.seen, way.first.dated) == ("polls", ("levant-wire",), 0, 60)


def test_a_story_of_one_outlet_has_one_that_was_first() -> None:
    assert followed(telling(0), telling(5)).first.by == "alone"


# ---------------------------------------------------------------------------------------------------------- any text

WORD = st.text(alphabet="abcdefghijklmnopqrstuvwxyzабвгдежإدلبчшщ", min_size=1, max_size=8)
SENTENCE = st.lists(WORD, min_size=4, max_size=12).map(lambda words: f"{' '.join(words).capitalize()} morgen.")
TEXT = st.lists(SENTENCE, min_size=1, max_size=8).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400) | TEXT)
def test_any_text_is_wholly_copied_by_itself(text: str) -> None:
    made = copy_of(text, text)
    assert (made.copied, made.added, made.removed, made.changed, made.numbers, made.dateline) == (1.0, (), (), (), (), None)


@settings(max_examples=60, deadline=None)
@given(TEXT)
def test_one_sentence_more_is_one_sentence_more(text: str) -> None:
    more = "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich."
    made = copy_of(f"{text} {more}", text)
    assert (made.added, made.removed, made.changed) == ((more,), (), ())
    back = copy_of(text, f"{text} {more}")
    assert (back.added, back.removed, back.changed, back.copied) == ((), (more,), (), 1.0)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300) | TEXT, st.text(max_size=300) | TEXT)
def test_a_share_is_a_share(before: str, after: str) -> None:
    assert 0.0 <= copy_of(after, before).copied <= 1.0


@pytest.mark.parametrize(
    "text",
    [
        "word " * 40_000,
        "a. " * 66_000,
        "".join(f"w{number} " for number in range(30_000)),
        "(" * 200_000,
        "\n".join("Idlib rain tents road camp." for _ in range(7_000)),
        "".join(f"Rain {number % 97} fell on road {number % 89} and camp {number % 83} at night. " for number in range(4_000)),
        "9" * 200_000,
        "中" * 200_000,
    ],
)
def test_a_text_that_is_made_to_cost_much_is_compared_all_the_same(text: str) -> None:
    # what is quadratic in its length would take minutes
    made = followed(telling(0, text=text), telling(20, "orontes-post", f"{text} x"), telling(40, "la-voz", text[::-1])).steps
    assert made[1].copy is not None
    assert 0 <= made[1].copy.copied <= 1
