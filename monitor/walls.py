"""This process → the same within walls that it can't leave: it reads programs and nothing else, and opens no connection.

For a process that reads what strangers wrote: who took it over, by a fault that nobody knows yet, would else act as the monitor
does. Landlock closes files (Linux 5.13; TCP and signals to others from 6.7 and 6.12 on), seccomp closes sockets and programs.
Where a system, a kernel or a service manager has neither, nothing is said: the limits of time and memory hold in any case.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Final

_NO_NEW_PRIVS, _SECCOMP, _FILTER = 38, 22, 2
"""Of prctl(2)."""
# landlock(7); these calls have the same numbers everywhere
_CREATE, _ADD, _RESTRICT = 444, 445, 446
_BENEATH, _ASK_VERSION = 1, 1
_EXECUTE, _READ, _LIST = 1 << 0, 1 << 2, 1 << 3
_FILE_RIGHTS: Final = ((1, 13), (2, 14), (3, 15), (5, 16))
"""From which version on so many rights of files are known."""
_WITH_TCP, _WITH_SCOPE = 4, 6
_SYSTEM: Final = ("/usr", "/lib", "/lib64", "/nix/store", "/gnu/store", "/etc/ld.so.cache", "/etc/localtime", "/etc/timezone")
_NEEDED: Final = ("feedparser", "trafilatura", "lxml", "pycld2", "dateparser")
"""Where one of these lies outside of what stays open, the files are left open: a feed that can't be read is worse."""
_SYSCALLS: Final = {
    # socket, execve, execveat, ptrace, process_vm_readv, process_vm_writev, io_uring_setup, pidfd_getfd
    "x86_64": (0xC000003E, (41, 59, 322, 101, 310, 311, 425, 438)),
    "aarch64": (0xC00000B7, (198, 221, 281, 117, 270, 271, 425, 438)),
}
_LOAD, _IS, _IS_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOWED, _REFUSED = 0x7FFF0000, 0x00050000 | errno.EPERM
_OF_X32 = 0x40000000


def close_in(root: Path) -> None:
    """Close this process in, for good. ``root``: the folder of the package, the only one of a checkout that stays open."""
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0):
        return
    places = tuple(_places(root))
    if _are_inside(places):
        _close_files(libc, places)
    _close_sockets(libc)


def _places(root: Path) -> Iterator[Path]:
    """Give what stays open: the programs of the system, this Python's, and its packages."""
    beside = root.parent.resolve()
    named = (*_SYSTEM, sys.prefix, sys.base_prefix, str(root), *filter(None, sys.path))
    for place in dict.fromkeys(Path(name).resolve() for name in named):
        # a checkout's own folder has the desk's config, and its secrets, in it
        is_packages = place != beside or place.name in {"site-packages", "dist-packages"}
        if is_packages and place.exists() and place != Path("/"):
            yield place


def _are_inside(places: Iterable[Path]) -> bool:
    origins = [spec.origin for name in _NEEDED if (spec := find_spec(name)) and spec.origin]
    return all(any(Path(origin).resolve().is_relative_to(place) for place in places) for origin in origins)


def _close_files(libc: ctypes.CDLL, places: Iterable[Path]) -> None:
    version = libc.syscall(_CREATE, None, 0, _ASK_VERSION)
    if version < 1:
        return
    rights = (1 << max(count for since, count in _FILE_RIGHTS if version >= since)) - 1
    asked = struct.pack("=QQQ", rights, 0b11, 0b11)[: 24 if version >= _WITH_SCOPE else 16 if version >= _WITH_TCP else 8]
    rules = libc.syscall(_CREATE, asked, len(asked), 0)
    if rules < 0:
        return
    for place in places:
        with suppress(OSError):
            opened = os.open(place, os.O_PATH | os.O_CLOEXEC)
            open_to = _READ | _EXECUTE | (_LIST if place.is_dir() else 0)
            # where a rule can't be added the place is closed; what is needed from there is loaded already, or missed at once
            libc.syscall(_ADD, rules, _BENEATH, struct.pack("=Qi", open_to, opened), 0)
            os.close(opened)
    libc.syscall(_RESTRICT, rules, 0)
    os.close(rules)


def _close_sockets(libc: ctypes.CDLL) -> None:
    # a Python of 32 bits calls by other numbers, whatever its kernel is
    if platform.machine() not in _SYSCALLS or sys.maxsize < 2**32:
        return
    machine, refused = _SYSCALLS[platform.machine()]
    steps = [
        (_LOAD, 0, 0, 4),
        (_IS, 0, len(refused) + 3, machine),
        (_LOAD, 0, 0, 0),
        (_IS_AT_LEAST, len(refused) + 1, 0, _OF_X32),
        *((_IS, len(refused) - at, 0, number) for at, number in enumerate(refused)),
        (_RETURN, 0, 0, _ALLOWED),
        (_RETURN, 0, 0, _REFUSED),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(code)))
    libc.prctl(_SECCOMP, _FILTER, ctypes.c_ulong(ctypes.addressof(program)), 0, 0)
