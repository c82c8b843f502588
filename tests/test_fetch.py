"""The door to the web: what it brings back, and what it makes of broken, slow and boundless answers."""

from __future__ import annotations

import asyncio
import gzip
import time
import tracemalloc
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from urllib.parse import quote

import hostile
import pytest
from fetching import NOW, SHORT, asking, fault, no_way_out, opened
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from monitor.errors import FetchError
from monitor.fetch import Door
from monitor.fetch.manner import retry_after
from monitor.model import Fetched, Unchanged, Validators

# --- what comes back


async def test_a_feed_comes_whole_with_what_the_next_poll_needs(door: Door, server: hostile.Hostile) -> None:
    url = server.url("feed")
    answer = await door.fetch(asking(url, accept="application/rss+xml"))
    assert isinstance(answer, Fetched)
    assert dict(answer.head)[b"Content-Type"] == b"application/rss+xml"
    assert replace(answer, head=()) == Fetched(
        requested_url=url,
        url=url,
        status=200,
        content_type="application/rss+xml",
        body=hostile.BODY,
        validators=Validators(etag=hostile.ETAG, last_modified=hostile.DATE, body_hash=sha256(hostile.BODY).hexdigest()),
        fetched_at=NOW,
        raw=hostile.BODY,
    )
    headers = server.seen[0].headers
    assert headers["user-agent"] == "monitor/1 (+desk@example.org)"
    assert headers["accept-encoding"] == "gzip"
    assert headers["accept"] == "application/rss+xml"


async def test_a_packed_body_is_unpacked_and_an_empty_one_stays_empty(door: Door, server: hostile.Hostile) -> None:
    bodies = [await door.fetch(asking(server.url(path))) for path in ("packed", "empty", "status?204 No Content")]
    assert [(answer.status, answer.body) for answer in bodies if isinstance(answer, Fetched)] == [
        (200, 20 * hostile.BODY),
        (200, b""),
        (204, b""),
    ]


async def test_what_came_is_kept_as_it_came_for_whoever_must_prove_it(door: Door, server: hostile.Hostile) -> None:
    answer = await door.fetch(asking(server.url("packed")))
    assert isinstance(answer, Fetched)
    assert gzip.decompress(answer.raw) == answer.body
    moved = await door.fetch(asking(server.url("to?" + server.url("feed"))))
    assert isinstance(moved, Fetched)
    assert [(past.url, past.status) for past in moved.way] == [(server.url("to?" + server.url("feed")), 302)]


async def test_n27_a_304_is_unchanged_and_its_validators_go_back_word_for_word(door: Door, server: hostile.Hostile) -> None:
    known = Validators(etag=hostile.ETAG, last_modified=hostile.DATE, body_hash="00")
    answer = await door.fetch(asking(server.url("feed"), validators=known))
    assert answer == Unchanged(url=server.url("feed"), status=304, validators=known, fetched_at=NOW)
    assert server.seen[0].headers["if-none-match"] == hostile.ETAG
    assert server.seen[0].headers["if-modified-since"] == hostile.DATE


async def test_the_same_bytes_are_unchanged_under_new_validators(door: Door, server: hostile.Hostile) -> None:
    digest = sha256(hostile.BODY).hexdigest()
    answer = await door.fetch(asking(server.url("feed"), validators=Validators(etag='"old"', body_hash=digest)))
    assert isinstance(answer, Unchanged)
    assert (answer.status, answer.validators.etag, answer.validators.body_hash) == (200, hostile.ETAG, digest)


@pytest.mark.parametrize("known", [Validators(), Validators(body_hash="00")])
async def test_n27_a_304_that_nobody_asked_for_is_an_error(door: Door, server: hostile.Hostile, known: Validators) -> None:
    assert (await fault(door, asking(server.url("lie304"), validators=known))).kind == "protocol"


@pytest.mark.parametrize("etag", ["x" * 2000, "a|ETag: b", "é"])
async def test_a_validator_that_could_not_be_sent_back_is_not_kept(door: Door, server: hostile.Hostile, etag: str) -> None:
    answer = await door.fetch(asking(server.url("head?" + quote(f"ETag: {etag}"))))
    assert answer.validators.etag is None


