"""Answers of invented outlets, as the fetch door gives them, and evidence files of them, looked at with other tools too."""

from __future__ import annotations

import gzip
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from monitor.archive import Archive, names, verify
from monitor.model import Fetched, Record, Redirect, Validators

SOFTWARE = "outlet-monitor/test"
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
HTML = b"<!doctype html><title>Rain</title><p>Rain floods camps north of Idlib city.</p>"
WAY = (
    Redirect(url="http://orontes-post.example/1", status=301),
    Redirect(url="https://orontes-post.example/1?from=feed", status=302),
)


def answer(
    raw: bytes = HTML,
    *head: tuple[bytes, bytes],
    url: str = "https://orontes-post.example/1",
    at: datetime = NOON,
    way: tuple[Redirect, ...] = (),
    status: int = 200,
) -> Fetched:
    """Give an answer with this body, as it came."""
    return Fetched(
        requested_url=way[0].url if way else url,
        url=url,
        status=status,
        content_type="text/html",
        body=b"",
        raw=raw,
        head=head,
        way=way,
        validators=Validators(),
        fetched_at=at,
    )


def packed(body: bytes = HTML, *, at: datetime = NOON) -> Fetched:
    """Give an answer that came with redirects, in chunks, packed, and with a session's cookie."""
    return answer(
        gzip.compress(body, mtime=0),
        (b"Content-Type", b"text/html; charset=utf-8"),
        (b"Content-Encoding", b"gzip"),
        (b"Transfer-Encoding", b"chunked"),
        (b"Set-Cookie", b"session=hunter2; Secure"),
        (b"X-Desk", "Überblick".encode()),
        url="https://orontes-post.example/rain",
        at=at,
        way=WAY,
    )


def kept(folder: Path, *answers: Fetched) -> tuple[Record, ...]:
    opened = Archive(folder, software=SOFTWARE)
    return tuple(map(opened.keep, answers))


def reasons(folder: Path, records: tuple[Record, ...]) -> list[str]:
    """Say what is wrong in the files of these records and of the folder."""
    files = sorted({record.file for record in records} | set(names(folder)))
    checked = [verify(folder, name, [record for record in records if record.file == name]) for name in files]
    return [fault.reason for one in checked for fault in one.faults]


def warcio(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Type a command of the tool that many archives check their files with."""
    return subprocess.run([sys.executable, "-m", "warcio.cli", *words], capture_output=True, text=True, check=False, timeout=60)


def assert_others_read_it(path: Path) -> list[str]:
    """Check a file with other tools; gives its records' kinds."""
    checked = warcio("check", "-v", path)
    assert checked.returncode == 0, checked.stdout
    assert "failed" not in checked.stdout
    with path.open("rb") as file:
        kinds = [record.rec_type for record in ArchiveIterator(file, check_digests="raise")]
    assert checked.stdout.count("digest pass") == len(kinds)
    assert gzip.decompress(path.read_bytes()).count(b"WARC/1.1\r\n") == len(kinds)
    return kinds
