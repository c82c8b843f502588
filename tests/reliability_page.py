"""The tests' own names → the table of docs/reliability.md. `python tests/reliability_page.py` writes it; a test compares the two.

A test that shows a fault of the catalogue bears the fault's id at the head of its name, and then the outcome as a sentence. What
stands above and below the table is written by hand.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from catalogue import CATALOGUE, NOT_HERE, PARTS

PAGE = Path(__file__).parent.parent / "docs" / "reliability.md"
TESTS = Path(__file__).parent
BEGIN = "<!-- from here on: python tests/reliability_page.py -->\n"
END = "<!-- up to here -->\n"

_HEAD = re.compile(r"test_((?:(?:to_)?[nhlp]\d\d_)+)(.+)")
_ID = re.compile(r"(to_)?([nhlp])(\d\d)_")
_WORDS = {
    "kill_9": "`kill -9`",
    "retry_after": "Retry-After",
    "robots_txt": "robots.txt",
    "config_toml": "config.toml",
    "ctrl_c": "Ctrl-C",
    "no_others": "no other's",
    "a_feeds": "a feed's",
    **{f"{word}s_own": f"{word}'s own" for word in ("digest", "monitor", "outlet", "one", "site", "network", "desk", "mail")},
    **{f"an_{word}s": f"an {word}'s" for word in ("answer", "outlet")},
    **{f"the_{word}s": f"the {word}'s" for word in ("digest", "connection", "outlet", "monitor", "server")},
    **{f"another_{word}s": f"another {word}'s" for word in ("program", "outlet")},
    **{f"that_{word}s": f"that {word}'s" for word in ("service",)},
    **{word: word.upper() for word in ("http", "https", "tls", "json", "html", "xml", "dns", "csv", "smtp", "opml", "sigterm")},
    **{word: word.upper() for word in ("sighup", "sigstop", "nfc", "nfd", "ascii", "dst")},
    "sqlite": "SQLite",
    "ipv4": "IPv4",
    "ipv6": "IPv6",
    "arabic": "Arabic",
    "markdown": "Markdown",
}
"""How what a name can't write is written in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A test that shows faults. ``says``: its outcome in words; ``runs``: empty where it runs every time."""

    ids: tuple[str, ...]
    file: str
    says: str
    runs: str


def ids_of(name: str) -> tuple[str, ...]:
    """Give the faults that a test's name bears at its head, ranges written out; none: it shows none."""
    head = _HEAD.fullmatch(name)
    found: list[str] = []
    for to, letter, number in _ID.findall(head[1]) if head else ():
        first = int(found[-1][1:]) + 1 if to and found else int(number)
        found += [f"{letter.upper()}{each:02}" for each in range(first, int(number) + 1)]
    return tuple(found)


def sentence_of(name: str) -> str:
    """Give what a test's name says after the ids."""
    head = _HEAD.fullmatch(name)
    assert head is not None, name
    words = f"_{head[2]}_"
    for written, meant in _WORDS.items():
        words = words.replace(f"_{written}_", f"_{meant}_")
    said = " ".join(words.strip("_").split("_"))
    return said[0].upper() + said[1:]


def all_shown() -> tuple[Shown, ...]:
    """Find the tests that show a fault, in the order of their files."""
    return tuple(shown for path in sorted(TESTS.glob("test_*.py")) for shown in _of_file(path))


def _of_file(path: Path) -> Iterator[Shown]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    known = {**_parts(_imported(tree)), **_parts([tree])}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (ids := ids_of(node.name)):
            yield Shown(ids=ids, file=path.name, says=sentence_of(node.name), runs=_runs(node, known))


def _imported(tree: ast.Module) -> list[ast.Module]:
    """Read what the tests share, of which a file makes use."""
    names = {node.module for node in tree.body if isinstance(node, ast.ImportFrom)} | {"conftest"}
    paths = [TESTS / f"{name}.py" for name in sorted(filter(None, names))]
    return [ast.parse(path.read_text(encoding="utf-8")) for path in paths if path.exists()]


