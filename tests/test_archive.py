"""Evidence files: what came is there as it came, other tools read it, and no crash harms it."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import random
import re
import socket
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from answers import HTML, NOON, SOFTWARE, WAY, answer, assert_others_read_it, kept, packed, reasons, warcio
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from monitor.archive import Archive, aged, forget, keeping, names, read, verify
from monitor.archive.member import START
from monitor.errors import ArchiveError
from monitor.model import Record, Redirect

# ------------------------------------------------------------------------------------------------------------ what is kept


def test_an_answer_is_kept_as_it_came(tmp_path: Path) -> None:
    came = packed()
    (record,) = kept(tmp_path / "evidence", came)
    found = read(tmp_path / "evidence", record)
    assert found.body == came.raw
    assert gzip.decompress(found.body) == HTML
    assert (found.url, found.status) == (came.url, 200)
    assert found.head == (
        (b"Content-Type", b"text/html; charset=utf-8"),
        (b"Content-Encoding", b"gzip"),
        (b"X-Archive-Orig-Transfer-Encoding", b"chunked"),
        (b"X-Desk", "Überblick".encode()),
        (b"Content-Length", str(len(came.raw)).encode()),
    )
    assert record.way == WAY
    assert reasons(tmp_path / "evidence", (record,)) == []


def test_other_tools_read_and_check_the_file(tmp_path: Path) -> None:
    records = kept(tmp_path, answer(), packed(), answer(b"", url="https://orontes-post.example/empty"))
    path = tmp_path / records[0].file
    assert assert_others_read_it(path) == ["warcinfo", "response", "response", "metadata", "response"]
    lines = [json.loads(line) for line in warcio("index", "-f", "offset,length,warc-type", path).stdout.splitlines()]
    assert [(int(line["offset"]), int(line["length"])) for line in lines if line["warc-type"] == "response"] == [
        (record.start, record.length) for record in records
    ]
    with path.open("rb") as file:
        bodies = {one.rec_headers["WARC-Target-URI"]: one.content_stream().read() for one in ArchiveIterator(file)}
    assert bodies["https://orontes-post.example/rain"].startswith(b"via: https://orontes-post.example/1?from=feed\r\n")
    # the last record of an address counts in a dict: the answer itself, unpacked by the tool
    with path.open("rb") as file:
        assert HTML in [one.content_stream().read() for one in ArchiveIterator(file) if "rain" in str(one.rec_headers)]


def test_the_redirects_stand_behind_the_answer_they_led_to(tmp_path: Path) -> None:
    (record,) = kept(tmp_path, packed())
    with (tmp_path / record.file).open("rb") as file:
        found = {one.rec_type: (dict(one.rec_headers.headers), one.raw_stream.read()) for one in ArchiveIterator(file)}
    response, metadata = found["response"][0], found["metadata"][0]
    assert metadata["WARC-Concurrent-To"] == response["WARC-Record-ID"]
    assert response["WARC-Concurrent-To"] == metadata["WARC-Record-ID"]
    assert found["metadata"][1].decode().splitlines()[1:] == [f"redirect: {hop.status} {hop.url}" for hop in WAY]


def test_neither_a_session_nor_the_machine_stands_in_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    odd = ((b"set-cookie2", b"hunter2"), (b"Set-Cookie\0", b"hunter2"), (b"SET-COOKIE", b"hunter2"))
    (record, _) = kept(folder, packed(), answer(HTML, *odd))
    content = gzip.decompress((folder / record.file).read_bytes())
    for secret in ("hunter2", socket.gethostname(), str(tmp_path), "root"):
        assert secret.encode() not in content
    assert b"software: outlet-monitor/test\r\n" in content
    assert b"Set-Cookie lines" in content  # that they were left out is said


def test_a_length_that_is_not_true_is_not_claimed(tmp_path: Path) -> None:
    (wrong, right) = kept(tmp_path, answer(HTML, (b"Content-Length", b"3")), answer(b"abc", (b"Content-Length", b"3")))
    assert read(tmp_path, wrong).head == ((b"X-Archive-Orig-Content-Length", b"3"),)
    assert read(tmp_path, right).head == ((b"Content-Length", b"3"),)


names_as_sent = st.binary(max_size=12) | st.sampled_from(
    [b"Content-Type", b"WARC-Type", b"HTTP/1.1 200 OK", b"Transfer-Encoding"]
)
values_as_sent = st.binary(max_size=40) | st.sampled_from([b"\r\n\r\nWARC/1.1\r\n", b"a\r\nSet-Cookie: 1", b"\0", b"gzip", b" "])


@settings(deadline=None)
@given(
    head=st.lists(st.tuples(names_as_sent, values_as_sent), max_size=6),
    raw=st.binary(max_size=400),
    path=st.text(max_size=20),
    status=st.integers(200, 299),
)
def test_nothing_that_a_server_sends_breaks_a_record(
    tmp_path_factory: pytest.TempPathFactory, head: list[tuple[bytes, bytes]], raw: bytes, path: str, status: int
) -> None:
    folder = tmp_path_factory.mktemp("evidence")
    sent = answer(raw, *head, url=f"https://orontes-post.example/{path}", status=status)
    record, after = kept(folder, sent, answer())
    assert reasons(folder, (record, after)) == []
    found = read(folder, record)
    assert (found.body, found.status) == (raw, status)
    ordinary = {b"Content-Type", b"WARC-Type"}
    without_breaks = [(name, re.sub(rb"[\r\n\0]", b" ", value)) for name, value in head if name in ordinary]
    assert [line for line in found.head if line[0] in ordinary] == without_breaks
    with (folder / record.file).open("rb") as file:
        assert [(one.rec_type, one.raw_stream.read()) for one in ArchiveIterator(file, no_record_parse=True)][1][1].endswith(raw)
    with (folder / record.file).open("rb") as file:
        assert [one.rec_type for one in ArchiveIterator(file, check_digests="raise")] == ["warcinfo", "response", "response"]


@settings(deadline=None)
@given(
    head=st.lists(
        st.tuples(
            st.from_regex(rb"\AX-[A-Za-z0-9-]{1,10}\Z"), st.binary(max_size=40).filter(lambda v: not set(v) & set(b"\r\n\0"))
        )
    )
)
def test_header_lines_that_may_stand_so_are_kept_byte_for_byte(
    tmp_path_factory: pytest.TempPathFactory, head: list[tuple[bytes, bytes]]
) -> None:
    folder = tmp_path_factory.mktemp("evidence")
    (record,) = kept(folder, answer(HTML, *head))
    assert read(folder, record).head == tuple(head)


# -------------------------------------------------------------------------------------------------------------- the files


def test_a_day_has_its_own_file_which_only_this_user_reads(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    late = datetime(2026, 11, 26, 1, 30, tzinfo=UTC).astimezone()
    records = kept(folder, answer(), answer(at=late), answer(at=NOON + timedelta(hours=1)))
    assert [record.file[8:16] for record in records] == ["20261125", "20261126", "20261125"]
    assert names(folder) == ("monitor-20261125-001.warc.gz", "monitor-20261126-001.warc.gz")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE((folder / name).stat().st_mode) for name in names(folder)} == {0o600}
    assert reasons(folder, records) == []


def test_a_full_file_is_followed_by_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "CAP", 900)
    records = kept(tmp_path, answer(), answer(), answer()) + kept(tmp_path, answer())
    assert [record.file[17:20] for record in records] == ["001", "002", "003", "004"]
    assert reasons(tmp_path, records) == []


def test_several_threads_keep_at_once(tmp_path: Path) -> None:
    opened = Archive(tmp_path, software=SOFTWARE)
    records: list[Record] = []
    at_once = [
        threading.Thread(
            target=lambda number=number: records.extend(opened.keep(packed(b"%d %d" % (number, turn))) for turn in range(10))
        )
        for number in range(6)
    ]
    for thread in at_once:
        thread.start()
    for thread in at_once:
        thread.join()
    assert len({record.start for record in records}) == 60
    assert reasons(tmp_path, tuple(records)) == []


def test_old_days_are_deleted_whole(tmp_path: Path) -> None:
    days = [NOON - timedelta(days=days) for days in (3, 2, 1, 0)]
    kept(tmp_path, *(answer(at=day) for day in days))
    gone = ("monitor-20261122-001.warc.gz", "monitor-20261123-001.warc.gz")
    assert aged(tmp_path, NOON - timedelta(days=1)) == gone
    assert forget(tmp_path, NOON - timedelta(days=1)) == gone
    assert names(tmp_path) == ("monitor-20261124-001.warc.gz", "monitor-20261125-001.warc.gz")
    assert forget(tmp_path / "none", NOON) == ()


def test_a_file_that_is_taken_away_is_begun_anew(tmp_path: Path) -> None:
    opened = Archive(tmp_path / "evidence", software=SOFTWARE)
    opened.keep(answer())
    (tmp_path / "evidence").rename(tmp_path / "moved")
    record = opened.keep(answer())
    assert reasons(tmp_path / "evidence", (record,)) == []
    assert len(names(tmp_path / "moved")) == 1


# ------------------------------------------------------------------------------------------- crashes, and a disk that is full


@pytest.mark.parametrize("step", [13, pytest.param(1, marks=pytest.mark.long)])
def test_what_a_kill_left_half_written_is_cut_off_wherever_it_ends(tmp_path: Path, step: int) -> None:
    whole = tmp_path / "whole"
    before = kept(whole, answer())
    end = (whole / before[0].file).stat().st_size
    kept(whole, packed())
    content = (whole / before[0].file).read_bytes()
    second = content.rindex(START)
    for cut in sorted({*range(end, len(content), step), *range(second - 2, second + 2), end + 1, len(content) - 1}):
        torn = tmp_path / str(cut)
        torn.mkdir()
        (torn / before[0].file).write_bytes(content[:cut])
        found = verify(torn, before[0].file, before)
        assert (found.faults, found.is_unfinished) == ((), cut > end)
        after = kept(torn, answer(b"after"))
        assert (after[0].file, after[0].start) == (before[0].file, end)
        assert verify(torn, before[0].file, before + after).faults == ()
        assert not verify(torn, before[0].file, before + after).is_unfinished


def test_zeros_that_a_power_cut_left_are_cut_off(tmp_path: Path) -> None:
    before = kept(tmp_path, answer())
    with (tmp_path / before[0].file).open("ab") as file:
        file.write(bytes(5000))
    after = kept(tmp_path, answer())
    assert after[0].start == before[0].start + before[0].length
    assert reasons(tmp_path, before + after) == []


def test_yesterdays_torn_file_is_made_whole_too(tmp_path: Path) -> None:
    before = kept(tmp_path, answer())
    path = tmp_path / before[0].file
    size = path.stat().st_size
    path.write_bytes(path.read_bytes() + path.read_bytes()[:100])
    kept(tmp_path, answer(at=NOON + timedelta(days=1)))
    assert path.stat().st_size == size
    assert_others_read_it(path)


def test_a_file_that_was_changed_is_left_as_it_is(tmp_path: Path) -> None:
    before = kept(tmp_path, answer(), answer(), answer())
    path = tmp_path / before[0].file
    for at in (before[1].start + 20, before[2].start + 18, before[2].start + 90, 5):
        content = bytearray(path.read_bytes())
        content[at] ^= 0x40
        path.write_bytes(content)
        after = kept(tmp_path, answer())
        assert after[0].file != before[0].file
        assert path.read_bytes() == content
        content[at] ^= 0x40
        path.write_bytes(content)


KEEPER = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from answers import packed, answer
from monitor.archive import Archive
opened = Archive(Path(sys.argv[1]), software="outlet-monitor/test")
for turn in range(100_000):
    body = b"%d " % turn * (turn % 400)
    record = opened.keep(packed(body) if turn % 2 else answer(body))
    print(repr(record), flush=True)
"""


