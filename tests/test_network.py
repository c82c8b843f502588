"""Whether it is the outlets, or us."""

from __future__ import annotations

from monitor.model import Failure, FeedId
from monitor.pipeline import Network

DNS = Failure(kind="dns", detail="no address for that name")
LOCAL = Failure(kind="local", detail="network is unreachable", local=True)
HTTP = Failure(kind="http", detail="503 Service Unavailable")


def test_one_missing_host_is_the_hosts_fault() -> None:
    network = Network()
    assert not any(network.failed("a.example", FeedId(1), DNS).local for _ in range(9))
    assert not network.is_down


def test_many_hosts_out_of_reach_with_no_answer_between_are_our_fault() -> None:
    network = Network()
    blamed = [network.failed(f"{name}.example", FeedId(number), DNS).local for number, name in enumerate("abcd")]
    assert blamed == [False, False, True, True]
    assert network.is_down


def test_feeds_blamed_before_that_was_seen_are_due_again_when_the_network_returns() -> None:
    network = Network()
    for number, name in enumerate("abcd"):
        network.failed(f"{name}.example", FeedId(number), DNS)
    assert network.answered() == {FeedId(0), FeedId(1)}
    assert not network.is_down
    assert network.answered() == frozenset()


def test_an_answer_between_clears_the_suspicion() -> None:
    network = Network()
    for number, name in enumerate("abcdef"):
        assert not network.failed(f"{name}.example", FeedId(number), DNS).local
        network.answered()


def test_no_route_is_our_fault_at_once_and_a_503_never() -> None:
    network = Network()
    assert not network.failed("a.example", FeedId(1), HTTP).local
    assert network.failed("a.example", FeedId(1), LOCAL).local
    assert network.is_down
    assert network.failed("b.example", FeedId(2), HTTP) == HTTP
