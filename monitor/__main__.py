"""`monitor`, `python -m monitor`: words in, exit code out."""

from __future__ import annotations

import gc
import signal
import sys

# nothing that is imported is ever garbage, and looking for some costs a tenth of the start: until all of a command is loaded
gc.disable()

if "run" in sys.argv:
    # a reload that is asked for while the monitor still starts must not end it
    signal.signal(signal.SIGHUP, signal.SIG_IGN)

from monitor.cli import main  # noqa: E402  what is above must come first

if __name__ == "__main__":
    sys.exit(main())
