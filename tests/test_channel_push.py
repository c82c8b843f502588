"""Push services through Apprise: what answers come to, whom a retry still tells, where nothing may go, what stays secret."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from desks import Desk
from receivers import CANARY

from monitor.channels import Opened, faults
from monitor.channels.opened import Means
from monitor.channels.push import Push
from monitor.errors import DeliveryError
from monitor.fetch import Door
from monitor.model import AppriseChannel, ChannelId, Message, Secret

MESSAGE = Message(key="0" * 32, subject="idlib: Rain", text="idlib: Rain\nRelief Desk\nItem:       17\n", html="", json="{}")


class Service:
    """Answers with what ``answers`` has for the path, else 200; remembers the paths."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, dict[str, str]]] = {}
        self.asked: list[str] = []
        self.passes: list[str | None] = []
        self.flood = 0
        self.drips = False
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"] or 0))
                service.asked.append(self.path)
                service.passes.append(self.headers["Authorization"])
                status, headers = service.answers.get(self.path, (200, {}))
                self.send_response(status)
                for name, value in {"Content-Length": "0", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                with suppress(OSError):
                    while service.drips:
                        self.wfile.write(b" ")
                        time.sleep(0.1)
                    for _ in range(service.flood):
                        self.wfile.write(b" " * 1_000_000)

            do_GET = do_POST  # noqa: N815  as its base calls it

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.place = f"127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    made.server.daemon_threads = True
    threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


def push_to(*urls: str, say: Callable[[str], None] = print, private: bool = True, seconds: float = 20) -> Push:
    channel = AppriseChannel(id=ChannelId("phone"), urls=tuple(Secret(url) for url in urls), private=private)
    return Push(channel, Means(fetch=Door.fetch, say=say), deadline=timedelta(seconds=seconds))  # type: ignore[arg-type]


async def failure_of(channel: Opened, had: frozenset[str] = frozenset()) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await channel.deliver(MESSAGE, had)
    said = f"{''.join(traceback.format_exception(caught.value))} {vars(caught.value)!r} {channel!r}"
    assert CANARY not in said
    return caught.value


@pytest.mark.parametrize(
    ("status", "retryable", "is_whole", "says"),
    [
        (301, False, True, "redirects are not followed"),
        (302, False, True, "302 Found; redirects are not followed: give the final address as url under [channels.phone]"),
        (400, False, False, "400 Bad Request"),
        (401, False, True, "401 Unauthorized; give the right url under [channels.phone] in config.toml"),
        (403, False, True, "403 Forbidden"),
        (404, False, True, "404 Not Found"),
        (413, False, False, "413"),
        (429, True, True, "429 Too Many Requests"),
        (500, True, False, "500 Internal Server Error"),
        (503, True, True, "503 Service Unavailable"),
    ],
)
async def test_l16_what_a_service_answers_says_whether_it_is_the_message_or_the_service(
    service: Service, status: int, *, retryable: bool, is_whole: bool, says: str
) -> None:
    service.answers["/x"] = (status, {"Location": f"http://{service.place}/other", "Retry-After": "120"})
    error = await failure_of(push_to(f"json://desk:{CANARY}@{service.place}/x"))
    assert (error.retryable, error.is_whole, error.retry_after) == (retryable, is_whole, timedelta(seconds=120))
    assert error.detail.startswith("json: ")
    assert says in error.detail
    assert service.asked == ["/x"]


async def test_l16_an_address_that_asks_for_redirects_and_tries_gets_neither(service: Service) -> None:
    service.answers["/x"] = (302, {"Location": f"http://{service.place}/other"})
    assert not (await failure_of(push_to(f"json://{service.place}/x?redirect=yes&retry=3&optional=yes"))).retryable
    assert service.asked == ["/x"]


async def test_a_service_that_is_not_there_is_tried_again() -> None:
    error = await failure_of(push_to(f"json://127.0.0.1:1/{CANARY}"))
    assert (error.retryable, error.is_whole, error.detail) == (True, True, "json: not reached")


async def test_of_two_services_only_the_one_that_failed_is_told_again(service: Service) -> None:
    service.answers["/b"] = (503, {})
    urls = (f"json://{service.place}/a?+X-Token={CANARY}", f"json://{service.place}/b?+X-Token={CANARY}")
    error = await failure_of(push_to(*urls))
    assert (error.retryable, error.is_whole, len(error.taken)) == (True, False, 1)
    assert error.detail == "json (url 2 of 2): 503 Service Unavailable"
    service.answers.clear()
    # another process, and the config's lines in another order
    await push_to(*reversed(urls)).deliver(MESSAGE, error.taken)
    assert sorted(service.asked) == ["/a", "/b", "/b"]


async def test_the_name_of_a_service_tells_nothing_of_its_address_and_is_another_in_another_channel(service: Service) -> None:
    service.answers["/b"] = (503, {})
    urls = tuple(Secret(f"json://{service.place}/{path}") for path in "ab")
    names = set()
    for id in ("phone", "room"):
        channel = AppriseChannel(id=ChannelId(id), urls=urls, private=True)
        names |= (await failure_of(Push(channel, Means(fetch=Door.fetch, say=print)))).taken  # type: ignore[arg-type]
    assert len(names) == 2
    assert not any("127.0.0.1" in name or "json" in name for name in names)


async def test_a_service_that_refuses_the_message_for_good_beside_one_that_took_it_is_told_of(service: Service) -> None:
    service.answers["/b"] = (413, {})
    heard: list[str] = []
    await push_to(f"json://{service.place}/a", f"json://{service.place}/b", say=heard.append).deliver(MESSAGE)
    assert heard == ["phone: only some of its services took a message: json (url 2 of 2): 413 Request Entity Too Large"]


async def test_a_wrong_address_beside_one_that_took_the_message_is_no_delivery_since_it_can_be_mended(service: Service) -> None:
    error = await failure_of(push_to(f"json://{service.place}/a", "nftys://h.example/desk"))
    assert (error.retryable, error.is_whole, len(error.taken)) == (False, False, 1)
    assert 'Apprise knows no service "nftys". Did you mean "ntfys"?; give the right url under [channels.phone]' in error.detail


async def test_a_service_on_the_own_network_needs_leave_and_the_error_says_which(service: Service) -> None:
    for host in ("127.0.0.1", "localhost"):
        error = await failure_of(push_to(f"json://{host}:{service.place.partition(':')[2]}/{CANARY}", private=False))
        assert (error.retryable, error.is_whole) == (False, True)
        assert "write private = true under [channels.phone] if it may be on your own network" in error.detail
    assert service.asked == []


@pytest.mark.parametrize(
    ("url", "says"),
    [
        (f"nftys://{CANARY}@h.example/desk", 'Apprise knows no service "nftys". Did you mean "ntfys"?'),
        (f"syslog://{CANARY}", '"syslog" is of this machine itself, or never tells what it took'),
        (f"dbus://{CANARY}", '"dbus" is of this machine itself'),
        (f"slack://{CANARY}", "Apprise can't read it as an address of that service"),
        (f"discord://{CANARY}", "Apprise can't read it as an address of that service"),
        (f"https://h.example/{CANARY}", "Apprise can't read it as an address of that service"),
        (f"ntfys://{CANARY}@h.example/desk?verify=no", "it has verify=no: anybody between could read the alerts"),
        (f"ntfys://{CANARY}@h.example/desk", None),
        (f"discord://{'1' * 18}/{CANARY * 4}", None),
    ],
)
async def test_an_address_that_no_service_reads_is_found_before_anything_is_to_be_sent(url: str, says: str | None) -> None:
    found = faults(AppriseChannel(id=ChannelId("phone"), urls=(Secret("json://h.example"), Secret(url))))
    assert [place for place, _ in found] == [("url", 1)] * (says is not None)
    assert all(str(says) in words and CANARY not in words for _, words in found)


async def test_what_apprise_reads_of_the_environment_and_the_disk_is_not_the_monitors(
    service: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A proxy of somebody's shell, and a password of somebody's .netrc, are no settings of the desk."""
    (tmp_path / ".netrc").write_text(f"machine 127.0.0.1 login x password {CANARY}\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    await push_to(f"json://{service.place}/x").deliver(MESSAGE)
    assert (service.asked, service.passes) == (["/x"], [None])
    assert os.listdir(tmp_path) == [".netrc"]  # noqa: PTH208  of a folder that nobody waits for


async def test_a_channel_whose_services_all_have_a_message_tells_nobody(service: Service) -> None:
    service.answers["/b"] = (503, {})
    urls = (f"json://{service.place}/a", f"json://{service.place}/b")
    first = (await failure_of(push_to(*urls))).taken
    service.answers = {"/a": (503, {})}
    second = (await failure_of(push_to(*urls))).taken
    service.asked.clear()
    await push_to(*urls).deliver(MESSAGE, first | second)
    assert service.asked == []


async def test_l16_an_endless_answer_is_read_as_far_as_anybody_needs_it(service: Service) -> None:
    service.flood = 300
    service.answers["/x"] = (200, {"Content-Length": "300000000"})
    # in a process of its own: this one may have had larger children
    code = (
        "import asyncio, resource, test_channel_push as test\n"
        f"asyncio.run(test.push_to('json://{service.place}/x').deliver(test.MESSAGE))\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", code], capture_output=True, cwd=Path(__file__).parent)
    assert int(done.stdout) < 200_000, done.stderr


@pytest.mark.parametrize("drips", [True, False], ids=["drips", "breaks off"])
async def test_l16_a_service_that_took_the_message_and_whose_answer_has_no_end_is_told_once(
    service: Service, *, drips: bool
) -> None:
    service.drips = drips
    service.answers["/x"] = (200, {"Content-Length": "9000"})
    await push_to(f"json://{service.place}/x", seconds=15).deliver(MESSAGE)
    assert service.asked == ["/x"]
    service.drips = False


@pytest.mark.parametrize(
    "body", ["subprocess.run(['true'])", "os.system('true')", "os.fork()", "socket.socket(socket.AF_UNIX).connect('/x')"]
)
def test_no_plugin_starts_a_program_or_speaks_to_one_of_this_machine(body: str) -> None:
    code = f"import os, socket, subprocess\nfrom monitor.channels import pushing\npushing._guard(is_private=True)\n{body}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1].startswith("PermissionError: ")


# ---- `monitor check` and `monitor alert test`


@contextmanager
def config_of(desk: Desk, channels: str) -> Iterator[None]:
    desk.config.write_text(
        f'state = "{desk.state}"\ntimezone = "UTC"\ntitle = "Northwest <desk>"\n[outlets]\nx = "https://a.example/rss"\n'
        f'[watches]\nidlib = ["Idlib"]\n{channels}'
    )
    yield
    assert not desk.state.exists() or not any(desk.state.iterdir())


def test_check_finds_services_and_programs_that_are_not_there_by_line_and_shows_no_secret(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHONE", f"nftys://{CANARY}@h.example/desk")
    monkeypatch.setenv("ROOM", f"json://{CANARY}@h.example/desk")
    channels = (
        '[channels.phone]\ntype = "apprise"\nurl = [\n  { env = "ROOM" },\n  { env = "PHONE" },\n]\n'
        '[channels.siren]\ntype = "command"\nrun = ["/no/such/siren"]\n'
    )
    with config_of(desk, channels):
        said = desk.type("check")
    assert said.returncode == 2
    assert said.stderr.splitlines() == [
        f'{desk.config}:12: channels.phone.url: Apprise knows no service "nftys". Did you mean "ntfys"?',
        f"{desk.config}:16: channels.siren.run: there is no program /no/such/siren",
    ]


def test_a_test_message_goes_to_every_channel_and_what_came_back_is_shown(
    desk: Desk, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHONE", f"json://{CANARY}@{service.place}/phone")
    service.answers["/phone"] = (403, {})
    channels = (
        f'[channels.hook]\ntype = "webhook"\nurl = "{desk.site.url}/hook"\nprivate = true\n[channels.log]\ntype = "log"\n'
        '[channels.phone]\ntype = "apprise"\nurl = { env = "PHONE" }\nprivate = true\n'
    )
    with config_of(desk, channels):
        said = desk.type("alert", "test")
        told = desk.type("alert", "test", "--json", "hook")
        odd = desk.type("alert", "test", "hok")
    assert (said.returncode, told.returncode, odd.returncode) == (1, 0, 2)
    *shown, hook, log, phone = said.stdout.splitlines()
    assert "TEST – no news – Northwest <desk>" in shown
    assert (hook[:13], log[:12]) == ("hook   taken ", "log    taken")
    assert phone.startswith("phone  NOT taken: json: 403 Forbidden; give the right url under [channels.phone] in config.toml.")
    assert phone.endswith("Trying again does not help.")
    assert 'no channel "hok". Did you mean "hook"? There are: hook, log, phone' in odd.stderr
    assert CANARY not in said.stdout + said.stderr
    assert [(post["kind"], post["alerts"]) for post in desk.site.posts] == [("test", [])] * 2
    assert desk.site.posts[0]["subject"] == "TEST – no news – Northwest <desk>"
    assert "Nothing was found, and nothing is to be done." in desk.site.posts[0]["text"]
    (answer,) = json.loads(told.stdout)
    assert (answer["channel"], answer["taken"]) == ("hook", True)
    assert answer["says"] == f"taken (key {desk.site.posts[1]['key']})"


async def test_l16_while_one_service_hangs_the_others_get_theirs_and_the_loop_goes_on(service: Service) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as hole:
        # nobody accepts there: it connects, and hears nothing
        hung = f"json://127.0.0.1:{hole.server_address[1]}/x"
        task = asyncio.create_task(push_to(hung, f"json://{service.place}/a", seconds=3).deliver(MESSAGE))
        ticks = 0
        while not task.done():
            ticks += 1
            await asyncio.sleep(0.02)
        error: Any = task.exception()
    assert ticks > 10
    assert (error.retryable, error.is_whole, len(error.taken)) == (True, False, 1)
    assert error.detail == "json (url 1 of 2): no answer in time"
