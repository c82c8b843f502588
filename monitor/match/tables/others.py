"""Endings in Greek, Georgian and Armenian letters. Data only."""

from __future__ import annotations

from typing import Final

from monitor.match.tables.shape import ANY, Row

_GREEK: Final = (
    Row(ends="ος", becomes="ου ο ον οι ους ων ε"),
    Row(ends="ας", becomes="α"),
    Row(ends="ης", becomes="η"),
    Row(ends="α", becomes="ας ες ων αν"),
    Row(ends="η", becomes="ης ην ες ων εις εων"),
    Row(ends="ο", becomes="ου α ων"),
    Row(ends="ι", becomes="ιου ια ιων"),
    Row(becomes="ς ν", after="vowel"),
)

_GEORGIAN: Final = (
    Row(becomes="ი ის ს მა ით ში ზე თან დან იდან ად ისთვის", after="consonant"),
    Row(ends="ი", becomes="ის ს მა ით ში ზე თან იდან ად ისთვის"),
    Row(ends="ა", becomes="ის ამ ას აში აზე იდან ათი"),
)
_ARMENIAN: Final = (Row(becomes="ի ում ից ով ը ն ին ներ ների ներում"),)

ENDINGS: Final[dict[str, dict[str, tuple[Row, ...]]]] = {
    "GREEK": {ANY: _GREEK},
    "GEORGIAN": {ANY: _GEORGIAN},
    "ARMENIAN": {ANY: _ARMENIAN},
}
