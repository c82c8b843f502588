"""The words of an alert, and what hostile words can't do to them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from monitor.model import (
    OWN_BELOW,
    Alert,
    AlertId,
    Carrier,
    ChannelId,
    Finding,
    ItemId,
    Match,
    Message,
    OpenAlert,
    OutletId,
    WatchId,
)
from monitor.render import alert as words
from monitor.render.alert_view import local

SEEN = datetime(2026, 11, 23, 2, 40, tzinfo=UTC)
ALLOWED = {"html", "head", "meta", "title", "body", "div", "p", "h2", "a", "bdi", "mark", "br"}
ATTRIBUTES = {"lang", "dir", "style", "href", "charset", "name", "content"}


def match(sentence: str = "Rain floods camps north of Idlib city", form: str = "Idlib", **facts: Any) -> Match:
    start = sentence.index(form)
    usual: dict[str, Any] = {
        "watch_id": WatchId("idlib"),
        "field": "title",
        "term": "Idlib",
        "form": form,
        "start": start,
        "stop": start + len(form),
        "sentence": sentence,
        "mark_start": start,
        "mark_stop": start + len(form),
    }
    return Match(**(usual | facts))


def open_alert(number: int = 123, watch: str = "idlib", **facts: Any) -> OpenAlert:
    alert = Alert(
        watch_id=WatchId(watch),
        channel=ChannelId("desk-mail"),
        item_id=ItemId(number),
        subject=f"story:{number}",
        occasion="first",
        key=f"{number:032x}",
        raised_at=SEEN,
        hold_until=SEEN,
    )
    usual: dict[str, Any] = {
        "item_id": ItemId(number),
        "watch_id": WatchId(watch),
        "matches": (match(),),
        "title": "Rain floods camps north of Idlib city",
        "link": "https://reliefdesk.example/a/1",
        "language": "en",
        "outlet_id": OutletId("relief-desk"),
        "outlet_name": "Relief Desk",
        "outlet_language": None,
        "label": "agency",
        "published": SEEN - timedelta(minutes=9),
        "seen_at": SEEN,
        "article_doubt": None,
    }
    return OpenAlert(id=AlertId(number), alert=alert, finding=Finding(**(usual | facts)), urgent=False, tries=0)


def told(*alerts: OpenAlert, kind: words.Kind = "one", title: str = "Northwest Syria desk") -> Message:
    return words.message(alerts, kind=kind, timezone="Asia/Damascus", title=title)


def test_an_alert_says_all_that_a_reader_needs_to_judge_and_to_look_up() -> None:
    places = (match(), match("Geçen gece İdlib'de yağmur", "İdlib'de", field="text"))
    message = told(open_alert(matches=places, article_doubt="paywall"))
    assert message.subject == "idlib: Rain floods camps north of Idlib city – Relief Desk"
    assert message.key == f"{123:032x}"
    assert (
        message.text
        == """\
idlib: Rain floods camps north of Idlib city
Relief Desk (agency)
In the headline:
  Rain floods camps north of «Idlib» city
In the full text, İdlib'de for Idlib:
  Geçen gece «İdlib'de» yağmur
