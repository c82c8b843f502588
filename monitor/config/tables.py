"""What tomllib read → tables that fit their shape, and a fault for every key that does not. Secrets are looked up on the way."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from monitor.config.faults import Faults, did_you_mean, is_id, quoted
from monitor.config.lines import KeyPath
from monitor.config.secret import IN_PLAIN_TEXT, Sources, is_plain_secret, plain_secrets
from monitor.config.shape import (
    CHANNELS,
    AlertsTable,
    AppriseTable,
    ChannelTable,
    DigestTable,
    FetchTable,
    HealthTable,
    KeepTable,
    OutletTable,
    PlanTable,
    Table,
    TopTable,
    UrlsTable,
    WatchTable,
)

_SECTIONS = ("outlets", "watches", "alerts", "channels", "digest", "fetch", "keep", "urls", "health")
_PAGES = "stories"
"""The folder of the archive in which the stories' pages stand."""
_NO_ID = "an id is letters, digits, - and _ only"
_WANTED = {
    "bool_type": "must be true or false",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "string_type": "must be text in quotes",
}

_EXAMPLES: dict[tuple[type[Table] | None, str], str] = {
    (None, "url"): '"https://..."',
    (AppriseTable, "url"): '{ file = "NAME" }, or { env = "NAME" }',
    (None, "run"): '["/usr/local/bin/siren"]',
    (None, "to"): '["desk@example.org"]',
    (None, "from"): '"monitor@example.org"',
    (None, "smtp"): '"smtps://user@mail.example.org:465"',
}
"""What a key that can't be left out looks like, for the table that it is missing from, or for all others (None)."""

