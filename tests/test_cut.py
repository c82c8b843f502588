"""A feed is cut into its raw items; each of them must say alone what it says among the others, or the feed is not cut."""

import ast
import gzip
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.cut import MAX_PIECES, Sheet, cut
from monitor.demo.feeds import feed
from monitor.demo.outlets import DemoOutlet, demo_outlets
from monitor.errors import ParseError
from monitor.identify import called, identify
from monitor.model import Document
from monitor.parse import parse

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
URL = "https://orontes-post.example/feeds/news.xml"
UTF8 = "application/xml; charset=utf-8"


def read(body: bytes, content_type: str = UTF8) -> Document | None:
    try:
        return parse(body, url=URL, content_type=content_type, now=NOW)
    except ParseError:
        return None


def check(body: bytes, content_type: str = "application/rss+xml") -> bool:
    """Hold a feed against the law: what a sound part with the right count says is what the sound whole says of it."""
    sheet, whole = cut(body, content_type=content_type), read(body, content_type)
    if sheet is None or whole is None or not whole.is_sound:
        return False
    all_places = range(len(sheet.pieces))
    names = [called(entry) for entry in whole.entries]
    keys = identify(whole)
    for wanted in ([place] for place in all_places):
        part = read(sheet.only(wanted))
        if part is None or not part.is_sound or len(part.entries) != len(wanted) or len(whole.entries) != len(sheet.pieces):
            continue
        assert part.entries == tuple(whole.entries[place] for place in wanted)
        assert replace(part, entries=()) == replace(whole, entries=())
        beside = [name for place, name in enumerate(names) if place not in wanted]
        assert {item.keys for item in identify(part, beside)} <= {item.keys for item in keys}
    again = read(sheet.only(all_places))
    assert again == whole or (again and not again.is_sound) or len(whole.entries) != len(sheet.pieces)
    return len(whole.entries) == len(sheet.pieces)


# ------------------------------------------------------------------------------------------------------- feeds at hand


def farm_rss(count: int, *, built: str = "Sun, 22 Nov 2026 08:00:00 GMT") -> bytes:
    items = "".join(
        f"<item>\n<title>Наводнение {n} &amp; more</title>\n<link>http://farm.example/article/{n}.html</link>\n"
        f'<guid isPermaLink="false">tag:farm.example,2025:{n}</guid>\n<pubDate>Sun, 22 Nov 2026 07:{n:02d}:11 -0000</pubDate>\n'
        f"<dc:creator><![CDATA[R. Desk]]></dc:creator>\n<category><![CDATA[news]]></category>\n"
        f"<description><![CDATA[<p>Дождь {n} ]] > идёт.</p>]]></description>\n"
        f"<content:encoded><![CDATA[<div><p>{'Вода поднялась. ' * 20}</p><item>none</item></div>]]></content:encoded>\n"
        f'<media:thumbnail url="http://farm.example/t.jpg" width="120" height="90"/>\n</item>\n'
        for n in range(count)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:media="http://search.yahoo.com/mrss/">\n<channel>\n<title>Farm</title>\n<link>http://farm.example/</link>\n'
        f"<language>ru</language>\n<lastBuildDate>{built}</lastBuildDate>\n<ttl>60</ttl>\n{items}</channel>\n</rss>\n<!-- 1 -->"
    ).encode()


def farm_atom(count: int) -> bytes:
    entries = "".join(
        f'<entry>\n<title type="html">فيضان {n} &amp;amp; more</title>\n<link rel="alternate" href="a/{n}.html"/>\n'
        f"<id>tag:farm.example,2025:{n}</id>\n<published>2026-11-22T07:{n % 60:02d}:11Z</published>\n"
        f"<updated>2026-11-22T07:{n % 60:02d}:41Z</updated>\n<author><name>R. Desk</name></author>\n<category term='x'/>\n"
        f'<summary type="html">&lt;p&gt;أمطار {n}&lt;/p&gt;</summary>\n'
        f'<content type="html" xml:base="http://a.example/{n}/">&lt;p&gt;{"ارتفع الماء. " * 20}&lt;/p&gt;</content>\n</entry>\n'
        for n in range(count)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ar" '
        'xml:base="http://farm.example/">\n<title type="text">Farm</title>\n<link href="http://farm.example/"/>\n'
        f"<id>http://farm.example/feed.xml</id>\n<updated>2026-11-22T08:00:00Z</updated>\n{entries}</feed>\n"
    ).encode()


