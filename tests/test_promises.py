"""What was once broken by attack: each a way in which an alert never came, came twice, or was in no digest."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desks import LONG, configured, outlet, rows
from fakes import Site, page, rss
from test_brief import digests, next_at

from monitor.daemon import Daemon
from monitor.errors import StoreError
from monitor.model import Config, FeedId, Fetched, Message, Request, Unchanged
from monitor.pipeline import mend_files, poll, read, tell
from monitor.store import DATABASE


async def poll_all(daemon: Daemon) -> None:
    for state in await daemon.store.read(lambda store: store.states()):
        await poll(daemon.line, state)


async def read_all(daemon: Daemon) -> None:
    due = await daemon.store.read(lambda store: store.due_articles(daemon.line.now(), 100, each=100))
    for item in due:
        await read(daemon.line, item)


async def tell_all(daemon: Daemon) -> list[bool]:
    return [await tell(daemon.line, channel) for channel in daemon.line.setup.channels.values()]


def opened(config: Config) -> Daemon:
    return Daemon(config, load=lambda: config, say=print)


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def locked(config: Config) -> sqlite3.Connection:
    other = sqlite3.connect(Path(config.state) / DATABASE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other


async def test_nothing_is_sent_that_could_not_be_recorded(tmp_path: Path, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = rss(("Rain floods Idlib", "mailto:x@y.example", ""))
        async with opened(configured(tmp_path, outlet(site))) as daemon:
            await poll_all(daemon)
            other = locked(daemon.config)
            with pytest.raises(StoreError):
                await tell_all(daemon)
            assert site.posts == []
            other.close()
            assert await tell_all(daemon) == [True]
    assert len(site.told) == 1


async def test_what_was_taken_and_not_recorded_is_recorded_before_anything_else_is_sent(tmp_path: Path, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = rss(("Rain floods Idlib", "mailto:x@y.example", ""))
        async with opened(configured(tmp_path, outlet(site))) as daemon:
            await poll_all(daemon)
            channel = next(iter(daemon.line.setup.channels.values()))
            deliver, holders = channel.deliver, []

            async def deliver_and_lock(words: Message, had: frozenset[str]) -> None:
                await deliver(words, had)
                holders.append(locked(daemon.config))

            channel.deliver = deliver_and_lock  # type: ignore[method-assign]
            with pytest.raises(StoreError):
                await tell(daemon.line, channel)
            with pytest.raises(StoreError):
                await tell(daemon.line, channel)
            holders[0].close()
            assert await tell(daemon.line, channel)
    assert len(site.told) == 1
    assert rows(daemon.config, "SELECT state FROM alert") == [("sent",)]


async def test_a_match_found_in_a_page_read_after_the_hour_stands_in_the_next_digest(tmp_path: Path, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = rss(("Rain in the north", f"{site.url}/1", ""))
        site.pages["/1"] = page("Rain in the north", LONG, "Camps near Idlib stood under water.", LONG)
        config = configured(tmp_path, outlet(site, more='[digest]\nat = ["06:00", "07:00"]\n'))
        async with opened(config) as daemon:
            hour = next_at(6)
            daemon.line.now = at(hour - timedelta(seconds=5))
            await poll_all(daemon)
            assert len(await digests(daemon, hour + timedelta(seconds=5))) == 1
            daemon.line.now = at(hour + timedelta(seconds=20))
            await read_all(daemon)
            assert len(await digests(daemon, hour + timedelta(hours=1))) == 1
        told = [
            row[0]
            for row in rows(
                config, "SELECT instr(words, 'Camps near') > 0 FROM digest_words WHERE form = 'text' ORDER BY digest_id"
            )
        ]
    assert told == [0, 1]


async def test_a_digest_before_the_pages_are_read_does_not_call_itself_complete(tmp_path: Path, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = rss(("Rain in the north", f"{site.url}/1", ""))
        async with opened(configured(tmp_path, outlet(site))) as daemon:
            await poll_all(daemon)
            await digests(daemon, next_at(6))
        (text,) = rows(daemon.config, "SELECT words FROM digest_words WHERE form = 'text'")[0]
    assert "yet to read the full text of 1 item" in str(text)
    assert "Coverage was complete" not in str(text)


async def test_a_watch_that_a_reload_brings_is_asked_about_an_answer_already_on_its_way(tmp_path: Path, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = rss(("News of Aleppo", "mailto:x@y.example", ""))
        old = configured(tmp_path, outlet(site))
        async with opened(old) as daemon:
            fetch = daemon.line.fetch

            async def slow(request: Request) -> Fetched | Unchanged:
                answer = await fetch(request)
                new = configured(tmp_path, outlet(site, watches='idlib = ["Idlib"]\naleppo = ["Aleppo"]'))
                daemon._load = lambda: new  # noqa: SLF001
                assert (await daemon.reload()).ok
                return answer

            daemon.line.fetch = slow
            await poll_all(daemon)
            await tell_all(daemon)
    assert [alert["watch"] for post in site.posts for alert in post["alerts"]] == ["aleppo"]


async def test_an_outlet_whose_line_was_edited_while_it_was_asked_is_asked_again_at_once(tmp_path: Path, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = 401
        async with opened(configured(tmp_path, outlet(site))) as daemon:
            fetch = daemon.line.fetch

            async def slow(request: Request) -> Fetched | Unchanged:
                daemon.rounds.polling[FeedId(1)] = asyncio.create_task(asyncio.sleep(0))
                new = configured(
                    tmp_path, outlet(site).replace("private = true", 'private = true, headers = { X-Pass = "x" }', 1)
                )
                daemon._load = lambda: new  # noqa: SLF001
                assert (await daemon.reload()).ok
                return await fetch(request)

            daemon.line.fetch = slow
            await poll_all(daemon)
            (due,) = rows(daemon.config, "SELECT due_at <= unixepoch() FROM feed")
    assert site.passes == [("/feed.xml", None)]
    assert due == (1,)


async def test_a_webhook_that_is_not_there_for_a_while_is_told_when_it_returns(tmp_path: Path, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = rss(("Rain floods Idlib", "mailto:x@y.example", ""))
        site.post_status = 404
        async with opened(configured(tmp_path, outlet(site))) as daemon:
            await poll_all(daemon)
            assert await tell_all(daemon) == [False]
            site.post_status = 204
            assert rows(daemon.config, "SELECT state FROM alert") == [("held",)]
            daemon.line.now = at(datetime.now(UTC) + timedelta(hours=1))
            assert await tell_all(daemon) == [True]
    assert len(site.told) == 1


async def test_a_dead_channel_is_tried_once_for_all_that_waits(tmp_path: Path, site: Site) -> None:
    with site.serving():
        items = [(f"Idlib {number}", f"mailto:{number}@y.example", "") for number in range(20)]
        site.pages["/feed.xml"] = rss(*items)
        site.post_status = 429
        async with opened(configured(tmp_path, outlet(site))) as daemon:
            await poll_all(daemon)
            await daemon.store.write(lambda tx: tx.db.execute("UPDATE alert SET batch = NULL"))
            for _ in range(10):
                await tell_all(daemon)
    assert site.refused == 1


async def test_one_denied_after_a_failed_try_is_told_with_its_place_and_stays_counted(tmp_path: Path, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = rss(("News of Idlib", f"{site.url}/1", ""))
        site.pages["/1"] = page("News of Idlib", LONG, "A bakery opened in Idlib Street.", LONG)
        watches = 'idlib = { any = ["Idlib"], none = ["Idlib Street"], urgent = true }'
        site.fail_posts = 1
        async with opened(configured(tmp_path, outlet(site, watches=watches))) as daemon:
            await poll_all(daemon)
            await tell_all(daemon)
            await read_all(daemon)
            daemon.line.now = at(datetime.now(UTC) + timedelta(hours=1))
            await tell_all(daemon)
    assert site.posts[0]["alerts"][0]["matches"]
    assert rows(daemon.config, "SELECT count(*) FROM match") == [(1,)]


async def test_a_server_that_says_not_modified_for_ever_is_asked_for_all_of_it_twice_a_day(tmp_path: Path, site: Site) -> None:
    with site.serving():
        site.lies = True
        site.pages["/feed.xml"] = rss(("First", "mailto:1@y.example", ""))
        async with opened(configured(tmp_path, outlet(site))) as daemon:
            await poll_all(daemon)
            site.pages["/feed.xml"] = rss(("First", "mailto:1@y.example", ""), ("Second: Idlib", "mailto:2@y.example", ""))
            await poll_all(daemon)
            assert rows(daemon.config, "SELECT count(*) FROM item") == [(1,)]
            daemon.line.now = at(datetime.now(UTC) + timedelta(hours=13))
            await poll_all(daemon)
    assert rows(daemon.config, "SELECT count(*) FROM item") == [(2,)]


async def test_leave_to_ask_the_own_network_and_headers_are_for_the_outlets_own_host(tmp_path: Path, site: Site) -> None:
    other = Site()
    with site.serving(), other.serving():
        elsewhere = other.url.replace("127.0.0.1", "127.0.0.9")
        site.pages["/feed.xml"] = rss(("A", f"{elsewhere}/1", ""), ("B", f"{other.url}/2", ""))
        other.pages["/2"] = page("B", LONG)
        text = outlet(site).replace("private = true,", 'private = true, headers = { X-Pass = { env = "PASS" } },')
        config = configured(tmp_path, text, PASS="canary-4711")
        async with opened(config) as daemon:
            await poll_all(daemon)
            await read_all(daemon)
    assert ("/feed.xml", "canary-4711") in site.passes
    assert other.passes == [("/robots.txt", None), ("/2", None)]
    assert rows(config, "SELECT article_kind FROM item WHERE title = 'A'") == [("blocked",)]


async def test_l09_a_clock_that_ran_ahead_keeps_no_alert_and_no_digest_back(tmp_path: Path, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = rss(("Idlib one", "mailto:1@y.example", ""))
        config = configured(tmp_path, outlet(site, more="[alerts]\nmax_per_hour = 1\n"))
        async with opened(config) as daemon:
            daemon.line.now = at(datetime.now(UTC) + timedelta(days=365))
            await daemon.store.write(lambda tx: tx.db.execute("UPDATE feed SET first_answered_at = 1"))
            await poll_all(daemon)
            await tell_all(daemon)
            await digests(daemon, datetime.now(UTC) + timedelta(days=365))
            site.pages["/feed.xml"] = rss(("Idlib two", "mailto:2@y.example", ""), ("Idlib three", "mailto:3@y.example", ""))
            daemon.line.now = at(datetime.now(UTC))
            await poll_all(daemon)
            await tell_all(daemon)
            assert len(await digests(daemon, next_at(6))) == 1
    assert len(site.told) == 3


async def test_pages_of_a_host_that_hangs_hold_up_no_other(tmp_path: Path, site: Site) -> None:
    held: list[asyncio.StreamWriter] = []

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del reader
        held.append(writer)

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with site.serving():
        hung = f"http://127.0.0.1:{port}"
        site.pages["/feed.xml"] = rss(*((f"Hung {number}", f"{hung}/{number}", "") for number in range(300)))
        site.pages["/good.xml"] = rss(("Good", f"{site.url}/good", ""))
        site.pages["/good"] = page("Good", LONG, "Camps near Idlib stood under water.", LONG)
        more = f'good = {{ feed = "{site.url.replace("127.0.0.1", "localhost")}/good.xml", private = true }}\n[watches]'
        lines = "\n".join(f'h{number} = "{hung}/{number}.xml"' for number in range(205))
        text = outlet(site, more="[fetch]\nprivate = true\n").replace("[watches]", f"{lines}\n{more}", 1)
        async with opened(configured(tmp_path, text)) as daemon:
            await daemon.store.write(lambda tx: tx.hasten(daemon.line.setup.feeds, datetime.now(UTC)))
            running = asyncio.create_task(daemon.run())
            async with asyncio.timeout(60):
                while not site.posts:  # noqa: ASYNC110  the webhook is served by a thread, which knows no asyncio event
                    await asyncio.sleep(0.05)
            daemon.stop()
            await running
            for writer in held:
                writer.close()
    server.close()
    assert len(site.told) == 1


async def test_a_message_that_a_channel_never_takes_holds_up_no_other(tmp_path: Path, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = rss(("Bad Idlib", "mailto:1@y.example", ""), ("Good Idlib", "mailto:2@y.example", ""))
        async with opened(configured(tmp_path, outlet(site))) as daemon:
            await poll_all(daemon)
            site.fail_posts = 1
            assert await tell_all(daemon) == [False]
            daemon.line.now = at(datetime.now(UTC) + timedelta(hours=1))
            site.fail_posts = 0
            assert await tell_all(daemon) == [True]
    assert [alert["headline"] for post in site.posts for alert in post["alerts"]] == ["Good Idlib", "Bad Idlib"]


async def test_a_channel_that_was_mended_while_it_was_asked_is_tried_at_once(tmp_path: Path, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = rss(("News of Idlib", "mailto:1@y.example", ""))
        wrong = configured(tmp_path, outlet(site).replace("/hook", "/wrong"))
        async with opened(wrong) as daemon:
            await poll_all(daemon)
            channel = next(iter(daemon.line.setup.channels.values()))
            deliver = channel.deliver

            async def slow(words: Message, had: frozenset[str]) -> None:
                right = configured(tmp_path, outlet(site))
                daemon._load = lambda: right  # noqa: SLF001
                assert (await daemon.reload()).ok
                site.fail_posts = 1
                await deliver(words, had)

            channel.deliver = slow  # type: ignore[method-assign]
            assert not await tell(daemon.line, channel)
            assert await tell_all(daemon) == [True]
    assert len(site.told) == 1


async def test_a_digest_made_under_a_clock_that_ran_ahead_is_made_again(tmp_path: Path, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = rss(("News of Idlib", "mailto:1@y.example", ""))
        config = configured(tmp_path, outlet(site, more='[digest]\nat = ["06:00"]\n'))
        async with opened(config) as daemon:
            hour = next_at(6)
            assert len(await digests(daemon, hour + timedelta(minutes=6))) == 1
            daemon.line.now = at(hour - timedelta(seconds=30))
            await poll_all(daemon)
            assert len(await digests(daemon, hour + timedelta(seconds=1))) == 1
    assert rows(config, "SELECT instr(words, 'News of') > 0 FROM digest_words WHERE form = 'text'") == [(1,)]


def contents(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def emptied(folder: Path) -> None:
    for path in contents(folder):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


async def test_a_digest_that_somebody_moved_away_is_not_made_again(tmp_path: Path, site: Site) -> None:
    async with opened(configured(tmp_path, outlet(site))) as daemon:
        assert len(await digests(daemon, next_at(6))) == 1
        await mend_files(daemon.line)
        emptied(Path(daemon.config.digest.directory))
        await mend_files(daemon.line)
        assert list(contents(Path(daemon.config.digest.directory))) == []