_T = TypeVar("_T", bound=Table)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The whole file, shaped. What did not fit is left out and stands among the faults."""

    top: TopTable
    outlets: Mapping[str, OutletTable]
    watches: Mapping[str, WatchTable]
    channels: Mapping[str, ChannelTable]
    alerts: AlertsTable
    digest: DigestTable
    digests: Mapping[str, PlanTable]
    fetch: FetchTable
    keep: KeepTable
    urls: UrlsTable
    health: HealthTable


def shaped(raw: Mapping[str, object], sources: Sources, *, faults: Faults) -> Tables:
    """Shape every table of the file, adding each fault to ``faults``."""
    check = _Check(sources, faults)
    top = {key: value for key, value in raw.items() if key not in _SECTIONS}
    return Tables(
        top=check.table(TopTable, (), top) or TopTable(),
        outlets=check.outlets(raw),
        watches=check.watches(raw),
        channels=check.channels(raw),
        alerts=check.table(AlertsTable, ("alerts",), raw.get("alerts", {})) or AlertsTable(),
        digest=check.digest(raw) or DigestTable(),
        digests=check.digests(raw),
        fetch=check.table(FetchTable, ("fetch",), raw.get("fetch", {})) or FetchTable(),
        keep=check.table(KeepTable, ("keep",), raw.get("keep", {})) or KeepTable(),
        urls=check.table(UrlsTable, ("urls",), raw.get("urls", {})) or UrlsTable(),
        health=check.table(HealthTable, ("health",), raw.get("health", {})) or HealthTable(),
    )


def entries(raw: Mapping[str, object], section: str) -> Mapping[str, object]:
    """Give the entries of a section, none where it is no table."""
    table = raw.get(section)
    return table if isinstance(table, dict) else {}


def digests(raw: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """Give the tables within [digest], each by its name: [digest.weekly]."""
    return {name: value for name, value in entries(raw, "digest").items() if isinstance(value, dict)}


def folded(name: str) -> str:
    """Give a name as a disk may have it, on which capitals and the ways to write an accent are the same."""
    return unicodedata.normalize("NFC", name).casefold()


def long_form(section: str, value: object) -> object:
    """Write a one-line outlet or watch as the table that it stands for."""
    if section == "outlets" and isinstance(value, str):
        return {"feed": value}
    if section == "watches" and isinstance(value, list):
        return {"any": value}
    return value


class _Check:
    """Shapes single tables and gathers what is wrong with them."""

    def __init__(self, sources: Sources, faults: Faults) -> None:
        self._sources = sources
        self._faults = faults

    def outlets(self, raw: Mapping[str, object]) -> dict[str, OutletTable]:
        wanted = 'must be an address in quotes, or a table: { feed = "https://..." }'
        given = self._entries(raw, "outlets")
        secrets = {key for key, value in given.items() if is_plain_secret(key, value)}
        for key in secrets:
            self._faults.add(("outlets", key), IN_PLAIN_TEXT)
        found = {
            key: self.table(OutletTable, ("outlets", key), value, wanted=wanted)
            for key, value in given.items()
            if key not in secrets
        }
        return {key: table for key, table in found.items() if table}

    def watches(self, raw: Mapping[str, object]) -> dict[str, WatchTable]:
        wanted = 'must be a list of words, ["...", "..."], or a table: { any = ["..."] }'
        found = {
            key: self.table(WatchTable, ("watches", key), value, wanted=wanted)
            for key, value in self._entries(raw, "watches").items()
        }
        return {key: table for key, table in found.items() if table}

    def channels(self, raw: Mapping[str, object]) -> dict[str, ChannelTable]:
        found: dict[str, ChannelTable | None] = {}
        for key, value in self._entries(raw, "channels").items():
            path = ("channels", key)
            kind = value.get("type") if isinstance(value, dict) else None
            if isinstance(kind, str) and kind in CHANNELS:
                found[key] = self.table(CHANNELS[kind], path, value)
            elif isinstance(value, dict):
                self._plain_secrets(path, value)
                self._faults.add((*path, "type"), _no_such_kind(kind))
            else:
                self._faults.add(path, 'must be a table: { type = "webhook", url = "https://..." }')
        return {key: table for key, table in found.items() if table}

    def digest(self, raw: Mapping[str, object]) -> DigestTable | None:
        whole = raw.get("digest", {})
        own = {key: value for key, value in whole.items() if not isinstance(value, dict)} if isinstance(whole, dict) else whole
        return self.table(DigestTable, ("digest",), own)

    def digests(self, raw: Mapping[str, object]) -> dict[str, PlanTable]:
        named, folders = digests(raw), dict[str, str]()
        for name in named:
            if name in DigestTable.model_fields:
                self._faults.add(("digest", name), "is a key of [digest], so no digest can be called so")
            elif folded(name) == _PAGES:
                self._faults.add(("digest", name), "is a folder of the archive, so no digest can be called so")
            elif (first := folders.setdefault(folded(name), name)) != name:
                says = f'is "{first}" in other letters, and on some disks both would be one folder'
                self._faults.add(("digest", name), says)
            elif not is_id(name):
                self._faults.add(("digest", name), _NO_ID)
        found = {
            name: self.table(PlanTable, ("digest", name), value)
            for name, value in named.items()
            if name not in DigestTable.model_fields
        }
        return {name: table for name, table in found.items() if table}

    def table(self, shape: type[_T], path: KeyPath, value: object, *, wanted: str = "must be a table") -> _T | None:
        """Shape one table. None: it does not fit, and the faults say why."""
        asked = long_form(str(path[0]), value) if path else value
        if not isinstance(asked, dict):
            self._faults.add(path, wanted)
            return None
        plain = self._plain_secrets(path, asked)
        try:
            table = shape.model_validate(asked, context=self._sources)
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False)
        else:
            return None if plain else table
        for detail in found:
            at = tuple(part for part in detail["loc"] if part != "[key]")
            if at not in plain:
                self._faults.add((*path, *at), _message(detail, str(path[0]) if path else "", shape))
        return None

    def _entries(self, raw: Mapping[str, object], section: str) -> Mapping[str, object]:
        if not isinstance(raw.get(section, {}), dict):
            self._faults.add((section,), f"must be a table: [{section}]")
        found = entries(raw, section)
        for key in found:
            if not is_id(key):
                self._faults.add((section, key), _NO_ID)
        return found

    def _plain_secrets(self, path: KeyPath, table: Mapping[str, object]) -> list[tuple[str, ...]]:
        plain = plain_secrets(table)
        for at in plain:
            self._faults.add((*path, *at), IN_PLAIN_TEXT)
        return plain


def _message(detail: Mapping[str, Any], section: str, shape: type[Table]) -> str:
    kind = str(detail["type"])
    if kind == "extra_forbidden":
        return _no_such_key(str(detail["loc"][-1]), section, shape)
    if kind == "value_error":
        return str(detail["ctx"]["error"])
    if kind == "missing":
        key = str(detail["loc"][-1])
        return f"this is missing. Write {key} = {_EXAMPLES.get((shape, key)) or _EXAMPLES[None, key]}"
    return _WANTED.get(kind, str(detail["msg"]))


def _no_such_key(key: str, section: str, shape: type[Table]) -> str:
    keys = [field.alias or name for name, field in shape.model_fields.items()]
    known = keys if section else [*keys, *_SECTIONS]
    return f"no such key {quoted(key)}." + (did_you_mean(key, known) or f" There are: {', '.join(known)}")


def _no_such_kind(kind: object) -> str:
    if not isinstance(kind, str):
        return f"this is missing or no text. There are: {', '.join(CHANNELS)}"
    return f"no kind of channel {quoted(kind)}." + (did_you_mean(kind, CHANNELS) or f" There are: {', '.join(CHANNELS)}")
