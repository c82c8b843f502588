"""The schema that editors read says of a config.toml what `monitor check` says, as far as a schema can; every key is shown."""

from __future__ import annotations

import contextlib
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import trustme
from click.testing import CliRunner
from jsonschema import Draft7Validator, Draft202012Validator
from test_docs import BLOCKS, whole

import monitor
from monitor.cli import cli
from monitor.config import load, short_config
from monitor.errors import ConfigError

REPOSITORY = Path(monitor.__file__).parents[1]
EXAMPLE = (REPOSITORY / "docs" / "config.example.toml").read_text(encoding="utf-8")
SHIPPED = (REPOSITORY / "config.toml").read_text(encoding="utf-8")
ENVIRON = {
    "DESK_PHONE_URL": "ntfys://token@ntfy.example.org/desk",
    "KUZEY_TOKEN": "Bearer x",
    "KUZEY_PROXY": "http://desk:x@proxy.example.org:3128",
    "HTTPS_PROXY": "http://proxy.example.org:3128",
    "HEALTHCHECKS_URL": "https://ping.example.org/x",
}
SHORT = '[outlets]\na = "https://a.example/rss"\n[watches]\nw = ["Idlib"]\n'
LONG = '[outlets.a]\nfeed = "https://a.example/rss"\n'
CHANNEL = "[channels.x]\n"


def taken_in(text: str) -> str:
    """Write a config with every hint in its comments taken."""
    return re.sub(r"^# +(?=\[|[a-z_]+ *= )", "", text, flags=re.MULTILINE)


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    done = CliRunner().invoke(cli, ["check", "--schema"])
    assert done.exit_code == 0
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def is_valid(schema: dict[str, Any], text: str) -> bool:
    table = tomllib.loads(text)
    said = {Validator(schema).is_valid(table) for Validator in (Draft7Validator, Draft202012Validator)}
    assert len(said) == 1
    return said.pop()


def keys_in(schema: dict[str, Any], at: str = "") -> dict[str, dict[str, Any]]:
    """Give every key that the schema has, by its path."""
    found: dict[str, dict[str, Any]] = {}
    for form in (schema, *schema.get("anyOf", ()), *filter(None, [schema.get("additionalProperties")])):
        if form is not schema:
            found |= keys_in(form, at)
        for key, value in form.get("properties", {}).items():
            if key not in {"env", "file"}:
                found |= {f"{at}.{key}": value} | keys_in(value, f"{at}.{key}")
    return found


def test_every_key_has_its_words_and_stands_in_the_example(schema: dict[str, Any]) -> None:
    keys = keys_in(schema)
    assert len(keys) > 60
    assert [key for key, form in keys.items() if not form.get("description")] == []
    missing = [key for key in keys if not re.search(rf"(?<![\w-]){key.rpartition('.')[2]}(?: *=|[.\]])", EXAMPLE)]
    assert missing == []


def test_the_example_with_and_without_its_hints_can_be_read(schema: dict[str, Any], tmp_path: Path) -> None:
    for name in ("smtp-password", "hook-secret"):
        (tmp_path / name).write_text("x")
        (tmp_path / name).chmod(0o600)
    for name in ("kuzey.pem", "desk-ca.pem"):
        (tmp_path / name).write_bytes(trustme.CA().cert_pem.bytes())
    hinted = taken_in(EXAMPLE).replace("/usr/local/bin/siren", "/bin/cat")
    for text in (EXAMPLE, hinted):
        (tmp_path / "config.toml").write_text(text, encoding="utf-8")
        assert load(tmp_path / "config.toml", environ=ENVIRON, home=tmp_path).outlets
        assert is_valid(schema, text)
    # every hint was taken: nothing that looks like a key is left in a comment at a line's beginning
    assert [line for line in hinted.splitlines() if re.match(r"# +[a-z_]+ *= ", line)] == []


@pytest.mark.parametrize("text", ["", short_config(), SHIPPED, taken_in(SHIPPED), SHORT], ids=range(5))
def test_what_is_shipped_is_valid(schema: dict[str, Any], text: str) -> None:
    assert is_valid(schema, text)


