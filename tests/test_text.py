"""Plain text out of HTML, scrubbing, sentences, direction."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text import direction, is_rtl, one_line, scrub, sentence, sentences, to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("AT&amp;amp;T", "AT&T"),
        ("&amp;#8217;s", "’s"),
        ("<b>Id</b>lib", "Idlib"),
        ("&lt;p&gt;Id&lt;b&gt;lib&lt;/b&gt;&lt;/p&gt;", "Idlib"),
        ("a < b and 5 <6 and x<y, <3", "a < b and 5 <6 and x<y, <3"),
        ("<p>One\n  two</p><p>Three<br/>four</p>", "One two\nThree\nfour"),
        ("line one\nline  two", "line one\nline two"),
        ("x<script>var a = '<b>';</script>y<!-- c > <p> -->z", "xyz"),
        ("a<style>b{}</style>c<noscript>d</noscript>e", "ace"),
        ("before <!-- never closed", "before never closed"),
        ("before <script>never closed", "before never closed"),
        ('<img alt="a > b">ok', "ok"),
        ('cut off <a href="https://reliefdesk.exam', "cut off"),
        ("<![CDATA[Id<i>l</i>ib]]>", "Idlib"),
        ("Id&shy;lib", "Id\xadlib"),
        ("a&nbsp;&nbsp;b", "a b"),
        ("<td>a</td><td>b</td>", "a\nb"),
        ("&#xD800;&#x110000;&#" + "9" * 5000 + ";", "\ufffd\ufffd\ufffd"),
        ("<?xml version='1.0'?><!DOCTYPE html>x", "x"),
        ("<svg:text>a</svg:text>", "a"),
        ("", ""),
    ],
)
def test_html_becomes_what_a_reader_sees(html: str, text: str) -> None:
    assert to_text(html) == text


@pytest.mark.untraced
@pytest.mark.parametrize(
    "html",
    [
        "<!--" * 100_000,
        "<b>" * 1_000_000,
        "<div>" * 300_000,
        "<script>" * 200_000,
        '<a "' * 300_000,
        '<a "<a""' * 200_000,
        "<a " + "\"'" * 500_000,
        "<p " + "a=1 " * 200_000 + ">",
        "<" * 1_000_000,
        " \n" * 500_000,
        "&" * 1_000_000,
        "</script" * 200_000 + "<script" * 200_000,
    ],
    ids=range(12),
)
def test_h08_h09_hostile_html_is_read_to_its_end_and_costs_no_text(html: str) -> None:
    # read again and again it would take hours, and the run would be broken off
    assert "deep Idlib" in to_text(html + "><i>deep Idlib</i>")


@given(st.text(st.sampled_from("<>!-/ab&;#x\"'= \nscriptp[]")))
def test_words_outside_of_tags_are_never_lost(junk: str) -> None:
    assert "Idlib" in to_text(f"<p>Idlib</p>{junk}")


@given(st.text(), st.integers(0, 30))
def test_h12_scrubbed_text_always_encodes_and_has_newlines_as_its_only_breaks(text: str, limit: int) -> None:
    scrubbed = scrub(text, limit)
    scrubbed.encode()
    assert len(scrubbed) <= limit
    assert len(scrubbed.splitlines()) <= scrubbed.count("\n") + 1
    assert not set(scrubbed) & set("\x00\x07\x08\x1b\x9b\x7f\u202e\u2066\ufffe\r\t")
    assert scrub(scrubbed, limit) == scrubbed


@given(st.text())
def test_h20_a_headline_is_one_line(text: str) -> None:
    line = one_line(text, 500)
    assert len(line.splitlines()) <= 1
    assert line == line.strip()
    assert "  " not in line


def test_h22_scrubbing_takes_overrides_and_leaves_arabic_joiners() -> None:
    assert scrub("\u202eabc\u202c \u2067x\u2069", 50) == "abc x"
    assert scrub("می\u200cشود\u200f", 50) == "می\u200cشود\u200f"
    assert scrub("\u200eA \u061cب\u200dت", 50) == "\u200eA \u061cب\u200dت"
    assert scrub("a\ud800b\ufffe\U0001ffff", 50) == "ab"
    assert one_line("\ufeffIdlib: \ufeffrain", 50) == "Idlib: rain"
    assert one_line("Subject\r\nBcc: x\u2028y\x85z", 50) == "Subject Bcc: x y z"
    assert scrub("one\r\ntwo\rthree", 50) == "one\ntwo three"


def test_a_cut_text_says_so() -> None:
    assert scrub("abcdef", 4) == "abc…"
    assert scrub("abcd", 4) == "abcd"


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("First. In Idlib it rained! Third.", "Idlib", "In Idlib it rained!"),
        (
            "First. Dr. J. Doe of the U.S. team saw 3.5 tons in Idlib. Third.",
            "Idlib",
            "Dr. J. Doe of the U.S. team saw 3.5 tons in Idlib.",
        ),
        ("昨天。伊德利卜省下雨。今天。", "伊德利卜", "伊德利卜省下雨。"),
        ("पहला। इदलिब में बारिश। तीसरा।", "इदलिब", "इदलिब में बारिश।"),
        ("هل وصلت؟ أمطار في إدلب. نعم.", "إدلب", "أمطار في إدلب."),
        ("Headline\nIdlib calm\nmore", "Idlib", "Idlib calm"),
        ("He said: “Rain in Idlib.” Then he left.", "Idlib", "He said: “Rain in Idlib.”"),
    ],
)
def test_a_sentence_ends_where_a_reader_ends_it(text: str, word: str, expected: str) -> None:
    start = text.index(word)
    assert text[slice(*sentence(text, start, start + len(word), limit=300))] == expected


def test_a_long_sentence_is_cut_at_words_round_the_span() -> None:
    text = "word " * 200 + "Idlib " + "word " * 200
    start = text.index("Idlib")
    begin, end = sentence(text, start, start + 5, limit=60)
    assert end - begin <= 60
    assert set(text[begin:end].split()) == {"word", "Idlib"}


@given(st.text(st.sampled_from("ab .!?…。\nU")), st.integers(0, 40), st.integers(1, 10), st.integers(1, 50))
def test_a_sentence_always_holds_its_span(text: str, start: int, length: int, limit: int) -> None:
    text += "x" * (start + length)
    begin, end = sentence(text, start, start + length, limit=limit)
    assert begin <= start
    assert start + length <= end
    assert end - begin <= max(limit, length)


def test_direction_goes_by_the_letters_and_by_the_language_where_they_are_mixed() -> None:
    assert direction(None, "إدلب") == "rtl"
    assert direction("ar", "Idlib") == "ltr"
    assert direction("ar", "Wire: إدلب") == "rtl"
    assert direction(None, "Wire: إدلب") == "ltr"
    assert is_rtl("he", "2026")
    assert not is_rtl(None, "")


def test_no_letter_bears_more_marks_than_any_language_has() -> None:
    pile = "a" + "\u0301\u0316" * 1_000 + "b"
    assert scrub(pile, 10_000) == "a" + "\u0301\u0316" * 15 + "b"
    beyond = "a" + "\U0001d165" * 1_000
    assert len(scrub(beyond, 10_000)) == 31
    assert scrub("هَطَلَتِ الأمطارُ", 100) == "هَطَلَتِ الأمطارُ"


def test_a_run_of_stops_is_one_end_of_a_sentence() -> None:
    assert list(sentences(f"Rain fell{'.' * 100_000}x It stopped... At last.")) == [
        f"Rain fell{'.' * 100_000}x It stopped...",
        "At last.",
    ]