Published:  Mon 23 Nov 2026, 05:31 (UTC+3)
First seen: Mon 23 Nov 2026, 05:40 (UTC+3)
Doubt:      the article may go on behind a paywall
Link:       https://reliefdesk.example/a/1
Item:       123
"""
    )


def test_the_page_marks_the_form_and_says_the_same() -> None:
    message = told(open_alert(matches=(match(), match("في إدلب اليوم", "إدلب", term="Idlib", field="summary")), language="ar"))
    page = lxml_html.document_fromstring(message.html)
    assert [mark.text for mark in page.iter("mark")] == ["Idlib", "إدلب"]
    (headline,) = page.iter("h2")
    assert (headline.get("lang"), headline.get("dir")) == ("ar", "ltr")
    assert headline.find("a").get("href") == "https://reliefdesk.example/a/1"
    seen = " ".join(page.text_content().split())
    for said in (
        "Relief Desk (agency)",
        "In the summary: إدلب for Idlib",
        "Published Mon 23 Nov 2026, 05:31",
        "First seen",
        "Item 123",
    ):
        assert said in seen


def test_an_arabic_headline_runs_from_right_to_left() -> None:
    message = told(open_alert(title="أمطار تغرق الخيام شمال إدلب", language=None, outlet_language="ar"))
    (headline,) = lxml_html.document_fromstring(message.html).iter("h2")
    assert (headline.get("lang"), headline.get("dir")) == ("ar", "rtl")


def test_what_the_desk_says_of_an_outlets_language_goes_before_what_its_feed_says() -> None:
    message = told(open_alert(title="Yollar açıldı", language="en", outlet_language="tr"))
    assert json.loads(message.json)["alerts"][0]["language"] == "tr"


def test_an_item_without_a_date_a_link_or_a_label_says_so_by_leaving_them_out() -> None:
    message = told(open_alert(published=None, link=None, label=None))
    assert "Relief Desk\n" in message.text
    assert "no date given" in message.text
    assert "Link:" not in message.text
    assert list(lxml_html.document_fromstring(message.html).iter("a")) == []


def test_a_word_that_stands_in_forty_places_does_not_make_a_mail_of_forty_places() -> None:
    message = told(open_alert(matches=tuple(match(f"Day {day}: rain floods Idlib") for day in range(40))))
    assert message.text.count("«Idlib»") == message.html.count("<mark") == 5
    assert "and in 35 more places" in message.text
    assert "and in 35 more places" in message.html


def test_a_sentence_that_headline_and_page_both_hold_is_shown_once() -> None:
    message = told(open_alert(matches=(match(), match(field="text"), match("Tents in Idlib stand", field="text"))))
    assert message.text.count("«Idlib»") == 2
    assert len(json.loads(message.json)["alerts"][0]["matches"]) == 2


def test_two_words_of_one_sentence_are_marked_in_it_together() -> None:
    sentence = "Forty lorries with flour came to Idlib"
    places = (match(sentence, "lorries", field="text", term="lorry"), match(sentence, "Idlib", field="text"))
    message = told(open_alert(matches=places))
    assert "In the full text, lorries for lorry:\n  Forty «lorries» with flour came to «Idlib»\n" in message.text
    assert message.text.count("flour") == 1
    assert message.html.count("<mark") == 2
    assert [one["form"] for one in json.loads(message.json)["alerts"][0]["matches"]] == ["lorries", "Idlib"]


def test_two_sentences_of_one_field_stand_under_one_heading() -> None:
    second = match("Lorries left Atmeh", "Lorries", field="summary", term="lorry")
    message = told(open_alert(matches=(match("Rain fell in Idlib", field="summary"), second)))
    assert "In the summary, Lorries for lorry:\n  Rain fell in «Idlib»\n  «Lorries» left Atmeh\n" in message.text
    assert message.html.count("In the summary") == 1
    assert message.html.count("<mark") == 2


def test_many_alerts_are_told_in_one_message_with_a_count_for_each_watch() -> None:
    alerts = tuple(open_alert(number, watch="idlib" if number % 3 else "crossings") for number in range(1, 8))
    message = told(*alerts, kind="first_poll")
    assert message.subject == "First poll of Relief Desk: 7 alerts – idlib 5, crossings 2"
    assert told(*alerts, kind="summary").subject == "7 alerts – idlib 5, crossings 2"
    assert message.text.count("Item:") == message.html.count("Item ") == 7
    assert message.text.startswith("7 alerts from the first poll of Relief Desk, in one message.\n")


def test_the_key_of_many_is_the_same_whatever_their_order_and_another_for_other_alerts() -> None:
    one, two, three = (open_alert(number) for number in (1, 2, 3))
    assert told(one, two, kind="summary").key == told(two, one, kind="summary").key
    assert len({told(*some, kind="summary").key for some in ((one,), (one, two), (one, two, three))}) == 3


def test_h17_what_one_outlet_floods_hides_no_other_outlets_news_in_a_message_of_many() -> None:
    flood = [open_alert(number, outlet_id=OutletId("flooder")) for number in range(5000)]
    news = open_alert(9000, outlet_id=OutletId("levant-wire"), title="Shelling hits the market of Idlib")
    message = told(*flood, news, *flood, kind="summary")
    assert "Shelling hits the market of Idlib" in message.text[:2000]
    assert "Shelling hits the market of Idlib" in message.html


def test_h17_five_thousand_alerts_in_brief_are_under_a_megabyte_and_name_each() -> None:
    flood = [open_alert(number, outlet_id=OutletId("flooder")) for number in range(5000)]
    message = told(*flood, open_alert(9000, outlet_id=OutletId("levant-wire")), kind="summary")
    assert message.brief is not None
    assert len(message.brief) < 1_000_000 < len(message.json)
    whole, brief = json.loads(message.json), json.loads(message.brief)
    assert [each["item"] for each in brief["alerts"][:2]] == [0, 9000]
    assert sorted(each["key"] for each in brief["alerts"] + brief["more"]) == sorted(each["key"] for each in whole["alerts"])
    assert told(open_alert(), kind="one").brief is None


def test_h17_five_thousand_alerts_make_a_message_that_a_mail_server_takes_and_that_counts_the_rest() -> None:
    message = told(*(open_alert(number) for number in range(5000)), kind="summary")
    assert len(message.text) + len(message.html) < 300_000
    assert "and 4900 more: the digest names them, or says how to list them" in message.text
    assert "and 4900 more: the digest names them, or says how to list them" in message.html
    told_to_programs = json.loads(message.json)
    assert len(told_to_programs["alerts"]) == 5000


def test_programs_are_told_in_json_with_times_in_utc_and_marks_as_offsets() -> None:
    message = told(open_alert(matches=(match("في إدلب اليوم", "إدلب", field="text"),)))
    assert json.loads(message.json) == {
        "version": 1,
        "kind": "one",
        "key": f"{123:032x}",
        "alerts": [
            {
                "key": f"{123:032x}",
                "watch": "idlib",
                "channel": "desk-mail",
                "item": 123,
                "story": 123,
                "occasion": "first",
                "number": 0,
                "headline": "Rain floods camps north of Idlib city",
                "link": "https://reliefdesk.example/a/1",
                "outlet": "relief-desk",
                "outlet_name": "Relief Desk",
                "label": "agency",
                "language": "en",
                "published": "2026-11-23T02:31:00Z",
                "first_seen": "2026-11-23T02:40:00Z",
                "edit": None,
                "rewritten": [],
                "copied": None,
                "carried": [],
                "own_texts": 1,
                "matches": [{"field": "text", "term": "Idlib", "form": "إدلب", "sentence": "في إدلب اليوم", "mark": [3, 7]}],
            }
        ],
    }


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("UTC", "Mon 23 Nov 2026, 02:40 (UTC)"),
        ("Asia/Kathmandu", "Mon 23 Nov 2026, 08:25 (UTC+5:45)"),
        ("America/St_Johns", "Sun 22 Nov 2026, 23:10 (UTC-3:30)"),
    ],
)
def test_a_time_is_told_with_its_offset(zone: str, said: str) -> None:
    assert local(SEEN, ZoneInfo(zone)) == said


def test_a_long_headline_is_cut_and_the_outlet_still_stands_in_the_subject() -> None:
    subject = told(open_alert(title="Rain " * 300, outlet_name="Relief Desk")).subject
    assert len(subject) <= 200
    assert subject.endswith("… – Relief Desk")


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "JaVa\tScript:alert(1)", "data:text/html,x", "//host/x", "https://x.example/" + "a" * 100_000]
)
def test_h18_what_is_no_web_address_is_not_a_link_of_an_alert(link: str) -> None:
    message = told(open_alert(link=link))
    assert list(lxml_html.document_fromstring(message.html).iter("a")) == []
    assert "Link:" not in message.text
    assert json.loads(message.json)["alerts"][0]["link"] is None


# ---- hostile words

hostile = st.one_of(
    st.text(max_size=60),
    st.text(st.characters(exclude_categories=())),
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            '"><img src=x onerror=alert(1)>',
            "</title></style><svg onload=alert(1)>",
            "{{ 7 * 7 }}{% raw %}",
            "Rain\r\nBcc: all@desk.example",
            "one\u2028two\x85three\x1cfour",
            "\x1b[31mred\x9b0m\x07\x08",
            "abc\u202egnp.exe\u2066\ud800\x00",
            "كل\u200f\u200cشيء",
            "&lt;b&gt; &amp; ]]>",
        ]
    ),
)


def told_of(word: str, sentence: str) -> Message:
    """Every text that comes from outside is hostile."""
    middle = len(sentence) // 2
    found = replace(match(), sentence=sentence, mark_start=middle // 2, mark_stop=middle, term=word, form=word)
    return told(
        open_alert(
            title=word,
            outlet_name=word,
            label=word,
            language=word,
            link="https://x.example/" + word,
            article_doubt=word,
            matches=(found,),
        ),
        title=word,
    )


@given(word=hostile, sentence=hostile)
@settings(max_examples=150, deadline=None)
@example(word="</title><script>alert(1)</script>", sentence="<mark><script>")
def test_h19_the_page_of_an_alert_is_inert_whatever_stands_in_the_news(word: str, sentence: str) -> None:
    page = lxml_html.document_fromstring(told_of(word, sentence).html)
    for element in page.iter():
        assert element.tag in ALLOWED
        assert set(element.attrib) <= ATTRIBUTES
        assert element.get("href", "https://").startswith("https://")
        assert "url(" not in element.get("style", "")
    assert len(list(page.iter("mark"))) == 1


visible = st.text(
    st.characters(categories=("L", "M", "N", "P", "S"), include_characters=" \u200c\u200d\u200e\u200f"), max_size=80
)


@given(before=visible, form=visible, after=visible)
@settings(max_examples=150, deadline=None)
@example(before="a &lt; b <b>", form="<i>x</i>", after="&amp;&#65;")
def test_h22_a_sentence_reaches_every_reader_letter_for_letter(before: str, form: str, after: str) -> None:
    sentence = before + form + after
    found = replace(match(), sentence=sentence, mark_start=len(before), mark_stop=len(before + form))
    message = told(open_alert(matches=(found,)))
    assert f"\n  {before}«{form}»{after}\n" in message.text
    (mark,) = lxml_html.document_fromstring(message.html).iter("mark")
    assert ((mark.getparent().text or ""), (mark.text or ""), (mark.tail or "")) == (before, form, after)
    (place,) = json.loads(message.json)["alerts"][0]["matches"]
    assert place["sentence"][slice(*place["mark"])] == form
    assert place["sentence"] == sentence


@given(word=hostile, sentence=hostile)
@settings(max_examples=150, deadline=None)
def test_h21_h22_no_form_of_a_message_holds_a_control_an_override_or_a_broken_letter(word: str, sentence: str) -> None:
    message = told_of(word, sentence)
    for text in (message.subject, message.text, message.html, message.json):
        text.encode("utf-8")
        assert not set(text) & {chr(code) for code in (*range(10), *range(11, 32), *range(127, 160), 0x2028, 0x2029)}
        assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert "\n" not in message.subject
    assert len(message.subject) <= 200
    json.loads(message.json)


@given(word=hostile, sentence=hostile)
@settings(max_examples=100, deadline=None)
def test_h20_no_word_from_outside_opens_a_line_of_its_own(word: str, sentence: str) -> None:
    plain = told_of("x", "x")
    assert told_of(word, sentence).text.count("\n") <= plain.text.count("\n")


def test_marks_that_lie_outside_their_sentence_break_nothing() -> None:
    for start, stop in ((5, 2), (40, 60), (0, 0)):
        message = told(open_alert(matches=(replace(match("Idlib"), mark_start=start, mark_stop=stop),)))
        assert message.text.replace("«", "").replace("»", "").count("  Idlib\n") == 1


# --------------------------------------------------------------------------------------------------- who else carries it


def carrier(outlet: str, minutes: int, copied: float | None = None, **facts: Any) -> Carrier:
    usual: dict[str, Any] = {
        "item_id": ItemId(700 + minutes),
        "outlet_id": OutletId(outlet.lower().replace(" ", "-")),
        "outlet_name": outlet,
        "label": None,
        "link": f"https://{len(outlet)}.example/1",
        "published": None,
        "seen_at": SEEN + timedelta(minutes=minutes),
        "copied": copied,
        "is_own": copied is None or copied < OWN_BELOW,
    }
    return Carrier(**(usual | facts))


CARRIED = (carrier("Orontes Post", -9, label="state media"), carrier("Levant Wire", 22, 0.93), carrier("Vestnik", 22, 0.3))


def on(occasion: str, **facts: Any) -> OpenAlert:
    each = open_alert(**facts)
    return replace(each, alert=replace(each.alert, occasion=occasion, number=1))


def test_who_had_it_first_and_who_else_carries_it_is_said_in_one_line() -> None:
    message = told(open_alert(copied=0.87, is_own_text=False, carried=CARRIED))
    said = (
        "Carried by: 4 outlets, 2 with their own text: Orontes Post (state media) 05:31, first seen;"
        " Levant Wire 06:02, 93 % copied; Vestnik 06:02, its own text"
    )
    assert f"{said}\n" in message.text
    page = lxml_html.document_fromstring(message.html)
    assert said.replace("Carried by:", "Carried by") in " ".join(page.text_content().split())


def test_the_first_of_many_says_so_and_counts_those_that_are_not_named() -> None:
    copies = tuple(carrier(f"Outlet {number}", number, 0.9) for number in range(1, 9))
    message = told(open_alert(carried=copies))
    assert "Carried by: 9 outlets, 1 with its own text, first seen here: Outlet 1 05:41, 90 % copied;" in message.text
    assert "; and 4 more\n" in message.text
    assert "; and 4 more" in message.html
    assert len(json.loads(message.json)["alerts"][0]["carried"]) == 8


def test_nobody_is_called_the_first_of_those_that_were_seen_at_one_moment() -> None:
    assert "first seen" not in told(open_alert(carried=(carrier("Levant Wire", 0),))).text


def test_an_outlet_whose_own_date_is_earlier_than_that_of_the_one_seen_first_is_named() -> None:
    dated = (replace(CARRIED[0], published=SEEN), replace(CARRIED[1], published=SEEN - timedelta(hours=2)))
    message = told(open_alert(carried=dated, published=None))
    assert "06:02, 93 % copied. Levant Wire has the earlier date, 03:40\n" in message.text
    assert "has the earlier date" not in told(open_alert(carried=dated[:1], published=SEEN)).text


def test_an_alert_that_nobody_else_carries_says_nothing_of_carriers() -> None:
    message = told(open_alert())
    assert "Carried" not in message.text + message.html


def test_programs_are_told_every_carrier() -> None:
    (one,) = json.loads(told(open_alert(carried=CARRIED[:1])).json)["alerts"]
    assert (one["own_texts"], one["copied"]) == (2, None)
    assert one["carried"] == [
        {
            "item": 691,
            "outlet": "orontes-post",
            "outlet_name": "Orontes Post",
            "label": "state media",
            "link": "https://12.example/1",
            "published": None,
            "first_seen": "2026-11-23T02:31:00Z",
            "copied": None,
        }
    ]


@pytest.mark.parametrize(
    ("occasion", "subject", "body"),
    [
        ("update", "idlib: Update: Rain floods", "Update: this text adds much"),
        ("edit", "idlib: Edited: Rain floods", "Edited: what was told before was changed since."),
        (
            "again_at",
            "idlib: Now carried by 3 outlets with their own text: Rain floods",
            "Now carried by 3 outlets with",
        ),
    ],
)
def test_what_is_told_again_says_why_in_subject_and_body(occasion: str, subject: str, body: str) -> None:
    message = told(on(occasion, carried=CARRIED))
    assert message.subject.startswith(subject)
    assert message.text.splitlines()[1].startswith(body)
    assert body in message.html
    assert json.loads(message.json)["alerts"][0]["number"] == 1


def test_a_hostile_carrier_is_told_letter_for_letter_and_opens_no_tag_and_no_line() -> None:
    name = "<b>Po\u202est</b>\nLink: https://evil.example"
    message = told(open_alert(carried=(carrier(name, 5, label="<i>x\r\n", link="javascript:alert(1)"),)))
    assert "<b>Post</b> Link: https://evil.example (<i>x) 05:45" in message.text
    page = lxml_html.document_fromstring(message.html)
    assert {element.tag for element in page.iter()} <= ALLOWED
    assert json.loads(message.json)["alerts"][0]["carried"][0]["link"] is None
