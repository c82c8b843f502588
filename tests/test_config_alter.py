"""`monitor remove`, `pause` and `resume` change an outlet's own lines in config.toml, and no other byte."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from desks import Desk, configured, typed, until
from fakes import rss

from monitor.config import load
from monitor.config.altered import pause_outlet, remove_outlet, resume_outlet
from monitor.errors import ConfigError
from monitor.store import open_store

NOBODY = "No monitor answers here, so it holds from the next `monitor run` on."
OTHER = 'b = "https://b.example" # second'
TAIL = '\n# ---- watches\n[watches]\nw = ["Idlib"]   # all\n'

SHAPES = {
    "one line": (
        f'[outlets]\n# about a\na = "https://a.example"   # first\n{OTHER}\n',
        f"[outlets]\n# about a\n{OTHER}\n",
        f'[outlets]\n# about a\na = {{ feed = "https://a.example", paused = true }}   # first\n{OTHER}\n',
    ),
    "an inline table": (
        f"[outlets]\n  a = {{ feed = 'https://a.example', lang = \"ar\" }} # first\n{OTHER}",
        f"[outlets]\n{OTHER}",
        f"[outlets]\n  a = {{ feed = 'https://a.example', lang = \"ar\", paused = true }} # first\n{OTHER}",
    ),
    "an inline table over several lines": (
        f'[outlets]\na = {{ feeds = [ # two\n  "https://a.example/1", # ]\n  "https://a.example/2",\n] }} # end\n{OTHER}\n',
        f"[outlets]\n{OTHER}\n",
        (
            f'[outlets]\na = {{ feeds = [ # two\n  "https://a.example/1", # ]\n'
            f'  "https://a.example/2",\n], paused = true }} # end\n{OTHER}\n'
        ),
    ),
    "a table": (
        (
            f"[outlets]\n{OTHER}\n\n# the long form\n[outlets.a]   # of a\n"
            f'feed = "https://a.example"\n# its language\nlang = "ar"\n# every = "1h"\n{TAIL}'
        ),
        f'[outlets]\n{OTHER}\n\n# the long form\n# every = "1h"\n{TAIL}',
        (
            f"[outlets]\n{OTHER}\n\n# the long form\n[outlets.a]   # of a\n"
            f'feed = "https://a.example"\n# its language\nlang = "ar"\npaused = true\n# every = "1h"\n{TAIL}'
        ),
    ),
    "a table with a table in it": (
        f'[outlets.a]\nfeed = "https://a.example"\n\n[outlets.a.headers]\nX-Desk = "x"\n\n[outlets]\n{OTHER}\n',
        f"\n[outlets]\n{OTHER}\n",
        f'[outlets.a]\nfeed = "https://a.example"\npaused = true\n\n[outlets.a.headers]\nX-Desk = "x"\n\n[outlets]\n{OTHER}\n',
    ),
    "two tables apart": (
        (
            f'[outlets.a]\nfeed = "https://a.example"\n[outlets.b]\n'
            f'feed = "https://b.example"\n[outlets.a.headers]\nX-Desk = "x"\n{TAIL}'
        ),
        f'[outlets.b]\nfeed = "https://b.example"\n{TAIL}',
        (
            f'[outlets.a]\nfeed = "https://a.example"\npaused = true\n[outlets.b]\n'
            f'feed = "https://b.example"\n[outlets.a.headers]\nX-Desk = "x"\n{TAIL}'
        ),
    ),
    "a table without an end": (
        '[outlets]\nb = "https://b.example"\n[outlets.a]\nfeed = "https://a.example"',
        '[outlets]\nb = "https://b.example"\n',
        '[outlets]\nb = "https://b.example"\n[outlets.a]\nfeed = "https://a.example"\npaused = true',
    ),
    "dotted keys": (
        f'[outlets]\na.feed = "https://a.example" # its feed\na.lang = "ar"\n{OTHER}\n',
        f"[outlets]\n{OTHER}\n",
        f'[outlets]\na.feed = "https://a.example" # its feed\na.lang = "ar"\na.paused = true\n{OTHER}\n',
    ),
    "dotted keys above all tables": (
        'outlets.a.feed = "https://a.example"\noutlets.b = "https://b.example"\n',
        'outlets.b = "https://b.example"\n',
        'outlets.a.feed = "https://a.example"\noutlets.a.paused = true\noutlets.b = "https://b.example"\n',
    ),
    "one inline table for all": (
        'outlets = { b = "https://b.example", a = "https://a.example" } # all\n',
        'outlets = { b = "https://b.example" } # all\n',
        'outlets = { b = "https://b.example", a = { feed = "https://a.example", paused = true } } # all\n',
    ),
    "the first of one inline table": (
        'outlets = { a.feed = "https://a.example", b = "https://b.example" }\n',
        'outlets = { b = "https://b.example" }\n',
        'outlets = { a.feed = "https://a.example", a.paused = true, b = "https://b.example" }\n',
    ),
    "lines of Windows, a byte order mark, no end": (
        '\ufeff[outlets]\r\nb = "https://b.example"\r\n"a" = "https://a.example"',
        '\ufeff[outlets]\r\nb = "https://b.example"\r\n',
        '\ufeff[outlets]\r\nb = "https://b.example"\r\n"a" = { feed = "https://a.example", paused = true }',
    ),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def loaded(path: Path) -> list[tuple[str, bool]]:
    return [(outlet.id, outlet.paused) for outlet in load(path, environ={}, home=path.parent).outlets]


@pytest.mark.parametrize("shape", SHAPES)
def test_an_outlet_goes_with_its_own_lines_alone(path: Path, shape: str) -> None:
    before, removed, _ = SHAPES[shape]
    path.write_bytes(before.encode())
    was = remove_outlet(path, "a")
    assert path.read_bytes().decode() == removed
    assert "a" in before.splitlines()[was.line - 1]
    assert loaded(path) == [("b", False)]


@pytest.mark.parametrize("shape", SHAPES)
def test_an_outlet_that_was_paused_and_resumed_is_written_as_before(path: Path, shape: str) -> None:
    before, _, paused = SHAPES[shape]
    path.write_bytes(before.encode())
    assert not resume_outlet(path, "a").is_new
    assert pause_outlet(path, "a").is_new
    assert path.read_bytes().decode() == paused
    assert sorted(loaded(path)) == [("a", True), ("b", False)]
    assert not pause_outlet(path, "a").is_new
    assert resume_outlet(path, "a").is_new
    assert path.read_bytes().decode() == before


def test_a_pause_with_a_comment_keeps_its_comment(path: Path) -> None:
    path.write_text('[outlets.a]\npaused = true   # until the elections\nfeed = "https://a.example"\n')
    resume_outlet(path, "a")
    assert path.read_text() == '[outlets.a]\npaused = false   # until the elections\nfeed = "https://a.example"\n'
    pause_outlet(path, "a")
    assert path.read_text() == '[outlets.a]\npaused = true   # until the elections\nfeed = "https://a.example"\n'


def test_a_file_that_two_systems_wrote_keeps_the_end_of_each_line(path: Path) -> None:
    before = b'[outlets]\r\nb = "https://b.example"\na = "https://a.example"\r\n# end\n\r\n[watches]\n'
    path.write_bytes(before)
    pause_outlet(path, "a")
    paused = b'a = { feed = "https://a.example", paused = true }'
    assert path.read_bytes() == before.replace(b'a = "https://a.example"', paused)
    resume_outlet(path, "a")
    assert path.read_bytes() == before
    remove_outlet(path, "a")
    assert path.read_bytes() == before.replace(b'a = "https://a.example"\r\n', b"")


NAMED = """\
[outlets]
relief-desk = { feed = "https://reliefdesk.example/a", groups = ["regional"], label = "agency" }
orontes-post = "https://orontes-post.example/feed.xml"
[watches.idlib]
any = ["Idlib"]
outlets = ["relief-desk", "@regional"]
[watches.harim]
query = 'harim outlet:relief-desk'
[watches.agencies]
any = ["Harim"]
labels = ["agency"]
[digest.weekly]
outlets = [
  "orontes-post",
  "relief-desk",
]
"""


def test_an_outlet_that_is_still_named_stays_and_every_line_that_names_it_is_told(path: Path) -> None:
    path.write_text(NAMED)
    with pytest.raises(ConfigError) as caught:
        remove_outlet(path, "relief-desk")
    told = [line.removeprefix(f"{path}:") for line in caught.value.faults[1:]]
    assert [line.partition(".")[0] for line in told] == [
        "6: watches", "6: watches", "8: watches", "11: watches", "15: digest"
    ]  # fmt: skip
    assert told[0] == '6: watches.idlib.outlets: no outlet "relief-desk".'
    assert path.read_text() == NAMED
    assert [entry.name for entry in path.parent.iterdir()] == ["config.toml"]


def test_a_fault_that_was_there_already_is_no_reason_to_keep_an_outlet(path: Path) -> None:
    path.write_text('[outlets]\na = "https://x.example"\nb = "https://x.example"\n[watches.w]\nany = ["x"]\noutlets = ["c"]\n')
    remove_outlet(path, "a")
    assert path.read_text() == '[outlets]\nb = "https://x.example"\n[watches.w]\nany = ["x"]\noutlets = ["c"]\n'


def test_an_outlet_that_there_is_not_is_told_with_the_nearest_and_all(path: Path) -> None:
    path.write_text(NAMED)
    for edit in (remove_outlet, pause_outlet, resume_outlet):
        with pytest.raises(ConfigError) as caught:
            edit(path, "relief-dsk")
        wanted = 'no outlet "relief-dsk". Did you mean "relief-desk"? There are: relief-desk, orontes-post'
        assert str(caught.value) == f"{path}: {wanted}"
    assert path.read_text() == NAMED


def test_a_link_stays_a_link_and_a_mode_a_mode(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    real, link = tmp_path / "real" / "desk.toml", tmp_path / "config.toml"
    real.write_text('[outlets]\na = "https://a.example"\n')
    real.chmod(0o640)
    link.symlink_to(real)
    pause_outlet(link, "a")
    remove_outlet(link, "a")
    assert link.is_symlink()
    assert (stat.S_IMODE(real.stat().st_mode), real.read_text()) == (0o640, "[outlets]\n")
    assert [entry.name for entry in real.parent.iterdir()] == ["desk.toml"]


# ---------------------------------------------------------------------------------------------------------- the commands


def test_what_becomes_of_an_outlet_is_told_and_a_running_monitor_follows(desk: Desk) -> None:
    desk.configure("a", "b")
    desk.site.pages |= {f"/{name}.xml": rss(("Rain", f"{desk.site.url}/{name}", "Rain.")) for name in "ab"}
    whole = desk.config.read_text()
    quiet = typed(desk, "pause", "a")
    assert (quiet.returncode, quiet.stdout) == (0, f"Paused  a   ({desk.config}:4)\n{NOBODY}\n")
    resumed = typed(desk, "resume", "a")
    assert (resumed.stdout, desk.config.read_text()) == (f"Resumed  a   ({desk.config}:4)\n{NOBODY}\n", whole)
    desk.start()
    until(lambda: desk.ask("SELECT count(*) FROM item") == [(2,)], desk)
    paused = typed(desk, "pause", "b")
    assert "The running monitor polls it no more, until `monitor resume b`." in paused.stdout
    assert "b was paused already, and config.toml stays" in typed(desk, "pause", "b").stdout
    assert "a was not paused, and config.toml stays" in typed(desk, "resume", "a").stdout
    assert "The running monitor polls it now." in typed(desk, "resume", "b").stdout
    gone = typed(desk, "remove", "a")
    assert (gone.returncode, gone.stdout.splitlines()[0]) == (0, f"Removed  a   ({desk.config}:4)")
    assert "What is stored of it stays" in gone.stdout
    assert gone.stdout.splitlines()[-1] == "The running monitor polls it no more."
    assert desk.ask("SELECT count(*) FROM item") == [(2,)]
    assert desk.ask("SELECT id FROM outlet WHERE is_listed") == [("b",)]
    desk.config.write_text(f"{desk.config.read_text()}\n[nonsense]\n")
    refused = typed(desk, "pause", "b")
    assert (refused.returncode, "goes on with its last good config" in refused.stderr) == (1, True)
    unknown = typed(desk, "remove", "c")
    assert (unknown.returncode, unknown.stdout, 'no outlet "c"' in unknown.stderr) == (2, "", True)


def test_a_monitor_that_runs_and_does_not_answer_is_not_taken_for_none(tmp_path: Path) -> None:
    desk = configured(tmp_path, '[outlets]\na = "https://a.example"\n')
    store = open_store(desk)
    try:
        done = typed(desk, "pause", "a")
    finally:
        store.close()
    assert done.returncode == 1
    assert done.stderr == (f"The running monitor (pid {os.getpid()}) does not answer. `monitor service reload` asks it again\n")
    assert NOBODY not in done.stdout
