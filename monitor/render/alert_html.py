"""Words → the HTML of a message: one small page, inline styles, no image, no script, no request. Pure; touches nothing."""

from __future__ import annotations

from functools import cache
from typing import Final

from jinja2 import Environment, StrictUndefined, Template

from monitor.render.alert_view import Words
from monitor.render.words import count

_PAGE: Final = """\
{%- set font = "font-family:-apple-system,'Segoe UI',Roboto,Arial,sans-serif" -%}
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ words.subject }}</title></head>
<body style="margin:0;padding:20px 16px;background:#fff;color:#15181c;{{ font }};font-size:15px;line-height:1.45">
<div style="max-width:640px;margin:0 auto">
<p style="margin:0 0 12px;font-size:14px;font-weight:600;color:#0f5f78"><bdi>{{ words.desk }}</bdi></p>
{% if words.intro %}
<p style="margin:0 0 16px">{{ words.intro }}</p>
{% endif %}
{% for one in words.views %}
{% set lang = ' lang="%s"'|safe|format(one.language) if one.language else "" %}
<div style="margin:0 0 24px">
<p style="margin:0;font-size:14px;color:#555c66"><bdi>{{ one.watch }}</bdi></p>
<h2 style="margin:2px 0 4px;font:600 20px/1.25 Georgia,serif" dir="{{ one.dir }}"{{ lang }}>
{%- if one.link %}<a style="color:#15181c" href="{{ one.link }}">{{ one.headline }}</a>
{%- else %}{{ one.headline }}{% endif %}</h2>
{% if one.explained %}
<p style="margin:0 0 4px;font-weight:600">{{ one.explained }}</p>
{% endif %}
<p style="margin:0 0 8px;color:#555c66"><bdi>{{ one.outlet }}</bdi>{% if one.label %} (<bdi>{{ one.label }}</bdi>){% endif %}</p>
{% for before, after in one.rewritten[:words.shown] %}
<p style="margin:8px 0 0;font-size:13px;color:#555c66">It said</p>
<p style="margin:0" dir="{{ one.dir }}"{{ lang }}><del>{{ before }}</del></p>
<p style="margin:4px 0 0;font-size:13px;color:#555c66">Now it says</p>
<p style="margin:0" dir="{{ one.dir }}"{{ lang }}><ins>{{ after }}</ins></p>
{% endfor %}
{% for part in one.parts(words.shown) %}
<p style="margin:8px 0 0;font-size:13px;color:#555c66">In the {{ part.field_name }}
{%- for form, term in part.forms %}{{ ": " if loop.first else ", " }}<bdi>{{ form }}</bdi> for <bdi>{{ term }}</bdi>
{%- endfor %}</p>
{% for at in part.quotes %}
<p style="margin:{{ 0 if loop.first else "4px 0 0" }}" dir="{{ at.dir }}"{{ lang }}>
{%- for text, is_marked in at.pieces %}{% if is_marked %}<mark style="background:#ffe58a;color:#15181c">{{ text }}</mark>
{%- else %}{{ text }}{% endif %}{% endfor %}</p>
{% endfor %}
{% endfor %}
{% if one.quotes|length > words.shown %}
<p style="margin:4px 0 0;font-size:13px;color:#555c66">and in {{ count(one.quotes|length - words.shown, 'more place') }}</p>
{% endif %}
<p style="margin:10px 0 0;font-size:13px;color:#555c66">Published {{ one.published }}<br>First seen {{ one.seen }}
{%- if one.carried %}<br>Carried by {{ one.carried.head }}:{% for by in one.carried.ones %}{{ "; " if not loop.first }}
 <bdi>{{ by.outlet }}</bdi>{% if by.label %} (<bdi>{{ by.label }}</bdi>){% endif %} {{ by.said }}{% endfor %}
{%- if one.carried.more %}; {{ one.carried.more }}{% endif %}
{%- if one.carried.dated %}. <bdi>{{ one.carried.dated[0] }}</bdi> {{ one.carried.dated[1] }}{% endif %}{% endif %}
{%- if one.doubt %}<br>Doubt: {{ one.doubt }}{% endif %}
{%- if one.edit %}<br>Edited: {{ one.edit }}{% endif %}<br>Item {{ one.item }}</p>
</div>
{% endfor %}
{% if words.outro %}
<p style="margin:0">{{ words.outro }}</p>
{% endif %}
</div></body></html>
"""


def page(words: Words) -> str:
    """Give the whole page."""
    return _template().render(words=words, count=count)


@cache
def _template() -> Template:
    # compiled when the first message is written, not at every start
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(_PAGE)
