"""What every form of the digest tells alike: page, mail, text, Markdown, feed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from briefs import brief, quiet
from lxml import html as lxml_html

from monitor.model import Digest, PlanId
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
