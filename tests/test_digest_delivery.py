"""What becomes of digests that channels do not take: the same words again, once each, and given up in no silence."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from desks import Desk, typed, until
from ledgers import NOON, Ledger, config_of

from monitor.model import ChannelId, DigestPlan, Watch, WatchId
from monitor.pipeline import brief_due, give_up_orphans
from monitor.store import DATABASE

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
STATES = "SELECT period, state, tries, given_up_at IS NOT NULL FROM digest_delivery JOIN digest ON id = digest_id ORDER BY id"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Give a monitor with a digest at noon, which has just been due for the first time and found one item."""
    mail = ChannelId("mail")
    plan = DigestPlan(at=("12:30",), cron=None, formats=("md",), send=(mail,), directory=str(tmp_path / "digest"))
    watch = Watch(id=WatchId("idlib"), any=("Item",))
    made = Ledger(path=tmp_path / DATABASE, config=replace(config_of("mail", "phone", watches=(watch,)), digest=plan))
    made.raise_item("idlib")
    made.now = NOON + 30 * MINUTE
    made.do(brief_due(made.line))
    yield made
    made.close()


def digests(ledger: Ledger) -> list[tuple[str, str]]:
    """Give the key and the text of each digest that came."""
    messages = [json.loads(one.message.json) for one in ledger.receipts["mail"]]
    return [(one["key"], one["text"]) for one in messages if one["kind"] == "digest"]


def test_what_is_tried_again_is_in_the_words_it_was_made_in(ledger: Ledger) -> None:
    ledger.channels["mail"].mode = "lost"
    ledger.tell()
    ledger.channels["mail"].mode = "take"
    ledger.raise_item("idlib")
    ledger.kill()
    ledger.wait(HOUR, step=MINUTE)
    first, second = digests(ledger)
    assert first == second
    assert "Item 1" in first[1].replace("«", "").replace("»", "")


def test_a_monitor_that_is_killed_between_making_and_sending_sends_it_once(ledger: Ledger) -> None:
    ledger.kill()
    ledger.do(brief_due(ledger.line))
    ledger.tell()
    ledger.kill()
    ledger.tell()
    assert [key for key, _ in digests(ledger)] == [f"digest-2026-11-23T12:30-{int(ledger.now.timestamp())}"]


