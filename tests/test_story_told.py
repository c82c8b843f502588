"""A story's trail reaches the person who asks: in `show`, in `why`, in what an alert says, in what programs read."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from desks import configured, rows, typed
from fakes import Site, page, rss

from monitor.daemon import Daemon
from monitor.model import ChannelId, Config, OpenAlert, StoryId
from monitor.render.trail import percent
from monitor.store import DATABASE, Reading, open_reader

RAIN = (
    "Heavy rain between midnight and two in the morning flooded 85 tents in five camps north of Idlib, site teams report. "
    "Families were moved to three schools nearby, and nobody was hurt. "
    "The water came from the track above the camps, where the ditch that was dug in autumn has silted up. "
    "The most urgent needs are plastic sheeting, sandbags and stoves."
)
COPY = f"PORT ARDAN (Relief Desk) – {RAIN.replace('85', '120')} Our readers sent blankets along the same road in March."
ids: dict[str, int] = {}
"""The numbers that the desk's items, and its story, got."""
EARLIEST = 1_795_600_000
"""Before all that the desk sees: stamps that a test sets."""


async def once(config: Config) -> None:
    async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
        await daemon.once()


def change(config: Config, *statements: str) -> None:
    db = sqlite3.connect(Path(config.state) / DATABASE)
    with db:
        for statement in statements:
            db.execute(statement)
    db.close()


def open_alerts(config: Config) -> tuple[OpenAlert, ...]:
    db = open_reader(Path(config.state) / DATABASE)
    try:
        return Reading(db).open_alerts(ChannelId("hook"), datetime(2040, 1, 1, tzinfo=UTC))
    finally:
        db.close()


def why(config: Config, item: int) -> dict[str, Any]:
    (way,) = json.loads(typed(config, "why", str(item), "--json").stdout)["ways"]
    return way  # type: ignore[no-any-return]


def same(config: Config, item: int) -> tuple[str, str]:
    (step,) = (step for step in why(config, item)["steps"] if step["stage"] == "same")
    return step["reason"], step["says"]


def end(config: Config, item: int) -> tuple[str, str]:
    (one,) = why(config, item)["watches"]
    return one["reason"], one["says"]


@pytest.fixture
async def desk(tmp_path: Path, site: Site) -> AsyncIterator[Config]:
    """Make a desk with one story that Relief Desk had first and Orontes Post copies; Vestnik has something else."""
    for name, headline, text in (
        ("relief-desk", "Rain floods 85 tents", RAIN),
        ("orontes-post", "Rain floods 120 tents", COPY),
        ("vestnik", "Snow near Idlib", "Snow fell on the hills near Idlib all day long, and the passes were closed. " * 4),
    ):
        site.pages[f"/{name}.xml"] = rss((headline, f"{site.url}/{name}/1", "From the camps."), title=name)
        site.pages[f"/{name}/1"] = page(headline, text)
    with site.serving():
        options = 'lang = "en", private = true, pause = "0s"'
        config = configured(
            tmp_path,
            f"""
[outlets]
relief-desk = {{ feed = "{site.url}/relief-desk.xml", name = "Relief Desk", label = "agency", {options} }}
orontes-post = {{ feed = "{site.url}/orontes-post.xml", name = "Orontes Post", label = "state media", {options} }}
vestnik = {{ feed = "{site.url}/vestnik.xml", name = "Vestnik", {options} }}
[watches]
idlib = ["Idlib"]
[channels.hook]
type = "webhook"
url = "{site.url}/hook"
private = true
""",
        )
        await once(config)
        # items are numbered as their feeds happen to answer: they are given the order that the tests speak of
        names = dict(rows(config, "SELECT outlet_id, item.id FROM item JOIN feed ON feed.id = feed_id"))
        first, copy, other = (names[name] for name in ("relief-desk", "orontes-post", "vestnik"))
        story = rows(config, f"SELECT story_id FROM item WHERE id = {first}")[0][0]
        change(
            config,
            f"UPDATE item SET story_id = {story}, copied = 0.8712, seen_at = {EARLIEST + 1860} WHERE id = {copy}",
            f"UPDATE item SET seen_at = {EARLIEST}, copied = NULL WHERE id = {first}",
            f"UPDATE item SET unseen_at = seen_at - 900 WHERE id IN ({first}, {copy})",
            # one that told the story, whichever of the two was met first, and one that was grouped into it
            f"UPDATE alert SET item_id = {first}, subject = 'story:{story}'"
            f" WHERE item_id IN ({first}, {copy}) AND state = 'sent'",
            f"DELETE FROM alert WHERE item_id = {copy}",
            "INSERT INTO alert (watch_id, channel, item_id, subject, occasion, key, is_urgent, state, joined_to, raised_at,"
            f" hold_until, next_try_at) SELECT watch_id, channel, {copy}, 'story:0', occasion, 'joined', 0, 'joined', id,"
            f" raised_at, hold_until, next_try_at FROM alert WHERE item_id = {first}",
        )
        ids.update(first=int(str(first)), copy=int(str(copy)), other=int(str(other)), story=int(str(story)))
        yield config


