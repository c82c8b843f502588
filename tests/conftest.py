"""What the tests stand on: small real servers, the door to them, and a desk that is cleaned up."""

from __future__ import annotations

import sys
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# fakes, desks, fetching and hostile are imported by their own names
sys.path.insert(0, str(Path(__file__).parent))

import hostile
from desks import Desk
from fakes import Site
from fetching import opened

from monitor.fetch import Door

# how long an example takes is up to what else the machine does
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Count no lines in what is tried hundreds of times: being traced doubles what it takes.

    Not by pytest-cov's own ``no_cover``, whose pause ends nothing in a worker of xdist: another tracer is below the one it stops.
    """
    is_counted = item.config.pluginmanager.hasplugin("_cov")
    if not is_counted or not (item.get_closest_marker("hypothesis") or item.get_closest_marker("untraced")):
        return (yield)
    here, in_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)  # type: ignore[arg-type]
    try:
        return (yield)
    finally:
        sys.settrace(here)
        threading.settrace(in_threads)  # type: ignore[arg-type]


@pytest.fixture
async def server() -> AsyncIterator[hostile.Hostile]:
    async with hostile.serving() as serving:
        yield serving


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened() as door:
        yield door


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Site().serving() as site:
        made = Desk(tmp_path, site)
        yield made
        for process in made.running:
            if process.poll() is None:
                process.kill()
                process.wait()
