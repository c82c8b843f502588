"""The door keeps off private addresses, follows only decent redirects, and gives its secrets to nobody else (N24, N25)."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import ssl
from datetime import timedelta
from urllib.parse import quote

import hostile
import pytest
import trustme
from fetching import asking, fault, no_way_out, opened
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.errors import FetchError
from monitor.fetch import Door, guard, hop
from monitor.fetch.guard import public
from monitor.fetch.transport import Transport
from monitor.model import Fetched, Secret, Validators
from monitor.url import is_public

# --- addresses


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "127.255.0.1",
            "0.0.0.0",
            "10.0.0.1",
            "172.31.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.127.255.255",
        ),
        *(
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
        ),
        *(
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:0:7f00:1",
            "64:ff9b::7f00:1",
        ),
        *(
            "64:ff9b::808:808",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "5f00::1",
            "fc00::1",
        ),
        *("fd12::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1", "", "localhost", "127.1", "１２７.0.0.1"),
    ],
)
def test_n25_an_address_that_is_not_of_the_public_internet_is_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "100.63.255.255", "172.32.0.1", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8"]
)
def test_an_address_of_the_public_internet_is_known(address: str) -> None:
    assert is_public(address)


@given(st.integers(0, 2**32 - 1))
def test_n25_an_ipv4_address_dressed_as_ipv6_is_no_more_public_than_before(number: int) -> None:
    plain = ipaddress.IPv4Address(number)
    assert is_public(f"::ffff:{plain}") == is_public(str(plain))
    for prefix in ("64:ff9b::", "::"):
        assert not is_public(str(ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) + number)))


@pytest.mark.parametrize(
    "host",
    [
        *(
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0X7F.0.0.1",
            "0177.0.0.1",
            "017700000001",
            "127.0.1",
            "0",
            "0.0.0.0",
        ),
        *("１２７.０.０.１", "127。0。0。1", "①②⑦.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]"),
        *("localhost", "LOCALHOST.", "inside.example"),
    ],
)
async def test_n25_no_spelling_of_a_private_address_is_connected_to(door: Door, server: hostile.Hostile, host: str) -> None:
    error = await fault(door, asking(server.url("feed", host), private=False))
    assert (error.kind, error.retryable, server.connections) == ("blocked", False, 0)


async def test_a_private_address_is_reached_where_that_is_allowed(door: Door, server: hostile.Hostile) -> None:
    for host in ("127.0.0.1", "2130706433", "inside.example"):
        assert await door.fetch(asking(server.url("feed", host)))


def test_n25_of_a_mixed_answer_only_the_public_addresses_are_used() -> None:
    assert public(["10.0.0.1", "2606:4700::1111", "8.8.8.8"]) == ["2606:4700::1111", "8.8.8.8"]
    with pytest.raises(FetchError, match="public internet"):
        public(["10.0.0.1", "::1"])


async def test_n25_every_connection_asks_anew_so_that_a_name_that_was_public_once_is_no_way_in(
    server: hostile.Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [("127.0.0.1",), ("127.0.0.1", "8.8.8.8"), ("127.0.0.2",)]
    public_now = {"127.0.0.1"}
    monkeypatch.setattr(guard, "is_public", lambda address: address in public_now)
    async with opened(lambda _host, _port: answers.pop(0)) as door:
        request = asking(server.url("feed", "rebinds.example"), private=False)
        assert (await door.fetch(request)).status == 200
        assert (await door.fetch(request)).status == 200
        assert (await fault(door, request)).kind == "blocked"
    assert (answers, server.connections) == ([], 2)


async def test_n25_no_name_is_looked_up_but_by_the_guard(
    door: Door, server: hostile.Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def of_another(_self: Transport, _url: object) -> list[str]:
        return [f"+another.example:{server.port}:127.0.0.1"]

    monkeypatch.setattr(Transport, "_resolved", of_another)
    await fault(door, asking(server.url("feed", "localhost")))
    assert server.connections == 0
    assert (await door.fetch(asking(server.url("feed", "another.example")))).status == 200


@pytest.mark.parametrize("host", ["1.2.3.4.5", "1234567890123", "999.1", "1.2.3.4.5."])
async def test_n25_what_only_looks_like_an_address_is_looked_up_by_the_guard_as_well(server: hostile.Hostile, host: str) -> None:
    asked: list[str] = []

    def resolver(name: str, _port: int) -> tuple[str, ...]:
        asked.append(name)
        return ()

    async with opened(resolver) as door:
        assert (await fault(door, asking(server.url("feed", host)))).kind == "dns"
    assert asked == [host]


async def test_n25_the_last_wall_stands_at_the_socket_itself(
    door: Door, server: hostile.Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdicts = [True, False]  # the name's address passes, and is another one when it is connected to
    monkeypatch.setattr(guard, "is_public", lambda _address: verdicts.pop(0))
    error = await fault(door, asking(server.url("feed", "rebinds.example"), private=False))
    assert (error.kind, error.retryable, server.connections, verdicts) == ("blocked", False, 0, [])


async def test_n25_a_connection_kept_open_for_a_private_feed_serves_no_other(door: Door, server: hostile.Hostile) -> None:
    requests = [asking(server.url("slow?0.1"), private=private) for private in (True, True, False, True)]
    outcomes = await asyncio.gather(*(door.fetch(request) for request in requests), return_exceptions=True)
    assert [getattr(outcome, "kind", 200) for outcome in outcomes] == [200, 200, "blocked", 200]
    assert (server.connections, len(server.seen)) == (2, 3)  # the last one rode on the second one's


# --- redirects


async def test_redirects_are_followed_and_told(door: Door, server: hostile.Hostile) -> None:
    answer = await door.fetch(asking(server.url("chain?5")))
    assert isinstance(answer, Fetched)
    assert (answer.requested_url, answer.url) == (server.url("chain?5"), server.url("chain?0"))
    assert [seen.target for seen in server.seen] == [f"/chain?{left}" for left in (5, 4, 3, 2, 1, 0)]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_n26_every_kind_of_redirect_is_followed(door: Door, server: hostile.Hostile, status: int) -> None:
    assert (await door.fetch(asking(server.url(f"to?{status}|/feed%23top")))).url == server.url("feed")


@pytest.mark.parametrize(
    ("ways", "has_moved"),
    [((301,), True), ((308, 301), True), ((302,), False), ((301, 302), False), ((307, 308), False), ((), False)],
)
async def test_n26_only_permanent_redirects_all_the_way_say_that_a_feed_has_moved(
    door: Door, server: hostile.Hostile, ways: tuple[int, ...], *, has_moved: bool
) -> None:
    url = server.url("feed")
    for way in reversed(ways):
        url = server.url(f"to?{way}|" + quote(url))
    for validators, status in ((Validators(), 200), (Validators(etag=hostile.ETAG), 304)):
        answer = await door.fetch(asking(url, validators=validators))
        assert (answer.status, answer.manner.moved_to) == (status, server.url("feed") if has_moved else None)


async def test_n26_where_a_feed_has_moved_is_told_in_plain_ascii(door: Door, server: hostile.Hostile) -> None:
    server.pages["ведомость"] = server.pages["%D0%B2%D0%B5%D0%B4"] = hostile.saying("<rss/>")
    answer = await door.fetch(asking(server.url("to?301|" + quote("/вед#top\u202e"))))
    assert answer.manner.moved_to == server.url("%D0%B2%D0%B5%D0%B4")


@pytest.mark.parametrize(
    "target",
    [
        *(
            "file:///etc/passwd",
            "gopher://a.example/",
            "javascript:alert(1)",
            "ftp://a.example/",
            "http://",
            "//",
        ),
        *(
            "http://user:hunter2@a.example/",
            "http://user@127.0.0.1/",
            "http://a.example:99999/",
            "http://a b/",
            "http://[::1/",
            "http://a\\@b/",
        ),
        *("http://" + "a" * 64 + ".example/", "http://a..b/", "http://%31/", "http://a%00b/"),
    ],
)
async def test_n24_a_redirect_to_something_else_than_a_decent_address_is_not_followed(
    door: Door, server: hostile.Hostile, target: str
) -> None:
    error = await fault(door, asking(server.url("to?" + quote(target))))
    assert error.kind == "redirect"
    assert len(server.seen) == 1
    assert "hunter2" not in error.detail


@pytest.mark.parametrize("path", ["circle?a", "chain?6", "nolocation", "status?300"])
async def test_n24_a_redirect_that_leads_nowhere_is_an_error(door: Door, server: hostile.Hostile, path: str) -> None:
    error = await fault(door, asking(server.url(path)))
    assert (error.kind, error.retryable) == ("redirect", True)
    assert len(server.seen) <= 6


async def test_n24_nobody_is_led_from_https_down_to_http(server: hostile.Hostile) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    async with hostile.serving(context) as safe, opened(trust=trust) as door:
        assert (await fault(door, asking(safe.url("to?" + quote(server.url("feed")))))).kind == "redirect"
        assert (await door.fetch(asking(server.url("to?" + quote(safe.url("feed")))))).url == safe.url("feed")
    assert len(server.seen) == 1


async def test_a_redirect_is_not_followed_where_nobody_wants_it(door: Door, server: hostile.Hostile) -> None:
    for request in (
        asking(server.url("to?/feed"), follow=False),
        asking(server.url("to?307|/feed"), method="POST", body=b"{}"),
    ):
        error = await fault(door, request)
        assert (error.kind, error.retryable) == ("redirect", False)
    assert len(server.seen) == 2


async def test_n25_what_a_private_feed_may_reach_ends_with_its_own_host(door: Door, server: hostile.Hostile) -> None:
    async with hostile.serving(host="127.0.0.2") as inside:
        for target in (inside.url("feed", "127.0.0.2"), server.url("feed", "localhost"), "http://169.254.169.254/latest/"):
            error = await fault(door, asking(server.url("to?" + quote(target))))
            assert (error.kind, error.retryable) == ("blocked", False)
        there_and_back = server.url("to?" + quote(server.url("feed")), "localhost")
        assert (await fault(door, asking(server.url("to?" + quote(there_and_back))))).kind == "blocked"
        assert inside.connections == 0


async def test_secret_headers_go_to_their_own_origin_alone(door: Door, server: hostile.Hostile) -> None:
    async with hostile.serving() as other:
        headers = (("Authorization", Secret("Bearer hunter2")), ("X-Plain", "ü"))
        await door.fetch(asking(server.url("to?/feed"), headers=headers))
        await door.fetch(asking(server.url("to?" + quote(other.url("feed"))), headers=headers))
    assert [seen.headers.get("authorization") for seen in server.seen] == ["Bearer hunter2"] * 3
    assert [seen.headers.keys() & {"authorization", "x-plain"} for seen in other.seen] == [set()]


async def test_no_secret_reaches_an_error(door: Door, server: hostile.Hostile) -> None:
    headers = (("Authorization", Secret("Bearer hunter2")),)
    for path in (
        "garbage?hunter2",
        "hangup?hunter2",
        "shortcl?hunter2",
        "nolocation?hunter2",
        "status?500",
        "to?http://hunter2@a.example",
    ):
        error = await fault(door, asking(server.url(path), headers=headers))
        assert "hunter2" not in repr((error, error.detail, error.args))
    error = await fault(door, asking(server.url("feed"), headers=(("X", Secret("hunter2\r\nHost: evil.example")),)))
    assert (error.kind, error.retryable, "hunter2" in str(error)) == ("protocol", False, False)


# --- addresses as somebody typed them


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "feed",
            "/feed",
            "//a.example/",
            "http:",
            "http://",
            "http:///x",
            "ftp://a.example/",
            "file:///etc/passwd",
            "javascript:1",
        ),
        *(
            "http://a.example:0/",
            "http://a.example:99999/",
            "http://a.example:x/",
            "http://a b/",
            "http://a.example\r\nX: y/",
            "http://[::1",
        ),
        *(
            "http://user:hunter2@a.example/",
            "http://a.example/" + "x" * 100_000,
            "http://" + "ё" * 5000 + "/",
            "http://xn--a/\x00",
        ),
    ],
)
async def test_a_bad_address_is_refused_for_good(door: Door, url: str) -> None:
    error = await fault(door, asking(url))
    assert (error.kind, error.retryable) == ("protocol", False)
    assert "hunter2" not in error.detail


async def test_a_name_in_any_script_is_looked_up_as_the_web_spells_it() -> None:
    asked = []

    def resolver(host: str, _port: int) -> tuple[str, ...]:
        asked.append(host)
        return ()

    async with opened(resolver) as door:
        for host in ("вестник.example", "ВЕСТНИК.example", "Ａ.example", "bücher.example", "الزاوية.example"):
            assert (await fault(door, asking(f"http://{host}/"))).kind == "dns"
    assert asked == ["xn--b1agjinxh.example"] * 2 + ["a.example", "xn--bcher-kva.example", "xn--mgbag8a3f0ao.example"]


@given(st.from_regex(hop._TIDY, fullmatch=True))  # noqa: SLF001 - no other way to aim at what takes the short way
@example("http://127.0.0.1:8700/feed/1.xml")
@example("https://a.example/a//b/?q=1&r=a.b")
def test_what_is_read_by_the_short_way_reads_the_same_by_the_long_one(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        short = hop.first(asking(text))
        patch.setattr(hop, "_TIDY", re.compile(r"(?!)"))
        assert hop.first(asking(text)) == short
        assert str(short.url) == short.text == text


@settings(max_examples=300, deadline=None)
@given(st.text() | st.builds("http://{}/{}".format, st.text(), st.text()) | st.builds("https://a.example{}".format, st.text()))
@example("http://\udcff/")
@example("http://a.example/\ud800")
@example("http://999.999.999.999/")
@example("http://[::1%25lo]/")
@example("http://[v1.x]/")
@example("http://1.2.3/")
@example("http://xn--zzzzzzz-/")
async def test_no_text_taken_for_an_address_raises_anything_but_a_fetch_error(text: str) -> None:
    def resolver(host: str, _port: int) -> tuple[str, ...]:
        assert host.isascii()
        return ()

    with no_way_out():
        async with opened(resolver) as door:
            error = await fault(door, asking(text, private=False, deadline=timedelta(seconds=2)))
    assert error.kind in {"protocol", "dns", "blocked"}