async def test_a_post_sends_its_body_and_no_conditions(door: Door, server: hostile.Hostile) -> None:
    await door.fetch(asking(server.url("empty"), method="POST", body=b'{"a": 1}', validators=Validators(etag='"x"')))
    assert (server.seen[0].method, server.seen[0].body) == ("POST", b'{"a": 1}')
    assert not {"if-none-match", "if-modified-since"} & set(server.seen[0].headers)


async def test_n15_no_cookie_is_kept(door: Door, server: hostile.Hostile) -> None:
    await door.fetch(asking(server.url("setcookies?200", "a.example")))
    await door.fetch(asking(server.url("feed", "a.example")))
    assert "cookie" not in server.seen[1].headers


async def test_a_proxy_of_the_environment_is_not_used(server: hostile.Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with opened() as door:
        assert (await door.fetch(asking(server.url("feed")))).status == 200


# --- broken, slow, too much


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        ("reset", {"truncated"}),
        ("shortcl", {"truncated"}),
        ("twocl", {"protocol"}),
        ("truncchunk", {"truncated"}),
        ("badchunk", {"protocol"}),
        ("garbage", {"protocol"}),
        ("http09", {"protocol"}),
        ("hangup", {"protocol"}),
        ("headerflood", {"protocol"}),
        ("headerline", {"protocol"}),
        ("infinite", {"too_big"}),
        ("gzgzbomb", {"bad_encoding"}),
        ("brbomb", {"bad_encoding"}),
        ("encchain?200", {"bad_encoding"}),
        ("badgzip", {"bad_encoding"}),
        ("twogzip", {"bad_encoding"}),
        ("truncgzip", {"truncated"}),
        ("status?206 Partial", {"protocol"}),
    ],
)
async def test_n05_to_n22_a_broken_answer_is_an_error_with_a_name(
    door: Door, server: hostile.Hostile, path: str, kinds: set[str]
) -> None:
    error = await fault(door, asking(server.url(path)))
    assert error.kind in kinds
    assert error.retryable


async def test_n07_what_follows_the_announced_length_never_reaches_the_next_answer(door: Door, server: hostile.Hostile) -> None:
    async def long() -> bytes | str:
        try:
            answer = await door.fetch(asking(server.url("longcl")))
        except FetchError as error:
            return error.kind
        return answer.body if isinstance(answer, Fetched) else b""

    assert set(await asyncio.gather(*(long() for _ in range(5)))) <= {"protocol", b"0123456789"}
    assert await door.fetch(asking(server.url("feed")))


async def test_n07_a_whole_body_is_taken_whatever_comes_after_it_where_its_head_came_before(
    door: Door, server: hostile.Hostile
) -> None:
    async def long(call: hostile.Call) -> None:
        await call.send(f"HTTP/1.1 200 OK\r\n{LENGTH}\r\n\r\n".encode())
        await asyncio.sleep(0.05)
        await call.send(hostile.BODY + b"0123456789")

    server.pages["long"] = long
    answer = await door.fetch(asking(server.url("long")))
    assert isinstance(answer, Fetched)
    assert (answer.body, answer.is_whole) == (hostile.BODY, True)


async def test_n09_a_body_without_length_is_taken_as_it_came(door: Door, server: hostile.Hostile) -> None:
    answer = await door.fetch(asking(server.url("nocl")))
    assert isinstance(answer, Fetched)
    assert answer.body == b"all until the end"


CHUNKS = b"%x\r\n%b\r\n0\r\n\r\n" % (len(hostile.BODY), hostile.BODY)
LENGTH = f"Content-Length: {len(hostile.BODY)}"


