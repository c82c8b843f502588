"""FAULTS.md N01 to N33, end to end: one daemon lives through all of them, and the common oracle holds after each."""

from __future__ import annotations

import asyncio
import random
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from urllib.parse import quote

import hostile
import pytest
import trustme
from desks import PATIENCE
from fakes import rss
from faults import CANARY, DAY, Place, Stage, staged
from fetching import asking, opened

DEADLINE = 2
AT_ONCE = 8
FEED = "application/rss+xml"
MEGABYTE = 1_000_000
HOUR = 3600
PATIENT = f'timeout = "15s"\nat_once = {AT_ONCE}\npause = "0s"'


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("network"), fetch=f'timeout = "{DEADLINE}s"\nat_once = {AT_ONCE}') as stage:
        yield stage


def paper(name: str, *titles: str) -> bytes:
    """Write a feed, and let it be had as page?NAME."""
    body = rss(*((title, f"http://{name}.example/{number}", "") for number, title in enumerate(titles)))
    hostile.PAGES[name] = (FEED, body)
    return body


def kinds(stage: Stage, paths: dict[str, str], *, prefix: str) -> dict[str, str | None]:
    """Poll a hostile server under a name for each of these paths; give the kind of failure of each."""
    place = stage.street.server()
    stage.look({name: stage.at(stage.name(f"{prefix}-{name}.example", place, path)) for name, path in paths.items()})
    return {name: row.kind for name, row in zip(paths, stage.polled(*paths), strict=True)}


# --- names and connections


def test_n01_a_name_that_does_not_exist_is_asked_for_ever_more_rarely(stage: Stage) -> None:
    stage.look({"nowhere": stage.at("http://no-such.example/feed")})
    (first,) = stage.polled("nowhere")
    assert (first.kind, first.failures) == ("dns", 1)
    (second,) = stage.again("nowhere")
    assert (second.kind, second.failures) == ("dns", 2)
    assert second.wait > 1.5 * first.wait
    stage.holds("nowhere")


def test_n02_a_resolver_that_hangs_costs_the_deadline_and_no_more(stage: Stage) -> None:
    stage.called({"hangs.example": "hang"})
    stage.look({"hung": stage.at("http://hangs.example/feed")})
    began = time.monotonic()
    (row,) = stage.polled("hung")
    assert time.monotonic() - began < DEADLINE + 3
    assert (row.kind, row.failures) == ("timeout", 1)
    stage.holds("hung")


@pytest.mark.long
def test_n02_a_resolver_that_hangs_is_given_up_before_a_long_deadline(stage: Stage) -> None:
    stage.called({"hangs.example": "hang"})
    stage.look({"hung": stage.at("http://hangs.example/long")}, fetch=PATIENT)
    assert stage.polled("hung")[0].kind == "dns"
    stage.holds("hung")


def test_n03_a_refused_connection_is_named_so(stage: Stage) -> None:
    stage.look({"refused": stage.at(f"http://{stage.street.address()}:1/feed")})
    (row,) = stage.polled("refused")
    assert (row.kind, row.reason) == ("connect", "connection refused")
    stage.holds("refused")


def test_n04_a_black_hole_costs_five_seconds(stage: Stage) -> None:
    with black_hole(stage.street.address()) as port_at:
        stage.look({"hole": stage.at(f"http://{port_at}/feed")}, fetch=PATIENT)
        began = time.monotonic()
        (row,) = stage.polled("hole")
    assert row.kind == "connect"
    assert time.monotonic() - began < 5 + 3
    stage.holds("hole")


@contextmanager
def black_hole(address: str) -> Iterator[str]:
    """Listen with a backlog that is full: who connects now hears nothing."""
    with socket.create_server((address, 0), backlog=0) as listener:
        place = listener.getsockname()
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.settimeout(0)
            filler.connect_ex(place)
        yield f"{place[0]}:{place[1]}"
        for filler in fillers:
            filler.close()


# --- broken off, short, long