@pytest.mark.parametrize("body", [farm_rss(30), farm_atom(30)], ids=["rss", "atom"])
def test_the_items_of_a_usual_feed_say_alone_what_they_say_together(body: bytes) -> None:
    assert check(body)


@pytest.mark.parametrize("outlet", demo_outlets(), ids=lambda outlet: outlet.id)
def test_the_demo_feeds_that_hold_xml_and_items_are_cut(outlet: DemoOutlet) -> None:
    body = feed(outlet, home="http://127.0.0.1:8700", start=NOW, is_edited=False)
    assert check(body) == (outlet.format != "json" and bool(outlet.items))


def samples() -> list[bytes]:
    """Give every text with a tag in it that the tests of the parser hold: feeds whole, broken and hostile."""
    tree = ast.parse(Path(__file__).with_name("test_parse.py").read_text())
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)}
    found = [text.encode("utf-8", "replace") if isinstance(text, str) else text for text in texts]
    wrapped = [
        b"<rss version='2.0'><channel><title>T</title><item>%b</item><item>%b</item></channel></rss>" % (x, y)
        for x in found
        for y in found[:9]
    ]
    return [text for text in (*found, *wrapped) if b"<" in text]


@pytest.mark.untraced
def test_no_sample_of_the_parsers_own_tests_breaks_the_law() -> None:
    assert sum(check(body) for body in samples()) > 100


# ---------------------------------------------------------------------------------------------- feeds that nobody has seen

HTTPS = "https://orontes-post.example/"
TEXTS = st.sampled_from(
    [
        *("Floods", "إدلب", "Идлиб ё", "a &amp; b", "&lt;p&gt;x&lt;/p&gt;", "<![CDATA[<item>x</item>]]>", "<![CDATA[]]]]>"),
        *("<!-- <item> --> y", "<!---->", "<!-- a -- b -->", "<?php <item> ?>", "\ufffd", "\x0b", "&nbsp;", "]]>", "<b>bold</b>"),
        *(
            "<div>x</div>",
            "<div xml:lang='ar'>y</div>",
            "<summary>s</summary>",
            "<svg><title>t</title></svg>",
            "<br/>",
            "",
            " \n ",
        ),
        *("<p xmlns='http://www.w3.org/1999/xhtml'>p</p>", "<image>i</image>", "<![CDATA[ base= ]]>", "xmlns:a='urn:a'"),
    ]
)
ATTRIBUTES = st.sampled_from(
    [
        *(" type='html'", " type='xhtml'", " type='text'", " xml:base='https://a.example/b/'", " xml:base='c/'", " base='d/'"),
        *(
            " xml:lang='ar'",
            " lang='ru_RU'",
            " rel='self'",
            " href='rel/1'",
            " url='/x'",
            " domain='a>b'",
            " xml:lang=''",
            " mode='base64'",
        ),
        *(" xmlns='urn:q'", " xmlns:media='http://search.yahoo.com/mrss/'", " xmlns:media='urn:other'", " xmlns:q='urn:q'"),
        *(" xmlns:dc='http://purl.org/dc/elements/1.1/'", " xmlns:atom='http://www.w3.org/2005/Atom'", " xmlns:Q='urn:r'"),
        *(
            " xmlns='http://www.w3.org/2005/Atom'",
            " xmlns:dc='http://search.yahoo.com/mrss/'",
            " xmlns='http://www.w3.org/1999/xhtml'",
        ),
    ]
)
NAMES = st.sampled_from(
    [
        *("title", "link", "guid", "id", "description", "summary", "content", "content:encoded", "pubDate", "updated", "author"),
        *("dc:creator", "dc:date", "dc:language", "language", "media:title", "media:description", "media:content", "media:group"),
        *(
            "source",
            "image",
            "textinput",
            "enclosure",
            "category",
            "atom:title",
            "atom:entry",
            "atom:content",
            "q:title",
            "Title",
        ),
        *(
            "itunes:image",
            "itunes:summary",
            "feed",
            "channel",
            "rights",
            "body",
            "name",
            "url",
            "svg",
            "div",
            "entry",
            "item",
            "x:item",
        ),
        *("title", "link", "guid", "link", "guid", "description"),
    ]
)
VALUES = st.one_of(
    TEXTS, st.sampled_from(["1", "2", "a/1", f"{HTTPS}1", "//b.example/2", "2026-11-22T05:06:07Z", "22 Nov 2026", "20 août 2019"])
)


