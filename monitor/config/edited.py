"""config.toml and new outlets → config.toml with a line more for each, every other byte as it was. Writes it in one step."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import tomlkit

from monitor.config.addresses import feed_url
from monitor.config.addresses import origin_folded as feed_key
from monitor.config.faults import Faults
from monitor.config.lines import Statement, Where, statements
from monitor.config.loaded import parsed
from monitor.config.secret import Sources
from monitor.config.tables import entries, shaped
from monitor.config.written import Original, alone, original, replace_file
from monitor.errors import ConfigError

__all__ = ["Part", "Value", "add_outlet", "add_outlets", "feed_fault", "feed_key", "known_feeds", "known_ids", "outlet_faults"]

Part = str | bool | list[str]
Value = str | dict[str, Part]
"""An outlet: the address of its feed, or its table."""

_OUTLETS = ("outlets",)
_COMMENTS = re.compile(r"[^\n]*(?:\n[ \t]*#[^\n]*)*")


def add_outlet(path: Path, *, id: str, url: str, every: str | None, language: str | None) -> int:
    """Write one line into [outlets] and give its number (from 1). Nothing is written where anything is wrong.

    Raises ConfigError where the id or the feed is there already, where the new line has a fault or where the file is not TOML;
    NoPermissionError.
    """
    value: Value = url
    if every or language:
        value = {"feed": url, **({"lang": language} if language else {}), **({"every": every} if every else {})}
    return add_outlets(path, {id: value})


def add_outlets(path: Path, outlets: Mapping[str, Value]) -> int:
    """Write a line for each outlet into [outlets], all or none; give the number of the first. Raises as ``add_outlet`` does."""
    with alone(path):
        return _add(original(path), outlets)


def _add(known: Original, outlets: Mapping[str, Value]) -> int:
    path = known.path
    _refuse_known(known, outlets)
    edited = _with_outlets(known.text, outlets)
    after = parsed(edited, path)
    if after != {**known.raw, "outlets": {**entries(known.raw, "outlets"), **outlets}}:
        raise ConfigError(f"{path}: that could not be added without changing something else. Add it by hand")
    faults = _faults(outlets, where=Where(edited))
    if faults:
        raise ConfigError(*faults.printed(str(path)))
    replace_file(known, edited)
    return Where(edited).line(("outlets", next(iter(outlets))))


def known_feeds(path: Path) -> dict[str, tuple[str, int]]:
    """Give every feed that the file lists, as ``feed_key`` has it, with the id of its outlet and its line. Raises ConfigError."""
    held = original(path)
    where = Where(held.text)
    return {
        feed_key(url): (id, where.line(("outlets", id)))
        for id, outlet in entries(held.raw, "outlets").items()
        for url in _feeds(outlet)
    }


def known_ids(path: Path) -> frozenset[str]:
    """Give the ids of all outlets of the file. Raises ConfigError."""
    return frozenset(entries(original(path).raw, "outlets"))


def feed_fault(url: str) -> str | None:
    """Say what is wrong with the address of a feed, without secrets; None: nothing is."""
    try:
        feed_url(url)
    except ValueError as error:
        return str(error)
    return None


def outlet_faults(outlets: Mapping[str, Value]) -> dict[str, tuple[str, ...]]:
    """Give what would be wrong with outlets that are not in the file yet, by their ids: none of those that could be added."""
    found: dict[str, tuple[str, ...]] = {}
    for path, message in _faults(outlets, where=Where("")).found:
        key = ".".join(str(part) for part in path[2:3])
        told = f"{key}: {message}" if key else message
        found[str(path[1])] = (*found.get(str(path[1]), ()), told)
    return found


def _refuse_known(known: Original, outlets: Mapping[str, Value]) -> None:
    where = Where(known.text)
    if not isinstance(known.raw.get("outlets", {}), dict):
        raise ConfigError(f"{known.path}:{where.line(_OUTLETS)}: outlets: must be a table: [outlets]")
    wanted = {feed_key(url) for outlet in outlets.values() for url in _feeds(outlet)}
    faults = Faults(where)
    for id, outlet in entries(known.raw, "outlets").items():
        if id in outlets:
            faults.add(("outlets", id), "there is an outlet with this id already")
        elif any(feed_key(url) in wanted for url in _feeds(outlet)):
            faults.add(("outlets", id), "this feed is there already")
    if faults:
        raise ConfigError(*faults.printed(str(known.path)))


def _feeds(outlet: object) -> tuple[str, ...]:
    """Give the addresses of an outlet as they are written."""
    table = outlet if isinstance(outlet, dict) else {"feed": outlet}
    listed = table.get("feeds")
    feeds = [table.get("feed"), *(listed if isinstance(listed, list) else ())]
    return tuple(feed for feed in feeds if isinstance(feed, str))


def _faults(outlets: Mapping[str, Value], *, where: Where) -> Faults:
    """Check new outlets alone: what else is wrong in the file is not for this edit to say."""
    faults = Faults(where)
    here = Path.cwd() / "config.toml"
    shaped({"outlets": dict(outlets)}, Sources(environ={}, config=here, home=here.parent), faults=faults)
    return faults


def _with_outlets(text: str, outlets: Mapping[str, Value]) -> str:
    found = list(statements(text))
    direct = [statement for statement in found if statement.value_at is not None and statement.path[:1] == _OUTLETS]
    if inline := [statement for statement in direct if statement.path == _OUTLETS]:
        return _into_inline(text, inline[0], outlets)
    lines = [_line(id, value) for id, value in outlets.items()]
    block = "\n".join(lines)
    header = next((statement for statement in found if statement.value_at is None and statement.path == _OUTLETS), None)
    if header:
        last = max([statement.stop for statement in direct if statement.table == _OUTLETS], default=None)
        at = _line_end(text, last) if last else _after_header(text, header)
        return _insert(text, at, block)
    if dotted := [statement for statement in direct if not statement.table]:
        return _insert(text, _line_end(text, dotted[-1].stop), "\n".join(f"outlets.{line}" for line in lines))
    if long := [statement for statement in found if statement.path[:1] == _OUTLETS]:
        at = _above(text, long[0].start)
        return f"{text[:at]}[outlets]\n{block}\n\n{text[at:]}"
    gap = "" if not text.strip() else "\n" if text.endswith("\n") else "\n\n"
    return f"{text}{gap}[outlets]\n{block}\n"


def _line(id: str, value: Value) -> str:
    return f"{tomlkit.key(id).as_string()} = {_written(value)}"


def _written(value: Part | Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return tomlkit.string(value).as_string()
        case list():
            return f"[{', '.join(_written(part) for part in value)}]"
        case dict():
            pairs = ", ".join(f"{key} = {_written(part)}" for key, part in value.items())
            return f"{{ {pairs} }}"


def _into_inline(text: str, held: Statement, outlets: Mapping[str, Value]) -> str:
    """Add to ``outlets = { ... }``, which stays on its line."""
    brace = held.stop - 1
    kept = text[:brace].rstrip()
    comma = " " if kept.endswith("{") else ", "
    return f"{kept}{comma}{', '.join(_line(id, value) for id, value in outlets.items())} {text[brace:]}"


def _insert(text: str, at: int, line: str) -> str:
    return f"{text[:at]}\n{line}{text[at:]}"


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _after_header(text: str, header: Statement) -> int:
    """Give the end of an empty [outlets]: after the comments that follow it, unless they belong to the next section."""
    end = _line_end(text, header.stop)
    found = _COMMENTS.match(text, header.stop)
    after = found.end() if found else end
    return end if text[after : after + 2].strip() else after


def _above(text: str, at: int) -> int:
    """Give the start of the comments right above a header."""
    lines = text[:at].split("\n")[:-1]
    while lines and lines[-1].lstrip().startswith("#"):
        at -= len(lines.pop()) + 1
    return at