def test_one_that_is_refused_for_five_days_is_given_up_and_the_next_digest_says_so(
    ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    ledger.channels["mail"].mode = "busy"
    ledger.wait(5 * DAY + 2 * HOUR, step=HOUR)
    assert [row[1::2] for row in ledger.ask(STATES)] == [("dead", 1)]
    assert "channel mail: 1 digests were given up" in caplog.text
    ledger.channels["mail"].mode = "take"
    ledger.now += DAY
    ledger.do(brief_due(ledger.line))
    ledger.tell()
    told = digests(ledger)
    assert "could not send 1 digest, the first of 23 November 12:30, to a channel (mail: this message is refused)" in _line(
        told[-1][1]
    )
    assert all("2026-11-23T12:30" not in key for key, _ in told)


def test_digests_of_a_channel_that_takes_nothing_are_given_up_in_no_silence(
    ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    ledger.channels["mail"].mode = "down"
    ledger.wait(6 * DAY, step=15 * MINUTE)
    assert [row[1] for row in ledger.ask(STATES)] == ["dead"]
    assert caplog.text.count("channel mail: 1 digests were given up") == 1


def test_digests_behind_alerts_of_a_channel_that_takes_nothing_do_not_pile_up(ledger: Ledger) -> None:
    ledger.config = replace(
        ledger.config, watches=tuple(replace(one, channels=(ChannelId("mail"),)) for one in ledger.config.watches)
    )
    ledger.kill()
    ledger.channels["mail"].mode = "down"
    for _ in range(14):
        ledger.raise_item("idlib")
        ledger.wait(DAY, step=HOUR)
        ledger.do(brief_due(ledger.line))
    states = [row[1] for row in ledger.ask(STATES)]
    assert states.count("held") <= 6
    assert states == sorted(states)
    ledger.channels["mail"].mode = "take"
    ledger.wait(DAY, step=HOUR)
    assert len(digests(ledger)) == states.count("held")


def test_what_waits_for_a_channel_that_is_gone_from_the_config_is_given_up(
    ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    ledger.config = replace(config_of("phone", watches=ledger.config.watches), digest=replace(ledger.config.digest, send=()))
    ledger.kill()
    with caplog.at_level(logging.WARNING):
        ledger.do(give_up_orphans(ledger.line))
    assert ledger.ask("SELECT state FROM digest_delivery") == [("held",)]
    ledger.now += 5 * DAY
    ledger.do(give_up_orphans(ledger.line))
    assert ledger.ask("SELECT state, reason FROM digest_delivery") == [
        ("dead", "config.toml does not have this channel any more")
    ]


def test_one_that_was_made_under_a_clock_that_ran_ahead_is_sent_again_in_its_hour(ledger: Ledger) -> None:
    ledger.tell()
    ledger.now += DAY + 2 * HOUR
    ledger.do(brief_due(ledger.line))
    ledger.tell()
    ledger.now -= 8 * HOUR
    ledger.raise_item("idlib")
    ledger.now += 6 * HOUR + MINUTE
    ledger.do(brief_due(ledger.line))
    ledger.tell()
    keys, texts = zip(*digests(ledger), strict=True)
    assert [key[:23] for key in keys] == ["digest-2026-11-23T12:30", *["digest-2026-11-24T12:30"] * 2]
    assert len(set(keys)) == 3
    assert ["» 1 " in text or "» 2 " in text for text in map(_line, texts)] == [True, False, True]
    assert ledger.ask("SELECT count(*) FROM digest") == [(2,)]


def test_what_is_told_in_a_digest_that_was_made_again_is_not_told_in_the_next_one_too(ledger: Ledger) -> None:
    ledger.now += 2 * DAY + HOUR
    ledger.do(brief_due(ledger.line))
    ledger.now -= DAY + 8 * HOUR
    ledger.raise_item("idlib")
    for wait in (7 * HOUR, DAY, DAY):
        ledger.now += wait + MINUTE
        ledger.do(brief_due(ledger.line))
    words = dict(
        ledger.ask("SELECT period, words FROM digest JOIN digest_words ON digest_id = id AND form = 'text' ORDER BY due_at")
    )
    told = {period[8:10]: "» 2 " in _line(text) for period, text in words.items()}
    assert told == {"23": False, "24": True, "25": False, "26": False}


def _line(text: str) -> str:
    return " ".join(text.split())


PLANS = '[digest]\nat = "06:00"\nsend = ["hook"]\n[digest.weekly]\ncron = "0 7 * * mon"\n'


def test_the_status_says_when_each_digest_follows_and_which_was_not_taken(desk: Desk) -> None:
    desk.configure("a", more=PLANS)
    desk.start()
    until((desk.state / "control.sock").exists, desk)
    desk.site.post_status = 503
    refused = desk.type("digest", "--send", "--plan", "weekly")
    assert refused.returncode == 1, refused.stderr
    shown = _line(typed(desk, "status").stdout)
    assert re.search(r"Next digests (.. ... )?06:00, weekly (.. ... )?07:00\.", shown)
    assert "was not taken by hook (1 try): 503 Service Unavailable. Next try from " in shown
    told = json.loads(typed(desk, "status", "--json").stdout)
    assert [one["plan"] for one in told["digests"]] == ["", "weekly"]
    (unsent,) = told["digests_unsent"]
    facts = {"plan": "weekly", "channel": "hook", "state": "held", "tries": 1, "reason": "503 Service Unavailable"}
    assert {key: unsent[key] for key in facts} == facts
