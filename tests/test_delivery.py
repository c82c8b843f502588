"""What becomes of a promise when channels fail: nothing is lost, repeated, out of order, or silent."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from ledgers import Ledger, config_of

from monitor.model import ChannelId, Watch, WatchId
from monitor.store import DATABASE

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def watch(name: str, *channels: str, urgent: bool = False) -> Watch:
    return Watch(id=WatchId(name), any=("Item",), channels=tuple(ChannelId(one) for one in channels), urgent=urgent)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(path=tmp_path / DATABASE, config=config_of("mail", "phone", watches=(watch("idlib", "mail"),)))
    yield made
    made.close()


def told(ledger: Ledger, channel: str = "mail") -> list[list[int]]:
    """Give the items of each message that came, in the order in which they came."""
    messages = (json.loads(one.message.json) for one in ledger.receipts[channel])
    return [[alert["item"] for alert in one["alerts"]] for one in messages if one["kind"] != "notice"]


def notices(ledger: Ledger, channel: str = "phone") -> list[dict[str, Any]]:
    messages = (json.loads(one.message.json) for one in ledger.receipts[channel])
    return [one for one in messages if one["kind"] == "notice"]


# ---- frozen messages


def test_what_was_sent_and_not_recorded_comes_again_in_the_same_message_whatever_else_waits(ledger: Ledger) -> None:
    for _ in range(14):
        ledger.raise_item("idlib")
    ledger.wait(MINUTE, step=MINUTE)
    assert [len(one) for one in told(ledger)] == [1] * 12 + [2]
    ledger.now += 2 * HOUR
    for _ in range(8):
        ledger.raise_item("idlib", batch="first poll of feed 1")
    ledger.channels["mail"].mode = "killed_after"
    ledger.tell()
    before = ledger.receipts["mail"][-1]
    ledger.raise_item("idlib", batch="first poll of feed 1")
    ledger.raise_item("idlib")
    ledger.wait(MINUTE, step=MINUTE)
    again = ledger.receipts["mail"][14]
    assert again.message.key == before.message.key
    assert again.message.json == before.message.json
    assert json.loads(again.message.json)["kind"] == "first_poll"
    assert [len(one) for one in told(ledger)[15:]] == [1, 1]


def test_an_answer_that_was_lost_repeats_the_same_message(ledger: Ledger) -> None:
    ledger.raise_item("idlib")
    ledger.channels["mail"].mode = "lost"
    ledger.tell()
    ledger.raise_item("idlib")
    ledger.channels["mail"].mode = "take"
    ledger.wait(2 * MINUTE, step=MINUTE / 2)
    keys = [one.message.key for one in ledger.receipts["mail"]]
    assert (len(keys), len(set(keys))) == (3, 2)


# ---- a channel that takes nothing


def test_a_channel_that_is_down_is_tried_once_for_all_that_waits_and_the_order_stays(ledger: Ledger) -> None:
    for _ in range(5):
        ledger.raise_item("idlib")
        ledger.now += timedelta(seconds=1)
    ledger.channels["mail"].mode = "down"
    ledger.wait(10 * MINUTE, step=timedelta(seconds=5))
    # at once, and after 30 s, 1, 2 and 4 minutes of rest
    assert len(ledger.tries) == 5
    assert len(set(ledger.tries)) == 1
    assert ledger.ask("SELECT count(*) FROM alert WHERE message IS NOT NULL") == [(1,)]
    ledger.channels["mail"].mode = "take"
    ledger.wait(10 * MINUTE, step=MINUTE)
    assert told(ledger) == [[1], [2], [3], [4], [5]]
    assert ledger.ask("SELECT * FROM channel") == []


def test_a_rest_outlives_the_monitor_in_what_it_says_but_a_start_tries_at_once(ledger: Ledger) -> None:
    ledger.raise_item("idlib")
    ledger.channels["mail"].mode = "down"
    ledger.wait(HOUR, step=MINUTE)
    ((failures, since),) = ledger.ask("SELECT failures, failing_since FROM channel")
    tries = len(ledger.tries)
    ledger.kill()
    ledger.tell()
    assert len(ledger.tries) == tries + 1
    assert ledger.ask("SELECT failures, failing_since FROM channel") == [(failures + 1, since)]


def test_what_a_server_asks_for_is_kept_to_a_day(ledger: Ledger) -> None:
    ledger.raise_item("idlib")
    ledger.channels["mail"].mode = "down"
    ledger.channels["mail"].retry_after = timedelta(days=9)
    ledger.tell()
    ledger.wait(DAY - MINUTE, step=HOUR)
    # the other channel hears of it meanwhile
    assert [channel for channel, _ in ledger.tries] == ["mail", "phone"]
    ledger.wait(2 * MINUTE, step=MINUTE)
    assert [channel for channel, _ in ledger.tries] == ["mail", "phone", "mail"]


def test_a_channel_that_is_down_for_five_days_gives_up_what_is_so_old_and_nothing_else(ledger: Ledger) -> None:
    ledger.raise_item("idlib")
    ledger.channels["mail"].mode = "down"
    ledger.wait(4 * DAY, step=HOUR)
    ledger.raise_item("idlib")
    ledger.wait(DAY + HOUR, step=HOUR)
    assert ledger.states() == {"dead": 1, "held": 1}
    ledger.channels["mail"].mode = "take"
    ledger.wait(2 * HOUR, step=HOUR)
    assert told(ledger) == [[2]]


def test_several_in_a_row_that_are_refused_for_now_are_the_channels_trouble(ledger: Ledger) -> None:
    for _ in range(9):
        ledger.raise_item("idlib")
    ledger.channels["mail"].mode = "busy"
    for _ in range(5):
        ledger.tell()
    assert len(ledger.tries) == 3
    ledger.channels["mail"].mode = "take"
    ledger.wait(HOUR, step=MINUTE)
    assert told(ledger) == [[3], [4], [5], [6], [7], [8], [9], [1], [2]]


# ---- what is refused itself


def test_one_that_is_refused_for_good_is_dead_after_three_tries_and_told_elsewhere(
    ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    ledger.raise_item("idlib")
    ledger.channels["mail"].mode = "poison"
    ledger.tell()
    ledger.channels["mail"].mode = "take"
    ledger.raise_item("idlib")
    ledger.tell()
    assert told(ledger) == [[2]]
    ledger.channels["mail"].mode = "poison"
    ledger.wait(2 * HOUR, step=MINUTE)
    assert len(ledger.tries) == 5  # three, the one between, and the notice
    assert ledger.states() == {"dead": 1, "sent": 1}
    (notice,) = notices(ledger)
    assert notice["subject"] == "Channel mail: 1 alert given up"
    assert "this message is refused" in notice["text"]
    assert "1 alerts were given up" in caplog.text


def test_addresses_that_have_a_message_do_not_get_it_again(ledger: Ledger) -> None:
    ledger.raise_item("idlib")
    ledger.channels["mail"].mode = "partial"
    ledger.tell()
    assert ledger.ask("SELECT address FROM taken") == [("one",)]
    ledger.kill()
    ledger.wait(MINUTE, step=MINUTE)
    assert [sorted(one.to) for one in ledger.receipts["mail"]] == [["one"], ["two"]]
    assert ledger.ask("SELECT * FROM taken") == []
    assert ledger.states() == {"sent": 1}


# ---- a wrong password


def test_a_wrong_password_gives_up_after_three_tries_for_all_and_a_mend_brings_everything_back_in_order(ledger: Ledger) -> None:
    for _ in range(4):
        ledger.raise_item("idlib")
        ledger.now += timedelta(seconds=1)
    ledger.channels["mail"].mode = "no_login"
    ledger.wait(2 * HOUR, step=MINUTE)
    # the other is told once it takes nothing for a quarter of an hour, and when alerts are given up
    assert [channel for channel, _ in ledger.tries] == ["mail", "phone", "mail", "mail", "phone"]
    assert ledger.states() == {"dead": 4}
    _, notice = notices(ledger)
    assert notice["about"] == "mail"
    assert notice["subject"] == "Channel mail: takes no alerts, 4 alerts given up"
    for words in ("Since:      Mon 23 Nov 2026, 12:01 (UTC), 3 tries in a row", "no_login", "[channels.mail]", "monitor status"):
        assert words in notice["text"]
    # each has a reason, also those for which another one was tried
    assert ledger.ask("SELECT DISTINCT alert_id, reason FROM delivery") == [(n, "no_login") for n in (1, 2, 3, 4)]
    ledger.channels["mail"].mode = "take"
    ledger.mend("mail")
    ledger.tell()
    assert told(ledger) == [[1], [2], [3], [4]]
    assert len(notices(ledger)) == 2


def test_what_was_given_up_comes_back_when_the_monitor_starts_anew_unless_it_is_old(ledger: Ledger) -> None:
    ledger.raise_item("idlib")
    ledger.channels["mail"].mode = "no_login"
    ledger.wait(2 * HOUR, step=MINUTE)
    ledger.channels["mail"].mode = "take"
    ledger.now += 4 * DAY
    ledger.kill()
    ledger.tell()
    assert told(ledger) == [[1]]
    ledger.channels["mail"].mode = "no_login"
    ledger.raise_item("idlib")
    ledger.wait(2 * HOUR, step=MINUTE)
    ledger.channels["mail"].mode = "take"
    ledger.now += 5 * DAY
    ledger.kill()
    ledger.tell()
    assert told(ledger) == [[1]]


# ---- notices


def test_a_channel_that_fails_for_long_is_told_to_another_once_a_spell(ledger: Ledger) -> None:
    ledger.raise_item("idlib")
    ledger.channels["mail"].mode = "down"
    ledger.wait(14 * MINUTE, step=MINUTE)
    assert notices(ledger) == []
    ledger.wait(DAY, step=10 * MINUTE)
    (notice,) = notices(ledger)
    assert notice["subject"] == "Channel mail: takes no alerts"
    assert "Waiting:    1\n" in notice["text"]
    ledger.channels["mail"].mode = "take"
    ledger.wait(2 * HOUR, step=MINUTE)
    ledger.raise_item("idlib")
    ledger.channels["mail"].mode = "down"
    ledger.wait(DAY, step=10 * MINUTE)
    assert len(notices(ledger)) == 2


def test_a_notice_that_could_not_be_delivered_comes_later_and_once(ledger: Ledger) -> None:
    ledger.raise_item("idlib")
    ledger.channels["mail"].mode = "down"
    ledger.channels["phone"].mode = "busy"
    ledger.wait(HOUR, step=MINUTE)
    assert notices(ledger) == []
    ledger.channels["phone"].mode = "killed_after"
    ledger.wait(2 * HOUR, step=MINUTE)
    assert len(notices(ledger)) == 2
    assert len({one["key"] for one in notices(ledger)}) == 1


def test_where_no_other_channel_works_the_log_is_told_once(ledger: Ledger, caplog: pytest.LogCaptureFixture) -> None:
    ledger.config = config_of("mail", watches=(watch("idlib", "mail"),))
    ledger.kill()
    ledger.raise_item("idlib")
    ledger.channels["mail"].mode = "down"
    with caplog.at_level(logging.ERROR):
        ledger.wait(DAY, step=10 * MINUTE)
    assert caplog.text.count("No other channel can be told of it: Channel mail: takes no alerts") == 1


def test_what_waits_for_a_channel_that_config_toml_has_no_more_is_given_up_after_five_days_and_told(ledger: Ledger) -> None:
    from monitor.pipeline import give_up_orphans  # noqa: PLC0415  the one use

    ledger.raise_item("idlib")
    ledger.config = config_of("phone", watches=(watch("idlib", "phone"),))
    ledger.now += 5 * DAY
    ledger.kill()
    ledger.do(give_up_orphans(ledger.line))
    ledger.tell()
    assert ledger.states() == {"dead": 1}
    assert "does not have this channel any more" in notices(ledger)[0]["text"]


# ---- hours


def test_what_failed_before_the_night_waits_for_the_morning_and_urgent_does_not(tmp_path: Path) -> None:
    watches = (watch("idlib", "mail"), watch("hot", "mail", urgent=True))
    ledger = Ledger(path=tmp_path / DATABASE, config=config_of("mail", watches=watches, quiet=(22 * 60, 6 * 60)))
    ledger.now += 9 * HOUR + 50 * MINUTE
    ledger.raise_item("idlib")
    ledger.channels["mail"].mode = "down"
    ledger.wait(15 * MINUTE, step=MINUTE)
    ledger.channels["mail"].mode = "take"
    ledger.wait(5 * HOUR, step=10 * MINUTE)
    assert told(ledger) == []
    ledger.raise_item("hot")
    ledger.tell()
    assert told(ledger) == [[2]]
    ledger.wait(3 * HOUR, step=10 * MINUTE)
    assert told(ledger) == [[2], [1]]
    ledger.close()


def test_a_message_that_is_refused_for_now_comes_through_a_flood_that_does_not_end(ledger: Ledger) -> None:
    ledger.raise_item("idlib")
    ledger.channels["mail"].mode = "busy"
    ledger.tell()
    ledger.channels["mail"].mode = "take"
    for _ in range(2):
        ledger.now += HOUR
        for _ in range(20):
            ledger.raise_item("idlib")
        ledger.tell()
    assert [1] in told(ledger)


# ---- wishes


def test_a_muted_watch_sends_nothing_that_waits_and_nothing_until_the_mute_ends(ledger: Ledger) -> None:
    ledger.raise_item("idlib")
    until = ledger.now + HOUR
    assert ledger.do(ledger.store.write(lambda tx: tx.mute(WatchId("idlib"), until=until, now=ledger.now))) == 1
    ledger.now += MINUTE
    ledger.raise_item("idlib")
    ledger.tell()
    ledger.now += HOUR
    ledger.tell()
    assert told(ledger) == []
    assert ledger.states() == {"muted": 2}
    ledger.raise_item("idlib")
    ledger.tell()
    assert told(ledger) == [[3]]


def test_an_acknowledged_story_sends_nothing_more_even_where_another_joins_it(ledger: Ledger) -> None:
    item = ledger.raise_item("idlib")
    assert ledger.do(ledger.store.write(lambda tx: tx.ack(item, ledger.now))) == 1
    # what was found later to be of the same story
    other = ledger.raise_item("idlib")
    story = f"(SELECT story_id FROM item WHERE id = {other})"
    ledger.do(ledger.store.write(lambda tx: tx.db.execute(f"UPDATE item SET story_id = {story} WHERE id = {item}")))
    ledger.tell()
    assert told(ledger) == []
    assert ledger.states() == {"acked": 2}


def test_what_is_being_sent_when_its_watch_is_muted_is_sent_or_muted_and_nothing_else(ledger: Ledger) -> None:
    ledger.raise_item("idlib")
    ledger.channels["mail"].mode = "killed_before"
    ledger.tell()
    ledger.do(ledger.store.write(lambda tx: tx.lease([1], ledger.now + HOUR, message="m", kind="one")))  # type: ignore[list-item]
    assert ledger.do(ledger.store.write(lambda tx: tx.mute(WatchId("idlib"), until=ledger.now + MINUTE, now=ledger.now))) == 0
    ledger.now += 2 * HOUR
    ledger.tell()
    assert told(ledger) == []
    assert ledger.states() == {"muted": 1}
