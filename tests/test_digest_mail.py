"""The digest as a mail: what its reader sees, that no mail program clips it, and that nothing in it comes alive."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes, policy

import pytest
from briefs import brief, finding, match
from hypothesis import given, settings
from hypothesis import strategies as st
from test_channels import Post, mail_server, no_web
from test_digest_page import everywhere
from test_render_digest import digest, found, hostile, hostile_digests, laws, outlet, parsed

from monitor.channels.email import Email, whole
from monitor.channels.opened import Means
from monitor.model import (
    ChannelId,
    Digest,
    DigestId,
    EmailChannel,
    Feed,
    FeedId,
    Gap,
    ItemId,
    OpenDigest,
    OutletHealth,
    PlanId,
    SentWords,
    Span,
    StoryFound,
    StoryId,
    ToldStory,
    Volume,
    Watch,
    WatchFindings,
    WatchId,
)
from monitor.render import mail, short, words
from monitor.render.digest import digest_message, sent_words
from monitor.render.model_json import whole as model
from monitor.render.subject import digest_subject

CLIPPED = 100_000
"""Gmail shows no more than 102 KB of a mail."""


def channel(port: int = 25) -> EmailChannel:
    return EmailChannel(
        id=ChannelId("desk-mail"),
        to=("desk@desk.example",),
        sender="monitor@desk.example",
        host="127.0.0.1",
        port=port,
        security="plain",
        private=True,
    )


def opened(one: Digest, sent: SentWords | None = None, *, tries: int = 0) -> OpenDigest:
    return OpenDigest(
        id=DigestId(1),
        channel=ChannelId("desk-mail"),
        plan=one.plan,
        period=one.period,
        words=sent or sent_words(one),
        made_at=one.stop,
        tries=tries,
    )


def sent(one: Digest) -> bytes:
    """Give the mail as it goes over the wire."""
    return whole(channel(), digest_message(opened(one))).as_bytes()


def parts(raw: bytes) -> tuple[str, str]:
    read = message_from_bytes(raw, policy=policy.default)
    text, page = read.iter_parts()
    return text.get_content(), page.get_content()


# ---------------------------------------------------------------- what is told


def test_a_mail_tells_what_the_page_tells_in_its_order() -> None:
    text, page = parts(sent(brief(minors=3)))
    for told in (" ".join(text.split()), " ".join(parsed(page).text_content().split())):
        facts = (
            "Northwest desk", "Monday 23 November 2026", "19 Idlib", "3 gaps.", "Вестник Леванта has not answered",
            "▄▃▄▃▃▂▄▄▃▃▄▅▄··▃▄▂▃▄▄▄▃▃▅▆▄▄█", "19 items from 12 outlets", "well above the usual 6", "Bab al-Hawa crossing reopens",
            "Orontes Post had it first", "forty-one lorries", "Edited yesterday 18:15", "الزاوية اليوم +11 min, copy",
            "Copies changed: Levant Wire: 41 → 14", "told under Idlib", "here for Bab al-Hawa", "had been shut on both sides",
            "40 more stories, listed by monitor try clinics", "Nothing in this window. Last match: 17 November 06:00", "Outlets",
            "503 Service Unavailable", "Edited after publication", "Who was first, last 30 days", "To stop this",
            "translated or summarised by a model", "231 items read",
        )  # fmt: skip
        at = 0
        for fact in facts:
            assert fact in told[at:], fact
            at = told.index(fact, at)
    assert "Shortened" not in text + page


def test_the_subject_says_what_was_found_and_what_is_usual_where_it_is_much_more() -> None:
    assert digest_subject(brief()) == (
        "Idlib 19 (usually 6), Crossings 7 (usually 1), Uxo and mines 2, Clinics 57, 3 gaps – 23 Nov 06:00"
    )
    weekly = replace(digest(found("idlib")), plan=PlanId("weekly"))
    assert digest_subject(weekly) == "Weekly: Nothing matched – 23 Nov 06:00"
    long = WatchFindings(watch=Watch(id=WatchId("x" * 5_000), any=("x",)), last_match=None, items=3)
    assert digest_subject(digest(long)) == f"{'X' + 'x' * 58}… 3 – 23 Nov 06:00"


def test_an_arabic_headline_runs_from_right_to_left_even_within_tables() -> None:
    _, page = parts(sent(brief(minors=0)))
    (headline,) = parsed(page).xpath("//div[@lang='ar'][a]")
    assert headline.get("dir") == "rtl"
    assert "text-align:right" in headline.get("style")


def test_a_mail_asks_for_nothing_and_its_looks_stand_in_its_lines() -> None:
    _, page = parts(sent(brief()))
    told = parsed(page)
    assert told.xpath("//script | //img | //link | //iframe | //object | //form | //svg | //@src | //@background") == []
    assert "url(" not in page
    assert "@import" not in page
    assert told.xpath("//table[not(@role='presentation')][not(.//th)]") == []
    # dark is one rule that only those read who know it; all that is needed to read the mail stands without
    (style,) = told.xpath("//style/text()")
    assert style.strip().startswith("@media (prefers-color-scheme:dark){")
    assert all(link.startswith("https://") for link in told.xpath("//@href"))


def test_all_digests_of_one_day_and_plan_are_one_thread_and_a_second_try_is_the_same_mail() -> None:
    one = brief(minors=0)
    sent_at = sent_words(one)
    morning = whole(channel(), digest_message(opened(one, sent_at)))
    again = whole(channel(), digest_message(opened(one, sent_at, tries=3)))
    evening = whole(channel(), digest_message(opened(replace(one, period="2026-11-23T18:00"), sent_at)))
    tomorrow = whole(channel(), digest_message(opened(replace(one, period="2026-11-24T06:00"), sent_at)))
    weekly = whole(channel(), digest_message(opened(replace(one, plan=PlanId("weekly")), sent_at)))
    assert morning["Message-ID"] == again["Message-ID"]
    assert str(morning["Message-ID"]).startswith("<digest-2026-11-23T06.00-")
    assert len({str(each["Message-ID"]) for each in (morning, evening, tomorrow, weekly)}) == 4
    assert morning["References"] == evening["References"] == "<digest-2026-11-23@monitor.invalid>"
    assert tomorrow["References"] == "<digest-2026-11-24@monitor.invalid>"
    assert weekly["References"] == "<digest-weekly-2026-11-23@monitor.invalid>"
    assert morning["List-Id"] == "<desk-mail.monitor.invalid>"


def test_a_program_gets_the_words_and_the_whole_model() -> None:
    one = brief()
    message = digest_message(opened(one))
    told = json.loads(message.json)
    assert set(told) == {"version", "kind", "key", "subject", "text", "digest"}
    assert (told["version"], told["kind"], told["key"]) == (1, "digest", message.key)
    assert (told["subject"], told["text"]) == (message.subject, message.text)
    assert told["digest"] == model(one)


async def test_a_mail_server_takes_the_digest_as_it_was_written() -> None:
    message = digest_message(opened(brief()))
    post = Post()
    with mail_server(post) as port:
        await Email(channel(port), Means(fetch=no_web, say=print)).deliver(message)
    ((_, read),) = post.taken
    assert len(read.as_bytes()) < CLIPPED
    assert read["Subject"] == message.subject
    text, page = read.iter_parts()
    assert (text.get_content_type(), page.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().splitlines() == message.text.splitlines()
    assert page.get_content().splitlines() == message.html.splitlines()


# ---------------------------------------------------------------- no mail program clips it


SCRIPTS = {
    "latin": "Lorries entered the province before dusk. ",
    "arabic": "دخلت الشاحنات المحافظة قبل الغروب. ",
    "chinese": "卡車傍晚進入該省",
    "beyond the first plane": "𐤀𐤁𐤂 𒀀𒀁 🚚",
    "signs": "<&\"'=>",
}


def large(text: str, *, watches: int, stories: int, length: int, troubles: int = 0) -> Digest:
    """Give a digest with so much of everything, each text so long."""
    said = (text * (length // len(text) + 1))[:length]
    numbers = range(1, stories + 1)
    base = brief(minors=0)
    edit = replace(base.edits[0], headline=(Span(kind="removed", text=said), Span(kind="added", text=said)), title=said)
    carriers = tuple(replace(one, outlet_name=said, label=said) for one in base.stories[0].carriers)
    told = tuple(replace(base.stories[0], id=StoryId(number), carriers=carriers, edits=(edit, edit)) for number in numbers)
    publisher = replace(outlet(said), label=said)
    of = Feed(id=FeedId(1), outlet=publisher, url="https://a.example/")
    row = OutletHealth(feed=of, state="failing", answered_at=None, due_at=base.stop, items=1, failures=2, reason=said)
    gap = Gap(kind="failing", feed=of, since=base.start, reason=said, count=2)
    return replace(
        base,
        title=said,
        watches=tuple(_group(said, watch, told) for watch in range(watches)),
        stories=told,
        gaps=(gap,) * troubles,
        notes=(gap,) * troubles,
        outlets=(row,) * troubles,
        edits=(edit,) * (stories // 2),
    )


def _group(said: str, number: int, told: tuple[ToldStory, ...]) -> WatchFindings:
    one = finding(
        1, "idlib", "orontes-post", title=said, seen=brief(minors=0).start, matches=(match("idlib", said, said),),
        outlet_name=said, label=said, published=datetime.fromisoformat("2020-01-01T00:00:00Z"),
    )  # fmt: skip
    return WatchFindings(
        watch=Watch(id=WatchId(f"{said}{number}"), any=(said,) * 9, none=(said,) * 9),
        last_match=None,
        stories=tuple(StoryFound(story_id=story.id, finding=replace(one, item_id=ItemId(story.id)), items=2) for story in told),
        more=7,
        items=2 * len(told),
        outlets=9,
        last_outlet=said,
        volume=Volume(count=17, days=(6,) * 28, usual=6.0, is_high=True),
    )


MUCH = {
    "one watch": {"watches": 1, "stories": 200, "length": 300},
    "many watches": {"watches": 40, "stories": 20, "length": 150},
    "nothing but watches": {"watches": 90, "stories": 0, "length": 100},
    "long texts": {"watches": 2, "stories": 3, "length": 1_000, "troubles": 60},
}


@pytest.mark.untraced
@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("much", MUCH.values(), ids=MUCH)
def test_no_mail_program_clips_a_digest_however_much_it_tells(script: str, much: dict[str, int]) -> None:
    raw = sent(large(SCRIPTS[script], **much))
    assert len(raw) < CLIPPED
    text, page = parts(raw)
    for told in (" ".join(text.split()), " ".join(parsed(page).text_content().split())):
        assert "Shortened to fit into a mail: " in told
        assert "as 2026-11-23T0600." in told


@settings(max_examples=15)
@given(st.data())
def test_no_mail_program_clips_any_digest(data: st.DataObject) -> None:
    text = data.draw(st.text(min_size=1, max_size=12))
    much = {
        "watches": data.draw(st.integers(0, 6)),
        "stories": data.draw(st.integers(0, 20)),
        "length": data.draw(st.sampled_from([1, 80, 600])),
        "troubles": data.draw(st.integers(0, 90)),
    }
    assert len(sent(large(f"x{text}", **much))) < CLIPPED


@given(st.text(max_size=3_000))
def test_a_text_takes_up_no_more_in_a_mail_than_was_reckoned(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    one = digest_message(opened(digest(), SentWords(subject="x", text=text, mail="x", payload="{}")))
    bare = replace(one, text="")
    head = len(whole(channel(), bare).as_bytes())
    assert len(whole(channel(), one).as_bytes()) - head <= mail.sent(text) + 120


def test_what_was_left_out_is_counted() -> None:
    one = brief(minors=40)
    page, left_out = short.shortened(one, short.ROOMS[3])
    assert [len(section.entries) for section in page.sections] == [3, 2, 1, 3, 0, 0]
    assert [len(section.briefs) for section in page.sections] == [5, 0, 0, 10, 0, 0]
    # of 8 stories under Idlib 5 have one line, of 40 under Clinics 9 of those that would be told in full, and 27 none
    assert left_out == (
        "Shortened to fit into a mail: 14 stories in one line each, 27 stories left out."
        " The whole of it stands in the archive of digests as 2026-11-23T0600."
    )
    assert "".join(part if isinstance(part, str) else part.text for part in page.sections[3].more).startswith("67 more stories")
    _, nothing = short.shortened(brief(minors=12), short.ROOMS[0])
    assert nothing == ""


@pytest.mark.parametrize("room", short.ROOMS)
def test_however_short_it_never_says_that_nothing_was_found_where_something_was(room: short.Room) -> None:
    assert short.shortened(brief(minors=40), room)[0].nothing is None
    silent = replace(brief(), watches=tuple(group for group in brief().watches if not group.items))
    assert short.shortened(silent, room)[0].nothing is not None


def test_the_longest_that_fits_is_taken() -> None:
    tried = []

    def write(_: object, left_out: str) -> str:
        tried.append(left_out)
        return left_out

    told = short.fitting(brief(minors=40), write, size=lambda _: 10**9 if len(tried) < 3 else 0, limit=10**8)
    assert told == tried[2]
    assert tried == [short.shortened(brief(minors=40), room)[1] for room in short.ROOMS[:3]]


# ---------------------------------------------------------------- hostile texts


TAGS = {
    "html", "head", "meta", "title", "style", "body", "table", "tbody", "tr", "td", "th", "div", "h1", "h2", "p", "span", "b",
    "bdi", "a", "del", "ins",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "dir", "style", "class", "href", "role", "width", "cellpadding", "cellspacing", "border", "align", "valign",
    "colspan", "scope", "aria-label", "charset", "name", "content",
}  # fmt: skip


@laws
@given(hostile_digests())
def test_h19_the_page_of_a_mail_has_only_our_tags_and_every_text_from_outside_comes_back_as_it_was(one: Digest) -> None:
    told = mail.page(one)
    told.encode()
    page = parsed(told)
    elements = [element for element in page.iter() if isinstance(element.tag, str)]
    assert len(elements) == len(list(page.iter())), "no comments"
    assert {element.tag for element in elements} <= TAGS
    assert {name for element in elements for name in element.attrib} <= ATTRIBUTES
    assert all(re.match(r"https://orontes-post\.example/", href) for href in page.xpath("//@href"))
    assert all("url" not in style and "expression" not in style for style in page.xpath("//@style"))
    item = one.watches[0].stories[0].finding
    assert words.line(item.title).strip() in page.xpath("string(//body)")
    assert words.line(one.gaps[0].reason).strip() in page.xpath("string(//body)")
    assert page.xpath("string(//bdi)") == words.line(one.title).strip()


@settings(max_examples=30)
@given(hostile)
def test_whatever_the_morning_brings_its_mail_has_only_our_tags(text: str) -> None:
    one: Digest = everywhere(brief(minors=14), lambda was: f"{was}x{text}x")
    page = parsed(mail.page(one))
    assert {element.tag for element in page.iter()} <= TAGS
    assert {name for element in page.iter() for name in element.attrib} <= ATTRIBUTES
    assert set(page.xpath("//@dir")) <= {"ltr", "rtl"}
    assert all(re.match(r"https://[\w-]+\.example/", link) for link in page.xpath("//@href"))
    assert len(sent(one)) < CLIPPED


@laws
@given(hostile_digests())
def test_h20_no_text_from_outside_opens_a_header_or_a_part_of_the_digests_mail(one: Digest) -> None:
    raw = sent(one)
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii")
    names = re.findall(r"(?m)^([^\s:]+):", head)
    assert sorted(names) == sorted(
        ["Subject", "From", "To", "Date", "Message-ID", "In-Reply-To", "References", "List-Id", "Auto-Submitted", "Precedence",
         "MIME-Version", "Content-Type"]
    )  # fmt: skip
    read = message_from_bytes(raw, policy=policy.default)
    assert [part.get_content_type() for part in read.walk()] == ["multipart/alternative", "text/plain", "text/html"]
