"""Loads httpx and aiohttp without what they do when imported and nothing here uses. To be imported before either of them."""

from __future__ import annotations

import ssl
import sys

# httpx would load its own command line, and with it rich and pygments: a tenth of a second at every start
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]


def trusting_nobody() -> ssl.SSLContext:
    """Make a context for TLS that no certificate passes."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


# aiohttp would read all certificates of the machine (50 ms) into a context that it keeps for who brings none. Every pool of the
# door brings its own (engine.py); what aiohttp keeps trusts nobody, so that one that did not would be refused, not let through.
_read_certificates = ssl.create_default_context
ssl.create_default_context = trusting_nobody  # type: ignore[assignment]
try:
    import aiohttp  # noqa: F401
finally:
    ssl.create_default_context = _read_certificates

import httpx  # noqa: E402  after what keeps its command line out

__all__ = ["httpx", "trusting_nobody"]
