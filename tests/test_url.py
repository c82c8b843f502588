"""Addresses: what may be linked, and what is the same page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.url import canonical, host, linkable

BASE = "https://orontes-post.example/feeds/news.xml"

SAME = [
    ("http://orontes-post.example/a/1", "https://orontes-post.example/a/1"),
    ("https://www.orontes-post.example/a/1", "https://orontes-post.example/a/1/"),
    ("https://m.orontes-post.example/a/1", "https://orontes-post.example/a/1"),
    ("https://mobile.orontes-post.example/a/1", "https://orontes-post.example/a/1"),
    ("https://en.m.levant-wiki.example/wiki/Idlib", "https://en.levant-wiki.example/wiki/Idlib"),
    ("https://ORONTES-post.Example:443/a/1", "https://orontes-post.example/a/1"),
    ("http://orontes-post.example:80/a/1", "https://orontes-post.example/a/1"),
    ("https://orontes-post.example./a/1", "https://orontes-post.example/a/1"),
    ("https://orontes-post.example", "https://orontes-post.example/"),
    ("https://orontes-post.example/index.html", "https://orontes-post.example/"),
    ("https://orontes-post.example/news/index.php?id=7", "https://orontes-post.example/news/?id=7"),
    ("https://orontes-post.example/a/1#comments", "https://orontes-post.example/a/1"),
    ("https://orontes-post.example/a/1?utm_source=rss&utm_medium=feed", "https://orontes-post.example/a/1"),
    ("https://orontes-post.example/a/1?fbclid=abc&gclid=d&at_medium=x&cmpid=y&ocid=z", "https://orontes-post.example/a/1"),
    ("https://orontes-post.example/a/1?ref=rss", "https://orontes-post.example/a/1"),
    ("https://orontes-post.example/a/1?source=share-button", "https://orontes-post.example/a/1"),
    ("https://orontes-post.example/a/1?CMP=share_btn_tw", "https://orontes-post.example/a/1"),
    ("https://orontes-post.example/a/1?from=rss", "https://orontes-post.example/a/1"),
    ("https://orontes-post.example/a/1?replytocom=77", "https://orontes-post.example/a/1"),
    ("https://orontes-post.example/a?b=2&a=1", "https://orontes-post.example/a?a=1&b=2"),
    ("https://orontes-post.example/a/1/amp/", "https://orontes-post.example/a/1"),
    ("https://orontes-post.example/amp/a/1", "https://orontes-post.example/a/1"),
    ("https://amp.orontes-post.example/a/1", "https://orontes-post.example/a/1"),
    ("https://orontes-post.example/a/1?amp=1", "https://orontes-post.example/a/1"),
    ("https://orontes-post.example/a/1?amp", "https://orontes-post.example/a/1"),
    ("https://orontes-post.example/a/1?outputType=amp", "https://orontes-post.example/a/1"),
    ("https://orontes-post.example/a/1.amp.html", "https://orontes-post.example/a/1.html"),
    ("https://www.google.com/amp/s/orontes-post.example/a/1", "https://orontes-post.example/a/1"),
    ("https://orontes--post-example.cdn.ampproject.org/c/s/orontes-post.example/a/1", "https://orontes-post.example/a/1"),
    ("https://orontes-post.example/a/1/print", "https://orontes-post.example/a/1"),
    ("https://orontes-post.example/a/1?print=1", "https://orontes-post.example/a/1"),
    ("https://orontes-post.example/a/1?view=print", "https://orontes-post.example/a/1"),
    ("https://orontes-post.example/a;jsessionid=0A1B2C?id=5", "https://orontes-post.example/a?id=5"),
    ("https://orontes-post.example/a?PHPSESSID=abcdef&id=5", "https://orontes-post.example/a?id=5"),
    ("https://orontes-post.example/a?sid=0123456789abcdef0123456789abcdef", "https://orontes-post.example/a"),
    ("https://вестник.example/новости/1", "https://xn--b1agjinxh.example/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/1"),
    ("https://orontes-post.example/%7Edesk/%61", "https://orontes-post.example/~desk/a"),
    ("https://orontes-post.example/caf%c3%a9", "https://orontes-post.example/cafe\u0301"),
    ("https://orontes-post.example/a//b/../1", "https://orontes-post.example/a/1"),
    ("https://orontes-post.example/a?q=a+b", "https://orontes-post.example/a?q=a%20b"),
    ("https://www.google.com/url?sa=t&url=https%3A%2F%2Forontes-post.example%2Fa%2F1", "https://orontes-post.example/a/1"),
    ("https://l.facebook.com/l.php?u=https%3A%2F%2Forontes-post.example%2Fa%2F1&h=AT0", "https://orontes-post.example/a/1"),
]
DIFFERENT = [
    ("https://orontes-post.example/a?id=1", "https://orontes-post.example/a?id=2"),
    ("https://orontes-post.example/a?page=1", "https://orontes-post.example/a?page=2"),
    ("https://orontes-post.example/a?p=1", "https://orontes-post.example/a"),
    ("https://orontes-post.example/a?lang=ar", "https://orontes-post.example/a?lang=en"),
    ("https://orontes-post.example/ar/a", "https://orontes-post.example/en/a"),
    ("https://ar.orontes-post.example/a", "https://en.orontes-post.example/a"),
    ("https://orontes-post.example/a?source=sana", "https://orontes-post.example/a?source=afp"),
    ("https://orontes-post.example/a?ref=1234", "https://orontes-post.example/a?ref=1235"),
    ("https://orontes-post.example/a?from=2026-01-01", "https://orontes-post.example/a?from=2026-01-02"),
    ("https://orontes-post.example/a?sid=12", "https://orontes-post.example/a?sid=13"),
    ("https://orontes-post.example/#!/a/1", "https://orontes-post.example/#!/a/2"),
    ("https://orontes-post.example/A", "https://orontes-post.example/a"),
    ("https://orontes-post.example/a%2Fb", "https://orontes-post.example/a/b"),
    ("https://orontes-post.example/print", "https://orontes-post.example/"),
    ("https://orontes-post.example:8080/a", "https://orontes-post.example/a"),
    ("https://orontes-post.example/%EF", "https://orontes-post.example/%EE"),
    ("https://orontes-post.example/a?t=%EF", "https://orontes-post.example/a?t=%EE"),
    ("https://orontes-post.example/a/champ", "https://orontes-post.example/a"),
    ("https://m.example/a", "https://w.example/a"),
    ("https://orontes-post.example/2026/blueprint", "https://orontes-post.example/2026/blue"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_a_page_in_another_dress_is_the_same_page(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_pages_told_apart_by_little_stay_apart(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


PIECES = st.sampled_from(
    [
        *(
            "https://",
            "http://",
            "//",
            "/",
            ".",
            "..",
            ";",
            "?",
            "&",
            "=",
            "#",
            "#!/",
            "%",
            "%2f",
            "%25",
            "%41",
            "+",
            "[",
            "]",
            "@",
            ":",
        ),
        *(
            ":80",
            "www.",
            "m.",
            "amp.",
            "amp/",
            "print",
            ".amp",
            "index.html",
            "jsessionid=1",
            "utm_source",
            "rss",
            "url=",
            "google.com",
        ),
        *("google.com/url?url=", "é", "e\u0301", "ß", "İ", "ｅ", "xn--", "\ud800", "\u200f", "\u0338", " ", "a", "b", "1"),
    ]
)
ADDRESSES = st.lists(PIECES, max_size=12).map(lambda some: "https://a.example/" + "".join(some))


@given(st.one_of(st.text(), st.lists(PIECES, max_size=14).map("".join), ADDRESSES))
def test_canonical_never_raises_and_twice_is_once(url: str) -> None:
    once = canonical(url)
    assert canonical(once) == once
    once.encode()


def test_a_redirector_within_redirectors_ends() -> None:
    assert canonical("https://google.com/amp/s/" * 1_000 + "orontes-post.example/a").endswith("orontes-post.example/a")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVa\tScript:alert(1)",
        "\x01javascript:alert(1)",
        " vbscript:x",
        "data:text/html,<script>",
        "file:///etc/passwd",
        "tag:orontes-post.example,2026:1",
        "urn:uuid:6e8bc430",
        "mailto:desk@orontes-post.example",
        "https://",
        "https:///a",
        "https://user:pass@orontes-post.example/",
        "https://user@orontes-post.example/",
        "https://[::1",
        "https://orontes-post.example:99999/",
        "https://a b.example/",
        "https://orontes-post.example/" + "a" * 2_000,
        "https://orontes-post.example/" + "a" * 100_000,
        "",
        None,
    ],
)
def test_h18_what_is_no_web_address_is_never_linked(url: str | None) -> None:
    assert linkable(url, BASE) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://orontes-post.example/a", "https://orontes-post.example/a"),
        (" \n/a/1\t", "https://orontes-post.example/a/1"),
        ("2.html", "https://orontes-post.example/feeds/2.html"),
        ("//levant-wire.example/a", "https://levant-wire.example/a"),
        ("HTTP://levant-wire.example/a", "http://levant-wire.example/a"),
        ("/a b\"<'c", "https://orontes-post.example/a%20b%22%3C'c"),
        ("/إدلب", "https://orontes-post.example/إدلب"),
        ("https://вестник.example/1", "https://вестник.example/1"),
        ("https://[2001:db8::1]/a", "https://[2001:db8::1]/a"),
    ],
)
def test_a_web_address_is_linked_in_full(url: str, expected: str) -> None:
    assert linkable(url, BASE) == expected


def test_without_a_base_only_a_whole_address_is_linked() -> None:
    assert linkable("/a", None) is None
    assert linkable("//levant-wire.example/a", None) is None
    assert linkable("https://levant-wire.example/a", None) == "https://levant-wire.example/a"


@given(st.text(), st.one_of(st.none(), st.text()))
def test_linkable_never_raises_and_gives_web_addresses_only(url: str, base: str | None) -> None:
    link = linkable(url, base)
    assert link is None or link.startswith(("http://", "https://"))
    assert link is None or linkable(link, None) == link


def test_a_host_is_told_without_port_and_in_ascii() -> None:
    assert host("https://Вестник.example:8443/x") == "xn--b1agjinxh.example"
    assert host("https://WWW.Orontes-Post.example/") == "www.orontes-post.example"
    assert host("nonsense") == ""
    assert host("https://[::1") == ""
