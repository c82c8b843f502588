"""Feeds as they are: what is read of them, what is refused."""

import codecs
import copy
import gzip
import io
import json
import xml.sax
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import feedparser.api
import feedparser.mixin
import pytest
from dateparser.date import DateData, DateDataParser
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import ParseError
from monitor.model import Document, Entry, Hints
from monitor.parse import parse
from monitor.parse.dates import EARLIEST, Calendar
from monitor.parse.sax import Reader
from monitor.parse.torn import came_whole

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
URL = "https://orontes-post.example/feeds/news.xml"


def read(body: bytes | str, content_type: str = "application/rss+xml", *, is_whole: bool = True) -> Document:
    raw = body.encode() if isinstance(body, str) else body
    return parse(raw, url=URL, content_type=content_type, now=NOW, is_whole=is_whole)


def rss(items: str, *, channel: str = "", root: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" '
        f'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"{root}>'
        f"<channel><title>Orontes Post</title><link>https://orontes-post.example/</link>{channel}{items}</channel></rss>"
    )


def one(item: str, *, channel: str = "", root: str = "") -> Entry:
    (entry,) = read(rss(f"<item>{item}</item>", channel=channel, root=root)).entries
    return entry


def refusal(body: bytes | str, content_type: str = "application/rss+xml") -> str:
    with pytest.raises(ParseError) as caught:
        read(body, content_type)
    assert "\n" not in caught.value.detail
    return caught.value.kind


def test_an_rss_feed_is_read_whole() -> None:
    document = read(
        rss(
            "<item><title>Rain floods camps</title><link>/a/1?utm_source=rss</link><guid isPermaLink='false'>77</guid>"
            "<pubDate>Sun, 22 Nov 2026 08:00:00 +0300</pubDate>"
            "<description>&lt;p&gt;North of &lt;b&gt;Id&lt;/b&gt;lib.&lt;/p&gt;</description>"
            "<content:encoded><![CDATA[<p>First.</p><p>Second, and longer.</p>]]></content:encoded>"
            "<dc:creator>R. Desk</dc:creator></item>",
            channel="<language>en-GB</language>",
        )
    )
    assert (document.kind, document.title, document.link, document.language) == (
        *("rss", "Orontes Post", "https://orontes-post.example/", "en"),
    )
    (entry,) = document.entries
    assert entry.title == "Rain floods camps"
    assert entry.link == "https://orontes-post.example/a/1?utm_source=rss"
    assert entry.guid == "77"
    assert entry.published == datetime(2026, 11, 22, 5, tzinfo=UTC)
    assert entry.published_raw == "Sun, 22 Nov 2026 08:00:00 +0300"
    assert entry.summary == "North of Idlib."
    assert entry.text == "First.\nSecond, and longer."
    assert entry.author == "R. Desk"
    assert entry.language == "en"


def test_an_atom_feed_is_read_with_its_base_and_languages() -> None:
    document = read(
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ar" xml:base="https://levant-wire.example/ar/"><title>الزاوية</title>'
        '<entry xml:lang="en-US"><id>tag:levant-wire.example,2026:1</id><title type="html">A &amp;amp; B</title>'
        '<link href="a/1"/>'
        "<updated>2026-11-22T05:00:00Z</updated><summary>Short.</summary></entry>"
        '<entry><id>urn:x:2</id><title>إدلب</title><link href="a/2"/><published>2026-11-21T05:00:00Z</published>'
        '<updated>2026-11-22T05:00:00Z</updated><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>نص</p></div></content></entry></feed>'
    )
    assert (document.kind, document.language, document.title) == ("atom", "ar", "الزاوية")
    first, second = document.entries
    assert (first.link, first.title, first.language) == ("https://levant-wire.example/ar/a/1", "A & B", "en")
    assert first.published == datetime(2026, 11, 22, 5, tzinfo=UTC)
    assert (second.guid, second.language, second.summary) == ("urn:x:2", "ar", "نص")
    assert second.published == datetime(2026, 11, 21, 5, tzinfo=UTC)


