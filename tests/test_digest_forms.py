"""What every form of the digest tells alike: page, mail, text, Markdown, feed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from briefs import OUTLETS, START, STOP, brief, carrier, finding, firsts, gap, match, quiet, told
from lxml import html as lxml_html

from monitor.model import Digest, NumberChange, OutletId, PlanId, StoryFound, Watch, WatchFindings, WatchId
from monitor.render import atom, html, mail, markdown, plain


def _text(document: str) -> str:
    return lxml_html.document_fromstring(document.encode(), parser=lxml_html.HTMLParser(encoding="utf-8")).text_content()


def _contents(feed: str) -> str:
    return " ".join(_text(_text(one)) for one in re.findall(r'<content type="html">(.*?)</content>', feed, re.DOTALL))


FORMS: dict[str, Callable[[Digest], str]] = {
    "html": lambda one: _text(html.digest(one)),
    "mail": lambda one: _text(mail.page(one)),
    "mail_text": mail.text,
    "plain": plain.digest,
    "markdown": lambda one: re.sub(r"\\(?=\W)|\*\*", "", markdown.digest(one)),
    "atom": lambda one: _contents(atom.digest(one)),
}
every_form = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
Form = Callable[[Digest], str]


def spaced(text: str) -> str:
    return " ".join(text.split())


@every_form
def test_a_digest_of_some_watches_and_outlets_says_which_it_is_and_what_it_leaves_out(form: Form) -> None:
    told = spaced(form(replace(brief(), plan=PlanId("crossings"), watches_left_out=3, outlets_left_out=2)))
    assert "The digest Crossings. Of 9 watches it tells of 6; of 15 outlets of 13." in told
    assert "Of 15 outlets it tells of 13." in spaced(form(replace(brief(), outlets_left_out=2)))
    whole = spaced(form(brief()))
    assert "it tells of" not in whole
    assert "The digest " not in whole


@every_form
def test_silence_is_told_of_the_digests_own_watches_where_it_has_not_all(form: Form) -> None:
    assert "Nothing matched a watch of this digest" in spaced(form(replace(quiet(), watches_left_out=3)))
    assert "Nothing matched any watch" in spaced(form(quiet()))


def _edited(title: str, was: str, now: str) -> Digest:
    """Give a digest of one story, whose only sentence was edited since it was found."""
    one = finding(1, "idlib", "relief-desk", title=title, seen=STOP - timedelta(hours=1), matches=[match("idlib", "Idlib", was)])
    one = replace(one, rewritten=((was, now),), edit="changed" if now else "gone")
    story = told(1, carrier(1, "relief-desk", one.seen_at, copied=None))
    found = StoryFound(story_id=story.id, finding=one, items=1)
    watch = WatchFindings(watch=Watch(id=WatchId("idlib"), any=("Idlib",)), last_match=None, stories=(found,), items=1, outlets=1)
    return replace(brief(), watches=(watch,), stories=(story,), edits=())


@every_form
def test_a_sentence_that_was_edited_is_quoted_as_it_reads_now(form: Form) -> None:
    was, now = "Rain flooded 85 tents near Idlib.", "Rain flooded 120 tents in camps near Idlib city."
    shown = spaced(form(_edited("Rain", was, now)))
    assert "flooded 120 tents in camps near" in shown
    assert "85 tents" not in shown


@every_form
def test_a_sentence_that_an_edit_took_out_is_not_quoted(form: Form) -> None:
    shown = spaced(form(_edited("Rain", "Rain flooded 85 tents near Idlib.", "")))
    assert "85 tents" not in shown
    assert "taken out since" in shown


def test_the_word_is_marked_where_it_still_stands_and_nowhere_else() -> None:
    was = "Rain flooded tents near Idlib."
    marked = html.digest(_edited("Rain", was, "Rain flooded tents near Idlib; Idlibian officials went to Idlib."))
    assert len(re.findall("<mark>Idlib</mark>", marked)) == 2
    assert "<mark>" not in html.digest(_edited("Rain", was, "Rain flooded tents near Aleppo.")).split("<main")[1]


@every_form
@pytest.mark.parametrize("made", [brief, quiet])
def test_a_watch_that_is_asked_of_some_outlets_only_names_them(form: Form, made: Callable[[], Digest]) -> None:
    def asked(outlets: frozenset[OutletId]) -> str:
        one = made()
        group = replace(one.watches[0], watch=replace(one.watches[0].watch, outlets=outlets))
        return spaced(form(replace(one, watches=(group, *one.watches[1:]))))

    assert "only at Relief Desk, Kuzey Sınır" in asked(frozenset({OutletId("kuzey-sinir"), OutletId("relief-desk")}))
    assert "Relief Desk, and 8 more outlets" in asked(frozenset(map(OutletId, OUTLETS)))
    assert "only at" not in spaced(form(made()))


# a feed has no such panel
@pytest.mark.parametrize("form", [FORMS[name] for name in FORMS if name != "atom"])
def test_who_was_first_is_told_by_polls_alone_and_once(form: Form) -> None:
    told_some = spaced(form(brief()))
    told_none = spaced(form(replace(brief(), firsts=replace(firsts(), outlets=()))))
    assert "Outlets’ own dates are not counted" in told_some
    assert "Of 23 stories more polling can’t tell who had them first." in told_some
    assert told_none.count("can polling tell who had it first") == 1
    assert "polling can’t tell who had them first" not in told_none


@every_form
def test_numbers_that_are_not_told_are_counted(form: Form) -> None:
    changed = tuple(NumberChange(before=str(number), after=str(number + 1), sentence="") for number in (41, 52, 63))
    one, story = brief(), brief().stories[0]
    assert story.trail is not None
    steps = tuple(replace(step, copy=replace(step.copy, numbers=changed)) if step.copy else step for step in story.trail.steps)
    told = spaced(form(replace(one, stories=(replace(story, trail=replace(story.trail, steps=steps)), *one.stories[1:]))))
    assert "41 → 42, 52 → 53, and 1 more number" in told
    assert "more number" not in spaced(form(one))


def test_a_copy_is_called_one_on_the_page_for_eyes_as_well() -> None:
    page = lxml_html.document_fromstring(html.digest(brief()))
    carriers = [one for one in page.xpath("//ul[@class='carriers']/li") if one.xpath(".//*[@class='dot copy']")]
    assert carriers
    for one in carriers:
        assert "copy" in "".join(one.xpath(".//text()[not(ancestor::*[@class='unseen'])]"))


@every_form
def test_one_item_and_one_minute_are_told_as_one(form: Form) -> None:
    note = replace(gap("first_poll"), count=1)
    told = spaced(form(replace(brief(), notes=(note,), start=STOP - timedelta(seconds=20))))
    assert "as first seen in the minute from" in told
    assert "did not alert on 1 item that matched and stands below: it was too old" in told
    assert "when its feed was polled for the first time" in told
    many = "did not alert on 3 items that matched and stand below: they were too old, or without a date, when their feeds were"
    assert many in spaced(form(brief()))


@pytest.mark.parametrize("form", [mail.text, FORMS["mail"]], ids=["mail_text", "mail"])
def test_a_mail_names_each_table_that_may_have_sent_it(form: Form) -> None:
    told = spaced(form(replace(brief(), plan=PlanId("health"))))
    assert "out of send under [digest] or [digest.health] in config.toml" in told
    assert "out of send under [digest] in config.toml" in spaced(form(brief()))


# a feed tells every story in full
@pytest.mark.parametrize("form", [FORMS[name] for name in FORMS if name != "atom"])
def test_a_story_in_one_line_says_its_date_where_that_is_before_the_window(form: Form) -> None:
    one = brief(minors=14)
    clinics = next(group for group in one.watches if group.watch.id == "clinics")
    last = clinics.stories[-1]
    old = replace(last, finding=replace(last.finding, published=START - timedelta(days=9)))
    groups = (replace(group, stories=(*group.stories[:-1], old)) if group is clinics else group for group in one.watches)
    assert "Relief Desk, published 13 November 06:00" in spaced(form(replace(one, watches=tuple(groups))))
    assert "Relief Desk, published" not in spaced(form(one))