@pytest.mark.parametrize("block", [block.values[1] for block in BLOCKS if block.values[0] == "toml"])
def test_every_config_in_the_docs_is_valid(schema: dict[str, Any], block: str) -> None:
    assert is_valid(schema, whole(str(block)))


@pytest.mark.parametrize(
    "faulty",
    [
        "titel = 'Desk'",
        "outlets = 5",
        SHORT.replace("https://", ""),
        SHORT.replace("https://", "https://u:p@"),
        SHORT.replace("a =", '"a b" ='),
        SHORT.replace('["Idlib"]', '"Idlib"'),
        SHORT.replace('["Idlib"]', "[]"),
        f"{LONG}evry = '15m'",
        f"{LONG}every = '15 minutes'",
        f"{LONG}feeds = ['https://b.example']",
        f"{LONG}paused = 1",
        f"{LONG}lang = 'Arabic'",
        f"{LONG}headers = {{ Authorization = {{ env = 'A', default = 'x' }} }}",
        f"{LONG}proxy = 'http://u:p@proxy.example:3128'",
        "[outlets.a]\nname = 'A'",
        "[watches.w]\nnone = ['x']",
        "[watches.w]\nany = ['Idlib']\nquery = 'Idlib'",
        "[watches.w]\nany = ['Idlib']\nin = ['body']",
        f"{CHANNEL}type = 'emial'",
        f"{CHANNEL}type = 'webhook'",
        f"{CHANNEL}type = 'webhook'\nurl = 'https://h.example'\nsecret = 'plain'",
        f"{CHANNEL}type = 'apprise'\nurl = 'ntfys://token@ntfy.example/desk'",
        f"{CHANNEL}type = 'email'\nto = ['a@b.example']\nfrom = 'a@b.example'\nsmtp = 'smtps://u:p@h.example'",
        f"{CHANNEL}type = 'command'\nrun = '/bin/siren'",
        "[alerts]\nagain_at = 1",
        "[alerts]\nquiet = '22:00'",
        "[digest]\nat = '6:00'",
        "[digest]\nat = '06:00'\ncron = '0 6 * * *'",
        "[digest]\nsned = ['log']",
        "[digest.weekly]\ndir = 'x'",
        "[fetch]\nmax_size = '5 apples'",
        "[fetch]\nat_once = 0",
        "[urls]\nstrip = ['a=b']",
        "[nothing]\nx = 1",
    ],
)
def test_what_check_refuses_an_editor_marks(schema: dict[str, Any], faulty: str, tmp_path: Path) -> None:
    assert not is_valid(schema, faulty)
    (tmp_path / "config.toml").write_text(faulty, encoding="utf-8")
    with pytest.raises(ConfigError):
        load(tmp_path / "config.toml", environ={"A": "x"}, home=tmp_path)


def test_what_the_monitor_reads_no_editor_marks(schema: dict[str, Any], tmp_path: Path) -> None:
    odd = (
        'title = " Desk "\n[outlets]\n"الزاوية" = " HTTPS://a.example "\n'
        'b = { feed = "http://[::1]:8080/x?y=1#z", every = "5 m", lang = "pt-BR", headers = { Accept = "" } }\n'
        '[watches]\n"इदलिब" = { all = ["Idlib", "convoy"], none = [] }\n[digest]\nat = "06:00"\n[digest."ليل"]\nsend = []\n'
        '[fetch]\nmax_size = "500 kb"\nmin = "60s"\n[alerts]\nquiet = "22:00 - 06:00"\n'
        '[channels.m]\ntype = "email"\nto = ["Desk <a@b.example>"]\nfrom = "a@b.example"\nsmtp = "smtp://[::1]:2525"\n'
    )
    (tmp_path / "config.toml").write_text(odd, encoding="utf-8")
    with contextlib.chdir(tmp_path):
        assert load(Path("config.toml"), environ={}, home=tmp_path).digests
    assert is_valid(schema, odd)
