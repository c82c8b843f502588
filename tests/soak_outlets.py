"""Outlets for the soak: many names on one server on loopback, whose answers fail in every way by chance.

In comes what is published and how much of what is asked goes wrong; out comes what was served whole, and which faults were met.
"""

from __future__ import annotations

import gzip
import random
import re
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from crash_world import WORDS
from fakes import page

LISTED = 60
"""So many stories a feed lists: more than scroll away while an outlet fails, or nothing could be said of what was lost."""
PLACES = {"en": ("Idlib", "the town"), "ar": ("إدلب", "المدينة"), "ru": ("Идлиб", "город")}
"""The watched place, and another one, as each language writes them."""
VOCABULARY = {
    "en": WORDS,
    "ar": re.findall(
        r"\w+",
        "الطريق الجسر البئر المدرسة السوق الحصاد النهر الوادي المعلم السائق المجلس الشتاء الخيمة البطانية الدقيق المخبز المحرك"
        " المضخة السلك البرج الحدود المعبر القافلة التل البستان الزيتون الليمون السجاد النساج القرية الطبيب العيادة الممرضة"
        " الرسالة النافذة السلم الحجر الخشب الطلاء السياج الراعي المرج القناة البرميل الحبل الشمعة الإبريق الملعقة السلة الدراجة",
    ),
    "ru": re.findall(
        r"\w+",
        "дорога мост колодец школа рынок урожай река долина учитель водитель совет зима палатка одеяло мука пекарня мотор насос"
        " кабель башня граница переход колонна холм сад олива лимон ковёр ткач деревня врач клиника сестра письмо окно лестница"
        " камень дерево краска забор пастух луг канал бочка верёвка свеча чайник ложка корзина велосипед трактор плуг семя",
    ),
}
HEADLINES = {"en": "{} and {} reach {}", "ar": "{} و{} في {}", "ru": "{} и {}: {}"}
SAYS = {"en": "Of this the people of {} speak today.", "ar": "عن هذا يتحدث الناس في {} اليوم.", "ru": "Об этом говорят люди: {}."}
HANG = 3.0
"""Seconds that a server holds a connection at most that says nothing more."""
_MANY = 2
"""So often in a row a page may fail: after four tries the monitor rightly gives its text up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A text and where it is published. ``watches``: those whose words it has; ``at``: when, in seconds of the world."""

    number: int
    mark: str
    headline: str
    sentences: tuple[str, ...]
    outlets: tuple[str, ...]
    watches: tuple[str, ...]
    at: float
    kind: str


def written(number: int, *, kind: str, language: str, outlets: tuple[str, ...], at: float) -> Story:
    """Write a story. ``kind``: where the watched words stand, as in crash_world."""
    chance, mark = random.Random(number), f"N{number:04d}"
    words = chance.choices(VOCABULARY[language], k=130)
    sentences = [" ".join(words[start : start + 13]).capitalize() + "." for start in range(0, 130, 13)]
    here, there = PLACES[language]
    if kind == "text":
        sentences[4] = SAYS[language].format(here)
    place = {"title": here, "both": f"{here} wheat"}.get(kind, there)
    watches = {"title": ("idlib",), "text": ("idlib",), "both": ("idlib", "wheat"), "none": ()}[kind]
    headline = f"{mark}: " + HEADLINES[language].format(words[1], words[2], place)
    return Story(
        number=number,
        mark=mark,
        headline=headline,
        sentences=tuple(sentences),
        outlets=outlets,
        watches=watches,
        at=at,
        kind=kind,
    )


@dataclass(slots=True, kw_only=True)
class Outlet:
    """An outlet. ``share``: of the requests, so many meet a fault. ``lies_until``: so long it says "not modified" to all."""

    name: str
    language: str
    every: str
    share: float
    chance: random.Random
    stories: list[Story] = field(default_factory=list)
    served: set[int] = field(default_factory=set)
    polls: int = 0
    lies_until: float = 0.0
    trouble: Counter[int] = field(default_factory=Counter)
    pages: dict[int, bytes] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return f"{self.name}.example"

    def publish(self, story: Story) -> None:
        self.pages[story.number] = page(escape(story.headline), *story.sentences)
        self.stories.append(story)

    def listed(self) -> tuple[Story, ...]:
        return tuple(reversed(self.stories[-LISTED:]))

    def feed(self, port: int, stories: tuple[Story, ...], *, stamp: str = "") -> bytes:
        """Write the feed. ``stamp``: a guid that is made anew at each answer ends so."""
        items = "".join(
            f"<item><title>{escape(one.headline)}</title><link>{self.link(port, one)}</link>"
            f"<guid isPermaLink='false'>{self.name}/{one.number}{stamp}</guid><description>{one.sentences[0]}</description>"
            f"<pubDate>{format_datetime(datetime.fromtimestamp(one.at, UTC))}</pubDate></item>\n"
            for one in stories
        )
        head = f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>{self.name}</title>\n'
        return f"{head}{items}</channel></rss>".encode()

    def link(self, port: int, story: Story) -> str:
        return f"http://{self.host}:{port}/{story.number}"


