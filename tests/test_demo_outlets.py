"""The demo's outlets are what they say: served on loopback, in every format and script, and true to their expectations."""

from __future__ import annotations

import gzip
import html
import http.client
import io
import json
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise
from urllib.parse import urlsplit

import feedparser
import pytest

from monitor.demo.outlets import DemoItem, DemoOutlet, Expectation, Wording, dated, demo_outlets, expected_alerts
from monitor.demo.server import DemoServer

START = datetime(2026, 8, 21, 9, 30, 15, tzinfo=UTC)
OUTLETS = demo_outlets()
ANSWERING = tuple(outlet for outlet in OUTLETS if outlet.feed_status == 200)
PUBLISHED = tuple((outlet, item) for outlet in OUTLETS for item in outlet.items)
by_id = pytest.mark.parametrize("outlet", ANSWERING, ids=lambda outlet: outlet.id)


class Got:
    """One answer of the demo, read whole."""

    def __init__(self, url: str, **headers: str) -> None:
        where = urlsplit(url)
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=10)
        path = f"{where.path}?{where.query}" if where.query else where.path
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        self.status = answer.status
        self.headers = answer.headers
        self.body = answer.read()
        connection.close()

    @property
    def text(self) -> str:
        return self.body.decode()


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(START) as server:
        yield server


def feed_url(server: DemoServer, outlet: DemoOutlet) -> str:
    return server.home(outlet.id) + outlet.feed_path


def entries(server: DemoServer, outlet: DemoOutlet) -> tuple[dict[str, object], ...]:
    """Read what the feed says with a reader that is not ours: feedparser, or json for a JSON Feed."""
    got = Got(feed_url(server, outlet))
    if outlet.format == "json":
        return tuple(json.loads(got.body)["items"])
    document = feedparser.parse(io.BytesIO(got.body))
    assert not document.bozo, document.get("bozo_exception")
    return tuple(document.entries)


