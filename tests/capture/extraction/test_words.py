"""The tables of words hold what the code asks of them."""

import pytest

from chalicelib.capture.extraction import lexicon, spelled
from chalicelib.capture.extraction.lexicon import is_spaceless, listed

TABLES = {
    "digits": set("0123456789"),
    "phone": {"labels", "numbers"},
    "other": {"strong", "weak", "behind"},
    "groups": {"aside", "then", "twice", "thrice", "front"},
    "between": {"words", "action"},
    "units": {"words"},
    "mail": {"labels", "at", "at_sure", "dot", "place", "underscore", "dash", "joined", "not_local"},
    "name": {"keys", "sure", "unsure", "forms", "not_forms", "closing", "here", "titles", "openers", "stop", "given"},
    "correction": {"keys", "words", "tail", "not"},
}


@pytest.mark.parametrize("language", lexicon.languages())
def test_every_language_fills_every_table(language: dict[str, dict[str, str]]) -> None:
    for table, names in TABLES.items():
        assert names <= language[table].keys(), table


@pytest.mark.parametrize("language", lexicon.languages())
def test_every_sure_cue_of_a_name_holds_a_key_the_first_look_asks_for(language: dict[str, dict[str, str]]) -> None:
    keys = set(listed(language["name"]["keys"]))
    for cue in listed(language["name"]["sure"]):
        if is_spaceless(cue):
            assert any(key in cue for key in keys) or "ชื่อ" in cue, cue
        else:
            assert keys & set(cue.split()), cue


SAID = {
    "Indonesian": ("nol delapan satu", "081"),
    "Malay": ("kosong satu lapan", "018"),
    "Javanese": ("nol wolu siji", "081"),
    "English": ("zero eight one", "081"),
    "Tagalog": ("sero siyam isa", "091"),
    "Tagalog, Spanish": ("sero nuwebe uno", "091"),
    "Vietnamese": ("không chín một", "091"),
    "Vietnamese without marks": ("khong chin mot", "091"),
    "Thai": ("ศูนย์แปดหนึ่ง", "081"),
    "Chinese": ("零八一", "081"),
    "glued": ("noldelapansatudua", "0812"),
    "mixed": ("0lapan1", "081"),
    "twice": ("nol dobel satu", "011"),
    "three times": ("zero triple four", "0444"),
    "three of": ("không ba con sáu", "0666"),
}


@pytest.mark.parametrize(("text", "digits"), SAID.values(), ids=SAID.keys())
def test_words_for_digits_are_read(text: str, digits: str) -> None:
    assert "".join(atom.digits for atom in spelled.atoms_in(text)) == digits


@pytest.mark.parametrize("table", list(lexicon.spoken_tables()))
def test_every_way_of_speaking_has_all_digits(table: dict[str, str]) -> None:
    digits = {str(digit) for digit in range(10)}
    assert table.keys() == digits | {"telling"}
    assert all(listed(table[digit]) for digit in digits)


def test_a_word_in_a_bed_is_not_doubled() -> None:
    assert [atom.digits for atom in spelled.atoms_in("double bed 2")] == ["2"]
