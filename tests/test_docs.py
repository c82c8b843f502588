"""The pages under docs/ say nothing that does not run: every command in them is typed, every table of a config is read."""

from __future__ import annotations

import re
import shlex
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from briefs import brief
from desks import configured, outlet, typed
from fakes import Site, rss

from monitor.config import load
from monitor.daemon import Daemon
from monitor.demo.server import DemoServer
from monitor.match import compile_watches
from monitor.model import Config, FieldText, OutletId, Watch, WatchId
from monitor.render import plain
from monitor.store import DATABASE, back_up

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
DOCS = sorted((ROOT / "docs").glob("*.md"))
BLOCKS = [
    pytest.param(kind, block, id=f"{page.stem}-{number}")
    for page in DOCS
    for number, (kind, block) in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")))
]
BARE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#.][^)#]*|\.\./[^)#]+)")
OUTLETS = """
[outlets]
relief-desk = { feed = "https://reliefdesk.example/updates.atom", groups = ["regional"], label = "state media" }
orontes-post = { feed = "https://orontes-post.example/feed.xml", groups = ["regional"] }
al-zawiya = { feed = "https://alzawiya.example/rss", lang = "ar" }
[channels.desk-mail]
type = "email"
to = ["desk@example.org"]
from = "monitor@example.org"
smtp = "smtp://mail.example.org"
"""
WATCH = '[watches]\nidlib = ["Idlib"]\n'


def whole(snippet: str) -> str:
    """Give a snippet of a config with what it leaves out and the desk has."""
    outlets, watches = ("" if f"[{part}" in snippet else text for part, text in (("outlets]", OUTLETS), ("watches", WATCH)))
    return outlets + watches + snippet


@pytest.mark.parametrize("page", [README, *DOCS], ids=lambda page: page.stem)
def test_every_page_that_is_named_is_there(page: Path) -> None:
    assert [link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()] == []


def test_the_digest_in_the_readme_is_what_the_monitor_writes() -> None:
    excerpt = next(block for kind, block in BARE.findall(README.read_text(encoding="utf-8")) if "What 12 outlets" in block)
    written = plain.digest(brief()).splitlines()
    assert [line for line in excerpt.splitlines() if line and line.strip() != "…" and line not in written] == []


@pytest.mark.parametrize("block", [block.values[1] for block in BLOCKS if block.values[0] == "toml"])
def test_every_config_shown_can_be_read(block: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(whole(block), encoding="utf-8")
    password = tmp_path / "smtp-password"
    password.write_text("x", encoding="utf-8")
    password.chmod(0o600)
    secrets = {
        "DESK_PHONE_URL": "ntfys://token@ntfy.example.org/desk",
        "HOOK_SECRET": "x",
        "KUZEY_TOKEN": "x",
        "HEALTHCHECKS_URL": "https://switch.example/x",
    }
    config = load(path, environ=secrets, home=tmp_path)
    assert block.startswith("[outlets]") or config.watches or len(config.channels) > 1


@pytest.fixture
async def stored(tmp_path: Path, site: Site) -> AsyncIterator[Config]:
    """Make a desk that has read seventeen items, has a backup, and whose channel answers."""
    with site.serving():
        site.pages["/feed.xml"] = rss(*((f"Idlib, day {number}", f"{site.url}/{number}", "Rain.") for number in range(17)))
        weekly = '[digest]\nsend = ["hook"]\n[digest.weekly]\ncron = "0 7 * * mon"\n'
        config = configured(tmp_path, outlet(site, more=weekly).replace('lang = "en"', "full_text = false"))
        async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
            await daemon.once()
        # the one that the page on backups puts back
        back_up(Path(config.state) / DATABASE, date(2026, 11, 25))
        yield config


COMMANDS = {
    page.stem: "".join(re.findall(r"^```sh\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL))
    for page in DOCS
}


@pytest.mark.parametrize("page", [page for page, commands in COMMANDS.items() if commands])
def test_the_commands_of_a_page_typed_in_its_order_do_what_is_said(
    page: str, stored: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # some of them write a file where they are typed
    monkeypatch.chdir(tmp_path)
    with served(COMMANDS[page]) as addresses:
        for line in COMMANDS[page].splitlines():
            words = [addresses.get(word, word) for word in shlex.split(line, comments=True)]
            if not words:
                continue
            assert words[0] == "monitor"
            *said, into = words if ">" in words else (*words, None)
            # what is served on loopback is on the desk's own network
            private = ["--private"] if words[1] == "add" else []
            done = typed(stored, *(word for word in said[1:] if word != ">"), *private)
            assert (done.returncode, bool(done.stdout or "-o" in words)) == (0, True), f"{line}: {done.stderr}"
            if into:
                Path(into).write_text(done.stdout, encoding="utf-8")


@contextmanager
def served(commands: str) -> Iterator[dict[str, str]]:
    """Serve the outlets that commands add, as the demo does; gives their addresses on loopback by those that are shown."""
    if "monitor add" not in commands:
        yield {}
        return
    with DemoServer(datetime.now(UTC)) as demo:
        named = {"reliefdesk.example": "relief-desk", "alzawiya.example": "al-zawiya", "kuzeysinir.example": "kuzey-sinir"}
        yield {address: demo.home(OutletId(id)) for address, id in named.items()}


WATCHES = (Path(__file__).parent.parent / "docs" / "watches.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (.+?) \| (.*?) \| (.*?) ?\|$", WATCHES.split("## What one word finds")[1].split("\n- ")[0], re.MULTILINE)[
    2:
]
SPOKEN = {
    "Turkish": "tr",
    "Finnish": "fi",
    "Hungarian": "hu",
    "Vietnamese": "vi",
    "Italian": "it",
    "إدلب": "ar",
    "Идлиб": "ru",
    "马里": "zh",
}


@pytest.mark.parametrize(("written", "found", "others"), ROWS)
def test_the_page_on_watches_says_truly_what_a_word_finds(written: str, found: str, others: str) -> None:
    words, _, languages = re.sub(r"\(.*\)", "", written).partition(", in ")
    terms = [word.strip() for word in words.split(",")]
    tags = [SPOKEN.get(name.strip(" …"), "en") for name in (languages or terms[0]).split(",")]

    def is_found(example: str) -> bool:
        return any(
            compile_watches((Watch(id=WatchId("w"), any=(term,)),)).matches(
                (FieldText(field="title", text=f"{example} x"),), language=tag, outlet=OutletId("o")
            )
            for term in terms
            for tag in tags
        )

    assert [example for example in filter(None, found.split(", ")) if not is_found(example)] == []
    assert [example for example in filter(None, others.split(", ")) if is_found(example)] == []
