"""The matcher over labelled sentences, and what a watch means."""

from __future__ import annotations

from pathlib import Path
from time import process_time
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fold import fold, fold_with_offsets
from monitor.match import compile_watches
from monitor.match.scripts import script_of
from monitor.match.source import Source
from monitor.match.terms import compile_term, squeeze, squeezed_places
from monitor.model import FieldText, Match, Near, OutletId, Watch, WatchId, Words
from monitor.query import parse

OUTLET = OutletId("relief-desk")
PATIENCE = 20.0
"""Seconds of this process's own for what takes one; what it guards against takes minutes."""


class Row(NamedTuple):
    """A sentence, and whether a watch for the term should find it. ``is_known_wrong``: it is answered wrongly today."""

    language: str
    term: str
    is_form: bool
    sentence: str
    is_known_wrong: bool

    @property
    def is_han(self) -> bool:
        return any(script_of(char) == "CJK" for char in self.term)

    @property
    def is_found(self) -> bool:
        return bool(ask(watch(self.term), language=None if self.language == "-" else self.language, title=self.sentence))


def labelled() -> list[Row]:
    lines = [
        line.split("\t")
        for file in sorted((Path(__file__).parent / "data" / "forms").glob("*.tsv"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    return [Row(line[0], line[1], line[2] == "yes", line[3], line[4:] == ["wrong"]) for line in lines]


ROWS = labelled()


def watch(*any: str, **more: object) -> Watch:
    return Watch(id=WatchId("w"), any=any, **more)  # type: ignore[arg-type]


def ask(question: Watch, *, language: str | None = "en", outlet: OutletId = OUTLET, **texts: str) -> tuple[Match, ...]:
    fields = tuple(FieldText(field=field, text=text) for field, text in texts.items())  # type: ignore[arg-type]
    return compile_watches((question,)).matches(fields, language=language, outlet=outlet)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.language} {row.term}: {row.sentence}"[:60])
def test_a_word_is_found_in_its_forms_and_in_no_other_word(row: Row) -> None:
    assert (row.is_found == row.is_form) != row.is_known_wrong


@pytest.mark.parametrize(("rows", "least"), [([row for row in ROWS if not row.is_han], 0.99), (ROWS, 0.97)])
def test_of_all_labelled_sentences_nearly_every_one_is_told_rightly(rows: list[Row], least: float) -> None:
    right = sum(row.is_found and row.is_form for row in rows)
    assert right / sum(row.is_found for row in rows) >= least
    assert right / sum(row.is_form for row in rows) >= least


def test_the_labelled_sentences_are_many_and_a_third_of_them_say_no() -> None:
    assert len(ROWS) >= 250
    assert len({row.language for row in ROWS} - {"-"}) >= 25
    assert sum(not row.is_form for row in ROWS) * 3 >= len(ROWS)
    assert len({row[:4] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.is_form and not row.is_known_wrong], ids=lambda row: row.sentence[:40]
)
def test_every_mark_cuts_a_form_of_its_term_out_of_the_source(row: Row) -> None:
    compiled = compile_term(row.term)
    assert compiled is not None
    for match in ask(watch(row.term), language=None if row.language == "-" else row.language, text=row.sentence):
        assert row.sentence[match.start : match.stop].replace("\n", " ") == match.form
        assert match.sentence[match.mark_start : match.mark_stop] == match.form
        # a hashtag's words stand without a space between them
        form = squeeze(fold(match.form)).replace(" ", "")
        stands = [any(stem.key.replace(" ", "") in form for stem in word.stems) for word in (compiled, *compiled.words)]
        assert stands[0] or (compiled.words and all(stands[1:]))


@given(before=st.text(), after=st.text(), filler=st.sampled_from(["слово ", "word ", "كلمة ", "字"]), count=st.integers(0, 200))
def test_a_mark_is_right_wherever_the_word_stands(before: str, after: str, filler: str, count: int) -> None:
    text = f"{before} {filler * count} Idlib {filler * count} {after}"
    matches = ask(watch("Idlib"), text=text)
    assert matches
    for match in matches:
        assert (
            match.sentence[match.mark_start : match.mark_stop] == match.form == text[match.start : match.stop].replace("\n", " ")
        )
        assert len(match.sentence) <= 300
        assert "\n" not in match.sentence


def test_an_ending_and_a_prefix_belong_to_the_form() -> None:
    assert [match.form for match in ask(watch("Идлиб"), language="ru", title="Жители Идлиба вернулись")] == ["Идлиба"]
    assert [match.form for match in ask(watch("إدلب"), language="ar", title="الطرق وبإدلب مفتوحة")] == ["وبإدلب"]
    assert [match.form for match in ask(watch("Idlib"), title="Idlib's bakeries")] == ["Idlib"]


def test_the_whole_of_a_name_is_marked_however_each_of_its_words_ends() -> None:
    for language, term, text, form in (
        ("ru", "Северная Осетия", "Дорога в Северную Осетию закрыта", "Северную Осетию"),
        ("ru", "Ростов-на-Дону", "Поезд из Ростова-на-Дону опоздал", "Ростова-на-Дону"),
        (
            "pl",
            "Organizacja Narodów Zjednoczonych",
            "Raport Organizacji Narodów Zjednoczonych",
            "Organizacji Narodów Zjednoczonych",
        ),
        ("hu", "Orbán Viktor", "Tegnap Orbán Viktorral tárgyaltak", "Orbán Viktorral"),
        ("de", "Rotes Kreuz", "Helfer des Roten Kreuzes kamen", "Roten Kreuzes"),
    ):
        assert [match.form for match in ask(watch(term), language=language, title=text)] == [form]


def test_the_words_of_a_name_stand_side_by_side_and_each_is_that_word() -> None:
    assert not ask(watch("Северная Осетия"), language="ru", title="Северный ветер дошёл до Осетии")
    assert not ask(watch("Северная Осетия"), language="ru", title="В северном и в Осетии")
    assert not ask(watch("Black Sea"), title="Black seals and the black season")


def test_a_name_with_an_ending_wants_its_capital_and_so_does_a_short_one() -> None:
    assert not ask(watch("Mali"), language="pl", title="Chłopcy mali wrócili")
    assert not ask(watch("Róma"), language="hu", title="A román vonat késett")
    assert ask(watch("Mali"), title="roads of mali are open again")
    assert ask(watch("Mali"), title="Roads are open, see #mali or https://orontes.example/mali/roads")
    assert ask(watch("Идлиб"), language="ru", title="В идлибской пекарне тихо")
    assert ask(watch("Москва"), language="ru", title="снег в москве идёт третий день")
    assert not ask(watch("Газа"), language="ru", title="цены на газ снова растут")


def test_an_acronym_that_a_language_reads_as_a_word_is_printed_as_a_name_there() -> None:
    assert ask(watch("ONU"), language="it", title="L'Onu chiede una tregua")
    assert not ask(watch("USA"), language="it", title="Chi usa il telefono paga")
    assert not ask(watch("WHO"), title="Who knows the baker?")


def test_letters_with_full_stops_between_are_found_as_they_were_typed() -> None:
    assert [match.form for match in ask(watch("أ.ف.ب"), language="ar", title="قالت أ.ف.ب اليوم")] == ["أ.ف.ب"]
    assert [match.form for match in ask(watch("a.b"), title="a.b and ab")] == ["a.b"]
    assert [match.form for match in ask(watch("U.S."), title="The U.S. and the US")] == ["U.S.", "US"]


def test_a_watch_wants_one_of_any_each_of_all_and_none_of_none() -> None:
    question = watch("Idlib", "Harim", all=("convoy",), none=("Idlib Street",))
    assert ask(question, title="Convoys reach Harim")
    assert ask(question, title="Idlib calm", text="A convoy came.")
    assert not ask(question, title="Idlib calm")
    assert not ask(question, title="A convoy came")
    assert not ask(question, title="Convoy reaches Idlib", text="It left from Idlib Street.")


def test_all_without_any_is_enough() -> None:
    assert [match.term for match in ask(Watch(id=WatchId("w"), all=("Idlib", "convoy")), title="A convoy in Idlib")] == [
        "convoy",
        "Idlib",
    ]


def near(left: Words, right: Words, distance: int) -> Watch:
    return Watch(id=WatchId("w"), query=Near(left=left, right=right, distance=distance))


def test_the_sign_that_a_term_begins_with_is_no_word_between() -> None:
    trucks, tag = Words(text="trucks"), Words(text="#Idlib")
    for title in ("Trucks one two reach #Idlib", "#Idlib sees one two trucks"):
        assert ask(near(trucks, tag, 3), title=title)
        assert not ask(near(trucks, tag, 2), title=title)


def test_one_mention_is_not_two_that_stand_near() -> None:
    idlib, open_end = Words(text="Idlib"), Words(text="Idli", is_open=True)
    assert not ask(near(idlib, idlib, 5), title="Idlib calm")
    assert not ask(near(idlib, open_end, 5), title="Idlib calm")
    assert not ask(near(Words(text="Hawa"), Words(text="Bab al-Hawa"), 5), title="Bab al-Hawa calm")
    assert ask(near(idlib, open_end, 5), title="Idlib, and all Idlibi bakers")
    # neither is a part of the other
    assert ask(near(Words(text="Bab al-Hawa"), Words(text="Hawa crossing"), 5), title="Bab al-Hawa crossing")


@given(
    st.lists(st.sampled_from(["convoy", "Idlib", "Bab al-Hawa", "dawn"]), max_size=12),
    st.sampled_from(["convoy", "Bab al-Hawa"]),
    st.integers(1, 4),
)
def test_near_is_what_every_pair_of_mentions_says(words: list[str], other: str, distance: int) -> None:
    begins = [sum(len(word.replace("-", " ").split()) for word in words[:at]) for at in range(len(words) + 1)]
    pairs = [(one, two) for one, a in enumerate(words) for two, b in enumerate(words) if (a, b) == ("Idlib", other)]
    close = [sorted(pair) for pair in pairs]
    wanted = {at for one, two in close if begins[two] - begins[one + 1] <= distance for at in (one, two)}
    found = ask(near(Words(text="Idlib"), Words(text=other), distance), text="; ".join(words))
    starts = [sum(len(word) + 2 for word in words[:at]) for at in sorted(wanted)]
    assert [match.start for match in found] == starts[:5]


def hostile_answers(query: str, text: str) -> int:
    """Count what is found, in little time."""
    began = process_time()
    found = ask(Watch(id=WatchId("w"), query=parse(query)), text=text)
    assert process_time() - began < PATIENCE
    return len(found)


def test_h26_words_that_stand_ten_thousands_of_times_are_compared_with_their_neighbours_only() -> None:
    assert hostile_answers("alpha NEAR/5 beta", "alpha beta " * 18_000) == 5
    assert hostile_answers("alpha NEAR/1 beta", "alpha x y z beta x y z " * 9_000) == 0
    many = " ".join(f"w{number}" for number in range(400))
    assert hostile_answers(f'"{many}"~100', f"{many} " * 60) == 5


def test_a_word_that_never_ends_is_cut_short() -> None:
    (match,) = ask(Watch(id=WatchId("w"), query=parse("aaa*")), text="a" * 200_000)
    assert len(match.form) < 200
    (match,) = ask(watch("é"), text=f"caf e{chr(0x301) * 200_000}")
    assert len(match.sentence) <= 300
    assert match.sentence[match.mark_start : match.mark_stop] == match.form


def test_h26_a_term_that_stands_everywhere_within_one_word_is_told_to_do_so_at_once() -> None:
    began = process_time()
    fields = (FieldText(field="text", text="a" * 20_000),)
    (verdict,) = compile_watches((watch("aa"),)).verdicts(fields, language="en", outlet=OUTLET, url=None, author=None)
    assert verdict.reason == "other_word"
    assert process_time() - began < PATIENCE


def test_h26_a_pattern_is_looked_for_as_the_letters_that_it_is_made_of_and_takes_no_time() -> None:
    began = process_time()
    # a pattern matcher would try each of 2^50,000 ways to part the letters
    assert not ask(watch("(a+)+$", "(a|aa)+$"), text="a" * 50_000 + "!")
    assert [match.form for match in ask(watch("(x+x+)+y"), text="They wrote (x+x+)+y on the wall")] == ["(x+x+)+y"]
    assert process_time() - began < PATIENCE


def test_of_several_conditions_that_fail_none_is_named_that_the_query_does_not_have() -> None:
    query = parse("title:(convoy NEAR/1 Idlib) OR (convoy outlet:vestnik -crossing)")
    question = Watch(id=WatchId("w"), query=query)
    fields = (FieldText(field="text", text="A convoy went by the crossing, and then on to Idlib."),)
    (verdict,) = compile_watches((question,)).verdicts(fields, language="en", outlet=OUTLET, url=None, author=None)
    assert verdict.reason in {"apart", "field", "excluded", "origin"}


def test_a_watch_looks_in_its_own_fields_only() -> None:
    question = watch("Idlib", none=("sport",), fields=("title",))
    assert not ask(question, title="Calm", text="Idlib")
    assert ask(question, title="Idlib", text="sport")


def test_a_watch_of_some_outlets_asks_no_other() -> None:
    question = watch("Idlib", outlets=frozenset({OutletId("orontes-post")}))
    assert not ask(question, title="Idlib")
    assert ask(question, title="Idlib", outlet=OutletId("orontes-post"))


def test_five_places_of_each_field_are_shown_in_reading_order() -> None:
    matches = ask(watch("Idlib"), text="Idlib. " * 9, summary="Idlib. Idlib.", title="On Idlib")
    assert [match.field for match in matches] == ["title", *["summary"] * 2, *["text"] * 5]
    assert [match.start for match in matches if match.field == "text"] == [0, 7, 14, 21, 28]


def test_two_spellings_of_one_word_mark_it_once() -> None:
    assert len(ask(watch("Idlib", "İdlib", "idlib"), title="Idlib")) == 1
    assert [match.term for match in ask(watch("Hawa", "Bab al-Hawa"), title="At Bab al-Hawa")] == ["Bab al-Hawa"]


def test_a_name_is_found_across_a_line_break_and_its_sentence_is_one_line() -> None:
    (match,) = ask(watch("Bab al-Hawa"), text="Trucks at Bab\nal-Hawa wait.")
    assert (match.form, match.start, match.stop) == ("Bab al-Hawa", 10, 21)
    assert match.sentence[match.mark_start : match.mark_stop] == "Bab al-Hawa"


def test_a_term_of_no_letters_is_never_found_and_breaks_nothing() -> None:
    assert ask(watch("?", "", "Idlib"), title="Idlib ?")
    assert not ask(watch("?", ""), title="What? Idlib")
    assert not ask(watch("Idlib", all=("!",)), title="Idlib!")
    assert compile_watches(()).matches((FieldText(field="title", text="Idlib"),), language=None, outlet=OUTLET) == ()


@pytest.mark.parametrize("term", ["שייח' ג'ראח", "ג'נין ד'", "a' b'", "' '", "«Idlib» city", "С. Петербург", "x-", "- -x"])
def test_a_name_whose_words_end_in_signs_is_taken_as_it_is(term: str) -> None:
    compile_term(term)
    assert [match.term for match in ask(watch(term, "Harim"), title=f"News of {term} and Harim")][-1:] == ["Harim"]


@given(st.text(max_size=12))
def test_any_word_at_all_can_be_watched_for(term: str) -> None:
    assert ask(watch(term, "Harim"), title=f"{term} and Harim")


def test_ten_thousand_words_are_compiled_and_each_is_found() -> None:
    words = [
        f"Qar{first}{second}{third}ya"
        for first in "bcdfghklmn"
        for second in "aeiou" * 5
        for third in "pqrstvwxzbcdfghjklmnpqrstvwxyz1234567890"
    ]
    watches = tuple(Watch(id=WatchId(f"w{place}"), any=(f"{word}{place}",)) for place, word in enumerate(words[:10_000]))
    matcher = compile_watches(watches)
    for place in (0, 4_321, len(watches) - 1):
        title = f"Rain in {watches[place].any[0]}'s fields"
        (match,) = matcher.matches((FieldText(field="title", text=title),), language="en", outlet=OUTLET)
        assert match.watch_id == f"w{place}"


@given(st.text(alphabet=st.sampled_from("ab \n-_·・‧\t\u2028\x85\x1cü")))
def test_squeezing_is_what_its_places_say(text: str) -> None:
    folded = fold(text)
    places = squeezed_places(folded)
    assert len(places) == len(squeeze(folded))
    assert all(
        a == b or (a == " " and b in " \n-_·・‧\t\x85\x1c")
        for a, b in zip(squeeze(folded), (folded[at] for at in places), strict=True)
    )


@given(
    st.lists(
        st.sampled_from(
            ["Idlib", "#SaveIdlib", "Ｉｄｌｉｂ", "Id\u00adlib", "и\u0306", "ﷺ", "ß", "İ", "إدلب", "각", "\u1100\u1161", "%D8%A5"]
        )
    )
)
def test_what_was_printed_is_found_again_part_by_part(words: list[str]) -> None:
    text = " ".join(word * 30 for word in words)
    folded = fold(text)
    whole = fold_with_offsets(text)
    source = Source(text, folded, squeeze(folded))
    places = squeezed_places(folded)
    for at in range(0, len(places), 7):
        if folded[places[at]] != " ":
            assert source.bounds(at, at + 1) == whole.source_span(places[at], places[at] + 1)
