"""A watch that is new, or changed, is asked about what is stored: silently, but for what the desk wants told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desks import LONG, configured, outlet, rows, typed
from fakes import Site, page, rss
from test_promises import at, poll_all, read_all, tell_all

from monitor.daemon import Daemon
from monitor.model import Config, Match, StoredWords
from monitor.pipeline import Recalling, Setup, compose, last
from monitor.pipeline.recall import STEP, ask_stored
from monitor.render import html, markdown, plain
from monitor.store import DATABASE, Reading, open_reader

HARIM = 'harim = ["Harim"]'
FOUND = (
    "SELECT item.title, match.field, match.is_history FROM match JOIN item ON item.id = match.item_id WHERE watch_id = 'harim'"
)


async def once(config: Config, after: Callable[[Daemon], object] | None = None) -> None:
    async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
        await daemon.once()
        if after:
            after(daemon)


@pytest.fixture
def stored(site: Site) -> Site:
    """Three items of an outlet: one has Harim in its headline, one in its page's text, one nowhere."""
    site.pages["/feed.xml"] = rss(
        ("Clinic in Harim reopens", f"{site.url}/1", "After two years."),
        ("Rain in the north", f"{site.url}/2", "Tents were flooded."),
        ("Idlib market burns", f"{site.url}/3", "Nobody was hurt."),
    )
    site.pages["/1"] = page("Clinic in Harim reopens", LONG)
    site.pages["/2"] = page("Rain in the north", LONG, "The road to Harim was cut at dawn.", LONG)
    site.pages["/3"] = page("Idlib market burns", LONG)
    return site


async def test_a_new_watch_is_asked_about_all_that_is_stored_and_tells_nobody(tmp_path: Path, stored: Site) -> None:
    with stored.serving():
        await once(configured(tmp_path, outlet(stored)))
        assert len(stored.told) == 1
        config = configured(tmp_path, outlet(stored, watches=f'idlib = ["Idlib"]\n{HARIM}'))
        await once(config)
        assert sorted(rows(config, FOUND)) == [("Clinic in Harim reopens", "title", 1), ("Rain in the north", "text", 1)]
        assert len(stored.told) == 1
        assert rows(config, "SELECT count(*) FROM alert WHERE watch_id = 'harim'") == [(0,)]
        assert rows(config, "SELECT past FROM watch") == [(None,), (None,)]
    assert "nobody was told" in typed(config, "show", "1").stdout
    assert '"is_history": true' in typed(config, "export", "--since", "1h", "--watch", "harim").stdout


async def test_what_was_found_silently_is_no_finding_of_the_digest_but_counted_in_it(tmp_path: Path, stored: Site) -> None:
    with stored.serving():
        await once(configured(tmp_path, outlet(stored)))
        config = configured(tmp_path, outlet(stored, watches=f'idlib = ["Idlib"]\n{HARIM}'))
        await once(config)
    now = datetime.now(UTC)
    db = open_reader(Path(config.state) / DATABASE)
    digest = compose(Reading(db), config, last(now - datetime(2026, 1, 1, tzinfo=UTC), now, "UTC"), now)
    db.close()
    assert {one.watch.id: one.items for one in digest.watches} == {"idlib": 1, "harim": 0}
    assert {one.watch.id: one.history for one in digest.watches} == {"idlib": 0, "harim": 2}
    for drawn in (plain.digest(digest), markdown.digest(digest), html.digest(digest)):
        assert "it was also asked about what was stored: 2 items more, told to nobody" in " ".join(drawn.split())


async def test_a_changed_watch_counts_as_history_only_what_it_had_not_found_before(tmp_path: Path, stored: Site) -> None:
    with stored.serving():
        await once(configured(tmp_path, outlet(stored)))
        config = configured(tmp_path, outlet(stored, watches='idlib = ["Idlib", "market", "Harim"]'))
        await once(config)
    db = open_reader(Path(config.state) / DATABASE)
    now = datetime.now(UTC)
    assert Reading(db).history(now - timedelta(days=1), now + timedelta(minutes=1)) == (("idlib", 2),)
    db.close()


async def test_a_changed_watch_is_asked_again_and_an_unchanged_one_is_not(tmp_path: Path, stored: Site) -> None:
    with stored.serving():
        await once(configured(tmp_path, outlet(stored, watches='harim = ["Armanaz"]')))
        config = configured(tmp_path, outlet(stored, watches='harim = ["Armanaz", "Harim"]'))
        await once(config)
        assert len(rows(config, FOUND)) == 2
        before = rows(config, "SELECT since, past FROM watch")
        await once(config)
        assert rows(config, "SELECT since, past FROM watch") == before
        assert stored.told == []


