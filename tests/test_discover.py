"""Finding the feed behind what a person typed."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.discover import USUAL_PATHS, Discovered, discover
from monitor.errors import FetchError, ParseError
from monitor.model import Document, Fetched, Request, Unchanged, Validators
from monitor.parse import parse

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
FEED = "<rss version='2.0'><channel><title>{}</title><item><title>Floods</title></item></channel></rss>"
HOME = "https://reliefdesk.example"


class Web:
    """A few pages of an invented outlet; what is not there is a 404. Remembers what was asked."""

    def __init__(self, pages: dict[str, str]) -> None:
        self.pages = pages
        self.asked: list[Request] = []

    async def __call__(self, request: Request) -> Fetched | Unchanged:
        self.asked.append(request)
        body = self.pages.get(request.url)
        if body is None:
            raise FetchError("http", "404 Not Found", status=404)
        return Fetched(
            requested_url=request.url,
            url=request.url,
            status=200,
            content_type="text/html" if "<html" in body else "application/xml",
            body=body.encode(),
            validators=Validators(),
            fetched_at=NOW,
        )


async def read(fetched: Fetched) -> Document:
    return parse(fetched.body, url=fetched.url, content_type=fetched.content_type, now=NOW)


async def find(typed: str, web: Web) -> Discovered:
    return await discover(typed, fetch=web, parse=read, deadline=timedelta(seconds=9), max_size=1_000, private=True)


@pytest.mark.parametrize(
    "typed",
    [
        "reliefdesk.example/a.xml",
        "https://reliefdesk.example/a.xml",
        " //reliefdesk.example/a.xml ",
        "feed:https://reliefdesk.example/a.xml",
    ],
)
async def test_the_address_of_a_feed_is_that_feed(typed: str) -> None:
    web = Web({f"{HOME}/a.xml": FEED.format("Desk")})
    found = await find(typed, web)
    assert (found.url, found.document.title) == (f"{HOME}/a.xml", "Desk")
    (asked,) = web.asked
    assert (asked.deadline, asked.max_size, asked.private) == (timedelta(seconds=9), 1_000, True)


RSS = '<link rel="alternate" type="application/rss+xml" href="{}">'


@pytest.mark.parametrize(
    "head",
    [
        RSS.format("/news.xml"),
        "<LINK HREF=/news.xml REL=Alternate TYPE='application/atom+xml; charset=utf-8' />",
        '<base href="https://reliefdesk.example/"><link rel="alternate" type="application/feed+json" href="news.xml">',
        RSS.format("/c.xml").replace("<link", "<link title='Comments'") + RSS.format("/news.xml"),
        "<!-- <!-- -->" + RSS.format("/gone.xml") + RSS.format("/news.xml"),
    ],
)
async def test_the_feed_that_a_page_names_is_found(head: str) -> None:
    web = Web(
        {HOME: f"<html><head>{head}</head>", f"{HOME}/news.xml": FEED.format("Desk"), f"{HOME}/c.xml": FEED.format("Comments")}
    )
    assert (await find("reliefdesk.example", web)).url == f"{HOME}/news.xml"


@pytest.mark.parametrize("path", USUAL_PATHS)
async def test_a_feed_at_a_usual_path_is_found(path: str) -> None:
    web = Web({f"{HOME}/news": "<html>", f"{HOME}{path}": FEED.format("Desk")})
    assert (await find(f"{HOME}/news", web)).url == f"{HOME}{path}"


async def test_where_no_feed_is_what_was_tried_is_told() -> None:
    web = Web({HOME: "<html><link rel=alternate type=application/rss+xml href='javascript:alert(1)'>"})
    with pytest.raises(ParseError, match="/feeds/posts/default") as caught:
        await find("reliefdesk.example", web)
    assert caught.value.kind == "not_a_feed"
    assert len(web.asked) == 1 + len(USUAL_PATHS)


async def test_a_page_that_is_not_there_is_told_as_such() -> None:
    with pytest.raises(FetchError, match="404"):
        await find("reliefdesk.example", Web({}))


@pytest.mark.parametrize(
    "typed", ["", "file:///etc/passwd", "javascript:alert(1)", "https://u:p@reliefdesk.example/", "ftp://reliefdesk.example/"]
)
async def test_what_is_no_web_address_is_never_asked_for(typed: str) -> None:
    web = Web({})
    with pytest.raises(FetchError) as caught:
        await find(typed, web)
    assert not web.asked
    assert "u:p" not in str(caught.value)


async def test_a_feed_that_attacks_is_refused_and_nothing_else_is_tried() -> None:
    web = Web({f"{HOME}/a.xml": '<!DOCTYPE r [<!ENTITY a "b">]><rss/>'})
    with pytest.raises(ParseError) as caught:
        await find(f"{HOME}/a.xml", web)
    assert caught.value.kind == "doctype"
    assert len(web.asked) == 1


async def test_a_hostile_page_names_few_feeds() -> None:
    link = "<link rel=alternate type=application/rss+xml href='/{}.xml'>"
    web = Web({HOME: "<html>" + "".join(link.format(n) for n in range(5_000)) + "<!--" * 50_000})
    with pytest.raises(ParseError):
        await find(HOME, web)
    assert len(web.asked) < 20


async def test_of_several_feeds_the_first_that_can_be_read_is_taken_and_the_others_are_named() -> None:
    head = "".join(
        f'<link rel="{rel}" type="{kind}" title="{title}" href="/{path}.xml">'
        for rel, kind, title, path in (
            ("alternate", "application/rss+xml", "Comments", "comments"),
            ("alternate", "application/rss+xml", "Gone", "gone"),
            ("alternate", "application/atom+xml", "All\x1b[2J news", "all"),
            ("feed", "text/xml", "Sport", "sport"),
            ("stylesheet", "text/xml", "Style", "style"),
            ("alternate", "text/html", "In Arabic", "ar"),
        )
    )
    web = Web({HOME: f"<html><head>{head}</head>", f"{HOME}/all.xml": FEED.format("Desk")})
    found = await find(HOME, web)
    assert (found.url, found.found) == (f"{HOME}/all.xml", "named")
    assert [one.title for one in found.others] == ["Gone", "Sport", "Comments"]


@pytest.mark.parametrize("path", ["/blog/feed", "/blog/index.xml"])
async def test_a_feed_below_a_page_that_is_no_front_page_is_found(path: str) -> None:
    web = Web({f"{HOME}/blog/": "<html>", f"{HOME}{path}": FEED.format("Blog"), f"{HOME}/rss.xml": FEED.format("Whole site")})
    found = await find(f"{HOME}/blog/", web)
    assert (found.url, found.found) == (f"{HOME}{path}", "usual")


async def test_a_feed_that_a_page_names_and_nobody_can_read_is_told_with_the_reason() -> None:
    web = Web({HOME: f"<html><head>{RSS.format('/gone.xml')}{RSS.format('/lost.xml')}</head>"})
    with pytest.raises(ParseError, match=r"names https://reliefdesk\.example/gone\.xml, .*: 404 Not Found \(nor can 1 more\)"):
        await find(HOME, web)
