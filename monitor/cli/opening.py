"""A page → the browser; where there is none, its address for a person to open."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
"""Without any of these no browser can be shown on Linux, and what is asked to find one says so in twenty lines."""


def open_page(page: Path) -> None:
    """Open it, or say where it is."""
    if sys.platform == "linux" and not any(map(os.environ.get, DISPLAYS)):
        click.echo(f"There is no browser here. Open {page.absolute().as_uri()} in one", err=True)
    elif click.launch(str(page)):
        click.echo(f"No browser could be started. Open {page.absolute().as_uri()} in one", err=True)
