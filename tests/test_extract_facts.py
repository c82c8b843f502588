"""What a page says of itself, an outlet's selector, and what is never taken out of a page whatever it is called."""

import json
from datetime import UTC, datetime

import pytest
from test_extract import BODY, MODERN, TITLE, URL, ld, page, paragraphs, read

from monitor.extract import extract
from monitor.model import Article

MAIN = f"<article><h1>{TITLE}</h1>{paragraphs(*BODY)}</article>"


def chosen(html: str, selector: str) -> Article:
    return extract(html.encode(), url=URL, content_type="text/html", title=TITLE, language="en", selector=selector)


# ---------------------------------------------------------------- an outlet's selector

ODD = page(
    f"<div id='menu'>Menu</div><div class='cell'>One <b>first</b><script>no()</script><nav>Nav</nav><p hidden>Hidden</p></div>"
    f"<div class='other'>{paragraphs(*BODY)}</div><div class='cell'>Two<div class='cell'>Three</div>"
    "<p style='display:none'>x</p></div>"
)


@pytest.mark.parametrize(
    ("selector", "text"),
    [
        (".cell", "One first\nTwo\nThree"),
        ("div.cell:not(.cell .cell)", "One first\nTwo\nThree"),
        (".cell .cell, .cell", "One first\nTwo\nThree"),
        ("DIV.cell > .cell", "Three"),
        (".other p:nth-of-type(2)", BODY[1]),
    ],
)
def test_what_a_selector_selects_is_read_in_the_pages_order_and_once(selector: str, text: str) -> None:
    article = chosen(ODD, selector)
    assert (article.text, article.source) == (text, "selector")


@pytest.mark.parametrize("selector", [".nowhere", "#menu nav", "script", "x|p", "((("])
def test_where_a_selector_gives_no_text_the_page_is_read_as_any(selector: str) -> None:
    article = chosen(ODD, selector)
    assert article.source == "page"
    assert BODY[3] in article.text


def test_a_selector_is_the_desks_word_whatever_the_element_is_called() -> None:
    html = page(f"<div id='comments' class='sidebar'><p>{BODY[0]}</p><div class='share'>Share</div></div>{MAIN}")
    assert chosen(html, "#comments").text == BODY[0]


def test_a_selected_text_is_doubted_as_any() -> None:
    assert chosen(ODD, ".cell .cell").doubt == "short"
    other = page(f"<div id='c'>{BODY[0]}</div>", title="Cooking").replace("Rain", "Soup")
    assert (
        extract(other.encode(), url=URL, content_type="", title="Chess final", language=None, selector="#c").doubt == "other_page"
    )


# ---------------------------------------------------------------- the address that a page calls its own


@pytest.mark.parametrize(
    ("head", "address"),
    [
        ("<link rel='canonical' href='https://orontes-post.example/rain'>", "https://orontes-post.example/rain"),
        ("<link rel='alternate CANONICAL' href='/rain?id=1#top'>", "https://orontes-post.example/rain?id=1#top"),
        ("<link href='//www.orontes-post.example/rain' rel=canonical>", "https://www.orontes-post.example/rain"),
        ("<meta property='og:url' content='https://orontes-post.example/og'>", "https://orontes-post.example/og"),
        ("<link rel='canonical' href='/a'><meta property='og:url' content='/b'>", "https://orontes-post.example/a"),
        (
            "<link rel='canonical' href='/a'><link rel='canonical' href='https://orontes-post.example/a'>",
            URL[:-1].replace("/a/", "/a"),
        ),
        ("<link rel='canonical' href='/a'><link rel='canonical' href='/b'>", None),
        ("<link rel='canonical' href='javascript:alert(1)'><meta property='og:url' content='/b'>", None),
        ("<link rel='canonical' href=''>", None),
        ("<link rel='canonical' href='https://u:p@orontes-post.example/'>", None),
        ("<!-- <link rel='canonical' href='/a'> -->", None),
        ("<script>'<link rel=canonical href=/a>'</script>", None),
        ("", None),
    ],
)
def test_a_pages_own_address_is_taken_where_it_names_one_that_may_be_linked(head: str, address: str | None) -> None:
    assert read(page(MAIN, head=head)).canonical == address


def test_an_address_that_a_reader_left_in_a_comment_is_not_the_pages() -> None:
    comment = "<div class='comment'><link rel='canonical' href='https://elsewhere.example/'>Nice.</div>"
    own = "<link rel='canonical' href='https://orontes-post.example/rain'>"
    assert read(page(MAIN + comment, head=own)).canonical == "https://orontes-post.example/rain"