def element(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def write(name: str, attributes: list[str], value: str) -> str:
        opening = f"{name}{''.join(attributes)}"
        return f"<{opening}>{value}</{name}>" if value else f"<{opening}/>"

    return st.builds(write, NAMES, st.lists(ATTRIBUTES, max_size=1), inside)


ELEMENTS = element(st.one_of(VALUES, VALUES, VALUES, element(VALUES), st.lists(element(VALUES), max_size=3).map("".join)))
ROOTS = st.sampled_from(
    [
        ("<rss version='2.0'", "<channel>", "</channel></rss>", "item"),
        ("<rss version='0.91' xml:base='https://root.example/x/'", "<channel>", "</channel></rss>", "item"),
        ("<feed xmlns='http://www.w3.org/2005/Atom'", "", "</feed>", "entry"),
        ("<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='ru' xml:base='https://root.example/x/'", "", "</feed>", "entry"),
        ("<rdf:RDF xmlns='http://purl.org/rss/1.0/'", "<channel/>", "</rdf:RDF>", "item"),
        ("<rdf:RDF", "<channel/>", "</rdf:RDF>", "item"),
        ("<channel", "", "</channel>", "item"),
    ]
)
SPACES = (
    " xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:dc='http://purl.org/dc/elements/1.1/'"
    " xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:media='http://search.yahoo.com/mrss/' xmlns:q='urn:q'"
    " xmlns:atom='http://www.w3.org/2005/Atom' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' xmlns:x='urn:x'"
)
SPACES_OR_FEW = st.sampled_from([SPACES, SPACES, SPACES.replace("xmlns:dc=", "xmlns:d="), SPACES.replace("media=", "m=")])


PLAIN = (
    "<title>T</title><link>a/1</link>",
    "<guid>g</guid><description>&lt;p&gt;x&lt;/p&gt;</description>",
    "<title>إدلب</title>",
)


def mostly(usual: str, odd: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.integers(0, 7).flatmap(lambda number: odd if number == 7 else st.just(usual))


@st.composite
def feeds(draw: st.DrawFn) -> str:
    """Make a feed with a few odd things in it: with many, no feed would be cut."""
    opening, before, closing, name = draw(ROOTS)
    odd = [*PLAIN, *draw(st.lists(ELEMENTS, min_size=1, max_size=2))]
    about = draw(mostly("<title>F</title>", ELEMENTS))
    gap = draw(mostly("\n", st.sampled_from(["<!-- gap <item> -->", "text", "<ttl>5</ttl>"])))
    parts = draw(st.lists(st.lists(st.sampled_from(odd), min_size=1, max_size=4), min_size=1, max_size=4))
    items = [f"<{name}{draw(mostly('', ATTRIBUTES))}>{''.join(part)}</{name}>" for part in parts]
    late = draw(mostly("", ELEMENTS))
    end = draw(mostly("\n", st.sampled_from(["\n<!-- made in 0.1 s -->", " junk", "<x/>"])))
    return f"<?xml version='1.0'?>\n{opening}{draw(SPACES_OR_FEW)}>{before}{about}{gap.join(['', *items])}{late}{closing}{end}"


@given(feeds())
@settings(max_examples=400, deadline=None)
def test_no_feed_that_is_cut_says_something_else_in_parts(body: str) -> None:
    check(body.encode())


@given(feeds(), st.integers(0, 2_000), st.sampled_from([b"\xe9", b"\xff", b"<", b"&", b"\x00", b""]))
@settings(max_examples=150, deadline=None)
def test_a_bad_byte_or_a_tail_cut_off_breaks_no_law(body: str, place: int, bad: bytes) -> None:
    raw = body.encode()
    check(raw[:place] + bad + (raw[place + 1 :] if bad else b""))


# ------------------------------------------------------------------------------------------------------------- the cut


def sheet_of(body: bytes | str, content_type: str = "application/rss+xml") -> Sheet:
    sheet = cut(body.encode() if isinstance(body, str) else body, content_type=content_type)
    assert sheet is not None
    return sheet


def test_what_changes_at_every_poll_changes_no_digest() -> None:
    first, second = sheet_of(farm_rss(5)), sheet_of(farm_rss(5, built="Mon, 23 Nov 2026 09:00:00 GMT"))
    assert first.head != second.head
    assert first.digests == second.digests
    assert len(set(first.digests)) == 5
    assert all(len(digest) == 16 for digest in first.digests)


def test_a_new_item_changes_no_other_digest() -> None:
    assert set(sheet_of(farm_rss(5)).digests) < set(sheet_of(farm_rss(6)).digests)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"<language>ru</language>", b"<language>uk</language>"),
        (b"<language>ru</language>", b"<language><![CDATA[uk]]></language>"),
        (b"<language>ru</language>", b""),
        (b'<rss version="2.0"', b'<rss version="2.0" xml:base="https://other.example/"'),
        (b"<channel>", b"<channel xml:lang='ar'>"),
        (b"<title>Farm</title>", b"<title>Farm</title><x:y xmlns:x='urn:x'/>"),
        ("Дождь 3".encode(), "Дождь 4".encode()),
    ],
)
def test_what_changes_an_items_meaning_changes_its_digest(before: bytes, after: bytes) -> None:
    body = farm_rss(5)
    first, second = sheet_of(body), sheet_of(body.replace(before, after, 1))
    assert first.digests[3] != second.digests[3]


