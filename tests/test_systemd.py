"""What the service manager is told."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from monitor.systemd import Supervisor

UNIT = Path(__file__).parent.parent / "systemd" / "monitor.service"


def test_the_service_manager_hears_one_datagram(tmp_path: Path) -> None:
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(path))
        supervisor = Supervisor(address=str(path))
        supervisor.tell("READY=1", "STATUS=well")
        supervisor.reloading()
        assert manager.recv(100) == b"READY=1\nSTATUS=well"
        assert re.fullmatch(rb"RELOADING=1\nMONOTONIC_USEC=\d+", manager.recv(100))


def test_nothing_is_said_where_nobody_listens(tmp_path: Path) -> None:
    Supervisor().tell("READY=1")
    Supervisor(address=str(tmp_path / "nobody")).tell("READY=1")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_the_unit_passes_systemds_own_check(tmp_path: Path) -> None:
    program = tmp_path / "monitor"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / "monitor.service"
    unit.write_text(UNIT.read_text().replace("/opt/monitor/bin/monitor", str(program)))
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