def killed(folder: Path, seconds: float) -> tuple[Record, ...]:
    """Keep answers in a process that is killed; gives the records that it was told are on disk."""
    command = [sys.executable, "-c", KEEPER, str(folder), str(Path(__file__).parent)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    lines = [process.stdout.readline()]
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    lines += process.stdout.readlines()
    process.wait()
    timer.cancel()
    assert process.returncode == -9
    known = {"Record": Record, "Redirect": Redirect, "datetime": dt}
    return tuple(eval(line, known) for line in lines if line.endswith(")\n"))


@pytest.mark.parametrize("kills", [3, pytest.param(60, marks=pytest.mark.long)])
def test_kills_lose_nothing_that_was_kept_and_leave_a_file_that_opens(tmp_path: Path, kills: int) -> None:
    random.seed(kills)
    records: tuple[Record, ...] = ()
    for _ in range(kills):
        records += killed(tmp_path, random.uniform(0.001, 0.2))
        assert reasons(tmp_path, records) == []
    records += kept(tmp_path, answer())
    assert reasons(tmp_path, records) == []
    for name in names(tmp_path):
        assert_others_read_it(tmp_path / name)


FULL = """
import resource, sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from answers import answer, packed
from monitor.archive import Archive
from monitor.errors import ArchiveError
folder = Path(sys.argv[1])
opened = Archive(folder, software="outlet-monitor/test")
record = opened.keep(packed())
path = folder / record.file
whole = path.read_bytes()
for limit in range(len(whole), len(whole) + 1200, 150):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        opened.keep(packed(bytes(range(256)) * 40))
        raise SystemExit("it was kept")
    except ArchiveError as error:
        said = str(error)
    assert path.read_bytes() == whole
    try:
        Archive(folder / str(limit), software="outlet-monitor/test").keep(packed(bytes(range(256)) * 40))
    except ArchiveError:
        pass
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
again = opened.keep(answer())
assert again.start == len(whole), again
print(said)
"""


def test_a_full_disk_leaves_the_file_whole_and_is_told(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FULL, str(tmp_path), str(Path(__file__).parent)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{tmp_path}: the evidence could not be written: File too large\n"
    assert [assert_others_read_it(tmp_path / name) for name in names(tmp_path)] == [
        ["warcinfo", "response", "metadata", "response"]
    ]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("in the way")
    with pytest.raises(ArchiveError, match="evidence could not be written: Not a directory"):
        kept(tmp_path / "evidence", answer())
