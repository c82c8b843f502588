"""What a digest says of a window, through the whole line: loopback outlets, a real database, the clock moved on."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import time_machine
from desks import long, rows, typed
from fakes import Site, page, rss
from sqlite_utils import Database
from test_copies import HOUR, MORE, NOW, RAIN, carry, desk, once, silence

from monitor.daemon import Daemon
from monitor.model import Config, Digest, Match, OutletId, WatchFindings, WatchId
from monitor.pipeline import brief, compose
from monitor.pipeline.composed import Window
from monitor.store import DATABASE, Reading, Store, Writing, open_reader

DAY = timedelta(days=1)


def made(config: Config, *, start: datetime = NOW - DAY, stop: datetime | None = None, due: bool = False) -> Digest:
    until = stop or NOW + HOUR
    window = Window(period="2026-11-23T06:00", start=start, stop=until, due_at=until if due else None)
    db = open_reader(Path(config.state) / DATABASE)
    try:
        return compose(Reading(db), config, window, until)
    finally:
        db.close()


def found(digest: Digest, watch: str = "idlib") -> WatchFindings:
    return next(each for each in digest.watches if each.watch.id == watch)


async def test_a_text_that_three_outlets_carry_is_one_story_with_its_carriers_in_order(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = desk(tmp_path, site)
        for at, outlet in enumerate(("coast-radio", "orontes-post", "levant-wire")):
            carry(site, outlet, "Rain floods camps", RAIN)
            await once(config, at=NOW + at * timedelta(minutes=11))
    digest = made(config)
    (story,) = digest.stories
    idlib = found(digest)
    assert (len(idlib.stories), idlib.items, idlib.outlets, digest.items_matched) == (1, 3, 3, 3)
    assert idlib.stories[0].finding.outlet_id == "coast-radio"
    assert [carrier.outlet_id for carrier in story.carriers] == ["coast-radio", "orontes-post", "levant-wire"]
    assert (story.outlets, story.own_texts, story.is_continued) == (3, 1, False)
    assert story.trail is not None
    assert story.trail.steps[2].copy is not None


async def test_a_text_that_is_told_as_a_copy_is_not_counted_as_an_outlet_s_own(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = desk(tmp_path, site)
        for outlet in ("orontes-post", "coast-radio", "hill-times"):
            # only a name differs, in every other place
            carry(site, outlet, f"Idlib wells of {outlet}", long(f"{outlet} of Idlib"))
        await once(config, at=NOW)
        number = rows(config, "SELECT min(id) FROM item")[0][0]
    (story,) = made(config).stories
    shown = json.loads(typed(config, "show", str(number), "--json").stdout)["trail"]
    assert [carrier.is_own for carrier in story.carriers] == [True, False, False]
    assert (story.outlets, story.own_texts) == (shown["outlets"], shown["own_texts"]) == (3, 1)


async def test_of_what_stood_in_the_feeds_already_the_one_with_the_earliest_date_leads(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = desk(tmp_path, site)
        for outlet, hours in (("orontes-post", 2), ("hill-times", 5), ("levant-wire", 3)):
            carry(site, outlet, "Rain floods camps", RAIN)
            site.pages[f"/{outlet}.xml"] = rss(("Rain floods camps", f"{site.url}/{outlet}/1", ""), now=NOW - hours * HOUR)
        await once(config, at=NOW)
    assert found(made(config)).stories[0].finding.outlet_id == "hill-times"


async def test_a_story_that_goes_on_is_told_again_as_one_that_was_told(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = desk(tmp_path, site)
        carry(site, "orontes-post", "Rain floods camps", RAIN)
        await once(config, at=NOW)
        carry(site, "levant-wire", "Rain floods camps", RAIN)
        await once(config, at=NOW + 2 * HOUR)
    digest = made(config, start=NOW + HOUR, stop=NOW + 3 * HOUR)
    assert found(digest).items == 1
    assert [story.is_continued for story in digest.stories] == [True]
    assert [carrier.outlet_id for carrier in digest.stories[0].carriers] == ["orontes-post", "levant-wire"]


async def test_a_story_of_two_watches_stands_under_both_and_is_told_of_once(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = desk(tmp_path, site, watches='idlib = ["Idlib"]\ncamps = ["camps"]\ncholera = ["cholera"]')
        carry(site, "orontes-post", "Rain floods camps", RAIN)
        await once(config, at=NOW)
    digest = made(config)
    assert [(each.watch.id, len(each.stories)) for each in digest.watches] == [("idlib", 1), ("camps", 1), ("cholera", 0)]
    assert len(digest.stories) == 1
    assert {match.watch_id for match in found(digest, "camps").stories[0].finding.matches} == {"camps"}


async def test_the_edit_of_a_watched_sentence_is_told_as_a_diff_with_its_numbers(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = desk(tmp_path, site)
        carry(site, "orontes-post", "Rain floods 85 tents", RAIN)
        await once(config, at=NOW)
        site.pages["/orontes-post/1"] = page("Rain floods 85 tents", RAIN.replace("120 tents", "450 tents") + MORE)
        await once(config, at=NOW + 3 * HOUR)
    digest = made(config, stop=NOW + 4 * HOUR)
    (edit,) = digest.edits
    assert [(span.kind, span.text.strip()) for span in edit.sentences[0] if span.kind != "same"] == [
        ("removed", "120"),
        ("added", "450"),
    ]
    assert (edit.outlet_id, edit.headline, edit.removed, edit.changed) == ("orontes-post", (), 0, 1)
    assert edit.added >= 3
    assert [(one.before, one.after) for one in edit.numbers] == [("120", "450")]
    assert digest.stories[0].edits == (edit,)
    # a window after it has nothing of it
    assert made(config, start=NOW + 4 * HOUR, stop=NOW + 5 * HOUR).edits == ()


async def test_who_was_first_is_counted_where_polls_can_tell_it(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = desk(tmp_path, site)
        silence(site)
        await once(config, at=NOW)
        carry(site, "orontes-post", "Rain floods camps", RAIN)
        await once(config, at=NOW + HOUR)
        # a look at the other feeds that shows that they do not have it yet
        await once(config, at=NOW + HOUR + timedelta(minutes=30))
        carry(site, "levant-wire", "Rain floods camps", RAIN)
        await once(config, at=NOW + 2 * HOUR)
        for name in ("hill-times", "relief-desk"):
            carry(site, name, "Idlib wells", long("wells of Idlib"))
        await once(config, at=NOW + 3 * HOUR)
    firsts = made(config, stop=NOW + 4 * HOUR).firsts
    assert firsts is not None
    assert [(one.outlet_id, one.stories) for one in firsts.outlets] == [("orontes-post", 1)]
    assert firsts.untold == 1


async def test_a_digest_of_some_outlets_tells_of_those_alone(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = desk(tmp_path, site)
        carry(site, "orontes-post", "Rain floods camps", RAIN)
        carry(site, "levant-wire", "Idlib wells", long("wells of Idlib"))
        await once(config, at=NOW)
    plan = replace(config.digest, outlets=frozenset({OutletId("levant-wire")}))
    digest = made(replace(config, digest=plan))
    assert [one.finding.outlet_id for one in found(digest).stories] == ["levant-wire"]
    assert {row.feed.outlet.id for row in digest.outlets} == {"levant-wire"}
    assert digest.items_read == 1


async def test_a_digest_of_some_outlets_compares_with_what_those_alone_brought(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = desk(tmp_path, site)
        for outlet in ("orontes-post", "coast-radio", "levant-wire"):
            carry(site, outlet, f"Wells of {outlet}", long(f"{outlet} near Idlib"))
            # all of it older than what a first poll alerts on
            site.pages[f"/{outlet}.xml"] = rss((f"Wells of {outlet}", f"{site.url}/{outlet}/1", ""), now=NOW - 3 * DAY)
        await once(config, at=NOW)
    store = Store(Path(config.state) / DATABASE)
    month = "UPDATE run SET started_at = started_at - 2592000, seen_at = seen_at + 2592000, stopped_at = NULL"
    await store.write(lambda tx: tx.db.execute(month))
    await store.write(lambda tx: tx.db.execute("UPDATE item SET article_state = 'due', seen_at = seen_at - 3600"))
    store.close()

    def of(*outlets: str) -> tuple[object, ...]:
        plan = replace(config.digest, outlets=frozenset(map(OutletId, outlets)))
        today = made(replace(config, digest=plan), start=NOW - 2 * HOUR)
        later = found(made(replace(config, digest=plan), start=NOW + 2 * DAY, stop=NOW + 3 * DAY))
        assert later.volume is not None
        unread = sum(gap.count for gap in today.gaps if gap.kind == "unread")
        return later.volume.days[-2], later.last_outlet, unread, [(note.count, note.reason) for note in today.notes]

    assert of("levant-wire") == (1, "Levant Wire", 1, [(1, "Levant Wire 1")])
    assert of("hill-times") == (0, None, 0, [])
    assert of("orontes-post", "coast-radio")[::2] == (2, 2)


async def test_a_digest_of_some_watches_leaves_out_what_only_others_found(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = desk(tmp_path, site, watches='idlib = ["Idlib"]\nwells = ["wells"]')
        carry(site, "orontes-post", "Rain floods camps", RAIN)
        carry(site, "levant-wire", "Old wells", long("wells"))
        await once(config, at=NOW)
    plan = replace(config.digest, watches=frozenset({WatchId("wells")}))
    digest = made(replace(config, digest=plan))
    assert [each.watch.id for each in digest.watches] == ["wells"]
    assert (len(digest.stories), digest.items_matched) == (1, 1)


async def test_what_a_person_muted_is_told_with_how_much_was_not_sent(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = desk(tmp_path, site)
        silence(site)
        await once(config, at=NOW)
        with time_machine.travel(NOW, tick=True):
            async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
                await daemon.store.write(lambda tx: tx.mute(WatchId("idlib"), until=NOW + 6 * HOUR, now=NOW))
        carry(site, "orontes-post", "Rain floods camps", RAIN)
        await once(config, at=NOW + HOUR)
    withheld = found(made(config, stop=NOW + 2 * HOUR)).withheld
    assert withheld is not None
    assert (withheld.muted, withheld.acked, withheld.muted_until) == (1, 0, (NOW + 6 * HOUR).replace(microsecond=0))
    assert not site.posts


async def test_a_quiet_watch_says_when_and_where_it_last_matched(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = desk(tmp_path, site)
        carry(site, "orontes-post", "Rain floods camps", RAIN)
        await once(config, at=NOW)
    quiet = found(made(config, start=NOW + HOUR, stop=NOW + 2 * HOUR))
    assert (quiet.stories, quiet.last_outlet) == ((), "Orontes Post")
    assert quiet.last_match is not None


async def test_a_match_that_was_found_before_a_digest_s_end_and_stored_after_it_is_in_the_next(
    tmp_path: Path, site: Site
) -> None:
    with site.serving():
        config = desk(tmp_path, site, watches='idlib = ["Idlib"]\ncamps = ["camps"]')
        carry(site, "orontes-post", "Rain floods Idlib", RAIN)
        await once(config, at=NOW)
    first = Window(period="2026-11-23T06:00", start=NOW - DAY, stop=NOW + HOUR, due_at=NOW + HOUR)
    async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
        daemon.line.now = lambda: NOW + HOUR
        await brief(daemon.line, first)
        late = Match(
            watch_id=WatchId("camps"),
            field="summary",
            term="camps",
            form="camps",
            start=0,
            stop=5,
            sentence="camps",
            mark_start=0,
            mark_stop=5,
        )

        def store_late(tx: Writing) -> None:
            tx.db.execute("DELETE FROM match WHERE watch_id = 'camps'")
            (item,) = tx.db.conn.execute("SELECT min(id) FROM item").fetchone()
            # so that its id is above all that the first digest knew of
            tx.db.execute("UPDATE match SET id = id + 100")
            tx.add_matches(item, (late,), now=NOW + HOUR - timedelta(seconds=1), config="c0ffee")

        await daemon.store.write(store_late)
    following = made(config, start=NOW + HOUR, stop=NOW + 2 * HOUR, due=True)
    assert found(following, "camps").items == 1


async def test_a_digest_tells_of_one_moment_whatever_the_daemon_writes_while_it_is_made(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = desk(tmp_path, site)
        carry(site, "orontes-post", "Rain floods camps", RAIN)
        carry(site, "levant-wire", "Idlib wells", long("wells of Idlib"))
        await once(config, at=NOW)
    path, asked = Path(config.state) / DATABASE, []

    def settle(statement: str) -> None:
        # the second item turns out to be of the first one's story, once it was said of which story each is
        if "count(DISTINCT feed.outlet_id)" in statement and not asked:
            asked.append(statement)
            daemon = sqlite3.connect(path)
            with daemon:
                daemon.execute("UPDATE item SET story_id = (SELECT min(story_id) FROM item)")
            daemon.close()

    db = open_reader(path)
    db.conn.set_trace_callback(settle)
    digest = compose(Reading(db), config, Window(period="2026-11-23T06:00", start=NOW - DAY, stop=NOW + HOUR), NOW + HOUR)
    db.close()
    assert len(asked) == 1
    assert (found(digest).items, len(digest.stories)) == (2, 2)
    assert [(story.outlets, len(story.carriers)) for story in digest.stories] == [(1, 1), (1, 1)]
    assert len(made(config).stories) == 1


async def test_bars_count_each_item_once_on_the_day_on_which_it_was_found(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = desk(tmp_path, site)
        carry(site, "orontes-post", "Rain floods Idlib", RAIN)
        await once(config, at=NOW)
    volume = found(made(config, start=NOW + 2 * DAY, stop=NOW + 3 * DAY)).volume
    assert volume is not None
    # the monitor ran for seconds only: what it saw of those days is not known
    assert volume.days == (None,) * 28
    store = Store(Path(config.state) / DATABASE)
    month = "UPDATE run SET started_at = started_at - 2592000, seen_at = seen_at + 2592000, stopped_at = NULL"
    await store.write(lambda tx: tx.db.execute(month))
    store.close()
    volume = found(made(config, start=NOW + 2 * DAY, stop=NOW + 3 * DAY)).volume
    assert volume is not None
    assert volume.days == (*(0,) * 26, 1, 0)


async def test_what_is_written_while_a_digest_is_put_together_is_told_whole_or_not_at_all(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = desk(tmp_path, site)
        for outlet in ("coast-radio", "hill-times"):
            carry(site, outlet, f"Idlib seen by {outlet}", long(outlet))
        await once(config, at=NOW)
    whole = made(config)
    reader, writer = (Database(sqlite3.connect(Path(config.state) / DATABASE, isolation_level=None)) for _ in range(2))
    questions: list[str] = []

    def write(question: str) -> None:
        # once it is known what was found: one item is let go, and the others are joined to another story
        if len(questions) == 1:
            writer.conn.execute("DELETE FROM match WHERE item_id = (SELECT min(id) FROM item)")
            writer.conn.execute("UPDATE item SET story_id = (SELECT max(id) FROM story)")
        if questions or "AS fresh" in question:
            questions.append(question)

    reader.conn.set_trace_callback(write)
    window = Window(period="2026-11-23T06:00", start=NOW - DAY, stop=NOW + HOUR)
    assert compose(Reading(reader), config, window, NOW + HOUR).stories == whole.stories
    assert len(questions) > 1
    reader.close()
    writer.close()


async def test_bars_of_a_watch_that_is_new_show_what_it_would_have_found_on_the_days_before(tmp_path: Path, site: Site) -> None:
    with site.serving():
        old = desk(tmp_path, site)
        carry(site, "orontes-post", "Rain floods camps", RAIN)
        await once(old)
        new = desk(tmp_path, site, watches='idlib = ["Idlib"]\ncamps = ["camps"]')
        async with Daemon(new, load=lambda: new, say=lambda _: None) as daemon:
            await daemon.once()
            assert await daemon.store.read(lambda store: store.still_asked()) == frozenset()
            month = "UPDATE run SET started_at = started_at - 2592000, seen_at = seen_at + 2592000, stopped_at = NULL"
            await daemon.store.write(lambda tx: tx.db.execute(month))
            # as if it had been asked for the first time two days later
            later = "UPDATE watch SET since = since + 172800"
            await daemon.store.write(lambda tx: tx.db.execute(later))
            found_then = "UPDATE match SET found_at = found_at + 172800 WHERE is_history"
            await daemon.store.write(lambda tx: tx.db.execute(found_then))
    volume = found(made(new, start=NOW + 3 * DAY, stop=NOW + 4 * DAY), "camps").volume
    assert volume is not None
    assert volume.days == (*(0,) * 25, 1, 0, 0)


async def test_a_short_window_names_the_minutes_in_which_the_monitor_was_dead(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = desk(tmp_path, site)
        silence(site)
        await once(config, at=NOW)
        await once(config, at=NOW + timedelta(minutes=5))
    minute = timedelta(minutes=1)
    dead = made(config, start=NOW + 3 * minute, stop=NOW + 4 * minute)
    assert [gap.kind for gap in dead.gaps] == ["down"]
    # of a day they are nothing that feeds do not still list
    lived = made(config, start=NOW - DAY, stop=NOW + 6 * minute)
    assert [(gap.kind, gap.since) for gap in lived.gaps] == [("down", None)]


async def test_the_first_digest_of_all_says_since_when_the_monitor_watches(tmp_path: Path, site: Site) -> None:
    with site.serving():
        config = desk(tmp_path, site)
        silence(site)
        await once(config, at=NOW)
    began = NOW.replace(microsecond=0)
    (gap,) = (gap for gap in made(config, start=began, stop=began + timedelta(seconds=2)).gaps if gap.since is None)
    assert (gap.kind, gap.until is not None) == ("down", True)