async def test_a_watch_with_a_look_back_tells_what_was_first_seen_within_it(tmp_path: Path, stored: Site) -> None:
    with stored.serving():
        await once(configured(tmp_path, outlet(stored)))
        more = 'idlib = ["Idlib"]\nharim = { any = ["Harim"], look_back = "6h" }'
        config = configured(tmp_path, outlet(stored, watches=more))
        await once(config)
        assert len(stored.told) == 3
        assert {row[2] for row in rows(config, FOUND)} == {0}
        # and never again, however often it is changed
        more = 'idlib = ["Idlib"]\nharim = { any = ["Harim", "Salqin"], look_back = "6h" }'
        await once(configured(tmp_path, outlet(stored, watches=more)))
        assert len(stored.told) == 3


async def test_what_was_history_and_is_told_after_all_is_a_finding(tmp_path: Path, stored: Site) -> None:
    with stored.serving():
        await once(configured(tmp_path, outlet(stored)))
        await once(configured(tmp_path, outlet(stored, watches=f'idlib = ["Idlib"]\n{HARIM}')))
        more = 'idlib = ["Idlib"]\nharim = { any = ["Harim"], look_back = "6h" }'
        config = configured(tmp_path, outlet(stored, watches=more))
        await once(config)
        assert len(stored.told) == 3
        assert {row[2] for row in rows(config, FOUND)} == {0}


async def test_a_watch_that_comes_back_is_asked_about_what_it_missed(tmp_path: Path, stored: Site) -> None:
    with stored.serving():
        watches = f'idlib = ["Idlib"]\n{HARIM}'
        feed = stored.pages.pop("/feed.xml")
        stored.pages["/feed.xml"] = rss(("Calm", f"{stored.url}/0", "Nothing."))
        await once(configured(tmp_path, outlet(stored, watches=watches)))
        stored.pages["/feed.xml"] = feed
        await once(configured(tmp_path, outlet(stored)))
        config = configured(tmp_path, outlet(stored, watches=watches))
        await once(config)
        assert [row[2] for row in rows(config, FOUND)] == [1, 1]


async def test_asking_goes_on_where_it_was_broken_off(tmp_path: Path, site: Site) -> None:
    many = 3 * STEP + 7
    with site.serving():
        site.pages["/feed.xml"] = rss(*((f"Harim, day {number}", f"{site.url}/{number}", "") for number in range(many)))
        text = outlet(site).replace('lang = "en"', "full_text = false")
        await once(configured(tmp_path, text))
        config = configured(tmp_path, text.replace("[channels.hook]", f"{HARIM}\n[channels.hook]"))
        async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
            await Recalling().recall(daemon.line, most=STEP)
            assert len(rows(config, FOUND)) == STEP
        async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
            await Recalling().recall(daemon.line)
        assert len(rows(config, FOUND)) == many
        assert rows(config, "SELECT past FROM watch WHERE id = 'harim'") == [(None,)]


async def test_watches_added_one_after_the_other_are_each_asked_about_all(tmp_path: Path, site: Site) -> None:
    many = 3 * STEP
    with site.serving():
        site.pages["/feed.xml"] = rss(*((f"Harim and Salqin, {number}", f"{site.url}/{number}", "") for number in range(many)))
        text = outlet(site).replace('lang = "en"', "full_text = false")
        await once(configured(tmp_path, text))
        for watches in (HARIM, f'{HARIM}\nsalqin = ["Salqin"]'):
            config = configured(tmp_path, text.replace("[channels.hook]", f"{watches}\n[channels.hook]"))
            async with Daemon(config, load=lambda config=config: config, say=lambda _: None) as daemon:
                await Recalling().recall(daemon.line, most=STEP)
        async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
            await Recalling().recall(daemon.line)
        counts = rows(config, "SELECT watch_id, count(*) FROM match WHERE watch_id <> 'idlib' GROUP BY watch_id")
        assert counts == [("harim", many), ("salqin", many)]


async def test_a_reload_adds_a_watch_that_is_asked_about_the_past(tmp_path: Path, stored: Site) -> None:
    with stored.serving():
        config = configured(tmp_path, outlet(stored))
        configs = [config]
        async with Daemon(config, load=lambda: configs[0], say=lambda _: None) as daemon:
            await daemon.once()
            configs[0] = configured(tmp_path, outlet(stored, watches=f'idlib = ["Idlib"]\n{HARIM}'))
            assert (await daemon.reload()).ok
            await Recalling().recall(daemon.line)
        assert len(rows(config, FOUND)) == 2
        assert len(stored.told) == 1


