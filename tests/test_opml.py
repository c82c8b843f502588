"""Lists of feeds as every feed reader writes them: into config.toml, and out of it, with nothing lost and nothing believed."""

from __future__ import annotations

import tomllib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import quoteattr

import listparser
import opyml
import pytest
from desks import configured, outlet, typed
from fakes import Site, page, rss
from hypothesis import given
from hypothesis import strategies as st
from test_cli import monitor

from monitor import opml
from monitor.config import load
from monitor.errors import ParseError
from monitor.model import Config, Outlet

FOLDERS = (("Middle East", "Syria & Iraq"), ("Ближний Восток",), ('"Агентства"', "Частные"), ("وكالات",), ("中文",), ())
NAMES = ('Relief & "Desk" <{}>', "الزاوية {} اليوم", "Вестник Леванта {}", "東京通信 {}", "हिन्दी समाचार {}", "L'Écho d'{}")
HOSTS = ("reliefdesk{}.example", "новости{}.example", "السورية{}.example", "xn--80ad{}.example", "a.co.example:8{:03}")


def many(feeds: int) -> str:
    """Write a file as a feed reader would: folders in folders, all attributes escaped."""
    folders: dict[tuple[str, ...], list[str]] = {}
    for number in range(feeds):
        name = quoteattr(NAMES[number % len(NAMES)].format(number))
        url = f"https://{HOSTS[number % len(HOSTS)].format(number)}/rss?of={number}&amp;lang=x"
        line = f'<outline text={name} type="rss" xmlUrl="{url}" language="{"ar" if number % 2 else "en-GB"}"/>'
        folders.setdefault(FOLDERS[number % len(FOLDERS)], []).append(line)
    lines = []
    for path, held in folders.items():
        opened = [f"<outline text={quoteattr(folder)}>" for folder in path]
        lines += [*opened, *held, *("</outline>" for _ in path)]
    return '<?xml version="1.0"?>\n<opml version="1.0"><head/><body>\n{}\n</body></opml>'.format("\n".join(lines))


def outlets(desk: Config) -> list[Outlet]:
    return sorted(
        load(Path(desk.path), environ={"TOKEN": "hunter2"}, home=Path(desk.path).parent).outlets, key=lambda one: one.id
    )


def taken(folder: Path, text: str | bytes, into: str = "") -> Config:
    """Import a file into a new desk."""
    folder.mkdir()
    (folder / "in.opml").write_bytes(text.encode() if isinstance(text, str) else text)
    desk = configured(folder, into, TOKEN="hunter2")
    done = typed(desk, "import", str(folder / "in.opml"))
    assert done.returncode == 0, done.stderr
    return desk


def test_five_hundred_feeds_go_in_and_out_and_in_again_unchanged(tmp_path: Path) -> None:
    first = taken(tmp_path / "first", many(500))
    held = outlets(first)
    assert len(held) == len({one.feeds for one in held}) == len({one.name for one in held}) == 500
    assert {one.groups for one in held} == {
        ("Middle-East", "Syria-Iraq"), ("Ближний-Восток",), ("Агентства", "Частные"), ("وكالات",), ("中文",), ()
    }  # fmt: skip
    assert 'Relief & "Desk" <0>' in {one.name for one in held}
    written = typed(first, "export", "--opml").stdout
    assert outlets(taken(tmp_path / "second", written)) == held
    again = typed(first, "import", str(tmp_path / "first" / "in.opml"))
    assert again.stdout == "Added 0 outlets\nSkipped: 500 in config.toml already\n"
    wanted = {(one.feeds[0], one.name, one.groups) for one in held}
    read = listparser.parse(written).feeds
    # a folder and its category are both a category to it
    assert {(one.url, one.title, tuple(dict.fromkeys(path[0] for path in one.categories))) for one in read} == wanted
    body = opyml.OPML.from_xml(written).body
    flat = [(one, ()) for one in body.outlines if one.xml_url]
    flat += [(one, (folder.text,)) for folder in body.outlines for one in folder.outlines]
    assert {(one.xml_url, one.text, groups) for one, groups in flat} == {(url, name, of[:1]) for url, name, of in wanted}


LONG_FORM = """
[outlets.kuzey-sinir]
feeds = ["https://kuzeysinir.example/a?x=1&y=2", "https://kuzeysinir.example/b"]
label = "state media"
groups = ["_tr", "border"]
every = "90m"
pause = "5s"
selector = "article > .text[lang='tr']"
full_text = false
paused = true
headers = { Authorization = { env = "TOKEN" } }
private = true
[outlets.unnamed]
feed = "https://unnamed.example"
[outlets.Named_2]
feed = "https://named.example"
name = "Named_2"
lang = "zh"
every = "1d"
"""


