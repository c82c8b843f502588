"""config.toml as the desk writes it: what it means, and every fault with its line and without its secrets."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
import tempfile
import traceback
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import trustme
from desks import plain_user
from hypothesis import given
from hypothesis import strategies as st

import monitor
from monitor.config import Changes, changes, load, locate, short_config, state_of
from monitor.config.faults import quoted_address
from monitor.config.lines import Where
from monitor.config.places import state_directory
from monitor.errors import ConfigError, NoPermissionError
from monitor.model import (
    AppriseChannel,
    ChannelId,
    CommandChannel,
    Config,
    EmailChannel,
    LogChannel,
    Outlet,
    Secret,
    WebhookChannel,
)
from monitor.query import parse

REPOSITORY = Path(monitor.__file__).parents[1]
CANARY = "c4n4ry-k1ll-me"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path)


class Desk:
    """A folder with a config.toml in it, and a home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.environ: dict[str, str] = {}

    def write(self, text: str | bytes) -> Path:
        (self.folder / "config.toml").write_bytes(text.encode() if isinstance(text, str) else text)
        return Path("config.toml")

    def keep(self, name: str, secret: str, mode: int = 0o600) -> None:
        (self.folder / name).write_text(secret)
        (self.folder / name).chmod(mode)

    def certify(self, name: str, mode: int = 0o644) -> None:
        (self.folder / name).write_bytes(b"# of Kuzey S\xc4\xb1n\xc4\xb1r\n" + trustme.CA().cert_pem.bytes())
        (self.folder / name).chmod(mode)

    def load(self, text: str | bytes) -> Config:
        return load(self.write(text), environ=self.environ, home=self.home)

    def faults(self, text: str | bytes) -> tuple[str, ...]:
        with pytest.raises(ConfigError) as caught:
            self.load(text)
        return caught.value.faults

    def fault(self, text: str | bytes) -> str:
        (only,) = self.faults(text)
        return only


# ---------------------------------------------------------------- what it means


ASKED = """
[outlets]
a = { feed = "https://a.example", groups = ["north"], label = "agency" }
b = { feed = "https://b.example", groups = ["north", "south"] }
c = { feed = "https://c.example", groups = ["south"], label = "agency" }
[watches]
"""


@pytest.mark.parametrize(
    ("keys", "outlets"),
    [
        ('groups = ["north"]', {"a", "b"}),
        ('outlets = ["@north", "c"]', {"a", "b", "c"}),
        ('labels = ["agency"]', {"a", "c"}),
        ('groups = ["south"], labels = ["agency"]', {"c"}),
        ('outlets = ["a", "b"], groups = ["south"]', {"b"}),
    ],
)
def test_a_watch_is_asked_of_the_outlets_that_all_its_keys_name(desk: Desk, keys: str, outlets: set[str]) -> None:
    (watch,) = desk.load(f'{ASKED}w = {{ any = ["Idlib"], {keys} }}').watches
    assert watch.outlets == outlets


def test_a_query_is_read_and_its_groups_are_their_outlets(desk: Desk) -> None:
    (watch,) = desk.load(f"{ASKED}w = {{ query = 'idlib NEAR/8 (ceasefire OR truce) outlet:@north' }}").watches
    assert watch.query == parse("idlib NEAR/8 (ceasefire OR truce) (outlet:a OR outlet:b)")


def test_the_language_and_the_look_back_of_a_watch_are_kept(desk: Desk) -> None:
    (watch,) = desk.load(f'{ASKED}w = {{ any = ["Idlib"], languages = ["ar", "fa-IR"], look_back = "6h" }}').watches
    assert (watch.languages, watch.look_back) == ({"ar", "fa"}, timedelta(hours=6))


def test_a_faulty_query_is_shown_with_a_caret_under_its_fault(desk: Desk) -> None:
    fault = desk.fault(f"{ASKED}w = {{ query = 'idlib (ceasefire' }}")
    head, query, caret = fault.splitlines()
    assert head.startswith("config.toml:7: watches.w.query: column 7: ")
    assert query[caret.index("^")] == "("


def test_the_smallest_config_means_sensible_things(desk: Desk) -> None:
    config = desk.load('[outlets]\nrelief-desk = "https://reliefdesk.example/updates.atom"\n[watches]\nidlib = ["Idlib"]\n')
    (outlet,), (watch,) = config.outlets, config.watches
    assert outlet == Outlet(id="relief-desk", feeds=("https://reliefdesk.example/updates.atom",))  # type: ignore[arg-type]
    assert (watch.any, watch.fields, watch.outlets, watch.channels) == (("Idlib",), ("title", "summary", "text"), None, ("log",))
    assert config.channels == (LogChannel(id="log"),)  # type: ignore[arg-type]
    assert (config.digest.at, config.digest.cron, config.digest.formats, config.digest.send) == (
        ("06:00",),
        None,
        ("html", "md"),
        (),
    )
    assert config.fetch.every == timedelta(minutes=15)
    assert config.alerts.first_poll == timedelta(hours=24)
    assert Path(config.state).is_absolute()
    assert config.digest.directory == config.state + "/digest"
    assert re.fullmatch("[0-9a-f]{6}", config.fingerprint)


FULL = """
title = "Northwest desk"
timezone = "Asia/Damascus"
contact = "desk@example.org"
state = "here"

[outlets]
al-zawiya = { feed = "https://alzawiya.example/rss", name = "الزاوية اليوم", lang = "ar-SY", groups = ["regional"] }
"الزاوية" = "https://elsewhere.example/rss"

[outlets.kuzey]
feeds = ["https://kuzey.example/a", "https://kuzey.example/b"]
every = "10m"
full_text = false
label = "agency"
groups = ["regional", "north"]
private = true
paused = true
pause = "0s"
proxy = "http://proxy.kuzey.example:3128"
ca_file = "kuzey.pem"
selector = "#haber .metin, .ozet"
headers = { Authorization = { env = "KUZEY" }, Accept = "text/xml" }

[watches]
crossings = ["Bab al-Hawa", "Bab al-Hawa", "باب الهوى"]

[watches.idlib]
any = ["Idlib"]
all = ["convoy"]
none = ["Idlib Street"]
in = ["title", "text"]
outlets = ["@regional", "الزاوية"]
alert = ["hook", "log"]
urgent = true

[watches.quiet]
any = ["Harim"]
alert = []

[alerts]
first_poll = "6h"
group_wait = "0s"
max_per_hour = 3
quiet = "22:00-06:30"

[channels.mail]
type = "email"
to = ["desk@example.org", "Desk <b@example.org>"]
from = "monitor@example.org"
smtp = "smtps://monitor@mail.example.org"
password = { file = "smtp-password" }

[channels.hook]
type = "webhook"
url = { env = "HOOK" }
secret = { file = "hook-secret" }
private = true

[digest]
at = ["18:00", "06:00"]
formats = ["md"]
send = ["mail"]
dir = "digests"

[fetch]
every = "20m"
min = "2m"
max = "12h"
at_once = 4
timeout = "30s"
max_size = "2MB"
pause = "5s"
robots = false
private = true
proxy = { env = "PROXY" }

[health]
warn_after = "3h"
alert = ["hook", "log", "hook"]
ping = { env = "PING" }
metrics = "[::1]:9464"
"""


