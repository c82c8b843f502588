"""config.toml and an outlet that is in it → config.toml without it, or with it paused or resumed. Writes that file, in one step.

Every line that is not the outlet's own stays as it was, byte for byte: comments, blank lines, order. How the outlet is written
(one line, an inline table, a table, dotted keys) stays as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import tomlkit

from monitor.config.across import check_across
from monitor.config.faults import Faults, did_you_mean, quoted
from monitor.config.lines import Statement, Where, members, statements
from monitor.config.loaded import parsed
from monitor.config.tables import entries, long_form
from monitor.config.written import Original, alone, original, replace_file
from monitor.errors import ConfigError

_REMEDY = re.compile(r" (?:Did you mean |There are: |There is none).*", re.DOTALL)
_LISTED = 20
"""Outlets that a slip of the pen is shown to choose from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Altered:
    """What an edit did. ``line``: where the outlet stands, or stood, from 1; ``is_new`` False: it was so already."""

    line: int
    is_new: bool


def remove_outlet(path: Path, id: str) -> Altered:
    """Take an outlet out of the file.

    Raises ConfigError where there is no such outlet, or where something still names it, line by line: nothing is written then.
    """
    with alone(path):
        before = original(path)
        line = _line(before, id)
        left = {name: value for name, value in entries(before.raw, "outlets").items() if name != id}
        _write(before, _without(before.text, id), left)
    return Altered(line=line, is_new=True)


def pause_outlet(path: Path, id: str) -> Altered:
    """Write ``paused = true`` into an outlet. Raises ConfigError where there is none, or where it could not be written."""
    with alone(path):
        return _switch(original(path), id, _with_pause, wanted=True)


def resume_outlet(path: Path, id: str) -> Altered:
    """Take ``paused = true`` out of an outlet. Raises as ``pause_outlet`` does."""
    with alone(path):
        return _switch(original(path), id, _without_pause, wanted=False)


def _switch(before: Original, id: str, edit: Callable[[str, str], str], *, wanted: bool) -> Altered:
    line = _line(before, id)
    outlets = entries(before.raw, "outlets")
    outlet = long_form("outlets", outlets[id])
    if not isinstance(outlet, dict):
        raise ConfigError(
            f'{before.path}:{line}: outlets.{id}: must be an address in quotes, or a table: {{ feed = "https://..." }}'
        )
    if outlet.get("paused", False) is wanted:
        return Altered(line=line, is_new=False)
    _write(before, edit(before.text, id), {**outlets, id: {**outlet, "paused": wanted}})
    return Altered(line=line, is_new=True)


def _line(before: Original, id: str) -> int:
    known = entries(before.raw, "outlets")
    if id not in known:
        names = ", ".join(list(known)[:_LISTED]) or "none yet"
        more = f" and {len(known) - _LISTED} more" if len(known) > _LISTED else ""
        raise ConfigError(f"{before.path}: no outlet {quoted(id)}.{did_you_mean(id, known)} There are: {names}{more}")
    return Where(before.text).line(("outlets", id))


def _write(before: Original, text: str, outlets: Mapping[str, object]) -> None:
    """Write the edited text where it says what is wanted, and where that is no new fault of anything else."""
    after = parsed(text, before.path)
    if {**after, "outlets": _plain(after)} != {**before.raw, "outlets": _plain({"outlets": outlets})}:
        raise ConfigError(f"{before.path}: that could not be done without changing something else. Edit it by hand")
    if wrong := _new_faults(before, after):
        raise ConfigError(f"{before.path} stays as it is, for it would have faults. Mend first what names the outlet:", *wrong)
    replace_file(before, text)


def _plain(raw: Mapping[str, object]) -> dict[str, object]:
    """Give the outlets in one form each, so that two ways to say the same are equal."""
    found: dict[str, object] = {}
    for id, value in entries(raw, "outlets").items():
        outlet = long_form("outlets", value)
        is_said = isinstance(outlet, dict) and outlet.get("paused") is False
        found[id] = {key: held for key, held in outlet.items() if key != "paused"} if is_said else outlet  # type: ignore[attr-defined]
    return found


def _new_faults(before: Original, after: Mapping[str, object]) -> tuple[str, ...]:
    """Give what would be wrong and is not yet, with the lines of the file as it stands: there it can be mended."""
    told = []
    for raw in (before.raw, after):
        faults = Faults(Where(before.text))
        check_across(raw, faults)
        # what else it could have meant is no help with a name that was right, and changes with every outlet that goes
        told.append([_REMEDY.sub("", fault) for fault in faults.printed(str(before.path))])
    return tuple(fault for fault in told[1] if fault not in told[0])


# ----------------------------------------------------------------------------------------------------------- the text


