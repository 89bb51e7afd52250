"""The quick ways give what the long ways do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.capture.extraction import gate_words, groups, plain, spelled
from chalicelib.capture.extraction.contact import Found
from chalicelib.capture.extraction.cuts import FEWEST_DIGITS, Tries, cuts_of, parts_of, whole_of
from chalicelib.capture.extraction.judge import judged
from chalicelib.capture.extraction.runs import Run, plain_runs_in

ASCII = st.text(st.sampled_from("aozOIlS019  .-~'/,(\n"), max_size=40)
WRITTEN = [
    "0812 3450 0011",
    "+62 812-3450-0011",
    "+62 (0)812 3450 0011",
    "(021) 5550 1234",
    "8123.4567",
    "8 1 2 3 4 5 6 7",
    "0812-3450-0011 0812-3450-0022",
    "1.250.000",
    "12-08-2026",
    "9999 9999",
    "110023232541",
    "hp0812345678ya",
]
AROUND = ["{}", "wa {} ya", "resi {}", "BCA {} an Rina", "order saya {}", "({})", "*{}*", "kode {}x", "{} pcs", "#{}"]


def _judged(text: str, run: Run, market: str) -> list[Found]:
    """The numbers of a run by the long way alone."""
    found: list[Found] = []
    for part in parts_of(text, run):
        rejected_end = -1
        cuts = cuts_of(text, part, market, Tries(), whole_of(text, part, market))
        for cut in cuts:
            one = judged(text, part, cut, cuts, rejected_end)
            if one:
                found.append(one)
            else:
                rejected_end = part.atoms[cut.last - 1].end
    return found


@pytest.mark.parametrize("market", ["ID", "SG", "MY", "PH", "TH", "VN"])
def test_a_plain_number_is_what_cutting_and_judging_find(market: str) -> None:
    plain_ones = 0
    for text in (around.format(written) for around in AROUND for written in WRITTEN):
        for row in plain.rows_of(text, plain.groups_of(text)):
            one = plain.plain_number(text, row, market)
            runs = plain_runs_in(text, row, FEWEST_DIGITS)
            long = [found for run in runs for found in _judged(text, run, market)]
            if one is not None:
                plain_ones += 1
                assert ([one] if one else []) == long, text
    assert plain_ones > len(AROUND)


@given(ASCII)
def test_words_by_tables_are_those_of_the_patterns(text: str) -> None:
    lower = text.lower()
    assert groups.words_in(lower) == groups._WORD.findall(lower)
    assert gate_words._typed_words(text) == gate_words._TYPED.findall(text)
    tokens = [(match.lastgroup, *match.span(), match.group()) for match in spelled._token().finditer(text)]
    assert spelled._tokens_in(text) == tokens


@given(st.text(st.sampled_from("aozOIlS019 .-é"), max_size=30))
def test_figures_and_the_letters_beside_them_are_those_of_the_patterns(text: str) -> None:
    found = plain.groups_of(text)
    assert "".join(text[start:end] for start, end in found) == "".join(filter(str.isdecimal, text))
    assert plain.has_letters_for_digits(text, found) == (spelled.LETTERS_FOR_DIGITS.search(text) is not None)
