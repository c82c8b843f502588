"""Addresses that hide the page they lead to."""

import pytest

from monitor.url import hides_target

HIDING = [
    "https://t.co/AbC123",
    "http://bit.ly/3AbCd",
    "https://tinyurl.com/orontes",
    "https://ow.ly/x1Y2",
    "https://dlvr.it/T0abc",
    "https://ift.tt/2aBcD",
    "https://lnkd.in/eAbC",
    "https://buff.ly/3xyz",
    "https://trib.al/AbC",
    "https://clck.ru/AbC",
    "https://orontes.page.link/abc",
    "https://feeds.feedburner.com/~r/orontes/~3/AbCd/1",
    "http://feedproxy.google.com/~r/orontes/~3/AbCd/story",
    "https://feeds.orontes-post.example/~r/orontes/~3/AbCd/1",
    "http://rss.feedsportal.com/c/1/f/2/s/3/l/0L0Sorontes/story01.htm",
    "https://news.google.com/rss/articles/CBMiAbCd?oc=5&hl=en-US",
    "https://news.google.com/articles/CBMiAbCd",
    "https://news.google.com/read/CBMiAbCd",
    "https://news.google.com/__i/rss/rd/articles/CBMiAbCd",
    "https://www.bing.com/ck/a?!&&p=x&u=a1aHR0cHM6Ly9v",
    "https://www.baidu.com/link?url=AbCdEf",
    "https://orontes.us1.list-manage.com/track/click?u=1&id=2&e=3",
    # a redirector that names one that does not
    "https://www.google.com/url?q=https%3A%2F%2Ft.co%2FAbC123",
]
PLAIN = [
    "https://orontes-post.example/a/1",
    "https://orontes-post.example/",
    "https://bit.ly/",
    "https://t.co",
    "https://not-t.co/AbC123",
    "https://t.co.orontes-post.example/AbC123",
    "https://orontes-post.example/t.co/AbC123",
    "https://orontes-post.example/~reporter/1",
    "https://feeds.feedburner.com/orontes",
    "https://news.google.com/topstories",
    "https://www.google.com/url?q=https%3A%2F%2Forontes-post.example%2Fa%2F1",
    "https://l.facebook.com/l.php?u=https%3A%2F%2Forontes-post.example%2Fa%2F1",
    "https://www.baidu.com/link?url=https://orontes-post.example/a/1",
    "https://kurier.example/go?id=1",
    "tag:t.co,2026:1",
    "http://[",
    "",
]


@pytest.mark.parametrize("url", HIDING)
def test_a_redirector_that_does_not_name_its_target_is_known(url: str) -> None:
    assert hides_target(url)


@pytest.mark.parametrize("url", PLAIN)
def test_a_page_and_a_redirector_that_names_it_hide_nothing(url: str) -> None:
    assert not hides_target(url)
