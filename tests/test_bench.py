"""The bench's own honesty: the farm serves what its modes say, and a client that did not do its work is found out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from gzip import decompress
from http.client import HTTPConnection
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import feedparser
import pytest

# the bench is a folder of scripts that import each other by name
sys.path.insert(0, str(Path(__file__).parent.parent / "bench"))

from clients import Monitor
from farm import MODES, Count
from invented import ITEMS, bodies
from run import FarmProcess, Figure, WrongError, check, farming, measure, table

FEEDS = 20
SERVED = Count(mode="tenth", requests=FEEDS, asked=FEEDS, whole=2, unchanged=FEEDS - 2, bytes=20_000, connections=FEEDS)
STORED = FEEDS * ITEMS + 2 * 3


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FarmProcess]:
    with farming(tmp_path_factory.mktemp("feeds"), FEEDS) as farm:
        yield farm


def get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    place = urlsplit(url)
    connection = HTTPConnection(place.netloc, timeout=10)
    connection.request("GET", place.path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    return answer.status, dict(answer.headers), answer.read()


def known(farm: FarmProcess) -> list[dict[str, str]]:
    """Give the validators that a client brings along which saw every feed as it first was."""
    farm.begin("cold")
    answers = [get(url, Accept_Encoding="gzip")[1] for url in farm.addresses(FEEDS)]
    return [{"If_None_Match": one["ETag"], "If_Modified_Since": one["Last-Modified"]} for one in answers]


@pytest.mark.untraced
def test_an_invented_feed_is_the_same_every_time_and_reads_without_a_fault() -> None:
    for feed in range(12):
        first, built, moved = bodies(feed)
        assert bodies(feed) == (first, built, moved)
        assert len({first, built, moved}) == 3
        read = [feedparser.parse(BytesIO(body)) for body in (first, built, moved)]
        assert not any(one.bozo for one in read)
        assert [len(one.entries) for one in read] == [ITEMS] * 3
        ids = [{entry.id for entry in one.entries} for one in read]
        assert ids[0] == ids[1]
        assert len(ids[2] - ids[0]) == 3


def test_feeds_are_as_big_as_those_of_real_outlets() -> None:
    sizes = [len(bodies(feed)[0]) for feed in range(60)]
    assert 46_000 < sum(sizes) / len(sizes) < 56_000


def test_every_feed_has_a_host_of_its_own_and_answers_there(farm: FarmProcess) -> None:
    addresses = farm.addresses(FEEDS)
    assert len({urlsplit(url).hostname for url in addresses}) == FEEDS
    assert len({urlsplit(url).hostname for url in farm.addresses(20_000)}) == 20_000
    farm.begin("cold")
    assert [decompress(get(url, Accept_Encoding="gzip")[2]) for url in addresses] == [bodies(n)[0] for n in range(FEEDS)]
    assert get(addresses[3])[2] == bodies(3)[0]
    count = farm.count()
    assert count == replace(count, requests=FEEDS + 1, asked=FEEDS, again=1, whole=FEEDS + 1, plain=1)


@pytest.mark.parametrize(
    ("mode", "whole", "state"), [("304", 0, 0), ("same", FEEDS, 0), ("date", FEEDS, 1), ("tenth", 2, 2), ("most", 18, 2)]
)
def test_a_client_that_knows_every_feed_is_answered_as_the_mode_says(
    farm: FarmProcess, mode: str, whole: int, state: int
) -> None:
    validators = known(farm)
    farm.begin(mode)
    answers = [get(url, Accept_Encoding="gzip", **one) for url, one in zip(farm.addresses(FEEDS), validators, strict=True)]
    assert [status for status, _, _ in answers].count(200) == whole
    assert [status for status, _, _ in answers].count(304) == FEEDS - whole
    assert all(decompress(body) == bodies(feed)[state] for feed, (status, _, body) in enumerate(answers) if status == 200)
    assert all(("ETag" in headers) is MODES[mode].validates for _, headers, _ in answers)
    count = farm.count()
    assert (count.requests, count.asked, count.whole, count.unchanged) == (FEEDS, FEEDS, whole, FEEDS - whole)


def test_a_date_alone_makes_a_request_conditional_too(farm: FarmProcess) -> None:
    validators = known(farm)[0]
    url = farm.addresses(1)[0]
    farm.begin("304")
    assert get(url, If_Modified_Since=validators["If_Modified_Since"])[0] == 304
    assert get(url, If_None_Match='"another"', If_Modified_Since=validators["If_Modified_Since"])[0] == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"requests": FEEDS - 1, "asked": FEEDS - 1, "unchanged": FEEDS - 3},
        {"requests": FEEDS + 1, "again": 1, "unchanged": FEEDS - 1},
        {"whole": FEEDS, "unchanged": 0},
        {"requests": FEEDS + 1, "unknown": 1},
        {"plain": 2},
        {"items": STORED - 1},
        {"items": FEEDS * ITEMS},
        {"code": 1},
    ],
    ids=" ".join,
)
def test_a_figure_that_does_not_hold_is_refused(wrong: dict[str, Any]) -> None:
    check("tenth", FEEDS, count=SERVED, items=STORED, code=0)
    items, code = wrong.pop("items", STORED), wrong.pop("code", 0)
    with pytest.raises(WrongError):
        check("tenth", FEEDS, count=replace(SERVED, **wrong), items=items, code=code)


def test_the_monitor_is_measured_and_one_that_skips_a_feed_is_found_out(farm: FarmProcess, tmp_path: Path) -> None:
    monitor = Monitor(tmp_path / "monitor", sys.executable)
    monitor.begin(farm.addresses(FEEDS))
    cold = measure(monitor, farm, "cold", feeds=FEEDS, number=0)
    assert cold.cpu > 0.1
    assert cold.memory > 10_000_000
    monitor.keep("polled")
    again = measure(monitor, farm, "tenth", feeds=FEEDS, number=0)
    assert "| 20 | 1 in 10 changed |" in table([again, replace(again, client="reader", seconds=again.seconds * 2)])
    monitor.configure(farm.addresses(FEEDS)[:-1])
    with pytest.raises(WrongError, match="feeds asked: 19, not 20"):
        measure(monitor, farm, "304", feeds=FEEDS, number=0)


def test_ratios_are_taken_pair_by_pair() -> None:
    figures = [
        Figure(feeds=100, mode="304", client=client, round=number, seconds=seconds, cpu=1, memory=50_000_000, connections=100)
        for number, pair in enumerate([(1, 2), (2, 8), (4, 12)])
        for client, seconds in zip(("monitor", "reader"), pair, strict=True)
    ]
    assert "| 50 | 12 | **3.0** (2.0–4.0) | 10.00 | 10.00 | 50 | 50 |" in table(figures)