def test_every_key_arrives_in_the_records(desk: Desk) -> None:
    desk.environ = {"KUZEY": "Bearer x", "HOOK": "https://hook.example/x", "PROXY": f"http://desk:{CANARY}@proxy.example:8080\n"}
    desk.environ["PING"] = f" https://switch.example/{CANARY} "
    desk.certify("kuzey.pem")
    desk.keep("smtp-password", "pw\n")
    desk.keep("hook-secret", "hs\r\n")
    config = desk.load(FULL)
    assert (config.title, config.timezone, config.contact) == ("Northwest desk", "Asia/Damascus", "desk@example.org")
    assert (config.state, config.digest.directory) == (str(desk.folder / "here"), str(desk.folder / "digests"))
    zawiya, other, kuzey = config.outlets
    assert (zawiya.language, zawiya.name, other.id) == ("ar", "الزاوية اليوم", "الزاوية")
    assert (kuzey.feeds, kuzey.every) == (("https://kuzey.example/a", "https://kuzey.example/b"), timedelta(minutes=10))
    assert (kuzey.full_text, kuzey.label, kuzey.private, kuzey.paused) == (False, "agency", True, True)
    assert kuzey.headers == (("Authorization", Secret("Bearer x")), ("Accept", "text/xml"))
    crossings, idlib, quiet = config.watches
    assert (crossings.any, crossings.channels) == (("Bab al-Hawa", "باب الهوى"), ("mail", "hook"))
    assert (idlib.all, idlib.none, idlib.fields, idlib.urgent) == (("convoy",), ("Idlib Street",), ("title", "text"), True)
    assert sorted(idlib.outlets or ()) == ["al-zawiya", "kuzey", "الزاوية"]
    assert (idlib.channels, quiet.channels) == (("hook", "log"), ())
    mail, hook, log = config.channels
    assert isinstance(mail, EmailChannel)
    assert (mail.host, mail.port, mail.security, mail.user) == ("mail.example.org", 465, "tls", "monitor")
    assert isinstance(hook, WebhookChannel)
    assert isinstance(log, LogChannel)
    assert (mail.password, hook.url, hook.secret) == (Secret("pw"), Secret("https://hook.example/x"), Secret("hs"))
    assert (config.alerts.quiet, config.alerts.max_per_hour, config.alerts.group_wait) == ((1320, 390), 3, timedelta(0))
    assert (config.digest.at, config.digest.formats, config.digest.send) == (("06:00", "18:00"), ("md",), ("mail",))
    assert (config.fetch.max_size, config.fetch.at_once, config.fetch.timeout) == (2_000_000, 4, timedelta(seconds=30))
    assert (config.fetch.pause, config.fetch.robots) == (timedelta(seconds=5), False)
    assert config.fetch.proxy == Secret(f"http://desk:{CANARY}@proxy.example:8080")
    assert (kuzey.pause, kuzey.proxy) == (timedelta(0), "http://proxy.kuzey.example:3128")
    assert (zawiya.pause, zawiya.proxy, zawiya.ca_file) == (None, None, None)
    assert kuzey.ca_file == str(desk.folder / "kuzey.pem")
    assert (zawiya.selector, kuzey.selector) == (None, "#haber .metin, .ozet")
    assert (config.health.warn_after, config.health.alert) == (timedelta(hours=3), ("hook", "log"))
    assert (config.health.ping, config.health.metrics) == (Secret(f"https://switch.example/{CANARY}"), ("::1", 9464))
    assert "pw" not in repr(config)
    assert CANARY not in repr(config)


@pytest.mark.parametrize(
    ("smtp", "security", "port"),
    [("smtp://localhost", "plain", 25), ("smtp://localhost:2525", "plain", 2525), ("smtp://u@h.example", "starttls", 587)],
)
def test_smtp_with_a_user_means_starttls_and_without_one_plain_text(desk: Desk, smtp: str, security: str, port: int) -> None:
    desk.keep("pw", "x")
    password = 'password = { file = "pw" }' if "@" in smtp else ""
    text = f'[channels.m]\ntype = "email"\nto = ["a@b.example"]\nfrom = "c@d.example"\nsmtp = "{smtp}"\n{password}'
    (mail,) = desk.load(text).channels
    assert isinstance(mail, EmailChannel)
    assert (mail.security, mail.port) == (security, port)


def test_push_services_and_programs_are_channels(desk: Desk) -> None:
    desk.environ = {"PHONE": f"ntfys://{CANARY}@ntfy.example/desk", "ROOM": f"matrixs://{CANARY}@matrix.example/room"}
    phone, both, siren = desk.load(
        '[channels.phone]\ntype = "apprise"\nurl = { env = "PHONE" }\n'
        '[channels.both]\ntype = "apprise"\nurl = [{ env = "PHONE" }, { env = "ROOM" }, { env = "PHONE" }]\nprivate = true\n'
        '[channels.siren]\ntype = "command"\nrun = ["/usr/local/bin/siren", "--loud", ""]\n'
    ).channels
    assert phone == AppriseChannel(id=ChannelId("phone"), urls=(Secret(desk.environ["PHONE"]),))
    assert both == AppriseChannel(
        id=ChannelId("both"), urls=(Secret(desk.environ["PHONE"]), Secret(desk.environ["ROOM"])), private=True
    )
    assert siren == CommandChannel(id=ChannelId("siren"), run=("/usr/local/bin/siren", "--loud", ""))
    assert CANARY not in repr((phone, both))