class Street:
    """The server of all outlets. ``calm``: nothing fails any more. ``met``: how often each fault was, by its name."""

    def __init__(self, outlets: dict[str, Outlet], now: Callable[[], float]) -> None:
        self.outlets = {outlet.host: outlet for outlet in outlets.values()}
        self.now = now
        self.calm = True
        self.met: Counter[str] = Counter()
        self._deciding = threading.Lock()
        street = self

        class Handler(_Answering):
            def do_GET(self) -> None:
                street.answer(self, street.outlets[self.headers["Host"].partition(":")[0]])

        self._server = _Quiet(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]

    def answer(self, to: _Answering, outlet: Outlet) -> None:
        if to.path.startswith("/feed.xml"):
            self._feed(to, outlet)
        elif to.path[1:].isdigit():
            self._page(to, outlet, int(to.path[1:]))
        else:
            to.say(404, b"")

    def _feed(self, to: _Answering, outlet: Outlet) -> None:
        is_sent_on = "?" in to.path
        with self._deciding:
            outlet.polls += not is_sent_on
            is_faulty = not self.calm and not is_sent_on and outlet.chance.random() < outlet.share
            fault = outlet.chance.choice(tuple(FEED_FAULTS)) if is_faulty else ""
            stories = outlet.listed()
        body = outlet.feed(self.port, stories)
        tag = f'"{sha256(body).hexdigest()[:16]}"'
        asked = to.headers["If-None-Match"]
        is_lie = not self.calm and self.now() < outlet.lies_until
        if asked and (asked == tag or is_lie) and not fault:
            if asked != tag:
                self.met["304 that lies"] += 1
            to.say(304, b"", ETag=tag)
            return
        if fault:
            self.met[fault] += 1
            FEED_FAULTS[fault](Answer(to=to, body=body, tag=tag, outlet=outlet, street=self, stories=stories))
        else:
            to.say(200, body, ETag=tag, Content_Type="application/rss+xml")
        if not fault or fault in WHOLE:
            outlet.served |= {one.number for one in stories}

    def _page(self, to: _Answering, outlet: Outlet, number: int) -> None:
        with self._deciding:
            is_faulty = not self.calm and outlet.trouble[number] < _MANY and outlet.chance.random() < outlet.share / 2
            fault = outlet.chance.choice(tuple(PAGE_FAULTS)) if is_faulty else ""
            outlet.trouble[number] = outlet.trouble[number] + 1 if fault else 0
        body = outlet.pages.get(number)
        if body is None:
            to.say(404, b"")
        elif fault:
            self.met[f"page: {fault}"] += 1
            PAGE_FAULTS[fault](Answer(to=to, body=body, tag="", outlet=outlet, street=self, stories=()))
        else:
            to.say(200, body, Content_Type="text/html; charset=utf-8")

    @contextmanager
    def serving(self) -> Iterator[Street]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: object) -> None:
        """Say nothing: that the other side is killed, or goes away, is the point."""