# ----------------------------------------------------------------------------------------------------------------- show


async def test_a_person_sees_who_had_it_first_and_what_the_copy_changed(desk: Config) -> None:
    said = typed(desk, "show", str(ids["copy"]))
    assert said.returncode == 0
    for words in (
        f"Story {ids['story']}\n",
        "2 outlets carry it, 1 with its own text.",
        "Relief Desk had it first: no other feed had it yet when it was seen there, 2026-11-25 09:46.",
        f"Relief Desk (agency) · item {ids['first']} · first seen",
        f"→ 2026-11-25 10:17  Orontes Post (state media) · item {ids['copy']} · ",
        f" copied from item {ids['first']}",
        "credits Relief Desk (PORT ARDAN (Relief Desk",
        "Headline: Rain floods [-85-]{+120+} tents",
        "Numbers: 85 → 120",
        "[-85-]{+120+} tents in five camps",
        "1 sentence added:",
        "{+Our readers sent blankets along the same road in March.+}",
    ):
        assert words in said.stdout
    assert said.stdout.index("Story") < said.stdout.index("Found")
    assert "\x1b" not in said.stdout


async def test_a_story_is_asked_for_by_its_number(desk: Config) -> None:
    by_story = typed(desk, "show", f"story:{ids['story']}")
    assert by_story.stdout == typed(desk, "show", str(ids["first"])).stdout
    assert by_story.stdout.startswith("Rain floods 85 tents\n")
    for slip, said in (("story:999", "no story 999"), ("story:x", "story:7"), ("Idlib", "story:7"), ("999", "no item 999")):
        done = typed(desk, "show", slip)
        assert (done.returncode, said in done.stderr) == (2, True)


async def test_an_item_that_nobody_copied_shows_no_trail(desk: Config) -> None:
    assert "Story" not in typed(desk, "show", str(ids["other"])).stdout


async def test_programs_read_the_whole_trail(desk: Config) -> None:
    whole = json.loads(typed(desk, "show", str(ids["copy"]), "--json").stdout)
    trail = whole["trail"]
    assert (whole["story"], trail["story"], trail["outlets"], trail["own_texts"]) == (ids["story"], ids["story"], 2, 1)
    assert (trail["first"]["by"], trail["first"]["outlets"], trail["first"]["seen"]) == ("polls", ["relief-desk"], ids["first"])
    first, copy = trail["items"]
    assert (first["copy"], first["is_own"], copy["is_own"], copy["copied"]) == (None, True, False, 0.8712)
    assert copy["credit"]["outlet"] == "relief-desk"
    assert copy["copy"]["added"] == ["Our readers sent blankets along the same road in March."]
    assert {(one["before"], one["after"]) for one in copy["copy"]["numbers"]} == {("85", "120")}
    assert 0.8 < copy["copy"]["copied"] < 1


async def test_exported_rows_keep_the_story_and_hold_no_trail(desk: Config) -> None:
    lines = [json.loads(line) for line in typed(desk, "export", "--story", str(ids["story"])).stdout.splitlines()]
    assert [line["story"] for line in lines] == [ids["story"]] * 2
    assert "trail" not in lines[0]


