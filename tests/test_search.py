"""Finding what is stored by its words: one spelling finds the others, in every script, and what is shown is the text's own."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from desks import LONG, Desk, configured, outlet, rows, typed
from fakes import Site, page, rss
from filled import fill
from hypothesis import given
from hypothesis import strategies as st
from test_line import once

from monitor.errors import SearchError
from monitor.model import ItemId, Texts
from monitor.search import compiled, searchable, snippet


def texts(text: str, *, title: str = "", summary: str = "") -> Texts:
    return Texts(id=ItemId(1), title=title, summary=summary, text=text)


def indexed(*found: Texts) -> sqlite3.Connection:
    """Make the index as the schema does."""
    db = sqlite3.connect(":memory:")
    db.execute(
        "CREATE VIRTUAL TABLE words USING fts5 (title, summary, text,"
        " tokenize = \"unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'\")"
    )
    for one in map(searchable, found):
        db.execute("INSERT INTO words (title, summary, text) VALUES (?, ?, ?)", (one.title, one.summary, one.text))
    return db


def is_found(text: str, *words: str) -> bool:
    asked = compiled(words)
    return bool(indexed(texts(text)).execute("SELECT 1 FROM words WHERE words MATCH ?", (asked.query,)).fetchall())


FOUND = [
    ("قال سكان إدلب إن المطر توقف", "ادلب"),
    ("قال سكان ادلب إن المطر توقف", "إدلب"),
    ("وصلت القافلة إلى بإدلب اليوم", "إدلب"),
    ("حلب وإدلب وحماة", "ادلب"),
    ("للإدلبيين", "للادلبيين"),
    ("İDLİB'de yağmur", "idlib"),
    ("Идлиб затоплен", "идлиб"),
    ("в Идлибе затоплено", "Идлиб*"),
    ("伊德利卜省下雨", "伊德利卜"),
    ("イドリブ県で雨", "イドリブ"),
    ("ฝนตกในอิดลิบเมื่อวาน", "อิดลิบ"),
    ("이들리브에서 비가", "이들리브*"),
    ("ירד גשם באידליב", "אידליב"),
    ("Ιντλίμπ βροχή", "ΙΝΤΛΙΜΠ"),
    ("Rain in Bab al-Hawa today", "bab al hawa"),
    ("Rain in Bab al\u2011Hawa today", "Bab al-Hawa"),
    ("Id\u00adlib", "idlib"),
    ("दमिश्क में बारिश", "बारिश"),
    ("#SaveIdlib", "idlib"),
    ("Caf\u00e9", "cafe\u0301"),
]
NOT_FOUND = [
    ("Midlibrary opens", "idlib"),
    ("Hamas said", "Hama"),
    ("Rain in Hawa, al-Bab", "bab al hawa"),
    ("伊德利省", "伊德利卜"),
    ("قال المعدن", "عدن"),
]


@pytest.mark.parametrize(("text", "word"), FOUND)
def test_a_word_is_found_in_every_spelling_of_it_and_marked_where_it_stands(text: str, word: str) -> None:
    assert is_found(text, word)
    found = snippet(compiled([word]), texts(text))
    assert found.field == "text"
    assert found.text == text
    assert len(found.marks) == 1


@pytest.mark.parametrize(("text", "word"), NOT_FOUND)
def test_a_word_inside_another_is_not_found(text: str, word: str) -> None:
    assert not is_found(text, word)


def test_all_words_must_stand_in_the_item() -> None:
    assert is_found("Rain in Idlib", "rain", "idlib")
    assert not is_found("Rain in Harim", "rain", "idlib")


@pytest.mark.parametrize("words", [[], ["..."], ["idlib", "\u200f"], ["a"] * 21])
def test_what_cannot_be_searched_for_is_said(words: list[str]) -> None:
    with pytest.raises(SearchError):
        compiled(words)


PIECES = st.sampled_from(
    ["idlib", "إدلب", '"', "*", "(", ")", " OR ", "NEAR", "-", "title:", "伊", "\u0301", "^", "\0", "'", "é"]
)


@given(st.lists(st.one_of(st.text(), st.lists(PIECES).map("".join)), min_size=1, max_size=5), st.text())
def test_nothing_that_is_typed_is_taken_for_the_index_own_language(words: list[str], text: str) -> None:
    try:
        asked = compiled(words)
    except SearchError:
        return
    indexed(texts(text)).execute("SELECT 1 FROM words WHERE words MATCH ?", (asked.query,)).fetchall()
    snippet(asked, texts(text))


@given(st.lists(PIECES, max_size=12).map("".join))
def test_a_text_is_found_by_each_of_its_own_words(text: str) -> None:
    for word in text.split():
        try:
            compiled([word])
        except SearchError:
            continue
        if not word.rstrip().endswith("*"):
            assert is_found(text, word)


def test_the_command_shows_what_is_stored_newest_first(tmp_path: Path) -> None:
    with Site().serving() as site:
        desk = Desk(tmp_path, site)
        desk.configure("orontes-post", "levant-wire")
        site.pages["/orontes-post.xml"] = rss(
            ("Rain floods camps", f"{site.url}/1", "Tents near إدلب are lost."), ("Wells reopen", f"{site.url}/2", "")
        )
        site.pages["/levant-wire.xml"] = rss(("Bridge closed", f"{site.url}/3", ""), title="Levant Wire")
        site.pages["/1"] = page("Rain floods camps", LONG, "مخيمات شمال إدلب", LONG)
        site.pages["/3"] = page("Bridge closed", LONG, "The road to Idlib is cut at the bridge of Harim.", LONG)
        assert desk.type("run", "--once").returncode == 0
        said = desk.type("search", "ادلب")
        assert (said.returncode, said.stderr) == (0, "1 item found\n")
        assert "Tents near «إدلب» are lost." in said.stdout
        found = json.loads(typed(desk, "search", "idlib", "--json").stdout)
        (hit,) = found["items"]
        assert (found["words"], found["found"], found["more"]) == (["idlib"], 1, False)
        assert (hit["outlet"], hit["found_in"]) == ("levant-wire", "text")
        start, stop = hit["marks"][0]
        assert hit["snippet"][start:stop] == "Idlib"
        assert typed(desk, "search", "idlib", "--outlet", "orontes-post").stdout == ""
        assert typed(desk, "search", "idlib", "--watch", "idlib", "--since", "1h").stdout.count("Bridge") == 1
        assert "roads, wells" in typed(desk, "search", "idlib", "--full").stdout
        assert 'Did you mean "orontes-post"?' in typed(desk, "search", "idlib", "--outlet", "orontes-pots").stderr
        assert '"floo*" finds 1 item: what begins so' in typed(desk, "search", "floo").stderr
        nothing = typed(desk, "search", "...")
        assert (nothing.returncode, "no letter" in nothing.stderr) == (2, True)


async def test_what_no_monitor_has_made_searchable_yet_is_before_it_is_searched(tmp_path: Path) -> None:
    with Site().serving() as site:
        desk = Desk(tmp_path, site)
        desk.configure("orontes-post")
        site.pages["/orontes-post.xml"] = rss(("Rain in Idlib", f"{site.url}/1", ""))
        assert desk.type("run", "--once").returncode == 0
        db = sqlite3.connect(desk.state / "monitor.db")
        with db:
            # as a daemon leaves it that is killed on the way
            db.execute("DELETE FROM words")
            db.execute("UPDATE item SET is_indexed = 2")
        db.close()
        assert desk.type("search", "idlib").stderr == "1 item found\n"


async def test_what_was_edited_is_found_by_its_new_words_and_not_by_its_old_ones(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site))
        site.pages["/feed.xml"] = rss(("Rain floods camps", f"{site.url}/1", ""))
        site.pages["/1"] = page("Rain floods camps", LONG)
        await once(config)
        site.pages["/feed.xml"] = rss(("Snow buries camps", f"{site.url}/1", ""))
        await once(config)
    assert rows(config, "SELECT count(*) FROM words WHERE words MATCH 'snow'") == [(1,)]
    assert rows(config, "SELECT count(*) FROM words WHERE words MATCH 'rain'") == [(0,)]


async def test_what_is_left_out_is_counted_however_a_search_is_narrowed(desk: Desk) -> None:
    await fill(desk)
    # the first search makes all searchable
    desk.type("search", "Idlib")
    for narrowed in ((), ("--since", "2026-11-01"), ("--watch", "idlib"), ("--outlet", "orontes-post")):
        total = 1 if "orontes-post" in narrowed else 2
        said = typed(desk, "search", "Idlib", "-n", "1", *narrowed).stderr
        assert ("1 item found" in said) if total == 1 else ("The newest 1 of 2 items" in said), narrowed


async def test_an_operator_in_a_search_is_said_to_be_a_word(desk: Desk) -> None:
    await fill(desk)
    desk.type("search", "Idlib")
    assert "OR is a word here: monitor try --query has" in typed(desk, "search", "Idlib", "OR", "Harim").stderr
