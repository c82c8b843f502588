"""What the soak's config.toml says: its world as it is now → the words of the file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from crash_world import ADDRESSES

if TYPE_CHECKING:
    from soak_world import Soak

OUTLETS = {
    "orontes-post": ("en", "1h", 0.30),
    "relief-desk": ("en", "30m", 0.10),
    "kuzey-sinir": ("en", "1h", 0.45),
    "al-zawiya": ("ar", "1h", 0.25),
    "vestnik": ("ru", "1h", 0.25),
    "harbour-wire": ("en", "2h", 0.50),
    "sahil-press": ("ar", "2h", 0.35),
    "plain-dealer": ("en", "30m", 0.05),
    "hill-gazette": ("en", "1h", 0.20),
    "delta-nord": ("ru", "2h", 0.40),
    "market-sheet": ("en", "1h", 0.0),
    "late-edition": ("en", "1h", 0.20),
}
"""Each outlet's language, pace and share of answers that fail. The last one is added by a reload."""
PACES = ("30m", "45m", "1h", "90m", "2h")
WORDS = ('"Idlib", "إدلب", "Идлиб"', '"Idlib", "إدلب", "Идлиб", "Ariha"', '"Idlib", "ادلب", "Идлиб", "Saraqib"')
"""What the first watch asks, in words that find the same: a change of it tells nobody anything twice."""
WATCHES = {"idlib": ("hook", "mail"), "wheat": ("hook",)}
BROKEN = ("[outlets\n", 'nonsense = "yes"\n', "", '[outlets]\nx = "no address"\n')
KEEP_ITEMS, KEEP_TEXT = 8, 5
"""Days. What was deleted stands in the feeds of quiet outlets still, and must not come again as news."""
GROUP_WAIT = 1
"""Days that an alert waits for a text at most: a network that was away for hours does not part a story's copies."""
_CONFIG = """\
title = "{title}"
state = "{state}"
timezone = "UTC"
[outlets]
{outlets}
[watches]
idlib = [{words}]
{wheat}
[channels.hook]
type = "webhook"
url = "{hook}"
private = true
[channels.mail]
type = "email"
to = [{addresses}]
from = "monitor@example.org"
smtp = "smtp://mail.example:{port}"
private = true
[alerts]
max_per_hour = 100000
group_wait = "{group_wait}d"
[fetch]
every = "1h"
min = "30m"
timeout = "1s"
[keep]
items = "{items}d"
text = "{text}d"
[digest]
at = ["06:00", "18:00"]
formats = ["html", "md", "atom", "json"]
send = ["hook", "mail"]
"""


def words(world: Soak) -> str:
    """Give the whole file."""
    port, listed = world.street.port, [world.outlets[name] for name in world.listed]
    return _CONFIG.format(
        title=world.title,
        state=world.state,
        outlets="\n".join(
            f'{one.name} = {{ feed = "http://{one.host}:{port}/feed.xml", lang = "{one.language}", every = "{one.every}",'
            ' private = true, pause = "0s" }'
            for one in listed
        ),
        words=world.words,
        wheat='wheat = { any = ["wheat"], alert = ["hook"] }' if world.wheat else "",
        hook=world.hook.url.replace("127.0.0.1", "hook.example"),
        addresses=", ".join(f'"{address}"' for address in ADDRESSES),
        port=world.mail_port,
        group_wait=GROUP_WAIT,
        items=KEEP_ITEMS,
        text=KEEP_TEXT,
    )


def replaced(path: Path, text: str) -> None:
    """Write a file as an editor does: nobody sees half of it."""
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)