@pytest.mark.parametrize(
    ("lines", "body", "is_whole"),
    [
        ([LENGTH], hostile.BODY, True),
        (["Transfer-Encoding: chunked"], CHUNKS, True),
        (["transfer-encoding:  Chunked "], CHUNKS, True),
        (["Content-Encoding: gzip"], gzip.compress(hostile.BODY, mtime=0), True),
        ([], hostile.BODY, False),
        (["Transfer-Encoding: identity"], hostile.BODY, False),
        (["Content-Encoding: identity"], hostile.BODY, False),
        # what libcurl does not go by, nobody may
        (["Content-Length : 1000"], hostile.BODY, False),
        ([" Content-Length: 1000"], hostile.BODY, False),
        (["Transfer-Encoding:", LENGTH], hostile.BODY, False),
    ],
)
async def test_n09_a_body_is_whole_for_sure_where_more_than_the_connections_end_tells_its_own(
    door: Door, server: hostile.Hostile, lines: list[str], body: bytes, *, is_whole: bool
) -> None:
    head = "\r\n".join(["HTTP/1.1 200 OK", *lines, "", ""]).encode()
    answer = await door.fetch(asking(server.url(f"raw?{(head + body).hex()}")))
    assert isinstance(answer, Fetched)
    assert (answer.body, answer.is_whole) == (hostile.BODY, is_whole)


@pytest.mark.parametrize(
    ("lines", "body"),
    [
        ([LENGTH], hostile.BODY[:-1]),
        (["Transfer-Encoding: chunked"], CHUNKS[:-7]),
        (["Content-Encoding: gzip"], gzip.compress(hostile.BODY, mtime=0)[:-1]),
    ],
)
async def test_n09_whatever_vouches_for_a_body_tells_where_it_broke_off(
    door: Door, server: hostile.Hostile, lines: list[str], body: bytes
) -> None:
    head = "\r\n".join(["HTTP/1.1 200 OK", *lines, "", ""]).encode()
    assert (await fault(door, asking(server.url(f"raw?{(head + body).hex()}")))).kind == "truncated"


@pytest.mark.parametrize("coding", ["gzip, chunked", "chunked, gzip", "xchunked", "gzip"])
async def test_n19_a_transfer_coding_that_was_not_asked_for_is_refused(door: Door, server: hostile.Hostile, coding: str) -> None:
    head = f"HTTP/1.1 200 OK\r\nTransfer-Encoding: {coding}\r\n\r\n".encode()
    assert (await fault(door, asking(server.url(f"raw?{(head + CHUNKS).hex()}")))).kind == "protocol"


@pytest.mark.parametrize(
    "head",
    ["HTTP/1.1 101 Switching", "HTTP/1.1 200x", "HTTP/1.1 099 No", "http/1.1 200 OK", "HTTP/1.1 101 x\r\nHTTP/1.1: 200 OK"],
)
async def test_n13_a_body_behind_a_head_that_is_none_is_not_taken(door: Door, server: hostile.Hostile, head: str) -> None:
    async def endless(call: hostile.Call) -> None:
        await call.send(f"{head}\r\n\r\n".encode())
        while True:
            await call.send(b"x" * 65_536)

    server.pages["endless"] = endless
    assert (await fault(door, asking(server.url("endless")))).kind == "protocol"


async def test_a_field_that_looks_like_a_status_is_a_field(door: Door, server: hostile.Hostile) -> None:
    answer = await door.fetch(asking(server.url("head?HTTP/1.1: 304 x|HTTP/: 101")))
    assert isinstance(answer, Fetched)
    assert (answer.status, answer.body) == (200, b"ok")


@pytest.mark.parametrize("cut", [0, 1, 2])
async def test_n20_a_second_packed_piece_is_found_however_it_comes(door: Door, server: hostile.Hostile, cut: int) -> None:
    first, second = gzip.compress(hostile.BODY), gzip.compress(hostile.BODY)

    async def parted(call: hostile.Call) -> None:
        await call.send(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + first + second[:cut])
        await asyncio.sleep(0.05)
        await call.send(second[cut:])

    server.pages["parted"] = parted
    assert (await fault(door, asking(server.url("parted")))).kind == "bad_encoding"


