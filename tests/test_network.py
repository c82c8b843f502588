"""Whether it is the outlets, or us."""

from __future__ import annotations

import logging

import pytest

from monitor.model import Failure, FeedId
from monitor.pipeline import Network

DNS = Failure(kind="dns", detail="no address for that name")
LOCAL = Failure(kind="local", detail="network is unreachable", local=True)
HTTP = Failure(kind="http", detail="503 Service Unavailable")


def test_one_missing_host_is_the_hosts_fault() -> None:
    network = Network(hosts=1)
    assert not any(network.failed("a.example", FeedId(1), DNS).local for _ in range(9))
    assert not network.is_down


def test_many_hosts_out_of_reach_with_no_answer_between_are_our_fault() -> None:
    network = Network(hosts=9)
    blamed = [network.failed(f"{name}.example", FeedId(number), DNS).local for number, name in enumerate("abcd")]
    assert blamed == [False, False, True, True]
    assert network.is_down


def test_feeds_blamed_before_that_was_seen_are_cleared_once() -> None:
    network = Network(hosts=9)
    cleared = []
    for number, name in enumerate("abcd"):
        network.failed(f"{name}.example", FeedId(number), DNS)
        cleared.append(network.cleared())
    assert cleared == [frozenset(), frozenset(), {FeedId(0), FeedId(1)}, frozenset()]
    network.answered("a.example")
    assert not network.is_down


def test_nobody_is_told_of_failures_that_turned_out_to_be_the_networks() -> None:
    network = Network(hosts=9)
    for number, name in enumerate("ab"):
        network.failed(f"{name}.example", FeedId(number), DNS)
        assert not network.is_to_blame(DNS)
    network.failed("c.example", FeedId(3), DNS)
    assert network.is_to_blame(DNS)
    assert not network.is_to_blame(HTTP)


def test_an_answer_between_clears_the_suspicion() -> None:
    network = Network(hosts=9)
    for number, name in enumerate("abcdef"):
        assert not network.failed(f"{name}.example", FeedId(number), DNS).local
        network.answered("z.example")


def test_no_route_is_our_fault_even_with_one_outlet_and_a_503_never() -> None:
    network = Network(hosts=1)
    assert not network.failed("a.example", FeedId(1), HTTP).local
    assert network.failed("a.example", FeedId(1), LOCAL).local
    assert network.is_down
    assert network.failed("b.example", FeedId(2), HTTP) == HTTP


def test_the_loss_of_the_network_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    network = Network(hosts=9)
    with caplog.at_level(logging.INFO):
        for number in range(50):
            network.failed(f"{number}.example", FeedId(number), LOCAL)
    assert len(caplog.records) == 1


def test_a_host_that_alone_looks_like_our_trouble_is_charged_in_the_end() -> None:
    network = Network(hosts=9)
    charged = []
    for _ in range(8):
        charged.append(not network.failed("a.example", FeedId(1), LOCAL).local)
        network.answered("z.example")
    assert charged == [False] * 5 + [True] * 3
    assert not network.is_down


def test_hosts_that_fail_for_ever_beside_one_that_answers_are_charged_and_the_network_is_not_down() -> None:
    network = Network(hosts=4)
    for _ in range(6):
        for number, name in enumerate("abc"):
            network.failed(f"{name}.example", FeedId(number), DNS)
        network.answered("z.example")
    assert not any(network.failed(f"{name}.example", FeedId(number), DNS).local for number, name in enumerate("abc"))
    assert not network.is_down
