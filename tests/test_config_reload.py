"""A reload while outlets are asked: what is under way is stored by the watches in force when it ends, and nothing twice."""

from __future__ import annotations

import asyncio
import importlib.util
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from desks import Desk, configured, outlet, rows, until
from fakes import Site, rss

from monitor.config import load
from monitor.daemon import Daemon

BENCH = Path(__file__).parent.parent / "bench"


class Slow(dict[str, bytes | int]):
    """Pages, of which one is given only once it is let go."""

    def __init__(self, slow: str) -> None:
        super().__init__()
        self.slow, self.asked, self.go = slow, threading.Event(), threading.Event()

    def get(self, path: str, default: int = 404) -> bytes | int:  # type: ignore[override]
        if path == self.slow:
            self.asked.set()
            assert self.go.wait(30)
        return super().get(path, default)


async def test_l04_a_poll_under_way_during_a_reload_is_stored_and_asked_by_the_new_watches(tmp_path: Path, site: Site) -> None:
    site.pages = slow = Slow("/feed.xml")
    slow["/feed.xml"] = rss(("Rain near Idlib", f"{site.url}/1", "Tents."), ("Snow in Harim", f"{site.url}/2", "Roads."))
    text = outlet(site, more='[alerts]\ngroup_wait = "0s"\n').replace('lang = "en"', "full_text = false")
    more = f'vestnik = {{ feed = "{site.url}/vestnik.xml", private = true, paused = true }}\n[watches]\nharim = ["Harim"]\n'
    old = configured(tmp_path, text)
    with site.serving():
        async with Daemon(
            old, load=lambda: configured(tmp_path, text.replace("[watches]\n", more)), say=lambda _: None
        ) as daemon:
            await daemon.rounds.tick()
            assert await asyncio.to_thread(slow.asked.wait, 30)
            reply = await daemon.reload()
            assert reply.ok, reply.says
            slow.go.set()
            await asyncio.gather(*daemon.rounds.polling.values())
            assert rows(old, "SELECT title FROM item ORDER BY title") == [("Rain near Idlib",), ("Snow in Harim",)]
            await daemon.once()
    assert rows(old, "SELECT count(*) FROM poll WHERE reason IS NOT NULL") == [(0,)]
    found = rows(old, "SELECT DISTINCT watch_id FROM alert ORDER BY watch_id")
    assert found == [("harim",), ("idlib",)]
    assert len(site.told) == len(set(site.told)) == 2


async def test_a_reload_warns_of_what_it_brought_and_not_again_of_what_only_moved(
    tmp_path: Path, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    first = outlet(site).replace("[watches]\n", '[watches]\nboth = ["Idl*"]\n')
    old = configured(tmp_path, first)
    async with Daemon(
        old,
        load=lambda: configured(tmp_path, "# moved\n" + first.replace("[watches]\n", '[watches]\nbare = ["AND"]\n')),
        say=lambda _: None,
    ) as daemon:
        caplog.clear()
        assert (await daemon.reload()).ok
    warned = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert len(warned) == 1
    assert " watches.bare: " in warned[0]
    assert old.warnings


async def test_l04_a_file_that_an_editor_has_emptied_and_not_yet_written_changes_nothing(tmp_path: Path, site: Site) -> None:
    old = configured(tmp_path, outlet(site))
    async with Daemon(old, load=lambda: configured(tmp_path, ""), say=lambda _: None) as daemon:
        reply = await daemon.reload()
        assert not reply.ok
        assert reply.says == f"{old.path}: lists no outlet and no watch, as a file that is half written"
        assert daemon.config is old
    assert rows(old, "SELECT config_fault IS NOT NULL, (SELECT count(*) FROM outlet WHERE is_listed) FROM run") == [(1, 1)]


def test_the_bench_measures_configs_that_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    bench = _module(BENCH / "config.py")
    for first in (0, bench.MOVED):
        (tmp_path / "config.toml").write_text(bench.written(300, state=tmp_path / "state", first=first))
        read = load(tmp_path / "config.toml", environ={}, home=tmp_path)
        assert (len(read.outlets), len(read.watches), read.warnings) == (300, bench.WATCHES + 1, ())


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"bench_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.long
def test_l04_a_hundred_reloads_during_polls_lose_nothing_and_tell_nothing_twice(desk: Desk) -> None:
    names = [f"o{number}" for number in range(20)]
    for name in names:
        items = [(f"Idlib {name} {number}", f"{desk.site.url}/{name}/{number}", "") for number in range(5)]
        desk.site.pages[f"/{name}.xml"] = rss(*items)
    desk.configure(*names)
    good = desk.config.read_text()
    process = desk.start()
    until((desk.state / "control.sock").exists, desk)
    broken: list[Callable[[], object]] = [
        lambda: desk.config.write_text(good + "titel = 'x'"),
        lambda: desk.config.write_text(good[: len(good) // 2] + '"'),
        lambda: desk.config.write_bytes(b"\xff\xfe"),
        desk.config.unlink,
    ]
    for turn in range(100):
        if turn % 5 == 4:
            broken[turn // 5 % len(broken)]()
        else:
            desk.config.write_text(good.replace('group_wait = "1s"', f'group_wait = "{turn % 3}s"'))
        process.send_signal(signal.SIGHUP)
        if turn % 10 == 0:
            desk.hasten()
    desk.config.write_text(good)
    process.send_signal(signal.SIGHUP)
    until(lambda: len(set(desk.site.told)) == 100, desk)
    until(lambda: desk.ask("SELECT config_fault IS NULL FROM run") == [(1,)], desk)
    assert process.poll() is None
    assert desk.ask("SELECT count(*), count(DISTINCT link) FROM item") == [(100, 100)]
    assert len(desk.site.told) == 100
