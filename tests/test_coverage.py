"""What a digest says was not seen: each trouble that is planted in a real store once, and nothing else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desks import configured
from ledgers import Ledger

from monitor.cadence import counted
from monitor.model import (
    Article,
    ChannelId,
    Config,
    Digest,
    Failure,
    FeedState,
    HealthRules,
    Item,
    ItemId,
    LogChannel,
    OutletId,
)
from monitor.pipeline import Unanswered, compose, last
from monitor.render import plain
from monitor.store import DATABASE, Reading, Writing, open_reader
from monitor.store.connect import open_writer, transaction

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
"""A Sunday noon."""
BEGAN = NOW - 60 * DAY
YESTERDAY = NOW - DAY
"""Until then all went well; what each test plants comes later."""
LULL = 30 * MINUTE

OUTLETS = ("levant-wire", "orontes-post", "al-zawiya", "kuzey-sinir", "relief-desk")
OFFICE = "orontes-post"
"""It publishes on weekdays only; the others do at any hour, but for relief-desk, which does at eight."""
DOWN = Failure(kind="http", detail="503 Service Unavailable", status=503)
WINDOW = last(DAY, NOW, "UTC")


def publishes(outlet: str, at: datetime) -> bool:
    if outlet == OFFICE:
        return at.weekday() < 5 and 8 <= at.hour < 17
    return outlet != "relief-desk" or at.hour == 8


def desk(folder: Path) -> Config:
    lines = "\n".join(f'{name} = {{ feed = "https://{name}.example/rss", name = "{name}" }}' for name in OUTLETS)
    return configured(folder, f'[outlets]\n{lines}\n[watches]\nidlib = ["Idlib"]\n')


class Life:
    """A monitor's life, by what it writes into the store: polls at twelve past each hour, and signs of life."""

    def __init__(self, tx: Writing, config: Config) -> None:
        self.tx = tx
        self.feeds = {feed.outlet.id: feed for feed in tx.sync(config.outlets, config.watches, due=lambda *_: BEGAN)}
        self.run = tx.db.execute("SELECT max(id) FROM run").fetchone()[0] or tx.start_run("abc", BEGAN)

    def state(self, outlet: str) -> FeedState:
        states = {state.feed.outlet.id: state for state in self.tx.states()}
        return states[OutletId(outlet)]

    def lives(self, at: datetime) -> None:
        self.run = self.tx.live_on(self.run, now=at, lull=LULL)

    def goes_on(
        self,
        until: datetime,
        *,
        since: datetime,
        brings: Callable[[str, datetime], bool] = publishes,
        fails: Callable[[str, datetime], Failure | None] = lambda *_: None,
        sleeps: Callable[[datetime], bool] = lambda _: False,
    ) -> None:
        """Let hours pass, from one to another."""
        hours = [since + number * HOUR for number in range(int((until - since) / HOUR))]
        for hour in hours:
            for minutes in (0, 12, 24, 36, 48, 59):
                if not sleeps(hour):
                    self.lives(hour + minutes * MINUTE)
            for outlet in OUTLETS if not sleeps(hour) else ():
                failure = fails(outlet, hour)
                self.polls(outlet, hour + 12 * MINUTE, news=brings(outlet, hour), failure=failure)
        self.lives(until)

    def polls(self, outlet: str, at: datetime, *, news: bool = False, failure: Failure | None = None) -> ItemId | None:
        """Look at a feed as the line does: its items, what is remembered of it, the history."""
        before, found = self.state(outlet), None
        due_at = at + HOUR
        if failure:
            strikes = before.strikes + (failure.kind == "crashed")
            self.tx.remember_failure(before, failure, now=at, due_at=due_at, strikes=strikes)
            return None
        if news:
            found = self.item(outlet, at)
            rhythm = counted(self.tx.rhythm(before.feed.id), [at], now=at)
            self.tx.remember_document(before.feed.id, pieces=(), rhythm=rhythm)
        after = replace(
            before, polled_at=at, answered_at=at, first_answered_at=before.first_answered_at or at, due_at=due_at, pace=HOUR
        )
        self.tx.remember_answer(after, title=None)
        self.tx.add_poll(before, now=at, entries=9, new_items=int(news), size=1)
        return found

    def item(self, outlet: str, at: datetime, *, page: bool = False, first_poll: bool = False) -> ItemId:
        name = f"{outlet}-{at:%Y%m%d%H%M%S}"
        item = Item(
            keys=(f"g:{name}",),
            guid=name,
            link=f"https://{outlet}.example/{name}",
            canonical_url=f"{outlet}.example/{name}",
            title=f"News of {at:%d %B %H:%M}",
            summary="",
            author=None,
            published=at,
            published_raw=None,
            language="en",
        )
        made = {"is_baseline": first_poll, "is_first_poll": first_poll, "read_page": page, "entry_hash": b""}
        found, _ = self.tx.add_item(self.state(outlet).feed.id, item, now=at, **made)  # type: ignore[arg-type]
        return found

    def overflows(self, outlet: str, at: datetime) -> None:
        state = self.state(outlet)
        self.tx.add_poll(state, now=at, entries=9, new_items=9, size=1, missed=(at - 50 * MINUTE, at - 20 * MINUTE))

    def gives_up(self, outlet: str, at: datetime, kind: str, reason: str) -> None:
        self.tx.give_up_article(self.item(outlet, at, page=True), Failure(kind=kind, detail=reason), at + MINUTE)

    def doubts(self, outlet: str, at: datetime, doubt: str) -> None:
        item = self.item(outlet, at, page=True)
        article = Article(
            url="https://x.example/", title=None, text="A text.", source="page", doubt=doubt, language=None, published=None
        )
        (due,) = (one for one in self.tx.due_articles(at, 99, each=99) if one.id == item)
        self.tx.add_article(due, article, now=at + MINUTE)


