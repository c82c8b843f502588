"""An outlet that does not answer for long is told to whom [health] names: once, with the others, and once that it is over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from desks import configured, outlet
from fakes import Site
from ledgers import NOON, Ledger, config_of

from monitor.daemon import Daemon
from monitor.errors import FetchError
from monitor.health import Before, unheard
from monitor.model import (
    ChannelId,
    Feed,
    FeedId,
    FeedState,
    Fetched,
    HealthRules,
    Outlet,
    OutletId,
    Request,
    Unchanged,
    Validators,
)
from monitor.pipeline import Unanswered, poll
from monitor.store import DATABASE, Writing

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
HEALTH = HealthRules(alert=(ChannelId("phone"),))
NAMES = ("orontes-post", "relief-desk", "vestnik", "al-zawiya")


class Watchtower(Ledger):
    """A ledger with several outlets, which are polled as they fall due from a web of which each host can be taken down."""

    failing: dict[str, str]
    warning: Unanswered

    def open(self) -> None:
        """Begin a life of the monitor."""
        super().open()
        self.line.fetch = self._fetch
        self.warning = Unanswered()

    async def _fetch(self, request: Request) -> Fetched | Unchanged:
        for name, kind in self.failing.items():
            if f"//{name}." in request.url:
                raise FetchError(kind, "503 Service Unavailable" if kind == "http" else "no route to host")
        return Unchanged(url=request.url, status=200, validators=Validators(body_hash="same"), fetched_at=self.now)

    def pass_time(self, span: timedelta, *, step: timedelta = 5 * MINUTE) -> None:
        ends = self.now + span
        while self.now < ends:
            self.now = min(self.now + step, ends)
            for state in self.do(self.store.read(lambda store: store.due_feeds(self.now, 100, each=100))):
                self.do(poll(self.line, state))
            self.do(self.warning.warn(self.line))
            self.tell()

    @property
    def notices(self) -> list[dict[str, Any]]:
        return [json.loads(one.message.json) for one in self.receipts["phone"]]


@pytest.fixture
def tower(tmp_path: Path) -> Iterator[Watchtower]:
    Watchtower.failing = {}
    outlets = tuple(Outlet(id=OutletId(name), feeds=(f"https://{name}.example/feed.xml",)) for name in NAMES)
    config = replace(config_of("mail", "phone", watches=()), outlets=outlets, health=HEALTH)
    made = Watchtower(path=tmp_path / DATABASE, config=config)
    made.pass_time(HOUR, step=15 * MINUTE)
    yield made
    made.close()


def test_an_outlet_that_does_not_answer_for_six_hours_is_told_once_and_once_that_it_answers_again(tower: Watchtower) -> None:
    tower.failing["vestnik"] = "http"
    tower.pass_time(6 * HOUR)
    assert tower.notices == []
    tower.pass_time(2 * HOUR)
    tower.kill()
    tower.pass_time(12 * HOUR, step=30 * MINUTE)
    (told,) = tower.notices
    assert (told["kind"], told["about"], told["subject"]) == ("notice", "[health]", "vestnik does not answer")
    assert "- vestnik (vestnik): since Mon 23 Nov 2026, 13:00 (UTC); " in told["text"]
    assert "503 Service Unavailable" in told["text"]
    tower.failing.clear()
    tower.pass_time(24 * HOUR, step=30 * MINUTE)
    assert [one["subject"] for one in tower.notices[1:]] == ["vestnik answers again"]
    assert tower.receipts["mail"] == []


def test_outlets_that_fail_within_the_hour_are_one_message(tower: Watchtower) -> None:
    tower.failing["vestnik"] = "http"
    tower.pass_time(40 * MINUTE)
    tower.failing |= {"relief-desk": "http", "al-zawiya": "http"}
    tower.pass_time(9 * HOUR)
    (told,) = tower.notices
    assert told["subject"] == "3 feeds do not answer"
    assert told["text"].index("- vestnik") < told["text"].index("- relief-desk")


def test_what_is_killed_over_the_sending_comes_again_under_the_same_key(tower: Watchtower) -> None:
    tower.failing["vestnik"] = "http"
    tower.channels["phone"].mode = "killed_after"
    tower.pass_time(9 * HOUR)
    assert len(tower.notices) == 2
    assert len({one["key"] for one in tower.notices}) == 1


def test_what_a_channel_was_to_be_told_that_is_taken_out_is_told_to_the_one_in_its_place(tower: Watchtower) -> None:
    tower.failing["vestnik"] = "http"
    tower.channels["phone"].mode = "down"
    tower.pass_time(8 * HOUR)
    there = {id: one for id, one in tower.line.setup.channels.items() if id != "phone"}
    health = HealthRules(alert=(ChannelId("mail"),))
    tower.line.setup = replace(tower.line.setup, config=replace(tower.line.setup.config, health=health), channels=there)
    tower.pass_time(8 * HOUR)
    told = [json.loads(one.message.json)["subject"] for one in tower.receipts["mail"]]
    assert told == ["Channel phone: takes no alerts", "vestnik does not answer"]


def test_our_own_network_is_told_of_nobody_and_is_no_part_of_what_is(tower: Watchtower) -> None:
    tower.failing |= dict.fromkeys(NAMES, "connect")
    tower.pass_time(12 * HOUR)
    tower.failing = {"vestnik": "http"}
    tower.pass_time(2 * HOUR)
    assert tower.notices == []
    tower.pass_time(6 * HOUR)
    assert [one["subject"] for one in tower.notices] == ["vestnik does not answer"]


def test_what_failed_before_the_network_came_back_is_asked_before_it_is_told() -> None:
    outlet = Outlet(id=OutletId("vestnik"), feeds=("https://vestnik.example/feed.xml",))
    state = FeedState(
        feed=Feed(id=FeedId(1), outlet=outlet, url=outlet.feeds[0]),
        validators=Validators(),
        due_at=NOON + MINUTE,
        polled_at=NOON - MINUTE,
        failing_since=NOON - 9 * HOUR,
        failures=9,
    )
    told = partial(unheard, (state,), after=6 * HOUR, now=NOON)
    assert not told(Before(reached_since=NOON)).is_news
    assert told(Before(reached_since=NOON - HOUR)).failing == (state,)


def test_what_the_monitor_did_not_ask_for_two_days_is_asked_before_it_is_told(tower: Watchtower) -> None:
    tower.failing["vestnik"] = "http"
    tower.pass_time(HOUR)
    tower.now += timedelta(days=2)
    tower.failing.clear()
    tower.kill()
    tower.do(tower.warning.warn(tower.line))
    tower.pass_time(HOUR)
    assert tower.notices == []


def test_one_that_is_paused_is_told_of_no_more(tower: Watchtower) -> None:
    tower.failing["vestnik"] = "http"
    tower.pass_time(8 * HOUR)
    assert len(tower.notices) == 1
    paused = tuple(replace(one, paused=one.id == "vestnik") for one in tower.config.outlets)
    tower.do(tower.store.write(lambda tx: _list(tx, paused)))
    tower.pass_time(HOUR)
    tower.failing.clear()
    tower.do(tower.store.write(lambda tx: _list(tx, tower.config.outlets)))
    tower.pass_time(24 * HOUR, step=HOUR)
    assert len(tower.notices) == 1


def _list(tx: Writing, outlets: tuple[Outlet, ...]) -> None:
    tx.sync(outlets, (), due=lambda *_: NOON)


def test_in_the_night_it_waits_for_the_morning(tower: Watchtower) -> None:
    tower.config = replace(tower.config, alerts=replace(tower.config.alerts, quiet=(17 * 60, 6 * 60)))
    tower.kill()
    tower.failing["vestnik"] = "http"
    tower.pass_time(16 * HOUR, step=15 * MINUTE)
    assert tower.notices == []
    tower.pass_time(3 * HOUR)
    assert [one["subject"] for one in tower.notices] == ["vestnik does not answer"]


def test_who_names_no_channel_is_told_by_status_and_digest_alone(tower: Watchtower) -> None:
    tower.config = replace(tower.config, health=HealthRules())
    tower.kill()
    tower.failing["vestnik"] = "http"
    tower.pass_time(9 * HOUR)
    assert tower.ask("SELECT count(*) FROM notice") == [(0,)]


async def test_a_run_for_once_tells_it_as_well(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = configured(tmp_path, outlet(site, more='[health]\nalert = ["hook"]\n[fetch]\nprivate = true\n'))
        for _ in range(2):
            async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
                await daemon.once()
                assert site.posts == []
                await daemon.store.write(lambda tx: tx.db.execute("UPDATE feed SET failing_since = failing_since - 11000"))
        async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
            await daemon.once()
    assert [(post["kind"], post["subject"]) for post in site.posts] == [("notice", "orontes-post does not answer")]
