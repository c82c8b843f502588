"""Somebody else's hostile files, none of which is kept here: thrown at the real daemon where a folder of them is named."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from thirdparty import thrown


@pytest.mark.long
def test_whatever_another_parser_is_tested_with_is_stored_or_ends_in_a_typed_error(tmp_path: Path) -> None:
    folder = os.environ.get("THIRDPARTY")
    if not folder:
        pytest.skip("THIRDPARTY names no folder with files, such as the unpacked source of a feed parser")
    sys.stdout.write(f"{thrown(Path(folder), tmp_path)}\n")
