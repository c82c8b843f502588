"""A spelling → what it is compared by: as watches compare, and, looser, as people mistype. Touches nothing."""

from __future__ import annotations

import re
from typing import Final

from monitor.fold import fold

# as monitor.match.terms.squeeze has it: no station imports another, and a test holds the two together
_SEPARATORS: Final = re.compile(r"[\s\-_·・‧]{2,}|[^\S ]|[\-_·・‧]")
_BETWEEN: Final = re.compile(r"""[ \-_·・‧'"().,]+""")


def same(text: str) -> str:
    """Give what is equal for two spellings that a watch takes for one: Deir ez-Zor and deir ez zor, إدلب and ادلب."""
    return _SEPARATORS.sub(" ", fold(text.strip())).strip()


def loose(text: str) -> str:
    """Give what is equal for two that only differ in how the words are cut: Deir ez-Zor and deir ezzor. Keeps tabs and lines.

    The ə of Azerbaijani is typed as e where keyboards lack it.
    """
    return _BETWEEN.sub("", fold(text)).replace("ə", "e")