def test_whoever_hands_a_list_on_is_told_of_the_keys_in_it(tmp_path: Path) -> None:
    desk = configured(tmp_path, '[outlets]\na = "https://a.example/f?api_key=hunter2"\nb = "https://b.example/f?page=2"\n')
    done = typed(desk, "export", "--opml")
    assert 'xmlUrl="https://a.example/f?api_key=hunter2"' in done.stdout
    assert done.stderr == "a: its address has a key in it, which whoever gets this list can read\n"


def test_a_file_that_is_all_one_line_lists_as_many_outlets_as_feeds(tmp_path: Path) -> None:
    desk = taken(tmp_path / "desk", many(20).replace("\n", ""))
    assert outlets(desk) == outlets(taken(tmp_path / "lines", many(20)))
    assert [len(one.feeds) for one in outlets(desk)] == [1] * 20


def test_what_an_outlet_says_of_itself_comes_back_and_what_is_secret_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "hunter2")
    first = configured(tmp_path, LONG_FORM)
    done = typed(first, "export", "--opml")
    assert done.stderr == "kuzey-sinir: written without headers, private\n"
    assert "hunter2" not in done.stdout + done.stderr
    back = outlets(taken(tmp_path / "second", done.stdout))
    assert back == [replace(one, headers=(), private=False) for one in outlets(first)]


def test_an_outlet_without_a_name_is_written_with_what_its_feed_calls_itself_and_comes_back_without_one(
    tmp_path: Path, site: Site
) -> None:
    first = configured(tmp_path, outlet(site))
    with site.serving():
        site.pages["/feed.xml"] = rss(("Rain", f"{site.url}/1", ""))
        site.pages["/1"] = page("Rain", "Rain.")
        assert monitor(tmp_path, "run", "--once").returncode == 0
    written = typed(first, "export", "--opml").stdout
    (feed,) = listparser.parse(written).feeds
    assert feed.title == "Orontes Post"
    (back,) = outlets(taken(tmp_path / "second", written))
    assert (back.id, back.name) == ("orontes-post", None)


HOSTILE = {
    "": "no XML that can be read",
    "Dear desk": "no XML that can be read",
    "<html><body/></html>": "it is no OPML: its root is <html>",
    "<opml><body><outline text='a' xmlUrl='https://a.example'/>": "line 1: this is no XML",
    "<opml>\n<body>\n<outline></body></opml>": "line 3: this is no XML",
    "<!DOCTYPE o [<!ENTITY a 'b'>]><opml>&a;</opml>": "declares a document type",
    "<!DOCTYPE o SYSTEM 'file:///etc/passwd' [<!ENTITY % a SYSTEM 'file:///etc/passwd'>%a;]><opml/>": "declares a document type",
    "<opml>" + "<outline text='g'>" * 200_000: "folders are nested more than 100 deep",
    "<opml>" + "<outline xmlUrl='https://a.example'/>" * 20_001 + "</opml>": "more than 20,000 feeds",
    "<opml>" + " " * 10_000_000 + "</opml>": "larger than 10 MB",
}


@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: body[:20])
def test_h01_to_h04_h09_an_opml_file_that_attacks_or_is_none_is_refused_as_a_whole(body: str) -> None:
    with pytest.raises(ParseError, match=HOSTILE[body]):
        opml.read(body.encode())


@given(st.text(), st.binary())
def test_whatever_a_file_holds_is_read_or_refused(text: str, body: bytes) -> None:
    for file in (
        body,
        f"<opml><outline xmlUrl='https://a.example' text='{text}' category='{text}'/></opml>".encode("utf-8", "replace"),
    ):
        with suppress(ParseError):
            assert all(feed.url for feed in opml.read(file).feeds)


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "windows-1251"])
def test_a_file_in_any_charset_is_read(charset: str) -> None:
    head = f'<?xml version="1.0" encoding="{charset.removesuffix("-sig")}"?>'
    body = f'{head}\n<opml><outline text="Вестник&#0;&#xD800;" xmlurl="https://a.example"/></opml>'
    (feed,) = opml.read(body.encode(charset)).feeds
    assert (feed.name, feed.url, feed.line) == ("Вестник\ufffd\ufffd", "https://a.example", 2)


