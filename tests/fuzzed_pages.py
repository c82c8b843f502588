"""The bytes of pages: a grammar of HTML gone wrong, and what extraction makes of any of it."""

from __future__ import annotations

import re
from pathlib import Path

from fuzzed_feeds import CHARSETS, TYPES, VALUES, element, framed, refusal
from fuzzing import NOW, ODD, URL, Door, are_texts, is_line
from hypothesis import strategies as st

from monitor import worker
from monitor.demo import pages
from monitor.demo.outlets import demo_outlets
from monitor.errors import ExtractError
from monitor.extract import extract
from monitor.language import detect
from monitor.model import Article
from monitor.workers.answers import EXTRACT_KINDS, article, record

SELECTORS = (None, None, "article", "div.text > p", "body", "#none", "p:nth-child(2)", "*")


def law(example: tuple[bytes, str, str, int]) -> None:
    """Say that a page is an Article within all caps, or an ExtractError, and the same again."""
    body, said, title, number = example
    content_type = "".join(filter(str.isprintable, said))[:200]
    clean = " ".join(ODD.sub(" ", title).split())[:500]
    selector = SELECTORS[number % len(SELECTORS)]
    first, again = (_extracted(body, content_type, title=clean, selector=selector) for _ in range(2))
    assert first == again
    if not isinstance(first, Article):
        return
    answer = framed("article", worker._told(first))  # noqa: SLF001  the very frames
    assert record(answer, "article", read=article, kinds=EXTRACT_KINDS, error=ExtractError) == first
    assert are_texts(first.title, first.text, first.page, first.canonical)
    assert first.text.strip()
    assert first.title is None or is_line(first.title)
    language = detect(first.text, declared=first.language)
    assert language is None or re.fullmatch("[a-z]{2,3}", language)


def _extracted(body: bytes, content_type: str, *, title: str, selector: str | None) -> Article | tuple[str, str]:
    try:
        return extract(body, url=URL, content_type=content_type, title=title, language=None, selector=selector)
    except ExtractError as error:
        return refusal(error, EXTRACT_KINDS)


PARAGRAPH = "Rain fell for two nights on the camps north of Idlib, officials said, and the road to the hospital was closed. "
LD = '<script type="application/ld+json">{}</script>'
# fmt: off
TAGS = [
    "p", "div", "article", "main", "span", "a", "h1", "h2", "table", "tr", "td", "ul", "li", "nav", "footer", "aside",
    "section", "figure", "figcaption", "noscript", "template", "script", "style", "iframe", "svg", "math", "form", "button",
    "select", "option", "br", "hr", "img", "time", "blockquote", "pre", "body", "html", "head", "dl", "dt", "label", "textarea",
    "object", "frameset",
]
MARKS = [
    "", "", "", ' class="article-body"', ' class="related"', " hidden", ' style="display:none"', ' id="comments"', ' lang="ar"',
    ' datetime="2026-13-45"', ' href="#"', ' href="https://a.example/1"', ' itemprop="articleBody"', ' role="navigation"',
    " class=''", ' colspan="9007199254740992"', ' aria-hidden="true"', ' a="', " '", ' datetime="9999-12-31T23:59:59-23:59"',
]
HEADS = [
    '<meta charset="utf-8">', '<meta charset="windows-1251">', '<meta charset="x-user-defined">', "<title>Rain in Idlib",
    '<meta http-equiv="content-type" content="text/html; charset=utf-16">', '<link rel="canonical" href="/a/1">',
    '<link rel="canonical" href="http://[">', '<meta property="og:title" content="Rain">', '<base href="//x.example/">',
    '<meta property="article:published_time" content="9999-12-31T23:59:59-23:59">', '<meta name="robots" content="noindex">',
    '<html lang="xx-YY">', LD.format('{"@type":"NewsArticle","articleBody":"' + PARAGRAPH * 4 + '","headline":"Rain"}'),
    LD.format("[[[[{]"), LD.format('{"@graph":[{"@type":["Article",5]},null]}'), LD.format("[" * 3000),
    LD.format('{"headline":{"a":1}}'),
    LD.format('{"@type":"NewsArticle","datePublished":99999999999999999999,"isAccessibleForFree":"false"}'),
    LD.format('{"@type":"Article","articleBody":["a",{"b":2}],"inLanguage":{"alternateName":7},"mainEntityOfPage":[[]],"author":0}'),
]
# fmt: on

PARTS = st.recursive(
    st.sampled_from([PARAGRAPH, PARAGRAPH, "Rain", *VALUES]), lambda inside: element(TAGS, MARKS, inside), max_leaves=12
)
HTML = st.builds(
    lambda top, heads, parts, charset: f"{top}{''.join(heads)}{''.join(parts)}".encode(charset, "replace"),
    st.sampled_from(["<!DOCTYPE html><html>", "", "<html><body>", "<?xml version='1.0'?><html>", "\ufeff", "<frameset>"]),
    st.lists(st.sampled_from(HEADS), max_size=3),
    st.lists(PARTS, max_size=5),
    st.sampled_from(CHARSETS),
)
MADE = tuple(path.read_bytes() for path in sorted((Path(__file__).parent / "data" / "pages").glob("*.html"))[::4])
DEMO = tuple(
    pages.page(one, one.items[0], home="http://127.0.0.1:8700", start=NOW, is_edited=False) for one in demo_outlets() if one.items
)
EXTRACT = Door(
    name="extract",
    grammar=st.tuples(
        HTML,
        st.sampled_from(["text/html", "text/html; charset=utf-8", "application/xhtml+xml", *TYPES]),
        st.sampled_from(["Rain", "", PARAGRAPH, "إدلب"]),
        st.integers(0, 7),
    ),
    law=law,
    seeds=tuple((body, "text/html", "Rain in Idlib", 0) for body in (*DEMO, *MADE) if len(body) < 15_000),
    words=(
        *(*VALUES, *HEADS, *MARKS, "<div>" * 400, PARAGRAPH, "{", "}", '"', "\\u", "\\ud800"),
        *(mark.format(name) for name in TAGS for mark in ("<{}>", "</{}>")),
    ),
)