def test_a_network_that_is_let_in_altogether_is_let_in_for_channels_too(desk: Desk) -> None:
    desk.environ = {"PHONE": "ntfy://10.0.0.5/desk"}
    text = '[channels.phone]\ntype = "apprise"\nurl = { env = "PHONE" }\n[channels.hook]\ntype = "webhook"\nurl = "http://10.0.0.5"\n'
    assert [channel.private for channel in desk.load(text).channels] == [False, False]  # type: ignore[union-attr]
    assert [channel.private for channel in desk.load(text + "[fetch]\nprivate = true\n").channels] == [True, True]  # type: ignore[union-attr]


SEVERAL = """
[outlets]
a = { feed = "https://a.example", groups = ["north"] }
b = { feed = "https://b.example", groups = ["north"] }
c = "https://c.example"
[watches]
idlib = ["Idlib"]
harim = ["Harim"]
[channels.mail]
type = "log"
[channels.boss]
type = "log"
[digest]
cron = "0 6 * * mon-fri"
formats = ["html", "json"]
send = ["mail"]
outlets = ["@north", "c"]
keep = "30d"
dir = "papers"
[digest.weekly]
cron = "0 7 * * mon"
watches = ["idlib"]
outlets = ["@north"]
send = ["boss"]
keep = "1000d"
[digest."ليل"]
send = []
"""


def test_a_further_digest_takes_from_the_first_what_it_does_not_say_itself(desk: Desk) -> None:
    config = desk.load(SEVERAL)
    main, weekly, night = config.plans
    assert (main.id, main.watches, main.outlets, main.keep) == ("", None, {"a", "b", "c"}, timedelta(days=30))
    assert (weekly.id, weekly.at, weekly.cron, weekly.formats) == ("weekly", (), "0 7 * * mon", ("html", "json"))
    assert (weekly.send, weekly.watches, weekly.outlets) == (("boss",), {"idlib"}, {"a", "b"})
    assert (weekly.keep, weekly.directory) == (timedelta(days=1000), f"{main.directory}/weekly")
    assert (night.at, night.cron, night.send, night.outlets) == (("06:00",), None, (), main.outlets)
    assert night.directory == str(desk.folder / "papers" / "ليل")


def test_a_channel_that_only_a_further_digest_names_is_there(desk: Desk) -> None:
    config = desk.load('[channels.hook]\ntype = "webhook"\nurl = "https://h.example"\n[digest.weekly]\nsend = ["log"]')
    assert [channel.id for channel in config.channels] == ["hook", "log"]


def test_a_reload_sees_that_a_further_digest_changed(desk: Desk) -> None:
    old = desk.load(SEVERAL)
    assert changes(old, desk.load(SEVERAL.replace("0 7", "0 8"))) == Changes(digest=True)
    assert changes(old, desk.load(SEVERAL.replace('"ليل"', "night"))) == Changes(digest=True)


def test_a_cron_line_takes_the_place_of_times(desk: Desk) -> None:
    digest = desk.load('[digest]\ncron = "0 6,18 * * mon-fri"').digest
    assert (digest.at, digest.cron) == ((), "0 6,18 * * mon-fri")


def test_a_file_from_windows_loads(desk: Desk) -> None:
    text = '\ufefftitle = "Desk"\r\n[outlets]\r\nx = "https://x.example"\r\n'
    assert desk.load(text).outlets[0].feeds == ("https://x.example",)
    assert desk.fault(text + 'y = "y.example/rss"\r\n').startswith("config.toml:4: outlets.y.feed")


def test_the_shipped_config_is_ready_to_run() -> None:
    config = load(REPOSITORY / "config.toml", environ={}, home=Path("/home/desk"))
    assert len(config.outlets) == 16
    assert {outlet.id for outlet in config.outlets if outlet.label} == {"press-tv", "sana", "tass", "rt-arabic", "radio-habana"}
    (idlib,) = config.watches
    assert {"Idlib", "إدلب", "Идлиб", "Idleb", "אידליב", "伊德利卜"} <= set(idlib.any)
    assert idlib.channels == ("log",)


def test_every_hint_in_the_shipped_config_can_be_taken(desk: Desk) -> None:
    desk.keep("smtp-password", "x")
    desk.keep("hook-secret", "x")
    desk.environ |= {
        "RELIEF_DESK_TOKEN": "x",
        "DESK_PHONE_URL": "ntfys://h.example/x",
        "RELIEF_DESK_PROXY": "http://u:x@p.example:1",
        "HTTPS_PROXY": "http://p.example:1",
        "HEALTHCHECKS_URL": "https://switch.example/x",
    }
    desk.certify("relief-desk.pem")
    text = re.sub(r"^# (?=\[|[a-z_]+ *= )", "", (REPOSITORY / "config.toml").read_text(encoding="utf-8"), flags=re.MULTILINE)
    config = desk.load(text)
    assert [type(channel) for channel in config.channels] == [EmailChannel, AppriseChannel, WebhookChannel, CommandChannel]
    assert config.outlets[-1].headers
    assert config.outlets[-1].ca_file
    assert config.outlets[-1].proxy
    assert config.fetch.proxy
    assert (config.health.alert, config.health.metrics) == (("desk-phone",), ("127.0.0.1", 9464))
    assert config.contact


def test_the_first_config_loads(desk: Desk) -> None:
    config = desk.load(short_config())
    assert config.outlets == ()
    assert config.watches[0].id == "idlib"


@pytest.mark.untraced
def test_l19_ten_thousand_outlets_load_and_ten_thousand_faults_are_named(desk: Desk) -> None:
    text = "[outlets]\n" + "".join(f'o{number} = "https://h{number}.example/feed.xml"\n' for number in range(10_000))
    config = desk.load(text)
    assert len(config.outlets) == 10_000
    assert len(desk.faults(text.replace("https", "htps"))) == 10_000


# ---------------------------------------------------------------- faults

