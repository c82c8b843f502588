"""The digest as a feed: what RFC 4287 asks, ids that stay, and what a real feed reader makes of it, digest after digest."""

from __future__ import annotations

import io
import json
import re
import urllib.request
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import feedparser
from briefs import LORRIES, STOP, brief, carrier, edit, local, spans
from desks import configured, outlet
from fakes import Site, page, rss
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html
from test_digest_page import everywhere
from test_render_digest import digest, found, hostile, hostile_digests, laws

from monitor.daemon import Daemon
from monitor.model import Digest, Gap, PlanId, StoryId, ToldStory
from monitor.pipeline.files import frozen, worded
from monitor.pipeline.shelves import Shelves, put_digest, put_latest
from monitor.render import atom, words
from monitor.render.shelf import Shelf
from monitor.render.subject import digest_subject

ATOM = {"a": "http://www.w3.org/2005/Atom"}
SCHEMA = etree.RelaxNG(etree.parse(str(Path(__file__).parent / "data" / "atom.rng")))
SHELF = Shelf(up="", stem="2026-11-23T0600", forms=("html", "atom"))
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def valid(text: str) -> etree._Element:
    """Read a feed, and see that it is one: the schema's part of RFC 4287, and what the schema can't ask."""
    feed = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    assert SCHEMA.validate(feed), SCHEMA.error_log
    entries = feed.findall("a:entry", ATOM)
    # §4.1.1: entries that share an id must differ in their date; ours may not share one at all
    assert len({entry.findtext("a:id", namespaces=ATOM) for entry in entries}) == len(entries)
    for links in (feed.findall("a:link", ATOM), *(entry.findall("a:link", ATOM) for entry in entries)):
        alternates = [(link.get("type"), link.get("hreflang")) for link in links if link.get("rel") == "alternate"]
        assert len(set(alternates)) == len(alternates)
    updated = feed.findtext("a:updated", namespaces=ATOM)
    assert updated == max([updated, *(entry.findtext("a:updated", namespaces=ATOM) for entry in entries)])
    return feed


def entries(text: str) -> dict[str, etree._Element]:
    """Give the entries of a feed by their titles."""
    return {entry.findtext("a:title", namespaces=ATOM): entry for entry in valid(text).findall("a:entry", ATOM)}


def said(entry: etree._Element, name: str) -> str:
    return entry.findtext(f"a:{name}", namespaces=ATOM)


def content(entry: etree._Element) -> lxml_html.HtmlElement:
    return lxml_html.fragment_fromstring(said(entry, "content"), create_parent="div")


def the_next_day(one: Digest, *, gain: tuple[ToldStory, ...]) -> Digest:
    """Give the digest of the day after, in which only those stories stand that something is new about."""
    groups = (
        replace(group, stories=tuple(found for found in group.stories if found.story_id in {story.id for story in gain}))
        for group in one.watches
    )
    day = timedelta(days=1)
    return replace(
        one, period="2026-11-24T06:00", start=one.start + day, stop=one.stop + day, watches=tuple(groups), stories=gain, edits=()
    )


def story(one: Digest, number: int) -> ToldStory:
    return next(story for story in one.stories if story.id == StoryId(number))


def test_every_story_is_an_entry_and_the_digest_is_the_first() -> None:
    one = brief(minors=30)
    told = entries(atom.digest(one, SHELF))
    assert len(told) == len(one.stories) + 1
    assert next(iter(told)) == digest_subject(one)
    (crossing,) = (entry for title, entry in told.items() if title.startswith("Bab al-Hawa"))
    assert [each.get("term") for each in crossing.findall("a:category", ATOM)] == ["idlib", "crossings"]
    assert [(each.get("rel"), each.get("href")) for each in crossing.findall("a:link", ATOM)] == [
        ("alternate", "https://orontes-post.example/2026/11/101"),
        ("related", "stories/1.html"),
    ]
    page = content(crossing)
    assert LORRIES in page.text_content()
    assert page.xpath(".//mark/text()") == ["Idlib"]
    assert page.xpath(".//del/text()") == ["day-long"]
    assert "الزاوية اليوم +11 min, copy" in " ".join(page.text_content().split())


def test_an_arabic_headline_says_that_it_is_arabic() -> None:
    (water,) = (entry for title, entry in entries(atom.digest(brief())).items() if "إدلب" in title)
    assert water.find("a:title", ATOM).get(LANG) == "ar"
    (quote,) = content(water).xpath(".//blockquote")
    assert dict(quote.attrib) == {"lang": "ar", "dir": "rtl"}


def test_an_empty_digest_is_an_entry_with_what_its_silence_is_worth() -> None:
    ((title, entry),) = entries(atom.digest(digest(found("idlib")))).items()
    assert title == "Nothing matched – 23 Nov 06:00"
    assert words.english.SILENCE_COUNTS in content(entry).text_content()
    gap = Gap(kind="config", feed=None, since=STOP, reason="a fault")
    ((_, entry),) = entries(atom.digest(digest(found("idlib"), gaps=(gap,)))).items()
    assert "1 gap." in content(entry).text_content()
    assert "The monitor keeps the last good config.toml" in content(entry).text_content()
    assert words.english.SILENCE_DOUBTED in content(entry).text_content()


