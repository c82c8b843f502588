"""What the service manager is told."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from desks import Desk, typed
from fakes import Site

from monitor.cli import EXIT_CODES, units
from monitor.errors import MonitorError
from monitor.systemd import Supervisor

analyze = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")


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


def test_l22_a_service_manager_that_does_not_read_is_waited_for_by_nobody(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        supervisor = Supervisor(address=str(tmp_path / "notify"))
        told = [supervisor.tell("WATCHDOG=1") for _ in range(2_000)]
        assert (told[0], told[-1]) == (True, False)
        manager.recv(100)
        assert supervisor.tell("READY=1") is True


# ---- the units


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Give a program under a path that systemd would misread as it stands."""
    made = tmp_path / "the desk at 100%d $HOME" / "monitor"
    made.parent.mkdir()
    made.write_text("#!/bin/sh\n")
    made.chmod(0o755)
    return made


def analyzed(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path), "SYSTEMD_COLORS": "0"}
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False, env=environment)


@analyze
@pytest.mark.parametrize("kind", ["system", "user"])
def test_the_units_pass_systemds_own_check_as_shipped_and_with_any_path(kind: units.Kind, program: Path, tmp_path: Path) -> None:
    installed = units.Installed(program=(str(program),), config=program.parent / 'the "desk".toml', writable=(program.parent,))
    plain = tmp_path / "plain"
    plain.write_text("#!/bin/sh\n")
    plain.chmod(0o755)
    unit = tmp_path / "monitor.service"
    for text in (units.shipped(kind).replace("/opt/monitor/bin/monitor", str(plain)), units.unit(kind, installed)):
        unit.write_text(text)
        done = analyzed(tmp_path, f"--{kind}", "verify", str(unit))
        assert (done.returncode, done.stderr) == (0, "")
    unit.write_text(unit.read_text().replace("Type=notify", "Type=notify-relaod"))
    assert analyzed(tmp_path, f"--{kind}", "verify", str(unit)).stderr != ""


def test_a_path_that_no_unit_can_hold_is_refused(tmp_path: Path) -> None:
    for name in ('the "desk"', "a line\nand another"):
        with pytest.raises(MonitorError, match="move it"):
            units.unit("system", units.Installed(program=(str(tmp_path / name),), config=tmp_path))


@analyze
def test_the_system_unit_is_walled_in(tmp_path: Path) -> None:
    unit = tmp_path / "monitor.service"
    unit.write_text(units.shipped("system"))
    assert analyzed(tmp_path, "security", "--offline=true", "--threshold=15", str(unit)).returncode == 0
    unit.write_text(re.sub(r"(?m)^(Protect|Private|System|Restrict)\w+=.*$", "", unit.read_text()))
    assert analyzed(tmp_path, "security", "--offline=true", "--threshold=15", str(unit)).returncode == 1


@pytest.mark.parametrize("kind", ["system", "user"])
def test_a_monitor_that_another_start_can_help_is_started_again_and_no_other(kind: units.Kind) -> None:
    hopeless = re.search(r"(?m)^RestartPreventExitStatus=(.*)$", units.shipped(kind))
    assert hopeless
    codes = set(map(int, hopeless[1].split()))
    # another instance ends some day
    assert codes == {code for _, code in EXIT_CODES} - {75}


@pytest.mark.parametrize("kind", ["system", "user"])
def test_l24_one_that_hangs_shows_where_and_runs_again_within_100_s(kind: units.Kind) -> None:
    said = dict(line.split("=", 1) for line in units.shipped(kind).splitlines() if re.match(r"[A-Z]\w+=", line))
    assert "PYTHONFAULTHANDLER=1" in said["Environment"].split()
    assert (said["Type"], said["Restart"]) == ("notify", "on-failure")
    assert int(said["WatchdogSec"]) + int(said["RestartSec"]) <= 100


# ---- monitor service


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    # a machine with systemd
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "systemctl").symlink_to("/bin/true")
    monkeypatch.setenv("PATH", str(tools), prepend=":")
    return tmp_path


@pytest.fixture
def desk_at_home(home: Path) -> Desk:
    desk = Desk(home, Site())
    desk.configure("a")
    return desk


def test_a_unit_of_ones_own_starts_this_installation_with_this_config(desk_at_home: Desk) -> None:
    done = typed(desk_at_home, "service", "install", "--user")
    unit = desk_at_home.folder / ".config" / "systemd" / "user" / "monitor.service"
    assert done.returncode == 0
    assert f"Wrote {unit}." in done.stdout
    assert "systemctl --user enable --now monitor" in done.stdout
    assert "loginctl enable-linger" in done.stdout
    started = re.search(r"(?m)^ExecStart=(.*)$", unit.read_text())
    assert started
    assert started[1] == f"{' '.join(units.this_program())} run --config {desk_at_home.config}"
    assert "as it would be written" in typed(desk_at_home, "service", "install", "--user").stdout


def test_a_unit_that_somebody_edited_stays_and_one_of_an_older_install_does_not(desk_at_home: Desk) -> None:
    typed(desk_at_home, "service", "install", "--user")
    unit = desk_at_home.folder / ".config" / "systemd" / "user" / "monitor.service"
    edited = unit.read_text().replace("RestartSec=10", "RestartSec=99")
    unit.write_text(edited)
    done = typed(desk_at_home, "service", "install", "--user")
    assert (done.returncode, unit.read_text()) == (1, edited)
    assert "-RestartSec=99" in done.stderr
    assert "+RestartSec=10" in done.stderr
    assert "systemctl --user edit monitor" in done.stderr
    unit.write_text(units.unit("user", units.Installed(program=("/opt/old/bin/monitor",), config=desk_at_home.config)))
    assert "in place of the one of an earlier install" in typed(desk_at_home, "service", "install", "--user").stdout
    assert "/opt/old" not in unit.read_text()


def test_the_systems_unit_is_for_root_and_for_what_the_service_can_see(
    desk_at_home: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    refused = typed(desk_at_home, "service", "install")
    assert (refused.returncode, refused.stderr) == (
        77,
        "/etc/systemd/system/monitor.service: only root may write it. Run this as root, or with --user\n",
    )
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    # the tests' folder is a temporary one
    hidden = typed(desk_at_home, "service", "install")
    assert hidden.returncode == 1
    assert "the system's service cannot see it" in hidden.stderr
    desk_at_home.config.write_text(desk_at_home.config.read_text().partition("\n")[2])
    assert 'Write state = "/var/lib/monitor" into it' in typed(desk_at_home, "service", "install").stderr


def test_where_no_systemd_is_it_says_so(desk_at_home: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    done = typed(desk_at_home, "service", "install", "--user")
    assert done.returncode == 1
    assert done.stderr.startswith("no systemd on this machine")


def test_a_reload_where_nothing_runs_says_so(desk_at_home: Desk) -> None:
    done = typed(desk_at_home, "service", "reload")
    assert (done.returncode, done.stderr) == (
        1,
        f"no monitor runs on {desk_at_home.state}; `monitor run` starts one\n",
    )
