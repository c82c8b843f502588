"""The labelled set for story grouping keeps its own laws: it measures nothing if its labels contradict its kinds."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from stories import KINDS, OTHER, SAME, DataFaultError, Text, built, texts

ENOUGH = {"a": 16, "b": 16, "c": 16, "d": 8}
"""How many of every kind a part of the set holds. d is the last check, on texts that nothing was tuned on, and is small."""
NEARLY_EQUAL = 0.75
"""Above this share of a page in the one before, the two are one text with a slip mended."""
SENTENCE = re.compile(r"(?<=[.!?。！？؟…])\s*|\n")


def share(text: Text, base: Text) -> float:
    """Say how much of ``text`` stands word for word in ``base``: the letters of its whole sentences that do."""
    sentences = [sentence for sentence in SENTENCE.split(text.body) if sentence]
    return sum(len(sentence) for sentence in sentences if sentence in base.body) / sum(map(len, sentences))


def pairs(*kinds: str) -> list[tuple[Text, Text]]:
    known = {text.id: text for text in texts()}
    return [(text, known[text.base]) for text in texts() if text.base and text.kind in kinds]


def test_every_part_holds_enough_of_every_kind() -> None:
    counted = Counter((text.id.split("-")[0], text.kind) for text in texts())
    assert {part for part, _ in counted} == ENOUGH.keys()
    assert {
        (part, kind): counted[part, kind] for part, least in ENOUGH.items() for kind in KINDS if counted[part, kind] < least
    } == {}


def test_a_copy_is_in_the_story_of_its_base_and_never_before_it() -> None:
    assert [text.id for text, base in pairs(*SAME) if text.story != base.story or text.lang != base.lang] == []
    assert [text.id for text, base in pairs(*SAME, "followup") if text.hours < base.hours] == []


def test_news_of_its_own_is_in_no_story_of_its_base() -> None:
    assert [text.id for text, base in pairs(*OTHER) if text.story == base.story] == []


def test_a_story_begins_with_one_text_and_the_rest_are_its_copies() -> None:
    firsts = Counter(text.story for text in texts() if text.kind not in (*SAME, "liveblog"))
    blogs = {text.story for text in texts() if text.kind == "liveblog"}
    assert {story: count for story, count in firsts.items() if count > 1} == {}
    assert {text.id for text in texts() if text.kind in SAME and text.story not in firsts.keys() | blogs} == set()


def test_a_text_shares_with_its_base_what_its_kind_says() -> None:
    grown = [text.id for text, base in pairs("update") if len(text.body) < 1.3 * len(base.body)]
    old = {text.id: share(text, base) for text, base in pairs("followup") if not 0.3 <= share(text, base) <= 0.6}
    pages = {text.id: share(text, base) for text, base in pairs("liveblog")}
    equal = {text.id for text, base in pairs("liveblog") if text.story == base.story}
    assert (grown, old) == ([], {})
    assert {name for name, much in pages.items() if much > NEARLY_EQUAL} == equal
    assert {name: much for name, much in pages.items() if name not in equal and not 0.4 <= much <= 0.6} == {}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"id": "one", "base": "one"}, "one: stands twice"),
        ({"base": "none"}, "no base 'none'"),
        ({"base": "two"}, "built on this text"),
        ({"base": "one", "replace": [["Hama", "Homs"]]}, "nowhere has 'Hama'"),
        ({"base": "one", "change": {"4": "words"}}, "a paragraph that its base has not"),
        ({"base": "one", "kind": "copied"}, "no kind 'copied'"),
        ({"base": "one", "paragraphs": ["words"]}, "does not take paragraphs"),
        ({}, "neither a base nor paragraphs"),
    ],
)
def test_a_slip_in_the_set_is_named(wrong: dict[str, object], said: str) -> None:
    one = {"outlet": "o", "lang": "en", "hours": 0.0, "story": "s", "kind": "cut", "headline": "h"}
    with pytest.raises(DataFaultError, match=said):
        built([{**one, "id": "one", "paragraphs": ["The river rose."]}, {**one, "id": "two", **wrong}])