def test_a_feed_that_stands_alone_links_to_nothing_beside_it() -> None:
    assert valid(atom.digest(brief())).xpath("//a:link[not(starts-with(@href, 'https://'))]", namespaces=ATOM) == []


def test_an_id_is_made_of_the_story_and_of_when_it_was_first_seen() -> None:
    one = brief()
    again = atom.digest(replace(one, items_read=1, late=True))
    assert ids(again) == ids(atom.digest(one))
    # a database that was begun anew counts its stories from 1 again
    later = tuple(
        replace(each, carriers=tuple(replace(by, seen_at=by.seen_at + timedelta(days=90)) for by in each.carriers))
        for each in one.stories
    )
    groups = tuple(
        replace(
            group,
            stories=tuple(
                replace(each, finding=replace(each.finding, seen_at=each.finding.seen_at + timedelta(days=90)))
                for each in group.stories
            ),
        )
        for group in one.watches
    )
    anew = replace(one, stories=later, watches=groups, stop=one.stop + timedelta(days=90), period="2027-02-21T06:00")
    shared = ids(atom.digest(anew)) & ids(atom.digest(one))
    assert shared == {said(valid(atom.digest(one)), "id")}


def ids(text: str) -> set[str]:
    return set(valid(text).xpath("//a:id/text()", namespaces=ATOM))


def test_another_plan_of_the_desk_is_another_feed_with_the_same_stories() -> None:
    daily, weekly = valid(atom.digest(brief())), valid(atom.digest(replace(brief(), plan=PlanId("weekly"))))
    assert said(weekly, "title") == "Northwest desk – weekly"
    assert said(weekly, "id") != said(daily, "id")
    # the digests themselves are two things, the stories are not
    assert len(ids(atom.digest(brief())) ^ ids(atom.digest(replace(brief(), plan=PlanId("weekly"))))) == 4


def test_an_entry_is_updated_when_something_is_new_about_its_story_and_never_else() -> None:
    one = brief()
    before = said(entries(atom.digest(one))[title(one, 3)], "updated")
    assert before == "2026-11-23T02:21:00Z", "when the last outlet began to carry it"
    rain = story(one, 3)
    same = the_next_day(one, gain=(rain,))
    assert said(entries(atom.digest(same))[title(one, 3)], "updated") == before
    carried = replace(rain, carriers=(*rain.carriers, carrier(199, "gazette", STOP + timedelta(hours=2))))
    after = said(entries(atom.digest(the_next_day(one, gain=(carried,))))[title(one, 3)], "updated")
    assert after == "2026-11-23T05:00:00Z"
    note = edit(121, 3, "relief-desk", at=STOP + timedelta(hours=9), title="Rain", sentences=(spans("-85", "+120"),))
    edited = replace(rain, edits=(note,))
    after = said(entries(atom.digest(the_next_day(one, gain=(edited,))))[title(one, 3)], "updated")
    assert after == "2026-11-23T12:00:00Z"


def title(one: Digest, number: int) -> str:
    finding = next(found.finding for group in one.watches for found in group.stories if found.story_id == number)
    return finding.title


def test_who_was_away_for_days_finds_all_of_them_in_the_newest_feed_each_story_once() -> None:
    one = brief(minors=2)
    rain = story(one, 3)
    carried = replace(rain, carriers=(*rain.carriers, carrier(199, "gazette", STOP + timedelta(hours=2))))
    two = the_next_day(one, gain=(carried,))
    newest, older = atom.digest(two), atom.digest(one)
    feed = atom.joined(newest, [older], entries=200)
    assert ids(feed) == ids(newest) | ids(older)
    assert said(entries(feed)[title(one, 3)], "updated") == "2026-11-23T05:00:00Z", "the newer of the two"
    assert len(entries(atom.joined(newest, [older], entries=5))) == 5
    assert atom.joined(newest, [], entries=0) == newest


# ---------------------------------------------------------------- a real reader


def read(site: Site) -> dict[str, feedparser.FeedParserDict]:
    """Ask for the feed as a reader does that keeps its entries by their ids."""
    with urllib.request.urlopen(f"{site.url}/latest.xml") as answer:
        feed = feedparser.parse(io.BytesIO(answer.read()))
    assert not feed.bozo, feed.get("bozo_exception")
    return {entry.id: entry for entry in feed.entries}


def test_a_feed_reader_sees_one_entry_a_story_over_two_digests(site: Site) -> None:
    one = brief(minors=2)
    rain = story(one, 3)
    carried = replace(rain, carriers=(*rain.carriers, carrier(199, "gazette", STOP + timedelta(hours=2))), outlets=5)
    with site.serving():
        site.pages["/latest.xml"] = atom.digest(one, SHELF).encode()
        before = read(site)
        assert len(before) == len(one.stories) + 1
        site.pages["/latest.xml"] = atom.digest(the_next_day(one, gain=(carried,)), SHELF).encode()
        after = before | read(site)
    new = [entry.title for id, entry in after.items() if id not in before]
    assert new == [digest_subject(the_next_day(one, gain=(carried,)))], "the second digest itself, and no story again"
    moved = [entry for id, entry in after.items() if id in before and entry.updated != before[id].updated]
    assert [entry.title for entry in moved] == [title(one, 3)]
    assert "Gazette du Levant" not in before[moved[0].id].content[0].value
    assert "Gazette du Levant" in moved[0].content[0].value
    assert moved[0].link == "https://relief-desk.example/2026/11/121"
    # its own reading of dates is switched off in a process that has monitor.parse
    assert datetime.fromisoformat(moved[0].published) == local("02:31")


