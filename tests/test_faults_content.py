"""FAULTS.md H01 to H14 and H25, end to end: one daemon is served all of them, and the common oracle holds after each."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from email.utils import formatdate

import hostile
import pytest
from fakes import rss
from faults import CONTROLS, DAY, Row, Stage, staged

FEED = "application/rss+xml"
ITEM = "<item><title>%s near Idlib</title><link>http://item.example/1</link></item>"
KILLED = frozenset({"too_slow", "crashed"})
LARGEST_ENTRIES = 2_000
LONGEST_TITLE = 500
LONGEST_TEXT = 200_000
EARLIEST = 631_152_000
"""1990, in seconds since 1970."""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("content"), fetch='timeout = "20s"\nmax_size = "20MB"') as stage:
        yield stage


def serve(stage: Stage, bodies: dict[str, bytes | str], *, content_type: str = FEED) -> dict[str, Row]:
    """Let each of these be an outlet's feed; give what became of them."""
    place = stage.street.server()
    for name, body in bodies.items():
        hostile.PAGES[name] = (content_type, body.encode() if isinstance(body, str) else body)
    stage.look({name: stage.at(stage.name(f"{name}.example", place, f"page?{name}")) for name in bodies})
    return dict(zip(bodies, stage.polled(*bodies), strict=True))


def document(declarations: str, words: str = "&x;", prolog: str = "<?xml version='1.0'?>") -> str:
    """Write a feed with declarations of its own."""
    items = ITEM % words
    return f"{prolog}<!DOCTYPE rss [{declarations}]><rss version='2.0'><channel><title>T</title>{items}</channel></rss>"


def channel(inside: str, prolog: str = "<?xml version='1.0' encoding='utf-8'?>") -> str:
    return f"{prolog}<rss version='2.0'><channel><title>T</title>{inside}</channel></rss>"


def refused(stage: Stage, bodies: dict[str, bytes | str]) -> None:
    """Say that none of these got as far as a parser: no worker died of them, and nothing of them was stored."""
    workers = stage.workers()
    for name, row in serve(stage, bodies).items():
        assert (row.kind, row.strikes, row.items) == ("doctype", 0, 0), name
    # a worker may have been started meanwhile, and none has ended
    assert workers <= stage.workers()
    stage.holds(*bodies)


# --- declarations


def entity_chain(length: int) -> str:
    return "<!ENTITY e0 'x'>" + "".join(f"<!ENTITY e{number} '&e{number - 1};'>" for number in range(1, length))


def test_h01_a_chain_of_entities_that_kills_the_parser_is_refused(stage: Stage) -> None:
    refused(stage, {f"h01-{length}": document(entity_chain(length), f"&e{length - 1};") for length in (30_000, 100_000)})


def test_h02_billion_laughs_are_refused_in_any_encoding(stage: Stage) -> None:
    laughs = "<!ENTITY l0 'ha'>" + "".join(f"<!ENTITY l{number} '{f'&l{number - 1};' * 10}'>" for number in range(1, 10))
    wide = document(laughs, "&l9;", "<?xml version='1.0' encoding='utf-16'?>")
    refused(
        stage, {"h02-8": document(laughs, "&l9;"), "h02-16": wide.encode("utf-16"), "h02-32": document(laughs).encode("utf-32")}
    )


def test_h03_a_long_entity_that_is_repeated_is_refused(stage: Stage) -> None:
    refused(stage, {"h03": document(f"<!ENTITY x '{'A' * 50_000}'>", "&x;" * 50_000)})


def test_h04_no_file_is_read_and_no_address_asked_for_an_entity(stage: Stage) -> None:
    trap = stage.street.server()
    aims = {"file": "file:///etc/passwd", "http": trap.url("feed"), "path": "/etc/passwd"}
    bodies: dict[str, bytes | str] = {f"h04-{name}": document(f"<!ENTITY x SYSTEM '{aim}'>") for name, aim in aims.items()}
    bodies["h04-parameter"] = document(f"<!ENTITY % p SYSTEM '{trap.url('feed')}'> %p;")
    refused(stage, bodies)
    assert trap.served.connections == 0