@pytest.mark.parametrize(
    ("path", "kind"), [("resetpage", "truncated"), ("halfpage", "truncated"), ("twocl", "protocol")], ids=["n05", "n06", "n08"]
)
def test_n05_n06_n08_nothing_is_stored_of_a_body_that_broke_off(stage: Stage, path: str, kind: str) -> None:
    paper("broken", "Half of it", "The other half")
    place = stage.street.server()
    stage.look({"broken": stage.at(place.url(path + ("?broken" if path != "twocl" else "")))})
    (row,) = stage.polled("broken")
    assert (row.kind, row.items) == (kind, 0)
    assert place.served.seen[0].headers["x-canary"] == CANARY
    stage.holds("broken")


def test_n07_what_comes_after_the_length_that_was_said_is_not_read(stage: Stage) -> None:
    # ten bytes that are no feed; or, where the rest of it comes with them, no HTTP
    assert kinds(stage, {"long": "longcl"}, prefix="n07")["long"] in {"not_a_feed", "protocol"}
    assert stage.row("long").items == 0
    stage.holds("long")


def test_n09_items_that_are_missing_from_a_body_without_length_are_not_gone(stage: Stage) -> None:
    whole = paper("openended", "One", "Two", "Three")
    stage.look({"openended": stage.at(stage.street.server().url("openended?openended"))})
    assert stage.polled("openended")[0].items == 3
    hostile.PAGES["openended"] = (FEED, whole[: whole.index(b"Two")])
    (row,) = stage.again("openended")
    assert row.items >= 3
    stage.holds("openended")


@pytest.mark.parametrize(
    "cut", ["Rain", "<link>http://", "<guid>http://", "<description>It"], ids=["headline", "link", "guid", "text"]
)
def test_n09_an_item_that_was_torn_is_stored_and_told_once_and_whole(stage: Stage, cut: str) -> None:
    whole = rss(("Old", "http://torn.example/0", ""), ("Rain near Idlib", "http://torn.example/1", "It fell all night"))
    item = whole.rindex(b"<item>")
    hostile.PAGES["torn"] = (FEED, whole[:item] + b"</channel></rss>")
    stage.look({"torn": stage.at(stage.street.server().url("openended?torn"))})
    stage.polled("torn")
    for body in (whole[: whole.index(cut.encode(), item) + len(cut)], whole):
        hostile.PAGES["torn"] = (FEED, body)
        (row,) = stage.again("torn")
    stage.holds("torn")
    stored = stage.ask("SELECT title, summary FROM item WHERE feed_id = ? ORDER BY id", row.id)
    assert [tuple(found) for found in stored] == [("Old", ""), ("Rain near Idlib", "It fell all night")]
    assert stage.ask("SELECT count(*) FROM alert JOIN item ON item.id = item_id WHERE feed_id = ?", row.id)[0][0] == 1


# --- slow


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"", b""),
    ],
    ids=["n10", "n11", "n12"],
)
def test_n10_n11_n12_a_body_a_head_and_an_answer_that_never_end_are_left_at_the_deadline(
    stage: Stage, first: bytes, then: bytes
) -> None:
    # in all three more than there are slots: those that were held must be free again
    slow = {f"slow{number}": stage.street.stopwatch(first, then) for number in range(AT_ONCE // 2)}
    stage.look({name: stage.at(f"http://{watch.address}:{watch.port}/feed") for name, watch in slow.items()})
    assert {row.kind for row in stage.polled(*slow)} == {"timeout"}
    stage.until(lambda: all(watch.lasted for watch in slow.values()))
    for watch in slow.values():
        assert DEADLINE - 0.2 < watch.lasted[0] < DEADLINE + 3
    stage.holds(*slow)


# --- too much


@pytest.mark.parametrize(
    ("path", "kind"),
    [("infinite", "too_big"), ("headerflood", "protocol"), ("headerline", "protocol")],
    ids=["n13", "n14", "n14-line"],
)
def test_n13_n14_what_never_ends_is_cut_off_before_it_costs_memory(stage: Stage, path: str, kind: str) -> None:
    assert kinds(stage, {"endless": path}, prefix=path) == {"endless": kind}
    # the largest body that is allowed is 5 MB
    assert stage.grown < 8 * MEGABYTE
    stage.holds("endless")


def test_n15_no_cookie_is_kept(stage: Stage) -> None:
    place = stage.street.server()
    stage.look({"cookies": stage.at(place.url("setcookies?200"))})
    stage.polled("cookies")
    stage.again("cookies")
    assert [seen.headers.get("cookie") for seen in place.served.seen] == [None, None]
    assert stage.grown < 6 * MEGABYTE
    stage.holds("cookies")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("gzbomb?1024", "too_big"),
        ("gzgzbomb", "bad_encoding"),
        ("brbomb", "bad_encoding"),
        ("encchain?200", "bad_encoding"),
        ("badgzip", "bad_encoding"),
        ("truncgzip", "truncated"),
    ],
    ids=["n16", "n17", "n18", "n19", "n20", "n21"],
)
def test_n16_to_n21_no_packing_costs_memory_or_hides_an_end(stage: Stage, path: str, kind: str) -> None:
    assert kinds(stage, {"packed": path}, prefix=path.partition("?")[0]) == {"packed": kind}
    assert stage.grown < 25 * MEGABYTE
    assert stage.row("packed").items == 0
    stage.holds("packed")