# ---------------------------------------------------------------- hostile texts


TAGS = {"div", "p", "strong", "em", "bdi", "span", "blockquote", "mark", "del", "ins", "br", "ul", "li", "a"}


@laws
@given(hostile_digests())
def test_h19_whatever_a_text_holds_the_digests_feed_is_valid_and_has_only_our_tags(one: Digest) -> None:
    text = atom.digest(one, SHELF)
    feed = valid(text)
    headline = one.watches[0].stories[0].finding.title
    entry = feed.findall("a:entry", ATOM)[1]
    assert said(entry, "title") == words.line(headline).strip()
    for each in feed.iter("{*}content"):
        page = lxml_html.fragment_fromstring(each.text, create_parent="div")
        assert {element.tag for element in page.iter()} <= TAGS
        assert {name for element in page.iter() for name in element.attrib} <= {"lang", "dir", "href"}
        assert all(link.startswith("https://orontes-post.example/") for link in page.xpath(".//@href"))
    links = feed.xpath("//a:link/@href", namespaces=ATOM)
    assert all(re.match(r"https://orontes-post\.example/|latest\.|2026-11-23T0600\.|stories/\d+\.html", link) for link in links)
    assert valid(atom.joined(text, [text], entries=50)) is not None


@settings(max_examples=30)
@given(hostile)
def test_whatever_the_morning_brings_its_feed_is_valid(text: str) -> None:
    one: Digest = everywhere(brief(minors=3), lambda was: f"{was}x{text}x")
    for each in valid(atom.digest(one, SHELF)).iter("{*}content"):
        page = lxml_html.fragment_fromstring(each.text, create_parent="div")
        assert {element.tag for element in page.iter()} <= TAGS
        assert {name for element in page.iter() for name in element.attrib} <= {"lang", "dir", "href"}


@given(st.text(alphabet=st.characters(), max_size=20))
def test_no_text_can_hold_what_xml_can_not(odd: str) -> None:
    one = brief(minors=0)
    group = replace(one.watches[0], stories=one.watches[0].stories[:1])
    spoiled = replace(group.stories[0], finding=replace(group.stories[0].finding, title=odd, outlet_name=odd, matches=()))
    valid(atom.digest(replace(one, title=odd, watches=(replace(group, stories=(spoiled,)),), stories=one.stories[:1])))


# ---------------------------------------------------------------- in the archive


def test_the_newest_feed_of_the_archive_goes_on_with_those_before_it(tmp_path: Path) -> None:
    shelves = Shelves(folder=tmp_path, title="Northwest desk", timezone="UTC")
    one = brief(minors=2)
    rain = story(one, 3)
    carried = replace(rain, carriers=(*rain.carriers, carrier(199, "gazette", STOP + timedelta(hours=2))))
    two = the_next_day(one, gain=(carried,))
    (tmp_path / "now.atom").write_text("a person's own", encoding="utf-8")
    for each in (one, two):
        put_digest(shelves, frozen(each, worded(each, ("html", "atom"))))
        put_latest(shelves, frozen(each, worded(each, ("html", "atom"))))
    newest = (tmp_path / "latest.atom").read_text(encoding="utf-8")
    assert ids(newest) == ids(atom.digest(one)) | ids(atom.digest(two))
    assert said(entries(newest)[title(one, 3)], "updated") == "2026-11-23T05:00:00Z"
    assert set((tmp_path / "2026-11-24T0600.atom").read_text(encoding="utf-8").split()) <= set(newest.split())


async def test_a_run_writes_a_feed_that_is_valid_and_the_whole_as_json(tmp_path: Path, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = rss(("Rain floods Idlib", f"{site.url}/1", "Tents stood under water."))
        site.pages["/1"] = page("Rain floods Idlib", "Tents of the camp north of Idlib stood under water. " * 9)
        config = configured(tmp_path, outlet(site, more='[digest]\nformats = ["html", "json", "atom"]\n'))
        async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
            await daemon.once()
    folder = Path(config.digest.directory)
    told = entries((folder / "latest.atom").read_text(encoding="utf-8"))
    assert [name for name in told if not name.startswith("Idlib 1")] == ["Rain floods Idlib"]
    (related,) = told["Rain floods Idlib"].xpath("a:link[@rel='related']/@href", namespaces=ATOM)
    assert (folder / related).exists()
    model = json.loads((folder / "latest.json").read_text(encoding="utf-8"))
    assert [found["first"]["headline"] for found in model["watches"][0]["stories"]] == ["Rain floods Idlib"]