def test_h04_a_document_type_that_stands_elsewhere_is_never_fetched(stage: Stage) -> None:
    trap = stage.street.server()
    outside = f"<?xml version='1.0'?><!DOCTYPE rss SYSTEM '{trap.url('feed')}'>"
    row = serve(stage, {"h04-outside": channel(ITEM % "Rain", outside)})["h04-outside"]
    assert row.is_well or row.kind == "doctype"
    assert trap.served.connections == 0
    stage.holds("h04-outside")


def test_h05_a_flood_of_attribute_declarations_is_refused(stage: Stage) -> None:
    flood = "".join(f"<!ATTLIST rss a{number} CDATA 'x'>" for number in range(50_000))
    refused(
        stage,
        {
            "h05": document(flood, "x"),
            "h05-one": document(f"<!ATTLIST rss {' '.join(f'a{n} CDATA #IMPLIED' for n in range(50_000))}>", "x"),
        },
    )


def test_h06_no_charset_smuggles_a_declaration_past_the_look(stage: Stage) -> None:
    secret = "<!ENTITY x 'SMUGGLED'>"
    bodies: dict[str, bytes | str] = {
        "h06-utf7": document(secret, prolog="<?xml version='1.0' encoding='utf-7'?>").encode("utf-7"),
        "h06-ebcdic": document(secret, prolog="<?xml version='1.0' encoding='cp037'?>").encode("cp037"),
        "h06-bare16le": document(secret, prolog="<?xml version='1.0' encoding='utf-8'?>").encode("utf-16-le"),
        "h06-bare16be": document(secret, prolog="").encode("utf-16-be"),
        "h06-junk": "\ufeff \x00\x00" + document(secret),
        "h06-comment": "<!-- > --><?x ?>" + document(secret),
    }
    for name, row in serve(stage, bodies).items():
        assert row.is_well or row.kind in {"doctype", "not_a_feed", "garbage", "empty"}, (name, row)
        assert row.strikes == 0
    assert not stage.ask("SELECT 1 FROM item WHERE title LIKE '%SMUGGLED%' OR summary LIKE '%SMUGGLED%'")
    stage.holds(*bodies)


# --- too much


def survived(stage: Stage, name: str, body: str) -> Row:
    """Serve what takes a parser past all time or memory: either a worker was killed for it and that is marked, or it was cut."""
    began = time.monotonic()
    row = serve(stage, {name: body})[name]
    assert time.monotonic() - began < 15
    assert (row.kind in KILLED and row.strikes == 1) or row.kind == "garbage" or row.is_well, row
    assert row.items <= LARGEST_ENTRIES
    stage.holds(name)
    return row


def test_h07_l21_a_hundred_thousand_attributes_cost_a_worker_and_three_workers_put_a_feed_aside(stage: Stage) -> None:
    attributes = " ".join(f"a{number}='1'" for number in range(100_000))
    row = survived(stage, "h07", channel(f"<item><title>Rain</title><x {attributes}/></item>"))
    assert (row.kind, row.strikes) == ("too_slow", 1)
    assert row.wait < DAY / 2
    # the second time as the first
    stage.tell("UPDATE feed SET strikes = 2, failures = 2 WHERE outlet_id = 'h07'")
    (row,) = stage.again("h07")
    assert row.strikes == 3
    assert 0.9 * DAY < row.wait < 1.1 * DAY
    assert "put aside for a day: reading it killed a worker 3 times" in stage.type("status")
    stage.holds("h07")


def test_h08_a_flood_of_comments_that_never_end_costs_a_worker_at_most(stage: Stage) -> None:
    survived(stage, "h08", channel(f"<item><title>Rain</title><description>{'&lt;!--' * 100_000}</description></item>"))
    survived(stage, "h08-raw", channel(f"<item><title>Rain</title><description>{'<!--' * 100_000}</description></item>"))


def test_h09_a_million_elements_one_in_another_cost_a_worker_at_most(stage: Stage) -> None:
    survived(stage, "h09", channel(f"<item><title>Rain</title>{'<a>' * 1_000_000}{'</a>' * 1_000_000}</item>"))