def test_n22_what_is_no_http_is_a_typed_error(stage: Stage) -> None:
    wanted = {
        "badchunk": "protocol",
        "truncchunk": "truncated",
        "garbage": "protocol",
        "http09": "protocol",
        "hangup": "protocol",
        "rude": "http",
    }
    found = kinds(stage, {name: name for name in wanted}, prefix="n22")
    # a chunk that can't be read may as well be one that broke off
    assert found.pop("badchunk") in {"protocol", "truncated"}
    assert found == {name: kind for name, kind in wanted.items() if name != "badchunk"}
    stage.holds(*wanted)


# --- TLS


@pytest.fixture(scope="module")
def authority(stage: Stage) -> trustme.CA:
    made = trustme.CA()
    made.cert_pem.write_to_path(str(stage.folder / "desk.pem"))
    return made


def secured(by: trustme.LeafCert, *, oldest_only: bool = False) -> ssl.SSLContext:
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if oldest_only:
        trust.set_ciphers("ALL:@SECLEVEL=0")
        trust.minimum_version = trust.maximum_version = ssl.TLSVersion.TLSv1
    by.configure_cert(trust)
    return trust


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_n23_only_a_certificate_that_is_trusted_is_believed(stage: Stage, authority: trustme.CA) -> None:
    address = stage.street.address
    places = {name: address() for name in ("good", "expired", "stranger", "other", "old")}
    expired = datetime.now(UTC) - timedelta(days=1)
    trusts = {
        "good": secured(authority.issue_cert(places["good"])),
        "expired": secured(authority.issue_cert(places["expired"], not_after=expired)),
        "stranger": secured(trustme.CA().issue_cert(places["stranger"])),
        "other": secured(authority.issue_cert("somebody-else.example")),
        "old": secured(authority.issue_cert(places["old"]), oldest_only=True),
    }
    paper("secured", "Behind a certificate of the desk's own")
    servers = {name: stage.street.server(trust, places[name]) for name, trust in trusts.items()}
    lines = {name: stage.at(server.url("page?secured"), more='ca_file = "desk.pem"') for name, server in servers.items()}
    lines["unnamed"] = stage.at(servers["good"].url("feed"))
    lines["stalled"] = stage.at(stage.street.server().url("page?secured").replace("http://", "https://"))
    stage.look(lines)
    rows = dict(zip(lines, stage.polled(*lines), strict=True))
    assert {name: row.kind for name, row in rows.items()} == {
        "good": None,
        "stalled": "timeout",
        **dict.fromkeys(("expired", "stranger", "other", "old", "unnamed"), "tls"),
    }
    assert rows["good"].items == 1
    assert [len(server.served.seen) for server in servers.values()] == [1, 0, 0, 0, 0]
    stage.holds(*lines)


# --- redirects


