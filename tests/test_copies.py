"""What is told of texts that outlets carry from each other: through the whole line, from loopback outlets to a webhook."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine
from desks import configured, long, rows
from fakes import Site, page, rss

from monitor.daemon import Daemon
from monitor.model import ChannelId, Config, KeepRules
from monitor.pipeline import group, poll, read, tell
from monitor.store import open_store
from monitor.upkeep import tidy

HOUR = timedelta(hours=1)
NOW = datetime.now(UTC)
RAIN = (
    "Overnight rain flooded 120 tents in camps north of Idlib, and two clinics were closed until noon. Aid workers said that the"
    " ditches, which were dug in spring, had been filled with rubble since then. The road to the crossing stayed open, but"
    " drivers waited for 3 hours at the bridge. A convoy with blankets is expected on Thursday, if the weather allows it."
    " Schools in the valley stayed shut, and their headmasters asked for pumps. Nobody was hurt, a spokesman of the rescue"
    " service said. The last flood of this kind was seen eleven years ago, when a dam upstream had to be opened at night."
)
MORE = (
    " By the evening the number of flooded tents had doubled, and the first families were moved to a school in the old town. A"
    " second clinic lost its generator, a nurse told this paper, and insulin was carried over the footbridge by hand. The mayor"
    " asked the ministry for sandbags and called the help that had come so far a drop in a bucket. Meteorologists expect the"
    " rain to end by Saturday, with frost in the nights after."
)
OTHERS = ("levant-wire", "relief-desk", "coast-radio", "hill-times")


def desk(folder: Path, site: Site, *, watches: str = 'idlib = ["Idlib"]', alerts: str = "", options: str = "") -> Config:
    lines = "\n".join(
        f'{name} = {{ feed = "{site.url}/{name}.xml", name = "{name.replace("-", " ").title()}", lang = "en", private = true,'
        f' pause = "0s"{options} }}'
        for name in ("orontes-post", *OTHERS)
    )
    hook = f'[channels.hook]\ntype = "webhook"\nurl = "{site.url}/hook"\nprivate = true\n'
    return configured(folder, f"[outlets]\n{lines}\n[watches]\n{watches}\n{hook}[alerts]\nmax_per_hour = 1000\n{alerts}")


def carry(site: Site, outlet: str, title: str, body: str, *, teaser: str = "") -> None:
    site.pages[f"/{outlet}.xml"] = rss((title, f"{site.url}/{outlet}/1", teaser))
    site.pages[f"/{outlet}/1"] = page(title, *body.split("\n"))


async def once(config: Config, *, at: datetime | None = None) -> None:
    with time_machine.travel(at or datetime.now(UTC), tick=True):
        async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
            await daemon.once()


def silence(site: Site) -> None:
    for name in ("orontes-post", *OTHERS):
        site.pages[f"/{name}.xml"] = rss()


def told(config: Config) -> list[tuple[object, ...]]:
    return rows(
        config,
        "SELECT feed.outlet_id, alert.occasion, alert.number, alert.state FROM alert JOIN item ON item.id = alert.item_id"
        " JOIN feed ON feed.id = item.feed_id ORDER BY alert.id",
    )


async def test_a_text_that_five_outlets_carry_is_told_once(tmp_path: Path, site: Site) -> None:
    silence(site)
    with site.serving():
        config = desk(tmp_path, site)
        carry(site, "orontes-post", "Rain floods tents near Idlib", RAIN)
        await once(config)
        for name in OTHERS:
            carry(
                site, name, f"Tents under water near Idlib, {name} reports", f"Sarmada ({name})\n{RAIN}\nSubscribe to our letter."
            )
        await once(config)
    assert len(site.told) == 1
    assert rows(config, "SELECT count(DISTINCT story_id), count(*) FROM item") == [(1, 5)]
    assert {state for *_, state in told(config)} == {"sent", "joined"}


async def test_copies_that_come_in_the_same_moment_are_told_once(tmp_path: Path, site: Site) -> None:
    silence(site)
    with site.serving():
        config = desk(tmp_path, site)
        for name in ("orontes-post", *OTHERS):
            carry(site, name, f"Rain floods tents near Idlib ({name})", RAIN)
        await once(config)
    assert len(site.told) == 1


async def test_an_urgent_alert_is_not_repeated_by_a_copy_whose_page_is_late(tmp_path: Path, site: Site) -> None:
    silence(site)
    teaser = RAIN[:300]
    with site.serving():
        config = desk(tmp_path, site, watches='idlib = { any = ["Idlib"], urgent = true }')
        carry(site, "orontes-post", "Rain floods tents near Idlib", RAIN, teaser=teaser)
        await once(config)
        carry(site, "levant-wire", "Tents under water near Idlib", RAIN, teaser=teaser)
        site.pages["/levant-wire/1"] = 503
        await once(config)
        assert len(site.told) == 1
        assert told(config)[-1] == ("levant-wire", "first", 0, "held")
        # its page never comes: what may have been news is told all the same
        await once(config, at=NOW + 3 * HOUR)
    assert len(site.told) == 2


async def test_a_copy_that_lost_the_word_does_not_hide_the_story_and_one_that_has_it_is_told(tmp_path: Path, site: Site) -> None:
    silence(site)
    with site.serving():
        config = desk(tmp_path, site)
        carry(site, "orontes-post", "Rain floods tents", RAIN.replace("Idlib", "the city"))
        await once(config)
        assert site.told == []
        carry(site, "levant-wire", "Rain floods tents", RAIN)
        await once(config)
    assert told(config) == [("levant-wire", "first", 0, "sent")]


async def test_a_copy_takes_the_place_of_one_whose_page_shows_that_it_does_not_match(tmp_path: Path, site: Site) -> None:
    silence(site)
    text = RAIN.replace("Idlib", "the city")
    with site.serving():
        config = desk(tmp_path, site, watches='idlib = { any = ["Idlib"], none = ["bakery"] }', alerts='group_wait = "1h"\n')
        async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
            for name in ("orontes-post", "levant-wire"):
                carry(site, name, "Rain floods tents near Idlib", text)
            site.pages["/orontes-post/1"] = page("Rain floods tents near Idlib", text, "A bakery opened.")
            states = await daemon.store.read(lambda store: store.states())
            for state in states:
                await poll(daemon.line, state)
            due = await daemon.store.read(lambda store: store.due_articles(datetime.now(UTC), 10, each=10))
            by_outlet = {item.feed.outlet.id: item for item in due}
            # the copy is read first, and joins the story of the one that is still to be read
            await read(daemon.line, by_outlet["levant-wire"])
            await read(daemon.line, by_outlet["orontes-post"])
            await daemon.once()
    assert len(site.told) == 1
    assert [one for one in told(config) if one[3] == "sent"] == [("levant-wire", "first", 0, "sent")]


async def test_where_the_desk_wants_every_item_copies_are_told_each(tmp_path: Path, site: Site) -> None:
    silence(site)
    with site.serving():
        config = desk(tmp_path, site, alerts='per = "item"\n')
        for name in ("orontes-post", *OTHERS):
            carry(site, name, "Rain floods tents near Idlib", RAIN)
        await once(config)
        await once(config)
    assert len(site.told) == 5
    assert rows(config, "SELECT count(DISTINCT story_id) FROM item") == [(1,)]


async def test_a_copy_that_says_much_more_hours_later_is_told_as_an_update(tmp_path: Path, site: Site) -> None:
    silence(site)
    with site.serving():
        config = desk(tmp_path, site)
        carry(site, "orontes-post", "Rain floods tents near Idlib", RAIN)
        await once(config)
        carry(site, "levant-wire", "Rain floods tents near Idlib", RAIN + MORE)
        await once(config, at=NOW + HOUR)
        assert len(site.told) == 1
        carry(site, "relief-desk", "Tents near Idlib: the flood grows", RAIN + MORE.replace("evening", "night") + long("dam"))
        await once(config, at=NOW + 8 * HOUR)
        await once(config, at=NOW + 9 * HOUR)
    assert [one[:3] for one in told(config) if one[3] == "sent"] == [("orontes-post", "first", 0), ("relief-desk", "update", 1)]


async def test_a_copy_that_says_much_more_is_no_update_while_nobody_was_told_of_the_story(tmp_path: Path, site: Site) -> None:
    silence(site)
    with site.serving():
        config = desk(tmp_path, site)
        site.post_status = 503
        carry(site, "orontes-post", "Rain floods tents near Idlib", RAIN)
        await once(config)
        carry(site, "relief-desk", "Tents near Idlib: the flood grows", RAIN + MORE.replace("evening", "night") + long("dam"))
        await once(config, at=NOW + 8 * HOUR)
        site.post_status = 204
        await once(config, at=NOW + 10 * HOUR)
    assert [(alert["occasion"], alert["watch"]) for post in site.posts for alert in post.get("alerts", ())] == [
        ("first", "idlib")
    ]


async def test_a_story_is_told_again_when_so_many_outlets_have_their_own_text_of_it(tmp_path: Path, site: Site) -> None:
    silence(site)
    with site.serving():
        config = desk(tmp_path, site, alerts='again_at = 3\ngroup_interval = "5m"\n')
        carry(site, "orontes-post", "Rain floods tents near Idlib", RAIN)
        await once(config)
        carry(site, "levant-wire", "Rain floods tents near Idlib", RAIN)
        carry(site, "coast-radio", "Tents near Idlib flooded", RAIN + long("harbour"))
        await once(config, at=NOW + HOUR)
        assert len(site.told) == 1
        carry(site, "hill-times", "Idlib tents under water", RAIN + long("orchard"))
        await once(config, at=NOW + 2 * HOUR)
        await once(config, at=NOW + 3 * HOUR)
    assert [one[:3] for one in told(config) if one[3] == "sent"] == [("orontes-post", "first", 0), ("hill-times", "again_at", 3)]


async def test_what_follows_about_a_story_waits_for_the_group_interval(tmp_path: Path, site: Site) -> None:
    silence(site)
    with site.serving():
        config = desk(tmp_path, site, alerts='again_at = 2\ngroup_interval = "40m"\n')
        carry(site, "orontes-post", "Rain floods tents near Idlib", RAIN)
        await once(config, at=NOW)
        carry(site, "coast-radio", "Tents near Idlib flooded", RAIN + long("harbour"))
        await once(config, at=NOW + timedelta(minutes=10))
        assert len(site.told) == 1
        await once(config, at=NOW + timedelta(minutes=41))
    assert len(site.told) == 2


async def test_the_edit_of_a_watched_sentence_is_told_to_who_wants_it(tmp_path: Path, site: Site) -> None:
    silence(site)
    watches = 'idlib = { any = ["Idlib"], on_edit = true }\ncamps = { any = ["camps"] }'
    with site.serving():
        config = desk(tmp_path, site, watches=watches, options=", full_text = false")
        site.pages["/orontes-post.xml"] = rss(("Rain", f"{site.url}/1", RAIN))
        await once(config)
        assert len(site.told) == 2
        for tents in ("320", "480"):
            site.pages["/orontes-post.xml"] = rss(("Rain", f"{site.url}/1", RAIN.replace("120", tents)))
            await once(config, at=NOW + int(tents) * timedelta(minutes=1))
        site.pages["/orontes-post.xml"] = rss(("Rain", f"{site.url}/1", RAIN.replace("120", "480").replace("eleven", "nine")))
        await once(config, at=NOW + 9 * HOUR)
    sent = rows(config, "SELECT watch_id, occasion, number FROM alert WHERE state = 'sent' ORDER BY id")
    assert sent[2:] == [("idlib", "edit", 1), ("idlib", "edit", 2)]
    alert = site.posts[-1]["alerts"][0]
    assert [(one["before"][:29], one["after"][:29]) for one in alert["rewritten"]] == [
        ("Overnight rain flooded 120 te", "Overnight rain flooded 480 te")
    ]


async def test_what_a_feed_listed_long_before_it_was_added_is_not_kept_to_compare_with(tmp_path: Path, site: Site) -> None:
    silence(site)
    with site.serving():
        config = desk(tmp_path, site)
        site.pages["/orontes-post.xml"] = rss(("Rain", f"{site.url}/orontes-post/1", ""), now=NOW - timedelta(days=30))
        site.pages["/orontes-post/1"] = page("Rain", RAIN)
        await once(config)
    assert rows(config, "SELECT count(*) FROM item") == [(1,)]
    assert rows(config, "SELECT count(*) FROM sketch") == [(0,)]


async def test_what_no_watch_finds_is_settled_in_its_turn_so_that_who_was_first_is_known(tmp_path: Path, site: Site) -> None:
    silence(site)
    with site.serving():
        config = desk(tmp_path, site, options=", full_text = false")
        site.pages["/orontes-post.xml"] = rss(("Rain", f"{site.url}/1", RAIN.replace("Idlib", "the city")))
        await once(config)
        site.pages["/levant-wire.xml"] = rss(("Rain", f"{site.url}/2", RAIN))
        await once(config)
    assert len(site.told) == 1
    assert rows(config, "SELECT count(DISTINCT story_id), count(*), max(copied) > 0.8 FROM item") == [(1, 2, 1)]
    assert rows(config, "SELECT count(*) FROM story WHERE settled_at IS NULL") == [(0,)]


async def test_a_text_that_names_another_outlet_as_its_source_is_not_its_own(tmp_path: Path, site: Site) -> None:
    silence(site)
    with site.serving():
        config = desk(tmp_path, site, alerts="again_at = 2\n")
        carry(site, "orontes-post", "Rain floods tents near Idlib", RAIN)
        await once(config)
        carry(site, "coast-radio", "Tents near Idlib flooded", f"{RAIN}\n{long('harbour')}\nSource: Orontes Post")
        await once(config, at=NOW + HOUR)
        assert len(site.told) == 1
        carry(site, "hill-times", "Idlib tents under water", f"{RAIN}\n{long('orchard')}")
        await once(config, at=NOW + 2 * HOUR)
    assert len(site.told) == 2


async def test_what_was_told_of_a_story_stays_told_when_its_first_item_is_deleted(tmp_path: Path, site: Site) -> None:
    silence(site)
    with site.serving():
        config = desk(tmp_path, site)
        carry(site, "orontes-post", "Rain floods tents near Idlib", RAIN)
        await once(config)
        carry(site, "levant-wire", "Rain floods tents near Idlib", RAIN)
        await once(config, at=NOW + 30 * HOUR)
        silence(site)
        with time_machine.travel(NOW + 40 * HOUR, tick=True):
            store = open_store(config)
            await tidy(store, KeepRules(items=24 * HOUR, text=24 * HOUR), NOW + 40 * HOUR)
            store.close()
        carry(site, "hill-times", "Rain floods tents near Idlib", RAIN)
        await once(config, at=NOW + 41 * HOUR)
    assert rows(config, "SELECT count(DISTINCT story_id), count(*) FROM item") == [(1, 2)]
    assert len(site.told) == 1


async def test_a_cut_that_is_read_before_its_original_is_not_counted_as_an_own_text(tmp_path: Path, site: Site) -> None:
    silence(site)
    with site.serving():
        config = desk(tmp_path, site, alerts='again_at = 2\ngroup_wait = "1h"\n')
        carry(site, "orontes-post", "Rain floods tents near Idlib", RAIN + MORE, teaser=RAIN[:200])
        carry(site, "levant-wire", "Tents flooded near Idlib", RAIN, teaser=RAIN[:200])
        async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
            for state in await daemon.store.read(lambda store: store.states()):
                await poll(daemon.line, state)
            due = await daemon.store.read(lambda store: store.due_articles(datetime.now(UTC), 10, each=10))
            by_outlet = {item.feed.outlet.id: item for item in due}
            await read(daemon.line, by_outlet["levant-wire"])
            await read(daemon.line, by_outlet["orontes-post"])
            await daemon.once()
    assert len(site.told) == 1
    assert site.posts[0]["alerts"][0]["own_texts"] == 1
    assert rows(config, "SELECT count(*) FROM item WHERE is_own_text") == [(1,)]
    assert rows(config, "SELECT max(copied) > 0.9 FROM item") == [(1,)]


async def test_a_page_that_is_read_before_its_copys_feed_words_settle_repeats_nothing(tmp_path: Path, site: Site) -> None:
    silence(site)
    with site.serving():
        config = desk(tmp_path, site, watches='idlib = { any = ["Idlib"], urgent = true }')
        for name in ("orontes-post", "levant-wire"):
            carry(site, name, "Rain floods tents near Idlib", RAIN, teaser=RAIN[:300])
        async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
            for state in await daemon.store.read(lambda store: store.states()):
                await poll(daemon.line, state)
            await tell(daemon.line, daemon.line.setup.channels[ChannelId("hook")])
            assert len(site.told) == 1
            due = await daemon.store.read(lambda store: store.due_articles(datetime.now(UTC), 10, each=10))
            # the one that was told is read first, and joins what is still to be read of the other
            for item in sorted(due, key=lambda item: item.id):
                await read(daemon.line, item)
            await daemon.once()
    assert len(site.told) == 1
    assert [state for *_, state in told(config)] == ["sent", "joined"]
    assert rows(config, "SELECT copied, is_own_text FROM item ORDER BY id") == [(None, 1), (1.0, 0)]


async def test_what_joined_a_text_that_is_still_to_be_read_does_not_settle_it(tmp_path: Path, site: Site) -> None:
    silence(site)
    with site.serving():
        config = desk(tmp_path, site, alerts='group_wait = "1h"\n')
        brief = RAIN[: RAIN.index(" Schools")]
        carry(site, "orontes-post", "Rain floods tents near Idlib", RAIN + MORE, teaser=brief)
        site.pages["/levant-wire.xml"] = rss(
            ("Rain floods tents", "mailto:1@levant-wire.example", brief.replace("Idlib", "here"))
        )
        async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
            for state in await daemon.store.read(lambda store: store.states()):
                await poll(daemon.line, state)
            await group(daemon.line, most=10)
            await group(daemon.line, most=10)
            assert rows(config, "SELECT count(DISTINCT story_id), count(*) FROM item") == [(1, 2)]
            assert rows(config, "SELECT count(*) FROM story WHERE settled_at IS NULL") == [(1,)]
            await daemon.once()
    assert rows(config, "SELECT count(*) FROM story WHERE settled_at IS NULL") == [(0,)]
    assert rows(config, "SELECT max(tokens) > 150 FROM sketch") == [(1,)]
