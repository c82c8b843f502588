"""A database, or its folder, that may not be read or written: what is said is whose it is, and never that it is damaged."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from desks import configured, plain_user, typed
from golden import unpacked

from monitor.errors import NoPermissionError, StoreError
from monitor.model import Config
from monitor.store import DATABASE, Store, copy, survey
from monitor.store.connect import in_our_words
from monitor.store.copying import found
from monitor.store.migrating import newest_shape

OUTLET = '[outlets]\na = "https://orontes-post.example/feed.xml"\n'


@contextmanager
def _folder_of_another() -> Iterator[Path]:
    """Give a folder that may be read and not written; root may write everywhere, so root becomes nobody meanwhile."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = unpacked(newest_shape(), folder)
        Store(path).close()
        path.with_name(f"{path.name}.lock").unlink()
        path.chmod(0o444)
        folder.chmod(0o555)
        if os.geteuid() == 0:
            os.seteuid(65534)
        try:
            yield folder
        finally:
            if os.getuid() == 0:
                os.seteuid(0)
            folder.chmod(0o755)


def test_l08_a_database_that_may_not_be_written_is_named_with_its_owner() -> None:
    with _folder_of_another() as folder:
        with pytest.raises(NoPermissionError, match=rf"{folder} belongs to \w+, mode 555, and this is \w+"):
            Store(folder / DATABASE)
        if os.getuid() == 0:
            os.seteuid(0)
            folder.chmod(0o777)
            os.seteuid(65534)
            with pytest.raises(NoPermissionError, match=rf"{DATABASE} belongs to root, mode 444, and this is \w+"):
                Store(folder / DATABASE)


@contextmanager
def _closed_state(*, left: tuple[str, ...]) -> Iterator[Config]:
    """Give a desk whose files are the user's own, and whose state folder is not; ``left``: endings of what a kill left there."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        config = configured(folder, OUTLET)
        path = Path(config.state) / DATABASE
        path.parent.mkdir()
        whole = unpacked(newest_shape(), folder)
        shutil.copy(whole, path)
        # once by whom it belongs to, which loads what another may not read
        typed(config, "db", "check")
        with contextlib.closing(sqlite3.connect(whole, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("UPDATE run SET seen_at = seen_at")
            for ending in left:
                shutil.copy(f"{whole}{ending}", f"{path}{ending}")
        shutil.copy(whole, path)
        for file in path.parent.iterdir():
            file.chmod(0o666)
        path.parent.chmod(0o555)
        try:
            with plain_user():
                yield config
        finally:
            path.parent.chmod(0o755)


@pytest.mark.parametrize("left", [(), ("-wal", "-shm")])
def test_l08_a_state_folder_that_may_not_be_written_is_named_and_no_damage(left: tuple[str, ...]) -> None:
    with _closed_state(left=left) as config:
        path = Path(config.state) / DATABASE
        owner = rf"{path.parent} belongs to \w+, mode 555, and this is \w+"
        with pytest.raises(NoPermissionError, match=owner):
            Store(path)
        checked, doubted = typed(config, "db", "check"), typed(config, "check")
        # beside what a kill left it can be read
        assert checked.returncode == (0 if left else 77)
        assert "damaged" not in checked.stdout + checked.stderr
        assert (bool(re.search(owner, checked.stderr)), bool(re.search(owner, doubted.stderr))) == (not left, True)
        assert (doubted.returncode, "`monitor run` is refused" in doubted.stderr) == (0, True)
        if not left:
            with pytest.raises(StoreError, match="cannot be checked now"):
                survey(path)
            with pytest.raises(NoPermissionError, match=owner):
                copy(path, Path(config.path).with_name("copy.db"))


MACHINE = (
    "READONLY",
    "READONLY_DBMOVED",
    "CANTOPEN",
    "IOERR",
    "IOERR_READ",
    "FULL",
    "BUSY",
    "LOCKED",
    "NOMEM",
    "PERM",
    "AUTH",
    "NOLFS",
)


@pytest.mark.parametrize("name", MACHINE)
def test_l08_trouble_of_this_machine_is_not_taken_for_a_damaged_database(tmp_path: Path, name: str) -> None:
    def fails(_: sqlite3.Connection) -> Iterator[str]:
        error = sqlite3.DatabaseError(f"SQLite says {name}")
        error.sqlite_errorcode = getattr(sqlite3, f"SQLITE_{name}")
        raise error
        yield ""

    path = unpacked(newest_shape(), tmp_path)
    with contextlib.closing(sqlite3.connect(path)) as db:
        with pytest.raises((NoPermissionError, StoreError), match=f"SQLite says {name}") as said, in_our_words(path):
            found(db, fails)
        with pytest.raises(StoreError, match=f"its copy cannot be checked now: SQLite says {name}"):
            copy(path, path.with_name("copy.db"), fails)
    assert "damaged" not in str(said.value)
