"""`monitor`, `python -m monitor`: words in, exit code out."""

from __future__ import annotations

import sys

from monitor.cli import main

if __name__ == "__main__":
    sys.exit(main())