NINE = """# nine faults, each on the line that is written beside it
title = "Desk"

[outlets]
orontes-post = "orontes-post.example/feed.xml"
relief-desk = { feed = "https://reliefdesk.example/updates.atom", evry = "30m" }
levant-wire = { feed = "https://levant-wire.example/rss", every = "10s" }
levant-copy = "HTTPS://Levant-Wire.example/rss"
gazette = "https://u:hunter2@gazette.example/rss"

[watches]
everything = ["a"]

[watches.idlib]
any = ["Idlib"]
alert = ["desk-mial"]

[channels.desk-mail]
type = "log"

[channels.phone]
type = "webhook"
url = "https://phone.example/x"
token = "hunter2"

[digest]
cron = "0 25 * * mon"
"""


def test_the_faults_read_as_the_interface_promises(desk: Desk) -> None:
    assert list(desk.faults(NINE)) == [
        'config.toml:5: outlets.orontes-post.feed: "orontes-post.example/feed.xml" has no https:// in front',
        'config.toml:6: outlets.relief-desk.evry: no such key "evry". Did you mean "every"?',
        'config.toml:7: outlets.levant-wire.every: "10s" is under a minute, which outlets block. The shortest is "1m"',
        'config.toml:8: outlets.levant-copy: same feed as "levant-wire" on line 7',
        (
            'config.toml:9: outlets.gazette.feed: "https://u:****@gazette.example/rss" has a password in it. '
            'Use headers = { Authorization = { env = "NAME" } }'
        ),
        "config.toml:12: watches.everything.any: this has 'a', which would match nearly everything",
        'config.toml:16: watches.idlib.alert: no channel "desk-mial". Did you mean "desk-mail"?',
        (
            "config.toml:24: channels.phone.token: this is a secret in plain text. "
            'Put it in a file and write { file = "NAME" }, or { env = "NAME" }'
        ),
        "config.toml:27: digest.cron: \"0 25 * * mon\" has '25' as its hour, which is not in range",
    ]


TEN = """titel = "Desk"
timezone = "Asia/Damaskus"
[outlets]
a = { feed = "https://a.example", lang = "Arabic" }
b = { name = "B" }
[outlets.c]
feeds = [
    "https://c.example",
    "ftp://c.example",
]
[watches.w]
any = [
    "Idlib",  # ]
    "-",
]
outlets = ["d"]
[watches]
empty = []
[fetch]
max_size = "5 apples"
[health]
warn_after = "6 hours"
"""


def test_ten_faults_come_in_one_run_in_the_order_of_the_file(desk: Desk) -> None:
    text = TEN.replace(",\n      every = 15 }", " }")
    faults = desk.faults(text)
    assert [re.match(r"config\.toml:(\d+): ([\w.]+): ", fault).groups() for fault in faults] == [  # type: ignore[union-attr]
        ("1", "titel"),
        ("2", "timezone"),
        ("4", "outlets.a.lang"),
        ("5", "outlets.b"),
        ("9", "outlets.c.feeds"),
        ("14", "watches.w.any"),
        ("16", "watches.w.outlets"),
        ("18", "watches.empty"),
        ("20", "fetch.max_size"),
        ("22", "health.warn_after"),
    ]
    assert 'Did you mean "title"?' in faults[0]
    assert 'Did you mean "Asia/Damascus"?' in faults[1]
    assert "is no span of time" in faults[-1]


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (b"title = Desk\n", "config.toml:1: title: this is not TOML: Invalid value at column 9. Text stands in quotes"),
        (b'title = "a"\n\ntitle = "b"\n', "config.toml:3: title: this is not TOML"),
        (b'[outlets]\nx = """\nnever closed\n', "config.toml:2: x: this is not TOML"),
        (b'title = "a"\nx = "caf\xe9"\n', "config.toml:2: this is not UTF-8 text"),
        (b"x = " + b"[" * 20_000, "nested too deeply"),
        (b"\n[fetch]\nat_once = " + b"9" * 5000, "config.toml:3: at_once: this number has too many digits"),
        (b"x = [\n1,\n" + b"1_2" * 3000 + b",\n]\n", "config.toml:3: this number has too many digits"),
        (
            b"# " + b"9" * 5000 + b'\nx = "' + b"9" * 5000 + b'"\ny = ' + b"8" * 5000 + b"\n",
            "config.toml:3: y: this number has too many digits",
        ),
    ],
)
def test_a_file_that_is_not_toml_is_a_fault_with_its_line(desk: Desk, content: bytes, wanted: str) -> None:
    assert wanted in desk.fault(content)


_FRAGMENTS = st.sampled_from(
    [
        *(
            "[outlets]",
            "[[outlets]]",
            "[watches]",
            "[digest]",
            "[digest.x]",
            "[fetch]",
            "[alerts]",
            "[channels.x]",
            "[a.b]",
            "x",
            "at",
            "url",
        ),
        *(
            "title",
            "any",
            "feed",
            "min",
            "at_once",
            "timezone",
            '"k e y"',
            "'",
            '"',
            '"""',
            "=",
            " = ",
            "\n",
            "\n",
            ",",
            ".",
            "#",
        ),
        *("[", "]", "{", "}", "1979-05-27", "T07:32:00", "+25:00", "06:00", "0x", "0b1", "1e9", "inf", "-", "_", "9" * 5000),
        *(
            "f" * 5000,
            "true",
            '"Idlib"',
            '"https://x.example/f"',
            '"{{ x }}"',
            "\\u",
            "\\UFFFFFFFF",
            "\x00",
            "\ud800",
            "\r",
            "\u2028",
        ),
        *('{ env = "NOT_SET" }', '{ file = "none" }', '["06:00"]', '"type" = "webhook"', "log", "[" * 2000, "{a=" * 2000),
    ]
)
_NAMES = st.sampled_from(["x", "at", "any", "feed", "min", "at_once", "title", "timezone", "type", "url"])
_NUMBERS = st.sampled_from(["{}", "-{}", "0x{}", "1.{}", "{}e{}", "[1, {}]", "{{ a = {} }}", "'{}'", "1_{}"]).map(
    lambda form: form.format("9" * 5000, "9" * 5000)
)
_LINES = st.tuples(_NAMES, _FRAGMENTS | _NUMBERS).map(lambda line: f"{line[0]} = {line[1]}\n")


@given((st.lists(_LINES, max_size=3) | st.lists(_LINES | _FRAGMENTS | st.text(max_size=8), max_size=24)).map("".join))
def test_whatever_stands_in_the_file_there_is_a_config_or_a_fault(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "config.toml")
        path.write_bytes(text.encode(errors="surrogatepass"))
        with contextlib.suppress(ConfigError, NoPermissionError):
            load(path, environ={}, home=Path(folder))


