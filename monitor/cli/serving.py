"""`monitor service`: the unit that runs this installation as a service, and the reload that the unit asks for."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import sys
from pathlib import Path
from shlex import quote
from typing import Final

import click

from monitor import control
from monitor.cli import units
from monitor.cli.finding import config_option, find, read
from monitor.config import state_of
from monitor.config.places import SYSTEM_CONFIG, SYSTEM_STATE
from monitor.errors import ConfigError, MonitorError, NoPermissionError
from monitor.store import DATABASE, holder

SYSTEM_UNITS: Final = Path("/etc/systemd/system")
NAME: Final = "monitor.service"
USER: Final = "monitor"


@click.group()
def service() -> None:
    """Run the monitor as a service of systemd."""


@service.command()
@config_option
@click.option("--user", "is_users", is_flag=True, help="A service of your own, without root.")
def install(*, config: str | None, is_users: bool) -> None:
    """Write the unit for this installation, and say the next command."""
    if shutil.which("systemctl") is None:
        raise MonitorError("no systemd on this machine (there is no systemctl). Have `monitor run` started by what is there")
    path = find(config).absolute()
    if is_users:
        _install_for_user(path)
    else:
        _install_for_system(path)
    if not Path("/run/systemd/system").exists():
        click.echo("systemd does not run here now; the unit waits for it.", err=True)


@service.command("reload")
@config_option
def reload_(*, config: str | None) -> None:
    """Have the running monitor reread config.toml. It answers what became of it."""
    state = state_of(find(config), environ=os.environ, home=Path.home())
    reply = control.ask(state, "reload")
    if reply is None:
        _tell_by_signal(state)
    elif not reply.ok:
        raise ConfigError(reply.says)
    else:
        click.echo(reply.says)


def _tell_by_signal(state: Path) -> None:
    pid = holder(state / DATABASE)
    if pid is None:
        raise MonitorError(f"no monitor runs on {state}; `monitor run` starts one")
    os.kill(pid, signal.SIGHUP)
    click.echo("The running monitor was told to; its log says what became of it")


# ---------------------------------------------------------------------------------------------------------------- install


def _install_for_user(path: Path) -> None:
    base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    wanted = units.unit("user", units.Installed(program=units.this_program(), config=path))
    _write(base / "systemd" / "user" / NAME, wanted, "user")
    _name_faults(path)
    click.echo("  systemctl --user daemon-reload")
    click.echo("  systemctl --user enable --now monitor")
    click.echo("  loginctl enable-linger             it runs while you are not logged in, too")
    click.echo("  journalctl --user -u monitor -f    its log")


def _install_for_system(path: Path) -> None:
    if os.geteuid() != 0:
        raise NoPermissionError(f"{SYSTEM_UNITS / NAME}: only root may write it. Run this as root, or with --user")
    state = state_of(path, environ={"STATE_DIRECTORY": str(SYSTEM_STATE)}, home=Path.home())
    if state != state_of(path, environ={}, home=Path.home()):
        raise ConfigError(
            f"{path}: the service would keep its state in {state}, and what you type would look elsewhere."
            f' Write state = "{state}" into it, or keep it in {SYSTEM_CONFIG}'
        )
    beside = tuple(one for one in dict.fromkeys((state, *_digest_folder(path))) if not _is_in_state(one, state))
    program = units.this_program()
    if hidden := units.closed((Path(program[0]), Path(sys.executable).resolve(), path, *beside)):
        raise MonitorError(
            f"{hidden}: the system's service cannot see it: homes and temporary folders are closed to it."
            " Install into /opt/monitor, with a Python of the system, and keep the config in /etc/monitor; or use --user"
        )
    installed = units.Installed(program=program, config=path, writable=beside)
    _write(SYSTEM_UNITS / NAME, units.unit("system", installed), "system")
    _name_faults(path)
    for line in (*_for_the_user(path, beside), "systemctl daemon-reload", "systemctl enable --now monitor"):
        click.echo(f"  {line}")
    click.echo("  journalctl -u monitor -f           its log")


def _is_in_state(folder: Path, state: Path) -> bool:
    return folder.is_relative_to(SYSTEM_STATE) or (folder != state and folder.is_relative_to(state))


def _digest_folder(path: Path) -> tuple[Path, ...]:
    try:
        return (Path(read(path).digest.directory),)
    except MonitorError:
        # its faults are named later on
        return ()


def _for_the_user(path: Path, beside: tuple[Path, ...]) -> list[str]:
    """Say what is still to be done so that the service's own user is there, and may read and write."""
    lines = [f"useradd --system --home-dir {SYSTEM_STATE} --shell /usr/sbin/nologin {USER}"] if _group_id() is None else []
    status = path.stat()
    if not (status.st_mode & 0o004 or (status.st_mode & 0o040 and status.st_gid == _group_id())):
        lines.append(f"chgrp {USER} {quote(str(path))} && chmod 0640 {quote(str(path))}")
    return lines + [f"install -d -m 0700 -o {USER} -g {USER} {quote(str(folder))}" for folder in beside if not folder.exists()]


def _group_id() -> int | None:
    try:
        return pwd.getpwnam(USER).pw_gid
    except KeyError:
        return None


def _name_faults(path: Path) -> None:
    try:
        read(path)
    except MonitorError as error:
        click.echo(f"As this shell reads it, config.toml has faults (a secret may be the service's alone):\n{error}", err=True)
    click.echo("Next:")


def _write(place: Path, wanted: str, kind: units.Kind) -> None:
    """Put a unit in its place. Raises MonitorError where somebody's own work stands there, NoPermissionError."""
    try:
        stands = place.read_text(encoding="utf-8", errors="replace") if place.exists() else None
        if stands == wanted:
            click.echo(f"{place} is there already, as it would be written.")
            return
        if stands is not None and units.is_edited(stands, kind):
            edit = f"systemctl {'--user ' if kind == 'user' else ''}edit monitor"
            raise MonitorError(
                f"{place} was edited, and stays as it is:\n{units.difference(stands, wanted)}\n"
                f"Put what is yours into a drop-in (`{edit}`), take the file away, and install again"
            )
        place.parent.mkdir(parents=True, exist_ok=True)
        unfinished = place.with_name(f".{NAME}.new")
        unfinished.write_text(wanted, encoding="utf-8")
        unfinished.chmod(0o644)
        unfinished.replace(place)
    except OSError as error:
        raise NoPermissionError(f"{place}: cannot be written: {error.strerror}") from error
    click.echo(f"Wrote {place}{' in place of the one of an earlier install' if stands else ''}.")
