"""A name → its other spellings and scripts, sure or to be checked, to be pasted. Pure; reads only the files beside it.

A known name (``table``) has the spellings that news and maps have for it; what no table has is transliterated (``written``) and
always to be checked. Nothing here is used unasked: watches hold what the desk put into them.
"""

from __future__ import annotations

from monitor.suggest.homographs import meaning
from monitor.suggest.scripts import LANGUAGES, SCRIPTS, is_in
from monitor.suggest.suggested import Suggested, Suggestion, suggest

__all__ = ["LANGUAGES", "SCRIPTS", "Suggested", "Suggestion", "is_in", "meaning", "suggest"]
