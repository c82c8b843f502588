"""`monitor db`: a database that is damaged, lost or too big is mended by typing what the error says."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desks import Desk, configured, typed, until
from fakes import rss
from golden import unpacked

from monitor.errors import RefusedError, StoreError
from monitor.model import Config
from monitor.store import DATABASE, Store, back_up, newest, restore
from monitor.store.migrating import newest_shape

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OUTLET = '[outlets]\na = "https://orontes-post.example/feed.xml"\n'


@pytest.fixture
def filled(tmp_path: Path) -> Config:
    """Make a desk with two items, and a backup of them."""
    config = configured(tmp_path, OUTLET)
    Path(config.state).mkdir()
    unpacked(newest_shape(), Path(config.state))
    back_up(database(config), NOON.date())
    return config


def database(config: Config) -> Path:
    return Path(config.state) / DATABASE


def items(path: Path) -> int:
    db = sqlite3.connect(path)
    try:
        return int(db.execute("SELECT count(*) FROM item").fetchone()[0])
    finally:
        db.close()


def _zero_header(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(bytes(100))


def _garble(path: Path) -> None:
    """Write over a page that holds articles, which nothing reads at a start."""
    db = sqlite3.connect(path)
    page, size = db.execute("SELECT rootpage, page_size FROM sqlite_schema, pragma_page_size WHERE name = 'article'").fetchone()
    db.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\x5a" * size)


def _flip(path: Path) -> None:
    """Let the first cell of a page of the table of items lie beyond its page."""
    db = sqlite3.connect(path)
    page, size = db.execute("SELECT rootpage, page_size FROM sqlite_schema, pragma_page_size WHERE name = 'item'").fetchone()
    db.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size + 8)
        file.write(b"\xff\xfe")


def _truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2 // 4096 * 4096)


def _empty(path: Path) -> None:
    os.truncate(path, 0)


def _lose(path: Path) -> None:
    path.with_name(f"{path.name}-wal").write_bytes(b"what was written last")
    path.unlink()


@pytest.mark.parametrize("damage", [_zero_header, _garble, _flip, _truncate, _empty, _lose])
def test_l07_a_damaged_database_is_refused_with_the_command_that_mends_it(filled: Config, damage: Callable[[Path], None]) -> None:
    path, backup = database(filled), newest(database(filled))
    damage(path)
    before = path.read_bytes() if path.exists() else None
    with pytest.raises(RefusedError) as refused:
        Store(path)
    command = f"monitor db restore {backup}"
    assert f"`{command}`" in str(refused.value)
    assert before == (path.read_bytes() if path.exists() else None)
    if before:
        checked = typed(filled, "db", "check")
        assert (checked.returncode in (1, 78), f"`{command}`" in checked.stderr) == (True, True)
    assert typed(filled, *command.split()[1:]).returncode == 0
    assert items(path) == 2
    Store(path).close()
    assert typed(filled, "db", "check", "--json").returncode == 0


def _foreign_log(folder: Path) -> bytes:
    """Give the log of another database, whole in itself."""
    with contextlib.closing(sqlite3.connect(folder / "other.db", isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE theirs (a)")
        return (folder / "other.db-wal").read_bytes()


def test_l07_a_log_that_is_not_its_own_is_not_taken_over(filled: Config, tmp_path: Path) -> None:
    path = database(filled)
    log, before = path.with_name(f"{path.name}-wal"), path.read_bytes()
    log.write_bytes(_foreign_log(tmp_path))
    with pytest.raises(RefusedError):
        Store(path)
    assert path.read_bytes() == before
    log.write_bytes(b"no log at all")
    Store(path).close()
    assert items(path) == 2


@pytest.mark.parametrize(("damage", "following"), [(None, 5), (_zero_header, 1_000_003)])
def test_an_item_that_comes_after_a_restore_has_an_id_that_no_alert_named_before(
    filled: Config, damage: Callable[[Path], None] | None, following: int
) -> None:
    path = database(filled)
    with sqlite3.connect(path) as db:
        # two more items, since deleted
        db.execute("UPDATE sqlite_sequence SET seq = 4 WHERE name = 'item'")
    db.close()
    if damage:
        damage(path)
    kept = {restore(path, newest(path) or Path(), NOON) for _ in range(2)}
    assert [one.exists() for one in kept if one] == [True, True]
    with sqlite3.connect(path) as db:
        db.execute("INSERT INTO item SELECT NULL, " + ", ".join(_columns(db)[1:]) + " FROM item WHERE id = 1")
        assert db.execute("SELECT max(id) FROM item").fetchone() == (following,)
    db.close()


def _columns(db: sqlite3.Connection) -> list[str]:
    return [name for (name,) in db.execute("SELECT name FROM pragma_table_info('item') ORDER BY cid")]


def test_l23_what_is_no_whole_database_of_the_monitor_does_not_take_its_place(filled: Config, tmp_path: Path) -> None:
    path, other = database(filled), tmp_path / "other.db"
    other.write_text("notes")
    assert "is no database of the monitor" in typed(filled, "db", "restore", str(other)).stderr
    shutil.copy(path, other)
    with sqlite3.connect(other) as db:
        db.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('monitor', 'm999_later', '2030')")
    db.close()
    refused = typed(filled, "db", "restore", str(other))
    assert (refused.returncode, "newer version" in refused.stderr) == (78, True)
    shutil.copy(path, other)
    with sqlite3.connect(other) as db:
        db.execute("CREATE TRIGGER gone AFTER INSERT ON item BEGIN DELETE FROM item; END")
    db.close()
    assert typed(filled, "db", "restore", str(other)).returncode == 78
    shutil.copy(path, other)
    _garble(other)
    assert typed(filled, "db", "restore", str(other)).returncode == 1
    assert typed(filled, "db", "restore", str(path)).returncode == 1
    assert typed(filled, "db", "restore", str(tmp_path / "nothing.db")).returncode == 1
    asked = typed(filled, "db", "restore")
    assert (asked.returncode, f"monitor db restore {newest(path)}" in asked.stderr) == (2, True)
    assert items(path) == 2
    assert [one.name for one in path.parent.glob("*.*-2026*")] == []


@pytest.mark.parametrize("step", range(1, 4))
def test_l01_l23_a_restore_that_is_killed_half_way_is_finished_by_the_next_start(
    filled: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    path = database(filled)
    # as after a kill: what was written last stands in the log alone
    working = sqlite3.connect(path, isolation_level=None)
    working.execute("PRAGMA wal_autocheckpoint = 0")
    working.execute("PRAGMA journal_mode = WAL")
    working.execute("UPDATE item SET title = 'written last'")
    for ending in ("", "-wal"):
        shutil.copy(f"{path}{ending}", tmp_path / f"kept.db{ending}")
    working.close()
    path.unlink()
    for ending in ("", "-wal"):
        shutil.move(tmp_path / f"kept.db{ending}", f"{path}{ending}")
    moves, move = iter(range(9)), Path.rename

    def killed(one: Path, to: Path) -> Path:
        if next(moves) == step:
            raise InterruptedError
        return move(one, to)

    with monkeypatch.context() as dying:
        dying.setattr(Path, "rename", killed)
        with pytest.raises(InterruptedError):
            restore(path, newest(path) or Path(), NOON)
    Store(path).close()
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT count(*) FROM item WHERE title = 'written last'").fetchone() == (0,)
    db.close()
    with sqlite3.connect(path.with_name(f"{DATABASE}.before-2026-11-23T120000Z")) as db:
        assert db.execute("SELECT count(*) FROM item WHERE title = 'written last'").fetchone() == (2,)
    db.close()
    assert list(path.parent.glob("*restored*")) == []


@pytest.mark.parametrize("step", range(1, 3))
def test_a_restore_after_one_that_was_killed_is_the_one_that_stays(
    filled: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    path, wanted = database(filled), tmp_path / "wanted.db"
    shutil.copy(newest(path) or Path(), wanted)
    with sqlite3.connect(wanted) as db:
        db.execute("UPDATE item SET title = 'wanted'")
    db.close()
    moves, move = iter(range(9)), Path.rename

    def killed(one: Path, to: Path) -> Path:
        if next(moves) == step:
            raise InterruptedError
        return move(one, to)

    with monkeypatch.context() as dying:
        dying.setattr(Path, "rename", killed)
        with pytest.raises(InterruptedError):
            restore(path, newest(path) or Path(), NOON)
    restore(path, wanted, NOON + timedelta(minutes=5))
    Store(path).close()
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT count(*) FROM item WHERE title <> 'wanted'").fetchone() == (0,)
    db.close()
    assert items(path.with_name(f"{DATABASE}.before-2026-11-23T120000Z")) == 2


def test_tidying_gives_room_back_and_leaves_what_is_kept(filled: Config) -> None:
    path = database(filled)
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE ballast (a)")
        db.execute("INSERT INTO ballast VALUES (zeroblob(2000000))")
        db.execute("DROP TABLE ballast")
        db.execute("UPDATE item SET seen_at = 1 WHERE id = 1")
    db.close()
    done = typed(filled, "db", "tidy")
    assert (done.returncode, "1 items, 0 evidence files" in done.stdout) == (0, True)
    assert path.stat().st_size < 1_500_000
    assert items(path) == 1
    assert {one.name for one in path.parent.iterdir()} == {DATABASE, f"{DATABASE}.lock", "backup"}
    assert "Whole: pages, indexes, links between rows; the index of words\n" in typed(filled, "db", "check").stdout


def test_an_index_of_words_that_lacks_words_is_found(filled: Config) -> None:
    with sqlite3.connect(database(filled)) as db:
        db.execute("UPDATE words_content SET c0 = 'something else'")
    db.close()
    checked = typed(filled, "db", "check")
    assert (checked.returncode, "the index of words: " in checked.stdout) == (1, True)
    with pytest.raises(StoreError, match="its copy is not whole: the index of words"):
        back_up(database(filled), datetime(2026, 11, 24, tzinfo=UTC).date())


def test_l23_beside_a_running_monitor_its_database_is_checked_copied_and_tidied_and_not_replaced(desk: Desk) -> None:
    desk.site.pages["/a.xml"] = rss(("Rain", f"{desk.site.url}/1", ""))
    desk.configure("a")
    desk.start()
    until(lambda: desk.ask("SELECT 1 FROM item"), desk)
    until((desk.state / "control.sock").exists, desk)
    copied = desk.folder / "copied.db"
    assert typed(desk, "db", "path").stdout == f"{desk.state / DATABASE}\n"
    checked = json.loads(desk.type("db", "check", "--json").stdout)
    assert (checked["whole"], checked["items"], checked["words_checked"]) == (True, 1, False)
    assert typed(desk, "db", "backup", str(copied)).returncode == 0
    assert (items(copied), copied.stat().st_mode & 0o777) == (1, 0o600)
    again = typed(desk, "db", "backup", str(copied))
    assert (again.returncode, "is not written over" in again.stderr) == (1, True)
    assert typed(desk, "db", "restore", str(copied)).returncode == 75
    tidied = typed(desk, "db", "tidy")
    assert (tidied.returncode, "0 items" in tidied.stdout) == (0, True)


def test_a_backup_is_put_back_by_its_bare_name_from_anywhere(
    filled: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    name = f"{NOON.date()}.db"
    with sqlite3.connect(database(filled)) as db:
        db.execute("DELETE FROM match")
    db.close()
    put_back = typed(filled, "db", "restore", name)
    assert put_back.returncode == 0
    assert f"is now what {database(filled).parent / 'backup' / name} was" in put_back.stdout
    # what stands in the folder one is in comes first
    (tmp_path / name).write_text("something else")
    assert typed(filled, "db", "restore", name).returncode == 78
    assert typed(filled, "db", "restore", "2001-01-01.db").returncode == 1
