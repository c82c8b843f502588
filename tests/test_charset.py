"""Bytes become text in their own letters, whatever charset is declared."""

import codecs
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.charset import decoded, inside_xml, utf8

RUSSIAN = "Обстрел Идлиба: северо-запад Сирии, " * 9
ARABIC = "قصف على إدلب في شمال غرب سوريا " * 9


@pytest.mark.parametrize("text", [RUSSIAN, ARABIC])
@pytest.mark.parametrize("inside", ["", "utf-8", "iso-8859-1", "windows-1251", "no-such-charset"])
@pytest.mark.parametrize("header", ["", "text/xml; charset=iso-8859-1", "text/html; charset=utf-8"])
def test_one_bad_byte_costs_one_letter_and_not_the_text(text: str, inside: str, header: str) -> None:
    raw = text.encode()
    found = decoded(raw[:6] + b"\xe9" + raw[6:], content_type=header, inside=inside)
    assert found.replace("\ufffd", "") == text
    assert found.count("\ufffd") == 1


@pytest.mark.parametrize(
    ("encoding", "header", "inside"),
    [
        ("windows-1251", "", "windows-1251"),
        ("windows-1251", "text/xml; charset=windows-1251", ""),
        ("windows-1251", "text/xml; charset=ISO-8859-1", "windows-1251"),
        ("windows-1251", "text/xml; charset=utf-8", "windows-1251"),
        ("koi8-r", "text/xml", "koi8-r"),
        ("utf-16", "text/xml; charset=utf-8", "utf-8"),
        ("utf-32", "", ""),
        ("utf-8-sig", "text/xml; charset=windows-1251", "koi8-r"),
    ],
)
def test_another_charset_is_believed_where_the_bytes_bear_it_out(encoding: str, header: str, inside: str) -> None:
    assert decoded(RUSSIAN.encode(encoding), content_type=header, inside=inside) == RUSSIAN


@pytest.mark.parametrize(
    ("language", "encoding", "text"),
    [
        ("ar", "windows-1256", ARABIC),
        ("ru-RU", "windows-1251", RUSSIAN),
        ("tr", "windows-1254", "İdlib'de çatışma, kuzeybatı Suriye " * 9),
        ("zh-CN", "gb18030", "伊德利卜市遭到炮击" * 9),
        ("zh-TW", "big5", "伊德利卜遭到炮擊" * 9),
        ("ja", "cp932", "イドリブで砲撃があった" * 9),
        ("ja", "euc-jp", "イドリブで砲撃があった" * 9),
    ],
)
@pytest.mark.parametrize("where", ['<html lang="{}">', "<rss><language>{}</language>", '<feed xml:lang="{}">'])
@pytest.mark.parametrize("said", ["", "text/html; charset=utf-8"])
def test_a_document_in_no_utf_8_that_names_its_language_is_read_as_is_usual_there(
    language: str, encoding: str, text: str, where: str, said: str
) -> None:
    whole = where.format(language) + text
    assert decoded(whole.encode(encoding), content_type=said, inside="") == whole


@pytest.mark.parametrize(
    ("said", "encoding", "text"),
    [
        ("tis-620", "cp874", "การโจมตีอิดลิบ"),
        ("windows-874", "cp874", "การโจมตีอิดลิบ"),
        ("x-cp1256", "cp1256", ARABIC),
        ("win-1251", "cp1251", RUSSIAN),
        ("windows1251", "cp1251", RUSSIAN),
        ("windows-1251", "cp1251", RUSSIAN),
        ("x-sjis", "cp932", "イドリブで砲撃があった"),
        ("iso-8859-8-i", "iso-8859-8", "הפגזה על אידליב"),
        ("koi8-ru", "koi8-u", RUSSIAN),
    ],
)
def test_a_charset_is_known_by_the_names_that_browsers_know(said: str, encoding: str, text: str) -> None:
    assert decoded(text.encode(encoding), content_type="", inside=said) == text


def test_a_servers_latin_default_yields_to_a_language_of_other_letters_and_to_no_other() -> None:
    arabic, french = f'<html lang="ar">{ARABIC}', '<html lang="fr">Raids près d’Idlib'
    header = "text/html; charset=ISO-8859-1"
    assert decoded(arabic.encode("windows-1256"), content_type=header, inside="") == arabic
    assert decoded(french.encode("windows-1252"), content_type=header, inside="") == french


def test_utf_16_without_a_mark_is_known_by_its_first_tag() -> None:
    for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        assert decoded(f"<rss>{RUSSIAN}".encode(encoding), content_type="", inside="") == f"<rss>{RUSSIAN}"


def test_a_sign_for_a_lost_letter_in_valid_utf_8_is_no_bad_byte() -> None:
    assert decoded("caf\ufffd".encode(), content_type="", inside="iso-8859-1") == "caf\ufffd"


def test_what_an_outlet_calls_latin_1_may_be_turkish_only_where_it_says_so() -> None:
    assert decoded("İdlib'de".encode("windows-1254"), content_type="", inside="iso-8859-9") == "İdlib'de"
    assert decoded(b"caf\xe9 \x93x\x94", content_type="text/html; charset=us-ascii", inside="") == "café “x”"


def test_a_declaration_is_found_only_where_it_stands() -> None:
    assert inside_xml(b"<?xml version='1.0' encoding='Windows-1251'?><rss/>") == "windows-1251"
    assert inside_xml(b" " * 2_000 + b"<?xml version='1.0' encoding='koi8-r'?>") == ""


def test_bytes_that_are_utf_8_stay_the_bytes_that_they_are() -> None:
    raw = RUSSIAN.encode()
    assert utf8(raw, content_type="text/xml; charset=koi8-r", inside="koi8-r") is raw
    assert utf8(codecs.BOM_UTF8 + raw, content_type="", inside="") == raw


CHARSETS = st.sampled_from(
    ["", "utf-8", "utf-16", "utf-7", "idna", "zlib", "hex", "rot13", "undefined", "cp037", "x", "big5", "utf-8-sig"]
)


@given(st.binary(max_size=200), CHARSETS, CHARSETS)
def test_any_bytes_become_a_text_that_can_be_written_down(body: bytes, header: str, inside: str) -> None:
    text = decoded(body, content_type=f"text/xml; charset={header}", inside=inside)
    assert utf8(body, content_type=f"text/xml; charset={header}", inside=inside) == text.encode()


def test_reading_bytes_as_text_does_not_load_the_feed_parser() -> None:
    code = "import sys, monitor.charset, monitor.cut; sys.exit('feedparser' in sys.modules or 'lxml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