# ---------------------------------------------------------------- title and date


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (ld(headline="Orontes Post", publisher={"name": "Orontes Post"}), None),
        (ld(headline="ORONTES POST", publisher={"name": "Orontes Post"}) + "<meta property='og:title' content='Rain'>", "Rain"),
        ("<meta property='og:site_name' content='Orontes Post'><meta property='og:title' content='Orontes Post'>", None),
        ("<meta property='og:site_name' content='Orontes Post'><meta property='og:title' content='Rain | Orontes Post'>", "Rain"),
        ("<meta property='og:site_name' content='Post'><meta property='og:title' content='Rain - a song'>", "Rain - a song"),
        (
            "<meta property='og:title' content='Rain – and hail – Post'><meta property='og:site_name' content='Post'>",
            "Rain – and hail",
        ),
        (ld(headline=5), None),
        ("<meta property='og:title' content=''>", None),
    ],
)
def test_a_sites_name_is_no_headline(head: str, title: str | None) -> None:
    assert read(page(MAIN, head=head)).title == title


NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("head", "published"),
    [
        (ld(datePublished="2026-11-22T12:00:00"), NOON),
        (ld(datePublished="2026-11-22T15:00:00+0300"), NOON),
        (ld(datePublished="2026-11-22T12:00:00.000Z"), NOON),
        (ld(datePublished=["2026-11-22"]), None),
        ("<meta property='article:published_time' content='Sun, 22 Nov 2026 12:00:00 GMT'>", NOON),
        ("<meta property='article:published_time' content='22/11/2026'>", None),
        ("<meta property='article:published_time' content='22 November 2026'>", None),
        ("<meta property='article:modified_time' content='2026-11-22T12:00:00Z'>", None),
        ("<meta name='DC.date.issued' content='2026-11-22T12:00:00Z'>", NOON),
        ("<meta itemprop='datePublished' content='2026-11-22T12:00:00Z'>", NOON),
        ("<meta itemprop='dateModified' content='2026-11-22T12:00:00Z'>", None),
        ("<meta itemprop='datePublished' content='2026-11-22'><meta itemprop='datePublished' content='2026-11-21'>", None),
    ],
)
def test_a_date_is_taken_where_it_is_marked_as_the_publications(head: str, published: datetime | None) -> None:
    assert read(page(MAIN, head=head)).published == published


@pytest.mark.parametrize(
    ("main", "published"),
    [
        ("<header><time datetime='2026-11-22T12:00Z'>today</time> The Post</header>" + MAIN, None),
        (MAIN.replace("</h1>", "</h1><time datetime='2026-11-22T12:00Z'>noon</time>"), NOON),
        (MAIN.replace("<h1>", "<time datetime='2026-11-22T12:00Z'>noon</time><h1>"), NOON),
        (MAIN + "<ul class=c><li><time datetime='2026-11-22T12:00Z'>noon</time> I agree.</li></ul>", None),
        (MAIN.replace("</h1>", "</h1><time datetime='2026-11-22'>a</time><time datetime='2026-11-23'>b</time>"), None),
        (MAIN.replace("</h1>", "</h1><time>noon</time>"), None),
    ],
)
def test_a_time_is_the_articles_where_it_stands_in_it(main: str, published: datetime | None) -> None:
    assert read(page(main)).published == published


def test_of_several_articles_that_a_page_describes_its_own_is_believed() -> None:
    kind = {"@type": "NewsArticle"}
    others = [kind | {"headline": "Hail", "datePublished": "2026-11-01", "url": "https://orontes-post.example/hail"}]
    own = kind | {"headline": "Floods in the camps", "datePublished": "2026-11-22T12:00:00Z", "mainEntityOfPage": {"@id": URL}}
    script = "<script type='application/ld+json'>{}</script>"
    assert read(page(MAIN, head=script.format(json.dumps([*others, own])))).published == NOON
    by_name = own | {"mainEntityOfPage": None, "headline": TITLE}
    assert read(page(MAIN, head=script.format(json.dumps({"@graph": [*others, by_name]})))).published == NOON
    neither = own | {"mainEntityOfPage": None}
    assert read(page(MAIN, head=script.format(json.dumps([*others, neither])))).published is None


# ---------------------------------------------------------------- language

ARABIC = "هطلت الأمطار على مخيمات شمال إدلب ليلتين متتاليتين، وقال مسؤولون إن نحو مئة وعشرين خيمة غمرتها المياه. "
JAPANESE = "キャンプに二晩続けて雨が降り、およそ百二十のテントが水につかったと当局は話した。"


