"""The tables of config.toml → a JSON Schema of that file, by which an editor completes and checks it. Pure.

It says what any validator understands, of draft 7 as of 2020-12: no references, and nothing that only one of them has. What it
can't say, `monitor check` finds.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, get_type_hints

from monitor.config.described import KEYS, SECTIONS, SHORT
from monitor.config.forms import NAME
from monitor.config.shape import CHANNELS, OutletTable, PlanTable, Table, TopTable, WatchTable
from monitor.config.tables import Tables
from monitor.config.values import written_size, written_span

Schema = dict[str, Any]

_ONE_RHYTHM: Schema = {"not": {"required": ["at", "cron"]}}
_DRAFT = "http://json-schema.org/draft-07/schema#"


def schema() -> Schema:
    """Give the schema, ready for JSON."""
    top = _table(TopTable, "")
    single = {
        name: _section(name, _table(shape, name))
        for name, shape in get_type_hints(Tables).items()
        if isinstance(shape, type) and issubclass(shape, Table) and shape is not TopTable
    }
    single["digest"] |= _ONE_RHYTHM | {"additionalProperties": _named(_table(PlanTable, "digest"))}
    many = {name: _section(name, {"type": "object", **_entries(form)}) for name, form in _forms().items()}
    return {
        "$schema": _DRAFT,
        "title": "config.toml of monitor",
        "type": "object",
        "properties": {**top["properties"], **many, **single},
        "additionalProperties": False,
    }


def _forms() -> dict[str, Schema]:
    """Give, for each section whose keys are ids, how one entry is written."""
    outlet = _table(OutletTable, "outlets") | {"oneOf": [{"required": ["feed"]}, {"required": ["feeds"]}]}
    watch = _table(WatchTable, "watches") | {"oneOf": [_one_of("any", "all"), {"required": ["query"], "not": _any_of_words()}]}
    short = {key: {"description": says} for key, says in SHORT.items()}
    return {
        "outlets": {"anyOf": [outlet["properties"]["feed"] | short["outlets"], outlet]},
        "watches": {"anyOf": [watch["properties"]["any"] | {"minItems": 1} | short["watches"], watch]},
        "channels": {"anyOf": [_table(shape, "channels") for shape in CHANNELS.values()]},
    }


def _one_of(*keys: str) -> Schema:
    return {"anyOf": [{"required": [key]} for key in keys], "not": {"required": ["query"]}}


def _any_of_words() -> Schema:
    return {"anyOf": [{"required": [key]} for key in ("any", "all", "none")]}


def _entries(form: Schema) -> Schema:
    return {"propertyNames": {"pattern": NAME}, "additionalProperties": form}


def _named(plan: Schema) -> Schema:
    return (
        plan
        | _ONE_RHYTHM
        | {"description": "A further digest. What it does not say is as in [digest], but for its hour (06:00)."}
    )


def _section(name: str, table: Schema) -> Schema:
    return table | {"description": SECTIONS.get(name, f"[{name}]")}


def _table(shape: type[Table], section: str) -> Schema:
    """Give the schema of one table: its keys with what they are for, and no others."""
    made = shape.model_json_schema(by_alias=True)
    fields = {field.alias or name: field for name, field in shape.model_fields.items()}
    keys: Schema = {}
    for key, form in made["properties"].items():
        keys[key] = _plain(form)
        if says := KEYS.get(section, {}).get(key):
            keys[key]["description"] = says
        if (default := _written(key, fields[key].get_default())) is not None:
            keys[key]["default"] = default
    table: Schema = {"type": "object", "properties": keys, "additionalProperties": False}
    return table | ({"required": made["required"]} if "required" in made else {})


def _plain(form: Mapping[str, Any]) -> Schema:
    """Leave out what pydantic adds for Python: titles, its own form of defaults, and null, which TOML does not have."""
    kept = {key: value for key, value in form.items() if key not in {"title", "default"}}
    branches = [branch for branch in kept.get("anyOf", ()) if branch != {"type": "null"}]
    if len(branches) == 1:
        return {**{key: value for key, value in kept.items() if key != "anyOf"}, **branches[0]}
    return kept | ({"anyOf": branches} if branches else {})


def _written(key: str, default: object) -> object:
    """Write a default as TOML would have it. None: there is none that can be written down."""
    match default:
        case bool() | str():
            return default
        case int():
            return written_size(default) if key.endswith("_size") else default
        case timedelta():
            return written_span(default)
        case tuple() if default:
            return list(default)
        case _:
            return None
