"""Polling from end to end: nothing is lost by outlets that lie, overflow or garble, and nobody is asked more than is fair."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hostile
from desks import configured, outlet, rows
from fakes import Site, rss

from monitor.daemon import Daemon
from monitor.errors import FetchError
from monitor.model import Config, Document, Fetched, Request, Unchanged
from monitor.pipeline import compose, last, poll
from monitor.render import plain
from monitor.workers import Workers

HOUR = timedelta(hours=1)


def opened(config: Config) -> Daemon:
    return Daemon(config, load=lambda: config, say=print)


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


async def poll_all(daemon: Daemon, now: datetime | None = None) -> None:
    if now:
        daemon.line.now = at(now)
    for state in await daemon.store.read(lambda store: store.states()):
        await poll(daemon.line, state)


def titles(config: Config) -> set[object]:
    return {title for (title,) in rows(config, "SELECT title FROM item")}


class Watched(Workers):
    """Workers that remember how many entries each document had that was read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[int] = []

    async def parse(self, fetched: Fetched, *, now: datetime, language: str | None = None) -> Document:
        document = await super().parse(fetched, now=now, language=language)
        self.read.append(len(document.entries))
        return document


def items(*numbers: int, word: str = "Rain") -> list[tuple[str, str, str]]:
    return [(f"{word} {number}", f"https://orontes-post.example/{number}", f"Text {number}.") for number in numbers]


async def test_a_feed_whose_304_lied_loses_nothing_and_is_believed_no_more(tmp_path: Path, site: Site) -> None:
    start = datetime.now(UTC)
    with site.serving():
        site.lies = True
        site.pages["/feed.xml"] = rss(*items(1))
        async with opened(configured(tmp_path, outlet(site))) as daemon:
            await poll_all(daemon, start)
            site.pages["/feed.xml"] = rss(*items(1), ("Rain floods Idlib", "https://orontes-post.example/2", ""))
            await poll_all(daemon, start + HOUR)
            assert titles(daemon.config) == {"Rain 1"}
            await poll_all(daemon, start + 13 * HOUR)
            assert titles(daemon.config) == {"Rain 1", "Rain floods Idlib"}
            # from now on its word is not taken: what is new comes with the next poll
            site.pages["/feed.xml"] = rss(*items(1, 3))
            await poll_all(daemon, start + 13.5 * HOUR)
            assert titles(daemon.config) == {"Rain 1", "Rain floods Idlib", "Rain 3"}
        assert rows(daemon.config, "SELECT lied_at IS NOT NULL, etag FROM feed") == [(1, None)]
        assert rows(daemon.config, "SELECT count(*) FROM alert") == [(1,)]


async def test_a_server_that_once_changed_just_before_the_full_answer_is_no_liar(tmp_path: Path, site: Site) -> None:
    start = datetime.now(UTC)
    with site.serving():
        site.tags = True
        site.pages["/feed.xml"] = rss(*items(1), now=start)
        async with opened(configured(tmp_path, outlet(site))) as daemon:
            await poll_all(daemon, start)
            await poll_all(daemon, start + 12.9 * HOUR / 2)
            site.pages["/feed.xml"] = rss(*items(1, 2), now=start + 13 * HOUR)
            await poll_all(daemon, start + 13 * HOUR)
        assert titles(daemon.config) == {"Rain 1", "Rain 2"}
        assert rows(daemon.config, "SELECT lied_at, etag IS NOT NULL FROM feed") == [(None, 1)]


async def test_an_overflowing_feed_keeps_all_that_it_still_lists_and_the_digest_tells_what_scrolled_away(
    tmp_path: Path, site: Site
) -> None:
    start = datetime.now(UTC) - 5 * HOUR
    with site.serving():
        site.pages["/feed.xml"] = rss(*items(1, 2, 3, 4), now=start)
        async with opened(configured(tmp_path, outlet(site))) as daemon:
            await poll_all(daemon, start + timedelta(minutes=1))
            before = (await daemon.store.read(lambda store: store.states()))[0].pace
            site.pages["/feed.xml"] = rss(*items(7, 8, 9), ("Idlib", "https://orontes-post.example/10", ""), now=start + 3 * HOUR)
            await poll_all(daemon, start + 4 * HOUR)
            after = (await daemon.store.read(lambda store: store.states()))[0].pace
            now = start + 4 * HOUR
            window = last(timedelta(days=1), now, "UTC")
            words = plain.digest(await daemon.store.read(lambda store: compose(store, daemon.config, window, now)))
        assert titles(daemon.config) == {"Rain 1", "Rain 2", "Rain 3", "Rain 4", "Rain 7", "Rain 8", "Rain 9", "Idlib"}
        assert rows(daemon.config, "SELECT count(*) FROM alert") == [(1,)]
    seconds = int(start.timestamp())
    assert rows(daemon.config, "SELECT missed_since, missed_until FROM poll WHERE missed_since IS NOT NULL") == [
        (seconds, seconds + 3 * 3600)
    ]
    assert before
    assert after
    assert after < before or after == daemon.config.fetch.min
    assert "scrolled" in words
    assert f"{start:%H:%M}" in words
    assert f"{start + 3 * HOUR:%H:%M}" in words


