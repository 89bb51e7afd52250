"""A company's name as people write it, and names that only look alike."""

import time

import pytest

from chalicelib.review.company import company_words, fold, has_trace, mark_company, name_pattern
from chalicelib.review.document import normalise
from tests.review.policies import a_policy, finding, reviewed, sample_text

NAMES = {
    "PT. Kopi Senja Nusantara, Tbk": ("kopi", "senja", "nusantara"),
    "CV KOPI SENJA": ("kopi", "senja"),
    "Lion City Bakes Pte. Ltd.": ("lion", "city", "bakes"),
    "Warung Maju Sdn. Bhd.": ("warung", "maju"),
    "Warung Maju Berhad": ("warung", "maju"),
    "Isla Crafts Inc.": ("isla", "crafts"),
    "Isla Crafts Corporation": ("isla", "crafts"),
    "Baan Kafe Co., Ltd.": ("baan", "kafe"),
    "Công ty TNHH Hoa Sen Nhỏ": ("hoa", "sen", "nho"),
    "CÔNG TY CỔ PHẦN ĐẤT VIỆT": ("dat", "viet"),
    "บริษัท บ้านกาแฟ จำกัด": tuple(normalise("บ้านกาแฟ").split()),
    "บริษัทบ้านกาแฟ จำกัด (มหาชน)": tuple(normalise("บ้านกาแฟ").split()),
    "Ptarmigan Corpora": ("ptarmigan", "corpora"),
    "Pte. Ltd.": (),
    "": (),
}
WRITINGS = {
    "as registered": "Lion City Bakes Pte. Ltd.",
    "without its form": "Lion City Bakes",
    "in capitals": "LION CITY BAKES PTE LTD",
    "with another dash": "Lion-City Bakes",
    "in bold": "**Lion City Bakes**",
    "with accents": "Lión City Bakés",
}


@pytest.mark.parametrize(("name", "words"), NAMES.items())
def test_a_name_is_what_is_left_without_its_legal_form(name: str, words: tuple[str, ...]) -> None:
    assert company_words(name) == words


@pytest.mark.parametrize("writing", WRITINGS.values(), ids=WRITINGS.keys())
def test_a_name_is_found_as_people_write_it(writing: str) -> None:
    assert finding(reviewed(a_policy(controller=f'{writing} ("we") runs this shop.')), "controller").status == "stated"


def test_a_name_in_the_title_is_stated() -> None:
    assert reviewed(a_policy(title="# Privacy policy of Lion City Bakes", controller="")).verdict == "approve"


def test_a_name_among_the_recipients_is_not_the_controller() -> None:
    review = reviewed(a_policy(controller="We share your name with Lion City Bakes Pte. Ltd. for delivery."))
    assert (review.verdict, finding(review, "controller").status) == ("human", "unclear")


def test_another_company_introduced_first_goes_to_a_person() -> None:
    review = reviewed(a_policy(controller='Tea House Pte. Ltd. and Lion City Bakes Pte. Ltd. ("we") run this shop.'))
    assert (review.verdict, finding(review, "controller").status) == ("human", "unclear")


def test_a_longer_name_is_another_companys() -> None:
    review = reviewed(sample_text("good-id.md"), market="ID", company="PT Kopi Senja")
    assert review.verdict == "human"


@pytest.mark.parametrize("company", ["PT Kopi", "PT Data", "Data", "PT", ""])
def test_a_common_word_for_a_name_names_nobody(company: str) -> None:
    assert reviewed(sample_text("good-id.md"), market="ID", company=company).verdict == "human"


def test_a_company_called_like_a_common_word_is_known_by_its_full_name() -> None:
    policy = sample_text("good-id.md").replace("PT Kopi Senja Nusantara", "PT Data")
    assert reviewed(policy, market="ID", company="PT Data").verdict == "approve"


def test_a_part_of_the_name_goes_to_a_person_and_no_trace_rejects() -> None:
    assert reviewed(a_policy(controller='Lion Bakery ("we") runs this.')).verdict == "human"
    stranger = {"controller": 'Tea House Pte. Ltd. ("we") runs this.', "contact": "Write to us at tea@house.example."}
    assert reviewed(a_policy(**stranger)).verdict == "reject"


def test_a_name_in_another_script_goes_to_a_person() -> None:
    review = reviewed(sample_text("good-th.md"), market="TH", company="House of Beans Co., Ltd.")
    assert (review.verdict, finding(review, "controller").status) == ("human", "unclear")


@pytest.mark.parametrize("text", ["Công ty Đất Việt", "บริษัท บ้านกาแฟ จำกัด", "plain"])
def test_folding_keeps_every_place(text: str) -> None:
    assert len(fold(normalise(text))) == len(normalise(text))


def test_no_name_marks_nothing() -> None:
    assert name_pattern(()) is None
    assert mark_company("text", None) == "text"
    assert not has_trace("another text", ("lion", "city"))


def test_a_name_of_marks_alone_is_looked_for_in_no_time() -> None:
    pattern = name_pattern(company_words(" ".join(["\u0e31"] * 100), frozenset()))
    started = time.process_time()
    mark_company("\u0e31" * 2_000 + " we are here", pattern)
    assert time.process_time() - started < 5
