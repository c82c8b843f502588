"""Command line, environment and home → where config.toml and the state directory are. Looks at the disk, changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from monitor.errors import ConfigError, NoPermissionError

SYSTEM_CONFIG = Path("/etc/monitor/config.toml")
SYSTEM_STATE = Path("/var/lib/monitor")


def locate(explicit: str | None, *, environ: Mapping[str, str], cwd: Path, home: Path) -> Path | None:
    """Find config.toml: ``-c``, $MONITOR_CONFIG, ./config.toml, ~/.config/monitor/config.toml, /etc/monitor/config.toml.

    A relative path stays as it was given, and is meant from ``cwd``. None: there is none. Raises ConfigError where the path of
    ``-c`` or $MONITOR_CONFIG does not exist or is a folder, NoPermissionError where a folder may not be looked into.
    """
    for given, source in ((explicit, "-c"), (environ.get("MONITOR_CONFIG"), "$MONITOR_CONFIG")):
        if given and not _exists(cwd / given):
            raise ConfigError(f"{given}: there is no such file (from {source})")
        if given and (cwd / given).is_dir():
            raise ConfigError(f"{given}: is not a file")
        if given:
            return Path(given)
    places = (Path("config.toml"), home / ".config" / "monitor" / "config.toml", SYSTEM_CONFIG)
    return next((place for place in places if _exists(cwd / place)), None)


def state_directory(config: Path, configured: str | None, *, environ: Mapping[str, str], home: Path) -> Path:
    """Give the absolute state directory: the config's ``state``, $STATE_DIRECTORY, or one that follows from the config's place.

    ``configured`` is meant from the config's folder; ``~/`` is ``home``. The folder's symbolic links are followed and the file's
    own is not, so that each way to name a config leads to one state, and swapping the link keeps it.
    """
    place = whole_path(config)
    if configured:
        return from_folder(place, configured, home=home)
    # systemd gives several, parted by colons, where the unit asks for several
    if given := environ.get("STATE_DIRECTORY", "").split(":")[0]:
        return Path(given).absolute()
    if SYSTEM_CONFIG in {place, config.absolute()}:
        return SYSTEM_STATE
    return home / ".local" / "state" / "monitor" / hashlib.sha256(bytes(place)).hexdigest()[:12]


def whole_path(config: Path) -> Path:
    """Give the absolute path of a config, links of its folder followed, its own not."""
    return config.absolute().parent.resolve() / config.name


def from_folder(config: Path, written: str, *, home: Path) -> Path:
    """Give the absolute path of what is written in a config: ``~/`` is ``home``, relative is from the config's folder."""
    if written == "~" or written.startswith("~/"):
        return home / written[2:]
    return (config.parent / written).resolve()


def _exists(path: Path) -> bool:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except PermissionError as error:
        raise NoPermissionError(f"{path}: may not be read by this user") from error
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: is no path that can be read") from error
    return True
