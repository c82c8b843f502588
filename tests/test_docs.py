"""The pages under docs/ say nothing that does not run: every command in them is typed, every table of a config is read."""

from __future__ import annotations

import asyncio
import re
import shlex
from pathlib import Path

import pytest
from desks import configured, outlet, typed
from fakes import Site, rss

from monitor.config import load
from monitor.daemon import Daemon
from monitor.match import compile_watches
from monitor.model import Config, FieldText, OutletId, Watch, WatchId

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DOCS = sorted((Path(__file__).parent.parent / "docs").glob("*.md"))
BLOCKS = [
    pytest.param(kind, block, id=f"{page.stem}-{number}")
    for page in DOCS
    for number, (kind, block) in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")))
]
OUTLETS = """
[outlets]
relief-desk = { feed = "https://reliefdesk.example/updates.atom", groups = ["regional"], label = "state media" }
orontes-post = { feed = "https://orontes-post.example/feed.xml", groups = ["regional"] }
[channels.desk-mail]
type = "email"
to = ["desk@example.org"]
from = "monitor@example.org"
smtp = "smtp://mail.example.org"
"""


@pytest.mark.parametrize("block", [block.values[1] for block in BLOCKS if block.values[0] == "toml"])
def test_every_config_shown_can_be_read(block: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(OUTLETS + block, encoding="utf-8")
    secrets = {"DESK_PHONE_URL": "ntfys://token@ntfy.example.org/desk", "HOOK_SECRET": "x"} | {
        "HEALTHCHECKS_URL": "https://switch.example/x"
    }
    config = load(path, environ=secrets, home=tmp_path)
    assert config.watches or len(config.channels) > 1


@pytest.fixture
async def stored(tmp_path: Path, site: Site) -> Config:
    """Make a desk that has read seventeen items."""
    with site.serving():
        site.pages["/feed.xml"] = rss(*((f"Idlib, day {number}", f"{site.url}/{number}", "Rain.") for number in range(17)))
        config = configured(tmp_path, outlet(site).replace('lang = "en"', "full_text = false"))
        async with Daemon(config, load=lambda: config, say=lambda _: None) as daemon:
            await daemon.once()
    return config


COMMANDS = {
    page.stem: re.findall(r"^```sh\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL) for page in DOCS
}


@pytest.mark.parametrize("page", [page for page, blocks in COMMANDS.items() if blocks])
async def test_the_commands_of_a_page_typed_in_its_order_do_what_is_said(
    page: str, stored: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # some of them write a file where they are typed
    monkeypatch.chdir(tmp_path)
    for line in "".join(COMMANDS[page]).splitlines():
        words = shlex.split(line, comments=True)
        if not words:
            continue
        assert words[0] == "monitor"
        # a command runs a loop of its own
        done = await asyncio.to_thread(typed, stored, *words[1:])
        assert (done.returncode, done.stdout != "") == (0, True), f"{line}\n{done.stderr}"


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