def test_what_is_no_file_is_a_fault(desk: Desk) -> None:
    for path, wanted in ((Path("nothing.toml"), "nothing.toml: there is no such file"), (Path(), ".: is not a file")):
        with pytest.raises(ConfigError, match=re.escape(wanted)):
            load(path, environ={}, home=desk.home)


# ---------------------------------------------------------------- secrets


@pytest.mark.parametrize(
    "text",
    [
        f'[outlets]\nx = "https://u:{CANARY}@h.example/rss"',
        f'[outlets]\nx = "https://u:p@{CANARY}@h.example/rss"',
        f'[outlets]\nx = "https://u:a/{CANARY}@h.example/rss"',
        f'[outlets]\nx = "https://{CANARY}@h.example/rss"',
        f'[outlets]\nx = "u:{CANARY}@h.example/rss"',
        f'[outlets]\nx = "//u:{CANARY}@h.example/rss"',
        f'[outlets]\nx = "h.example/rss?key={CANARY}"',
        f'[outlets]\nx = "h.example/rss#{CANARY}"',
        f'[outlets]\nx = "h.example/{CANARY}0123456789abcdef/rss"',
        f'[outlets]\nx = {{ feed = "https://h.example", headers = {{ Authorization = "Bearer {CANARY}" }} }}',
        f'[outlets]\nx = {{ feed = "https://h.example", headers = {{ X-Api-Key = "{CANARY}" }} }}',
        f'[outlets]\nx = {{ feed = "https://h.example", headers = {{ "Authorization: {CANARY}" = "" }} }}',
        f'[outlets]\nx = {{ feed = "https://h.example", password = "{CANARY}" }}',
        f'[channels.x]\ntype = "webhook"\nurl = "https://h.example/a"\nsecret = "{CANARY}"',
        f'[channels.x]\ntype = "webhook"\nurl = "https://u:{CANARY}@h.example/a"',
        f'[channels.x]\ntype = "webhook"\nurl = "h.example/{CANARY}"',
        f'[channels.x]\ntype = "webhook"\nurl = "https://h.example/a"\nsecret = {{ env = "X", default = "{CANARY}" }}',
        f'[channels.x]\ntype = "webhook"\nurl = "https://h.example/a"\nsecret = {{ env = "{CANARY}" }}',
        f'[channels.x]\ntype = "apprise"\nurl = "ntfys://{CANARY}@h.example"\ntoken = "{CANARY}"',
        f'[channels.x]\ntype = "email"\nto = ["a@b.example"]\nfrom = "a@b.example"\nsmtp = "smtps://u:{CANARY}@h.example"',
        f'[fetch]\nproxy = "http://u:{CANARY}@h.example:3128"',
        f'[fetch]\nproxy = "https://u:{CANARY}@h.example:3128"',
        f'[fetch]\nproxy = "u:{CANARY}@h.example:3128"',
        f'[outlets]\nx = {{ feed = "https://h.example", proxy = "http://{CANARY}@h.example:3128" }}',
        '[fetch]\nproxy = { env = "CANARY" }',
        '[fetch]\nproxy = { env = "TLS_CANARY" }',
        '[fetch]\nproxy = { env = "BAD_CANARY" }',
        '[fetch]\nproxy = { env = "LONG_CANARY" }',
        '[outlets]\nx = { feed = "https://h.example", proxy = { file = "canary" } }',
        f'[health]\nping = "https://h.example/{CANARY}"',
        '[health]\nping = { env = "CANARY" }',
        '[health]\nping = { env = "BAD_CANARY" }',
        '[channels.x]\ntype = "webhook"\nurl = { env = "CANARY" }',
        '[channels.x]\ntype = "webhook"\nurl = { file = "canary" }',
        f"[channels.x]\npassword = {CANARY}",
        f'[channels.x]\npassword = "{CANARY}\xe9"'.encode("latin-1"),
        f'[channels.x]\npassword = "{CANARY}',
        f"[outlets]\nx = https://u:{CANARY}@h.example/rss",
        f'[outlets]\nx = {{ feed = "https://h.example?k={CANARY}", feed = 1 }}',
    ],
)
def test_a_secret_never_stands_in_a_fault(desk: Desk, text: str | bytes, caplog: pytest.LogCaptureFixture) -> None:
    desk.environ = {
        "CANARY": f"ntfys://{CANARY}",
        "TLS_CANARY": f"https://u:{CANARY}@h.example:3128",
        "BAD_CANARY": f"http://u:{CANARY}@h.example:99999",
        "LONG_CANARY": f"http://u:p@h.example/{CANARY}",
    }
    desk.keep("canary", f"https://u:{CANARY}@h.example\nsecond line")
    with pytest.raises(ConfigError) as caught:
        desk.load(text)
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value.__cause__)
    assert CANARY not in told
    assert CANARY not in caplog.text


@given(st.text(st.characters(exclude_characters="\n"), min_size=4), st.sampled_from(["https://", "http://", "//", ""]))
def test_no_password_survives_in_a_shown_address(password: str, scheme: str) -> None:
    shown = quoted_address(f"{scheme}user:XX{password}XX@host.example/rss")
    assert "XX" not in shown


def test_a_secret_in_plain_text_is_a_fault(desk: Desk) -> None:
    text = '[outlets]\nx = { feed = "https://x.example", headers = { Cookie = "a=b", Accept = "text/xml" } }'
    assert "config.toml:2: outlets.x.headers.Cookie: this is a secret in plain text" in desk.fault(text)


WEBHOOK = '[channels.x]\ntype = "webhook"\nurl = "https://h.example/a"\nsecret = '


def test_a_secret_that_is_not_there_is_named(desk: Desk) -> None:
    assert 'the environment variable "HOOK" is not set' in desk.fault(WEBHOOK + '{ env = "HOOK" }')
    assert 'config.toml:4: channels.x.secret: no file "hook" beside this file' in desk.fault(WEBHOOK + '{ file = "hook" }')
    desk.environ["HOOK"] = ""
    assert 'the environment variable "HOOK" is empty' in desk.fault(WEBHOOK + '{ env = "HOOK" }')


