"""Six doors under fire: whatever comes in by one of them, what comes out is a record within its caps, or an error of errors.py.

Short here, with the same examples at every run in CI. ``pytest -m long -n 2 --dist load tests/test_fuzz.py`` goes on for
FUZZ_MINUTES (10) at each door with new ones every time, and keeps what breaks one in FUZZ_FOLDER (a temporary folder): mend it,
and keep the file in tests/data/fuzz/<door>, where it is tried for ever. Feeds and pages begin from the files in the folder
FUZZ_SEEDS, too, if any.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import SystemRandom

import fuzzed_config
import fuzzed_fetch
import pytest
from fuzzed_feeds import CUT, PARSE
from fuzzed_items import IDENTIFY
from fuzzed_pages import EXTRACT
from fuzzed_queries import QUERY
from fuzzing import Door, hunted, kept, read, timed, tried
from thirdparty import cases

EXAMPLES = {"fetch": 200, "parse": 180, "identify": 250, "extract": 120, "query": 200, "config": 200}
SMALL = 15_000
MINUTES = float(os.environ.get("FUZZ_MINUTES", "10"))


@contextmanager
def door_of(name: str) -> Iterator[Door]:
    if name == "fetch":
        with fuzzed_fetch.wire() as wire:
            yield fuzzed_fetch.fetch_door(wire)
    elif name == "config":
        with fuzzed_config.folder() as folder:
            yield fuzzed_config.config_door(folder)
    else:
        yield {"parse": PARSE, "cut": CUT, "identify": IDENTIFY, "extract": EXTRACT, "query": QUERY}[name]


def seeded(door: Door) -> Door:
    """Let a door that takes feeds or pages begin from somebody else's, too, where a folder of them is named."""
    folder = os.environ.get("FUZZ_SEEDS")
    if not folder or door.name not in {"parse", "cut", "extract"}:
        return door
    more = [(case.body, case.headers["content_type"]) for case in cases(Path(folder)) if len(case.body) < SMALL]
    about = ("Rain", 0) if door.name == "extract" else ()
    return replace(door, seeds=(*door.seeds, *((*seed, *about) for seed in more)))


@pytest.mark.untraced
@pytest.mark.parametrize("name", EXAMPLES)
def test_what_comes_in_by_a_door_comes_out_typed_within_its_caps_and_the_same_again(name: str) -> None:
    with door_of(name) as door:
        # each seed as it is: of what stands in one of fifty headers chance alone tries half
        for example in (*map(read, kept(name)), *door.seeds):
            with timed():
                door.law(example)
        tried(door, EXAMPLES[name])


@pytest.mark.long
@pytest.mark.untraced
@pytest.mark.parametrize("name", [*EXAMPLES, "cut"])
def test_a_door_holds_for_minutes_against_whatever_reaches_new_code(name: str, tmp_path: Path) -> None:
    folder = Path(os.environ.get("FUZZ_FOLDER", tmp_path)) / name
    with door_of(name) as door:
        hunt = hunted(seeded(door), seconds=60 * MINUTES, folder=folder, random=SystemRandom())
    sys.stdout.write(f"{name}: {hunt}\n")
    assert hunt.examples
    assert not hunt.broken, hunt
