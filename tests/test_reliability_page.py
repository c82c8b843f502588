"""docs/reliability.md says of each fault of the catalogue what the tests show, and of none what they do not."""

from __future__ import annotations

import pytest
from reliability_page import PAGE, Shown, all_shown, ids_of, missing, page, sentence_of, wrong


def test_the_table_says_what_the_tests_show() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert page(written) == written, "run: python tests/reliability_page.py"


def test_every_id_is_one_of_the_catalogue_and_has_a_test_or_a_reason_and_not_both() -> None:
    assert wrong(all_shown()) == []
    made_up = [Shown(ids=("N01", "X99"), file="test_x.py", says="It holds", runs="")]
    assert wrong(made_up, {"N01": "no time"}) == ["X99 is not in the catalogue", "N01 has a test, and a reason to have none"]
    assert "N01" not in missing(made_up, {"N02": "no time"})
    assert missing(made_up, {"N02": "no time"})[0] == "N03"


def test_every_fault_of_the_catalogue_has_a_test_or_a_reason_to_have_none() -> None:
    assert missing(all_shown()) == []


@pytest.mark.parametrize(
    ("name", "ids", "says"),
    [
        ("test_n04_a_black_hole_is_left", ("N04",), "A black hole is left"),
        ("test_n05_n06_to_be_sure", ("N05", "N06"), "To be sure"),
        ("test_h09_to_h11_h20_the_digests_page_holds", ("H09", "H10", "H11", "H20"), "The digest's page holds"),
        ("test_l02_kill_9_loses_nothing", ("L02",), "`kill -9` loses nothing"),
    ],
)
def test_a_name_bears_its_ids_and_then_a_sentence(name: str, ids: tuple[str, ...], says: str) -> None:
    assert (ids_of(name), sentence_of(name)) == (ids, says)


def test_a_name_without_an_id_shows_no_fault() -> None:
    assert ids_of("test_news_reaches_the_desk_once") == ()