@pytest.mark.parametrize("path", ["drip", "dripheader", "hang", "interim"])
async def test_n10_to_n12_whatever_drips_or_hangs_ends_at_the_deadline_and_frees_the_host(
    server: hostile.Hostile, path: str
) -> None:
    async with opened(at_once=1) as door:
        began = time.monotonic()
        error = await fault(door, asking(server.url(path), deadline=timedelta(seconds=SHORT)))
        assert (error.kind, error.detail) == ("timeout", "no whole answer within 0.5 s")
        assert time.monotonic() - began < SHORT + 1
        assert (await door.fetch(asking(server.url("feed")))).status == 200


async def test_the_deadline_holds_for_all_redirects_together(door: Door, server: hostile.Hostile) -> None:
    request = asking(server.url("slowto?0.3|/slow%3F0.3"), deadline=timedelta(seconds=0.45))
    assert (await fault(door, request)).kind == "timeout"
    assert len(server.seen) == 2


@pytest.mark.parametrize(("path", "kind"), [("gzbomb?60", "too_big"), ("infinite", "too_big"), ("headerflood", "protocol")])
async def test_n13_n16_a_bomb_costs_little_memory(door: Door, server: hostile.Hostile, path: str, kind: str) -> None:
    tracemalloc.start()
    error = await fault(door, asking(server.url(path)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert error.kind == kind
    assert peak < 12 * hostile.MEGABYTE


async def test_a_body_of_just_the_greatest_size_is_taken(door: Door, server: hostile.Hostile) -> None:
    for path, size in (("feed", len(hostile.BODY)), ("packed", 20 * len(hostile.BODY))):
        assert await door.fetch(asking(server.url(path), max_size=size))
        assert (await fault(door, asking(server.url(path), max_size=size - 1))).kind == "too_big"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=60),
    st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 302 X\r\nLocation: ", b"HTTP/1.1 200 OK\r\n\r\n"]),
)
async def test_no_bytes_of_a_server_raise_anything_but_a_fetch_error(junk: bytes, start: bytes) -> None:
    with no_way_out():
        async with hostile.serving() as server, opened() as door:
            request = asking(server.url("raw?" + (start + junk).hex()), deadline=timedelta(seconds=1))
            with suppress(FetchError):
                assert isinstance(await door.fetch(request), Fetched | Unchanged)


# --- what a status means


@pytest.mark.parametrize(
    ("status", "detail", "retryable"),
    [
        (404, "404 Not Found", False),
        (410, "410 Gone", False),
        (401, "401 Unauthorized", False),
        (429, "429 Too Many Requests", True),
        (503, "503 Service Unavailable", True),
        (599, "599", True),
    ],
)
async def test_n28_a_refusal_is_told_in_our_own_words(
    door: Door, server: hostile.Hostile, status: int, detail: str, *, retryable: bool
) -> None:
    error = await fault(door, asking(server.url(f"status?{status}")))
    assert (error.kind, error.status, error.detail, error.retryable) == ("http", status, detail, retryable)


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("99999999", timedelta(seconds=99_999_999)),
        ("Mon, 23 Nov 2026 06:10:00 GMT", timedelta(minutes=10)),
        ("Mon, 23 Nov 2026 05:50:00 GMT", None),
        ("-5", None),
        ("9" * 400, None),
        ("soon", None),
        ("", None),
    ],
)
async def test_n29_retry_after_is_read_where_it_makes_sense(
    door: Door, server: hostile.Hostile, said: str, wait: timedelta | None
) -> None:
    assert (await fault(door, asking(server.url("status?" + quote(f"503|Retry-After: {said}"))))).retry_after == wait


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, [0-9]+ [A-Z][a-z]{2} [0-9]+ [0-9:]+ ([+-][0-9]+|GMT)", fullmatch=True))
@example("Mon, 23 Nov 2026 06:10:00")
@example("Fri, 31 Dec 9999 23:59:59 -2359")
def test_n29_no_retry_after_raises(said: str) -> None:
    wait = retry_after(said, NOW)
    assert wait is None or wait >= timedelta(0)
