"""`monitor try` shows what a rule would have matched in what is stored, before anybody lives with it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from desks import LONG, configured, outlet, typed
from fakes import Site, page, rss

from monitor.daemon import Daemon
from monitor.model import Config


@pytest.fixture
async def stored(tmp_path: Path, site: Site) -> AsyncIterator[Config]:
    site.pages["/feed.xml"] = rss(
        ("Clinic in Harim reopens", f"{site.url}/1", "After two years."),
        ("Rain in the north", f"{site.url}/2", "Tents were flooded."),
        ("Idlib market burns", f"{site.url}/3", "Nobody was hurt."),
        ("Ceasefire holds near Idlib", f"{site.url}/4", "For a day."),
    )
    site.pages["/2"] = page("Rain in the north", LONG, "The road to Harim was cut at dawn.", LONG)
    with site.serving():
        config = configured(tmp_path, outlet(site))
        async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
            await daemon.once()
        yield config


def tried(config: Config, *words: str) -> dict[str, Any]:
    done = typed(config, "try", *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def titles(config: Config, *words: str) -> dict[str, str | None]:
    return {hit["title"]: hit["kind"] for hit in tried(config, *words)["matches"]}


async def test_words_are_tried_over_all_that_is_stored_and_shown_in_their_sentences(stored: Config) -> None:
    done = typed(stored, "try", "--any", "Harim", "حارم")
    assert "Read 4 items from 1 outlet" in done.stdout
    assert "2 match" in done.stdout
    assert "Clinic in «Harim» reopens" in done.stdout
    assert "The road to «Harim» was cut at dawn." in done.stdout
    assert "Orontes Post 2" in done.stdout


async def test_a_word_that_no_text_can_have_is_refused_and_not_said_to_be_found_nowhere(stored: Config) -> None:
    done = typed(stored, "try", "--any", "Harim", "+++")
    assert done.returncode == 2
    assert "'+++', in which there is no letter to look for" in done.stderr


async def test_a_query_is_tried(stored: Config) -> None:
    assert list(titles(stored, "--query", "Idlib NEAR/3 ceasefire")) == ["Ceasefire holds near Idlib"]
    assert list(titles(stored, "--query", "Idlib outlet:orontes-post -ceasefire")) == ["Idlib market burns"]


async def test_a_faulty_query_is_shown_with_a_caret_under_the_fault(stored: Config) -> None:
    done = typed(stored, "try", "--query", "Idlib AND (ceasefire")
    assert done.returncode == 2
    line, caret = done.stderr.rstrip("\n").splitlines()[-2:]
    assert line[caret.index("^")] == "("
    assert typed(stored, "try", "--query", "Idlib outlet:orontes-pots").returncode == 2


async def test_a_watch_as_it_is_in_force_is_tried_alone(stored: Config) -> None:
    assert titles(stored, "idlib") == {"Ceasefire holds near Idlib": None, "Idlib market burns": None}


@pytest.mark.usefixtures("stored")
async def test_an_edited_watch_is_tried_beside_the_one_in_force(tmp_path: Path, site: Site) -> None:
    edited = configured(tmp_path, outlet(site, watches='idlib = { any = ["Idlib", "Harim"], none = ["ceasefire"] }'))
    assert titles(edited, "idlib") == {
        "Idlib market burns": "same",
        "Ceasefire holds near Idlib": "lost",
        "Clinic in Harim reopens": "new",
        "Rain in the north": "new",
    }
    assert "2 new, 1 lost, 1 the same" in typed(edited, "try", "idlib").stdout
    # it is tried, not put in force
    assert titles(configured(tmp_path, outlet(site)), "idlib") == {"Ceasefire holds near Idlib": None, "Idlib market burns": None}


async def test_only_what_was_seen_lately_is_looked_at_where_that_is_asked(stored: Config) -> None:
    assert tried(stored, "idlib", "--since", "2030-01-01")["items"] == 0


async def test_a_slip_is_told_with_the_way_out(stored: Config) -> None:
    for words, says in (
        ((), "--any"),
        (("idlb",), 'Did you mean "idlib"?'),
        (("Harim",), "monitor try --any Harim"),
        (("idlib", "--query", "x"), "--query stands alone"),
    ):
        done = typed(stored, "try", *words)
        assert done.returncode == 2
        assert says in done.stderr


async def test_on_a_new_desk_the_feeds_themselves_are_asked_and_nothing_is_begun(tmp_path: Path, site: Site) -> None:
    with site.serving():
        site.pages["/feed.xml"] = rss(("Rain in Idlib", f"{site.url}/1", ""), ("Frost", f"{site.url}/2", ""))
        config = configured(tmp_path, outlet(site))
        done = await asyncio.to_thread(typed, config, "try", "--any", "Idlib")
        plain = await asyncio.to_thread(tried, config, "--any", "Idlib")
    assert "Read 2 items from 1 outlet: 1 match." in done.stdout
    assert "Nothing is stored yet" in done.stderr
    # `monitor why 1` would know nothing of it
    assert "item " not in done.stdout.partition("match.")[2]
    assert [hit["item"] for hit in plain["matches"]] == [None]
    assert site.told == []
    assert set(site.asked) == {"/feed.xml"}
    assert not (Path(config.state) / "monitor.db").exists()
