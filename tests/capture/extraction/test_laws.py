"""Laws of finding, over messages made at random from what chat is made of."""

import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.capture.extraction import (
    Contact,
    corrections,
    find_contacts,
    find_contacts_in_thread,
    is_possible_part,
)

MARKETS = st.sampled_from(["ID", "SG", "MY", "PH", "TH", "VN"])
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=200)
SNIPPETS = st.sampled_from(
    [
        *(
            "0812",
            "3450",
            "0011",
            "081234500011",
            "0812-3450-0011",
            "+62",
            "6281234500011",
            "8123",
            "4567",
            "8123 4567",
        ),
        *("081", "234", "5600", "๐๘๑", "５６００", "1️⃣", "0901", "234500", "12", "2", "7", "08-12-2026", "1.500.000"),
        *("siti", "siti.n88", "@", "@example.com", "@example", ".com", "com", "ana@example.com", ".ph", "ana@", "谢谢"),
        *(
            "ok kak",
            "bentar",
            "email",
            "BCA",
            "rek",
            "hp",
            "no",
            "resi",
            "order #",
            "pcs",
            "ค่ะ",
            "sđt",
            "wa.me/",
            "tel:",
        ),
        *(
            "https://example.com/",
            "\n",
            ".",
            ",",
            "-",
            "/",
            "(",
            ")",
            "*",
            "⒈",
            "½",
            "\u200b",
            "\ud800",
            "\x00",
            "x",
            "@",
        ),
        *(
            "nol",
            "delapan",
            "satu dua",
            "dobel",
            "không chín",
            "ba con",
            "ศูนย์แปด",
            "零八",
            "O8l2",
            "0one7",
            "plus",
            "|",
        ),
        *("at", "(at)", "dot", "dot com", "gmail", "a còng", "แอท", "จุด", "underscore", "gmail com", " @ "),
        *(
            "nama saya",
            "saya",
            "Siti",
            "I'm",
            "ini",
            "Budi",
            "here",
            "ผมชื่อ",
            "我叫",
            "陈大文",
            "em tên",
            "Regards,",
            "- ",
        ),
        *("salah", "wrong number", "ผิด", "nhầm", "resi", "norek"),
    ]
)
CHATTY = st.lists(SNIPPETS | st.text("0123456789 .-+@", max_size=12), max_size=6).flatmap(
    lambda pieces: st.sampled_from(["", " "]).map(lambda between: between.join(pieces))
)
TEXTS = CHATTY | ANYTHING
THREADS = st.lists(TEXTS, max_size=8)
CORRECTS = corrections._cue()
CHAT = st.sampled_from(["bentar kak", "ok", "แป๊บนะคะ", "đợi em xíu", "等等", "👍", "wait ah", "rekening nya apa"])


def places(contacts: tuple[Contact, ...]) -> list[tuple[int, int, int]]:
    return sorted((part.index, part.start, part.end) for contact in contacts for part in contact.parts)


@given(TEXTS, MARKETS)
def test_spans_lie_in_the_text_and_never_overlap(text: str, market: str) -> None:
    contacts = find_contacts(text, market)

    assert all(text[contact.start : contact.end] == contact.text != "" for contact in contacts)
    assert all(one.end <= after.start for one, after in pairwise(contacts))


@given(TEXTS, MARKETS)
def test_a_message_that_gives_a_contact_is_a_possible_part(text: str, market: str) -> None:
    assert is_possible_part(text) or not find_contacts(text, market)


@given(TEXTS, MARKETS)
def test_a_thread_of_one_message_reads_like_the_message(text: str, market: str) -> None:
    alone = {(contact.kind, contact.value) for contact in find_contacts(text, market)}

    assert {(contact.kind, contact.value) for contact in find_contacts_in_thread([text], market)} == alone


@given(THREADS, MARKETS)
def test_parts_lie_in_their_texts_and_never_overlap(texts: list[str], market: str) -> None:
    contacts = find_contacts_in_thread(texts, market)

    assert all(texts[part.index][part.start : part.end] == part.text for one in contacts for part in one.parts)
    assert all(one[0] < after[0] or one[2] <= after[1] for one, after in pairwise(places(contacts)))
    assert all(
        (one.start, one.end, one.text) == (one.parts[0].start, one.parts[0].end, one.parts[0].text) for one in contacts
    )


