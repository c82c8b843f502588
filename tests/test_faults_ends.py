"""How a monitor ends, and what the next one finds: told to stop in the middle of everything, killed, started twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest
from desks import Desk, until
from fakes import page, rss
from receivers import Mail, is_alive

HARD = b"<html><body><p>" + b"<a href='/x'>word</a> <span>x</span>" * 40_000
"""A page that takes longer to read than a worker is given."""


class Gate(dict[str, bytes | int]):
    """Pages, of which one is given only once it is opened."""

    def __init__(self, shut: str) -> None:
        super().__init__()
        self.shut, self.open = shut, threading.Event()
        self.asked = 0

    def get(self, path: str, default: int = 404) -> bytes | int:  # type: ignore[override]
        if path == self.shut:
            self.asked += 1
            self.open.wait(60)
        return super().get(path, default)


@pytest.fixture
def mail(desk: Desk) -> Mail:
    """Give a desk with an outlet that hangs and one whose page is hard to read, and a mail server that stops in the middle."""
    mail = Mail()
    mail.mood = "hangs"
    desk.site.pages = Gate("/b.xml")
    desk.site.pages["/a.xml"] = rss(("Rain floods Idlib", f"{desk.site.url}/1", ""))
    desk.site.pages["/b.xml"] = rss(("Snow in Harim", "", ""))
    desk.site.pages["/1"] = HARD
    desk.configure("a", "b")
    text = desk.config.read_text().partition("[watches]")[0]
    # another host, or it would wait for the one that hangs
    text = text.replace(f"{desk.site.url}/b.xml", f"{desk.site.url.replace('127.0.0.1', 'localhost')}/b.xml")
    desk.config.write_text(
        f'{text}[watches]\nidlib = {{ any = ["Idlib"], urgent = true }}\n[channels.mail]\ntype = "email"\nprivate = true\n'
        f'to = ["a@desk.example"]\nfrom = "monitor@desk.example"\nsmtp = "smtp://127.0.0.1:{mail.port}"\n'
    )
    return mail


def in_the_middle(desk: Desk, mail: Mail) -> subprocess.Popen[str]:
    """Start, and wait until a poll, the reading of a page and the sending of a mail are all under way."""
    mail.reached.clear()
    polls, pages = desk.site.pages.asked, desk.site.asked.count("/1")  # type: ignore[attr-defined]
    process = desk.start()
    until(mail.reached.is_set, desk)
    until(lambda: desk.site.pages.asked > polls, desk)  # type: ignore[attr-defined]
    until(lambda: desk.site.asked.count("/1") > pages, desk)
    return process


def test_l03_told_to_stop_in_the_middle_of_all_it_leaves_in_order_and_the_next_start_does_what_was_cut_off(
    desk: Desk, mail: Mail
) -> None:
    first = in_the_middle(desk, mail)
    first.send_signal(signal.SIGTERM)
    assert first.wait(10) == 0
    undone = "SELECT state, article_state, article_tries, (SELECT count(*) FROM item) FROM item JOIN alert ON item.id = item_id"
    assert desk.ask(undone) == [("held", "due", 0, 1)]
    assert desk.ask("SELECT stopped_at IS NOT NULL FROM run") == [(1,)]
    assert not (desk.state / "control.sock").exists()

    second = in_the_middle(desk, mail)
    second.send_signal(signal.SIGTERM)
    until(lambda: desk.log.count("Stopping") == 2, desk)
    second.send_signal(signal.SIGTERM)
    # had it waited for what is under way, it would be 0
    assert second.wait(10) == 130
    assert desk.log.count("Told again to stop: ending now") == 1
    assert desk.ask(undone) == [("held", "due", 0, 1)]

    mail.mood = "takes"
    desk.site.pages["/1"] = page("Rain floods Idlib", "Tents stand in the water.")
    desk.site.pages.open.set()  # type: ignore[attr-defined]
    desk.start()
    until(lambda: desk.ask(undone) == [("sent", "read", 1, 2)], desk)
    assert len(mail.mails) == 1
    assert desk.ask("PRAGMA quick_check") == [("ok",)]


def test_l13_a_second_instance_leaves_with_75_whatever_its_config_is_called_and_a_kill_frees_the_database_of_all_that_it_started(
    desk: Desk,
) -> None:
    desk.site.pages["/a.xml"] = rss(("Rain floods Idlib", f"{desk.site.url}/1", ""))
    desk.configure("a")
    # who is started again does not wait
    says, pid = "echo $$ > $0.new; mv $0.new $0; exec sleep 600", desk.folder / "pid"
    siren = f'[channels.siren]\ntype = "command"\nrun = ["/bin/sh", "-c", "[ -e $0 ] || {{ {says}; }}", "{pid}"]\n'
    desk.config.write_text(desk.config.read_text().replace("[channels.hook]", f"{siren}[channels.hook]"))
    first = desk.start()
    until(pid.exists, desk)
    child = int(pid.read_text())

    (desk.folder / "elsewhere").symlink_to(desk.state)
    other = desk.folder / "other.toml"
    other.write_text(desk.config.read_text().replace(str(desk.state), str(desk.folder / "elsewhere")))
    second = subprocess.run(
        [sys.executable, "-m", "monitor", "run", "-c", str(other)], capture_output=True, text=True, check=False, timeout=60
    )
    assert (second.returncode, f"already running, pid {first.pid}" in second.stderr) == (75, True)

    first.kill()
    first.wait()
    try:
        # what it started lives on, and holds nothing
        assert is_alive(child)
        desk.start()
        until(lambda: "did not end in order" in desk.log and (desk.state / "control.sock").exists(), desk)
        assert is_alive(child)
    finally:
        os.kill(child, signal.SIGKILL)