def test_an_rdf_feed_is_read() -> None:
    document = read(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<channel><title>Gazette</title></channel><item rdf:about='https://gazette.example/1'><title>One</title>"
        "<link>https://gazette.example/1</link><dc:date>2026-11-22</dc:date></item></rdf:RDF>"
    )
    assert document.kind == "rdf"
    assert document.entries[0].published == datetime(2026, 11, 22, tzinfo=UTC)


def test_a_json_feed_is_read() -> None:
    item = {"id": 5, "url": "/a/5", "title": "T &amp; U", "content_html": "<p>Body</p>", "date_published": "2026-11-22T05:00:00Z"}
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Desk",
        "language": "fr",
        "items": [item, "no item", {"id": None}],
    }
    document = read(json.dumps(feed), "application/feed+json")
    assert (document.kind, document.language, len(document.entries)) == ("json", "fr", 2)
    assert document.entries[0].link == "https://orontes-post.example/a/5"
    assert (document.entries[0].guid, document.entries[0].title, document.entries[0].summary) == ("5", "T & U", "Body")


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (b"", "text/xml", "empty"),
        (b" \n\xef\xbb\xbf ", "text/xml", "empty"),
        (b"\xef\xbb\xbf", "text/xml", "empty"),
        ("<!DOCTYPE html><html><body>Sign in</body></html>", "application/rss+xml", "html"),
        ("<!-- x --><HTML><p>Sign in", "text/html", "html"),
        ("<div>Sign in</div>", "text/html; charset=utf-8", "html"),
        ("just words", "text/plain", "not_a_feed"),
        ("<opml><body/></opml>", "text/xml", "not_a_feed"),
        ('{"a": 1}', "application/json", "not_a_feed"),
        ('{"a": ', "application/json", "garbage"),
        ('{"a":' * 100_000, "application/json", "garbage"),
        (b"\x1f\x8b\x08broken", "text/xml", "garbage"),
        (gzip.compress(b"<rss/>" * 1000, mtime=0)[:-9], "text/xml", "garbage"),
        (gzip.compress(b" " * 11_000_000, mtime=0), "text/xml", "garbage"),
    ],
)
def test_what_is_no_feed_is_refused_by_its_kind(body: bytes | str, content_type: str, kind: str) -> None:
    assert refusal(body, content_type) == kind


@pytest.mark.parametrize(
    "body", ["<rss version='2.0'><channel><title>T</title></channel></rss>", "<feed xmlns='http://www.w3.org/2005/Atom'/>"]
)
def test_an_empty_feed_is_a_feed(body: str) -> None:
    assert read(body).entries == ()


DTD = '<!DOCTYPE rss [<!ENTITY a "b">]>'
FEED = "<rss version='2.0'><channel><title>T</title><item><title>&a;</title></item></channel></rss>"
CHAIN = "<!DOCTYPE rss [" + "".join(f'<!ENTITY e{n} "&e{n + 1};">' for n in range(30_000)) + "]>"