def test_n24_a_redirect_is_followed_only_to_where_it_may_lead(stage: Stage, authority: trustme.CA) -> None:
    place, target = stage.street.server(), stage.street.server()
    paper("target", "Never asked for")
    aims = {
        "file": "file:///etc/passwd",
        "gopher": f"gopher://{target.address}:{target.served.port}/x",
        "bad": "http://[::",
        "userinfo": place.url("page?target", "user:word@n24-userinfo.example"),
        "inside": target.url("page?target"),
        "scheme": "javascript:alert(1)",
    }
    paths = {name: f"to?{quote(aim, safe='')}" for name, aim in aims.items()}
    paths |= {
        "circle": "circle?a",
        "self": "again",
        "six": "chain?6",
        "five": "chain?5",
        "none": "nolocation",
        "relative": "to?/feed",
    }
    lines = {name: stage.at(stage.name(f"n24-{name}.example", place, path)) for name, path in paths.items()}
    address = stage.street.address()
    tls = stage.street.server(secured(authority.issue_cert(address)), address)
    lines["down"] = stage.at(tls.url(f"to?{quote(target.url('page?target'), safe='')}"), more='ca_file = "desk.pem"')
    stage.look(lines)
    found = {name: row.kind for name, row in zip(lines, stage.polled(*lines), strict=True)}
    assert found == dict.fromkeys(lines, "redirect") | {"five": None, "relative": None, "inside": "blocked"}
    assert (target.served.connections, place.asked("page?target"), len(tls.served.seen)) == (0, 0, 1)
    stage.holds(*lines)


# --- the monitor's own network


FORMS = {
    "loopback": "127.0.0.1",
    "ipv6": "[::1]",
    "unspecified": "0.0.0.0",
    "decimal": "2130706433",
    "hexadecimal": "0x7f000001",
    "octal": "0177.0.0.1",
    "short": "127.1",
    "fullwidth": "１２７.0.0.1",
    "dots": "127。0。0。1",
    "mapped": "[::ffff:127.0.0.1]",
    "nat64": "[64:ff9b::7f00:1]",
    "metadata": "169.254.169.254",
    "cgnat": "100.64.0.1",
    "lan": "192.168.1.1",
    "name": "localhost",
}