def test_a_secret_file_that_everybody_may_read_is_a_fault(desk: Desk) -> None:
    desk.keep("hook", "x", mode=0o644)
    assert 'the file "hook" can be read by everybody' in desk.fault(WEBHOOK + '{ file = "hook" }')


def test_a_proxys_file_is_guarded_like_any_secret(desk: Desk) -> None:
    desk.keep("proxy", f"http://desk:{CANARY}@proxy.example:3128\n")
    text = '[fetch]\nproxy = { file = "proxy" }'
    assert desk.load(text).fetch.proxy == Secret(f"http://desk:{CANARY}@proxy.example:3128")
    desk.keep("proxy", "http://proxy.example:3128", mode=0o644)
    assert 'fetch.proxy: the file "proxy" can be read by everybody' in desk.fault(text)


CA_FILE = '[outlets]\nx = { feed = "https://x.example/rss", ca_file = "%s" }'


def test_certificates_lie_where_the_config_says_and_everybody_may_read_them(desk: Desk) -> None:
    (desk.folder / "pki").mkdir()
    desk.certify("pki/ca.pem")
    (desk.home / "pki").mkdir(parents=True)
    desk.certify("home/pki/mine.pem")
    elsewhere = desk.folder / "pki" / "ca.pem"
    for written, place in (
        ("pki/ca.pem", elsewhere),
        (str(elsewhere), elsewhere),
        ("~/pki/mine.pem", desk.home / "pki/mine.pem"),
    ):
        assert desk.load(CA_FILE % written).outlets[0].ca_file == str(place)


