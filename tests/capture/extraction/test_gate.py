"""The first look: what it leaves alone, and that its short cuts know every word of the tables."""

import pytest

from chalicelib.capture.extraction import find_contacts, gate
from chalicelib.capture.extraction.cues import AFTER_THAI
from chalicelib.capture.extraction.gate_unspaced import has_name_key
from chalicelib.capture.extraction.lexicon import is_spaceless, words_of

LEFT_ALONE = {
    "a question": "Kak, barangnya masih ready?",
    "a pronoun without a name": "saya mau order dua",
    "a name that is a word, first": "May iba pa po bang kulay?",
    "a known name away from its cue": "Mau tanya, ini bahan katun atau polyester",
    "the English I, and a size": "sorry I meant size M",
    "a word for a digit": "ang ganda naman nyan",
    "a figure or two": "ada 2 warna ga kak",
    "a face": "oke makasih kak 🙏",
    "half of an emoji": "oke \ud83d kak",
    "Thai with a pronoun": "ผมสั่งไปเมื่อวานยังไม่ส่งเลย",
    "Vietnamese": "có ship về đà nẵng không ạ",
}


@pytest.mark.parametrize("text", LEFT_ALONE.values(), ids=LEFT_ALONE.keys())
def test_everyday_chat_is_left_at_the_first_look(text: str) -> None:
    assert gate.signs_of(text) == gate.NOTHING


GIVEN = {
    "a capital letter beyond ASCII": ("em là Ánh ạ", "Ánh"),
    "a name in small letters beside its cue": ("halo ini rina", "rina"),
    "a name first, far before its cue": ("Trọng bên nội thất đây, gửi bản vẽ chưa em", "Trọng"),
    "words for digits glued by dots": (
        "call zero.eight.one.two.three.four.five.zero.zero.zero.one.one",
        "+6281234500011",
    ),
    "a digit glued to words for others": ("0delapansatuduatigaempatlimanolnolnolsatusatu", "+6281234500011"),
    "digits of another script": ("၀၈၁၂၃၄၅၀၀၀၁၁", "+6281234500011"),
}


@pytest.mark.parametrize(("text", "value"), GIVEN.values(), ids=GIVEN.keys())
def test_what_a_short_cut_could_pass_over_is_found(text: str, value: str) -> None:
    assert [one.value for one in find_contacts(text, "ID")] == [value]


def test_every_thai_word_that_states_a_name_is_known_to_the_first_look() -> None:
    keys = [word for word in words_of("name", "keys") if is_spaceless(word) and word < AFTER_THAI]
    assert keys
    assert [key for key in keys if not has_name_key(key)] == []
