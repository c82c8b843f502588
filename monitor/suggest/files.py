"""The data files beside the code → their lines. The only module of the station that reads."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files


@cache
def read(name: str) -> str:
    """Give a file's text, by its path below this package."""
    return files("monitor.suggest").joinpath(name).read_text(encoding="utf-8")


def rows(name: str) -> Iterator[list[str]]:
    """Give the columns of each line that is no comment."""
    for line in read(name).splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")