def test_a_file_without_certificates_is_a_fault(desk: Desk) -> None:
    desk.keep("notes.pem", "no certificate at all")
    desk.keep("key.pem", trustme.CA().private_key_pem.bytes().decode())
    desk.keep("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    desk.keep("large.pem", "x" * 5_000_001)
    (desk.folder / "circle").symlink_to("circle")
    os.mkfifo(desk.folder / "pipe")
    for name in ("notes.pem", "key.pem", "broken.pem"):
        assert f'config.toml:2: outlets.x.ca_file: "{name}" holds no certificate that can be read' in desk.fault(CA_FILE % name)
    assert '"large.pem" is too large' in desk.fault(CA_FILE % "large.pem")
    assert 'outlets.x.ca_file: no file "none.pem"' in desk.fault(CA_FILE % "none.pem")
    for name in (".", "pipe"):
        assert f'"{name}" is not a file' in desk.fault(CA_FILE % name)
    assert "can't be read" in desk.fault(CA_FILE % "circle")


@pytest.mark.parametrize("name", ["../hook", "/etc/passwd", "a/b", "..", ""])
def test_a_secret_file_is_a_plain_name(desk: Desk, name: str) -> None:
    assert "wants a plain file name" in desk.fault(WEBHOOK + f'{{ file = "{name}" }}')


def test_systemds_credentials_come_before_the_file_beside(desk: Desk) -> None:
    credentials = desk.folder / "credentials"
    credentials.mkdir()
    (credentials / "hook").write_text("from systemd\n")
    desk.keep("hook", "from beside")
    desk.keep("other", "other beside")
    desk.environ["CREDENTIALS_DIRECTORY"] = str(credentials)
    for name, value in (("hook", "from systemd"), ("other", "other beside")):
        (channel,) = desk.load(WEBHOOK + f'{{ file = "{name}" }}').channels
        assert isinstance(channel, WebhookChannel)
        assert channel.secret == Secret(value)


@pytest.fixture
def others_folder() -> Iterator[Path]:
    """Make a folder that every user of this machine can enter."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize("closed", ["config.toml", "hook", "ca.pem"])
def test_a_file_that_may_not_be_read_is_told_apart_from_a_fault(others_folder: Path, closed: str) -> None:
    desk = Desk(others_folder)
    desk.write(f"{WEBHOOK}{{ file = 'hook' }}\n{CA_FILE % 'ca.pem'}")
    desk.keep("hook", "x", mode=0o640)
    desk.certify("ca.pem")
    if os.geteuid() == 0:
        os.chown(others_folder / "hook", 65534, -1)
    (others_folder / "config.toml").chmod(0o644)
    (others_folder / closed).chmod(0o000)
    with plain_user(), pytest.raises(NoPermissionError, match=f"{closed}.* may not be read by this user"):
        load(others_folder / "config.toml", environ={}, home=desk.home)


# ---------------------------------------------------------------- where things are


def test_the_config_is_looked_for_in_order(desk: Desk) -> None:
    elsewhere = {"MONITOR_CONFIG": "env.toml"}
    at_home = desk.home / ".config" / "monitor" / "config.toml"
    at_home.parent.mkdir(parents=True)
    for path in (desk.folder / "given.toml", desk.folder / "env.toml", desk.folder / "config.toml", at_home):
        path.write_text("")
    assert _located(desk, "given.toml", elsewhere) == Path("given.toml")
    assert _located(desk, None, elsewhere) == Path("env.toml")
    assert _located(desk, None, {"MONITOR_CONFIG": ""}) == Path("config.toml")
    (desk.folder / "config.toml").unlink()
    assert _located(desk, None, {}) == at_home


def test_a_config_that_was_asked_for_and_is_not_there_is_a_fault(desk: Desk) -> None:
    desk.write("")
    with pytest.raises(ConfigError, match=r"nothing\.toml: there is no such file \(from -c\)"):
        _located(desk, "nothing.toml", {})
    with pytest.raises(ConfigError, match=r"nothing\.toml: there is no such file \(from \$MONITOR_CONFIG\)"):
        _located(desk, None, {"MONITOR_CONFIG": "nothing.toml"})


def _located(desk: Desk, explicit: str | None, environ: dict[str, str]) -> Path | None:
    return locate(explicit, environ=environ, cwd=desk.folder, home=desk.home)


def test_the_state_follows_the_config(tmp_path: Path) -> None:
    home, mine, service = tmp_path / "home", tmp_path / "config.toml", Path("/etc/monitor/config.toml")
    systemd = {"STATE_DIRECTORY": "/var/lib/news:/var/lib/other"}
    assert state_directory(service, None, environ={}, home=home) == Path("/var/lib/monitor")
    assert state_directory(service, None, environ=systemd, home=home) == Path("/var/lib/news")
    assert state_directory(mine, "here", environ=systemd, home=home) == tmp_path / "here"
    assert state_directory(mine, "~/there", environ=systemd, home=home) == home / "there"
    assert state_directory(mine, None, environ={}, home=home).parent == home / ".local" / "state" / "monitor"


def test_two_configs_never_share_a_state_and_one_never_has_two(desk: Desk) -> None:
    (desk.folder / "link").symlink_to(desk.folder)
    named = [Path("config.toml"), desk.folder / "config.toml", desk.folder / "link" / "config.toml"]
    states = {state_directory(path, None, environ={}, home=desk.home) for path in named}
    assert len(states) == 1
    assert state_directory(Path("other.toml"), None, environ={}, home=desk.home) not in states


# ---------------------------------------------------------------- lines and changes


def test_every_key_is_found_on_its_line_however_it_is_written() -> None:
    text = """# [not.a] = table
a.b . "c d" = 1 # comment
"q\\"uoted" = '''
[in] a = string
'''
[ t . 'u' ]   # ]
long = \"\"\"
x = 1 \\\"\"\"\"
y = \"\"\"\"\"\"\"\"
when = 1979-05-27 07:32:00
list = [ # [
    "]", # one
    { in = 1,  deep = ["}"] }, [
    ],
    2,
]
[t.v]
z = { k = { m.n = "}" }, o = 'p' }
[["arr"]]
w = 1"""
    where = Where(text)
    expected = {
        ("a", "b", "c d"): 2,
        ('q"uoted',): 3,
        ("t", "u"): 6,
        ("t", "u", "long"): 7,
        ("t", "u", "y"): 9,
        ("t", "u", "when"): 10,
        ("t", "u", "list"): 11,
        ("t", "u", "list", 0): 12,
        ("t", "u", "list", 1, "deep", 0): 13,
        ("t", "u", "list", 3): 15,
        ("t", "v", "z", "k", "m", "n"): 18,
        ("t", "v", "z", "o"): 18,
        ("arr", "w"): 20,
        ("t", "v", "missing"): 17,
        ("nowhere",): 1,
    }
    assert {path: where.line(path) for path in expected} == expected


def test_a_reload_names_what_changed(desk: Desk) -> None:
    desk.environ = {"A": "1"}
    base = '[outlets]\na = "https://a.example"\nb = "https://b.example"\n[watches]\nw = ["Idlib"]\nv = ["Harim"]\n'
    hook = '[channels.h]\ntype = "webhook"\nurl = "https://h.example"\nsecret = { env = "A" }\n'
    old = desk.load(base + hook)
    assert not changes(old, desk.load(base + hook + "# a comment\n"))
    desk.environ = {"A": "2"}
    text = base.replace("https://b.", "https://bb.").replace('a = "https://a.example"', 'c = "https://c.example"')
    new = desk.load("title = 'New'\n" + text.replace('["Idlib"]', '["Idleb"]').replace('v = ["Harim"]', 'u = ["Harim"]') + hook)
    assert changes(old, new) == Changes(
        outlets_added=("c",),  # type: ignore[arg-type]
        outlets_removed=("a",),  # type: ignore[arg-type]
        outlets_changed=("b",),  # type: ignore[arg-type]
        watches_added=("u",),  # type: ignore[arg-type]
        watches_removed=("v",),  # type: ignore[arg-type]
        watches_changed=("w",),  # type: ignore[arg-type]
        channels=("h",),  # type: ignore[arg-type]
        rules=("title",),
    )
    assert changes(old, dataclasses.replace(old, state="/elsewhere")) == Changes(state=True)
    assert str(changes(old, new)).startswith("outlets added: c; outlets removed: a; ")


@pytest.mark.parametrize(
    "key", ['pause = "2s"', 'proxy = { env = "A" }', 'proxy = "http://p.example:1"', 'ca_file = "ca.pem"', 'selector = "#c"']
)
def test_a_reload_sees_that_an_outlet_is_asked_in_another_way(desk: Desk, key: str) -> None:
    desk.environ = {"A": "http://u:1@p.example:1"}
    desk.certify("ca.pem")
    plain = '[outlets]\na = { feed = "https://a.example" }\nb = "https://b.example"\n'
    old, new = desk.load(plain), desk.load(plain.replace('example" }', f'example", {key} }}'))
    assert changes(old, new) == Changes(outlets_changed=("a",))  # type: ignore[arg-type]
    desk.environ = {"A": "http://u:2@p.example:1"}
    again = desk.load(Path("config.toml").read_text())
    assert bool(changes(new, again)) == ("env" in key)


@pytest.mark.parametrize("key", ['pause = "2s"', 'proxy = { env = "A" }', "robots = false"])
def test_a_reload_sees_that_the_manners_changed(desk: Desk, key: str) -> None:
    desk.environ = {"A": "http://u:1@p.example:1"}
    assert changes(desk.load(""), desk.load(f"[fetch]\n{key}")) == Changes(rules=("fetch",))


# ---------------------------------------------------------------- warnings


def test_what_is_no_fault_and_yet_hardly_meant_is_warned_of(desk: Desk) -> None:
    text = (
        '[outlets]\na = "https://a.example/f"\n[watches]\none = ["Idl*"]\n'
        'two = { any = ["Idlib", "Idlib AND convoy"], none = ["(?i)x"] }\n'
    )
    places = [warning.split(": ")[0].rsplit(":", 1)[1] + " " + warning.split(": ")[1] for warning in desk.load(text).warnings]
    assert places == ["4 watches.one", "5 watches.two.any", "5 watches.two.none"]


def test_a_language_that_nothing_is_in_and_a_name_that_tells_articles_apart_are_warned_of(desk: Desk) -> None:
    text = (
        '[outlets]\na = { feed = "https://a.example/f", lang = "kmr" }\n'
        '[watches]\nb = { any = ["Idlib"], languages = ["ar", "kmr", "ckb", "qqq"] }\n'
        '[urls]\nstrip = ["from_list", "articleID", "p"]\n'
    )
    assert [warning.partition("config.toml:")[2] for warning in desk.load(text).warnings] == [
        '4: watches.b.languages: no outlet has lang = "qqq", and no text is found to be in it, so this finds nothing',
        '6: urls.strip: many outlets tell their articles apart by "articleID"; without it one article hides the next',
        '6: urls.strip: many outlets tell their articles apart by "p"; without it one article hides the next',
    ]


def test_a_config_that_can_never_alert_is_warned_of(desk: Desk) -> None:
    assert [warning.split(": ")[1] for warning in desk.load("").warnings] == ["outlets", "watches"]
    assert desk.load('[outlets]\na = "https://a.example/f"\n[watches]\nb = ["AND"]\n').warnings
    assert not desk.load('[outlets]\na = "https://a.example/f"\n[watches]\nb = ["Bab al-Hawa (north)"]\n').warnings


INSIDE = """\
[outlets]
a = "http://10.0.0.7/feed.xml"
b = {{ feeds = ["https://b.example/1", "https://[::1]:8443/2"] }}
c = {{ feed = "http://localhost:40100/feed.xml"{own} }}
d = {{ feeds = ["https://192.168.0.1.example/feed.xml", "https://[2a00:1450:4001:800::200e]/1", "https://8.8.8.8/2"] }}
[watches]
idlib = ["Idlib"]
[channels.hook]
type = "webhook"
url = "http://127.0.0.1:9/hook"{line}
[channels.kept]
type = "webhook"
url = {{ env = "HOOK" }}{line}
[channels.mail]
type = "email"
to = ["desk@example.org"]
from = "monitor@example.org"
smtp = "smtp://localhost"{line}
[health]
ping = {{ env = "PING" }}
"""


def test_what_is_certain_to_be_refused_as_it_is_on_the_desks_own_network_is_warned_of(desk: Desk) -> None:
    desk.environ = {"PING": f"http://169.254.1.1/{CANARY}", "HOOK": f"http://192.168.1.9/{CANARY}"}
    no = "is no address of the public internet, so nothing is asked there. If it may be on your own network, write private = true"
    said = [warning.partition("config.toml:")[2] for warning in desk.load(INSIDE.format(own="", line="")).warnings]
    assert said == [
        f'2: outlets.a.feed: "10.0.0.7" {no} beside it',
        f'3: outlets.b.feeds: "[::1]" {no} beside it',
        f'4: outlets.c.feed: "localhost" {no} beside it',
        f'10: channels.hook.url: "127.0.0.1" {no} under [channels.hook]',
        f"13: channels.kept.url: what is kept there {no} under [channels.kept]",
        f'18: channels.mail.smtp: "localhost" {no} under [channels.mail]',
        f"20: health.ping: what is kept there {no} under [fetch]",
    ]
    allowed = desk.load(INSIDE.format(own=", private = true", line="\nprivate = true")).warnings
    assert [warning.split(": ")[1] for warning in allowed] == ["outlets.a.feed", "outlets.b.feeds", "health.ping"]
    assert desk.load(INSIDE.format(own="", line="") + "[fetch]\nprivate = true\n").warnings == ()


def test_items_that_are_deleted_before_their_digest_are_warned_of(desk: Desk) -> None:
    text = (
        '[outlets]\na = "https://a.example/f"\n[watches]\nb = ["Idlib"]\n[digest]\ncron = "0 6 * * mon-fri"\n'
        '[digest.weekly]\ncron = "0 7 * * mon"\n[keep]\ntext = "1d"\nitems = '
    )
    assert desk.load(f'{text}"7d"\n').warnings == ()
    (warning,) = desk.load(f'{text}"6d"\n').warnings
    assert warning.endswith(
        ":11: keep.items: [digest.weekly] tells of up to 7 days, and what is older than this is deleted before"
    )
    assert len(desk.load(f'{text}"2d"\n').warnings) == 2


@pytest.mark.parametrize("written", ['state = "a\\u0000b"', 'state = "a\\nb"'])
def test_every_command_finds_the_state_of_an_odd_name_where_the_monitor_keeps_it(tmp_path: Path, written: str) -> None:
    (path := tmp_path / "config.toml").write_text(written)
    at = state_of(path, environ={}, home=tmp_path)
    assert str(at) == load(path, environ={}, home=tmp_path).state == str(tmp_path / "a b")


def test_no_command_waits_for_a_pipe_in_the_place_of_a_config(tmp_path: Path) -> None:
    os.mkfifo(path := tmp_path / "config.toml")
    assert state_of(path, environ={"STATE_DIRECTORY": "/state"}, home=tmp_path) == Path("/state")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("https//hunter2@b.example/f", "https//****@b.example/f"),
        ("htt/ps://desk:hunter2@b.example/f", "htt/ps:****@b.example/f"),
        ("'https://desk:hunter2@b.example/f", "'https://desk:****@b.example/f"),
        ("smtps//desk:hunter2@mail.example:465", "smtps//desk:****@mail.example:465"),
        ("https://desk:hunter2b.example/f", "https://desk:****/f"),
        ("https://b.example:8080/@desk/f", "https://b.example:****@desk/f"),
        ("https://b.example/@desk/f", "https://b.example/@desk/f"),
        ("https://b.example:8080/f", "https://b.example:8080/f"),
        ("b.example/f", "b.example/f"),
        ("localhost:8080/f", "localhost:8080/f"),
        # what was pasted in the place of an address
        ("hunter2", "****"),
        ("key=hunter2", "****"),
        ("token hunter2.b", "****"),
    ],
)
def test_an_address_that_is_mistyped_shows_no_password(written: str, shown: str) -> None:
    assert quoted_address(written) == f'"{shown}"'


def test_a_secret_that_stands_in_a_key_is_not_shown(tmp_path: Path) -> None:
    (path := tmp_path / "config.toml").write_text('[channels.mail]\ntype = "email"\n"password=hunter2" = 1\n')
    with pytest.raises(ConfigError) as refused:
        load(path, environ={}, home=tmp_path)
    assert "hunter2" not in str(refused.value)


def test_a_name_turns_no_words_beside_it_around(tmp_path: Path) -> None:
    name = 'name = "\\u202eOrontes\\u2066 \\u001b[31m Post", label = "\u202elabel"'
    (path := tmp_path / "config.toml").write_text(f'[outlets]\na = {{ feed = "https://a.example", {name} }}\n')
    outlet = load(path, environ={}, home=tmp_path).outlets[0]
    assert (outlet.name, outlet.label) == ("Orontes [31m Post", "label")
