"""Which items carry one text: the labelled texts of tests/data/stories, settled one after another in a real database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stories import KINDS, Text, texts

from monitor.model import FeedId, Item, ItemId, Outlet, OutletId, StoryId
from monitor.pipeline.settle import Settled, Settling, settle, sketch_of
from monitor.store import Writing
from monitor.store.connect import open_writer, transaction
from monitor.story import sketch

START = datetime(2026, 11, 1, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
APART = ("template", "independent", "followup", "liveblog")
"""Kinds that are stories of their own, whatever they share with another."""
RAIN = (
    "Overnight rain flooded 120 tents in camps north of the town, and two clinics were closed until noon. Aid workers said"
    " that the ditches, which were dug in spring, had been filled with rubble since then. The road to the crossing stayed"
    " open, but drivers waited for 3 hours at the bridge. A convoy with blankets is expected on Thursday, if weather allows."
)


@contextmanager
def database(folder: Path, outlets: tuple[str, ...]) -> Iterator[tuple[Writing, dict[str, FeedId]]]:
    db = open_writer(folder / "monitor.db")
    try:
        tx = Writing(db)
        listed = tuple(Outlet(id=OutletId(id), feeds=(f"https://{id}.example/feed.xml",)) for id in outlets)
        with transaction(db):
            feeds = tx.sync(listed, (), due=lambda _place, _of: START)
            yield tx, {feed.outlet.id: feed.id for feed in feeds}
    finally:
        db.close()


def stored(  # noqa: PLR0913 - an item is so much
    tx: Writing, feeds: dict[str, FeedId], outlet: str, *, at: datetime, title: str, body: str, url: str = ""
) -> tuple[ItemId, Settled]:
    """Store an item whose text is read, and settle it."""
    address = url or f"{outlet}.example/{title}{at}"
    item = Item(
        keys=(f"gl:{outlet}{title}{at}{body}",),
        guid=None,
        link=f"https://{address}",
        canonical_url=address,
        title=title,
        summary="",
        author=None,
        published=at,
        published_raw=None,
        language=None,
    )
    item_id, story_id = tx.add_item(
        feeds[outlet], item, now=at, is_baseline=False, is_first_poll=False, read_page=True, entry_hash=b""
    )
    one = Settling(
        item_id=item_id,
        story_id=story_id,
        outlet_id=OutletId(outlet),
        address=address,
        seen_at=at,
        published=at,
        sketch=sketch_of(title, body),
    )
    return item_id, settle(tx, one, at)


@cache
def settled() -> dict[str, StoryId]:
    """Give the story that each labelled text came to belong to, all in one database, in order of time."""
    order = sorted(texts(), key=lambda one: (one.hours, one.id))
    items: dict[str, ItemId] = {}
    outlets = tuple(dict.fromkeys(one.outlet for one in order))
    with TemporaryDirectory() as folder, database(Path(folder), outlets) as (tx, feeds):
        for one in order:
            at = START + one.hours * HOUR
            items[one.id], _ = stored(tx, feeds, one.outlet, at=at, title=one.headline, body=one.body)
        return {id: tx.story_of(item_id) for id, item_id in items.items()}


def pairs(kind: str | None = None) -> Counter[str]:
    """Count the pairs (with a text of a kind in them) that are rightly joined, wrongly joined, and wrongly apart."""
    counted: Counter[str] = Counter()
    stories = settled()
    for one, other in combinations(texts(), 2):
        if kind in {None, one.kind, other.kind}:
            is_one, is_joined = one.story == other.story, stories[one.id] == stories[other.id]
            counted["right"] += is_one and is_joined
            counted["wrong"] += is_joined and not is_one
            counted["missed"] += is_one and not is_joined
    return counted


def kept_apart(kind: str) -> tuple[int, int]:
    """Count the texts of a kind that stand in no story with one of another label, and all of that kind."""
    stories = settled()
    all_ = [one for one in texts() if one.kind == kind]
    strange = {id for id, story in stories.items() for other in texts() if _is_strange(id, story, other, stories)}
    return sum(one.id not in strange for one in all_), len(all_)


def _is_strange(id: str, story: StoryId, other: Text, stories: dict[str, StoryId]) -> bool:
    return stories[other.id] == story and other.story != labels()[id]


@cache
def labels() -> dict[str, str]:
    return {one.id: one.story for one in texts()}


# ------------------------------------------------------------------------------------------------------- labelled texts


def test_there_are_enough_labelled_texts_of_every_kind() -> None:
    counted = Counter(one.kind for one in texts())
    assert len(texts()) >= 400
    assert all(counted[kind] >= 30 for kind in KINDS), counted


def test_items_that_carry_one_text_are_one_story_and_others_are_not() -> None:
    found = pairs()
    precision, recall = found["right"] / (found["right"] + found["wrong"]), found["right"] / (found["right"] + found["missed"])
    assert precision >= 0.97, found
    assert recall >= 0.97, found


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in APART])
def test_whatever_was_done_to_a_copy_it_is_found(kind: str) -> None:
    found = pairs(kind)
    assert found["right"] >= 0.97 * (found["right"] + found["missed"]), found
    assert found["right"] >= 0.97 * (found["right"] + found["wrong"]), found


@pytest.mark.parametrize(("kind", "least"), [("template", 0.97), ("independent", 0.97), ("followup", 0.8), ("liveblog", 0.9)])
def test_what_only_looks_like_a_copy_stays_a_story_of_its_own(kind: str, least: float) -> None:
    apart, all_ = kept_apart(kind)
    assert apart >= least * all_


# ------------------------------------------------------------------------------------------------------------ the rules


def test_a_text_under_ever_new_headlines_at_other_outlets_is_one_story(tmp_path: Path) -> None:
    with database(tmp_path, ("orontes-post", "levant-wire", "relief-desk")) as (tx, feeds):
        stories = {
            stored(tx, feeds, outlet, at=START + place * HOUR, title=title, body=RAIN)[1].story_id
            for place, (outlet, title) in enumerate(
                (("orontes-post", "Rain floods tents"), ("levant-wire", "Clinics shut"), ("relief-desk", "Convoy due Thursday"))
            )
        }
        assert len(stories) == 1
        assert tx.db.conn.execute("SELECT count(*) FROM story").fetchone() == (1,)


def test_two_hundred_articles_that_share_a_page_wall_for_a_text_are_not_one_story(tmp_path: Path) -> None:
    wall = "We value your privacy. To go on reading choose which cookies this site may keep on your device. " * 6
    with database(tmp_path, ("orontes-post",)) as (tx, feeds):
        titles = ("Rain floods tents", "Clinics shut in Harim", "Bakery burns", "Price of bread falls again", "Bridge reopens")
        found = [
            stored(tx, feeds, "orontes-post", at=START + place * HOUR, title=title, body=wall)[1].story_id
            for place, title in enumerate(titles)
        ]
    assert len(set(found)) == len(titles)


def test_outlets_whose_pages_are_one_and_the_same_wall_are_not_one_story(tmp_path: Path) -> None:
    wall = "We value your privacy. To go on reading choose which cookies this site may keep on your device. " * 6
    with database(tmp_path, ("orontes-post", "levant-wire")) as (tx, feeds):
        one = stored(tx, feeds, "orontes-post", at=START, title="Rain floods tents near Idlib", body=wall)[1]
        other = stored(tx, feeds, "levant-wire", at=START, title="Bakery burns in Harim", body=wall)[1]
    assert one.story_id != other.story_id


def test_a_headline_alone_joins_nothing(tmp_path: Path) -> None:
    with database(tmp_path, ("orontes-post", "levant-wire")) as (tx, feeds):
        one = stored(tx, feeds, "orontes-post", at=START, title="Market report", body="")[1]
        other = stored(tx, feeds, "levant-wire", at=START, title="Market report", body="")[1]
    assert one.story_id != other.story_id


def test_a_short_text_said_again_the_next_day_is_news(tmp_path: Path) -> None:
    said = "Sirens sound across the city and people are asked to stay inside until further notice."
    with database(tmp_path, ("orontes-post", "levant-wire")) as (tx, feeds):
        first = stored(tx, feeds, "orontes-post", at=START, title="Sirens", body=said)[1]
        copy = stored(tx, feeds, "levant-wire", at=START + HOUR, title="Sirens", body=said)[1]
        again = stored(tx, feeds, "orontes-post", at=START + 2 * HOUR, title="Sirens", body=said)[1]
        later = stored(tx, feeds, "levant-wire", at=START + 24 * HOUR, title="Sirens", body=said)[1]
    assert first.story_id == copy.story_id
    assert len({first.story_id, again.story_id, later.story_id}) == 3


def test_an_outlets_daily_bulletin_is_not_that_of_yesterday(tmp_path: Path) -> None:
    today = RAIN.replace("stayed open", "was closed at dawn")
    with database(tmp_path, ("orontes-post",)) as (tx, feeds):
        add = lambda hours, body: stored(  # noqa: E731
            tx, feeds, "orontes-post", at=START + hours * HOUR, title="State of the roads", body=body
        )[1]
        assert add(0, RAIN).story_id != add(24, today).story_id


def test_two_entries_of_one_page_are_one_story(tmp_path: Path) -> None:
    url = "wire.example/news/rain"
    with database(tmp_path, ("orontes-post", "levant-wire")) as (tx, feeds):
        add = lambda outlet, title: stored(tx, feeds, outlet, at=START, title=title, body="", url=url)[1]  # noqa: E731
        one = stored(tx, feeds, "orontes-post", at=START, title="Rain", body=RAIN, url=url)[1]
        other = stored(tx, feeds, "levant-wire", at=START, title="Floods", body=RAIN[:90], url=url)[1]
        assert add("levant-wire", "Nothing said").story_id != one.story_id
    assert one.story_id == other.story_id


def test_a_story_is_forgotten_after_two_weeks_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with database(tmp_path, ("orontes-post", "levant-wire")) as (tx, feeds):
        stored(tx, feeds, "orontes-post", at=START, title="Rain", body=RAIN)
        stored(tx, feeds, "levant-wire", at=START + HOUR, title="Rain", body=RAIN)
        assert tx.forget_sketches(START + HOUR, 10) == 1
        assert tx.db.conn.execute("SELECT count(*) > 0 FROM shingle").fetchone() == (1,)
        assert tx.forget_sketches(START + 2 * HOUR, 10) == 1
        left = [tx.db.conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("sketch", "shingle")]
        assert left == [0, 0]


def test_words_that_many_stories_have_join_none_of_them(tmp_path: Path) -> None:
    form = "Rates of the exchange in the old town as they were told by the money changers of the covered market this morning: "
    tail = " Whoever wants to change more than a hundred has to show papers, and the market closes at the call to prayer."
    goods = ("lira dollar", "euro dinar", "pound rouble", "yuan rial", "franc krone", "peso real", "yen won", "dirham riyal")
    with database(tmp_path, tuple(f"outlet-{place}" for place in range(60))) as (tx, feeds):
        stories = []
        for place in range(60):
            said = " ".join(f"{goods[place % 8]} {place * 37 + step} against {place * 91 + step * 7}" for step in range(12))
            outlet = f"outlet-{place}"
            stories.append(stored(tx, feeds, outlet, at=START + place * HOUR, title="Rates", body=form + said + tail)[1].story_id)
        worn = tx.db.conn.execute("SELECT count(*) FROM stop_shingle").fetchone()[0]
        most = tx.db.conn.execute("SELECT max(n) FROM (SELECT count(*) AS n FROM shingle GROUP BY hash)").fetchone()[0]
    assert len(set(stories)) == 60
    assert worn > 0
    assert most <= 41


# ------------------------------------------------------------------------------------------------------------------ laws

WORDS = st.lists(st.sampled_from(sorted(set(RAIN.replace(",", "").replace(".", "").split()))), min_size=60, max_size=200)


@given(WORDS, st.integers(0, 10**6))
def test_a_text_is_a_copy_of_itself_whatever_stands_before_it(words: list[str], number: int) -> None:
    text = " ".join(words)
    old = sketch("One headline", text)
    new = sketch("Quite another", f"Harim, {number} (Levant Wire) {text}")
    kept = len(set(new.lead) & set(old.lead))
    assert kept >= len(set(old.lead)) - 3 or len(words) > 110


@given(st.text(max_size=400), st.text(max_size=40))
def test_any_text_has_a_sketch_and_the_same_one_again(body: str, title: str) -> None:
    one = sketch(title, body)
    assert one == sketch(title, body)
    assert len(one.lead) <= 120
    assert len(one.rest) <= 256
    assert all(0 <= each < 2**31 for each in (*one.lead, *one.rest, *one.numbers, *one.title))


def test_numbers_are_the_same_in_any_digits_however_their_thousands_are_parted() -> None:
    forms = ("1,200 tents", "1.200 tents", "1 200 tents", "1200 tents", "١٢٠٠ tents", "۱٬۲۰۰ tents")
    assert len({sketch("", form).numbers for form in forms}) == 1