async def test_one_bad_byte_costs_one_letter_and_no_news(tmp_path: Path, site: Site) -> None:
    watches = 'idlib = ["Идлиб", "إدلب"]'
    scripts = {"Дожди": "В Идлибе затопило лагеря", "أمطار": "أمطار تغرق مخيمات إدلب"}
    with site.serving():
        async with opened(configured(tmp_path, outlet(site, watches=watches))) as daemon:
            old = items(*range(20), word="Дожди")
            site.pages["/feed.xml"] = rss(*old)
            await poll_all(daemon)
            new = [(text, f"https://orontes-post.example/{word}", f"{word} BAD {word}") for word, text in scripts.items()]
            site.pages["/feed.xml"] = rss(*new, *old).replace(b"BAD", b"\xe9")
            await poll_all(daemon)
            assert {*scripts.values()} < titles(daemon.config)
            # and where the bad byte stands in what is known already, the next news comes all the same
            site.pages["/feed.xml"] = rss(("Идлиб: день второй", "https://orontes-post.example/z", ""), *new, *old).replace(
                b"BAD", b"\xe9"
            )
            await poll_all(daemon)
        assert rows(daemon.config, "SELECT count(*) FROM alert") == [(3,)]
        assert len(titles(daemon.config)) == 23


async def test_what_broke_off_validates_nothing_and_the_rest_of_it_comes_with_the_next_poll(tmp_path: Path, site: Site) -> None:
    start = datetime.now(UTC)
    whole = rss(*items(1, 2), ("Rain near Idlib", "https://orontes-post.example/3", "All night."), now=start)
    bodies = [whole.partition(b"</item>")[0] + b"</item></channel></rss>", whole[: whole.index(b"near")], whole, whole]

    async def openended(call: hostile.Call) -> None:
        """Stop where the body does; what is asked for by its name is unchanged."""
        head = f"HTTP/1.1 200 OK\r\nETag: {hostile.ETAG}\r\nLast-Modified: {hostile.DATE}\r\n\r\n"
        if call.seen.headers.get("if-none-match") == hostile.ETAG and len(bodies) < 3:
            head = "HTTP/1.1 304 Not Modified\r\n\r\n"
        await call.send(head.encode() + (bodies.pop(0) if "200" in head else b""))

    async with hostile.serving() as server:
        server.pages["feed.xml"] = openended
        text = outlet(site).replace(f"{site.url}/feed.xml", server.url("feed.xml"))
        async with opened(configured(tmp_path, text)) as daemon:
            await poll_all(daemon, start)
            before = rows(daemon.config, "SELECT full_at FROM feed")
            await poll_all(daemon, start + HOUR)
            assert titles(daemon.config) == {"Rain 1", "Rain 2"}
            assert rows(daemon.config, "SELECT etag, last_modified, body_hash FROM feed") == [(None, None, None)]
            assert rows(daemon.config, "SELECT full_at FROM feed") == before
            await poll_all(daemon, start + 2 * HOUR)
            assert titles(daemon.config) == {"Rain 1", "Rain 2", "Rain near Idlib"}
            await poll_all(daemon, start + 3 * HOUR)
        assert rows(daemon.config, "SELECT etag IS NOT NULL, full_at > answered_at - 3601 FROM feed") == [(1, 1)]
        assert rows(daemon.config, "SELECT count(*) FROM alert") == [(1,)]
    assert ["if-none-match" in seen.headers for seen in server.seen] == [False, True, False, True]