def plain(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


def words_of(page: str) -> str:
    """Give a page's text with nothing taken out but the tags."""
    return " ".join(plain(page).split())


def folded(text: str) -> str:
    """Fold crudely, not as the monitor does: case, marks, alef forms."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return bare.casefold().replace("ı", "i").replace("’", "'")


def feed_texts(outlet: DemoOutlet, words: Wording) -> tuple[str, ...]:
    """All that the feed itself says of an item, beside the headline."""
    return (words.teaser, *words.paragraphs) if outlet.has_full_text_in_feed else (words.teaser,)


def fields(outlet: DemoOutlet, item: DemoItem) -> dict[str, str]:
    """Give the item's texts in the order in which a match is looked for, in its first state."""
    page = "\n".join(item.first.paragraphs) if item.page_status == 200 else ""
    return {"title": item.first.title, "summary": "\n".join(feed_texts(outlet, item.first)), "text": page}


def item_of(expectation: Expectation) -> tuple[DemoOutlet, DemoItem]:
    found = [(o, i) for o, i in PUBLISHED if (o.id, i.first.title) == (expectation.outlet_id, expectation.title)]
    assert len(found) == 1
    return found[0]


def watch_terms(server: DemoServer) -> dict[str, tuple[str, ...]]:
    watches = tomllib.loads(server.config_text(state="/tmp/x"))["watches"]
    return {name: tuple(watch["any"] if isinstance(watch, dict) else watch) for name, watch in watches.items()}


def test_there_are_four_formats_six_languages_and_three_scripts() -> None:
    assert {outlet.format for outlet in ANSWERING} == {"rss", "atom", "rdf", "json"}
    assert {outlet.language for outlet in ANSWERING} >= {"en", "ar", "ru", "tr", "fr", "es"}
    scripts = {unicodedata.name(letter).split()[0] for _, item in PUBLISHED for letter in item.first.title if letter.isalpha()}
    assert scripts == {"LATIN", "ARABIC", "CYRILLIC"}
    assert len({outlet.layout for outlet in ANSWERING}) == len(ANSWERING)
    assert 25 <= len(PUBLISHED) <= 40


@by_id
def test_every_feed_is_read_whole_by_a_stock_reader(demo: DemoServer, outlet: DemoOutlet) -> None:
    said = entries(demo, outlet)
    assert len(said) == len(outlet.items)
    titles = Counter(html.unescape(plain(str(entry["title"]))) for entry in said)
    assert titles == Counter(item.first.title for item in outlet.items)
    links = {str(entry.get("link") or entry.get("url")) for entry in said}
    assert links == {demo.home(outlet.id) + outlet.path(item) for item in outlet.items}


@by_id
def test_every_feed_says_what_it_should_of_each_item(demo: DemoServer, outlet: DemoOutlet) -> None:
    feed = Got(feed_url(demo, outlet)).text
    for item in outlet.items:
        teaser = dated(item.first.teaser, item.published(START), outlet.zone)
        assert teaser in html.unescape(html.unescape(feed))
        later = item.first.paragraphs[1]
        assert (later in feed) is outlet.has_full_text_in_feed


@by_id
def test_a_feed_is_newest_first_and_dated_from_the_start(demo: DemoServer, outlet: DemoOutlet) -> None:
    by_link = {demo.home(outlet.id) + outlet.path(item): item for item in outlet.items}
    moments: list[datetime] = []
    for entry in entries(demo, outlet):
        item = by_link[str(entry.get("link") or entry.get("url"))]
        written = entry.get("published") or entry.get("updated") or entry.get("date_published")
        if item.age is None:
            assert written is None
            continue
        assert written is not None
        raw = str(written)
        moment = parsedate_to_datetime(raw) if "," in raw else datetime.fromisoformat(raw)
        assert moment == START - item.age
        if outlet.format in {"atom", "json"}:
            assert datetime.fromisoformat(str(entry.get("updated") or entry.get("date_modified"))) == moment
        moments.append(moment)
    assert all(newer >= older for newer, older in pairwise(moments))


def test_dates_follow_another_start() -> None:
    later = START + timedelta(days=400)
    for _, item in PUBLISHED:
        before, after = item.published(START), item.published(later)
        assert (before is None) == (after is None) == (item.age is None)
        assert before is None or after is None or after - before == timedelta(days=400)


def test_most_items_are_of_the_last_day_a_few_older_and_one_undated() -> None:
    ages = [item.age for _, item in PUBLISHED]
    assert ages.count(None) == 1
    old = [age for age in ages if age and age > timedelta(hours=24)]
    assert 2 <= len(old) <= 5
    assert all(age < timedelta(hours=20) for age in ages if age and age not in old)


@by_id
def test_every_page_holds_its_headline_and_every_sentence(demo: DemoServer, outlet: DemoOutlet) -> None:
    for item in outlet.items:
        got = Got(demo.home(outlet.id) + outlet.path(item))
        assert got.status == item.page_status
        if got.status != 200:
            continue
        seen = words_of(got.text)
        assert item.first.title in seen
        assert item.byline in seen
        for paragraph in item.first.paragraphs:
            assert " ".join(dated(paragraph, item.published(START), outlet.zone).split()) in seen
        for comment in item.comments:
            assert comment in seen
        assert "$" not in got.text
        assert "{day}" not in got.text


def test_texts_are_as_long_as_real_short_news() -> None:
    lengths = sorted(sum(map(len, item.first.paragraphs)) for _, item in PUBLISHED if item.page_status == 200)
    assert lengths[0] >= 480
    assert sum(length >= 600 for length in lengths) * 2 > len(lengths)
    assert all(3 <= len(item.first.paragraphs) <= 6 for _, item in PUBLISHED if item.page_status == 200)


def test_the_broadcasters_page_says_nothing_of_itself(demo: DemoServer) -> None:
    outlet = next(outlet for outlet in OUTLETS if outlet.layout == "broadcaster")
    item = outlet.items[0]
    page = Got(demo.home(outlet.id) + outlet.path(item)).text
    said = re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL)
    assert page.count("og:title") == 1
    assert "og:" not in said
    assert "canonical" not in said
    assert [plain(heading) for heading in re.findall(r"<h1.*?</h1>", said)] == [outlet.name]
    local = item.published(START)
    assert local is not None
    assert "Port Ardan, August 21 (RLV)--" in said
    assert str(local.year) not in said


