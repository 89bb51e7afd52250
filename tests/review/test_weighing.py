"""Two readers: what becomes of a finding when both have read."""

import pytest

from chalicelib.review import Status
from chalicelib.review.passages import Passage
from chalicelib.review.weighing import most_like_first, weigh, worth_reading

FOUND, OTHER = Passage("found", "found", ""), Passage("other", "other", "")


@pytest.mark.parametrize(
    ("by_words", "found", "other", "becomes", "quoted"),
    [
        ("stated", 0.9, 0.0, "stated", FOUND),
        ("stated", 0.05, 0.9, "stated", OTHER),  # said, though not where the words were found
        ("stated", 0.05, 0.5, "unclear", FOUND),
        ("unclear", 0.0, 0.99, "stated", OTHER),
        ("unclear", 0.0, 0.4, "unclear", None),
        ("unclear", 0.0, 0.05, "missing", None),
        ("missing", 0.0, 0.99, "stated", OTHER),
        ("missing", 0.0, 0.9, "unclear", None),
        ("missing", 0.0, 0.5, "missing", None),
    ],
)
def test_a_finding_is_weighed(
    by_words: Status, found: float, other: float, becomes: Status, quoted: Passage | None
) -> None:
    likenesses = {FOUND: {"recipients": found}, OTHER: {"recipients": other}}
    passages = [FOUND] if by_words == "stated" else []

    assert weigh("recipients", by_words, passages, [OTHER], set(), likenesses) == (becomes, quoted)


def test_an_address_is_one_however_it_reads() -> None:
    likenesses = {FOUND: {"contact": 0.0}}

    assert weigh("contact", "stated", [FOUND], [], set(), likenesses) == ("stated", FOUND)


def test_words_are_looked_for_where_a_passage_is_not_hopeless() -> None:
    likenesses = {FOUND: {"rights": 0.3, "contact": 0.0}, OTHER: {"rights": 0.001, "contact": 0.0}}
    passages = [(FOUND, "found"), (OTHER, "other")]

    assert worth_reading("rights", passages, likenesses) == [(FOUND, "found")]
    assert worth_reading("contact", passages, likenesses) == passages
    assert most_like_first("rights", [OTHER, FOUND], likenesses) == [FOUND]


def test_a_passage_speaks_only_for_what_it_is_most_like() -> None:
    likenesses = {OTHER: {"purposes": 0.985, "categories": 0.99}}

    assert weigh("purposes", "missing", [], [OTHER], set(), likenesses) == ("unclear", None)
    assert weigh("categories", "missing", [], [OTHER], set(), likenesses) == ("stated", OTHER)
    assert weigh("categories", "missing", [], [OTHER], {OTHER}, likenesses) == ("unclear", None)