def test_a_language_after_the_items_counts_as_well() -> None:
    first, second = (
        sheet_of(f"<rss version='2.0'><channel><item><title>T</title></item><language>{tongue}</language></channel></rss>")
        for tongue in ("ru", "uk")
    )
    assert first.digests != second.digests


def test_only_what_is_wanted_is_in_the_document_and_all_of_the_envelope() -> None:
    sheet = sheet_of(farm_rss(9))
    document = read(sheet.only([7, 2]))
    assert document is not None
    assert [entry.guid for entry in document.entries] == ["tag:farm.example,2025:2", "tag:farm.example,2025:7"]
    assert (document.title, document.language, document.hints.ttl is not None) == ("Farm", "ru", True)


@pytest.mark.parametrize("encoding", ["windows-1251", "utf-16", "utf-8-sig"])
def test_pieces_are_utf_8_whatever_the_feed_is_in(encoding: str) -> None:
    text = farm_rss(3).decode().replace("UTF-8", "windows-1251", 1)
    assert check(text.encode(encoding))
    assert "Наводнение".encode() in sheet_of(text.encode(encoding)).pieces[0]


def test_one_bad_byte_costs_one_letter_of_one_piece() -> None:
    body = farm_rss(9)
    place = body.index("Дождь 4".encode())
    broken = body[:place] + b"\xe9" + body[place + 2 :]
    assert check(broken)
    digests = [one == other for one, other in zip(sheet_of(body).digests, sheet_of(broken).digests, strict=True)]
    assert digests == [True] * 4 + [False] + [True] * 4