MIXED = """<opml><body><outline text="Syria"><outline text="a"
xmlUrl="feed:https://a.example/?x=1&y=2&copy=3" category="/press/north,daily"/></outline>
<outline text="Daily"><outline text="a again" xmlUrl="https://A.example/?x=1&y=2&copy=3" language="unknown"/></outline>
<outline text="Secret" xmlUrl="https://desk:hunter2@b.example/rss"/>
<outline text="Mail" xmlUrl="mailto:desk@example.org"/>
<outline text="List" type="include" url="https://c.example/list.opml"/>
<outline text="Off" isComment="true"><outline text="c" xmlUrl="https://c.example"/></outline>
<outline title="" xmlUrl="https://known.example"/><outline text="Bare &nbsp; caf&eacute; &#x202e;evil&#10;line" type="rss" url="https://d.example"/>
</body></opml>"""


def test_what_is_not_taken_over_is_told_with_its_line(tmp_path: Path) -> None:
    desk = configured(tmp_path, '[outlets]\nknown = "https://known.example" # kept\n[watches]\nw = ["Idlib"]\n')
    file = tmp_path / "in.opml"
    file.write_text(MIXED)
    done = typed(desk, "import", str(file))
    assert done.returncode == 1
    assert done.stdout.splitlines()[:5] == [
        f"Added 2 outlets   (from {desk.path}:5 on)",
        "Skipped: 1 in config.toml already",
        "Skipped: 1 more than once in the file (the groups are joined)",
        "Skipped: line 6 names a page or another list, not a feed",
        "Skipped: line 7 is commented out",
    ]
    assert done.stderr.splitlines() == [
        (
            f'{file}:4: "https://desk:****@b.example/rss" has a password in it. '
            'Use headers = { Authorization = { env = "NAME" } }'
        ),
        f'{file}:5: "mailto:****@example.org" must begin with https:// or http://',
        "Not added, as they are faulty: 2",
    ]
    assert "hunter2" not in Path(desk.path).read_text()
    held = tomllib.loads(Path(desk.path).read_text())["outlets"]
    assert held["a"] == {
        "feed": "https://a.example/?x=1&y=2&copy=3", "name": "a", "groups": ["press", "north", "daily", "Syria", "Daily"]
    }  # fmt: skip
    assert held["bare-cafe-evil-line"] == {"feed": "https://d.example", "name": "Bare café evil line"}
    assert "# kept" in Path(desk.path).read_text()


def test_n25_outlets_of_an_opml_file_on_the_own_network_are_told_of_and_taken_as_such_where_that_is_meant(tmp_path: Path) -> None:
    desk = configured(tmp_path, "")
    urls = ("http://10.0.0.7/rss", "http://[::1]:8080/rss", "http://localhost/rss", "https://a.example/rss")
    listed = "".join(f'<outline text="{name}" xmlUrl="{url}"/>' for name, url in zip("wxyz", urls, strict=True))
    file = tmp_path / "in.opml"
    file.write_text(f"<opml><body>{listed}</body></opml>")
    before = Path(desk.path).read_text()
    done = typed(desk, "import", str(file))
    assert done.returncode == 0
    assert [line.partition(" ")[0] for line in done.stderr.splitlines()] == ["w:", "x:", "y:"]
    assert "import --private" in done.stderr
    Path(desk.path).write_text(before)
    meant = typed(desk, "import", str(file), "--private")
    assert (meant.returncode, meant.stderr) == (0, "")
    assert [(one.id, one.private) for one in outlets(desk)] == [(name, True) for name in "wxyz"]
    Path(desk.path).write_text(f"{before}\n[fetch]\nprivate = true\n")
    assert typed(desk, "import", str(file)).stderr == ""


def test_an_outlet_whose_options_are_wrong_is_not_added_and_the_others_are(tmp_path: Path) -> None:
    desk = configured(tmp_path, "")
    own = f'xmlns:m="{opml.OWN}"'
    file = tmp_path / "in.opml"
    file.write_text(
        f'<opml {own}><outline text="a" xmlUrl="https://a.example" m:every="10s"/>\n'
        f'<outline text="b" xmlUrl="https://b.example" m:id="has space" m:headers="X" x:label="not ours"/></opml>'
    )
    done = typed(desk, "import", str(file))
    assert (done.returncode, done.stderr.splitlines()[0]) == (
        1, f'{file}:1: every: "10s" is under a minute, which outlets block. The shortest is "1m"'
    )  # fmt: skip
    assert [(one.id, one.label, one.headers) for one in outlets(desk)] == [("has-space", None, ())]
