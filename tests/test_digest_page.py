"""The digest as a page: what it tells of stories, in which order, how it is marked up, and that nothing from outside is more."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from briefs import START, STOP, brief, carrier, every_gap, finding, local, match, minor, quiet, told
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from monitor.model import Digest, FirstBy, StoryFound, StoryId, ToldStory, Volume, Watch, WatchFindings, WatchId
from monitor.render import english, html, words
from monitor.render.page import page
from monitor.render.shelf import Shelf
from monitor.render.view import Reference, Story

SHELF = Shelf(up="../", stem="2026-11-23T0600", forms=("html", "md", "json"))


def parsed(text: str) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(text.encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))


def spaced(element: lxml_html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def seen(digest: Digest, shelf: Shelf | None = None) -> lxml_html.HtmlElement:
    return parsed(html.digest(digest, shelf))


def story_of(digest: Digest, number: int) -> Story:
    entries = (entry for section in page(digest).sections for entry in section.entries)
    return next(entry for entry in entries if isinstance(entry, Story) and entry.story_id == number)


def one_story(story: ToldStory, found: StoryFound) -> Digest:
    watch = WatchFindings(watch=Watch(id=WatchId("idlib"), any=("Idlib",)), last_match=None, stories=(found,), items=1, outlets=1)
    return replace(brief(), watches=(watch,), stories=(story,), edits=())


def two_sentences(first: str, second: str, title: str = "Rain") -> list[str]:
    one = finding(
        1, "idlib", "relief-desk", title=title, seen=STOP - timedelta(hours=1), matches=[match("idlib", "Idlib", first)]
    )
    one = replace(one, matches=(*one.matches, match("idlib", "Idlib", second)))
    story = told(1, carrier(1, "relief-desk", one.seen_at, copied=None))
    shown = seen(one_story(story, StoryFound(story_id=story.id, finding=one, items=1)))
    return [spaced(quote) for quote in shown.xpath("//blockquote")]


# ---------------------------------------------------------------- what is told


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Rain flooded tents in Idlib last night.", "Rain flooded tents in Idlib last night."),
        (
            "… rain flooded 40 tents in camps near Idlib city last night …",
            "Rain flooded 40 tents in camps near Idlib city last night.",
        ),
        ("Rain flooded 40 tents near Idlib last night, aid workers there said.", "Rain flooded 40 tents near Idlib last night."),
    ],
)
def test_a_sentence_that_the_summary_and_the_text_share_is_printed_once(first: str, second: str) -> None:
    assert len(two_sentences(first, second)) == 1
    assert len(two_sentences(second, first)) == 1


def test_of_two_sentences_that_say_the_same_the_longer_is_printed() -> None:
    short, long = "Rain flooded 40 tents near Idlib.", "Rain flooded 40 tents near Idlib, and the road to Harim is cut off."
    assert two_sentences(short, long) == two_sentences(long, short) == [long]


def test_two_sentences_that_say_different_things_are_both_printed() -> None:
    both = ["Rain flooded 40 tents near Idlib.", "The road from Idlib to Harim is open again."]
    assert two_sentences(*both) == both


def test_a_sentence_that_is_the_headline_over_again_is_not_printed() -> None:
    other = "The road from Idlib to Harim is open again."
    assert two_sentences("Rain floods tents north of Idlib", other, title="Rain floods tents north of Idlib") == [other]


def test_a_story_under_two_watches_is_told_once_and_referred_to_with_the_other_watchs_own_sentence() -> None:
    shown = seen(brief())
    (reference,) = shown.xpath("//*[@id='watch-2']//*[@class='see']")
    assert reference.xpath(".//a/@href") == ["#story-1"]
    assert "told under Idlib, here for Bab al-Hawa" in spaced(reference)
    assert spaced(reference.xpath(".//blockquote")[0]).startswith("The gate at Bab al-Hawa")
    assert "also in Crossings" in spaced(shown.xpath("//*[@id='story-1']")[0])
    # under the third watch, the sentence is the one that stands in the story already
    assert shown.xpath("//*[@id='watch-3']//blockquote") == []


def test_what_another_watch_found_in_the_headline_is_not_marked_under_this_one() -> None:
    (reference,) = seen(brief()).xpath("//*[@id='watch-3']//*[@class='see']")
    assert reference.xpath(".//mark") == []


@pytest.mark.parametrize(
    ("by", "standing", "more"),
    [
        ("polls", english.HAD_IT_FIRST, ""),
        ("dates", english.FIRST_BY_DATES, ""),
        ("unknown", english.SEEN_HERE_FIRST, "polling can’t tell, as it appeared in several feeds"),
    ],
)
def test_who_had_a_story_first_is_said_no_surer_than_polling_allows(by: FirstBy, standing: str, more: str) -> None:
    one = finding(1, "idlib", "relief-desk", title="Rain", seen=local("20:00"), matches=())
    carriers = (carrier(1, "relief-desk", local("20:00"), copied=None), carrier(2, "levant-wire", local("20:10")))
    story = told(1, *carriers, by=by)
    view = story_of(one_story(story, StoryFound(story_id=story.id, finding=one, items=1)), 1)
    assert view.standing == standing
    assert more in "".join(str(part) for part in view.first)
    assert bool(view.first) == bool(more)


def test_a_story_that_a_copy_is_found_of_names_who_had_it_first() -> None:
    one = finding(2, "idlib", "levant-wire", title="Rain", seen=local("20:10"), matches=())
    carriers = (carrier(1, "vestnik", local("20:00"), copied=None), carrier(2, "levant-wire", local("20:10")))
    story = told(1, *carriers, by="polls")
    shown = seen(one_story(story, StoryFound(story_id=story.id, finding=one, items=1)))
    (body,) = shown.xpath("//*[@id='story-1']")
    assert "Вестник Леванта had it first: no other feed had it yet when it was seen there, yesterday 20:00." in spaced(body)
    assert english.HAD_IT_FIRST not in spaced(body.xpath(".//*[@class='by']")[0])
    assert "first seen" in spaced(body.xpath(".//*[@class='carriers']/li")[0])


def test_a_story_that_one_outlet_has_says_so_and_draws_no_strip() -> None:
    (body,) = seen(brief()).xpath("//*[@id='story-5']")
    assert english.ONLY_OUTLET in spaced(body)
    assert body.xpath(".//svg") == []


def test_the_strip_has_a_dot_for_each_outlet_where_it_was_along_the_window_and_the_list_says_the_same() -> None:
    (body,) = seen(brief()).xpath("//*[@id='story-1']")
    (strip,) = body.xpath(".//svg")
    assert strip.get("aria-hidden") == "true"
    circles = {float(one.get("cx").rstrip("%")): one for one in strip.xpath(".//circle")}
    first = circles[min(circles)]
    assert float(first.get("r")) == max(float(one.get("r")) for one in circles.values())
    assert min(circles) == pytest.approx(1 + 98 * (local("16:52") - START) / timedelta(days=1), abs=0.01)
    assert max(circles) == pytest.approx(1 + 98 * (local("23:37") - START) / timedelta(days=1), abs=0.01)
    named = [spaced(one) for one in body.xpath(".//ul[@class='carriers']/li")]
    assert len(named) == len(circles) - 1
    assert named[0] == "الزاوية اليوم +11 min, copy"
    assert named[2] == "Kuzey Sınır +1 h 2 min, own text"
    assert "7 outlets, 2 with their own text" in spaced(body)


def test_the_first_strip_of_a_watch_has_hours_by_the_desks_clock() -> None:
    strips = seen(brief()).xpath("//*[@id='watch-1']//svg[@class='strip']")
    assert strips[0].xpath(".//text/text()") == ["06", "09", "12", "15", "18", "21", "00", "03", "06"]
    assert [strip for strip in strips[1:] if strip.xpath(".//text")] == []


def test_a_week_has_days_on_its_axis() -> None:
    week = replace(brief(), start=STOP - timedelta(days=7))
    assert [tick.label for tick in page(week).ticks] == [f"{day} Nov" for day in range(17, 24)]


def test_dots_outside_the_window_stand_at_its_ends() -> None:
    one = finding(2, "idlib", "levant-wire", title="Rain", seen=local("20:10"), matches=())
    carriers = (carrier(1, "vestnik", START - timedelta(days=2), copied=None), carrier(2, "levant-wire", local("20:10")))
    story = told(1, *carriers, by="polls", trail=None, is_continued=True)
    view = story_of(one_story(story, StoryFound(story_id=story.id, finding=one, items=1)), 1)
    assert view.strip
    assert view.strip.dots[0].at == 0.0
    assert view.continued == english.CONTINUED


def test_what_copies_changed_is_told_numbers_first() -> None:
    (changes,) = seen(brief()).xpath("//*[@id='story-1']//ul[@class='changes']")
    assert [spaced(one) for one in changes] == [
        "Copies changed Levant Wire: 41 → 14, text −1 sentence",
        "نبض الشمال: headline, text +2 sentences",
        "1 more copy changed something, too.",
    ]


def test_an_edit_shows_what_was_there_and_what_stands_there_now() -> None:
    (edit, *_) = seen(brief()).xpath("//*[@id='story-3']//*[@class='edit']")
    assert edit.xpath(".//del/text()") == ["85 tents", "85"]
    assert edit.xpath(".//ins/text()") == ["120 tents", "120"]
    assert edit.xpath("./time/@datetime") == ["2026-11-23T05:02:00+03:00"]


def test_edits_of_all_items_stand_beside_newest_first_with_the_way_to_their_story() -> None:
    edits = seen(brief()).xpath("//ol[@class='edits']/li")
    assert [spaced(one).split(" ")[0] for one in edits] == ["05:02", "yesterday", "yesterday", "yesterday"]
    assert edits[0].xpath(".//a/@href") == ["#story-3"]
    assert spaced(edits[0]).endswith("headline, 85 → 120, 1 sentence reworded")
    assert spaced(edits[1]).endswith("text −3 sentences, 1 sentence reworded")
    assert spaced(edits[3]).endswith("its page is gone")


def test_twelve_stories_of_a_watch_are_told_in_full_the_next_on_a_line_and_the_rest_counted_with_the_command() -> None:
    (section,) = seen(brief(minors=17, more=40)).xpath("//*[@id='watch-4']")
    assert len(section.xpath(".//article")) == 12
    assert section.xpath(".//details/summary/text()") == ["5 more stories in short"]
    assert len(section.xpath(".//details//li[time]")) == 5
    assert "40 more stories, listed by monitor try clinics --since 2026-11-22T06:00 -n 57." in spaced(section)


def test_a_story_that_stands_low_under_the_first_watch_is_told_in_full_by_the_next() -> None:
    stories = [minor(number, "one") for number in range(1, 15)]
    last = stories[13][1]
    first = WatchFindings(
        watch=Watch(id=WatchId("one"), any=("clinics",)),
        last_match=None,
        stories=tuple(found for _, found in stories),
        items=14,
        outlets=1,
    )
    second = replace(first, watch=Watch(id=WatchId("two"), any=("doctor",)), stories=(last, stories[0][1]), items=2)
    sections = page(replace(brief(), watches=(first, second), stories=tuple(story for story, _ in stories))).sections
    assert [type(entry) for entry in sections[1].entries] == [Story, Reference]
    assert sections[0].briefs[1].under == words.watch_name(WatchId("two"))
    shown = seen(replace(brief(), watches=(first, second), stories=tuple(story for story, _ in stories), edits=()))
    assert shown.xpath("//*[@id='watch-1']//details//li[2]/a/@href") == [f"#story-{last.story_id}"]


def test_terms_say_of_which_one_is_enough_which_must_all_be_there_and_which_none() -> None:
    shown = seen(brief())
    terms = [spaced(one) for one in shown.xpath("//*[@id='watch-2']//*[@class='terms']/li")]
    assert terms == ["any of باب الهوى", "Баб-эль-Хава", "all of Bab al-Hawa", "convoy*", "none of football"]
    assert spaced(shown.xpath("//*[@id='watch-3']//*[@class='terms']/li")[0]).startswith("query unexploded OR")
    assert spaced(shown.xpath("//*[@id='watch-1']//*[@class='terms']/li")[0]) == "Idlib"


def test_the_bars_have_the_usual_level_and_say_in_words_what_they_show() -> None:
    (figure,) = seen(brief()).xpath("//*[@id='watch-1']//figure")
    assert spaced(figure) == "19 items from 12 outlets, well above the usual 6"
    (bars,) = figure.xpath("./svg")
    assert bars.get("role") == "img"
    assert bars.get("aria-label") == (
        "In each of the 28 days before: 2 to 11; 2 days not known, as the monitor did not run. 19 items in this window."
    )
    assert len(bars.xpath("./rect")) == 27
    assert len(bars.xpath("./*[@class='unknown']")) == 2
    assert len(bars.xpath("./*[@class='level']")) == 1
    assert max(float(bar.get("height")) for bar in bars.xpath("./rect")) == float(
        bars.xpath("./*[@class='now']")[0].get("height")
    )


@pytest.mark.parametrize(("median", "said"), [(0.0, "0"), (6.0, "6"), (0.5, "0 or 1"), (46.7, "47")])
def test_the_usual_is_said_in_whole_items(median: float, said: str) -> None:
    assert words.usual(median) == said


def test_a_weeks_bar_is_what_it_had_a_day_beside_days() -> None:
    one = brief()
    week = replace(one.watches[0], volume=Volume(count=70, days=(10,) * 28, usual=70.0, is_high=False))
    figure = page(replace(one, start=STOP - timedelta(days=7), watches=(week, *one.watches[1:]))).sections[0].figure
    assert figure
    assert {bar.height for bar in figure.bars} == {1.0}
    assert figure.level == 1.0
    assert figure.label == "In each of the 28 days before: 10. 10 items a day on average in this window."


def test_alerts_that_a_person_wanted_not_are_told_under_their_watch() -> None:
    shown = seen(brief())
    assert "Alerts withheld: 2, as the story was acknowledged." in spaced(shown.xpath("//*[@id='watch-1']")[0])
    assert "Alerts withheld: 3, as the watch was muted until 09:00." in spaced(shown.xpath("//*[@id='watch-2']")[0])


def test_a_watch_that_found_nothing_says_when_and_where_it_last_did() -> None:
    (section,) = seen(brief()).xpath("//*[@id='watch-5']")
    assert "Nothing in this window, usually 0. Last match: 17 November 06:00, Relief Desk." in spaced(section)


def test_notes_are_told_apart_from_gaps() -> None:
    shown = seen(brief())
    gaps, notes = (spaced(one) for one in shown.xpath("//header//section"))
    assert gaps.startswith("3 gaps.")
    assert "did not alert on" not in gaps
    assert "did not alert on" in notes


def test_a_digest_that_caught_up_says_of_how_many() -> None:
    told = spaced(seen(replace(brief(), late=True, caught_up=3)).xpath("//*[@class='late']")[0])
    assert told == f"{english.LATE_SINCE} 3 earlier digests that were missed as well were made along with it."


def test_who_was_first_says_what_polling_can_tell_and_what_not() -> None:
    (section,) = seen(brief()).xpath("//section[@aria-labelledby='firsts']")
    assert spaced(section.xpath("./h2")[0]) == "Who was first, last 30 days"
    assert spaced(section.xpath(".//li")[0]) == "Orontes Post 41"
    assert "Feeds are polled every 5 to 30 min, so closer calls than that can’t be told by polling." in spaced(section)
    assert "Of 23 stories more polling can’t tell who had them first." in spaced(section)


def test_a_digest_in_the_archive_links_to_its_neighbours_and_one_elsewhere_to_none() -> None:
    shown = seen(brief(), SHELF)
    assert shown.xpath("//footer//a/@href") == ["2026-11-23T0600.md", "2026-11-23T0600.json", "../index.html"]
    assert shown.xpath("//*[@id='story-1']//*[@class='by']/a/@href") == ["../stories/1.html"]
    assert [href for href in seen(brief()).xpath("//@href") if not re.match(r"#|https://", href)] == []


# ---------------------------------------------------------------- how it is marked up


def test_an_arabic_headline_has_its_language_and_direction_and_its_word_marked() -> None:
    headline = seen(brief()).xpath("//*[@id='story-2']//h3")[0]
    assert (headline.get("lang"), headline.get("dir")) == ("ar", "rtl")
    assert headline.xpath(".//mark/text()") == ["إدلب"]


def test_what_the_desk_says_of_an_outlets_language_goes_before_what_its_feed_says() -> None:
    one = finding(1, "idlib", "kuzey-sinir", title="Yollar açıldı", seen=local("20:00"), matches=(), language="en")
    story = told(1, carrier(1, "kuzey-sinir", one.seen_at, copied=None))
    shown = seen(one_story(story, StoryFound(story_id=story.id, finding=one, items=1)))
    assert shown.xpath("//h3/@lang") == ["tr"]
    assert shown.xpath("//article//*[@class='tag']/text()") == ["Turkish"]


def test_a_latin_name_of_an_arabic_outlet_is_not_called_arabic() -> None:
    one = finding(1, "idlib", "alzawiya", title="One", seen=local("20:00"), matches=(), outlet_name="Al Zawiya")
    story = told(1, carrier(1, "alzawiya", one.seen_at, copied=None))
    name = seen(one_story(story, StoryFound(story_id=story.id, finding=one, items=1))).xpath("//*[@class='outlet']/bdi")[0]
    assert dict(name.attrib) == {"dir": "ltr"}


def test_all_words_of_one_sentence_are_marked_and_it_stands_once() -> None:
    sentence = "Lorries entered Idlib by Bab al-Hawa."
    matches = (match("idlib", "Bab al-Hawa", sentence), match("idlib", "Idlib", sentence), match("idlib", "Idlib", sentence))
    one = finding(1, "idlib", "relief-desk", title="One", seen=local("20:00"), matches=matches)
    story = told(1, carrier(1, "relief-desk", one.seen_at, copied=None))
    (quote,) = seen(one_story(story, StoryFound(story_id=story.id, finding=one, items=1))).xpath("//blockquote")
    assert quote.xpath(".//mark/text()") == ["Idlib", "Bab al-Hawa"]


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "//host/x", "ftp://host/x", "https://a:b@host.example/", "https://", None]
)
def test_h18_only_web_addresses_become_links_of_the_digest(link: str | None) -> None:
    one = finding(1, "idlib", "relief-desk", title="One", seen=local("20:00"), matches=(), link=link)
    carriers = (carrier(1, "relief-desk", one.seen_at, copied=None), replace(carrier(2, "vestnik", one.seen_at), link=link))
    shown = seen(one_story(told(1, *carriers, by="unknown"), StoryFound(story_id=StoryId(1), finding=one, items=1)))
    assert shown.xpath("//article//a") == []
    assert shown.xpath("//h3")[0].text_content() == "One"


@pytest.mark.parametrize("shelf", [None, SHELF])
def test_h19_the_digests_page_can_ask_for_nothing_and_run_nothing(shelf: Shelf | None) -> None:
    text = html.digest(brief(gap_kinds=every_gap()), shelf)
    shown = parsed(text)
    (policy,) = shown.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none';")
    assert shown.xpath("//script | //img | //link | //iframe | //object | //form | //base | //@src | //@style") == []
    assert "url(" not in text
    assert "@import" not in text
    assert set(shown.xpath("//a[starts-with(@href, 'http')]/@rel")) == {"noreferrer"}


@pytest.mark.parametrize("digest", [brief(), brief(gap_kinds=every_gap()), quiet()], ids=["rich", "gaps", "quiet"])
def test_headings_go_in_order_landmarks_are_there_and_links_within_the_page_arrive(digest: Digest) -> None:
    shown = seen(digest, SHELF)
    levels = [int(heading.tag[1]) for heading in shown.xpath("//h1 | //h2 | //h3")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for landmark in ("header", "nav", "main", "aside", "footer"):
        assert shown.xpath(f"//body//{landmark}"), landmark
    ids = shown.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in shown.xpath("//a/@href") if href.startswith("#")} <= set(ids)
    assert set(shown.xpath("//@aria-labelledby")) <= set(ids)
    assert shown.xpath("//body/*[1]/@class") == ["skip"]


def test_many_outlets_and_gaps_are_all_there_but_not_all_at_a_glance() -> None:
    one = brief(gap_kinds=every_gap()[:6] * 5)
    rows = tuple(replace(one.outlets[0], feed=replace(one.outlets[0].feed, title=f"{number}")) for number in range(100))
    shown = seen(replace(one, outlets=rows))
    assert len(shown.xpath("//tbody/tr")) == 100
    assert len(shown.xpath("//section[@class='gaps']//li")) == 30
    assert shown.xpath("//section[@class='gaps']//summary/text() | //aside//summary/text()") == ["22 more", "60 more"]


def test_every_name_from_outside_is_kept_apart_from_the_text_round_it() -> None:
    shown = seen(brief(), SHELF)
    names = {one.outlet_name for story in brief().stories for one in story.carriers}
    told = {spaced(one) for one in shown.xpath("//bdi")}
    assert names <= told
    for one in shown.xpath("//bdi | //h3 | //blockquote"):
        assert one.get("dir") in ("ltr", "rtl")


def test_the_templates_hold_no_words() -> None:
    templates = Path(html.__file__).parent / "templates"
    text = (templates / "digest.html.jinja").read_text(encoding="utf-8")
    code = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
    literals = {word for part in code.findall(text) for word in re.findall(r'"([^"]*)"', part)}
    kinds = {"any", "removed", "added", "items", "digest.css"}
    looks = {"own", "copy", "dot own", "dot copy", "start", "end", "middle", "%.1f", "%.2f", "3.5", "5.5", ", "}
    assert literals <= kinds | looks
    text = re.sub(' (lang|dir)=""', "", code.sub("", text))
    assert re.findall(r"(?:title|alt|aria-label|content)=\"([^\"]*)\"", re.sub(r"<meta[^>]*>", "", text)) == [""] * text.count(
        'aria-label=""'
    )
    assert re.findall(r"[^\W\d_]+", re.sub(r"<[^>]*>", " ", text)) == []


# ---------------------------------------------------------------- hostile texts, in every place that takes one

FRAGMENTS = [
    "<script>alert(1)</script>", "</title>", "</style>", "</svg>", "<img src=x onerror=alert(1)>", "<svg/onload=x>", "<!-- c -->",
    "\" onclick='x'", "' style='color:red", "javascript:alert(1)", "&amp;", "&#60;", "{{ 7*7 }}", "{% raw %}", "]]>", "<del>",
    "</bdi>", "\x1b[31m", "\x9b31m", "\r\nBcc: x", "\u2028", "\x85", "\x00", "\u202e", "\u2066", "\ud800", "\ufffe", "ا", "«",
    "%", "{0}",
]  # fmt: skip
hostile = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=8), min_size=1, max_size=4).map("".join)

TAGS = {
    "html", "head", "meta", "title", "style", "body", "a", "header", "p", "bdi", "h1", "h2", "h3", "span", "nav", "ul", "ol",
    "li", "b", "strong", "section", "div", "main", "article", "time", "small", "mark", "blockquote", "aside", "table", "thead",
    "tbody", "tr", "th", "td", "footer", "details", "summary", "figure", "figcaption", "del", "ins", "svg", "rect", "line",
    "circle", "text",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "dir", "class", "id", "href", "rel", "datetime", "scope", "role", "aria-label", "aria-labelledby", "aria-hidden",
    "charset", "name", "content", "http-equiv", "viewbox", "width", "height", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r",
    "rx", "text-anchor",
}  # fmt: skip
OURS = {"kind", "state", "by", "field", "fields", "edit", "timezone", "period"}
"""Fields that hold no text from outside."""


def everywhere(record: Any, change: Callable[[str], str]) -> Any:
    """Change every text from outside in a record and in the records within it."""
    if isinstance(record, tuple):
        return tuple(everywhere(one, change) for one in record)
    if isinstance(record, str):
        return change(record)
    if not is_dataclass(record):
        return record
    values = {one.name: getattr(record, one.name) for one in fields(record)}
    return type(record)(**{name: value if name in OURS else everywhere(value, change) for name, value in values.items()})


def lines(text: str) -> str:
    return words.line(text).strip()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(hostile)
def test_h19_the_digests_page_has_only_our_tags_and_every_text_from_outside_comes_back_as_it_was(text: str) -> None:
    one = everywhere(brief(), lambda was: f"{was}x{text}x")
    text = html.digest(one, SHELF)
    text.encode()
    shown = parsed(text)
    elements = [element for element in shown.iter() if isinstance(element.tag, str)]
    assert len(elements) == len(list(shown.iter())), "no comments"
    assert {element.tag for element in elements} <= TAGS
    assert {name for element in elements for name in element.attrib} <= ATTRIBUTES
    assert set(shown.xpath("//@dir")) <= {"ltr", "rtl"}
    assert all(re.fullmatch("[a-z]{2,3}", language) for language in shown.xpath("//@lang"))
    assert all(re.match(r"#|https://[\w-]+\.example/|\.\./|2026-11-23", href) for href in shown.xpath("//@href"))
    assert lines(one.title) == lines(shown.xpath("string(//*[@class='desk'])"))
    stories = {each.story_id: each.finding for group in one.watches for each in reversed(group.stories)}
    for article in shown.xpath("//article"):
        told = stories[int(article.get("id").removeprefix("story-"))]
        assert article.xpath("string(.//h3)") == words.line(told.title)
        assert lines(article.xpath("string(.//*[@class='outlet'])")) == lines(told.outlet_name)
    gaps = shown.xpath("string(//section[@class='gaps'])")
    assert lines(one.gaps[0].reason) in gaps
    # the first edit is that of the third story
    assert "".join(shown.xpath("//*[@id='story-3']//*[@class='edit']/span[1]//text()")) == "".join(
        words.line(span.text) for span in one.edits[0].headline
    )
