"""`monitor check` says what is no fault of a watch, and will hardly do what was meant."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from desks import configured, outlet, typed
from fakes import Site, rss

from monitor.daemon import Daemon
from monitor.match import overlaps

OUTLETS = '[outlets]\norontes-post = "https://orontes-post.example/feed.xml"\n[watches]\n'


def doubted(folder: Path, watches: str) -> list[str]:
    config = configured(folder, OUTLETS + watches)
    done = typed(config, "check")
    assert done.returncode == 0
    return [line.removeprefix(f"{config.path}:") for line in done.stderr.splitlines()]


def test_a_word_that_holds_another_of_its_watch_is_named_with_its_line(tmp_path: Path) -> None:
    assert doubted(tmp_path, 'crossings = ["Hawa",\n  "Bab al-Hawa"]') == [
        "7: warning: watches.crossings.any: “Bab al-Hawa” adds nothing: “Hawa” finds it already"
    ]


def test_what_is_no_fault_is_called_a_warning_and_counted_in_the_last_line(tmp_path: Path) -> None:
    config = configured(tmp_path, f'{OUTLETS}crossings = ["Hawa", "Bab al-Hawa"]\nidlib = ["AND"]')
    done = typed(config, "check")
    lines = done.stderr.splitlines()
    # both those that the file alone tells, and those of the words
    assert [line.partition(": watches")[0] for line in lines] == [f"{config.path}:{line}: warning" for line in (7, 6)]
    assert done.stdout.startswith(f"{config.path}: no faults, 2 warnings. 1 outlet, 1 feed, 2 watches, ")
    listed = json.loads(typed(config, "check", "--json").stdout)["warnings"]
    assert listed == [line.replace(": warning: ", ": ", 1) for line in lines]
    well = typed(configured(tmp_path, f'{OUTLETS}idlib = ["Idlib"]'), "check")
    assert (well.stderr, well.stdout.startswith(f"{config.path}: no faults. 1 outlet, ")) == ("", True)


def test_two_spellings_that_fold_are_said_to_be_one_word(tmp_path: Path) -> None:
    (line,) = doubted(tmp_path, 'idlib = ["إدلب", "ادلب"]')
    assert "are one word here" in line


def test_a_word_that_its_own_none_spoils_is_said_never_to_alert(tmp_path: Path) -> None:
    (line,) = doubted(tmp_path, 'idlib = { any = ["Idlib Street", "Harim"], none = ["Idlib"] }')
    assert "“Idlib Street” never alerts: none has “Idlib”" in line


@pytest.mark.parametrize(
    ("watch", "says"),
    [
        ('{ any = ["Idlib"], none = ["IDLIB"] }', "“Idlib” never alerts: none has “IDLIB”"),
        ('{ query = "Idlib -idlib" }', "never alerts: it wants “Idlib” and not “idlib”"),
    ],
)
def test_a_watch_that_shuts_itself_out_is_told(tmp_path: Path, watch: str, says: str) -> None:
    (line,) = doubted(tmp_path, f"idlib = {watch}")
    assert says in line


def test_quotes_of_a_word_processor_and_signs_before_words_are_doubted(tmp_path: Path) -> None:
    assert len(doubted(tmp_path, 'idlib = ["Idlib”, “Harim", "-sport", "=US"]')) >= 3


@pytest.mark.parametrize(
    "watch",
    ['["Idlib", "Idleb", "إدلب", "Идлиб", "伊德利卜"]', '{ any = ["Idlib"], none = ["Idlib Street"] }', '["NATO", "Harim"]'],
)
def test_what_is_well_is_not_doubted(tmp_path: Path, watch: str) -> None:
    assert doubted(tmp_path, f"idlib = {watch}") == []


def test_a_word_that_also_means_something_else_is_doubted(tmp_path: Path) -> None:
    (line,) = doubted(tmp_path, 'homs = ["حمص", "Homs"]')
    assert line.startswith("6: warning: watches.homs.any: “حمص” can be another word: chickpeas, and hummus (ar)")


def test_capitals_that_tell_two_words_apart_are_no_overlap() -> None:
    assert [(one.outer, one.inner, one.is_same) for one in overlaps(("who", "WHO"))] == [("WHO", "who", False)]


def test_a_lower_case_or_in_a_query_is_doubted(tmp_path: Path) -> None:
    (line,) = doubted(tmp_path, 'idlib = { query = "idlib or harim" }')
    assert "watches.idlib.query: column 7: “or” is a word here; OR in capitals joins two alternatives" in line


async def test_a_word_that_stands_nearly_everywhere_is_told_by_what_is_stored(tmp_path: Path, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = rss(*((f"Report of day {number}", f"{site.url}/{number}", "Rain.") for number in range(120)))
        text = outlet(site, watches='idlib = ["Idlib", "report"]').replace('lang = "en"', "full_text = false")
        config = configured(tmp_path, text)
        async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
            await daemon.once()
        done = typed(config, "check")
    (line,) = [line for line in done.stderr.splitlines() if "stands in" in line]
    assert "“report” stands in 120 of 120 stored items" in line


async def test_an_outlet_of_an_inflected_language_without_lang_is_named(tmp_path: Path, site: Site) -> None:
    with site.serving():
        titles = ("Дороги в горах занесло снегом", "Школы открылись после каникул", "Мост через реку закрыт на ремонт")
        site.pages["/feed.xml"] = rss(
            *((f"{titles[number % 3]}, день {number}", f"{site.url}/{number}", "Вода поднялась за ночь.") for number in range(30))
        )
        config = configured(tmp_path, outlet(site).replace('lang = "en"', "full_text = false"))
        async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
            await daemon.once()
        (line,) = typed(config, "check").stderr.splitlines()
    assert "outlets.orontes-post: has no lang" in line
    assert 'write lang = "ru"' in line
