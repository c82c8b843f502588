"""Addresses: what holds for every string."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from monitor.url import canonical, hides_target

A = "https://orontes-post.example/a/1"

PIECES = st.sampled_from(
    [
        *(
            "https://",
            "http://",
            "//",
            "/",
            ".",
            "..",
            ";",
            "?",
            "&",
            "=",
            "#",
            "#!/",
            "%",
            "%2f",
            "%25",
            "%41",
            "+",
            "[",
            "]",
            "@",
            ":",
        ),
        *(
            ":80",
            "www.",
            "m.",
            "amp.",
            "amp/",
            "print",
            ".amp",
            "index.html",
            "jsessionid=1",
            "utm_source",
            "rss",
            "url=",
            "google.com",
        ),
        *(
            "&amp;",
            "&#038;",
            "#/",
            "?",
            "index.php/",
            "amp_",
            "print.php",
            "tmpl=component",
            "print=1",
            "share=x",
            "nb=1",
            "m=1",
            "page=",
        ),
        *(
            "https%3A//",
            "http-3A__",
            "https://yandex.ru/turbo/s/",
            "https://urldefense.com/v3/__",
            "__;",
            "https://href.li/?",
            "/go?u=",
        ),
        *(
            "https://r.search.yahoo.com/RU=",
            "/RK=",
            "a.blogspot.ru/",
            "%ff",
            "\udcff",
            "t.co/",
            "/~r/",
            "(S(abcdefghij0123456789abcd))",
        ),
        *("google.com/url?url=", "é", "e\u0301", "ß", "İ", "ｅ", "xn--", "\ud800", "\u200f", "\u0338", " ", "a", "b", "1"),
    ]
)
ADDRESSES = st.lists(PIECES, max_size=12).map(lambda some: "https://a.example/" + "".join(some))
# What redirectors and odd hosts begin with, one within the other
BEFORE = st.sampled_from(
    [
        *("https://google.com/url?url=", "http://www.google.com/amp/s/", "https://yandex.ru/turbo/s/", "https://href.li/?"),
        *(
            "https://urldefense.com/v3/__",
            "https://r.search.yahoo.com/RU=",
            "https://a.example/go?u=http%3A//",
            "https://m.a.example/",
        ),
        *(
            "https://[",
            "https://[::1]/",
            "https://a.example:99999/",
            "https://a.example:x/",
            "https://a@b:80/",
            "https://www.WWW.",
        ),
    ]
)
NESTED = st.builds(lambda before, rest: "".join(before) + rest, st.lists(BEFORE, min_size=1, max_size=4), ADDRESSES)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=14).map("".join), ADDRESSES, NESTED))
def test_canonical_never_raises_and_twice_is_once(url: str) -> None:
    once = canonical(url)
    assert canonical(once) == once
    once.encode()
    assert hides_target(url) == hides_target(once)


DRESS = [
    "utm_source=rss",
    "utm_id=4",
    "fbclid=IwAR0",
    "ref=rss",
    "from=newsfeed",
    "share=telegram",
    "amp=1",
    "print=1",
    "yclid=77",
]


@given(st.lists(st.sampled_from(DRESS)), st.sampled_from(["id=5", "p=7&lang=ar", "page=2", "q=%D8%A5"]), st.randoms())
def test_no_mix_of_dress_hides_or_changes_a_page(dress: list[str], page: str, random: Random) -> None:
    mixed = [*dress, *page.split("&")]
    random.shuffle(mixed)
    assert canonical(f"{A}?{'&'.join(mixed)}") == canonical(f"{A}?{page}")


def test_a_redirector_within_redirectors_ends() -> None:
    assert canonical("https://google.com/amp/s/" * 1_000 + "orontes-post.example/a").endswith("orontes-post.example/a")
