"""config.toml and a new outlet → config.toml with one line more, every other byte as it was. Writes that file, in one step."""

from __future__ import annotations

import re
from pathlib import Path

import tomlkit

from monitor.config.addresses import origin_folded
from monitor.config.faults import Faults
from monitor.config.lines import Statement, Where, statements
from monitor.config.loaded import parsed
from monitor.config.secret import Sources
from monitor.config.tables import entries, shaped
from monitor.config.written import original, replace_file
from monitor.errors import ConfigError

_OUTLETS = ("outlets",)
_COMMENTS = re.compile(r"[^\n]*(?:\n[ \t]*#[^\n]*)*")


def add_outlet(path: Path, *, id: str, url: str, every: str | None, language: str | None) -> int:
    """Write one line into [outlets] and give its number (from 1). Nothing is written where anything is wrong.

    Raises ConfigError where the id or the feed is there already, where the new line has a fault or where the file is not TOML;
    NoPermissionError.
    """
    known = original(path)
    text, before = known.text, known.raw
    value: str | dict[str, str] = url
    if every or language:
        value = {"feed": url, **({"lang": language} if language else {}), **({"every": every} if every else {})}
    _refuse_known(before, id, url=url, path=path, where=Where(text))
    edited = _with_outlet(text, id, value)
    after = parsed(edited, path)
    if after != {**before, "outlets": {**entries(before, "outlets"), id: value}}:
        raise ConfigError(f"{path}: the outlet could not be added without changing something else. Add it by hand")
    _refuse_faulty({"outlets": {id: value}}, path, where=Where(edited))
    replace_file(known, edited)
    return Where(edited).line(("outlets", id))


def _refuse_known(raw: dict[str, object], id: str, *, url: str, path: Path, where: Where) -> None:
    if not isinstance(raw.get("outlets", {}), dict):
        raise ConfigError(f"{path}:{where.line(_OUTLETS)}: outlets: must be a table: [outlets]")
    faults = Faults(where)
    for known, outlet in entries(raw, "outlets").items():
        table = outlet if isinstance(outlet, dict) else {"feed": outlet}
        listed = table.get("feeds")
        feeds = [table.get("feed"), *(listed if isinstance(listed, list) else ())]
        if known == id:
            faults.add(("outlets", known), "there is an outlet with this id already")
        elif origin_folded(url) in [origin_folded(feed) for feed in feeds if isinstance(feed, str)]:
            faults.add(("outlets", known), "this feed is there already")
    if faults:
        raise ConfigError(*faults.printed(str(path)))


def _refuse_faulty(raw: dict[str, object], path: Path, *, where: Where) -> None:
    """Check the new outlet alone: what else is wrong in the file is not for this edit to say."""
    faults = Faults(where)
    shaped(raw, Sources(environ={}, config=path, home=path.parent), faults=faults)
    if faults:
        raise ConfigError(*faults.printed(str(path)))


def _with_outlet(text: str, id: str, value: str | dict[str, str]) -> str:
    found = list(statements(text))
    direct = [statement for statement in found if statement.value_at is not None and statement.path[:1] == _OUTLETS]
    if inline := [statement for statement in direct if statement.path == _OUTLETS]:
        return _into_inline(text, inline[0], id, value=value)
    line = _line(id, value)
    header = next((statement for statement in found if statement.value_at is None and statement.path == _OUTLETS), None)
    if header:
        last = max([statement.stop for statement in direct if statement.table == _OUTLETS], default=None)
        at = _line_end(text, last) if last else _after_header(text, header)
        return _insert(text, at, line)
    if dotted := [statement for statement in direct if not statement.table]:
        return _insert(text, _line_end(text, dotted[-1].stop), f"outlets.{line}")
    if long := [statement for statement in found if statement.path[:1] == _OUTLETS]:
        at = _above(text, long[0].start)
        return f"{text[:at]}[outlets]\n{line}\n\n{text[at:]}"
    gap = "" if not text.strip() else "\n" if text.endswith("\n") else "\n\n"
    return f"{text}{gap}[outlets]\n{line}\n"


def _line(id: str, value: str | dict[str, str]) -> str:
    if isinstance(value, str):
        return f"{tomlkit.key(id).as_string()} = {tomlkit.string(value).as_string()}"
    pairs = ", ".join(f"{key} = {tomlkit.string(part).as_string()}" for key, part in value.items())
    return f"{tomlkit.key(id).as_string()} = {{ {pairs} }}"


def _into_inline(text: str, outlets: Statement, id: str, *, value: str | dict[str, str]) -> str:
    """Add to ``outlets = { ... }``, which stays on its line."""
    brace = outlets.stop - 1
    kept = text[:brace].rstrip()
    comma = " " if kept.endswith("{") else ", "
    return f"{kept}{comma}{_line(id, value)} {text[brace:]}"


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
