"""Answers, as they came, → evidence files (WARC), and back; a file → whether each byte of it is as it was written.

A station, and the only door to warcio. It touches the evidence folder and nothing else.
"""

from monitor.archive.keeping import FOLDER, Archive, aged, forget, names
from monitor.archive.verified import Kept, opening, packed, read, verify

__all__ = ["FOLDER", "Archive", "Kept", "aged", "forget", "names", "opening", "packed", "read", "verify"]