DTD = '<!DOCTYPE rss [<!ENTITY a "b">]>'
ONE = "<rss version='2.0'><channel><title>T</title>%s</channel></rss>"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{}",
        "<html><body><item>x</item></body></html>",
        ONE % "",
        DTD + ONE % "<item>&a;</item>",
        "\n<?xml version='1.0'?><!-- x -->" + DTD + ONE % "<item>&a;</item>",
        "<!DOCTYPE rss SYSTEM 'x'>" + ONE % "<item/>",
        ONE % (DTD + "<item><title>x</title></item>"),
        ONE % f"<item><title>x</title>{DTD}</item>",
        ONE % "<item><title>x</title></item>" + DTD,
        "junk " + ONE % "<item><title>x</title></item>",
        "<wrap>" + ONE % "<item><title>x</title></item>" + "</wrap>",
        ONE % "<item/>",
        ONE % "<item><title>x</title><item><title>y</title></item></item>",
        ONE % "<item><title>x</title></item><item>",
        ONE % "<item><title>x</title></item><Item><title>y</title></Item>",
        ONE % "<item><title>x</title></item><group><item><title>y</title></item></group>",
        ONE % "<item><title>x</title></item><title>z</title><item><title>y</title></item>",
        ONE % "<item><title>x</title></item><entry><title>y</title></entry>",
        ONE % "<item><title>x</title></item>" + "</wrap>",
        (ONE % "<item><title>x</title></item>")[:-6],
        ONE % "<item><title>x</title><!-- <item> </item>",
        ONE % "<item><title><![CDATA[x</title></item>",
        ONE % "<item><title>x</title><?php echo 1 ?></item>",
        ONE % ("<item><title>x</title></item>" * (MAX_PIECES + 1)),
        ONE % ("<item><title>" + "x" * 2_000_000 + "</title></item>"),
        # feedparser takes these from one item into the next
        ONE % "<content>x</content><item><title>x</title></item>",
        ONE % "<content:encoded>x</content:encoded><item><title>x</title></item>",
        ONE % "<item xml:base='https://a.example/'><title>x</title></item><item><link>b</link></item>",
        ONE % "<item><dc:x xmlns:dc='http://search.yahoo.com/mrss/'/></item><item><title>x</title></item>",
        ONE % "<item><description><div xml:lang='ar'>x</div></description></item><item><title>x</title></item>",
        ONE % "<item><x:title xmlns:x='http://www.w3.org/2005/Atom'>x</x:title></item>",
    ],
)
def test_what_cannot_be_cut_for_sure_is_not_cut(body: str) -> None:
    assert cut(body.encode(), content_type="application/rss+xml") is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-32"])
def test_h06_no_declaration_gets_past_in_another_charset(encoding: str) -> None:
    assert cut((DTD + ONE % "<item>&a;</item>").encode(encoding), content_type="text/xml") is None


def test_a_body_in_gzip_is_not_cut() -> None:
    assert cut(gzip.compress(farm_rss(3)), content_type="application/rss+xml") is None


@pytest.mark.parametrize(
    "item",
    [
        "<title>x</title><media:thumbnail xmlns:media='http://search.yahoo.com/mrss/' url='t.jpg'/>",
        "<title>x</title><feedburner:origLink xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'>b</feedburner:origLink>",
        "<title>x</title><image><url>t.jpg</url></image>",
        "<title><![CDATA[</item><item>]]></title><description>a &lt;item&gt; b</description>",
        "<title>x</title><!-- </item> --><link>https://a.example/1</link>",
        "<title>x</title><media:group><media:content url='x'/><media:title>y</media:title></media:group>",
        "<title/><description></description><link>https://a.example/1</link>",
    ],
)
def test_what_real_items_hold_is_cut(item: str) -> None:
    spaces = "<rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/'>"
    assert check(ONE.replace("<rss version='2.0'>", spaces).replace("%s", f"<item>{item}</item>" * 2).encode())


@pytest.mark.parametrize(
    "part",
    [
        *("<", "<!--", "<![CDATA[", "<item>", "<item><title>", "<item><title><!--", "<item><title><![CDATA[", "</item>", "]]>"),
        *(
            "<item><title>x</title></item>",
            "<x ",
            "<x:",
            " lang=",
            " xmlns:",
            " xmlns:a='",
            " lang ",
            "<language>",
            "-",
            "]",
            "<a:b:c ",
        ),
        *(
            "<item><image>",
            "<item><image><url>",
            "<item>]]",
            " base ",
            "<?",
            "<?x",
            "\x00",
            "\ufeff",
            "</rss",
            "</rss><!-- - --> ",
        ),
    ],
)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("<rss version='2.0'><channel>", "</channel></rss>"),
        ("<rss version='2.0'><channel><item><title>x</title>", "</item></channel></rss>"),
    ],
)
def test_no_bytes_take_long_to_cut(part: str, before: str, after: str) -> None:
    body = f"{before}{part * (1_900_000 // len(part.encode()))}{after}".encode()
    start = time.process_time()
    cut(body, content_type="text/xml")
    assert time.process_time() - start < 2


@pytest.mark.long
@given(feeds())
@settings(max_examples=20_000, deadline=None)
def test_no_feed_of_very_many_says_something_else_in_parts(body: str) -> None:
    check(body.encode())
