"""`monitor export`: what was found can be shown to others, with what proves it, and is found out where it was changed."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from answers import HTML, NOON, SOFTWARE, WAY, answer, assert_others_read_it
from desks import Desk, typed
from filled import FEED, TEXT, fill

from monitor import __version__
from monitor.archive import FOLDER, Archive, forget, names
from monitor.model import ItemId, StoryId, Wanted
from monitor.render import evidence
from monitor.store import DATABASE, Reading, Store, Writing, open_reader


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


# ----------------------------------------------------------------------------------------------------------------- jsonl


async def test_a_line_holds_all_that_is_known_of_an_item(desk: Desk) -> None:
    feed, page, _ = await fill(desk)
    done = typed(desk, "export", "--since", "2026-11-25", "--until", "2026-11-26")
    assert (done.returncode, done.stderr) == (0, "")
    (found,) = lines(done.stdout)
    assert found | {"article": None, "revisions": [], "sentence_edits": [], "matches": [], "alerts": [], "records": []} == {
        "item": 1,
        "story": 1,
        "outlet": "orontes-post",
        "outlet_name": "Orontes Post",
        "label": "agency",
        "feed": "https://orontes-post.example/feed.xml",
        "guid": "1",
        "link": "https://orontes-post.example/1",
        "canonical_url": "orontes-post.example/1",
        "title": "Idlib: rain",
        "summary": "",
        "author": None,
        "language": "en",
        "published_at": "2026-11-25T11:00:00Z",
        "published_raw": "Wed, 25 Nov 2026 11:00:00 GMT",
        "seen_at": "2026-11-25T12:00:00Z",
        "entry_hash": None,
        "edited_at": None,
        "gone_at": None,
        "texts_forgotten_at": None,
        "article_state": "read",
        "article_reason": None,
        "article": None,
        "revisions": [],
        "sentence_edits": [],
        "matches": [],
        "alerts": [],
        "records": [],
        "exported_by": f"outlet-monitor/{__version__}",
    }
    assert found["article"] == {
        "url": "https://orontes-post.example/rain",
        "title": "Rain",
        "source": "page",
        "doubt": "short",
        "language": "en",
        "published_at": None,
        "read_at": "2026-11-25T12:01:00Z",
        "text_hash": f"sha256:{hashlib.sha256(TEXT.encode()).hexdigest()}",
        "text": TEXT,
    }
    assert found["alerts"] == [
        {"watch": "idlib", "channel": "hook", "occasion": "first", "key": "key-1", "sent_at": "2026-11-25T12:02:00Z"}
    ]
    assert [(one["watch"], one["config"], one["found_at"]) for one in found["matches"]] == [  # type: ignore[attr-defined]
        ("floods", "c0ffee", "2026-11-25T12:00:00Z"),
        ("idlib", "c0ffee", "2026-11-25T12:00:00Z"),
    ]
    assert [one["number"] for one in found["revisions"]] == [1]  # type: ignore[attr-defined]
    first, second = found["records"]  # type: ignore[misc]
    assert (first["part"], first["digest"], first["redirects"]) == ("feed", f"sha256:{hashlib.sha256(FEED).hexdigest()}", [])
    assert second == {
        "part": "page",
        "url": page.url,
        "status": 200,
        "fetched_at": "2026-11-25T12:01:00Z",
        "redirects": [{"status": hop.status, "url": hop.url} for hop in WAY],
        "digest": page.digest,
        "file": page.file,
        "start": page.start,
        "length": page.length,
        "config": "c0ffee",
    }
    assert feed.start == first["start"]


async def test_the_same_evidence_is_the_same_bytes(desk: Desk) -> None:
    await fill(desk)
    first, second = (desk.type("export", "--since", "2026-11-01").stdout for _ in range(2))
    assert first == second
    assert len(lines(first)) == 2


async def test_a_text_that_was_forgotten_leaves_its_hash(desk: Desk) -> None:
    await fill(desk)
    db = sqlite3.connect(desk.state / DATABASE)
    with db:
        db.execute("UPDATE article SET text = NULL")
    db.close()
    (found,) = lines(typed(desk, "export", "--item", "1").stdout)
    assert found["article"]["text"] is None  # type: ignore[index]
    assert found["article"]["text_hash"] == f"sha256:{hashlib.sha256(TEXT.encode()).hexdigest()}"  # type: ignore[index]


@pytest.mark.parametrize(
    ("asked", "items"),
    [
        (("--since", "2026-11-25T12:00:00Z"), [1, 2]),
        (("--since", "2026-11-25T15:00:01+03:00"), [2]),
        (("--since", "2026-11-25", "--until", "2026-11-26T12:00"), [1]),
        (("--since", "2026-11-25", "--watch", "floods"), [1]),
        (("--since", "2026-11-25", "--outlet", "al-zawiya"), [2]),
        (("--item", "2"), [2]),
        (("--story", "1"), [1]),
        (("--item", "1", "--since", "2026-11-26"), []),
        (("--item", "9"), []),
        (("--since", "1m", "--until", "0m"), []),
    ],
)
async def test_what_is_asked_for_is_given_and_nothing_else(desk: Desk, asked: tuple[str, ...], items: list[int]) -> None:
    await fill(desk)
    done = typed(desk, "export", *asked)
    assert done.returncode == 0
    assert [one["item"] for one in lines(done.stdout)] == items
    assert done.stderr.startswith("" if items else "Nothing was found that this asks for.")
    assert bool(done.stderr) is not bool(items)


# ------------------------------------------------------------------------------------------------------------------- csv


async def test_h24_a_table_opens_in_a_spreadsheet_and_runs_nothing_there(desk: Desk) -> None:
    await fill(desk)
    done = typed(desk, "export", "--since", "2026-11-25", "--format", "csv", "-o", str(desk.folder / "found.csv"))
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"Wrote 3 matches in 2 items to {desk.folder / 'found.csv'}\n"
    content = (desk.folder / "found.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfitem,story,outlet,")
    assert content.count(b"\r\n") == content.count(b"\n") == 4
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [(row["watch"], row["title"]) for row in rows] == [
        ("floods", "Idlib: rain"),
        ("idlib", "Idlib: rain"),
        ("idlib", "'=cmd|' /C calc'!A0 Idlib"),
    ]
    assert rows[2]["outlet_name"] == "الزاوية اليوم"
    assert rows[1]["alerts"] == "hook 2026-11-25T12:02:00Z"
    assert rows[0]["alerts"] == ""
    assert rows[0]["records"].startswith("feed monitor-20261125-001.warc.gz:")


@pytest.mark.parametrize(
    ("said", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", " '=1"),
        ("\r\n=1", " '=1"),
        ("＝1", "'＝1"),
        ("rain;=1", "rain;'=1"),
        ('rain";  @x', "rain\";  '@x"),
        ("a\r\nb\u2028c", "a b c"),
        ("a - b, c = d; e", "a - b, c = d; e"),
        ("إدلب", "إدلب"),
    ],
)
async def test_h24_no_cell_is_a_formula(desk: Desk, said: str, cell: str) -> None:
    await fill(desk)
    db = open_reader(desk.state / DATABASE)
    found = replace(Reading(db).proved(ItemId(1)), title=said)
    db.close()
    assert evidence.csv_rows(found)[0][evidence.COLUMNS.index("title")] == cell


async def test_a_line_of_json_is_one_line_to_every_reader(desk: Desk) -> None:
    await fill(desk)
    db = open_reader(desk.state / DATABASE)
    found = replace(Reading(db).proved(ItemId(1)), title="a\u2028b\u2029c\x85d\ne")
    db.close()
    line = evidence.json_line(found, SOFTWARE)
    assert len(line.splitlines()) == 1
    assert json.loads(line)["title"] == "a\u2028b\u2029c\x85d\ne"


# ------------------------------------------------------------------------------------------------------------------ warc


async def test_the_answers_are_copied_byte_for_byte(desk: Desk) -> None:
    _, page, _ = await fill(desk)
    output = desk.folder / "evidence.warc.gz"
    done = typed(desk, "export", "--since", "2026-11-25", "--format", "warc", "-o", str(output))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", f"Wrote 3 answers to {output}\n")
    kinds = assert_others_read_it(output)
    assert kinds == ["warcinfo", "response", "response", "metadata", "warcinfo", "response"]
    folder = desk.state / FOLDER
    assert output.read_bytes() == b"".join((folder / name).read_bytes() for name in names(folder))
    one = desk.folder / "one.warc.gz"
    assert typed(desk, "export", "--item", "2", "--format", "warc", "-o", str(one)).returncode == 0
    assert one.read_bytes() == (folder / names(folder)[1]).read_bytes()
    assert (folder / page.file).read_bytes()[page.start : page.start + page.length] in output.read_bytes()


async def test_an_answer_whose_file_is_gone_is_named(desk: Desk) -> None:
    feed, page, other = await fill(desk)
    output = desk.folder / "evidence.warc.gz"
    (desk.state / FOLDER / other.file).unlink()
    done = typed(desk, "export", "--since", "2026-11-25", "--format", "warc", "-o", str(output))
    assert done.returncode == 1
    assert done.stderr == (
        f"{other.file}, byte {other.start:,}: https://alzawiya.example/rss: the file is missing\nWrote 2 answers to {output}\n"
    )
    assert_others_read_it(output)
    (desk.state / FOLDER / feed.file).unlink()
    done = typed(desk, "export", "--since", "2026-11-25", "--format", "warc", "-o", str(desk.folder / "none.warc.gz"))
    assert done.returncode == 1
    assert f"{page.file}, byte {page.start:,}" in done.stderr
    assert sorted(path.name for path in desk.folder.iterdir()) == ["config.toml", "evidence.warc.gz", "state"]


async def test_a_file_that_is_there_is_never_overwritten(desk: Desk) -> None:
    await fill(desk)
    output = desk.folder / "mine"
    output.write_text("mine")
    for kind in ("jsonl", "csv", "warc"):
        done = typed(desk, "export", "--since", "2026-11-25", "--format", kind, "-o", str(output))
        assert done.returncode == 2
        assert "is there already" in done.stderr
    assert output.read_text() == "mine"
    done = typed(desk, "export", "--since", "2026-11-25", "-o", str(desk.folder / "none" / "found.jsonl"))
    assert done.returncode == 2
    assert "there is no such folder" in done.stderr


# ---------------------------------------------------------------------------------------------------------------- verify


async def test_what_is_as_it_was_written_is_said_so(desk: Desk) -> None:
    await fill(desk)
    done = typed(desk, "export", "--verify")
    assert (done.returncode, done.stdout) == (0, "3 records in 2 files: all as they were written\n")
    done = typed(desk, "export", "--verify", "--since", "2026-11-26")
    assert (done.returncode, done.stdout) == (0, "1 record in 1 file: all as they were written\n")


async def test_what_was_changed_is_named(desk: Desk) -> None:
    _, page, other = await fill(desk)
    path = desk.state / FOLDER / page.file
    content = bytearray(path.read_bytes())
    content[page.start + 100] ^= 1
    path.write_bytes(content)
    (desk.state / FOLDER / other.file).unlink()
    when = "fetched 2026-11-25T12:01:00Z"
    done = typed(desk, "export", "--verify")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        f"{page.file}, byte {page.start:,}: a byte was changed: the packed bytes have another digest ({page.url}, {when})",
        f"{other.file}, byte 0: the file is missing",
        "3 records in 2 files: not all as they were written, 2 faults",
    ]


async def test_what_a_crash_left_is_told_and_is_no_fault(desk: Desk) -> None:
    _, page, _ = await fill(desk)
    Archive(desk.state / FOLDER, software=SOFTWARE).keep(answer(HTML))
    path = desk.state / FOLDER / page.file
    path.write_bytes(path.read_bytes() + path.read_bytes()[:200])
    done = typed(desk, "export", "--verify")
    assert done.returncode == 0
    assert done.stdout == (
        "3 records in 2 files: all as they were written. 1 more that the database does not know, as a crash leaves them."
        " 1 file with an unfinished end that nothing refers to, as a crash leaves it\n"
    )


async def test_a_changed_database_is_noticed(desk: Desk) -> None:
    await fill(desk)
    db = sqlite3.connect(desk.state / DATABASE)
    with db:
        db.execute("UPDATE record SET fetched_at = fetched_at - 3600 WHERE id = 1")
    db.close()
    done = typed(desk, "export", "--verify")
    assert done.returncode == 1
    assert "its time is 2026-11-25T12:00:00Z, and 2026-11-25T11:00:00Z in the database" in done.stdout


async def test_a_desk_without_evidence_is_told_so(desk: Desk) -> None:
    desk.configure("orontes-post")
    done = typed(desk, "export", "--verify")
    assert (done.returncode, done.stderr) == (
        1,
        f"{desk.state / DATABASE}: nothing was stored there yet; `monitor run` makes it\n",
    )
    desk.state.mkdir()
    Store(desk.state / DATABASE).close()
    done = typed(desk, "export", "--verify")
    assert (done.returncode, done.stdout) == (0, "No evidence was kept yet.\n")
    done = typed(desk, "export", "--since", "7d", "--format", "warc", "-o", str(desk.folder / "evidence.warc.gz"))
    assert done.returncode == 1
    assert "no answers are kept of 0 items" in done.stderr


# ----------------------------------------------------------------------------------------------------------------- usage


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "say what to export: --since 7d, --item ID or --story ID"),
        (("--since", "yesterday"), '"yesterday" is no time; write 90m, 24h or 7d, or 2026-11-25'),
        (("--since", "7d", "--until", "2026-13-01"), '"2026-13-01" is no time'),
        (("--since", "99999d", "--watch", "idlb"), '"idlb" is not in the database. Did you mean "idlib"?'),
        (("--since", "7d", "--outlet", "orontes"), 'Did you mean "orontes-post"?'),
        (("--since", "7d", "--format", "warc"), "name it, as in -o evidence.warc.gz"),
        (("--since", "7d", "--format", "xml"), '"xml" is not one of'),
        (("--verify", "--item", "1"), "--verify goes with --since and --until only"),
        (("--verify", "-o", "x"), "--verify goes with --since and --until only"),
    ],
)
async def test_a_slip_is_told_with_what_was_wanted(desk: Desk, words: tuple[str, ...], said: str) -> None:
    await fill(desk)
    done = typed(desk, "export", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


async def test_no_secret_leaves_with_the_evidence(desk: Desk) -> None:
    await fill(desk)
    output = desk.folder / "evidence.warc.gz"
    typed(desk, "export", "--since", "2026-11-25", "--format", "warc", "-o", str(output))
    written = gzip.decompress(output.read_bytes()).decode("utf-8", "replace")
    for kind in ("jsonl", "csv"):
        written += typed(desk, "export", "--since", "2026-11-25", "--format", kind).stdout
    assert "hunter2" not in written
    assert str(desk.folder) not in written


# ----------------------------------------------------------------------------------------------------------------- store


async def test_old_evidence_is_forgotten_with_its_rows(desk: Desk) -> None:
    _, _, other = await fill(desk)
    store = Store(desk.state / DATABASE)
    gone = forget(desk.state / FOLDER, NOON + timedelta(days=1))
    assert [await store.write(lambda tx: tx.forget_records(gone, 1)) for _ in range(3)] == [1, 1, 0]
    assert await store.read(lambda known: known.record_files()) == (other.file,)
    assert [one.record.digest for one in (await store.read(lambda known: known.proved(ItemId(2)))).records] == [other.digest]
    assert (await store.read(lambda known: known.proved(ItemId(1)))).records == ()
    store.close()
    assert typed(desk, "export", "--verify").stdout == "1 record in 1 file: all as they were written\n"


async def test_a_record_comes_back_as_it_was_stored_and_proves_an_item_once(desk: Desk) -> None:
    _, page, _ = await fill(desk)
    store = Store(desk.state / DATABASE)

    def unit(tx: Writing) -> None:
        record_id = tx.add_record(page, config="c0ffee")
        tx.link_record(ItemId(2), record_id, "page")
        tx.link_record(ItemId(2), record_id, "page")

    await store.write(unit)
    found = await store.read(lambda known: known.proved(ItemId(2)))
    assert [one.record for one in found.records] == [page, replace(found.records[1].record)]
    wanted = Wanted(story_id=StoryId(2))
    assert await store.read(lambda known: known.proved_ids(wanted)) == (ItemId(2),)
    store.close()
    assert found.seen_at == datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