class _Answering(BaseHTTPRequestHandler):
    """Answers as it is told to."""

    protocol_version = "HTTP/1.1"

    def say(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def send(self, data: bytes) -> None:
        """Send bytes as they are; the connection is of no more use then."""
        self.close_connection = True
        self.wfile.write(data)
        self.wfile.flush()

    def break_off(self) -> None:
        """Reset the connection, as a server that crashed does."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def hold(self) -> None:
        """Say nothing until whoever asked has gone."""
        self.close_connection = True
        self.connection.settimeout(HANG)
        while self.connection.recv(1000):
            pass

    def log_message(self, *_: object) -> None:
        return


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a fault is given: whom to answer, and what would be right."""

    to: _Answering
    body: bytes
    tag: str
    outlet: Outlet
    street: Street
    stories: tuple[Story, ...]


def _status(code: int, **headers: str) -> Callable[[Answer], None]:
    return lambda answer: answer.to.say(code, b"", **headers)


def _busy_until(answer: Answer) -> None:
    until = datetime.fromtimestamp(answer.street.now() + answer.outlet.chance.choice((300, 7200)), UTC)
    answer.to.say(503, b"", Retry_After=format_datetime(until, usegmt=True))


def _head(length: int, *more: str) -> bytes:
    return "\r\n".join(("HTTP/1.1 200 OK", f"Content-Length: {length}", *more, "", "")).encode()


def _reset(answer: Answer) -> None:
    answer.to.send(_head(len(answer.body)) + answer.body[: len(answer.body) // 2])
    answer.to.break_off()


def _short(answer: Answer) -> None:
    answer.to.send(_head(len(answer.body)) + answer.body[: len(answer.body) // 3])


def _hang(answer: Answer) -> None:
    answer.to.hold()


def _drip(answer: Answer) -> None:
    answer.to.send(_head(len(answer.body) + 100_000))
    for _ in range(int(HANG * 10)):
        answer.to.send(b" ")
        time.sleep(0.1)


def _garbage(answer: Answer) -> None:
    answer.to.send(bytes(range(256)) * 8)


def _html(answer: Answer) -> None:
    says = f"{answer.outlet.name} is being mended"
    answer.to.say(200, page(says, f"{says}, come back at {answer.street.now():.0f}."), Content_Type="text/html")


def _empty(answer: Answer) -> None:
    answer.to.say(200, b"", Content_Type="application/rss+xml")


def _bad_gzip(answer: Answer) -> None:
    packed = bytearray(gzip.compress(answer.body))
    packed[len(packed) // 2] ^= 0xFF
    answer.to.say(200, bytes(packed), Content_Encoding="gzip", Content_Type="application/rss+xml")


def _cut_gzip(answer: Answer) -> None:
    answer.to.say(200, gzip.compress(answer.body)[:-12], Content_Encoding="gzip", Content_Type="application/rss+xml")


def _packed(answer: Answer) -> None:
    answer.to.say(200, gzip.compress(answer.body), Content_Encoding="gzip", ETag=answer.tag, Content_Type="application/rss+xml")


def _torn(answer: Answer) -> None:
    # nothing says how much was to come
    cut = answer.body[: answer.outlet.chance.randrange(len(answer.body))]
    answer.to.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: close\r\n\r\n" + cut)


def _other_charset(answer: Answer) -> None:
    answer.to.say(200, answer.body, Content_Type="application/rss+xml; charset=iso-8859-1")


def _other_guids(answer: Answer) -> None:
    body = answer.outlet.feed(answer.street.port, answer.stories, stamp=f"#{answer.outlet.chance.random()}")
    answer.to.say(200, body, Content_Type="application/rss+xml")


def _sent_on(answer: Answer) -> None:
    answer.to.say(302, b"", Location="/feed.xml?there")


def _sent_round(answer: Answer) -> None:
    answer.to.say(302, b"", Location="/feed.xml")


FEED_FAULTS: dict[str, Callable[[Answer], None]] = {
    "500": _status(500),
    "404": _status(404),
    "429 with seconds": _status(429, Retry_After="900"),
    "503 with a date": _busy_until,
    "503": _status(503),
    "reset in the body": _reset,
    "short": _short,
    "hang": _hang,
    "drip": _drip,
    "garbage": _garbage,
    "html": _html,
    "empty": _empty,
    "bad gzip": _bad_gzip,
    "gzip cut short": _cut_gzip,
    "gzip": _packed,
    "torn": _torn,
    "wrong charset": _other_charset,
    "other guids": _other_guids,
    "sent on": _sent_on,
    "sent round": _sent_round,
}
WHOLE = frozenset({"gzip", "wrong charset", "other guids"})
"""What is odd, and yet a feed that can be read."""
PAGE_FAULTS: dict[str, Callable[[Answer], None]] = {
    "500": _status(500),
    "503 with a date": _busy_until,
    "reset in the body": _reset,
    "short": _short,
    "hang": _hang,
    "bad gzip": _bad_gzip,
    "gzip cut short": _cut_gzip,
}
