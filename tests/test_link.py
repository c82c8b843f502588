"""Addresses: what may be linked, and whose they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.url import host, linkable

BASE = "https://orontes-post.example/feeds/news.xml"


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


def test_no_override_turns_an_address_round() -> None:
    assert linkable("https://orontes-post.example/\u202egnp.exe\u2066", None) == "https://orontes-post.example/gnp.exe"
