"""Who may read and write what: the config, the credentials beside it, and what the commands say where they may not (L18, L20)."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from desks import plain_user

# loaded here, since who runs as nobody may not read where Python is installed
import monitor.cli.checking  # noqa: F401
from monitor.cli import cli, main
from monitor.store import DATABASE, Store

HOOK = '[channels.hook]\ntype = "webhook"\nurl = "https://h.example/a"\nsecret = { file = "hook-secret" }\n'
KEYED = (
    '[outlets]\na = "https://a.example/rss?apikey=k1"\nb = { feeds = ["https://b.example", "https://b.example/x?token=k2"] }\n'
)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Make a folder that every user of this machine can enter."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def config(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "config.toml"
    path.write_text(f'state = "{folder / "state"}"\n{text}')
    path.chmod(mode)
    return path


def check(path: Path) -> Result:
    return CliRunner().invoke(cli, ["-c", str(path), "check"])


def test_l18_a_key_that_everybody_may_read_is_warned_of_and_not_said_again(folder: Path) -> None:
    said = check(config(folder, KEYED, 0o644)).stderr.splitlines()
    assert [line.removeprefix(str(folder)) for line in said if "key in it" in line] == [
        f"/config.toml:{line}: warning: outlets.{key}: this address has a key in it, and everybody on this machine may read "
        "this file. Run: chmod o-r config.toml"
        for line, key in ((3, "a.feed"), (4, "b.feeds"))
    ]
    assert "k1" not in "".join(said)
    assert "key in it" not in check(config(folder, KEYED, 0o640)).stderr


def test_a_config_that_everybody_may_write_is_warned_of(folder: Path) -> None:
    said = check(config(folder, KEYED, 0o602)).stderr
    assert (
        "config.toml:1: warning: everybody on this machine may write this file, and so make the monitor run any program" in said
    )


def test_l18_a_credential_that_is_not_there_or_open_to_everybody_ends_with_2(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = config(folder, HOOK)
    assert main(["-c", str(path), "check"]) == 2
    assert f'{path}:5: channels.hook.secret: no file "hook-secret" beside this file' in capsys.readouterr().err
    (folder / "hook-secret").write_text("x")
    (folder / "hook-secret").chmod(0o644)
    assert main(["-c", str(path), "check", "--online"]) == 2
    assert (
        'the file "hook-secret" can be read by everybody on this machine. Run: chmod 600 hook-secret' in capsys.readouterr().err
    )


@pytest.mark.parametrize("closed", ["config.toml", "hook-secret"])
def test_l20_what_may_not_be_read_ends_with_77_and_its_path(
    folder: Path, closed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = config(folder, HOOK, 0o644)
    (folder / "hook-secret").write_text("x")
    (folder / "hook-secret").chmod(0o600)
    if os.geteuid() == 0:
        os.chown(folder / "hook-secret", 65534, -1)
    (folder / closed).chmod(0)
    with plain_user():
        assert main(["-c", str(path), "check"]) == 77
    said = capsys.readouterr().err
    assert str(folder / closed) in said
    assert "may not be read by this user" in said


@pytest.mark.parametrize("words", ["status", "db check", "search rain", "digest"])
def test_l20_a_state_folder_that_may_not_be_looked_into_ends_with_77_and_says_whose_it_is(
    folder: Path, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = config(folder, '[outlets]\na = "https://a.example/rss"\n', 0o644)
    (folder / "state").mkdir()
    Store(folder / "state" / DATABASE).close()
    # once by whom it belongs to, which loads what nobody may not read
    main(["-c", str(path), *words.split()])
    (folder / "state").chmod(0)
    try:
        with plain_user():
            assert main(["-c", str(path), *words.split()]) == 77
    finally:
        (folder / "state").chmod(0o700)
    assert f"{folder / 'state' / DATABASE}: cannot be opened: Permission denied; " in capsys.readouterr().err
