"""Text that is no TOML → its line, what was wanted there, and of the line itself its key alone: a value may be a secret. Pure."""

from __future__ import annotations

import re
import tomllib

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]{1,40}(?:\.[A-Za-z0-9_-]{1,40})*)\s*=(?!=)")
_WORD = re.compile(r"=\s*(true|false|yes|no|on|off|none|null)\b", re.IGNORECASE)
_LONG_TEXT = re.compile(r"\"{3}|'{3}")
_DIGITS = re.compile(r"[0-9](?:_?[0-9]){600,}")
"""What may be too long a number: the limit can be set, yet never below 640 digits (sys.set_int_max_str_digits)."""

_IN_BRACES = "What stands in { } stands on one line and ends in }. What is longer is written as a table: [outlets.NAME]"
_OTHER_WORDS = (
    ("Cannot declare", "the same table a second time"),
    ("Cannot redefine", "the same table a second time"),
    ("Cannot mutate", "an addition to what stands in { }"),
    ("Duplicate inline", "the same name a second time"),
)
_WANTED = (
    ("Invalid statement", 'Write key = "value", [table], or # before a comment'),
    ("Expected '=' after a key", 'Write key = "value"'),
    ("Expected newline", 'One key = "value" stands on a line; a quote within text is written \\"'),
    ("Unescaped '\\'", "A \\ is written \\\\, or the text stands in single quotes"),
    ("Escaped character", "A \\ is written \\\\, or the text stands in single quotes"),
    ("Invalid hex value", "A \\ is written \\\\, or the text stands in single quotes"),
    ("Illegal character '\\n'", "A text ends in a quote on its own line; one of several lines stands in three quotes"),
    ("Unclosed array", "A list ends in ], and a comma stands between its members"),
    ("Unclosed inline table", _IN_BRACES),
    ("Expected ']", "The name of a table stands in [ ]"),
    ("Cannot declare", "Put its lines under the first"),
    ("Cannot mutate", "What stands in { } can't be added to. Write all of it there, or as a table"),
    ("Cannot redefine", "Put its lines under the first"),
    ("Illegal character", "Take this hidden character out"),
    ("Found invalid character", "Take this hidden character out"),
    ('Expected "\'"', "A text ends in the quote that it begins with, on its own line"),
    ("Duplicate inline", "Keep one of the two"),
    ("Invalid initial character", 'Write key = "value"'),
    ("Invalid date", 'Text stands in quotes: "06:00"'),
)
"""How tomllib's messages begin, and what was wanted there."""


def not_toml(message: str, text: str, file: str) -> str:
    """Give the fault for what tomllib said of a text."""
    found = _PLACE.search(message)
    lines = text.split("\n")
    line = int(found[1]) if found and found[1] else max(1, len(text.rstrip().split("\n")))
    column = f" at column {found[2]}" if found and found[2] else ""
    said = _PLACE.sub("", message)
    if said == "Unterminated string":
        line, hint = _opened(text, line), "A text of several lines ends in three quotes"
    else:
        hint = _hint(said, lines[line - 1])
    key = _KEY.match(lines[line - 1])
    where = f"{file}:{line}: {f'{key[1]}: ' if key else ''}"
    return f"{where}this is not TOML: {_harmless(said)}{column}{f'. {hint}' if hint else ''}"


def too_long_number(text: str, file: str) -> str:
    """Give the fault for a number of more digits than Python reads."""
    line = next(
        (text.count("\n", 0, found.start()) + 1 for found in _DIGITS.finditer(text) if _ends_in_it(text[: found.end()])), 1
    )
    key = _KEY.match(text.split("\n")[line - 1])
    return f"{file}:{line}: {f'{key[1]}: ' if key else ''}this number has too many digits"


def _hint(said: str, line: str) -> str:
    if said.startswith("Invalid value"):
        return "It is true or false, in lower case" if _WORD.search(line) else "Text stands in quotes"
    if said.startswith("Cannot overwrite"):
        again = _KEY.match(line)
        return f"{again[1] if again else 'It'} is there already. Keep one of the two"
    if said.startswith("Invalid initial character") and "{" in line and "}" not in line:
        return _IN_BRACES
    if said.startswith(("Invalid initial character", "Invalid statement")) and not line.lstrip()[:1].isascii():
        return 'A name of other letters than A to Z, digits, - and _ stands in quotes: "الزاوية" = ...'
    return next((wanted for begins, wanted in _WANTED if said.startswith(begins)), "")


def _harmless(said: str) -> str:
    """Give tomllib's words, or others for those that quote a name: somebody may have written a secret as one."""
    return next((words for begins, words in _OTHER_WORDS if said.startswith(begins)), said)


def _opened(text: str, line: int) -> int:
    """Give the line on which the text of several lines begins that is never closed."""
    marks = [found.start() for found in _LONG_TEXT.finditer(text)]
    return text.count("\n", 0, marks[-1]) + 1 if marks else line


def _ends_in_it(text: str) -> bool:
    """Tell whether the digits at the end are a number that is too long, and not part of a string or a comment."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    except ValueError:
        return True
    return False
