"""What every test stands on."""

from __future__ import annotations

import sys
from pathlib import Path

# the small servers of fakes.py and hostile.py are imported by their own names
sys.path.insert(0, str(Path(__file__).parent))
