"""An address → the same without the keys in it, to be stored, logged and shown. Pure text work."""

from __future__ import annotations

import re
from hashlib import blake2b

_NAME = re.compile(
    r".*(?:key|token|secret|passw(?:or)?d|passwd|passphrase|pwd|sig|signature|credentials?|jwt|hmac|hash)|(?:auth|pass|token|key).*",
    re.IGNORECASE,
)
_LONG = re.compile(r"(?=[\w-]*[0-9])(?=[\w-]*[A-Za-z])[\w-]{24,}", re.ASCII)
_HIDDEN = re.compile(r"\*{4}[0-9a-f]{8}")
_USER = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://)[^/?#]*@")


def without_keys(url: str) -> str:
    """Give an address with a mark in the place of whatever in its query is a key, by its name or its look, and of a user.

    The mark is four asterisks and eight hexadecimal digits of the key's BLAKE2b hash: two addresses that differ in their keys
    alone stay two, and nobody reads the key out of it. Applying it twice changes nothing.
    """
    if "@" in url:
        url = _USER.sub(r"\1****@", url)
    if "?" not in url:
        return url
    front, _, query = url.partition("?")
    query, mark, fragment = query.partition("#")
    return f"{front}?{'&'.join(map(_without_key, query.split('&')))}{mark}{fragment}"


def _without_key(pair: str) -> str:
    name, mark, value = pair.partition("=")
    if not value or _HIDDEN.fullmatch(value) or not (_NAME.fullmatch(name) or _LONG.fullmatch(value)):
        return pair
    return f"{name}{mark}****{blake2b(value.encode('utf-8', 'replace'), digest_size=4).hexdigest()}"
