"""A disk on which every sync takes its time (L25): what is polled is late and not lost, and nothing looks like a hang."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from desks import Desk, until
from fakes import rss
from test_pulse import Manager

from monitor.store import DATABASE, Store

SHIM = Path(__file__).with_name("slow_disk.c")
SLOW = 0.3
"""Seconds: against the test's watchdog what five are against the unit's, and more."""
WATCHDOG = 2.5


@pytest.fixture
def slow(tmp_path: Path) -> dict[str, str]:
    """Give the environment of a process whose disk is slow."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler here to make a slow disk with")
    built = tmp_path / "slow_disk.so"
    made = subprocess.run([compiler, "-shared", "-fPIC", "-o", built, SHIM, "-ldl"], capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"the slow disk could not be compiled here: {made.stderr[:200]}")
    return {"LD_PRELOAD": str(built), "SLOW_DISK": str(int(SLOW * 1000))}


def test_l25_on_a_slow_disk_polls_are_late_and_not_lost_and_nothing_is_taken_for_hung(desk: Desk, slow: dict[str, str]) -> None:
    names = ("a", "b")
    for name in names:
        desk.site.pages[f"/{name}.xml"] = rss((f"Idlib, of {name}", f"mailto:1@{name}.example", ""), title=name)
    desk.configure(*names)
    desk.state.mkdir()
    Store(desk.state / DATABASE).close()
    manager = Manager(f"@monitor-slow-{os.getpid()}")
    watchdog = {"WATCHDOG_USEC": str(int(WATCHDOG * 1e6)), "PYTHONASYNCIODEBUG": "1"}
    process = manager.starts(desk, "nothing", **slow, **watchdog)
    manager.awaits("READY=1")
    until(lambda: len(desk.site.told) == len(names), desk)
    assert len(set(desk.site.told)) == len(names)
    assert desk.ask("SELECT sum(failures) FROM feed") == [(0,)]
    manager.awaits("WATCHDOG=1")
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    manager.socket.close()
    assert desk.ask("SELECT stopped_at IS NOT NULL FROM run") == [(1,)]
    assert "No sign of life" not in desk.log
    # the loop itself waited for none of them (a busy machine may hold it now and then)
    held = [float(seconds) for seconds in re.findall(r"took ([0-9.]+) seconds", desk.log)]
    assert sum(seconds >= SLOW for seconds in held) < 3
