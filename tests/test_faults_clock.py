"""A wall clock that is set while the monitor runs, or wrong when it starts: where the battery is empty it is 1970."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desks import configured, outlet, rows
from fakes import Site, rss
from ledgers import NOON as LEDGER_NOON
from ledgers import Ledger, config_of

from monitor.daemon import Daemon
from monitor.model import ChannelId, Watch, WatchId
from monitor.period import MOST
from monitor.pipeline import brief_due
from monitor.store import DATABASE

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
QUARTER = timedelta(minutes=15)
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LONG_AGO, FAR_OFF = datetime(1970, 1, 1, 0, 0, 9, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
WRONG = {
    "an hour ahead": (NOW, NOW + HOUR),
    "an hour back": (NOW, NOW - HOUR),
    "1970": (NOW, LONG_AGO),
    "2100": (NOW, FAR_OFF),
    "1970 from the start": (LONG_AGO, LONG_AGO + HOUR),
}
"""What the clock shows at first, where NOW is right, and an hour later."""


class World:
    """A clock, an outlet that has news every hour, and a monitor that lives by both."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.right, self.shown = NOW, NOW
        self.published: list[str] = []

    def publish(self, headline: str) -> None:
        """Publish news, dated by a clock that is right."""
        self.published.append(headline)
        items = ((name, f"mailto:{name.replace(' ', '-')}@x.example", "") for name in reversed(self.published))
        self.site.pages["/feed.xml"] = rss(*items, now=self.right)

    def told(self, kind: str) -> list[str]:
        """Give the keys of the messages that came, repeats included: digests, or all that have alerts in them."""
        return [post["key"] for post in self.site.posts if (post["kind"] == "digest") == (kind == "digest")]

    async def set_clock(self, daemon: Daemon, to: datetime) -> None:
        by, self.shown = to - self.shown, to
        daemon._jumped(by.total_seconds())  # noqa: SLF001  what the schedule calls, which has a clock of its own
        await daemon.store.write(lambda _: None)

    async def live(self, daemon: Daemon, span: timedelta) -> int:
        """Let time pass, a look a minute; give the polls."""
        asked, ends = len(self.site.asked), self.right + span
        while self.right < ends:
            await daemon.rounds.tick()
            await asyncio.gather(*daemon.rounds.polling.values())
            await daemon.rounds.tell()
            await asyncio.gather(*daemon.rounds.telling.values())
            self.right, self.shown = self.right + timedelta(minutes=5), self.shown + timedelta(minutes=5)
        await daemon._live_on()  # noqa: SLF001  it is done each minute
        await daemon._upkeep()  # noqa: SLF001  each hour
        await brief_due(daemon.line)
        return len(self.site.asked) - asked


@pytest.fixture
def world(site: Site, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(site)
    monkeypatch.setattr("monitor.daemon.utc_now", lambda: made.shown)
    return made


def text_of(site: Site) -> str:
    more = '[alerts]\ngroup_wait = "0s"\nmax_per_hour = 1000\n[digest]\nat = ["06:00"]\nsend = ["hook"]\n[fetch]\nmax = "15m"\n'
    return outlet(site, more=more).replace('lang = "en"', "full_text = false")


@pytest.mark.parametrize(("begins", "wrong"), WRONG.values(), ids=WRONG.keys())
async def test_l09_a_clock_that_is_set_and_put_right_makes_no_storm_and_loses_repeats_and_deletes_nothing(
    tmp_path: Path, world: World, begins: datetime, wrong: datetime
) -> None:
    config = configured(tmp_path, text_of(world.site))
    # what is dated of tomorrow has no date, and on a first poll that is no news: the digest has it
    told = 4 if begins == NOW else 3
    world.shown = begins
    with world.site.serving():
        async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
            for number, clock in enumerate((None, lambda: wrong, lambda: world.right, None)):
                if clock is not None:
                    await world.set_clock(daemon, clock())
                world.publish(f"Idlib {number}")
                # at once, and each quarter of an hour
                assert 3 <= await world.live(daemon, HOUR) <= 6
                ((due,),) = rows(config, "SELECT due_at FROM feed")
                assert isinstance(due, int)
                assert due <= (world.shown + QUARTER * 1.1).timestamp()
    assert rows(config, "SELECT count(*) FROM item") == [(4,)]
    assert rows(config, "SELECT state, count(*) FROM alert GROUP BY state") == [("sent", told)]
    assert len(world.told("alerts")) == len(set(world.told("alerts"))) == told
    # that of the newest hour by each clock, and none of the years between; of those that were slept through a hundred are kept
    assert len(world.told("digest")) == len(set(world.told("digest"))) <= 2
    assert len(rows(config, "SELECT 1 FROM digest")) <= (MOST if wrong == FAR_OFF else 2)


def test_l09_an_alert_that_waits_is_told_though_the_machine_starts_in_1970_and_is_put_right_later(tmp_path: Path) -> None:
    watch = Watch(id=WatchId("idlib"), any=("Item",), channels=(ChannelId("mail"),))
    ledger = Ledger(path=tmp_path / DATABASE, config=config_of("mail", watches=(watch,)))
    ledger.do(ledger.store.write(lambda tx: tx.start_run("abc123", ledger.now)))
    ledger.channels["mail"].mode = "down"
    ledger.raise_item("idlib")
    ledger.tell()
    ledger.now = LONG_AGO
    ledger.kill()
    ledger.wait(HOUR, step=10 * MINUTE)
    ledger.now = LEDGER_NOON + 2 * HOUR
    ledger.do(ledger.store.write(lambda tx: tx.bound_waits(ledger.now)))
    # its network is up a little later
    ledger.wait(HOUR / 2, step=10 * MINUTE)
    ledger.channels["mail"].mode = "take"
    ledger.wait(2 * HOUR, step=10 * MINUTE)
    assert ledger.states() == {"sent": 1}
    # nor does it look as if nobody had watched before
    assert ledger.ask("SELECT seen_at FROM run") == [(int(LEDGER_NOON.timestamp()),)]
    ledger.close()
