"""A database of every shape that was ever released, as a monitor of that time wrote it: what a newer version must bring over.

`python tests/golden.py` writes that of today. One that was released is never written again.
"""

from __future__ import annotations

import asyncio
import gzip
import sys
import tempfile
from pathlib import Path

GOLDEN = Path(__file__).parent / "data" / "golden"


def unpacked(shape: int, folder: Path) -> Path:
    """Unpack one as the database of a state folder."""
    path = folder / "monitor.db"
    path.write_bytes(gzip.decompress((GOLDEN / f"shape-{shape}.db.gz").read_bytes()))
    path.chmod(0o600)
    return path


async def _made(folder: Path) -> Path:
    from desks import configured, long, outlet  # noqa: PLC0415  for whoever makes one
    from fakes import Site, page, rss  # noqa: PLC0415

    from monitor.daemon import Daemon  # noqa: PLC0415
    from monitor.store.copying import copy  # noqa: PLC0415

    with Site().serving() as site:
        config = configured(folder, outlet(site))
        site.pages["/feed.xml"] = rss(*((f"Rain in Idlib, day {day}", f"{site.url}/{day}", "Tents are lost.") for day in (1, 2)))
        for day in (1, 2):
            site.pages[f"/{day}"] = page(f"Rain in Idlib, day {day}", long(f"d{day}"), "Camps north of Idlib lost tents.")
        async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
            await daemon.once()
    copy(folder / "state" / "monitor.db", folder / "copy.db")
    return folder / "copy.db"


def _main() -> None:
    sys.path.insert(0, str(Path(__file__).parent))
    from monitor.store.migrating import newest_shape  # noqa: PLC0415
    from monitor.store.schema import SHAPE  # noqa: PLC0415

    GOLDEN.mkdir(exist_ok=True)
    for number in range(SHAPE):
        # of before the first release: nothing brings those over
        (GOLDEN / f"shape-{number}.db.gz").unlink(missing_ok=True)
    path = GOLDEN / f"shape-{newest_shape()}.db.gz"
    with tempfile.TemporaryDirectory() as folder:
        path.write_bytes(gzip.compress(asyncio.run(_made(Path(folder))).read_bytes(), mtime=0))
    sys.stdout.write(f"{path}: {path.stat().st_size} bytes\n")


if __name__ == "__main__":
    _main()
