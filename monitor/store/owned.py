"""A path that may not be read or written → whose it is, and who asks: what a person needs to mend it."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

from monitor.errors import NoPermissionError


def is_there(path: Path) -> bool:
    """Say whether there is such a file. Raises NoPermissionError where its folder may not be looked into."""
    try:
        return path.exists()
    except PermissionError as error:
        raise NoPermissionError(f"{path}: cannot be opened: {error.strerror}; {whose(path)}") from error


def refuses_files(folder: Path) -> bool:
    """Say whether a folder is there, and this user may make nothing in it."""
    return _may(folder, os.F_OK) and not _may(folder, os.W_OK | os.X_OK)


def whose(path: Path) -> str:
    """Say to whom a path, or the folder that it stands in, belongs, and who this is."""
    for one in (path, *path.parents):
        try:
            found = one.stat()
        except OSError:
            continue
        if one == path and _may(one, os.R_OK | os.W_OK):
            # then it is the folder, in which the log is made
            continue
        return f"{one} belongs to {_name(found.st_uid)}, mode {found.st_mode & 0o777:03o}, and this is {_name(os.geteuid())}"
    return f"this is {_name(os.geteuid())}"


def _may(path: Path, mode: int) -> bool:
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"