def test_h10_of_a_hundred_thousand_items_the_newest_are_taken_at_most(stage: Stage) -> None:
    items = (
        f"<item><title>Number {number}</title><link>http://item.example/{number}</link><guid>g{number}</guid>"
        f"<pubDate>Sat, {number % 28 + 1:02} Nov 2025 06:00:00 GMT</pubDate></item>"
        for number in range(100_000)
    )
    survived(stage, "h10", channel("".join(items)))


def test_h11_a_headline_of_ten_megabytes_is_cut(stage: Stage) -> None:
    row = survived(stage, "h11", channel(ITEM % ("Flood " * 1_700_000)))
    if row.is_well:
        ((longest,),) = (tuple(found) for found in stage.ask("SELECT max(length(title)) FROM item WHERE feed_id = ?", row.id))
        assert 0 < longest <= LONGEST_TITLE
    ((text,),) = (tuple(found) for found in stage.ask("SELECT max(max(length(title), length(summary))) FROM item"))
    assert text <= LONGEST_TEXT


# --- what is no text, no date, no feed


def test_h12_h21_what_is_no_character_costs_no_feed_and_is_never_stored_or_printed(stage: Stage) -> None:
    words: dict[str, bytes] = {
        "surrogate": b"&#xD800;",
        "decimal": b"&#55357;",
        "beyond": b"&#x110000;",
        "huge": b"&#x" + b"9" * 400 + b";",
        "nul": b"a\x00b&#0;",
        "c0": b"\x1b[31m\x07\x08\x0b&#27;",
        "c1": "\x9b31m\x85".encode() + b"&#155;",
        "nonchar": "\ufffe\uffff".encode(),
        "cesu": b"\xed\xa0\xbd\xed\xb8\x80",
        "latin": b"\xe9\xff\xfe",
    }
    head = b"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>T %s</title>"
    item = b"<item><title>Rain %s near Idlib</title><link>http://item.example/1</link><description>%s</description>"
    tail = f"<pubDate>{formatdate()}</pubDate></item></channel></rss>".encode()
    bodies: dict[str, bytes | str] = {f"h12-{name}": head % found + item % (found, found) + tail for name, found in words.items()}
    for name, row in serve(stage, bodies).items():
        assert row.is_well or row.kind in {"garbage", "not_a_feed"}, name
    stored = sum(row.items for row in stage.rows(*bodies))
    assert stored >= len(bodies) - 2
    # each of them goes into the log, as an alert
    stage.until(lambda: len(re.findall("^idlib: .*near Idlib$", stage.log, re.MULTILINE)) >= stored)
    stage.holds(*bodies)
    for text in texts(stage):
        assert not CONTROLS.search(text), repr(text[:200])
    for words in (("status",), ("search", "rain"), ("digest",)):
        said = stage.type(*words)
        assert "Rain" in said or words == ("status",)
        assert not CONTROLS.search(said), words


