"""The digest for programs: nothing of it is left out, nothing secret is let in, and every key is explained."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import (
    Carrier,
    Copy,
    Credit,
    Digest,
    EditNote,
    Feed,
    FeedId,
    Finding,
    First,
    FirstCount,
    Firsts,
    Gap,
    ItemId,
    Match,
    NumberChange,
    Outlet,
    OutletHealth,
    OutletId,
    PlanId,
    Secret,
    Span,
    Step,
    StoryFound,
    StoryId,
    Telling,
    ToldStory,
    Trail,
    Volume,
    Watch,
    WatchFindings,
    WatchId,
    Withheld,
)
from monitor.query import parse
from monitor.render import model_json

STOP = datetime(2026, 11, 23, 3, tzinfo=UTC)
SEEN = STOP - timedelta(hours=2)
DOCS = Path(__file__).parent.parent / "docs" / "digest.md"
LINK = "https://orontes-post.example/a"

OUTLET = Outlet(
    id=OutletId("orontes-post"),
    feeds=("https://orontes-post.example/rss?key=s3cret",),
    name="Orontes Post",
    language="en",
    label="agency",
    groups=("regional",),
    headers=(("X-Key", Secret("s3cret")), ("X-Other", "s3cret")),
    proxy="http://s3cret@proxy.example",
)
FEED = Feed(id=FeedId(3), outlet=OUTLET, url=OUTLET.feeds[0], title="World")
NUMBER = NumberChange(before="85", after="120", sentence="Rain floods 120 tents.")
DIFF = (Span(kind="removed", text="85 tents"), Span(kind="added", text="120 tents"))
MATCH = Match(
    watch_id=WatchId("idlib"),
    field="text",
    term="Idlib",
    form="Idlib's",
    start=6,
    stop=13,
    sentence="North Idlib's roads",
    mark_start=6,
    mark_stop=13,
)
CARRIER = Carrier(
    item_id=ItemId(12),
    outlet_id=OutletId("orontes-post"),
    outlet_name="Orontes Post",
    outlet_language="en",
    label="agency",
    link=LINK,
    published=SEEN,
    seen_at=SEEN,
    unseen_at=SEEN,
    copied=0.5,
    is_own=True,
)
FINDING = Finding(
    item_id=ItemId(12),
    watch_id=WatchId("idlib"),
    matches=(MATCH,),
    title="Crossing reopens",
    link=LINK,
    language="en",
    outlet_id=OutletId("orontes-post"),
    outlet_name="Orontes Post",
    outlet_language="en",
    label="agency",
    published=SEEN,
    seen_at=SEEN,
    article_doubt="paywall",
    edit="changed",
    copied=0.25,
    is_own_text=True,
    rewritten=(("It was.", "It is."),),
)
NOTE = EditNote(
    item_id=ItemId(12),
    story_id=StoryId(7),
    outlet_id=OutletId("orontes-post"),
    outlet_name="Orontes Post",
    outlet_language="en",
    language="en",
    title="Crossing reopens",
    link=LINK,
    at=SEEN,
    headline=DIFF,
    sentences=(DIFF,),
    added=2,
    removed=1,
    changed=3,
    numbers=(NUMBER,),
)
TELLING = Telling(
    item_id=ItemId(12),
    outlet_id=OutletId("orontes-post"),
    outlet_name="Orontes Post",
    label="agency",
    language="en",
    link=LINK,
    headline="Crossing reopens",
    text="Words.",
    author="A. Writer",
    published=SEEN,
    seen_at=SEEN,
    unseen_at=SEEN,
    copied=0.5,
    is_whole=True,
)
COPY = Copy(
    of=ItemId(11),
    copied=0.5,
    added=("More.",),
    removed=("Less.",),
    changed=(("It was.", "It is."),),
    headline=("Old", "New"),
    numbers=(NUMBER,),
    dateline=("HARIM", "IDLIB"),
)
TRAIL = Trail(
    steps=(
        Step(
            telling=TELLING, copy=COPY, credit=Credit(line="Source: Wire", name="Wire", outlet_id=OutletId("wire")), is_own=True
        ),
    ),
    first=First(seen=ItemId(12), dated=ItemId(12), by="polls", outlets=(OutletId("orontes-post"),)),
)
GAP = Gap(
    kind="silent",
    feed=FEED,
    since=SEEN,
    reason="503",
    count=7,
    until=STOP,
    longest=timedelta(hours=30),
    known=timedelta(days=20),
    sure="probable",
    cause="status",
)
WATCH = Watch(
    id=WatchId("idlib"),
    any=("Idlib",),
    all=("convoy",),
    none=("Idlib Street",),
    fields=("title", "text"),
    outlets=frozenset({OutletId("orontes-post")}),
    languages=frozenset({"en"}),
    look_back=timedelta(hours=24),
    channels=("desk-mail",),  # type: ignore[arg-type]
)
GROUP = WatchFindings(
    watch=WATCH,
    last_match=SEEN,
    history=4,
    stories=(StoryFound(story_id=StoryId(7), finding=FINDING, items=3),),
    more=5,
    items=17,
    outlets=9,
    last_outlet="Orontes Post",
    volume=Volume(count=17, days=(6, None, 7), usual=6.5, is_high=True),
    withheld=Withheld(muted=2, acked=1, muted_until=STOP),
)
WHOLE = Digest(
    title="Northwest desk",
    timezone="Asia/Damascus",
    period="2026-11-23T06:00",
    start=STOP - timedelta(days=1),
    stop=STOP,
    late=False,
    watches=(GROUP,),
    gaps=(GAP,),
    outlets=(
        OutletHealth(
            feed=FEED,
            state="failing",
            answered_at=SEEN,
            due_at=STOP,
            items=21,
            failures=7,
            reason="503",
            pace=timedelta(minutes=15),
        ),
    ),
    items_read=163,
    config_fingerprint="5f2c91",
    version="1.0.0",
    plan=PlanId("weekly"),
    caught_up=2,
    made_at=STOP,
    watches_left_out=1,
    outlets_left_out=3,
    stories=(
        ToldStory(
            id=StoryId(7),
            carriers=(CARRIER,),
            outlets=7,
            own_texts=2,
            trail=TRAIL,
            first=TRAIL.first,
            edits=(NOTE,),
            is_continued=True,
        ),
    ),
    edits=(NOTE,),
    more_edits=3,
    firsts=Firsts(
        since=STOP - timedelta(days=30),
        outlets=(FirstCount(outlet_id=OutletId("orontes-post"), outlet_name="Orontes Post", language="en", stories=41),),
        untold=6,
        paces=(timedelta(minutes=5), timedelta(minutes=30)),
    ),
    notes=(replace(GAP, kind="waiting"),),
    items_matched=19,
)  # fmt: skip
"""Each field of each record has something to tell."""

UNTOLD = {
    "Outlet.feeds": "its address may hold a key",
    "Feed.url": "the same",
    "Outlet.headers": "secrets",
    "Outlet.proxy": "the same",
    "Outlet.every": "how it is polled is the config's; the pace that came of it stands with its feed",
    "Outlet.pause": "the same",
    "Outlet.full_text": "the same",
    "Outlet.private": "the same",
    "Outlet.paused": "the feed's state says so",
    "Outlet.ca_file": "a path of this machine",
    "Outlet.selector": "how it is read is the config's",
    "Match.watch_id": "it stands under its watch",
    "Match.start": "it counts in a text that is not told",
    "Match.stop": "the same",
    "Finding.watch_id": "it stands under its watch",
    "Finding.carried": "its story has them all",
    "Telling.text": "full texts are not told",
    "Telling.author": "the trail's JSON is that of `monitor show`",
    "Telling.language": "the same",
    "Telling.is_forgotten": "the same",
    "Digest.last_match": "a number of the store's own",
    "Watch.query": "in place of the lists; told in a test of its own",
}


def altered(value: Any) -> Any:  # noqa: PLR0911  one for each kind of value
    match value:
        case bool():
            return not value
        case str():
            return value + "x"
        case float():
            return value + 0.125
        case int():
            return value + 1
        case datetime():
            return value + timedelta(days=400)
        case timedelta():
            return value + timedelta(days=400)
        case frozenset():
            return frozenset(altered(each) for each in value)
    return None


def variants(record: Any) -> Iterator[tuple[str, Any]]:
    """Give the record with one of its facts altered, for each of them, and what that is called."""
    for field in fields(record):
        name, value = f"{type(record).__name__}.{field.name}", getattr(record, field.name)
        for called, other in _others(name, value):
            yield called, replace(record, **{field.name: other})


def _others(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if is_dataclass(value):
        yield from variants(value)
    elif isinstance(value, tuple):
        for place, each in enumerate(value):
            for called, other in _others(name, each):
                yield called, (*value[:place], other, *value[place + 1 :])
    elif value is not None:
        yield name, altered(value)


def names(record: Any) -> Iterator[str]:
    """Name every fact of every record in it."""
    for field in fields(record):
        told = flat(getattr(record, field.name))
        records = [each for each in told if is_dataclass(each) and not isinstance(each, Secret)]
        if not records:
            yield f"{type(record).__name__}.{field.name}"
        for each in records:
            yield from names(each)


def flat(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        for each in value:
            yield from flat(each)
    else:
        yield value


def test_every_fact_of_the_model_is_told_or_has_a_reason_why_not() -> None:
    whole = model_json.digest(WHOLE)
    told = {name for name, other in variants(WHOLE) if model_json.digest(other) != whole}
    left_out = set(names(WHOLE)) - told
    assert left_out == UNTOLD.keys()


def test_a_query_is_told_as_it_is_written() -> None:
    group = replace(GROUP, watch=Watch(id=WatchId("q"), query=parse("idlib NEAR/8 (ceasefire OR truce)")))
    (told,) = json.loads(model_json.digest(replace(WHOLE, watches=(group,))))["watches"]
    assert told["query"] == "idlib NEAR/8 (ceasefire OR truce)"
    assert told["any"] == []


def test_what_is_secret_is_not_told() -> None:
    assert "s3cret" not in model_json.digest(WHOLE)


def test_times_are_utc_and_spans_are_seconds() -> None:
    told = json.loads(model_json.digest(WHOLE))
    assert (told["start"], told["stop"]) == ("2026-11-22T03:00:00Z", "2026-11-23T03:00:00Z")
    assert told["outlets"][0]["pace"] == 900
    assert told["gaps"][0]["longest"] == 108_000


def test_a_mark_is_where_the_word_stands_in_the_sentence_that_is_told() -> None:
    odd = replace(MATCH, sentence="\x00Al\u202el \u2028Idlib's\ud800 roads", mark_start=7, mark_stop=14)
    found = replace(GROUP.stories[0], finding=replace(FINDING, matches=(odd,)))
    told = json.loads(model_json.digest(replace(WHOLE, watches=(replace(GROUP, stories=(found,)),))))
    (match,) = told["watches"][0]["stories"][0]["first"]["matches"]
    start, stop = match["mark"]
    assert match["sentence"][start:stop] == "Idlib's"


def keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for each in value.values():
            yield from keys(each)
    elif isinstance(value, list):
        for each in value:
            yield from keys(each)


def test_every_key_is_explained() -> None:
    section = DOCS.read_text(encoding="utf-8").partition("## JSON")[2].partition("\n## ")[0]
    explained = set(re.findall(r"`([a-z_]+)`", section))
    assert set(keys(json.loads(model_json.digest(WHOLE)))) - explained == set()


@given(st.text(alphabet=st.characters(), min_size=1))
def test_whatever_a_text_holds_it_is_one_line_of_json_and_can_be_written(odd: str) -> None:
    def spoiled(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(spoiled(each) for each in value)
        if is_dataclass(value) and not isinstance(value, (Outlet, Watch)):
            return replace(value, **{field.name: spoiled(getattr(value, field.name)) for field in fields(value)})  # type: ignore[type-var]
        return value + odd if isinstance(value, str) else value

    told = model_json.digest(spoiled(WHOLE))
    told.encode()
    for text in strings(json.loads(told)):
        assert len(text.splitlines()) <= 1
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for each in value.values():
                yield from strings(each)
        case list():
            for each in value:
                yield from strings(each)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "https://a:s3cret@x.example/"])
def test_only_web_addresses_are_told(link: str) -> None:
    def linked(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(linked(each) for each in value)
        if is_dataclass(value):
            return replace(value, **{field.name: linked(getattr(value, field.name)) for field in fields(value)})  # type: ignore[type-var]
        return link if value == LINK else value

    assert link not in model_json.digest(linked(WHOLE))