@pytest.mark.parametrize(
    ("lang", "text", "language"),
    [
        ("en", ARABIC * 3, None),
        ("ar", BODY[0] * 3, None),
        ("en-US", BODY[0] * 3, "en"),
        ("ar", ARABIC * 3 + BODY[0], "ar"),
        ("fa", ARABIC * 3, "fa"),
        ("ja", JAPANESE * 3, "ja"),
        ("zh", JAPANESE * 3, None),
        ("ku", ARABIC * 3, "ku"),
        ("ku", BODY[0] * 3, "ku"),
        ("xx", ARABIC * 3, "xx"),
        ("ru", BODY[0] * 3, None),
    ],
)
def test_a_page_is_not_believed_a_language_that_its_letters_cannot_be(lang: str, text: str, language: str | None) -> None:
    assert read(page(f"<article><p>{text}</p></article>", lang=lang), title="").language == language


# ---------------------------------------------------------------- what may be the article stays

NAMES = """
    sidebar related comments comment newsletter promo ad ads share tags menu nav breaking cookie consent modal popup footer
    most-read popular site-header author-bio subscribe ticker pagination widget-area sponsored social-media
""".split()  # noqa: SIM905 - so many names are read more easily so


@pytest.mark.parametrize("name", NAMES)
def test_what_holds_the_article_is_read_whatever_it_is_called(name: str) -> None:
    for main in (
        f"<div class='{name}'><h1>{TITLE}</h1>{paragraphs(*BODY)}</div><p>Small print.</p>",
        f"<h1>{TITLE}</h1><div class='main {name}' id='{name}'>{paragraphs(*BODY)}</div>",
        f"<body class='{name}'><div id='{name}-wrap'><h1>{TITLE}</h1><div>{paragraphs(*BODY)}</div></div>",
    ):
        article = read(page(main))
        assert all(text in article.text for text in BODY), main


@pytest.mark.parametrize("name", NAMES)
def test_names_that_stand_on_every_piece_of_the_article_say_nothing(name: str) -> None:
    pieces = "".join(f"<section class='{name}'><p>{text}</p></section>" for text in BODY)
    assert all(text in read(page(f"<h1>{TITLE}</h1>{pieces}")).text for text in BODY)


@pytest.mark.parametrize("tag", ["nav", "aside", "footer", "header", "form", "dialog", "section hidden", "div aria-hidden=true"])
def test_what_holds_the_article_is_read_whatever_it_is_marked_as(tag: str) -> None:
    name = tag.split(maxsplit=1)[0]
    article = read(page(f"<{tag}><h1>{TITLE}</h1>{paragraphs(*BODY)}</{name}><p>Small print.</p>"))
    assert all(text in article.text for text in BODY)


def test_a_long_dialog_makes_no_article_seem_small() -> None:
    dialog = f"<div role='dialog'><p>{'We and our partners care about your privacy. ' * 60}</p></div>"
    for attribute in ("class='sidebar'", "style='visibility: hidden'", "aria-hidden='true'"):
        article = read(page(f"{dialog}<h2>Weather</h2><div {attribute}>{paragraphs(*BODY)}</div><p>Small print.</p>"))
        assert all(text in article.text for text in BODY)
        assert "privacy" not in article.text


def test_a_state_in_a_name_is_no_name() -> None:
    wrapped = MODERN.replace("<p>", "<p class='has-sidebar comments-open no-ad'>")
    assert BODY[3] in read(wrapped).text


@pytest.mark.parametrize(
    "link", [f"<a href='{URL}'>", f"<a href='{URL}#top'>", "<a href='/a/1'>", "<a href='#post-3'>", "<a name='x'>", "<a>"]
)
def test_a_link_to_the_page_itself_leads_nowhere(link: str) -> None:
    main = MAIN.replace(BODY[2], f"{link}{BODY[2]}</a>").replace(BODY[3], f"{BODY[3]} <a href='/sarmada'>Sarmada</a>")
    article = read(page(main))
    assert BODY[2] in article.text
    assert article.text.endswith("Sarmada")
    assert BODY[2] not in read(page(MAIN.replace(BODY[2], f"<a href='/2'>{BODY[2]}</a>"))).text


def test_what_a_page_prints_twice_is_read_once_and_the_headline_not_at_all() -> None:
    article = read(page(f"<article><h1>{TITLE}</h1><p>{BODY[0]}</p>{paragraphs(*BODY)}<p>Yes.</p><p>Yes.</p></article>"))
    assert article.text == "\n".join((*BODY, "Yes.", "Yes."))
