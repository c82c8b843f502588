"""Where robots.txt says no, nobody goes (RFC 9309); what it costs to find out is bounded."""

from __future__ import annotations

import asyncio
import gzip
from datetime import timedelta
from urllib.parse import quote

import hostile
import pytest
from fetching import asking, fault, opened
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import FetchError
from monitor.fetch import Door, hop, robots
from monitor.fetch.robots import MAX_SIZE, Robots, _ours, _parse
from monitor.model import Fetched, Request, Secret, Unchanged

NO_FEED = "User-agent: *\nDisallow: /feed\n"


def targets(server: hostile.Hostile) -> list[str]:
    return [seen.target for seen in server.seen]


async def test_what_robots_txt_forbids_is_never_asked_for(door: Door, server: hostile.Hostile) -> None:
    server.pages["robots.txt"] = hostile.saying(NO_FEED)
    error = await fault(door, asking(server.url("feed"), robots=True))
    assert (error.kind, error.retryable) == ("robots", False)
    assert "`robots = false` in [fetch]" in error.detail
    assert (await door.fetch(asking(server.url("empty"), robots=True))).status == 200
    assert targets(server) == ["/robots.txt", "/empty"]


async def test_a_feed_that_the_desk_lists_is_read_without_asking_robots_txt(door: Door, server: hostile.Hostile) -> None:
    server.pages["robots.txt"] = hostile.saying(NO_FEED)
    assert (await door.fetch(asking(server.url("feed")))).status == 200
    assert targets(server) == ["/feed"]


async def test_robots_txt_is_heeded_at_every_hop(door: Door, server: hostile.Hostile) -> None:
    async with hostile.serving() as other:
        server.pages["robots.txt"] = hostile.saying("")
        other.pages["robots.txt"] = hostile.saying(NO_FEED)
        error = await fault(door, asking(server.url("to?" + quote(other.url("feed"))), robots=True))
        assert error.kind == "robots"
        assert targets(other) == ["/robots.txt"]


async def test_robots_txt_is_asked_for_without_the_secrets_of_the_request(door: Door, server: hostile.Hostile) -> None:
    server.pages["robots.txt"] = hostile.saying("")
    await door.fetch(asking(server.url("feed"), robots=True, headers=(("Authorization", Secret("hunter2")),)))
    assert [seen.headers.get("authorization") for seen in server.seen] == [None, "hunter2"]
    assert server.seen[0].headers["user-agent"] == "monitor/1 (+desk@example.org)"


async def test_all_who_ask_at_once_share_one_robots_txt_and_it_is_kept(door: Door, server: hostile.Hostile) -> None:
    async def slowly(call: hostile.Call) -> None:
        await asyncio.sleep(0.1)
        await call.answer(NO_FEED.encode())

    server.pages["robots.txt"] = slowly
    first = asyncio.create_task(door.fetch(asking(server.url("empty"), robots=True)))
    others = [asyncio.create_task(door.fetch(asking(server.url("empty"), robots=True))) for _ in range(5)]
    await asyncio.sleep(0.05)
    first.cancel()  # whoever asked first goes away; the others have their answer all the same
    assert [answer.status for answer in await asyncio.gather(*others)] == [200] * 5
    assert targets(server) == ["/robots.txt"] + ["/empty"] * 5


# --- what its status means


@pytest.mark.parametrize("status", ["404 Not Found", "401 Unauthorized", "403 Forbidden", "410 Gone"])
async def test_no_robots_txt_allows_everything(door: Door, server: hostile.Hostile, status: str) -> None:
    server.pages["robots.txt"] = hostile.saying(NO_FEED, status)
    assert (await door.fetch(asking(server.url("feed"), robots=True))).status == 200


@pytest.mark.parametrize("status", [500, 503, 429])
async def test_a_robots_txt_that_can_not_be_had_now_puts_the_page_off(door: Door, server: hostile.Hostile, status: int) -> None:
    server.pages["robots.txt"] = hostile.saying("", f"{status} X", Retry_After="120")
    for _ in range(2):
        error = await fault(door, asking(server.url("feed"), robots=True))
        assert (error.kind, error.status, error.retryable) == ("http", status, True)
        assert error.retry_after == timedelta(minutes=2)
        assert error.detail.startswith("robots.txt: ")
    assert targets(server) == ["/robots.txt"]


@pytest.mark.parametrize(("fault_", "kind"), [("hangup", "protocol"), ("badchunk", "protocol"), ("truncgzip", "truncated")])
async def test_a_broken_robots_txt_puts_the_page_off(door: Door, server: hostile.Hostile, fault_: str, kind: str) -> None:
    server.pages["robots.txt"] = hostile.FAULTS[fault_]
    error = await fault(door, asking(server.url("feed"), robots=True))
    assert (error.kind, error.retryable) == (kind, True)
    assert set(targets(server)) == {"/robots.txt"}


async def test_an_unreachable_host_is_unreachable_by_its_own_kind(door: Door) -> None:
    error = await fault(door, asking("http://127.0.0.1:1/", robots=True))
    assert (error.kind, error.detail, error.retryable) == ("connect", "robots.txt: connection refused", True)


