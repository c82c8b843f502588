"""The demo's digest and the sample of the tests → pictures of them on every kind of screen, in the dark, and on paper.

    python bench/screens.py [--out DIR]

They are for looking at: a test can tell that nothing overlaps, not that it is beautiful.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Final

from browser import Browser, NoBrowserError, Screen, program

from monitor.demo.run import demonstrate
from monitor.render import html
from monitor.render.shelf import Shelf

# the sample is the tests' own, so that what is looked at is what is tested
sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from briefs import brief, every_gap, quiet

SCREENS: Final = {
    "1280": Screen(width=1280),
    "768": Screen(width=768, height=1024),
    "390": Screen(width=390, height=844),
    "320": Screen(width=320, height=640),
    "1280-dark": Screen(width=1280, colours="dark"),
    "390-dark": Screen(width=390, height=844, colours="dark"),
}


def pages(folder: Path) -> dict[str, Path]:
    """Write the digests that are looked at; give each under its name."""
    shelf = Shelf(up="", stem="sample", forms=("html", "md", "atom", "json"))
    pages = {
        "sample": html.digest(brief(), shelf),
        "gaps": html.digest(brief(gap_kinds=every_gap(), minors=0, more=0)),
        "nothing": html.digest(quiet()),
        "demo": demonstrate(say=_nothing, tell=_nothing, show=None, serve=False).read_text(encoding="utf-8"),
    }
    for name, text in pages.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in pages}


def look(folder: Path) -> None:
    """Take every picture of every page."""
    with Browser() as browser:
        for name, page in pages(folder).items():
            for size, screen in SCREENS.items():
                browser.open(page, screen)
                (folder / f"{name}-{size}.png").write_bytes(browser.picture())
            (folder / f"{name}.pdf").write_bytes(browser.pdf())


def main() -> int:
    """Do it, and say where."""
    parser = argparse.ArgumentParser(description="Take pictures of the digest.")
    parser.add_argument("--out", type=Path, help="The folder for them; without it, a new one for temporary files.")
    out = parser.parse_args().out
    try:
        program()
    except NoBrowserError as error:
        sys.stderr.write(f"{error}: no pictures\n")
        return 1
    folder = out or Path(tempfile.mkdtemp(prefix="screens-"))
    folder.mkdir(parents=True, exist_ok=True)
    look(folder)
    sys.stdout.write(f"{folder}\n")
    return 0


def _nothing(_: str) -> None:
    """Say nothing: the demo's alerts are not what is looked at."""


if __name__ == "__main__":
    sys.exit(main())
