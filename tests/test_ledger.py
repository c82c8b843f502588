"""Laws of the ledger, whatever happens in whatever order: the real store, an injected clock, channels that fail in every way."""

from __future__ import annotations

import json
import logging
import tempfile
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from ledgers import ADDRESSES, MODES, Ledger, Receipt, config_of, copied

from monitor.alert import LIFE, allowed
from monitor.model import ChannelId, ItemId, Watch, WatchId
from monitor.pipeline import give_up_orphans
from monitor.store import DATABASE, Store

MOST = 2
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SPANS = (1, 20, 45, 300, 1_000, 3_600, 6 * 3_600, 24 * 3_600, 3 * 24 * 3_600)
NAMES = ("mail", "phone", "hook")
WATCHES = (
    Watch(id=WatchId("idlib"), any=("Item",), channels=(ChannelId("mail"), ChannelId("phone"))),
    Watch(id=WatchId("harim"), any=("Item",), channels=(ChannelId("mail"),)),
    Watch(id=WatchId("hot"), any=("Item",), channels=(ChannelId("mail"), ChannelId("hook")), urgent=True),
)
watches = st.sets(st.sampled_from([one.id for one in WATCHES]), min_size=1).map(sorted)
channels = st.sampled_from(NAMES)


class _Said(logging.Handler):
    """What the log was told."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


class Deliveries(RuleBasedStateMachine):
    """Alerts are raised, time passes, channels fail, the monitor is killed, people mend, mute and acknowledge."""

    template: Path | None = None

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.said = _Said()
        logging.getLogger("monitor.tell").addHandler(self.said)
        self.mutes: list[tuple[str, datetime, datetime]] = []
        self.silenced: dict[str, dict[str, int]] = {}
        self.was_killed = False
        self.odd: set[str] = set()

    @initialize(quiet=st.sampled_from([None, (22 * 60, 6 * 60)]))
    def begin(self, quiet: tuple[int, int] | None) -> None:
        config = config_of(*NAMES, watches=WATCHES, max_per_hour=MOST, quiet=quiet)
        self.ledger = Ledger(path=copied(_template(), Path(self.folder.name) / DATABASE), config=config)

    # ---- what happens

    @rule(found_by=watches)
    def raise_one(self, found_by: list[str]) -> None:
        self.ledger.raise_item(*found_by)
        self._tick(1)

    @rule(found_by=watches, many=st.integers(2, 9), batch=st.sampled_from([None, "first poll of feed 1", "look back: idlib"]))
    def raise_many(self, found_by: list[str], many: int, batch: str | None) -> None:
        for _ in range(many):
            self.ledger.raise_item(*found_by, batch=batch)

    @rule(seconds=st.sampled_from(SPANS))
    def wait(self, seconds: int) -> None:
        self._tick(seconds)
        self.tell()

    @rule()
    def tell(self) -> None:
        lives = self.ledger.lives
        self.ledger.tell()
        self.was_killed = self.ledger.lives > lives

    @rule(channel=channels, mode=st.sampled_from(MODES))
    def script(self, channel: str, mode: Any) -> None:
        self.ledger.channels[channel].mode = mode

    @rule(channel=channels, hours=st.sampled_from([None, 2, 40]))
    def ask_for_rest(self, channel: str, hours: int | None) -> None:
        self.ledger.channels[channel].retry_after = None if hours is None else timedelta(hours=hours)

    @rule()
    def kill(self) -> None:
        self.ledger.kill()

    @rule(channel=channels)
    def mend(self, channel: str) -> None:
        self._note_revived(channel)
        self.ledger.mend(channel)
        self.ledger.channels[channel].mode = "take"

    @rule(watch=st.sampled_from([one.id for one in WATCHES]), hours=st.sampled_from([1, 6, 48]))
    def mute(self, watch: WatchId, hours: int) -> None:
        now = self.ledger.now
        self.ledger.do(self.ledger.store.write(lambda tx: tx.mute(watch, until=now + hours * HOUR, now=now)))
        self._end_mute(watch)
        self.mutes.append((watch, now, now + hours * HOUR))

    @rule(watch=st.sampled_from([one.id for one in WATCHES]))
    def unmute(self, watch: WatchId) -> None:
        now = self.ledger.now
        self.ledger.do(self.ledger.store.write(lambda tx: tx.unmute(watch, now)))
        self._end_mute(watch)

    @precondition(lambda self: self.ledger.items > 0)
    @rule(data=st.data())
    def ack(self, data: st.DataObject) -> None:
        item = ItemId(data.draw(st.integers(max(1, self.ledger.items - 5), self.ledger.items)))
        self.ledger.do(self.ledger.store.write(lambda tx: tx.ack(item, self.ledger.now)))

    @precondition(lambda self: self.ledger.items > 0)
    @rule(data=st.data(), found_by=watches)
    def withdraw(self, data: st.DataObject, found_by: list[str]) -> None:
        item = ItemId(data.draw(st.integers(max(1, self.ledger.items - 5), self.ledger.items)))
        self.ledger.do(self.ledger.store.write(lambda tx: tx.withdraw(item, [WatchId(one) for one in found_by])))

    def _tick(self, seconds: int) -> None:
        self.ledger.now += timedelta(seconds=seconds)

    def _end_mute(self, watch: str) -> None:
        now = self.ledger.now
        self.mutes = [(one, since, min(until, now) if one == watch else until) for one, since, until in self.mutes]

    def _note_revived(self, channel: str) -> None:
        self.odd.update(
            key for (key,) in self.ledger.ask(f"SELECT key FROM alert WHERE state = 'dead' AND channel = '{channel}'")
        )

    # ---- what holds all the time

    @invariant()
    def nothing_comes_twice_but_under_its_key(self) -> None:
        for receipts in self.ledger.receipts.values():
            keys: dict[str, str] = {}
            had: dict[tuple[str, str], Receipt] = {}
            for one in receipts:
                for alert in one.alerts:
                    assert keys.setdefault(alert, one.message.key) == one.message.key
                    for address in one.to:
                        before = had.get((alert, address))
                        assert before is None or not before.is_recorded, "what was recorded came again"
                        had[alert, address] = one

    @invariant()
    def a_message_that_comes_again_has_no_other_alerts(self) -> None:
        for receipts in self.ledger.receipts.values():
            first: dict[str, set[str]] = {}
            for one in receipts:
                assert set(one.alerts) <= first.setdefault(one.message.key, set(one.alerts))

    @invariant()
    def no_hour_has_more_messages_than_it_may(self) -> None:
        for receipts in self.ledger.receipts.values():
            # the last reception of each is the one that was recorded
            last = {one.message.key: one for one in receipts if one.is_recorded and one.to == ADDRESSES and _is_calm(one)}
            times = sorted(one.at for one in last.values())
            assert all(times[n + MOST + 1] - times[n] >= HOUR for n in range(len(times) - MOST - 1))

    @invariant()
    def the_night_is_quiet(self) -> None:
        for receipts in self.ledger.receipts.values():
            for one in receipts:
                if _is_calm(one):
                    assert allowed(one.at, rules=self.ledger.config.alerts, timezone="UTC") == one.at

    @invariant()
    def what_a_person_wants_no_more_of_does_not_come(self) -> None:
        raised = dict(self.ledger.ask("SELECT key, raised_at FROM alert"))
        for channel, receipts in self.ledger.receipts.items():
            for place, one in enumerate(receipts):
                for alert in json.loads(one.message.json)["alerts"]:
                    # so many messages had come when it was silenced
                    assert place < self.silenced.get(alert["key"], {}).get(channel, len(receipts))
                    for watch, since, until in self.mutes:
                        # what was raised in the same second may have come before
                        is_muted = since.timestamp() < raised[alert["key"]] < until.timestamp()
                        assert alert["watch"] != watch or not is_muted
        came = {channel: len(receipts) for channel, receipts in self.ledger.receipts.items()}
        for (key,) in self.ledger.ask("SELECT key FROM alert WHERE state IN ('muted', 'acked')"):
            self.silenced.setdefault(key, came)

    @invariant()
    def no_open_alert_is_older_than_five_days(self) -> None:
        now = int(self.ledger.now.timestamp())
        for channel, age, tries, rests in self.ledger.ask(
            f"SELECT channel, {now} - raised_at, tries, coalesce((SELECT rests_until FROM channel WHERE id = alert.channel), 0)"
            f" FROM alert WHERE state = 'held' AND raised_at < {now} - {LIFE.total_seconds()}"
        ):
            # one try is always its own, and a day is what a channel may ask for
            assert (tries == 0 and rests <= now) or age <= (LIFE + DAY).total_seconds() or self.was_killed, channel

    @invariant()
    def the_dead_are_not_silent(self) -> None:
        for channel, state, reasons in self.ledger.ask(
            "SELECT channel, state, (SELECT count(*) FROM delivery WHERE alert_id = alert.id AND outcome = 'failed'"
            " AND reason <> '') FROM alert WHERE state = 'dead'"
        ):
            notices = self.ledger.ask(f"SELECT 1 FROM notice WHERE about = '{channel}'")
            unheard = any(line.startswith(f"No other channel can be told of it: Channel {channel}") for line in self.said.lines)
            assert notices or unheard, (channel, state)
            assert reasons

    @invariant()
    def first_sends_follow_the_order_in_which_alerts_were_raised(self) -> None:
        rows = self.ledger.ask(
            "SELECT key, raised_at, id, refusals > 0 OR batch IS NOT NULL OR is_urgent"
            " OR state IN ('muted', 'acked', 'withdrawn') OR given_up_at IS NOT NULL FROM alert"
        )
        self.odd.update(key for key, *_, is_odd in rows if is_odd)
        rank = {key: (raised, number) for key, raised, number, _ in rows}
        for receipts in self.ledger.receipts.values():
            firsts = list(dict.fromkeys(alert for one in receipts for alert in one.alerts))
            ranks = [rank[alert] for alert in firsts if alert not in self.odd]
            assert all(before < after for before, after in pairwise(ranks))

    # ---- how it ends

    def teardown(self) -> None:
        """Let every channel take all, and see that nothing stays open."""
        if not hasattr(self, "ledger"):
            return
        for channel in self.ledger.channels.values():
            channel.mode, channel.retry_after = "take", None
        for _ in range(60):
            self._tick(6 * 3_600)
            self.ledger.tell()
            # a notice may be raised by the very round that tells the last alert
            waiting = self.ledger.ask("SELECT count(*) FROM notice WHERE state = 'held'")
            if "held" not in self.ledger.states() and waiting == [(0,)]:
                break
        try:
            assert "held" not in self.ledger.states()
            untold = "SELECT message FROM alert WHERE state IN ('dead', 'muted', 'acked')"
            assert self.ledger.ask(f"SELECT count(*) FROM taken WHERE message NOT IN ({untold})") == [(0,)]
            self.ledger.now += LIFE
            self.ledger.do(give_up_orphans(self.ledger.line))
            assert self.ledger.ask("SELECT count(*) FROM taken") == [(0,)]
            assert self.ledger.ask("SELECT count(*) FROM notice WHERE state = 'held'") == [(0,)]
        finally:
            self.ledger.close()
            logging.getLogger("monitor.tell").removeHandler(self.said)
            self.folder.cleanup()


def _is_calm(one: Receipt) -> bool:
    alerts = json.loads(one.message.json)["alerts"]
    return bool(alerts) and all(alert["watch"] != "hot" for alert in alerts)


def _template() -> Path:
    if Deliveries.template is None:
        Deliveries.template = Path(tempfile.mkdtemp()) / DATABASE
        Store(Deliveries.template).close()
    return Deliveries.template


def test_the_ledger_keeps_its_laws() -> None:
    run_state_machine_as_test(Deliveries, settings=settings(max_examples=15, stateful_step_count=25, deadline=None))


@pytest.mark.long
def test_the_ledger_keeps_its_laws_for_long() -> None:
    run_state_machine_as_test(Deliveries, settings=settings(max_examples=3_000, stateful_step_count=40, deadline=None))