async def test_a_watch_that_is_changed_while_it_is_looked_up_is_asked_about_all(tmp_path: Path, site: Site) -> None:
    many = 3 * STEP
    with site.serving():
        site.pages["/feed.xml"] = rss(*((f"Harim, day {number}", f"{site.url}/{number}", "") for number in range(many)))
        text = outlet(site).replace('lang = "en"', "full_text = false")
        await once(configured(tmp_path, text))
        configs = [configured(tmp_path, text.replace("[channels.hook]", 'harim = ["Salqin"]\n[channels.hook]'))]
        async with Daemon(configs[0], load=lambda: configs[0], say=lambda _: None) as daemon:
            await Recalling().recall(daemon.line, most=STEP)
            look = daemon.store.read

            async def look_and_reload(ask: Callable[[Reading], object]) -> object:
                answer = await look(ask)
                daemon.store.read = look  # type: ignore[method-assign]
                configs[0] = configured(tmp_path, text.replace("[channels.hook]", f"{HARIM}\n[channels.hook]"))
                assert (await daemon.reload()).ok
                return answer

            daemon.store.read = look_and_reload  # type: ignore[method-assign,assignment]
            await Recalling().recall(daemon.line)
        assert len(rows(configs[0], FOUND)) == many


@pytest.mark.parametrize(("look_back", "told"), [("", 0), (', look_back = "6h"', 1)])
@pytest.mark.parametrize("is_page_first", [True, False])
async def test_a_page_that_comes_late_is_no_news_of_a_headline_older_than_the_watch(
    tmp_path: Path, site: Site, look_back: str, told: int, *, is_page_first: bool
) -> None:
    site.pages["/feed.xml"] = rss(("Clinic in Harim reopens", f"{site.url}/1", ""))
    site.pages["/1"] = 503
    with site.serving():
        configs = [configured(tmp_path, outlet(site))]
        async with Daemon(configs[0], load=lambda: configs[0], say=lambda _: None) as daemon:
            await poll_all(daemon)
            await read_all(daemon)
            site.pages["/1"] = page("Clinic in Harim reopens", LONG, "The clinic in Harim has ten beds.", LONG)
            watch = f'idlib = ["Idlib"]\nharim = {{ any = ["Harim"]{look_back} }}'
            configs[0] = configured(tmp_path, outlet(site, watches=watch))
            assert (await daemon.reload()).ok
            daemon.line.now = at(datetime.now(UTC) + timedelta(hours=2))
            for job in (read_all(daemon), Recalling().recall(daemon.line))[:: 1 if is_page_first else -1]:
                await job
            daemon.line.now = at(datetime.now(UTC) + timedelta(hours=3))
            await tell_all(daemon)
        assert rows(configs[0], "SELECT article_state FROM item") == [("read",)]
        assert len(site.told) == told
        assert {(field, history) for _, field, history in rows(configs[0], FOUND)} == {("title", 1 - told), ("text", 1 - told)}


async def test_a_page_that_comes_while_its_item_is_asked_about_speaks_against_it(tmp_path: Path, site: Site) -> None:
    site.pages["/feed.xml"] = rss(("Clinic in Harim reopens", f"{site.url}/1", ""))
    site.pages["/1"] = page("Clinic in Harim reopens", LONG, "The clinic in Harim has ten beds.", LONG)
    watches = 'harim = { any = ["Harim"], none = ["ten beds"], look_back = "6h" }'
    with site.serving():
        configs = [configured(tmp_path, outlet(site))]
        async with Daemon(configs[0], load=lambda: configs[0], say=lambda _: None) as daemon:
            await poll_all(daemon)
            configs[0] = configured(tmp_path, outlet(site, watches=watches))
            assert (await daemon.reload()).ok
            look, looks = daemon.store.read, 0

            async def look_and_read(ask: Callable[[Reading], object]) -> object:
                nonlocal looks
                answer, looks = await look(ask), looks + 1
                if looks == 2:
                    daemon.store.read = look  # type: ignore[method-assign]
                    await read_all(daemon)
                return answer

            daemon.store.read = look_and_read  # type: ignore[method-assign,assignment]
            await Recalling().recall(daemon.line)
            daemon.line.now = at(datetime.now(UTC) + timedelta(hours=1))
            await tell_all(daemon)
        assert rows(configs[0], "SELECT article_state FROM item") == [("read",)]
        assert site.told == []
        assert rows(configs[0], FOUND) == []


