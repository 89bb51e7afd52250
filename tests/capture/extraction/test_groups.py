"""Numbers with words between their groups, and words that change the digit before them."""

import pytest

from chalicelib.capture.extraction import find_contacts


def phones_in(text: str, market: str) -> list[str]:
    return [contact.value for contact in find_contacts(text, market) if contact.kind == "phone"]


ONE_NUMBER = {
    "Indonesian words between": ("ID", "0812 terus 3450 abis itu 0011 ya kak", "+6281234500011"),
    "where each group stands": ("ID", "depannya 0812, tengah 3450, buntutnya 0011", "+6281234500011"),
    "a separator in words": ("ID", "0812 strip 3450 strip 0011", "+6281234500011"),
    "words in words": ("ID", "nol delapan satu dua lalu 3450 lalu nol nol satu satu", "+6281234500011"),
    "glued words": ("ID", "0812 tigaempatlimanol 0011", "+6281234500011"),
    "odd marks": ("ID", "0812=3450=0011", "+6281234500011"),
    "Malay words between": ("MY", "mula dengan 012, lepas tu 345, akhir sekali 6700", "+60123456700"),
    "English words between": ("MY", "start with 012 then 345 and then 6700", "+60123456700"),
    "without trunk zero, named": ("SG", "my hp 8123 then 4567", "+6581234567"),
    "without trunk zero, alone": ("SG", "first half 8123, second half 4567", "+6581234567"),
    "Tagalog words between": ("PH", "0917 tapos 123 tapos 4567 yan po", "+639171234567"),
    "something said aside": ("PH", "0917 (sandali lang ha) 123 4567", "+639171234567"),
    "Thai words between": ("TH", "ขึ้นต้นด้วย 081 แล้วก็ 234 ลงท้ายด้วย 5600", "+66812345600"),
    "Thai laughter behind": ("TH", "081-234-5600 555", "+66812345600"),
    "Thai in Latin letters": ("TH", "soon paed neung song sam see ha hok soon soon", "+66812345600"),
    "Mandarin in Latin letters": ("MY", "ling yi er san si wu liu qi ling ling", "+60123456700"),
    "Vietnamese words between": ("VN", "đầu 0901, giữa là 234, đuôi là 500", "+84901234500"),
    "a digit twice, Thai": ("TH", "081 234 56 ศูนย์สองตัว", "+66812345600"),
    "a digit twice, Malay": ("MY", "012 345 67 kosong dua kali", "+60123456700"),
    "the zero in front is missing": ("ID", "812-3450-0011 tambahin 0 di depan ya", "+6281234500011"),
    "the zero is said aside": ("PH", "siyam isa pito (walang zero sa unahan) 123 4567", "+639171234567"),
}


@pytest.mark.parametrize(("market", "text", "value"), ONE_NUMBER.values(), ids=ONE_NUMBER.keys())
def test_a_number_is_read_over_the_words_in_it(market: str, text: str, value: str) -> None:
    assert phones_in(text, market) == [value]


NO_NUMBER = {
    "an account": ("ID", "no rek 0812 terus 3450 abis itu 0011 bca ya"),
    "a code": ("ID", "kode otp 0812 lalu 3450 terus 0011"),
    "times": ("ID", "jam 08.00 lalu 10.30 lalu 13.15"),
    "transfers": ("ID", "tadi transfer 812 terus 3450 terus 900"),
    "sizes": ("ID", "size 36 dua kali, 37 dua kali, 38 tiga kali, 39 dua kali"),
    "prices": ("SG", "first 8500 then 4300 after discount"),
    "a unit behind": ("PH", "0917 tapos 123 tapos 4567 pcs"),
    "a price in dong": ("VN", "giá 901 rồi 234 rồi 500 k"),
    "a Thai price": ("TH", "ราคา 81 แล้ว 234 แล้ว 5600"),
    "buses": ("SG", "take bus 91 then 23 then 45 then 67"),
    "laughter": ("PH", "hahaha ha ha ha see you soon song sam ha ha"),
}


@pytest.mark.parametrize(("market", "text"), NO_NUMBER.values(), ids=NO_NUMBER.keys())
def test_figures_with_words_between_are_mostly_no_number(market: str, text: str) -> None:
    assert phones_in(text, market) == []


def test_its_evidence_goes_from_the_first_group_to_the_last() -> None:
    (contact,) = find_contacts("wa 0812 lalu 3450 terus 0011 ya", "ID")

    assert (contact.text, contact.rule) == ("0812 lalu 3450 terus 0011", "phone-between")


BESIDE = {
    "a slash": ("PH", "0915 662 4410 / 4411 po", ["+639156624410", "+639156624411"]),
    "or": ("SG", "9123 4567 or 4568", ["+6591234567", "+6591234568"]),
    "a price": ("SG", "9123 4567 / 4500", ["+6591234567"]),
    "people": ("SG", "9123 4567 / 2 pax", ["+6591234567"]),
    "another ending altogether": ("PH", "0915 662 4410 / 2895", ["+639156624410"]),
}


@pytest.mark.parametrize(("market", "text", "values"), BESIDE.values(), ids=BESIDE.keys())
def test_another_ending_is_another_number(market: str, text: str, values: list[str]) -> None:
    assert phones_in(text, market) == values
