"""What a process that was taken over by a page could still do: read programs, and answer."""

from __future__ import annotations

import ctypes
import json
import platform
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "monitor"
WITHIN = """\
import json, os, socket, subprocess, sys
from pathlib import Path
sys.path[0] = str(Path({package!r}).parent)
from monitor.walls import close_in

close_in(Path({package!r}))
desk = Path({desk!r})
tried = {{
    "read a secret": lambda: (desk / "secret").read_text(),
    "read the checkout's config": lambda: (Path({package!r}).parent / "config.toml").read_text(),
    "read users": lambda: Path("/etc/passwd").read_text(),
    "read another's memory": lambda: Path(f"/proc/{{os.getppid()}}/environ").read_bytes(),
    "list": lambda: os.listdir(desk),
    "write": lambda: (desk / "new").write_text("x"),
    "change a library": lambda: Path(json.__file__).open("r+"),
    "delete": lambda: (desk / "secret").unlink(),
    "tcp": socket.socket,
    "udp": lambda: socket.socket(type=socket.SOCK_DGRAM),
    "unix": lambda: socket.socket(socket.AF_UNIX),
    "run": lambda: subprocess.run(["/bin/true"]),
}}
open_to = []
for name, attempt in tried.items():
    try:
        attempt()
    except PermissionError:
        continue
    open_to.append(name)
# and all that the work is done with is still there
import dateparser, feedparser, lxml.html, pycld2, trafilatura
read = trafilatura.extract("<article>" + "<p>Rain fell for two nights on the camps.</p>" * 20 + "</article>")
print(json.dumps([open_to, read[:4], str(dateparser.parse("12 марта 2024").date())]))
"""


@pytest.mark.skipif(sys.platform != "linux" or platform.machine() not in {"x86_64", "aarch64"}, reason="walls are Linux's")
def test_who_takes_a_worker_over_reads_no_file_of_the_desk_speaks_to_nobody_and_starts_nothing(tmp_path: Path) -> None:
    if ctypes.CDLL(None).syscall(444, None, 0, 1) < 1:
        pytest.skip("this kernel has no Landlock")
    (tmp_path / "secret").write_text("precious")
    within = WITHIN.format(package=str(PACKAGE), desk=str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-E", "-s", "-c", within], capture_output=True, text=True, check=True, timeout=60, cwd=PACKAGE.parent
    )
    assert json.loads(done.stdout) == [[], "Rain", "2024-03-12"]
    assert (tmp_path / "secret").read_text() == "precious"
