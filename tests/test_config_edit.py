"""`monitor add` writes one line into config.toml and leaves every other byte as it was."""

from __future__ import annotations

import stat
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config import free_id, load, short_config
from monitor.config.edited import add_outlet
from monitor.errors import ConfigError
from monitor.model import Config

URL = "https://new.example/feed.xml"
LINE = f'new = "{URL}"'


def _loaded(path: Path) -> Config:
    return load(path, environ={}, home=path.parent)


SHAPES = {
    "empty": ("", f"[outlets]\n{LINE}\n"),
    "no newline at the end": ('title = "x"', f'title = "x"\n\n[outlets]\n{LINE}\n'),
    "only a title": ('title = "x"\n', f'title = "x"\n\n[outlets]\n{LINE}\n'),
    "one line": (
        '[outlets]\na = "https://a.example" # first\n',
        f'[outlets]\na = "https://a.example" # first\n{LINE}\n',
    ),
    "no newline after the last line": ('[outlets]\na = "https://a.example"', f'[outlets]\na = "https://a.example"\n{LINE}'),
    "a section and its comment after": (
        '[outlets]\na = "https://a.example"\n\n# ---- watches\n[watches]\nw = ["Idlib"]\n',
        f'[outlets]\na = "https://a.example"\n{LINE}\n\n# ---- watches\n[watches]\nw = ["Idlib"]\n',
    ),
    "a long form after": (
        '[outlets]\na = "https://a.example"\n\n[outlets.b]   # long\nfeed = "https://b.example"\n',
        f'[outlets]\na = "https://a.example"\n{LINE}\n\n[outlets.b]   # long\nfeed = "https://b.example"\n',
    ),
    "the table comes after its long form": (
        '[outlets.b]\nfeed = "https://b.example"\n[outlets]\na = "https://a.example"\n[watches]\n',
        f'[outlets.b]\nfeed = "https://b.example"\n[outlets]\na = "https://a.example"\n{LINE}\n[watches]\n',
    ),
    "long forms only": (
        'title = "x"\n\n# about b\n[outlets.b]\nfeed = "https://b.example"\n',
        f'title = "x"\n\n[outlets]\n{LINE}\n\n# about b\n[outlets.b]\nfeed = "https://b.example"\n',
    ),
    "empty table with a hint": (
        '# one each\n[outlets]\n# a = "https://a.example"\n\n[watches]\n',
        f'# one each\n[outlets]\n# a = "https://a.example"\n{LINE}\n\n[watches]\n',
    ),
    "empty table and the next section's comment": (
        "[outlets]\n# about watches\n[watches]\n",
        f"[outlets]\n{LINE}\n# about watches\n[watches]\n",
    ),
    "empty table last": ("[outlets]", f"[outlets]\n{LINE}"),
    "an inline entry over several lines": (
        '[outlets]\na = { feeds = [ # two\n  "https://a.example", # ]\n  "https://b.example",\n] } # end\n# tail\n',
        f'[outlets]\na = {{ feeds = [ # two\n  "https://a.example", # ]\n  "https://b.example",\n] }} # end\n{LINE}\n# tail\n',
    ),
    "dotted keys": (
        'outlets.a = "https://a.example"\ntitle = "x"\n',
        f'outlets.a = "https://a.example"\noutlets.{LINE}\ntitle = "x"\n',
    ),
    "one inline table": (
        'outlets = { a = "https://a.example" } # all\ntitle = "x"\n',
        f'outlets = {{ a = "https://a.example", {LINE} }} # all\ntitle = "x"\n',
    ),
    "an empty inline table": ("outlets = {}\n", f"outlets = {{ {LINE} }}\n"),
    "a quoted header": ('["outlets"]\na.feed = "https://a.example"\n', f'["outlets"]\na.feed = "https://a.example"\n{LINE}\n'),
    "line ends of windows": (
        '[outlets]\r\na = "https://a.example"\r\n\r\n[watches]\r\n',
        f'[outlets]\r\na = "https://a.example"\r\n{LINE}\r\n\r\n[watches]\r\n',
    ),
    "a byte order mark": ('\ufeff[outlets]\na = "https://a.example"\n', f'\ufeff[outlets]\na = "https://a.example"\n{LINE}\n'),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_one_line_is_added_and_nothing_else_changes(tmp_path: Path, shape: str) -> None:
    before, after = SHAPES[shape]
    path = tmp_path / "config.toml"
    path.write_bytes(before.encode())
    line = add_outlet(path, id="new", url=URL, every=None, language=None)
    written = path.read_bytes().decode()
    assert written == after
    assert LINE in written.splitlines()[line - 1]
    assert ("new", (URL,)) in [(outlet.id, outlet.feeds) for outlet in _loaded(path).outlets]


def test_a_second_outlet_follows_the_first(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(short_config(), encoding="utf-8")
    first = add_outlet(path, id="one", url="https://one.example", every=None, language=None)
    assert add_outlet(path, id="two", url="https://two.example", every="30m", language="ar") == first + 1
    one, two = _loaded(path).outlets
    assert (one.id, two.language, two.every and two.every.total_seconds()) == ("one", "ar", 1800)
    assert len(path.read_text(encoding="utf-8").splitlines()) == len(short_config().splitlines()) + 2


def test_an_id_of_another_script_is_quoted(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("", encoding="utf-8")
    add_outlet(path, id="الزاوية", url=URL, every=None, language=None)
    assert _loaded(path).outlets[0].id == "الزاوية"


@pytest.mark.parametrize(
    ("id", "url", "every", "wanted"),
    [
        ("a", URL, None, "config.toml:2: outlets.a: there is an outlet with this id already"),
        ("new", "https://A.example/rss", None, "config.toml:2: outlets.a: this feed is there already"),
        ("new", "https://b.example/2", None, "config.toml:3: outlets.b: this feed is there already"),
        ("new", "new.example/feed", None, "has no https:// in front"),
        ("new", "https://u:hunter2@new.example", None, "https://u:****@new.example"),
        ("new one", URL, None, "an id is letters, digits"),
        ("new", URL, "10s", "is under a minute"),
    ],
)
def test_what_would_be_a_fault_is_not_written(tmp_path: Path, id: str, url: str, every: str | None, wanted: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[outlets]\na = "https://a.example/rss"\nb = { feeds = ["https://b.example/1", "https://b.example/2"] }\n')
    before = path.read_bytes()
    with pytest.raises(ConfigError) as caught:
        add_outlet(path, id=id, url=url, every=every, language=None)
    assert wanted in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["config.toml"]


def test_a_broken_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    for broken in ("[outlets\n", "outlets = 5\n"):
        path.write_text(broken)
        with pytest.raises(ConfigError, match=r"config\.toml:1: "):
            add_outlet(path, id="new", url=URL, every=None, language=None)
        assert path.read_text() == broken


def test_mode_and_symbolic_link_stay(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    real, link = tmp_path / "real" / "desk.toml", tmp_path / "config.toml"
    real.write_text("[outlets]\n")
    real.chmod(0o640)
    link.symlink_to(real)
    add_outlet(link, id="new", url=URL, every=None, language=None)
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert "new" in real.read_text()
    assert [entry.name for entry in real.parent.iterdir()] == ["desk.toml"]


@pytest.mark.parametrize(
    ("named", "taken", "expected"),
    [
        ("Relief Desk – Updates", (), "relief-desk"),
        ("Kuzey Sınır | Haberler", (), "kuzey-sinir"),
        ("https://www.gazette.example/en/rss", (), "gazette"),
        ("https://english.gazette.example/feed/", ("gazette",), "gazette-2"),
        ("https://feeds.gazette.co.uk/world", ("gazette", "gazette-2"), "gazette-3"),
        ("gazette.example/feed", (), "gazette"),
        ("https://orontes-post.blogspot.example/feeds/posts/default", (), "orontes-post"),
        ("https://xn--b1amnebsh.example/rss", (), "новости"),
        ("http://127.0.0.1:8080/rss", (), "127-0-0-1"),
        ("http://localhost:8080/rss", (), "localhost"),
        ("الزاوية اليوم", (), "الزاوية-اليوم"),
        ("हिन्दी समाचार | मुख्य", (), "हिन्दी-समाचार"),
        ("***", (), "outlet"),
        ("A very long title of a very small outlet in the north", (), "a-very-long-title-of-a"),
        ("A very long title of one small outlet", (), "a-very-long-title-of-one"),
        ("I Verylongname of what has hardly any border", (), "i-verylongname-of-what"),
        ("I Muchlongerthanwhatanybodycouldwant", (), "i-muchlongerthanwhatanyb"),
        ("河谷人道主义协调办公室每日新闻简报与综合信息通报", (), "河谷人道主义协调办公室每"),
    ],
)
def test_an_id_is_short_and_telling(named: str, taken: tuple[str, ...], expected: str) -> None:
    assert free_id(named, taken) == expected


@given(st.sampled_from(["", "https://"]), st.text(max_size=60))
def test_a_derived_id_can_always_be_used(tmp_path_factory: pytest.TempPathFactory, scheme: str, named: str) -> None:
    path = tmp_path_factory.mktemp("desk") / "config.toml"
    path.write_text('[outlets]\noutlet = "https://a.example"\n')
    id = free_id(scheme + named, {"outlet"})
    add_outlet(path, id=id, url=URL, every=None, language=None)
    assert [outlet.id for outlet in _loaded(path).outlets] == ["outlet", id]


def test_commands_that_edit_one_file_at_once_all_do_what_they_say(tmp_path: Path) -> None:
    (path := tmp_path / "config.toml").write_text('[outlets]\na = "https://a.example/"\n')
    urls = {f"n{number}": f"https://n{number}.example/" for number in range(8)}
    with ThreadPoolExecutor(len(urls)) as desks:
        list(desks.map(lambda id: add_outlet(path, id=id, url=urls[id], every=None, language=None), urls))
    assert tomllib.loads(path.read_text())["outlets"] == {"a": "https://a.example/", **urls}
    assert [file.name for file in tmp_path.iterdir()] == ["config.toml"]