async def test_only_what_a_body_has_anew_is_parsed(tmp_path: Path, site: Site) -> None:
    with site.serving():
        async with opened(configured(tmp_path, outlet(site))) as daemon, Watched() as workers:
            daemon.line.workers = workers
            site.pages["/feed.xml"] = rss(*items(*range(30)), now=datetime.now(UTC))
            await poll_all(daemon)
            # the build date alone
            site.pages["/feed.xml"] = site.pages["/feed.xml"].replace(b"<channel>", b"<channel><lastBuildDate>x</lastBuildDate>")  # type: ignore[union-attr]
            await poll_all(daemon)
            site.pages["/feed.xml"] = site.pages["/feed.xml"].replace(  # type: ignore[union-attr]
                b"<item>", b"<item><title>Idlib</title><link>https://orontes-post.example/31</link></item><item>", 1
            )
            await poll_all(daemon)
            assert workers.read == [30, 1]
        assert rows(daemon.config, "SELECT count(*) FROM item") == [(31,)]
        assert rows(daemon.config, "SELECT count(*) FROM alert") == [(1,)]


async def test_a_bulletin_under_one_link_is_news_every_day_though_only_its_new_entry_is_parsed(
    tmp_path: Path, site: Site
) -> None:
    link = "https://orontes-post.example/bulletin?today"
    with site.serving():
        async with opened(configured(tmp_path, outlet(site))) as daemon, Watched() as workers:
            daemon.line.workers = workers
            entries = ""
            for day in range(4):
                names = f"<title>Idlib bulletin</title><link>{link}</link><guid>b-{day}</guid>"
                entries = f"<item>{names}<description>{day}</description></item>{entries}"
                site.pages["/feed.xml"] = f"<rss version='2.0'><channel><title>B</title>{entries}</channel></rss>".encode()
                await poll_all(daemon)
            assert workers.read == [1, 1, 1, 1]
        assert rows(daemon.config, "SELECT count(*) FROM item") == [(4,)]


async def test_a_host_that_says_too_many_requests_is_left_alone_with_all_its_feeds(tmp_path: Path, site: Site) -> None:
    text = outlet(site).replace("[watches]", f'kuzey = {{ feed = "{site.url}/second.xml", private = true }}\n[watches]')
    with site.serving():
        site.pages["/feed.xml"] = 429
        site.pages["/second.xml"] = rss(*items(1))
        async with opened(configured(tmp_path, text)) as daemon:
            first = (await daemon.store.read(lambda store: store.states()))[0]
            await poll(daemon.line, first)
            now = daemon.line.now()
            assert await daemon.store.read(lambda store: store.due_feeds(now, 9, each=9)) == ()
            busy, resting = await daemon.store.read(lambda store: store.resting_hosts(now))
            assert busy == resting == {site.url.removeprefix("http://")}
            later = now + timedelta(minutes=2)
            due = await daemon.store.read(lambda store: store.due_feeds(later, 9, each=9))
            assert "/second.xml" in {state.feed.url.removeprefix(site.url) for state in due}


async def test_old_news_after_an_empty_first_body_is_a_baseline_and_undated_news_is_told(tmp_path: Path, site: Site) -> None:
    old = datetime.now(UTC) - timedelta(days=40)
    with site.serving():
        site.pages["/feed.xml"] = rss()
        async with opened(configured(tmp_path, outlet(site))) as daemon:
            await poll_all(daemon)
            entries = rss(("Old: Idlib", "https://orontes-post.example/1", ""), now=old)
            undated = b"<item><title>New: Idlib</title><link>https://orontes-post.example/2</link></item></channel>"
            site.pages["/feed.xml"] = entries.replace(b"</channel>", undated)
            await poll_all(daemon)
        told = rows(daemon.config, "SELECT item.title FROM alert JOIN item ON item.id = item_id")
    assert told == [("New: Idlib",)]
    assert titles(daemon.config) == {"Old: Idlib", "New: Idlib"}


async def test_an_outlet_on_the_desks_own_network_does_not_prove_that_the_others_can_be_reached(
    tmp_path: Path, site: Site
) -> None:
    others = "\n".join(f'far-{number} = "https://no-such-{number}.invalid/feed"' for number in range(5))
    text = outlet(site).replace("[watches]", f"{others}\n[watches]")
    with site.serving():
        site.pages["/feed.xml"] = rss(*items(1))
        async with opened(configured(tmp_path, text)) as daemon:

            async def unreachable(request: Request) -> Fetched | Unchanged:
                if ".invalid" in request.url:
                    raise FetchError("dns", "no address for that name")
                return await door(request)

            door, daemon.line.fetch = daemon.line.fetch, unreachable
            for _ in range(8):
                await poll_all(daemon)
            assert daemon.line.network.is_down
            states = await daemon.store.read(lambda store: store.states())
    assert max(state.failures for state in states) <= 1
