"""config.toml with anything at all done to it: a Config, or faults with their lines, and no secret in either."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from fuzzing import SECRET, Door
from hypothesis import strategies as st

import monitor
from monitor.config import changes, fingerprint, load, state_of
from monitor.errors import ConfigError, NoPermissionError

ENVIRON = {
    "HOOK": f"https://h.example/{SECRET}",
    "PROXY": f"http://u:{SECRET}@h.example:3128",
    "WORD": SECRET,
    "BAD": f"{SECRET}\n\x00",
}
FAULT = re.compile(r"config\.toml(:\d+)?: \S")


class Folder:
    """A folder with secrets beside its config.toml. ``law``: what holds whatever stands in that."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "config.toml"
        self._folder = folder
        for name in ("smtp-password", "kuzey.pem"):
            (folder / name).write_text(SECRET)
            (folder / name).chmod(0o600)

    def law(self, example: tuple[str]) -> None:
        (text,) = example
        self._path.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            config = load(self._path, environ=ENVIRON, home=self._folder)
        except ConfigError as error:
            self._are_told(error.faults, traceback.format_exception(error))
        except NoPermissionError as error:
            self._are_told(str(error).splitlines(), traceback.format_exception(error))
        else:
            assert SECRET not in repr(config)
            self._are_told(config.warnings, [])
            again = load(self._path, environ=ENVIRON, home=self._folder)
            assert again == config
            assert not changes(config, again)
            assert fingerprint(self._path) == config.fingerprint
        assert str(state_of(self._path, environ=ENVIRON, home=self._folder))

    def _are_told(self, faults: tuple[str, ...] | list[str], trace: list[str]) -> None:
        lines = self._path.read_bytes().count(b"\n") + 1
        for fault in faults:
            assert fault.encode()
            found = FAULT.match(fault.replace(f"{self._folder}/", ""))
            assert found, fault
            assert found[1] is None or 1 <= int(found[1][1:]) <= lines, fault
            assert SECRET not in fault
        assert SECRET not in "".join(trace)


@contextmanager
def folder() -> Iterator[Folder]:
    with TemporaryDirectory() as made:
        yield Folder(Path(made))


WHOLE = """\
title = "Northwest desk"
timezone = "Asia/Damascus"
contact = "desk@example.org"
state = "here"
[outlets]
al-zawiya = { feed = "https://alzawiya.example/rss", name = "الزاوية", lang = "ar-SY", groups = ["regional"], every = "10m" }
"الزاوية" = "https://elsewhere.example/rss"
[outlets.kuzey]
feeds = ["https://kuzey.example/a", "https://kuzey.example/b"]
full_text = false
label = "agency"
paused = true
pause = "0s"
proxy = { env = "PROXY" }
ca_file = "kuzey.pem"
selector = "#haber .metin, .ozet"
headers = { Authorization = { env = "WORD" }, Accept = "text/xml" }
[watches]
crossings = ["Bab al-Hawa", "باب الهوى"]
q = { query = 'idlib NEAR/8 (ceasefire OR truce) outlet:@regional', look_back = "6h", languages = ["ar"] }
[watches.idlib]
any = ["Idlib"]
all = ["convoy"]
none = ["Idlib Street"]
in = ["title", "text"]
outlets = ["@regional", "الزاوية"]
alert = ["hook", "log"]
urgent = true
[alerts]
first_poll = "6h"
max_per_hour = 3
quiet = "22:00-06:30"
[channels.mail]
type = "email"
to = ["desk@example.org"]
from = "monitor@example.org"
smtp = "smtps://monitor@mail.example.org"
password = { file = "smtp-password" }
[channels.hook]
type = "webhook"
url = { env = "HOOK" }
[channels.push]
type = "apprise"
urls = [{ env = "HOOK" }]
[channels.run]
type = "command"
run = ["/bin/cat", "{x}"]
[digest]
at = ["18:00", "06:00"]
formats = ["md"]
send = ["mail"]
[digest.weekly]
cron = "0 7 * * MON"
watches = ["idlib"]
[fetch]
every = "20m"
timeout = "30s"
max_size = "2MB"
[keep]
items = "400d"
[urls]
strip = ["desk"]
[health]
warn_after = "3h"
alert = ["hook"]
metrics = "[::1]:9464"
"""
LINES = [f"{line}\n" for line in WHOLE.splitlines()]
# fmt: off
ODDS = [
    "", "\n", "=", "{", "}", "[", "]", "[[", "]]", '"', "'", '"""', ",", ".", "#", "[outlets]\n", "[watches]\n", "x = 1\n",
    "x = {}\n", "x = []\n", 'x = ""\n', "x = nan\n", "x = -9223372036854775808\n", "x = 1979-05-27T07:32:00Z\n", "x = true\n",
    "a.b.c = 1\n", "[a.b]\n", '"" = 1\n', 'x = { env = "BAD" }\n', 'x = { file = "../x" }\n', 'x = { file = "" }\n',
    'password = { env = "WORD" }\n', 'url = "http://["\n', "\\u0000", 'feed = "https://u:p@h.example/"\n', 'query = "(((("\n',
    'every = "99999999999999999999d"\n', 'at = ["25:61"]\n', 'cron = "* * * * * *"\n', 'selector = ":has(((("\n',
    'timezone = "../etc/passwd"\n', 'quiet = "06:00-06:00"\n', "[" * 500, "a." * 500, "9" * 5000, "\x00", "\ud800", "\ufeff",
    "\r", "\r\n", "\u2028", "\x1b[2J", "\u202e", "İ", 'type = "log"\n', 'metrics = "localhost:0"\n', 'state = "\\u0000"\n',
    'strip = ["ä=&"]\n',
]
# fmt: on
TEXTS = st.lists(st.sampled_from(LINES) | st.sampled_from(ODDS) | st.sampled_from(LINES), max_size=30).map("".join)
BITTEN = st.builds(
    lambda places: "".join(ODDS[odd % len(ODDS)] if odd else line for line, odd in zip(LINES, places, strict=True)),
    st.lists(st.sampled_from([0] * 30 + list(range(1, len(ODDS)))), min_size=len(LINES), max_size=len(LINES)),
)


def config_door(folder: Folder) -> Door:
    repository = Path(monitor.__file__).parents[1]
    demo = (repository / "monitor" / "demo" / "data" / "desk.toml").read_text(encoding="utf-8")
    sample = (repository / "config.toml").read_text(encoding="utf-8")
    return Door(
        name="config",
        grammar=st.tuples(TEXTS | BITTEN | BITTEN),
        law=folder.law,
        seeds=((WHOLE,), (sample,), (demo,), *((f"{line}",) for line in LINES)),
        words=(*ODDS, *LINES, *(line.partition("=")[2].strip() for line in LINES), *re.findall(r"\w+ = ", WHOLE)),
    )