async def test_a_trail_whose_texts_were_deleted_still_says_who_carried_it(desk: Config) -> None:
    change(desk, "UPDATE article SET text = NULL", "UPDATE item SET summary = '', forgotten_at = seen_at + 9")
    said = typed(desk, "show", str(ids["first"])).stdout
    assert "2 outlets carry it, 1 with its own text." in said
    assert f"Orontes Post (state media) · item {ids['copy']} · 87 % copied; its texts were deleted" in said


async def test_of_a_story_that_many_carry_the_first_are_shown_and_the_one_that_is_asked_for(desk: Config) -> None:
    copy_again = (
        "INSERT INTO item (feed_id, story_id, title, summary, seen_at, is_baseline, is_first_poll, article_state)"
        f" SELECT feed_id, story_id, title, '{RAIN}', seen_at + 60, 0, 0, 'not_wanted' FROM item WHERE id = {ids['copy']}"
    )
    change(desk, *([copy_again] * 30))
    last = rows(desk, "SELECT max(id) FROM item")[0][0]
    said = typed(desk, "show", str(last)).stdout
    assert said.count(" · item ") == 1 + 20
    assert f"→ 2026-11-25 10:18  Orontes Post (state media) · item {last} · 100 % copied from item {ids['first']}" in said
    assert "and 12 more (--json has them)" in said
    assert len(json.loads(typed(desk, "show", str(last), "--json").stdout)["trail"]["items"]) == 32


async def test_what_runs_on_by_itself_is_no_change_and_a_page_that_is_not_the_article_is_not_compared(desk: Config) -> None:
    change(desk, f"UPDATE article SET text = text || char(10) || '1,234 views' WHERE item_id = {ids['copy']}")
    assert "1 sentence added:" in typed(desk, "show", str(ids["copy"])).stdout
    change(desk, f"UPDATE article SET text = 'We value your privacy.', doubt = 'consent' WHERE item_id = {ids['copy']}")
    said = typed(desk, "show", str(ids["copy"])).stdout.partition("Found")[0]
    assert "only the feed's own words are known" in said
    assert "privacy" not in said


@pytest.mark.parametrize(("share", "said"), [(0.0, "0 %"), (0.001, "1 %"), (0.8712, "87 %"), (0.9999, "99 %"), (1.0, "100 %")])
def test_only_what_is_wholly_copied_is_called_so(share: float, said: str) -> None:
    assert percent(share) == said


# ------------------------------------------------------------------------------------------------------------------ why


async def test_why_tells_whose_copy_an_item_is(desk: Config) -> None:
    # as `show` says it
    assert f"85 % copied from item {ids['first']}" in typed(desk, "show", str(ids["copy"])).stdout
    copied = f"Copy (85 %) of item {ids['first']}, first seen at Relief Desk 2026-11-25 09:46; settled as story {ids['story']}."
    assert same(desk, ids["copy"]) == ("copy", copied)
    reason, says = same(desk, ids["first"])
    assert (reason, says.startswith("The first of 2 items that carry this text")) == ("first", True)
    assert same(desk, ids["other"]) == ("alone", "No copy of it is known.")


async def test_why_tells_of_a_copy_of_a_copy_who_had_it_first(desk: Config) -> None:
    change(
        desk,
        "INSERT INTO item (feed_id, story_id, copied, title, summary, seen_at, is_baseline, is_first_poll, article_state)"
        f" SELECT feed_id, {ids['story']}, 1.0, title, '{COPY}', {EARLIEST + 3600}, 0, 0, 'not_wanted' FROM item"
        f" WHERE id = {ids['other']}",
    )
    assert same(desk, 4)[1].startswith(
        f"Copy (100 %) of item {ids['copy']}, which is a copy itself; item {ids['first']} was first seen at Relief Desk"
    )


async def test_why_says_where_a_story_is_not_settled_yet(desk: Config) -> None:
    change(desk, "UPDATE story SET settled_at = NULL")
    assert "not settled yet" in same(desk, ids["copy"])[1]
    assert "that is settled once" in same(desk, ids["other"])[1]


async def test_an_alert_that_was_joined_names_the_one_that_told_it(desk: Config) -> None:
    reason, says = end(desk, ids["copy"])
    assert (reason, says[:-16]) == ("told", f"item {ids['first']}, the same story, was sent to hook ")
    change(desk, f"DELETE FROM alert WHERE item_id = {ids['first']}")
    assert end(desk, ids["copy"]) == ("joined", "grouped into another alert of its story for hook")