@given(THREADS, MARKETS)
def test_a_contact_appears_once_in_a_thread(texts: list[str], market: str) -> None:
    values = [(contact.kind, contact.value) for contact in find_contacts_in_thread(texts, market)]

    assert len(values) == len(set(values))


@given(THREADS, MARKETS)
def test_reading_a_thread_only_adds_but_for_what_a_longer_contact_holds_or_the_customer_takes_back(
    texts: list[str], market: str
) -> None:
    contacts = find_contacts_in_thread(texts, market)
    values = {(contact.kind, contact.value) for contact in contacts}
    joined = [part for contact in contacts if len(contact.parts) > 1 for part in contact.parts]

    for index, text in enumerate(texts):
        for alone in find_contacts(text, market):
            is_held = any(part.index == index and part.start < alone.end and alone.start < part.end for part in joined)
            is_taken_back = any(CORRECTS.search(other.lower()) for other in texts) or alone.kind == "name"
            assert (alone.kind, alone.value) in values or is_held or is_taken_back


@given(THREADS, MARKETS)
def test_leaving_out_what_is_no_possible_part_loses_no_contact(texts: list[str], market: str) -> None:
    kept = [index for index, text in enumerate(texts) if is_possible_part(text)]

    of_kept = find_contacts_in_thread([texts[index] for index in kept], market)

    in_all = [
        (contact.value, [(part.index, part.text) for part in contact.parts])
        for contact in find_contacts_in_thread(texts, market)
    ]
    assert in_all == [(contact.value, [(kept[part.index], part.text) for part in contact.parts]) for contact in of_kept]


@given(THREADS, st.lists(st.tuples(st.integers(0, 8), CHAT), max_size=4), MARKETS)
def test_chat_in_between_changes_nothing(texts: list[str], chat: list[tuple[int, str]], market: str) -> None:
    mixed = list(texts)
    for place, text in chat:
        mixed.insert(place, text)

    values = [contact.value for contact in find_contacts_in_thread(mixed, market)]

    assert values == [contact.value for contact in find_contacts_in_thread(texts, market)]


HOSTILE = {
    "digits": "1",
    "digits and spaces": "1 ",
    "brackets": "((1",
    "pluses": "+",
    "dashes with spaces": "1 - ",
    "numbers": "081234500011 ",
    "codes": "6281234500011 ",
    "extensions": "1 ext 1 ",
    "signs": "@",
    "an address that never ends": "a@",
    "dots": "a.",
    "dots and signs": "a.a.a@",
    "links": "api.whatsapp.com/send?phone=",
    "guard words": "rekening no ",
    "ligatures": "ﷺ",
    "bracketed numbers": "⑽",
    "lone surrogates": "\ud8001",
    "NULs": "\x001",
    "keycaps": "1️⃣",
    "number words": "nol ",
    "number words glued": "nol",
    "doubles": "dobel ",
    "Thai digits in words": "ศูนย์",
    "words for the sign": "a at b dot com ",
    "signs in brackets": "a(at)b.",
    "names": "saya Budi ",
    "Thai names": "ชื่อก ",
    "Chinese names": "我叫陈",
    "signatures": "Salam, Budi ",
    "separators": "1|",
    "a long code with a letter": "62812345678901234567890a ",
    "providers between digits": "gmail 1 1 ",
    "names before their cue": "Siti po ako ",
    "a label in another script": "เบอร์0",
}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_input_makes_finding_raise(unit: str) -> None:
    text = (unit * 6_000)[:6_000]

    find_contacts(text, "ID")
    find_contacts_in_thread([text, text], "SG")
    is_possible_part(text)


def test_reading_chat_imports_no_library() -> None:
    script = (
        "import sys; from chalicelib.capture.extraction import find_contacts, find_contacts_in_thread;"
        "find_contacts('halo kak, mau 2 pcs', 'ID'); find_contacts_in_thread(['size 38', 'ok'], 'ID');"
        "print(sorted({'phonenumbers', 'email_validator'} & sys.modules.keys()))"
    )

    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603 - our own words

    assert answer.stdout.strip() == "[]"


def test_an_address_may_begin_with_a_digit_in_words() -> None:
    (address,) = find_contacts("whatsapp 9 three 2 eight 7 three @gmail.com pls", "SG")

    assert (address.kind, address.value, address.text) == (
        "email",
        "32873@gmail.com",
        "three 2 eight 7 three @gmail.com",
    )
