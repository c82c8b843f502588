"""A corpus of pages made for the project, each beside the truth about it: what of it is the article, and what is not.

`tests/data/pages/NAME.html` is a page as an outlet sends it, in the charset that it is sent in; `NAME.toml` says what is to come
of it. All outlets and events in them are invented.
"""

from __future__ import annotations

import re
import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import ExtractError
from monitor.extract import extract
from monitor.match import compile_watches
from monitor.model import Article, FieldText, OutletId, Watch, WatchId

PAGES = Path(__file__).parent / "data" / "pages"
NAMES = sorted(path.stem for path in PAGES.glob("*.toml"))
ARTICLES = [name for name in NAMES if not name.startswith("not-")]
OTHERS = [name for name in NAMES if name.startswith("not-")]
BASE = {"title": None, "published": None, "doubt": None, "source": "page", "canonical": None, "language": None, "error": None}


@cache
def truth(name: str) -> dict[str, Any]:
    return BASE | tomllib.loads((PAGES / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def read(name: str) -> Article:
    wanted = truth(name)
    return extract(
        (PAGES / f"{name}.html").read_bytes(),
        url=wanted["url"],
        content_type=wanted["content_type"],
        title=wanted["feed_title"],
        language=wanted["language"],
        selector=wanted.get("selector"),
    )


def found(words: list[str], text: str, language: str | None) -> set[str]:
    """Give those of the watched words that the monitor finds in a text."""
    matcher = compile_watches(tuple(Watch(id=WatchId(word), any=(word,)) for word in words))
    matches = matcher.matches((FieldText(field="text", text=text),), language=language, outlet=OutletId("x"))
    return {match.watch_id for match in matches}


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_the_corpus_is_as_wide_as_the_world_that_it_stands_for() -> None:
    assert len(ARTICLES) >= 44
    assert len(OTHERS) >= 8
    assert len({truth(name)["layout"] for name in ARTICLES}) == len(ARTICLES)
    assert len({name.rpartition(".")[2] for name in ARTICLES}) >= 10
    assert all(truth(name)["inside"] for name in ARTICLES)
    assert sum(len(truth(name)["outside"]) for name in ARTICLES) > 100


@pytest.mark.parametrize("name", ARTICLES)
def test_no_watched_word_of_the_article_is_missed(name: str) -> None:
    wanted = truth(name)
    assert found(wanted["inside"], read(name).text, wanted["language"]) == set(wanted["inside"])


@pytest.mark.parametrize("name", ARTICLES)
def test_no_watched_word_round_the_article_is_found(name: str) -> None:
    wanted = truth(name)
    assert found(wanted["outside"], read(name).text, wanted["language"]) == set()


@pytest.mark.parametrize("name", [name for name in NAMES if truth(name)["error"] is None])
def test_every_paragraph_stands_in_the_text_in_its_order(name: str) -> None:
    text, position = squeezed(read(name).text), 0
    for paragraph in truth(name)["paragraphs"]:
        position = text.find(squeezed(paragraph), position)
        assert position >= 0, paragraph


@pytest.mark.parametrize("name", [name for name in NAMES if truth(name)["error"] is None])
def test_a_page_says_no_more_of_itself_than_is_true(name: str) -> None:
    wanted, article = truth(name), read(name)
    published: datetime | None = wanted["published"]
    assert (article.title, article.published) == (wanted["title"], published)
    assert (article.source, article.canonical) == (wanted["source"], wanted["canonical"])
    assert article.language == wanted["language"]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_the_article_is_marked_and_nothing_else(name: str) -> None:
    wanted = truth(name)
    if wanted["error"] is None:
        assert read(name).doubt == wanted["doubt"]
        return
    with pytest.raises(ExtractError) as refused:
        read(name)
    assert refused.value.kind == wanted["error"]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_of_a_page_is_literally_true(name: str) -> None:
    wanted = truth(name)
    charset = re.search(rb"charset=[\"']?([\w-]+)", (PAGES / f"{name}.html").read_bytes())
    encoding = charset[1].decode().replace("gb2312", "gb18030") if charset else "utf-8"
    page = (PAGES / f"{name}.html").read_bytes().decode(encoding)
    # what stands in a tag is asked for as well, and a watch reads over tags
    whole = squeezed(re.sub(r"[<>]", " ", re.sub(r"<!--.*?-->|<wbr>", "", page, flags=re.DOTALL)))
    assert found(wanted["inside"], whole, wanted["language"]) == set(wanted["inside"])
    assert found(wanted["outside"], whole, wanted["language"]) == set(wanted["outside"])
    assert not set(wanted["inside"]) & set(wanted["outside"])
