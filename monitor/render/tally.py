"""Digest → what the archive's list says of it, as JSON for the store. Pure."""

from __future__ import annotations

import json

from monitor.model import Digest
from monitor.render.words import watch_name


def tally(digest: Digest) -> str:
    """Count what each watch found, and the gaps; a watch keeps the name that it had."""
    watches = [
        {
            "id": group.watch.id,
            "name": watch_name(group.watch.id).text,
            "items": group.items,
            "stories": len(group.stories) + group.more,
        }
        for group in digest.watches
    ]
    return json.dumps({"watches": watches, "gaps": len(digest.gaps)}, ensure_ascii=False)