def _parts(trees: Iterable[ast.Module]) -> dict[str, ast.AST]:
    """Give functions, fixtures among them, and what names stand for, by name."""
    found: dict[str, ast.AST] = {}
    for node in (each for tree in trees for each in tree.body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value
    return found


# --- where it runs


def _runs(test: ast.FunctionDef | ast.AsyncFunctionDef, known: Mapping[str, ast.AST]) -> str:
    said = []
    pytestmark = known.get("pytestmark")
    if any(map(_is_long, (*test.decorator_list, *([pytestmark] if pytestmark else [])))):
        said.append("by hand: `-m long`")
    elif any(_is_long(node) for decorator in test.decorator_list for node in ast.walk(decorator)):
        said.append("more of it by hand: `-m long`")
    reasons = sorted({reason for part in _reached(test, known) for reason in _reasons(part, known)})
    return "; ".join((*said, *(f"not everywhere: {reason}" for reason in reasons)))


def _is_long(node: ast.AST) -> bool:
    """Say whether this is the mark itself, or a list of marks with it."""
    if isinstance(node, ast.List | ast.Tuple):
        return any(map(_is_long, node.elts))
    return isinstance(node, ast.Attribute) and ast.unparse(node) == "pytest.mark.long"


def _reached(test: ast.AST, known: Mapping[str, ast.AST]) -> Iterator[ast.AST]:
    """Give the test, and all that it calls, is given as a fixture or is decorated with."""
    waiting, seen = [test, *([known["pytestmark"]] if "pytestmark" in known else [])], set[str]()
    while waiting:
        part = waiting.pop()
        yield part
        names = {node.id for node in ast.walk(part) if isinstance(node, ast.Name)}
        names |= {node.arg for node in ast.walk(part) if isinstance(node, ast.arg)}
        waiting += [known[name] for name in sorted(names - seen) if name in known]
        seen |= names


def _reasons(part: ast.AST, known: Mapping[str, ast.AST]) -> Iterator[str]:
    """Give why a part of a test may be passed over."""
    for call in (node for node in ast.walk(part) if isinstance(node, ast.Call)):
        called = ast.unparse(call.func)
        words = [word.value for word in call.keywords if word.arg == "reason"]
        if called == "pytest.skip":
            words = call.args or words
        elif not called.endswith("skipif"):
            continue
        yield from (_text(word, known) for word in words[:1])


def _text(word: ast.AST, known: Mapping[str, ast.AST]) -> str:
    """Give a reason as it stands there; what is only known as the test runs is left open."""
    if isinstance(word, ast.Constant):
        return str(word.value)
    if isinstance(word, ast.Name) and isinstance(known.get(word.id), ast.Constant):
        return _text(known[word.id], known)
    if isinstance(word, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in word.values)
    return "the machine lacks what it needs"


# --- what is wrong, and the page


def missing(shown: Iterable[Shown], not_here: Mapping[str, str] = NOT_HERE) -> list[str]:
    """Name the faults that have neither a test nor a reason."""
    there = {id for each in shown for id in each.ids}
    return [id for id in CATALOGUE if id not in there and id not in not_here]


def wrong(shown: Iterable[Shown], not_here: Mapping[str, str] = NOT_HERE) -> list[str]:
    """Name the ids that are none of the catalogue's, and those that have both a test and a reason to have none."""
    there = {id for each in shown for id in each.ids}
    unknown = [f"{id} is not in the catalogue" for id in sorted(there | set(not_here)) if id not in CATALOGUE]
    return [*unknown, *(f"{id} has a test, and a reason to have none" for id in sorted(there & set(not_here)))]


def table(shown: Iterable[Shown]) -> str:
    """Write all that stands between the two marks."""
    found = tuple(shown)
    return "\n".join(part for letter, title in PARTS.items() for part in _part(letter, title, found))


def _part(letter: str, title: str, shown: tuple[Shown, ...]) -> Iterator[str]:
    yield f"\n### {title}\n"
    yield "| | what is thrown at it | what comes of it |"
    yield "|---|---|---|"
    for id, thrown in CATALOGUE.items():
        if id.startswith(letter):
            yield f"| {id} | {thrown} | {_outcome(id, [each for each in shown if id in each.ids])} |"


def _outcome(id: str, shown: list[Shown]) -> str:
    if not shown:
        return f"*Not tried here: {NOT_HERE[id]}*" if id in NOT_HERE else "*No test yet.*"
    alike: dict[str, list[Shown]] = {}
    for each in shown:
        alike.setdefault(each.says, []).append(each)
    return "<br>".join(_line(says, ones) for says, ones in alike.items())


def _line(says: str, shown: list[Shown]) -> str:
    """Write one outcome, which leads to the tests that show it, and where they run if not every time."""
    links = [
        f"[{word}](../tests/{one.file}){_where(one)}" for word, one in zip((says, *["again"] * len(shown)), shown, strict=False)
    ]
    return ", ".join(links)


def _where(one: Shown) -> str:
    return f" *({one.runs})*" if one.runs else ""


def page(was: str) -> str:
    """Give the page with its table anew."""
    before, _, rest = was.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}{table(all_shown())}\n\n{END}{after}"


def _main(*words: str) -> int:
    written = PAGE.read_text(encoding="utf-8")
    found = all_shown()
    for line in (*wrong(found), *(f"{id} has no test yet" for id in missing(found))):
        sys.stderr.write(f"{line}\n")
    if words == ("--check",):
        return int(page(written) != written)
    PAGE.write_text(page(written), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(_main(*sys.argv[1:]))
