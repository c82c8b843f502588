"""What is installed: bound to its version and the hashes of its files, no more than is declared, and said to be from nowhere."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import distributions, packages_distributions
from pathlib import Path

import constraints
import pytest
from constraints import FILES, ROOT, RUN, canonical, pins, wants
from pip._vendor.packaging.requirements import Requirement

TEST = "constraints-test.txt"
EVERYWHERE = frozenset({"pip", "setuptools", "wheel", "outlet-monitor"})
"""What an environment has before anything is installed, and the project itself."""
NOT_IMPORTED = frozenset({"lxml-html-clean", "tzdata", "hatchling"})
"""What is there for another package, for the standard library, or for the installation."""
READS = {"monitor": ("monitor",), "tests": ("monitor", "test"), "bench": ("monitor", "bench", "tables")}
"""Which declared dependencies a part of the code may import: the project's own, and those of these extras."""


@cache
def givers_of() -> Mapping[str, list[str]]:
    """Give by topmost package which distributions bring it; each look reads a thousand files."""
    return packages_distributions()


@cache
def wanted_by() -> Mapping[str, tuple[Requirement, ...]]:
    """Give what each installed distribution asks for."""
    return {canonical(each.name): tuple(map(Requirement, each.requires or ())) for each in distributions() if each.name}


def entries(file: str) -> dict[str, list[str]]:
    """Read a file as pip does: name → its hashes."""
    text = (ROOT / file).read_text(encoding="utf-8").replace("\\\n", " ")
    found = [re.fullmatch(r"([a-z0-9-]+)==\S+((?:\s+--hash=sha256:[0-9a-f]{64})*)", line) for line in text.splitlines()]
    return {each[1]: each[2].split() for each in found if each}


