"""Vitals → what Prometheus reads. The only door to prometheus_client; touches nothing, keeps nothing.

Names and units are as https://prometheus.io/docs/practices/naming/ has them. Labels are ids of config.toml and a few fixed words:
never an address, a headline or a reason, of which there is no end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from monitor.model import Vitals

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
Labels = TypeVar("Labels", bound=tuple[str, ...])
STATES = ("answering", "failing", "new", "paused")
OUTCOMES = ("new items", "unchanged", "failed")


def exposed(vitals: Vitals) -> bytes:
    """Write the vitals in Prometheus' text format, UTF-8."""
    registry = CollectorRegistry()
    registry.register(_Collected(vitals))
    return generate_latest(registry)


class _Collected(Collector):
    """Metrics of one moment."""

    def __init__(self, vitals: Vitals) -> None:
        self._vitals = vitals

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterator[Metric]:
        yield from _self(self._vitals)
        yield from _feeds(self._vitals)
        yield from _promises(self._vitals)
        yield from _room(self._vitals)


def _self(vitals: Vitals) -> Iterator[Metric]:
    yield _labelled("monitor_build_info", "The version that runs.", ("version",), {(vitals.version,): 1})
    yield _gauge("monitor_start_time_seconds", "When the monitor started, Unix time.", vitals.started_at.timestamp())
    yield _gauge("monitor_last_tick_timestamp_seconds", "When due work was last looked for.", vitals.ticked_at.timestamp())
    yield _gauge("monitor_healthy", "1: work that is due is done; what /healthz says.", not vitals.faults)
    yield _gauge("monitor_network_up", "0: nothing at all is reached, so nothing is charged to outlets.", vitals.has_network)
    yield _gauge(
        "monitor_config_refused", "1: a newer config.toml has faults, the last good one is in force.", vitals.kept.is_refused
    )
    yield _counter("monitor_worker_kills", "Processes that had to be killed, or died, over a feed or a page.", vitals.killed)


def _feeds(vitals: Vitals) -> Iterator[Metric]:
    kept = vitals.kept
    feeds = {(state,): kept.feeds.get(state, 0) for state in STATES}
    yield _labelled("monitor_feeds", "Feeds by what their last poll said.", ("state",), feeds)
    yield _gauge("monitor_poll_lateness_seconds", "So long the poll that is most overdue has been.", kept.late.total_seconds())
    polls = CounterMetricFamily("monitor_polls", "Polls since the start.", labels=("outcome",))
    for outcome in OUTCOMES:
        polls.add_metric((outcome.replace(" ", "_"),), vitals.tally.polls[outcome])
    yield polls
    yield _counter("monitor_items", "Items stored since the start.", vitals.tally.items)
    up = {(outlet.id,): int(outlet.answers) for outlet in kept.outlets}
    yield _labelled("monitor_outlet_up", "1: each feed of the outlet answered its last poll.", ("outlet",), up)
    answered = {(outlet.id,): outlet.answered_at.timestamp() for outlet in kept.outlets if outlet.answered_at}
    yield _labelled("monitor_outlet_last_answer_timestamp_seconds", "When it last answered.", ("outlet",), answered)
    yield _gauge("monitor_pages_to_read", "Items whose page is still to be read.", kept.unread)
    found = {(watch,): count for watch, count in kept.found.items()}
    yield _labelled("monitor_watch_items_last_day", "Items in which a watch was found in 24 hours.", ("watch",), found)


def _promises(vitals: Vitals) -> Iterator[Metric]:
    kept = vitals.kept
    yield _labelled(
        "monitor_alerts", "Alerts that are stored; held: to be sent, dead: given up.", ("channel", "state"), kept.alerts
    )
    yield _labelled("monitor_digest_deliveries", "Digests to be sent, sent, given up.", ("channel", "state"), kept.digests)
    ages = {(channel,): _age(vitals.now, raised) for channel, raised in kept.oldest.items()}
    yield _labelled("monitor_alert_oldest_held_age_seconds", "So old the oldest alert is that waits.", ("channel",), ages)
    channels = {channel for channel, _ in (*kept.alerts, *kept.digests)} | kept.troubled
    failing = {(channel,): int(channel in kept.troubled) for channel in sorted(channels)}
    yield _labelled("monitor_channel_failing", "1: the channel took nothing at its last try.", ("channel",), failing)
    messages = CounterMetricFamily("monitor_messages", "Messages tried since the start.", labels=("channel", "outcome"))
    for (channel, outcome), count in sorted(vitals.tally.messages.items()):
        messages.add_metric((channel, outcome), count)
    yield messages


def _room(vitals: Vitals) -> Iterator[Metric]:
    yield _gauge("monitor_database_size_bytes", "The database with its log.", vitals.size)
    done = {(task,): one.done_at.timestamp() for task, one in vitals.kept.upkeep.items() if one.done_at}
    yield _labelled("monitor_upkeep_last_success_timestamp_seconds", "When backup or check last went well.", ("task",), done)
    failed = {(task,): int(one.trouble is not None) for task, one in vitals.kept.upkeep.items()}
    yield _labelled("monitor_upkeep_failed", "1: the last backup or check did not go well.", ("task",), failed)
    if vitals.free is not None:
        yield _gauge("monitor_disk_free_bytes", "Room that is left where the database lies.", vitals.free)


def _gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(name, says, value=float(value))


def _counter(name: str, says: str, value: float) -> Metric:
    return CounterMetricFamily(name, says, value=value)


def _labelled(name: str, says: str, labels: tuple[str, ...], values: Mapping[Labels, float]) -> Metric:
    family = GaugeMetricFamily(name, says, labels=labels)
    for names, value in values.items():
        family.add_metric(names, value)
    return family


def _age(now: datetime, then: datetime) -> float:
    return max(now - then, timedelta()).total_seconds()