def _own(text: str, id: str) -> tuple[list[Statement], list[Statement]]:
    """Give the statements of an outlet: those with lines of their own, and those within inline tables."""
    lines: list[Statement] = []
    inner: list[Statement] = []
    for statement in statements(text):
        if statement.path[:2] == ("outlets", id):
            lines.append(statement)
            inner += members(text, statement) if len(statement.path) == len(("outlets", id)) else ()
        elif statement.path == ("outlets",):
            for member in members(text, statement):
                if member.path[:2] == ("outlets", id):
                    inner.append(member)
                    inner += members(text, member)
    return lines, inner


def _without(text: str, id: str) -> str:
    lines, inner = _own(text, id)
    if not lines:
        for member in reversed([member for member in inner if member.table == ("outlets",)]):
            text = _cut(text, member)
        return text
    order = {statement.start: place for place, statement in enumerate(statements(text))}
    spans: list[tuple[int, int, int]] = []
    for statement in lines:
        begin, end, place = _line_start(text, statement.start), _line_end(text, statement.stop), order[statement.start]
        if spans and spans[-1][2] == place - 1:
            # what stands between two of its own lines is about them
            begin = spans.pop()[0]
        spans.append((begin, end, place))
    for begin, end, _ in reversed(spans):
        text = text[:begin] + text[end + 1 :]
    return text


def _with_pause(text: str, id: str) -> str:
    lines, inner = _own(text, id)
    whole = next((one for one in (*lines, *inner) if one.path == ("outlets", id) and one.value_at is not None), None)
    if switch := _said_paused(lines, inner):
        return _valued(text, switch, "true")
    if whole is not None and whole.value_at is not None:
        value = text[whole.value_at : whole.stop].rstrip()
        said = [member for member in inner if member.table == whole.path]
        if not value.startswith("{"):
            return _valued(text, whole, f"{{ feed = {value}, paused = true }}")
        return _after(text, said[-1], ", paused = true") if said else _valued(text, whole, "{ paused = true }")
    if not lines:
        return _after(text, inner[-1], f", {_key((*inner[-1].path[1:2], 'paused'))} = true")
    # a sub-table begins where the outlet's own keys end
    header = next((one for one in lines if one.value_at is None and one.path == ("outlets", id)), None)
    table = header.table if header else next(one.table for one in reversed(lines) if len(one.table) < len(("outlets", id)))
    last = [one for one in lines if one.table == table][-1]
    indent = text[_line_start(text, last.start) : last.start]
    at = _line_end(text, last.stop)
    return f"{text[:at]}\n{indent}{_key(('outlets', id, 'paused')[len(table) :])} = true{text[at:]}"


def _without_pause(text: str, id: str) -> str:
    lines, inner = _own(text, id)
    switch = _said_paused(lines, inner)
    if switch is None:
        return text
    if switch in inner:
        return _shortened(_cut(text, switch), id)
    begin, end = _line_start(text, switch.start), _line_end(text, switch.stop)
    if "#" in text[switch.stop : end]:
        return _valued(text, switch, "false")
    # the last line of a file may have no end, and then the one before it has none now
    return text[:begin] + text[end + 1 :] if end < len(text) else text[:begin].removesuffix("\n")


def _said_paused(lines: list[Statement], inner: list[Statement]) -> Statement | None:
    return next((one for one in (*lines, *inner) if one.path[2:] == ("paused",)), None)


def _shortened(text: str, id: str) -> str:
    """Write ``{ feed = "..." }`` as the address alone."""
    lines, inner = _own(text, id)
    whole = next((one for one in (*lines, *inner) if one.path == ("outlets", id)), None)
    if whole is None or [one.path[2:] for one in inner if one.table == whole.path] != [("feed",)]:
        return text
    feed = inner[-1]
    return _valued(text, whole, text[feed.value_at : feed.stop].rstrip())


def _valued(text: str, statement: Statement, value: str) -> str:
    held = text[statement.value_at : statement.stop]
    return text[: statement.value_at] + value + held[len(held.rstrip()) :] + text[statement.stop :]


def _after(text: str, member: Statement, more: str) -> str:
    at = len(text[: member.stop].rstrip())
    return text[:at] + more + text[at:]


def _cut(text: str, member: Statement) -> str:
    """Take a key out of an inline table, and one comma with it."""
    before, after = text[: member.start].rstrip(), text[member.stop :]
    if before.endswith(","):
        return before[:-1].rstrip() + text[len(text[: member.stop].rstrip()) : member.stop] + after
    rest = after.lstrip()
    return text[: member.start] + (rest[1:].lstrip() if rest.startswith(",") else rest)


def _key(parts: tuple[str, ...]) -> str:
    return ".".join(tomlkit.key(part).as_string() for part in parts)


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
