"""Somebody else's hostile files, none of which is kept here: thrown at the real daemon where a folder of them is named."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from thirdparty import cases, thrown


def test_a_file_is_served_once_and_as_its_ending_or_its_comment_says(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    for name in ("a.rss", "below/same.xml"):
        (tmp_path / name).write_bytes(b"<rss/>")
    said = b"<!--\nHeader: Status: 410\nHeader:   Content-type: text/plain; charset=x\nHeader: Location: http://a.example/\n-->"
    (tmp_path / "b.xml").write_bytes(said)
    (tmp_path / "c.unheard-of").write_bytes(b"\x00")
    assert [(case.path.name, case.status, case.headers) for case in cases(tmp_path)] == [
        ("a.rss", "200 as said", {"content_type": "application/rss+xml"}),
        ("b.xml", "410 as said", {"content_type": "text/plain; charset=x"}),
        ("c.unheard-of", "200 as said", {"content_type": "application/octet-stream"}),
    ]


@pytest.mark.long
def test_whatever_another_parser_is_tested_with_is_stored_or_ends_in_a_typed_error(tmp_path: Path) -> None:
    folder = os.environ.get("THIRDPARTY")
    if not folder:
        pytest.skip("THIRDPARTY names no folder with files, such as the unpacked source of a feed parser")
    sys.stdout.write(f"{thrown(Path(folder), tmp_path)}\n")
