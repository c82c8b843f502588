"""The digest's rich morning as text and as Markdown: its order, its bars, its edits; and that nothing in it comes alive."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from unicodedata import category, east_asian_width

import pytest
from briefs import CONVOY, brief, finding, match
from hypothesis import given, settings
from test_digest_page import everywhere
from test_render_digest import digest, hostile, read, seen

from monitor.model import Digest, StoryFound, StoryId, Volume, Watch, WatchFindings, WatchId
from monitor.render import markdown, plain, volume, words

SINKS = {"plain": plain.digest, "markdown": markdown.digest}
every_sink = pytest.mark.parametrize("sink", SINKS.values(), ids=SINKS)


def spaced(text: str) -> str:
    return " ".join(re.sub(r"[\\*#>`]|\]\(<[^>]*>\)|\[", "", text).split())


@every_sink
def test_the_whole_morning_is_told_in_the_order_of_the_page(sink: Callable[[Digest], str]) -> None:
    text = spaced(sink(brief(minors=14)))
    facts = (
        "Northwest desk – Monday 23 November 2026, 06:00", "19 Idlib, well above the usual 6", "0 Cholera", "3 gaps.",
        "Вестник Леванта has not answered", "Also to be known", "▄▃▄▃▃▂▄▄▃▃▄▅▄··▃▄▂▃▄▄▄▃▃▅▆▄▄█ 19 items from 12 outlets",
        "any of Idlib, إدلب", "Alerts withheld: 2", "Bab al-Hawa crossing reopens", "Orontes Post had it first",
        "also in Crossings", "forty-one lorries", "Edited yesterday 18:15, Orontes Post: headline",
        "was: Bab al-Hawa crossing reopens to aid convoys after day-long closure", "now: Bab al-Hawa crossing",
        "7 outlets, 2 with their own text. Also carried by: الزاوية اليوم +11 min, copy; Levant Wire (agency) +38 min",
        "Copies changed: Levant Wire: 41 → 14", "Who had it first is not known", "Goes on: told in an earlier digest",
        "all of Bab al-Hawa, convoy", "none of football", "told under Idlib", "here for Bab al-Hawa",
        "had been shut on both sides", "In doubt: the article may go on behind a paywall.",
        "Two «clinics» in Harim reopen with one doctor each (13)", "Relief Desk, item 513", "40 more stories, listed by",
        "Cholera", "Nothing in this window. Last match: 17 November 06:00, Relief Desk.", "Outlets", "503 Service Unavailable",
        "Edited after publication", "its page is gone", "2 edits more", "Who was first, last 30 days", "Orontes Post 41",
        "translated or summarised by a model",
    )  # fmt: skip
    text, at = text.replace("Two clinics in", "Two «clinics» in"), 0
    for fact in facts:
        assert fact in text[at:], fact
        at = text.index(fact, at)


def columns(line: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in line)


@pytest.mark.parametrize("width", [60, 78, 100, 200])
def test_no_line_is_wider_than_the_terminal_and_chinese_takes_two_columns_a_letter(width: int) -> None:
    text = plain.digest(brief(minors=14), width=width)
    lines = [line for line in text.splitlines() if "https://" not in line]
    assert max(map(columns, lines)) <= width
    assert CONVOY in text
    assert max(columns(line) for line in lines if not line.startswith("-")) > width - 8


def test_a_chinese_sentence_is_cut_where_the_line_ends_and_nothing_of_it_is_lost() -> None:
    sentence = "四十一輛卡車運載麵粉和帳篷，週日傍晚進入伊德利卜省，這是週五道路維修以來的首批車隊" * 3
    one = finding(1, "idlib", "dongfang", title="Rain", seen=brief().start, matches=(match("idlib", "伊德利卜", sentence),))
    group = WatchFindings(
        watch=Watch(id=WatchId("idlib"), any=("伊德利卜",)),
        last_match=None,
        stories=(StoryFound(story_id=StoryId(5), finding=one, items=1),),
        items=1,
        outlets=1,
    )
    base = brief(minors=0)
    text = plain.digest(replace(base, watches=(group,), stories=(replace(base.stories[4], id=StoryId(5)),)))
    assert sentence in re.sub(r"\s|[«»]", "", text)
    assert max(columns(line) for line in text.splitlines() if "https://" not in line) <= plain.WIDTH


def test_bars_tell_nothing_from_little_and_both_from_what_is_not_known() -> None:
    days = (0, None, 1, 50, 100, *(0,) * 23)
    group = WatchFindings(
        watch=Watch(id=WatchId("idlib"), any=("Idlib",)),
        last_match=None,
        volume=Volume(count=99, days=days, usual=1.0, is_high=True),
    )
    one = digest(group)
    drawn = volume.figure(group, one)
    assert drawn is not None
    assert volume.blocks(drawn) == "▁·▂▅█" + "▁" * 23 + "█"


@settings(max_examples=40)
@given(hostile)
def test_h24_whatever_the_morning_brings_its_markdown_has_only_our_marks(text: str) -> None:
    one: Digest = everywhere(brief(minors=14), lambda was: f"{was}x{text}x")
    tokens = read(markdown.digest(one))
    inner = [child for token in tokens for child in token.children or []]
    assert {token.type.removesuffix("_open").removesuffix("_close") for token in tokens} <= {
        "heading", "inline", "paragraph", "bullet_list", "list_item", "blockquote", "table", "thead", "tbody", "tr", "th",
        "td", "hr",
    }  # fmt: skip
    kinds = {child.type.removesuffix("_open").removesuffix("_close") for child in inner}
    assert kinds <= {"text", "link", "strong", "em", "code_inline"}
    # commands that our own sentences name
    assert all(child.content.startswith("monitor ") for child in inner if child.type == "code_inline")
    links = [str(child.attrs["href"]) for child in inner if child.type == "link_open"]
    assert all(re.match(r"https://[\w-]+\.example/", link) for link in links)
    assert sum(token.type == "hr" for token in tokens) == 1
    shown = [" ".join(seen(token).split()) for token in tokens if token.type == "inline"]
    for span in one.edits[0].headline:
        assert any(" ".join(words.line(span.text).split()) in line for line in shown)
    assert any(" ".join(words.line(one.stories[0].carriers[1].outlet_name).split()) in line for line in shown)


@settings(max_examples=40)
@given(hostile)
def test_h21_whatever_the_morning_brings_its_text_has_no_control_but_the_newline(text: str) -> None:
    one: Digest = everywhere(brief(minors=14), lambda was: f"{was}x{text}x")
    written = plain.digest(one)
    assert {char for char in written if category(char) in ("Cc", "Cs", "Zl", "Zp")} == {"\n"}
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", written)
    assert max(columns(line) for line in written.splitlines() if "https://" not in line) <= plain.WIDTH