def texts(stage: Stage) -> Iterator[str]:
    """Give every text in the database, decoded strictly."""
    db = sqlite3.connect(f"file:{stage.state / 'monitor.db'}?mode=ro", uri=True)
    db.text_factory = bytes.decode
    for (table,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'").fetchall():
        for row in db.execute(f"SELECT * FROM {table}"):
            yield from (value for value in row if isinstance(value, str))
    db.close()


def test_h13_no_date_is_stored_that_cannot_be(stage: Stage) -> None:
    dates = (
        *("-0001-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "0000-00-00", "1970-01-01T00:00:00Z"),
        *("Mon, 23 Nov 2036 06:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 -2359", "Mon, 00 Jan 0000 00:00:00 +9999", "9" * 400),
        *("Wed, 01 Jan 1600 00:00:00 GMT", "2026-02-30T25:61:61Z", "١٢/٣٤/٥٦", "now", "&#x660;"),
    )
    items = "".join(
        f"<item><title>Date {number}</title><link>http://item.example/{number}</link><pubDate>{date}</pubDate></item>"
        for number, date in enumerate(dates)
    )
    row = serve(stage, {"h13": channel(items)})["h13"]
    assert (row.is_well, row.items) == (True, len(dates))
    now = time.time()
    for (published,) in stage.ask("SELECT published_at FROM item WHERE feed_id = ?", row.id):
        assert published is None or EARLIEST <= published <= now + DAY
    stage.holds("h13")


def test_h14_a_body_that_is_an_address_or_a_path_is_only_a_body(stage: Stage) -> None:
    trap = stage.street.server()
    hostile.PAGES["trap"] = (FEED, rss(("Trapped", "http://item.example/1", "")))
    aims = (
        trap.url("page?trap"),
        "/etc/passwd",
        "file:///etc/passwd",
        f"feed:{trap.url('page?trap')}",
        f"  {trap.url('page?trap')}\n",
    )
    rows = serve(stage, {f"h14-{number}": aim for number, aim in enumerate(aims)})
    assert {row.kind for row in rows.values()} == {"not_a_feed"}
    assert trap.served.connections == 0
    stage.holds(*rows)


# --- pages


def page(inside: str, head: str = "") -> str:
    told = "<p>Rain fell for two nights on the camps, and the roads to the north were closed.</p>" * 20
    return f"<html><head>{head}<title>Rain</title></head><body><article><h1>Rain</h1>{told}{inside}</article></body></html>"


def laughing(inside: str) -> str:
    laughs = "".join(f"<!ENTITY l{number} '{f'&l{number - 1};' * 10}'>" for number in range(1, 10))
    return f"<!DOCTYPE html [<!ENTITY l0 'ha'>{laughs}]>{page(inside)}"


GROUP_WAIT = 30
BYTES = bytes(range(256)) * 4_000
HOSTILE_PAGES: dict[str, tuple[str | bytes, set[str | None]]] = {
    "spans": (page(f"<p>{'<span>word </span>' * 64_000}</p>"), {"too_slow", "crashed", None}),
    "links": (page(f"<p>{'<a href=/x>word</a> ' * 64_000}</p>"), {"too_slow", "crashed", None}),
    "huge": (page("<p>Water stood in the streets of the town.</p>" * 410_000), {"too_big"}),
    "entities": (laughing("&l9;"), {None}),
    "colspan": (page(f"<table>{'<tr><td colspan=9007199254740992>Tents</td></tr>' * 100}</table>"), {None}),
    "binary": (BYTES, {"not_html"}),
    "metas": (page("", "<meta name=a>" * 100_000), {None}),
}
"""Each with what may be said of it: why it is no article, or that it was read (None)."""


def test_h25_a_page_made_to_be_slow_or_huge_is_read_or_given_up_and_its_feeds_words_alert_all_the_same(stage: Stage) -> None:
    place = stage.street.server()
    lines = {}
    for name, (body, _) in HOSTILE_PAGES.items():
        host = f"h25-{name}.example"
        hostile.PAGES[f"{name}-page"] = ("text/html; charset=utf-8", body.encode() if isinstance(body, str) else body)
        hostile.PAGES[f"{name}-feed"] = (FEED, rss((f"H25 {name} near Idlib", place.url(f"page?{name}-page", host), "")))
        lines[name] = stage.at(stage.name(host, place, f"page?{name}-feed"), full_text=True)
    stage.look(lines)
    ids = [row.id for row in stage.polled(*lines)]
    of_feeds = f"FROM item WHERE feed_id IN ({', '.join(map(str, ids))})"
    stage.until(
        lambda: stage.ask(f"SELECT count(*) {of_feeds} AND (article_tries OR article_state = 'read')")[0][0] == len(lines)
    )
    found = [tuple(row) for row in stage.ask(f"SELECT article_kind {of_feeds} ORDER BY feed_id")]
    wanted = [kinds for _, (_, kinds) in sorted(zip(ids, HOSTILE_PAGES.values(), strict=True))]
    assert [kind in kinds for (kind,), kinds in zip(found, wanted, strict=True)] == [True] * len(lines), found
    stage.until(lambda: all(f"H25 {name} near Idlib" in stage.log for name in lines))
    alerts = stage.ask(f"SELECT hold_until - raised_at FROM alert WHERE item_id IN (SELECT id {of_feeds})")
    assert len(alerts) == len(lines)
    assert all(held <= GROUP_WAIT for (held,) in alerts)
    stage.holds(*lines)
