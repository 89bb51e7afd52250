"""What a mistyped address was meant to be: suggested where it is a slip of a usual provider, and never taken for it."""

import pytest

from chalicelib.capture.extraction import find_contacts
from chalicelib.capture.extraction.domains import suggestion

SLIPS = {
    "letters swapped": ("rina@gmial.com", "rina@gmail.com"),
    "another swap": ("rina@hotmial.com", "rina@hotmail.com"),
    "a letter left out": ("rina@yaho.com", "rina@yahoo.com"),
    "a letter twice": ("rina@gmaill.com", "rina@gmail.com"),
    "a letter of the next key": ("rina@gnail.com", "rina@gmail.com"),
    "the ending": ("rina@gmail.con", "rina@gmail.com"),
    "the ending cut short": ("rina@gmail.co", "rina@gmail.com"),
    "both": ("rina@gmial.con", "rina@gmail.com"),
    "a country's own": ("rina@yhaoo.co.id", "rina@yahoo.co.id"),
    "a long name, two letters": ("rina@outllok.com", "rina@outlook.com"),
}


@pytest.mark.parametrize(("typed", "meant"), SLIPS.values(), ids=SLIPS.keys())
def test_a_slip_of_a_usual_provider_is_suggested_away_from_and_stays(typed: str, meant: str) -> None:
    (contact,) = find_contacts(f"email saya {typed} ya", "ID")
    assert (contact.value, contact.suggestion) == (typed, meant)


NO_SLIPS = [
    "gmail.com", "ymail.com", "mail.com", "live.com", "yahoo.co.id", "yahoo.co.in", "yahoo.com.mx", "proton.me",
    "tokosaya.com", "gmx.com", "example.com", "kopisenja.co.id", "me.com", "cloud.com", "lime.com",
]  # fmt: skip


@pytest.mark.parametrize("domain", NO_SLIPS)
def test_a_domain_that_is_one_is_left_alone(domain: str) -> None:
    assert suggestion(f"rina@{domain}") is None


def test_what_is_suggested_is_never_suggested_away_from() -> None:
    for _, meant in SLIPS.values():
        assert suggestion(meant) is None


def test_a_number_has_no_suggestion() -> None:
    (contact,) = find_contacts("WA 0812-8834-5571", "ID")
    assert contact.suggestion is None
