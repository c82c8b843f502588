"""Pages as outlets make them: what is the article, what is not, and what speaks against it."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import ExtractError
from monitor.extract import extract
from monitor.model import Article

URL = "https://orontes-post.example/a/1"
TITLE = "Night rain floods tents in Harim camps"
BODY = (
    "Rain fell on the camps north of Harim for two nights, and officials said that about 120 tents were flooded.",
    "Families were moved to schools in the town while volunteers dug channels to lead the water away from the road.",
    "Aid groups asked for blankets and dry food for the coming week, when more rain is expected in the valley.",
    "The bridge to the clinic stayed open, a nurse said, but cars could reach it from the eastern side only.",
)
NAV = "<nav><ul><li><a href='/'>Startpage</a><li><a href='/sport'>Sportdesk</a><li><a href='/w'>Weatherdesk</a></ul></nav>"
RELATED = (
    "<aside class='related'><h3>Relatedstories</h3><ul>"
    "<li><a href='/2'>Marketnews prices fall</a><li><a href='/3'>Footballnews</a></ul></aside>"
)
COMMENTS = (
    "<div id='comments' class='comments'><h3>Readers</h3><div class='comment'>"
    "<p>Commenttroll says this is all wrong, of course.</p></div></div>"
)
FOOTER = "<footer><p>Copyrightline 2026 Orontes Post. All rights reserved.</p></footer>"
NEVER = ("Startpage", "Sportdesk", "Relatedstories", "Marketnews", "Footballnews", "Commenttroll", "Copyrightline")


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def page(main: str, *, head: str = "", title: str = TITLE, lang: str = "en") -> str:
    top = f"<meta charset='utf-8'><title>{title}</title>{head}"
    return f"<!DOCTYPE html><html lang='{lang}'><head>{top}</head><body>{main}</body></html>"


def read(
    html: str | bytes, *, title: str = TITLE, url: str = URL, content_type: str = "text/html", language: str | None = None
) -> Article:
    body = html.encode() if isinstance(html, str) else html
    return extract(body, url=url, content_type=content_type, title=title, language=language)


MODERN = page(
    f"<header>{NAV}</header><main><article><h1>{TITLE}</h1>{paragraphs(*BODY)}</article>{RELATED}{COMMENTS}</main>{FOOTER}"
)
DIVS = page(
    f"<div id='top' class='menu'><a href='/'>Startpage</a> <a href='/sport'>Sportdesk</a></div><div class='post'><h2>{TITLE}</h2>"
    f"<div class='entry-content'>{paragraphs(*BODY)}</div></div><div class='sidebar'>"
    "<h3>Relatedstories</h3><ul><li><a href='/2'>Marketnews prices"
    f"</a></li><li><a href='/3'>Footballnews</a></li></ul></div>{COMMENTS}{FOOTER}"
)
OLD = (
    "<html><body bgcolor=white><table width=100%><tr><td colspan=2><a href=/>Startpage</a> | <a href=/s>Sportdesk</a></td></tr>"
    f"<tr><td><font size=5><b>{TITLE}</b></font><br><br>{'<br><br>'.join(BODY)}</td>"
    "<td><b>Relatedstories</b><br><a href=/2>Marketnews prices fall in the valley</a><br>"
    "<a href=/3>Footballnews</a></td></tr></table></body></html>"
)
STATE = page(
    f"<div id='header'><h1>Radio Levant</h1></div><div id='menu'>{NAV}</div><div id='content'><div class='item-page'>"
    f"<h2>{TITLE}</h2><p>Harim, August 20 (RL)-- {BODY[0]}</p>{paragraphs(*BODY[1:])}"
    "<p>The camps have stood there since March 2011.</p></div></div>"
    f"<div class='moduletable'><h3>Relatedstories</h3><ul><li><a href='/2'>Marketnews</a></li></ul></div>{FOOTER}",
    head="<!-- <link rel='canonical' href='/x'><meta property='og:title' content='Commented out'> -->",
    title="Radio Levant - " + TITLE,
)


@pytest.mark.parametrize("html", [MODERN, DIVS, OLD, STATE], ids=["modern", "divs", "old tables", "state broadcaster"])
def test_the_article_is_read_and_what_stands_round_it_is_not(html: str) -> None:
    article = read(html)
    for text in BODY:
        assert text in article.text
    for word in NEVER:
        assert word not in article.text
    assert (article.source, article.doubt) == ("page", None)


def test_a_site_that_tells_nothing_of_its_article_is_believed_nothing() -> None:
    article = read(STATE)
    assert article.title is None
    assert article.published is None


@pytest.mark.parametrize(
    "html", ["<h1>{}</h1><p>{}</p>", "<html><body><h1>{}</h1><p>{}</p></body></html>", "<h1>{}</h1>{}<br>", "<div>{}<br>{}</div>"]
)
def test_a_short_plain_page_gives_its_two_sentences(html: str) -> None:
    text = (
        "The bridge at Harim reopened on Monday after a week. Traffic on it is light, a driver said in the evening, and "
        "more is expected."
    )
    article = read(html.format("Bridge at Harim reopens", text), title="Bridge at Harim reopens")
    assert text in article.text
    assert article.doubt is None


ARABIC = ("هطلت الأمطار على مخيمات شمال إدلب ليلتين متتاليتين، وقال مسؤولون إن نحو مئة وعشرين خيمة غمرتها المياه.",) * 2 + (
    "ونقلت العائلات إلى مدارس البلدة بينما حفر المتطوعون قنوات لإبعاد المياه عن الطريق المؤدي إلى المشفى.",
)
RUSSIAN = (
    "Дождь шёл над лагерями к северу от Идлиба две ночи, и чиновники сообщили, что затоплено около ста двадцати палаток.",
    "Семьи перевезли в школы города, а добровольцы рыли каналы, чтобы отвести воду от дороги к больнице.",
)


@pytest.mark.parametrize(
    ("html", "content_type"),
    [
        (page(NAV + f"<article><h1>T</h1>{paragraphs(*RUSSIAN)}</article>").encode(), "text/html"),
        (page(NAV + f"<article><h1>T</h1>{paragraphs(*RUSSIAN)}</article>").encode(), "text/html; charset=iso-8859-1"),
        (
            f"<html><head><meta charset=windows-1251></head><body><h1>T</h1>{paragraphs(*RUSSIAN)}</body></html>".encode(
                "cp1251"
            ),
            "text/html",
        ),
        (f"<html><body><h1>T</h1>{paragraphs(*RUSSIAN)}</body></html>".encode("cp1251"), "text/html; charset=windows-1251"),
        (
            f"<html><head><meta charset=windows-1251></head><body>{paragraphs(*RUSSIAN)}</body></html>".encode("cp1251"),
            "text/html; charset=utf-8",
        ),
        (f"<html><head><meta charset=windows-1251></head><body>{paragraphs(*RUSSIAN)}</body></html>".encode(), "text/html"),
        (f"<html><body>{paragraphs(*RUSSIAN)}</body></html>".encode("utf-16"), "text/html"),
        (
            f"<?xml version='1.0' encoding='utf-8'?><html><body>{paragraphs(*RUSSIAN)}</body></html>".encode(),
            "application/xhtml+xml",
        ),
        (
            page(f"<h1>T</h1>{paragraphs(*RUSSIAN)}")
            .encode()
            .replace(b"charset='utf-8'", b"", 1)
            .replace("школы".encode(), b"\xe9 \xff"),
            "text/html",
        ),
    ],
)
def test_a_page_is_read_in_its_own_letters_whatever_is_declared(html: bytes, content_type: str) -> None:
    assert RUSSIAN[0] in read(html, content_type=content_type).text


def test_an_arabic_page_is_read() -> None:
    article = read(
        page(
            NAV + f"<article><h1>أمطار تغمر خيام إدلب</h1>{paragraphs(*ARABIC)}</article>",
            title="أمطار تغمر خيام إدلب",
            lang="ar-SY",
        ),
        title="أمطارٌ تغمر خيام إدلب",
    )
    assert ARABIC[2] in article.text
    assert (article.language, article.doubt) == ("ar", None)


def test_what_is_known_of_the_language_is_believed_before_the_page() -> None:
    assert read(MODERN, language="ar").language == "ar"


@pytest.mark.parametrize("reference", ["&#xD800;", "&#55357;", "&#0;", "\x00", "\ufffe"])
def test_what_is_no_character_does_not_end_the_text(reference: str) -> None:
    article = read(MODERN.replace("two nights", f"two{reference} nights"))
    assert BODY[3] in article.text
    article.text.encode()


def ld(**said: object) -> str:
    return f"<script type='application/ld+json'>{json.dumps({'@type': 'NewsArticle'} | said)}</script>"


def test_structured_sources_tell_title_and_date() -> None:
    main = f"<article><h1>{TITLE}</h1>{paragraphs(*BODY)}</article>"
    by_ld = read(page(main, head=ld(headline="Rain &amp; floods", datePublished="2026-11-22T08:00:00+03:00")))
    assert (by_ld.title, by_ld.published) == ("Rain & floods", datetime(2026, 11, 22, 5, tzinfo=UTC))
    graph = (
        "<script type='application/ld+json'>"
        + json.dumps({"@graph": [{"@type": ["Thing", "NewsArticle"], "datePublished": "2026-11-22"}]})
        + "</script>"
    )
    assert read(page(main, head=graph)).published == datetime(2026, 11, 22, tzinfo=UTC)
    by_meta = read(page(main, head="<meta property='article:published_time' content='2026-11-22T05:00:00Z'>"))
    assert by_meta.published == datetime(2026, 11, 22, 5, tzinfo=UTC)
    by_time = read(page("<time datetime='2026-11-22'>yesterday</time>" + main))
    assert by_time.published == datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    "main",
    [
        "<time datetime='2026-11-22'>a</time><time datetime='2026-11-21'>b</time>",
        "<time datetime='soon'>a</time>",
        "<time datetime='0001-01-01T00:00:00+14:00'>a</time>",
        "<time datetime='1970-01-01'>a</time>",
        '<script type=\'application/ld+json\'>{"@type": "NewsArticle", "datePublished": 5}</script>',
        '<script type=\'application/ld+json\'>{"@type": "NewsArticle", "datePublished</script>',
        "<script type='application/ld+json'>" + "[" * 9_000 + "</script>",
        "<p>Published on 22 November 2026</p>",
    ],
)
def test_a_date_is_never_guessed(main: str) -> None:
    assert read(page(main + f"<article><h1>{TITLE}</h1>{paragraphs(*BODY)}</article>")).published is None


def test_json_ld_stands_in_where_the_page_gives_little() -> None:
    article = read(page(f"<h1>{TITLE}</h1><p>Loading the story.</p>", head=ld(articleBody="\n".join(BODY))))
    assert (article.source, article.text, article.doubt) == ("json-ld", "\n".join(BODY), None)


def test_json_ld_does_not_displace_what_was_read() -> None:
    assert read(MODERN.replace("</head>", ld(articleBody="x " * 9_000) + "</head>")).source == "page"


SHORT = paragraphs(BODY[0], BODY[1])


@pytest.mark.parametrize(
    ("html", "url", "doubt"),
    [
        (page(f"<h1>{TITLE}</h1>{SHORT}<p>To continue reading, subscribe now.</p>"), URL, "paywall"),
        (page(f"<h1>{TITLE}</h1>{SHORT}", head=ld(isAccessibleForFree=False)), URL, "paywall"),
        (page(f"<h1>{TITLE}</h1>{SHORT}", head=ld(isAccessibleForFree="False")), URL, "paywall"),
        (page(f"<h1>{TITLE}</h1>{SHORT}<p>Оформите подписку, чтобы читать дальше.</p>"), URL, "paywall"),
        (
            page(
                "<h1>Before you go on</h1><p>We use cookies. We and our 800 partners store data. "
                "Accept all cookies or manage choices.</p>"
            ),
            URL,
            "consent",
        ),
        (MODERN, "https://consent.orontes-post.example/x", "consent"),
        (MODERN, "https://login.orontes-post.example/x", "wall"),
        (MODERN, "https://orontes-post.example/login?next=/a/1", "wall"),
        (page(f"<h1>Just a moment...</h1>{SHORT}", title="Just a moment..."), URL, "wall"),
        (
            page("<p>Checking if the site connection is secure.</p><script src='/cdn-cgi/challenge-platform/x.js'></script>"),
            URL,
            "wall",
        ),
        (page("<div id='root'></div><noscript></noscript><p>Please enable JavaScript to run this app.</p>"), URL, "javascript"),
        (
            page("<h1>Page not found</h1><p>The page that you look for has moved. Try the search.</p>", title="404"),
            URL,
            "soft_404",
        ),
        (
            page(f"<h1>Orontes Post</h1>{paragraphs(*['Quite another matter fills this page today.'] * 40)}", title="Orontes"),
            "https://orontes-post.example/",
            "soft_404",
        ),
        (page(f"<h1>{TITLE}</h1>{SHORT}<p>Volunteers dug channels to lead …</p>"), URL, "cut"),
        (page(f"<h1>{TITLE}</h1><p>Rain fell in Harim.</p>"), URL, "short"),
        (
            page(
                "<h1>Football results</h1>" + paragraphs(*["Quite another matter fills this page today."] * 40), title="Football"
            ),
            URL,
            "other_page",
        ),
    ],
)
def test_what_speaks_against_a_page_is_marked_and_its_text_kept(html: str, url: str, doubt: str) -> None:
    article = read(html, url=url)
    assert article.doubt == doubt
    assert article.text


@pytest.mark.parametrize(
    "title",
    [
        "NIGHT RAIN FLOODS TENTS IN HARIM CAMPS",
        "Rain floods tents – Harim",
        "Night rain floods tents in Harim camps | Orontes Post",
        "",
        "!!!",
    ],
)
def test_a_headline_in_other_words_or_case_is_no_doubt(title: str) -> None:
    assert read(MODERN, title=title).doubt is None


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (b"%PDF-1.7 ...", "text/html", "not_html"),
        (b"\x89PNG\r\n", "image/png", "not_html"),
        (b"{}", "application/json", "not_html"),
        (b"just words", "text/html", "not_html"),
        (b"<html><body>" + bytes(range(256)) * 40, "text/html", "not_html"),
        (b"", "text/html", "empty"),
        (b"<html></html>", "text/html", "empty"),
        (b"<html><body><div id='root'></div><script>go()</script></body></html>", "text/html", "empty"),
        (b"<p>" + b"x" * 2_000_001, "text/html", "too_big"),
        (b"<p " + b"".join(b"a%d=1 " % n for n in range(20_000)) + b">x", "text/html", "hostile"),
        (b"<p title='" + b"x" * 70_000, "text/html", "hostile"),
    ],
)
def test_h25_what_is_no_page_is_refused_by_its_kind(body: bytes, content_type: str, kind: str) -> None:
    with pytest.raises(ExtractError) as caught:
        read(body, content_type=content_type)
    assert caught.value.kind == kind


def test_a_big_script_is_no_big_tag() -> None:
    script = "<script>var x = a<b; var y = '" + "z" * 100_000 + "';</script>"
    assert BODY[3] in read(MODERN.replace("<article>", script + "<article>")).text


def test_h25_odd_but_harmless_pages_are_read() -> None:
    table = "<table><tr><td colspan='9007199254740992'>Tents: 120</td></tr></table>"
    assert BODY[0] in read(MODERN.replace("</article>", table + "</article>")).text
    assert BODY[0] in read(MODERN.replace("<!DOCTYPE html>", '<!DOCTYPE html [<!ENTITY a "b">]>')).text


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: page(text).encode("utf-8", "surrogatepass"))))
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_an_article_or_an_extract_error(body: bytes) -> None:
    try:
        article = read(body)
    except ExtractError:
        return
    article.text.encode()
    assert article.text.strip()


def test_a_headline_printed_without_a_heading_is_no_other_page_and_one_in_a_link_is() -> None:
    title = "Brigade of doctors returns after six months abroad"
    story = "<p>" + "Port officials spoke of the weather and of the harvest in the north. " * 20 + "</p>"
    for wrapped, doubt in ((f"<div class=hd> {title} </div>", None), (f"<a href=/1>{title}</a>", "other_page")):
        body = f"<html><head><title>Radio</title></head><body><h1>Radio</h1>{story}{wrapped}{story}</body></html>".encode()
        article = extract(body, url="https://radio.example/3", content_type="text/html", title=title, language="en")
        assert article.doubt == doubt
