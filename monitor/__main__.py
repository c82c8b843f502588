"""`monitor`, `python -m monitor`: words in, exit code out."""

from __future__ import annotations

import signal
import sys

if "run" in sys.argv:
    # a reload that is asked for while the monitor still starts must not end it
    signal.signal(signal.SIGHUP, signal.SIG_IGN)

from monitor.cli import main

if __name__ == "__main__":
    sys.exit(main())
