"""What attacks on stories and their alerts have found: words that never came, and news that came twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desks import configured, long, rows
from fakes import Site, page, rss
from ledgers import Ledger, Scripted, config_of
from test_copies import HOUR, MORE, NOW, RAIN, carry, desk, once, silence, told
from test_promises import opened, poll_all, tell_all

from monitor.errors import DeliveryError
from monitor.model import ChannelId, Message, StoryId, Watch, WatchId
from monitor.pipeline import read, tell
from monitor.pipeline.promise import promise


async def test_a_message_on_its_way_is_recorded_though_a_copy_took_the_place_of_its_withdrawn_alert(
    tmp_path: Path, site: Site
) -> None:
    silence(site)
    text = RAIN.replace("Idlib", "the city")
    title = "Rain floods tents near Idlib"
    watches = 'idlib = { any = ["Idlib"], none = ["bakery"], urgent = true }'
    with site.serving():
        config = desk(tmp_path, site, watches=watches)
        async with opened(config) as daemon:
            for name in ("orontes-post", "levant-wire"):
                carry(site, name, title, text)
            site.pages["/orontes-post/1"] = page(title, text, "A bakery opened.")
            site.pages["/levant-wire.xml"] = rss()
            await poll_all(daemon)
            channel = next(iter(daemon.line.setup.channels.values()))
            deliver = channel.deliver

            async def deliver_slowly(words: Message, had: frozenset[str]) -> None:
                await deliver(words, had)
                # while the channel answers, the page shows that it was none, and a copy that is one comes
                due = await daemon.store.read(lambda store: store.due_articles(datetime.now(UTC), 10, each=10))
                for item in due:
                    await read(daemon.line, item)
                carry(site, "levant-wire", title, text)
                channel.deliver = deliver  # type: ignore[method-assign]
                await poll_all(daemon)
                for item in await daemon.store.read(lambda store: store.due_articles(datetime.now(UTC), 10, each=10)):
                    await read(daemon.line, item)

            channel.deliver = deliver_slowly  # type: ignore[method-assign]
            await tell(daemon.line, channel)
            assert await tell_all(daemon) == [True]
    assert "held" not in {state for *_, state in told(config)}


def test_what_is_promised_again_does_not_hide_in_a_message_that_was_told_without_it(tmp_path: Path) -> None:
    watch = Watch(id=WatchId("idlib"), any=("Item",), channels=(ChannelId("mail"),))
    ledger = Ledger(path=tmp_path / "monitor.db", config=config_of("mail", watches=(watch,)))
    try:
        items = [ledger.raise_item("idlib", batch="first poll of feed 1") for _ in range(7)]

        async def fail(words: Message, had: frozenset[str] = frozenset()) -> None:
            del words, had
            await ledger.store.write(lambda tx: tx.withdraw(items[0], [watch.id]))
            raise DeliveryError("not now", retryable=True, is_whole=True)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Scripted, "deliver", lambda _, words, had=frozenset(): fail(words, had))
            ledger.tell()
        ledger.wait(HOUR, step=timedelta(minutes=1))
        (first,) = ledger.receipts["mail"]
        assert len(first.alerts) == 6
        again = {"item_id": items[0], "story_id": StoryId(1), "now": ledger.now, "waits_for_text": False}
        ledger.do(ledger.store.write(lambda tx: promise(tx, ledger.line.setup, [watch.id], **again)))
        ledger.tell()
        assert len(ledger.receipts["mail"]) == 2
        assert ledger.receipts["mail"][1].message.key != first.message.key
    finally:
        ledger.close()


@pytest.mark.parametrize("now", ["item", "story"])
async def test_an_item_that_was_told_is_not_told_again_when_the_desk_counts_otherwise(
    tmp_path: Path, site: Site, now: str
) -> None:
    before = {"item": "story", "story": "item"}[now]
    silence(site)
    with site.serving():
        config = desk(tmp_path, site, options=", full_text = false", alerts=f'per = "{before}"\n')
        await once(config)
        site.pages["/orontes-post.xml"] = rss(("Rain", f"{site.url}/1", RAIN))
        await once(config, at=NOW + HOUR)
        config = desk(tmp_path, site, options=", full_text = false", alerts=f'per = "{now}"\n')
        site.pages["/orontes-post.xml"] = rss(("Rain", f"{site.url}/1", RAIN.replace("120", "480")))
        await once(config, at=NOW + 2 * HOUR)
    assert len(site.told) == 1


async def test_a_copy_is_told_where_the_first_alert_of_its_story_was_given_up(tmp_path: Path, site: Site) -> None:
    silence(site)
    with site.serving():
        config = desk(tmp_path, site, options=", full_text = false")
        site.pages["/orontes-post.xml"] = rss(("Rain", f"{site.url}/1", RAIN))
        site.post_status = 400
        async with opened(config) as daemon:
            moment = NOW
            daemon.line.now = lambda: moment  # type: ignore[method-assign]
            await poll_all(daemon)
            for hours in range(8):
                moment = NOW + hours * HOUR
                await tell_all(daemon)
            assert [state for *_, state in told(config)] == ["dead"]
            site.post_status = 204
            site.pages["/levant-wire.xml"] = rss(("Rain", f"{site.url}/2", RAIN))
            await poll_all(daemon)
            moment += HOUR
            await tell_all(daemon)
    assert len(site.told) == 1


ABOUT_US = (
    "Stay with us for the latest news from the north of the country, with reports, pictures and voices from the ground, gathered"
    " by our correspondents day and night, and subscribe to our free newsletter for a round-up every morning."
)


async def test_entries_that_all_link_to_one_live_page_are_news_each(tmp_path: Path, site: Site) -> None:
    silence(site)
    with site.serving():
        config = desk(tmp_path, site, options=", full_text = false")
        old = [(f"Rain in the valley, part {number}", f"{site.url}/live#{number}", "More soon.") for number in range(2)]
        site.pages["/orontes-post.xml"] = rss(*old)
        await once(config)
        for number, title in enumerate(("Shelling hits Idlib market", "Aid convoy reaches Idlib"), start=2):
            old.append((title, f"{site.url}/live#{number}", "More soon."))
            site.pages["/orontes-post.xml"] = rss(*old)
            await once(config)
    assert len(site.told) == 2


@pytest.mark.parametrize(
    ("outlet", "headlines", "summary"),
    [
        ("orontes-post", ("Airstrike hits Idlib: three killed", "Shelling hits Idlib market"), ABOUT_US),
        (
            "levant-wire",
            ("Airstrike kills three near Harim", "Aid convoy is expected at noon"),
            f"News of Idlib. {ABOUT_US[:150]}",
        ),
    ],
)
async def test_other_headlines_over_the_same_few_words_are_news_each(
    tmp_path: Path, site: Site, *, outlet: str, headlines: tuple[str, str], summary: str
) -> None:
    silence(site)
    with site.serving():
        config = desk(tmp_path, site, options=", full_text = false")
        site.pages["/orontes-post.xml"] = rss((headlines[0], f"{site.url}/1", summary))
        await once(config)
        site.pages[f"/{outlet}.xml"] = rss((headlines[1], f"{site.url}/2", summary))
        await once(config)
    assert len(site.told) == 2


async def test_what_a_site_says_below_every_article_is_no_update_of_a_story(tmp_path: Path, site: Site) -> None:
    silence(site)
    with site.serving():
        config = desk(tmp_path, site)
        for number in range(6):
            carry(site, "levant-wire", f"Of the place {number}", f"{long(f'place{number}')}\n{MORE}\n{ABOUT_US}")
            site.pages["/levant-wire.xml"] = rss((f"Of the place {number}", f"{site.url}/place/{number}", ""))
            site.pages[f"/place/{number}"] = site.pages["/levant-wire/1"]
            await once(config)
        carry(site, "orontes-post", "Rain floods tents near Idlib", RAIN)
        await once(config)
        carry(site, "levant-wire", "Rain floods tents near Idlib", f"{RAIN}\n{MORE}\n{ABOUT_US}")
        await once(config, at=NOW + 8 * HOUR)
        await once(config, at=NOW + 9 * HOUR)
    assert len(site.told) == 1
    assert rows(config, "SELECT max(copied) > 0.9, count(DISTINCT story_id) FROM item") == [(1, 7)]


async def test_a_mute_made_under_a_clock_that_ran_a_year_ahead_lasts_as_long_as_was_said(tmp_path: Path, site: Site) -> None:
    silence(site)
    with site.serving():
        config = desk(tmp_path, site, options=", full_text = false")
        async with opened(config) as daemon:
            wrong = NOW + timedelta(days=365)
            await daemon.store.write(lambda tx: tx.mute(WatchId("idlib"), until=wrong + 6 * HOUR, now=wrong))
        site.pages["/orontes-post.xml"] = rss(("Rain", f"{site.url}/1", RAIN))
        await once(config, at=NOW + HOUR)
        assert site.told == []
        site.pages["/levant-wire.xml"] = rss(("Drought", f"{site.url}/2", long("drought") + " Idlib."))
        await once(config, at=NOW + 8 * HOUR)
    assert len(site.told) == 1


async def test_an_edit_is_told_though_the_clock_ran_a_year_ahead_when_its_story_was(tmp_path: Path, site: Site) -> None:
    silence(site)
    with site.serving():
        config = desk(tmp_path, site, watches='idlib = { any = ["Idlib"], on_edit = true }', options=", full_text = false")
        site.pages["/orontes-post.xml"] = rss(("Rain", f"{site.url}/1", RAIN), now=NOW + timedelta(days=365))
        await once(config, at=NOW + timedelta(days=365))
        assert len(site.told) == 1
        await once(config, at=NOW)
        site.pages["/orontes-post.xml"] = rss(("Rain", f"{site.url}/1", RAIN.replace("120", "480")), now=NOW)
        await once(config, at=NOW + HOUR)
        await once(config, at=NOW + 2 * HOUR)
    assert len(site.told) == 2


async def test_a_headline_in_two_feeds_of_an_outlet_is_told_once_at_once(tmp_path: Path, site: Site) -> None:
    post = f'feeds = ["{site.url}/world.xml", "{site.url}/front.xml"], private = true, pause = "0s"'
    watches = '[watches]\nidlib = { any = ["Idlib"], urgent = true }'
    hook = f'[channels.hook]\ntype = "webhook"\nurl = "{site.url}/hook"\nprivate = true\n'
    with site.serving():
        config = configured(tmp_path, f"[outlets]\npost = {{ {post} }}\n{watches}\n{hook}")
        for name in ("world", "front"):
            site.pages[f"/{name}.xml"] = rss(("Rain floods tents near Idlib", f"{site.url}/1", ""), title=name)
        site.pages["/1"] = page("Rain floods tents near Idlib", RAIN)
        await once(config)
    assert len(site.told) == 1


async def test_a_story_that_began_while_its_watch_was_muted_is_told_with_a_copy_that_comes_later(
    tmp_path: Path, site: Site
) -> None:
    silence(site)
    with site.serving():
        config = desk(tmp_path, site, options=", full_text = false")
        async with opened(config) as daemon:
            await daemon.store.write(lambda tx: tx.mute(WatchId("idlib"), until=NOW + HOUR, now=NOW))
        carry(site, "orontes-post", "Rain floods tents near Idlib", "", teaser=RAIN)
        await once(config, at=NOW + HOUR / 2)
        assert site.told == []
        carry(site, "levant-wire", "Tents near Idlib under water", "", teaser=RAIN)
        await once(config, at=NOW + 2 * HOUR)
        carry(site, "relief-desk", "Tents near Idlib flooded", "", teaser=RAIN)
        await once(config, at=NOW + 3 * HOUR)
    assert len(site.told) == 1


async def test_urgent_news_of_a_first_poll_does_not_wait_for_the_page_of_a_probable_copy_beside_it(
    tmp_path: Path, site: Site
) -> None:
    silence(site)
    with site.serving():
        config = desk(tmp_path, site, watches='idlib = { any = ["Idlib"], urgent = true }')
        carry(site, "orontes-post", "Rain floods tents near Idlib", RAIN, teaser=RAIN[:300])
        site.pages["/levant-wire.xml"] = 503
        await once(config)
        assert len(site.told) == 1
        carry(site, "levant-wire", "Tents under water near Idlib", RAIN, teaser=RAIN[:300])
        copy = ("Tents under water near Idlib", f"{site.url}/late", RAIN[:300])
        site.pages["/late"] = 503
        site.pages["/levant-wire.xml"] = rss(copy, ("Shelling hits Idlib market", f"{site.url}/market", "Ten shops burned."))
        site.pages["/market"] = 503
        await once(config, at=NOW + HOUR)
    assert len(site.told) == 2


async def test_a_copy_whose_alert_was_tried_in_vain_is_not_told_beside_its_story(tmp_path: Path, site: Site) -> None:
    silence(site)
    with site.serving():
        config = desk(tmp_path, site, watches='idlib = { any = ["Idlib"], urgent = true }')
        site.post_status = 500
        carry(site, "orontes-post", "Rain near Idlib", RAIN, teaser="Idlib: more")
        carry(site, "levant-wire", "Idlib rain", RAIN, teaser="Water at Idlib")
        await once(config)
        site.post_status = 204
        await once(config, at=NOW + HOUR)
    assert len(site.told) == 1