@pytest.mark.parametrize(
    "body",
    [
        DTD + FEED,
        "<?xml version='1.0'?>" + DTD + FEED,
        "<?xml version='1.0'?><!-- > [ -->\n" + DTD + FEED,
        "\ufeff" + DTD + FEED,
        '<!doctype rss SYSTEM ">" [<!ENTITY a "b">]>' + FEED,
        "<!DOCTYPE rss\n[\n<!ATTLIST rss x CDATA #IMPLIED>\n]>" + FEED,
        '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + FEED,
        '<!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1/x"> %x;]>' + FEED,
        CHAIN + FEED,
        "<!DOCTYPE r [" + "".join(f"<!ATTLIST r a{n} CDATA #IMPLIED>" for n in range(50_000)) + "]>" + FEED,
        DTD + "<rss>" + DTD + "</rss>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_h01_to_h06_a_feed_with_declarations_of_its_own_is_refused(body: str, encoding: str) -> None:
    assert refusal(body.encode(encoding)) == "doctype"


def test_h06_junk_in_front_hides_no_declarations() -> None:
    assert refusal("junk <br> " + DTD + FEED) == "doctype"


@pytest.mark.parametrize("encoding", ["utf-7", "cp037", "cp500"])
def test_h06_declarations_in_a_smuggled_charset_are_never_seen_by_the_xml_parser(encoding: str) -> None:
    body = f"<?xml version='1.0' encoding='{encoding}'?>{DTD}{FEED}".encode(encoding)
    assert refusal(body, f"text/xml; charset={encoding}") in {"not_a_feed", "doctype"}


def test_h04_an_entity_is_never_replaced() -> None:
    assert "root:" not in str(one("<title>&x; &passwd;</title><link>/1</link>"))


def test_a_bare_doctype_is_no_harm_and_named_entities_are_understood() -> None:
    bare = '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://dtd.example/rss-0.91.dtd">'
    document = read(
        f"<?xml version='1.0'?>{bare}<rss version='0.91'><channel>"
        "<title>T</title><item><title>caf&eacute;</title></item></channel></rss>"
    )
    assert document.entries[0].title == "café"


RUSSIAN = rss(
    "<item><title>Обстрел Идлиба</title><link>/1</link><description>%s</description></item>" % ("Северо-запад Сирии. " * 20)
)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (RUSSIAN.encode().replace("запад".encode(), b"\xe9", 1), "text/xml"),
        (RUSSIAN.encode().replace("запад".encode(), b"\xe9", 1), "text/xml; charset=iso-8859-1"),
        (RUSSIAN.encode(), "text/xml; charset=windows-1251"),
        (RUSSIAN.encode(), "text/xml; charset=no-such-charset"),
        (RUSSIAN.encode("cp1251"), "text/xml; charset=windows-1251"),
        (RUSSIAN.replace("utf-8", "windows-1251", 1).encode("cp1251"), "text/xml"),
        (RUSSIAN.replace("utf-8", "windows-1251", 1).encode("cp1251"), "text/xml; charset=ISO-8859-1"),
        (RUSSIAN.replace("utf-8", "windows-1251", 1).encode("cp1251"), "text/xml; charset=utf-8"),
        (RUSSIAN.replace("utf-8", "koi8-r", 1).encode("koi8-r"), "text/xml"),
        (codecs.BOM_UTF8 + RUSSIAN.encode(), "text/xml"),
        (RUSSIAN.encode("utf-16"), "text/xml; charset=utf-8"),
        (RUSSIAN.encode("utf-16-be"), "text/xml"),
        (gzip.compress(RUSSIAN.encode(), mtime=0), "application/octet-stream"),
        (b"<br />\n<b>Warning</b>: x in <b>feed.php</b> on line <b>7</b><br />\n" + RUSSIAN.encode(), "text/html"),
        (b"\n\n \xef\xbb\xbf" + RUSSIAN.encode(), "text/xml"),
        (RUSSIAN.encode(), "text/html"),
        (RUSSIAN.replace("Обстрел", "\x00\x0bОбстрел\x1f").encode(), "text/xml"),
    ],
)
def test_a_headline_is_read_in_its_own_letters_whatever_is_declared(body: bytes, content_type: str) -> None:
    assert read(body, content_type).entries[0].title == "Обстрел Идлиба"


def test_a_bad_byte_among_few_others_leaves_the_others_right() -> None:
    body = rss("<item><title>“Quoted” words ~</title><link>/1</link></item>").encode().replace(b"~", b"\xe9")
    assert read(body).entries[0].title == "“Quoted” words \ufffd"


@pytest.mark.parametrize(
    "reference", ["&#xD800;", "&#55357;", "&#x110000;", "&#0;", "&#99999999999999999999;", "&#x1;", "\x00", "\ufffe", "\x85"]
)
def test_h12_what_is_no_character_does_not_cost_the_feed(reference: str) -> None:
    entry = one(f"<title>Idlib{reference} again</title><guid>a{reference}b</guid><description>{reference}x</description>")
    assert entry.title is not None
    assert entry.title.startswith("Idlib")
    assert entry.title.endswith("again")
    assert not any(ord(char) < 32 or 0xD800 <= ord(char) < 0xE000 for char in f"{entry.title}{entry.guid}{entry.summary}")


