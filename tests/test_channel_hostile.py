"""A headline that is made to be more than words, in what each push service is really sent: it reads as those words, no more.

Apprise's own plugins write the requests, which are looked at where they would leave for the network: most services have one fixed
address. What e-mail, webhooks and the terminal are sent stands in test_channels and test_render_alert.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
import requests
from apprise.plugins.matrix import NotifyMatrix
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from receivers import APART, shown_of_markdown
from requests.adapters import HTTPAdapter
from urllib3.response import HTTPResponse

from monitor.channels import pushing
from monitor.channels.dialects import fitting, shown_as_it_is
from monitor.text import one_line

KEY = "0123456789abcdef0123456789abcdef"
LINK = "https://a.example/x_y_(z)?a=1&b=2#c"
WHATEVER = {
    "ok": True,
    "result": {"message_id": 1},
    "user_id": "@monitor:h.example",
    "device_id": "d",
    "room_id": "!r:h.example",
    "joined_rooms": ["!r:h.example"],
    "event_id": "$e",
}
"""An answer that each service's plugin takes for its own."""

Sent = tuple[str, Any]


class Wire:
    """What would have left for the network: addresses with the JSON that was to go there."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.status = 200

    def send(self, request: requests.PreparedRequest, **_options: Any) -> requests.Response:
        body = request.body.decode() if isinstance(request.body, bytes) else request.body
        self.sent.append((str(request.url), json.loads(body) if body else None))
        answer = requests.Response()
        answer.status_code = self.status
        answer.headers["Location"] = "https://elsewhere.example/"
        answer.request = request
        said = b"ok" if "hooks.slack.com" in str(request.url) else json.dumps(WHATEVER).encode()
        answer.raw = HTTPResponse(body=io.BytesIO(said), preload_content=False)
        return answer


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    made = Wire()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(HTTPAdapter, "send", lambda _self, request, **options: made.send(request, **options))
        patched.setattr(requests.Session, "request", requests.Session.request)
        # it waits a second before each message
        patched.setattr(NotifyMatrix, "request_rate_per_sec", 0)
        pushing._rein_in()  # noqa: SLF001  what the process does first
        yield made


def pushed(wire: Wire, url: str, headline: str) -> Any:
    """Push an alert with this headline; give what went out last, which is the message."""
    wire.sent.clear()
    text = f"idlib: {headline}\nRelief Desk\nIn the text, Idlib for Idlib:\n  {headline}\nLink:       {LINK}\nItem:       17\n"
    report: dict[str, Any] = {}
    pushing._push(url, {"subject": f"idlib: {headline} – Relief Desk", "text": text, "key": KEY}, report)  # noqa: SLF001
    assert report == report | {"taken": True}
    return wire.sent[-1][1]


def of_html(text: str) -> str:
    page = lxml_html.fromstring(f"<main>{text}</main>")
    assert [element.tag for element in page.iter()] == ["main"]
    return str(page.text_content())


def of_slack(message: Any) -> str:
    (part,) = message["attachments"]
    assert message["mrkdwn"] is False
    assert "mrkdwn_in" not in part
    assert not re.search(r"[<>]", part["text"] + part["title"])
    return unescape(part["text"])


def of_matrix(message: Any) -> str:
    assert "formatted_body" not in message
    assert message["msgtype"] == "m.text"
    return str(message["body"])


def of_teams(message: Any) -> str:
    return shown_of_markdown(message["attachments"][0]["content"]["body"][1]["text"])


SERVICES: dict[str, tuple[str, Callable[[Any], str]]] = {
    "ntfy": ("ntfy://ntfy.example/desk", lambda message: message["message"]),
    "json": ("json://hook.example/x", lambda message: message["message"]),
    "gotify": ("gotify://h.example/tok", lambda message: message["message"]),
    "signal": ("signal://h.example:8080/+12025550100/+12025550101", lambda message: message["message"]),
    "discord": (f"discord://{'1' * 18}/{'a' * 68}", lambda message: shown_of_markdown(message["content"])),
    "mattermost": (f"mmosts://mm.example/{'a' * 26}", lambda message: shown_of_markdown(message["text"])),
    "guilded": (f"guilded://{'1' * 36}/{'a' * 86}", lambda message: shown_of_markdown(message["content"])),
    "fluxer": (f"fluxer://{'1' * 18}/{'a' * 68}", lambda message: shown_of_markdown(message["content"])),
    "revolt": (f"revolt://{'a' * 20}/{'1' * 26}", lambda message: shown_of_markdown(message["content"])),
    "teams": ("workflows://h.example/a8b8c8d8/sig/", of_teams),
    "slack": ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general", of_slack),
    "telegram": ("tgram://123456789:abcdefg_hijklmnop/12315544/", lambda message: of_html(message["text"])),
    "matrix": ("matrixs://token@h.example/!r:h.example?discovery=no&e2ee=no", of_matrix),
    "google": ("gchat://workspace/key/token", lambda message: unescape(message["text"].replace("\\", ""))),
}
UNMARKED = ("google",)
"""Its plugin takes escapes off again in part, so what is seen is not told from it; mentions and tags are all the same."""

PIECES = st.sampled_from(
    [
        *(
            "@everyone",
            "@here",
            "@channel",
            "@room",
            "@U1",
            "<!channel>",
            "<@U1>",
            "<@&1>",
            "<#C1>",
            "<users/all>",
            "<at id=all></at>",
        ),
        *(
            "[x](javascript:alert(1))",
            "![i](http://i.example/i.png)",
            "<http://i.example>",
            "<b>",
            "</b>",
            "<!--",
            "]]>",
            "&lt;",
            "&#64;",
        ),
        *(
            "*",
            "**",
            "_",
            "__",
            "~",
            "~~",
            "`",
            "```",
            "|",
            "||",
            "\\",
            "#",
            ">",
            "- ",
            "+ ",
            "1. ",
            "1) ",
            "---",
            "===",
            ":smile:",
            "$x$",
        ),
        *(
            "{{ x }}",
            "${HOME}",
            "%s",
            "=?utf-8?q?x?=",
            "\r\n",
            "\u2028",
            "\u200b",
            "\u202e",
            "\x1b[31m",
            "\0",
            "إدلب",
            "伊德利卜",
            "'",
            '"',
            " ",
        ),
    ]
)
HEADLINES = (
    st.lists(PIECES | st.text(max_size=5), min_size=1, max_size=8).map("".join).map(lambda raw: one_line(raw, 200) or "Idlib")
)


def bare(text: str) -> str:
    """Leave out what is not seen, and runs of space, which no service keeps."""
    return " ".join(text.replace(APART, "").split())


@pytest.mark.parametrize("service", [name for name in SERVICES if name not in UNMARKED])
@given(headline=HEADLINES)
@settings(max_examples=60)
def test_h23_a_headline_reads_as_it_is_and_is_nothing_else(wire: Wire, service: str, headline: str) -> None:
    url, read = SERVICES[service]
    lines = [bare(line) for line in read(pushed(wire, url, headline)).splitlines() if bare(line)]
    assert f"idlib: {bare(headline)}".strip() in lines
    assert lines[-1] == f"Key: {KEY}"
    assert len(lines) == len([line for line in lines if line]) <= 8


@pytest.mark.parametrize(
    "service", ["discord", "mattermost", "guilded", "fluxer", "revolt", "teams", "slack", "telegram", "matrix", "google"]
)
@given(headline=HEADLINES)
@settings(max_examples=60)
def test_h23_a_headline_calls_nobody(wire: Wire, service: str, headline: str) -> None:
    sent = json.dumps(pushed(wire, SERVICES[service][0], headline), ensure_ascii=False)
    assert not re.search(r"@(?:everyone|here|channel|room|all|U1|&)", sent, re.IGNORECASE)
    assert not re.search(r"(?<!\\)<(?:[!@#]|users/|at )", sent)


@pytest.mark.parametrize("service", SERVICES)
def test_a_link_still_leads_where_it_did(wire: Wire, service: str) -> None:
    sent = SERVICES[service][1](pushed(wire, SERVICES[service][0], "Rain"))
    (line,) = [line for line in sent.splitlines() if line.startswith("Link:")]
    assert requests.utils.unquote(line.split()[1]) == LINK


def test_h23_what_plain_services_are_told_is_letter_for_letter(wire: Wire) -> None:
    assert pushed(wire, SERVICES["ntfy"][0], "@everyone <b> [x](y)")["message"].startswith("idlib: @everyone <b> [x](y)\n")


def test_h23_the_web_address_that_a_service_gives_out_is_told_in_that_services_dialect(wire: Wire) -> None:
    sent = pushed(wire, f"https://discord.com/api/webhooks/{'1' * 18}/{'a' * 68}", "*Rain* @everyone [x](y)")
    assert shown_of_markdown(sent["content"]).splitlines()[0] == "idlib: *Rain* @everyone [x](y)"


def test_no_plugin_follows_a_redirect_whatever_it_asks_for(wire: Wire) -> None:
    wire.sent.clear()
    wire.status = 302
    try:
        requests.post("https://h.example/", json={}, timeout=5, allow_redirects=True)
    finally:
        wire.status = 200
    assert len(wire.sent) == 1


# ---- length


LINES = st.lists(st.text(st.characters(categories=("L", "Nd", "Zs", "Po")), min_size=1, max_size=80), min_size=2, max_size=30)


@given(lines=LINES, room=st.integers(150, 1500), dialect=st.sampled_from(["plain", "apart", "markdown"]))
def test_a_short_of_one_alert_keeps_headline_link_and_key_and_says_that_it_is_short(
    lines: list[str], room: int, dialect: Any
) -> None:
    text = "\n".join(("idlib: Rain", "Relief Desk", *(f"  {line}" for line in lines), f"Link:       {LINK}", "Item:       17"))
    told = fitting(text, key=KEY, room=room, measure=len, dialect=dialect)
    assert len(told) <= room
    assert told.startswith("idlib: Rain")
    assert shown_as_it_is(f"Link:       {LINK}", dialect) in told
    assert told.endswith(f"Key:        {KEY}")
    assert "[…]" in told or all(shown_as_it_is(f"  {line}", dialect) in told for line in lines)


@given(count=st.integers(2, 100), room=st.integers(200, 4000))
def test_a_short_of_many_tells_as_many_as_fit_and_counts_the_rest(count: int, room: int) -> None:
    blocks = [
        f"idlib: Rain number {number}\nRelief Desk\nLink:       {LINK}&n={number}\nItem:       {number}"
        for number in range(count)
    ]
    intro = f"{count} alerts that came close together, in one message."
    told = fitting("\n\n".join((intro, *blocks)) + "\n", key=KEY, room=room, measure=len, dialect="plain")
    assert len(told) <= room
    assert told.endswith(f"Key:        {KEY}")
    shown = told.count("idlib: Rain number")
    assert shown == told.count(LINK)
    assert shown == count or f"and {count - shown} more, for which there was no room here" in told


@given(room=st.integers(32, 200))
def test_where_there_is_hardly_room_the_key_stays(room: int) -> None:
    text = f"idlib: {'Rain ' * 40}\nRelief Desk\nLink:       {LINK}{'x' * 100}\nItem:       17\n"
    told = fitting(text, key=KEY, room=room, measure=len, dialect="plain")
    assert len(told) <= room
    assert KEY in told


def test_a_long_alert_goes_out_as_one_message_that_the_service_takes_whole(wire: Wire) -> None:
    for service, most in {"discord": 2000, "mattermost": 4000, "telegram": 4096, "ntfy": 4096}.items():
        url, read = SERVICES[service]
        sent = read(pushed(wire, url, "إدلب " * 3000))
        assert len(wire.sent) == 1
        assert len(sent.encode() if service == "ntfy" else sent) <= most
        assert sent.rstrip().endswith(KEY)
        assert requests.utils.unquote(sent.splitlines()[-3].split()[1]) == LINK