def test_n25_no_address_leads_into_the_monitors_own_network(stage: Stage) -> None:
    trap, trap6 = stage.street.server(address="127.0.0.1"), stage.street.server(address="::1")
    ports = {"ipv6": trap6.served.port}
    stage.called(
        {
            "inside.example": ["127.0.0.1"],
            "mixed.example": ["8.8.8.8", "127.0.0.1", "10.0.0.1"],
            "flips.example": [["8.8.8.8"], ["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["10.0.0.1"]],
        }
    )
    named = {name: f"{name}.example" for name in ("inside", "mixed", "flips")}
    lines = {
        name: stage.at(f"http://{host}:{ports.get(name, trap.served.port)}/feed", private=False)
        for name, host in (FORMS | named).items()
    }
    stage.look(lines)
    found = {name: row.kind for name, row in zip(lines, stage.polled(*lines), strict=True)}
    # who asks for the public one of its addresses gets that one, which the tests' own fence refuses
    assert found == dict.fromkeys(lines, "blocked") | {"mixed": "connect", "flips": "connect"}
    assert [stage.again("flips")[0].kind for _ in range(3)] == ["blocked", "connect", "blocked"]
    assert stage.fenced == {"8.8.8.8"}
    assert (trap.served.connections, trap6.served.connections) == (0, 0)
    stage.holds(*lines)


def test_n25_no_article_redirect_or_webhook_leads_there_either(stage: Stage) -> None:
    trap, place = stage.street.server(), stage.street.server()
    hostile.PAGES["trapped"] = (FEED, rss(("Traps near Idlib", trap.url("feed"), "")))
    lines = {
        "trapped": stage.at(place.url("page?trapped"), full_text=True),
        "sent-on": stage.at(stage.name("sent-on.example", place, f"to?{quote(trap.url('feed'), safe='')}")),
    }
    stage.look(lines, more=f'[channels.trap]\ntype = "webhook"\nurl = "{trap.url("hook")}"\n')
    assert [row.kind for row in stage.polled(*lines)] == [None, "blocked"]
    stage.until(lambda: stage.ask("SELECT 1 FROM item WHERE article_kind = 'blocked'"))
    stage.until(lambda: stage.ask("SELECT 1 FROM delivery WHERE outcome = 'failed' AND reason LIKE '%public internet%'"))
    assert trap.served.connections == 0
    stage.holds(*lines)


# --- moved, unchanged, gone, busy


def test_n26_a_feed_that_moved_for_good_is_followed_and_its_address_proposed(stage: Stage) -> None:
    place = stage.street.server()
    paper("moved", "Read at the new place")
    codes = {"moved301": "301", "moved308": "308", "moved302": "302"}
    urls = {name: stage.name(f"n26-{name}.example", place, f"to?{code}%7C%2Fpage%3Fmoved") for name, code in codes.items()}
    stage.look({name: stage.at(url) for name, url in urls.items()})
    before = stage.config.read_bytes()
    stage.polled(*urls)
    for _ in range(2):
        assert "moved for good" not in stage.log
        stage.again(*urls)
    wanted = {name: place.url("page?moved", f"n26-{name}.example") for name in urls}
    told = stage.status()
    assert {name: told[name]["moved_to"] for name in urls} == wanted | {"moved302": None}
    assert stage.log.count("moved for good") == 2
    assert stage.row("moved301").items == 1
    assert stage.config.read_bytes() == before
    stage.holds(*urls)


def test_n27_unchanged_is_believed_only_where_something_was_compared(stage: Stage) -> None:
    place = stage.street.server()
    paper("cached", "Behind a cache")
    paths = {"known": "feed", "liar": "lie304", "cached": "cached304?cached"}
    stage.look({name: stage.at(stage.name(f"n27-{name}.example", place, path)) for name, path in paths.items()})
    known, liar, cached = stage.polled(*paths)
    assert (known.is_well, known.etag) == (True, hostile.ETAG)
    assert liar.kind == "protocol"
    assert liar.etag is None
    # asked once more, past any cache, and then left alone
    assert [seen.headers.get("cache-control") for seen in place.served.seen if seen.target == "/lie304"] == [None, "no-cache"]
    assert (cached.is_well, cached.items) == (True, 1)
    (known,) = stage.again("known")
    asked = [seen for seen in place.served.seen if seen.target == "/feed"]
    assert asked[-1].headers["if-none-match"] == hostile.ETAG
    assert known.is_well
    stage.holds(*paths)


def test_n28_what_is_gone_is_asked_once_a_day_and_what_is_missing_ever_more_rarely(stage: Stage) -> None:
    place = stage.street.server()
    paths = {"gone": "status?410", "missing": "status?404"}
    stage.look({name: stage.at(stage.name(f"n28-{name}.example", place, path)) for name, path in paths.items()})
    gone, missing = stage.polled(*paths)
    assert (gone.status, missing.status) == (410, 404)
    assert 0.9 * DAY < gone.wait < 1.1 * DAY
    assert 1.5 < stage.again("missing")[0].wait / missing.wait < 2.5
    stage.tell("UPDATE feed SET failures = 99 WHERE outlet_id = 'missing'")
    assert 0.9 * DAY < stage.again("missing")[0].wait < 1.1 * DAY
    assert "410 Gone: its outlet took it down for good" in stage.type("status")
    stage.holds(*paths)


def test_n29_a_host_that_is_busy_is_left_alone_for_as_long_as_it_asks_within_reason(stage: Stage) -> None:
    place = stage.street.server()
    soon = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    past = "Mon, 23 Nov 2020 06:00:00 GMT"
    asked = {
        "seconds": "7200",
        "date": soon,
        "short": "1",
        "huge": "99999999",
        "past": past,
        "garbage": "soon",
        "negative": "-120",
    }
    paths = {f"{name}{code}": f"status?{code}%7CRetry-After:%20{quote(asked[name])}" for name in asked for code in (429, 503)}
    urls = {name: stage.name(f"n29-{name}.example", place, path) for name, path in paths.items()}
    stage.look({name: stage.at(url) for name, url in urls.items()})
    rows = dict(zip(urls, stage.polled(*urls), strict=True))
    rests = {row["name"].rpartition(":")[0]: row["rests_until"] for row in stage.ask("SELECT name, rests_until FROM host")}
    for name, row in rows.items():
        low, high = {"seconds": (2 * HOUR, 2.2 * HOUR), "date": (1.9 * HOUR, 2.2 * HOUR), "huge": (DAY, 1.1 * DAY)}.get(
            name[:-3], (0.8 * HOUR / 4, 1.2 * HOUR / 4)
        )
        assert low <= row.wait <= high, name
        assert row.polled_at is not None
        assert 60 <= rests[f"n29-{name}.example"] - row.polled_at + 1 <= HOUR + 1, name
    # what else is of such a host waits as well
    others = {f"other-{name}": stage.at(place.url("feed", f"n29-{name}.example")) for name in paths}
    stage.look({**{name: stage.at(url) for name, url in urls.items()}, **others})
    stage.holds(*rows)
    assert place.asked("feed") == 0
    assert {row.polled_at for row in stage.rows(*others)} == {None}


# --- something else in place of the feed


def test_n30_what_is_no_feed_is_said_to_be_none(stage: Stage) -> None:
    hostile.PAGES["web"] = ("text/html", b"<!doctype html><title>Our newspaper</title><p>Welcome</p>")
    hostile.PAGES["json"] = ("application/json", b'{"error": "not here"}')
    hostile.PAGES["charset"] = (
        "application/rss+xml; charset=utf-8",
        rss(("Дождь", "http://x.example/1", "")).decode().encode("cp1251"),
    )
    paths = {"web": "page?web", "empty": "empty", "nocontent": "nocontent", "json": "page?json", "charset": "page?charset"}
    found = kinds(stage, paths, prefix="n30")
    assert found.pop("charset") is None
    assert found == {"web": "html", "empty": "empty", "nocontent": "empty", "json": "not_a_feed"}
    (charset,) = stage.ask("SELECT title FROM item WHERE feed_id = ?", stage.row("charset").id)
    charset["title"].encode()
    stage.holds(*paths)


def test_n30_one_page_in_place_of_many_feeds_is_this_networks_own_and_said_once(stage: Stage) -> None:
    place = stage.street.server()
    paper("behind", "Behind the portal")
    real = hostile.PAGES["behind"]
    hostile.PAGES["behind"] = ("text/html", b"<!doctype html><title>Hotel Baron</title><p>Welcome! Please log in.</p>")
    names = [f"portal{number}" for number in range(5)]
    said = stage.log.count("this network wants a login")
    stage.look({name: stage.at(stage.name(f"{name}.example", place, "page?behind")) for name in names}, witness=False)
    rows = stage.polled(*names)
    assert "captive_portal" in {row.kind for row in rows}
    assert {row.failures for row in stage.rows(*names)} == {0}
    assert stage.log.count("this network wants a login") == said + 1
    hostile.PAGES["behind"] = real
    assert all(row.is_well for row in stage.again(*names))
    stage.holds(*names)


# --- the network goes, and comes back


@pytest.mark.parametrize("many", [60, pytest.param(500, marks=pytest.mark.long)])
def test_n31_after_hours_without_a_network_every_feed_is_polled_once_and_none_is_blamed(stage: Stage, many: int) -> None:
    place = stage.street.server()
    ids = [f"out{number}" for number in range(many)]
    names = {f"{one}.example": [place.address] for one in ids}
    stage.called(names)
    stage.look({one: stage.at(place.url("slow?0.1", f"{one}.example")) for one in ids})
    stage.until(lambda: how_many(stage, "answered_at IS NOT NULL") == many)
    stage.holds(*ids)
    witness = stage.names["witness.example"]
    stage.called(dict.fromkeys([*names, "witness.example"], "none"))
    said = stage.log.count("No network")
    stage.tell("UPDATE feed SET due_at = unixepoch() WHERE is_listed")
    stage.until(lambda: how_many(stage, "failure_kind = 'dns'") >= 60)
    assert how_many(stage, "failures > 0") == 0
    # six hours later each of them was tried many times, and is overdue
    stage.tell(
        "UPDATE feed SET failure_kind = 'dns', failure_reason = 'no address for that name' WHERE is_listed",
        "UPDATE feed SET due_at = unixepoch() - 21600, polled_at = unixepoch() - 21600 WHERE is_listed",
    )
    place.served.seen.clear()
    place.served.busiest = 0
    stage.called(names | {"witness.example": witness})
    stage.until(lambda: how_many(stage, "failure_kind IS NULL") == many, patience=90)
    assert how_many(stage, "failures = 0 AND due_at > polled_at + 60") == many
    assert len(place.served.seen) == many
    assert 1 < place.served.busiest <= AT_ONCE
    assert stage.log.count("No network") == said + 1
    stage.holds(*ids)
    assert len(place.served.seen) == many


def how_many(stage: Stage, what: str) -> int:
    """Count the feeds of the outage of which something is so."""
    return int(stage.ask(f"SELECT count(*) FROM feed WHERE is_listed AND outlet_id LIKE 'out%' AND {what}")[0][0])


@pytest.mark.parametrize("many", [60, pytest.param(450, marks=pytest.mark.long)])
def test_n32_fifty_slow_feeds_of_one_host_hold_up_no_other(stage: Stage, many: int) -> None:
    slow, fast = stage.street.server(), stage.street.server()
    stage.name("snail.example", slow, "")
    names = {f"hare{number}": stage.name(f"hare{number}.example", fast, "feed") for number in range(many)}
    hares = {name: stage.at(url) for name, url in names.items()}
    snails = {f"snail{number}": stage.at(slow.url(f"slow?1.{number:03}", "snail.example")) for number in range(50)}
    stage.look(snails | hares)
    stage.polled(*names)
    # a heap of them, 45 in each second
    stage.tell(
        "DELETE FROM poll WHERE feed_id IN (SELECT id FROM feed WHERE outlet_id LIKE 'hare%')",
        f"UPDATE feed SET due_at = unixepoch() + id % {many // 45} WHERE outlet_id LIKE 'hare%'",
    )
    stage.polled(*names)
    late = sorted(
        row["late"] for row in stage.ask("SELECT late FROM poll JOIN feed ON feed.id = feed_id WHERE outlet_id LIKE 'hare%'")
    )
    assert late[int(len(late) * 0.95)] < 5
    assert slow.served.busiest == 1
    stage.in_time()
    stage.look(hares)
    stage.holds(*names)


# --- given up in flight


async def test_n33_after_two_thousand_fetches_that_were_cancelled_five_are_answered() -> None:
    chance = random.Random(33)
    async with hostile.serving() as server, opened() as door:
        for _ in range(20):
            url = [
                server.url(chance.choice(["hang", "drip", "slow?0.01", "dripheader"]), f"n{number}.example")
                for number in range(100)
            ]
            fetches = [asyncio.create_task(door.fetch(asking(each))) for each in url]
            await asyncio.sleep(chance.random() / 20)
            for fetch in fetches:
                fetch.cancel()
            await asyncio.gather(*fetches, return_exceptions=True)
        async with asyncio.timeout(PATIENCE):
            answers = [await door.fetch(asking(server.url("feed", f"n{number}.example"))) for number in range(5)]
    assert [answer.status for answer in answers] == [200] * 5


def test_n33_feeds_that_are_taken_out_while_they_hang_leave_room_for_others(stage: Stage) -> None:
    hanging, well = stage.street.server(), stage.street.server()
    for turn in range(2):
        names = [f"hung{turn}-{number}" for number in range(AT_ONCE)]
        everyone = len(hanging.served.seen) + AT_ONCE
        stage.look({one: stage.at(stage.name(f"{one}.example", hanging, "hang")) for one in names}, witness=False)
        stage.until(partial(_were_asked, hanging, everyone))
    names = [f"well{number}" for number in range(5)]
    stage.look({one: stage.at(stage.name(f"{one}.example", well, "feed")) for one in names}, witness=False)
    assert all(row.is_well for row in stage.polled(*names))
    stage.holds(*names)


def _were_asked(place: Place, many: int) -> bool:
    return len(place.served.seen) >= many
