"""`monitor suggest`: names in many spellings, from tables and by rule, and what else they mean."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from desks import configured
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_cli import monitor

from monitor.cli.pasting import new
from monitor.cli.suggesting import block, needed, watch_id
from monitor.fold import fold
from monitor.match import compile_watches
from monitor.match.scripts import script_of
from monitor.match.terms import squeeze
from monitor.model import FieldText, OutletId, Watch, WatchId
from monitor.suggest import SCRIPTS, Suggested, Suggestion, meaning, suggest
from monitor.suggest.files import read, rows
from monitor.suggest.keys import loose, same

TABLES = ("data/compiled.tsv", "data/territories.tsv", "data/cities.tsv")


def texts(found: Suggested, *, sure: bool | None = None) -> set[str]:
    return {one.text for one in found.suggestions if sure is None or one.is_sure == sure}


def is_found(term: str, sentence: str, language: str | None = None) -> bool:
    matcher = compile_watches((Watch(id=WatchId("w"), any=(term,)),))
    return bool(matcher.matches((FieldText(field="title", text=sentence),), language=language, outlet=OutletId("o")))


def test_idlib_is_known_in_the_scripts_of_the_news() -> None:
    found = suggest("Idlib")
    sure = texts(found, sure=True)
    assert {"Idlib", "Idleb", "إدلب", "Идлиб", "Ідліб", "אידליב", "伊德利卜", "이들리브", "イドリブ"} <= sure
    assert sum(same(one.text) == same("ادلب") for one in found.suggestions) == 1
    assert found.known == ("Idlib, city, Syria",)
    assert found.meant is None


@pytest.mark.parametrize(
    ("typed", "spellings"),
    [
        ("Aleppo", "Halab Alep Halep حلب Алеппо חאלב 阿勒颇 アレッポ"),
        ("Deir ez-Zor", "دير الزور 代尔祖尔 Дейр-эз-Зор Deyrizor"),
        ("Gaza", "Gazze غزة Газа עזה 加沙 加薩 ガザ"),
        ("Rafah", "Refah رفح Рафах רפיח 拉法"),
        ("Hodeidah", "Hodeida الحديدة Ходейда 荷台达"),
        ("Mosul", "Mossoul Musul الموصل Мосул 摩苏尔"),
        ("El Fasher", "الفاشر Эль-Фашер 法希尔"),
        ("Khartoum", "Hartum الخرطوم Хартум 喀土穆"),
        ("Tigray", "Tigré ትግራይ Тыграй 提格雷"),
        ("Mogadishu", "Muqdisho مقديشو Могадишо 摩加迪沙"),
        ("Goma", "Гома 戈马 고마 غوما"),
        ("Kharkiv", "Kharkov Харків Харьков 哈尔科夫 ハルキウ"),
        ("Bakhmut", "Бахмут 巴赫穆特 バフムト 바흐무트"),
        ("Nagorno-Karabakh", "Karabakh Qarabağ Արցախ قره‌باغ Карабах 纳卡"),
        ("Kabul", "Кабул کابل 喀布尔 カブール"),
        ("Kashmir", "کشمیر कश्मीर 克什米尔 Кашмир"),
        ("Rakhine", "ရခိုင် 若开 রাখাইন ยะไข่"),
        ("Port-au-Prince", "Порт-о-Пренс 太子港 ポルトープランス"),
        ("Taiwan Strait", "台海 台灣海峽 Тайваньский"),
        ("North Korea", "DPRK 북한 朝鲜 КНДР Nordkorea"),
        ("Hezbollah", "Hizbullah حزب الله Хезболла חיזבאללה 真主党"),
        ("Houthis", "حوثی хуситы 胡塞 후티 フーシ派"),
        ("Rapid Support Forces", "RSF 快速支援部队"),
        ("UNRWA", "الأونروا БАПОР 近东救济工程处"),
    ],
)
def test_names_of_many_crises_are_known(typed: str, spellings: str) -> None:
    listed = {same(text) for text in texts(suggest(typed))}
    joined = " ".join(sorted(listed))
    missing = [one for one in spellings.split() if same(one) not in listed and same(one) not in joined]
    assert missing == []


@pytest.mark.parametrize(
    "typed", ["Deir ez-Zor", "deir ezzor", "DEIR EZ ZOR", "دير الزور", "代尔祖尔", "Дейр-эз-Зор", "Deyrizor"]
)
def test_a_name_is_known_in_any_script_and_however_its_words_are_cut(typed: str) -> None:
    found = suggest(typed)
    assert found.known == ("Deir ez-Zor, city, Syria",)
    assert found.meant is None


@pytest.mark.parametrize(("typed", "meant"), [("Iddlib", "Idlib"), ("Deir ezzorr", "Deir ez-Zor"), ("Kharkviv", "Kharkiv")])
def test_a_misspelt_name_is_taken_for_the_nearest_and_said_to_be(typed: str, meant: str) -> None:
    found = suggest(typed)
    assert found.meant == meant
    assert meant in texts(found, sure=True)


def test_a_name_is_known_without_the_letters_that_keyboards_lack() -> None:
    assert suggest("Xankendi").known == suggest("Xankəndi").known == ("Stepanakert, city, Azerbaijan",)
    assert suggest("Xankendi").meant is None


def test_a_name_of_two_scripts_is_not_written_in_a_third() -> None:
    assert texts(suggest("Zelzal الجديدة")) == {"Zelzal الجديدة"}


def test_two_places_of_one_name_are_both_told() -> None:
    found = suggest("Tripoli")
    assert found.known == ("Tripoli, city, Lebanon", "Tripoli, city, Libya")
    assert {"Trablus", "Trablusşam"} <= texts(found)


def test_names_that_hold_the_name_are_told_beside_it() -> None:
    assert {"North Darfur", "West Darfur"} <= set(suggest("دارفور").related)
    assert suggest("Idlib").related == ()


def test_an_unknown_name_is_transliterated_and_nothing_of_it_is_sure_but_itself() -> None:
    found = suggest("Taftanaz")
    assert found.known == ()
    assert texts(found, sure=True) == {"Taftanaz"}
    assert {"تفتناز", "Тафтаназ", "タフタナズ", "타프타나즈", "Ταφταναζ"} <= texts(found, sure=False)


@pytest.mark.parametrize(
    ("typed", "latin"),
    [
        ("Хан-Туман", "Khan-Tuman"), ("Щастине", "Shchastine"), ("الشدادي", "al-Shadadi"), ("Μητσοτάκης", "Mitsotakis"),
        ("タフタナズ", "Taftanaz"), ("수드자", "Sudja"), ("新源", "Xinyuan"), ("ბახმაში", "Bakhmashi"), ("קוזנצוב", "Koznatsov"),
    ],
)  # fmt: skip
def test_a_name_in_another_script_is_read_into_latin_letters(typed: str, latin: str) -> None:
    assert latin in texts(suggest(typed), sure=False)


def test_other_latin_spellings_are_at_most_a_dozen_and_to_be_checked() -> None:
    found = suggest("Tell Qarqeesh al-Gharbiyah")
    variants = [one for one in found.suggestions if one.script == "LATIN" and not one.is_sure]
    assert 3 <= len(variants) <= 12


def test_an_acronym_that_no_table_has_is_not_written_as_it_sounds() -> None:
    assert texts(suggest("QZXW")) == {"QZXW"}


def every_name() -> list[str]:
    return [line.split("\t")[0] for table in TABLES for line in read(table).splitlines() if line and not line.startswith("#")]


@given(st.one_of(st.sampled_from(every_name()), st.text(max_size=30), st.text(st.characters(codec="utf-8"), max_size=12)))
@example("")
@example("\t\n")
@example("=Idlib")
@example("Idlib\n")
@example("#Idlib")
@example("ßİǅ ﷺ")
@settings(max_examples=150, deadline=None)
def test_whatever_is_suggested_is_found_and_no_two_are_the_same_to_a_watch(name: str) -> None:
    found = suggest(name)
    keys = [squeeze(fold(one.text.strip())).strip() for one in found.suggestions]
    assert len(keys) == len(set(keys))
    for one in found.suggestions:
        if any(map(script_of, fold(one.text))):
            assert is_found(one.text, f"12 {one.text}, 2026"), one


@pytest.mark.parametrize("each", [pytest.param(1, marks=pytest.mark.long), 6])
def test_what_is_listed_in_every_table_is_found_by_a_watch_for_it(each: int) -> None:
    lost = []
    for name in tuple(dict.fromkeys(every_name()))[::each]:
        terms = tuple(one.text for one in suggest(name).suggestions)
        lost += [term for term in terms if not is_found(term, f"– {term}: 7")]
    assert lost == []


def test_the_stations_compare_spellings_alike() -> None:
    for name in (*every_name(), "Bab  al--Hawa", "バシャール・アサド", "a _ b", " #SaveIdlib "):
        assert same(name) == squeeze(fold(name.strip())).strip()


def test_every_line_of_the_tables_has_a_name_a_kind_and_spellings() -> None:
    for table in TABLES:
        for line in rows(table):
            name, kind, countries, *spellings = line
            assert name, line
            assert kind, line
            assert all(len(code) == 2 and code.isupper() for code in countries.split(",") if code), line
            assert spellings, line
            assert all(loose(one.partition("=")[2]) for one in spellings), line


def test_the_tables_stay_small() -> None:
    assert sum(len(read(table).encode()) for table in (*TABLES, "data/homographs.tsv")) < 400_000


def test_what_a_name_also_means_is_told_in_many_languages() -> None:
    assert len(list(rows("data/homographs.tsv"))) >= 60
    assert meaning("حمص") == "chickpeas, and hummus (ar)"
    assert "Saudi" in (meaning("الشباب") or "")
    for term in ("Tripoli", "georgia", "Chad", "TURKEY", "Jordan", "Şam", "عدن", "Мали", "ゴマ", "하마", "צור"):
        assert meaning(term), term
    assert meaning("Idlib") is None
    assert meaning("") is None


def test_a_spelling_that_is_another_word_is_told_beside_it() -> None:
    noted = {one.text: one.also_means for one in suggest("Homs").suggestions}
    assert "chickpeas" in (noted["حمص"] or "")
    assert noted["Хомс"] is None


def test_what_a_watch_finds_anyway_is_not_listed() -> None:
    def spelling(text: str, means: str | None = None) -> Suggestion:
        return Suggestion(text=text, script="LATIN", languages=(), is_sure=True, why="made up", also_means=means)

    plain = (spelling("Gaza City"), spelling("Gaza"))
    assert [one.text for one in needed(plain)] == ["Gaza"]
    ambiguous = (spelling("Wagner", "the composer"), spelling("Wagner Group"))
    assert len(needed(ambiguous)) == 2


@pytest.mark.parametrize(
    "name", ["Idlib", "حمص", "Hay'at Tahrir al-Sham", "Nowhereville", "Wagner", "伊德利卜", 'A "quoted" \\ name']
)
def test_what_is_to_be_pasted_is_a_watch_of_a_good_config(tmp_path: Path, name: str) -> None:
    found = suggest(name)
    pasted = block(new(watch_id(found)), found.suggestions)
    (watch,) = configured(tmp_path, f'[outlets]\na = "https://a.example/feed"\n{pasted}\n').watches
    assert set(watch.any) == texts(found, sure=True)
    # all that is to be checked becomes good TOML, too, once its # is away
    opened = "\n".join(line.replace("# ", "", 1) if line.startswith('  # "') else line for line in pasted.splitlines())
    assert set(tomllib.loads(opened)["watches"][watch_id(found)]["any"]) == texts(found)
    assert not any(sign in pasted for sign in "\u2066\u2067\u2068\u2069\u200e\u200f")


def test_the_command_prints_data_and_remarks_apart_and_needs_no_config(tmp_path: Path) -> None:
    done = monitor(tmp_path, "suggest", "deir", "ezzorr")
    assert done.returncode == 0
    assert 'Did you mean "Deir ez-Zor"?' in done.stderr
    assert "دير الزور" in done.stdout
    pasted = done.stdout[done.stdout.index("[watches.") :]
    assert "دير الزور" in tomllib.loads(pasted)["watches"]["deir-ez-zor"]["any"]


PASTED = [
    ('[watches]\nidlib = ["Idlib", "The Province"]\nharim = ["Harim"]\n', 'idlib = ["Idlib", "The Province"]', "2"),
    ('[watches.idlib]\nany = ["idlib", "The Province"]\nall = ["rain"]\n', 'any = ["idlib", "The Province"]', "1"),
    ('[watches]\nidlib = { any = ["The Province"], in = "title" }\n', 'any = ["The Province"]', "2"),
]


@pytest.mark.parametrize(("watches", "replaced", "line"), PASTED)
def test_words_for_a_watch_that_is_there_go_in_its_place_and_lose_none_of_its_own(
    tmp_path: Path, watches: str, replaced: str, line: str
) -> None:
    (tmp_path / "config.toml").write_text(watches)
    done = monitor(tmp_path, "suggest", "Idlib")
    assert f"config.toml:{line} has this watch already: put these lines in the place of its" in done.stderr
    pasted = done.stdout[done.stdout.index(replaced.partition("[")[0] + "[\n") :].strip()
    before, after = (tomllib.loads(text)["watches"] for text in (watches, watches.replace(replaced, pasted)))
    words = after["idlib"] if isinstance(after["idlib"], list) else after["idlib"].pop("any")
    assert {"Idlib", "إدلب", "The Province"} <= set(words)
    assert [word.lower() for word in words].count("idlib") == 1
    kept = before["idlib"] if isinstance(before["idlib"], dict) else {}
    assert after == {**before, "idlib": {key: value for key, value in kept.items() if key != "any"} or words}


def test_words_for_a_watch_that_is_a_query_are_a_watch_beside_it(tmp_path: Path) -> None:
    watches = "[watches.idlib]\nquery = 'idlib NEAR/8 truce'\n"
    (tmp_path / "config.toml").write_text(watches)
    done = monitor(tmp_path, "suggest", "Idlib")
    assert "config.toml:1 has a watch idlib already" in done.stderr
    pasted = done.stdout[done.stdout.index("[watches.") :]
    assert set(tomllib.loads(watches + pasted)["watches"]) == {"idlib", "idlib-2"}


def test_who_asks_for_other_languages_is_told_that_the_name_itself_is_not_listed(tmp_path: Path) -> None:
    done = monitor(tmp_path, "suggest", "Idlib", "--lang", "ar,ru")
    assert '"Idlib"' not in done.stdout
    assert '"Idlib" itself is of none of these languages, and so not listed' in done.stderr
    for words in (("Idlib", "--lang", "en"), ("Gaza City",), ("deir", "ezzor")):
        assert " itself is of none" not in monitor(tmp_path, "suggest", *words).stderr


def test_a_program_gets_one_object(tmp_path: Path) -> None:
    done = monitor(tmp_path, "suggest", "Idlib", "--json", "--lang", "ar,zh")
    told = json.loads(done.stdout)
    assert told["known"] == ["Idlib, city, Syria"]
    assert {(one["spelling"], one["sure"]) for one in told["suggestions"]} == {
        ("إدلب", True),
        ("伊德利卜", True),
        ("伊德利布", False),
    }
    assert {one["script"] for one in told["suggestions"]} <= set(SCRIPTS.values())


def test_an_unknown_name_is_said_to_be_unknown(tmp_path: Path) -> None:
    done = monitor(tmp_path, "suggest", "Taftanaz")
    assert done.returncode == 0
    assert 'No table has "Taftanaz"' in done.stderr


@pytest.mark.parametrize("words", [("--lang", "xx", "Idlib"), ("--lang", "arabic", "Idlib"), ("123",), ()])
def test_what_cannot_be_meant_is_a_usage_error(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert monitor(tmp_path, "suggest", *words).returncode == 2
