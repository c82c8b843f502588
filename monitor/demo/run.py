"""The real line over the invented outlets: serve them, run once, name what came of it."""

from __future__ import annotations

import asyncio
import os
import tempfile
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from monitor.config import load
from monitor.daemon import Daemon
from monitor.demo.server import DemoServer
from monitor.model import Config


def demonstrate(
    *, say: Callable[[str], None], tell: Callable[[str], None], show: Callable[[Path], None] | None, serve: bool
) -> Path:
    """Run once in a new folder; alerts go to ``say``, everything else to ``tell``, the digest's page to ``show``. Gives the page.

    ``serve``: the outlets stay until Ctrl-C, so that other commands can be tried on them.
    """
    folder = Path(tempfile.mkdtemp(prefix="monitor-demo-"))
    path = folder / "config.toml"
    with DemoServer(datetime.now(UTC)) as outlets:
        path.write_text(outlets.config_text(state=str(folder / "state")), encoding="utf-8")
        config = load(path, environ=os.environ, home=Path.home())
        tell(f"Serving {len(config.outlets)} invented outlets on loopback; polling them with {path}")
        asyncio.run(run_once(config, say))
        page = Path(config.digest.directory) / "latest.html"
        tell(f"\nDigest: {page}")
        tell(f"Look at it as text: monitor digest -c {path}")
        tell(f"Find what is stored:  monitor search ادلب -c {path}   and then: monitor show ID -c {path}")
        tell(f"All of it is in {folder}, and stays there until you delete it.")
        if show:
            show(page)
        if serve:
            tell(f"The outlets stay until Ctrl-C. Try: monitor run --once -c {path}")
            tell("Their front pages, for a config of your own: monitor add ADDRESS --private")
            for outlet in config.outlets:
                tell(f"  {outlets.home(outlet.id)}/   {outlet.name}")
            _wait_for_interrupt()
    return page


async def run_once(config: Config, say: Callable[[str], None]) -> bool:
    """Do the monitor's work one time; as `monitor run --once`."""
    async with Daemon(config, load=lambda: config, say=say) as daemon:
        return await daemon.once()


def _wait_for_interrupt() -> None:
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return