async def test_n25_robots_txt_is_asked_for_through_the_same_wall(door: Door, server: hostile.Hostile) -> None:
    assert (await fault(door, asking(server.url("feed"), robots=True, private=False))).kind == "blocked"
    assert server.connections == 0
    server.pages["robots.txt"] = hostile.saying("")  # what one may not reach says nothing about what another may
    assert (await door.fetch(asking(server.url("feed"), robots=True))).status == 200


async def test_n10_a_robots_txt_that_drips_ends_at_a_deadline_of_its_own(door: Door, server: hostile.Hostile) -> None:
    server.pages["robots.txt"] = hostile.FAULTS["drip"]
    error = await fault(door, asking(server.url("feed"), robots=True, deadline=timedelta(seconds=0.3)))
    assert error.kind == "timeout"


async def test_robots_txt_may_be_redirected_and_a_maze_of_redirects_is_none(door: Door, server: hostile.Hostile) -> None:
    async with hostile.serving() as other:
        server.pages["robots.txt"] = hostile.saying("", "301 X", Location="/rules")
        server.pages["rules"] = hostile.saying(NO_FEED)
        assert (await fault(door, asking(server.url("feed"), robots=True))).kind == "robots"
        other.pages["robots.txt"] = hostile.saying("", "302 X", Location="/circle?a")
        assert (await door.fetch(asking(other.url("feed"), robots=True))).status == 200


# --- how much of it is read


@pytest.mark.parametrize("is_packed", [False, True])
async def test_of_an_endless_robots_txt_the_beginning_counts(door: Door, server: hostile.Hostile, *, is_packed: bool) -> None:
    long = (NO_FEED + "Allow: /\n" + "# nothing to be seen here\n" * 60_000 + "Disallow: /empty\n").encode()
    assert len(long) > 2 * MAX_SIZE
    if is_packed:
        server.pages["robots.txt"] = hostile.saying(gzip.compress(long), Content_Encoding="gzip")
    else:
        server.pages["robots.txt"] = hostile.saying(long)
    assert (await fault(door, asking(server.url("feed"), robots=True))).kind == "robots"
    assert (await door.fetch(asking(server.url("empty"), robots=True))).status == 200


async def test_n16_a_gzip_bomb_for_a_robots_txt_is_cut_off(door: Door, server: hostile.Hostile) -> None:
    async def bomb(call: hostile.Call) -> None:
        await call.answer(gzip.compress(NO_FEED.encode() + bytes(50 * hostile.MEGABYTE)), Content_Encoding="gzip")

    server.pages["robots.txt"] = bomb
    assert (await fault(door, asking(server.url("feed"), robots=True))).kind == "robots"


def test_a_line_that_was_cut_in_two_says_nothing() -> None:
    start = b"User-agent: *\nDisallow: /private\n"
    cut = start + b"#" * (MAX_SIZE - len(start) - 13) + b"\nDisallow: /a"
    assert len(cut) == MAX_SIZE
    rules = _parse(cut, "monitor")
    assert rules.parsed is not None
    assert rules.parsed.can_fetch("http://a.example/about", "monitor")
    assert not rules.parsed.can_fetch("http://a.example/private", "monitor")


def test_half_a_megabyte_of_agents_and_rules_is_read_once() -> None:
    agents = b"".join(b"User-agent: a%d\n" % number for number in range(14_000))
    rules = b"".join(b"Disallow: /%d\n" % number for number in range(15_000))
    hostile_text = (agents + b"User-agent: *\n" + rules)[:MAX_SIZE]
    # read into every one of its agents, each rule would be there 14,000 times: minutes of work and gigabytes
    found = _parse(hostile_text, "monitor")
    assert found.length < len(hostile_text)
    assert found.parsed is not None
    assert not found.parsed.can_fetch("http://a.example/7", "monitor")


# --- what it says