async def test_what_became_of_an_alert_is_said_once_for_all_channels_of_which_it_is_true(desk: Config) -> None:
    columns = "watch_id, item_id, subject, occasion, is_urgent, raised_at, hold_until, next_try_at"
    change(
        desk,
        f"UPDATE alert SET state = 'dead', tries = 3 WHERE item_id = {ids['other']}",
        *(
            f"INSERT INTO alert (channel, key, state, tries, {columns}) SELECT '{channel}', '{channel}', '{state}', 3, {columns}"
            f" FROM alert WHERE item_id = {ids['other']} AND channel = 'hook'"
            for channel, state in (("mail", "dead"), ("siren", "withdrawn"))
        ),
    )
    lost, withdrawn = end(desk, ids["other"])[1].split("; ")
    assert lost == "given up: hook and mail never took it, 3 tries (no reason known)"
    assert withdrawn.startswith("withdrawn before it was sent to siren")


def quieten(config: Config) -> str:
    """Let it be quiet hours now; gives their end."""
    hour = datetime.now(UTC).hour
    stop = f"{(hour + 2) % 24:02}:00"
    with Path(config.path).open("a") as file:
        file.write(f'\n[alerts]\nquiet = "{(hour - 1) % 24:02}:00-{stop}"\n')
    return stop


async def test_an_alert_that_came_due_just_before_quiet_hours_waits_for_their_end(desk: Config) -> None:
    stop = quieten(desk)
    change(desk, f"UPDATE alert SET state = 'held', tries = 0, hold_until = 1 WHERE item_id = {ids['other']}")
    assert f" {stop} by quiet hours, then sent to hook" in end(desk, ids["other"])[1]
    change(desk, f"UPDATE alert SET is_urgent = 1 WHERE item_id = {ids['other']}")
    assert end(desk, ids["other"])[1] == "waits for hook and goes out next"


@pytest.mark.parametrize(
    ("changed", "reason", "said"),
    [
        ("state = 'muted'", "muted", "not sent to hook: idlib was muted until 2036-07-18 13:20"),
        ("state = 'acked'", "acked", "not sent to hook: somebody acknowledged its story on 2036-07-18 13:20"),
        ("state = 'dead', tries = 3", "dead", "given up: hook never took it, 3 tries (no reason known)"),
        ("state = 'held', tries = 0, hold_until = 2100000000", "held", "waits for hook until 2036-07-18 13:20"),
        (
            "state = 'held', tries = 0, hold_until = 2100000000, batch = 'quiet:x'",
            "held",
            "held until 2036-07-18 13:20 by quiet hours",
        ),
        ("occasion = 'update', number = 1", "sent", "update: sent to hook 20"),
        ("occasion = 'again_at'", "sent", "carried by more outlets: sent to hook 20"),
        ("occasion = 'edit', number = 1", "sent", "edited: sent to hook 20"),
        ("state = 'withdrawn'", "withdrawn", "withdrawn before it was sent to hook"),
    ],
)
async def test_what_became_of_an_alert_is_said(desk: Config, changed: str, reason: str, said: str) -> None:
    subject = rows(desk, f"SELECT subject FROM alert WHERE item_id = {ids['other']}")[0][0]
    change(
        desk,
        f"UPDATE alert SET {changed} WHERE item_id = {ids['other']}",
        f"INSERT INTO ack (subject, at) VALUES ('{subject}', 2100000000)",
        "INSERT INTO mute (watch_id, since, until) VALUES ('idlib', 0, 2100000000)",
    )
    told = end(desk, ids["other"])
    assert (told[0], said in told[1]) == (reason, True), told


async def test_an_alert_that_waits_for_the_text_says_so(desk: Config) -> None:
    change(
        desk,
        f"UPDATE alert SET state = 'held', tries = 0, hold_until = 2100000000 WHERE item_id = {ids['other']}",
        f"UPDATE item SET article_state = 'due' WHERE id = {ids['other']}",
    )
    assert "waits for the full text, at most until 2036-07-18 13:20 ([alerts] group_wait)" in end(desk, ids["other"])[1]


