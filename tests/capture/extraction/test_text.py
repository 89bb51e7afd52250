import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.capture.extraction import gate
from chalicelib.capture.extraction import text as subject

# Unassigned and private code points mean nothing in chat, and are nine tenths of all.
ALL_CHARACTERS = [
    chr(point) for point in range(sys.maxunicode + 1) if unicodedata.category(chr(point)) not in {"Cn", "Co"}
]
ANYTHING = st.text(st.characters(exclude_categories=()))

SPELLINGS_OF_0812 = {
    "as it is": "0812",
    "full-width": "０８１２",
    "Thai": "๐๘๑๒",
    "mathematical bold": "𝟎𝟖𝟏𝟐",
    "keycaps": "0️⃣8️⃣1️⃣2️⃣",
    "circled": "⓪⑧①②",
    "superscript": "⁰⁸¹²",
    "dingbats": "⓿➑➊➋",
    "zero-width spaces between": "0\u200b8\u200b1\u200b2",
    "a word joiner and a byte order mark": "\ufeff08\u206012",
    "turned to the left": "\u202d0812\u202c",
    "soft hyphens": "0\u00ad812",
}


@pytest.mark.parametrize("typed", SPELLINGS_OF_0812.values(), ids=SPELLINGS_OF_0812.keys())
def test_digits_read_the_same_in_every_spelling(typed: str) -> None:
    assert subject.normalise(typed).text == "0812"


def test_a_reading_leads_back_to_what_was_typed() -> None:
    reading = subject.normalise("hp ๐\u200b๘ ok")

    start, end = reading.place(3, 5)

    assert reading.text == "hp 08 ok"
    assert reading.typed[start:end] == "๐\u200b๘"


def test_the_frame_of_a_keycap_belongs_to_its_digit() -> None:
    reading = subject.normalise("no 8️⃣.")

    start, end = reading.place(3, 4)

    assert reading.typed[start:end] == "8️⃣"


def test_a_full_width_address_sign_is_an_address_sign() -> None:
    assert subject.normalise("siti＠example.com").text == "siti@example.com"


def test_letters_keep_their_case_and_accents() -> None:
    assert subject.normalise("Số ĐT của em").text == "Số ĐT của em"


def test_words_compare_without_accents_and_case() -> None:
    assert subject.fold("SỐ TÀI KHOẢN Đ") == "so tai khoan d"


def test_thai_words_keep_what_tells_them_apart() -> None:
    assert subject.fold("คู่") != subject.fold("ค่ะ")[:1]


def test_no_digit_and_no_address_sign_of_unicode_slips_past_the_first_scan() -> None:
    missed = [
        character
        for character in ALL_CHARACTERS
        if re.search("[0-9@]", subject._plain(character)) and not gate.has_digit_or_at(character)
    ]

    assert missed == []


def test_the_short_way_through_normalising_skips_no_character_that_changes() -> None:
    skipped = [
        character for character in ALL_CHARACTERS if subject.normalise(character).text != subject._plain(character)
    ]

    assert skipped == []


@given(ANYTHING)
def test_normalising_twice_is_normalising_once(typed: str) -> None:
    once = subject.normalise(typed).text

    assert subject.normalise(once).text == once


@given(ANYTHING)
def test_places_of_a_reading_lie_in_the_text_and_never_go_back(typed: str) -> None:
    reading = subject.normalise(typed)

    assert len(reading.starts) == len(reading.ends) == len(reading.text)
    assert list(reading.starts) == sorted(reading.starts)
    assert all(0 <= start < end <= len(typed) for start, end in zip(reading.starts, reading.ends, strict=True))


@given(ANYTHING)
def test_a_text_never_grows_more_than_fourfold(typed: str) -> None:
    assert len(subject.normalise(typed).text) <= 4 * len(typed)
