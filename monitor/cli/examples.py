"""A command → how it may be typed. Shown by its --help, and where something is missing."""

from __future__ import annotations

EXAMPLES = {
    "monitor init": "monitor init nw-syria",
    "monitor demo": "monitor demo --serve",
    "monitor add": "monitor add reliefdesk.example --every 10m",
    "monitor remove": "monitor remove relief-desk",
    "monitor pause": "monitor pause relief-desk",
    "monitor resume": "monitor resume relief-desk",
    "monitor import": "monitor import feeds.opml",
    "monitor check": "monitor check --online",
    "monitor try": "monitor try --any Idlib إدلب --since 7d",
    "monitor run": "monitor run --once",
    "monitor status": "monitor status --json",
    "monitor why": "monitor why https://reliefdesk.example/floods",
    "monitor search": "monitor search Idlib --since 7d",
    "monitor show": "monitor show 17",
    "monitor suggest": "monitor suggest Idlib --lang ar,ru",
    "monitor digest": "monitor digest --since 7d -o week.html",
    "monitor alert test": "monitor alert test desk-mail",
    "monitor alert ack": "monitor alert ack 17",
    "monitor alert mute": "monitor alert mute idlib --for 6h",
    "monitor export": "monitor export --since 7d --format csv -o week.csv",
    "monitor db path": "monitor db path",
    "monitor db check": "monitor db check",
    "monitor db backup": "monitor db backup monday.db",
    "monitor db restore": "monitor db restore monday.db",
    "monitor db tidy": "monitor db tidy",
    "monitor service install": "monitor service install --user",
    "monitor completion": "monitor completion bash",
}
"""By the command's path. A command that is not here shows none."""


def example(path: str) -> str | None:
    """Give one; None where none is needed."""
    return EXAMPLES.get(path)
