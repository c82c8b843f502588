"""How each kind of value is written in config.toml, as JSON Schema says it to an editor. Plain tables.

What a pattern can't say (a zone that exists, a query that can be read) is left to `monitor check`. The patterns are those that
Python, Rust and ECMAScript read alike; a name may have letters of any script, so only what it must not have stands there.
"""

from __future__ import annotations

from typing import Any

from pydantic import WithJsonSchema

from monitor.config.values import MOST

NAME = "^[^\\u0000-,./:-@\\[-\\^`{-\\u007f]+$"
"""Letters of any script, digits, hyphen and underscore; of other scripts' signs an editor lets more pass than `monitor check`."""


def _text(pattern: str | None = None, *examples: str) -> dict[str, Any]:
    form: dict[str, Any] = {"type": "string"}
    form |= {"pattern": pattern} if pattern else {"minLength": 1}
    return form | ({"examples": list(examples)} if examples else {})


_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]"
_ELSEWHERE: dict[str, Any] = {
    "description": "A secret, by the name of an environment variable, or of a file in $CREDENTIALS_DIRECTORY or beside this one.",
    "oneOf": [
        {
            "type": "object",
            "properties": {"env": _text("^[A-Za-z_][A-Za-z0-9_]*$", "DESK_TOKEN")},
            "required": ["env"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {"file": _text("^[A-Za-z0-9_][A-Za-z0-9_.@-]*$", "smtp-password")},
            "required": ["file"],
            "additionalProperties": False,
        },
    ],
}


def _or_elsewhere(plain: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [plain, _ELSEWHERE]}


_WEB = "^\\s*[Hh][Tt][Tt][Pp][Ss]?://[^\\s@/?#]+([/?#]\\S*)?\\s*$"
_ADDRESS = _text(_WEB, "https://relief-desk.example/updates.atom")
_HOOK = _text(_WEB, "https://desk.example.org/hook")

LINE = WithJsonSchema(_text())
TEXT = WithJsonSchema({"type": "string"})
ID = WithJsonSchema(_text(NAME))
WORD = WithJsonSchema(_text(None, "Idlib", "إدلب"))
FEED = WithJsonSchema(_ADDRESS)
HOOK = WithJsonSchema(_or_elsewhere(_HOOK))
PUSH = WithJsonSchema(_ELSEWHERE)
PUSHES = WithJsonSchema({"anyOf": [_ELSEWHERE, {"type": "array", "items": _ELSEWHERE, "minItems": 1}]})
SECRET = WithJsonSchema(_ELSEWHERE)
HEADER = WithJsonSchema(_or_elsewhere({"type": "string"}))
SPAN = WithJsonSchema(_text("^\\s*[0-9]{1,9} ?[smhd]\\s*$", "90s", "15m", "6h", "1d"))
PROXY = WithJsonSchema(_or_elsewhere(_text("^\\s*http://[^@]+$", "http://proxy.example.org:3128")))
COUNT = WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MOST})
SEVERAL = WithJsonSchema({"type": "integer", "minimum": 2, "maximum": MOST})
SIZE = WithJsonSchema(_text("^\\s*[0-9]{1,9} ?([Kk]|[Mm]|[Gg])[Bb]\\s*$", "500KB", "5MB"))
TIME = WithJsonSchema(_text(f"^{_TIME}$", "06:00"))
TIMES = WithJsonSchema(
    {"anyOf": [_text(f"^{_TIME}$", "06:00"), {"type": "array", "items": _text(f"^{_TIME}$", "06:00"), "minItems": 1}]}
)
QUIET = WithJsonSchema(_text(f"^\\s*{_TIME}\\s*-\\s*{_TIME}\\s*$", "22:00-06:00"))
CRON = WithJsonSchema(_text("^\\s*\\S+(\\s+\\S+){4}\\s*$", "0 6 * * mon-fri"))
ZONE = WithJsonSchema(_text(None, "Asia/Damascus", "Europe/Berlin", "UTC"))
LANGUAGE = WithJsonSchema(_text("^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$", "ar", "en", "ru"))
QUERY = WithJsonSchema(_text(None, "idlib NEAR/8 (ceasefire OR truce) NOT title:sport"))
SELECTOR = WithJsonSchema(_text(None, "#content", "article .text"))
PARAMETER = WithJsonSchema(_text("^\\s*[^\\s?&=#/*]+\\s*$", "from_list"))
MAILBOX = WithJsonSchema(_text("^[^,]*@[^,]*$", "desk@example.org", "Desk <desk@example.org>"))
MAIL_SERVER = WithJsonSchema(_text("^\\s*smtps?://([^:@/]+@)?[^@/?#]+/?\\s*$", "smtps://monitor@mail.example.org:465"))
OWN_PORT = WithJsonSchema(
    _text("^\\s*(127(\\.[0-9]{1,3}){3}|localhost|\\[::1\\]|::1):[0-9]{1,5}\\s*$", "127.0.0.1:9464", "[::1]:9464")
)
