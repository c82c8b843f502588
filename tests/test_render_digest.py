"""What a reader sees of a digest, in HTML, Markdown and plain text; and that nothing from outside is more than text in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unicodedata import category

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from markdown_it import MarkdownIt
from markdown_it.token import Token

from monitor.model import (
    Carrier,
    Digest,
    Feed,
    FeedId,
    Finding,
    First,
    Gap,
    ItemId,
    Match,
    Outlet,
    OutletHealth,
    OutletId,
    StoryFound,
    StoryId,
    ToldStory,
    Watch,
    WatchFindings,
    WatchId,
)
from monitor.render import english, english_gaps, html, markdown, plain, words
from monitor.render.subject import digest_subject

STOP = datetime(2026, 11, 23, 3, tzinfo=UTC)
ARABIC = "عودة ضخ المياه إلى ثلاثة أحياء في إدلب"


def outlet(name: str, language: str | None = "en", *, id: str = "orontes-post") -> Outlet:
    return Outlet(id=OutletId(id), feeds=(f"https://{id}.example/rss?key=s3cret",), name=name, language=language)


def feed(one: Outlet, title: str | None = None) -> Feed:
    return Feed(id=FeedId(1), outlet=one, url=one.feeds[0], title=title)


def health(one: Outlet, **changes: object) -> OutletHealth:
    row = OutletHealth(
        feed=feed(one),
        state="ok",
        answered_at=STOP - timedelta(minutes=14),
        due_at=STOP,
        items=21,
        failures=0,
        reason=None,
    )
    return replace(row, **changes)


def match(form: str, sentence: str, *, field: str = "text", term: str | None = None) -> Match:
    at = sentence.index(form)
    return Match(
        watch_id=WatchId("idlib"),
        field=field,
        term=term or form,
        form=form,
        start=at,
        stop=at + len(form),
        sentence=sentence,
        mark_start=at,
        mark_stop=at + len(form),
    )


def finding(item: int, title: str, **changes: object) -> Finding:
    one = Finding(
        item_id=ItemId(item),
        watch_id=WatchId("idlib"),
        matches=(),
        title=title,
        link=f"https://orontes-post.example/a/{item}?x=1&copy=2",
        language="en",
        outlet_id=OutletId("orontes-post"),
        outlet_name="Orontes Post",
        outlet_language="en",
        label=None,
        published=None,
        seen_at=STOP - timedelta(hours=2),
        article_doubt=None,
    )
    return replace(one, **changes)


def found(
    watch: str, *findings: Finding, terms: tuple[str, ...] = ("Idlib", "إدلب"), last: datetime | None = None
) -> WatchFindings:
    asked = Watch(id=WatchId(watch), any=terms)
    return WatchFindings(
        watch=asked,
        last_match=last,
        stories=tuple(StoryFound(story_id=StoryId(one.item_id), finding=one, items=1) for one in findings),
        items=len(findings),
        outlets=len({one.outlet_id for one in findings}),
    )


def story(one: Finding) -> ToldStory:
    """Give the story of an item that nobody else carries."""
    here = Carrier(
        item_id=one.item_id,
        outlet_id=one.outlet_id,
        outlet_name=one.outlet_name,
        label=one.label,
        link=one.link,
        published=one.published,
        seen_at=one.seen_at,
        copied=None,
        outlet_language=one.outlet_language,
    )
    return ToldStory(
        id=StoryId(one.item_id),
        carriers=(here,),
        outlets=1,
        own_texts=1,
        trail=None,
        first=First(seen=one.item_id, dated=None, by="alone", outlets=(one.outlet_id,)),
        edits=(),
        is_continued=False,
    )


def digest(*watches: WatchFindings, **changes: object) -> Digest:
    stories = {each.story_id: story(each.finding) for group in watches for each in group.stories}
    one = Digest(
        title="Northwest desk",
        timezone="Asia/Damascus",
        period="2026-11-23T06:00",
        start=STOP - timedelta(days=1),
        stop=STOP,
        late=False,
        watches=watches,
        gaps=(),
        outlets=(health(outlet("Orontes Post")),),
        items_read=163,
        config_fingerprint="5f2c91",
        version="0.1.0",
        stories=tuple(stories.values()),
        items_matched=len(stories),
    )
    return replace(one, **changes)


def parsed(text: str) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(text.encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))


def body_text(text: str) -> str:
    return " ".join(parsed(text).text_content().split())


Sink = Callable[[Digest], str]
SINKS: dict[str, Sink] = {"html": lambda one: body_text(html.digest(one)), "markdown": markdown.digest, "plain": plain.digest}
every_sink = pytest.mark.parametrize("sink", SINKS.values(), ids=SINKS)


# ---------------------------------------------------------------- what is told


@every_sink
def test_every_watch_has_its_count_zeros_included(sink: Sink) -> None:
    told = sink(digest(found("idlib", finding(1, "One"), finding(2, "Two")), found("cholera", terms=("cholera",))))
    head = " ".join(told.replace("*", "").split()).split("No gaps")[0]
    assert "2 Idlib" in head
    assert "0 Cholera" in head
    assert "Nothing matched" not in told


@every_sink
def test_an_empty_digest_says_so_and_what_that_is_worth(sink: Sink) -> None:
    last = STOP - timedelta(days=6)
    told = " ".join(sink(digest(found("idlib", last=last))).split())
    assert english.NOTHING in told
    assert english.SILENCE_COUNTS in told
    assert "No gaps." in told
    assert "Last match: 17 November 06:00" in told
    vestnik = outlet("Вестник Леванта", "ru", id="vestnik")
    gap = Gap(kind="failing", feed=feed(vestnik), since=STOP - timedelta(minutes=310), reason="503", count=7)
    told = " ".join(sink(digest(found("idlib"), gaps=(gap,))).split())
    assert english.SILENCE_DOUBTED in told
    assert english.SILENCE_COUNTS not in told


@every_sink
def test_a_gap_is_named_with_its_outlet_since_when_why_and_the_line_to_mend(sink: Sink) -> None:
    vestnik = outlet("Вестник Леванта", "ru", id="vestnik")
    gap = Gap(kind="failing", feed=feed(vestnik), since=STOP - timedelta(minutes=310), reason="HTTP 503", count=7)
    told = " ".join(sink(digest(found("idlib"), gaps=(gap,))).replace("\n! ", "\n").split())
    assert "1 gap." in told
    assert "Вестник Леванта has not answered since 00:50 (HTTP 503, 7 tries)." in told
    assert "outlets.vestnik" in told
    assert "s3cret" not in told


@every_sink
def test_what_scrolled_out_between_two_polls_is_a_gap_with_the_line_that_mends_it(sink: Sink) -> None:
    wire = outlet("Levant Wire", id="levant-wire")
    gap = Gap(
        kind="overflow",
        feed=feed(wire),
        since=STOP - timedelta(minutes=170),
        until=STOP - timedelta(minutes=20),
        reason="",
        count=2,
    )
    told = sink(digest(found("idlib"), gaps=(gap,))).replace("\n! ", "\n").replace("\\", "")
    assert (
        "Levant Wire: items published between 03:10 and 05:40 probably scrolled out of the feed between two polls (2 times)."
        ' To see more: every = "5m" in [outlets.levant-wire].'
    ) in " ".join(told.split())
    assert english.SILENCE_DOUBTED in " ".join(told.split())


@pytest.mark.parametrize(
    ("minutes", "hint"), [(None, "5m"), (30, "5m"), (6, "5m"), (5, "2m"), (3, "2m"), (2, "1m"), (1.5, "1m"), (1, None)]
)
def test_a_feed_that_overflows_is_to_be_polled_more_often_than_now(minutes: float | None, hint: str | None) -> None:
    every = None if minutes is None else timedelta(minutes=minutes)
    gap = Gap(kind="overflow", feed=feed(replace(outlet("Levant Wire"), every=every)), since=STOP, until=STOP, reason="")
    told = plain.digest(digest(found("idlib"), gaps=(gap,)), width=400)
    assert "between two polls." in told
    assert re.findall(r'To see more: every = "(\w+)"', told) == ([hint] if hint else [])


@every_sink
def test_an_item_under_two_watches_is_told_once_and_then_referred_to(sink: Sink) -> None:
    sentence = "Lorries entered Idlib by Bab al-Hawa before dusk."
    one = finding(12, "Crossing reopens", matches=(match("Idlib", sentence),))
    two = replace(one, watch_id=WatchId("crossings"), matches=(match("Bab al-Hawa", sentence),))
    told = " ".join(sink(digest(found("idlib", one), found("crossings", two))).split())
    assert told.count("before dusk") == 1
    assert "also in Crossings" in told
    assert "told under Idlib" in told
    assert "here for Bab al-Hawa" in told


@every_sink
def test_an_item_is_told_with_outlet_label_times_number_and_doubt(sink: Sink) -> None:
    one = finding(12, "Crossing reopens", label="state media", published=STOP - timedelta(hours=13), article_doubt="paywall")
    told = " ".join(sink(digest(found("idlib", one))).replace("*", "").replace(" · (", " (").split())
    for words_of_it in ("Orontes Post (state media)", "04:00", "published yesterday 17:00", "item 12", "behind a paywall"):
        assert words_of_it in told, words_of_it
    assert "163 items read, 1 matched" in told
    assert "config 5f2c91" in told
    assert "monitor 0.1.0" in told
    assert english.NOT_BY_A_MODEL in told


@every_sink
def test_items_stand_in_the_digest_s_order_and_quiet_watches_after_the_others(sink: Sink) -> None:
    told = sink(digest(found("cholera"), found("idlib", finding(3, "Newest"), finding(2, "Middle"), finding(1, "Oldest"))))
    told = told.split("No gaps")[1]
    places = [told.index(part) for part in ("Newest", "Middle", "Oldest", "Cholera")]
    assert places == sorted(places)


@every_sink
def test_failing_outlets_come_first_in_the_table_and_paused_ones_are_told(sink: Sink) -> None:
    rows = (
        health(outlet("Well Outlet", id="well")),
        health(outlet("Paused Outlet", id="paused"), state="paused"),
        health(outlet("Failing Outlet", id="failing"), state="failing", failures=3, reason="no such host", answered_at=None),
        health(outlet("Late Outlet", id="late"), state="failing", reason="not polled, though it was due"),
    )
    told = " ".join(sink(digest(found("idlib"), outlets=rows)).split())
    assert "1 feed paused by the desk" in told
    assert "no such host" in told
    assert "never" in told
    assert "not reached" in told
    assert told.index("Failing Outlet") < told.index("Paused Outlet") < told.index("Well Outlet")


@every_sink
def test_a_desk_with_thousands_of_outlets_gets_a_digest_that_can_be_read_with_those_that_fail(sink: Sink) -> None:
    rows = [health(outlet(f"Outlet {number:04}", id=f"o{number}")) for number in range(3_000)]
    rows[2_999] = health(outlet("Silent Herald", id="silent"), state="failing", failures=3, reason="503 Service Unavailable")
    told = sink(digest(outlets=tuple(rows)))
    assert "Silent Herald" in told
    assert "Outlet 0198" in told
    assert "Outlet 0199" not in told
    assert "2800 more feeds are listed by" in " ".join(told.split())
    assert len(told.encode()) < 100_000


@every_sink
def test_a_late_digest_says_so(sink: Sink) -> None:
    made_at = STOP + timedelta(hours=7, minutes=11)
    made = " ".join(sink(digest(found("idlib"), late=True, made_at=made_at)).split())
    assert "Late: due at the hour above, made at 13:11, as" in made
    next_day = " ".join(sink(digest(found("idlib"), late=True, made_at=made_at + timedelta(days=1))).split())
    assert "made on 24 November at 13:11, as" in next_day
    assert "Late:" not in " ".join(sink(digest(found("idlib"))).split())


def test_the_subject_has_the_watches_that_found_something_the_gaps_and_the_period() -> None:
    two = digest(found("idlib", finding(1, "One"), finding(2, "Two")), found("cholera"), found("crossings", finding(3, "Three")))
    assert digest_subject(two) == "Idlib 2, Crossings 1 – 23 Nov 06:00"
    gap = Gap(kind="config", feed=None, since=STOP, reason="power cut")
    assert digest_subject(digest(found("idlib"), gaps=(gap,))) == "Nothing matched, 1 gap – 23 Nov 06:00"
    six = digest(*(found(f"watch-{number}", finding(number, "One")) for number in range(6)))
    assert digest_subject(six) == "Watch 0 1, Watch 1 1, Watch 2 1, Watch 3 1, 2 more – 23 Nov 06:00"
    hostile = digest(found("x\r\nBcc: a@b.example\u2028", finding(1, "One")), title="t")
    assert len(digest_subject(hostile).splitlines()) == 1


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=-5), "under a minute"),
        (timedelta(seconds=59), "under a minute"),
        (timedelta(minutes=14), "14 min"),
        (timedelta(hours=5), "5 h"),
        (timedelta(hours=5, minutes=10), "5 h 10 min"),
        (timedelta(days=1, hours=3), "1 day 3 h"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_durations_are_said_shortly(span: timedelta, said: str) -> None:
    assert words.duration(span) == said


def test_an_hour_that_the_clocks_show_twice_is_told_with_its_offset() -> None:
    berlin = words.ZoneInfo("Europe/Berlin")
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert words.clock(first, berlin) == "02:30 UTC+2"
    assert words.clock(first + timedelta(hours=1), berlin) == "02:30 UTC+1"
    assert words.clock(first + timedelta(hours=2), berlin) == "03:30"


@pytest.mark.parametrize("kind", list(english_gaps.GAPS))
@pytest.mark.parametrize("count", [0, 1, 12])
@pytest.mark.parametrize("since", [None, STOP - timedelta(hours=30)])
@pytest.mark.parametrize("of", [None, feed(outlet("Orontes Post"))])
def test_every_kind_of_gap_has_a_sentence(kind: str, count: int, since: datetime | None, of: Feed | None) -> None:
    gap = Gap(kind=kind, feed=of, since=since, reason="the {reason} & <b>", count=count)
    told = plain.digest(digest(found("idlib"), gaps=(gap,)), width=400)
    sentence = next(line for line in told.splitlines() if line.startswith(("! The monitor", "! Orontes")))
    assert sentence.endswith(".")
    assert re.search(r"[{}]", sentence.replace("{reason}", "", 1)) is None


def test_a_doubt_that_is_a_gap_is_told_in_words() -> None:
    doubted = Gap(kind="doubtful_text", feed=feed(outlet("Orontes Post")), since=None, reason="paywall", count=3)
    told = plain.digest(digest(found("idlib"), gaps=(doubted, replace(doubted, reason=""))), width=400)
    assert f"the full text of 3 items may not be the article ({english.DOUBTS['paywall']})." in told
    assert f"({english_gaps.REASON_UNKNOWN})" in told


def test_a_feed_among_several_is_told_by_its_title_or_number_never_by_its_address() -> None:
    one = Outlet(
        id=OutletId("wire"), feeds=("https://w.example/a?key=s3cret", "https://w.example/b?key=s3cret"), name="Levant Wire"
    )
    second = Feed(id=FeedId(2), outlet=one, url=one.feeds[1])
    assert words.feed_name(second).text == "Levant Wire (feed 2)"
    assert words.feed_name(replace(second, title="World")).text == "Levant Wire (World)"


# ---------------------------------------------------------------- hostile texts, in every place that takes one

FRAGMENTS = [
    "<script>alert(1)</script>", "</title>", "</style>", "<img src=x onerror=alert(1)>", "<svg/onload=x>", "\" onclick='x'",
    "[x](javascript:alert(1))", "![x](https://evil.example/p.gif)", "<https://evil.example>", "https://evil.example",
    "www.evil.example",     "a@evil.example", "`code`", "```", "**bold**", "_em_", "# h", "---", "===",
    "- x", "+ x", "1. x", "2) x", "> q", "| a | b |",
    "&amp;", "&#60;", "\\", "~~s~~", "[x]: https://evil.example", "[^1]", "@everyone",
    "<!-- c -->", "{{ 7*7 }}", "{% raw %}",
    "\x1b[31m",
    "\x1b]52;c;eA==\x07", "\x9b31m", "\b", "\r\nBcc: x", "\u2028", "\x85", "\x1c", "\x00", "\u202e", "\u2066", "\ud800",
    "\ufffe", "    ", "\t", "\n\n", "\n# h\n", "ا", "إدلب", "İdlib", "«Idlib»", "伊德利卜", "!", "$x$", "^", "=1+1",
]  # fmt: skip
hostile = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=8), min_size=1, max_size=5).map("".join)


@st.composite
def hostile_digests(draw: st.DrawFn) -> Digest:
    """Draw a digest with texts from outside in every place, each with a letter so that it is not empty."""
    text = hostile.map(lambda some: f"x{some}")
    # words of its own, or the sentence would only say the headline again
    sentence, form = f"{draw(hostile)} dusk lorries before gate", draw(hostile)
    before = draw(hostile)
    whole = f"{before}{form}{sentence}"
    one = Match(
        watch_id=WatchId("idlib"),
        field="text",
        term=draw(hostile),
        form=form,
        start=0,
        stop=len(form),
        sentence=whole,
        mark_start=len(before),
        mark_stop=len(before) + len(form),
    )
    publisher = Outlet(
        id=OutletId(draw(text)), feeds=("https://a.example/", "https://b.example/"), name=draw(text), label=draw(text)
    )
    title = draw(hostile)
    of = Feed(id=FeedId(1), outlet=publisher, url="https://a.example/", title=draw(text))
    item = finding(
        1, title, matches=(one,), language=draw(hostile), outlet_name=draw(text), label=draw(text),
        article_doubt=draw(text), link=f"https://orontes-post.example/{draw(hostile)}",
    )  # fmt: skip
    watch = Watch(id=WatchId(draw(text)), any=(draw(hostile),), none=(draw(hostile),))
    other = Watch(id=WatchId(draw(text)), any=(draw(hostile),))
    return digest(
        replace(found("a", item), watch=watch),
        replace(found("b", item), watch=other),
        replace(found("c"), watch=other),
        title=draw(text),
        gaps=(Gap(kind="failing", feed=of, since=None, reason=draw(text), count=2),),
        outlets=(health(publisher, feed=of, state="failing", failures=2, reason=draw(text)),),
    )


laws = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(told: str) -> list[Token]:
    """Read Markdown with all that makes more than text of a text: tables, strikethrough, raw HTML."""
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(told)


def seen(token: Token) -> str:
    return "".join(child.content for child in token.children or [] if child.type in ("text", "code_inline"))


@laws
@given(hostile_digests())
def test_h24_markdown_has_only_our_marks_and_every_text_from_outside_comes_back_as_it_was(one: Digest) -> None:
    tokens = read(markdown.digest(one))
    inner = [child for token in tokens for child in token.children or []]
    assert {token.type.removesuffix("_open").removesuffix("_close") for token in tokens} <= {
        "heading", "inline", "paragraph", "bullet_list", "list_item", "blockquote", "table", "thead", "tbody", "tr", "th",
        "td", "hr",
    }  # fmt: skip
    assert {child.type for child in inner} <= {
        "text",
        "link_open",
        "link_close",
        "strong_open",
        "strong_close",
        "em_open",
        "em_close",
    }
    links = [str(child.attrs["href"]) for child in inner if child.type == "link_open"]
    assert all(link.startswith("https://orontes-post.example/") for link in links)
    assert len(links) <= 1
    assert sum(token.type == "hr" for token in tokens) == 1
    assert [token.tag for token in tokens if token.type == "heading_open"] == ["h1", "h2", "h3", "h2", "h2", "h2"]
    item = one.watches[0].stories[0].finding
    texts = [spaced(seen(token)) for token in tokens if token.type == "inline"]
    assert spaced(words.line(item.title)) in texts
    assert unmarked(words.line(item.matches[0].sentence)) in [unmarked(text) for text in texts]
    assert any(spaced(words.line(one.gaps[0].reason)) in text for text in texts)


def spaced(text: str) -> str:
    return " ".join(text.split())


def test_a_quote_that_begins_with_a_dash_is_no_list() -> None:
    told = markdown.digest(digest(found("idlib", finding(1, "Rain", matches=(match("Idlib", "    - Rain floods Idlib"),)))))
    assert "\n> \\- Rain floods **Idlib**\n" in told


@pytest.mark.parametrize("letter", ["x", "ж", "漢"])
def test_a_word_of_a_million_letters_is_cut_into_lines(letter: str) -> None:
    # what is quadratic in its length would take hours
    told = plain.digest(digest(found("idlib", finding(1, letter * 1_000_000, matches=(match("Idlib", "Idlib"),)))))
    lines = [line.strip() for line in told.splitlines() if line.strip().strip(letter) == "" and letter in line]
    assert told.count(letter) >= 1_000_000
    assert len({len(line) for line in lines[:-1]}) == 1


def unmarked(text: str) -> str:
    return re.sub(r"[«»\s]", "", text)


@laws
@given(hostile_digests(), st.integers(20, 200))
def test_h21_h22_the_digest_as_text_has_no_control_but_the_newline(one: Digest, width: int) -> None:
    told = plain.digest(one, width=width)
    assert {char for char in told if category(char) in ("Cc", "Cs", "Zl", "Zp")} == {"\n"}
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", told)
    links = [line for line in told.splitlines() if "https://orontes-post" in line]
    assert all(len(line) <= max(width, 60) for line in told.splitlines() if line not in links)
    item = one.watches[0].stories[0].finding
    assert joined(words.line(item.title)) in joined(told)
    assert joined(words.line(one.gaps[0].reason)) in joined(told)


def joined(text: str) -> str:
    return "".join(text.replace("! ", " ").split())


@given(st.text())
def test_a_line_is_one_line_and_a_clean_text_stays_as_it_is(text: str) -> None:
    assert len(words.line(text).splitlines()) <= 1
    if text.isprintable():
        assert words.line(text) == text
