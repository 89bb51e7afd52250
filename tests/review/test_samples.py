"""The sample policies: each approved as it is, none without one of the statements its market needs."""

import pytest

from chalicelib.markets import get_market, served_markets
from chalicelib.review import review_policy
from chalicelib.review.checks import CHECKS, HARD_CORE
from tests.review.policies import FOLDER, SAMPLES, SECTIONS, Sample, finding, reviewed, sample_text, without_section

NEEDED = [
    pytest.param(sample, check, id=f"{sample.market}-{check}")
    for sample in SAMPLES
    for check in (*HARD_CORE, *get_market(sample.market).review.required)
]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.market)
def test_a_good_sample_is_approved_with_every_check_stated(sample: Sample) -> None:
    review = review_policy((FOLDER / sample.filename).read_bytes(), sample.filename, sample.market, sample.company)
    assert (review.verdict, review.reason) == ("approve", None)
    assert {found.check: found.status for found in review.findings} == dict.fromkeys(CHECKS, "stated")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.market)
def test_every_quote_stands_in_the_document(sample: Sample) -> None:
    text = sample_text(sample.filename)
    review = reviewed(text, market=sample.market, company=sample.company)
    quotes = {found.check: found.quote for found in review.findings}
    assert quotes.pop("language") is None
    assert all(quote and quote in text for quote in quotes.values())


@pytest.mark.parametrize(("sample", "check"), NEEDED)
def test_without_a_needed_section_a_sample_is_not_approved(sample: Sample, check: str) -> None:
    text = without_section(sample_text(sample.filename), check)
    review = reviewed(text, market=sample.market, company=sample.company)
    assert review.verdict != "approve"
    assert finding(review, check).status != "stated"


@pytest.mark.parametrize(("sample", "check"), NEEDED)
def test_a_heading_without_content_states_nothing(sample: Sample, check: str) -> None:
    text = without_section(sample_text(sample.filename), check, keep_heading=True)
    assert reviewed(text, market=sample.market, company=sample.company).verdict != "approve"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.market)
def test_what_is_only_advised_is_told_and_rejects_nothing(sample: Sample) -> None:
    needed = {*HARD_CORE, *get_market(sample.market).review.required}
    for check in set(SECTIONS) - needed:
        text = without_section(sample_text(sample.filename), check)
        assert reviewed(text, market=sample.market, company=sample.company).verdict == "approve", check


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.market)
def test_the_policy_of_another_company_is_not_approved(sample: Sample) -> None:
    text = sample_text(sample.filename)
    for other in {one.company for one in SAMPLES} - {sample.company}:
        assert reviewed(text, market=sample.market, company=other).verdict != "approve"


def test_the_incomplete_sample_is_rejected_naming_what_is_missing() -> None:
    review = reviewed(sample_text("incomplete-id.md"), market="ID", company="PT Kopi Senja Nusantara")
    assert (review.verdict, review.reason) == ("reject", "missing_statements")
    missing = [found for found in review.findings if found.is_required and found.status == "missing"]
    assert [found.check for found in missing] == ["rights", "withdrawal"]
    assert all(found.advice and found.quote is None for found in missing)


def test_there_is_a_good_sample_for_every_market() -> None:
    assert {sample.market for sample in SAMPLES} == set(served_markets())