def test_h12_surrogates_in_bytes_and_broken_markup_do_not_cost_the_feed() -> None:
    body = rss("<item><title>Idlib \ud83d</title><link>/1</link><description><p>open & <b>&#xD800;</description></item>").encode(
        "utf-8", "surrogatepass"
    )
    (entry,) = read(body).entries
    assert (entry.title or "").startswith("Idlib")
    str(entry).encode()


@pytest.mark.parametrize(
    "raw", ["Mon, 01 Jan -1 00:00:00 GMT", "10000-01-01", "9999-12-31T23:59:59-23:59", "2036-11-23T00:00:00Z", "1989-12-31"]
)
def test_h13_a_date_that_cannot_be_is_no_date_and_never_an_error(raw: str) -> None:
    entry = one(f"<title>T</title><pubDate>{raw}</pubDate>")
    assert entry.published is None
    assert entry.published_raw == raw


AUGUST = datetime(2019, 8, 20, 14, 5, tzinfo=UTC)
DAY = datetime(2019, 8, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "language", "hours"),
    [
        ("Tue, 20 Aug 2019 14:05:00 GMT", "en", 0),
        ("Tue, 20 Aug 2019 14:05:00", "en", 0),
        ("Tue, 20 Aug 2019 14:05:00 CET", "en", 1),
        ("Tue, 20 Aug 2019 14:05:00 CEST", "en", 2),
        ("Tue, 20 Aug 2019 14:05:00 (CEST)", "en", 2),
        ("Tue, 20 Aug 2019 14:05:00 MSK", "ru", 3),
        ("Tue, 20 Aug 2019 14:05:00 IST", "en", 5.5),
        ("Tue, 20 Aug 2019 14:05:00 BST", "en", 1),
        ("Tue, 20 Aug 2019 14:05:00 EDT", "en", -4),
        ("Tue, 20 Aug 19 14:05:00 GMT", "en", 0),
        ("20 Aug 2019 14:05:00 GMT+3", "en", 3),
        ("Tue, 20 Aug 2019 14:05:00 GMT+0300 (MSK)", "en", 3),
        ("2019/8/20 14:05", "en", 0),
        ("2019年8月20日 14:05", "zh", 0),
        ("20.08.2019 14:05", "de", 0),
        ("08/20/2019 2:05 PM", "en", 0),
        ("20/08/2019 14:05", "en", 0),
        ("1566309900", "en", 0),
        ("1566309900000", "en", 0),
        ("20190820T140500Z", "en", 0),
        ("2019-08-20T14:05:00.123+03:00", "en", 3),
        ("20 августа 2019, 14:05", "ru", 0),
        ("Вт, 20 авг 2019 14:05:00 +0300", "ru", 3),
        ("mar, 20 ago 2019 14:05:00 +0200", "es", 2),
        ("20 أغسطس 2019 14:05", "ar", 0),
        ("٢٠ آب ٢٠١٩ 14:05", "ar", 0),
        ("20 Ağustos 2019 14:05", "tr", 0),
        ("20 août 2019 14:05", None, 0),
    ],
)
def test_a_date_is_read_as_it_was_meant(raw: str, language: str | None, hours: float) -> None:
    channel = f"<language>{language}</language>" if language else ""
    published = one(f"<title>T</title><pubDate>{raw}</pubDate>", channel=channel).published
    assert published is not None
    assert (AUGUST - published).total_seconds() == pytest.approx(hours * 3600, abs=1)


def test_dates_that_nobody_can_read_do_not_cost_the_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(DateDataParser, "get_date_data", lambda _, text: asked.append(text) or DateData())
    items = "".join(f"<item><title>{n}</title><pubDate>zzz {n} qqq 2019</pubDate></item>" for n in range(300))
    assert len(read(rss(items)).entries) == 300
    # each takes milliseconds, and in none of them is it sure in which language
    assert 0 < len(asked) <= 10


def test_the_hour_24_is_the_next_midnight() -> None:
    assert one("<title>T</title><pubDate>Tue, 20 Aug 2019 24:00:00 GMT</pubDate>").published == datetime(2019, 8, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw", ["Tue, 20 Aug 70 14:05:00 GMT", "05/08/2019", "yesterday", "14:05", "2019", "August 2019", "0000-00-00 00:00:00"]
)
def test_a_date_that_can_be_read_two_ways_is_none(raw: str) -> None:
    assert one(f"<title>T</title><pubDate>{raw}</pubDate>", channel="<language>en</language>").published is None