@contextmanager
def living(config: Config) -> Iterator[Life]:
    Path(config.state).mkdir(exist_ok=True)
    db = open_writer(Path(config.state) / DATABASE)
    try:
        with transaction(db):
            yield Life(Writing(db), config)
    finally:
        db.close()


@pytest.fixture(scope="module")
def two_months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the database of a monitor that has run well for two months."""
    folder = tmp_path_factory.mktemp("months")
    config = desk(folder)
    with living(config) as life:
        for outlet in OUTLETS:
            life.polls(outlet, BEGAN)
        life.tx.live_on(life.run, now=YESTERDAY, lull=99 * DAY)
        # what was polled day by day would take the test long to write; of these hours only the news matters
        hours = [BEGAN + number * HOUR for number in range(1, int((YESTERDAY - BEGAN) / HOUR))]
        for outlet in OUTLETS:
            for hour in hours:
                if publishes(outlet, hour):
                    life.polls(outlet, hour + 12 * MINUTE, news=True)
    return Path(config.state) / DATABASE


@pytest.fixture
def config(tmp_path: Path, two_months: Path) -> Config:
    config = desk(tmp_path)
    Path(config.state).mkdir()
    shutil.copy(two_months, Path(config.state) / DATABASE)
    return config


def made(config: Config, now: datetime = NOW, *, stop: datetime | None = None) -> Digest:
    db = open_reader(Path(config.state) / DATABASE)
    try:
        return compose(Reading(db), config, replace(WINDOW, stop=stop or now), now)
    finally:
        db.close()


def gaps(digest: Digest) -> list[tuple[str, str | None]]:
    return [(gap.kind, gap.feed.outlet.id if gap.feed else None) for gap in digest.gaps]


def text(digest: Digest) -> str:
    return " ".join(plain.digest(digest, width=1000).split())


# ------------------------------------------------------------------------------------------------------- what is planted


def stopped(outlet: str, at: datetime) -> bool:
    """Levant Wire brings nothing from nine hours before now on."""
    return publishes(outlet, at) and not (outlet == "levant-wire" and at >= NOW - 9 * HOUR)


def failed(outlet: str, at: datetime) -> Failure | None:
    """Kuzey Sınır does not answer from six hours before now on."""
    return DOWN if outlet == "kuzey-sinir" and at >= NOW - 6 * HOUR else None


def slept(at: datetime) -> bool:
    return NOW - 20 * HOUR <= at < NOW - 17 * HOUR


def test_a_healthy_monitor_says_so_in_one_line(config: Config) -> None:
    with living(config) as life:
        life.goes_on(NOW, since=YESTERDAY)
        # a page that came a moment ago waits for its turn
        life.item("levant-wire", NOW - 5 * MINUTE, page=True)
    digest = made(config)
    assert (gaps(digest), digest.notes) == ([], ())
    assert {row.state for row in digest.outlets} == {"ok"}
    said = text(digest)
    assert "No gaps. Every feed answered." in said
    assert "Coverage was complete" in said


def test_a_feed_that_answers_and_brings_nothing_is_silent(config: Config) -> None:
    with living(config) as life:
        life.goes_on(NOW, since=YESTERDAY, brings=stopped)
    digest = made(config)
    assert gaps(digest) == [("silent", "levant-wire")]
    assert {row.feed.outlet.id for row in digest.outlets if row.state == "quiet"} == {"levant-wire"}
    said = text(digest)
    assert "levant-wire answers, but has brought nothing new since 02:12, where about 8 items would be usual." in said
    assert "In the 8 weeks known before, its longest pause was 1 h." in said
    assert "That is hardly chance." in said
    assert "paused = true ends this: in [outlets.levant-wire]." in said
    assert "Coverage was not complete" in said


def test_a_silence_that_is_hardly_chance_is_told_to_a_channel_once_and_once_that_it_is_over(config: Config) -> None:
    with living(config) as life:
        life.goes_on(NOW, since=YESTERDAY, brings=stopped)
    phone = ChannelId("phone")
    asking = replace(config, channels=(LogChannel(id=phone),), health=HealthRules(alert=(phone,)))
    ledger = Ledger(path=Path(config.state) / DATABASE, config=asking, now=NOW)
    for hours in range(4):
        ledger.now = NOW + hours * HOUR
        if hours == 2:
            ledger.do(ledger.store.write(lambda tx: Life(tx, config).polls("levant-wire", ledger.now, news=True)))
            ledger.now += MINUTE
        ledger.do(Unanswered().warn(ledger.line))
        ledger.tell()
    ledger.close()
    first, second = (json.loads(one.message.json) for one in ledger.receipts["phone"])
    assert (first["subject"], second["subject"]) == ("levant-wire is silent", "levant-wire brings news again")
    assert "since Sun 22 Nov 2026, 02:12 (UTC); 8 items would be usual; never for longer than 1 h before" in first["text"]


def test_a_feed_that_fails_is_told_once_with_the_table_that_mends_it(config: Config) -> None:
    with living(config) as life:
        life.goes_on(NOW, since=YESTERDAY, fails=failed)
    digest = made(config)
    assert gaps(digest) == [("failing", "kuzey-sinir")]
    assert (
        "kuzey-sinir has not answered since 05:12 (503 Service Unavailable, 6 tries). Anything it published after that is missing"
        " here. In config.toml: [outlets.kuzey-sinir]."
    ) in text(digest)


def test_a_feed_that_is_gone_is_looked_for_with_monitor_add(config: Config) -> None:
    gone = Failure(kind="http", detail="404 Not Found", status=404)
    with living(config) as life:
        life.goes_on(NOW, since=YESTERDAY, fails=lambda outlet, at: gone if failed(outlet, at) else None)
    assert (
        "`monitor add` with its site’s address finds the feed that it has now; the old one is in [outlets.kuzey-sinir]."
        in text(made(config))
    )


def test_an_outage_that_is_over_is_told_and_one_that_was_sleep_is_not(config: Config) -> None:
    with living(config) as life:
        life.goes_on(NOW, since=YESTERDAY, fails=lambda outlet, at: DOWN if failed(outlet, at - 4 * HOUR + 10 * HOUR) else None)
        assert life.state("kuzey-sinir").failures
    with living(config) as life:
        life.polls("kuzey-sinir", NOW - MINUTE)
    assert gaps(made(config)) == [("was_failing", "kuzey-sinir")]


def test_a_poll_that_failed_just_after_sleep_makes_no_outage_of_the_sleep(config: Config) -> None:
    woke = NOW - 17 * HOUR
    with living(config) as life:
        life.goes_on(woke, since=YESTERDAY, sleeps=slept)
        for outlet in OUTLETS:
            life.polls(outlet, woke + MINUTE, failure=Failure(kind="dns", detail="no address for that name"))
        life.goes_on(NOW, since=woke)
    digest = made(config)
    assert gaps(digest) == [("down", None)]
    assert "The monitor did not run from yesterday 15:59 to yesterday 19:00." in text(digest)


def test_a_feed_that_failed_before_sleep_and_after_it_was_out_for_no_longer_than_it_was_asked(config: Config) -> None:
    def around(outlet: str, at: datetime) -> Failure | None:
        return DOWN if outlet == "kuzey-sinir" and at == NOW - 21 * HOUR else None

    with living(config) as life:
        life.goes_on(NOW - 20 * HOUR, since=YESTERDAY, fails=around)
        # 48 minutes: until half past the hour would be too short to tell
        life.goes_on(NOW, since=NOW - 20 * HOUR, sleeps=slept)
    assert gaps(made(config)) == [("down", None), ("was_failing", "kuzey-sinir")]
    with living(config) as life:
        life.tx.db.execute("UPDATE poll SET at = at + 2400, until = until + 2400 WHERE outcome = 'failed'")
    assert gaps(made(config)) == [("down", None)]


def test_a_network_that_was_gone_is_one_gap_of_ours(config: Config) -> None:
    lost = Failure(kind="local", detail="no route to the internet", local=True)
    with living(config) as life:
        life.goes_on(
            NOW, since=YESTERDAY, fails=lambda outlet, at: lost if at.hour in {2, 3} and outlet != "relief-desk" else None
        )
    digest = made(config)
    assert gaps(digest) == [("was_unreached", None)]
    assert "The monitor got no answer from 4 feeds at some time between 02:12 and 04:12 (no route to the internet)." in text(
        digest
    )


def test_items_that_scrolled_away_are_told_with_a_pace_faster_than_the_real_one(config: Config) -> None:
    with living(config) as life:
        life.goes_on(NOW, since=YESTERDAY)
        life.overflows("al-zawiya", NOW - 2 * HOUR)
    digest = made(config)
    assert gaps(digest) == [("overflow", "al-zawiya")]
    assert 'every = "5m" in [outlets.al-zawiya].' in text(digest)
    with living(config) as life:
        life.tx.db.execute("UPDATE feed SET pace = 90")
    assert 'every = "1m" in [outlets.al-zawiya].' in text(made(config))
    with living(config) as life:
        life.tx.db.execute("UPDATE feed SET pace = 60")
    assert "It is polled as often as may be." in text(made(config))


def test_texts_that_are_missing_or_doubted_are_told_with_what_may_help(config: Config) -> None:
    with living(config) as life:
        life.goes_on(NOW, since=YESTERDAY)
        for minute in range(3):
            life.gives_up("al-zawiya", NOW - HOUR + minute * MINUTE, "http", "403 Forbidden")
        life.doubts("relief-desk", NOW - HOUR, "short")
    digest = made(config)
    assert gaps(digest) == [("no_text", "al-zawiya"), ("doubtful_text", "relief-desk")]
    said = text(digest)
    assert "al-zawiya: the full text of 3 items could not be had (403 Forbidden)" in said
    assert "full_text = false has only the feed’s words read: in [outlets.al-zawiya]." in said
    assert 'selector = "..." says where the article is: in [outlets.relief-desk].' in said


def test_pages_that_wait_for_longer_than_half_an_hour_are_told(config: Config) -> None:
    with living(config) as life:
        life.goes_on(NOW, since=YESTERDAY)
        life.item("al-zawiya", NOW - HOUR, page=True)
        life.item("al-zawiya", NOW - 5 * MINUTE, page=True)
    digest = made(config)
    assert gaps(digest) == [("unread", None)]
    assert "has yet to read the full text of 1 item" in text(digest)


def test_a_feed_that_kills_its_readers_is_set_aside_and_not_told_as_failing_too(config: Config) -> None:
    crash = Failure(kind="crashed", detail="its reader died")
    with living(config) as life:
        life.goes_on(NOW, since=YESTERDAY, fails=lambda outlet, at: crash if failed(outlet, at) else None)
    digest = made(config)
    assert gaps(digest) == [("set_aside", "kuzey-sinir")]
    assert {row.feed.outlet.id for row in digest.outlets if row.state == "set_aside"} == {"kuzey-sinir"}
    assert "put aside for a day: reading it killed a worker 6 times" in text(digest)


def test_all_of_them_together_are_each_told_once(config: Config) -> None:
    with living(config) as life:
        life.goes_on(NOW, since=YESTERDAY, brings=stopped, fails=failed, sleeps=slept)
        life.overflows("al-zawiya", NOW - 2 * HOUR)
        life.gives_up("relief-desk", NOW - HOUR, "empty", "no article found")
    digest = made(config)
    assert gaps(digest) == [
        ("down", None),
        ("failing", "kuzey-sinir"),
        ("silent", "levant-wire"),
        ("overflow", "al-zawiya"),
        ("no_text", "relief-desk"),
    ]
    assert "5 gaps." in text(digest)


def test_a_monitor_that_stopped_says_so_and_not_that_its_feeds_were_not_polled(config: Config) -> None:
    with living(config) as life:
        life.goes_on(NOW, since=YESTERDAY)
        life.tx.end_run(life.run, NOW)
    digest = made(config, NOW + 9 * HOUR)
    assert gaps(digest) == [("down", None)]
    assert "The monitor did not run from 12:00 to now." in text(digest)


def test_a_digest_that_is_made_days_later_says_of_its_own_window_alone_that_the_monitor_did_not_run(config: Config) -> None:
    with living(config) as life:
        life.goes_on(NOW, since=YESTERDAY)
        life.tx.end_run(life.run, NOW)
    digest = made(config, NOW + 2 * DAY, stop=NOW + 3 * HOUR)
    assert gaps(digest) == [("down", None)]
    assert "The monitor did not run from 12:00 to 15:00." in text(digest)


def test_time_in_which_the_monitor_slept_makes_no_feed_silent(config: Config) -> None:
    with living(config) as life:
        life.goes_on(NOW, since=YESTERDAY, brings=stopped, sleeps=lambda at: NOW - 9 * HOUR <= at < NOW - HOUR)
    assert gaps(made(config)) == [("down", None)]


def test_a_monitor_that_just_began_says_since_when_it_watches(tmp_path: Path) -> None:
    config = desk(tmp_path)
    with living(config) as life:
        life.tx.db.execute("UPDATE run SET started_at = ?, seen_at = ?", [int(NOW.timestamp()) - 30, int(NOW.timestamp())])
        for outlet in OUTLETS:
            life.polls(outlet, NOW - timedelta(seconds=20))
    digest = made(config)
    assert gaps(digest) == [("down", None)]
    assert (
        "The monitor began to watch only at 11:59. Of what was published before, only what the feeds still listed then is here."
        in text(digest)
    )


def test_what_a_first_poll_found_is_no_gap_but_to_be_known(config: Config) -> None:
    with living(config) as life:
        life.goes_on(NOW, since=YESTERDAY)
        item = life.item("al-zawiya", NOW - HOUR, first_poll=True)
        life.tx.db.execute(
            "INSERT INTO match (item_id, watch_id, field, term, form, start, stop, sentence, mark_start, mark_stop, found_at,"
            " is_first, config) VALUES (?, 'idlib', 'title', 'Idlib', 'Idlib', 0, 5, 'Idlib', 0, 5, ?, 1, 'abc')",
            [item, int((NOW - HOUR).timestamp())],
        )
    digest = made(config)
    assert gaps(digest) == []
    assert [(note.kind, note.count) for note in digest.notes] == [("first_poll", 1)]


def test_no_reason_carries_a_name_or_a_password(config: Config) -> None:
    told = Failure(kind="redirect", detail="led to https://desk:canary@wire.example/feed?token=canary&n=1 and back")
    with living(config) as life:
        life.goes_on(NOW, since=YESTERDAY, fails=lambda outlet, at: told if failed(outlet, at) else None)
        life.gives_up("al-zawiya", NOW - HOUR, "redirect", told.detail)
    digest = made(config)
    assert gaps(digest) == [("failing", "kuzey-sinir"), ("no_text", "al-zawiya")]
    assert "canary" not in repr(digest.gaps) + repr(digest.outlets) + text(digest)
    assert "led to https://…wire.example/feed?…&… and back" in text(digest)


def test_a_refused_config_is_told_while_the_monitor_runs_and_not_of_one_that_was_killed(config: Config) -> None:
    with living(config) as life:
        life.goes_on(NOW, since=YESTERDAY)
        life.tx.remember_config(life.run, config="abc", fault="config.toml:1: titel: no such key")
    assert ("config", None) in gaps(made(config, NOW + MINUTE))
    assert ("config", None) not in gaps(made(config, NOW + 20 * MINUTE))