async def test_a_page_that_comes_late_is_news_where_only_it_has_the_word(tmp_path: Path, site: Site) -> None:
    site.pages["/feed.xml"] = rss(("Clinic reopens", f"{site.url}/1", ""))
    site.pages["/1"] = 503
    with site.serving():
        configs = [configured(tmp_path, outlet(site))]
        async with Daemon(configs[0], load=lambda: configs[0], say=lambda _: None) as daemon:
            await poll_all(daemon)
            await read_all(daemon)
            site.pages["/1"] = page("Clinic reopens", LONG, "The clinic in Harim has ten beds.", LONG)
            configs[0] = configured(tmp_path, outlet(site, watches=f'idlib = ["Idlib"]\n{HARIM}'))
            assert (await daemon.reload()).ok
            await Recalling().recall(daemon.line)
            daemon.line.now = at(datetime.now(UTC) + timedelta(hours=2))
            await read_all(daemon)
            await tell_all(daemon)
        assert len(site.told) == 1
        assert rows(configs[0], FOUND) == [("Clinic reopens", "text", 0)]


async def test_words_beside_an_article_are_those_that_it_lacks(tmp_path: Path, site: Site) -> None:
    aside = '<ul><li><a href="/x">A convoy near Idlib, in pictures</a></li></ul>'
    with site.serving():
        site.pages["/feed.xml"] = rss(("Rain in the north", f"{site.url}/1", "Tents were flooded overnight."))
        site.pages["/1"] = page("Rain in the north", LONG, "The road to Idlib was cut at dawn.", LONG, aside=aside)
        watches = 'both = { any = ["Idlib"], all = ["convoy"] }\nspoilt = { any = ["Idlib"], none = ["wells"] }'
        config = configured(tmp_path, outlet(site, watches=watches))
        await once(config)
    assert rows(config, "SELECT watch_id, form FROM beside") == [("both", "convoy")]
    assert "“convoy” stands on its page outside the article only" in typed(config, "why", "1").stdout
    config = configured(tmp_path, outlet(site, watches='both = ["Salqin"]'))
    assert "“Salqin” stands nowhere" in typed(config, "why", "1").stdout


async def test_words_beside_an_article_are_remembered_and_told_nobody(tmp_path: Path, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = rss(("Rain in the north", f"{site.url}/1", "Tents were flooded overnight."))
        site.pages["/1"] = page("Rain in the north", LONG, LONG, aside='<ul><li><a href="/idlib">Idlib in pictures</a></li></ul>')
        config = configured(tmp_path, outlet(site))
        await once(config)
    assert site.told == []
    assert rows(config, "SELECT watch_id, form, sentence FROM beside") == [("idlib", "Idlib", "Idlib in pictures")]


async def test_an_item_that_no_watch_can_be_asked_about_keeps_it_from_no_other(
    tmp_path: Path, stored: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(setup: Setup, one: StoredWords) -> tuple[Match, ...]:
        if one.item.title == "Rain in the north":
            raise ValueError("surprise")
        return ask_stored(setup, one)

    monkeypatch.setattr("monitor.pipeline.recall.ask_stored", stumble)
    with stored.serving():
        await once(configured(tmp_path, outlet(stored)))
        config = configured(tmp_path, outlet(stored, watches=f'idlib = ["Idlib"]\n{HARIM}'))
        await once(config)
    assert [row[0] for row in rows(config, FOUND)] == ["Clinic in Harim reopens"]
    assert rows(config, "SELECT past FROM watch WHERE id = 'harim'") == [(None,)]


async def test_a_menu_that_names_a_hundred_watches_is_remembered_for_twenty(tmp_path: Path, site: Site) -> None:
    places = [f"Qar{chr(97 + number // 10)}{chr(97 + number % 10)}ya" for number in range(100)]
    with site.serving():
        site.pages["/feed.xml"] = rss(("Rain in the north", f"{site.url}/1", "Tents were flooded overnight."))
        menu = "".join(f'<li><a href="/{place}">{place}</a></li>' for place in places)
        site.pages["/1"] = page("Rain in the north", LONG, LONG, aside=f"<ul>{menu}</ul>")
        watches = "\n".join(f'{place.lower()} = ["{place}"]' for place in places)
        config = configured(tmp_path, outlet(site, watches=watches))
        await once(config)
    assert rows(config, "SELECT count(*) FROM beside") == [(20,)]