def test_a_date_of_update_stands_in_for_one_that_cannot_be_read() -> None:
    assert one("<title>T</title><pubDate>soon</pubDate><dc:date>2019-08-20</dc:date>").published == DAY


@given(st.datetimes(datetime.fromisoformat("1990-01-02"), datetime.fromisoformat("2026-11-23")), st.integers(-23 * 60, 23 * 60))
@settings(max_examples=60, deadline=None)
def test_a_usual_date_is_read_to_the_second_in_any_zone(moment: datetime, minutes: int) -> None:
    meant = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    calendar = Calendar(now=NOW + timedelta(days=2), language=None)
    for raw in (format_datetime(meant), format_datetime(meant)[5:], meant.isoformat(), f" {format_datetime(meant).lower()} "):
        assert calendar.read(raw) == (meant if meant >= EARLIEST else None)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40), st.sampled_from(["en", "ar", None]))
@settings(max_examples=60, deadline=None)
def test_h13_no_date_makes_a_feed_fail(raw: str, language: str | None) -> None:
    feed = {"version": "https://jsonfeed.org/version/1", "language": language, "items": [{"id": "1", "date_published": raw}]}
    (entry,) = read(json.dumps(feed)).entries
    assert entry.published is None or datetime(1990, 1, 1, tzinfo=UTC) <= entry.published


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "JaVa&#9;Script:x", "tag:x,2026:1", "https://" + "a" * 3000]
)
def test_h18_a_link_that_is_no_web_address_is_none(link: str) -> None:
    assert one(f"<title>T</title><link>{link}</link>").link is None


@pytest.mark.parametrize(
    ("item", "link"),
    [
        ("<guid>https://orontes-post.example/a/1</guid>", "https://orontes-post.example/a/1"),
        ("<guid>12345</guid>", None),
        ("<guid>tag:orontes-post.example,2026:1</guid>", None),
        ("<guid isPermaLink='false'>x</guid><link>a/1</link>", "https://orontes-post.example/feeds/a/1"),
        (
            "<link>https://burner.example/~r/1</link><feedburner:origLink>https://orontes-post.example/a/1</feedburner:origLink>",
            "https://orontes-post.example/a/1",
        ),
        (
            "<link>/count</link><pheedo:origLink xmlns:pheedo='http://www.pheedo.com/namespace/pheedo'>/a/1</pheedo:origLink>",
            "https://orontes-post.example/a/1",
        ),
        (
            "<x:origLink xmlns:x='http://rssnamespace.org/feedburner/ext/1.0'>/a/1</x:origLink><link>https://t.co/1</link>",
            "https://orontes-post.example/a/1",
        ),
        ("<feedburner:origLink>tag:1</feedburner:origLink><link>https://burner.example/1</link>", "https://burner.example/1"),
        ("<link>https://orontes-post.example/?a=1&amp;b=2</link>", "https://orontes-post.example/?a=1&b=2"),
    ],
)
def test_the_link_of_an_entry_is_its_page(item: str, link: str | None) -> None:
    assert one(f"<title>T</title>{item}").link == link


def test_a_relative_guid_does_not_change_with_the_address_of_the_feed() -> None:
    assert one("<title>T</title><guid>12345</guid>").guid == "12345"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("AT&amp;amp;T", "AT&T"),
        ("It&amp;#8217;s", "It’s"),
        ("<![CDATA[<b>Id</b>lib]]>", "Idlib"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;News", "News"),
        ("a &lt; b", "a < b"),
        ("one\n two\u2028three", "one two three"),
        ("\u202eevil", "evil"),
    ],
)
def test_a_title_is_one_plain_line(title: str, expected: str) -> None:
    assert one(f"<title>{title}</title>").title == expected


def test_a_media_description_is_the_text_where_there_is_no_other() -> None:
    assert one("<title>T</title><media:description>Floods near Harim</media:description>").summary == "Floods near Harim"