def test_one_story_is_carried_by_four_outlets_under_four_headlines() -> None:
    shared = "Forty-one lorries carrying flour, tents and water tanks entered Idlib province before dusk"
    carriers = [(o, i) for o, i in PUBLISHED if any(text.startswith(shared) for text in i.first.paragraphs)]
    assert len({outlet.id for outlet, _ in carriers}) == 4
    assert len({item.first.title for _, item in carriers}) == 4
    credited = [o.id for o, i in carriers if "Levant Wire" in i.first.paragraphs[-1]]
    assert len(credited) == 3
    ages = {outlet.id: item.age for outlet, item in carriers}
    assert max(ages, key=lambda outlet_id: ages[outlet_id] or timedelta()) == "levant-wire"
    copied = {f"{outlet.id}/{item.slug}" for outlet, item in carriers if item.copy_of is None}
    assert copied == {item.copy_of for _, item in PUBLISHED if item.copy_of} == {"levant-wire/bab-al-hawa-reopens"}
    assert [len([one for one in item.expectations if one.should_alert]) for _, item in carriers if item.copy_of] == [0, 0, 0]


def test_an_edit_changes_one_entry_and_one_page_and_nothing_else() -> None:
    with DemoServer(START) as server:
        urls = [(outlet, feed_url(server, outlet)) for outlet in ANSWERING]
        urls += [(outlet, server.home(outlet.id) + outlet.path(item)) for outlet, item in PUBLISHED]
        before = {url: Got(url) for _, url in urls}
        entries_before = {outlet.id: entries(server, outlet) for outlet in ANSWERING}
        server.edit()
        after = {url: Got(url) for _, url in urls}
        changed = {url for url in before if before[url].body != after[url].body}
        edited = [(outlet, item) for outlet, item in PUBLISHED if item.edited]
        assert len(edited) == 1
        outlet, item = edited[0]
        assert changed == {feed_url(server, outlet), server.home(outlet.id) + outlet.path(item)}
        pairs = zip(entries_before[outlet.id], entries(server, outlet), strict=True)
        differing = [(old, new) for old, new in pairs if old != new]
        assert len(differing) == 1
        old, new = differing[0]
        assert old["id"] == new["id"]
        assert old["published"] == new["published"]
        assert old["title"] != new["title"]
        assert datetime.fromisoformat(str(new["updated"])) == START
        assert item.edited is not None
        assert new["title"] == item.edited.title
        for url in changed:
            assert before[url].headers["ETag"] != after[url].headers["ETag"]
            assert parsedate_to_datetime(after[url].headers["Last-Modified"]) == START


def test_the_feed_that_fails_fails(demo: DemoServer) -> None:
    failing = [outlet for outlet in OUTLETS if outlet.feed_status != 200]
    assert [outlet.id for outlet in failing] == ["nabd"]
    got = Got(feed_url(demo, failing[0]))
    assert got.status == 503
    assert "ETag" not in got.headers


def test_what_is_not_there_is_not_found(demo: DemoServer) -> None:
    assert Got(demo.home(ANSWERING[0].id) + "/robots.txt").status == 404
    missing = [(outlet, item) for outlet, item in PUBLISHED if item.page_status != 200]
    assert len(missing) == 1
    outlet, item = missing[0]
    got = Got(demo.home(outlet.id) + outlet.path(item))
    assert got.status == 404
    assert item.first.paragraphs[0] not in got.text


@by_id
def test_an_unchanged_feed_is_not_sent_again(demo: DemoServer, outlet: DemoOutlet) -> None:
    url = feed_url(demo, outlet)
    first = Got(url)
    assert first.headers["Content-Type"].startswith("application/")
    by_etag = Got(url, If_None_Match=first.headers["ETag"])
    assert (by_etag.status, by_etag.body) == (304, b"")
    by_date = Got(url, If_Modified_Since=first.headers["Last-Modified"])
    assert (by_date.status, by_date.body) == (304, b"")
    # RFC 9110 §13.2.2: an entity tag that does not fit outweighs a date that does
    both = Got(url, If_None_Match='"other"', If_Modified_Since=first.headers["Last-Modified"])
    assert both.status == 200
    assert Got(url, If_Modified_Since="yesterday or so").status == 200


def test_gzip_is_sent_where_it_is_asked_for(demo: DemoServer) -> None:
    url = feed_url(demo, ANSWERING[0])
    bare, packed = Got(url), Got(url, Accept_Encoding="gzip, deflate")
    assert "Content-Encoding" not in bare.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == bare.body
    assert packed.headers["ETag"] != bare.headers["ETag"]


def test_the_demo_remembers_what_it_was_asked() -> None:
    with DemoServer(START) as server:
        outlet = next(outlet for outlet in OUTLETS if outlet.id == "vestnik")
        Got(feed_url(server, outlet))
        Got(server.home(outlet.id) + outlet.path(outlet.items[0]))
        assert server.requests == (("vestnik", "/rss.rdf"), ("vestnik", "/news.php?id=3107"))


