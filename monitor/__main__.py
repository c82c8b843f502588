"""`monitor`, `python -m monitor`: words in, exit code out."""

from __future__ import annotations

import gc
import io
import os
import signal
import sys

# Nothing that is imported is ever garbage, and what a poll makes holds no circles: looking for some after every seven hundred
# new objects, as Python would, costs a tenth of the start and an eighth of a poll.
gc.set_threshold(20_000)

for stream in range(3):
    try:
        os.fstat(stream)
    except OSError:
        # whoever started it closed this stream: else the next file that is opened, the database, would be in its place
        os.open(os.devnull, os.O_RDWR)
sys.stdin, sys.stdout, sys.stderr = (
    given or open(place, mode)  # noqa: PTH123, SIM115  it lives as long as all this
    for place, given, mode in ((0, sys.stdin, "r"), (1, sys.stdout, "w"), (2, sys.stderr, "w"))
)
for told in (sys.stdout, sys.stderr):
    if isinstance(told, io.TextIOWrapper):
        # a terminal of another language lacks some letters: it gets their numbers
        told.reconfigure(errors="backslashreplace")

if "run" in sys.argv:
    # a reload that is asked for while the monitor still starts must not end it
    signal.signal(signal.SIGHUP, signal.SIG_IGN)

from monitor.cli import main  # noqa: E402  what is above must come first

if __name__ == "__main__":
    sys.exit(main())
