"""What a server asks of its next visitor, and what the door asks of caches on the way."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import hostile
import httpx
import pytest
from fetching import NOW, asking, fault
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.fetch import Door
from monitor.fetch.head import Head
from monitor.fetch.manner import max_age
from monitor.model import Validators


def seconds(count: int | None) -> timedelta | None:
    return None if count is None else timedelta(seconds=count)


def head(lines: str) -> Head:
    return Head(httpx.Response(200, headers=[tuple(line.split(": ", 1)) for line in lines.split("|") if line]))  # type: ignore[misc]


@pytest.mark.parametrize(
    ("said", "age"),
    [
        ("", None),
        ("Cache-Control: max-age=600", 600),
        ("Cache-Control: public, Max-Age = 600", 600),
        ('Cache-Control: max-age="600"', 600),
        ("Cache-Control: max-age=600|Age: 200", 400),
        ("Cache-Control: max-age=600|Age: soon", 600),
        ("Cache-Control: max-age=600|Age: 900", None),
        ("Cache-Control: max-age=600, max-age=300", 300),
        ("Cache-Control: public|Cache-Control: max-age=600", 600),
        ("Cache-Control: max-age=0", 0),
        ("Cache-Control: no-cache, max-age=600", 0),
        ("Cache-Control: no-store|Age: 5", 0),
        ('Cache-Control: no-cache="Set-Cookie", max-age=600', 600),
        ("Cache-Control: s-maxage=900", None),
        ("Cache-Control: max-age=-5", None),
        ("Cache-Control: max-age=ten|Expires: Mon, 23 Nov 2026 06:10:00 GMT", None),
        ("Cache-Control: max-age=" + "9" * 400, 2**31),
        ("Cache-Control: max-age=600|Expires: Mon, 23 Nov 2026 09:00:00 GMT", 600),
        ("Expires: Mon, 23 Nov 2026 06:10:00 GMT|Date: Mon, 23 Nov 2026 06:00:00 GMT", 600),
        ("Expires: Mon, 23 Nov 2026 06:10:00 GMT", 600),
        ("Expires: Mon, 23 Nov 2026 09:10:00 GMT|Date: Mon, 23 Nov 2026 09:00:00 GMT|Age: 60", 540),
        ("Expires: Mon, 23 Nov 2026 05:10:00 GMT|Date: Mon, 23 Nov 2026 06:00:00 GMT", None),
        ("Expires: 0", None),
        ("Expires: -1", None),
        ("Expires: Mon, 23 Nov 2026 06:10:00 GMT|Date: yesterday", None),
        ("Expires: Fri, 31 Dec 9999 23:59:59 -2359", 2**31),
    ],
)
def test_how_long_an_answer_stays_fresh(said: str, age: int | None) -> None:
    assert max_age(head(said), NOW) == seconds(age)


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"])), st.text(st.characters(codec="latin-1")), st.text())
@example('max-age="', "max-age", "9" * 30)
def test_no_words_about_caching_raise_or_give_less_than_nothing(control: str, expires: str, age: str) -> None:
    response = httpx.Response(
        200,
        headers=[
            (b"Cache-Control", control.encode()),
            (b"Expires", expires.encode("latin-1")),
            (b"Age", age.encode("utf-8", "replace")),
        ],
    )
    found = max_age(Head(response), NOW)
    assert found is None or found >= timedelta(0)


async def test_the_manner_stands_in_every_answer(door: Door, server: hostile.Hostile) -> None:
    server.pages["asks"] = hostile.saying("<rss/>", Cache_Control="max-age=900", Retry_After="120", ETag='"a"')
    server.pages["same"] = hostile.saying("", "304 Not Modified", Cache_Control="max-age=900", Retry_After="120")
    whole = await door.fetch(asking(server.url("asks")))
    again = await door.fetch(asking(server.url("asks"), validators=Validators(body_hash=whole.validators.body_hash)))
    same = await door.fetch(asking(server.url("same"), validators=Validators(etag='"a"')))
    assert [(answer.status, type(answer).__name__) for answer in (whole, again, same)] == [
        (200, "Fetched"),
        (200, "Unchanged"),
        (304, "Unchanged"),
    ]
    for answer in (whole, again, same):
        assert (answer.manner.max_age, answer.manner.retry_after) == (seconds(900), seconds(120))
        assert answer.manner.moved_to is None


@pytest.mark.parametrize(("said", "wait"), [("30", 30), ("Mon, 23 Nov 2026 06:10:00 GMT", 600), ("-5", None), ("soon", None)])
async def test_n29_retry_after_is_read_off_a_good_answer_too(
    door: Door, server: hostile.Hostile, said: str, wait: int | None
) -> None:
    answer = await door.fetch(asking(server.url("head?" + quote(f"Retry-After: {said}"))))
    assert answer.manner.retry_after == seconds(wait)


async def test_n27_a_304_that_nobody_asked_for_is_told_from_other_broken_answers(door: Door, server: hostile.Hostile) -> None:
    unasked = await fault(door, asking(server.url("lie304")))
    broken = await fault(door, asking(server.url("badchunk")))
    assert (unasked.kind, unasked.status) == ("protocol", 304)
    assert (broken.kind, broken.status) == ("protocol", None)


async def test_n27_a_fresh_look_asks_every_cache_to_step_aside(door: Door, server: hostile.Hostile) -> None:
    await door.fetch(asking(server.url("feed"), fresh=True))
    await door.fetch(asking(server.url("feed")))
    assert [seen.headers.get("cache-control") for seen in server.seen] == ["no-cache", None]


async def test_a_header_of_the_desk_takes_the_place_of_the_doors_own_but_not_of_its_promises(
    door: Door, server: hostile.Hostile
) -> None:
    headers = (("user-agent", "Desk/1"), ("Accept-Encoding", "br"), ("If-None-Match", '"mine"'), ("X-Key", "ü"))
    await door.fetch(asking(server.url("empty"), headers=headers, validators=Validators(etag='"known"')))
    seen = server.seen[0].headers
    assert (seen["user-agent"], seen["accept-encoding"], seen["if-none-match"]) == ("Desk/1", "gzip", '"known"')
