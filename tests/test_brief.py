"""The digest of a period: made once, late where the monitor slept, written and promised to channels."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from desks import configured, outlet, rows
from fakes import Site, rss

from monitor.daemon import Daemon
from monitor.model import Config
from monitor.pipeline import brief, brief_due, brief_when_polled, due_windows, poll, tell
from monitor.store import Reading

SENT = '[digest]\nat = ["06:00"]\nsend = ["hook"]\n'
TWICE = '[digest]\ncron = "0 6,18 * * *"\nsend = ["hook"]\n'


def next_at(hour: int, minute: int = 0) -> datetime:
    """Give the next such time that lies after now; the first run must lie before it."""
    now = datetime.now(UTC)
    at = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return at if at > now else at + timedelta(days=1)


def block(folder: Path) -> None:
    folder.write_text("a file stands where the folder should be")


def made_in(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def digests(daemon: Daemon, now: datetime) -> list[str]:
    daemon.line.now = lambda: now
    made = []
    for plan in daemon.config.plans:
        for window in await due_windows(daemon.line, plan):
            await brief(daemon.line, window)
            made.append(f"{window.period} {'late' if window.late else 'in time'}")
        assert not await due_windows(daemon.line, plan)
    return made


@pytest.fixture
def config(tmp_path: Path, site: Site) -> Config:
    return configured(tmp_path, outlet(site, more=SENT))


async def test_a_period_has_one_digest_and_none_before_the_first_run(config: Config) -> None:
    async with Daemon(config, load=lambda: config, say=print) as daemon:
        assert await digests(daemon, datetime.now(UTC)) == []
        at = next_at(6)
        assert await digests(daemon, at + timedelta(seconds=10)) == [f"{at:%Y-%m-%dT%H:%M} in time"]
        assert await digests(daemon, at + timedelta(hours=3)) == []
    async with Daemon(config, load=lambda: config, say=print) as daemon:
        assert await digests(daemon, at + timedelta(hours=4)) == []


async def test_windows_follow_each_other_without_a_gap_or_an_overlap(tmp_path: Path, site: Site) -> None:
    config = configured(tmp_path, outlet(site, more=TWICE))
    async with Daemon(config, load=lambda: config, say=print) as daemon:
        at = min(next_at(6), next_at(18))
        for hours in (0, 12, 24, 36):
            assert len(await digests(daemon, at + timedelta(hours=hours, seconds=7))) == 1
    windows = rows(config, "SELECT start_at, stop_at FROM digest ORDER BY id")
    assert [stop for _, stop in windows[:-1]] == [start for start, _ in windows[1:]]


async def test_a_digest_that_takes_until_the_next_is_due_leaves_that_one_its_own_hours(tmp_path: Path, site: Site) -> None:
    config = configured(tmp_path, outlet(site, more=TWICE))
    async with Daemon(config, load=lambda: config, say=print) as daemon:
        at = min(next_at(6), next_at(18))
        hours = iter((at,))
        daemon.line.now = lambda: next(hours, at + timedelta(hours=12))
        await brief_due(daemon.line)
        await digests(daemon, at + timedelta(hours=13))
    due, stops = zip(*rows(config, "SELECT due_at, stop_at FROM digest ORDER BY due_at"), strict=True)
    assert due == tuple(int((at + timedelta(hours=each)).timestamp()) for each in (0, 12))
    assert stops[0] == due[0]


async def test_a_digest_that_was_slept_through_comes_late_and_says_so(config: Config) -> None:
    async with Daemon(config, load=lambda: config, say=print) as daemon:
        at = next_at(6)
        assert await digests(daemon, at + timedelta(hours=2)) == [f"{at:%Y-%m-%dT%H:%M} late"]
    assert "late" in (Path(config.digest.directory) / "latest.md").read_text()


async def test_a_digest_is_sent_once_and_again_after_a_failure(config: Config, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = rss(("Rain floods Idlib", f"{site.url}/1", ""))
        async with Daemon(config, load=lambda: config, say=print) as daemon:
            at = next_at(6)
            await digests(daemon, at)
            channel = next(iter(daemon.line.setup.channels.values()))
            site.fail_posts = 1
            assert not await tell(daemon.line, channel)
            daemon.line.now = lambda: at + timedelta(hours=1)
            assert await tell(daemon.line, channel)
            assert await tell(daemon.line, channel)
    assert [(post["kind"], post["key"]) for post in site.posts] == [
        ("digest", f"digest-{at:%Y-%m-%dT%H:%M}-{int(at.timestamp())}")
    ]


async def test_a_folder_that_cannot_be_written_costs_the_files_and_not_the_sending(config: Config, site: Site) -> None:
    with site.serving():
        async with Daemon(config, load=lambda: config, say=print) as daemon:
            block(Path(config.digest.directory))
            at = next_at(6)
            assert len(await digests(daemon, at)) == 1
            assert await tell(daemon.line, next(iter(daemon.line.setup.channels.values())))
    assert len(site.posts) == 1


WEEKLY = '[digest]\nat = ["06:00"]\nformats = ["md"]\n[digest.hourly]\ncron = "0 * * * *"\n'


async def test_a_further_digest_stands_in_a_folder_of_its_own_once_that_can_be_written(tmp_path: Path, site: Site) -> None:
    config = configured(tmp_path, outlet(site, more=WEEKLY))
    folder = Path(config.digest.directory)
    async with Daemon(config, load=lambda: config, say=print) as daemon:
        block(made_in(folder) / "hourly")
        at = next_at(6)
        daemon.line.now = lambda: at
        await brief_due(daemon.line)
        assert names_in(folder) == {"hourly", "index.html", "stories", f"{at:%Y-%m-%dT%H%M}.md", "latest.md"}
        (folder / "hourly").unlink()
        await brief_due(daemon.line)
    hours = rows(config, "SELECT replace(period, ':', '') FROM digest WHERE plan = 'hourly'")
    # not only the newest: none of them could be written
    assert f"{at:%Y-%m-%dT%H%M}" in {str(hour) for (hour,) in hours}
    assert names_in(folder / "hourly") == {"latest.md", *(f"{hour}.md" for (hour,) in hours)}
    made = rows(config, "SELECT plan, count(*) FROM digest GROUP BY plan ORDER BY plan")
    assert made[0] == ("", 1)
    assert made[1][0] == "hourly"


async def test_a_digest_that_a_reload_brings_was_not_missed_before_it(tmp_path: Path, site: Site) -> None:
    old = configured(tmp_path, outlet(site, more='[digest]\nat = ["06:00"]\n'))
    async with Daemon(old, load=lambda: configured(tmp_path, outlet(site, more=WEEKLY)), say=print) as daemon:
        daemon.line.now = lambda: datetime.now(UTC) + timedelta(seconds=1)
        assert (await daemon.reload()).ok
        await brief_due(daemon.line)
        assert rows(old, "SELECT count(*) FROM digest") == [(0,)]
        hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        daemon.line.now = lambda: hour
        await brief_due(daemon.line)
    assert ("hourly", f"{hour:%Y-%m-%dT%H:%M}") in rows(old, "SELECT plan, period FROM digest")


async def test_a_digest_that_comes_back_tells_nothing_of_the_time_in_which_nobody_asked_for_it(
    tmp_path: Path, site: Site
) -> None:
    def asked(hourly: str = "") -> Config:
        return configured(tmp_path, outlet(site, more=f'[digest]\nat = ["06:00"]\n{hourly}'))

    config, now = asked('[digest.hourly]\ncron = "0 * * * *"\n'), datetime.now(UTC)
    months = ((config, 0, rss()), (asked(), 5, rss(("Rain in Idlib", f"{site.url}/1", ""))), (config, 30, rss()))
    with site.serving():
        for asks, days, feed in months:
            site.pages["/feed.xml"] = feed
            with time_machine.travel(now + timedelta(days=days), tick=True):
                async with Daemon(asks, load=lambda: config, say=print) as daemon:
                    await daemon.once()
                    await digests(daemon, now + timedelta(days=days, hours=1))
    query = "SELECT json_extract(counts, '$.watches[0].items') FROM digest WHERE plan = 'hourly' ORDER BY id"
    assert rows(config, query) == [(0,), (0,)]


async def test_l11_a_machine_that_slept_polls_before_it_makes_the_digest_of_the_morning(config: Config, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = rss(("Roads are dry", f"{site.url}/1", ""))
        async with Daemon(config, load=lambda: config, say=print) as daemon:
            (state,) = await daemon.store.read(Reading.states)
            await poll(daemon.line, state)
            site.pages["/feed.xml"] = rss(("Rain floods Idlib", f"{site.url}/2", ""))
            woken = next_at(6) + timedelta(days=1, hours=2)
            daemon.line.now = lambda: woken
            await brief_when_polled(daemon.line)
            assert rows(config, "SELECT period FROM digest") == []
            (state,) = await daemon.store.read(Reading.states)
            await poll(daemon.line, state)
            daemon.line.now = lambda: woken + timedelta(seconds=15)
            await brief_when_polled(daemon.line)
    assert "Rain floods" in (Path(config.digest.directory) / "latest.md").read_text()


async def test_a_digest_waits_for_late_polls_no_longer_than_a_few_minutes(config: Config) -> None:
    async with Daemon(config, load=lambda: config, say=print) as daemon:
        woken = next_at(6) + timedelta(hours=2)
        made = []
        for minutes in (0, 3, 4, 5):
            daemon.line.now = lambda minutes=minutes: woken + timedelta(minutes=minutes)  # type: ignore[misc]
            await brief_when_polled(daemon.line)
            made.append(len(rows(config, "SELECT period FROM digest")))
    assert made == [0, 0, 1, 1]


async def test_a_digest_waits_for_no_feed_that_is_polled_in_time(config: Config) -> None:
    async with Daemon(config, load=lambda: config, say=print) as daemon:
        at = next_at(6)
        await daemon.store.write(lambda tx: tx.db.execute("UPDATE feed SET due_at = ?", [int(at.timestamp()) - 60]))
        daemon.line.now = lambda: at
        await brief_when_polled(daemon.line)
    assert len(rows(config, "SELECT period FROM digest")) == 1
