"""What pyproject.toml asks for → the constraints files: each package that is installed, its version, the hashes of its files.

    python tests/constraints.py [NAME ...]

It is resolved by pip, and pip's own index, whichever that is, is asked for the hashes of every file of
these releases. The versions that stand there stay, but for those of the packages named; ``all`` lets every one go.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
RUN: Final = "constraints.txt"
EDITABLE: Final = "editables"
"""What hatchling asks for where a checkout is installed as it stands (-e)."""
HEAD: Final = """\
# What {who} installs, to the version and to the very file: pip takes nothing else, and nothing that has to be built.
# Made by tests/constraints.py. The project itself is installed after it, with --no-deps --no-build-isolation.
"""
FILES: Final = {RUN: "a monitor", "constraints-test.txt": "its tests", "constraints-bench.txt": "its benchmarks"}
BUILT: Final = {"constraints-bench.txt": ("sgmllib3k",)}
"""What there is only as source; its build is no more bound to hashes than pip can do."""
BROUGHT: Final = frozenset({"pip"})
"""What every environment has, and sqlite-utils asks for: it is not put in the place of itself while it works."""
_OURS: Final = re.compile(r"-(?:cp3(?:1[1-4])|py3|py2\.py3|cp3[0-9]+-abi3).*-(?:any|(?:many|musl)linux.*|macosx.*)\.whl$")
_ELSEWHERE: Final = re.compile(r"-cp3[0-9]+t-|(?:i686|armv7l|ppc64le|s390x|riscv64|ppc64|armv6l|loongarch64)\.whl$")
EXTRA: Final = re.compile(r"([A-Za-z0-9._-]+) ?\[([^\]]+)\](?!.*\bextra ==)")
_PIN: Final = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)")


def wants(part: str) -> tuple[str, ...]:
    """Give what a file is for, as pyproject.toml has it: what is run with what builds it, or what an extra adds."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    if part == RUN:
        return (*declared["project"]["dependencies"], *declared["build-system"]["requires"])
    extra = part.removeprefix("constraints-").removesuffix(".txt")
    return (*declared["project"]["optional-dependencies"][extra], EDITABLE)


def pins(text: str) -> dict[str, str]:
    """Read a file: name → version, names as PEP 503 writes them."""
    return {canonical(found[1]): found[2] for line in text.splitlines() if (found := _PIN.match(line))}


def canonical(name: str) -> str:
    """Write a name as PEP 503 does."""
    return re.sub(r"[-_.]+", "-", name).lower()


def is_ours(file: str) -> bool:
    """Say whether a wheel is for a machine that the monitor is made for: Linux or macOS, with a Python that it runs on."""
    return bool(_OURS.search(file)) and not _ELSEWHERE.search(file)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What pip resolved: name → version; and name → ``name[extra]``, where it is asked for so."""

    versions: Mapping[str, str]
    asked_as: Mapping[str, str]


def main(*let_go: str) -> None:
    """Write the files."""
    kept = {name: version for file in FILES for name, version in pins(_read(file)).items() if not {name, "all"} & set(let_go)}
    run: Mapping[str, str] = {}
    for file, who in FILES.items():
        found = _resolved((*wants(RUN), *wants(file)), {**kept, **run}, built=BUILT.get(file, ()))
        own = {name: version for name, version in found.versions.items() if name not in run}
        run = run or found.versions
        kept |= found.versions
        options = ["--only-binary :all:", *(f"--no-binary {name}" for name in BUILT.get(file, ()))]
        lines = options if file == RUN else [f"-r {RUN}", *options]
        entries = _entries(own, found.asked_as)
        (ROOT / file).write_text(HEAD.format(who=who) + "\n".join((*lines, "", *entries)) + "\n", encoding="utf-8")


def _read(file: str) -> str:
    path = ROOT / file
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _resolved(wanted: Iterable[str], kept: Mapping[str, str], *, built: tuple[str, ...]) -> Found:
    """Have pip resolve."""
    with tempfile.TemporaryDirectory() as folder:
        versions, report = Path(folder) / "versions.txt", Path(folder) / "report.json"
        versions.write_text("".join(f"{name}=={version}\n" for name, version in kept.items()), encoding="utf-8")
        asked = ["pip", "install", "-q", "--dry-run", "--ignore-installed", "--report", str(report), "--only-binary", ":all:"]
        formats = [word for name in built for word in ("--no-binary", name)]
        subprocess.run([sys.executable, "-m", *asked, *formats, "-c", str(versions), *wanted], check=True)
        installed = json.loads(report.read_text(encoding="utf-8"))["install"]
    found = [each["metadata"] for each in installed]
    asked = [EXTRA.match(line) for each in found for line in each.get("requires_dist", ())]
    return Found(
        versions={canonical(each["name"]): each["version"] for each in found if canonical(each["name"]) not in BROUGHT},
        asked_as={canonical(each[1]): f"{canonical(each[1])}[{each[2]}]" for each in asked if each},
    )


def _entries(found: Mapping[str, str], asked_as: Mapping[str, str]) -> Iterator[str]:
    """Write each package with the hashes of its files.

    Twice where it is asked for with an extra: pip before 23.3 takes that for another package, and finds its version open.
    """
    index = _Index()
    for name, version in sorted(found.items()):
        hashes = sorted(index.hashes(name, version))
        assert hashes, f"{name} {version} has no file that can be installed"
        for asked in filter(None, (name, asked_as.get(name))):
            yield " \\\n".join((f"{asked}=={version}", *(f"    --hash=sha256:{each}" for each in hashes)))


class _Index:
    """The index that pip is set up to ask, asked as pip asks it."""

    def __init__(self) -> None:
        # pip has no public door to the hashes of files for other machines than this one
        from pip._internal.commands import create_command  # noqa: PLC0415

        command: Any = create_command("download")
        options, _ = command.parse_args([])
        self._pages = command._build_package_finder(options, command._build_session(options))._link_collector  # noqa: SLF001

    def hashes(self, name: str, version: str) -> set[str]:
        """Give the hashes of a release's wheels for the machines that are ours; its source's, where there is no wheel."""
        files = dict(self._files(name, version))
        wheels = {sha for file, sha in files.items() if is_ours(file)}
        return wheels or {sha for file, sha in files.items() if not file.endswith(".whl")}

    def _files(self, name: str, version: str) -> Iterator[tuple[str, str]]:
        from pip._internal.index.collector import parse_links  # noqa: PLC0415
        from pip._internal.models.link import Link  # noqa: PLC0415

        for place in self._pages.search_scope.get_index_urls_locations(name):
            page = None if place.startswith("file:") else self._pages.fetch_response(Link(place))
            for link in parse_links(page) if page else ():
                if _is_of(link.filename, version) and link.hash_name == "sha256":
                    yield link.filename, link.hash


def _is_of(file: str, version: str) -> bool:
    """Say whether a file is one of this version's."""
    parts = file.split("-")
    is_wheel = file.endswith(".whl")
    return parts[1] == version if is_wheel else file.removesuffix(".tar.gz").endswith(f"-{version}")


if __name__ == "__main__":
    main(*map(canonical, sys.argv[1:]))