def test_a_feed_with_broken_markup_still_gives_its_items() -> None:
    body = rss("<item><title>A & B</title><link>/1</link></item><item><title>C</title><link>/2</link></item>")[:-20]
    assert [entry.title for entry in read(body).entries] == ["A & B", "C"]


TORN = {
    "rss": rss(
        "<item><title>Rain &amp; wind</title><link>/1</link><description><![CDATA[<p>A feed ends in </item></channel></rss >, "
        "and <item> begins it]]></description></item>\n<item><title>Idlib</title><link>/2</link></item> <!-- <item> --> "
        "<item><guid>3</guid><media:entry>x</media:entry><title>Floods</title></item>"
    ),
    "atom": "<feed xmlns='http://www.w3.org/2005/Atom'><title>Orontes Post</title><entry><id>urn:1</id><title>Rain</title>"
    "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>All <b>night</b><br/></p></div></content></entry>"
    "<entry><id>urn:2</id><title>Idlib</title><link href='/2'/></entry></feed>",
    "rdf": "<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'><channel r:about='/'>"
    "<title>Orontes Post</title><items><r:Seq><r:li r:resource='/1'/></r:Seq></items></channel>"
    "<item r:about='/1'><title>Rain</title><link>/1</link></item><item r:about='/2'><title>Idlib</title></item></r:RDF>",
}


@pytest.mark.parametrize("kind", TORN)
def test_n09_wherever_a_body_broke_off_its_entries_are_those_of_the_whole_or_none(kind: str) -> None:
    text = TORN[kind]
    whole = read(text, is_whole=False)
    assert (whole.kind, whole.is_torn) == (kind, False)
    assert whole.entries == read(text).entries
    counts = []
    for end in range(text.index("<title>"), len(text)):
        torn = read(text[:end], is_whole=False)
        assert torn.is_torn
        assert not torn.is_sound
        assert torn.entries == whole.entries[: len(torn.entries)]
        counts.append(len(torn.entries))
    assert counts == sorted(counts)
    assert set(counts) == set(range(len(whole.entries) + 1))


def test_n09_where_a_body_is_known_to_be_whole_an_entry_that_nobody_closed_counts() -> None:
    body = rss("<item><title>Rain</title></item><item><title>Idlib</title>").removesuffix("</channel></rss>")
    packed = gzip.compress(body.encode())
    for document in (read(body), read(packed), read(packed, is_whole=False)):
        assert [entry.title for entry in document.entries] == ["Rain", "Idlib"]
        assert not document.is_torn
    assert [entry.title for entry in read(body, is_whole=False).entries] == ["Rain"]


@pytest.mark.parametrize(
    "body",
    [
        rss("<item><title>A & B</title><item><title>C"),
        rss("<item><title>A & B</title></item><item><title>C</title></item><!-- more"),
        rss("<item><title>A & B</title></item><item><title><![CDATA[C"),
        rss("<item><title>A & B</title></item><item><title>C</title></item>") + "\n<!-- served in 3 ms --><img src=x>",
        "<RSS><channel><item><title>A & B</title></item><item><title>C</title></item></channel></rss >",
    ],
)
def test_n09_what_an_outlet_writes_badly_but_to_its_end_is_no_tear(body: str) -> None:
    document = read(body, is_whole=False)
    assert not document.is_torn
    assert document.entries == read(body).entries
    assert document.entries[0].title == "A & B"
    assert not read("<rss/>", is_whole=False).is_torn


def test_n09_a_torn_feed_that_nobody_closes_an_entry_in_loses_only_the_last() -> None:
    body = "<rss><channel><title>Orontes Post</title><item><title>Rain & wind</title><item><title>Idlib</title><item><title>Fl"
    assert [entry.title for entry in read(body, is_whole=False).entries] == ["Rain & wind", "Idlib"]


