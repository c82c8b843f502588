"""ca_file = "PATH" → the absolute path of a file with certificates. Reads that file, to know that it can be used."""

from __future__ import annotations

import ssl
import stat
from pathlib import Path

from monitor.config.faults import quoted
from monitor.config.places import from_folder
from monitor.config.secret import Sources

_LARGEST = 5_000_000
"""Bytes: the lists of whole operating systems are a twentieth of it."""


def certificates(written: str, sources: Sources) -> Path:
    """Give the absolute path of a file that holds a PEM certificate at least (RFC 7468). Raises ValueError.

    A certificate is no secret: everybody may read the file.
    """
    try:
        path = from_folder(sources.config, written, home=sources.home)
        fault = _fault(path)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ValueError(f"no file {quoted(written)}; a relative path is taken from the folder of this file") from error
    except PermissionError as error:
        sources.denied.append(Path(written))
        raise ValueError(f"{quoted(written)} may not be read by this user") from error
    except (OSError, RuntimeError) as error:
        # RuntimeError: links that lead in a circle
        raise ValueError(f"{quoted(written)} can't be read") from error
    if fault:
        raise ValueError(f"{quoted(written)} {fault}")
    return path


def _fault(path: Path) -> str | None:
    """Say why the file is of no use; None: it is. Raises OSError."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        return "is not a file"
    if status.st_size > _LARGEST:
        return "is too large for a file of certificates"
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        trust.load_verify_locations(cafile=path)
        found = trust.cert_store_stats()["x509"]
    except ssl.SSLError:
        found = 0
    return None if found else 'holds no certificate that can be read. It must be PEM text: "-----BEGIN CERTIFICATE-----" ...'