def declared(*extras: str) -> set[str]:
    """Give the names that pyproject.toml declares: the project's own dependencies, and those of some extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *(one for extra in extras for one in project["optional-dependencies"].get(extra, ()))]
    return {canonical(re.match(r"[A-Za-z0-9._-]+", one)[0]) for one in asked}  # type: ignore[index]


def imports(part: str) -> Iterator[tuple[str, str]]:
    """Give every module of somebody else's that a part of the code names, lazily or not: where, and its topmost package."""
    for path in sorted((ROOT / part).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Import():
                    named: Iterable[str] = (alias.name for alias in node.names)
                case ast.ImportFrom(level=0, module=str(module)):
                    named = (module,)
                case _:
                    continue
            for name in named:
                if (top := name.partition(".")[0]) not in sys.stdlib_module_names:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", top


@cache
def imported(part: str) -> tuple[tuple[str, str], ...]:
    """Give all of `imports`, read once."""
    return tuple(imports(part))


@pytest.mark.parametrize("part", READS)
def test_no_import_reaches_beyond_what_is_declared(part: str) -> None:
    own = {path.stem for folder in ("tests", "bench") for path in (ROOT / folder).glob("*.py")} | {"monitor", "pip"}
    installed = givers_of()
    # what is not installed here is known by its own name
    givers = {top: {canonical(name) for name in installed.get(top, [top])} for _, top in imported(part)}
    # pyahocorasick is for the benches alone, and the tests' environment does not have it
    givers["ahocorasick"] = {"pyahocorasick"}
    may = declared(*READS[part])
    beyond = sorted({f"{where}: {top}" for where, top in imported(part) if top not in own and not givers[top] & may})
    assert not beyond, f"not declared for {part}: {beyond}"


def test_nothing_is_declared_that_the_monitor_does_not_import() -> None:
    installed = givers_of()
    used = {canonical(name) for _, top in imported("monitor") for name in installed.get(top, [])}
    assert declared() - used <= NOT_IMPORTED


@pytest.mark.parametrize("file", FILES)
def test_every_package_is_bound_to_its_version_and_the_hashes_of_its_files(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    found = entries(file)
    assert found.keys() == pins(text).keys()
    assert found
    assert all(found.values()), sorted(name for name, hashes in found.items() if not hashes)
    assert "--only-binary :all:" in text
    # neither where it is from, nor anything that would have pip look elsewhere
    assert not re.search(r"://|index-url|find-links|trusted-host|@", text)


def test_what_is_declared_is_bound_and_the_builder_with_it() -> None:
    names = set(entries(RUN)) | set(entries(TEST))
    assert {canonical(re.match(r"[\w.-]+", one)[0]) for file in (RUN, TEST) for one in wants(file)} <= names  # type: ignore[index]


def test_what_is_installed_here_is_what_is_bound() -> None:
    bound = pins((ROOT / RUN).read_text(encoding="utf-8")) | pins((ROOT / TEST).read_text(encoding="utf-8"))
    here = {canonical(each.name): each.version for each in distributions() if each.name}
    differs = sorted(
        f"{name} {here[name]}, not {bound[name]}" for name in here.keys() & bound.keys() if here[name] != bound[name]
    )
    if here.keys() - bound.keys() - EVERYWHERE:
        pytest.skip(f"more is installed here than the constraints name: {sorted(here.keys() - bound.keys() - EVERYWHERE)}")
    assert not differs


def asked(platform: str, version: str) -> Iterator[str]:
    """Give what is asked for by what is bound, on such a machine: who asks, and for whom; extras are followed.

    Of a package that is installed nowhere here nothing is known.
    """
    system = {"linux": "Linux", "darwin": "Darwin"}[platform]
    here = {"sys_platform": platform, "platform_system": system, "python_version": version, "python_full_version": f"{version}.0"}
    wanted = [(name, "") for name in (*entries(RUN), *entries(TEST))]
    met: set[tuple[str, str]] = set()
    while wanted:
        if (pair := wanted.pop()) in met or pair[0] not in wanted_by():
            continue
        met.add(pair)
        for each in wanted_by()[pair[0]]:
            if each.marker is None or each.marker.evaluate({**here, "extra": pair[1]}):
                yield f"{pair[0]} asks for {canonical(each.name)}"
                wanted += [(canonical(each.name), extra) for extra in ("", *each.extras)]


@pytest.mark.parametrize("platform", ["linux", "darwin"])
@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_what_a_bound_package_asks_for_is_bound_as_well_since_pip_does_not_look(platform: str, version: str) -> None:
    bound = {*entries(RUN), *entries(TEST)} | EVERYWHERE
    assert sorted(one for one in set(asked(platform, version)) if one.rpartition(" ")[2] not in bound) == []


@pytest.mark.parametrize(
    ("file", "ours"),
    [
        ("lxml-6.1.3-cp311-cp311-manylinux_2_26_x86_64.manylinux_2_28_x86_64.whl", True),
        ("lxml-6.1.3-cp313-cp313-macosx_11_0_arm64.whl", True),
        ("lxml-6.1.3-cp312-cp312-musllinux_1_2_aarch64.whl", True),
        ("cryptography-50.0.2-cp39-abi3-manylinux_2_28_x86_64.whl", True),
        ("tzdata-2026.6-py2.py3-none-any.whl", True),
        ("ruff-0.17.6-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", True),
        ("lxml-6.1.3-cp311-cp311-win_amd64.whl", False),
        ("lxml-6.1.3-cp310-cp310-manylinux_2_28_x86_64.whl", False),
        ("lxml-6.1.3-cp314-cp314t-manylinux_2_28_x86_64.whl", False),
        ("lxml-6.1.3-cp311-cp311-manylinux_2_28_ppc64le.whl", False),
        ("lxml-6.1.3-pp311-pypy311_pp73-manylinux_2_28_x86_64.whl", False),
        ("lxml-6.1.3.tar.gz", False),
    ],
)
def test_the_hashes_are_those_of_files_for_machines_that_it_runs_on(file: str, *, ours: bool) -> None:
    assert constraints.is_ours(file) is ours


def test_the_readmes_commands_install_nothing_that_is_not_bound() -> None:
    for page in ("README.md", "docs/start.md", "docs/service.md", "docs/speed.md", "systemd/monitor.service"):
        words = (ROOT / page).read_text(encoding="utf-8")
        for command in re.findall(r"pip install [^&|\n]*", words):
            # with --no-deps: pip 23.2 forgets what is bound where a package asks for another one's extra
            is_bound = re.search(r"--no-deps -r constraints(-test|-bench)?\.txt\s*$", command)
            is_ours = re.search(r"--no-deps --no-build-isolation (-e )?\.\s*$", command)
            assert is_bound or is_ours, f"{page}: {command}"


def test_the_package_carries_them() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '"constraints*.txt"' in text
    assert all(Path(ROOT / file).is_file() for file in FILES)