@pytest.mark.parametrize(
    ("text", "is_allowed"),
    [
        ("", True),
        ("<html><body>Not found</body></html>", True),
        ("User-agent: *\nDisallow: /", False),
        ("\ufeffUser-agent: *\r\nDisallow: /\r\n", False),
        ("user-AGENT : * # all\n  DISALLOW:/a#b", False),
        ("User-agent: *\nDisallow:", True),
        ("User-agent: *\nDisallow: /\nAllow: /a", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: monitor\nDisallow: /b", True),
        ("User-agent: *\nAllow: /\n\nUser-agent: Monitor/2.0\nDisallow: /", False),
        ("User-agent: monit\nDisallow: /", True),
        ("User-agent: mymonitor\nDisallow: /", True),
        ("User-agent: other\nUser-agent: monitor\nDisallow: /", False),
        ("User-agent: other\nSitemap: /s\nUser-agent: monitor\nDisallow: /", False),
        ("User-agent: other\nDisallow: /b\nUser-agent: monitor\nDisallow: /", False),
        ("User-agent: monitor\nDisallow: /b\nUser-agent: *\nDisallow: /", True),
        ("User-agent: monitor\nDisallow: /b\n\nUser-agent: monitor\nDisallow: /a", False),
        ("Disallow: /", True),
        ("User-agent: *\nDisallow: /*.html$", False),
        ("User-agent: *\nDisallow: /a/%D0%B2%D0%B5%D0%B4", False),
        ("User-agent: *\nDisallow: /a/вед", False),
    ],
)
def test_the_group_that_names_us_counts_and_else_the_one_for_everybody(text: str, *, is_allowed: bool) -> None:
    parsed = _parse(text.encode(), "monitor").parsed
    assert (parsed is None or parsed.can_fetch("http://a.example/a/%D0%B2%D0%B5%D0%B4.html", "monitor")) == is_allowed


@given(
    st.binary(max_size=300)
    | st.lists(st.sampled_from(["User-agent: *", "Disallow: /", "Allow: *$", "Crawl-delay: x", ":"])).map(
        lambda lines: "\n".join(lines).encode()
    )
)
def test_no_bytes_of_a_robots_txt_raise(body: bytes) -> None:
    rules = _parse(body, "monitor")
    assert 0 <= rules.delay <= robots.MAX_DELAY
    assert len(_ours(body.decode("utf-8", "replace"), "monitor")) <= body.count(b"\n") + 300
    if rules.parsed is not None:
        rules.parsed.can_fetch("http://a.example/a", "monitor")


# --- Crawl-delay


@pytest.mark.parametrize(
    ("said", "delay"), [("0.2", 0.2), ("600", 30.0), ("-1", 0.0), ("soon", 0.0), ("nan", 0.0), ("1e999", 0.0)]
)
def test_a_crawl_delay_is_read_and_bounded(said: str, delay: float) -> None:
    assert _parse(f"User-agent: *\nCrawl-delay: {said}".encode(), "monitor").delay == delay


async def test_a_crawl_delay_is_the_pause_of_its_host(door: Door, server: hostile.Hostile) -> None:
    server.pages["robots.txt"] = hostile.saying("User-agent: *\nCrawl-delay: 0.3\n")
    for _ in range(2):
        await door.fetch(asking(server.url("empty"), robots=True, pause=timedelta(seconds=0.1)))
    assert targets(server) == ["/robots.txt", "/empty", "/empty"]
    assert all(gap >= 0.29 for gap in server.gaps)


# --- how long, and for how many, it is remembered


class Web:
    """A door that answers every robots.txt at once; ``asked``: the addresses."""

    def __init__(self, answer: FetchError | None = None) -> None:
        self.asked: list[str] = []
        self.now = 0.0
        self.answer = answer
        self.robots = Robots(agent="monitor/1", ask=self.ask, clock=lambda: self.now)

    async def ask(self, request: Request) -> Fetched | Unchanged:
        self.asked.append(request.url)
        if self.answer is not None:
            raise self.answer
        async with opened() as door, hostile.serving() as server:
            server.pages["robots.txt"] = hostile.saying("User-agent: *\nDisallow: /no")
            return await door.fetch(asking(server.url("robots.txt")))

    async def heed(self, url: str) -> float:
        request = asking(url, robots=True)
        return await self.robots.heed(request, hop.first(request))


async def test_robots_txt_is_asked_for_again_after_a_day() -> None:
    web = Web()
    for web.now in (0.0, 86_399.0, 86_401.0, 86_402.0):
        await web.heed("http://a.example/")
    assert web.asked == ["http://a.example/robots.txt"] * 2


async def test_a_failure_is_remembered_for_some_minutes_and_our_own_trouble_not_at_all() -> None:
    for kind, asked in (("connect", 2), ("local", 4)):
        web = Web(FetchError(kind, "x"))
        for web.now in (0.0, 299.0, 301.0, 302.0):
            with pytest.raises(FetchError, match=r"robots\.txt: x"):
                await web.heed("http://a.example/")
        assert len(web.asked) == asked


async def test_an_origin_is_scheme_host_and_port() -> None:
    web = Web()
    for url in ("http://a.example/x", "http://a.example:80/y", "https://a.example/", "http://a.example:81/", "http://b.example/"):
        await web.heed(url)
    origins = ("http://a.example", "https://a.example", "http://a.example:81", "http://b.example")
    assert web.asked == [f"{origin}/robots.txt" for origin in origins]


async def test_only_so_many_origins_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(robots, "_MAX_ORIGINS", 3)
    web = Web()
    for name in ("a", "b", "c", "a", "d", "a", "b"):
        await web.heed(f"http://{name}.example/")
    assert [url[7] for url in web.asked] == ["a", "b", "c", "d", "b"]


async def test_only_so_much_of_rules_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    web = Web()
    await web.heed("http://a.example/")
    monkeypatch.setattr(robots, "_MAX_LENGTH", 40)
    for name in ("b", "b", "a"):
        await web.heed(f"http://{name}.example/")
    assert [url[7] for url in web.asked] == ["a", "b", "a"]