@pytest.mark.untraced
@pytest.mark.parametrize(
    "part", ["<item ", "<item>", "<a>", "</a>", "<!--", "<![CDATA[", "<?x ", "<!", "<", "<item><![CDATA[]]>"]
)
def test_n09_a_body_made_to_be_slow_is_looked_at_once(part: str) -> None:
    # looked at again from each of its parts, it would take hours, and the run would be broken off
    came_whole("<rss><channel>" + part * (2_000_000 // len(part)))


def test_h10_of_too_many_entries_the_newest_are_kept_in_their_order() -> None:
    items = "".join(f"<item><title>{n}</title><pubDate>{2000 + n % 26}-01-01</pubDate></item>" for n in range(2_600))
    titles = [int(entry.title or "") for entry in read(rss(items)).entries]
    assert len(titles) == 2_000
    assert titles == sorted(titles)
    assert min(n % 26 for n in titles) == 6


def test_h11_what_is_too_long_is_cut() -> None:
    entry = one(f"<title>{'x' * 3_000_000}</title><description>{'y ' * 900_000}</description><guid>{'z' * 9_000}</guid>")
    assert len(entry.title or "") == 500
    assert len(entry.summary or "") <= 20_000
    assert len(entry.text or "") <= 200_000
    assert len(entry.guid or "") <= 2_000


def test_h14_a_body_that_is_an_address_or_a_path_is_only_a_body() -> None:
    assert refusal("http://127.0.0.1:1/x") == "not_a_feed"
    assert refusal("/etc/passwd") == "not_a_feed"
    assert refusal("file:///etc/passwd") == "not_a_feed"


# ------------------------------------------------------------------------------------------------- what the feed wishes for

SYNDICATION = ' xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'


@pytest.mark.parametrize(
    ("channel", "ttl"),
    [
        ("<ttl>60</ttl>", timedelta(hours=1)),
        ("<ttl> 90.5 </ttl>", timedelta(minutes=90)),
        ("<ttl>0</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>an hour</ttl>", None),
        ("<ttl>999999999</ttl>", timedelta(days=365)),
        ("<ttl>99999999999999999999</ttl>", None),
        ("<sy:updatePeriod>\n hourly </sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", timedelta(minutes=15)),
        ("<sy:updatePeriod>weekly</sy:updatePeriod>", timedelta(weeks=1)),
        ("<sy:updateFrequency>2</sy:updateFrequency>", timedelta(hours=12)),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", timedelta(days=1)),
        ("<sy:updatePeriod>sometimes</sy:updatePeriod>", None),
        ("<ttl>30</ttl><sy:updatePeriod>daily</sy:updatePeriod>", timedelta(minutes=30)),
        ("", None),
    ],
)
def test_a_feed_says_how_long_it_may_be_left_alone(channel: str, ttl: timedelta | None) -> None:
    assert read(rss("<item><title>T</title></item>", channel=channel, root=SYNDICATION)).hints.ttl == ttl


def test_a_feed_names_the_hours_and_days_when_it_rests() -> None:
    hours = "<skipHours><hour>0</hour><hour> 7 </hour><hour>24</hour><hour>25</hour><hour>x</hour></skipHours>"
    days = "<skipDays><day>Monday</day><day>sunday</day><day><![CDATA[Friday]]></day><day>Caturday</day></skipDays>"
    hints = read(rss("<item><title>T</title></item>", channel=hours + days)).hints
    assert (hints.skip_hours, hints.skip_days) == ({0, 7}, {0, 4, 6})


def test_an_item_that_tells_of_skip_hours_is_no_wish_of_the_feed() -> None:
    text = "<![CDATA[<skipHours><hour>1</hour></skipHours>]]>"
    assert read(rss(f"<item><description>{text}</description></item><item/>")).hints == Hints()


# ------------------------------------------------------------------------------------------------- soundness, and feedparser


@pytest.mark.parametrize(
    ("items", "is_sound"),
    [
        ("<item><title>T</title></item>", True),
        ("<item><title>A &amp; B&#0;</title></item>", True),
        ("<item><title>A & B</title></item>", False),
        ("<item><title>caf&eacute;</title></item>", False),
        ("<item><title>T</item>", False),
        ("<item/>" * 2_001, False),
        ("".join(f"<item><pubDate>{n} août 2019</pubDate></item>" for n in range(1, 30)), False),
    ],
)
def test_a_feed_is_sound_where_each_item_says_the_same_alone(items: str, is_sound: bool) -> None:  # noqa: FBT001 - a table's column
    assert read(rss(items)).is_sound == is_sound


def test_feedparser_reads_by_our_driver_and_with_what_it_is_spared() -> None:
    # each of these is a name of feedparser's that another version may drop: then only the speed is gone, but it should be known
    assert feedparser.api.PREFERRED_XML_PARSERS == ["monitor.parse.sax"]
    assert isinstance(xml.sax.make_parser(feedparser.api.PREFERRED_XML_PARSERS), Reader)
    assert feedparser.mixin.make_safe_absolute_uri.cache_info().maxsize
    assert (
        feedparser.parse(io.BytesIO(rss("<item><pubDate>2019</pubDate></item>").encode())).entries[0].published_parsed[0] == 1970
    )
    found = feedparser.FeedParserDict(type="text/html")
    assert copy.deepcopy(found) == found
    assert copy.deepcopy(found) is not found


def usual_reading(text: str) -> list[dict[str, object]]:
    preferred = feedparser.api.PREFERRED_XML_PARSERS
    try:
        feedparser.api.PREFERRED_XML_PARSERS = []
        found = feedparser.parse(io.BytesIO(text.encode()), sanitize_html=False, resolve_relative_uris=False)
    finally:
        feedparser.api.PREFERRED_XML_PARSERS = preferred
    return [plainly(entry) for entry in found.entries]


def plainly(entry: dict[str, object]) -> dict[str, object]:
    unread = {
        "tags",
        "media_thumbnail",
        "links",
        "comments",
        "slash_comments",
        "wfw_commentrss",
        "media_credit",
        "credit",
        "href",
    }
    return {name: value for name, value in entry.items() if name not in unread and not name.endswith("_parsed")}


INLINE_ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:t="urn:t" xml:base="https://a.example/b/" xml:lang="ar"><title>F</title>'
    '<entry t:x="1"><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a <i>b</i>\n<category/> c</div></title>'
    '<link href="c/1"/><category term="x"/><id>1</id><t:y z="1">q</t:y><content type="html" xml:base="d/">&lt;a/&gt;</content>'
    "<author><name>N</name><email>n@a.example</email></author><source><title>S</title></source></entry></feed>"
)
INLINE_RDF = (
    '<x:RDF xmlns:x="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel/>'
    '<item x:about="1"><title>T</title><svg xmlns="http://www.w3.org/2000/svg"><title>s</title></svg></item></x:RDF>'
)


@pytest.mark.parametrize(
    "text",
    [
        rss(
            "<item><title>A &amp; <![CDATA[<b>B</b>]]></title><link>https://a.example/1?a=1&amp;b=2</link><category>x</category>"
            "<category domain='d'><![CDATA[y]]></category><guid isPermaLink='false'>1</guid><dc:creator>C</dc:creator>"
            "<dc:subject>z</dc:subject><media:thumbnail url='t'/><media:content url='u'><media:title>M</media:title>"
            "</media:content><enclosure url='e' type='audio/mpeg'/><content:encoded>&lt;p&gt;t&lt;/p&gt;</content:encoded>"
            "<comments>c</comments><description> d\n e </description><pubDate>2019-08-20</pubDate></item><item/>"
        ),
        INLINE_ATOM,
        INLINE_RDF,
    ],
)
def test_by_our_driver_feedparser_reads_what_it_reads_by_pythons(text: str) -> None:
    found = feedparser.parse(io.BytesIO(text.encode()), sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo
    assert [plainly(entry) for entry in found.entries] == usual_reading(text)


def test_a_namespace_with_a_space_in_it_does_not_cost_the_feed() -> None:
    assert one("<title>T</title><z:a xmlns:z='urn:a b'>x</z:a>").title == "T"


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"<rss>", b"<feed><entry>", b"{", b"<?xml version='1.0'?><rss><channel><item><title>"]),
)
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_a_document_or_a_parse_error(tail: bytes, head: bytes) -> None:
    try:
        document = read(head + tail)
    except ParseError:
        return
    str(document).encode()
