"""The template engine, set up once for every form that is a template: all that comes from outside is escaped where it is set."""

from __future__ import annotations

from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

_TEMPLATES: Final = Environment(
    loader=PackageLoader("monitor.render", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@cache
def template(name: str) -> Template:
    """Give a template of this package by its file's name, compiled when it is first asked for."""
    return _TEMPLATES.get_template(name)