# --------------------------------------------------------------------------------------------------------------- alerts


async def test_an_alert_is_told_with_who_else_carries_its_story(desk: Config) -> None:
    change(desk, f"UPDATE alert SET state = 'held' WHERE item_id = {ids['first']}")
    (alert,) = open_alerts(desk)
    assert [(one.outlet_name, one.label, one.copied, one.item_id) for one in alert.finding.carried] == [
        ("Orontes Post", "state media", 0.8712, ids["copy"])
    ]
    assert (alert.finding.copied, alert.alert.number) == (None, 0)


async def test_an_alert_about_one_item_only_names_no_carriers(desk: Config) -> None:
    change(desk, f"UPDATE alert SET state = 'held', subject = 'item:1', number = 3 WHERE item_id = {ids['first']}")
    (alert,) = open_alerts(desk)
    assert (alert.finding.carried, alert.alert.number) == ((), 3)


async def test_an_outlet_that_carries_a_story_twice_is_one_carrier_and_its_own_outlet_is_none(desk: Config) -> None:
    change(
        desk,
        f"UPDATE item SET story_id = {ids['story']}, copied = 0.5 WHERE id = {ids['other']}",
        "INSERT INTO item (feed_id, story_id, title, summary, seen_at, is_baseline, is_first_poll, article_state)"
        f" SELECT feed_id, story_id, title, '', seen_at + 60, 0, 0, 'not_wanted' FROM item WHERE story_id = {ids['story']}",
        f"UPDATE alert SET state = 'held' WHERE item_id = {ids['first']}",
    )
    (alert,) = open_alerts(desk)
    carriers = {one.outlet_id: one.item_id for one in alert.finding.carried}
    assert carriers == {"orontes-post": ids["copy"], "vestnik": ids["other"]}


# --------------------------------------------------------------------------------------- what polling can and can't tell


async def test_an_item_is_stored_with_the_last_look_at_its_feed_that_did_not_have_it(tmp_path: Path, site: Site) -> None:
    site.pages["/feed.xml"] = rss(("Old", f"{site.url}/1", "Rain."))
    with site.serving():
        config = configured(
            tmp_path, f'[outlets]\npost = {{ feed = "{site.url}/feed.xml", private = true, full_text = false }}\n[watches]\n'
        )
        await once(config)
        change(config, "UPDATE feed SET answered_at = answered_at - 777")
        looked = rows(config, "SELECT answered_at FROM feed")[0][0]
        site.pages["/feed.xml"] = rss(("Old", f"{site.url}/1", "Rain."), ("New", f"{site.url}/2", "Snow."))
        await once(config)
    assert rows(config, "SELECT title, unseen_at FROM item ORDER BY id") == [("Old", None), ("New", looked)]


async def test_a_feed_that_was_empty_at_first_tells_nothing_of_when_its_items_came(tmp_path: Path, site: Site) -> None:
    site.pages["/feed.xml"] = rss()
    with site.serving():
        config = configured(
            tmp_path, f'[outlets]\npost = {{ feed = "{site.url}/feed.xml", private = true, full_text = false }}\n[watches]\n'
        )
        await once(config)
        assert rows(config, "SELECT answered_at IS NULL FROM feed") == [(0,)]
        site.pages["/feed.xml"] = rss(("New", f"{site.url}/1", "Rain."))
        await once(config)
    assert rows(config, "SELECT title, unseen_at FROM item") == [("New", None)]


async def test_the_words_of_a_story_are_those_that_were_stored_first(desk: Config) -> None:
    change(
        desk,
        "INSERT INTO revision (item_id, number, part, seen_at, title, text, text_hash)"
        f" VALUES ({ids['first']}, 1, 'page', 2000000000, 'Edited', 'Edited since.', '')",
    )
    db = open_reader(Path(desk.state) / DATABASE)
    first, copy = Reading(db).tellings(StoryId(ids["story"]))
    names = Reading(db).outlet_names()
    db.close()
    assert (first.headline, first.text.split(" between")[0], copy.outlet_name) == (
        "Rain floods 85 tents",
        "Heavy rain",
        "Orontes Post",
    )
    assert names == {"relief-desk": "Relief Desk", "orontes-post": "Orontes Post", "vestnik": "Vestnik"}
