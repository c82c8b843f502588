"""A database of an older version is brought over whole, with a copy of before; one of a newer version is refused."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from golden import GOLDEN, unpacked
from sqlite_utils import Database, Migrations

from monitor.errors import RefusedError, StoreError
from monitor.store import Store, open_reader
from monitor.store import migrating as ours
from monitor.store.backups import of_shape
from monitor.store.schema import FIRST, migrations

NEWEST = ours.newest_shape()
LATER = """
import os, signal, sys
from pathlib import Path
from monitor.store import Store
from monitor.store.schema import migrations

@migrations()
def m999_later(db):
    db.conn.execute("ALTER TABLE outlet ADD COLUMN country TEXT")
    db.conn.execute("UPDATE outlet SET country = 'SY'")
    {fault}

path = Path({path!r})
try:
    store = Store(path)
except Exception as error:
    sys.exit(f"{{type(error).__name__}}: {{error}}")
print(store.migrated)
store.close()
"""
KILL = "os.kill(os.getpid(), signal.SIGKILL)"


def started(path: Path, *, fault: str = "") -> subprocess.Popen[str]:
    """Start a monitor of a later version, which knows one migration more."""
    program = LATER.format(fault=fault, path=str(path))
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def asked(path: Path, sql: str) -> list[tuple[object, ...]]:
    db = sqlite3.connect(path)
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    return unpacked(NEWEST, tmp_path)


def test_there_is_a_database_of_this_shape_as_it_is_made_today(tmp_path: Path) -> None:
    assert (GOLDEN / f"shape-{NEWEST}.db.gz").exists(), "the shape is new: `python tests/golden.py` writes its database"
    Store(tmp_path / "fresh.db").close()
    schema = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2"
    is_same = asked(unpacked(NEWEST, tmp_path), schema) == asked(tmp_path / "fresh.db", schema)
    assert is_same, (
        "a table was changed: that is another shape. Before the first release: SHAPE + 1, and `python tests/golden.py`"
    )


@pytest.mark.parametrize("shape", [int(path.name.split("-")[1].split(".")[0]) for path in GOLDEN.glob("shape-*.db.gz")])
def test_l22_a_database_of_every_released_shape_is_brought_over_and_keeps_its_items(tmp_path: Path, shape: int) -> None:
    path = unpacked(shape, tmp_path)
    store = Store(path)
    assert (store.migrated is None) == (shape == NEWEST)
    store.close()
    assert asked(path, "SELECT count(*) FROM item JOIN match ON item_id = item.id WHERE is_first") == [(2,)]
    assert asked(path, "PRAGMA foreign_key_check") == []
    assert asked(path, "SELECT count(*) FROM words WHERE words MATCH 'rain'") == [(2,)]


def test_l22_a_kill_in_a_migration_leaves_the_old_shape_and_the_next_start_brings_it_over(golden: Path) -> None:
    killed = started(golden, fault=KILL)
    assert killed.wait() == -signal.SIGKILL
    # the version from before goes on with it
    store = Store(golden)
    assert store.migrated is None
    store.close()
    # two at once: one brings it over, the other hears who does, or finds it done
    both = [started(golden), started(golden)]
    said = [one.communicate() for one in both]
    assert sorted(one.returncode for one in both) in ([0, 0], [0, 1])
    assert all("AlreadyRunningError" in err for one, (_, err) in zip(both, said, strict=True) if one.returncode)
    assert [out.startswith(f"Migrated(before={NEWEST}, now={NEWEST + 1}") for out, _ in said].count(True) == 1
    assert asked(golden, "SELECT DISTINCT country FROM outlet") == [("SY",)]
    copies = sorted((golden.parent / "backup").glob(f"shape-{NEWEST}-*.db"))
    assert 1 <= len(copies) <= 2
    assert asked(copies[-1], "SELECT count(*) FROM item") == [(2,)]
    # and back: the old version says which copy is its own
    with pytest.raises(RefusedError, match=f"its shape is {NEWEST + 1}, and this version knows {NEWEST} at most") as refused:
        Store(golden)
    assert f"monitor db restore {of_shape(golden, NEWEST)}`" in str(refused.value)
    with pytest.raises(RefusedError, match="newer version"):
        open_reader(golden)


def test_l22_a_step_that_fails_is_undone_and_says_where_the_copy_is(golden: Path) -> None:
    failed = started(golden, fault='db.conn.execute("SELECT 1 FROM nowhere")')
    _, said = failed.communicate()
    assert said.startswith(f"RefusedError: {golden}: could not be brought from shape {NEWEST} to {NEWEST + 1}: no such table")
    assert f"It stands in shape {NEWEST}; {of_shape(golden, NEWEST)} is as it was before" in said
    store = Store(golden)
    store.close()
    assert ("country",) not in asked(golden, "SELECT name FROM pragma_table_info('outlet')")


def test_without_a_copy_nothing_is_migrated_and_readers_say_what_brings_it_over(
    golden: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = Migrations(migrations.name)

    @later(name="m001_the_first_shape")
    def first(db: Database) -> None:
        for statement in FIRST:
            db.conn.execute(statement)

    @later()
    def m999_later(db: Database) -> None:
        db.conn.execute("ALTER TABLE outlet ADD COLUMN country TEXT")

    monkeypatch.setattr(ours, "migrations", later)
    with pytest.raises(RefusedError, match=f"its shape is {NEWEST}, not {NEWEST + 1}. `monitor run` brings it over"):
        open_reader(golden)

    def full(*_: object) -> Path:
        raise StoreError("too little room")

    monkeypatch.setattr(ours, "back_up_shape", full)
    with pytest.raises(RefusedError, match=r"no copy could be made before: too little room\. Nothing was changed"):
        Store(golden)
    assert ("country",) not in asked(golden, "SELECT name FROM pragma_table_info('outlet')")
