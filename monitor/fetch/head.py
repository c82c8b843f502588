"""An answer → its status, and the one value of a header field. Nothing in them is trusted to be there once, or to be text."""

from __future__ import annotations

import httpx


class Head:
    """An answer's status and header lines, read once."""

    __slots__ = ("_fields", "lines", "status")

    def __init__(self, response: httpx.Response) -> None:
        """Sort the lines by name."""
        self.status = response.status_code
        self.lines = tuple(response.headers.raw)
        self._fields: dict[bytes, list[bytes]] = {}
        for name, value in self.lines:
            self._fields.setdefault(name.lower(), []).append(value)

    def only(self, name: bytes) -> str | None:
        """Give a field that stands there once, as UTF-8; None: missing, there twice with different words, or not UTF-8.

        ``name`` in lower case, here and below.
        """
        values = self._fields.get(name)
        if values is None or any(value != values[0] for value in values):
            return None
        try:
            return values[0].decode("utf-8")
        except UnicodeDecodeError:
            return None

    def has(self, name: bytes) -> bool:
        """Say whether a field stands there at all, be it empty."""
        return name in self._fields

    def joined(self, name: bytes) -> str:
        """Give all lines of a field as one list (RFC 9110 §5.3); empty where there are none."""
        values = self._fields.get(name)
        return b",".join(values).decode("latin-1") if values else ""