def test_a_demo_that_ended_answers_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with DemoServer(START) as server:
        url = feed_url(server, ANSWERING[0])
        assert Got(url).status == 200
    with pytest.raises(ConnectionRefusedError):
        Got(url)
    assert capfd.readouterr() == ("", "")


def test_the_config_lists_every_outlet_and_escapes_its_path(demo: DemoServer) -> None:
    config = tomllib.loads(demo.config_text(state='/tmp/a "quoted" \\ place'))
    assert config["state"] == '/tmp/a "quoted" \\ place'
    assert (config["title"], config["timezone"], config["fetch"]) == ("Demo desk", "UTC", {"private": True})
    assert {name: table["feed"] for name, table in config["outlets"].items()} == {o.id: feed_url(demo, o) for o in OUTLETS}
    unnamed = {name for name, table in config["outlets"].items() if "lang" not in table}
    assert unnamed == {"gazette", "correo"}
    assert set(config["watches"]) == {"crossings", "idlib"}
    assert "channels" not in config


@pytest.mark.parametrize("expectation", expected_alerts(), ids=lambda e: f"{e.outlet_id}-{e.watch_id}-{e.form}")
def test_an_expectation_is_literally_true(demo: DemoServer, expectation: Expectation) -> None:
    outlet, item = item_of(expectation)
    texts = fields(outlet, item)
    if expectation.field is None:
        assert not expectation.should_alert
        page = words_of(Got(demo.home(outlet.id) + outlet.path(item)).text)
        assert expectation.form in page
        return
    assert re.search(rf"(?<!\w){re.escape(expectation.form)}(?!\w)", texts[expectation.field])
    earlier = list(texts)[: list(texts).index(expectation.field)]
    terms = [folded(term) for term in watch_terms(demo)[expectation.watch_id]]
    assert not any(term in folded(texts[field]) for field in earlier for term in terms)
    assert any(term in folded(expectation.form) for term in terms)
    is_fresh = item.age is not None and item.age <= timedelta(hours=24)
    assert expectation.should_alert is (is_fresh and item.copy_of is None)


def test_nothing_that_matches_or_nearly_does_is_without_its_expectation(demo: DemoServer) -> None:
    told = {(e.outlet_id, e.title, e.watch_id): e for e in expected_alerts()}
    assert len(told) == len(expected_alerts())
    found: set[tuple[str, str, str]] = set()
    for outlet, item in PUBLISHED:
        whole = folded("\n".join(fields(outlet, item).values()))
        hits = {watch for watch, terms in watch_terms(demo).items() if any(folded(term) in whole for term in terms)}
        found |= {(outlet.id, item.first.title, watch) for watch in hits}
    in_furniture_only = {key for key, e in told.items() if key not in found}
    assert found <= set(told)
    assert len(in_furniture_only) >= 4
    assert all(told[key].field is None and "only in" in told[key].why for key in in_furniture_only)


def test_the_edited_item_matches_as_it_did() -> None:
    outlet, item = next((o, i) for o, i in PUBLISHED if i.edited)
    assert item.edited is not None
    for expectation in item.expectations:
        assert expectation.field == "title"
        assert expectation.form in item.edited.title
    whole = folded("\n".join((item.edited.title, *feed_texts(outlet, item.edited), *item.edited.paragraphs)))
    assert "hawa" not in whole


def test_expectations_hold_every_way_in_which_a_word_can_stand() -> None:
    alerting = [expectation for expectation in expected_alerts() if expectation.should_alert]
    assert {expectation.field for expectation in alerting} == {"title", "summary", "text"}
    forms = {expectation.form for expectation in alerting}
    assert forms >= {"İdlib’de", "İdlib'e", "بإدلب", "لإدلب", "Идлибе", "Идлиба", "Idleb", "Cilvegözü", "باب الهوى"}
    tempting = {expectation.form for expectation in expected_alerts() if expectation.field is None}
    assert tempting >= {"Midlibrary", "Idlibo", "مادلبرغ", "Мидлибор", "Bab al-Hawash", "Idlib Street"}
    teasers = [
        e
        for e in alerting
        if e.outlet_id == "relief-desk" and e.title != "Overnight rain floods 85 tents in camps north of Idlib city"
    ]
    assert teasers
    assert all(expectation.field == "text" for expectation in teasers)
