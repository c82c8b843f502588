"""Through a proxy, and with certificates of one's own: both are the user's choice, and neither opens the wall."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

import hostile
import pytest
import trustme
from fetching import SHORT, asking, fault, opened

from monitor.fetch import Door
from monitor.model import Request, Secret

USER = Secret("http://desk:hunter%402@127.0.0.1:{port}")
BASIC = "Basic " + base64.b64encode(b"desk:hunter@2").decode()


@dataclass(slots=True)
class Proxy:
    """A real HTTP proxy on loopback that resolves every name to loopback. ``refuses``: a status that it answers instead."""

    port: int = 0
    lines: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    refuses: str | None = None
    hangs: bool = False
    floods: bool = False
    talks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def secret_url(self) -> Secret:
        return Secret(USER.reveal().format(port=self.port))


async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def proxying() -> AsyncIterator[Proxy]:
    proxy = Proxy()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        proxy.lines.append(first)
        proxy.headers.append({name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)})
        if proxy.hangs:
            await asyncio.sleep(3600)
        if proxy.floods:
            writer.write(b"HTTP/1.1 407 No\r\nContent-Length: 999999999999\r\n\r\n")
            while True:
                writer.write(b"x" * 65_536)
                await writer.drain()
        if proxy.refuses:
            writer.write(f"HTTP/1.1 {proxy.refuses} hunter@2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            writer.close()
            return
        method, target, _ = first.split(" ")
        port = int(target.rpartition(":")[2]) if method == "CONNECT" else urlsplit(target).port
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port)
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        else:
            path = "/" + target.split("/", 3)[3]
            kept = [line for line in lines if not line.lower().startswith("proxy-")]
            there_writer.write("\r\n".join([f"{method} {path} HTTP/1.1", *kept, "", ""]).encode())
        await asyncio.gather(pour(reader, there_writer), pour(there_reader, writer))

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        proxy.talks.add(task)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await carry(reader, writer)
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        for task in proxy.talks:
            task.cancel()
        await asyncio.gather(*proxy.talks, return_exceptions=True)


def through(url: str, proxy: str | Secret, **more: object) -> Request:
    return asking(url, **({"private": False, "proxy": proxy} | more))


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    async with proxying() as proxy:
        yield proxy


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ours.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


def tls(authority: trustme.CA, name: str = "good.example") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def nowhere(_host: str, _port: int) -> tuple[str, ...]:
    raise AssertionError("the proxy looks names up, nobody else")


# --- through a proxy


async def test_a_plain_page_comes_through_the_proxy_which_looks_up_the_name(proxy: Proxy, server: hostile.Hostile) -> None:
    async with opened(nowhere) as door:
        answer = await door.fetch(through(server.url("feed", "outlet.example"), proxy.url))
    assert (answer.status, answer.url) == (200, server.url("feed", "outlet.example"))
    assert proxy.lines == [f"GET {server.url('feed', 'outlet.example')} HTTP/1.1"]
    assert server.seen[0].headers["host"] == f"outlet.example:{server.port}"


async def test_no_exception_of_the_environments_leads_past_the_proxy(
    proxy: Proxy, server: hostile.Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "*")
    async with opened(nowhere) as door:
        await door.fetch(through(server.url("feed", "outlet.example"), proxy.url))
    assert len(proxy.lines) == 1


async def test_a_secure_page_comes_through_a_tunnel_and_its_certificate_is_checked(
    proxy: Proxy, authority: trustme.CA, ca_file: str
) -> None:
    async with opened(nowhere) as door, hostile.serving(tls(authority)) as safe:
        answer = await door.fetch(through(safe.url("feed", "good.example"), proxy.url, ca_file=ca_file))
        assert answer.status == 200
        assert proxy.lines == [f"CONNECT good.example:{safe.port} HTTP/1.1"]
        error = await fault(door, through(safe.url("feed", "bad.example"), proxy.url, ca_file=ca_file))
        assert error.kind == "tls"
        assert len(safe.seen) == 1


async def test_the_password_of_a_proxy_is_told_to_the_proxy_alone(
    proxy: Proxy, server: hostile.Hostile, authority: trustme.CA, ca_file: str
) -> None:
    async with opened(nowhere) as door, hostile.serving(tls(authority)) as safe:
        for url in (server.url("feed", "outlet.example"), safe.url("feed", "good.example")):
            assert (await door.fetch(through(url, proxy.secret_url, ca_file=ca_file))).status == 200
        await door.fetch(
            through(server.url("to?" + quote(safe.url("feed", "good.example")), "a.example"), proxy.secret_url, ca_file=ca_file)
        )
        assert {headers["proxy-authorization"] for headers in proxy.headers} == {BASIC}
        assert not any("proxy-authorization" in seen.headers for seen in (*server.seen, *safe.seen))
        assert len(safe.seen) == 2


@pytest.mark.filterwarnings("error")
async def test_no_warning_of_the_engine_tells_the_password(proxy: Proxy, server: hostile.Hostile) -> None:
    async with opened(nowhere) as door:
        assert (await door.fetch(through(server.url("feed", "outlet.example"), proxy.secret_url))).status == 200


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(("refuses", "kind"), [("407 No", "local"), ("403 No", None), ("502 No", None), ("garbage", None)])
async def test_what_the_proxy_refuses_is_told_without_its_password(
    door: Door, proxy: Proxy, scheme: str, refuses: str, kind: str | None
) -> None:
    proxy.refuses = refuses
    error = await fault(door, through(f"{scheme}://outlet.example/", proxy.secret_url))
    assert "hunter" not in repr((error, error.detail, error.args))
    assert error.kind == (kind or error.kind)


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_n13_a_proxy_that_says_no_without_an_end_is_heard_once(door: Door, proxy: Proxy, scheme: str) -> None:
    proxy.floods = True
    error = await fault(door, through(f"{scheme}://outlet.example/", proxy.secret_url))
    assert (error.kind, error.detail) == ("local", "the proxy wants other credentials than those in `proxy`")


async def test_a_tunnel_is_asked_for_with_any_password_and_without_a_word_of_who_we_are(
    proxy: Proxy, authority: trustme.CA, ca_file: str
) -> None:
    address = Secret(f"http://desk:p%C3%A4ss%3A@127.0.0.1:{proxy.port}")
    async with opened(nowhere) as door, hostile.serving(tls(authority)) as safe:
        await door.fetch(through(safe.url("feed", "good.example"), address, ca_file=ca_file))
    assert proxy.headers[0]["proxy-authorization"] == "Basic " + base64.b64encode("desk:päss:".encode()).decode()
    assert "user-agent" not in proxy.headers[0]


async def test_a_proxy_that_is_away_is_not_the_outlets_fault(proxy: Proxy) -> None:
    def unknown(_host: str, _port: int) -> tuple[str, ...]:
        return ()

    async with opened(unknown) as door:
        for address, words in (
            (Secret("http://desk:hunter2@127.0.0.1:1"), "the proxy: connection refused"),
            (Secret("http://desk:hunter2@proxy.example:3128"), "the proxy: no address for that name"),
            (Secret("hunter2://x"), "`proxy` is not the http:// address of a proxy"),
            (Secret("http://[hunter2"), "`proxy` is not the http:// address of a proxy"),
            ("", "`proxy` is not the http:// address of a proxy"),
            ("https://127.0.0.1:1", "`proxy` is not the http:// address of a proxy"),
            (Secret("http://desk:hunter2%00@127.0.0.1:1"), "`proxy` is not the http:// address of a proxy"),
        ):
            for scheme in ("http", "https"):
                error = await fault(door, through(f"{scheme}://outlet.example/", address))
                assert (error.kind, error.detail) == ("local", words)
                assert "hunter2" not in repr((error, error.args))
        proxy.refuses = "403 No"
        assert (await fault(door, through("https://outlet.example/", proxy.url))).kind == "local"
        proxy.refuses = "502 No"
        assert (await fault(door, through("https://outlet.example/", proxy.url))).kind == "connect"


async def test_n12_a_proxy_that_hangs_ends_at_the_deadline(door: Door, proxy: Proxy) -> None:
    proxy.hangs = True
    for scheme in ("http", "https"):
        request = through(f"{scheme}://outlet.example/", proxy.url, deadline=timedelta(seconds=SHORT))
        assert (await fault(door, request)).kind == "timeout"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "10.0.0.1",
        "169.254.169.254",
        "[::1]",
        "[::ffff:10.0.0.1]",
        "localhost",
        "a.localhost.",
    ],
)
async def test_n25_a_proxy_is_no_way_round_the_wall(door: Door, proxy: Proxy, server: hostile.Hostile, host: str) -> None:
    for scheme in ("http", "https"):
        error = await fault(door, through(f"{scheme}://{host}:{server.port}/feed", proxy.url))
        assert (error.kind, error.retryable) == ("blocked", False)
    target = server.url("to?" + quote(server.url("feed", host)), "outlet.example")
    assert (await fault(door, through(target, proxy.url))).kind == "blocked"
    assert len(server.seen) == 1
    assert (await door.fetch(through(server.url("feed"), proxy.url, private=True))).status == 200


async def test_robots_txt_is_asked_for_through_the_proxy_as_well(door: Door, proxy: Proxy, server: hostile.Hostile) -> None:
    server.pages["robots.txt"] = hostile.saying("User-agent: *\nDisallow: /feed")
    assert (await fault(door, through(server.url("feed", "outlet.example"), proxy.url, robots=True))).kind == "robots"
    assert proxy.lines == [f"GET {server.url('robots.txt', 'outlet.example')} HTTP/1.1"]


async def test_requests_by_different_ways_share_no_connection(door: Door, proxy: Proxy, server: hostile.Hostile) -> None:
    url = server.url("slow?0.1", "outlet.example")
    ways = [asking(url), through(url, proxy.url), asking(url), through(url, proxy.url), asking(url)]
    assert len(await asyncio.gather(*(door.fetch(request) for request in ways))) == 5
    assert len(proxy.lines) == 2
    assert server.busiest == 1


# --- certificates of one's own


async def test_n23_certificates_of_ones_own_count_for_that_request_alone_and_beside_the_others(
    authority: trustme.CA, ca_file: str
) -> None:
    everyone = trustme.CA()
    trust = ssl.create_default_context()
    everyone.configure_trust(trust)
    async with (
        opened(trust=trust) as door,
        hostile.serving(tls(authority)) as ours,
        hostile.serving(tls(everyone)) as theirs,
    ):
        for server in (ours, theirs):
            assert (await door.fetch(asking(server.url("feed", "good.example"), ca_file=ca_file))).status == 200
        assert (await door.fetch(asking(theirs.url("feed", "good.example")))).status == 200
        assert (await fault(door, asking(ours.url("feed", "good.example")))).kind == "tls"


async def test_n23_with_certificates_of_ones_own_the_name_must_still_be_right(
    door: Door, authority: trustme.CA, ca_file: str
) -> None:
    async with hostile.serving(tls(authority, "other.example")) as server:
        assert (await fault(door, asking(server.url("feed", "good.example"), ca_file=ca_file))).kind == "tls"


async def test_a_bad_ca_file_is_not_the_outlets_fault_and_may_be_mended(
    door: Door, authority: trustme.CA, tmp_path: Path
) -> None:
    path = tmp_path / "later.pem"
    async with hostile.serving(tls(authority)) as server:
        request = asking(server.url("feed", "good.example"), ca_file=str(path))
        for text in (None, "", "no certificate\n", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"):
            if text is not None:
                path.write_text(text)
            error = await fault(door, request)
            assert (error.kind, error.detail) == ("local", "`ca_file`: no readable PEM file with certificates")
        authority.cert_pem.write_to_path(path)
        assert (await door.fetch(request)).status == 200
