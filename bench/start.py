"""How long commands take to start: processor time of each, the median of several starts, beside Python with click alone.

``start.py [--starts 5]``: over the demo's outlets, in a folder that is deleted afterwards. Processor time is what a busy machine
changes least; the libraries are compiled once before.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from monitor.demo.run import demonstrate

COMMANDS = (
    ("--help",),
    ("--version",),
    ("check",),
    ("status",),
    ("search", "Idlib"),
    ("try", "idlib"),
    ("why", "1"),
    ("show", "1"),
    ("suggest", "Idlib"),
    ("digest",),
)


def cpu(line: list[str], folder: Path, **environment: str) -> float:
    """Start a command; gives the milliseconds of processor that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(line, cwd=folder, capture_output=True, check=False, env={**os.environ, **environment})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{' '.join(line)}: {done.stderr.decode()}")
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def tell(name: str, taken: list[float]) -> None:
    """Print the median."""
    sys.stdout.write(f"{statistics.median(taken):6.0f} ms  {name}\n")


def measure(starts: int) -> None:
    """Print a line for each command."""
    with tempfile.TemporaryDirectory() as temporary:
        tempfile.tempdir = temporary
        page = demonstrate(say=lambda _: None, tell=lambda _: None, show=None, serve=False)
        folder = page.parent.parent.parent
        lines = {"python -c 'import click'": [sys.executable, "-c", "import click"]}
        lines |= {f"monitor {' '.join(words)}": [sys.executable, "-m", "monitor", *words] for words in COMMANDS}
        asked = [sys.executable, "-m", "monitor"]
        complete = {"COMP_WORDS": "monitor why --watch ", "COMP_CWORD": "3", "_MONITOR_COMPLETE": "bash_complete"}
        for name, line in lines.items():
            cpu(line, folder)
            tell(name, [cpu(line, folder) for _ in range(starts)])
        tell("monitor why --watch, and Tab", [cpu(asked, folder, **complete) for _ in range(starts)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=5)
    measure(parser.parse_args().starts)
