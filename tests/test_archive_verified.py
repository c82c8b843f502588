"""Evidence files that were changed: no byte and no record that is not as it was written goes unnoticed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from answers import NOON, SOFTWARE, answer, assert_others_read_it, kept, packed

from monitor import archive
from monitor.archive import Archive, read, verify
from monitor.errors import ArchiveError
from monitor.model import Record


@pytest.fixture
def small(tmp_path: Path) -> tuple[Path, tuple[Record, ...]]:
    return tmp_path, kept(tmp_path, answer(), packed(), answer(b"The second page.", url="https://orontes-post.example/2"))


def changed(path: Path, content: bytes, records: tuple[Record, ...]) -> list[str]:
    path.write_bytes(content)
    return [fault.reason for fault in verify(path.parent, path.name, records).faults]


def each_of_its_bits(_at: int) -> tuple[int, ...]:
    return (1, 2, 4, 8, 16, 32, 64, 128, 255)


def one_of_its_bits(at: int) -> tuple[int, ...]:
    return (1 << at % 8,)


@pytest.mark.untraced
@pytest.mark.parametrize("masks", [one_of_its_bits, pytest.param(each_of_its_bits, marks=pytest.mark.long)])
def test_no_changed_byte_goes_unnoticed(small: tuple[Path, tuple[Record, ...]], masks: Callable[[int], tuple[int, ...]]) -> None:
    folder, records = small
    path = folder / records[0].file
    whole = path.read_bytes()
    for at in range(len(whole)):
        for mask in masks(at):
            content = bytearray(whole)
            content[at] ^= mask
            assert changed(path, content, records), f"byte {at} by {mask}"
            if mask == 255:
                # and where nothing is known of the file
                assert changed(path, content, ()), f"byte {at} by {mask}"
    assert changed(path, whole, records) == []


def test_the_place_of_a_changed_byte_is_named(small: tuple[Path, tuple[Record, ...]]) -> None:
    folder, records = small
    path = folder / records[1].file
    content = bytearray(path.read_bytes())
    content[records[1].start + 80] ^= 1
    path.write_bytes(content)
    (fault,) = verify(folder, path.name, records).faults
    assert (fault.file, fault.start, fault.record) == (path.name, records[1].start, records[1])
    assert fault.reason == "a byte was changed: the packed bytes have another digest"
    with pytest.raises(ArchiveError, match="a byte was changed"):
        read(folder, records[1])


@pytest.mark.untraced
def test_no_shortened_file_goes_unnoticed(small: tuple[Path, tuple[Record, ...]]) -> None:
    folder, records = small
    path = folder / records[0].file
    whole = path.read_bytes()
    for end in range(len(whole)):
        assert changed(path, whole[:end], records), end


def test_records_that_are_gone_or_moved_are_noticed(small: tuple[Path, tuple[Record, ...]]) -> None:
    folder, records = small
    path = folder / records[0].file
    whole = path.read_bytes()
    info = whole[: records[0].start]
    first, second, third = (whole[one.start : one.start + one.length] for one in records)
    hops = whole[records[1].start + records[1].length : records[2].start]
    assert info + first + second + hops + third == whole
    for content in (
        info + second + hops + third,
        info + first + third,
        info + first + second + third,
        info + first + second + hops,
        info + second + hops + first + third,
        info + first + hops + second + third,
        info + first + second + hops + third + first,
        first + second + hops + third,
        info + info + first + second + hops + third,
        whole + b"more",
        b"",
    ):
        assert changed(path, content, records)


def test_answers_that_the_database_does_not_know_are_counted(small: tuple[Path, tuple[Record, ...]]) -> None:
    folder, records = small
    found = verify(folder, records[0].file, records[:1])
    assert (found.records, found.strays, found.faults) == (1, 2, ())


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (lambda one: replace(one, url="https://orontes-post.example/other"), "its address is"),
        (lambda one: replace(one, fetched_at=NOON + timedelta(seconds=1)), "its time is"),
        (lambda one: replace(one, status=201), "its status is"),
        (lambda one: replace(one, digest="sha256:00"), "its digest of the body is"),
        (lambda one: replace(one, length=one.length + 1), "its length is"),
        (lambda one: replace(one, way=()), "its way is"),
        (lambda one: replace(one, way=one.way[:1]), "its redirects are not"),
        (lambda one: replace(one, start=one.start + 1), "no record begins here"),
        (lambda one: replace(one, start=0), "another record stands here"),
    ],
)
def test_what_the_database_says_otherwise_is_named(
    small: tuple[Path, tuple[Record, ...]], other: Callable[[Record], Record], reason: str
) -> None:
    folder, records = small
    (found,) = verify(folder, records[1].file, (records[0], other(records[1]), records[2])).faults
    assert found.reason.startswith(reason)
    with pytest.raises(ArchiveError):
        read(folder, other(records[1]))


def test_a_record_of_another_file_and_a_missing_file_are_noticed(tmp_path: Path) -> None:
    records = kept(tmp_path, answer(), answer(at=NOON + timedelta(days=1)))
    first, second = (tmp_path / record.file for record in records)
    assert changed(second, second.read_bytes() + first.read_bytes()[records[0].start :], records[1:]) == [
        "a record of another file"
    ]
    first.rename(tmp_path / "monitor-20261125-002.warc.gz")
    assert verify(tmp_path, first.name, records[:1]).faults[0].reason == "the file is missing"
    assert verify(tmp_path, "monitor-20261125-002.warc.gz", ()).faults[0].reason == (
        "the file does not begin with its own first record"
    )


def test_a_file_is_verified_while_it_is_written_to(tmp_path: Path) -> None:
    opened = Archive(tmp_path, software=SOFTWARE)
    records = [opened.keep(packed())]
    done = threading.Event()

    def go_on() -> None:
        while not done.is_set():
            opened.keep(packed(os.urandom(30_000)))

    writer = threading.Thread(target=go_on)
    writer.start()
    try:
        assert all(not verify(tmp_path, records[0].file, records).faults for _ in range(20))
    finally:
        done.set()
        writer.join()


def test_the_members_of_an_answer_can_be_copied(small: tuple[Path, tuple[Record, ...]], tmp_path: Path) -> None:
    folder, records = small
    copy = tmp_path / "copy.warc.gz"
    copy.write_bytes(archive.opening(folder, records[1].file) + archive.packed(folder, records[1]))
    assert assert_others_read_it(copy) == ["warcinfo", "response", "metadata"]
